//! What the browser must know to read a query: its keys, the fields of templates, the catalogue, the clocks.

use indexmap::IndexMap;
use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;

use crate::{
    search::query::{FieldKind, KEYS, Known, ValueKind},
    store::Store,
};

/// The clocks are known until then: 2200-01-01T00:00:00Z.
const LAST_CHANGE: i64 = 7_258_118_400;

/// The keys of the query language and the fields of templates.
#[derive(Serialize)]
pub(super) struct Language<'a> {
    keys: Vec<QueryKey>,
    fields: Vec<QueryField<'a>>,
}

#[derive(Serialize)]
struct QueryKey {
    name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    alias: Option<&'static str>,
    kind: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    choices: Vec<&'static str>,
}

#[derive(Serialize)]
struct QueryField<'a> {
    name: &'a str,
    kind: &'static str,
}

/// Describes the keys of the query language and the fields of templates.
pub(super) fn language(known: &Known) -> Language<'_> {
    let keys = KEYS.iter().map(|row| {
        let (kind, choices) = match row.kind {
            ValueKind::Choice(choices) => ("choice", choices),
            ValueKind::Ordered(choices) => ("ordered", choices),
            ValueKind::Person => ("person", &[][..]),
            ValueKind::Name => ("name", &[][..]),
            ValueKind::Words => ("words", &[][..]),
            ValueKind::Time => ("time", &[][..]),
            ValueKind::Number => ("number", &[][..]),
            ValueKind::Text => ("text", &[][..]),
        };
        let choices = choices.iter().map(|choice| choice.name).collect();
        QueryKey { name: row.name, alias: row.alias, kind, choices }
    });
    let fields = known.fields.iter().map(|field| {
        let kind = match field.kind {
            FieldKind::Text => "text",
            FieldKind::Number => "number",
            FieldKind::Date => "date",
        };
        QueryField { name: &field.name, kind }
    });
    Language { keys: keys.collect(), fields: fields.collect() }
}

/// A service of the catalogue.
#[derive(Serialize)]
pub(super) struct ServiceName<'a> {
    name: &'a str,
    /// The service itself, and all that it is a module of.
    within: Vec<&'a str>,
}

/// Describes the services of the catalogue, by id.
pub(super) fn services(store: &Store) -> IndexMap<&str, ServiceName<'_>> {
    let services = &store.settings.services;
    let within = |id: &str| {
        let all = services.iter().map(|service| service.id.as_str());
        all.filter(|other| store.settings.is_within(id, other)).collect()
    };
    let described = services.iter().map(|service| {
        let name = if service.name.is_empty() { &service.id } else { &service.name };
        (service.id.as_str(), ServiceName { name, within: within(&service.id) })
    });
    described.collect()
}

/// The clocks of a time zone.
#[derive(Serialize)]
pub(super) struct Zone {
    /// Seconds east of UTC before the first change.
    first: i32,
    /// Each change, as seconds since 1970, with the seconds east of UTC from then on.
    changes: Vec<(i64, i32)>,
}

/// Lists when the clocks of a zone change.
pub(super) fn zone(zone: &TimeZone) -> Zone {
    let changes = zone
        .following(Timestamp::MIN)
        .take_while(|change| change.timestamp().as_second() < LAST_CHANGE)
        .map(|change| (change.timestamp().as_second(), change.offset().seconds()));
    Zone { first: zone.to_offset(Timestamp::MIN).seconds(), changes: changes.collect() }
}

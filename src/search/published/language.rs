//! What the browser must know to read a query: keys, fields of templates, services, and the rules of the clocks.

use std::collections::BTreeMap;

use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;

use crate::{
    query::{FactTest, FieldKey, QueryKey, ValueKind, Vocabulary},
    settings::Service,
    store::Store,
};

/// The clocks are known until then: 2200-01-01T00:00:00Z.
const LAST_CHANGE: i64 = 7_258_118_400;

/// The keys of the query language and the fields of templates.
#[derive(Serialize)]
pub(super) struct Language<'a> {
    keys: Vec<KeyRow>,
    fields: Vec<FieldRow<'a>>,
}

/// What the search page knows of a key. It has no list of keys of its own.
#[derive(Serialize)]
struct KeyRow {
    name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    alias: Option<&'static str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    former: &'static [&'static str],
    kind: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    choices: Vec<&'static str>,
    /// The number of the field of the index whose words are tested.
    #[serde(skip_serializing_if = "Option::is_none")]
    words: Option<u8>,
    /// The facts that are true after a time, which a column of their own has.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    after: Vec<&'static str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    facet: bool,
}

#[derive(Serialize)]
struct FieldRow<'a> {
    name: &'a str,
    kind: &'static str,
}

/// A service of the catalogue.
#[derive(Serialize)]
pub(super) struct ServiceRow<'a> {
    name: String,
    /// The service itself, and the services that it is a module of.
    within: Vec<&'a str>,
}

/// When the clocks of a zone change.
#[derive(Serialize)]
pub(super) struct ZoneRules {
    /// Seconds east of UTC before the first change.
    first: i32,
    /// The second of each change, and how many seconds east of UTC the clocks are from then on.
    changes: Vec<(i64, i32)>,
}

impl<'a> Language<'a> {
    pub(super) fn of(vocabulary: &'a Vocabulary) -> Self {
        let row = |key: &QueryKey| KeyRow::of(key, vocabulary.keys);
        let field = |field: &'a FieldKey| FieldRow { name: &field.name, kind: field.kind.name() };
        Self {
            keys: vocabulary.keys.iter().map(row).collect(),
            fields: vocabulary.fields.iter().map(field).collect(),
        }
    }
}

impl KeyRow {
    fn of(key: &QueryKey, keys: &[QueryKey]) -> Self {
        let after = match key.kind {
            ValueKind::Facts(facts) => facts
                .iter()
                .filter(|fact| matches!(fact.test, FactTest::After(_)))
                .map(|fact| fact.name)
                .collect(),
            _ => Vec::new(),
        };
        let words = match key.kind {
            ValueKind::Words(field) => Some(field as u8),
            _ => None,
        };
        Self {
            name: key.name,
            alias: key.alias,
            former: key.former,
            kind: key.kind.name(),
            choices: key.kind.choices(keys).iter().map(|choice| choice.name).collect(),
            words,
            after,
            facet: key.facet,
        }
    }
}

/// Returns the services of the catalogue by id.
pub(super) fn services(store: &Store) -> BTreeMap<&str, ServiceRow<'_>> {
    let all = &store.settings.services;
    let ids = || all.iter().map(|service| service.id.as_str());
    let row = |service: &'_ Service| ServiceRow {
        name: if service.name.is_empty() { service.id.clone() } else { service.name.clone() },
        within: ids().filter(|other| store.settings.is_within(&service.id, other)).collect(),
    };
    all.iter().map(|service| (service.id.as_str(), row(service))).collect()
}

/// Returns the rules of the clocks of `zone`.
pub(super) fn zone(zone: &TimeZone) -> ZoneRules {
    let changes = zone
        .following(Timestamp::MIN)
        .take_while(|change| change.timestamp().as_second() < LAST_CHANGE)
        .map(|change| (change.timestamp().as_second(), change.offset().seconds()));
    ZoneRules { first: zone.to_offset(Timestamp::MIN).seconds(), changes: changes.collect() }
}

//! What the browser must know to read a query: its keys, the fields of templates, the catalogue, the clocks.

use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Map, Value as Json, json};

use crate::{
    query::{FieldKind, KEYS, ValueKind, Vocabulary},
    settings::Service,
    store::Store,
};

/// The clocks are known until then: 2200-01-01T00:00:00Z.
const LAST_CHANGE: i64 = 7_258_118_400;

/// The keys of the query language and the fields of templates.
pub(super) fn language(known: &Vocabulary) -> Json {
    let keys: Vec<Json> = KEYS
        .iter()
        .map(|row| {
            let mut json = Map::new();
            json.insert("name".into(), row.name.into());
            row.alias.into_iter().for_each(|alias| drop(json.insert("alias".into(), alias.into())));
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
            json.insert("kind".into(), kind.into());
            if !choices.is_empty() {
                json.insert("choices".into(), choices.iter().map(|choice| choice.name).collect());
            }
            Json::Object(json)
        })
        .collect();
    let fields = known.fields.iter().map(|field| {
        let kind = match field.kind {
            FieldKind::Text => "text",
            FieldKind::Number => "number",
            FieldKind::Date => "date",
        };
        json!({ "name": field.name, "kind": kind })
    });
    json!({ "keys": keys, "fields": fields.collect::<Vec<_>>() })
}

/// The name of each service of the catalogue, and what it is within: itself, and what it is a module of.
pub(super) fn services(store: &Store) -> Json {
    let all = || store.settings.services.iter().map(|service| service.id.as_str());
    let within =
        |id: &str| -> Vec<&str> { all().filter(|other| store.settings.is_within(id, other)).collect() };
    let json = |service: &Service| {
        let name = if service.name.is_empty() { &service.id } else { &service.name };
        (service.id.clone(), json!({ "name": name, "within": within(&service.id) }))
    };
    store.settings.services.iter().map(json).collect()
}

/// When the clocks of a zone change, and to how many seconds east of UTC.
pub(super) fn zone(zone: &TimeZone) -> Json {
    let changes = zone
        .following(Timestamp::MIN)
        .take_while(|change| change.timestamp().as_second() < LAST_CHANGE)
        .map(|change| json!([change.timestamp().as_second(), change.offset().seconds()]));
    let changes: Vec<Json> = changes.collect();
    json!({ "first": zone.to_offset(Timestamp::MIN).seconds(), "changes": changes })
}

//! The data that the browser needs to parse a query: keys, fields of templates, services and time zone rules.

use std::collections::BTreeMap;

use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;

use crate::{
    index::tokens::function_words,
    query::{EVERY_TICKET, FactTest, FieldKey, MEANT, QueryKey, ValueKind, Vocabulary},
    settings::Service,
    store::Store,
    text::harmless_lines,
};

/// The end of the time zone rules: 2200-01-01T00:00:00Z.
const LAST_CHANGE: i64 = 7_258_118_400;

/// The keys of the query language and the fields of templates.
#[derive(Serialize)]
pub(super) struct Language<'a> {
    keys: Vec<KeyRow>,
    fields: Vec<FieldRow<'a>>,
    /// Words with the condition that people mean by them.
    meant: BTreeMap<&'static str, &'static str>,
    /// The words that count for nothing beside other words.
    #[serde(rename = "functionWords")]
    function_words: Vec<&'static str>,
}

/// The description of a key for the search page, which has no other list of keys.
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
    /// The number of the index field whose words are tested.
    #[serde(skip_serializing_if = "Option::is_none")]
    words: Option<u8>,
    /// The facts that become true after a time. Each has a separate column.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    after: Vec<&'static str>,
    /// For persons, the column of which every ticket and no article has a value.
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket: Option<&'static str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    facet: bool,
}

#[derive(Serialize)]
struct FieldRow<'a> {
    name: &'a str,
    kind: &'static str,
}

/// A service in the catalogue.
#[derive(Serialize)]
pub(super) struct ServiceRow<'a> {
    name: String,
    /// The service, and the services that it is a module of.
    within: Vec<&'a str>,
}

/// The offsets of a time zone.
#[derive(Serialize)]
pub(super) struct ZoneRules {
    /// The offset before the first change, in seconds east of UTC.
    first: i32,
    /// The time of each change in seconds, and the offset after it in seconds east of UTC.
    changes: Vec<(i64, i32)>,
}

impl<'a> Language<'a> {
    pub(super) fn of(vocabulary: &'a Vocabulary) -> Self {
        let row = |key: &QueryKey| KeyRow::of(key, vocabulary.keys);
        let field = |field: &'a FieldKey| FieldRow { name: &field.name, kind: field.kind.name() };
        Self {
            keys: vocabulary.keys.iter().map(row).collect(),
            fields: vocabulary.fields.iter().map(field).collect(),
            meant: MEANT.iter().copied().collect(),
            function_words: function_words().collect(),
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
            ticket: matches!(key.kind, ValueKind::Person).then_some(EVERY_TICKET),
            facet: key.facet,
        }
    }
}

/// Returns the services of the catalogue by id.
pub(super) fn services(store: &Store) -> BTreeMap<&str, ServiceRow<'_>> {
    let all = &store.settings.services;
    let ids = || all.iter().map(|service| service.id.as_str());
    let name = |service: &Service| {
        let name = if service.name.is_empty() { &service.id } else { &service.name };
        harmless_lines(name).into_owned()
    };
    let row = |service: &'_ Service| ServiceRow {
        name: name(service),
        within: ids().filter(|other| store.settings.is_within(&service.id, other)).collect(),
    };
    all.iter().map(|service| (service.id.as_str(), row(service))).collect()
}

/// Returns the offsets of `zone`.
pub(super) fn zone(zone: &TimeZone) -> ZoneRules {
    let changes = zone
        .following(Timestamp::MIN)
        .take_while(|change| change.timestamp().as_second() < LAST_CHANGE)
        .map(|change| (change.timestamp().as_second(), change.offset().seconds()));
    ZoneRules { first: zone.to_offset(Timestamp::MIN).seconds(), changes: changes.collect() }
}

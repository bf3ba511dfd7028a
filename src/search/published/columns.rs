//! Columns: the values by which documents are tested, sorted and counted, one column for each key.
//!
//! A column of texts lists each text once. For each document, it then has one character for each of the document's
//! texts: the number of the text, from 1, or 0 if the document has none. If a document can have several texts, their
//! numbers are in order, and the lengths of the rows are apart. This form compresses best. A column of times has the differences between successive times. A column without any values is left out.
//!
//! The column `sort.key` has the values for sorting; `is.overdue` has the time after which a fact is true. The name of
//! a file depends on its content, so two equal columns are one file.

use std::{borrow::Cow, collections::BTreeMap};

use foldhash::HashMap;
use rayon::prelude::*;
use serde::Serialize;

use super::{
    base::Version,
    files::{JsonFile, PublishedFiles},
};
use crate::{
    query::{Accessor, Fact, FactTest, FactTime, FieldKey, QueryKey, ValueKind, Vocabulary},
    search::Filter,
    text::{Time, harmless_lines},
    ticket::{Article, Thread},
};

/// A column, serialized as JSON.
#[derive(Serialize)]
#[serde(untagged)]
enum Column<'a> {
    Texts(TextColumn<'a>),
    Times(TimeColumn),
    Counts { counts: Vec<Option<usize>> },
}

#[derive(Serialize)]
struct TextColumn<'a> {
    /// The texts, shown in facets, without characters that could change the page around them.
    values: Vec<Cow<'a, str>>,
    /// The instant of each value, if the values are dates.
    #[serde(skip_serializing_if = "Option::is_none")]
    instants: Option<Vec<Option<Instant>>>,
    /// The length of each row, one character each, if a document can have several texts.
    #[serde(skip_serializing_if = "Option::is_none")]
    lengths: Option<String>,
    rows: String,
}

#[derive(Serialize)]
struct TimeColumn {
    times: Vec<Option<i64>>,
    nanoseconds: BTreeMap<usize, i32>,
}

/// The data that each first query needs, in one file.
#[derive(Serialize)]
struct FacetFile<'a> {
    columns: BTreeMap<&'a str, Column<'a>>,
    /// The days of the documents, one character for each byte.
    days: String,
}

/// Seconds since 1970, rounded down, and nanoseconds.
type Instant = (i64, i32);

/// A writer for the columns of several documents.
pub(super) struct Columns<'a, 's> {
    pub filter: &'a Filter<'s>,
    pub documents: &'a [Version],
}

/// A column to write.
enum ColumnSource<'a> {
    Tested(&'a QueryKey),
    Sorted(&'a QueryKey),
    After(FactTime),
    Field(&'a FieldKey),
}

impl Columns<'_, '_> {
    /// Writes the columns. Returns the name of the file with the facet columns and `days`, and the names of the other
    /// files by key.
    pub(super) fn write(
        &self,
        vocabulary: &Vocabulary,
        days: &[u8],
        files: &mut PublishedFiles<'_>,
    ) -> (String, BTreeMap<String, String>) {
        let facets = files.add_json(&self.facets(vocabulary, days));
        let sources = sources(vocabulary);
        let pack =
            |(_, source): &(String, ColumnSource<'_>)| self.of(source).map(|json| files.json_file(&json));
        let packed: Vec<Option<JsonFile>> = sources.par_iter().map(pack).collect();
        let of_names = sources.into_iter().zip(packed);
        let names =
            of_names.filter_map(|((name, _), packed)| Some((name, files.add_json_file(packed?)))).collect();
        (facets, names)
    }

    /// Does the same as [`write`](Self::write), but writes the other columns into one file, and returns its name.
    pub(super) fn write_together(
        &self,
        vocabulary: &Vocabulary,
        days: &[u8],
        files: &mut PublishedFiles<'_>,
    ) -> (String, String) {
        let facets = files.add_json(&self.facets(vocabulary, days));
        let columns =
            sources(vocabulary).into_iter().filter_map(|(name, source)| Some((name, self.of(&source)?)));
        (facets, files.add_json(&columns.collect::<BTreeMap<String, Column<'_>>>()))
    }

    fn facets<'b>(&'b self, vocabulary: &'b Vocabulary, days: &[u8]) -> FacetFile<'b> {
        let facets = vocabulary.keys.iter().filter(|key| key.facet);
        FacetFile {
            columns: facets
                .filter_map(|key| Some((key.name, self.of(&ColumnSource::Tested(key))?)))
                .collect(),
            days: days.iter().map(|byte| sign(usize::from(*byte))).collect(),
        }
    }

    fn of(&self, source: &ColumnSource<'_>) -> Option<Column<'_>> {
        match source {
            ColumnSource::Tested(key) => match key.kind {
                ValueKind::Facts(facts) => TextColumn::of(&self.facts(facts)).map(Column::Texts),
                _ => self.values(&key.ticket, &key.article),
            },
            ColumnSource::Sorted(key) => {
                let sort = key.sort.as_ref()?;
                self.values(&sort.ticket, &sort.article)
            }
            ColumnSource::After(time_of) => {
                let time = |document: &Version| {
                    document.ticket(self.store()).and_then(|thread| time_of(thread, self.filter.lookup()))
                };
                times(self.documents.iter().map(time))
            }
            ColumnSource::Field(field) => self.field(field),
        }
    }

    fn store(&self) -> &crate::store::Store {
        self.filter.lookup().store()
    }

    /// Returns the column with the values of tickets and articles for a key.
    fn values(&self, tickets: &Accessor<Thread>, articles: &Accessor<Article>) -> Option<Column<'_>> {
        match tickets {
            Accessor::Nothing => None,
            Accessor::Texts(_) => {
                let texts: Vec<Vec<&str>> = self
                    .documents
                    .iter()
                    .map(|document| match (document.ticket(self.store()), document.article(self.store())) {
                        (Some(thread), _) => self.texts_of(tickets, thread),
                        (None, Some(article)) => self.texts_of(articles, article),
                        (None, None) => Vec::new(),
                    })
                    .collect();
                TextColumn::of(&texts).map(Column::Texts)
            }
            Accessor::Time(_) => {
                let time = |document: &Version| match (
                    document.ticket(self.store()),
                    document.article(self.store()),
                ) {
                    (Some(thread), _) => time_of(tickets, thread),
                    (None, article) => article.and_then(|article| time_of(articles, article)),
                };
                times(self.documents.iter().map(time))
            }
            Accessor::Count(count) => {
                let counts =
                    self.documents.iter().map(|document| document.ticket(self.store()).map(count)).collect();
                Some(Column::Counts { counts })
            }
        }
    }

    /// Returns the texts of one document without duplicates.
    fn texts_of<'b, T>(&'b self, values: &Accessor<T>, of: &'b T) -> Vec<&'b str> {
        let mut found = Vec::new();
        if let Accessor::Texts(texts_of) = values {
            texts_of(of, self.filter.lookup(), &mut |text| {
                add_once(&mut found, text);
                false
            });
        }
        found
    }

    /// For each document, lists the facts that are true regardless of the time.
    fn facts(&self, facts: &'static [Fact]) -> Vec<Vec<&'static str>> {
        let lookup = self.filter.lookup();
        let is_true = |fact: &&Fact, thread: &Thread| match fact.test {
            FactTest::Holds(holds) => holds(thread, lookup),
            FactTest::After(_) => false,
        };
        let of_document = |document: &Version| {
            let thread = document.ticket(self.store()).into_iter();
            thread
                .flat_map(|thread| facts.iter().filter(|fact| is_true(fact, thread)))
                .map(|fact| fact.name)
                .collect()
        };
        self.documents.iter().map(of_document).collect()
    }

    fn texts_of_field<'b>(&'b self, document: &'b Version, field: &FieldKey) -> Vec<&'b str> {
        let mut found = Vec::new();
        if let Some(value) = document.ticket(self.store()).and_then(|thread| thread.field(&field.name)) {
            value.any_text(&mut |text| {
                add_once(&mut found, text);
                false
            });
        }
        found
    }

    /// Returns the column of a template's field.
    fn field(&self, field: &FieldKey) -> Option<Column<'_>> {
        let texts: Vec<Vec<&str>> =
            self.documents.iter().map(|document| self.texts_of_field(document, field)).collect();
        let mut column = TextColumn::of(&texts)?;
        if matches!(field.kind, ValueKind::Time) {
            let instant = |text: &Cow<'_, str>| self.filter.instant(text).map(|at| rounded_down(at.into()));
            column.instants = Some(column.values.iter().map(instant).collect());
        }
        Some(Column::Texts(column))
    }
}

impl<'a> TextColumn<'a> {
    fn of(of_documents: &[Vec<&'a str>]) -> Option<Self> {
        let mut numbers: HashMap<&str, usize> =
            of_documents.iter().flatten().map(|text| (*text, 0)).collect();
        if numbers.is_empty() {
            return None;
        }
        let mut values: Vec<&str> = numbers.keys().copied().collect();
        values.sort_unstable();
        for (number, text) in (1..).zip(&values) {
            numbers.insert(text, number);
        }
        let several = of_documents.iter().any(|texts| texts.len() > 1);
        let lengths = several.then(|| of_documents.iter().map(|texts| sign(texts.len())).collect());
        let mut rows = String::with_capacity(of_documents.len() * 2);
        for texts in of_documents {
            let mut row: Vec<usize> = texts.iter().map(|text| numbers[text]).collect();
            row.sort_unstable();
            if row.is_empty() && !several {
                row.push(0);
            }
            rows.extend(row.into_iter().map(sign));
        }
        let values = values.into_iter().map(harmless_lines).collect();
        Some(Self { values, instants: None, lengths, rows })
    }
}

/// Adds `text` to the few texts of a document, unless it is there.
fn add_once<'a>(texts: &mut Vec<&'a str>, text: &'a str) {
    if !texts.contains(&text) {
        texts.push(text);
    }
}

/// Returns the columns other than facets with their names.
fn sources(vocabulary: &Vocabulary) -> Vec<(String, ColumnSource<'_>)> {
    let others = vocabulary.keys.iter().filter(|key| !key.facet);
    let mut sources: Vec<(String, ColumnSource<'_>)> =
        others.map(|key| (key.name.to_owned(), ColumnSource::Tested(key))).collect();
    for key in vocabulary.keys {
        if key.sort.is_some() {
            sources.push((format!("sort.{}", key.name), ColumnSource::Sorted(key)));
        }
        for (fact, time_of) in facts(key).iter().filter_map(after) {
            sources.push((format!("{}.{}", key.name, fact.name), ColumnSource::After(time_of)));
        }
    }
    let fields = vocabulary.fields.iter();
    sources.extend(fields.map(|field| (format!("fields.{}", field.name), ColumnSource::Field(field))));
    sources
}

fn time_of<T>(values: &Accessor<T>, of: &T) -> Option<Time> {
    match values {
        Accessor::Time(time_of) => time_of(of),
        _ => None,
    }
}

/// Returns the column of the documents' times.
fn times(of_documents: impl Iterator<Item = Option<Time>>) -> Option<Column<'static>> {
    let mut nanoseconds = BTreeMap::new();
    let mut last = 0;
    let mut steps = Vec::new();
    for (place, time) in of_documents.enumerate() {
        steps.push(time.map(|time| {
            let (seconds, rest) = rounded_down(time);
            if rest > 0 {
                nanoseconds.insert(place, rest);
            }
            let step = seconds - last;
            last = seconds;
            step
        }));
    }
    let any = steps.iter().any(Option::is_some);
    any.then_some(Column::Times(TimeColumn { times: steps, nanoseconds }))
}

/// Returns the facts that a key can test.
fn facts(key: &QueryKey) -> &'static [Fact] {
    match key.kind {
        ValueKind::Facts(facts) => facts,
        _ => &[],
    }
}

/// Returns the fact with its time, if it becomes true after a time.
fn after(fact: &Fact) -> Option<(&Fact, FactTime)> {
    match fact.test {
        FactTest::After(time_of) => Some((fact, time_of)),
        FactTest::Holds(_) => None,
    }
}

/// Returns the character for a number. JSON escapes none of these characters. `site/assets/search/columns.js` has the
/// same function.
pub(super) fn sign(number: usize) -> char {
    let code = 0x23 + number + usize::from(number >= 0x39);
    let code = if code < 0xd800 { code } else { code + 0x800 };
    u32::try_from(code).ok().and_then(char::from_u32).unwrap_or('#')
}

/// Returns a time as the browser counts it. The nanoseconds are never negative, also before 1970.
fn rounded_down(time: Time) -> Instant {
    let (seconds, rest) = (time.seconds(), time.timestamp().subsec_nanosecond());
    if rest < 0 { (seconds - 1, rest + 1_000_000_000) } else { (seconds, rest) }
}

//! Columns: what is tested, sorted by and counted, a key each.
//!
//! A column of texts has each text once, and for each document the numbers of its texts, from 1, as one character each: so it
//! packs best. Where a document may have several, a zero ends each row. A column of times has steps from one time to the next. One in which no document has anything is left out.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use rayon::prelude::*;
use serde::Serialize;

use super::files::{Files, Packed};
use crate::{
    search::{
        Filter, Item,
        query::{FieldKind, FieldTest, KEYS, Key, Known, KnownField, Test, Value, ValueKind},
    },
    store::Store,
    text::Time,
    ticket::{Article, Thread},
};

/// The column of a key that is not in the table of keys: when a ticket is overdue.
const DUE: &str = "due";

/// That of how many replies there are, by which results are sorted; the key tests their words.
const REPLIES: &str = "replies";

/// Columns that results need to tell how many have what, in one file.
const FACETS: [Key; 3] = [Key::Status, Key::Service, Key::Tag];

fn facets_have(name: &str) -> bool {
    FACETS.iter().any(|key| key.to_string() == name)
}

/// Writes the columns of `items`. Returns the name of the file with those that are counted, and the names of the others.
pub(super) fn write(
    store: &Store,
    filter: &Filter<'_>,
    known: &Known,
    items: &[Item],
    files: &mut Files,
) -> (String, IndexMap<String, String>) {
    let columns = Columns { store, filter, items };
    let facets = FACETS.iter().filter_map(|key| Some((key.to_string(), columns.texts(key)?)));
    let facets = files.add_json(&facets.collect::<IndexMap<String, TextColumn>>());
    let fields = known.fields.iter().map(|field| (format!("fields.{}", field.name), Some(field)));
    let core = KEYS.iter().map(|row| row.name).filter(|name| !facets_have(name) && *name != REPLIES);
    let names = core.chain([DUE, REPLIES]).map(|name| (name.to_owned(), None)).chain(fields);
    let names: Vec<(String, Option<&KnownField>)> = names.collect();
    let packed: Vec<Option<Packed>> = names
        .par_iter()
        .map(|(name, field)| columns.of(name, *field).as_ref().map(Packed::of_json))
        .collect();
    let of_names = names.into_iter().zip(packed);
    let files = of_names.filter_map(|((name, _), packed)| Some((name, files.add(packed?))));
    (facets, files.collect())
}

/// A file with a column.
#[derive(Serialize)]
#[serde(untagged)]
enum Column {
    Texts(TextColumn),
    Times {
        /// The seconds from one document's time to the next one's.
        times: Vec<Option<i64>>,
        /// By the number of the document, where there are any.
        nanoseconds: BTreeMap<usize, i32>,
    },
    Counts {
        counts: Vec<usize>,
    },
}

#[derive(Serialize)]
struct TextColumn {
    /// Each text once, in order.
    values: Vec<String>,
    /// Whether any document has more than one.
    several: bool,
    /// The numbers of each document's texts, as characters.
    rows: String,
    /// Of a column of dates: the instant of each of `values`.
    #[serde(skip_serializing_if = "Option::is_none")]
    instants: Option<Vec<Option<(i64, i32)>>>,
}

struct Columns<'a> {
    store: &'a Store,
    filter: &'a Filter<'a>,
    items: &'a [Item],
}

impl Columns<'_> {
    /// The column called `name`, of a template's `field` if it is one.
    fn of(&self, name: &str, field: Option<&KnownField>) -> Option<Column> {
        if let Some(field) = field {
            let mut column = self.texts(&Key::Field(field.name.clone()))?;
            if field.kind == FieldKind::Date {
                let instant = |text: &String| self.filter.instant(text).map(|at| pair(at.into()));
                column.instants = Some(column.values.iter().map(instant).collect());
            }
            return Some(Column::Texts(column));
        }
        match name {
            DUE => return self.times(|thread| self.filter.due(thread), |_| None),
            REPLIES => return self.replies(),
            _ => {}
        }
        let row = KEYS.iter().find(|row| row.name == name)?;
        match (&row.key, row.kind) {
            (Key::Sort, _) => None,
            (key, ValueKind::Time) => self.times(|thread| time(key, thread), article_time(key)),
            (key, ValueKind::Words) if *key != Key::Title => None,
            (key, _) => self.texts(key).map(Column::Texts),
        }
    }

    fn texts(&self, key: &Key) -> Option<TextColumn> {
        let of_items: Vec<Vec<String>> = self
            .items
            .iter()
            .map(|item| match (item.ticket(self.store), item.article(self.store)) {
                (Some(thread), _) => self.texts_of(key, *item, thread),
                (None, Some(article)) => texts_of_article(key, article),
                (None, None) => Vec::new(),
            })
            .collect();
        let mut numbers: BTreeMap<&str, usize> =
            of_items.iter().flatten().map(|text| (text.as_str(), 0)).collect();
        if numbers.is_empty() {
            return None;
        }
        (1..).zip(numbers.values_mut()).for_each(|(number, place)| *place = number);
        let values = numbers.keys().map(|text| (*text).to_owned()).collect();
        let several = of_items.iter().any(|texts| texts.len() > 1);
        let mut rows = String::with_capacity(of_items.len() * 2);
        for texts in &of_items {
            rows.extend(texts.iter().map(|text| sign(numbers[text.as_str()])));
            if several || texts.is_empty() {
                rows.push(sign(0));
            }
        }
        Some(TextColumn { values, several, rows, instants: None })
    }

    /// What a test of `key` looks at.
    fn texts_of(&self, key: &Key, item: Item, thread: &Thread) -> Vec<String> {
        let (ticket, state) = (&thread.ticket, &thread.state);
        let links =
            |ids: &[String]| ids.iter().flat_map(|id| self.filter.names(id)).map(str::to_owned).collect();
        let texts: Vec<String> = match key {
            Key::Is | Key::Has => self.facts(key, item),
            Key::Status => vec![state.status.name().to_owned()],
            Key::Resolution => {
                state.resolution.iter().map(|resolution| resolution.name().to_owned()).collect()
            }
            Key::Priority => vec![thread.priority().name().to_owned()],
            Key::Visibility => vec![state.visibility.name().to_owned()],
            Key::Assignee => state.assignee.iter().cloned().collect(),
            Key::Requester => ticket.requester.iter().cloned().collect(),
            Key::Author => thread.replies.iter().filter_map(|reply| reply.author.clone()).collect(),
            Key::Service => state.service.iter().cloned().collect(),
            Key::Tag => state.tags.clone(),
            Key::Template => vec![ticket.template.clone()],
            Key::Id => [&ticket.id].into_iter().chain(&state.aliases).cloned().collect(),
            Key::Source => ticket.source.iter().cloned().collect(),
            Key::Path => state.came_from.clone(),
            Key::Related => links(&state.related),
            Key::DuplicateOf => links(state.duplicate_of.as_slice()),
            Key::AnsweredBy => links(&state.answered_by),
            Key::Field(name) => thread.field(name).map(crate::ticket::Value::texts).unwrap_or_default(),
            Key::Title => vec![ticket.title.clone()],
            Key::Body
            | Key::Answer
            | Key::Replies
            | Key::Created
            | Key::Updated
            | Key::Resolved
            | Key::Sort => Vec::new(),
        };
        once(texts)
    }

    /// The names that `key` (`is:` or `has:`) has for a ticket, whenever it is asked.
    fn facts(&self, key: &Key, item: Item) -> Vec<String> {
        let Some(ValueKind::Choice(choices)) = key.info().map(|row| row.kind) else { return Vec::new() };
        let names = choices.iter().map(|choice| choice.name).filter(|name| *name != "overdue");
        let holds = |name: &&str| {
            let any_of = vec![Test::Is(Value::Exact((*name).to_owned()))];
            self.filter.holds(&FieldTest { key: key.clone(), any_of, span: 0..0 }, item)
        };
        names.filter(holds).map(str::to_owned).collect()
    }

    fn times(
        &self,
        of: impl Fn(&Thread) -> Option<Time>,
        of_article: impl Fn(&Article) -> Option<Time>,
    ) -> Option<Column> {
        let mut nanoseconds = BTreeMap::new();
        let mut last = 0;
        let mut steps: Vec<Option<i64>> = Vec::with_capacity(self.items.len());
        for (local, item) in self.items.iter().enumerate() {
            let time = match (item.ticket(self.store), item.article(self.store)) {
                (Some(thread), _) => of(thread),
                (None, article) => article.and_then(&of_article),
            };
            steps.push(time.map(|time| {
                let (seconds, rest) = pair(time);
                if rest > 0 {
                    nanoseconds.insert(local, rest);
                }
                let step = seconds - last;
                last = seconds;
                step
            }));
        }
        let any = steps.iter().any(Option::is_some);
        any.then_some(Column::Times { times: steps, nanoseconds })
    }

    fn replies(&self) -> Option<Column> {
        let count = |item: &Item| item.ticket(self.store).map_or(0, |thread| thread.replies.len());
        let counts: Vec<usize> = self.items.iter().map(count).collect();
        counts.iter().any(|count| *count > 0).then_some(Column::Counts { counts })
    }
}

fn texts_of_article(key: &Key, article: &Article) -> Vec<String> {
    match key {
        Key::Service => article.service.iter().cloned().collect(),
        Key::Tag => once(article.tags.clone()),
        Key::Title => vec![article.title.clone()],
        Key::Id => vec![article.slug.clone()],
        _ => Vec::new(),
    }
}

/// The character that stands for a number, none of which JSON escapes. `site/assets/search/columns.js` has it too.
fn sign(number: usize) -> char {
    let code = 0x23 + number + usize::from(number >= 0x39);
    let code = if code < 0xd800 { code } else { code + 0x800 };
    u32::try_from(code).ok().and_then(char::from_u32).unwrap_or('#')
}

/// Each of `texts` once.
fn once(mut texts: Vec<String>) -> Vec<String> {
    let mut known = std::collections::HashSet::new();
    texts.retain(|text| known.insert(text.clone()));
    texts
}

/// When a ticket was last resolved stays when it is opened again: results are sorted by it.
fn time(key: &Key, thread: &Thread) -> Option<Time> {
    match key {
        Key::Created => thread.ticket.created,
        Key::Updated => thread.state.updated,
        Key::Resolved => thread.state.resolved,
        _ => None,
    }
}

fn article_time(key: &Key) -> impl Fn(&Article) -> Option<Time> {
    let is_created = *key == Key::Created;
    move |article: &Article| article.confirmed.filter(|_| is_created)
}

/// A time as the browser counts it: seconds, rounded down also before 1970, and nanoseconds.
fn pair(time: Time) -> (i64, i32) {
    let (seconds, rest) = (time.seconds(), time.timestamp().subsec_nanosecond());
    if rest < 0 { (seconds - 1, rest + 1_000_000_000) } else { (seconds, rest) }
}

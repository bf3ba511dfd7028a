//! Types for the keys of the query language: how values are written, and how to read them from a ticket or article.

use std::fmt;

use super::{Comparison, Lookup};
use crate::{
    index::IndexField,
    settings::Settings,
    template::{FieldType, FieldValues},
    text::Time,
    ticket::{Article, Thread},
};

/// A key of the query language. The parser, errors, filters, columns of the published index, sorting, facets,
/// completion, documentation and the search page of a site all use these rows.
pub struct QueryKey {
    /// The name before the colon.
    pub name: &'static str,
    /// A second name with the same meaning.
    pub alias: Option<&'static str>,
    /// Former names. They still work, with a warning.
    pub former: &'static [&'static str],
    /// A short description of what the key finds.
    pub help: &'static str,
    /// A valid query with this key.
    pub example: &'static str,
    /// How values are written and compared.
    pub kind: ValueKind,
    /// Reads the values of a ticket.
    pub ticket: Accessor<Thread>,
    /// Reads the values of an article.
    pub article: Accessor<Article>,
    /// How results are sorted by this key; `None` if that is impossible.
    pub sort: Option<SortOrder>,
    /// True if results are counted by the values of this key.
    pub facet: bool,
    /// The kind of thing that the values refer to. A query with an unknown name gets a warning.
    pub noun: Option<&'static ReferenceKind>,
    /// True if a query with this key selects statuses, so that a list does not leave out resolved tickets.
    pub selects_status: bool,
}

/// The syntax and the comparison of the values of a key.
#[derive(Clone, Copy, Debug)]
pub enum ValueKind {
    /// The name of a fact about a ticket.
    Facts(&'static [Fact]),
    /// A value of a closed set.
    Choice(&'static [Choice]),
    /// A value of a closed set, ordered from the lowest to the highest.
    Ordered(&'static [Choice]),
    /// A person. `me` is the current user.
    Person,
    /// A name; upper and lower case are equal.
    Name,
    /// A service. A service also matches its modules.
    Service,
    /// Words, matched like full text in this field of the index.
    Words(IndexField),
    /// A time.
    Time,
    /// A time that is the bound of a comparison, which is not written. The comparison is with the time of the key `of`.
    Bound {
        /// The comparison with the time.
        comparison: Comparison,
        /// The key whose times are compared.
        of: &'static str,
    },
    /// A number.
    Number,
    /// Text with an order in which digits count as numbers: `2.9` is before `2.14`.
    Text,
    /// Keys for sorting results.
    Sort,
}

/// A value of a closed set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The value in a query.
    pub name: &'static str,
    /// A short description of what it finds.
    pub help: &'static str,
}

/// A fact about a ticket: a value of `is:` or `has:`.
pub struct Fact {
    /// The value in a query.
    pub name: &'static str,
    /// A short description of what it finds.
    pub help: &'static str,
    /// The test for the tickets that have the fact.
    pub test: FactTest,
    /// True if the fact selects statuses.
    pub selects_status: bool,
}

/// The test for the tickets that have a fact.
#[derive(Clone, Copy)]
pub enum FactTest {
    /// Tickets for which the function returns true, independent of the current time.
    Holds(fn(&Thread, &Lookup<'_>) -> bool),
    /// Tickets for which the returned time is in the past.
    After(FactTime),
}

/// A function that returns the time after which a ticket has a fact.
pub(crate) type FactTime = fn(&Thread, &Lookup<'_>) -> Option<Time>;

/// A function that calls `visit` with each text until `visit` returns true, and then returns true.
pub(crate) type VisitTexts<T> =
    for<'a> fn(&'a T, &'a Lookup<'_>, visit: &mut dyn FnMut(&'a str) -> bool) -> bool;

/// A reader for the values of a key of a ticket or an article (`T`).
#[derive(Clone, Copy)]
pub enum Accessor<T> {
    /// No values.
    Nothing,
    /// Texts.
    Texts(VisitTexts<T>),
    /// A time.
    Time(fn(&T) -> Option<Time>),
    /// A number of things, such as replies.
    Count(fn(&T) -> usize),
}

/// The order of results that are sorted by a key. If a ticket has several texts, only the first one is compared.
/// Values of a closed set are compared by their position in the set.
pub struct SortOrder {
    /// A short description of the order.
    pub help: &'static str,
    /// Reads the value of a ticket.
    pub ticket: Accessor<Thread>,
    /// Reads the value of an article.
    pub article: Accessor<Article>,
}

/// The kind of thing that the values of a key refer to.
#[derive(Debug)]
pub struct ReferenceKind {
    /// The singular noun: `person`.
    pub name: &'static str,
    /// Returns the names listed in `casebook.yml`.
    pub listed: fn(&Settings) -> Vec<&str>,
}

/// The key of a `key:value` test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// A key of the query language.
    Own(&'static QueryKey),
    /// A field of a template.
    Field(FieldKey),
}

/// A field of a template, used as a key in queries.
#[derive(Clone, Debug)]
pub struct FieldKey {
    /// The name in front matter.
    pub name: String,
    /// How values are compared.
    pub kind: ValueKind,
}

impl QueryKey {
    /// A key without values, as the base of the rows of the table.
    pub const PLAIN: Self = Self {
        name: "",
        alias: None,
        former: &[],
        help: "",
        example: "",
        kind: ValueKind::Name,
        ticket: Accessor::Nothing,
        article: Accessor::Nothing,
        sort: None,
        facet: false,
        noun: None,
        selects_status: false,
    };

    /// Returns true if `name` is the name or the second name of the key.
    pub fn is_called(&self, name: &str) -> bool {
        self.name == name || self.alias == Some(name)
    }
}

impl ValueKind {
    /// Returns the name of the kind for the search page of a site.
    pub fn name(self) -> &'static str {
        match self {
            Self::Facts(_) => "facts",
            Self::Choice(_) => "choice",
            Self::Ordered(_) => "ordered",
            Self::Person => "person",
            Self::Name => "name",
            Self::Service => "service",
            Self::Words(_) => "words",
            Self::Time => "time",
            Self::Bound { comparison, .. } => comparison.sign(),
            Self::Number => "number",
            Self::Text => "text",
            Self::Sort => "sort",
        }
    }

    /// Returns the allowed values; empty if every value is allowed. `keys` are the keys of the language.
    pub fn choices(self, keys: &[QueryKey]) -> Vec<Choice> {
        match self {
            Self::Facts(facts) => {
                facts.iter().map(|fact| Choice { name: fact.name, help: fact.help }).collect()
            }
            Self::Choice(choices) | Self::Ordered(choices) => choices.to_vec(),
            Self::Sort => {
                let relevance = Choice { name: "relevance", help: "best match first" };
                let sorts = keys.iter().filter_map(|key| {
                    key.sort.as_ref().map(|sort| Choice { name: key.name, help: sort.help })
                });
                std::iter::once(relevance).chain(sorts).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Returns true if the values have an order.
    pub(super) fn has_order(self) -> bool {
        matches!(self, Self::Ordered(_) | Self::Time | Self::Number | Self::Text)
    }
}

impl Key {
    /// Returns how values are written and compared.
    pub fn kind(&self) -> ValueKind {
        match self {
            Self::Own(key) => key.kind,
            Self::Field(field) => field.kind,
        }
    }

    /// Returns the field of the index whose words the key tests.
    pub fn words(&self) -> Option<IndexField> {
        match self.kind() {
            ValueKind::Words(field) => Some(field),
            _ => None,
        }
    }
}

impl FieldKey {
    /// Creates a field with this name and type.
    pub fn new(name: impl Into<String>, kind: &FieldType) -> Self {
        let kind = match kind.values {
            FieldValues::Number => ValueKind::Number,
            FieldValues::Date => ValueKind::Time,
            FieldValues::Text | FieldValues::Boolean => ValueKind::Text,
        };
        Self { name: name.into(), kind }
    }
}

/// Keys are equal if their names are equal, because names are unique.
impl PartialEq for QueryKey {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// Fields are equal if their names are equal, because names are unique.
impl PartialEq for FieldKey {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// Facts are equal if their names are equal, because names are unique within a key.
impl PartialEq for Fact {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for QueryKey {}
impl Eq for FieldKey {}
impl Eq for Fact {}

impl fmt::Debug for QueryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.name)
    }
}

impl fmt::Debug for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

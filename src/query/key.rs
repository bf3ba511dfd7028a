//! What a key of the query language is: a row that says how its values are written, and where a ticket has them.

use std::fmt;

use super::Lookup;
use crate::{
    index::Field,
    settings::Settings,
    template::{FieldType, FieldValues},
    text::Time,
    ticket::{Article, Thread},
};

/// A key of the query language. Parsing, errors, filters, columns of the published index, sorting, facets, completion,
/// documentation and the search page of a site all read these rows.
pub struct QueryKey {
    /// Its name, written before the colon.
    pub name: &'static str,
    /// A second name that means the same.
    pub alias: Option<&'static str>,
    /// Names that the key had before. They still work, with a warning.
    pub former: &'static [&'static str],
    /// What it finds, in a few words.
    pub help: &'static str,
    /// A valid query with this key.
    pub example: &'static str,
    /// How its values are written and compared.
    pub kind: ValueKind,
    /// What a test of the key looks at in a ticket.
    pub ticket: Accessor<Thread>,
    /// What a test of the key looks at in an article.
    pub article: Accessor<Article>,
    /// What results are sorted by, if they can be sorted by this key.
    pub sort: Option<SortOrder>,
    /// Whether results are counted by its values.
    pub facet: bool,
    /// What its values name. A name that nobody has is told to the person who asks.
    pub noun: Option<&'static Noun>,
    /// Whether a query with this key says which states it wants, so that a list does not leave out resolved tickets.
    pub names_state: bool,
}

/// How the values of a key are written and compared.
#[derive(Clone, Copy, Debug)]
pub enum ValueKind {
    /// The name of a fact, which is true of a ticket or not.
    Facts(&'static [Fact]),
    /// One of a closed set.
    Choice(&'static [Choice]),
    /// One of a closed set, from the least to the greatest.
    Ordered(&'static [Choice]),
    /// A person; `me` is the person who asks.
    Person,
    /// A name, compared without case.
    Name,
    /// A service. A test of a service also finds its modules.
    Service,
    /// Words, searched as in full text, in this field of the index.
    Words(Field),
    /// A time.
    Time,
    /// A number.
    Number,
    /// Text that has an order, in which digits count as numbers: `2.9` is before `2.14`.
    Text,
    /// Keys by which results are sorted.
    Sort,
}

/// A value of a closed set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The value as a query writes it.
    pub name: &'static str,
    /// What it finds.
    pub help: &'static str,
}

/// A fact about a ticket: a value of `is:` or `has:` with its predicate.
pub struct Fact {
    /// The fact as a query writes it.
    pub name: &'static str,
    /// What it finds.
    pub help: &'static str,
    /// Which tickets it is true of.
    pub test: FactTest,
    /// Whether it says which states a query wants.
    pub names_state: bool,
}

/// Which tickets a fact is true of.
#[derive(Clone, Copy)]
pub enum FactTest {
    /// Those for which this is true, whenever somebody asks.
    Holds(fn(&Thread, &Lookup<'_>) -> bool),
    /// Those for which this time has passed.
    After(FactTime),
}

/// The time after which a fact is true of a ticket.
pub(crate) type FactTime = fn(&Thread, &Lookup<'_>) -> Option<Time>;

/// Calls a function with each text until the function returns true. Returns whether it did.
pub(crate) type VisitTexts<T> =
    for<'a> fn(&'a T, &'a Lookup<'_>, visit: &mut dyn FnMut(&'a str) -> bool) -> bool;

/// Where a ticket or an article (`T`) has the values of a key.
#[derive(Clone, Copy)]
pub enum Accessor<T> {
    /// It has none.
    Nothing,
    /// Texts.
    Texts(VisitTexts<T>),
    /// A time.
    Time(fn(&T) -> Option<Time>),
    /// How many there are.
    Count(fn(&T) -> usize),
}

/// What results are sorted by. Texts are compared by the first one, in the order of the key's values.
pub struct SortOrder {
    /// What it sorts by, in a few words.
    pub help: &'static str,
    /// The value of a ticket.
    pub ticket: Accessor<Thread>,
    /// The value of an article.
    pub article: Accessor<Article>,
}

/// What the values of some keys name.
#[derive(Debug)]
pub struct Noun {
    /// The word for it: `person`.
    pub name: &'static str,
    /// The names that `casebook.yml` lists.
    pub listed: fn(&Settings) -> Vec<&str>,
}

/// What a `key:value` asks about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// A key of the query language.
    Own(&'static QueryKey),
    /// A field of a template.
    Field(FieldKey),
}

/// A field of a template, which queries name like a key.
#[derive(Clone, Debug)]
pub struct FieldKey {
    /// Its name in front matter.
    pub name: String,
    /// How its values are compared.
    pub kind: ValueKind,
}

impl QueryKey {
    /// A key without values. A row begins with it and says what is different.
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
        names_state: false,
    };

    /// Whether a query may write it so: its name or its second name.
    pub fn is_called(&self, name: &str) -> bool {
        self.name == name || self.alias == Some(name)
    }
}

impl ValueKind {
    /// Its name for the search page of a site.
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
            Self::Number => "number",
            Self::Text => "text",
            Self::Sort => "sort",
        }
    }

    /// Returns the values that are allowed; none if every value is. `keys` are those of the language.
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

    /// Whether one value can be less than another.
    pub(super) fn has_order(self) -> bool {
        matches!(self, Self::Ordered(_) | Self::Time | Self::Number | Self::Text)
    }
}

impl Key {
    /// How its values are written and compared.
    pub fn kind(&self) -> ValueKind {
        match self {
            Self::Own(key) => key.kind,
            Self::Field(field) => field.kind,
        }
    }

    /// The field of the index whose words it tests.
    pub fn words(&self) -> Option<Field> {
        match self.kind() {
            ValueKind::Words(field) => Some(field),
            _ => None,
        }
    }
}

impl FieldKey {
    /// A field called `name` of this type.
    pub fn new(name: impl Into<String>, kind: &FieldType) -> Self {
        let kind = match kind.values {
            FieldValues::Number => ValueKind::Number,
            FieldValues::Date => ValueKind::Time,
            FieldValues::Text | FieldValues::Boolean => ValueKind::Text,
        };
        Self { name: name.into(), kind }
    }
}

/// Names of keys are unique.
impl PartialEq for QueryKey {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// Names of fields are unique.
impl PartialEq for FieldKey {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// Names of facts are unique within a key.
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

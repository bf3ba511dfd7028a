//! The query language: one parser for the command line, the API and the site.
//!
//! ```text
//! query   = [ or ]                        and `sort:` anywhere outside of groups
//! or      = and { "OR" and }
//! and     = term { [ "AND" ] term }
//! term    = ( "-" | "NOT" ) term | "+" term | "(" or ")" | phrase | word | key ":" values
//! phrase  = '"' … '"'                     \" and \\ are a quote and a backslash
//! word    = letters and signs up to a space; with a star at the end, words with this beginning
//! values  = value { "," value }           any of them
//! value   = [ ">" | ">=" | "<" | "<=" ] plain | plain ".." plain | phrase | plain "*" | "*"
//! ```
//!
//! A `+` is a sign only directly before a letter: `C++` and `+0800` are words. A `-` is not a sign in an option
//! (`--force`, `-f`). A word with a colon is not a key if it is a URL (`https://x`), a name with `::` (`std::vec`), a
//! time or a place in a file (`10:30`, `main.rs:12`, `localhost:80`, `status:500`) or a word that ends with a colon
//! (`Error:`). Empty parentheses directly after a word belong to it (`main()`).

mod age;
mod comparison;
mod complete;
mod display;
mod error;
mod facts;
mod key;
mod keys;
mod lexer;
mod lookup;
mod meant;
mod moment;
mod parser;
mod period;
mod value;
mod vocabulary;

use crate::index::TextPattern;

pub(crate) use age::AgeReading;
pub use comparison::Comparison;
pub(crate) use complete::completions;
pub(crate) use error::QueryError;
#[cfg(test)]
pub(crate) use key::SortOrder;
pub(crate) use key::{Accessor, Choice, Fact, FactTest, FactTime, QueryKey, ReferenceKind};
pub use key::{FieldKey, Key, ValueKind};
pub(crate) use keys::EVERY_TICKET;
pub use keys::KEYS;
pub(crate) use lookup::Lookup;
pub(crate) use meant::{MEANT, condition_meant_by};
pub use moment::Moment;
pub(crate) use moment::QueryClock;
pub(crate) use period::PeriodBounds;
pub(crate) use value::natural_order;
pub use value::{QueryValue, ValueTest};
pub(crate) use vocabulary::RenamedKey;
pub use vocabulary::Vocabulary;

/// The maximum length of a query in bytes. `similar` accepts longer texts.
pub(crate) const LONGEST_QUERY: usize = 16 * 1024;

/// The maximum number of words and values in a query. Each can take one or two milliseconds for ten thousand
/// tickets, so the slowest allowed query takes less than a second. `similar` accepts whole texts, and a program
/// that needs more values can send several queries.
pub(crate) const MOST_TERMS: usize = 256;

/// The maximum number of characters of a query in which operators are read. A longer one is a pasted text.
pub(crate) const LONGEST_WORDS: usize = 200;

/// The maximum depth of nested groups.
pub(crate) const DEEPEST_GROUP: usize = 64;

/// A parsed query.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// The terms; `None` matches everything.
    pub expr: Option<Expr>,
    /// The words that every result must have, even if the other words are a question: words after a `+` and words
    /// beside an `AND`.
    pub required: Vec<TextPattern>,
    /// A pasted text, in which no operator is read. `expr` is `None` then.
    pub text: Option<String>,
    /// The requested order; empty for the default order.
    pub sort: Vec<SortBy>,
    /// Keys that were written with a former name.
    pub renamed: Vec<RenamedKey>,
}

/// One key by which results are sorted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SortBy {
    /// The key; `None` means `relevance`.
    pub key: Option<&'static QueryKey>,
    /// True for the order from the highest to the lowest.
    pub descending: bool,
}

/// A logical expression of terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expr {
    /// All of these: at least two different expressions, none of them an `And`.
    And(Vec<Expr>),
    /// At least one of these: at least two different expressions, none of them an `Or`.
    Or(Vec<Expr>),
    /// Everything except this.
    Not(Box<Expr>),
    /// A search for text.
    Text(TextPattern),
    /// A test of a field.
    Field(FieldTest),
}

/// A test of a key against allowed values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldTest {
    /// The key.
    pub key: Key,
    /// At least one test, without duplicates. A ticket passes if it passes any of them.
    pub any_of: Vec<ValueTest>,
}

impl SortBy {
    /// Returns the name in queries: `created`, `relevance`…
    pub fn name(&self) -> &'static str {
        self.key.map_or("relevance", |key| key.name)
    }
}

impl Query {
    /// Parses a query. The time is proportional to the length of `text`.
    pub fn parse(text: &str, vocabulary: &Vocabulary) -> Result<Self, QueryError> {
        parser::parse(text, vocabulary)
    }

    /// Parses a query whose words are a question. A query with a line break or with more than [`LONGEST_WORDS`]
    /// characters is a pasted text.
    pub fn parse_question(text: &str, vocabulary: &Vocabulary) -> Result<Self, QueryError> {
        let trimmed = text.trim();
        let is_text = trimmed.contains(['\n', '\r']) || trimmed.chars().nth(LONGEST_WORDS).is_some();
        match is_text && trimmed.len() <= LONGEST_QUERY {
            true => Ok(Self { text: Some(trimmed.to_owned()), ..Self::default() }),
            false => Self::parse(text, vocabulary),
        }
    }

    /// Splits the query into the words of a question and the conditions that every result must meet.
    pub(crate) fn question(&self) -> (Vec<TextPattern>, Option<Expr>) {
        let is_word = |expr: &Expr| match expr {
            Expr::Text(text @ (TextPattern::Word(_) | TextPattern::Prefix(_))) => {
                !self.required.contains(text)
            }
            _ => false,
        };
        let all = match &self.expr {
            Some(Expr::And(all)) => all.clone(),
            other => other.iter().cloned().collect(),
        };
        let (words, mut conditions): (Vec<Expr>, Vec<Expr>) = all.into_iter().partition(is_word);
        let words = words.into_iter().filter_map(|word| match word {
            Expr::Text(text) => Some(text),
            _ => None,
        });
        let conditions = match conditions.len() {
            0 | 1 => conditions.pop(),
            _ => Some(Expr::And(conditions)),
        };
        (words.collect(), conditions)
    }

    /// Returns true if the query selects statuses, so that a list must not leave out resolved tickets.
    pub fn selects_status(&self) -> bool {
        let is_state =
            |test: &ValueTest| matches!(test, ValueTest::Is(QueryValue::Fact(fact)) if fact.selects_status);
        self.fields().iter().any(|field| {
            matches!(&field.key, Key::Own(key) if key.selects_status) || field.any_of.iter().any(is_state)
        })
    }

    /// Returns how the query's ambiguous conditions were read.
    pub fn readings(&self) -> Vec<AgeReading> {
        let of_test = |field: &FieldTest| {
            field.any_of.iter().filter_map(|test| AgeReading::of(&field.key, test)).collect()
        };
        let readings = self.fields().into_iter().flat_map(of_test as fn(&FieldTest) -> Vec<AgeReading>);
        let mut different: Vec<AgeReading> = Vec::new();
        for reading in readings {
            if !different.contains(&reading) {
                different.push(reading);
            }
        }
        different
    }

    /// Returns true if the query searches for text, so that results have a relevance.
    pub fn has_text(&self) -> bool {
        fn any(expr: &Expr) -> bool {
            match expr {
                Expr::And(all) | Expr::Or(all) => all.iter().any(any),
                Expr::Not(inner) => any(inner),
                Expr::Text(_) => true,
                Expr::Field(_) => false,
            }
        }
        self.expr.as_ref().is_some_and(any)
    }

    /// Returns true if the query searches for words, which requires the index.
    pub fn needs_index(&self) -> bool {
        let has_words =
            |field: &FieldTest| field.any_of.iter().any(|test| matches!(test, ValueTest::Words(_)));
        self.text.is_some() || self.has_text() || self.fields().into_iter().any(has_words)
    }

    /// Returns all tests of fields.
    pub fn fields(&self) -> Vec<&FieldTest> {
        fn collect<'a>(expr: &'a Expr, found: &mut Vec<&'a FieldTest>) {
            match expr {
                Expr::And(all) | Expr::Or(all) => all.iter().for_each(|one| collect(one, found)),
                Expr::Not(inner) => collect(inner, found),
                Expr::Text(_) => {}
                Expr::Field(test) => found.push(test),
            }
        }
        let mut found = Vec::new();
        if let Some(expr) = &self.expr {
            collect(expr, &mut found);
        }
        found
    }
}

#[cfg(test)]
mod tests;

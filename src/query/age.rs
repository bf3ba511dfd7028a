//! How a comparison with an age was read, because `>7d` can be taken for "older than 7 days".

use std::fmt;

use super::{Comparison, KEYS, Key, Moment, QueryKey, QueryValue, ValueKind, ValueTest};

/// A comparison of a time with an age: `created:>7d` finds what was created less than 7 days ago.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgeReading {
    key: Key,
    comparison: Comparison,
    age: String,
}

impl AgeReading {
    /// Returns the reading of `test`, if it compares with an age and the comparison is written.
    pub(super) fn of(key: &Key, test: &ValueTest) -> Option<Self> {
        match test {
            ValueTest::Compare(comparison, QueryValue::Time(Moment::Ago(_, age)))
                if matches!(key.kind(), ValueKind::Time) =>
            {
                Some(Self { key: key.clone(), comparison: *comparison, age: age.clone() })
            }
            _ => None,
        }
    }
}

impl fmt::Display for AgeReading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, comparison, age } = self;
        let reading = if comparison.is_upward() { "less" } else { "more" };
        write!(f, "`{key}:{comparison}{age}` was read as: {reading} than {age} ago")?;
        let is_clearer = |row: &&QueryKey| {
            matches!((row.kind, key), (ValueKind::Bound { comparison: own, of }, Key::Own(key))
                if of == key.name && own.is_upward() == comparison.is_upward())
        };
        match KEYS.iter().find(is_clearer) {
            Some(clearer) => write!(f, " (`{}:{age}`)", clearer.name),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::query::{Query, Vocabulary};

    #[test]
    fn a_comparison_with_an_age_says_how_it_was_read() {
        let read = |text: &str| -> Vec<String> {
            let query = Query::parse(text, &Vocabulary::default()).unwrap();
            query.readings().iter().map(ToString::to_string).collect()
        };
        assert_eq!(
            read("export created:>7d OR (created:>7d -updated:<=2w)"),
            [
                "`created:>7d` was read as: less than 7d ago (`newer:7d`)",
                "`updated:<=2w` was read as: more than 2w ago"
            ]
        );
        assert_eq!(read("newer:7d older:30d created:>2026-01 created:30d..7d"), Vec::<String>::new());
    }
}

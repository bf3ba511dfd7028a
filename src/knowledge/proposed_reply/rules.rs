//! The rules by which canned responses are proposed.

use crate::{
    index::IndexError,
    query::{Query, QueryError},
    search::{Engine, Item},
    template::Canned,
    text::Time,
};

/// A canned response whose rule cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("`match` of the canned response `{name}` is not a query: {source}")]
pub(crate) struct RuleError {
    name: String,
    source: QueryError,
}

/// Returns the first of the canned responses whose rule finds `item`, which is in the store of `engine`, and the rules that cannot be
/// read.
pub(crate) fn matching_canned<'c>(
    all: &'c [Canned],
    engine: &Engine,
    item: Item,
    now: Time,
) -> Result<(Option<&'c Canned>, Vec<RuleError>), IndexError> {
    let vocabulary = engine.store().known_in_queries(None);
    let mut errors = Vec::new();
    for canned in all {
        let Some(rule) = &canned.rule else { continue };
        let query = match Query::parse(rule, &vocabulary) {
            Ok(query) => query,
            Err(source) => {
                errors.push(RuleError { name: canned.name.clone(), source });
                continue;
            }
        };
        if engine.filter(&query, None, now)?.hits.iter().any(|hit| hit.item == item) {
            return Ok((Some(canned), errors));
        }
    }
    Ok((None, errors))
}

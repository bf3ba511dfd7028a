//! Checks the rules of canned responses.

use crate::{diagnostic::Finding, query::Query, store::Store, template::Canned, ticket::Document};

/// Returns a finding if `match` of a canned response is not a query.
pub(super) fn rule_problem(canned: &Canned, document: &Document, store: &Store) -> Option<Finding> {
    let error = Query::parse(canned.rule.as_deref()?, &store.known_in_queries(None)).err()?;
    let entry = document.front.as_ref()?.get("match")?;
    let text = error.to_string();
    let problem = text.lines().next().unwrap_or_default();
    let finding = Finding::deny("bad-value", &document.path, format!("`match` is not a query: {problem}"));
    Some(finding.at(entry.span.clone()).help(error.help))
}

//! An example of a rule as a small repository.

use std::sync::Arc;

use super::{
    context::CheckContext,
    rule::{Case, Rule},
    run::check_all,
};
use crate::{
    repo::{CacheSlot, MemorySource},
    store::load,
    text::Time,
};

/// Returns the files of an example.
pub(crate) fn source_of(rule: &Rule, case: &Case) -> MemorySource {
    let mut source = MemorySource::new();
    if rule.code != "missing-settings" {
        source.insert("casebook.yml".into(), "");
    }
    for (path, text) in case.files {
        if text.starts_with("-> ") {
            source = source.with_symlink(*path);
        } else if let Some(size) = text.strip_prefix('(').and_then(|text| text.strip_suffix(" MB)")) {
            source.insert((*path).into(), vec![b'x'; size.parse::<usize>().unwrap_or(0) << 20]);
        } else if let Some(text) = text.strip_prefix("(Latin-1)") {
            source.insert((*path).into(), text.chars().map(|c| c as u8).collect::<Vec<u8>>());
        } else {
            source.insert((*path).into(), *text);
        }
    }
    source
}

/// Returns the message of the finding of `rule` in an example, if there is one.
pub(crate) fn message_of(rule: &Rule, case: &Case) -> Option<String> {
    // The times of the examples are before this one, except for times in the future.
    let now = Time::parse("2026-12-01T00:00:00Z")?;
    let store = load(Arc::new(source_of(rule, case)), &CacheSlot::nowhere()).ok()?;
    let findings = check_all(&CheckContext::new(&store, now), &|| ());
    findings.into_iter().find(|finding| finding.code == rule.code).map(|finding| finding.message)
}

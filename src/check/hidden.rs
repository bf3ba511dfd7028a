//! Checks hidden files, such as `.env`, for secrets. They are not published, but git commits them like other files.

use rayon::prelude::*;

use super::{
    context::CheckContext,
    file::size_of,
    levels::give_levels,
    masking::mask_secrets,
    rules::{in_name, in_text},
    source_text::{MAX_PLAIN_TEXT, text_of},
};
use crate::{
    diagnostic::Finding,
    repo::{FileEntry, FileType, Source},
};

/// Returns the secrets in hidden files. With `before`, returns only those that are not in the file of that revision.
pub(super) fn hidden_secrets(context: &CheckContext<'_>, before: Option<&dyn Source>) -> Vec<Finding> {
    let files = context.store.layout.hidden.par_iter().filter(|entry| entry.kind == FileType::File);
    files.flat_map_iter(|entry| secrets_of(entry, context, before)).collect()
}

fn secrets_of(entry: &FileEntry, context: &CheckContext<'_>, before: Option<&dyn Source>) -> Vec<Finding> {
    let source = &**context.store.source();
    let old = before.map(|before| (before.size(&entry.path).is_ok(), text_of(before, &entry.path)));
    let mut findings: Vec<Finding> = match old {
        Some((true, _)) => Vec::new(),
        _ => in_name(&entry.path).into_iter().collect(),
    };
    let is_read = size_of(entry, source).is_some_and(|size| size <= MAX_PLAIN_TEXT);
    if let Some(text) = is_read.then(|| text_of(source, &entry.path)).flatten() {
        let old = old.and_then(|(_, text)| text).unwrap_or_default();
        let is_new = |finding: &Finding| {
            let secret = finding.span.clone().and_then(|span| text.get(span));
            secret.is_none_or(|secret| !old.contains(secret))
        };
        findings.extend(in_text(&entry.path, &text, context).filter(is_new));
        mask_secrets(&mut findings, &text);
    }
    give_levels(&mut findings, &context.store.settings, false);
    findings
}

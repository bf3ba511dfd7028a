//! Applying fixes that cannot be wrong.

use std::collections::BTreeMap;

use super::run::text_of;
use crate::{
    diagnostic::{Finding, Fix},
    repo::{Lock, Repo, RepoError, Source, Write},
    text::{RepoPath, Span},
};

/// A fix that was applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fixed {
    /// The file.
    pub path: RepoPath,
    /// What was done.
    pub title: String,
    /// The rule whose finding it mends.
    pub code: &'static str,
}

/// Applies the fixes of `findings` that are sure, each file in one write that leaves every other byte as it was. Of
/// fixes that overlap, the first is applied: check again for the others.
pub fn apply_fixes(
    repo: &Repo,
    lock: &Lock,
    source: &dyn Source,
    findings: &[Finding],
) -> Result<Vec<Fixed>, RepoError> {
    let mut by_file: BTreeMap<&RepoPath, Vec<(&Finding, &Fix)>> = BTreeMap::new();
    for finding in findings {
        if let Some(fix) = finding.fix.as_ref().filter(|fix| fix.sure) {
            by_file.entry(&finding.path).or_default().push((finding, fix));
        }
    }
    let mut fixed = Vec::new();
    for (path, fixes) in by_file {
        // Offsets in a text with replacement characters are not those of the file.
        let Some(text) =
            text_of(source, path).filter(|text| source.read(path).is_ok_and(|b| b == text.as_bytes()))
        else {
            continue;
        };
        let (text, applied) = edit(&text, &fixes);
        if !applied.is_empty() {
            repo.write(lock, path, text.as_bytes(), Write::Replace)?;
            fixed.extend(applied);
        }
    }
    Ok(fixed)
}

fn edit(text: &str, fixes: &[(&Finding, &Fix)]) -> (String, Vec<Fixed>) {
    let mut edits: Vec<(Span, &str)> = Vec::new();
    let mut applied = Vec::new();
    for (finding, fix) in fixes {
        let fits = |span: &Span| {
            text.get(span.clone()).is_some()
                && edits.iter().all(|(other, _)| {
                    span.end <= other.start || other.end <= span.start || (span.is_empty() && span == other)
                })
        };
        if fix.edits.iter().all(|(span, _)| fits(span)) {
            edits.extend(fix.edits.iter().map(|(span, new)| (span.clone(), new.as_str())));
            applied.push(Fixed { path: finding.path.clone(), title: fix.title.clone(), code: finding.code });
        }
    }
    edits.sort_by_key(|(span, _)| (span.start, span.end));
    let mut result = text.to_owned();
    for (span, new) in edits.into_iter().rev() {
        result.replace_range(span, new);
    }
    (result, applied)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(span: Span, new: &str) -> Finding {
        Finding::deny("x", &RepoPath::new("a.md"), "m").fix(format!("write {new}"), span, new)
    }

    #[test]
    fn fixes_that_overlap_wait_for_the_next_round() {
        let findings = [
            finding(0..1, "A"),
            finding(0..2, "no"),
            finding(2..2, "1\n"),
            finding(2..2, "2\n"),
            finding(9..10, "no"),
        ];
        let fixes: Vec<_> = findings.iter().map(|f| (f, f.fix.as_ref().unwrap())).collect();
        let (text, applied) = edit("abc", &fixes);
        assert_eq!(applied.len(), 3, "{applied:?}");
        assert_eq!(text, "Ab1\n2\nc");
    }
}

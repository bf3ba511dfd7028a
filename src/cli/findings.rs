//! Prints the findings of a check in every format.

use std::sync::Arc;

use super::{Context, Format};
use crate::{
    api::{CheckReport, FindingDetail},
    check::text_of,
    diagnostic::{self, Finding, Level, Quoted},
    repo::Source,
    text::{Plural, RepoPath, Span},
};

/// Prints `findings`, which are sorted by path, with their lines of `source`.
pub(super) fn print(findings: &[Finding], source: &dyn Source, context: &Context) {
    let ui = &context.ui;
    let mut texts = FindingTexts { source, last: None };
    match ui.format {
        Format::Human | Format::Markdown | Format::Csv => {
            for finding in findings {
                ui.line(diagnostic::human(finding, texts.of(finding), ui.colour, ui.width));
                ui.line("");
            }
            if !findings.is_empty() {
                ui.line(summary(findings));
            }
        }
        Format::Short => {
            findings.iter().for_each(|finding| ui.line(diagnostic::short(finding, texts.of(finding))));
        }
        Format::Github => {
            findings.iter().for_each(|finding| ui.line(diagnostic::github(finding, texts.of(finding))));
        }
        Format::Json => ui.json(&report(findings, source, usize::MAX)),
    }
}

/// Returns the first `limit` findings for programs, and the counts of all findings.
pub(crate) fn report(findings: &[Finding], source: &dyn Source, limit: usize) -> CheckReport {
    let mut texts = FindingTexts { source, last: None };
    let (errors, warnings) = count(findings);
    let first = findings.iter().take(limit);
    let first = first.map(|finding| FindingDetail::of(finding, texts.of(finding)));
    CheckReport { findings: first.collect(), errors, warnings, files: files_of(findings) }
}

fn count(findings: &[Finding]) -> (usize, usize) {
    let errors = findings.iter().filter(|finding| finding.level == Level::Deny).count();
    (errors, findings.len() - errors)
}

/// Returns a summary such as `3 errors, 1 warning in 2 files`.
pub(super) fn summary(findings: &[Finding]) -> String {
    if findings.is_empty() {
        return "no problems".to_owned();
    }
    let (errors, warnings) = count(findings);
    let parts = [(errors, "error"), (warnings, "warning")].into_iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> = parts.map(|(count, noun)| Plural(count, noun).to_string()).collect();
    format!("{} in {}", parts.join(", "), Plural(files_of(findings), "file"))
}

/// Counts the files that have findings.
fn files_of(findings: &[Finding]) -> usize {
    let mut paths: Vec<&RepoPath> = findings.iter().map(|finding| &finding.path).collect();
    paths.sort_unstable();
    paths.dedup();
    paths.len()
}

/// A cache of the text of one file, since findings are sorted by file.
struct FindingTexts<'a> {
    source: &'a dyn Source,
    last: Option<(RepoPath, Arc<[Span]>, Option<Quoted>)>,
}

impl FindingTexts<'_> {
    fn of(&mut self, finding: &Finding) -> Option<&Quoted> {
        let (path, masked) = (&finding.path, &finding.masked);
        // Each finding of a file lists all secrets of that file, but a finding about an older version of the file does not.
        if self.last.as_ref().is_none_or(|(last, hidden, _)| last != path || hidden != masked) {
            let text = text_of(self.source, path).map(|text| Quoted::new(text, masked));
            self.last = Some((path.clone(), Arc::clone(masked), text));
        }
        self.last.as_ref().and_then(|(_, _, text)| text.as_ref())
    }
}

//! The JSON of findings.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    diagnostic::{Finding, Fix, Level, Quoted, places},
    text::RepoPath,
};

/// A problem in a file, and how to fix it
///
/// Offsets are bytes from 0; lines and columns count from 1, columns in characters. A finding about a whole file is
/// at line 1, column 1.
#[derive(Serialize, ToSchema)]
pub(crate) struct FindingDetail {
    /// The code of the rule
    pub code: String,
    pub level: Level,
    pub path: RepoPath,
    pub line: usize,
    pub column: usize,
    pub end_line: usize,
    pub end_column: usize,
    #[schema(required)]
    pub byte_start: Option<usize>,
    #[schema(required)]
    pub byte_end: Option<usize>,
    pub message: String,
    /// A short note about the marked text; may be empty
    pub label: String,
    /// How to fix the problem, one sentence each
    pub help: Vec<String>,
    #[schema(required)]
    pub fix: Option<FixDetail>,
}

/// An edit that fixes a finding
#[derive(Serialize, ToSchema)]
pub(crate) struct FixDetail {
    pub title: String,
    /// Whether the edit is safe, so that `casebook check --fix` applies it
    pub sure: bool,
    edits: Vec<EditDetail>,
}

/// Bytes of a file and their replacement
#[derive(Serialize, ToSchema)]
struct EditDetail {
    byte_start: usize,
    byte_end: usize,
    replacement: String,
}

impl FindingDetail {
    /// Describes `finding`, which is about the file with this text.
    pub(crate) fn of(finding: &Finding, text: Option<&Quoted>) -> Self {
        let (from, to) = places(finding, text);
        Self {
            code: finding.code.to_owned(),
            level: finding.level,
            path: finding.path.clone(),
            line: from.line,
            column: from.column,
            end_line: to.line,
            end_column: to.column,
            byte_start: finding.span.as_ref().map(|span| span.start),
            byte_end: finding.span.as_ref().map(|span| span.end),
            message: finding.message.clone(),
            label: finding.label.clone(),
            help: finding.help.clone(),
            fix: finding.fix.as_ref().map(FixDetail::of),
        }
    }
}

impl FixDetail {
    fn of(fix: &Fix) -> Self {
        let edits = fix.edits.iter().map(|(span, replacement)| EditDetail {
            byte_start: span.start,
            byte_end: span.end,
            replacement: replacement.clone(),
        });
        Self { title: fix.title.clone(), sure: fix.sure, edits: edits.collect() }
    }
}

/// The findings of a check
#[derive(Serialize, ToSchema)]
pub(crate) struct CheckReport {
    /// The findings, in order of files; a review lists the first 200
    pub findings: Vec<FindingDetail>,
    /// The number of all findings at level `deny`
    pub errors: usize,
    /// The number of all other findings
    pub warnings: usize,
    /// The number of files with findings
    pub files: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_has_bytes_lines_and_columns() {
        let text = Quoted::new("---\ntitle".to_owned(), &[]);
        let finding = Finding::deny("unknown-key", &RepoPath::new("tickets/a.md"), "wrong").at(4..5);
        let json = serde_json::to_value(FindingDetail::of(&finding, Some(&text))).unwrap();
        assert_eq!(
            (json["line"].as_u64(), json["byte_start"].as_u64(), json["level"].as_str()),
            (Some(2), Some(4), Some("deny"))
        );
    }
}

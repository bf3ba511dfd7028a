//! The JSON of findings.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    diagnostic::{Finding, Fix, Level, Quoted, places},
    text::RepoPath,
};

/// A problem in a file, and how to fix it
///
/// Byte offsets start at 0. Lines and columns start at 1, and a column is a character. A finding about a whole file
/// is at line 1, column 1.
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
    /// The start of the marked text; null if the finding is about the whole file
    #[schema(required)]
    pub byte_start: Option<usize>,
    /// The end of the marked text; null if the finding is about the whole file
    #[schema(required)]
    pub byte_end: Option<usize>,
    pub message: String,
    /// A short note about the marked text; may be empty
    pub label: String,
    /// Instructions for fixing the problem, one sentence each
    pub help: Vec<String>,
    /// An edit that fixes the problem; null if there is none
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

/// A range of bytes in a file, and the text that replaces it
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
    /// The findings, ordered by file; a review lists only the first 200
    pub findings: Vec<FindingDetail>,
    /// The total number of findings at level `deny`
    pub errors: usize,
    /// The total number of other findings
    pub warnings: usize,
    /// The number of files with findings
    pub files: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_has_byte_offsets_lines_and_columns() {
        let text = Quoted::new("---\ntitle".to_owned(), &[]);
        let finding = Finding::deny("unknown-key", &RepoPath::new("tickets/a.md"), "wrong").at(4..5);
        let json = serde_json::to_value(FindingDetail::of(&finding, Some(&text))).unwrap();
        assert_eq!(
            (json["line"].as_u64(), json["byte_start"].as_u64(), json["level"].as_str()),
            (Some(2), Some(4), Some("deny"))
        );
    }
}

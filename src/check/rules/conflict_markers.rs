//! `conflict-markers`: a merge that was not finished.

use super::NOTE;
use crate::{
    check::{Case, File, Rule, World},
    diagnostic::{Finding, Level},
    text::Span,
};

/// The rule.
pub const RULE: Rule = Rule {
    code: "conflict-markers",
    level: Level::Deny,
    wants: "No text has the marks of a merge conflict outside of a block of code.",
    why: "Both sides of a conflict cannot be true, and only who made the changes knows which is.",
    cases: &[
        Case::fails(&[
            NOTE,
            (
                "tickets/a.md",
                "---\n\
                 title: Exports time out\n\
                 <<<<<<< HEAD\n\
                 template: note\n\
                 =======\n\
                 template: bug\n\
                 >>>>>>> theirs\n\
                 ---\n",
            ),
        ]),
        Case::passes(&[
            NOTE,
            (
                "tickets/a.md",
                "---\n\
                 title: Exports time out\n\
                 template: note\n\
                 ---\n\
                 What git says:\n\
                 ```\n\
                 <<<<<<< HEAD\n\
                 a\n\
                 =======\n\
                 b\n\
                 >>>>>>> theirs\n\
                 ```\n",
            ),
        ]),
    ],
    of_content: true,
    look: Some(look),
};

fn look(file: &File<'_>, _: &World<'_>, findings: &mut Vec<Finding>) {
    let Some(document) = file.document.filter(|document| document.text.contains("<<<<<<< ")) else { return };
    for conflict in conflicts(&document.text) {
        // What YAML has to say about the marks is only noise.
        findings.retain(|finding| {
            let inside = finding
                .span
                .as_ref()
                .is_some_and(|span| conflict.start <= span.start && span.start < conflict.end);
            !(inside && matches!(finding.code, "broken-yaml" | "duplicate-key"))
        });
        let first =
            conflict.start..conflict.start + document.text[conflict].lines().next().map_or(0, str::len);
        findings.push(RULE.finding(file.path(), "a merge conflict was not resolved here").at(first).help(
            "keep what is true of both sides, and take out the lines `<<<<<<<`, `=======` and `>>>>>>>`",
        ));
    }
}

/// The bytes of each conflict, marks included.
fn conflicts(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let (mut start, mut divided) = (None, false);
    let mut fence: Option<&str> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let span = at..at + line.len();
        at = span.end;
        let mark = ["```", "~~~"].into_iter().find(|mark| line.trim_start().starts_with(mark));
        match (fence, mark) {
            (None, Some(mark)) => fence = Some(mark),
            (Some(open), Some(mark)) if open == mark => fence = None,
            _ => {}
        }
        if fence.is_some() {
            continue;
        }
        if line.starts_with("<<<<<<< ") {
            (start, divided) = (Some(span.start), false);
        } else if line.trim_end() == "=======" {
            divided = start.is_some();
        } else if line.starts_with(">>>>>>> ")
            && divided
            && let Some(start) = start.take()
        {
            found.push(start..span.end);
        }
    }
    found
}

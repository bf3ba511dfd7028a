//! `conflict-markers`: markers of a merge conflict.

use crate::{
    check::{Case, CheckContext, File, Rule, rule::NOTE},
    diagnostic::{Finding, Level},
    text::{Span, markdown::code_blocks},
    ticket::Document,
};

pub(super) const RULE: Rule = Rule {
    code: "conflict-markers",
    level: Level::Deny,
    requirement: "Files have no merge conflict markers outside code blocks.",
    why: "A file with conflict markers contains two versions, and Casebook cannot know which one is \
          right.",
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
                 Git writes:\n\
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
    warns_on_imports: true,
    check: Some(check),
};

fn check(file: &File<'_>, _: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    let Some(document) = file.document.filter(|document| document.text.contains("<<<<<<< ")) else { return };
    for conflict in conflicts(document) {
        // The markers cause YAML errors that disappear with the conflict, so these are not reported.
        findings.retain(|finding| {
            let inside = finding
                .span
                .as_ref()
                .is_some_and(|span| conflict.start <= span.start && span.start < conflict.end);
            !(inside && matches!(finding.code, "broken-yaml" | "duplicate-key"))
        });
        let first =
            conflict.start..conflict.start + document.text[conflict].lines().next().map_or(0, str::len);
        findings.push(
            RULE.finding(file.path(), "unresolved merge conflict")
                .at(first)
                .help("keep the correct version, and delete the lines `<<<<<<<`, `=======` and `>>>>>>>`"),
        );
    }
}

/// Returns the byte range of each conflict, including its markers.
fn conflicts(document: &Document) -> Vec<Span> {
    let mut spans = Vec::new();
    let (mut start, mut divided) = (None, false);
    let code = code_blocks(document.body_text());
    let is_code = |at: usize| {
        let Some(at) = at.checked_sub(document.body.start) else { return false };
        let next = code.partition_point(|block| block.span.end <= at);
        code.get(next).is_some_and(|block| block.span.start <= at)
    };
    let mut at = 0;
    for line in document.text.split_inclusive('\n') {
        let span = at..at + line.len();
        at = span.end;
        if is_code(span.start) {
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
            spans.push(start..span.end);
        }
    }
    spans
}

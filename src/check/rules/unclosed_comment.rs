//! `unclosed-comment`: a comment without its end.

use crate::{
    check::{Case, CheckContext, CheckedContent, File, Rule, rule::NOTE},
    diagnostic::{Finding, Level},
    text::markdown::unclosed_comments,
};

pub(super) const RULE: Rule = Rule {
    code: "unclosed-comment",
    level: Level::Warn,
    requirement: "Every comment in a text, `<!-- … -->`, has its end.",
    why: "Most programs that show Markdown hide everything after the beginning of an unclosed comment. Casebook shows it, \
          together with the text that the author wanted to hide.",
    cases: &[
        Case::fails(&[
            NOTE,
            (
                "tickets/a.md",
                "---\ntitle: Exports time out\ntemplate: note\n---\n<!-- What happens?\n\nThe export ends after 30 s.\n",
            ),
        ]),
        Case::passes(&[
            NOTE,
            (
                "tickets/a.md",
                "---\ntitle: Exports time out\ntemplate: note\n---\n<!-- What happens? -->\n\nThe export ends after 30 s. It writes `<!--` into the file.\n",
            ),
        ]),
    ],
    warns_on_imports: true,
    check: Some(check),
};

/// The maximum number of findings for one file.
const MAX_FINDINGS: usize = 20;

fn check(file: &File<'_>, _: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    let Some(document) = file.document.filter(|_| {
        matches!(
            file.content,
            CheckedContent::Ticket(..) | CheckedContent::Reply(..) | CheckedContent::Article(_)
        )
    }) else {
        return;
    };
    for mark in unclosed_comments(document.body_text()).into_iter().take(MAX_FINDINGS) {
        let span = mark.start + document.body.start..mark.end + document.body.start;
        findings.push(
            RULE.finding(file.path(), "unclosed comment: `-->` is missing")
                .at(span)
                .help("add `-->` at the end of the comment, or write `\\<!--` if you mean the text"),
        );
    }
}

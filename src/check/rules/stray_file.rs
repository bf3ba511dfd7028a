//! `stray-file`: a file that belongs to no ticket.

use crate::{
    check::{Case, CheckContext, File, Rule, rule::NOTE},
    diagnostic::{Finding, Level},
    store::Role,
};

pub(super) const RULE: Rule = Rule {
    code: "stray-file",
    level: Level::Warn,
    requirement: "A file below `tickets/` that is not Markdown is in the folder of a ticket.",
    why: "A file in another place does not appear on pages and in search results.",
    cases: &[
        Case::fails(&[
            NOTE,
            ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\n---\n"),
            ("tickets/trace.log", "a\n"),
        ]),
        Case::passes(&[
            NOTE,
            ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\n---\n"),
            ("tickets/a/trace.log", "a\n"),
        ]),
    ],
    warns_on_imports: false,
    check: Some(check),
};

fn check(file: &File<'_>, _: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    if matches!(file.role, Role::Stray) {
        findings.push(RULE.finding(file.path(), "file belongs to no ticket").help(
            "move the file into the ticket's folder, which has the name of the ticket's file without `.md`",
        ));
    }
}

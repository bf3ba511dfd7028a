//! `note-with-state`: an internal note that changes the ticket.

use crate::{
    check::{Case, CheckContext, CheckedContent, File, Rule, rule::NOTE},
    diagnostic::{Finding, Level},
};

pub(super) const RULE: Rule = Rule {
    code: "note-with-state",
    level: Level::Deny,
    requirement: "An internal note on a public ticket has no `status`, `assignee`, `set` or `asks`.",
    why: "A change on the public page would reveal the note. Casebook therefore ignores these keys \
          in a note, and the change that the author intended does not happen.",
    cases: &[
        Case::fails(&[
            NOTE,
            (
                "tickets/a.md",
                "---\n\
                 title: Exports time out\n\
                 template: note\n\
                 visibility: public\n\
                 ---\n",
            ),
            (
                "tickets/a/r.md",
                "---\n\
                 author: mei\n\
                 created: 2026-11-22T10:15:00Z\n\
                 visibility: internal\n\
                 status: resolved\n\
                 resolution: declined\n\
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
                 visibility: public\n\
                 ---\n",
            ),
            (
                "tickets/a/r.md",
                "---\n\
                 author: mei\n\
                 created: 2026-11-22T10:15:00Z\n\
                 visibility: internal\n\
                 ---\n\
                 They are behind with three invoices.\n",
            ),
        ]),
    ],
    warns_on_imports: true,
    check: Some(check),
};

fn check(file: &File<'_>, context: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    let (CheckedContent::Reply(thread, reply, _), Some(front)) = (file.content, file.front()) else { return };
    if !context.is_note(thread, reply) {
        return;
    }
    for key in ["status", "assignee", "set", "asks"] {
        if let Some(entry) = front.entry(key) {
            findings.push(
                RULE.finding(file.path(), format!("`{key}` in an internal note is ignored"))
                    .at(entry.key_span.clone())
                    .help(format!(
                        "write `{key}` in a separate reply without `visibility: internal` and without text"
                    )),
            );
        }
    }
}

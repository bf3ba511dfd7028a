//! `note-with-state`: an internal note that changes the ticket.

use crate::{
    check::{Case, CheckContext, File, Noun, Rule, rule::NOTE},
    diagnostic::{Finding, Level},
};

pub(super) const RULE: Rule = Rule {
    code: "note-with-state",
    level: Level::Deny,
    wants: "An internal note on a public ticket has no status, assignee, set or asks.",
    why: "Readers of the public site would see the ticket change for no reason, and what the note says \
          would show in the change. So a note changes nothing, and whoever wrote it believes that it did.",
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
    of_content: true,
    look: Some(look),
};

fn look(file: &File<'_>, context: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    let (Noun::Reply(thread, reply, _), Some(front)) = (file.noun, file.front()) else { return };
    if !context.is_note(thread, reply) {
        return;
    }
    for key in ["status", "assignee", "set", "asks"] {
        if let Some(entry) = front.entry(key) {
            findings.push(
                RULE.finding(file.path(), format!("an internal note carries no `{key}`"))
                    .at(entry.key_span.clone())
                    .help("say it in a reply of its own, without `visibility: internal`"),
            );
        }
    }
}

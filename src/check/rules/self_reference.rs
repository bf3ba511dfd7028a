//! `self-reference`: a ticket that refers to itself.

use crate::{
    check::{Case, CheckContext, CheckedContent, File, Rule, rule::NOTE},
    diagnostic::{Finding, Level},
};

pub(super) const RULE: Rule = Rule {
    code: "self-reference",
    level: Level::Deny,
    requirement: "A ticket is not its own duplicate or answer, and not related to itself.",
    why: "Readers who follow the reference come back to the same page.",
    cases: &[
        Case::fails(&[
            NOTE,
            ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\n---\n"),
            (
                "tickets/a/r.md",
                "---\n\
                 author: mei\n\
                 created: 2026-11-22T10:15:00Z\n\
                 status: resolved\n\
                 resolution: duplicate\n\
                 duplicate_of: a\n\
                 ---\n",
            ),
        ]),
        Case::passes(&[
            NOTE,
            ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\n---\n"),
            ("tickets/b.md", "---\ntitle: Exports time out\ntemplate: note\n---\n"),
            (
                "tickets/a/r.md",
                "---\n\
                 author: mei\n\
                 created: 2026-11-22T10:15:00Z\n\
                 status: resolved\n\
                 resolution: duplicate\n\
                 duplicate_of: b\n\
                 ---\n",
            ),
        ]),
    ],
    warns_on_imports: true,
    check: Some(check),
};

fn check(file: &File<'_>, _: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    let (Some(thread), Some(front)) = (file.thread(), file.front()) else { return };
    let keys: &[&str] = match file.content {
        CheckedContent::Ticket(..) => &["related"],
        _ => &["duplicate_of", "answered_by"],
    };
    let is_self = |id: &str| id == thread.id() || thread.ticket.aliases.iter().any(|alias| alias == id);
    for item in keys.iter().filter_map(|key| front.get(key)).flat_map(|node| node.items()) {
        if let Some(id) = item.text().filter(|id| is_self(id)) {
            findings.push(
                RULE.finding(file.path(), format!("reference to the ticket itself: `{id}`"))
                    .at(item.span.clone())
                    .help("write the id of the other ticket, or remove the key"),
            );
        }
    }
}

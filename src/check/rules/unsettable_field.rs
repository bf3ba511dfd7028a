//! `unsettable-field`: a reply that sets a field which only the ticket can have.

use crate::{
    check::{Case, CheckContext, CheckedContent, File, Rule, rule::NOTE},
    diagnostic::{Finding, Level},
    ticket::UNSETTABLE_KEYS,
};

pub(super) const RULE: Rule = Rule {
    code: "unsettable-field",
    level: Level::Deny,
    requirement: "`set` changes any key except `title`, `template`, `requester`, `created` and `source`.",
    why: "These keys say who asked what, and when. A correction belongs in the ticket's own file, \
          where git shows it.",
    cases: &[
        Case::fails(&[
            NOTE,
            ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\n---\n"),
            (
                "tickets/a/r.md",
                "---\n\
                 author: mei\n\
                 created: 2026-11-22T10:15:00Z\n\
                 set: { title: Exports of October time out }\n\
                 ---\n",
            ),
        ]),
        Case::passes(&[
            NOTE,
            ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\n---\n"),
            (
                "tickets/a/r.md",
                "---\n\
                 author: mei\n\
                 created: 2026-11-22T10:15:00Z\n\
                 set: { priority: high }\n\
                 ---\n",
            ),
        ]),
    ],
    warns_on_imports: false,
    check: Some(check),
};

fn check(file: &File<'_>, _: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    let (CheckedContent::Reply(thread, ..), Some(front)) = (file.content, file.front()) else { return };
    for entry in front.get("set").map_or(&[][..], |set| set.entries()) {
        if UNSETTABLE_KEYS.contains(&entry.key.as_str()) {
            let message = format!("a reply cannot set `{}`", entry.key);
            let help = format!("edit the ticket instead: {}", thread.ticket.file());
            findings.push(RULE.finding(file.path(), message).at(entry.key_span.clone()).help(help));
        }
    }
}

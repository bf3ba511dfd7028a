//! `unsettable-field`: a reply that sets what only the ticket itself can say.

use crate::{
    check::{Case, CheckContext, File, Noun, Rule, rule::NOTE},
    diagnostic::{Finding, Level},
    ticket::UNSETTABLE_KEYS,
};

pub(super) const RULE: Rule = Rule {
    code: "unsettable-field",
    level: Level::Deny,
    wants: "`set` changes the service, the priority, tags and fields, but not title, template, requester, \
            created or source.",
    why: "These say what was asked, by whom and when. Whoever corrects them corrects the file of the \
          ticket, so that history shows it.",
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
    of_content: false,
    look: Some(look),
};

fn look(file: &File<'_>, _: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    let (Noun::Reply(thread, ..), Some(front)) = (file.noun, file.front()) else { return };
    for entry in front.get("set").map_or(&[][..], |set| set.entries()) {
        if UNSETTABLE_KEYS.contains(&entry.key.as_str()) {
            let message = format!("a reply cannot set `{}`", entry.key);
            let help = format!("correct it in the ticket itself: {}", thread.ticket.file());
            findings.push(RULE.finding(file.path(), message).at(entry.key_span.clone()).help(help));
        }
    }
}

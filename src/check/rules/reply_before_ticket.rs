//! `reply-before-ticket`: a reply that is older than its ticket.

use crate::{
    check::{Case, CheckContext, CheckedContent, File, Rule, rule::NOTE},
    diagnostic::{Finding, Level},
};

pub(super) const RULE: Rule = Rule {
    code: "reply-before-ticket",
    level: Level::Warn,
    requirement: "A reply is created after its ticket.",
    why: "Response times become negative. Usually one of the two dates has a typo or a wrong time \
          zone.",
    cases: &[
        Case::fails(&[
            NOTE,
            (
                "tickets/a.md",
                "---\n\
                 title: Exports time out\n\
                 template: note\n\
                 created: 2026-11-23T09:14:00Z\n\
                 ---\n",
            ),
            ("tickets/a/r.md", "---\nauthor: mei\ncreated: 2026-11-22T10:15:00Z\n---\n"),
        ]),
        Case::passes(&[
            NOTE,
            (
                "tickets/a.md",
                "---\n\
                 title: Exports time out\n\
                 template: note\n\
                 created: 2026-11-22T09:14:00Z\n\
                 ---\n",
            ),
            ("tickets/a/r.md", "---\nauthor: mei\ncreated: 2026-11-22T10:15:00Z\n---\n"),
        ]),
    ],
    warns_on_imports: true,
    check: Some(check),
};

fn check(file: &File<'_>, _: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    let CheckedContent::Reply(thread, reply, _) = file.content else { return };
    if let (Some(opened), Some(replied)) = (thread.ticket.created, reply.created)
        && replied < opened
    {
        findings.push(
            RULE.finding(
                file.path(),
                format!("reply is older than its ticket, which was created at {opened}"),
            )
            .at(file.span_of("created"))
            .help("correct `created` here or in the ticket"),
        );
    }
}

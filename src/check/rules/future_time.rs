//! `future-time`: a creation time in the future.

use crate::{
    check::{Case, CheckContext, CheckedContent, File, Rule, rule::NOTE},
    diagnostic::{Finding, Level},
};

pub(super) const RULE: Rule = Rule {
    code: "future-time",
    level: Level::Warn,
    requirement: "`created` is not in the future (five minutes of clock difference are allowed).",
    why: "A ticket or reply from the future is sorted after all others until that time has come.",
    cases: &[
        Case::fails(&[
            NOTE,
            (
                "tickets/a.md",
                "---\n\
                 title: Exports time out\n\
                 template: note\n\
                 created: 2062-11-22T09:14:00Z\n\
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
                 created: 2026-11-22T09:14:00Z\n\
                 ---\n",
            ),
        ]),
    ],
    warns_on_imports: true,
    check: Some(check),
};

/// The allowed clock difference in seconds.
const GRACE: i64 = 5 * 60;

fn check(file: &File<'_>, context: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    let created = match file.content {
        CheckedContent::Ticket(thread, _) => thread.ticket.created,
        CheckedContent::Reply(_, reply, _) => reply.created,
        _ => None,
    };
    if created.is_some_and(|created| created > context.now.plus_seconds(GRACE)) {
        findings.push(
            RULE.finding(file.path(), "`created` is in the future")
                .at(file.span_of("created"))
                .help("correct the date, or the clock of the computer that wrote the file"),
        );
    }
}

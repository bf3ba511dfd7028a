//! `asks-without-pending`: a request for information without the status `pending`.

use crate::{
    check::{Case, CheckContext, CheckedContent, File, Rule, rule::NOTE},
    diagnostic::{Finding, Level},
    ticket::Status,
};

pub(super) const RULE: Rule = Rule {
    code: "asks-without-pending",
    level: Level::Warn,
    requirement: "A reply with `asks` also has `status: pending`.",
    why: "With another status the ticket is not shown as waiting for its requester, so the requester \
          does not learn that an answer is needed.",
    cases: &[
        Case::fails(&[
            NOTE,
            ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\n---\n"),
            ("tickets/a/r.md", "---\nauthor: mei\ncreated: 2026-11-22T10:15:00Z\nasks: [Logs]\n---\n"),
        ]),
        Case::passes(&[
            NOTE,
            ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\n---\n"),
            (
                "tickets/a/r.md",
                "---\n\
                 author: mei\n\
                 created: 2026-11-22T10:15:00Z\n\
                 status: pending\n\
                 asks: [Logs]\n\
                 ---\n",
            ),
        ]),
    ],
    warns_on_imports: true,
    check: Some(check),
};

fn check(file: &File<'_>, _: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    let CheckedContent::Reply(_, reply, _) = file.content else { return };
    if !reply.asks.is_empty() && reply.status != Some(Status::Pending) && !file.is_imported() {
        findings.push(
            RULE.finding(file.path(), "`asks` without `status: pending`")
                .at(file.span_of("asks"))
                .help("add `status: pending`; the next reply of the requester sets the status to open again"),
        );
    }
}

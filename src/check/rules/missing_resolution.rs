//! `missing-resolution`: a resolved ticket without a resolution.

use crate::{
    check::{Case, CheckContext, CheckedContent, File, Rule, rule::NOTE},
    diagnostic::{Finding, Level},
    ticket::{Resolution, Status},
};

pub(super) const RULE: Rule = Rule {
    code: "missing-resolution",
    level: Level::Deny,
    requirement: "A reply with `status: resolved` has a `resolution`.",
    why: "Readers want to know first whether the problem was fixed, worked around or declined. Reports \
          count it.",
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
                 status: resolved\n\
                 resolution: answered\n\
                 ---\n",
            ),
        ]),
    ],
    warns_on_imports: true,
    check: Some(check),
};

fn check(file: &File<'_>, _: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    let CheckedContent::Reply(_, reply, _) = file.content else { return };
    if reply.status == Some(Status::Resolved) && reply.resolution.is_none() && !file.mentions("resolution") {
        findings.push(
            RULE.finding(file.path(), "`status: resolved` without a resolution")
                .at(file.span_of("status"))
                .help(format!("add `resolution: …`, one of: {}", Resolution::NAMES.join(", "))),
        );
    }
}

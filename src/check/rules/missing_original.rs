//! `missing-original`: a duplicate without its original.

use crate::{
    check::{Case, CheckContext, CheckedContent, File, Rule, rule::NOTE},
    diagnostic::{Finding, Level},
    ticket::Resolution,
};

pub(super) const RULE: Rule = Rule {
    code: "missing-original",
    level: Level::Deny,
    requirement: "A reply with `resolution: duplicate` names the original ticket in `duplicate_of`.",
    why: "The original has the answer. Without its id, the requester of the duplicate does not find \
          it.",
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
    let CheckedContent::Reply(_, reply, _) = file.content else { return };
    if reply.resolution == Some(Resolution::Duplicate)
        && reply.duplicate_of.is_none()
        && !file.mentions("duplicate_of")
    {
        findings.push(
            RULE.finding(file.path(), "duplicate without `duplicate_of`")
                .at(file.span_of("resolution"))
                .help("add `duplicate_of: <id>`; `casebook similar` finds the original"),
        );
    }
}

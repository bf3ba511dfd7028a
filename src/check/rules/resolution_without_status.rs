//! `resolution-without-status`: a resolution without the status `resolved`.

use crate::{
    check::{Case, CheckContext, CheckedContent, File, Rule, rule::NOTE},
    diagnostic::{Finding, Level},
    ticket::{Resolution, Status},
};

pub(super) const RULE: Rule = Rule {
    code: "resolution-without-status",
    level: Level::Deny,
    requirement: "A reply with `resolution` also has `status: resolved`; a reply with `duplicate_of` also has \
          `resolution: duplicate`.",
    why: "Alone, these keys change nothing: the ticket stays open although its author meant to resolve \
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
                 resolution: fixed\n\
                 ---\n",
            ),
        ]),
        Case::fails(&[
            NOTE,
            ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\n---\n"),
            (
                "tickets/a/r.md",
                "---\n\
                 author: mei\n\
                 created: 2026-11-22T10:15:00Z\n\
                 duplicate_of: b\n\
                 ---\n",
            ),
            ("tickets/b.md", "---\ntitle: Exports time out\ntemplate: note\n---\n"),
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
                 resolution: fixed\n\
                 ---\n",
            ),
        ]),
    ],
    warns_on_imports: true,
    check: Some(check),
};

fn check(file: &File<'_>, _: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    let CheckedContent::Reply(_, reply, _) = file.content else { return };
    if reply.resolution.is_some() && reply.status != Some(Status::Resolved) {
        findings.push(
            RULE.finding(file.path(), "`resolution` without `status: resolved`")
                .at(file.span_of("resolution"))
                .help("add `status: resolved`, or remove `resolution`"),
        );
    } else if reply.duplicate_of.is_some() && reply.resolution != Some(Resolution::Duplicate) {
        findings.push(
            RULE.finding(file.path(), "`duplicate_of` without `resolution: duplicate`")
                .at(file.span_of("duplicate_of"))
                .help("add `status: resolved` and `resolution: duplicate`; to link a related ticket, write `set: { related: […] }`"),
        );
    }
}

//! `unsigned-ticket`: a ticket without requester or date.

use crate::{
    check::{Case, CheckContext, CheckedContent, File, Rule, rule::NOTE, signing::require_signature},
    diagnostic::{Finding, Level},
};

pub(super) const RULE: Rule = Rule {
    code: "unsigned-ticket",
    level: Level::Warn,
    requirement: "A ticket has `requester` and `created`.",
    why: "The answer goes to the requester, and waiting times are measured from the date. `casebook \
          new` writes both keys; `casebook check --fix` takes them from the commit that added the \
          file.",
    cases: &[
        Case::fails(&[NOTE, ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\n---\n")]),
        Case::passes(&[
            NOTE,
            (
                "tickets/a.md",
                "---\n\
                 title: Exports time out\n\
                 template: note\n\
                 requester: lena\n\
                 created: 2026-11-22T09:14:00Z\n\
                 ---\n",
            ),
        ]),
    ],
    warns_on_imports: false,
    check: Some(check),
};

fn check(file: &File<'_>, context: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    if let CheckedContent::Ticket(..) = file.content {
        require_signature(&RULE, file, "requester", context, findings);
        require_signature(&RULE, file, "created", context, findings);
    }
}

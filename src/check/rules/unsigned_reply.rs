//! `unsigned-reply`: a reply without author or date.

use crate::{
    check::{Case, CheckContext, CheckedContent, File, Rule, rule::NOTE, signing::require_signature},
    diagnostic::{Finding, Level},
};

pub(super) const RULE: Rule = Rule {
    code: "unsigned-reply",
    level: Level::Deny,
    requirement: "A reply has `author` and `created`.",
    why: "A reply without them is shown last and changes nothing, because its place in the \
          conversation is unknown. `casebook reply` writes both keys; `casebook check --fix` takes \
          them from the commit that added the file.",
    cases: &[
        Case::fails(&[
            NOTE,
            ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\n---\n"),
            ("tickets/a/r.md", "---\nstatus: open\n---\nIt is back.\n"),
        ]),
        Case::passes(&[
            NOTE,
            ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\n---\n"),
            (
                "tickets/a/r.md",
                "---\n\
                 author: mei\n\
                 created: 2026-11-22T10:15:00Z\n\
                 status: open\n\
                 ---\n\
                 It is back.\n",
            ),
        ]),
    ],
    warns_on_imports: false,
    check: Some(check),
};

fn check(file: &File<'_>, context: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    if let CheckedContent::Reply(..) = file.content {
        require_signature(&RULE, file, "author", context, findings);
        require_signature(&RULE, file, "created", context, findings);
    }
}

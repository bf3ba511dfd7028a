//! `reserved-name`: a template field with a reserved name. Reported by the parser.

use crate::{
    check::{Case, Rule},
    diagnostic::Level,
};

pub(super) const RULE: Rule = Rule {
    code: "reserved-name",
    level: Level::Deny,
    requirement: "A template field does not have the name of a key of tickets, replies or queries.",
    why: "In queries and JSON, a field called `status` could not be distinguished from the status \
          of the ticket.",
    cases: &[
        Case::fails(&[(
            "ticket-templates/bug.md",
            "---\ntitle: Bug\nfields: { status: { type: text } }\n---\n",
        )]),
        Case::passes(&[(
            "ticket-templates/bug.md",
            "---\ntitle: Bug\nfields: { severity: { type: text } }\n---\n",
        )]),
    ],
    warns_on_imports: false,
    check: None,
};

//! `reserved-name`: a template field with a name of Casebook's own. Found while reading.

use crate::{
    check::{Case, Rule},
    diagnostic::Level,
};

pub(super) const RULE: Rule = Rule {
    code: "reserved-name",
    level: Level::Deny,
    wants: "A template field is not called like a key of tickets, replies or queries.",
    why: "A field called `status` could not be told from the status of the ticket, in queries and in JSON.",
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
    of_content: false,
    look: None,
};

//! `missing-settings`: a repository without casebook.yml. Reported after all files are listed.

use crate::{
    check::{Case, Rule, rule::NOTE},
    diagnostic::Level,
};

pub(super) const RULE: Rule = Rule {
    code: "missing-settings",
    level: Level::Deny,
    requirement: "A repository with tickets has a `casebook.yml`.",
    why: "Casebook commands do not recognise a repository without this file.",
    cases: &[
        Case::fails(&[NOTE, ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\n---\n")]),
        Case::passes(&[
            NOTE,
            ("casebook.yml", "version: 1\n"),
            ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\n---\n"),
        ]),
    ],
    warns_on_imports: false,
    check: None,
};

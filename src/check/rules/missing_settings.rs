//! `missing-settings`: a repository without settings. Found when all files are known.

use crate::{
    check::{Case, Rule, rule::NOTE},
    diagnostic::Level,
};

pub(super) const RULE: Rule = Rule {
    code: "missing-settings",
    level: Level::Deny,
    wants: "A repository with tickets has a `casebook.yml`.",
    why: "Without it no command finds the repository.",
    cases: &[
        Case::fails(&[NOTE, ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\n---\n")]),
        Case::passes(&[
            NOTE,
            ("casebook.yml", "version: 1\n"),
            ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\n---\n"),
        ]),
    ],
    of_content: false,
    look: None,
};

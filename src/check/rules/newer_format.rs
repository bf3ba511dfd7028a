//! `newer-format`: a repository with a newer format. Reported by the parser.

use crate::{
    check::{Case, Rule},
    diagnostic::Level,
};

pub(super) const RULE: Rule = Rule {
    code: "newer-format",
    level: Level::Deny,
    requirement: "This version of Casebook supports the format of the repository.",
    why: "An older version ignores or misreads new keys, and writes files that a newer version \
          rejects.",
    cases: &[
        Case::fails(&[("casebook.yml", "version: 99\n")]),
        Case::passes(&[("casebook.yml", "version: 1\n")]),
    ],
    warns_on_imports: false,
    check: None,
};

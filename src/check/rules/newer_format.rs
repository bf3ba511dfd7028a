//! `newer-format`: a repository for a newer Casebook. Found while reading.

use crate::{
    check::{Case, Rule},
    diagnostic::Level,
};

pub(super) const RULE: Rule = Rule {
    code: "newer-format",
    level: Level::Deny,
    wants: "The repository has a format that this program understands.",
    why: "An older program would read new keys wrongly, and write files that the newer one has to mend.",
    cases: &[
        Case::fails(&[("casebook.yml", "version: 99\n")]),
        Case::passes(&[("casebook.yml", "version: 1\n")]),
    ],
    of_content: false,
    look: None,
};

//! `unreadable-file`: a file that cannot be read. Reported by the parser.

use crate::{
    check::{Case, Rule, rule::NOTE},
    diagnostic::Level,
};

pub(super) const RULE: Rule = Rule {
    code: "unreadable-file",
    level: Level::Deny,
    requirement: "Every file can be read, is at most 64 MB and has a UTF-8 name.",
    why: "A file that Casebook cannot read does not appear on the site and in search results.",
    cases: &[
        Case::fails(&[("tickets/a.md", "(65 MB)")]),
        Case::passes(&[NOTE, ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\n---\n")]),
    ],
    warns_on_imports: false,
    check: None,
};

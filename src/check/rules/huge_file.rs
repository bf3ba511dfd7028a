//! `huge-file`: a text file over 16 MB. Reported by the parser.

use crate::{
    check::{Case, Rule, rule::NOTE},
    diagnostic::Level,
};

pub(super) const RULE: Rule = Rule {
    code: "huge-file",
    level: Level::Deny,
    requirement: "A ticket, reply or article is at most 16 MB.",
    why: "Casebook does not read a larger file, and every clone downloads it. Attach a log as a file \
          instead, cut to the relevant part.",
    cases: &[
        Case::fails(&[("tickets/a.md", "(17 MB)")]),
        Case::passes(&[NOTE, ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\n---\n")]),
    ],
    warns_on_imports: false,
    check: None,
};

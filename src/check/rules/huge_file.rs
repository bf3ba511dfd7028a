//! `huge-file`: a text of more than 16 MB. Found while reading.

use crate::{
    check::{Case, Rule, rule::NOTE},
    diagnostic::Level,
};

pub(super) const RULE: Rule = Rule {
    code: "huge-file",
    level: Level::Deny,
    wants: "A ticket, reply or article has at most 16 MB.",
    why: "Nobody reads more, and every clone carries it for ever. A log belongs beside the ticket, cut to \
          what matters.",
    cases: &[
        Case::fails(&[("tickets/a.md", "(17 MB)")]),
        Case::passes(&[NOTE, ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\n---\n")]),
    ],
    of_content: false,
    look: None,
};

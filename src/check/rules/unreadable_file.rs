//! `unreadable-file`: a file that cannot be read. Found while reading.

use crate::{
    check::{Case, Rule, rule::NOTE},
    diagnostic::Level,
};

pub(super) const RULE: Rule = Rule {
    code: "unreadable-file",
    level: Level::Deny,
    wants: "Every file of the casebook can be read, has at most 64 MB, and has a name that is UTF-8.",
    why: "What cannot be read here is missing for everybody else too: in the search, on the site, in a \
          clone.",
    cases: &[
        Case::fails(&[("tickets/a.md", "(65 MB)")]),
        Case::passes(&[NOTE, ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\n---\n")]),
    ],
    of_content: false,
    look: None,
};

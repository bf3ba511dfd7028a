//! `not-utf8`: a text in another encoding. Found while reading.

use crate::{
    check::{Case, Rule, rule::NOTE},
    diagnostic::Level,
};

pub(super) const RULE: Rule = Rule {
    code: "not-utf8",
    level: Level::Deny,
    wants: "Every text is UTF-8.",
    why: "In another encoding, names and messages turn into question marks for everybody who reads or \
          searches them.",
    cases: &[
        Case::fails(&[
            NOTE,
            ("tickets/a.md", "(Latin-1)---\ntitle: Größe der Exporte\ntemplate: note\n---\n"),
        ]),
        Case::passes(&[NOTE, ("tickets/a.md", "---\ntitle: Größe der Exporte\ntemplate: note\n---\n")]),
    ],
    of_content: false,
    look: None,
};

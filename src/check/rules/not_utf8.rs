//! `not-utf8`: a file that is not UTF-8. Reported by the parser.

use crate::{
    check::{Case, Rule, rule::NOTE},
    diagnostic::Level,
};

pub(super) const RULE: Rule = Rule {
    code: "not-utf8",
    level: Level::Deny,
    requirement: "Every text file is UTF-8.",
    why: "Names and messages in another encoding become unreadable for readers and are not found by \
          search.",
    cases: &[
        Case::fails(&[
            NOTE,
            ("tickets/a.md", "(Latin-1)---\ntitle: Größe der Exporte\ntemplate: note\n---\n"),
        ]),
        Case::passes(&[NOTE, ("tickets/a.md", "---\ntitle: Größe der Exporte\ntemplate: note\n---\n")]),
    ],
    warns_on_imports: false,
    check: None,
};

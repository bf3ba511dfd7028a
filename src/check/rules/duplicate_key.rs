//! `duplicate-key`: a key that appears twice. Reported by the parser.

use crate::{
    check::{Case, Rule, rule::NOTE},
    diagnostic::Level,
};

pub(super) const RULE: Rule = Rule {
    code: "duplicate-key",
    level: Level::Deny,
    requirement: "Every key appears once in its map.",
    why: "Casebook uses the first of two equal keys, other programs use the last. A merge often leaves \
          both.",
    cases: &[
        Case::fails(&[
            NOTE,
            (
                "tickets/a.md",
                "---\n\
                 title: Exports time out\n\
                 template: note\n\
                 priority: high\n\
                 priority: low\n\
                 ---\n",
            ),
        ]),
        Case::passes(&[
            NOTE,
            ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\npriority: high\n---\n"),
        ]),
    ],
    warns_on_imports: false,
    check: None,
};

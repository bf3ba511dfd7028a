//! `broken-yaml`: YAML with a syntax error. Reported by the parser.

use crate::{
    check::{Case, Rule, rule::NOTE},
    diagnostic::Level,
};

pub(super) const RULE: Rule = Rule {
    code: "broken-yaml",
    level: Level::Deny,
    requirement: "Front matter, settings and templates are valid YAML: maps, without anchors, aliases and \
          tags.",
    why: "Casebook ignores a value that it cannot parse, so the ticket is missing from searches by \
          that value.",
    cases: &[
        Case::fails(&[
            NOTE,
            ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\n---\n"),
            ("tickets/a/r.md", "---\nauthor: mei\ncreated: 2026-11-22T10:15:00Z\nassignee: @mei\n---\n"),
        ]),
        Case::fails(&[NOTE, ("tickets/a.md", "---\ntitle: Error: no space left\ntemplate: note\n---\n")]),
        Case::passes(&[
            NOTE,
            ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\n---\n"),
            ("tickets/a/r.md", "---\nauthor: mei\ncreated: 2026-11-22T10:15:00Z\nassignee: mei\n---\n"),
        ]),
    ],
    warns_on_imports: false,
    check: None,
};

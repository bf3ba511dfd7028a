//! `no-front-matter`: a file without front matter. Reported by the parser.

use crate::{
    check::{Case, Rule, rule::NOTE},
    diagnostic::Level,
};

pub(super) const RULE: Rule = Rule {
    code: "no-front-matter",
    level: Level::Deny,
    requirement: "A ticket, reply, article or template begins with front matter: keys between two lines `---`.",
    why: "Without front matter, the file has no title, no requester and no date, and is not listed.",
    cases: &[
        Case::fails(&[("tickets/a.md", "Exports time out, please help\n")]),
        Case::fails(&[("tickets/a.md", "---\ntitle: Exports time out\n")]),
        Case::passes(&[NOTE, ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\n---\n")]),
    ],
    warns_on_imports: false,
    check: None,
};

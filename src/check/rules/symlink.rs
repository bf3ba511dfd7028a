//! `symlink`: a symbolic link.

use crate::{
    check::{Case, CheckContext, File, Rule, rule::NOTE},
    diagnostic::{Finding, Level},
    repo::EntryKind,
};

pub(super) const RULE: Rule = Rule {
    code: "symlink",
    level: Level::Deny,
    wants: "Every file of the casebook is a file of its own.",
    why: "A link can lead out of the repository, to files that nobody meant to publish; so Casebook \
          follows none.",
    cases: &[
        Case::fails(&[NOTE, ("tickets/a.md", "-> /etc/passwd")]),
        Case::passes(&[NOTE, ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\n---\n")]),
    ],
    of_content: false,
    look: Some(look),
};

fn look(file: &File<'_>, _: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    if file.entry.kind == EntryKind::Symlink {
        findings.push(
            RULE.finding(file.path(), "this is a symbolic link, which Casebook does not follow")
                .help("put the file itself there"),
        );
    }
}

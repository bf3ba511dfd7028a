//! `symlink`: a symbolic link.

use crate::{
    check::{Case, CheckContext, File, Rule, rule::NOTE},
    diagnostic::{Finding, Level},
    repo::FileType,
};

pub(super) const RULE: Rule = Rule {
    code: "symlink",
    level: Level::Deny,
    requirement: "The repository contains no symbolic links.",
    why: "A link can lead outside the repository, to files that must not be published. Casebook does \
          not follow links.",
    cases: &[
        Case::fails(&[NOTE, ("tickets/a.md", "-> /etc/passwd")]),
        Case::passes(&[NOTE, ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\n---\n")]),
    ],
    warns_on_imports: false,
    check: Some(check),
};

fn check(file: &File<'_>, _: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    if file.entry.kind == FileType::Symlink {
        findings.push(
            RULE.finding(file.path(), "symbolic link; Casebook does not follow links")
                .help("replace the link with a copy of the file"),
        );
    }
}

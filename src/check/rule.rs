//! The definition of a rule.

use super::{context::CheckContext, file::File};
use crate::{
    diagnostic::{Finding, Level},
    text::RepoPath,
};

/// A rule, named after the problem that it finds: `levels: { unknown-person: allow }`.
pub struct Rule {
    /// The stable name in kebab case.
    pub code: &'static str,
    /// The default level.
    pub level: Level,
    /// One sentence that says what a correct file looks like.
    pub requirement: &'static str,
    /// The consequences if the rule is ignored.
    pub why: &'static str,
    /// Examples that fail and examples that pass.
    pub cases: &'static [Case],
    /// True if the rule is about content or references. On imported tickets, its findings are warnings at most.
    pub warns_on_imports: bool,
    /// The function that checks one file; `None` if the parser of the file reports the problem.
    pub check: Option<CheckFn>,
}

/// A function that checks one file and adds its findings.
pub(super) type CheckFn = fn(&File<'_>, &CheckContext<'_>, &mut Vec<Finding>);

/// An example: the files of a small repository, and whether the rule finds a problem in them.
pub struct Case {
    /// The path and text of each file. `-> x` is a symbolic link, and `(11 MB)` is a file of that size; a
    /// text that begins with `(Latin-1)` is written in that encoding.
    pub files: &'static [(&'static str, &'static str)],
    /// True if the rule finds a problem.
    pub fails: bool,
}

impl Case {
    /// Creates an example in which the rule finds a problem.
    pub const fn fails(files: &'static [(&'static str, &'static str)]) -> Self {
        Self { files, fails: true }
    }

    /// Creates an example in which the rule finds no problem.
    pub const fn passes(files: &'static [(&'static str, &'static str)]) -> Self {
        Self { files, fails: false }
    }
}

impl Rule {
    /// Creates a finding of this rule for the file `path`.
    pub(super) fn finding(&self, path: &RepoPath, message: impl Into<String>) -> Finding {
        Finding { level: self.level, ..Finding::deny(self.code, path, message) }
    }
}

/// The template of most examples. It requires no fields and no sections.
pub(super) const NOTE: (&str, &str) = ("ticket-templates/note.md", "---\ntitle: Note\n---\n");

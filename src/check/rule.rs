//! What a rule is.

use super::{context::CheckContext, file::File};
use crate::{
    diagnostic::{Finding, Level},
    text::RepoPath,
};

/// A rule: something that can be wrong, named for the problem, so that "allow unknown-person" reads well.
pub struct Rule {
    /// Its stable kebab-case name.
    pub code: &'static str,
    /// Its level, unless settings say otherwise.
    pub level: Level,
    /// What it wants, in one sentence.
    pub wants: &'static str,
    /// Why.
    pub why: &'static str,
    /// Cases that fail and cases that pass.
    pub cases: &'static [Case],
    /// Whether it is about references and content, and so never more than a warning on an imported ticket.
    pub of_content: bool,
    /// Looks at one file. Rules that are found while reading (their code stands in findings of documents or of the
    /// nouns) look at nothing themselves.
    pub look: Option<Look>,
}

/// Looks at one file and adds what it finds to the findings so far.
pub(super) type Look = fn(&File<'_>, &CheckContext<'_>, &mut Vec<Finding>);

/// An example: files of a small repository, and whether the rule has something to say about them.
pub struct Case {
    /// Path and text of each file. `-> x` is a symbolic link, `(11 MB)` that many bytes, and a text that begins with
    /// `(Latin-1)` is written in that encoding.
    pub files: &'static [(&'static str, &'static str)],
    /// Whether the rule finds something.
    pub fails: bool,
}

impl Case {
    /// A case that the rule finds something in.
    pub const fn fails(files: &'static [(&'static str, &'static str)]) -> Self {
        Self { files, fails: true }
    }

    /// A case that the rule has nothing to say about.
    pub const fn passes(files: &'static [(&'static str, &'static str)]) -> Self {
        Self { files, fails: false }
    }
}

impl Rule {
    /// A finding of this rule about `path`.
    pub(super) fn finding(&self, path: &RepoPath, message: impl Into<String>) -> Finding {
        Finding { level: self.level, ..Finding::deny(self.code, path, message) }
    }
}

/// The template of most cases: a ticket needs nothing but a title.
pub(super) const NOTE: (&str, &str) = ("ticket-templates/note.md", "---\ntitle: Note\n---\n");

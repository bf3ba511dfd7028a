//! Findings, which are problems in users' files, and their output formats. Findings are collected as values and are not
//! errors of the program. Also the trait of errors that know the next step.

mod hinted;
mod human;
mod machine;
mod quoted;
mod window;

pub(crate) use hinted::Hinted;
pub(crate) use human::human;
pub(crate) use machine::{github, places, short};
pub(crate) use quoted::Quoted;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::text::{RepoPath, Span};

/// The severity of a finding. `Allow` findings are dropped before they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Not reported.
    Allow,
    /// Reported; the exit status stays 0.
    Warn,
    /// Reported; the exit status is 1.
    Deny,
}

impl Level {
    /// Parses a level from its name in settings: `allow`, `warn` or `deny`.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "allow" => Some(Self::Allow),
            "warn" => Some(Self::Warn),
            "deny" => Some(Self::Deny),
            _ => None,
        }
    }

    /// Returns the level's name in settings and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Warn => "warn",
            Self::Deny => "deny",
        }
    }
}

/// A problem at one place in one file, and how to fix it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule's stable kebab-case name.
    pub code: &'static str,
    pub level: Level,
    pub path: RepoPath,
    /// The exact bytes; `None` for the whole file.
    pub span: Option<Span>,
    /// One short line that is complete by itself.
    pub message: String,
    /// A few words under the marked bytes; may be empty.
    pub label: String,
    /// Further places in the same file, each with its label.
    pub also: Vec<(Span, String)>,
    /// Steps to fix the problem, one sentence each.
    pub help: Vec<String>,
    /// An edit that fixes the problem.
    pub fix: Option<Fix>,
    /// Bytes of the file that must not be shown, such as a secret. [`Quoted`] covers them.
    pub masked: Arc<[Span]>,
    /// The part of the ticket or reply to add or change, for users who do not edit the file itself.
    pub missing: Option<MissingPart>,
    /// The position of that part in the template, from 1; 0 without such a part. It orders findings at the same place.
    pub rank: usize,
}

/// A part of a ticket or reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MissingPart {
    /// The section with this heading.
    Section(String),
    /// The field with this name.
    Field(String),
}

/// An edit of the file with the problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// The effect of the edit, such as `quote the value`.
    pub title: String,
    /// The edits as bytes and their replacements; in order, without overlaps.
    pub edits: Vec<(Span, String)>,
    /// Whether the edit is always correct, so that `check --fix` may apply it.
    pub sure: bool,
}

impl Finding {
    /// Creates a finding at level deny about the whole of `path`.
    pub fn deny(code: &'static str, path: &RepoPath, message: impl Into<String>) -> Self {
        Self {
            code,
            level: Level::Deny,
            path: path.clone(),
            span: None,
            message: message.into(),
            label: String::new(),
            also: Vec::new(),
            help: Vec::new(),
            fix: None,
            masked: Arc::default(),
            missing: None,
            rank: 0,
        }
    }

    /// Sets the marked bytes.
    #[must_use]
    pub fn at(mut self, span: Span) -> Self {
        self.span = Some(span);
        self
    }

    /// Sets the label under the marked bytes.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Marks another place in the file.
    #[must_use]
    pub fn also(mut self, span: Span, label: impl Into<String>) -> Self {
        self.also.push((span, label.into()));
        self
    }

    /// Sets the part of the ticket or reply to add or change.
    #[must_use]
    pub fn missing(mut self, part: MissingPart) -> Self {
        self.missing = Some(part);
        self
    }

    /// Sets the position of the part in the template, from 0.
    #[must_use]
    pub fn ranked(mut self, position: usize) -> Self {
        self.rank = position + 1;
        self
    }

    /// Adds a step to fix the problem.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Adds an edit that a person should review before applying it.
    #[must_use]
    pub fn suggest(mut self, title: impl Into<String>, span: Span, replacement: impl Into<String>) -> Self {
        self.fix = Some(Fix { title: title.into(), edits: vec![(span, replacement.into())], sure: false });
        self
    }

    /// Adds an edit that is always correct.
    #[must_use]
    pub fn fix(mut self, title: impl Into<String>, span: Span, replacement: impl Into<String>) -> Self {
        self.fix = Some(Fix { title: title.into(), edits: vec![(span, replacement.into())], sure: true });
        self
    }
}

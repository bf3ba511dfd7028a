//! Findings about users' files: values, collected, never errors; and the formats they are shown in.

mod human;
mod machine;
mod quoted;

pub(crate) use human::human;
pub(crate) use machine::{github, places, short};
pub(crate) use quoted::Quoted;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::text::{RepoPath, Span};

/// How much a finding weighs. `Allow` findings are dropped before anybody sees them.
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
    /// The level named `name` in settings: `allow`, `warn` or `deny`.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "allow" => Some(Self::Allow),
            "warn" => Some(Self::Warn),
            "deny" => Some(Self::Deny),
            _ => None,
        }
    }

    /// Its name in settings and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Warn => "warn",
            Self::Deny => "deny",
        }
    }
}

/// What is wrong in one place of one file, and the way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule's stable kebab-case name.
    pub code: &'static str,
    /// How much it weighs.
    pub level: Level,
    /// The file it is about.
    pub path: RepoPath,
    /// The exact bytes; `None` for the file as a whole.
    pub span: Option<Span>,
    /// One terse line that stands alone.
    pub message: String,
    /// A few words under the marked bytes; may be empty.
    pub label: String,
    /// Further places in the same file, each with its words.
    pub also: Vec<(Span, String)>,
    /// What to do about it, a sentence each.
    pub help: Vec<String>,
    /// An edit that mends it.
    pub fix: Option<Fix>,
    /// Bytes of the file that must not be shown, such as a secret. [`Quoted`] covers them.
    pub masked: Arc<[Span]>,
    /// What a ticket or reply must say, or say otherwise, to mend it; for those who do not edit the file themselves.
    pub wants: Option<Wants>,
}

/// A piece of a ticket or reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wants {
    /// The section with this heading.
    Section(String),
    /// The field of this name.
    Field(String),
}

/// An edit of the file that a finding is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What the edit does, as in `quote the value`.
    pub title: String,
    /// Bytes and what replaces them; not overlapping, in order.
    pub edits: Vec<(Span, String)>,
    /// Whether it cannot be wrong, so that `check --fix` may apply it.
    pub sure: bool,
}

impl Finding {
    /// A finding at level deny, about the whole of `path`.
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
            wants: None,
        }
    }

    /// The same finding under these bytes.
    #[must_use]
    pub fn at(mut self, span: Span) -> Self {
        self.span = Some(span);
        self
    }

    /// The same finding with words under the marked bytes.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// The same finding with another place of the file marked.
    #[must_use]
    pub fn also(mut self, span: Span, label: impl Into<String>) -> Self {
        self.also.push((span, label.into()));
        self
    }

    /// The same finding, mended by saying this.
    #[must_use]
    pub fn wants(mut self, wants: Wants) -> Self {
        self.wants = Some(wants);
        self
    }

    /// The same finding with one more way out.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// The same finding with an edit that a person should look at before taking it.
    #[must_use]
    pub fn suggest(mut self, title: impl Into<String>, span: Span, replacement: impl Into<String>) -> Self {
        self.fix = Some(Fix { title: title.into(), edits: vec![(span, replacement.into())], sure: false });
        self
    }

    /// The same finding with an edit that cannot be wrong.
    #[must_use]
    pub fn fix(mut self, title: impl Into<String>, span: Span, replacement: impl Into<String>) -> Self {
        self.fix = Some(Fix { title: title.into(), edits: vec![(span, replacement.into())], sure: true });
        self
    }
}

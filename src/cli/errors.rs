//! Errors of commands: what kind they are, what caused them, and how to go on.

use std::{error::Error, iter};

use thiserror::Error;

use crate::{
    diagnostic::Hinted,
    intake::IntakeError,
    repo::{PushError, RepoError},
    site::SiteError,
    store::FindError,
};

/// What kind of error ended a command. The exit status comes from the kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CliErrorKind {
    /// The command line is wrong.
    Usage,
    /// Something that was asked for by id does not exist here.
    NotFound,
    /// The text has problems at level deny, which were shown.
    Refused,
    /// The disk, git, the terminal or something else outside of the program does not work.
    Environment,
    /// Whoever read standard output has closed it.
    BrokenPipe,
}

impl CliErrorKind {
    /// The exit status of a command that ends with such an error.
    pub(crate) fn exit_status(self) -> u8 {
        match self {
            // `casebook list | head` has what it wanted.
            Self::BrokenPipe => 0,
            Self::NotFound | Self::Refused => 1,
            Self::Usage | Self::Environment => 2,
        }
    }
}

/// Why a command did not do its work. Findings about tickets are no errors.
#[derive(Debug)]
pub(crate) struct CliError {
    /// The kind, which decides the exit status.
    pub kind: CliErrorKind,
    source: Box<dyn Error + Send + Sync>,
    hints: Vec<String>,
}

/// A message above the error that caused it.
#[derive(Debug, Error)]
#[error("{message}")]
struct WithCause {
    message: String,
    source: Box<dyn Error + Send + Sync>,
}

impl CliError {
    /// An error of any kind, from a message or another error.
    pub(crate) fn new(kind: CliErrorKind, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { kind, source: source.into(), hints: Vec::new() }
    }

    /// A wrong command line.
    pub(crate) fn usage(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::new(CliErrorKind::Usage, source)
    }

    /// Something outside of the program that does not work.
    pub(crate) fn environment(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::new(CliErrorKind::Environment, source)
    }

    /// Something outside of the program that does not work, with the hint of the error.
    fn hinted(error: impl Hinted + Send + Sync + 'static) -> Self {
        let hint = error.hint();
        Self::environment(error).with_hints(hint)
    }

    /// A text that has problems at level deny.
    pub(crate) fn refused(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::new(CliErrorKind::Refused, source)
    }

    /// A failure to write to standard output.
    pub(crate) fn output(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::BrokenPipe => Self::new(CliErrorKind::BrokenPipe, error),
            _ => Self::environment(error).caused("cannot write to standard output"),
        }
    }

    /// What the command line parser says about a command line, in our form: one line, and hints below it.
    pub(crate) fn command_line(error: &clap::Error) -> Self {
        let text = error.render().to_string();
        let mut paragraphs = text.split("\n\n").map(|paragraph| {
            paragraph.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
        });
        let message = paragraphs.next().unwrap_or_default();
        let mut told = Self::usage(message.strip_prefix("error: ").unwrap_or(&message));
        for paragraph in paragraphs {
            if let Some(usage) = paragraph.strip_prefix("Usage: ") {
                // The options stand between the command's name and the rest.
                let words = usage.split(' ').take_while(|word| !word.starts_with(['[', '<', '-']));
                let command = words.collect::<Vec<_>>().join(" ");
                told = told.with_hint(format!("usage: {usage}"));
                told = told.with_hint(format!("`{command} --help` explains all options"));
            } else if let Some(tip) = paragraph.strip_prefix("tip: ") {
                told = told.with_hint(tip);
            }
        }
        told
    }

    /// The same error below `message`, which says what it kept from being done.
    #[must_use]
    pub(crate) fn caused(self, message: impl Into<String>) -> Self {
        let source = WithCause { message: message.into(), source: self.source };
        Self { source: Box::new(source), ..self }
    }

    /// The same error with one more hint.
    #[must_use]
    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The same error with more hints.
    #[must_use]
    pub(crate) fn with_hints(mut self, hints: impl IntoIterator<Item = String>) -> Self {
        self.hints.extend(hints);
        self
    }

    /// The same error with the hints of `other` behind its own.
    #[must_use]
    pub(crate) fn with_hints_of(mut self, other: &Self) -> Self {
        let missing = other.hints.iter().filter(|hint| !self.hints.contains(hint));
        let missing: Vec<String> = missing.cloned().collect();
        self.hints.extend(missing);
        self
    }

    /// What happened, and where.
    pub(crate) fn message(&self) -> String {
        self.source.to_string()
    }

    /// The errors that led to it, nearest first. Those that the message repeats are left out.
    pub(crate) fn causes(&self) -> Vec<String> {
        let message = self.message();
        let causes = iter::successors(self.source.source(), |&cause| cause.source());
        let mut causes: Vec<String> = causes.map(ToString::to_string).collect();
        causes.retain(|cause| !message.contains(cause.as_str()));
        causes.dedup();
        causes
    }

    /// How to go on, one way each.
    pub(crate) fn hints(&self) -> &[String] {
        &self.hints
    }
}

impl From<RepoError> for CliError {
    fn from(error: RepoError) -> Self {
        Self::hinted(error)
    }
}

impl From<SiteError> for CliError {
    fn from(error: SiteError) -> Self {
        Self::hinted(error)
    }
}

impl From<PushError> for CliError {
    fn from(error: PushError) -> Self {
        Self::hinted(error)
    }
}

impl From<FindError> for CliError {
    fn from(error: FindError) -> Self {
        let hint = error.hint();
        match &error {
            FindError::Nothing { name, .. } if name == "ID" => Self::new(CliErrorKind::NotFound, error)
                .with_hint("write a ticket's id in place of `ID`; `casebook list` shows some"),
            FindError::Nothing { .. } => Self::new(CliErrorKind::NotFound, error)
                .with_hints(hint)
                .with_hint("`casebook list is:any` lists all tickets")
                .with_hint("`casebook search WORDS` finds tickets by their words"),
            FindError::Several { .. } | FindError::Vague { .. } => Self::usage(error).with_hints(hint),
        }
    }
}

/// The caller shows the findings of a refused text.
impl From<IntakeError> for CliError {
    fn from(error: IntakeError) -> Self {
        match error {
            refused @ IntakeError::Refused { .. } => Self::refused(refused),
            IntakeError::Repo(error) => error.into(),
            other => Self::hinted(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_hint_is_dropped_whatever_the_kind() {
        let nothing = FindError::Nothing { name: "x".to_owned(), near: None };
        for error in [
            CliError::usage("wrong"),
            CliError::refused("2 problems to fix first").with_hint("first"),
            CliError::environment("broken").with_hint("first").caused("cannot start"),
            CliError::from(nothing),
            CliError::from(RepoError::NothingToCommit),
        ] {
            let mut wanted = error.hints().to_vec();
            wanted.extend(["draft saved".to_owned(), "another".to_owned()]);
            let other = CliError::usage("cancelled").with_hint("draft saved").with_hint("another");
            assert_eq!(error.with_hint("draft saved").with_hints_of(&other).hints(), wanted);
        }
    }

    #[test]
    fn causes_are_kept_and_each_is_said_once() {
        let full = std::io::Error::other("disk full");
        let error = CliError::environment(full).caused("cannot write the page").caused("cannot build");
        assert_eq!(error.message(), "cannot build");
        assert_eq!(error.causes(), ["cannot write the page", "disk full"]);
        let server = crate::server::ServerError::Start(std::io::Error::other("no threads"));
        assert_eq!(CliError::environment(server).causes(), Vec::<String>::new());
    }

    #[test]
    fn the_kind_decides_the_exit_status() {
        let of = |kind: std::io::ErrorKind| CliError::output(kind.into()).kind;
        assert_eq!(of(std::io::ErrorKind::BrokenPipe).exit_status(), 0);
        assert_eq!(of(std::io::ErrorKind::StorageFull).exit_status(), 2);
    }

    #[test]
    fn what_is_wrong_with_a_command_line_is_one_line_with_hints() {
        let of = |line: &str| {
            let error = crate::cli::command().try_get_matches_from(line.split(' ')).err();
            CliError::command_line(&error.unwrap())
        };
        let error = of("casebook list --fromat json");
        assert_eq!(error.message(), "unexpected argument '--fromat' found");
        assert_eq!(
            error.hints(),
            [
                "a similar argument exists: '--format'",
                "usage: casebook list --format <FORMAT> [QUERY]...",
                "`casebook list --help` explains all options",
            ]
        );
        let error = of("casebook show");
        assert_eq!(error.message(), "the following required arguments were not provided: <ID>");
        let error = of("casebook --repo x list --format xml");
        assert!(error.message().contains("possible values: human"), "{error:?}");
    }
}

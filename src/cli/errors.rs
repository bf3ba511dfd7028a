//! Errors of commands, with their causes and hints.

use std::{error::Error, ffi::OsString, iter};

use clap::error::{ContextKind, ContextValue, ErrorKind};
use thiserror::Error;

use super::other_words;

use crate::{
    diagnostic::Hinted,
    intake::IntakeError,
    repo::{PushError, RepoError},
    site::SiteError,
    store::FindError,
};

/// The kind of an error, which decides the exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CliErrorKind {
    /// The command line is wrong.
    Usage,
    /// No ticket or article has the given id.
    NotFound,
    /// The text has problems at level deny. They were printed before.
    Refused,
    /// An error outside of the program: of the disk, git or the terminal.
    Environment,
    /// The reader of standard output closed the pipe.
    BrokenPipe,
}

impl CliErrorKind {
    /// Returns the exit status of a command that ends with this kind of error.
    pub(crate) fn exit_status(self) -> u8 {
        match self {
            // `head` in `casebook list | head` has read enough, which is not a failure.
            Self::BrokenPipe => 0,
            Self::NotFound | Self::Refused => 1,
            Self::Usage | Self::Environment => 2,
        }
    }
}

/// The reason why a command failed. Findings about tickets are not errors.
#[derive(Debug)]
pub(crate) struct CliError {
    pub kind: CliErrorKind,
    source: Box<dyn Error + Send + Sync>,
    hints: Vec<String>,
}

/// A message, and the error that caused it.
#[derive(Debug, Error)]
#[error("{message}")]
struct WithCause {
    message: String,
    source: Box<dyn Error + Send + Sync>,
}

impl CliError {
    /// Creates an error of any kind from a message or another error.
    pub(crate) fn new(kind: CliErrorKind, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { kind, source: source.into(), hints: Vec::new() }
    }

    /// Creates an error about a wrong command line.
    pub(crate) fn usage(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::new(CliErrorKind::Usage, source)
    }

    /// Creates an error about the disk, git, the terminal or another part of the environment.
    pub(crate) fn environment(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::new(CliErrorKind::Environment, source)
    }

    /// Creates an error about the environment from an error that has its own hint.
    fn hinted(error: impl Hinted + Send + Sync + 'static) -> Self {
        let hint = error.hint();
        Self::environment(error).with_hints(hint)
    }

    /// Creates an error about a text with problems at level deny.
    pub(crate) fn refused(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::new(CliErrorKind::Refused, source)
    }

    /// Creates an error about standard output.
    pub(crate) fn output(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::BrokenPipe => Self::new(CliErrorKind::BrokenPipe, error),
            _ => Self::environment(error).with_context("cannot write to standard output"),
        }
    }

    /// Converts an error of the command line parser to one line with hints. Words that people know from other programs get
    /// the hint that does the same.
    pub(crate) fn command_line(error: &clap::Error, line: &[OsString]) -> Self {
        let text = error.render().to_string();
        let mut paragraphs = text.split("\n\n").map(|paragraph| {
            paragraph.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
        });
        let message = paragraphs.next().unwrap_or_default();
        let known = known_from_elsewhere(error, line);
        let is_known = !known.is_empty();
        let mut told = Self::usage(message.strip_prefix("error: ").unwrap_or(&message)).with_hints(known);
        for paragraph in paragraphs {
            if let Some(usage) = paragraph.strip_prefix("Usage: ") {
                // The command's name ends where the options and arguments begin.
                let words = usage.split(' ').take_while(|word| !word.starts_with(['[', '<', '-']));
                let command = words.collect::<Vec<_>>().join(" ");
                told = told.with_hint(format!("usage: {usage}"));
                told = told.with_hint(format!("`{command} --help` explains all options"));
            } else if let Some(tip) = paragraph.strip_prefix("tip: ").filter(|_| !is_known) {
                // A similar spelling is a worse guess than a word with the same meaning.
                told = told.with_hint(tip);
            }
        }
        told
    }

    /// Returns an error with the message `message`, whose cause is this error.
    #[must_use]
    pub(crate) fn with_context(self, message: impl Into<String>) -> Self {
        let source = WithCause { message: message.into(), source: self.source };
        Self { source: Box::new(source), ..self }
    }

    #[must_use]
    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    #[must_use]
    pub(crate) fn with_hints(mut self, hints: impl IntoIterator<Item = String>) -> Self {
        self.hints.extend(hints);
        self
    }

    /// Adds the hints of `other` that the error does not have yet.
    #[must_use]
    pub(crate) fn with_hints_of(mut self, other: &Self) -> Self {
        let missing = other.hints.iter().filter(|hint| !self.hints.contains(hint));
        let missing: Vec<String> = missing.cloned().collect();
        self.hints.extend(missing);
        self
    }

    /// Returns the message: what happened and where.
    pub(crate) fn message(&self) -> String {
        self.source.to_string()
    }

    /// Returns the causes, nearest first, without those that the message repeats.
    pub(crate) fn causes(&self) -> Vec<String> {
        let message = self.message();
        let causes = iter::successors(self.source.source(), |&cause| cause.source());
        let mut causes: Vec<String> = causes.map(ToString::to_string).collect();
        causes.retain(|cause| !message.contains(cause.as_str()));
        causes.dedup();
        causes
    }

    /// Returns the hints. Each is one way to continue.
    pub(crate) fn hints(&self) -> &[String] {
        &self.hints
    }
}

/// Returns what to use instead of an unknown command or option that people know from other programs.
fn known_from_elsewhere(error: &clap::Error, line: &[OsString]) -> Vec<String> {
    let text = |kind: ContextKind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    let words: Vec<String> = line.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    match (error.kind(), text(ContextKind::InvalidSubcommand), text(ContextKind::InvalidArg)) {
        (ErrorKind::InvalidSubcommand, Some(word), _) => {
            let after = words.iter().position(|other| other == word).map_or(words.len(), |at| at + 1);
            other_words::for_command(word, &words[after..])
        }
        (ErrorKind::UnknownArgument, _, Some(option)) => {
            let cli = super::command();
            let command = words.iter().skip(1).find(|word| cli.find_subcommand(word).is_some());
            let command = command.map(String::as_str).unwrap_or_default();
            other_words::for_option(option, command).map(str::to_owned).into_iter().collect()
        }
        (ErrorKind::InvalidValue, _, Some(option)) => {
            let value = text(ContextKind::InvalidValue).unwrap_or_default();
            other_words::for_value(value, option).map(|hint| format!("use {hint}")).into_iter().collect()
        }
        _ => Vec::new(),
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
                .with_hint("replace `ID` with a ticket's id; `casebook list` lists open tickets"),
            FindError::Nothing { .. } => Self::new(CliErrorKind::NotFound, error)
                .with_hints(hint)
                .with_hint("`casebook list is:any` lists all tickets")
                .with_hint("`casebook search WORDS` finds tickets by their words"),
            FindError::Article { .. } => Self::new(CliErrorKind::NotFound, error).with_hints(hint),
            FindError::Several { .. } | FindError::Vague { .. } => Self::usage(error).with_hints(hint),
        }
    }
}

/// Converts the error without printing the findings of a refused text; the caller prints them.
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
    fn an_error_of_any_kind_keeps_all_its_hints() {
        let nothing = FindError::Nothing { name: "x".to_owned(), near: None };
        for error in [
            CliError::usage("wrong"),
            CliError::refused("2 problems to fix first").with_hint("first"),
            CliError::environment("broken").with_hint("first").with_context("cannot start"),
            CliError::from(nothing),
            CliError::from(RepoError::NothingToCommit),
        ] {
            let mut expected = error.hints().to_vec();
            expected.extend(["draft saved".to_owned(), "another".to_owned()]);
            let other = CliError::usage("cancelled").with_hint("draft saved").with_hint("another");
            assert_eq!(error.with_hint("draft saved").with_hints_of(&other).hints(), expected);
        }
    }

    #[test]
    fn every_cause_is_printed_once() {
        let full = std::io::Error::other("disk full");
        let error =
            CliError::environment(full).with_context("cannot write the page").with_context("cannot build");
        assert_eq!(error.message(), "cannot build");
        assert_eq!(error.causes(), ["cannot write the page", "disk full"]);
        let server = crate::server::ServerError::Start(std::io::Error::other("no threads"));
        assert_eq!(CliError::environment(server).causes(), Vec::<String>::new());
    }

    #[test]
    fn a_closed_pipe_is_a_success_and_a_full_disk_is_not() {
        let of = |kind: std::io::ErrorKind| CliError::output(kind.into()).kind;
        assert_eq!(of(std::io::ErrorKind::BrokenPipe).exit_status(), 0);
        assert_eq!(of(std::io::ErrorKind::StorageFull).exit_status(), 2);
    }

    #[test]
    fn an_error_of_the_command_line_is_one_line_with_hints() {
        let of = |line: &str| {
            let error = crate::cli::command().try_get_matches_from(line.split(' ')).err();
            CliError::command_line(&error.unwrap(), &[])
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

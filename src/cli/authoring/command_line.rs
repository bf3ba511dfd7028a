//! Builds a command line that can be pasted into a shell.

use crate::{
    cli::{Context, Format},
    text::shell_word,
};

/// A command line of Casebook.
pub(in crate::cli) struct CommandLine(String);

impl CommandLine {
    /// Creates a line with the global options of this command that change what a command does.
    pub(in crate::cli) fn new(command: &str, context: &Context) -> Self {
        let mut line = Self(format!("casebook {command}"));
        if let Some(repo) = &context.global.repo {
            line.option("--repo", &context.process.folder.join(repo).to_string_lossy());
        }
        if context.ui.format == Format::Json {
            line.option("--format", "json");
        }
        line
    }

    /// Adds a word, quoted for the shell if necessary.
    pub(in crate::cli) fn word(&mut self, word: &str) {
        self.0.push_str(&format!(" {}", shell_word(word)));
    }

    /// Adds an option without a value.
    pub(in crate::cli) fn flag(&mut self, name: &str) {
        self.0.push_str(&format!(" {name}"));
    }

    /// Adds an option with its value.
    pub(in crate::cli) fn option(&mut self, name: &str, value: &str) {
        // A separate value with a hyphen at its start would be read as an option.
        match value.starts_with('-') {
            true => self.0.push_str(&format!(" {name}={}", shell_word(value))),
            false => self.0.push_str(&format!(" {name} {}", shell_word(value))),
        }
    }

    /// Returns the line in the backquotes in which messages print a command.
    pub(in crate::cli) fn quoted(&self) -> String {
        format!("`{}`", self.0)
    }
}

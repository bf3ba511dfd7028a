//! Problems of theme files.

use std::fmt;

/// The folder of a casebook repository whose files replace files of the built-in theme.
pub(crate) const FOLDER: &str = "site";

/// A problem of a file in the repository's `site/` folder. The built-in file is used instead.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ThemeProblem {
    /// The file's path below `site/`.
    pub name: String,
    /// The line of the problem, from 1.
    pub line: Option<usize>,
    pub reason: String,
}

impl ThemeProblem {
    pub(super) fn new(name: &str, line: Option<usize>, reason: impl Into<String>) -> Self {
        Self { name: name.to_owned(), line, reason: reason.into() }
    }

    /// Returns the problem that the template engine reports for the template `name`.
    pub(super) fn of_template(name: &str, error: &minijinja::Error) -> Self {
        let mut reason = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
        let mut place = (error.name().unwrap_or(name), error.line());
        let mut source = std::error::Error::source(error);
        while let Some(cause) = source {
            match cause.downcast_ref::<minijinja::Error>() {
                // The problem is in the template that this one includes.
                Some(inner) => {
                    reason = inner.detail().map_or_else(|| inner.kind().to_string(), str::to_owned);
                    place = (inner.name().unwrap_or(place.0), inner.line());
                }
                None => {
                    reason.push_str(": ");
                    reason.push_str(&cause.to_string());
                }
            }
            source = cause.source();
        }
        Self::new(place.0, place.1, reason)
    }

    /// Returns the file's path in the repository, with the line.
    pub(crate) fn place(&self) -> String {
        let line = self.line.map(|line| format!(":{line}")).unwrap_or_default();
        format!("{FOLDER}/{}{line}", self.name)
    }
}

impl fmt::Display for ThemeProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place(), self.reason)
    }
}

//! What can go wrong in a command, and the exit status that says so.

use thiserror::Error;

use crate::{repo::RepoError, store::FindError};

/// Why a command did not do its work. Findings about tickets are no errors.
#[derive(Debug, Error)]
pub enum CliError {
    /// The words of the command are off.
    #[error("{message}")]
    Usage {
        /// What is wrong.
        message: String,
        /// The way out.
        help: Option<String>,
    },
    /// Nothing has the id that was asked for.
    #[error(transparent)]
    NotFound(#[from] FindError),
    /// What was asked for by id is in git, and not in what is checked out.
    #[error("{message}")]
    NotHere {
        /// Where it is.
        message: String,
        /// The way out.
        help: String,
    },
    /// What was to be written has findings at level deny, which were shown.
    #[error("{message}")]
    Refused {
        /// What is wrong, in short.
        message: String,
        /// The way out.
        help: Option<String>,
    },
    /// The disk or git refuses.
    #[error(transparent)]
    Repo(#[from] RepoError),
    /// The disk or git refuses, and there is something to do about it.
    #[error("{error}")]
    RepoWithHelp {
        /// What they say.
        error: RepoError,
        /// The way out.
        help: String,
    },
    /// Something else in the environment is broken.
    #[error("{message}")]
    Environment {
        /// What is wrong.
        message: String,
        /// The way out.
        help: Option<String>,
    },
}

impl CliError {
    /// Wrong usage.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::Usage { message: message.into(), help: None }
    }

    /// A broken environment.
    pub fn environment(message: impl Into<String>) -> Self {
        Self::Environment { message: message.into(), help: None }
    }

    /// The same error with a way out.
    #[must_use]
    pub fn with_help(self, way_out: impl Into<String>) -> Self {
        match self {
            Self::Usage { message, .. } => Self::Usage { message, help: Some(way_out.into()) },
            Self::Environment { message, .. } => Self::Environment { message, help: Some(way_out.into()) },
            Self::Refused { message, .. } => Self::Refused { message, help: Some(way_out.into()) },
            Self::Repo(error) => Self::RepoWithHelp { error, help: way_out.into() },
            other => other,
        }
    }

    /// The way out, where the message does not hold it already.
    pub fn help(&self) -> Option<&str> {
        match self {
            Self::Usage { help, .. } | Self::Environment { help, .. } | Self::Refused { help, .. } => {
                help.as_deref()
            }
            Self::RepoWithHelp { help, .. } | Self::NotHere { help, .. } => Some(help),
            Self::NotFound(FindError::Nothing { name, .. }) if name == "ID" => {
                Some("write a ticket's id in place of `ID`; `casebook list` shows some")
            }
            Self::NotFound(FindError::Nothing { .. }) => Some(
                "`casebook list is:any` lists all tickets, `casebook search WORDS` finds them by what they say",
            ),
            Self::NotFound(_) | Self::Repo(_) => None,
        }
    }

    /// 1 where something that was asked for by id is not there, or has findings at level deny; else 2.
    pub fn exit_status(&self) -> u8 {
        match self {
            Self::NotFound(FindError::Nothing { .. }) | Self::NotHere { .. } | Self::Refused { .. } => 1,
            _ => 2,
        }
    }
}

//! The reasons why a write can fail.

use thiserror::Error;

use crate::{
    diagnostic::{Finding, Hinted},
    repo::RepoError,
    text::RepoPath,
};

/// The reason why a ticket or reply was not written. Nothing was saved in the repository.
#[derive(Debug, Error)]
pub(crate) enum IntakeError {
    /// The text has findings at level deny.
    #[error("{} to fix first", crate::text::Plural(findings.iter().filter(|finding| finding.level == crate::diagnostic::Level::Deny).count(), "problem"))]
    Refused {
        /// All findings, including warnings.
        findings: Vec<Finding>,
        /// The whole text of the rejected file.
        text: String,
        /// The id of the ticket, or of the ticket that the reply is for.
        id: String,
    },
    /// The disk or git reported an error.
    #[error(transparent)]
    Repo(#[from] RepoError),
    /// HEAD of a bare repository is detached, so there is no branch to commit to.
    #[error("HEAD of this bare repository is detached, so there is no branch to commit to")]
    DetachedBare,
    /// The lock file of an import has an invalid line.
    #[error("line {line} of `{path}` is invalid")]
    BrokenLock {
        /// The lock file.
        path: RepoPath,
        /// From 1.
        line: usize,
    },
    /// The system provided no random numbers.
    #[error("the operating system provides no random numbers: {0}")]
    NoRandom(String),
}

impl Hinted for IntakeError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Repo(error) => error.hint(),
            Self::DetachedBare => {
                Some("run `git symbolic-ref HEAD refs/heads/main` in this repository".to_owned())
            }
            Self::BrokenLock { path, .. } => Some(format!(
                "resolve a merge conflict by keeping the lines of both sides, or restore the file with `git checkout HEAD -- {path}`"
            )),
            Self::Refused { .. } | Self::NoRandom(_) => None,
        }
    }
}

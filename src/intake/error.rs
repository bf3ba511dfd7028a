//! Why something was not written.

use thiserror::Error;

use crate::{diagnostic::Finding, repo::RepoError, text::RepoPath};

/// Why a ticket or reply was not written. Nothing of it is in the repository then.
#[derive(Debug, Error)]
pub(crate) enum IntakeError {
    /// Its text has findings at level deny.
    #[error("{} to fix first", crate::text::Plural(findings.iter().filter(|finding| finding.level == crate::diagnostic::Level::Deny).count(), "problem"))]
    Refused {
        /// All of them, with those that only warn.
        findings: Vec<Finding>,
        /// The whole text as it would have been written.
        text: String,
        /// The id of the ticket, or of the ticket replied to.
        id: String,
    },
    /// The disk or git refuses.
    #[error(transparent)]
    Repo(#[from] RepoError),
    /// A bare repository whose HEAD is a commit: there is no branch to commit to.
    #[error(
        "HEAD of this bare repository is detached, so there is no branch to commit to; run `git symbolic-ref HEAD refs/heads/main` in it"
    )]
    DetachedBare,
    /// The lock of an import has a line that is none.
    #[error(
        "line {line} of `{path}` is not a line of a lock; resolve a merge conflict by keeping the lines of both sides, or get the file back with `git checkout HEAD -- {path}`"
    )]
    BrokenLock {
        /// The lock.
        path: RepoPath,
        /// From 1.
        line: usize,
    },
    /// The system has no random numbers.
    #[error("the system gives no random numbers: {0}")]
    NoRandom(String),
}

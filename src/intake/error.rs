//! The reasons why a write can fail.

use thiserror::Error;

use crate::{
    diagnostic::{Finding, Hinted, Level},
    repo::RepoError,
    text::{Plural, RepoPath},
};

/// A text that was not written, because it or another text of the same request has findings at level deny.
#[derive(Debug)]
pub(crate) struct RefusedText {
    /// The id of the ticket, or of the ticket that the reply is for.
    pub id: String,
    /// The whole text of the file.
    pub text: String,
    /// All findings, including warnings.
    pub findings: Vec<Finding>,
}

impl RefusedText {
    /// Returns true if `finding` is about the text below the front matter.
    pub(crate) fn is_in_body(&self, finding: &Finding) -> bool {
        let front = self.text.find("\n---\n").map_or(0, |end| end + "\n---\n".len());
        finding.span.as_ref().is_some_and(|span| span.start >= front)
    }

    /// Returns the findings that refuse the text.
    pub(crate) fn denied(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.level == Level::Deny)
    }
}

/// Returns how many problems there are to fix, such as `2 problems to fix first`. A problem that several texts have counts
/// once.
pub(crate) fn problems_to_fix(texts: &[RefusedText]) -> String {
    let denied = texts.iter().flat_map(RefusedText::denied);
    let place = |finding: &Finding| finding.span.as_ref().map_or(0, |span| span.start);
    let mut messages: Vec<_> =
        denied.map(|finding| (finding.code, &finding.message, place(finding))).collect();
    messages.sort_unstable();
    messages.dedup();
    format!("{} to fix first", Plural(messages.len(), "problem"))
}

/// The reason why a ticket or reply was not written. Nothing was saved in the repository.
#[derive(Debug, Error)]
pub(crate) enum IntakeError {
    /// At least one of the texts has findings at level deny.
    #[error("{}", problems_to_fix(.0))]
    Refused(Vec<RefusedText>),
    /// All replies are without text, and no ticket would change.
    #[error("the tickets already have these values; nothing was committed")]
    ChangesNothing,
    /// The file of an article exists, or is not as it was read.
    #[error("`{path}` exists already or was changed by somebody else; nothing was written")]
    ArticleChanged { path: RepoPath },
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
            Self::ArticleChanged { .. } => Some("run the command again".to_owned()),
            Self::Refused(_) | Self::ChangesNothing | Self::NoRandom(_) => None,
        }
    }
}

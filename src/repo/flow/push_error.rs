//! The reasons why a push can fail.

use crate::diagnostic::Hinted;
use crate::repo::error::RepoError;

/// The reason why a push failed. The local branch has the commits in every case, so a message says only how to push
/// them.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum PushError {
    /// There is no remote, or there are several and none is chosen.
    #[error("no remote to push to; the commits stay on the local branch `{branch}`")]
    NoRemote { branch: String },
    /// The branch tracks a branch of another name, and git is not configured to push there.
    #[error("`{branch}` tracks `{upstream}`, which has another name")]
    NoUpstream {
        branch: String,
        /// The branch that the local branch tracks.
        upstream: String,
        remote: String,
        /// The branch's name on the remote.
        target: String,
    },
    /// The branch does not exist here, or has no commit.
    #[error("branch `{branch}` not found")]
    NoBranch { branch: String },
    /// A hook or a rule of the remote, or a local pre-push hook, refused the push.
    #[error("`{remote}` rejected the push of `{branch}` ({reason}):\n{}\nthe commits stay on the local branch", .output.trim_end())]
    Refused {
        remote: String,
        branch: String,
        /// Git's short reason, such as `pre-receive hook declined`.
        reason: String,
        output: String,
    },
    /// Another user changed the same lines in the meantime.
    #[error("`{subject}` conflicts with commits of others in {}", .paths.join(", "))]
    Conflict {
        /// The first line of the commit message.
        subject: String,
        paths: Vec<String>,
        remote: String,
        /// The branch's name on the remote.
        branch: String,
    },
    /// The local branch and the remote branch have no common history.
    #[error("the local branch `{branch}` and the one on `{remote}` have no commits in common")]
    Unrelated { remote: String, branch: String },
    /// Other users pushed first in every attempt.
    #[error(
        "`{remote}` was changed by others during each of {attempts} attempts; the commits stay on the local branch"
    )]
    Contended { remote: String, attempts: u32 },
    /// Any other error: the remote is unreachable, local changes are in the way, or git failed.
    #[error(transparent)]
    Repo(#[from] RepoError),
}

impl Hinted for PushError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoRemote { .. } => "add a remote with `git remote add origin URL`".to_owned(),
            Self::NoUpstream { branch, remote, target, .. } => format!(
                "run `git push {remote} {branch}:{target}` to push there, or `git config push.default upstream` to always do so"
            ),
            Self::NoBranch { .. } => return None,
            Self::Refused { remote, branch, .. } => {
                format!("fix the problems, then run `git push {remote} {branch}`")
            }
            Self::Conflict { remote, branch, .. } => {
                format!("run `git pull --rebase {remote} {branch}`, resolve the conflict and push again")
            }
            Self::Unrelated { remote, .. } => {
                format!("check the remote with `git remote get-url {remote}`")
            }
            Self::Contended { .. } => "to push them later: `git pull --rebase && git push`".to_owned(),
            Self::Repo(error) => return error.hint(),
        })
    }
}

//! Why a push did not arrive.

use crate::repo::error::RepoError;

/// Why a push did not arrive. The commits are on the local branch in every case, and no message needs to say more
/// than how to get them out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum PushError {
    /// There is no remote, or several and none of them chosen.
    #[error("there is no remote to push to; `git remote add origin URL` adds one; `{branch}` stays local")]
    NoRemote {
        /// The local branch.
        branch: String,
    },
    /// The branch follows one of another name, and git is not told to push there.
    #[error(
        "`{branch}` follows `{upstream}`, which has another name; run `git push {remote} {branch}:{target}` to push there, or `git config push.default upstream` to always do so"
    )]
    NoUpstream {
        /// The local branch.
        branch: String,
        /// What it follows.
        upstream: String,
        /// The remote's name.
        remote: String,
        /// The branch's name there.
        target: String,
    },
    /// There is no such branch here, or no commit on it.
    #[error("there is no branch `{branch}` to push")]
    NoBranch {
        /// As it was given.
        branch: String,
    },
    /// A hook or a rule of the remote, or a pre-push hook here, said no.
    #[error("`{remote}` refused the push of `{branch}` ({reason}):\n{}\nthe commits stay on the local branch; mend them and push again", .output.trim_end())]
    Refused {
        /// The remote's name.
        remote: String,
        /// The branch.
        branch: String,
        /// Git's word for it.
        reason: String,
        /// What the hook said.
        output: String,
    },
    /// Somebody else changed the same lines meanwhile.
    #[error("`{subject}` and what others pushed change the same lines of {}; run `git pull --rebase {remote} {branch}`, resolve that, and push again", .paths.join(", "))]
    Conflict {
        /// The first line of the commit's message.
        subject: String,
        /// The files.
        paths: Vec<String>,
        /// The remote's name.
        remote: String,
        /// The branch there.
        branch: String,
    },
    /// The local branch and the remote's have no common history.
    #[error("`{branch}` here and on `{remote}` have no commit in common; is it the right remote?")]
    Unrelated {
        /// The remote's name.
        remote: String,
        /// The branch.
        branch: String,
    },
    /// Others were always faster.
    #[error(
        "`{remote}` was changed by others during each of {attempts} attempts; the commits stay on the local branch, push again later"
    )]
    Contended {
        /// The remote's name.
        remote: String,
        /// How often it was tried.
        attempts: u32,
    },
    /// Something else: the remote is away, local changes are in the way, git fails.
    #[error(transparent)]
    Repo(#[from] RepoError),
}

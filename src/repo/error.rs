//! Errors of the disk and of git.

use std::io;
use std::path::{Path, PathBuf};

use crate::text::RepoPath;

/// A failure of the disk or of git. Each message names the place and, if there is one, the next step.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RepoError {
    /// The folder has no `casebook.yml` and is not a bare git repository.
    #[error("`{}` is not a casebook repository: it has no `casebook.yml`; create one with `casebook init`", .dir.display())]
    NotACasebook { dir: PathBuf },
    /// HEAD of a bare repository has no `casebook.yml`.
    #[error("`{rev}` of `{}` has no `casebook.yml`; push a casebook repository to it first", .dir.display())]
    NoSettings { dir: PathBuf, rev: String },
    /// The folder has a `casebook.yml` but is not in a git repository.
    #[error("`{}` is not in a git worktree; run `git init` there", .dir.display())]
    NotInGit { dir: PathBuf },
    /// A repository format that libgit2 cannot read.
    #[error("`{}` {what}, which Casebook cannot read; {next_step}", .dir.display())]
    Unsupported {
        dir: PathBuf,
        /// A verb and its object, such as `is a partial clone`.
        what: String,
        next_step: String,
    },
    /// Git does not trust repositories that belong to another user.
    #[error("`{}` belongs to another user, so git does not trust it; if you do, run `git config --global --add safe.directory {}`", .dir.display(), .dir.display())]
    ForeignOwner { dir: PathBuf },
    /// The git repository is damaged or otherwise unreadable.
    #[error("the git repository `{}` cannot be read: {}; run `git fsck` for details", .dir.display(), .source.message())]
    Corrupt { dir: PathBuf, source: git2::Error },
    /// The revision does not name a commit in this repository.
    #[error("`{rev}` is not a commit: {reason}")]
    Revision {
        rev: String,
        /// The reason and the next step.
        reason: String,
    },
    /// A libgit2 call failed unexpectedly.
    #[error("cannot {doing}: {}", .source.message())]
    Libgit2 {
        /// The failed action, as an infinitive.
        doing: String,
        source: git2::Error,
    },
    /// The operating system reported an error.
    #[error("cannot {doing} `{}`: {source}", .path.display())]
    Io {
        /// The failed action, as an infinitive.
        doing: &'static str,
        path: PathBuf,
        source: io::Error,
    },
    /// A path that Casebook refuses to read or write.
    #[error("`{path}` {problem}")]
    Path {
        path: String,
        /// A verb and its object.
        problem: String,
    },
    /// A file to be created exists already.
    #[error("`{path}` already exists; nothing was written")]
    Exists { path: RepoPath },
    /// A file is larger than [`MAX_FILE_SIZE`](crate::repo::scope::MAX_FILE_SIZE).
    #[error("`{path}` is larger than {} MiB; keep files of that size elsewhere and link them", crate::repo::scope::MAX_FILE_SIZE >> 20)]
    TooLarge { path: RepoPath },
    /// The `git` program is not installed.
    #[error("the `git` program was not found; install git and put it on the PATH")]
    GitMissing,
    /// The `git` program failed.
    #[error("`git {command}` failed:\n{}", .output.trim_end())]
    Git {
        command: String,
        /// The output of git and of its hooks.
        output: String,
    },
    /// Neither git's configuration nor the environment names a committer.
    #[error(
        "git does not know who you are; run `git config --global user.name \"Your Name\"` and `git config --global user.email you@example.com`"
    )]
    NoIdentity,
    /// A merge, rebase or similar operation is in progress, so git cannot commit single files.
    #[error("a {operation} is in progress in `{}`; finish it or abort it first", .dir.display())]
    InProgress {
        /// A noun for the operation, such as `merge`.
        operation: &'static str,
        dir: PathBuf,
    },
    /// Another git process holds the lock of the index.
    #[error("another git process is using the index; if none is running, delete `{}` and try again", .path.display())]
    IndexLocked {
        /// The lock file.
        path: PathBuf,
    },
    /// The files have no changes to commit.
    #[error("nothing to commit: the files have not changed")]
    NothingToCommit,
    /// The branch moved during the operation, or a branch to be created exists already.
    #[error("branch `{branch}` {problem}")]
    Branch {
        branch: String,
        /// The problem and the next step.
        problem: String,
    },
    /// Git would have to overwrite local changes.
    #[error("local changes are in the way:\n{}\ncommit them or run `git stash`, then try again", .files.trim_end())]
    InTheWay {
        /// Git's list of the files.
        files: String,
    },
    /// The remote could not be reached or denied access.
    #[error("the remote `{remote}` cannot be reached:\n{}", .output.trim_end())]
    RemoteUnreachable { remote: String, output: String },
    /// Another program's hook exists where Casebook would install one.
    #[error("`{}` already exists and was not installed by Casebook; add `{call}` to it, or move it away and try again", .path.display())]
    ForeignHook {
        path: PathBuf,
        /// The command that the existing hook could run.
        call: String,
    },
}

impl RepoError {
    pub(in crate::repo) fn io(doing: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io { doing, path: path.to_owned(), source }
    }

    pub(in crate::repo) fn path(path: impl ToString, problem: impl Into<String>) -> Self {
        Self::Path { path: path.to_string(), problem: problem.into() }
    }
}

/// Adds the attempted action to a libgit2 error.
pub(in crate::repo) trait GitResultExt<T> {
    fn doing(self, what: impl FnOnce() -> String) -> Result<T, RepoError>;
}

impl<T> GitResultExt<T> for Result<T, git2::Error> {
    fn doing(self, what: impl FnOnce() -> String) -> Result<T, RepoError> {
        self.map_err(|source| RepoError::Libgit2 { doing: what(), source })
    }
}

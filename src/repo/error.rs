//! Errors of the disk and of git.

use std::io;
use std::path::{Path, PathBuf};

use super::scope::PathProblem;
use crate::diagnostic::Hinted;
use crate::text::{RepoPath, shell_word};

/// A failure of the disk or of git.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RepoError {
    /// The folder has no `casebook.yml` and is not a bare git repository.
    #[error("`{}` is not a casebook repository: it has no `casebook.yml`", .dir.display())]
    NotACasebook { dir: PathBuf },
    /// HEAD of a bare repository has no `casebook.yml`.
    #[error("`{rev}` of `{}` has no `casebook.yml`", .dir.display())]
    NoSettings { dir: PathBuf, rev: String },
    /// The folder has a `casebook.yml` but is not in a git repository.
    #[error("`{}` is not in a git worktree", .dir.display())]
    NotInGit { dir: PathBuf },
    /// A repository format that libgit2 cannot read.
    #[error("`{}` {what}, which Casebook cannot read", .dir.display())]
    Unsupported {
        dir: PathBuf,
        /// A verb and its object, such as `is a partial clone`.
        what: String,
        /// The next step.
        hint: String,
    },
    /// Git does not trust repositories that belong to another user.
    #[error("`{}` belongs to another user, so git does not trust it", .dir.display())]
    ForeignOwner { dir: PathBuf },
    /// The git repository is damaged or otherwise unreadable.
    #[error("the git repository `{}` cannot be read: {}", .dir.display(), .source.message())]
    Corrupt { dir: PathBuf, source: git2::Error },
    /// The revision does not name a commit in this repository.
    #[error("`{rev}` is not a commit: {reason}")]
    Revision {
        rev: String,
        reason: String,
        /// The next step, if there is one.
        hint: Option<&'static str>,
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
    Path { path: String, problem: PathProblem },
    /// A file to be created exists already.
    #[error("`{path}` already exists; nothing was written")]
    Exists { path: RepoPath },
    /// A file is larger than [`MAX_FILE_SIZE`](crate::repo::scope::MAX_FILE_SIZE).
    #[error("`{path}` is larger than {} MiB", crate::repo::scope::MAX_FILE_SIZE >> 20)]
    TooLarge { path: RepoPath },
    /// The `git` program is not installed.
    #[error("the `git` program was not found")]
    GitMissing,
    /// The `git` program failed.
    #[error("`git {command}` failed:\n{}", .output.trim_end())]
    Git {
        command: String,
        /// The output of git and of its hooks.
        output: String,
    },
    /// Neither git's configuration nor the environment names a committer.
    #[error("git does not know who you are")]
    NoIdentity,
    /// A merge, rebase or similar operation is in progress, so git cannot commit single files.
    #[error("a {operation} is in progress in `{}`", .dir.display())]
    InProgress {
        /// A noun for the operation, such as `merge`.
        operation: &'static str,
        dir: PathBuf,
    },
    /// Another git process holds the lock of the index.
    #[error("another git process is using the index")]
    IndexLocked {
        /// The lock file.
        path: PathBuf,
    },
    /// The files have no changes to commit.
    #[error("nothing to commit: the files have not changed")]
    NothingToCommit,
    /// A branch to be created exists already.
    #[error("branch `{branch}` already exists; nothing was written")]
    BranchExists { branch: String },
    /// Git could not move the branch, for example because it was moved by somebody else in the meantime.
    #[error("branch `{branch}` could not be moved:\n{}", .output.trim_end())]
    Moved {
        branch: String,
        /// The output of git.
        output: String,
    },
    /// Git would have to overwrite local changes.
    #[error("local changes are in the way:\n{}", .files.trim_end())]
    InTheWay {
        /// Git's list of the files.
        files: String,
    },
    /// The remote could not be reached or denied access.
    #[error("the remote `{remote}` cannot be reached:\n{}", .output.trim_end())]
    RemoteUnreachable { remote: String, output: String },
    /// A hook or a rule of the remote refused the ref of a ledger.
    #[error("`{remote}` rejected `{name}` ({reason}):\n{}", .output.trim_end())]
    LedgerRefused {
        /// The full name of the ref.
        name: &'static str,
        remote: String,
        /// Git's short reason, such as `pre-receive hook declined`.
        reason: String,
        output: String,
    },
    /// Another program's hook exists where Casebook would install one.
    #[error("`{}` already exists and was not installed by Casebook", .path.display())]
    ForeignHook {
        path: PathBuf,
        /// The command that the existing hook could run.
        call: String,
    },
}

impl Hinted for RepoError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NotACasebook { .. } => "create one with `casebook init`".to_owned(),
            Self::NoSettings { .. } => "push a casebook repository to it first".to_owned(),
            Self::NotInGit { dir } => format!("run `git init {}`", shell_word(&dir.to_string_lossy())),
            Self::Unsupported { hint, .. } => hint.clone(),
            Self::ForeignOwner { dir } => {
                let dir = shell_word(&dir.to_string_lossy());
                format!("if you trust it, run `git config --global --add safe.directory {dir}`")
            }
            Self::Corrupt { dir, .. } => {
                format!("`git --git-dir={} fsck` shows details", shell_word(&dir.to_string_lossy()))
            }
            Self::Revision { hint, .. } => (*hint)?.to_owned(),
            Self::Path { problem, .. } => problem.hint()?.to_owned(),
            Self::TooLarge { .. } => "keep files of that size elsewhere and link them".to_owned(),
            Self::GitMissing => "install git and put it on the PATH".to_owned(),
            Self::NoIdentity => "run `git config --global user.name \"Your Name\"` and \
                                 `git config --global user.email you@example.com`"
                .to_owned(),
            Self::InProgress { .. } => "finish it or abort it first".to_owned(),
            Self::IndexLocked { path } => format!(
                "if no git process is running, run `rm {}` and try again",
                shell_word(&path.to_string_lossy())
            ),
            Self::Moved { .. } => "run the command again".to_owned(),
            Self::InTheWay { .. } => "commit them or run `git stash`, then try again".to_owned(),
            Self::LedgerRefused { name, .. } => {
                format!("allow this account to push `{name}`; nothing was sent")
            }
            Self::ForeignHook { call, .. } => {
                format!("add `{call}` to it, or move it away and try again")
            }
            Self::Io { source, .. }
                if matches!(source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) =>
            {
                "free some space and run the command again".to_owned()
            }
            Self::Io { source, .. } => match source.kind() {
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => "check the path",
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                    "change the permissions, or use another path"
                }
                io::ErrorKind::IsADirectory => "name a file in the folder",
                io::ErrorKind::FileTooLarge => "cut the file to the part that is needed",
                io::ErrorKind::AlreadyExists => "choose another path",
                _ => return None,
            }
            .to_owned(),
            Self::Libgit2 { .. }
            | Self::Exists { .. }
            | Self::Git { .. }
            | Self::NothingToCommit
            | Self::BranchExists { .. }
            | Self::RemoteUnreachable { .. } => return None,
        })
    }
}

impl RepoError {
    pub(in crate::repo) fn io(doing: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io { doing, path: path.to_owned(), source }
    }

    pub(in crate::repo) fn path(path: impl ToString, problem: impl Into<PathProblem>) -> Self {
        Self::Path { path: path.to_string(), problem: problem.into() }
    }
}

/// An extension of libgit2's results, which adds the attempted action to an error.
pub(in crate::repo) trait GitResultExt<T> {
    fn doing(self, what: impl FnOnce() -> String) -> Result<T, RepoError>;
}

impl<T> GitResultExt<T> for Result<T, git2::Error> {
    fn doing(self, what: impl FnOnce() -> String) -> Result<T, RepoError> {
        self.map_err(|source| RepoError::Libgit2 { doing: what(), source })
    }
}

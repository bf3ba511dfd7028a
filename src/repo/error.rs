//! What can go wrong between Casebook, the disk and git.

use std::io;
use std::path::{Path, PathBuf};

use crate::text::RepoPath;

/// A failure of the environment. Each message names the place and the way out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RepoError {
    /// The folder holds no `casebook.yml` and is no bare git repository.
    #[error("`{}` is not a casebook repository: it has no `casebook.yml`; `casebook init` makes one", .dir.display())]
    NotACasebook {
        /// The folder that was asked for.
        dir: PathBuf,
    },
    /// HEAD of a bare repository has no `casebook.yml`.
    #[error("`{rev}` of `{}` has no `casebook.yml`; push a casebook repository to it first", .dir.display())]
    NoSettings {
        /// The bare repository.
        dir: PathBuf,
        /// The revision that was looked at.
        rev: String,
    },
    /// There is a `casebook.yml`, but no git repository around it.
    #[error("`{}` is not in a git worktree; run `git init` there", .dir.display())]
    NotInGit {
        /// The folder that was asked for.
        dir: PathBuf,
    },
    /// A repository format that libgit2 cannot read.
    #[error("`{}` {what}, which Casebook cannot read; {way_out}", .dir.display())]
    Unsupported {
        /// The git directory.
        dir: PathBuf,
        /// What it uses, as a verb and its object.
        what: String,
        /// What to do instead.
        way_out: String,
    },
    /// Git's protection against repositories of other users.
    #[error("`{}` belongs to another user, so git does not trust it; if you do, run `git config --global --add safe.directory {}`", .dir.display(), .dir.display())]
    ForeignOwner {
        /// The repository.
        dir: PathBuf,
    },
    /// The git repository is damaged or otherwise unreadable.
    #[error("the git repository `{}` cannot be read: {}; `git fsck` says more", .dir.display(), .source.message())]
    Corrupt {
        /// The git directory.
        dir: PathBuf,
        /// What libgit2 says.
        source: git2::Error,
    },
    /// A revision that names no commit here.
    #[error("`{rev}` names no commit: {reason}")]
    Revision {
        /// As it was written.
        rev: String,
        /// Why not, with the way out.
        reason: String,
    },
    /// libgit2 failed at something that should have worked.
    #[error("cannot {doing}: {}", .source.message())]
    Libgit2 {
        /// What was being done, as an infinitive.
        doing: String,
        /// What libgit2 says.
        source: git2::Error,
    },
    /// The disk.
    #[error("cannot {doing} `{}`: {source}", .path.display())]
    Io {
        /// What was being done, as an infinitive.
        doing: &'static str,
        /// Where.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A path that Casebook refuses to read or write.
    #[error("`{path}` {problem}")]
    Path {
        /// The path as it was given.
        path: String,
        /// What is wrong with it, as a verb and its object.
        problem: String,
    },
    /// A file that should have been new.
    #[error("`{path}` exists already; nothing was written")]
    Exists {
        /// The file.
        path: RepoPath,
    },
    /// A file larger than Casebook reads.
    #[error("`{path}` is larger than {} MiB; keep files of that size elsewhere and link them", crate::repo::scope::MAX_FILE_SIZE >> 20)]
    TooLarge {
        /// The file.
        path: RepoPath,
    },
    /// The `git` program is not there.
    #[error("the `git` program was not found; install git and put it on the PATH")]
    GitMissing,
    /// The `git` program failed.
    #[error("`git {command}` failed:\n{}", .output.trim_end())]
    Git {
        /// The subcommand.
        command: String,
        /// What git and its hooks said.
        output: String,
    },
    /// Nobody said who commits.
    #[error(
        "git does not know who you are; run `git config --global user.name \"Your Name\"` and `git config --global user.email you@example.com`"
    )]
    NoIdentity,
    /// A merge, rebase or the like is under way, so a commit of single files is not possible.
    #[error("a {operation} is in progress in `{}`; finish it or abort it first", .dir.display())]
    InProgress {
        /// What git is in the middle of.
        operation: &'static str,
        /// The git directory.
        dir: PathBuf,
    },
    /// Another git holds the lock of the index.
    #[error("another git process is using the index; if none is running, delete `{}` and try again", .path.display())]
    IndexLocked {
        /// The lock file.
        path: PathBuf,
    },
    /// The files are already committed as they are.
    #[error("nothing to commit: the files are committed as they are")]
    NothingToCommit,
    /// The branch moved meanwhile, or exists where a new one was wanted.
    #[error("branch `{branch}` {problem}")]
    Branch {
        /// The branch's short name.
        branch: String,
        /// What is wrong, with the way out.
        problem: String,
    },
    /// Local changes stand where git would have to write.
    #[error("local changes are in the way:\n{}\ncommit them or put them aside (`git stash`), then try again", .files.trim_end())]
    InTheWay {
        /// What git said, file by file.
        files: String,
    },
    /// The remote could not be reached or did not let us in.
    #[error("the remote `{remote}` cannot be reached:\n{}", .output.trim_end())]
    RemoteAway {
        /// The remote's name.
        remote: String,
        /// What git said.
        output: String,
    },
    /// A hook that is not ours is where ours would go.
    #[error("`{}` exists and is not Casebook's; call `{call}` from it, or move it away and try again", .path.display())]
    ForeignHook {
        /// The hook.
        path: PathBuf,
        /// The command that the hook could run.
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

/// Says what libgit2 was doing when it failed.
pub(in crate::repo) trait GitResultExt<T> {
    fn doing(self, what: impl FnOnce() -> String) -> Result<T, RepoError>;
}

impl<T> GitResultExt<T> for Result<T, git2::Error> {
    fn doing(self, what: impl FnOnce() -> String) -> Result<T, RepoError> {
        self.map_err(|source| RepoError::Libgit2 { doing: what(), source })
    }
}

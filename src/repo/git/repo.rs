//! An opened repository.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::environment::Environment;
use super::program::Git;
use crate::text::RepoPath;

/// An opened casebook repository: a worktree folder with `casebook.yml`, or a bare git repository.
pub(crate) struct Repo {
    pub(in crate::repo) root: PathBuf,
    /// The casebook root relative to the root of the git tree: empty, or a path such as `a/b`.
    pub(in crate::repo) prefix: String,
    pub(in crate::repo) bare: bool,
    pub(in crate::repo) git_dir: PathBuf,
    pub(in crate::repo) common_dir: PathBuf,
    pub(in crate::repo) environment: Environment,
    /// Whether the environment belongs to a hook, an alias or `git rebase --exec` of this repository.
    pub(in crate::repo) own_environment: bool,
    pub(in crate::repo) git: Mutex<git2::Repository>,
    /// A separate handle, because it can be shared between threads without a lock.
    pub(in crate::repo) objects: Arc<git2::Odb<'static>>,
}

impl std::fmt::Debug for Repo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Repo")
            .field("root", &self.root)
            .field("git_dir", &self.git_dir)
            .finish_non_exhaustive()
    }
}

impl Repo {
    /// Returns the folder with `casebook.yml` (absolute, symbolic links resolved); in a bare repository, the git
    /// directory.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Returns the folder with `casebook.yml` relative to the root of git's worktree: empty, or a path such as `a/b`.
    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Returns whether git ignores `path`.
    pub(crate) fn ignores(&self, path: &RepoPath) -> bool {
        self.git().is_path_ignored(self.in_git(path.as_str())).unwrap_or(false)
    }

    pub(crate) fn is_bare(&self) -> bool {
        self.bare
    }

    /// Returns the git directory of this worktree.
    pub(crate) fn git_dir(&self) -> &Path {
        &self.git_dir
    }

    /// Returns the git directory that all worktrees of the repository share.
    pub(crate) fn common_dir(&self) -> &Path {
        &self.common_dir
    }

    /// Returns the folder for caches, the lock and unfinished writes: `casebook/` in the common git directory. It need
    /// not exist.
    pub(crate) fn cache_dir(&self) -> PathBuf {
        self.common_dir.join("casebook")
    }

    /// Returns `path` relative to the root of the git tree, which may be above the casebook root.
    pub(in crate::repo) fn in_git(&self, path: &str) -> String {
        if self.prefix.is_empty() { path.to_owned() } else { format!("{}/{path}", self.prefix) }
    }

    pub(in crate::repo) fn git(&self) -> MutexGuard<'_, git2::Repository> {
        self.git.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Prepares the `git` program for this repository, at the casebook root.
    pub(in crate::repo) fn run_git(&self) -> Git {
        let mut run = Git::in_folder(&self.root, &self.environment);
        if self.bare {
            // The directory is given explicitly because `safe.bareRepository = explicit` forbids git to discover it.
            run = run.env("GIT_DIR", &self.git_dir);
        }
        if self.own_environment {
            if let Some(index) = self.index_of_hook() {
                run = run.env("GIT_INDEX_FILE", index);
            }
            let paths = ["GIT_OBJECT_DIRECTORY", "GIT_QUARANTINE_PATH"];
            for (key, path) in paths.into_iter().filter_map(|key| Some((key, self.environment.path(key)?))) {
                run = run.env(key, path);
            }
            let alternates = std::env::join_paths(self.environment.paths("GIT_ALTERNATE_OBJECT_DIRECTORIES"));
            if let Some(alternates) = alternates.ok().filter(|paths| !paths.is_empty()) {
                run = run.env("GIT_ALTERNATE_OBJECT_DIRECTORIES", alternates);
            }
        }
        run
    }
}

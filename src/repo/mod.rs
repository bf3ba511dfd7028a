//! The only room that touches the disk and git: reading files from a worktree, a commit or the index; history and
//! changes; atomic writes; commits; push and fetch; the lock.
//!
//! All reading goes through libgit2. Commits, fetch and push go through the `git` program, so that hooks, signing,
//! credentials and proxies are the user's own.

#![allow(clippy::disallowed_methods, reason = "this is the room that touches the disk")]

mod atomic;
mod branch;
mod cached;
mod changes;
mod commit;
mod commit_source;
mod config;
mod environment;
mod error;
mod found;
mod git;
mod history;
mod hook;
mod ids;
mod index_edit;
mod index_file;
mod index_source;
mod index_trees;
mod known_tree;
mod lines;
mod lister;
mod lock;
mod look;
mod move_branch;
mod open;
mod outside;
mod overlay;
mod push;
mod push_status;
mod rebase;
mod remote;
mod scaffold;
mod scope;
mod site_folder;
mod source;
mod stale;
#[cfg(test)]
pub(crate) mod testing;
mod trees;
mod worktree;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use atomic::Write;
pub use branch::NewCommit;
pub use cached::{CacheReader, CacheSlot, checksum, sealed, unsealed};
pub use changes::{Change, Side};
pub use commit_source::CommitSource;
pub use config::{Identity, identity_at};
pub use environment::Environment;
pub use error::RepoError;
pub use history::{ChangeKind, Commit, History, Touch};
pub use hook::install_pre_receive;
pub use ids::{BlobId, CommitId};
pub use index_source::IndexSource;
pub use lines::changed_lines;
pub use lock::Lock;
pub use outside::{
    describe, editor, exists_outside, forge_address, git_root_of, init_git, is_vacant, new_git, open_outside,
    path_in_git, read_bytes_outside, read_outside, read_text, write_outside,
};
pub use overlay::OverlaySource;
pub use push::{PushError, Pushed};
pub use remote::RemoteBranch;
pub use scaffold::{Scaffold, scaffold};
pub use site_folder::SiteFolder;
pub use source::{Entry, EntryKind, Listing, MAX_FILE_SIZE, MemorySource, Source, Stamp};
pub use worktree::WorktreeSource;

use crate::text::RepoPath;
use error::Doing as _;

/// An opened casebook repository: a worktree folder with `casebook.yml`, or a bare git repository.
pub struct Repo {
    root: PathBuf,
    /// The casebook root relative to the root of the git tree: empty, or `a/b` without slashes at the ends.
    prefix: String,
    bare: bool,
    git_dir: PathBuf,
    common_dir: PathBuf,
    environment: Environment,
    /// Whether the environment is that of a hook (or an alias, or `git rebase --exec`) of this very repository.
    own_environment: bool,
    git: Mutex<git2::Repository>,
    /// A handle of its own, because that can be shared between threads without a lock.
    objects: Arc<git2::Odb<'static>>,
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
    /// The folder with `casebook.yml` (absolute, symbolic links resolved); in a bare repository the git directory.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder with `casebook.yml` relative to the root of git's worktree: empty, or `a/b`.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Whether git leaves `path` alone unless it is told otherwise.
    pub fn ignores(&self, path: &RepoPath) -> bool {
        self.git().is_path_ignored(self.in_git(path.as_str())).unwrap_or(false)
    }

    /// Whether there is no worktree.
    pub fn is_bare(&self) -> bool {
        self.bare
    }

    /// The git directory of this worktree.
    pub fn git_dir(&self) -> &Path {
        &self.git_dir
    }

    /// The git directory that all worktrees of the repository share.
    pub fn common_dir(&self) -> &Path {
        &self.common_dir
    }

    /// Where caches, the lock and unfinished writes live: `casebook/` of the common git directory. It need not exist.
    pub fn cache_dir(&self) -> PathBuf {
        self.common_dir.join("casebook")
    }

    /// Whether the clone is shallow: the oldest commits it has seem to add files that are older.
    pub fn is_shallow(&self) -> bool {
        self.git().is_shallow()
    }

    /// The environment that git is run with.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// The files as they are in the worktree, committed or not.
    pub fn worktree(&self) -> Result<WorktreeSource, RepoError> {
        if self.bare {
            return Err(RepoError::path(self.root.display(), "is a bare repository: it has no worktree"));
        }
        Ok(WorktreeSource::new(self.root.clone(), self.cache_slot("folders")))
    }

    /// The files of a commit: any revision that git understands (`HEAD~1`, a branch, a tag, an id). In a pre-receive
    /// hook this sees the commits that are being pushed.
    pub fn commit(&self, rev: &str) -> Result<CommitSource, RepoError> {
        let id = self.resolve(rev)?;
        CommitSource::new(Arc::clone(&self.objects), self.tree_at_root(id)?, id)
    }

    /// The files as they are staged: what the next commit would hold.
    pub fn staged(&self) -> Result<IndexSource, RepoError> {
        IndexSource::new(self)
    }

    /// What commands read when nobody asks for a commit: the worktree, or HEAD of a bare repository.
    pub fn current(&self) -> Result<Box<dyn Source>, RepoError> {
        if !self.bare {
            return Ok(Box::new(self.worktree()?));
        }
        let source = self.head()?.map(|head| self.commit(&head.to_string())).transpose()?;
        match source {
            Some(source) if source.has_settings()? => Ok(Box::new(source)),
            _ => Err(RepoError::NoSettings { dir: self.root.clone(), rev: "HEAD".to_owned() }),
        }
    }

    /// The commit that `rev` names.
    pub fn resolve(&self, rev: &str) -> Result<CommitId, RepoError> {
        let failed = |reason: String| RepoError::Revision { rev: rev.to_owned(), reason };
        let git = self.git();
        let object = git.revparse_single(rev).map_err(|error| {
            let unborn =
                rev == "HEAD" && git.head().is_err_and(|e| e.code() == git2::ErrorCode::UnbornBranch);
            failed(match (unborn, git.is_shallow()) {
                (true, _) => "there are no commits yet".to_owned(),
                (false, true) => format!(
                    "{}; the clone is shallow, `git fetch --unshallow` gets the rest",
                    error.message()
                ),
                (false, false) => error.message().to_owned(),
            })
        })?;
        let commit = object.peel_to_commit().map_err(|error| failed(error.message().to_owned()))?;
        Ok(commit.id().into())
    }

    /// The commit that is checked out; `None` when there are no commits yet.
    pub fn head(&self) -> Result<Option<CommitId>, RepoError> {
        let git = self.git();
        match git.head() {
            Ok(head) => {
                let commit = head.peel_to_commit().doing(|| "read HEAD".to_owned())?;
                Ok(Some(commit.id().into()))
            }
            Err(error)
                if matches!(error.code(), git2::ErrorCode::UnbornBranch | git2::ErrorCode::NotFound) =>
            {
                Ok(None)
            }
            Err(error) => Err(error).doing(|| "read HEAD".to_owned()),
        }
    }

    /// The short name of the branch that is checked out, even before its first commit; `None` on a detached HEAD.
    pub fn branch(&self) -> Option<String> {
        let git = self.git();
        let head = git.find_reference("HEAD").ok()?;
        let target = head.symbolic_target().ok()??;
        target.strip_prefix("refs/heads/").map(str::to_owned)
    }

    /// The commit at the tip of a local branch.
    pub fn branch_tip(&self, branch: &str) -> Option<CommitId> {
        self.git().refname_to_id(&format!("refs/heads/{branch}")).ok().map(CommitId::from)
    }

    /// The branches whose names begin with `start`, local ones and those of remotes, each with a revision. Of several with one
    /// name the local one counts.
    pub fn branches_below(&self, start: &str) -> Result<Vec<(String, String)>, RepoError> {
        let git = self.git();
        let mut found: Vec<(String, String)> = Vec::new();
        for glob in [format!("refs/heads/{start}*"), format!("refs/remotes/*/{start}*")] {
            let references = git.references_glob(&glob).doing(|| "list the branches".to_owned())?;
            for reference in references.flatten() {
                let Ok(rev) = reference.name() else { continue };
                let Some(at) = rev.find(start) else { continue };
                let branch = &rev[at..];
                if found.iter().all(|(known, _)| known != branch) {
                    found.push((branch.to_owned(), rev.to_owned()));
                }
            }
        }
        Ok(found)
    }

    /// The best common ancestor of two revisions; `None` when they have none (here: a shallow clone may lack it).
    pub fn merge_base(&self, one: &str, other: &str) -> Result<Option<CommitId>, RepoError> {
        let (one, other) = (self.resolve(one)?, self.resolve(other)?);
        match self.git().merge_base(ids::oid_of(one.0), ids::oid_of(other.0)) {
            Ok(base) => Ok(Some(base.into())),
            Err(error) if error.code() == git2::ErrorCode::NotFound => Ok(None),
            Err(error) => Err(error).doing(|| "find the merge base".to_owned()),
        }
    }

    /// The tree that `casebook.yml` stands in, in a commit; `None` when the commit lacks that folder.
    fn tree_at_root(&self, id: CommitId) -> Result<Option<[u8; 20]>, RepoError> {
        let git = self.git();
        let tree = git
            .find_commit(ids::oid_of(id.0))
            .and_then(|commit| commit.tree())
            .doing(|| format!("read commit {id}"))?;
        if self.prefix.is_empty() {
            return Ok(Some(ids::bytes_of(tree.id())));
        }
        match tree.get_path(Path::new(&self.prefix)) {
            Ok(entry) => {
                Ok((entry.kind() == Some(git2::ObjectType::Tree)).then(|| ids::bytes_of(entry.id())))
            }
            Err(error) if error.code() == git2::ErrorCode::NotFound => Ok(None),
            Err(error) => Err(error).doing(|| format!("read the tree of commit {id}")),
        }
    }

    /// The path of `path` in the git tree, which may begin above the casebook root.
    fn in_git(&self, path: &str) -> String {
        if self.prefix.is_empty() { path.to_owned() } else { format!("{}/{path}", self.prefix) }
    }

    fn git(&self) -> MutexGuard<'_, git2::Repository> {
        self.git.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The `git` program for this repository, at the casebook root.
    fn run_git(&self) -> git::Git {
        let mut run = git::Git::in_folder(&self.root, &self.environment);
        if self.bare {
            // Named outright: `safe.bareRepository = explicit` forbids git to find it by itself.
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

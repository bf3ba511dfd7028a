//! Opens the sources of a repository: the worktree, the index or a commit.

use std::path::Path;
use std::sync::Arc;

use super::commit_source::CommitSource;
use super::ids;
use super::ids::CommitId;
use super::index_source::IndexSource;
use super::repo::Repo;
use crate::repo::error::{GitResultExt as _, RepoError};
use crate::repo::files::source::Source;
use crate::repo::files::worktree::WorktreeSource;

impl Repo {
    /// Returns the files in the worktree, committed or not.
    pub(crate) fn worktree(&self) -> Result<WorktreeSource, RepoError> {
        if self.bare {
            return Err(RepoError::path(self.root.display(), "is a bare repository: it has no worktree"));
        }
        Ok(WorktreeSource::new(self.root.clone(), self.cache_slot("folders")))
    }

    /// Returns the files of a commit: any revision that git understands (`HEAD~1`, a branch, a tag, an id). In a
    /// pre-receive hook, this includes the commits that are being pushed.
    pub(crate) fn commit(&self, rev: &str) -> Result<CommitSource, RepoError> {
        let id = self.resolve(rev)?;
        CommitSource::new(Arc::clone(&self.objects), self.tree_at_root(id)?)
    }

    /// Returns the staged files, which the next commit would contain.
    pub(crate) fn staged(&self) -> Result<IndexSource, RepoError> {
        IndexSource::new(self)
    }

    /// Returns the default source of commands: the worktree, or HEAD of a bare repository.
    pub(crate) fn current(&self) -> Result<Box<dyn Source>, RepoError> {
        if !self.bare {
            return Ok(Box::new(self.worktree()?));
        }
        let source = self.head()?.map(|head| self.commit(&head.to_string())).transpose()?;
        match source {
            Some(source) if source.has_settings()? => Ok(Box::new(source)),
            _ => Err(RepoError::NoSettings { dir: self.root.clone(), rev: "HEAD".to_owned() }),
        }
    }

    /// Returns the tree of the casebook root in a commit; `None` when the commit lacks that folder.
    pub(in crate::repo) fn tree_at_root(&self, id: CommitId) -> Result<Option<[u8; 20]>, RepoError> {
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
}

//! Reads the staged files from the index.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::commit_source::{read_blob, size_of_blob};
use super::index_file::IndexFile;
use super::open::is_git_dir;
use super::repo::Repo;
use super::trees::{KIND, SUBMODULE, TreeNode};
use crate::repo::error::RepoError;
use crate::repo::files::source::{FileEntry, FileType, Listing, Source, Stamp};
use crate::repo::scope;
use crate::repo::scope::CasebookPlace;
use crate::text::RepoPath;

/// The staged files. In a hook of `git commit`, these are the files in the index of that commit.
pub(crate) struct IndexSource {
    objects: Arc<git2::Odb<'static>>,
    nodes: BTreeMap<RepoPath, TreeNode>,
    unreadable: Vec<(String, scope::PathProblem)>,
}

impl IndexSource {
    pub(in crate::repo) fn new(repo: &Repo) -> Result<Self, RepoError> {
        let mut source =
            Self { objects: Arc::clone(&repo.objects), nodes: BTreeMap::new(), unreadable: Vec::new() };
        let index = repo.read_index()?;
        for entry in index.entries() {
            let Some(path) = below(entry.path, &repo.prefix) else { continue };
            let node = entry.node;
            let is_listed = match scope::place_of_bytes(path) {
                CasebookPlace::File => true,
                CasebookPlace::Folder => node.kind() == Some(FileType::Symlink),
                CasebookPlace::Hidden => node.kind() == Some(FileType::File) && entry.stage == 0,
                CasebookPlace::Outside => false,
            };
            if !is_listed || entry.is_intent_to_add {
                continue;
            }
            let problem = match scope::name_of(path) {
                _ if entry.stage > 0 => scope::IS_UNMERGED,
                _ if node.mode & KIND == SUBMODULE => scope::IS_SUBMODULE,
                Ok(path) => {
                    source.nodes.insert(RepoPath::new(path), node);
                    continue;
                }
                Err(_) if scope::is_hidden_path(&String::from_utf8_lossy(path)) => continue,
                Err(problem) => problem,
            };
            source.unreadable.push((String::from_utf8_lossy(path).into_owned(), problem));
        }
        source.unreadable.sort();
        // An unmerged file has up to three entries.
        source.unreadable.dedup();
        Ok(source)
    }
}

impl Source for IndexSource {
    fn list(&self) -> Result<Listing, RepoError> {
        let entries = self.nodes.iter().filter_map(|(path, node)| {
            Some(FileEntry { path: path.clone(), kind: node.kind()?, size: 0, stamp: Stamp::Blob(node.id) })
        });
        let mut listing =
            Listing { entries: entries.collect(), unreadable: self.unreadable.clone(), hidden: Vec::new() };
        listing.set_hidden_apart();
        Ok(listing)
    }

    fn read(&self, path: &RepoPath) -> Result<Vec<u8>, RepoError> {
        let node = self.nodes.get(path).ok_or_else(|| RepoError::path(path, scope::IS_MISSING))?;
        match node.kind() {
            Some(FileType::File) => read_blob(&self.objects, path, node.id),
            _ => Err(RepoError::path(path, scope::IS_SYMLINK)),
        }
    }

    fn size(&self, path: &RepoPath) -> Result<u64, RepoError> {
        let node = self.nodes.get(path).ok_or_else(|| RepoError::path(path, scope::IS_MISSING))?;
        size_of_blob(&self.objects, path, node.id)
    }
}

impl Repo {
    /// Reads the index from disk. In a hook of this repository, this is the hook's index.
    pub(in crate::repo) fn read_index(&self) -> Result<IndexFile, RepoError> {
        IndexFile::read(&self.index_path())
    }

    /// Returns whether the index has a file at `path`.
    pub(crate) fn is_staged(&self, path: &RepoPath) -> Result<bool, RepoError> {
        Ok(self.read_index()?.entry(self.in_git(path.as_str()).as_bytes()).is_some())
    }

    /// Returns whether the index belongs to a commit that git is about to make: this is a hook of it.
    pub(crate) fn is_in_commit_hook(&self) -> bool {
        self.index_of_hook().is_some()
    }

    pub(in crate::repo) fn index_path(&self) -> PathBuf {
        self.index_of_hook().unwrap_or_else(|| self.git_dir.join("index"))
    }

    /// Returns the index that git is about to commit: the file that `GIT_INDEX_FILE` names in a hook of this
    /// repository.
    pub(in crate::repo) fn index_of_hook(&self) -> Option<PathBuf> {
        let index = Path::new(self.environment.get("GIT_INDEX_FILE").filter(|_| self.own_environment)?);
        // Git resolves a relative path from the root of its worktree, independent of the folder in which the command
        // was started.
        let index = self.git().workdir().unwrap_or(&self.root).join(index);
        // A hook of one repository may run a command in another one inside it: an index in a git directory belongs to
        // that repository.
        let folder = index.parent()?.canonicalize().ok()?;
        (folder == self.git_dir || !is_git_dir(&folder)).then_some(index)
    }
}

/// Returns the part of `path` below the folder `prefix`.
pub(in crate::repo) fn below<'a>(path: &'a [u8], prefix: &str) -> Option<&'a [u8]> {
    if prefix.is_empty() {
        return Some(path);
    }
    path.strip_prefix(prefix.as_bytes())?.strip_prefix(b"/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::testing::Sandbox;

    #[test]
    fn staged_contents_are_read_instead_of_worktree_contents() {
        let sandbox = Sandbox::new();
        sandbox.casebook("a").file("a/tickets/a.md", "staged").git("a", "add tickets/a.md");
        sandbox.file("a/tickets/a.md", "later").file("a/tickets/b.md", "unstaged");
        sandbox.file("a/tickets/c.md", "meant").git("a", "add -N tickets/c.md");
        let source = sandbox.open("a").staged().unwrap();
        assert_eq!(source.read(&"tickets/a.md".into()).unwrap(), b"staged");
        let paths: Vec<_> = source.list().unwrap().entries.into_iter().map(|entry| entry.path).collect();
        assert_eq!(paths, [RepoPath::new("casebook.yml"), RepoPath::new("tickets/a.md")]);
    }

    #[test]
    fn an_unmerged_file_is_reported_once() {
        let sandbox = Sandbox::new();
        sandbox
            .casebook("a")
            .file("a/tickets/a.md", "base")
            .commit("a", "base")
            .git("a", "checkout -q -b other");
        sandbox.file("a/tickets/a.md", "theirs").commit("a", "theirs").git("a", "checkout -q main");
        sandbox.file("a/tickets/a.md", "ours").commit("a", "ours");
        let merge = crate::repo::git::program::Git::in_folder(&sandbox.path("a"), &sandbox.env())
            .args(["merge", "other"]);
        assert!(!merge.run().unwrap().ok());
        let listing = sandbox.open("a").staged().unwrap().list().unwrap();
        assert_eq!(listing.unreadable, [("tickets/a.md".to_owned(), scope::IS_UNMERGED)]);
    }
}

//! Reads the files of a commit.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use super::ids::{BlobId, oid_of};
use super::trees::{FILE, KIND, SUBMODULE, SYMLINK, TreeEntries, TreeNode, read_tree};
use crate::repo::error::RepoError;
use crate::repo::files::source::{FileEntry, FileType, Listing, Source, Stamp};
use crate::repo::scope;
use crate::repo::scope::{CasebookPlace, MAX_FILE_SIZE};
use crate::text::RepoPath;

/// The files of a commit, read from git's object database. The size of each entry is 0, since git would have to unpack
/// the file to know it.
pub(crate) struct CommitSource {
    objects: Arc<git2::Odb<'static>>,
    root: Option<[u8; 20]>,
    /// The nodes of the last listing: looking up each file folder by folder would cost more than reading it.
    listed: OnceLock<HashMap<RepoPath, TreeNode>>,
}

impl CommitSource {
    pub(in crate::repo) fn new(
        objects: Arc<git2::Odb<'static>>,
        root: Option<[u8; 20]>,
    ) -> Result<Self, RepoError> {
        Ok(Self { objects, root, listed: OnceLock::new() })
    }

    /// Returns whether the commit has a `casebook.yml`.
    pub(crate) fn has_settings(&self) -> Result<bool, RepoError> {
        let Some(root) = self.root else { return Ok(false) };
        let tree = read_tree(&self.objects, root)?;
        Ok(TreeEntries::of(&tree).any(|(name, _)| name == scope::SETTINGS.as_bytes()))
    }

    /// Returns the id of a file's contents; `None` when the file does not exist.
    pub(crate) fn blob_id(&self, path: &RepoPath) -> Result<Option<BlobId>, RepoError> {
        Ok(self.find(path)?.filter(|node| node.kind().is_some()).map(|node| node.id))
    }

    fn find(&self, path: &RepoPath) -> Result<Option<TreeNode>, RepoError> {
        if let Some(node) = self.listed.get().and_then(|listed| listed.get(path)) {
            return Ok(Some(*node));
        }
        let Some(mut tree) = self.root else { return Ok(None) };
        let mut parts = path.as_str().split('/').peekable();
        while let Some(part) = parts.next() {
            let raw = read_tree(&self.objects, tree)?;
            let node = TreeEntries::of(&raw).find(|(name, _)| *name == part.as_bytes()).map(|(_, node)| node);
            match node {
                Some(node) if parts.peek().is_none() => return Ok(Some(node)),
                Some(node) if node.is_folder() => tree = node.id,
                Some(node) if node.kind() == Some(FileType::Symlink) => {
                    return Err(RepoError::path(path, scope::IS_SYMLINK));
                }
                _ => return Ok(None),
            }
        }
        Ok(None)
    }

    fn list_folder(&self, folder: &str, id: [u8; 20]) -> Result<Listing, RepoError> {
        let raw = read_tree(&self.objects, id)?;
        let mut listing = Listing::default();
        let mut folders = Vec::new();
        for (name, node) in TreeEntries::of(&raw) {
            let is_left_out = if folder.is_empty() {
                match scope::place_at_root(name) {
                    CasebookPlace::File => node.is_folder(),
                    CasebookPlace::Folder => !node.is_folder() && node.kind() != Some(FileType::Symlink),
                    CasebookPlace::Outside | CasebookPlace::Hidden => true,
                }
            } else {
                scope::is_skipped(name)
            };
            if is_left_out {
                continue;
            }
            let join =
                |name: &str| if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
            let is_hidden = scope::is_hidden(name) || scope::is_hidden_path(folder);
            let path = match scope::name_of(name) {
                Ok(text) => join(text),
                Err(_) if is_hidden => continue,
                Err(problem) => {
                    listing.unreadable.push((join(&String::from_utf8_lossy(name)), problem));
                    continue;
                }
            };
            match node.kind() {
                Some(kind) => {
                    let path = RepoPath::new(path);
                    listing.entries.push(FileEntry { path, kind, size: 0, stamp: Stamp::Blob(node.id) });
                }
                None if node.mode & KIND == SUBMODULE && is_hidden => {}
                None if node.mode & KIND == SUBMODULE => {
                    listing.unreadable.push((path, scope::IS_SUBMODULE));
                }
                None => folders.push((path, node.id)),
            }
        }
        let below: Result<Vec<_>, _> =
            folders.into_par_iter().map(|(path, id)| self.list_folder(&path, id)).collect();
        for mut part in below? {
            listing.entries.append(&mut part.entries);
            listing.unreadable.append(&mut part.unreadable);
        }
        Ok(listing)
    }
}

impl Source for CommitSource {
    fn list(&self) -> Result<Listing, RepoError> {
        let mut listing = match self.root {
            Some(root) => self.list_folder("", root)?,
            None => Listing::default(),
        };
        listing.sort();
        listing.set_hidden_apart();
        self.listed.get_or_init(|| {
            let node_of = |entry: &FileEntry| match (entry.stamp, entry.kind) {
                (Stamp::Blob(id), FileType::File) => Some((entry.path.clone(), TreeNode { mode: FILE, id })),
                (Stamp::Blob(id), FileType::Symlink) => {
                    Some((entry.path.clone(), TreeNode { mode: SYMLINK, id }))
                }
                _ => None,
            };
            listing.entries.iter().filter_map(node_of).collect()
        });
        Ok(listing)
    }

    fn read(&self, path: &RepoPath) -> Result<Vec<u8>, RepoError> {
        let node = self.find(path)?.ok_or_else(|| RepoError::path(path, scope::IS_MISSING))?;
        match node.kind() {
            Some(FileType::File) => read_blob(&self.objects, path, node.id),
            Some(FileType::Symlink) => Err(RepoError::path(path, scope::IS_SYMLINK)),
            None => Err(RepoError::path(path, scope::IS_FOLDER)),
        }
    }

    fn size(&self, path: &RepoPath) -> Result<u64, RepoError> {
        let node = self.find(path)?.ok_or_else(|| RepoError::path(path, scope::IS_MISSING))?;
        size_of_blob(&self.objects, path, node.id)
    }
}

/// Returns the size of a file's contents without unpacking them.
pub(in crate::repo) fn size_of_blob(
    objects: &git2::Odb<'_>,
    path: &RepoPath,
    id: BlobId,
) -> Result<u64, RepoError> {
    let failed = |source| RepoError::Libgit2 { doing: format!("read `{path}`"), source };
    Ok(objects.read_header(oid_of(id)).map_err(failed)?.0 as u64)
}

/// Reads the contents of a file; a file over the size limit is an error.
pub(in crate::repo) fn read_blob(
    objects: &git2::Odb<'_>,
    path: &RepoPath,
    id: BlobId,
) -> Result<Vec<u8>, RepoError> {
    let failed = |source| RepoError::Libgit2 { doing: format!("read `{path}`"), source };
    if size_of_blob(objects, path, id)? > MAX_FILE_SIZE {
        return Err(RepoError::TooLarge { path: path.clone() });
    }
    Ok(objects.read(oid_of(id)).map_err(failed)?.data().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::testing::Sandbox;

    #[test]
    fn a_commit_lists_the_same_files_as_the_worktree_it_was_made_of() {
        let sandbox = Sandbox::new();
        sandbox.init("a").file("a/sub/casebook.yml", "version: 1\n").file("a/sub/tickets/2026/b.md", "b");
        sandbox
            .file("a/sub/tickets/2026/b/r.md", "r")
            .file("a/README.md", "")
            .file("a/sub/site/base.html", "");
        sandbox
            .symlink("b.md", "a/sub/tickets/2026/link.md")
            .symlink("site", "a/sub/knowledge")
            .commit("a", "first");
        let repo = sandbox.open("a/sub");
        let paths = |source: &dyn Source| -> Vec<(RepoPath, FileType)> {
            source.list().unwrap().entries.into_iter().map(|entry| (entry.path, entry.kind)).collect()
        };
        let commit = repo.commit("HEAD").unwrap();
        assert_eq!(paths(&commit), paths(&repo.worktree().unwrap()));
        assert_eq!(paths(&commit), paths(&repo.staged().unwrap()));
        assert_eq!(paths(&commit).len(), 6);
        assert_eq!(commit.read(&"tickets/2026/b.md".into()).unwrap(), b"b");
        assert!(commit.read(&"tickets/2026/link.md".into()).is_err());
        assert!(
            commit.read(&"knowledge/base.html".into()).unwrap_err().to_string().contains("symbolic link")
        );
        assert!(commit.read(&"tickets".into()).is_err());
    }

    #[test]
    fn names_that_are_not_utf8_and_submodules_are_reported() {
        use std::os::unix::ffi::OsStrExt as _;
        let sandbox = Sandbox::new();
        sandbox.casebook("a").file("a/tickets/a.md", "a");
        let name = std::ffi::OsStr::from_bytes(b"caf\xe9.md");
        std::fs::write(sandbox.path("a/tickets").join(name), "x").unwrap();
        let head = sandbox.git_says("a", "rev-parse HEAD");
        sandbox.git("a", "add -A");
        sandbox.git("a", &format!("update-index --add --cacheinfo 160000,{head},tickets/module"));
        sandbox.git("a", "commit -q -m odd");
        let repo = sandbox.open("a");
        let from_commit = repo.commit("HEAD").unwrap().list().unwrap();
        assert_eq!(from_commit.unreadable.len(), 2, "{:?}", from_commit.unreadable);
        assert!(from_commit.unreadable[1].1.to_string().contains("submodule"));
        assert_eq!(repo.staged().unwrap().list().unwrap(), from_commit);
    }

    #[test]
    fn any_revision_that_git_understands_can_be_read() {
        let sandbox = Sandbox::new();
        sandbox.casebook("a").file("a/tickets/a.md", "old").commit("a", "one").git("a", "tag -a v1 -m v1");
        sandbox.file("a/tickets/a.md", "new").commit("a", "two");
        let repo = sandbox.open("a");
        let read = |rev: &str| repo.commit(rev).unwrap().read(&"tickets/a.md".into()).unwrap();
        assert_eq!(
            (read("HEAD"), read("HEAD~1"), read("v1")),
            (b"new".to_vec(), b"old".to_vec(), b"old".to_vec())
        );
        assert!(repo.commit("nonsense").err().unwrap().to_string().starts_with("`nonsense` is not a commit"));
    }
}

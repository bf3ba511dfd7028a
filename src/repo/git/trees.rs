//! Reads raw tree objects and compares a tree with the trees of its parents.
//!
//! libgit2's tree comparison reads every unchanged folder, which takes seconds for a whole history. This module
//! compares the tree objects and skips equal ids (`docs/decisions/reading-git.md`).

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

use super::ids::{bytes_of, oid_of};
use crate::repo::error::RepoError;
use crate::repo::files::source::FileType;
use crate::repo::scope;
use crate::repo::scope::CasebookPlace;

pub(in crate::repo) const FILE: u32 = 0o100_644;
pub(in crate::repo) const FOLDER: u32 = 0o040_000;
pub(in crate::repo) const SYMLINK: u32 = 0o120_000;
pub(in crate::repo) const SUBMODULE: u32 = 0o160_000;
/// The bits of a mode that tell the type of an entry.
pub(in crate::repo) const KIND: u32 = 0o170_000;

/// The target of a tree entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::repo) struct TreeNode {
    pub mode: u32,
    pub id: [u8; 20],
}

impl TreeNode {
    pub(crate) fn is_folder(self) -> bool {
        self.mode & KIND == FOLDER
    }

    /// Returns the type of the entry in a listing; `None` for folders and submodules.
    pub(crate) fn kind(self) -> Option<FileType> {
        match self.mode & KIND {
            FOLDER | SUBMODULE => None,
            SYMLINK => Some(FileType::Symlink),
            _ => Some(FileType::File),
        }
    }
}

/// The entries of a raw tree object, in git's order.
pub(in crate::repo) struct TreeEntries<'a> {
    rest: &'a [u8],
}

impl<'a> TreeEntries<'a> {
    pub(crate) fn of(raw: &'a [u8]) -> Self {
        Self { rest: raw }
    }
}

impl<'a> Iterator for TreeEntries<'a> {
    type Item = (&'a [u8], TreeNode);

    /// Ends at the first malformed entry; git checks objects when it receives them.
    fn next(&mut self) -> Option<Self::Item> {
        let space = self.rest.iter().take(8).position(|byte| *byte == b' ')?;
        let mode = self.rest[..space].iter().fold(0, |mode, digit| mode << 3 | u32::from(digit & 7));
        let name_and_rest = &self.rest[space + 1..];
        let end = name_and_rest.iter().position(|byte| *byte == 0)?;
        let (id, rest) = name_and_rest[end + 1..].split_first_chunk()?;
        self.rest = rest;
        Some((&name_and_rest[..end], TreeNode { mode, id: *id }))
    }
}

/// Compares two names in git's order of a tree: a folder sorts as if its name ended in a slash.
pub(in crate::repo) fn order(a: (&[u8], bool), b: (&[u8], bool)) -> Ordering {
    let common = a.0.len().min(b.0.len());
    let next =
        |(name, folder): (&[u8], bool)| name.get(common).copied().unwrap_or(if folder { b'/' } else { 0 });
    a.0[..common].cmp(&b.0[..common]).then_with(|| next(a).cmp(&next(b)))
}

pub(in crate::repo) fn read_tree(objects: &git2::Odb<'_>, id: [u8; 20]) -> Result<Arc<[u8]>, RepoError> {
    let failed = |source| RepoError::Libgit2 { doing: format!("read the tree {}", oid_of(id)), source };
    let object = objects.read(oid_of(id)).map_err(failed)?;
    if object.kind() == git2::ObjectType::Tree {
        Ok(Arc::from(object.data()))
    } else {
        Err(failed(git2::Error::from_str("the object is not a tree")))
    }
}

/// A reader of tree objects with a cache. It also serves trees that are not in the object database.
pub(in crate::repo) struct TreeReader {
    objects: Arc<git2::Odb<'static>>,
    added: HashMap<[u8; 20], Arc<[u8]>>,
    young: HashMap<[u8; 20], Arc<[u8]>>,
    old: HashMap<[u8; 20], Arc<[u8]>>,
    young_bytes: usize,
}

/// Half of the cache size in bytes: the cache drops old trees by generations, and there are at most two of them.
const GENERATION: usize = 32 << 20;

impl TreeReader {
    pub(crate) fn new(objects: Arc<git2::Odb<'static>>) -> Self {
        Self { objects, added: HashMap::new(), young: HashMap::new(), old: HashMap::new(), young_bytes: 0 }
    }

    /// Adds a tree that is not in the object database, such as one built from the index. Returns the tree's id.
    pub(crate) fn add(&mut self, raw: Vec<u8>) -> [u8; 20] {
        let id = git2::Oid::hash_object(git2::ObjectType::Tree, &raw).map(bytes_of).unwrap_or_default();
        self.added.insert(id, raw.into());
        id
    }

    fn get(&mut self, id: [u8; 20]) -> Result<Arc<[u8]>, RepoError> {
        if let Some(tree) = self.added.get(&id).or_else(|| self.young.get(&id)) {
            return Ok(Arc::clone(tree));
        }
        let tree = match self.old.remove(&id) {
            Some(tree) => tree,
            None => read_tree(&self.objects, id)?,
        };
        if self.young_bytes + tree.len() > GENERATION {
            self.old = std::mem::take(&mut self.young);
            self.young_bytes = 0;
        }
        self.young_bytes += tree.len();
        self.young.insert(id, Arc::clone(&tree));
        Ok(tree)
    }

    /// Returns the node at `path` below the tree `root`.
    pub(crate) fn find(&mut self, root: [u8; 20], path: &str) -> Result<Option<TreeNode>, RepoError> {
        let mut node = TreeNode { mode: FOLDER, id: root };
        for part in path.split('/') {
            if !node.is_folder() {
                return Ok(None);
            }
            let tree = self.get(node.id)?;
            match TreeEntries::of(&tree).find(|(name, _)| *name == part.as_bytes()) {
                Some((_, found)) => node = found,
                None => return Ok(None),
            }
        }
        Ok(Some(node))
    }

    /// Calls `found` for each path (except folders) at which `new` differs from *every* one of `parents`. The arguments
    /// are the path, the node in each parent, and the node in `new`. With one parent, this is a comparison; with none,
    /// it reports all of `new`; with several, it reports what the merge commit itself changed.
    pub(crate) fn compare(
        &mut self,
        new: Option<[u8; 20]>,
        parents: &[Option<[u8; 20]>],
        extent: Extent,
        found: &mut OnDifference<'_>,
    ) -> Result<(), RepoError> {
        self.walk(new, parents, extent, &mut Vec::new(), found)
    }

    fn walk(
        &mut self,
        new: Option<[u8; 20]>,
        parents: &[Option<[u8; 20]>],
        extent: Extent,
        path: &mut Vec<u8>,
        found: &mut OnDifference<'_>,
    ) -> Result<(), RepoError> {
        let mut trees = Vec::with_capacity(1 + parents.len());
        for id in std::iter::once(&new).chain(parents) {
            trees.push(id.map(|id| self.get(id)).transpose()?);
        }
        let mut entries: Vec<_> = trees
            .iter()
            .map(|tree| TreeEntries::of(tree.as_deref().unwrap_or_default()).peekable())
            .collect();
        let mut nodes: Vec<Option<TreeNode>> = Vec::with_capacity(entries.len());
        loop {
            // Most entries are the same in all trees.
            if let Some((own, others)) = entries.split_first_mut()
                && !others.is_empty()
            {
                while let Some(entry) = own.peek()
                    && others.iter_mut().all(|other| other.peek() == Some(entry))
                {
                    own.next();
                    for other in others.iter_mut() {
                        other.next();
                    }
                }
            }
            let mut first: Option<(&[u8], bool)> = None;
            for side in &mut entries {
                if let Some((name, node)) = side.peek() {
                    let key = (*name, node.is_folder());
                    if first.is_none_or(|first| order(key, first) == Ordering::Less) {
                        first = Some(key);
                    }
                }
            }
            let Some((name, is_folder)) = first else { return Ok(()) };
            nodes.clear();
            for side in &mut entries {
                let entry = side.next_if(|(other, node)| *other == name && node.is_folder() == is_folder);
                nodes.push(entry.map(|(_, node)| node));
            }
            if nodes[1..].contains(&nodes[0]) || !extent.includes(path, name, is_folder) {
                continue;
            }
            let length = path.len();
            if length > 0 {
                path.push(b'/');
            }
            path.extend_from_slice(name);
            if is_folder {
                let ids: Vec<_> = nodes.iter().map(|node| node.map(|node| node.id)).collect();
                self.walk(ids[0], &ids[1..], extent, path, found)?;
            } else {
                found(path, &nodes[1..], nodes[0]);
            }
            path.truncate(length);
        }
    }
}

/// A callback that receives a path, its node in each parent, and its node in the new tree.
pub(in crate::repo) type OnDifference<'a> = dyn FnMut(&[u8], &[Option<TreeNode>], Option<TreeNode>) + 'a;

/// The set of paths that a comparison looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::repo) enum Extent {
    All,
    /// The paths that belong to the casebook; the compared trees are those of the casebook root.
    Casebook,
}

impl Extent {
    fn includes(self, folder: &[u8], name: &[u8], is_folder: bool) -> bool {
        match self {
            Self::All => true,
            Self::Casebook if folder.is_empty() => match scope::place_at_root(name) {
                CasebookPlace::Outside | CasebookPlace::Hidden => false,
                CasebookPlace::File => !is_folder,
                // A link in place of a folder must be reported.
                CasebookPlace::Folder => true,
            },
            Self::Casebook => !scope::is_hidden(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_sort_as_if_their_names_ended_in_a_slash() {
        // `git ls-tree` of a folder `a`, a file `a.md` and a file `a0`: a.md, a, a0.
        let (folder, dot, zero) = ((&b"a"[..], true), (&b"a.md"[..], false), (&b"a0"[..], false));
        assert_eq!(order(dot, folder), Ordering::Less);
        assert_eq!(order(folder, zero), Ordering::Less);
        assert_eq!(order((b"a", false), dot), Ordering::Less);
        assert_eq!(order(folder, folder), Ordering::Equal);
    }

    #[test]
    fn reading_stops_at_a_malformed_entry() {
        let mut raw = b"100644 a.md\0".to_vec();
        raw.extend([7; 20]);
        raw.extend(b"40000 b\0short");
        let entries: Vec<_> = TreeEntries::of(&raw).collect();
        assert_eq!(entries, [(&b"a.md"[..], TreeNode { mode: 0o100_644, id: [7; 20] })]);
        assert_eq!(TreeEntries::of(b"no tree at all").count(), 0);
    }
}

//! What changed between a commit and another one, the index, or the worktree.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rayon::prelude::*;

use super::ids::{bytes_of, hash_blob, oid_of};
use super::index_source::{below, is_only_meant, stage};
use super::scope::{self, Place};
use super::trees::{Extent, FOLDER, Node, SYMLINK, TreeReader};
use super::{BlobId, Entry, EntryKind, Repo, RepoError, Source as _, Stamp};
use crate::text::RepoPath;

/// What a commit is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side<'a> {
    /// Another commit.
    Commit(&'a str),
    /// What is staged.
    Index,
    /// What is in the worktree, tracked or not.
    Worktree,
}

/// A file that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The file.
    pub path: RepoPath,
    /// Its contents before; `None` when it was not there.
    pub old: Option<BlobId>,
    /// Its contents after; `None` when it is not there any more. A worktree's contents have the id that git would give
    /// them as they are, and need not be in git.
    pub new: Option<BlobId>,
}

impl Repo {
    /// The casebook's files that differ between the commit `from` and `to`, sorted by path. Symbolic links are
    /// compared too; names that are not UTF-8 are left out (a listing reports them).
    pub fn changed(&self, from: &str, to: Side<'_>) -> Result<Vec<Change>, RepoError> {
        let mut trees = TreeReader::new(Arc::clone(&self.objects));
        let old = self.tree_at_root(self.resolve(from)?)?;
        let new = match to {
            Side::Commit(rev) => self.tree_at_root(self.resolve(rev)?)?,
            Side::Index => Some(add_tree(&mut trees, &self.index_nodes()?)),
            Side::Worktree => Some(add_tree(&mut trees, &self.worktree_nodes()?)),
        };
        let mut changes = Vec::new();
        trees.compare(new, &[old], Extent::Casebook, &mut |path, before, after| {
            let file = |node: Option<Node>| node.filter(|node| node.kind().is_some());
            let (before, after) = (file(before.first().copied().flatten()), file(after));
            let identity = |node: Node| (node.kind(), node.id);
            // A change of nothing but the executable bit is none to us.
            if let (Ok(path), true) = (std::str::from_utf8(path), before.map(identity) != after.map(identity))
            {
                let blob = |node: Option<Node>| node.map(|node| node.id);
                changes.push(Change { path: RepoPath::new(path), old: blob(before), new: blob(after) });
            }
        })?;
        changes.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        Ok(changes)
    }

    /// The index below the casebook root.
    fn index_nodes(&self) -> Result<Nodes, RepoError> {
        Ok(self.index_below()?.into_iter().map(|(path, entry)| (path, node_of(&entry))).collect())
    }

    fn index_below(&self) -> Result<HashMap<Vec<u8>, git2::IndexEntry>, RepoError> {
        let index = self.read_index()?;
        let mut entries = HashMap::with_capacity(index.len());
        for entry in index.iter() {
            if let Some(path) = below(&entry.path, &self.prefix) {
                // Of an unmerged file, the common ancestor or our side stands for it: it shows as changed or not, and
                // the listing reports it as unmerged.
                if !is_only_meant(&entry) && (stage(&entry) == 0 || !entries.contains_key(path)) {
                    entries.insert(path.to_vec(), entry);
                }
            }
        }
        Ok(entries)
    }

    /// The worktree below the casebook root: the index where it says nothing else about a file than the disk does.
    fn worktree_nodes(&self) -> Result<Nodes, RepoError> {
        let (listing, index) = rayon::join(|| self.worktree()?.list(), || self.index_below());
        let (listing, index) = (listing?, index?);
        let source = self.worktree()?;
        let written =
            self.index_path().symlink_metadata().ok().map(|metadata| super::worktree::stamp_of(&metadata));
        let index_mtime = match written {
            Some(Stamp::Stat { mtime_ns, .. }) => mtime_ns,
            _ => i64::MIN,
        };
        let node_of_file = |entry: &Entry| -> Result<Node, RepoError> {
            let tracked = index.get(entry.path.as_str().as_bytes());
            if let Some(tracked) = tracked.filter(|tracked| is_untouched(tracked, entry, index_mtime)) {
                return Ok(node_of(tracked));
            }
            if entry.kind == EntryKind::Symlink {
                let on_disk = source.path_on_disk(&entry.path);
                let target =
                    std::fs::read_link(&on_disk).map_err(|error| RepoError::io("read", &on_disk, error))?;
                return Ok(Node { mode: SYMLINK, id: hash_blob(target.as_os_str().as_encoded_bytes()) });
            }
            let contents = match source.read(&entry.path) {
                Ok(contents) => contents,
                // Its contents cannot be known, only that they are others.
                Err(RepoError::TooLarge { .. }) => return Ok(Node { mode: 0o100_644, id: [0; 20] }),
                Err(error) => return Err(error),
            };
            let tracked = tracked.map(node_of).filter(|node| node.kind() == Some(EntryKind::File));
            let id = hash_blob(&contents);
            match tracked {
                Some(node) if node.id == id || hash_blob(&without_crlf(&contents)) == node.id => Ok(node),
                _ => Ok(Node { mode: 0o100_644, id }),
            }
        };
        let files: Result<Vec<_>, RepoError> = listing
            .entries
            .par_iter()
            .map(|entry| Ok((entry.path.as_str().as_bytes().to_vec(), node_of_file(entry)?)))
            .collect();
        let mut nodes: Nodes = files?.into_iter().collect();
        // Hidden files and the rest of the repository are not looked at; taking them from the index lets whole folders
        // compare equal.
        let outside = index.iter().filter(|(path, _)| {
            scope::place_of_bytes(path) == Place::Outside || std::str::from_utf8(path).is_err()
        });
        nodes.extend(outside.map(|(path, entry)| (path.clone(), node_of(entry))));
        Ok(nodes)
    }
}

type Nodes = BTreeMap<Vec<u8>, Node>;

fn node_of(entry: &git2::IndexEntry) -> Node {
    Node { mode: entry.mode, id: bytes_of(entry.id) }
}

/// Whether the index knows that the file still has the contents that were staged: git's rule, with its racy part (a
/// file that is as new as the index may have changed after it was staged, within one tick of the clock).
fn is_untouched(tracked: &git2::IndexEntry, entry: &Entry, index_mtime: i64) -> bool {
    let Stamp::Stat { mtime_ns, ctime_ns, size, inode } = entry.stamp else { return false };
    let same_time = |time: git2::IndexTime, ns: i64| {
        let (seconds, rest) = (ns.div_euclid(1_000_000_000), ns.rem_euclid(1_000_000_000));
        // The index holds 32 bits, and no fraction if git was built without.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the index keeps the low 32 bits"
        )]
        let same = time.seconds() as u32 == seconds as u32
            && (time.nanoseconds() == 0 || i64::from(time.nanoseconds()) == rest);
        same
    };
    #[expect(clippy::cast_possible_truncation, reason = "the index keeps the low 32 bits")]
    let same_place = tracked.file_size == size as u32 && (tracked.ino == 0 || tracked.ino == inode as u32);
    let same_kind = node_of(tracked).kind() == Some(entry.kind);
    stage(tracked) == 0
        && same_kind
        && same_place
        && same_time(tracked.mtime, mtime_ns)
        && (ctime_ns == 0 || same_time(tracked.ctime, ctime_ns))
        && mtime_ns < index_mtime
}

/// The contents as git stores them where `.gitattributes` asks for `eol`.
fn without_crlf(contents: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(contents.len());
    for (n, byte) in contents.iter().enumerate() {
        if *byte != b'\r' || contents.get(n + 1) != Some(&b'\n') {
            plain.push(*byte);
        }
    }
    plain
}

/// Makes the tree objects of `nodes`, so that equal folders have equal ids and are skipped; returns the root's id.
fn add_tree(trees: &mut TreeReader, nodes: &Nodes) -> [u8; 20] {
    let all: Vec<_> = nodes.iter().map(|(path, node)| (path.as_slice(), *node)).collect();
    add_folder(trees, &all, 0)
}

/// Makes the tree of `nodes`, all of which share the first `start` bytes of their paths.
fn add_folder(trees: &mut TreeReader, nodes: &[(&[u8], Node)], start: usize) -> [u8; 20] {
    // Sorted as git sorts: a folder as if its name ended in a slash.
    let mut entries: Vec<(Vec<u8>, Node)> = Vec::new();
    let mut rest = nodes;
    while let Some((path, node)) = rest.first() {
        let name = &path[start..];
        match name.iter().position(|byte| *byte == b'/') {
            None => {
                entries.push((name.to_vec(), *node));
                rest = &rest[1..];
            }
            Some(slash) => {
                let end = start + slash + 1;
                let folder = &path[..end];
                let length = rest.iter().take_while(|(path, _)| path.starts_with(folder)).count();
                let id = add_folder(trees, &rest[..length], end);
                entries.push((folder[start..].to_vec(), Node { mode: FOLDER, id }));
                rest = &rest[length..];
            }
        }
    }
    entries.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    let mut raw = Vec::new();
    for (name, node) in entries {
        raw.extend(format!("{:o} ", node.mode).bytes());
        raw.extend_from_slice(name.strip_suffix(b"/").unwrap_or(&name));
        raw.push(0);
        raw.extend(oid_of(node.id).as_bytes());
    }
    trees.add(raw)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::testing::Sandbox;

    /// `A path`, `M path`, `D path`.
    fn changes(repo: &Repo, from: &str, to: Side<'_>) -> Vec<String> {
        let letter = |change: &Change| match (change.old, change.new) {
            (None, _) => 'A',
            (_, None) => 'D',
            _ => 'M',
        };
        repo.changed(from, to)
            .unwrap()
            .iter()
            .map(|change| format!("{} {}", letter(change), change.path))
            .collect()
    }

    fn started() -> Sandbox {
        let sandbox = Sandbox::new();
        sandbox.casebook("a").file("a/tickets/2026/a.md", "a").file("a/tickets/2026/b.md", "b");
        sandbox.file("a/tickets/2026/b/r.md", "r").file("a/tickets/.hidden", "h").file("a/x.txt", "x");
        sandbox.commit("a", "one");
        sandbox
    }

    #[test]
    fn commits_index_and_worktree_are_compared() {
        let sandbox = started();
        sandbox.file("a/tickets/2026/a.md", "a2").commit("a", "two").file("a/tickets/2026/b.md", "b2");
        sandbox
            .git("a", "add -A")
            .file("a/tickets/2026/c.md", "c")
            .git("a", "rm -q --cached tickets/2026/b/r.md");
        std::fs::remove_file(sandbox.path("a/tickets/2026/b/r.md")).unwrap();
        sandbox.file("a/x.txt", "other").file("a/tickets/.hidden", "other");
        let repo = sandbox.open("a");
        assert_eq!(changes(&repo, "HEAD~1", Side::Commit("HEAD")), ["M tickets/2026/a.md"]);
        assert_eq!(changes(&repo, "HEAD", Side::Index), ["M tickets/2026/b.md", "D tickets/2026/b/r.md"]);
        assert_eq!(
            changes(&repo, "HEAD", Side::Worktree),
            ["M tickets/2026/b.md", "D tickets/2026/b/r.md", "A tickets/2026/c.md"]
        );
        let change = &repo.changed("HEAD~1", Side::Commit("HEAD")).unwrap()[0];
        assert_eq!(change.new, repo.commit("HEAD").unwrap().blob_id(&change.path).unwrap());
    }

    #[test]
    fn a_file_that_was_only_touched_or_has_other_line_ends_is_not_changed() {
        let sandbox = started();
        sandbox
            .file("a/.gitattributes", "*.md text eol=crlf\n")
            .file("a/tickets/c.md", "1\n2\n")
            .commit("a", "two");
        sandbox.file("a/tickets/2026/a.md", "a").file("a/tickets/c.md", "1\r\n2\r\n");
        assert!(changes(&sandbox.open("a"), "HEAD", Side::Worktree).is_empty());
    }

    #[test]
    fn a_change_within_one_tick_of_the_clock_is_seen() {
        let sandbox = started();
        for n in 0..20 {
            sandbox
                .file("a/tickets/2026/a.md", format!("{n:02}"))
                .git("a", "add -A")
                .git("a", "commit -q -m x");
            sandbox.file("a/tickets/2026/a.md", format!("{:02}", n + 50));
            assert_eq!(changes(&sandbox.open("a"), "HEAD", Side::Worktree), ["M tickets/2026/a.md"]);
        }
    }

    #[test]
    fn a_folder_that_became_a_link_is_a_change() {
        let sandbox = started();
        std::fs::rename(sandbox.path("a/tickets"), sandbox.path("a/elsewhere")).unwrap();
        sandbox.symlink("elsewhere", "a/tickets");
        let repo = sandbox.open("a");
        let expected = ["A tickets", "D tickets/2026/a.md", "D tickets/2026/b.md", "D tickets/2026/b/r.md"];
        assert_eq!(changes(&repo, "HEAD", Side::Worktree), expected);
        sandbox.commit("a", "two");
        assert_eq!(changes(&repo, "HEAD~1", Side::Commit("HEAD")), expected);
    }

    #[test]
    fn a_casebook_in_a_folder_compares_that_folder_only() {
        let sandbox = Sandbox::new();
        sandbox.init("a").file("a/x/casebook.yml", "").file("a/x/tickets/a.md", "1").commit("a", "one");
        sandbox.file("a/x/tickets/a.md", "2").file("a/tickets/b.md", "no");
        assert_eq!(changes(&sandbox.open("a/x"), "HEAD", Side::Worktree), ["M tickets/a.md"]);
    }
}

//! Finds the files that differ between a commit and another commit, the index or the worktree.

use std::sync::Arc;

use rayon::prelude::*;

use super::ids::{BlobId, hash_blob};
use super::index_file::{IndexEntry, IndexFile};
use super::index_source::below;
use super::index_trees::{FileNode, TreeMaker};
use super::repo::Repo;
use super::trees::{Extent, FILE, SYMLINK, TreeNode, TreeReader};
use crate::repo::error::RepoError;
use crate::repo::files::source::{FileEntry, FileType, Source as _, Stamp};
use crate::repo::files::worktree::WorktreeSource;
use crate::repo::scope;
use crate::repo::scope::CasebookPlace;
use crate::text::RepoPath;

/// The side that a commit is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DiffSide<'a> {
    /// Another commit.
    Commit(&'a str),
    /// The staged files.
    Index,
    /// The files in the worktree, tracked or not.
    Worktree,
    /// The worktree, given as a listing that is sorted by path: listing it again would take most of the time.
    ListedWorktree(&'a [&'a FileEntry]),
}

/// A file that differs between two sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileChange {
    pub path: RepoPath,
    /// The contents before; `None` when the file did not exist.
    pub old: Option<BlobId>,
    /// The contents after; `None` when the file was deleted. For a worktree file, this is the id that git would give
    /// it, even if git has no such blob.
    pub new: Option<BlobId>,
}

impl Repo {
    /// Returns the casebook's files that differ between the commit `from` and `to`, sorted by path. Symbolic links are
    /// compared too. Names that are not UTF-8 are skipped, since a listing reports them.
    pub(crate) fn changed(&self, from: &str, to: DiffSide<'_>) -> Result<Vec<FileChange>, RepoError> {
        let mut trees = TreeReader::new(Arc::clone(&self.objects));
        let old = self.tree_at_root(self.resolve(from)?)?;
        let new = match to {
            DiffSide::Commit(rev) => self.tree_at_root(self.resolve(rev)?)?,
            DiffSide::Index => {
                let index = self.read_index()?;
                let files: Vec<FileNode<'_>> = self.tracked(&index).iter().map(FileNode::tracked).collect();
                Some(TreeMaker { index: &index, prefix: &self.prefix, trees: &mut trees }.add(&files))
            }
            DiffSide::Worktree => {
                let listing = self.worktree()?.list()?;
                let listed: Vec<&FileEntry> = listing.entries.iter().collect();
                Some(self.add_worktree(&mut trees, &listed)?)
            }
            DiffSide::ListedWorktree(listed) => Some(self.add_worktree(&mut trees, listed)?),
        };
        let mut changes = Vec::new();
        trees.compare(new, &[old], Extent::Casebook, &mut |path, before, after| {
            let file = |node: Option<TreeNode>| node.filter(|node| node.kind().is_some());
            let (before, after) = (file(before.first().copied().flatten()), file(after));
            let identity = |node: TreeNode| (node.kind(), node.id);
            // A casebook ignores changes of only the executable bit.
            if let (Ok(path), true) = (std::str::from_utf8(path), before.map(identity) != after.map(identity))
            {
                let blob = |node: Option<TreeNode>| node.map(|node| node.id);
                changes.push(FileChange { path: RepoPath::new(path), old: blob(before), new: blob(after) });
            }
        })?;
        changes.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        Ok(changes)
    }

    /// Returns the index entries below the casebook root, by path.
    fn tracked<'a>(&self, index: &'a IndexFile) -> Vec<IndexEntry<'a>> {
        let mut found: Vec<IndexEntry<'a>> = Vec::with_capacity(index.len());
        for tracked in index.entries() {
            let Some(path) = below(tracked.path, &self.prefix) else { continue };
            // The first entry of an unmerged file, its common ancestor or our side, represents the file. The listing
            // reports the file as unmerged.
            let is_other_side = tracked.stage > 0 && found.last().is_some_and(|last| last.path == path);
            if !tracked.is_intent_to_add && !is_other_side {
                found.push(IndexEntry { path, ..tracked });
            }
        }
        found
    }

    /// Builds the tree of the worktree below the casebook root. Files that did not change since they were staged come
    /// from the index.
    fn add_worktree(&self, trees: &mut TreeReader, listed: &[&FileEntry]) -> Result<[u8; 20], RepoError> {
        let source = self.worktree()?;
        let index = self.read_index()?;
        let tracked = self.tracked(&index);
        // Both lists are sorted by path.
        let mut rest = tracked.iter().peekable();
        let pairs: Vec<(&FileEntry, Option<&IndexEntry<'_>>)> = listed
            .iter()
            .map(|entry| {
                let path = entry.path.as_str().as_bytes();
                while rest.next_if(|tracked| tracked.path < path).is_some() {}
                (*entry, rest.next_if(|tracked| tracked.path == path))
            })
            .collect();
        let node_of = |(entry, tracked): &(&FileEntry, Option<&IndexEntry<'_>>)| match tracked {
            Some(tracked) if is_untouched(tracked, entry, index.written_ns) => Ok((tracked.node, true)),
            _ => {
                let tracked = tracked.map(|tracked| tracked.node);
                let node = node_on_disk(&source, entry, tracked)?;
                Ok((node, tracked == Some(node)))
            }
        };
        let found: Result<Vec<(TreeNode, bool)>, RepoError> = pairs.par_iter().map(node_of).collect();
        let mut files = Vec::with_capacity(tracked.len() + listed.len());
        files.extend(listed.iter().zip(found?).map(|(entry, (node, is_as_tracked))| {
            let path = entry.path.as_str().as_bytes();
            FileNode { path, node, is_as_tracked }
        }));
        // Hidden files and files outside of the casebook are not checked. They are taken from the index, so that whole
        // folders compare as equal.
        let outside = tracked.iter().filter(|tracked| {
            matches!(scope::place_of_bytes(tracked.path), CasebookPlace::Outside | CasebookPlace::Hidden)
                || std::str::from_utf8(tracked.path).is_err()
        });
        files.extend(outside.map(FileNode::tracked));
        files.sort_unstable_by_key(|file| file.path);
        Ok(TreeMaker { index: &index, prefix: &self.prefix, trees }.add(&files))
    }
}

/// Returns the node of a file whose index entry is missing or out of date.
fn node_on_disk(
    source: &WorktreeSource,
    entry: &FileEntry,
    tracked: Option<TreeNode>,
) -> Result<TreeNode, RepoError> {
    if entry.kind == FileType::Symlink {
        let on_disk = source.path_on_disk(&entry.path);
        let target = std::fs::read_link(&on_disk).map_err(|error| RepoError::io("read", &on_disk, error))?;
        return Ok(TreeNode { mode: SYMLINK, id: hash_blob(target.as_os_str().as_encoded_bytes()) });
    }
    let contents = match source.read(&entry.path) {
        Ok(contents) => contents,
        // The contents are unknown, so the file counts as changed.
        Err(RepoError::TooLarge { .. }) => return Ok(TreeNode { mode: FILE, id: [0; 20] }),
        Err(error) => return Err(error),
    };
    let id = hash_blob(&contents);
    match tracked.filter(|node| node.kind() == Some(FileType::File)) {
        Some(node) if node.id == id || hash_blob(&without_crlf(&contents)) == node.id => Ok(node),
        _ => Ok(TreeNode { mode: FILE, id }),
    }
}

/// Returns whether the file still has the staged contents, by git's rule. The rule includes the racy case: a file as
/// new as the index may have changed after it was staged, within one tick of the clock.
fn is_untouched(tracked: &IndexEntry<'_>, entry: &FileEntry, index_mtime: i64) -> bool {
    let Stamp::Stat { mtime_ns, ctime_ns, size, inode } = entry.stamp else { return false };
    let same_time = |(whole, part): (u32, u32), ns: i64| {
        let (seconds, rest) = (ns.div_euclid(1_000_000_000), ns.rem_euclid(1_000_000_000));
        // Git may be built without fractions of seconds.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the index stores the low 32 bits"
        )]
        let same = whole == seconds as u32 && (part == 0 || i64::from(part) == rest);
        same
    };
    let stat = tracked.stat;
    #[expect(clippy::cast_possible_truncation, reason = "the index stores the low 32 bits")]
    let same_place = stat.size == size as u32 && (stat.inode == 0 || stat.inode == inode as u32);
    let same_kind = tracked.node.kind() == Some(entry.kind);
    tracked.stage == 0
        && same_kind
        && same_place
        && same_time(stat.modified, mtime_ns)
        && (ctime_ns == 0 || same_time(stat.changed, ctime_ns))
        && mtime_ns < index_mtime
}

/// Returns the contents as git stores them if `.gitattributes` sets `eol=crlf`.
fn without_crlf(contents: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(contents.len());
    for (n, byte) in contents.iter().enumerate() {
        if *byte != b'\r' || contents.get(n + 1) != Some(&b'\n') {
            plain.push(*byte);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::testing::Sandbox;

    /// Returns lines such as `A path`, `M path`, `D path`.
    fn changes(repo: &Repo, from: &str, to: DiffSide<'_>) -> Vec<String> {
        let letter = |change: &FileChange| match (change.old, change.new) {
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
        assert_eq!(changes(&repo, "HEAD~1", DiffSide::Commit("HEAD")), ["M tickets/2026/a.md"]);
        assert_eq!(changes(&repo, "HEAD", DiffSide::Index), ["M tickets/2026/b.md", "D tickets/2026/b/r.md"]);
        assert_eq!(
            changes(&repo, "HEAD", DiffSide::Worktree),
            ["M tickets/2026/b.md", "D tickets/2026/b/r.md", "A tickets/2026/c.md"]
        );
        let listing = repo.worktree().unwrap().list().unwrap();
        let listed: Vec<&FileEntry> = listing.entries.iter().collect();
        assert_eq!(
            changes(&repo, "HEAD", DiffSide::ListedWorktree(&listed)),
            changes(&repo, "HEAD", DiffSide::Worktree)
        );
        let change = &repo.changed("HEAD~1", DiffSide::Commit("HEAD")).unwrap()[0];
        assert_eq!(change.new, repo.commit("HEAD").unwrap().blob_id(&change.path).unwrap());
    }

    #[test]
    fn a_new_modification_time_or_other_line_ends_are_not_a_change() {
        let sandbox = started();
        sandbox
            .file("a/.gitattributes", "*.md text eol=crlf\n")
            .file("a/tickets/c.md", "1\n2\n")
            .commit("a", "two");
        sandbox.file("a/tickets/2026/a.md", "a").file("a/tickets/c.md", "1\r\n2\r\n");
        assert!(changes(&sandbox.open("a"), "HEAD", DiffSide::Worktree).is_empty());
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
            assert_eq!(changes(&sandbox.open("a"), "HEAD", DiffSide::Worktree), ["M tickets/2026/a.md"]);
        }
    }

    #[test]
    fn a_folder_that_became_a_link_is_a_change() {
        let sandbox = started();
        std::fs::rename(sandbox.path("a/tickets"), sandbox.path("a/elsewhere")).unwrap();
        sandbox.symlink("elsewhere", "a/tickets");
        let repo = sandbox.open("a");
        let expected = ["A tickets", "D tickets/2026/a.md", "D tickets/2026/b.md", "D tickets/2026/b/r.md"];
        assert_eq!(changes(&repo, "HEAD", DiffSide::Worktree), expected);
        sandbox.commit("a", "two");
        assert_eq!(changes(&repo, "HEAD~1", DiffSide::Commit("HEAD")), expected);
    }

    #[test]
    fn a_casebook_in_a_folder_compares_that_folder_only() {
        let sandbox = Sandbox::new();
        sandbox.init("a").file("a/x/casebook.yml", "").file("a/x/tickets/a.md", "1").commit("a", "one");
        sandbox.file("a/x/tickets/a.md", "2").file("a/tickets/b.md", "no");
        assert_eq!(changes(&sandbox.open("a/x"), "HEAD", DiffSide::Worktree), ["M tickets/a.md"]);
    }
}

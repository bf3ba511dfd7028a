//! Git's index: the staged files, their metadata on disk at that time, and the trees of folders that did not change
//! since the last commit.
//!
//! libgit2 is not used here: it takes several times longer, since it hashes the file and copies each entry, and it does
//! not give access to the trees (`docs/decisions/reading-git.md` compares the libraries). The layout follows git's
//! `index-format` documentation: a header, entries by path, and extensions, of which only `TREE` is used. Like git,
//! this reader does not verify the checksum at the end.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::ops::Range;
use std::path::Path;

use super::trees::TreeNode;
use crate::repo::error::RepoError;
use crate::repo::files::file_state::stamp_of;
use crate::repo::files::source::Stamp;
use crate::repo::scope::PathProblem;

/// An index in memory.
#[derive(Debug, Default)]
pub(in crate::repo) struct IndexFile {
    /// All paths, concatenated.
    paths: Vec<u8>,
    entries: Vec<StoredEntry>,
    /// The number of entries and the tree id of each folder with a known tree. Keys are paths without a slash at the
    /// end; the root is empty.
    folders: HashMap<Vec<u8>, (usize, [u8; 20])>,
    /// Modification time in nanoseconds since 1970; a time long ago when it is unknown.
    pub written_ns: i64,
}

#[derive(Debug)]
struct StoredEntry {
    path: Range<usize>,
    node: TreeNode,
    stat: Stat,
    stage: u8,
    is_intent_to_add: bool,
}

/// The metadata of a file when it was staged. Each number is the low 32 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::repo) struct Stat {
    /// Seconds and nanoseconds.
    pub changed: (u32, u32),
    /// Seconds and nanoseconds.
    pub modified: (u32, u32),
    pub inode: u32,
    pub size: u32,
}

/// A file in the index.
#[derive(Clone, Copy, Debug)]
pub(in crate::repo) struct IndexEntry<'a> {
    pub path: &'a [u8],
    pub node: TreeNode,
    pub stat: Stat,
    /// 0, or the side of a conflict.
    pub stage: u8,
    /// Whether the file is intent-to-add (`git add --intent-to-add`).
    pub is_intent_to_add: bool,
}

impl IndexFile {
    /// Reads the index at `path`; returns an empty index when the file does not exist.
    pub(crate) fn read(path: &Path) -> Result<Self, RepoError> {
        // Git writes a new file and renames it, so an open index never changes.
        let read = || -> std::io::Result<(Stamp, Vec<u8>)> {
            let mut file = std::fs::File::open(path)?;
            let stamp = stamp_of(&file.metadata()?);
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut file, &mut bytes)?;
            Ok((stamp, bytes))
        };
        let (stamp, bytes) = match read() {
            Ok(found) => found,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(RepoError::io("read", path, error)),
        };
        let written_ns = match stamp {
            Stamp::Stat { mtime_ns, .. } => mtime_ns,
            Stamp::Blob(_) | Stamp::None => i64::MIN,
        };
        let index = parse(&bytes).map_err(|problem| RepoError::path(path.display(), problem))?;
        Ok(Self { written_ns, ..index })
    }

    /// Returns the number of entries.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns all entries, by path and stage.
    pub(crate) fn entries(&self) -> impl Iterator<Item = IndexEntry<'_>> {
        self.entries.iter().map(|entry| self.tracked(entry))
    }

    /// Returns the first entry at `path`.
    pub(crate) fn entry(&self, path: &[u8]) -> Option<IndexEntry<'_>> {
        let place = self.entries.partition_point(|entry| &self.paths[entry.path.clone()] < path);
        self.entries.get(place).map(|entry| self.tracked(entry)).filter(|tracked| tracked.path == path)
    }

    /// Returns the tree of the folder at `path` if it is known and has `count` entries.
    pub(crate) fn tree(&self, path: &[u8], count: usize) -> Option<[u8; 20]> {
        self.folders.get(path).filter(|(entries, _)| *entries == count).map(|(_, id)| *id)
    }

    fn tracked(&self, entry: &StoredEntry) -> IndexEntry<'_> {
        let StoredEntry { path, node, stat, stage, is_intent_to_add } = entry;
        IndexEntry {
            path: &self.paths[path.clone()],
            node: *node,
            stat: *stat,
            stage: *stage,
            is_intent_to_add: *is_intent_to_add,
        }
    }
}

// The problems of an index that cannot be read.
const DAMAGED: PathProblem =
    PathProblem::new("is damaged", "run `git reset` to rebuild it (your files stay unchanged)");
const UNSUPPORTED: PathProblem = PathProblem::new(
    "has a format that Casebook does not support",
    "try `git update-index --index-version 4`",
);
const SPLIT: PathProblem = PathProblem::new(
    "is a split index, which Casebook cannot read",
    "run `git update-index --no-split-index`",
);
const SPARSE: PathProblem = PathProblem::new(
    "is a sparse index, which Casebook cannot read",
    "run `git sparse-checkout reapply --no-sparse-index`",
);

fn parse(bytes: &[u8]) -> Result<IndexFile, PathProblem> {
    let mut bytes = ByteReader(bytes);
    if bytes.take(4)? != b"DIRC" {
        return Err(DAMAGED);
    }
    let version = bytes.number()?;
    if !(2..=4).contains(&version) {
        return Err(UNSUPPORTED);
    }
    let count = bytes.number()? as usize;
    let mut index = IndexFile::default();
    // A damaged count must not reserve more entries than the file can hold.
    index.entries.reserve(count.min(bytes.0.len() / FIXED));
    for _ in 0..count {
        index.add_entry(&mut bytes, version)?;
    }
    // The last 20 bytes are the checksum.
    while bytes.0.len() > 20 {
        let name = bytes.take(4)?;
        let size = bytes.number()? as usize;
        let data = bytes.take(size)?;
        match name {
            b"TREE" => index.add_folders(ByteReader(data))?,
            b"link" => return Err(SPLIT),
            b"sdir" => return Err(SPARSE),
            // By the format, extensions with a capital first letter are optional; all others must be understood.
            [first, ..] if !first.is_ascii_uppercase() => return Err(UNSUPPORTED),
            _ => {}
        }
    }
    Ok(index)
}

/// The size of the fixed part of an entry in bytes: ten `stat` numbers, the id and the flags.
const FIXED: usize = 40 + 20 + 2;

/// The bit in the flags of an entry that announces extended flags.
const EXTENDED: u16 = 1 << 14;
/// The bit in the extended flags of an intent-to-add file.
const INTENT_TO_ADD: u16 = 1 << 13;

impl IndexFile {
    fn add_entry(&mut self, bytes: &mut ByteReader<'_>, version: u32) -> Result<(), PathProblem> {
        let whole = bytes.0;
        let mut numbers = [0; 10];
        for number in &mut numbers {
            *number = bytes.number()?;
        }
        let [ctime, ctime_ns, mtime, mtime_ns, _, inode, mode, _, _, size] = numbers;
        let id = bytes.take(20)?.try_into().map_err(|_| DAMAGED)?;
        let flags = bytes.short()?;
        let extended = if version > 2 && flags & EXTENDED != 0 { bytes.short()? } else { 0 };
        let start = self.paths.len();
        if version == 4 {
            let before = self.entries.last().map_or(start..start, |last| last.path.clone());
            let kept = before.len().checked_sub(bytes.offset()?).ok_or(DAMAGED)?;
            self.paths.extend_from_within(before.start..before.start + kept);
        }
        self.paths.extend_from_slice(bytes.up_to(0)?);
        if version < 4 {
            // One to eight zero bytes pad the entry to a multiple of eight.
            let length = (whole.len() - bytes.0.len() - 1) / 8 * 8 + 8;
            bytes.0 = whole.get(length..).ok_or(DAMAGED)?;
        }
        self.entries.push(StoredEntry {
            path: start..self.paths.len(),
            node: TreeNode { mode, id },
            stat: Stat { changed: (ctime, ctime_ns), modified: (mtime, mtime_ns), inode, size },
            stage: ((flags >> 12) & 3) as u8,
            is_intent_to_add: extended & INTENT_TO_ADD != 0,
        });
        Ok(())
    }

    /// Parses the `TREE` extension. Each folder is its name, a zero byte, its number of entries (-1 when its tree is
    /// unknown), a space, its number of subfolders, a line end, and the tree id if it is known. Its subfolders follow.
    fn add_folders(&mut self, mut bytes: ByteReader<'_>) -> Result<(), PathProblem> {
        // The enclosing folders, each with the number of subfolders that are left in it.
        let mut above: Vec<(Vec<u8>, usize)> = Vec::new();
        while !bytes.0.is_empty() {
            let name = bytes.up_to(0)?;
            let count: i64 = decimal(bytes.up_to(b' ')?)?;
            let inner = decimal(bytes.up_to(b'\n')?)?;
            while above.pop_if(|(_, left)| *left == 0).is_some() {}
            let path = match above.last_mut() {
                None => Vec::new(),
                Some((folder, left)) => {
                    *left -= 1;
                    if folder.is_empty() { name.to_vec() } else { [folder.as_slice(), name].join(&b'/') }
                }
            };
            if let Ok(count) = usize::try_from(count) {
                let id = bytes.take(20)?.try_into().map_err(|_| DAMAGED)?;
                self.folders.insert(path.clone(), (count, id));
            }
            above.push((path, inner));
        }
        Ok(())
    }
}

fn decimal<T: std::str::FromStr>(digits: &[u8]) -> Result<T, PathProblem> {
    std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok()).ok_or(DAMAGED)
}

/// The bytes that are left to read.
struct ByteReader<'a>(&'a [u8]);

impl<'a> ByteReader<'a> {
    fn take(&mut self, len: usize) -> Result<&'a [u8], PathProblem> {
        let (taken, rest) = self.0.split_at_checked(len).ok_or(DAMAGED)?;
        self.0 = rest;
        Ok(taken)
    }

    /// Returns the bytes before the next `delimiter` and skips the delimiter.
    fn up_to(&mut self, delimiter: u8) -> Result<&'a [u8], PathProblem> {
        let end = self.0.iter().position(|byte| *byte == delimiter).ok_or(DAMAGED)?;
        let taken = self.take(end)?;
        self.take(1)?;
        Ok(taken)
    }

    fn number(&mut self) -> Result<u32, PathProblem> {
        let (number, rest) = self.0.split_first_chunk().ok_or(DAMAGED)?;
        self.0 = rest;
        Ok(u32::from_be_bytes(*number))
    }

    fn short(&mut self) -> Result<u16, PathProblem> {
        let (number, rest) = self.0.split_first_chunk().ok_or(DAMAGED)?;
        self.0 = rest;
        Ok(u16::from_be_bytes(*number))
    }

    /// Reads a number of variable length, as in packs: seven bits per byte, plus one for each byte that follows.
    fn offset(&mut self) -> Result<usize, PathProblem> {
        let mut number: usize = 0;
        loop {
            let byte = *self.take(1)?.first().ok_or(DAMAGED)?;
            number = number << 7 | usize::from(byte & 0x7f);
            if byte & 0x80 == 0 {
                return Ok(number);
            }
            number = number.checked_add(1).filter(|number| *number < 1 << 40).ok_or(DAMAGED)?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Hinted as _;
    use crate::repo::git::program::Git;
    use crate::repo::testing::Sandbox;

    fn git(sandbox: &Sandbox, args: &[&str]) -> String {
        Git::in_folder(&sandbox.path("a"), &sandbox.env()).args(args).run().unwrap().stdout_text()
    }

    fn started() -> Sandbox {
        let sandbox = Sandbox::new();
        sandbox.casebook("a").file("a/tickets/2026/11/a.md", "a").file("a/tickets/2026/11/a/r.md", "r");
        sandbox.file("a/tickets/2026/10/b-with-a-longer-name.md", "b").file("a/x/y.txt", "y");
        sandbox.commit("a", "one");
        sandbox
    }

    fn read(sandbox: &Sandbox) -> IndexFile {
        IndexFile::read(&sandbox.path("a/.git/index")).unwrap()
    }

    #[test]
    fn entries_match_git_ls_files_in_every_index_version() {
        for version in ["2", "3", "4"] {
            let sandbox = started();
            // An intent-to-add file requires version 3 or later.
            sandbox.file("a/tickets/meant.md", "m").git("a", "add -N tickets/meant.md");
            sandbox.git("a", &format!("update-index --index-version {version}"));
            let index = read(&sandbox);
            let listed: Vec<String> = index
                .entries()
                .map(|IndexEntry { path, node, stage, .. }| {
                    let id = crate::repo::CommitId(node.id);
                    format!("{:06o} {id} {stage}\t{}\n", node.mode, String::from_utf8_lossy(path))
                })
                .collect();
            assert_eq!(listed.concat(), git(&sandbox, &["ls-files", "--stage"]), "version {version}");
            let meant: Vec<_> = index.entries().filter(|tracked| tracked.is_intent_to_add).collect();
            assert_eq!((meant.len(), meant[0].path), (1, &b"tickets/meant.md"[..]));
            assert_eq!(index.entry(b"x/y.txt").unwrap().stat.size, 1);
            assert!(index.entry(b"x/y.tx").is_none() && index.written_ns > 0);
        }
    }

    #[test]
    fn folders_have_the_trees_of_git_until_a_file_is_staged() {
        let sandbox = started();
        let index = read(&sandbox);
        for (folder, count) in [("", 5), ("tickets", 3), ("tickets/2026/11", 2), ("x", 1)] {
            let id = index.tree(folder.as_bytes(), count).map(|id| crate::repo::CommitId(id).to_string());
            assert_eq!(id.unwrap(), git(&sandbox, &["rev-parse", &format!("HEAD:{folder}")]).trim());
            assert_eq!(index.tree(folder.as_bytes(), count + 1), None);
        }
        sandbox.file("a/tickets/2026/11/c.md", "c").git("a", "add -A");
        let index = read(&sandbox);
        assert_eq!((index.tree(b"tickets/2026/11", 3), index.tree(b"", 6)), (None, None));
    }

    #[test]
    fn an_unreadable_index_is_reported_with_the_next_step() {
        let sandbox = started();
        let path = sandbox.path("a/.git/index");
        let whole = std::fs::read(&path).unwrap();
        for end in 0..whole.len() - 21 {
            // Parsing must never panic. An index that ends between two extensions looks complete.
            parse(&whole[..end]).ok();
        }
        std::fs::write(&path, &whole[..100]).unwrap();
        let error = IndexFile::read(&path).unwrap_err().with_hint();
        assert!(error.contains("is damaged; run `git reset`"), "{error}");
        std::fs::write(&path, &whole).unwrap();
        sandbox.git("a", "update-index --split-index");
        let error = IndexFile::read(&path).unwrap_err().with_hint();
        assert!(error.contains("--no-split-index"), "{error}");
        sandbox.git("a", "update-index --no-split-index");
        assert_eq!(read(&sandbox).len(), 5);
        std::fs::remove_file(&path).unwrap();
        assert_eq!(read(&sandbox).len(), 0, "a repository without anything staged has no index");
    }
}

//! Git's index: which files are staged, what they were on the disk then, and the trees of folders that are as committed.
//!
//! libgit2 takes several times longer, since it hashes the file and copies each entry, and it does not tell the trees
//! (`docs/decisions/reading-git.md` compares the libraries). The layout is that of git's `index-format` documentation: a
//! head, entries by path, and extensions, of which this reads `TREE`. Like git, this does not verify the checksum at the
//! end.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::ops::Range;
use std::path::Path;

use super::trees::Node;
use crate::repo::error::RepoError;
use crate::repo::files::file_state::stamp_of;
use crate::repo::files::source::Stamp;

/// An index as it was read.
#[derive(Debug, Default)]
pub(in crate::repo) struct IndexFile {
    /// All paths, one after another.
    paths: Vec<u8>,
    entries: Vec<StoredEntry>,
    /// By the path of a folder (without a slash at its end; the root's is empty): how many entries are in it, and the id of
    /// its tree. Only of folders whose tree is known.
    folders: HashMap<Vec<u8>, (usize, [u8; 20])>,
    /// When it was written, in nanoseconds since 1970; long ago where nobody knows.
    pub written_ns: i64,
}

#[derive(Debug)]
struct StoredEntry {
    path: Range<usize>,
    node: Node,
    stat: Stat,
    stage: u8,
    is_only_meant: bool,
}

/// What a file was on the disk when it was staged. Of all numbers, the low 32 bits.
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
    pub node: Node,
    pub stat: Stat,
    /// 0, or which side of a conflict it is.
    pub stage: u8,
    /// Whether it is there for `git diff` only (`git add --intent-to-add`).
    pub is_only_meant: bool,
}

impl IndexFile {
    /// The index at `path`; empty where there is none yet.
    pub(crate) fn read(path: &Path) -> Result<Self, RepoError> {
        // Git writes another file and renames it, so an open one never changes.
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

    /// How many entries it has.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// All entries, by path and stage.
    pub(crate) fn entries(&self) -> impl Iterator<Item = IndexEntry<'_>> {
        self.entries.iter().map(|entry| self.tracked(entry))
    }

    /// The first entry at `path`.
    pub(crate) fn entry(&self, path: &[u8]) -> Option<IndexEntry<'_>> {
        let place = self.entries.partition_point(|entry| &self.paths[entry.path.clone()] < path);
        self.entries.get(place).map(|entry| self.tracked(entry)).filter(|tracked| tracked.path == path)
    }

    /// The tree of the folder at `path`, if it is known and has `count` entries.
    pub(crate) fn tree(&self, path: &[u8], count: usize) -> Option<[u8; 20]> {
        self.folders.get(path).filter(|(entries, _)| *entries == count).map(|(_, id)| *id)
    }

    fn tracked(&self, entry: &StoredEntry) -> IndexEntry<'_> {
        let StoredEntry { path, node, stat, stage, is_only_meant } = entry;
        IndexEntry {
            path: &self.paths[path.clone()],
            node: *node,
            stat: *stat,
            stage: *stage,
            is_only_meant: *is_only_meant,
        }
    }
}

/// Why an index cannot be read, with the way out.
const DAMAGED: &str = "is damaged; `git reset` makes it anew and leaves the worktree as it is";
const OF_LATER_GIT: &str =
    "has a version that Casebook does not know; `git update-index --index-version 4` may help";
const SPLIT: &str = "is split in two files; `git update-index --no-split-index` makes it one";
const SPARSE: &str =
    "has folders in place of files; `git sparse-checkout reapply --no-sparse-index` lists the files";

fn parse(bytes: &[u8]) -> Result<IndexFile, &'static str> {
    let mut bytes = Bytes(bytes);
    if bytes.take(4)? != b"DIRC" {
        return Err(DAMAGED);
    }
    let version = bytes.number()?;
    if !(2..=4).contains(&version) {
        return Err(OF_LATER_GIT);
    }
    let count = bytes.number()? as usize;
    let mut index = IndexFile::default();
    // As many as could be there, should the number be damaged.
    index.entries.reserve(count.min(bytes.0.len() / FIXED));
    for _ in 0..count {
        index.add_entry(&mut bytes, version)?;
    }
    // What is left at the end is the checksum.
    while bytes.0.len() > 20 {
        let name = bytes.take(4)?;
        let size = bytes.number()? as usize;
        let data = bytes.take(size)?;
        match name {
            b"TREE" => index.add_folders(Bytes(data))?,
            b"link" => return Err(SPLIT),
            b"sdir" => return Err(SPARSE),
            // Those in capitals help only, says the format; others must be understood.
            [first, ..] if !first.is_ascii_uppercase() => return Err(OF_LATER_GIT),
            _ => {}
        }
    }
    Ok(index)
}

/// Ten numbers of `stat`, the id and the flags.
const FIXED: usize = 40 + 20 + 2;

/// Bits of the flags of an entry, and of those that may follow.
const EXTENDED: u16 = 1 << 14;
const INTENT_TO_ADD: u16 = 1 << 13;

impl IndexFile {
    fn add_entry(&mut self, bytes: &mut Bytes<'_>, version: u32) -> Result<(), &'static str> {
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
            // Zeros, at least one, up to a multiple of eight.
            let length = (whole.len() - bytes.0.len() - 1) / 8 * 8 + 8;
            bytes.0 = whole.get(length..).ok_or(DAMAGED)?;
        }
        self.entries.push(StoredEntry {
            path: start..self.paths.len(),
            node: Node { mode, id },
            stat: Stat { changed: (ctime, ctime_ns), modified: (mtime, mtime_ns), inode, size },
            stage: ((flags >> 12) & 3) as u8,
            is_only_meant: extended & INTENT_TO_ADD != 0,
        });
        Ok(())
    }

    /// Each folder is its name, a zero, the number of its entries (-1 where its tree is not known), a space, the number of
    /// folders in it, a line end, and its id where that is known; then come the folders in it.
    fn add_folders(&mut self, mut bytes: Bytes<'_>) -> Result<(), &'static str> {
        // The folders that we are in, with how many are left in each.
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

fn decimal<T: std::str::FromStr>(digits: &[u8]) -> Result<T, &'static str> {
    std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok()).ok_or(DAMAGED)
}

/// What is left to read.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, len: usize) -> Result<&'a [u8], &'static str> {
        let (taken, rest) = self.0.split_at_checked(len).ok_or(DAMAGED)?;
        self.0 = rest;
        Ok(taken)
    }

    /// What stands before the next `sign`, which is taken too.
    fn up_to(&mut self, sign: u8) -> Result<&'a [u8], &'static str> {
        let end = self.0.iter().position(|byte| *byte == sign).ok_or(DAMAGED)?;
        let taken = self.take(end)?;
        self.take(1)?;
        Ok(taken)
    }

    fn number(&mut self) -> Result<u32, &'static str> {
        let (number, rest) = self.0.split_first_chunk().ok_or(DAMAGED)?;
        self.0 = rest;
        Ok(u32::from_be_bytes(*number))
    }

    fn short(&mut self) -> Result<u16, &'static str> {
        let (number, rest) = self.0.split_first_chunk().ok_or(DAMAGED)?;
        self.0 = rest;
        Ok(u16::from_be_bytes(*number))
    }

    /// A number of as many bytes as it needs, as in packs: seven bits each, and one is added for each byte that follows.
    fn offset(&mut self) -> Result<usize, &'static str> {
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
    fn entries_are_those_that_git_lists_in_every_version() {
        for version in ["2", "3", "4"] {
            let sandbox = started();
            // A file that is only meant to be added makes it version 3 at least.
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
            let meant: Vec<_> = index.entries().filter(|tracked| tracked.is_only_meant).collect();
            assert_eq!((meant.len(), meant[0].path), (1, &b"tickets/meant.md"[..]));
            assert_eq!(index.entry(b"x/y.txt").unwrap().stat.size, 1);
            assert!(index.entry(b"x/y.tx").is_none() && index.written_ns > 0);
        }
    }

    #[test]
    fn folders_have_the_trees_that_git_gives_them_until_something_is_staged() {
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
    fn what_cannot_be_read_says_the_way_out() {
        let sandbox = started();
        let path = sandbox.path("a/.git/index");
        let whole = std::fs::read(&path).unwrap();
        for end in 0..whole.len() - 21 {
            // Never a panic; an index that ends between two extensions is whole for all that is known.
            parse(&whole[..end]).ok();
        }
        std::fs::write(&path, &whole[..100]).unwrap();
        let said = IndexFile::read(&path).unwrap_err().to_string();
        assert!(said.contains("is damaged; `git reset`"), "{said}");
        std::fs::write(&path, &whole).unwrap();
        sandbox.git("a", "update-index --split-index");
        let said = IndexFile::read(&path).unwrap_err().to_string();
        assert!(said.contains("--no-split-index"), "{said}");
        sandbox.git("a", "update-index --no-split-index");
        assert_eq!(read(&sandbox).len(), 5);
        std::fs::remove_file(&path).unwrap();
        assert_eq!(read(&sandbox).len(), 0, "a repository without anything staged has no index");
    }
}

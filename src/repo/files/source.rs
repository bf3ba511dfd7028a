//! Where files are read from: a worktree, a commit, the index, or memory.

use std::io::{Cursor, Read};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::repo::error::RepoError;
use crate::text::RepoPath;

/// A view of a casebook repository's files.
pub trait Source: Sync + Send {
    /// All files that belong to the casebook: `casebook.yml`, and what is below `ticket-templates/`, `tickets/`,
    /// `knowledge/`, `imports/` and `site/`. Hidden files and folders (`.name`) are left out; symbolic links are listed and never
    /// followed.
    fn list(&self) -> Result<Listing, RepoError>;

    /// The bytes of a file. A symbolic link, a path that leads through one, and a file of more than
    /// [`scope::MAX_FILE_SIZE`](crate::repo::scope::MAX_FILE_SIZE) are errors.
    fn read(&self, path: &RepoPath) -> Result<Vec<u8>, RepoError>;

    /// Opens a file for reading it part by part, with the errors of [`Source::read`].
    fn open<'a>(&'a self, path: &RepoPath) -> Result<Box<dyn Read + 'a>, RepoError> {
        Ok(Box::new(Cursor::new(self.read(path)?)))
    }

    /// The bytes that a file has, for sources whose entries do not say.
    fn size(&self, path: &RepoPath) -> Result<u64, RepoError> {
        Ok(self.read(path)?.len() as u64)
    }
}

/// What [`Source::list`] found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// The files, sorted by path.
    pub entries: Vec<Entry>,
    /// What could not be listed, as (path, problem): names that are not UTF-8 (shown as well as they can be), folders
    /// that cannot be read, unmerged files. Sorted.
    pub unreadable: Vec<(String, String)>,
}

impl Listing {
    pub(in crate::repo) fn sort(&mut self) {
        // A stable sort is quick where most is in order already.
        self.entries.par_sort_by(|a, b| a.path.cmp(&b.path));
        self.unreadable.sort();
    }
}

/// One listed file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its path, relative to the casebook root.
    pub path: RepoPath,
    /// A file or a symbolic link.
    pub kind: EntryKind,
    /// Its size in bytes; 0 in a commit and in the index, where git would have to unpack the file to know it.
    pub size: u64,
    /// What a cache compares to know whether the contents are the same.
    pub stamp: Stamp,
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EntryKind {
    /// A regular file.
    File,
    /// A symbolic link: never followed, never read.
    Symlink,
}

/// Identifies the contents of a file without reading it.
///
/// `Stat` follows git's racy rule: equal stamps mean equal contents only if `mtime_ns` is well before the moment at
/// which the contents were read, since a file can change twice within one tick of its file system's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Stamp {
    /// The id of the contents.
    Blob([u8; 20]),
    /// What the file system says of the file.
    Stat {
        /// Last change of the contents, nanoseconds since 1970.
        mtime_ns: i64,
        /// Last change of contents or attributes, nanoseconds since 1970.
        ctime_ns: i64,
        /// Bytes.
        size: u64,
        /// The file's number in its file system; 0 where there is none.
        inode: u64,
    },
    /// Nothing is known: never equal for a cache.
    None,
}

//! The interface for reading files from a worktree, a commit, the index or memory.

use std::fs::File;
use std::io::{Cursor, Read, Seek as _, Write as _};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::repo::error::RepoError;
use crate::repo::scope::{self, PathProblem};
use crate::text::RepoPath;

/// A view of a casebook repository's files.
pub trait Source: Sync + Send {
    /// Lists all files that belong to the casebook: `casebook.yml`, and the files below `ticket-templates/`,
    /// `tickets/`, `knowledge/`, `imports/` and `site/`. Hidden files and folders (`.name`) are listed separately; symbolic
    /// links are listed and never followed.
    fn list(&self) -> Result<Listing, RepoError>;

    /// Reads a file. A symbolic link, a path that leads through one, and a file larger than
    /// [`scope::MAX_FILE_SIZE`](crate::repo::scope::MAX_FILE_SIZE) are errors.
    fn read(&self, path: &RepoPath) -> Result<Vec<u8>, RepoError>;

    /// Opens a file for reading in parts, with the errors of [`Source::read`].
    fn open<'a>(&'a self, path: &RepoPath) -> Result<Box<dyn Read + 'a>, RepoError> {
        Ok(Box::new(Cursor::new(self.read(path)?)))
    }

    /// Opens a file for reading any part of it in any order, with the errors of [`Source::read`]. Contents that are not
    /// in a file of their own are copied to an unnamed temporary file.
    fn open_on_disk(&self, path: &RepoPath) -> Result<DiskFile, RepoError> {
        DiskFile::copy_of(&self.read(path)?)
    }

    /// Returns the size of a file in bytes, for sources whose entries have no size.
    fn size(&self, path: &RepoPath) -> Result<u64, RepoError> {
        Ok(self.read(path)?.len() as u64)
    }
}

/// A file that is open for reading.
#[derive(Debug)]
pub struct DiskFile {
    /// The file, at its beginning.
    pub file: File,
    /// The size in bytes when the file was opened.
    pub size: u64,
    /// The stamp when the file was opened; [`Stamp::None`] for a temporary copy.
    pub stamp: Stamp,
}

impl DiskFile {
    /// Writes `contents` to an unnamed temporary file.
    pub(crate) fn copy_of(contents: &[u8]) -> Result<Self, RepoError> {
        let write = || {
            let mut file = tempfile::tempfile()?;
            file.write_all(contents)?;
            file.rewind()?;
            Ok(file)
        };
        let file = write().map_err(|error| RepoError::io("write to", &std::env::temp_dir(), error))?;
        Ok(Self { file, size: contents.len() as u64, stamp: Stamp::None })
    }
}

/// The result of [`Source::list`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// The files, sorted by path.
    pub entries: Vec<FileEntry>,
    /// Paths that could not be listed, as (path, problem), sorted: names that are not UTF-8 (shown with replacement
    /// characters), folders that cannot be read, unmerged files.
    pub unreadable: Vec<(String, PathProblem)>,
    /// Hidden files in the folders of the casebook, sorted by path. They belong to no ticket and are never published, but
    /// git commits them like others, so their secrets are checked.
    pub hidden: Vec<FileEntry>,
}

impl Listing {
    /// Moves the hidden files from `entries`, which are sorted by path, to `hidden`.
    pub(in crate::repo) fn set_hidden_apart(&mut self) {
        let is_hidden = |entry: &mut FileEntry| scope::is_hidden_path(entry.path.as_str());
        self.hidden.extend(self.entries.extract_if(.., is_hidden));
    }

    pub(in crate::repo) fn sort(&mut self) {
        // A stable sort is quick because most paths are already in order.
        self.entries.par_sort_by(|a, b| a.path.cmp(&b.path));
        self.unreadable.sort();
    }
}

/// One listed file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileEntry {
    /// Relative to the casebook root.
    pub path: RepoPath,
    /// A file or a symbolic link.
    pub kind: FileType,
    /// In bytes; 0 in a commit and in the index, where git would have to unpack the file to know it.
    pub size: u64,
    /// Changes when the contents change, so that a cache can see whether it is up to date.
    pub stamp: Stamp,
}

/// The type of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FileType {
    /// A regular file.
    File,
    /// A symbolic link: never followed, never read.
    Symlink,
}

/// A stamp that identifies the contents of a file without reading them.
///
/// `Stat` follows git's racy rule: equal stamps mean equal contents only if `mtime_ns` is well before the moment at
/// which the contents were read, since a file can change twice within one tick of its file system's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Stamp {
    /// The id of the git blob.
    Blob([u8; 20]),
    /// The metadata of a file on disk.
    Stat {
        /// Last change of the contents, nanoseconds since 1970.
        mtime_ns: i64,
        /// Last change of contents or attributes, nanoseconds since 1970.
        ctime_ns: i64,
        /// In bytes.
        size: u64,
        /// The file's number in its file system; 0 on systems without such numbers.
        inode: u64,
    },
    /// Unknown contents: a cache treats the file as changed.
    None,
}

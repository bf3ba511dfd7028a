//! The folder into which a site is written.

use std::io;

use crate::repo::{Contents, SiteFileState, SiteFolder};

/// The folder for a site. Paths are relative to the folder, with `/` as the separator. Several threads can read and
/// write files at once. No method follows a symbolic link below the folder.
pub(crate) trait Output: Sync {
    /// Lists the files and folders at the root.
    fn names(&self) -> io::Result<Vec<String>>;
    /// Reads a whole file. Returns `None` if it does not exist.
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>>;
    /// Returns whether `path` is a file.
    fn exists(&self, path: &str) -> io::Result<bool>;
    /// Returns the state of the file `path`; `None` if there is no file, or if the folder cannot tell.
    fn state(&self, path: &str) -> io::Result<Option<SiteFileState>>;
    /// Returns the states of the files at `paths`, as [`Output::state`] does; `None` also for a file that cannot be reached.
    /// This is quick if files of the same folder follow each other.
    fn states(&self, paths: &[&str]) -> Vec<Option<SiteFileState>>;
    /// Returns whether `path` is a file with these contents.
    fn holds(&self, path: &str, contents: Contents<'_>) -> io::Result<bool>;
    /// Writes a file and creates its folders. The file is written completely or not at all.
    fn write(&self, path: &str, contents: Contents<'_>) -> io::Result<()>;
    /// Removes a file and the folders that become empty. A missing file is not an error.
    fn remove(&self, path: &str) -> io::Result<()>;
}

impl Output for SiteFolder {
    fn names(&self) -> io::Result<Vec<String>> {
        Self::names(self)
    }

    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        Self::read(self, path)
    }

    fn exists(&self, path: &str) -> io::Result<bool> {
        Self::exists(self, path)
    }

    fn state(&self, path: &str) -> io::Result<Option<SiteFileState>> {
        Self::state(self, path)
    }

    fn states(&self, paths: &[&str]) -> Vec<Option<SiteFileState>> {
        Self::states(self, paths)
    }

    fn holds(&self, path: &str, contents: Contents<'_>) -> io::Result<bool> {
        Self::holds(self, path, contents)
    }

    fn write(&self, path: &str, contents: Contents<'_>) -> io::Result<()> {
        Self::write(self, path, contents)
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        Self::remove(self, path)
    }
}

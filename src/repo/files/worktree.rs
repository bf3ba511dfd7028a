//! The files in the worktree, committed or not.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::PathBuf;

use rustix::fs::{CWD, Mode, OFlags};
use rustix::io::Errno;

use super::file_state::stamp_of;
use super::last_listing;
use super::lister;
use super::real_folders::RealFolders;
use super::source::{DiskFile, Listing, Source};
use crate::repo::error::RepoError;
use crate::repo::scope;
use crate::repo::scope::MAX_FILE_SIZE;
use crate::repo::write::cache_slot::CacheSlot;
use crate::text::RepoPath;

/// The files in a worktree folder, committed or not. Create a new source for each load, since it remembers which
/// folders are real.
pub(crate) struct WorktreeSource {
    root: PathBuf,
    folders: RealFolders,
    /// The cache of folder names for the next listing; `None` when folder times are not reliable.
    folder_cache: Option<CacheSlot>,
}

impl WorktreeSource {
    pub(in crate::repo) fn new(root: PathBuf, slot: CacheSlot) -> Self {
        let folder_cache = last_listing::has_reliable_times(&root).then_some(slot);
        Self { root, folders: RealFolders::default(), folder_cache }
    }

    /// Returns the path of a file on disk.
    pub(crate) fn path_on_disk(&self, path: &RepoPath) -> PathBuf {
        self.root.join(path.as_str())
    }
}

impl Source for WorktreeSource {
    fn list(&self) -> Result<Listing, RepoError> {
        let lister::WorktreeListing { listing, folders } =
            lister::list(&self.root, self.folder_cache.as_ref())?;
        self.folders.set_listed(folders.into_iter().map(|folder| folder.path).collect());
        Ok(listing)
    }

    fn read(&self, path: &RepoPath) -> Result<Vec<u8>, RepoError> {
        let file = self.open_file(path)?;
        // The buffer fits most tickets, so that two reads are enough; asking for the size would cost one more system
        // call.
        let mut contents = Vec::with_capacity(8 * 1024);
        (&file)
            .take(MAX_FILE_SIZE + 1)
            .read_to_end(&mut contents)
            .map_err(|error| self.failed(path, error))?;
        if contents.len() as u64 > MAX_FILE_SIZE {
            return Err(RepoError::TooLarge { path: path.clone() });
        }
        // A pipe without a writer reads as an empty file. Other files need no further system call.
        if contents.is_empty() {
            self.size_of(path, &file)?;
        }
        Ok(contents)
    }

    fn open<'a>(&'a self, path: &RepoPath) -> Result<Box<dyn Read + 'a>, RepoError> {
        let file = self.open_file(path)?;
        let size = self.size_of(path, &file)?;
        // Another program may append to the file meanwhile, so this stops at the size that was checked.
        Ok(Box::new(file.take(size)))
    }

    fn open_on_disk(&self, path: &RepoPath) -> Result<DiskFile, RepoError> {
        let file = self.open_file(path)?;
        let size = self.size_of(path, &file)?;
        let metadata = file.metadata().map_err(|error| self.failed(path, error))?;
        Ok(DiskFile { file, size, stamp: stamp_of(&metadata) })
    }
}

impl WorktreeSource {
    /// Opens a file without following links and without waiting for the writer of a pipe.
    fn open_file(&self, path: &RepoPath) -> Result<File, RepoError> {
        if let Some(problem) = scope::problem_of(path) {
            return Err(RepoError::path(path, problem));
        }
        self.folders.require(&self.root, path.folder())?;
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        match rustix::fs::openat(CWD, self.path_on_disk(path), flags, Mode::empty()) {
            Ok(file) => Ok(file.into()),
            // Linux and macOS return LOOP for a link when links must not be followed.
            Err(Errno::LOOP) => Err(RepoError::path(path, scope::IS_SYMLINK)),
            Err(error) => Err(self.failed(path, error.into())),
        }
    }

    /// Returns the size of a regular file in bytes; other types and files over the size limit are errors.
    fn size_of(&self, path: &RepoPath, file: &File) -> Result<u64, RepoError> {
        let metadata = file.metadata().map_err(|error| self.failed(path, error))?;
        if metadata.is_dir() {
            return Err(RepoError::path(path, scope::IS_FOLDER));
        }
        if !metadata.is_file() {
            return Err(RepoError::path(path, scope::IS_SPECIAL));
        }
        if metadata.len() > MAX_FILE_SIZE {
            return Err(RepoError::TooLarge { path: path.clone() });
        }
        Ok(metadata.len())
    }

    fn failed(&self, path: &RepoPath, error: std::io::Error) -> RepoError {
        match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => RepoError::path(path, scope::IS_MISSING),
            ErrorKind::IsADirectory => RepoError::path(path, scope::IS_FOLDER),
            _ => RepoError::io("read", &self.path_on_disk(path), error),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    use super::*;
    use crate::repo::{Stamp, testing::Sandbox};

    fn paths(listing: &Listing) -> Vec<&str> {
        listing.entries.iter().map(|entry| entry.path.as_str()).collect()
    }

    #[test]
    fn the_worktree_lists_the_files_of_the_casebook_sorted() {
        let sandbox = Sandbox::new();
        sandbox.casebook("a").file("a/tickets/2026/11/b.md", "b").file("a/tickets/2026/11/b/r.md", "r");
        sandbox.file("a/README.md", "").file("a/tickets/.x.md.swp", "").file("a/knowledge/.d/x.md", "");
        let listing = sandbox.open("a").worktree().unwrap().list().unwrap();
        assert_eq!(paths(&listing), ["casebook.yml", "tickets/2026/11/b.md", "tickets/2026/11/b/r.md"]);
        assert_eq!(listing.entries[1].size, 1);
        assert!(matches!(listing.entries[1].stamp, Stamp::Stat { size: 1, .. }));
        assert!(listing.unreadable.is_empty());
    }

    #[test]
    fn symbolic_links_are_listed_and_never_followed() {
        let sandbox = Sandbox::new();
        sandbox.casebook("a").file("secret/x.md", "secret").file("a/tickets/a.md", "a");
        sandbox.symlink(sandbox.path("secret/x.md"), "a/tickets/link.md");
        sandbox.symlink(sandbox.path("secret"), "a/tickets/folder").symlink("tickets", "a/knowledge");
        let source = sandbox.open("a").worktree().unwrap();
        let listing = source.list().unwrap();
        assert_eq!(
            paths(&listing),
            ["casebook.yml", "knowledge", "tickets/a.md", "tickets/folder", "tickets/link.md"]
        );
        let links =
            listing.entries.iter().filter(|entry| entry.kind == crate::repo::FileType::Symlink).count();
        assert_eq!(links, 3);
        for path in ["tickets/link.md", "tickets/folder/x.md", "knowledge/a.md"] {
            let error = source.read(&RepoPath::new(path)).unwrap_err().to_string();
            assert!(error.contains("is a symbolic link"), "{path}: {error}");
        }
    }

    #[test]
    fn paths_that_cannot_be_listed_are_reported() {
        let sandbox = Sandbox::new();
        sandbox.casebook("a").file("a/tickets/a.md", "a");
        let name = OsStr::from_bytes(b"caf\xe9.md");
        std::fs::write(sandbox.path("a/tickets").join(name), "x").unwrap();
        sandbox.file("a/tickets/\u{1b}[31m.md", "red").file("a/tickets/gpj.\u{202e}dm", "turned");
        std::os::unix::net::UnixListener::bind(sandbox.path("a/tickets/socket")).unwrap();
        let source = sandbox.open("a").worktree().unwrap();
        let listing = source.list().unwrap();
        assert_eq!(paths(&listing), ["casebook.yml", "tickets/a.md"]);
        let problems: Vec<_> = listing
            .unreadable
            .iter()
            .map(|(path, problem)| format!("{path} {problem}; {}", problem.hint().unwrap()))
            .collect();
        assert_eq!(
            problems,
            [
                "tickets/\u{1b}[31m.md has a name with control characters; rename it",
                "tickets/caf\u{fffd}.md has a name that is not UTF-8; rename it",
                "tickets/gpj.\u{202e}dm has a name with control characters; rename it",
                "tickets/socket is neither a file nor a folder; remove it",
            ]
        );
        assert!(source.read(&"tickets/socket".into()).is_err());
    }

    #[test]
    fn a_file_that_is_too_large_is_refused_and_not_read() {
        let sandbox = Sandbox::new();
        sandbox.casebook("a").file("a/tickets/big.log", "");
        let file = File::options().write(true).open(sandbox.path("a/tickets/big.log")).unwrap();
        file.set_len(MAX_FILE_SIZE + 1).unwrap();
        let source = sandbox.open("a").worktree().unwrap();
        let error = source.read(&"tickets/big.log".into()).unwrap_err().to_string();
        assert!(error.contains("`tickets/big.log` is larger than 64 MiB"), "{error}");
        let missing = source.read(&"tickets/none.md".into()).unwrap_err().to_string();
        assert_eq!(missing, "`tickets/none.md` does not exist");
    }
}

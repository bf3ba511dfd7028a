//! Edits git's index under git's own lock. A killed process does not block later commands.
//!
//! A killed git process leaves `index.lock`, and the file does not tell which process created it. So Casebook never
//! lets `git` take this lock: Casebook takes it, and `git` works on a draft of the index in a folder of Casebook. While
//! the lock is held, `index.lock` is a hard link to a file in that folder. No other program creates such a link. If the
//! link still exists when the next writer holds the repository lock, the process that created it is dead, and the
//! writer removes the link.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::repo::Repo;
use crate::repo::error::RepoError;
use crate::repo::write::put;

/// The maximum time to wait for another git process to finish with the index.
const LOCK_PATIENCE: Duration = Duration::from_secs(10);

// These files are in the folder of an edit: the lock, and versions of the index.
const MARKER: &str = "marker";
const BEFORE: &str = "before";
const DRAFT: &str = "draft";
const PUBLISHED: &str = "published";
const NEXT: &str = "next";

/// An index that is being edited. The lock is held until the edit is published or dropped.
pub(in crate::repo) struct IndexEdit {
    lock: LockFile,
    folder: TempDir,
    index: PathBuf,
}

impl IndexEdit {
    /// Takes the lock of `index`, waiting for other git processes, and creates a draft of the index.
    pub(crate) fn begin(repo: &Repo, index: &Path) -> Result<Self, RepoError> {
        let unfinished = repo.cache_dir().join(put::UNFINISHED);
        let folder = fs::create_dir_all(&unfinished)
            .and_then(|()| tempfile::Builder::new().prefix(put::PREFIX).tempdir_in(&unfinished))
            .map_err(|error| RepoError::io("create a folder in", &unfinished, error))?;
        let lock = LockFile::take(index, &folder)?;
        for name in [BEFORE, DRAFT] {
            match link_or_copy(index, &folder.path().join(name)) {
                // The index does not exist before the first file is staged.
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                copied => copied.map_err(|error| RepoError::io("copy", index, error))?,
            }
        }
        Ok(Self { lock, folder, index: index.to_owned() })
    }

    /// Returns the path of the draft, as a value for `GIT_INDEX_FILE`.
    pub(crate) fn draft(&self) -> PathBuf {
        self.folder.path().join(DRAFT)
    }

    /// Replaces the index with the draft and releases the lock.
    pub(crate) fn publish(self) -> Result<PublishedIndex, RepoError> {
        let Self { lock, folder, index } = self;
        let (draft, published) = (folder.path().join(DRAFT), folder.path().join(PUBLISHED));
        let publish = || {
            link_or_copy(&draft, &published)?;
            lock.put(&draft, &index)
        };
        publish().map_err(|error| RepoError::io("replace", &index, error))?;
        Ok(PublishedIndex { version: version_of(&index), folder, index })
    }
}

/// An edited index and the means to undo the edit.
pub(in crate::repo) struct PublishedIndex {
    folder: TempDir,
    index: PathBuf,
    version: Option<FileVersion>,
}

impl PublishedIndex {
    /// Returns a copy of the index for a git command that must not take the lock, as a value for `GIT_INDEX_FILE`.
    pub(crate) fn copy(&self) -> PathBuf {
        self.folder.path().join(PUBLISHED)
    }

    /// Replaces the index with git's changed copy, unless another git process changed the index in the meantime.
    pub(crate) fn put_copy(&self) -> Result<bool, RepoError> {
        self.replace(PUBLISHED)
    }

    /// Restores the index from before the edit, unless another git process changed it in the meantime. Returns whether
    /// it was restored. Needs no disk space.
    pub(crate) fn undo(&self) -> Result<bool, RepoError> {
        self.replace(BEFORE)
    }

    fn replace(&self, name: &str) -> Result<bool, RepoError> {
        let lock = LockFile::take(&self.index, &self.folder)?;
        if version_of(&self.index) != self.version {
            return Ok(false);
        }
        let (new, next) = (self.folder.path().join(name), self.folder.path().join(NEXT));
        let replaced = match link_or_copy(&new, &next) {
            Ok(()) => lock.put(&next, &self.index),
            // The index did not exist before the edit.
            Err(error) if error.kind() == ErrorKind::NotFound => fs::remove_file(&self.index),
            Err(error) => Err(error),
        };
        replaced.map(|()| true).map_err(|error| RepoError::io("replace", &self.index, error))
    }
}

/// The file `index.lock`, which is removed on drop.
struct LockFile(PathBuf);

impl LockFile {
    /// Takes the lock of `index` as a hard link to a file in `folder`.
    fn take(index: &Path, folder: &TempDir) -> Result<Self, RepoError> {
        let marker = folder.path().join(MARKER);
        File::create(&marker).map_err(|error| RepoError::io("write", &marker, error))?;
        let mut path = index.to_owned().into_os_string();
        path.push(".lock");
        let path = PathBuf::from(path);
        let start = Instant::now();
        loop {
            let taken = match fs::hard_link(&marker, &path) {
                Err(error) if error.kind() != ErrorKind::AlreadyExists => {
                    // Some file systems have no hard links. If the process is killed there, the lock stays.
                    File::create_new(&path).map(drop)
                }
                taken => taken,
            };
            match taken {
                Ok(()) => return Ok(Self(path)),
                Err(error) if error.kind() != ErrorKind::AlreadyExists => {
                    return Err(RepoError::io("lock", index, error));
                }
                Err(_) if start.elapsed() > LOCK_PATIENCE => return Err(RepoError::IndexLocked { path }),
                Err(_) => thread::sleep(Duration::from_millis(10)),
            }
        }
    }

    /// Replaces `index` with the file `new`. This removes the lock, as git expects.
    fn put(&self, new: &Path, index: &Path) -> io::Result<()> {
        // Renaming a file to another hard link of the same file does nothing.
        if version_of(new) == version_of(index) {
            return Ok(());
        }
        fs::rename(new, &self.0)?;
        fs::rename(&self.0, index)
    }
}

impl Drop for LockFile {
    fn drop(&mut self) {
        // The lock is already gone if an index was put in place.
        fs::remove_file(&self.0).ok();
    }
}

/// The identity of a version of an index: device, inode, size and modification time. Git replaces an index and never
/// writes into it. The status change time is not included, since each new hard link changes it.
type FileVersion = (u64, u64, u64, i64, i64);

fn version_of(path: &Path) -> Option<FileVersion> {
    let file = path.symlink_metadata().ok()?;
    Some((file.dev(), file.ino(), file.size(), file.mtime(), file.mtime_nsec()))
}

/// Makes `to` a hard link to the file `from`, or a copy where the file system has no hard links.
fn link_or_copy(from: &Path, to: &Path) -> io::Result<()> {
    match fs::hard_link(from, to) {
        Err(error) if !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::AlreadyExists) => {
            // Git compares the modification time to decide which files to check again.
            let written = fs::metadata(from)?.modified()?;
            fs::copy(from, to)?;
            File::options().write(true).open(to)?.set_modified(written)
        }
        linked => linked,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::testing::Sandbox;

    fn stage(sandbox: &Sandbox, repo: &Repo, path: &str) -> PublishedIndex {
        let edit = IndexEdit::begin(repo, &sandbox.path("a/.git/index")).unwrap();
        assert!(sandbox.path("a/.git/index.lock").exists());
        repo.run_git().env("GIT_INDEX_FILE", edit.draft()).args(["add", path]).success().unwrap();
        edit.publish().unwrap()
    }

    #[test]
    fn an_index_edit_is_undone_unless_another_git_changed_the_index() {
        let sandbox = Sandbox::new();
        sandbox.casebook("a").file("a/x", "").file("a/y", "");
        let repo = sandbox.open("a");
        let staged = || sandbox.git_says("a", "diff --cached --name-only");
        let published = stage(&sandbox, &repo, "x");
        assert_eq!(staged(), "x");
        assert!(published.undo().unwrap());
        assert_eq!(staged(), "");
        drop(published);
        let published = stage(&sandbox, &repo, "x");
        sandbox.git("a", "add y");
        assert!(!published.undo().unwrap());
        assert_eq!(staged(), "x\ny");
        drop(published);
        assert!(!sandbox.path("a/.git/index.lock").exists());
        assert_eq!(fs::read_dir(sandbox.path("a/.git/casebook/tmp")).unwrap().count(), 0);
    }

    #[test]
    fn a_first_index_is_created_and_undone() {
        let sandbox = Sandbox::new();
        sandbox.init("a").file("a/casebook.yml", "");
        let published = stage(&sandbox, &sandbox.open("a"), "casebook.yml");
        assert_eq!(sandbox.git_says("a", "ls-files"), "casebook.yml");
        assert!(published.undo().unwrap());
        assert_eq!(sandbox.git_says("a", "status --porcelain"), "?? casebook.yml");
    }
}

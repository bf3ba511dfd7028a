//! Changing git's index under git's own lock, so that a killed process blocks nobody.
//!
//! Git leaves `index.lock` behind when it is killed, and nothing tells whose it is. So `git` never takes that lock for us:
//! we take it, and `git` works on a draft of the index in a folder of ours. While we hold it, `index.lock` is a second name
//! of a file in that folder. No other program makes such a link, so a lock that is still there when the next writer has
//! the lock of the repository is ours, its process is dead, and it can be removed.

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

/// How long to wait for another git to finish with the index.
const LOCK_PATIENCE: Duration = Duration::from_secs(10);

// Files in the folder of an edit. Each is a name of its own for an index, or for the lock.
const MARKER: &str = "marker";
const BEFORE: &str = "before";
const DRAFT: &str = "draft";
const PUBLISHED: &str = "published";
const NEXT: &str = "next";

/// An index that is being edited. Its lock is held until it is published or dropped.
pub(in crate::repo) struct IndexEdit {
    lock: LockFile,
    folder: TempDir,
    index: PathBuf,
}

impl IndexEdit {
    /// Takes the lock of `index`, waiting for other gits, and makes a draft of it.
    pub(crate) fn begin(repo: &Repo, index: &Path) -> Result<Self, RepoError> {
        let unfinished = repo.cache_dir().join(put::UNFINISHED);
        let folder = fs::create_dir_all(&unfinished)
            .and_then(|()| tempfile::Builder::new().prefix(put::PREFIX).tempdir_in(&unfinished))
            .map_err(|error| RepoError::io("make a folder in", &unfinished, error))?;
        let lock = LockFile::take(index, &folder)?;
        for name in [BEFORE, DRAFT] {
            match link_or_copy(index, &folder.path().join(name)) {
                // There is no index before the first file is staged.
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                copied => copied.map_err(|error| RepoError::io("copy", index, error))?,
            }
        }
        Ok(Self { lock, folder, index: index.to_owned() })
    }

    /// The index that git is to change: the value of `GIT_INDEX_FILE`.
    pub(crate) fn draft(&self) -> PathBuf {
        self.folder.path().join(DRAFT)
    }

    /// Puts the draft in the place of the index and gives the lock back.
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

/// An index that was edited and can be changed back.
pub(in crate::repo) struct PublishedIndex {
    folder: TempDir,
    index: PathBuf,
    version: Option<FileVersion>,
}

impl PublishedIndex {
    /// A copy of the index for a git that must not take its lock: the value of `GIT_INDEX_FILE`.
    pub(crate) fn copy(&self) -> PathBuf {
        self.folder.path().join(PUBLISHED)
    }

    /// Puts what git made of the copy in the place of the index, unless another git changed the index meanwhile.
    pub(crate) fn put_copy(&self) -> Result<bool, RepoError> {
        self.replace(PUBLISHED)
    }

    /// Puts the index back as it was before the edit, unless another git changed it meanwhile. Returns whether that was done.
    /// It takes no room on the disk.
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
            // There was no index.
            Err(error) if error.kind() == ErrorKind::NotFound => fs::remove_file(&self.index),
            Err(error) => Err(error),
        };
        replaced.map(|()| true).map_err(|error| RepoError::io("replace", &self.index, error))
    }
}

/// `index.lock`, removed when dropped.
struct LockFile(PathBuf);

impl LockFile {
    /// Takes the lock of `index` as a second name of a file in `folder`.
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
                    // Some file systems have one name for a file. If we are killed there, the lock stays.
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

    /// Puts the file `new` in the place of `index`. That the lock is gone then is what git expects.
    fn put(&self, new: &Path, index: &Path) -> io::Result<()> {
        // Renaming one name of a file to another name of it does nothing.
        if version_of(new) == version_of(index) {
            return Ok(());
        }
        fs::rename(new, &self.0)?;
        fs::rename(&self.0, index)
    }
}

impl Drop for LockFile {
    fn drop(&mut self) {
        // It is gone when an index was put in place.
        fs::remove_file(&self.0).ok();
    }
}

/// What tells one index from another: device, inode, size and time of writing. Git replaces an index and never writes into
/// it. The time of the last status change is not part of this, since each new name of the file changes it.
type FileVersion = (u64, u64, u64, i64, i64);

fn version_of(path: &Path) -> Option<FileVersion> {
    let file = path.symlink_metadata().ok()?;
    Some((file.dev(), file.ino(), file.size(), file.mtime(), file.mtime_nsec()))
}

/// Makes `to` a second name of the file `from`, or a copy where the file system has no such names.
fn link_or_copy(from: &Path, to: &Path) -> io::Result<()> {
    match fs::hard_link(from, to) {
        Err(error) if !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::AlreadyExists) => {
            // By the time of writing, git tells which files it has to look at again.
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
    fn an_index_is_changed_back_unless_another_git_changed_it() {
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
    fn a_first_index_is_made_and_taken_away_again() {
        let sandbox = Sandbox::new();
        sandbox.init("a").file("a/casebook.yml", "");
        let published = stage(&sandbox, &sandbox.open("a"), "casebook.yml");
        assert_eq!(sandbox.git_says("a", "ls-files"), "casebook.yml");
        assert!(published.undo().unwrap());
        assert_eq!(sandbox.git_says("a", "status --porcelain"), "?? casebook.yml");
    }
}

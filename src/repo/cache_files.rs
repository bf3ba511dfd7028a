//! Files of Casebook's own in the git directory: caches, the journal of writes, drafts.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use super::{Lock, Repo, RepoError, atomic::write_file};

/// The place of one cache. Losing it costs time only, so nothing here fails.
#[derive(Clone, Debug)]
pub struct CacheSlot {
    path: PathBuf,
    read_only: bool,
}

impl CacheSlot {
    /// What was kept last; `None` when there is nothing.
    pub fn read(&self) -> Option<Vec<u8>> {
        fs::read(&self.path).ok()
    }

    /// The file itself, for reading parts of it.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Keeps `bytes`. A cache that cannot be written (a full disk, a repository of somebody else) is no error.
    pub fn write(&self, bytes: &[u8]) {
        if !self.read_only {
            let _ = write_file(&self.path, bytes);
        }
    }

    /// The clock that file systems stamp files with, in nanoseconds since 1970.
    pub fn now_ns(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
    }
}

impl Repo {
    /// The cache called `name`.
    pub fn cache_slot(&self, name: &str) -> CacheSlot {
        CacheSlot { path: self.cache_dir().join(name), read_only: false }
    }

    /// The cache called `name`, read and never written: for a view of the repository that does not last.
    pub fn read_only_cache_slot(&self, name: &str) -> CacheSlot {
        CacheSlot { read_only: true, ..self.cache_slot(name) }
    }

    /// The bytes of a file that was kept; `None` when there is none.
    pub fn read_kept(&self, name: &str) -> Option<Vec<u8>> {
        fs::read(self.cache_dir().join(name)).ok()
    }

    /// Keeps a file that must not be lost, such as a text that a person wrote.
    pub fn keep(&self, lock: &Lock, name: &str, bytes: &[u8]) -> Result<PathBuf, RepoError> {
        debug_assert!(lock.covers(self));
        let path = self.cache_dir().join(name);
        write_file(&path, bytes)?;
        Ok(path)
    }

    /// Forgets a file that was kept; that it is not there is no error.
    pub fn forget(&self, lock: &Lock, name: &str) -> Result<(), RepoError> {
        debug_assert!(lock.covers(self));
        let path = self.cache_dir().join(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(RepoError::io("remove", &path, error))
            }
            _ => Ok(()),
        }
    }

    /// The stem of the newest file that was kept in `folder`.
    pub fn newest_kept(&self, folder: &str) -> Option<String> {
        let entries = fs::read_dir(self.cache_dir().join(folder)).ok()?;
        let files = entries.filter_map(Result::ok).filter_map(|entry| {
            let stem = Path::new(&entry.file_name()).file_stem()?.to_str()?.to_owned();
            Some((entry.metadata().ok()?.modified().ok()?, stem))
        });
        files.filter(|(_, stem)| !stem.starts_with('.')).max().map(|(_, stem)| stem)
    }
}

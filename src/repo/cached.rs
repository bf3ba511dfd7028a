//! Small files in `casebook/` of the git directory: caches, drafts, the journal of writes under way.

use std::fs;
use std::io::{self, ErrorKind, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use super::atomic::{self, Write};
use super::look::stamp_of;
use super::{Lock, Repo, RepoError, Stamp};

/// A place for one cache. Losing a cache costs time only, so nothing here fails.
#[derive(Clone, Debug)]
pub struct CacheSlot {
    /// Nowhere: nothing is kept, everything is made each time.
    path: Option<PathBuf>,
    is_read_only: bool,
}

/// A kept cache, opened for reading parts of it. It stays as it was opened, whatever is written to its place meanwhile.
#[derive(Debug)]
pub struct CacheReader(Mutex<fs::File>);

impl CacheReader {
    /// Exactly `len` bytes from `offset`.
    pub fn read_at(&self, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let size = file.metadata()?.len();
        if offset.saturating_add(len as u64) > size {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        let mut bytes = vec![0; len];
        file.seek(SeekFrom::Start(offset))?;
        file.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

impl CacheSlot {
    /// A place outside of any repository.
    pub fn at(path: &Path) -> Self {
        Self { path: Some(path.to_owned()), is_read_only: false }
    }

    /// No place: nothing is kept.
    pub fn nowhere() -> Self {
        Self { path: None, is_read_only: true }
    }

    /// The place beside this one for what belongs to it.
    #[must_use]
    pub fn beside(&self, name: &str) -> Self {
        let path = self.path.clone().map(|path| {
            let mut path = path.into_os_string();
            path.push(format!(".{name}"));
            path.into()
        });
        Self { path, is_read_only: self.is_read_only }
    }

    /// What was kept last, for reading parts of it; `None` when there is nothing.
    pub fn reader(&self) -> Option<CacheReader> {
        let file = fs::File::open(self.path.as_ref()?).ok()?;
        Some(CacheReader(Mutex::new(file)))
    }

    /// What was kept last; `None` when there is nothing.
    pub fn read(&self) -> Option<Vec<u8>> {
        fs::read(self.path.as_ref()?).ok()
    }

    /// Keeps nothing any more: what was kept turned out to be damaged.
    pub fn forget(&self) {
        if let Some(path) = self.writable() {
            fs::remove_file(path).ok();
        }
    }

    fn writable(&self) -> Option<&Path> {
        self.path.as_deref().filter(|_| !self.is_read_only)
    }

    /// Keeps `bytes`, atomically; of two processes that do so at once, one wins.
    pub fn write(&self, bytes: &[u8]) {
        if let Some(path) = self.writable() {
            path.parent().into_iter().for_each(atomic::sweep);
            atomic::write_outside(path, bytes).ok();
        }
    }

    /// The time by the clock that stamps files here, in nanoseconds since 1970: on a network file system that is not
    /// this computer's, and a stamp is racy by that clock.
    pub fn now_ns(&self) -> i64 {
        let probe = || {
            let folder = self.writable()?.parent()?;
            fs::create_dir_all(folder).ok()?;
            let file = tempfile::NamedTempFile::new_in(folder).ok()?;
            match stamp_of(&file.as_file().metadata().ok()?) {
                Stamp::Stat { mtime_ns, .. } => Some(mtime_ns),
                _ => None,
            }
        };
        let clock = || {
            let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
        };
        probe().unwrap_or_else(clock)
    }
}

/// A short hash of `bytes` that nobody can make another text for.
pub fn checksum(bytes: &[u8]) -> u64 {
    u64::from_le_bytes(blake3::hash(bytes).as_bytes()[..8].try_into().unwrap_or_default())
}

/// `payload` as a cache keeps it: with the number of its format, which changes whenever its shape or meaning does, and a
/// checksum.
pub fn sealed(format: u32, payload: &[u8]) -> Vec<u8> {
    let mut bytes = format.to_le_bytes().to_vec();
    bytes.extend_from_slice(blake3::hash(payload).as_bytes());
    bytes.extend_from_slice(payload);
    bytes
}

/// The payload of what [`sealed`] made; `None` when it is damaged or of another format.
pub fn unsealed(format: u32, bytes: &[u8]) -> Option<&[u8]> {
    let (head, payload) = bytes.split_at_checked(36)?;
    let is_whole = head[..4] == format.to_le_bytes() && head[4..] == *blake3::hash(payload).as_bytes();
    is_whole.then_some(payload)
}

impl Repo {
    /// The place of the cache `name`. Worktrees of one repository have places of their own, since their files differ.
    pub fn cache_slot(&self, name: &str) -> CacheSlot {
        let worktree = self.git_dir.strip_prefix(&self.common_dir).unwrap_or(&self.git_dir);
        let mut place = self.cache_dir().join("cache").join(worktree);
        // So do casebooks in several folders of one.
        place.push(self.prefix.replace('/', "+"));
        CacheSlot { path: Some(place.join(name)), is_read_only: false }
    }

    /// The same place, for views that must not replace what is kept there.
    pub fn read_only_cache_slot(&self, name: &str) -> CacheSlot {
        CacheSlot { is_read_only: true, ..self.cache_slot(name) }
    }

    /// A file in the cache folder; `None` when it is not there or cannot be read.
    pub fn read_cache(&self, name: &str) -> Option<Vec<u8>> {
        fs::read(self.cache_dir().join(name)).ok()
    }

    /// Keeps a file in the cache folder (`drafts/x.md`). It is on the disk when this returns.
    pub fn write_cache(&self, lock: &Lock, name: &str, contents: &[u8]) -> Result<(), RepoError> {
        debug_assert!(lock.covers(self));
        let path = self.cache_dir().join(name);
        let folder = path.parent().unwrap_or(&path);
        // Not beside it: what a killed write leaves is no draft and no page of a journal.
        let unfinished = self.cache_dir().join(atomic::UNFINISHED);
        for folder in [folder, &unfinished] {
            fs::create_dir_all(folder).map_err(|error| RepoError::io("make the folder", folder, error))?;
        }
        atomic::put(&unfinished, &path, contents, Write::Replace, true)
            .and_then(|()| atomic::sync_folder(folder))
            .map_err(|error| RepoError::io("write", &path, error))
    }

    /// Removes a file from the cache folder; that it is not there is no error.
    pub fn remove_cache(&self, lock: &Lock, name: &str) -> Result<(), RepoError> {
        debug_assert!(lock.covers(self));
        let path = self.cache_dir().join(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(RepoError::io("remove", &path, error)),
            _ => Ok(()),
        }
    }

    /// The stem of the file in a folder of the cache folder that was written last; `None` when there is none.
    pub fn newest_cache(&self, folder: &str) -> Result<Option<String>, RepoError> {
        let folder = self.cache_dir().join(folder);
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(RepoError::io("read", &folder, error)),
        };
        let newest = entries
            .flatten()
            .filter(|entry| !super::scope::is_hidden(entry.file_name().as_encoded_bytes()))
            .filter_map(|entry| Some((entry.metadata().ok().filter(fs::Metadata::is_file)?, entry.path())))
            .filter_map(|(metadata, path)| Some((metadata.modified().ok()?, path)))
            .max();
        Ok(newest.and_then(|(_, path)| Some(path.file_stem()?.to_str()?.to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::testing::Sandbox;

    #[test]
    fn a_cache_is_kept_for_each_worktree_and_can_be_lost() {
        let sandbox = Sandbox::new();
        sandbox.casebook("a").git("a", "worktree add -q ../b -b other");
        let (a, b) = (sandbox.open("a"), sandbox.open("b"));
        assert_eq!(a.cache_slot("parsed").read(), None);
        a.cache_slot("parsed").write(b"of a");
        b.cache_slot("parsed").write(b"of b");
        b.read_only_cache_slot("parsed").write(b"no");
        assert_eq!(a.cache_slot("parsed").read().unwrap(), b"of a");
        assert_eq!(b.cache_slot("parsed").read().unwrap(), b"of b");
        assert!(sandbox.path("a/.git/casebook/cache/worktrees/b/parsed").exists());
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos();
        let off = i128::from(a.cache_slot("parsed").now_ns()) - i128::try_from(now).unwrap();
        assert!(off.abs() < 60_000_000_000, "{off}");
    }

    #[test]
    fn drafts_are_kept_found_and_removed() {
        let sandbox = Sandbox::new();
        sandbox.casebook("a");
        let repo = sandbox.open("a");
        let lock = sandbox.lock(&repo);
        assert_eq!(repo.newest_cache("drafts").unwrap(), None);
        repo.write_cache(&lock, "drafts/old.md", b"old").unwrap();
        let an_hour_ago = SystemTime::now() - std::time::Duration::from_secs(3600);
        let old =
            fs::File::options().write(true).open(sandbox.path("a/.git/casebook/drafts/old.md")).unwrap();
        old.set_modified(an_hour_ago).unwrap();
        repo.write_cache(&lock, "drafts/new.md", b"new").unwrap();
        assert_eq!(repo.newest_cache("drafts").unwrap().as_deref(), Some("new"));
        assert_eq!(repo.read_cache("drafts/old.md").unwrap(), b"old");
        repo.remove_cache(&lock, "drafts/new.md").unwrap();
        repo.remove_cache(&lock, "drafts/new.md").unwrap();
        assert_eq!(repo.newest_cache("drafts").unwrap().as_deref(), Some("old"));
    }
}

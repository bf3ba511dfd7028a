//! The place of a cache, and the form in which caches are kept.

use std::fs;
use std::io::{self, ErrorKind, Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use super::put;

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

    /// The same place, for a view that must not replace what is kept there.
    #[must_use]
    pub(in crate::repo) fn read_only(self) -> Self {
        Self { is_read_only: true, ..self }
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
            path.parent().into_iter().for_each(put::sweep);
            put::write_outside(path, bytes).ok();
        }
    }

    /// The time by the clock that stamps files here, in nanoseconds since 1970: on a network file system that is not
    /// this computer's, and a stamp is racy by that clock.
    pub fn now_ns(&self) -> i64 {
        let probe = || {
            let folder = self.writable()?.parent()?;
            fs::create_dir_all(folder).ok()?;
            let file = tempfile::NamedTempFile::new_in(folder).ok()?;
            let written = file.as_file().metadata().ok()?;
            Some(written.mtime().saturating_mul(1_000_000_000).saturating_add(written.mtime_nsec()))
        };
        let clock = || {
            let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
        };
        probe().unwrap_or_else(clock)
    }
}

/// A short hash of `bytes` that nobody can make another text for.
pub(crate) fn checksum(bytes: &[u8]) -> u64 {
    u64::from_le_bytes(blake3::hash(bytes).as_bytes()[..8].try_into().unwrap_or_default())
}

/// `payload` as a cache keeps it: with the number of its format, which changes whenever its shape or meaning does, and a
/// checksum.
pub(crate) fn sealed(format: u32, payload: &[u8]) -> Vec<u8> {
    let mut bytes = format.to_le_bytes().to_vec();
    bytes.extend_from_slice(blake3::hash(payload).as_bytes());
    bytes.extend_from_slice(payload);
    bytes
}

/// The payload of what [`sealed`] made; `None` when it is damaged or of another format.
pub(crate) fn unsealed(format: u32, bytes: &[u8]) -> Option<&[u8]> {
    let (head, payload) = bytes.split_at_checked(36)?;
    let is_whole = head[..4] == format.to_le_bytes() && head[4..] == *blake3::hash(payload).as_bytes();
    is_whole.then_some(payload)
}

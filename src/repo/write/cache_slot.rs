//! The place and the file format of caches.

use std::fs;
use std::io::{self, ErrorKind, Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;

use super::put;

/// A place for one cache. Losing a cache costs only time, so no operation here returns an error.
#[derive(Clone, Debug)]
pub struct CacheSlot {
    /// `None`: nothing is cached.
    path: Option<PathBuf>,
    is_read_only: bool,
}

/// An open cache file for reading in parts. It does not change when the cache is replaced.
#[derive(Debug)]
pub struct CacheReader(Mutex<fs::File>);

impl CacheReader {
    /// Reads exactly `len` bytes from `offset`.
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
    /// Returns a place outside of a repository.
    pub fn at(path: &Path) -> Self {
        Self { path: Some(path.to_owned()), is_read_only: false }
    }

    /// Returns the same place for a view that must not replace the cache.
    #[must_use]
    pub(in crate::repo) fn read_only(self) -> Self {
        Self { is_read_only: true, ..self }
    }

    /// Returns a place that caches nothing.
    pub fn nowhere() -> Self {
        Self { path: None, is_read_only: true }
    }

    /// Returns the place for a second file of this cache.
    #[must_use]
    pub fn beside(&self, name: &str) -> Self {
        let path = self.path.clone().map(|path| {
            let mut path = path.into_os_string();
            path.push(format!(".{name}"));
            path.into()
        });
        Self { path, is_read_only: self.is_read_only }
    }

    /// Opens the cached file for reading in parts; returns `None` when there is none.
    pub fn reader(&self) -> Option<CacheReader> {
        let file = fs::File::open(self.path.as_ref()?).ok()?;
        Some(CacheReader(Mutex::new(file)))
    }

    /// Reads the cached bytes; returns `None` when there are none.
    pub fn read(&self) -> Option<Vec<u8>> {
        fs::read(self.path.as_ref()?).ok()
    }

    /// Removes a cache that turned out to be damaged.
    pub fn forget(&self) {
        if let Some(path) = self.writable() {
            fs::remove_file(path).ok();
        }
    }

    fn writable(&self) -> Option<&Path> {
        self.path.as_deref().filter(|_| !self.is_read_only)
    }

    /// Stores `bytes` atomically; if two processes store at once, one of them wins.
    pub fn write(&self, bytes: &[u8]) {
        if let Some(path) = self.writable() {
            path.parent().into_iter().for_each(put::sweep);
            put::write_outside(path, bytes).ok();
        }
    }

    /// Returns the time in nanoseconds since 1970, by the clock that stamps files here. On a network file system this
    /// is not the clock of this computer, and git's racy rule needs the clock of the stamps.
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

/// Returns the first 64 bits of a cryptographic hash of `bytes`.
pub(crate) fn checksum(bytes: &[u8]) -> u64 {
    u64::from_le_bytes(blake3::hash(bytes).as_bytes()[..8].try_into().unwrap_or_default())
}

/// Wraps `payload` for a cache file: adds a checksum and the format number, which changes whenever the payload's shape
/// or meaning does.
pub(crate) fn sealed(format: u32, payload: &[u8]) -> Vec<u8> {
    let mut bytes = format.to_le_bytes().to_vec();
    bytes.extend_from_slice(blake3::hash(payload).as_bytes());
    bytes.extend_from_slice(payload);
    bytes
}

/// Does the same as [`sealed`] for a value, which is not in memory twice. Returns `None` if it cannot be serialized.
pub(crate) fn sealed_value(format: u32, value: &impl Serialize) -> Option<Vec<u8>> {
    let mut head = format.to_le_bytes().to_vec();
    head.resize(HEAD, 0);
    let mut bytes = postcard::to_extend(value, head).ok()?;
    let sum = blake3::hash(&bytes[HEAD..]);
    bytes[FORMAT_BYTES..HEAD].copy_from_slice(sum.as_bytes());
    Some(bytes)
}

/// The number of bytes of the format number, and with the checksum.
const FORMAT_BYTES: usize = size_of::<u32>();
const HEAD: usize = FORMAT_BYTES + blake3::OUT_LEN;

/// Returns the payload of a file from [`sealed`]; `None` when it is damaged or has another format.
pub(crate) fn unsealed(format: u32, bytes: &[u8]) -> Option<&[u8]> {
    let (head, payload) = bytes.split_at_checked(HEAD)?;
    let (number, sum) = head.split_at(FORMAT_BYTES);
    let is_whole = number == format.to_le_bytes() && sum == blake3::hash(payload).as_bytes();
    is_whole.then_some(payload)
}

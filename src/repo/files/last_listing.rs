//! Remembers the folders of a worktree from the last listing. A folder whose own times did not change has the same
//! names as before, so it is not read again (`docs/decisions/list-cache.md` has the measurements). Each file in it
//! is still looked at, since writing to a file does not change the times of its folder.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::source::{FileEntry, Stamp};
use crate::repo::write::cache_slot::{CacheSlot, sealed, unsealed};
use crate::text::RepoPath;

/// The cache format; increase it whenever the cached data changes in shape or meaning.
const FORMAT: u32 = 3;

/// A folder that changed within this time may change again within one tick of its file system's clock (git's racy
/// rule). Some file systems tick every two seconds.
const TICK_NS: i64 = 3_000_000_000;

/// The number of paths in a chunk. Chunks are processed in parallel.
pub(in crate::repo) const CHUNK: usize = 1_024;

/// The files and folders of the last listing.
#[derive(Default)]
pub(in crate::repo) struct LastListing {
    bytes: Vec<u8>,
}

/// A cached path, stored relative to the path before it.
#[derive(Serialize, Deserialize)]
struct PathRecord<'a> {
    /// The number of bytes at the beginning that the path shares with the path before it.
    shared: u32,
    /// The path after the shared bytes.
    rest: &'a str,
    /// The folder's stamp before its names were read; `None` for a file.
    folder: Option<Stamp>,
}

/// A folder that was listed.
#[derive(Clone, Debug)]
pub(in crate::repo) struct ListedFolder {
    /// Relative to the root.
    pub path: RepoPath,
    /// The folder's stamp before its names were read. [`Stamp::None`] means that some names in it do not belong to the
    /// casebook, so the folder is read each time.
    pub stamp: Stamp,
}

impl LastListing {
    /// Reads the listing from `slot`.
    pub(crate) fn read(slot: &CacheSlot) -> Self {
        Self { bytes: slot.read().unwrap_or_default() }
    }

    /// Returns the chunks of the listing; none when the cache is damaged or has another format.
    pub(crate) fn chunks(&self) -> Vec<ListingChunk<'_>> {
        let chunks: Option<Vec<&[u8]>> =
            unsealed(FORMAT, &self.bytes).and_then(|payload| postcard::from_bytes(payload).ok());
        chunks.unwrap_or_default().into_iter().map(ListingChunk).collect()
    }
}

/// Consecutive paths of a listing.
#[derive(Clone, Copy)]
pub(in crate::repo) struct ListingChunk<'a>(&'a [u8]);

impl ListingChunk<'_> {
    /// Calls `each` with every path, in order, and with the stamp of each folder.
    pub(crate) fn each(self, mut each: impl FnMut(&str, Option<Stamp>)) {
        // The checksum matched, so the bytes are those that were written.
        let records: Vec<PathRecord<'_>> = postcard::from_bytes(self.0).unwrap_or_default();
        let mut path = String::new();
        for PathRecord { shared, rest, folder } in records {
            path.truncate(shared as usize);
            path.push_str(rest);
            each(&path, folder);
        }
    }
}

/// Stores a listing for the next time; `entries` and `folders` are sorted by path. Folders that changed shortly before
/// `started_ns`, when this listing began, will be read again.
pub(in crate::repo) fn store(
    slot: &CacheSlot,
    entries: &[FileEntry],
    folders: &[ListedFolder],
    started_ns: i64,
) {
    let settled = |stamp: Stamp| match stamp {
        Stamp::Stat { mtime_ns, ctime_ns, .. }
            if mtime_ns.max(ctime_ns) < started_ns.saturating_sub(TICK_NS) =>
        {
            stamp
        }
        _ => Stamp::None,
    };
    let mut all: Vec<(&str, Option<Stamp>)> = Vec::with_capacity(entries.len() + folders.len());
    // Files and folders at the root are looked at each time.
    let below = entries.iter().map(|entry| entry.path.as_str()).filter(|path| path.contains('/'));
    all.extend(below.map(|path| (path, None)));
    all.extend(folders.iter().map(|folder| (folder.path.as_str(), Some(settled(folder.stamp)))));
    all.sort_by_key(|(path, _)| *path);
    let chunks: Option<Vec<Vec<u8>>> = all.chunks(CHUNK).map(chunk).collect();
    if let Some(payload) = chunks.and_then(|chunks| postcard::to_stdvec(&chunks).ok()) {
        slot.write(&sealed(FORMAT, &payload));
    }
}

fn chunk(paths: &[(&str, Option<Stamp>)]) -> Option<Vec<u8>> {
    let mut before = "";
    let records = paths.iter().map(|(path, folder)| {
        let shared = path.char_indices().zip(before.chars()).take_while(|((_, a), b)| a == b).last();
        let shared = shared.map_or(0, |((at, last), _)| at + last.len_utf8());
        before = path;
        PathRecord { shared: u32::try_from(shared).unwrap_or(0), rest: &path[shared..], folder: *folder }
    });
    postcard::to_stdvec(&records.collect::<Vec<_>>()).ok()
}

/// Returns whether the file system of `root` is known to update a folder's times when its names change. Some network
/// file systems do not.
#[cfg(target_os = "linux")]
pub(in crate::repo) fn has_reliable_times(root: &Path) -> bool {
    /// The magic numbers of `statfs(2)`: ext2 to ext4, XFS, Btrfs, F2FS, bcachefs, ZFS, tmpfs, overlayfs.
    const RELIABLE: [u32; 8] =
        [0xef53, 0x5846_5342, 0x9123_683e, 0xf2f5_2010, 0xca45_1a4e, 0x2fc1_2fc1, 0x0102_1994, 0x794c_7630];
    // The width of this number differs between machines, and the magic numbers have 32 bits.
    rustix::fs::statfs(root).is_ok_and(|system| RELIABLE.contains(&(system.f_type as u32)))
}

/// Returns false: on other systems the file system is unknown.
#[cfg(not(target_os = "linux"))]
pub(in crate::repo) fn has_reliable_times(_: &Path) -> bool {
    false
}

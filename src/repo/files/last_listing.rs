//! What the folders of a worktree had when it was listed last. A folder whose own times are the same has the same names
//! still, so it need not be read again (`docs/decisions/list-cache.md` has what that saves). Each file in it is looked at all
//! the same, since writing to a file leaves the times of its folder alone.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::source::{Entry, Stamp};
use crate::repo::write::cache_slot::{CacheSlot, sealed, unsealed};
use crate::text::RepoPath;

/// Raised whenever what is kept changes its shape or its meaning.
const FORMAT: u32 = 2;

/// A folder that changed so lately may change again within one tick of its file system's clock (git's racy rule). Some
/// file systems tick every two seconds.
const TICK_NS: i64 = 3_000_000_000;

/// How many paths a chunk has; chunks are looked at in parallel.
pub(in crate::repo) const CHUNK: usize = 1_024;

/// The files and folders of the last listing.
#[derive(Default)]
pub(in crate::repo) struct LastListing {
    bytes: Vec<u8>,
}

/// A path that was listed.
#[derive(Serialize, Deserialize)]
struct PathRecord<'a> {
    /// How many bytes of the path before it begin this one, too.
    shared: u32,
    /// The rest of it.
    rest: &'a str,
    /// What the file system said of a folder before its names were read; nothing of a file.
    folder: Option<Stamp>,
}

/// A folder that was listed.
#[derive(Clone, Debug)]
pub(in crate::repo) struct Folder {
    /// Its path below the root.
    pub path: RepoPath,
    /// What the file system said of it before its names were read; [`Stamp::None`] where some of these are none of ours, so that
    /// it has to be read each time.
    pub stamp: Stamp,
}

impl LastListing {
    /// What `slot` keeps.
    pub(crate) fn read(slot: &CacheSlot) -> Self {
        Self { bytes: slot.read().unwrap_or_default() }
    }

    /// The chunks of it; none when it is damaged or of another format.
    pub(crate) fn chunks(&self) -> Vec<ListingChunk<'_>> {
        let chunks: Option<Vec<&[u8]>> =
            unsealed(FORMAT, &self.bytes).and_then(|payload| postcard::from_bytes(payload).ok());
        chunks.unwrap_or_default().into_iter().map(ListingChunk).collect()
    }
}

/// Some paths that follow one another.
#[derive(Clone, Copy)]
pub(in crate::repo) struct ListingChunk<'a>(&'a [u8]);

impl ListingChunk<'_> {
    /// Calls `each` with every path, in order, and with what the file system said of it if it was a folder.
    pub(crate) fn each(self, mut each: impl FnMut(&str, Option<Stamp>)) {
        // The checksum was right, so this is what was written.
        let records: Vec<PathRecord<'_>> = postcard::from_bytes(self.0).unwrap_or_default();
        let mut path = String::new();
        for PathRecord { shared, rest, folder } in records {
            path.truncate(shared as usize);
            path.push_str(rest);
            each(&path, folder);
        }
    }
}

/// Keeps what was listed for the next listing; both by path. Folders that changed shortly before `started_ns`, when this one
/// began, will be read again.
pub(in crate::repo) fn keep(slot: &CacheSlot, entries: &[Entry], folders: &[Folder], started_ns: i64) {
    let settled = |stamp: Stamp| match stamp {
        Stamp::Stat { mtime_ns, ctime_ns, .. }
            if mtime_ns.max(ctime_ns) < started_ns.saturating_sub(TICK_NS) =>
        {
            stamp
        }
        _ => Stamp::None,
    };
    let mut all: Vec<(&str, Option<Stamp>)> = Vec::with_capacity(entries.len() + folders.len());
    // What stands at the root is looked at each time.
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

/// Whether the file system of `root` is one that is known to change a folder's times with its names. Some that reach
/// over a network do not.
#[cfg(target_os = "linux")]
pub(in crate::repo) fn have_reliable_times(root: &Path) -> bool {
    /// The magic numbers of `statfs(2)`: ext2 to ext4, XFS, Btrfs, F2FS, bcachefs, ZFS, tmpfs, overlayfs.
    const RELIABLE: [u32; 8] =
        [0xef53, 0x5846_5342, 0x9123_683e, 0xf2f5_2010, 0xca45_1a4e, 0x2fc1_2fc1, 0x0102_1994, 0x794c_7630];
    // Its width differs between machines, and the numbers have 32 bits.
    rustix::fs::statfs(root).is_ok_and(|system| RELIABLE.contains(&(system.f_type as u32)))
}

/// Elsewhere nothing is known.
#[cfg(not(target_os = "linux"))]
pub(in crate::repo) fn have_reliable_times(_: &Path) -> bool {
    false
}

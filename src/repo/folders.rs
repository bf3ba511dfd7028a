//! Which names the folders of a worktree had when it was listed last. A folder whose own times are the same has the same
//! names still, so it need not be read again: looking at a folder costs a fifth of reading it. Each file in it is looked
//! at all the same, since writing to a file leaves the times of its folder alone.

use std::collections::HashMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::Stamp;
use super::cached::{CacheSlot, sealed, unsealed};

/// Raised whenever what is kept changes its shape or its meaning.
const FORMAT: u32 = 1;

/// A folder that changed so lately may change again within one tick of its file system's clock (git's racy rule). Some
/// file systems tick every two seconds.
const TICK_NS: i64 = 3_000_000_000;

/// The folders of the last listing.
pub(super) struct KnownFolders {
    bytes: Vec<u8>,
}

/// The same, to look things up.
#[derive(Default)]
pub(super) struct Lookup<'a>(HashMap<&'a str, (Stamp, &'a str)>);

/// A folder as it was listed.
#[derive(Serialize, Deserialize)]
pub(super) struct Folder<'a> {
    /// Its path below the root.
    pub path: &'a str,
    /// What the file system said of it before its names were read.
    pub stamp: Stamp,
    /// Its names but for hidden ones, with a `/` between two: no name has one.
    pub names: &'a str,
}

impl KnownFolders {
    /// What `slot` keeps; nothing when that is damaged or of another format.
    pub fn read(slot: &CacheSlot) -> Self {
        Self { bytes: slot.read().unwrap_or_default() }
    }

    /// For looking up.
    pub fn lookup(&self) -> Lookup<'_> {
        let folders: Option<Vec<Folder<'_>>> =
            unsealed(FORMAT, &self.bytes).and_then(|payload| postcard::from_bytes(payload).ok());
        let folders = folders.unwrap_or_default().into_iter();
        Lookup(folders.map(|folder| (folder.path, (folder.stamp, folder.names))).collect())
    }
}

impl<'a> Lookup<'a> {
    /// The names of the folder at `path`, if it has not changed.
    pub fn names(&self, path: &str, stamp: Stamp) -> Option<&'a str> {
        let (known, names) = self.0.get(path)?;
        (*known == stamp).then_some(*names)
    }

    /// How many folders are known.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

/// Keeps `folders` for the next listing, but for those that changed shortly before `started_ns`, when this one began.
pub(super) fn keep(slot: &CacheSlot, mut folders: Vec<Folder<'_>>, started_ns: i64) {
    folders.retain(|folder| match folder.stamp {
        Stamp::Stat { mtime_ns, ctime_ns, .. } => mtime_ns.max(ctime_ns) < started_ns.saturating_sub(TICK_NS),
        Stamp::Blob(_) | Stamp::None => false,
    });
    if let Ok(payload) = postcard::to_stdvec(&folders) {
        slot.write(&sealed(FORMAT, &payload));
    }
}

/// Whether the file system of `root` is one that is known to change a folder's times with its names. Some that reach
/// over a network do not.
#[cfg(target_os = "linux")]
pub(super) fn have_reliable_times(root: &Path) -> bool {
    /// The magic numbers of `statfs(2)`: ext2 to ext4, XFS, Btrfs, F2FS, bcachefs, ZFS, tmpfs, overlayfs.
    const RELIABLE: [u32; 8] =
        [0xef53, 0x5846_5342, 0x9123_683e, 0xf2f5_2010, 0xca45_1a4e, 0x2fc1_2fc1, 0x0102_1994, 0x794c_7630];
    // Its width differs between machines, and the numbers have 32 bits.
    rustix::fs::statfs(root).is_ok_and(|system| RELIABLE.contains(&(system.f_type as u32)))
}

/// Elsewhere nothing is known.
#[cfg(not(target_os = "linux"))]
pub(super) fn have_reliable_times(_: &Path) -> bool {
    false
}

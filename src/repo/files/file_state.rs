//! What the file system says of a path: what is there, and how to tell later whether it is still the same.

use std::fs;
use std::io;
use std::path::Path;

use super::source::Stamp;

/// What is at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::repo) enum FileKind {
    File,
    Folder,
    /// Not followed.
    Symlink,
    /// A socket, a device, a pipe.
    Special,
}

/// What the file system says of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::repo) struct FileState {
    pub kind: FileKind,
    /// Bytes.
    pub size: u64,
    pub stamp: Stamp,
}

#[cfg(any(test, not(target_os = "linux")))]
impl FileState {
    fn of(metadata: &fs::Metadata) -> Self {
        let kind = if metadata.is_symlink() {
            FileKind::Symlink
        } else if metadata.is_dir() {
            FileKind::Folder
        } else if metadata.is_file() {
            FileKind::File
        } else {
            FileKind::Special
        };
        Self { kind, size: metadata.len(), stamp: stamp_of(metadata) }
    }
}

/// A folder that is held open, for looking at much that is below it: the kernel then walks a third less of each path.
#[cfg(target_os = "linux")]
pub(in crate::repo) struct FolderHandle(rustix::fd::OwnedFd);

#[cfg(target_os = "linux")]
impl FolderHandle {
    /// Opens `folder`.
    pub(crate) fn open(folder: &Path) -> io::Result<Self> {
        use rustix::fs::{Mode, OFlags};
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(Self(rustix::fs::open(folder, flags, Mode::empty())?))
    }

    /// Opens the folder at `path` below it.
    pub(crate) fn hold(&self, path: &str) -> io::Result<Self> {
        use rustix::fs::{Mode, OFlags};
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(Self(rustix::fs::openat(&self.0, path, flags, Mode::empty())?))
    }

    /// Looks at `path` below it. A symbolic link at its end is not followed.
    pub(crate) fn look(&self, path: &str) -> io::Result<FileState> {
        use rustix::fs::{AtFlags, FileType, statat};
        let stat = statat(&self.0, path, AtFlags::SYMLINK_NOFOLLOW)?;
        let kind = match FileType::from_raw_mode(stat.st_mode) {
            FileType::RegularFile => FileKind::File,
            FileType::Directory => FileKind::Folder,
            FileType::Symlink => FileKind::Symlink,
            _ => FileKind::Special,
        };
        // Their widths and signs differ between machines.
        let (size, inode) = (stat.st_size as u64, stat.st_ino as u64);
        let stamp = Stamp::Stat {
            mtime_ns: nanoseconds(stat.st_mtime as i64, stat.st_mtime_nsec as i64),
            ctime_ns: nanoseconds(stat.st_ctime as i64, stat.st_ctime_nsec as i64),
            size,
            inode,
        };
        Ok(FileState { kind, size, stamp })
    }
}

/// A folder, for looking at much that is below it.
#[cfg(not(target_os = "linux"))]
pub(in crate::repo) struct FolderHandle(std::path::PathBuf);

#[cfg(not(target_os = "linux"))]
impl FolderHandle {
    /// Opens `folder`.
    pub fn open(folder: &Path) -> io::Result<Self> {
        Ok(Self(folder.to_owned()))
    }

    /// Opens the folder at `path` below it.
    pub fn hold(&self, path: &str) -> io::Result<Self> {
        Ok(Self(self.0.join(path)))
    }

    /// Looks at `path` below it. A symbolic link at its end is not followed.
    pub fn look(&self, path: &str) -> io::Result<FileState> {
        self.0.join(path).symlink_metadata().map(|metadata| FileState::of(&metadata))
    }
}

fn nanoseconds(seconds: i64, rest: i64) -> i64 {
    seconds.saturating_mul(1_000_000_000).saturating_add(rest)
}

/// What the file system says of a file.
pub(in crate::repo) fn stamp_of(metadata: &fs::Metadata) -> Stamp {
    use std::os::unix::fs::MetadataExt as _;
    Stamp::Stat {
        mtime_ns: nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
        ctime_ns: nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
        size: metadata.len(),
        inode: metadata.ino(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::testing::Sandbox;

    #[test]
    fn what_is_seen_from_a_held_folder_is_what_is_seen_by_its_whole_path() {
        let sandbox = Sandbox::new();
        sandbox.file("a/b/c.md", "three").symlink("b", "a/link");
        let held = FolderHandle::open(&sandbox.path("a")).unwrap();
        for (path, kind) in [("b", FileKind::Folder), ("b/c.md", FileKind::File), ("link", FileKind::Symlink)]
        {
            let look = held.look(path).unwrap();
            let metadata = sandbox.path("a").join(path).symlink_metadata().unwrap();
            assert_eq!((look, look.kind), (FileState::of(&metadata), kind), "{path}");
        }
        assert_eq!(held.look("b/none").unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}

//! File metadata: the type of a file, and a stamp that shows later whether the file changed.

use std::fs;
use std::io;
use std::path::Path;

use super::source::Stamp;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::repo) enum FileKind {
    File,
    Folder,
    /// A symbolic link, which is not followed.
    Symlink,
    /// A socket, a device or a pipe.
    Special,
}

/// The metadata of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::repo) struct FileState {
    pub kind: FileKind,
    /// In bytes.
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

/// An open folder for reading the metadata of many paths below it. The kernel then has a third less of each path to
/// resolve.
#[cfg(target_os = "linux")]
pub(in crate::repo) struct LookupFolder(rustix::fd::OwnedFd);

#[cfg(target_os = "linux")]
impl LookupFolder {
    pub(crate) fn open(folder: &Path) -> io::Result<Self> {
        use rustix::fs::{Mode, OFlags};
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(Self(rustix::fs::open(folder, flags, Mode::empty())?))
    }

    /// Opens the folder at `path` below this one.
    pub(crate) fn open_below(&self, path: &str) -> io::Result<Self> {
        use rustix::fs::{Mode, OFlags};
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(Self(rustix::fs::openat(&self.0, path, flags, Mode::empty())?))
    }

    /// Reads the metadata of `path` below this folder. A symbolic link at the end of `path` is not followed.
    pub(crate) fn look(&self, path: &str) -> io::Result<FileState> {
        use rustix::fs::{AtFlags, FileType, statat};
        let stat = statat(&self.0, path, AtFlags::SYMLINK_NOFOLLOW)?;
        let kind = match FileType::from_raw_mode(stat.st_mode) {
            FileType::RegularFile => FileKind::File,
            FileType::Directory => FileKind::Folder,
            FileType::Symlink => FileKind::Symlink,
            _ => FileKind::Special,
        };
        // The widths and signs of these numbers differ between machines.
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

/// A folder for reading the metadata of many paths below it.
#[cfg(not(target_os = "linux"))]
pub(in crate::repo) struct LookupFolder(std::path::PathBuf);

#[cfg(not(target_os = "linux"))]
impl LookupFolder {
    pub fn open(folder: &Path) -> io::Result<Self> {
        Ok(Self(folder.to_owned()))
    }

    /// Opens the folder at `path` below this one.
    pub fn open_below(&self, path: &str) -> io::Result<Self> {
        Ok(Self(self.0.join(path)))
    }

    /// Reads the metadata of `path` below this folder. A symbolic link at the end of `path` is not followed.
    pub fn look(&self, path: &str) -> io::Result<FileState> {
        self.0.join(path).symlink_metadata().map(|metadata| FileState::of(&metadata))
    }
}

fn nanoseconds(seconds: i64, rest: i64) -> i64 {
    seconds.saturating_mul(1_000_000_000).saturating_add(rest)
}

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
    fn an_open_folder_and_a_whole_path_show_the_same_metadata() {
        let sandbox = Sandbox::new();
        sandbox.file("a/b/c.md", "three").symlink("b", "a/link");
        let folder = LookupFolder::open(&sandbox.path("a")).unwrap();
        for (path, kind) in [("b", FileKind::Folder), ("b/c.md", FileKind::File), ("link", FileKind::Symlink)]
        {
            let look = folder.look(path).unwrap();
            let metadata = sandbox.path("a").join(path).symlink_metadata().unwrap();
            assert_eq!((look, look.kind), (FileState::of(&metadata), kind), "{path}");
        }
        assert_eq!(folder.look("b/none").unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}

//! An open folder with operations that do not follow symbolic links.
//!
//! Each system call resolves a path again, so a link that is created between a check and a write would be followed. A
//! handle stays with the folder that was opened, even if its name points to another folder later.

use std::ffi::CStr;
use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::Path;

use rustix::fd::OwnedFd;
use rustix::fs::{AtFlags, CWD, Dir, FlockOperation, Mode, OFlags};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};

/// A file or folder in the output folder of a site that no build created. The user has to move it away.
#[derive(Debug, thiserror::Error)]
#[error("`{name}` {what}")]
pub(crate) struct ForeignSiteFile {
    pub(in crate::repo) name: String,
    /// A verb and its object, such as `is a folder`.
    pub(in crate::repo) what: &'static str,
}

/// What tells whether a file was changed, without reading it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SiteFileState {
    size: u64,
    mtime_ns: i64,
    ctime_ns: i64,
    inode: u64,
}

/// An open folder. Each `name` is a single name in the folder, never a path.
#[derive(Debug)]
pub(in crate::repo) struct FolderHandle(OwnedFd);

const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

impl FolderHandle {
    /// Opens the folder at `path` and follows links on the way, for paths that the user chose.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self(rustix::fs::openat(CWD, path, FOLDER, Mode::empty())?))
    }

    /// Opens the folder `name`.
    ///
    /// # Errors
    /// `name` is a symbolic link, or not a folder.
    pub(crate) fn folder(&self, name: &str) -> io::Result<Self> {
        match rustix::fs::openat(&self.0, name, FOLDER | OFlags::NOFOLLOW, Mode::empty()) {
            Ok(folder) => Ok(Self(folder)),
            // Systems return different errors for a link and a file, or the same one.
            Err(Errno::LOOP | Errno::MLINK | Errno::NOTDIR) => Err(self.in_the_way(name)),
            Err(error) => Err(error.into()),
        }
    }

    /// Opens the folder `name`, and creates it if it does not exist. Returns whether it was created. `is_absent` skips
    /// the attempt to open an existing folder.
    pub(crate) fn folder_or_new(&self, name: &str, is_absent: bool) -> io::Result<(Self, bool)> {
        if !is_absent {
            match self.folder(name) {
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                result => return Ok((result?, false)),
            }
        }
        let is_new = match rustix::fs::mkdirat(&self.0, name, Mode::from_raw_mode(0o777)) {
            Ok(()) => true,
            // Another thread created the folder in the meantime.
            Err(Errno::EXIST) => false,
            Err(error) => return Err(error.into()),
        };
        Ok((self.folder(name)?, is_new))
    }

    /// Opens the file `name` for reading and returns it with its size; `None` when it does not exist. Never waits, and
    /// never reads a device or a pipe.
    ///
    /// # Errors
    /// `name` is a symbolic link, a folder or a special file.
    pub(crate) fn file(&self, name: &str) -> io::Result<Option<(File, u64)>> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let file = match rustix::fs::openat(&self.0, name, flags, Mode::empty()) {
            Ok(file) => File::from(file),
            Err(Errno::NOENT) => return Ok(None),
            // A socket, or a device without a driver, cannot be opened at all.
            Err(Errno::LOOP | Errno::MLINK | Errno::NXIO) => return Err(self.in_the_way(name)),
            Err(error) => return Err(error.into()),
        };
        let metadata = file.metadata()?;
        match metadata.is_file() {
            true => Ok(Some((file, metadata.len()))),
            false => Err(self.in_the_way(name)),
        }
    }

    /// Returns the state of the file `name`; `None` if there is no file, or something other than a file.
    pub(crate) fn state(&self, name: &str) -> io::Result<Option<SiteFileState>> {
        let status = match rustix::fs::statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(status) => status,
            Err(Errno::NOENT) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        if !rustix::fs::FileType::from_raw_mode(status.st_mode).is_file() {
            return Ok(None);
        }
        let time = |seconds: i64, nanoseconds: u64| {
            let rest = i64::try_from(nanoseconds).unwrap_or_default();
            seconds.saturating_mul(1_000_000_000).saturating_add(rest)
        };
        Ok(Some(SiteFileState {
            size: u64::try_from(status.st_size).unwrap_or_default(),
            mtime_ns: time(status.st_mtime, status.st_mtime_nsec),
            ctime_ns: time(status.st_ctime, status.st_ctime_nsec),
            inode: status.st_ino,
        }))
    }

    /// Creates the new file `name`, with the usual permissions of new files.
    pub(crate) fn new_file(&self, name: &str) -> io::Result<File> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(File::from(rustix::fs::openat(&self.0, name, flags, Mode::from_raw_mode(0o666))?))
    }

    /// Moves the file `name` to `new` in `folder` and replaces a file or link that exists there.
    pub(crate) fn move_file(&self, name: &str, folder: &Self, new: &str) -> io::Result<()> {
        match rustix::fs::renameat(&self.0, name, &folder.0, new) {
            Ok(()) => Ok(()),
            Err(Errno::ISDIR | Errno::NOTEMPTY | Errno::EXIST) => Err(folder.in_the_way(new)),
            Err(error) => Err(error.into()),
        }
    }

    /// Removes the file or link `name`. A missing file is not an error. A folder in its place stays, which is not an
    /// error either.
    pub(crate) fn remove_file(&self, name: &str) -> io::Result<()> {
        match rustix::fs::unlinkat(&self.0, name, AtFlags::empty()) {
            // For a folder, Linux returns ISDIR, and macOS returns that the operation is not permitted.
            Err(Errno::NOENT | Errno::ISDIR) => Ok(()),
            Err(Errno::PERM) if self.is_folder(name) => Ok(()),
            result => Ok(result?),
        }
    }

    /// Removes the folder `name` if it is empty; returns whether it was removed.
    pub(crate) fn remove_empty_folder(&self, name: &str) -> bool {
        rustix::fs::unlinkat(&self.0, name, AtFlags::REMOVEDIR).is_ok()
    }

    /// Returns the names in the folder. Names that are not UTF-8 get replacement characters.
    pub(crate) fn names(&self) -> io::Result<Vec<String>> {
        let is_real = |name: &CStr| !matches!(name.to_bytes(), b"." | b"..");
        let mut names = Vec::new();
        for file in Dir::read_from(&self.0)? {
            let file = file?;
            if is_real(file.file_name()) {
                names.push(file.file_name().to_string_lossy().into_owned());
            }
        }
        Ok(names)
    }

    /// Waits until no other process has locked this folder, and locks it until it is closed. Does nothing on a file
    /// system without locks.
    pub(crate) fn lock(&self) {
        let _ = rustix::fs::flock(&self.0, FlockOperation::LockExclusive);
    }

    fn is_folder(&self, name: &str) -> bool {
        let status = rustix::fs::statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW);
        status.is_ok_and(|status| rustix::fs::FileType::from_raw_mode(status.st_mode).is_dir())
    }

    /// Returns an error that names the type of `name`, which is not the expected one.
    fn in_the_way(&self, name: &str) -> io::Error {
        use rustix::fs::FileType;
        let status = rustix::fs::statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW);
        let what = match status.map(|status| FileType::from_raw_mode(status.st_mode)) {
            Ok(FileType::Symlink) => "is a symbolic link, which Casebook does not follow",
            Ok(FileType::Directory) => "is a folder",
            Ok(FileType::RegularFile) => "is a file, not a folder",
            _ => "is neither a file nor a folder",
        };
        io::Error::other(ForeignSiteFile { name: name.to_owned(), what })
    }
}

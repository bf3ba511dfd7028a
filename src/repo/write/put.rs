//! Writes files so that readers never see an incomplete file, even if the process is killed.
//!
//! The contents are first written to a temporary file in the git directory, which is then renamed. If the git directory
//! is on another file system than the worktree, the temporary file is a hidden file in the folder of the target.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::repo::error::RepoError;
use crate::repo::scope;

/// The folder for unfinished writes, in the cache folder.
pub(in crate::repo) const UNFINISHED: &str = "tmp";
pub(in crate::repo) const PREFIX: &str = scope::UNFINISHED_PREFIX;
/// An unfinished write older than this comes from a killed process.
pub(in crate::repo) const LEFTOVER_AGE: Duration = Duration::from_secs(24 * 60 * 60);

/// Whether a write may replace an existing file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WriteMode {
    /// An existing file is an error and stays as it is.
    New,
    /// An existing file is replaced, and the new one keeps its permissions.
    Replace,
}

/// Writes the file at `path` through a hidden file in the same folder, and creates the folder if needed. Does not wait
/// for the disk, since caches and build output can be built again.
pub(crate) fn write_outside(path: &Path, contents: &[u8]) -> Result<(), RepoError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        fs::create_dir_all(folder).map_err(|error| RepoError::io("create the folder", folder, error))?;
    }
    put(folder, path, contents, WriteMode::Replace, false)
        .map_err(|error| RepoError::io("write", path, error))
}

/// Writes `target` through a temporary file in the folder `unfinished`. Returns [`ErrorKind::InvalidInput`] when
/// `target` is a symbolic link.
pub(in crate::repo) fn put(
    unfinished: &Path,
    target: &Path,
    contents: &[u8],
    how: WriteMode,
    durable: bool,
) -> io::Result<()> {
    let there = match how {
        WriteMode::New => None,
        WriteMode::Replace => target.symlink_metadata().ok(),
    };
    if there.as_ref().is_some_and(fs::Metadata::is_symlink) {
        return Err(ErrorKind::InvalidInput.into());
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX);
    let usual = std::os::unix::fs::PermissionsExt::from_mode(0o666);
    builder.permissions(usual);
    let mut file = builder.tempfile_in(unfinished)?;
    file.write_all(contents)?;
    if let Some(there) = there {
        file.as_file().set_permissions(there.permissions())?;
    }
    if durable {
        file.as_file().sync_all()?;
    }
    match how {
        WriteMode::New => file.persist_noclobber(target),
        WriteMode::Replace => file.persist(target),
    }
    .map(drop)
    .map_err(|error| error.error)
}

/// Removes the files that killed writers left in `folder`.
pub(in crate::repo) fn sweep(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let now = SystemTime::now();
    for entry in entries.flatten() {
        let is_ours = entry.file_name().as_encoded_bytes().starts_with(PREFIX.as_bytes());
        let modified = entry.metadata().and_then(|metadata| metadata.modified());
        let age = modified.ok().and_then(|time| now.duration_since(time).ok());
        if is_ours && age.is_some_and(|age| age > LEFTOVER_AGE) {
            // Leftover files that cannot be removed do no harm.
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_folder { fs::remove_dir_all(entry.path()) } else { fs::remove_file(entry.path()) }.ok();
        }
    }
}

/// Makes a rename in `folder` survive a power failure.
pub(in crate::repo) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Waits until the file system of `folder` has written everything to the disk.
pub(in crate::repo) fn sync_file_system(folder: &Path) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    rustix::fs::syncfs(File::open(folder)?)?;
    #[cfg(not(target_os = "linux"))]
    File::open(folder).map(|_| rustix::fs::sync())?;
    Ok(())
}

//! Writing files so that nobody ever sees half of one, whenever the process is killed.
//!
//! A file is written under another name, in the git directory, and renamed. Where that is another file system than the
//! worktree's, the other name is a hidden one in the same folder.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::repo::error::RepoError;

/// The folder for unfinished writes, in the cache folder.
pub(in crate::repo) const UNFINISHED: &str = "tmp";
/// How the names of unfinished writes begin; hidden, because of those that are in the worktree.
pub(in crate::repo) const PREFIX: &str = ".casebook-write-";
/// What is older than this is no write under way but the rest of one that was killed.
pub(in crate::repo) const LITTER_AGE: Duration = Duration::from_secs(24 * 60 * 60);

/// What may be at the place where a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Write {
    /// Nothing: an existing file is an error and stays as it is.
    New,
    /// A file, which is replaced and keeps its permissions; or nothing.
    Replace,
}

/// Writes `path`, whatever it is, by way of a hidden file beside it: for caches and for what is built. Makes the
/// folder it needs; does not wait for the disk, since such files can be made again.
pub(crate) fn write_outside(path: &Path, contents: &[u8]) -> Result<(), RepoError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        fs::create_dir_all(folder).map_err(|error| RepoError::io("make the folder", folder, error))?;
    }
    put(folder, path, contents, Write::Replace, false).map_err(|error| RepoError::io("write", path, error))
}

/// Writes `target` by way of a file in the folder `unfinished`. [`ErrorKind::InvalidInput`]: it is a symbolic link.
pub(in crate::repo) fn put(
    unfinished: &Path,
    target: &Path,
    contents: &[u8],
    how: Write,
    durable: bool,
) -> io::Result<()> {
    let there = match how {
        Write::New => None,
        Write::Replace => target.symlink_metadata().ok(),
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
        Write::New => file.persist_noclobber(target),
        Write::Replace => file.persist(target),
    }
    .map(drop)
    .map_err(|error| error.error)
}

/// Removes what killed writes left in `folder`.
pub(in crate::repo) fn sweep(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let now = SystemTime::now();
    for entry in entries.flatten() {
        let is_ours = entry.file_name().as_encoded_bytes().starts_with(PREFIX.as_bytes());
        let modified = entry.metadata().and_then(|metadata| metadata.modified());
        let age = modified.ok().and_then(|time| now.duration_since(time).ok());
        if is_ours && age.is_some_and(|age| age > LITTER_AGE) {
            // Litter that cannot be removed does no harm.
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_folder { fs::remove_dir_all(entry.path()) } else { fs::remove_file(entry.path()) }.ok();
        }
    }
}

/// Makes a rename last through a power failure.
pub(in crate::repo) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Waits until the file system that `folder` is on has written everything.
pub(in crate::repo) fn sync_file_system(folder: &Path) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    rustix::fs::syncfs(File::open(folder)?)?;
    #[cfg(not(target_os = "linux"))]
    File::open(folder).map(|_| rustix::fs::sync())?;
    Ok(())
}

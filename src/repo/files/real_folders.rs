//! Folders that are not reached through a symbolic link.

use std::collections::HashSet;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::{OnceLock, PoisonError, RwLock};

use crate::repo::error::RepoError;
use crate::repo::scope;
use crate::text::RepoPath;

/// Folders below the root that were checked and are not reached through a symbolic link. Checking the folders of each
/// file again would cost more than reading the files.
#[derive(Default)]
pub(in crate::repo) struct RealFolders {
    /// The folders of the first listing, sorted by path.
    listed: OnceLock<Vec<RepoPath>>,
    /// Folders that were checked one by one.
    found: RwLock<HashSet<String>>,
}

impl RealFolders {
    /// Records the folders of a listing, sorted by path, as real. Only the first listing counts.
    pub(crate) fn set_listed(&self, folders: Vec<RepoPath>) {
        self.listed.set(folders).ok();
    }

    fn remember(&self, folder: String) {
        self.found.write().unwrap_or_else(PoisonError::into_inner).insert(folder);
    }

    fn knows(&self, folder: &str) -> bool {
        let listed = self.listed.get().map_or(&[][..], Vec::as_slice);
        folder.is_empty()
            || listed.binary_search_by(|listed| listed.as_str().cmp(folder)).is_ok()
            || self.found.read().unwrap_or_else(PoisonError::into_inner).contains(folder)
    }

    /// Returns an error if `folder` leads through a symbolic link or a file. A missing folder is accepted.
    pub(crate) fn require(&self, root: &Path, folder: &str) -> Result<(), RepoError> {
        if self.knows(folder) {
            return Ok(());
        }
        let ends = folder.match_indices('/').map(|(at, _)| at).chain([folder.len()]);
        for part in ends.map(|end| &folder[..end]) {
            if self.knows(part) {
                continue;
            }
            let on_disk = root.join(part);
            match on_disk.symlink_metadata() {
                Ok(metadata) if metadata.is_symlink() => {
                    return Err(RepoError::path(part, scope::IS_SYMLINK));
                }
                Ok(metadata) if !metadata.is_dir() => {
                    return Err(RepoError::path(part, "is a file, not a folder"));
                }
                Ok(_) => self.remember(part.to_owned()),
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
                Err(error) => return Err(RepoError::io("read", &on_disk, error)),
            }
        }
        Ok(())
    }
}

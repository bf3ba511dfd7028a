//! The intermediate result of listing a worktree.

use std::collections::HashSet;
use std::io::{self, ErrorKind};

use super::file_state::{FileKind, FileState};
use super::last_listing::ListedFolder;
use super::source::{FileEntry, FileType, Listing};
use crate::repo::scope;
use crate::text::RepoPath;

/// The files and folders found so far.
#[derive(Default)]
pub(in crate::repo) struct PartialListing {
    pub listing: Listing,
    /// Folders whose names have been read, now or in the last listing.
    pub folders: Vec<ListedFolder>,
    /// Known folders whose stamps changed.
    pub changed: Vec<ListedFolder>,
    /// Known folders that were deleted or replaced by something else: paths below them are dropped.
    pub lost: HashSet<String>,
    /// Folders that contain a path which is unreadable or no longer a file.
    pub outdated: HashSet<String>,
    /// New folders that are still to be read.
    pub below: Vec<ListedFolder>,
}

impl PartialListing {
    pub(crate) fn append(&mut self, mut part: Self) {
        self.listing.entries.append(&mut part.listing.entries);
        self.listing.unreadable.append(&mut part.listing.unreadable);
        self.folders.append(&mut part.folders);
        self.changed.append(&mut part.changed);
        self.lost.extend(part.lost);
        self.outdated.extend(part.outdated);
        self.below.append(&mut part.below);
    }

    pub(crate) fn add(&mut self, path: RepoPath, look: FileState) {
        let kind = match look.kind {
            FileKind::File => FileType::File,
            FileKind::Symlink => FileType::Symlink,
            FileKind::Folder => {
                self.below.push(ListedFolder { path, stamp: look.stamp });
                return;
            }
            FileKind::Special if scope::is_hidden_path(path.as_str()) => return,
            FileKind::Special => {
                self.listing.unreadable.push((path.as_str().to_owned(), scope::IS_SPECIAL));
                return;
            }
        };
        self.listing.entries.push(FileEntry { path, kind, size: look.size, stamp: look.stamp });
    }

    pub(crate) fn cannot_read(&mut self, path: String, error: &io::Error) {
        // A file that was deleted during the listing is not a problem to report.
        if !is_gone(error) && !scope::is_hidden_path(&path) {
            self.listing.unreadable.push((path, format!("cannot be read: {error}").into()));
        }
    }

    /// Drops the paths below lost folders: a symbolic link in place of such a folder must not be followed.
    pub(crate) fn drop_lost(&mut self) {
        if self.lost.is_empty() {
            return;
        }
        let lost = &self.lost;
        let stays = |path: &str| path.match_indices('/').all(|(at, _)| !lost.contains(&path[..at]));
        self.listing.entries.retain(|entry| stays(entry.path.as_str()));
        self.folders.retain(|folder| stays(folder.path.as_str()));
        self.changed.retain(|folder| stays(folder.path.as_str()));
    }

    /// Moves the known folders in [`outdated`](Self::outdated) to the changed folders, which are read again.
    pub(crate) fn mark_outdated(&mut self) {
        if !self.outdated.is_empty() {
            let outdated = self.folders.extract_if(.., |folder| self.outdated.contains(folder.path.as_str()));
            self.changed.extend(outdated);
        }
    }

    /// Returns whether `path` was in the last listing and still exists. The lists must be sorted.
    pub(crate) fn has(&self, path: &RepoPath) -> bool {
        let is_in =
            |folders: &[ListedFolder]| folders.binary_search_by(|folder| folder.path.cmp(path)).is_ok();
        let is_file = self.listing.entries.binary_search_by(|entry| entry.path.cmp(path)).is_ok();
        is_file || is_in(&self.folders) || is_in(&self.changed)
    }

    pub(crate) fn sort(&mut self) {
        self.listing.sort();
        self.folders.sort_by(|a, b| a.path.cmp(&b.path));
        self.changed.sort_by(|a, b| a.path.cmp(&b.path));
    }
}

/// Returns whether the error means that the path does not exist.
pub(in crate::repo) fn is_gone(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

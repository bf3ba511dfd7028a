//! Lists a worktree: checks the files of the last listing, and walks new folders level by level.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use rayon::prelude::*;

use super::file_state::{FileKind, FileState, LookupFolder};
use super::last_listing;
use super::last_listing::{LastListing, ListedFolder, ListingChunk};
use super::partial_listing::{PartialListing, is_gone};
use super::source::{Listing, Stamp};
use crate::repo::error::RepoError;
use crate::repo::scope;
use crate::repo::scope::CasebookPlace;
use crate::repo::write::cache_slot::CacheSlot;
use crate::text::RepoPath;

/// The files and folders of a worktree.
pub(in crate::repo) struct WorktreeListing {
    pub listing: Listing,
    /// Sorted by path; none of them is a symbolic link.
    pub folders: Vec<ListedFolder>,
}

/// Lists the worktree at `root`. `slot` caches the folders' names, for file systems with reliable folder times.
pub(in crate::repo) fn list(root: &Path, slot: Option<&CacheSlot>) -> Result<WorktreeListing, RepoError> {
    let started_ns = slot.map_or(0, CacheSlot::now_ns);
    let known = slot.map(LastListing::read).unwrap_or_default();
    let folder = LookupFolder::open(root).map_err(|error| RepoError::io("read", root, error))?;
    let lister = Lister { root, folder };
    let mut all = PartialListing::default();
    let tops = lister.at_root(&mut all)?;
    // The settings file sorts before all known paths; a symbolic link in place of a root folder may not.
    let is_in_order = all.listing.entries.iter().all(|entry| entry.path.as_str() == scope::SETTINGS);
    let parts: Vec<PartialListing> =
        known.chunks().into_par_iter().map(|chunk| lister.recheck(chunk)).collect();
    all.listing.entries.reserve_exact(parts.iter().map(|part| part.listing.entries.len()).sum());
    all.folders.reserve_exact(parts.iter().map(|part| part.folders.len()).sum());
    parts.into_iter().for_each(|part| all.append(part));
    all.drop_lost();
    all.mark_outdated();

    let known_top =
        |top: &ListedFolder| all.folders.iter().chain(&all.changed).any(|folder| folder.path == top.path);
    let mut new: Vec<ListedFolder> = tops.into_iter().filter(|top| !known_top(top)).collect();
    let is_unchanged = new.is_empty() && all.changed.is_empty() && all.lost.is_empty();
    if !is_unchanged {
        all.sort();
        let read: Vec<PartialListing> =
            all.changed.par_iter().map(|folder| lister.read(folder, Some(&all))).collect();
        read.into_iter().for_each(|part| all.append(part));
        new.append(&mut all.below);
        lister.walk(new, &mut all);
    }
    if !is_unchanged || !is_in_order {
        all.sort();
    }
    if let Some(slot) = slot
        && !is_unchanged
    {
        last_listing::store(slot, &all.listing.entries, &all.folders, started_ns);
    }
    all.listing.set_hidden_apart();
    Ok(WorktreeListing { folders: all.folders, listing: all.listing })
}

struct Lister<'a> {
    root: &'a Path,
    folder: LookupFolder,
}

impl Lister<'_> {
    /// Adds the settings file, and symbolic links in place of root folders; returns the root folders.
    fn at_root(&self, found: &mut PartialListing) -> Result<Vec<ListedFolder>, RepoError> {
        for name in std::iter::once(scope::SETTINGS).chain(scope::FOLDERS) {
            let look = match self.folder.look(name) {
                Ok(look) => look,
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(error) => return Err(RepoError::io("read", &self.root.join(name), error)),
            };
            match (scope::place_at_root(name.as_bytes()), look.kind) {
                (CasebookPlace::Folder, FileKind::File | FileKind::Special)
                | (CasebookPlace::File, FileKind::Folder) => {}
                _ => found.add(RepoPath::new(name), look),
            }
        }
        Ok(std::mem::take(&mut found.below))
    }

    /// Checks the files and folders of the last listing.
    fn recheck(&self, chunk: ListingChunk<'_>) -> PartialListing {
        let mut found = PartialListing::default();
        found.listing.entries.reserve(last_listing::CHUNK);
        let mut nearest = Nearest::default();
        chunk.each(|path, folder| match (nearest.look(&self.folder, path), folder) {
            (Ok(FileState { kind: FileKind::Folder, stamp, .. }), Some(known)) => {
                let folder = ListedFolder { path: RepoPath::new(path), stamp };
                let list = if stamp == known { &mut found.folders } else { &mut found.changed };
                list.push(folder);
            }
            (Ok(look), None) if matches!(look.kind, FileKind::File | FileKind::Symlink) => {
                found.add(RepoPath::new(path), look);
            }
            (look, was_folder) => {
                if was_folder.is_some() {
                    found.lost.insert(path.to_owned());
                }
                // A deleted file changed the times of its folder, so the folder will be read again.
                if !look.is_err_and(|error| is_gone(&error)) {
                    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
                    found.outdated.insert(folder.to_owned());
                }
            }
        });
        found
    }

    /// Reads the folders in `level` and all folders below them.
    fn walk(&self, mut level: Vec<ListedFolder>, all: &mut PartialListing) {
        while !level.is_empty() {
            let parts: Vec<PartialListing> = level.par_iter().map(|folder| self.read(folder, None)).collect();
            parts.into_iter().for_each(|part| all.append(part));
            level = std::mem::take(&mut all.below);
        }
    }

    /// Reads the names in a folder and looks at each, except for those in `known`.
    fn read(&self, folder: &ListedFolder, known: Option<&PartialListing>) -> PartialListing {
        let mut found = PartialListing::default();
        let names = self.names(folder.path.as_str(), &mut found);
        for name in names {
            let path = folder.path.join(&name);
            if known.is_some_and(|known| known.has(&path)) {
                continue;
            }
            match self.folder.look(path.as_str()) {
                Ok(look) => found.add(path, look),
                Err(error) => found.cannot_read(path.as_str().to_owned(), &error),
            }
        }
        let is_whole = found.listing.unreadable.is_empty();
        let stamp = if is_whole { folder.stamp } else { Stamp::None };
        found.folders.push(ListedFolder { path: folder.path.clone(), stamp });
        found
    }

    /// Returns the names in a folder that belong to the casebook.
    fn names(&self, folder: &str, found: &mut PartialListing) -> Vec<String> {
        let entries = match fs::read_dir(self.root.join(folder)) {
            Ok(entries) => entries,
            Err(error) => {
                found.cannot_read(folder.to_owned(), &error);
                return Vec::new();
            }
        };
        let mut names = Vec::new();
        for entry in entries {
            let name = match entry {
                Ok(entry) => entry.file_name(),
                Err(error) => {
                    found.cannot_read(folder.to_owned(), &error);
                    continue;
                }
            };
            if scope::is_skipped(name.as_encoded_bytes()) {
                continue;
            }
            match scope::name_of(name.as_encoded_bytes()) {
                Ok(name) => names.push(name.to_owned()),
                Err(_) if scope::is_hidden_path(&format!("{folder}/{}", name.to_string_lossy())) => {}
                Err(problem) => {
                    let path = format!("{folder}/{}", name.to_string_lossy());
                    found.listing.unreadable.push((path, problem));
                }
            }
        }
        names
    }
}

/// The depth of the folder that is kept open.
const OPEN_DEPTH: usize = 3;

/// The open folder above the current path. It stays open for the next paths, since a folder such as `tickets/2026/11`
/// may have two hundred files.
#[derive(Default)]
struct Nearest {
    path: String,
    folder: Option<LookupFolder>,
}

impl Nearest {
    /// Reads the metadata of `path` below `root`.
    fn look(&mut self, root: &LookupFolder, path: &str) -> io::Result<FileState> {
        let below = path.strip_prefix(self.path.as_str()).and_then(|rest| rest.strip_prefix('/'));
        if let (Some(folder), Some(below)) = (&self.folder, below) {
            return folder.look(below);
        }
        let Some((end, _)) = path.match_indices('/').nth(OPEN_DEPTH - 1) else { return root.look(path) };
        let folder = self.folder.insert(root.open_below(&path[..end])?);
        path[..end].clone_into(&mut self.path);
        folder.look(&path[end + 1..])
    }
}

#[cfg(test)]
mod tests;

//! A repository as it would be with some files more.

use std::sync::Arc;

use crate::{
    repo::{Entry, EntryKind, Listing, RepoError, Source, Stamp},
    text::RepoPath,
};

/// Another source with some files added or replaced.
pub struct OverlaySource {
    base: Arc<dyn Source>,
    files: Vec<(RepoPath, Vec<u8>)>,
}

impl OverlaySource {
    /// `base` with `files`.
    pub fn new(base: Arc<dyn Source>, files: Vec<(RepoPath, Vec<u8>)>) -> Self {
        Self { base, files }
    }
}

impl Source for OverlaySource {
    fn list(&self) -> Result<Listing, RepoError> {
        let mut listing = self.base.list()?;
        listing.entries.retain(|entry| self.files.iter().all(|(path, _)| *path != entry.path));
        listing.entries.extend(self.files.iter().map(|(path, bytes)| Entry {
            path: path.clone(),
            kind: EntryKind::File,
            size: bytes.len() as u64,
            stamp: Stamp::None,
        }));
        listing.entries.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(listing)
    }

    fn read(&self, path: &RepoPath) -> Result<Vec<u8>, RepoError> {
        match self.files.iter().find(|(known, _)| known == path) {
            Some((_, bytes)) => Ok(bytes.clone()),
            None => self.base.read(path),
        }
    }
}

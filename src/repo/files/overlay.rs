//! A preview of a repository with some files added, changed or removed.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::Arc;

use super::source::{FileEntry, FileType, Listing, Source, Stamp};
use crate::repo::error::RepoError;
use crate::repo::scope;
use crate::text::RepoPath;

/// Another source with some files added, replaced or removed.
pub(crate) struct OverlaySource {
    base: Arc<dyn Source>,
    files: BTreeMap<RepoPath, Option<Vec<u8>>>,
}

impl OverlaySource {
    /// Creates an overlay on `base`. `None` as contents removes the file.
    pub(crate) fn new(
        base: Arc<dyn Source>,
        files: impl IntoIterator<Item = (RepoPath, Option<Vec<u8>>)>,
    ) -> Self {
        Self { base, files: files.into_iter().collect() }
    }

    /// Applies the changes to a listing of the base.
    pub(crate) fn over(&self, mut listing: Listing) -> Listing {
        listing.entries.retain(|entry| !self.files.contains_key(&entry.path));
        listing.entries.extend(self.entries());
        listing.sort();
        listing
    }

    /// Returns whether the overlay changes the file at `path`.
    pub(crate) fn changes(&self, path: &RepoPath) -> bool {
        self.files.contains_key(path)
    }

    /// Returns the changed files, each with `true` if it exists in the overlay and `false` if it is removed.
    pub(crate) fn changed(&self) -> impl Iterator<Item = (&RepoPath, bool)> {
        self.files.iter().map(|(path, bytes)| (path, bytes.is_some()))
    }

    /// Returns the changed files that exist in the overlay.
    pub(crate) fn entries(&self) -> impl Iterator<Item = FileEntry> {
        self.files.iter().filter_map(|(path, bytes)| {
            let size = bytes.as_ref()?.len() as u64;
            Some(FileEntry { path: path.clone(), kind: FileType::File, size, stamp: Stamp::None })
        })
    }
}

impl Source for OverlaySource {
    fn list(&self) -> Result<Listing, RepoError> {
        Ok(self.over(self.base.list()?))
    }

    fn read(&self, path: &RepoPath) -> Result<Vec<u8>, RepoError> {
        match self.files.get(path) {
            Some(Some(bytes)) => Ok(bytes.clone()),
            Some(None) => Err(RepoError::path(path, scope::IS_MISSING)),
            None => self.base.read(path),
        }
    }

    fn open<'a>(&'a self, path: &RepoPath) -> Result<Box<dyn Read + 'a>, RepoError> {
        match self.files.get(path) {
            Some(Some(bytes)) => Ok(Box::new(bytes.as_slice())),
            Some(None) => Err(RepoError::path(path, scope::IS_MISSING)),
            None => self.base.open(path),
        }
    }

    fn size(&self, path: &RepoPath) -> Result<u64, RepoError> {
        match self.files.get(path) {
            Some(Some(bytes)) => Ok(bytes.len() as u64),
            Some(None) => Err(RepoError::path(path, scope::IS_MISSING)),
            None => self.base.size(path),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::MemorySource;

    #[test]
    fn an_overlay_adds_replaces_and_removes_files() {
        let base =
            MemorySource::new().with("tickets/a.md", "a").with("tickets/b.md", "b").with("tickets/c.md", "c");
        let changes = [("tickets/a.md", None), ("tickets/b.md", Some("b2")), ("tickets/d.md", Some("d"))];
        let source = OverlaySource::new(
            Arc::new(base),
            changes.map(|(path, text)| (RepoPath::new(path), text.map(|text| text.as_bytes().to_vec()))),
        );
        let paths: Vec<_> = source.list().unwrap().entries.into_iter().map(|entry| entry.path).collect();
        assert_eq!(paths, ["tickets/b.md", "tickets/c.md", "tickets/d.md"].map(RepoPath::new));
        assert_eq!(source.read(&"tickets/b.md".into()).unwrap(), b"b2");
        assert!(source.read(&"tickets/a.md".into()).is_err() && source.size(&"tickets/a.md".into()).is_err());
        assert_eq!(source.size(&"tickets/c.md".into()).unwrap(), 1);
    }
}

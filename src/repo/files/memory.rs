//! Files in memory, for tests, benchmarks and fuzz targets.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::source::{FileEntry, FileType, Listing, Source, Stamp};
use crate::repo::error::RepoError;
use crate::repo::scope;
use crate::repo::scope::{CasebookPlace, MAX_FILE_SIZE};
use crate::text::RepoPath;

/// A source of files in memory.
#[derive(Clone, Debug, Default)]
pub struct MemorySource {
    files: BTreeMap<RepoPath, Option<Vec<u8>>>,
}

impl MemorySource {
    /// Returns a source without files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds or replaces a file.
    #[must_use]
    pub fn with(mut self, path: impl Into<Arc<str>>, contents: impl Into<Vec<u8>>) -> Self {
        self.insert(RepoPath::new(path), contents);
        self
    }

    /// Adds a symbolic link.
    #[must_use]
    pub fn with_symlink(mut self, path: impl Into<Arc<str>>) -> Self {
        self.files.insert(RepoPath::new(path), None);
        self
    }

    /// Adds or replaces a file.
    pub fn insert(&mut self, path: RepoPath, contents: impl Into<Vec<u8>>) {
        self.files.insert(path, Some(contents.into()));
    }

    /// Removes a file or link.
    pub fn remove(&mut self, path: &RepoPath) {
        self.files.remove(path);
    }
}

impl Source for MemorySource {
    fn list(&self) -> Result<Listing, RepoError> {
        let at = |place: CasebookPlace| {
            let files = self.files.iter().filter(move |(path, _)| scope::place_of(path.as_str()) == place);
            let entries = files.map(|(path, contents)| FileEntry {
                path: path.clone(),
                kind: if contents.is_some() { FileType::File } else { FileType::Symlink },
                size: contents.as_ref().map_or(0, |contents| contents.len() as u64),
                stamp: Stamp::None,
            });
            entries.collect()
        };
        Ok(Listing {
            entries: at(CasebookPlace::File),
            unreadable: Vec::new(),
            hidden: at(CasebookPlace::Hidden),
        })
    }

    fn read(&self, path: &RepoPath) -> Result<Vec<u8>, RepoError> {
        match self.files.get(path) {
            Some(Some(contents)) if contents.len() as u64 > MAX_FILE_SIZE => {
                Err(RepoError::TooLarge { path: path.clone() })
            }
            Some(Some(contents)) => Ok(contents.clone()),
            Some(None) => Err(RepoError::path(path, scope::IS_SYMLINK)),
            None => Err(RepoError::path(path, scope::IS_MISSING)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_lists_only_files_that_belong_to_the_casebook() {
        let source = MemorySource::new()
            .with("tickets/a.md", "a")
            .with("casebook.yml", "version: 1")
            .with("README.md", "no")
            .with("tickets/.hidden/b.md", "no")
            .with("tickets-old/c.md", "no")
            .with_symlink("tickets/link.md");
        let listing = source.list().unwrap();
        let paths: Vec<_> = listing.entries.iter().map(|entry| entry.path.as_str()).collect();
        assert_eq!(paths, ["casebook.yml", "tickets/a.md", "tickets/link.md"]);
        let hidden: Vec<_> = listing.hidden.iter().map(|entry| entry.path.as_str()).collect();
        assert_eq!(hidden, ["tickets/.hidden/b.md"]);
        assert_eq!(source.read(&"tickets/a.md".into()).unwrap(), b"a");
        assert!(
            source.read(&"tickets/link.md".into()).unwrap_err().to_string().contains("is a symbolic link")
        );
    }
}

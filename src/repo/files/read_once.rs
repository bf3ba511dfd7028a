//! A source that reads each Markdown file from the disk once.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use super::source::{DiskFile, Listing, Source};
use crate::repo::error::RepoError;
use crate::text::RepoPath;

/// The maximum size of the cached texts in bytes. Further texts are read from the disk each time.
const MAX_BYTES: usize = 96 << 20;

/// Another source with a memory cache for Markdown files: a build reads each file several times and must see the same
/// text each time. Attachments are not cached.
pub(crate) struct ReadOnce {
    base: Arc<dyn Source>,
    texts: RwLock<ReadTexts>,
}

#[derive(Default)]
struct ReadTexts {
    by_path: HashMap<RepoPath, Box<[u8]>>,
    /// The total size of the texts in bytes.
    size: usize,
}

impl ReadOnce {
    /// Wraps `base`.
    pub(crate) fn of(base: Arc<dyn Source>) -> Self {
        Self { base, texts: RwLock::default() }
    }
}

impl Source for ReadOnce {
    fn list(&self) -> Result<Listing, RepoError> {
        self.base.list()
    }

    fn read(&self, path: &RepoPath) -> Result<Vec<u8>, RepoError> {
        if !path.is_markdown() {
            return self.base.read(path);
        }
        let texts = self.texts.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(text) = texts.by_path.get(path) {
            return Ok(text.to_vec());
        }
        drop(texts);
        let bytes = self.base.read(path)?;
        let mut texts = self.texts.write().unwrap_or_else(PoisonError::into_inner);
        if texts.size + bytes.len() <= MAX_BYTES && !texts.by_path.contains_key(path) {
            texts.size += bytes.len();
            texts.by_path.insert(path.clone(), bytes.clone().into());
        }
        Ok(bytes)
    }

    fn open_on_disk(&self, path: &RepoPath) -> Result<DiskFile, RepoError> {
        self.base.open_on_disk(path)
    }

    fn size(&self, path: &RepoPath) -> Result<u64, RepoError> {
        self.base.size(path)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::repo::MemorySource;

    struct Counted(MemorySource, AtomicUsize);

    impl Source for Counted {
        fn list(&self) -> Result<Listing, RepoError> {
            self.0.list()
        }

        fn read(&self, path: &RepoPath) -> Result<Vec<u8>, RepoError> {
            self.1.fetch_add(1, Ordering::Relaxed);
            self.0.read(path)
        }
    }

    #[test]
    fn a_text_is_read_once() {
        let source = MemorySource::new().with("tickets/a.md", "a").with("tickets/a/x.log", "x");
        let counted = Arc::new(Counted(source, AtomicUsize::new(0)));
        let once = ReadOnce::of(counted.clone());
        for _ in 0..3 {
            assert_eq!(once.read(&"tickets/a.md".into()).unwrap(), b"a");
            assert_eq!(once.read(&"tickets/a/x.log".into()).unwrap(), b"x");
        }
        assert_eq!(counted.1.load(Ordering::Relaxed), 1 + 3);
    }
}

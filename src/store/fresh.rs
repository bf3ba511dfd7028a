//! Files that were parsed while the store was loaded. They are kept for `check`, which examines all files directly
//! afterwards.

use std::{
    collections::HashMap,
    sync::atomic::{AtomicUsize, Ordering},
};

use crate::{
    diagnostic::Finding,
    text::RepoPath,
    ticket::{Document, Reply},
};

/// The maximum total size of the kept texts in bytes. Files beyond the limit are parsed again.
const MOST_TEXT: usize = 192 * 1024 * 1024;

/// A file that was parsed while loading.
#[derive(Clone, Debug)]
pub struct FreshFile {
    pub document: Document,
    /// Problems with the format and the keys of the file.
    pub findings: Vec<Finding>,
    /// The parsed reply, if the file is a reply or an orphan.
    pub reply: Option<Reply>,
}

pub(super) type ParsedFiles = HashMap<RepoPath, FreshFile>;

/// The remaining size in bytes; zero for a store that will not be checked.
pub(super) struct Budget(AtomicUsize);

impl Budget {
    /// Creates a budget with the full limit if `keep` is true, otherwise with zero.
    pub(super) fn new(keep: bool) -> Self {
        Self(AtomicUsize::new(if keep { MOST_TEXT } else { 0 }))
    }

    /// Reserves `bytes`. Returns false if they do not fit.
    pub(super) fn take(&self, bytes: usize) -> bool {
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes.max(1)))
            .is_ok()
    }
}

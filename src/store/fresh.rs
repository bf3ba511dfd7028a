//! Files that were parsed while loading, kept for who looks at all of them right afterwards.

use std::{
    collections::HashMap,
    sync::atomic::{AtomicUsize, Ordering},
};

use crate::{
    diagnostic::Finding,
    text::RepoPath,
    ticket::{Document, Reply},
};

/// How much text is kept, in bytes. What is beyond it is parsed again.
const MOST_TEXT: usize = 192 * 1024 * 1024;

/// A file as it was parsed a moment ago.
#[derive(Clone, Debug)]
pub struct Fresh {
    /// Its text and front matter.
    pub document: Document,
    /// What is wrong with its form and its keys.
    pub findings: Vec<Finding>,
    /// What it says, if it is a reply: also where it stands as an orphan.
    pub reply: Option<Reply>,
}

/// The fresh files of a store.
pub(super) type FreshFiles = HashMap<RepoPath, Fresh>;

/// How much may be kept yet; nothing for a store that is not to be checked.
pub(super) struct Budget(AtomicUsize);

impl Budget {
    /// Keeps what there is room for, or nothing.
    pub(super) fn new(keep: bool) -> Self {
        Self(AtomicUsize::new(if keep { MOST_TEXT } else { 0 }))
    }

    /// Takes room for `bytes`, if there is any.
    pub(super) fn take(&self, bytes: usize) -> bool {
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes.max(1)))
            .is_ok()
    }
}

//! Tickets in review: new tickets on the branches of pull requests, which are not merged yet.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use super::{Layout, Store, StoreParts};
use crate::{
    repo::{BranchFile, MemorySource, Repo, RepoError},
    ticket::Thread,
};

/// The tickets in review.
#[derive(Clone)]
pub(super) struct TicketsInReview {
    store: Arc<Store>,
    hash: [u8; 32],
}

impl Store {
    /// Adds the tickets in review of `repo`, which has the files of this store. They are in a store of their own, so
    /// that searches, counts and the public view do not have them. A ticket whose id this store has is left out.
    pub(crate) fn with_in_review(mut self, repo: &Repo) -> Result<Self, RepoError> {
        let mut known = HashSet::new();
        let mut files = repo.tickets_on_branches()?;
        files.retain(|file| {
            let id = file.path.stem();
            self.threads.place(id).is_none() && known.insert(id.to_owned())
        });
        if !files.is_empty() {
            self.in_review = Some(TicketsInReview::of(&self, files));
        }
        Ok(self)
    }

    /// Returns the store of the tickets in review; `None` if there are none, or if they were not added. The rules of that
    /// store are the rules of this store.
    pub(crate) fn in_review(&self) -> Option<&Arc<Store>> {
        self.in_review.as_ref().map(|found| &found.store)
    }

    /// Adds the tickets in review of `other`.
    #[must_use]
    pub(crate) fn with_in_review_of(mut self, other: &Self) -> Self {
        self.in_review.clone_from(&other.in_review);
        self
    }

    /// Returns a hash that changes when any file or any ticket in review changes.
    pub(crate) fn state_hash(&self) -> [u8; 32] {
        let files = self.fingerprint();
        match &self.in_review {
            Some(found) => *blake3::Hasher::new().update(&files).update(&found.hash).finalize().as_bytes(),
            None => files,
        }
    }
}

impl TicketsInReview {
    fn of(main: &Store, files: Vec<BranchFile>) -> Self {
        let mut hasher = blake3::Hasher::new();
        for file in &files {
            let parts = [file.branch.as_bytes(), file.path.as_str().as_bytes(), &file.contents];
            parts.into_iter().for_each(|part| {
                hasher.update(&(part.len() as u64).to_le_bytes()).update(part);
            });
        }
        let parts = || StoreParts {
            settings: main.settings.clone(),
            templates: main.templates.clone(),
            canned: main.canned.clone(),
            threads: Vec::new(),
            articles: Vec::new(),
            attachments: Vec::new(),
            layout: Arc::new(Layout::default()),
            source: Arc::new(MemorySource::new()),
        };
        let branches: HashMap<String, String> =
            files.iter().map(|file| (file.path.stem().to_owned(), file.branch.clone())).collect();
        let files = files.into_iter().map(|file| (file.path, Some(file.contents))).collect();
        let store = main.with_parts(parts()).with(files);
        let threads = store.threads.iter().map(|thread| {
            let in_review = branches.get(thread.id()).cloned();
            Arc::new(Thread { in_review, ..(**thread).clone() })
        });
        let parts = StoreParts {
            threads: threads.collect(),
            layout: Arc::clone(&store.layout),
            source: Arc::clone(store.source()),
            ..parts()
        };
        Self { store: Arc::new(store.with_parts(parts)), hash: *hasher.finalize().as_bytes() }
    }
}

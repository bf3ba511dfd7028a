//! Writes under way. What is left here by a killed process is taken up by the same request, made again.

use serde::{Deserialize, Serialize};

use crate::{
    repo::{Lock, Repo, RepoError},
    text::RepoPath,
};

/// A write under way: which file gets which bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Pending {
    /// The ticket's id.
    pub(super) id: String,
    /// The file.
    pub(super) path: RepoPath,
    /// Its whole text.
    pub(super) text: String,
}

/// The journal's page for one request. It is only touched while the lock is held, so whatever is found there belongs to
/// a process that is no more.
pub(super) struct Page<'a> {
    repo: &'a Repo,
    lock: &'a Lock,
    name: String,
}

impl<'a> Page<'a> {
    /// The page of `request`: all that the person asked for, without what is made up (ids, times).
    pub(super) fn of(repo: &'a Repo, lock: &'a Lock, request: &impl Serialize) -> Self {
        let said = serde_json::to_vec(request).unwrap_or_default();
        Self { repo, lock, name: format!("pending/{}.json", &blake3::hash(&said).to_hex()[..32]) }
    }

    /// What an earlier, interrupted try of this request was about to write.
    pub(super) fn read(&self) -> Option<Pending> {
        serde_json::from_slice(&self.repo.read_cache(&self.name)?).ok()
    }

    /// Says what is about to be written.
    pub(super) fn write(&self, pending: &Pending) -> Result<(), RepoError> {
        let text = serde_json::to_vec(pending).unwrap_or_default();
        self.repo.write_cache(self.lock, &self.name, &text)
    }

    /// Says that nothing is under way any more.
    pub(super) fn clear(&self) -> Result<(), RepoError> {
        self.repo.remove_cache(self.lock, &self.name)
    }
}

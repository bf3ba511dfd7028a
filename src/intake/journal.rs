//! Writes under way. What is left here by a killed process is taken up by the same request, made again.

use serde::{Deserialize, Serialize};

use crate::{
    repo::{Lock, Repo, RepoError},
    text::{RepoPath, Time},
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
    /// When it was begun.
    pub(super) begun: Time,
}

/// For how many seconds the same request counts as the same write. Whoever says the same words a day later means them
/// anew.
const MEMORY: i64 = 60 * 60;

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
        Self { repo, lock, name: name_of(request) }
    }

    /// What an earlier try of this request, not long before `now`, was about to write when it was interrupted.
    pub(super) fn take_up(&self, now: Time) -> Option<Pending> {
        read(self.repo, &self.name, now)
    }

    /// Says what is about to be written.
    pub(super) fn write(&self, pending: &Pending) -> Result<(), RepoError> {
        let text = serde_json::to_vec(pending).unwrap_or_default();
        self.repo.write_cache(self.lock, &self.name, &text)
    }

    /// Passes `result` on. An error that was met alive ends the write: nothing of it is there to be taken up.
    pub(super) fn clear_on_error<T, E>(&self, result: Result<T, E>) -> Result<T, E> {
        if result.is_err() {
            // The error at hand says more than one about the journal would; and a page that stays does little harm.
            let _ = self.clear();
        }
        result
    }

    /// Says that nothing is under way any more.
    pub(super) fn clear(&self) -> Result<(), RepoError> {
        self.repo.remove_cache(self.lock, &self.name)
    }
}

/// Whether an earlier try of this request, not long before `now`, was interrupted or could not push.
pub(super) fn is_begun(repo: &Repo, request: &impl Serialize, now: Time) -> bool {
    read(repo, &name_of(request), now).is_some()
}

fn name_of(request: &impl Serialize) -> String {
    let said = serde_json::to_vec(request).unwrap_or_default();
    format!("pending/{}.json", &blake3::hash(&said).to_hex()[..32])
}

fn read(repo: &Repo, name: &str, now: Time) -> Option<Pending> {
    let pending = serde_json::from_slice::<Pending>(&repo.read_cache(name)?).ok()?;
    ((now.seconds() - pending.begun.seconds()).abs() <= MEMORY).then_some(pending)
}

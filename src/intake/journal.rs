//! The journal of unfinished writes. If a process is killed, repeating the same request finishes its write.

use serde::{Deserialize, Serialize};

use crate::{
    repo::{LockedRepo, Repo, RepoError},
    text::{RepoPath, Time},
};

/// A write in progress: the files of one commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PendingWrite {
    pub(super) files: Vec<PendingFile>,
    /// When the write began.
    pub(super) begun: Time,
    /// Whether the user was told that the write was interrupted. From then on, the user decides what happens to its files.
    #[serde(default)]
    pub(super) is_told: bool,
}

/// A file that is being written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PendingFile {
    /// The id of the ticket.
    pub(super) id: String,
    pub(super) path: RepoPath,
    pub(super) text: String,
}

/// The folder of the pages, in the cache folder.
const FOLDER: &str = "pending";
/// The time in seconds for which a repeated request counts as the same write. A user who sends the same text a day
/// later means a new ticket or reply.
const MEMORY: i64 = 60 * 60;

/// The journal's page for one request. It is accessed only under the repository lock, so a page that exists was left by
/// a process that is no longer running.
pub(super) struct JournalPage<'a> {
    locked: &'a LockedRepo<'a>,
    name: String,
}

impl<'a> JournalPage<'a> {
    /// Returns the page of `request`: everything that the user asked for, without generated ids and times.
    pub(super) fn of(locked: &'a LockedRepo<'a>, request: &impl Serialize) -> Self {
        Self { locked, name: name_of(request) }
    }

    /// Returns the write that an earlier attempt of this request began shortly before `now` and did not finish.
    pub(super) fn unfinished(&self, now: Time) -> Option<PendingWrite> {
        read(self.locked, &self.name, now)
    }

    /// Records a write that is about to begin.
    pub(super) fn write(&self, pending: &PendingWrite) -> Result<(), RepoError> {
        let text = serde_json::to_vec(pending).unwrap_or_default();
        self.locked.write_cache(&self.name, &text)
    }

    /// Returns `result`. If it is an error, clears the page: the write ended and must not be resumed.
    pub(super) fn clear_on_error<T, E>(&self, result: Result<T, E>) -> Result<T, E> {
        if result.is_err() {
            // The original error matters more than an error of the journal, and a leftover page does little harm.
            let _ = self.clear();
        }
        result
    }

    /// Removes the page when the write is complete.
    pub(super) fn clear(&self) -> Result<(), RepoError> {
        self.locked.remove_cache(&self.name)
    }
}

/// Returns whether an earlier attempt of this request, shortly before `now`, was interrupted or could not push.
pub(super) fn is_begun(repo: &Repo, request: &impl Serialize, now: Time) -> bool {
    read(repo, &name_of(request), now).is_some()
}

/// Returns all pages with their names.
pub(super) fn pages(repo: &Repo) -> Result<Vec<(String, PendingWrite)>, RepoError> {
    let names = repo.cache_names(FOLDER)?.into_iter().map(|name| format!("{FOLDER}/{name}"));
    let read = |name: String| {
        let page = serde_json::from_slice(&repo.read_cache(&name)?).ok()?;
        Some((name, page))
    };
    Ok(names.filter_map(read).collect())
}

/// Records that the user was told about the write on the page `name`.
pub(super) fn mark_told(locked: &LockedRepo<'_>, name: &str, pending: PendingWrite) -> Result<(), RepoError> {
    let text = serde_json::to_vec(&PendingWrite { is_told: true, ..pending }).unwrap_or_default();
    locked.write_cache(name, &text)
}

fn name_of(request: &impl Serialize) -> String {
    let bytes = serde_json::to_vec(request).unwrap_or_default();
    format!("{FOLDER}/{}.json", &blake3::hash(&bytes).to_hex()[..32])
}

fn read(repo: &Repo, name: &str, now: Time) -> Option<PendingWrite> {
    let pending = serde_json::from_slice::<PendingWrite>(&repo.read_cache(name)?).ok()?;
    ((now.seconds() - pending.begun.seconds()).abs() <= MEMORY).then_some(pending)
}

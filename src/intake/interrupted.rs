//! Repairs what a killed write left: files that are written, and perhaps staged, but not committed.
//!
//! A file is staged before its commit, because a process killed between the two must not leave a commit whose files the
//! index lacks: the next `git commit` would delete them. The price is that the next `git commit` of the user could
//! contain the file of a killed write. So the next command of ours unstages it, and our commit hook refuses the commit
//! until then.

use super::journal::{self, PendingWrite};
use crate::{
    repo::{Repo, RepoError, exists_outside},
    text::RepoPath,
};

/// The files of writes that were killed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct InterruptedFiles {
    pub paths: Vec<RepoPath>,
    /// Whether git may still be committing them, which this system cannot tell, so that staged files stay staged.
    pub is_unsure: bool,
}

/// Unstages the files of killed writes, so that the next `git commit` does not contain them. They stay in the worktree,
/// and the same request still finishes the write. Returns each file only once. Returns `None` if there are none, and
/// while another process of Casebook or git works in the repository.
pub(crate) fn repair_interrupted(repo: &Repo) -> Result<Option<InterruptedFiles>, RepoError> {
    if repo.is_bare() || left(repo)?.is_empty() {
        return Ok(None);
    }
    let Some(locked) = repo.lock_if_free()? else { return Ok(None) };
    let is_at_work = locked.is_git_at_work();
    if is_at_work == Some(true) {
        return Ok(None);
    }
    if is_at_work == Some(false) {
        locked.break_stale_locks()?;
    }
    let mut paths = Vec::new();
    // Another process may have finished a write before the lock was taken.
    for (name, pending) in left(&locked)? {
        for path in paths_of(&pending) {
            if is_at_work == Some(false) && locked.is_staged(&path)? {
                locked.unstage(&path)?;
            }
            paths.push(path);
        }
        journal::mark_told(&locked, &name, pending)?;
    }
    Ok((!paths.is_empty()).then_some(InterruptedFiles { paths, is_unsure: is_at_work.is_none() }))
}

/// Returns the files of killed writes in the commit that git is about to make, for a commit hook. A write that is in
/// progress holds the lock, and the commit is its own.
pub(crate) fn interrupted_in_commit(repo: &Repo) -> Result<Vec<RepoPath>, RepoError> {
    let left = left(repo)?;
    if left.is_empty() || repo.lock_if_free()?.is_none() {
        return Ok(Vec::new());
    }
    let mut staged = Vec::new();
    for path in left.iter().flat_map(|(_, pending)| paths_of(pending)) {
        if repo.is_staged(&path)? {
            staged.push(path);
        }
    }
    Ok(staged)
}

/// Returns the writes that left files without a commit and that no command has reported, with the names of their pages.
fn left(repo: &Repo) -> Result<Vec<(String, PendingWrite)>, RepoError> {
    let mut left = journal::pages(repo)?;
    if left.is_empty() {
        return Ok(left);
    }
    let head = repo.head()?.map(|head| repo.commit(&head.to_string())).transpose()?;
    let mut problem = None;
    left.retain(|(_, pending)| {
        let Some(first) = pending.files.first().filter(|_| !pending.is_told) else { return false };
        let is_left = || {
            let is_committed = match &head {
                Some(head) => head.blob_id(&first.path)?.is_some(),
                None => false,
            };
            Ok(!is_committed
                && (exists_outside(&repo.root().join(first.path.as_str())) || repo.is_staged(&first.path)?))
        };
        is_left().map_err(|error| problem = Some(error)).unwrap_or_default()
    });
    problem.map_or(Ok(left), Err)
}

fn paths_of(pending: &PendingWrite) -> impl Iterator<Item = RepoPath> {
    pending.files.iter().map(|file| file.path.clone())
}

//! Commits a write that the journal describes.

use super::{IntakeError, journal::PendingWrite};
use crate::{
    repo::{CommitId, LockedRepo, NewCommit, Repo, WriteMode},
    text::RepoPath,
};

/// A commit and its branch; `None` on a detached HEAD.
pub(super) struct BranchCommit {
    pub(super) id: CommitId,
    pub(super) branch: Option<String>,
}

/// Commits the pending write, unless an interrupted attempt did so already. `own_branch` is a new branch from the
/// remote's main branch; without it, the commit goes to the checked-out branch.
pub(super) fn commit(
    locked: &LockedRepo<'_>,
    pending: &PendingWrite,
    message: &str,
    own_branch: Option<&str>,
) -> Result<BranchCommit, IntakeError> {
    if let Some(branch) = own_branch {
        let base = match locked.default_remote_branch()? {
            Some(remote) => Some(remote.rev()),
            None => locked.head()?.map(|id| id.to_string()),
        };
        return on_branch(locked, pending, message, branch, base.as_deref());
    }
    if !locked.is_bare() {
        let id = in_worktree(locked, pending, message)?;
        return Ok(BranchCommit { id, branch: locked.branch() });
    }
    match locked.branch() {
        Some(branch) => on_branch(locked, pending, message, &branch, None),
        None => Err(IntakeError::DetachedBare),
    }
}

/// Commits without a worktree.
fn on_branch(
    locked: &LockedRepo<'_>,
    pending: &PendingWrite,
    message: &str,
    branch: &str,
    base: Option<&str>,
) -> Result<BranchCommit, IntakeError> {
    let done = match locked.branch_tip(branch) {
        Some(tip) if holds(locked, tip, &pending.path)? => Some(tip),
        _ => None,
    };
    let id = match done {
        Some(tip) => tip,
        None => {
            let files = [(pending.path.clone(), pending.text.clone().into_bytes())];
            locked.commit_to_branch(branch, base, &files, NewCommit::from(message))?
        }
    };
    Ok(BranchCommit { id, branch: Some(branch.to_owned()) })
}

/// Writes the file and commits it with the `git` program. If that fails, the worktree is as it was before.
fn in_worktree(
    locked: &LockedRepo<'_>,
    pending: &PendingWrite,
    message: &str,
) -> Result<CommitId, IntakeError> {
    let path = &pending.path;
    if let Some(head) = in_head(locked, path)? {
        // An older version of Casebook may have been killed between the commit and the index.
        locked.unstage(path)?;
        return Ok(head);
    }
    locked.write(path, pending.text.as_bytes(), WriteMode::Replace)?;
    let error = match locked.commit_paths(std::slice::from_ref(path), message) {
        Ok(id) => return Ok(id),
        Err(error) => error,
    };
    // The git process of a killed Casebook may have continued and finished by now.
    if let Some(head) = in_head(locked, path)? {
        return Ok(head);
    }
    // A killed attempt may have staged the file. If nothing is staged, there is nothing to undo.
    locked.unstage(path).ok();
    locked.remove(path)?;
    Err(error.into())
}

/// Returns HEAD if it has the file.
fn in_head(repo: &Repo, path: &RepoPath) -> Result<Option<CommitId>, IntakeError> {
    match repo.head()? {
        Some(head) if holds(repo, head, path)? => Ok(Some(head)),
        _ => Ok(None),
    }
}

/// Returns whether a commit has the file. File names end in random letters, so it is the pending file.
fn holds(repo: &Repo, commit: CommitId, path: &RepoPath) -> Result<bool, IntakeError> {
    Ok(repo.commit(&commit.to_string())?.blob_id(path)?.is_some())
}

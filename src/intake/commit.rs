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
        Some(tip) if holds(locked, tip, pending)? => Some(tip),
        _ => None,
    };
    let id = match done {
        Some(tip) => tip,
        None => {
            let files = pending.files.iter().map(|file| (file.path.clone(), file.text.clone().into_bytes()));
            let files: Vec<(RepoPath, Vec<u8>)> = files.collect();
            locked.commit_to_branch(branch, base, &files, NewCommit::from(message))?
        }
    };
    Ok(BranchCommit { id, branch: Some(branch.to_owned()) })
}

/// Writes the files and commits them with the `git` program. If that fails, the worktree is as it was before.
fn in_worktree(
    locked: &LockedRepo<'_>,
    pending: &PendingWrite,
    message: &str,
) -> Result<CommitId, IntakeError> {
    let paths: Vec<RepoPath> = pending.files.iter().map(|file| file.path.clone()).collect();
    if let Some(head) = in_head(locked, pending)? {
        // An older version of Casebook may have been killed between the commit and the index.
        paths.iter().try_for_each(|path| locked.unstage(path))?;
        return Ok(head);
    }
    let written = pending
        .files
        .iter()
        .try_for_each(|file| locked.write(&file.path, file.text.as_bytes(), WriteMode::Replace).map(drop));
    let error = match written.and_then(|()| locked.commit_paths(&paths, message)) {
        Ok(id) => return Ok(id),
        Err(error) => error,
    };
    // The git process of a killed Casebook may have continued and finished by now.
    if let Some(head) = in_head(locked, pending)? {
        return Ok(head);
    }
    for path in &paths {
        // A killed attempt may have staged the file. If nothing is staged, there is nothing to undo.
        locked.unstage(path).ok();
        locked.remove(path)?;
    }
    Err(error.into())
}

/// Returns HEAD if it has the files.
fn in_head(repo: &Repo, pending: &PendingWrite) -> Result<Option<CommitId>, IntakeError> {
    match repo.head()? {
        Some(head) if holds(repo, head, pending)? => Ok(Some(head)),
        _ => Ok(None),
    }
}

/// Returns whether a commit has the files, which are added by one commit. File names end in random letters, so a file
/// with this name is the pending one.
fn holds(repo: &Repo, commit: CommitId, pending: &PendingWrite) -> Result<bool, IntakeError> {
    let source = repo.commit(&commit.to_string())?;
    match pending.files.first() {
        Some(file) => Ok(source.blob_id(&file.path)?.is_some()),
        None => Ok(true),
    }
}

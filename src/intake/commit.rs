//! Commits a write that the journal describes.

use super::{IntakeError, Writer, journal::Pending};
use crate::{
    repo::{CommitId, Lock, NewCommit, Write},
    text::RepoPath,
};

/// A commit and its branch; `None` on a detached HEAD.
pub(super) struct Committed {
    pub(super) id: CommitId,
    pub(super) branch: Option<String>,
}

/// Commits the pending write, unless an interrupted attempt did so already. `own_branch` is a new branch from the
/// remote's main branch; without it, the commit goes to the checked-out branch.
pub(super) fn commit(
    writer: &Writer<'_>,
    lock: &Lock,
    pending: &Pending,
    message: &str,
    own_branch: Option<&str>,
) -> Result<Committed, IntakeError> {
    let repo = writer.repo;
    if let Some(branch) = own_branch {
        let base = match repo.default_remote_branch()? {
            Some(remote) => Some(remote.rev()),
            None => repo.head()?.map(|id| id.to_string()),
        };
        return on_branch(writer, lock, pending, message, branch, base.as_deref());
    }
    if !repo.is_bare() {
        let id = in_worktree(writer, lock, pending, message)?;
        return Ok(Committed { id, branch: repo.branch() });
    }
    match repo.branch() {
        Some(branch) => on_branch(writer, lock, pending, message, &branch, None),
        None => Err(IntakeError::DetachedBare),
    }
}

/// Commits without a worktree.
fn on_branch(
    writer: &Writer<'_>,
    lock: &Lock,
    pending: &Pending,
    message: &str,
    branch: &str,
    base: Option<&str>,
) -> Result<Committed, IntakeError> {
    let done = match writer.repo.branch_tip(branch) {
        Some(tip) if holds(writer, tip, &pending.path)? => Some(tip),
        _ => None,
    };
    let id = match done {
        Some(tip) => tip,
        None => {
            let files = [(pending.path.clone(), pending.text.clone().into_bytes())];
            writer.repo.commit_to_branch(lock, branch, base, &files, NewCommit::from(message))?
        }
    };
    Ok(Committed { id, branch: Some(branch.to_owned()) })
}

/// Writes the file and commits it with the `git` program. If that fails, the worktree is as it was before.
fn in_worktree(
    writer: &Writer<'_>,
    lock: &Lock,
    pending: &Pending,
    message: &str,
) -> Result<CommitId, IntakeError> {
    let (repo, path) = (writer.repo, &pending.path);
    if let Some(head) = in_head(writer, path)? {
        // An older version of Casebook may have been killed between the commit and the index.
        repo.unstage(lock, path)?;
        return Ok(head);
    }
    repo.write(lock, path, pending.text.as_bytes(), Write::Replace)?;
    let error = match repo.commit_paths(lock, std::slice::from_ref(path), message) {
        Ok(id) => return Ok(id),
        Err(error) => error,
    };
    // The git process of a killed Casebook may have continued and finished by now.
    if let Some(head) = in_head(writer, path)? {
        return Ok(head);
    }
    // A killed attempt may have staged the file. If nothing is staged, there is nothing to undo.
    repo.unstage(lock, path).ok();
    repo.remove(lock, path)?;
    Err(error.into())
}

/// Returns HEAD if it has the file.
fn in_head(writer: &Writer<'_>, path: &RepoPath) -> Result<Option<CommitId>, IntakeError> {
    match writer.repo.head()? {
        Some(head) if holds(writer, head, path)? => Ok(Some(head)),
        _ => Ok(None),
    }
}

/// Returns whether a commit has the file. File names end in random letters, so it is the pending file.
fn holds(writer: &Writer<'_>, commit: CommitId, path: &RepoPath) -> Result<bool, IntakeError> {
    Ok(writer.repo.commit(&commit.to_string())?.blob_id(path)?.is_some())
}

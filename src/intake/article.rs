//! Writes articles.

use super::{
    Delivery, IntakeError, Writer,
    journal::{PendingFile, PendingWrite},
    ticket::refuse_or_warn,
};
use crate::{
    diagnostic::Finding,
    repo::{CommitId, LockedRepo, NewCommit, WriteMode},
    text::RepoPath,
};

/// A new article, or a change of one.
#[derive(Clone, Debug)]
pub(crate) struct ArticleWrite {
    pub slug: String,
    pub path: RepoPath,
    pub text: String,
    /// The contents of the file that is changed; `None` for a new article.
    pub former: Option<Vec<u8>>,
    /// The message of the commit.
    pub message: String,
}

/// An article that was written.
#[derive(Debug)]
pub(crate) struct CommittedArticle {
    pub commit: CommitId,
    pub delivery: Delivery,
    /// Findings at level warn.
    pub warnings: Vec<Finding>,
}

/// Checks the text of an article, writes its file, commits only this file and pushes. An existing file is never replaced by
/// a new article, and a changed file is left as it is if somebody else changed it in the meantime.
pub(crate) fn write_article(
    writer: &Writer<'_>,
    write: &ArticleWrite,
) -> Result<CommittedArticle, IntakeError> {
    let locked = writer.lock()?;
    let file = PendingFile { id: write.slug.clone(), path: write.path.clone(), text: write.text.clone() };
    let pending = PendingWrite { files: vec![file], begun: writer.now, is_told: false };
    let warnings = refuse_or_warn(writer, &pending)?.into_iter().flatten().collect();
    let now = locked.current()?.read(&write.path).ok();
    if now != write.former {
        return Err(IntakeError::ArticleChanged { path: write.path.clone() });
    }
    let branch = locked.branch();
    let commit = match (locked.is_bare(), &branch) {
        (false, _) => in_worktree(&locked, write)?,
        (true, Some(branch)) => {
            let files = [(write.path.clone(), write.text.clone().into_bytes())];
            locked.commit_to_branch(branch, None, &files, NewCommit::from(&*write.message))?
        }
        (true, None) => return Err(IntakeError::DetachedBare),
    };
    let delivery = writer.deliver(&locked, branch.as_deref())?;
    Ok(CommittedArticle { commit, delivery, warnings })
}

/// Writes and commits the file. If that fails, the worktree is as it was before.
fn in_worktree(locked: &LockedRepo<'_>, write: &ArticleWrite) -> Result<CommitId, IntakeError> {
    let mode = if write.former.is_some() { WriteMode::Replace } else { WriteMode::New };
    locked.write(&write.path, write.text.as_bytes(), mode)?;
    let error = match locked.commit_paths(std::slice::from_ref(&write.path), write.message.as_str()) {
        Ok(id) => return Ok(id),
        Err(error) => error,
    };
    // If nothing is staged, there is nothing to undo.
    locked.unstage(&write.path).ok();
    match &write.former {
        Some(former) => locked.write(&write.path, former, WriteMode::Replace)?,
        None => locked.remove(&write.path)?,
    }
    Err(error.into())
}

//! Opening a ticket.

use std::sync::Arc;

use serde::Serialize;

use super::{
    Delivery, IntakeError, TicketDraft, Writer,
    compose::new_id,
    journal::{Page, Pending},
};
use crate::{
    check,
    diagnostic::{Finding, Level},
    repo::{CommitId, Lock, NewCommit, OverlaySource, Source, Write},
    settings::Intake,
    store,
    text::RepoPath,
    ticket::{Document, parse_ticket},
};

/// A ticket that was opened.
#[derive(Debug)]
pub struct Opened {
    /// Its id.
    pub id: String,
    /// Its file.
    pub path: RepoPath,
    /// The commit that holds it.
    pub commit: CommitId,
    /// The branch that the commit is on; `None` on a detached HEAD.
    pub branch: Option<String>,
    /// Whether that branch is a new one, for a pull request.
    pub for_review: bool,
    /// What became of the push.
    pub delivery: Delivery,
    /// Findings that only warn.
    pub warnings: Vec<Finding>,
}

/// What makes two requests the same one.
#[derive(Serialize)]
struct Request<'a> {
    what: &'static str,
    draft: &'a TicketDraft,
    to_branch: bool,
}

/// Checks a draft, writes it, commits it and pushes it. A draft with findings at level deny is refused, with nothing
/// written.
///
/// With [`Intake::Branch`] and a remote the commit goes to `ticket/<id>` from the remote's main branch, without touching
/// HEAD or the worktree; else to the current branch.
pub fn open_ticket(writer: &Writer<'_>, draft: &TicketDraft, intake: Intake) -> Result<Opened, IntakeError> {
    let lock = writer.lock()?;
    let to_branch = writer.repo.is_bare() || (intake == Intake::Branch && writer.repo.remote()?.is_some());
    let page = Page::of(writer.repo, &lock, &Request { what: "new", draft, to_branch });
    let pending = match page.read() {
        Some(pending) => pending,
        None => {
            let id = new_id(&draft.title, &draft.template)?;
            Pending { path: TicketDraft::path(&id, writer.now), text: draft.compose(writer.now), id }
        }
    };
    let warnings = refuse_or_warn(writer, &pending)?;
    page.write(&pending)?;
    let message = message(&pending);
    let opened = if to_branch {
        open_on_branch(writer, &lock, &pending, &message)?
    } else {
        open_here(writer, &lock, &pending, &message)?
    };
    let delivery = writer.deliver(&lock, opened.1.as_deref())?;
    page.clear()?;
    Ok(Opened {
        id: pending.id,
        path: pending.path,
        commit: opened.0,
        branch: opened.1,
        for_review: to_branch,
        delivery,
        warnings,
    })
}

/// The findings of a text that is about to be written, in the repository as it would be with it.
pub(super) fn refuse_or_warn(writer: &Writer<'_>, pending: &Pending) -> Result<Vec<Finding>, IntakeError> {
    let files = vec![(pending.path.clone(), pending.text.clone().into_bytes())];
    let source: Arc<dyn Source> = Arc::new(OverlaySource::new(Arc::clone(writer.store.source()), files));
    let with_it = store::load(source, &writer.repo.read_only_cache_slot("parsed-worktree"))?;
    let findings = check::check_paths(&with_it, std::slice::from_ref(&pending.path), writer.now);
    if findings.iter().any(|finding| finding.level == Level::Deny) {
        return Err(IntakeError::Refused { findings, text: pending.text.clone(), id: pending.id.clone() });
    }
    Ok(findings)
}

fn open_on_branch(
    writer: &Writer<'_>,
    lock: &Lock,
    pending: &Pending,
    message: &str,
) -> Result<(CommitId, Option<String>), IntakeError> {
    let branch = format!("ticket/{}", pending.id);
    if let Some(tip) = writer.repo.branch_tip(&branch) {
        return Ok((tip, Some(branch)));
    }
    let base = match writer.repo.default_remote_branch()? {
        Some(remote) => Some(remote.rev()),
        None => writer.repo.head()?.map(|id| id.to_string()),
    };
    let files = [(pending.path.clone(), pending.text.clone().into_bytes())];
    let commit = NewCommit::from(message);
    let id = writer.repo.commit_to_branch(lock, &branch, base.as_deref(), &files, commit)?;
    Ok((id, Some(branch)))
}

fn open_here(
    writer: &Writer<'_>,
    lock: &Lock,
    pending: &Pending,
    message: &str,
) -> Result<(CommitId, Option<String>), IntakeError> {
    let id = write_and_commit(writer, lock, pending, message)?;
    Ok((id, writer.repo.branch()))
}

/// Writes the file and commits it on the current branch, or finds that an interrupted try did so already.
pub(super) fn write_and_commit(
    writer: &Writer<'_>,
    lock: &Lock,
    pending: &Pending,
    message: &str,
) -> Result<CommitId, IntakeError> {
    let committed = match writer.repo.head()? {
        Some(head) => {
            writer.repo.commit(&head.to_string())?.blob_id(&pending.path)?.is_some().then_some(head)
        }
        None => None,
    };
    if let Some(head) = committed {
        return Ok(head);
    }
    writer.repo.write(lock, &pending.path, pending.text.as_bytes(), Write::Replace)?;
    match writer.repo.commit_paths(lock, std::slice::from_ref(&pending.path), message) {
        Ok(id) => Ok(id),
        Err(error) => {
            // A hook said no: the worktree is as it was, and the text is kept by the caller.
            writer.repo.remove(lock, &pending.path)?;
            Err(error.into())
        }
    }
}

fn message(pending: &Pending) -> String {
    let (ticket, _) = parse_ticket(&Document::parse(&pending.path, pending.text.as_bytes()));
    let mut message = format!("open {}: {}\n\n", pending.id, ticket.title.replace(['\n', '\r'], " "));
    message.push_str(&format!("Ticket: {}\n", pending.id));
    if let Some(service) = &ticket.service {
        message.push_str(&format!("Service: {service}\n"));
    }
    message
}

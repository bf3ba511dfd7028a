//! Writing a reply.

use serde::Serialize;

use super::{
    Delivery, IntakeError, ReplyDraft, Writer,
    compose::random,
    journal::{Page, Pending},
    ticket::{refuse_or_warn, write_and_commit},
};
use crate::{
    diagnostic::Finding,
    repo::CommitId,
    text::RepoPath,
    ticket::{Status, Thread},
};

/// A reply that was written.
#[derive(Debug)]
pub struct Replied {
    /// The ticket's id.
    pub id: String,
    /// The reply's file.
    pub path: RepoPath,
    /// The commit that holds it.
    pub commit: CommitId,
    /// What became of the push.
    pub delivery: Delivery,
    /// Findings that only warn.
    pub warnings: Vec<Finding>,
}

/// What makes two requests the same one.
#[derive(Serialize)]
struct Request<'a> {
    what: &'static str,
    ticket: &'a str,
    draft: &'a ReplyDraft,
}

/// Checks a reply to `thread`, writes it beside the ticket, commits only its file and pushes. It is dated after the newest
/// reply that is known, so that the fold sees it last.
pub fn write_reply(writer: &Writer<'_>, thread: &Thread, draft: &ReplyDraft) -> Result<Replied, IntakeError> {
    let lock = writer.lock()?;
    let page = Page::of(writer.repo, &lock, &Request { what: "reply", ticket: thread.id(), draft });
    let pending = match page.read() {
        Some(pending) => pending,
        None => {
            let newest = thread.replies.iter().filter_map(|reply| reply.created).max();
            let created = match newest.max(thread.ticket.created) {
                Some(newest) if newest >= writer.now => newest.whole_second().plus_seconds(1),
                _ => writer.now,
            };
            let path = draft.path(&thread.ticket.file(), created, &random(6)?);
            Pending { id: thread.id().to_owned(), path, text: draft.compose(created) }
        }
    };
    let warnings = refuse_or_warn(writer, &pending)?;
    page.write(&pending)?;
    let message = message(thread, draft);
    let (commit, branch) = if writer.repo.is_bare() {
        let branch = writer.repo.branch();
        let files = [(pending.path.clone(), pending.text.clone().into_bytes())];
        let name = branch.clone().unwrap_or_else(|| "main".to_owned());
        (writer.repo.commit_to_branch(&lock, &name, None, &files, message.as_str())?, branch)
    } else {
        (write_and_commit(writer, &lock, &pending, &message)?, writer.repo.branch())
    };
    let delivery = writer.deliver(&lock, branch.as_deref())?;
    page.clear()?;
    Ok(Replied { id: pending.id, path: pending.path, commit, delivery, warnings })
}

fn message(thread: &Thread, draft: &ReplyDraft) -> String {
    let id = thread.id();
    let subject = match (draft.status, draft.resolution) {
        (Some(Status::Resolved), Some(resolution)) => format!("resolve {id}: {resolution}"),
        (Some(Status::Open), _) if thread.state.status == Status::Resolved => format!("reopen {id}"),
        (Some(status), _) => format!("reply {id}: {status}"),
        _ if draft.body.trim().is_empty() && !draft.set.is_empty() => {
            let fields: Vec<&str> = draft.set.iter().map(|(field, _)| field.as_str()).collect();
            format!("triage {id}: {}", fields.join(", "))
        }
        _ => match &draft.assignee {
            Some(Some(assignee)) if draft.body.trim().is_empty() => format!("assign {id}: {assignee}"),
            _ => format!("reply {id}"),
        },
    };
    let mut message = format!("{subject}\n\n");
    let title = thread.ticket.title.replace(['\n', '\r'], " ");
    if !title.is_empty() {
        message.push_str(&format!("{title}\n\n"));
    }
    message.push_str(&format!("Ticket: {id}\n"));
    if let Some(status) = draft.status {
        message.push_str(&format!("Status: {status}\n"));
    }
    if let Some(resolution) = draft.resolution {
        message.push_str(&format!("Resolution: {resolution}\n"));
    }
    if let Some(duplicate_of) = &draft.duplicate_of {
        message.push_str(&format!("Duplicate-of: {duplicate_of}\n"));
    }
    for answer in &draft.answered_by {
        message.push_str(&format!("Answered-by: {answer}\n"));
    }
    message
}

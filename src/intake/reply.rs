//! Writes replies.

use serde::Serialize;

use super::{
    Delivery, IntakeError, ReplyDraft, Writer,
    commit::{BranchCommit, commit},
    compose::random,
    journal::{JournalPage, PendingWrite, is_begun},
    ticket::refuse_or_warn,
};
use crate::{
    diagnostic::Finding,
    repo::{CommitId, Repo},
    text::{RepoPath, Time, one_line},
    ticket::{Status, Thread},
};

/// A reply that was written.
#[derive(Debug)]
pub(crate) struct CommittedReply {
    pub id: String,
    pub path: RepoPath,
    pub commit: CommitId,
    pub delivery: Delivery,
    /// Findings at level warn.
    pub warnings: Vec<Finding>,
}

/// The data that must be equal for two requests to count as the same.
#[derive(Serialize)]
struct ReplyWrite<'a> {
    what: &'static str,
    ticket: &'a str,
    draft: &'a ReplyDraft,
}

/// Checks a reply to `thread`, writes it next to the ticket, commits only this file and pushes. The reply's time is
/// after the newest known reply, so that the fold applies it last. `tell` receives the result before the journal page
/// is removed: if the process is killed earlier, the same request can be repeated without writing a second reply.
pub(crate) fn write_reply<T>(
    writer: &Writer<'_>,
    thread: &Thread,
    draft: &ReplyDraft,
    tell: impl FnOnce(CommittedReply) -> T,
) -> Result<T, IntakeError> {
    let locked = writer.lock()?;
    let page = JournalPage::of(&locked, &ReplyWrite { what: "reply", ticket: thread.id(), draft });
    let pending = match page.unfinished(writer.now) {
        Some(pending) => pending,
        None => {
            let newest = thread.replies.iter().filter_map(|reply| reply.created).max();
            let created = match newest.max(thread.ticket.created) {
                Some(newest) if newest >= writer.now => newest.whole_second().plus_seconds(1),
                _ => writer.now,
            };
            let path = draft.path(&thread.ticket.file(), created, &random(6)?);
            let text = draft.compose(created);
            PendingWrite { id: thread.id().to_owned(), path, text, begun: writer.now }
        }
    };
    let warnings = refuse_or_warn(writer, &pending)?;
    page.write(&pending)?;
    let committed = commit(&locked, &pending, &message(thread, draft), None);
    let BranchCommit { id: commit, branch } = page.clear_on_error(committed)?;
    let delivery = writer.deliver(&locked, branch.as_deref())?;
    let waits = matches!(delivery, Delivery::NotPushed(_));
    let told = tell(CommittedReply { id: pending.id, path: pending.path, commit, delivery, warnings });
    if !waits {
        page.clear()?;
    }
    Ok(told)
}

/// Returns whether an earlier command began this reply shortly before `now` and did not finish, so that the same
/// request continues it.
pub(crate) fn is_under_way(repo: &Repo, thread: &Thread, draft: &ReplyDraft, now: Time) -> bool {
    is_begun(repo, &ReplyWrite { what: "reply", ticket: thread.id(), draft }, now)
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
    let title = one_line(&thread.ticket.title);
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

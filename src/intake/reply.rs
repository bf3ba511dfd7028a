//! Writes replies.

use serde::Serialize;

use super::{
    Delivery, IntakeError, ReplyDraft, Writer,
    commit::{BranchCommit, commit},
    compose::random,
    journal::{JournalPage, PendingFile, PendingWrite, is_begun},
    ticket::refuse_or_warn,
};
use crate::{
    diagnostic::Finding,
    repo::{CommitId, Repo},
    store::Store,
    text::{Plural, RepoPath, Time, one_line},
    ticket::{Document, Status, Thread, fold, parse_reply},
};

/// A reply to be written, and the ticket that it is for.
#[derive(Clone, Debug)]
pub(crate) struct ReplyTo<'a> {
    pub thread: &'a Thread,
    pub draft: ReplyDraft,
}

/// Replies that were written in one commit.
#[derive(Debug)]
pub(crate) struct CommittedReplies {
    /// In the order of the request, without the replies that would change nothing.
    pub replies: Vec<CommittedReply>,
    pub commit: CommitId,
    pub delivery: Delivery,
}

/// A reply that was written.
#[derive(Debug)]
pub(crate) struct CommittedReply {
    /// The id of the ticket.
    pub id: String,
    pub path: RepoPath,
    pub text: String,
    /// Findings at level warn.
    pub warnings: Vec<Finding>,
}

/// The data that must be equal for two requests to count as the same.
#[derive(Serialize)]
struct RepliesWrite<'a> {
    what: &'static str,
    /// The id of each ticket with the reply to it.
    replies: Vec<(&'a str, &'a ReplyDraft)>,
}

impl<'a> RepliesWrite<'a> {
    fn of(replies: &'a [ReplyTo<'_>]) -> Self {
        let replies = replies.iter().map(|reply| (reply.thread.id(), &reply.draft));
        Self { what: "reply", replies: replies.collect() }
    }
}

/// Checks replies, writes each next to its ticket, commits only these files in one commit and pushes. If one of them is
/// refused, none is written. A reply without text that would change nothing is left out; if there is no other, nothing is
/// committed. The time of a reply is after the newest known reply, so that the fold applies it last.
/// `tell` receives the result before the journal page is removed: if the process is killed earlier, the same request
/// can be repeated without writing a second reply.
pub(crate) fn write_replies<T>(
    writer: &Writer<'_>,
    replies: &[ReplyTo<'_>],
    tell: impl FnOnce(CommittedReplies) -> T,
) -> Result<T, IntakeError> {
    let locked = writer.lock()?;
    let page = JournalPage::of(&locked, &RepliesWrite::of(replies));
    let unfinished = page.unfinished(writer.now);
    let is_new = unfinished.is_none();
    let mut pending = match unfinished {
        Some(pending) => pending,
        None => {
            let files: Result<_, _> = replies.iter().map(|reply| file_of(reply, writer.now)).collect();
            PendingWrite { files: files?, begun: writer.now, is_told: false }
        }
    };
    let mut warnings = refuse_or_warn(writer, &pending)?;
    let mut replies = replies.to_vec();
    if is_new {
        let changes: Vec<bool> = replies
            .iter()
            .zip(&pending.files)
            .map(|(reply, file)| changes_ticket(reply.thread, file, writer.store))
            .collect();
        retain_marked(&mut pending.files, &changes);
        retain_marked(&mut warnings, &changes);
        retain_marked(&mut replies, &changes);
        if replies.is_empty() {
            return Err(IntakeError::ChangesNothing);
        }
    }
    page.write(&pending)?;
    let committed = commit(&locked, &pending, &message(&replies), None);
    let BranchCommit { id: commit, branch } = page.clear_on_error(committed)?;
    let delivery = writer.deliver(&locked, branch.as_deref())?;
    let waits = matches!(delivery, Delivery::NotPushed(_));
    let replies = pending.files.into_iter().zip(warnings).map(|(file, warnings)| CommittedReply {
        id: file.id,
        path: file.path,
        text: file.text,
        warnings,
    });
    let told = tell(CommittedReplies { replies: replies.collect(), commit, delivery });
    if !waits {
        page.clear()?;
    }
    Ok(told)
}

/// Returns whether a valid reply has a text, asks for something or changes the state of its ticket.
fn changes_ticket(thread: &Thread, file: &PendingFile, store: &Store) -> bool {
    let document = Document::parse(&file.path, file.text.as_bytes());
    let (reply, _) = parse_reply(&document, &store.settings.zone());
    if reply.words > 0 || !document.body_text().trim().is_empty() || !reply.asks.is_empty() {
        return true;
    }
    let replies = thread.replies.iter().cloned().chain([reply]).collect();
    let mut after = fold(thread.ticket.clone(), replies, store.settings.visibility).state;
    after.updated = thread.state.updated;
    after != thread.state
}

/// Removes the elements that are not marked.
fn retain_marked<T>(all: &mut Vec<T>, marks: &[bool]) {
    let mut marks = marks.iter();
    all.retain(|_| marks.next().copied().unwrap_or(true));
}

/// Composes the file of a reply.
fn file_of(reply: &ReplyTo<'_>, now: Time) -> Result<PendingFile, IntakeError> {
    let thread = reply.thread;
    let newest = thread.replies.iter().filter_map(|reply| reply.created).max();
    let created = match newest.max(thread.ticket.created) {
        Some(newest) if newest >= now => newest.whole_second().plus_seconds(1),
        _ => now,
    };
    let path = reply.draft.path(&thread.ticket.file(), created, &random(6)?);
    Ok(PendingFile { id: thread.id().to_owned(), path, text: reply.draft.compose(created) })
}

/// Returns whether an earlier command began these replies shortly before `now` and did not finish, so that the same
/// request continues it.
pub(crate) fn is_under_way(repo: &Repo, replies: &[ReplyTo<'_>], now: Time) -> bool {
    is_begun(repo, &RepliesWrite::of(replies), now)
}

fn message(replies: &[ReplyTo<'_>]) -> String {
    let Some(ReplyTo { draft, .. }) = replies.first() else { return String::new() };
    let mut message = format!("{}\n\n", subject(replies, draft));
    if let [reply] = replies {
        let title = one_line(&reply.thread.ticket.title);
        if !title.is_empty() {
            message.push_str(&format!("{title}\n\n"));
        }
    }
    for reply in replies {
        message.push_str(&format!("Ticket: {}\n", reply.thread.id()));
    }
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

/// Returns the first line of the commit message. All replies of a commit change their tickets in the same way.
fn subject(replies: &[ReplyTo<'_>], draft: &ReplyDraft) -> String {
    let what = match replies {
        [reply] => reply.thread.id().to_owned(),
        several => Plural(several.len(), "ticket").to_string(),
    };
    let is_resolved = replies.iter().all(|reply| reply.thread.state.status == Status::Resolved);
    match (draft.status, draft.resolution) {
        (Some(Status::Resolved), Some(resolution)) => format!("resolve {what}: {resolution}"),
        (Some(Status::Open), _) if is_resolved => format!("reopen {what}"),
        (Some(status), _) => format!("reply {what}: {status}"),
        _ if draft.body.trim().is_empty() && !draft.set.is_empty() => {
            let fields: Vec<&str> = draft.set.iter().map(|(field, _)| field.as_str()).collect();
            format!("triage {what}: {}", fields.join(", "))
        }
        _ => match &draft.assignee {
            Some(Some(assignee)) if draft.body.trim().is_empty() => format!("assign {what}: {assignee}"),
            _ => format!("reply {what}"),
        },
    }
}

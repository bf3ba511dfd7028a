//! Opening a ticket.

use serde::Serialize;

use super::{
    Delivery, IntakeError, TicketDraft, Writer,
    commit::{Committed, commit},
    journal::{Page, Pending},
};
use crate::{
    check,
    diagnostic::{Finding, Level},
    repo::CommitId,
    settings::Intake,
    text::{RepoPath, one_line},
    ticket::{Document, parse_ticket},
};

/// A ticket that was opened.
#[derive(Debug)]
pub(crate) struct Opened {
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
/// HEAD or the worktree; else to the current branch. A ticket that is there under `id` already is the one that was meant: an
/// attempt to open it was interrupted after the commit. `tell` hands the id on: whoever was interrupted before that can
/// make the same request again without opening a second ticket.
pub(crate) fn open_ticket<T>(
    writer: &Writer<'_>,
    id: &str,
    draft: &TicketDraft,
    intake: Intake,
    tell: impl FnOnce(Opened) -> T,
) -> Result<T, IntakeError> {
    let lock = writer.lock()?;
    let to_branch = intake == Intake::Branch && writer.repo.remote()?.is_some();
    let page = Page::of(writer.repo, &lock, &Request { what: "new", draft, to_branch });
    let pending = match page.take_up(writer.now) {
        Some(pending) => pending,
        None => {
            let there = writer.store.thread(id).map(|thread| thread.ticket.file());
            let path = there.unwrap_or_else(|| TicketDraft::path(id, writer.now));
            Pending { id: id.to_owned(), path, text: draft.compose(writer.now), begun: writer.now }
        }
    };
    let warnings = refuse_or_warn(writer, &pending)?;
    page.write(&pending)?;
    let own_branch = to_branch.then(|| format!("ticket/{}", pending.id));
    let committed = commit(writer, &lock, &pending, &message(&pending), own_branch.as_deref());
    let Committed { id: commit, branch } = page.clear_on_error(committed)?;
    let delivery = writer.deliver(&lock, branch.as_deref())?;
    let waits = matches!(delivery, Delivery::NotPushed(_));
    let (id, path) = (pending.id, pending.path);
    let told = tell(Opened { id, path, commit, branch, for_review: to_branch, delivery, warnings });
    // What could not be pushed is pushed by the same request, made again.
    if !waits {
        page.clear()?;
    }
    Ok(told)
}

/// The findings of a text that is about to be written, in the repository as it would be with it.
pub(super) fn refuse_or_warn(writer: &Writer<'_>, pending: &Pending) -> Result<Vec<Finding>, IntakeError> {
    let with_it = writer.store.with(vec![(pending.path.clone(), Some(pending.text.clone().into_bytes()))]);
    let findings = check::check_paths(&with_it, std::slice::from_ref(&pending.path), writer.now);
    if findings.iter().any(|finding| finding.level == Level::Deny) {
        return Err(IntakeError::Refused { findings, text: pending.text.clone(), id: pending.id.clone() });
    }
    Ok(findings)
}

fn message(pending: &Pending) -> String {
    let (ticket, _) = parse_ticket(&Document::parse(&pending.path, pending.text.as_bytes()));
    let mut message = format!("open {}: {}\n\n", pending.id, one_line(&ticket.title));
    message.push_str(&format!("Ticket: {}\n", pending.id));
    if let Some(service) = &ticket.service {
        message.push_str(&format!("Service: {}\n", one_line(service)));
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Time;

    #[test]
    fn what_a_ticket_says_forges_no_trailer_and_writes_to_no_terminal() {
        let text =
            "---\ntitle: \"a\\n\\nSigned-off-by: mei\\e[2J\"\nservice: \"x\\nStatus: resolved\"\n---\n";
        let path = RepoPath::new("tickets/a.md");
        let begun = Time::parse("2026-11-22T09:14:00Z").unwrap();
        let message = message(&Pending { id: "a".into(), path, text: text.into(), begun });
        assert_eq!(
            message,
            "open a: a Signed-off-by: mei\u{fffd}[2J\n\nTicket: a\nService: x Status: resolved\n"
        );
    }
}

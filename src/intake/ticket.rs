//! Opens tickets.

use jiff::tz::TimeZone;
use serde::Serialize;

use super::{
    Delivery, IntakeError, TicketDraft, Writer,
    commit::{BranchCommit, commit},
    error::RefusedText,
    journal::{JournalPage, PendingFile, PendingWrite},
};
use crate::{
    check,
    diagnostic::{Finding, Level, MissingPart},
    repo::CommitId,
    settings::Intake,
    store::Store,
    text::{RepoPath, Time, one_line},
    ticket::{Document, parse_ticket},
};

/// A ticket that was opened.
#[derive(Debug)]
pub(crate) struct CommittedTicket {
    pub id: String,
    pub path: RepoPath,
    pub commit: CommitId,
    /// The branch of the commit; `None` on a detached HEAD.
    pub branch: Option<String>,
    /// Whether the branch is new, for a pull request.
    pub for_review: bool,
    pub delivery: Delivery,
    /// Findings at level warn.
    pub warnings: Vec<Finding>,
}

/// The data that must be equal for two requests to count as the same.
#[derive(Serialize)]
struct TicketWrite<'a> {
    what: &'static str,
    draft: &'a TicketDraft,
    to_branch: bool,
}

/// Checks a draft, writes it, commits it and pushes it. A draft with findings at level deny is refused and nothing is
/// written.
///
/// With [`Intake::Branch`] and a remote, the commit goes to `ticket/<id>` from the remote's main branch, without
/// changing HEAD or the worktree; otherwise it goes to the current branch. An existing ticket with the same `id` comes
/// from an earlier attempt that was interrupted after the commit. `tell` receives the result before the journal page is
/// removed: if the process is killed earlier, the same request can be repeated without opening a second ticket.
pub(crate) fn open_ticket<T>(
    writer: &Writer<'_>,
    id: &str,
    draft: &TicketDraft,
    intake: Intake,
    tell: impl FnOnce(CommittedTicket) -> T,
) -> Result<T, IntakeError> {
    let locked = writer.lock()?;
    let to_branch = intake == Intake::Branch && writer.repo.remote()?.is_some();
    let page = JournalPage::of(&locked, &TicketWrite { what: "new", draft, to_branch });
    let unfinished = page.unfinished(writer.now);
    let begun = unfinished.as_ref().map_or(writer.now, |pending| pending.begun);
    let file = match unfinished.and_then(|pending| pending.files.into_iter().next()) {
        Some(file) => file,
        None => {
            let there = writer.store.thread(id).map(|thread| thread.ticket.file());
            let path = there.unwrap_or_else(|| TicketDraft::path(id, writer.now));
            PendingFile { id: id.to_owned(), path, text: draft.compose(writer.now) }
        }
    };
    let pending = PendingWrite { files: vec![file.clone()], begun, is_told: false };
    let warnings = refuse_or_warn(writer, &pending)?.into_iter().flatten().collect();
    page.write(&pending)?;
    let own_branch = to_branch.then(|| format!("ticket/{}", file.id));
    let committed = commit(&locked, &pending, &message(&file), own_branch.as_deref());
    let BranchCommit { id: commit, branch } = page.clear_on_error(committed)?;
    let delivery = writer.deliver(&locked, branch.as_deref())?;
    let waits = matches!(delivery, Delivery::NotPushed(_));
    let PendingFile { id, path, .. } = file;
    let told = tell(CommittedTicket { id, path, commit, branch, for_review: to_branch, delivery, warnings });
    // Repeating the same request pushes a commit that could not be pushed.
    if !waits {
        page.clear()?;
    }
    Ok(told)
}

/// Checks new files as part of the repository, and returns the findings of each file. If one has a finding at level deny,
/// all are refused.
pub(super) fn refuse_or_warn(
    writer: &Writer<'_>,
    pending: &PendingWrite,
) -> Result<Vec<Vec<Finding>>, IntakeError> {
    let new = pending.files.iter().map(|file| (file.path.clone(), Some(file.text.clone().into_bytes())));
    let with_them = writer.store.with(new.collect());
    let paths: Vec<RepoPath> = pending.files.iter().map(|file| file.path.clone()).collect();
    let found = check::check_paths(&with_them, &paths, writer.now);
    let of = |path: &RepoPath| found.iter().filter(|finding| finding.path == *path).cloned().collect();
    let findings: Vec<Vec<Finding>> = paths.iter().map(of).collect();
    if !found.iter().any(|finding| finding.level == Level::Deny) {
        return Ok(findings);
    }
    let refused = pending.files.iter().zip(findings).map(|(file, findings)| RefusedText {
        id: file.id.clone(),
        text: file.text.clone(),
        findings,
    });
    Err(IntakeError::Refused(refused.collect()))
}

/// Returns why the title of a draft would be refused, with the way out.
pub(crate) fn title_problem(draft: &TicketDraft, store: &Store, now: Time) -> Option<String> {
    let path = TicketDraft::path("title-of-a-draft", now);
    let with_it = store.with(vec![(path.clone(), Some(draft.compose(now).into_bytes()))]);
    let is_about_title = |finding: &Finding| {
        finding.level == Level::Deny && finding.missing == Some(MissingPart::Field("title".to_owned()))
    };
    let found = check::check_paths(&with_it, &[path], now).into_iter().find(is_about_title)?;
    Some([found.message].into_iter().chain(found.help).collect::<Vec<_>>().join(": "))
}

fn message(file: &PendingFile) -> String {
    let (ticket, _) = parse_ticket(&Document::parse(&file.path, file.text.as_bytes()), &TimeZone::UTC);
    let mut message = format!("open {}: {}\n\n", file.id, one_line(&ticket.title));
    message.push_str(&format!("Ticket: {}\n", file.id));
    if let Some(service) = &ticket.service {
        message.push_str(&format!("Service: {}\n", one_line(service)));
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_cannot_forge_a_trailer_or_control_a_terminal() {
        let text =
            "---\ntitle: \"a\\n\\nSigned-off-by: mei\\e[2J\"\nservice: \"x\\nStatus: resolved\"\n---\n";
        let path = RepoPath::new("tickets/a.md");
        let message = message(&PendingFile { id: "a".into(), path, text: text.into() });
        assert_eq!(
            message,
            "open a: a Signed-off-by: mei\u{fffd}[2J\n\nTicket: a\nService: x Status: resolved\n"
        );
    }
}

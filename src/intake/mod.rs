//! All writes of tickets and replies, for the command line, forms, the API and agents: compose, check, commit, push.
//!
//! A write is one step under the repository's lock and can be interrupted anywhere. The journal describes it until it
//! is complete, so that the same request, repeated after a crash, continues where the first attempt stopped.

mod article;
mod commit;
mod compose;
mod deflection;
mod detect;
mod drafts;
mod error;
mod import;
mod interrupted;
mod journal;
mod reply;
mod ticket;

pub(crate) use article::{ArticleWrite, write_article};
pub(crate) use compose::{ReplyDraft, TicketDraft, new_id};
pub(crate) use deflection::{Attempt, AttemptEnd, DeflectionCounts, deflection_counts, record_attempt};
pub(crate) use detect::detect;
pub(crate) use drafts::Drafts;
pub(crate) use error::{IntakeError, RefusedText, problems_to_fix};
pub(crate) use import::{IdMaker, files_of_import};
pub(crate) use import::{
    Import, ImportError, ImportOptions, ImportReport, ImportTarget, ImportedSecret, Importer, SkipReason,
    SkippedFile, TakeTicket, read_tickets, too_large,
};
pub(crate) use interrupted::{InterruptedFiles, interrupted_in_commit, repair_interrupted};
pub(crate) use reply::{CommittedReplies, CommittedReply, ReplyTo, is_under_way, write_replies};
pub(crate) use ticket::{CommittedTicket, open_ticket, title_problem};

use crate::{
    repo::{LockedRepo, PushError, PushOutcome, Repo},
    store::Store,
    text::Time,
};

/// The context of a write: the repository, the time, and whether to push.
pub(crate) struct Writer<'a> {
    pub repo: &'a Repo,
    /// The contents of the repository.
    pub store: &'a Store,
    /// The time of writing.
    pub now: Time,
    /// Whether to push after the commit.
    pub push: bool,
    /// Called once when another writer holds the lock.
    pub waiting: &'a dyn Fn(),
}

/// The result of the push after a commit.
#[derive(Debug)]
pub(crate) enum Delivery {
    /// No push was requested, or there is no remote.
    Local,
    /// HEAD is detached, so there is no branch to push.
    NoBranch,
    /// The remote has the commit.
    Pushed(PushOutcome),
    /// The commit is local only; the push failed.
    NotPushed(PushError),
}

impl Writer<'_> {
    fn lock(&self) -> Result<LockedRepo<'_>, IntakeError> {
        Ok(self.repo.lock(self.waiting)?)
    }

    /// Pushes `branch` if a push is requested and there is a remote.
    fn deliver(&self, locked: &LockedRepo<'_>, branch: Option<&str>) -> Result<Delivery, IntakeError> {
        if !self.push || locked.remote()?.is_none() {
            return Ok(Delivery::Local);
        }
        let Some(branch) = branch else { return Ok(Delivery::NoBranch) };
        Ok(match locked.push(branch) {
            Ok(pushed) => Delivery::Pushed(pushed),
            Err(error) => Delivery::NotPushed(error),
        })
    }
}

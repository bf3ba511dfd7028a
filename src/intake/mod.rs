//! Every write, once for the command line, forms, the API and agents: compose, check, commit, push.
//!
//! A write is one step under the repository's lock, and can be interrupted anywhere: what is under way stands in a journal
//! until it is done, so the same request, made again after a crash, goes on where the first one stopped.

mod commit;
mod compose;
mod detect;
mod drafts;
mod error;
mod import;
mod journal;
mod reply;
mod ticket;

pub use compose::{ReplyDraft, TicketDraft, new_id};
pub use detect::{Detected, detect};
pub use drafts::{Draft, Drafts};
pub use error::IntakeError;
pub(crate) use import::{IdMaker, files_of_import};
pub use import::{
    Import, ImportError, ImportOptions, ImportReport, ImportedSecret, Importer, LeftAlone, LeftReason,
    TakeTicket, read_tickets, too_large,
};
pub use reply::{Replied, is_under_way, write_reply};
pub use ticket::{Opened, open_ticket};

use crate::{
    repo::{Lock, PushError, Pushed, Repo},
    store::Store,
    text::Time,
};

/// Who writes, when, into what, and whether it is pushed.
pub struct Writer<'a> {
    /// The repository.
    pub repo: &'a Repo,
    /// What it holds.
    pub store: &'a Store,
    /// The time of writing.
    pub now: Time,
    /// Whether to push after the commit.
    pub push: bool,
    /// Called once when another writer holds the lock.
    pub waiting: &'a dyn Fn(),
}

/// What became of the push after a commit.
#[derive(Debug)]
pub enum Delivery {
    /// Nobody wanted it, or there is no remote.
    Local,
    /// HEAD is detached, so there is no branch to push.
    NoBranch,
    /// It is in the remote repository.
    Pushed(Pushed),
    /// The commit is here, the remote does not have it.
    NotPushed(PushError),
}

impl Writer<'_> {
    fn lock(&self) -> Result<Lock, IntakeError> {
        Ok(Lock::acquire(self.repo, self.waiting)?)
    }

    /// Pushes `branch`, if that is wanted and there is somewhere to push to.
    fn deliver(&self, lock: &Lock, branch: Option<&str>) -> Result<Delivery, IntakeError> {
        if !self.push || self.repo.remote()?.is_none() {
            return Ok(Delivery::Local);
        }
        let Some(branch) = branch else { return Ok(Delivery::NoBranch) };
        Ok(match self.repo.push(lock, branch) {
            Ok(pushed) => Delivery::Pushed(pushed),
            Err(error) => Delivery::NotPushed(error),
        })
    }
}

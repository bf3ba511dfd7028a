//! The saved draft of a ticket that is not opened yet, under the id that the ticket will have.

use std::path::{Path, PathBuf};

use crate::{
    cli::{CliError, Context, write_report},
    intake::{self, Drafts, TicketDraft},
    text::RepoPath,
};

/// The id of a ticket, the same from the first attempt on, and whether a draft is saved under it.
pub(super) struct SavedDraft<'a> {
    context: &'a Context,
    id: Option<String>,
    is_there: bool,
}

impl<'a> SavedDraft<'a> {
    /// No draft is saved yet.
    pub(super) fn new(context: &'a Context) -> Self {
        Self { context, id: None, is_there: false }
    }

    /// A draft that was saved before.
    pub(super) fn resumed(id: String, context: &'a Context) -> Self {
        Self { context, id: Some(id), is_there: true }
    }

    /// The ticket's id, which is made when it is first wanted.
    pub(super) fn id(&mut self, draft: &TicketDraft) -> Result<String, CliError> {
        if let Some(id) = &self.id {
            return Ok(id.clone());
        }
        let id = intake::new_id(&draft.title, &draft.template)?;
        Ok(self.id.insert(id).clone())
    }

    /// Saves `text` as the draft and returns its file. `draft` gives the id on the first call.
    pub(super) fn save(&mut self, draft: &TicketDraft, text: &str) -> Result<PathBuf, CliError> {
        let id = self.id(draft)?;
        let repo = self.context.repo()?;
        let locked = repo.lock(|| {})?;
        let file = Drafts::keep(&locked, &id, text)?;
        self.is_there = true;
        Ok(file)
    }

    /// Saves `text`, and adds to `error` how to continue with it.
    pub(super) fn keep(&mut self, draft: &TicketDraft, text: &str, error: CliError) -> CliError {
        match self.save(draft, text) {
            Ok(_) => self.way_on(error),
            Err(_) => {
                write_report::text_that_cannot_be_kept(text, self.context);
                error
            }
        }
    }

    /// Adds to `error` how to continue with the draft, if there is one.
    pub(super) fn way_on(&self, error: CliError) -> CliError {
        match self.id.as_deref().filter(|_| self.is_there) {
            Some(id) => error.with_hint(format!("draft saved; continue with `casebook new --resume {id}`")),
            None => error,
        }
    }

    /// Removes the draft.
    pub(super) fn forget(&self) -> Result<(), CliError> {
        if let Some(id) = self.id.as_deref().filter(|_| self.is_there) {
            let repo = self.context.repo()?;
            let locked = repo.lock(|| {})?;
            Drafts::remove(&locked, id)?;
        }
        Ok(())
    }

    /// A file as it is named in the folder that somebody stands in.
    pub(super) fn named(&self, file: &Path) -> RepoPath {
        let below = file.strip_prefix(&self.context.process.folder).unwrap_or(file);
        RepoPath::new(below.to_string_lossy())
    }
}

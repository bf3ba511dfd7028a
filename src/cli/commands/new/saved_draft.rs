//! The saved draft of a ticket that is not opened yet, under the id that the ticket will have.

use std::path::{Path, PathBuf};

use crate::{
    cli::{CliError, Context, write_report},
    intake::{self, Drafts, TicketDraft},
    text::RepoPath,
};

/// The id of a new ticket, which stays the same in all attempts, and whether a draft is saved under it.
pub(super) struct SavedDraft<'a> {
    context: &'a Context,
    id: Option<String>,
    is_saved: bool,
}

impl<'a> SavedDraft<'a> {
    /// Creates the state before the first save.
    pub(super) fn new(context: &'a Context) -> Self {
        Self { context, id: None, is_saved: false }
    }

    /// Creates the state of a draft that was saved before.
    pub(super) fn resumed(id: String, context: &'a Context) -> Self {
        Self { context, id: Some(id), is_saved: true }
    }

    /// Returns the ticket's id, which is generated on the first call.
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
        let file = Drafts::save(&locked, &id, text)?;
        self.is_saved = true;
        Ok(file)
    }

    /// Saves `text`, and adds to `error` how to continue with it.
    pub(super) fn save_with_hint(&mut self, draft: &TicketDraft, text: &str, error: CliError) -> CliError {
        match self.save(draft, text) {
            Ok(_) => self.with_resume_hint(error),
            Err(_) => {
                write_report::show_unsaved_text(text, self.context);
                error
            }
        }
    }

    /// Adds to `error` how to continue with the draft, if there is one.
    pub(super) fn with_resume_hint(&self, error: CliError) -> CliError {
        match self.id.as_deref().filter(|_| self.is_saved) {
            Some(id) => error.with_hint(format!("draft saved; continue with `casebook new --resume {id}`")),
            None => error,
        }
    }

    pub(super) fn remove(&self) -> Result<(), CliError> {
        if let Some(id) = self.id.as_deref().filter(|_| self.is_saved) {
            let repo = self.context.repo()?;
            let locked = repo.lock(|| {})?;
            Drafts::remove(&locked, id)?;
        }
        Ok(())
    }

    /// Returns the path of a file relative to the current folder.
    pub(super) fn relative(&self, file: &Path) -> RepoPath {
        let below = file.strip_prefix(&self.context.process.folder).unwrap_or(file);
        RepoPath::new(below.to_string_lossy())
    }
}

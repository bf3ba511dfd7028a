//! The saved draft of a ticket that is not opened yet, under the id that the ticket will have.

use std::path::PathBuf;

use super::Arguments;
use crate::{
    cli::{
        CliError, Context,
        authoring::{CommandLine, PushOptions},
        write_report,
    },
    intake::{self, Drafts, TicketDraft},
};

/// The id of a new ticket, which stays the same in all attempts, and whether a draft is saved under it.
pub(super) struct SavedDraft<'a> {
    context: &'a Context,
    id: Option<String>,
    is_saved: bool,
    file: Option<PathBuf>,
    /// The options that are not part of the text, for the command that continues.
    intake: Option<String>,
    push: PushOptions,
    /// The options for what the draft still lacks, for the command that continues.
    pub(super) lacks: Vec<String>,
}

impl<'a> SavedDraft<'a> {
    /// Creates the state before the first save.
    pub(super) fn new(arguments: &Arguments, context: &'a Context) -> Self {
        let (intake, push) = (arguments.intake.clone(), arguments.push);
        Self { context, id: None, is_saved: false, file: None, intake, push, lacks: Vec::new() }
    }

    /// Takes the id of a draft that was saved before.
    pub(super) fn resume(&mut self, id: String) {
        self.id = Some(id);
        self.is_saved = true;
    }

    /// Returns the ticket's id, which is generated on the first call.
    pub(super) fn id(&mut self, draft: &TicketDraft) -> Result<String, CliError> {
        if let Some(id) = &self.id {
            return Ok(id.clone());
        }
        let id = intake::new_id(&draft.title, &draft.template)?;
        Ok(self.id.insert(id).clone())
    }

    /// Saves `text` as the draft. `draft` gives the id on the first call.
    pub(super) fn save(&mut self, draft: &TicketDraft, text: &str) -> Result<(), CliError> {
        let id = self.id(draft)?;
        let repo = self.context.repo()?;
        let locked = repo.lock(|| {})?;
        self.file = Some(Drafts::save(&locked, &id, text)?);
        self.is_saved = true;
        Ok(())
    }

    /// Saves `text`, and adds to `error` how to continue with it.
    pub(super) fn save_with_hint(&mut self, draft: &TicketDraft, text: &str, error: CliError) -> CliError {
        match self.save(draft, text) {
            Ok(()) => self.with_resume_hint(error),
            Err(_) => {
                write_report::show_unsaved_text(text, self.context);
                error
            }
        }
    }

    /// Adds to `error` how to continue with the draft, if there is one.
    fn with_resume_hint(&self, error: CliError) -> CliError {
        let Some(id) = self.id.as_deref().filter(|_| self.is_saved) else { return error };
        let mut line = CommandLine::new("new", self.context);
        self.intake.iter().for_each(|intake| line.option("--intake", intake));
        self.push.options().for_each(|option| line.flag(option));
        line.option("--resume", id);
        self.lacks.iter().for_each(|option| line.flag(option));
        error.with_hint(format!("draft saved; continue with {}", line.quoted()))
    }

    /// Returns the file of the draft relative to the current folder, if it was saved.
    pub(super) fn file(&self) -> Option<String> {
        let file = self.file.as_deref()?;
        let below = file.strip_prefix(&self.context.process.folder).unwrap_or(file);
        Some(below.display().to_string())
    }

    pub(super) fn remove(&self) -> Result<(), CliError> {
        if let Some(id) = self.id.as_deref().filter(|_| self.is_saved) {
            let repo = self.context.repo()?;
            let locked = repo.lock(|| {})?;
            Drafts::remove(&locked, id)?;
        }
        Ok(())
    }
}

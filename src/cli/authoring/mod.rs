//! How a user writes a ticket or a reply on a terminal, once for `new`, `reply`, `resolve` and `reopen`: what is missing
//! is asked for, the editor opens with an outline, problems are shown and corrected, and an unfinished text is saved with
//! the command that continues it. Without a terminal nothing is asked, and the command reports what is missing.

mod assignment;
mod command_line;
mod form;
mod notes;
mod questions;
mod reply;
mod reply_options;
mod reply_writing;

pub(super) use command_line::CommandLine;
pub(super) use form::{Form, RequestedSection, blank, has_content};
pub(super) use questions::{field as ask_field, resolution as ask_resolution};
pub(super) use reply::{ReplyManner, ReplyWriting};
pub(super) use reply_options::{PushOptions, ReplyOptions, author, say_unknown_sections};

use super::{CliError, Context, Outcome, prompts, write_report};
use crate::intake::{RefusedText, problems_to_fix};

/// A text that is being written: a new ticket, or a reply.
pub(super) trait Writing {
    /// What the text is, for messages: `ticket` or `reply`.
    const NOUN: &'static str;

    /// Checks and writes the text.
    fn write(&mut self) -> Result<WriteResult, CliError>;

    /// Returns whether the user can correct the problems of a refused text here. An option of the command line, for
    /// example, cannot be corrected.
    fn can_correct(&self, refused: &[RefusedText]) -> bool;

    /// Lets the user correct the problems of a refused text.
    fn correct(&mut self, refused: &[RefusedText]) -> Result<(), CliError>;

    /// Saves the text as a draft if it could be lost, and adds to `error` how to continue. `refused` are the texts that were
    /// refused, if that is the error.
    fn save(&mut self, error: CliError, refused: &[RefusedText]) -> CliError;
}

/// The result of an attempt to write a text.
pub(super) enum WriteResult {
    /// The text is committed, or the user does not need it any more.
    Done(Outcome),
    /// The text has problems, and nothing was written.
    Refused(Vec<RefusedText>),
}

/// Writes a text. On a terminal, lets the user correct it until it has no problems.
pub(super) fn finish<W: Writing>(
    writing: &mut W,
    me: Option<&str>,
    context: &Context,
) -> Result<Outcome, CliError> {
    loop {
        let refused = match writing.write()? {
            WriteResult::Done(outcome) => return Ok(outcome),
            WriteResult::Refused(refused) => refused,
        };
        write_report::refused(&refused, W::NOUN, me, context);
        // The draft is saved before the question, because the user may close the terminal instead of answering.
        let error = writing.save(CliError::refused(problems_to_fix(&refused)), &refused);
        if !context.process.can_ask || !writing.can_correct(&refused) {
            return Err(error);
        }
        let again = prompts::confirm("edit the draft again?", true, context);
        if !again.map_err(|cancelled| cancelled.with_hints_of(&error))? {
            return Err(error);
        }
        writing.correct(&refused).map_err(|cancelled| cancelled.with_hints_of(&error))?;
    }
}

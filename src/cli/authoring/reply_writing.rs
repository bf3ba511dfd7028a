//! Checks, commits and pushes a reply, prints the result, and saves the text if something goes wrong.

use std::path::Path;

use super::{CommandLine, ReplyWriting, WriteResult, Writing, assignment, questions};
use crate::{
    api::{WrittenReplies, WrittenReply},
    cli::{CliError, CliErrorKind, Context, Outcome, table, write_report},
    diagnostic::MissingPart,
    intake::{
        CommittedReplies, CommittedReply, Drafts, IntakeError, RefusedText, ReplyTo, Writer, write_replies,
    },
    store::Store,
    text::RepoPath,
    ticket::{Resolution, Status, Thread, Visibility},
};

impl Writing for ReplyWriting<'_> {
    const NOUN: &'static str = "reply";

    fn write(&mut self) -> Result<WriteResult, CliError> {
        let replies = self.replies()?;
        let writer = Writer {
            repo: self.context.repo()?,
            store: self.store,
            now: self.context.process.now,
            push: self.push.is_on(&self.store.settings),
            waiting: &|| self.context.ui.say("waiting for another casebook process to finish"),
        };
        match write_replies(&writer, &replies, |written| self.report(&replies, &written)) {
            Ok(outcome) => {
                self.remove_draft()?;
                Ok(WriteResult::Done(outcome))
            }
            Err(IntakeError::Refused(refused)) => Ok(WriteResult::Refused(refused)),
            Err(IntakeError::ChangesNothing) => {
                self.report_unchanged(&replies);
                Ok(WriteResult::Done(Outcome::Done))
            }
            Err(error) => Err(self.save(error.into(), &[])),
        }
    }

    fn can_correct(&self, refused: &[RefusedText]) -> bool {
        let mut denied = refused.iter().flat_map(|text| text.denied().map(move |finding| (text, finding)));
        denied.any(|(text, finding)| finding.missing.is_some() || text.is_in_body(finding))
    }

    /// Asks for the fields with problems again, and opens the editor if the text has problems.
    fn correct(&mut self, refused: &[RefusedText]) -> Result<(), CliError> {
        let mut fields: Vec<&str> = Vec::new();
        let mut is_text = false;
        for (text, finding) in
            refused.iter().flat_map(|text| text.denied().map(move |finding| (text, finding)))
        {
            match &finding.missing {
                Some(MissingPart::Field(name)) if !fields.contains(&name.as_str()) => fields.push(name),
                Some(MissingPart::Field(_)) => {}
                Some(MissingPart::Section(_)) => is_text = true,
                None => is_text |= text.is_in_body(finding),
            }
        }
        for name in fields {
            let template = self.threads.iter().find_map(|thread| {
                self.store.template(&thread.ticket.template).and_then(|template| template.field(name))
            });
            let Some(field) = template else { continue };
            if let Some(text) = questions::field(field, self.store, self.context)? {
                self.set.retain(|(known, _)| known != name);
                self.asked.retain(|(known, _)| known != name);
                self.asked.push((name.to_owned(), text));
            }
        }
        if is_text { self.edit() } else { Ok(()) }
    }

    /// Saves the text if it may be lost otherwise: it may have been typed into an editor, or come from standard input and
    /// meet a full disk. A refused text of a script can be sent again.
    fn save(&mut self, error: CliError, refused: &[RefusedText]) -> CliError {
        if self.context.process.can_ask || error.kind == CliErrorKind::Environment {
            return self.save_again(error);
        }
        let lacks = write_report::options_for(refused);
        match error.kind {
            CliErrorKind::Refused if lacks.is_empty() => {
                error.with_hint("nothing was saved; fix the problems above and run the command again")
            }
            CliErrorKind::Refused => {
                error.with_hint(format!("nothing was saved; run {}", self.context.command_with(&lacks)))
            }
            _ => error,
        }
    }
}

impl ReplyWriting<'_> {
    /// Saves the text, and adds to `error` the command that continues with it. If there is no text, the command continues
    /// with the answers so far.
    pub(super) fn save_again(&mut self, error: CliError) -> CliError {
        if self.draft.body.trim().is_empty() {
            let is_asked = !self.asked.is_empty() || self.draft.resolution.is_some();
            return match self.context.process.can_ask && is_asked {
                true => error.with_hint(format!("to continue: {}", self.line_of_options(None))),
                false => error,
            };
        }
        let name = self.draft_name();
        let saved = self.context.repo().and_then(|repo| {
            let locked = repo.lock(|| {})?;
            Ok(Drafts::save(&locked, &name, &self.draft.body)?)
        });
        match saved {
            Ok(place) => {
                let line = self.line(Some(&place));
                self.saved = Some(place);
                error.with_hint(format!("draft saved; continue with {}", line.quoted()))
            }
            Err(_) => {
                write_report::show_unsaved_text(&self.draft.body, self.context);
                error
            }
        }
    }

    /// Returns the name of the draft: the ids of a single ticket, or of the first of several.
    fn draft_name(&self) -> String {
        format!("replies/{}", self.threads.first().map_or("reply", |thread| thread.id()))
    }

    /// Removes the draft whose text was written.
    fn remove_draft(&self) -> Result<(), CliError> {
        let repo = self.context.repo()?;
        let name = self.draft_name();
        if self.saved.as_deref().is_some_and(|file| file.ends_with(format!("drafts/{name}.md"))) {
            let locked = repo.lock(|| {})?;
            Drafts::remove(&locked, &name)?;
        }
        Ok(())
    }

    /// Returns the command for this reply in backquotes, without its text and with the arguments `more`.
    pub(super) fn line_of_options(&self, more: Option<&[String]>) -> String {
        let mut line = self.line(None);
        more.into_iter().flatten().for_each(|argument| line.flag(argument));
        line.quoted()
    }

    /// Returns the command that writes this reply, with the text of the file `body`.
    fn line(&self, body: Option<&Path>) -> CommandLine {
        let draft = &self.draft;
        let resolves = draft.status == Some(Status::Resolved);
        let mut line = CommandLine::new(if resolves { "resolve" } else { "reply" }, self.context);
        self.threads.iter().for_each(|thread| line.word(thread.id()));
        match draft.resolution.filter(|_| resolves) {
            Some(resolution) => line.option("--as", resolution.name()),
            None => draft.status.iter().for_each(|status| line.option("--status", status.name())),
        }
        if draft.resolution == Some(Resolution::Duplicate) {
            draft.duplicate_of.iter().for_each(|id| line.option("--of", id));
        }
        draft.answered_by.iter().for_each(|id| line.option("--answered-by", id));
        draft.asks.iter().for_each(|ask| line.option("--ask", ask));
        draft.draft_from.iter().for_each(|id| line.option("--draft-from", id));
        if draft.visibility == Some(Visibility::Internal) {
            line.flag("--internal");
        }
        if let Some(assignee) = &draft.assignee {
            line.option("--assign", assignee.as_deref().unwrap_or("none"));
        }
        for (key, value) in self.set.iter().chain(&self.asked) {
            line.option("--set", &format!("{key}={value}"));
        }
        self.push.options().for_each(|option| line.flag(option));
        // With several tickets, the text still has the placeholders of the canned response.
        if let Some(canned) = self.canned.filter(|_| self.threads.len() > 1) {
            line.option("--use", &canned.name);
        }
        body.iter().for_each(|file| line.option("--body", &file.to_string_lossy()));
        line
    }

    /// Tells the user that `thread` already is as the reply wants it.
    fn say_unchanged(&self, thread: &Thread) {
        let ui = &self.context.ui;
        if let Some(assignee) = &self.draft.assignee {
            assignment::say_former(thread, assignee.as_deref(), self.store, self.context);
        }
        ui.say(format!("{} already has these values; nothing was committed for it", thread.id()));
    }

    /// Reports that no ticket changes.
    fn report_unchanged(&self, replies: &[ReplyTo<'_>]) {
        replies.iter().for_each(|reply| self.say_unchanged(reply.thread));
        if self.context.ui.is_json() {
            self.context.ui.json(&WrittenReplies { replies: Vec::new() });
        }
    }

    /// Prints what was written.
    fn report(&self, replies: &[ReplyTo<'_>], written: &CommittedReplies) -> Outcome {
        let ui = &self.context.ui;
        let done_of = |reply: &ReplyTo<'_>| written.replies.iter().find(|done| done.id == reply.thread.id());
        for reply in replies {
            let thread = reply.thread;
            let Some(done) = done_of(reply) else {
                self.say_unchanged(thread);
                continue;
            };
            write_report::findings(&done.warnings, &done.text, Some(&self.draft.author), self.context);
            if let Some(assignee) = &self.draft.assignee {
                assignment::say_former(thread, assignee.as_deref(), self.store, self.context);
            }
            ui.say(format!("{} {}: {}", self.manner.done, done.id, table::one_line(&thread.ticket.title)));
        }
        let outcome = write_report::delivery(&written.delivery, &self.store.settings, None, self.context);
        if self.draft.assignee.is_some() {
            say_others(replies, written, self.context);
        }
        if ui.is_json() {
            let one = |done: &CommittedReply| WrittenReply {
                id: done.id.clone(),
                path: done.path.clone(),
                commit: written.commit.to_string(),
            };
            match &written.replies[..] {
                [done] if !self.manner.lists_one && replies.len() == 1 => ui.json(&one(done)),
                all => ui.json(&WrittenReplies { replies: all.iter().map(one).collect() }),
            }
        } else {
            written.replies.iter().for_each(|done| ui.line(done.path.as_str()));
        }
        ui.flush();
        outcome
    }
}

/// Tells the user about replies of others that assigned the same tickets while this command ran. They may come from the
/// remote, so the tickets are read again.
fn say_others(replies: &[ReplyTo<'_>], written: &CommittedReplies, context: &Context) {
    // The replies are written; an error of reading must not look like an error of writing.
    let Ok(now) = context.store() else { return };
    let store: &Store = &now;
    for done in &written.replies {
        let Some(reply) = replies.iter().find(|reply| reply.thread.id() == done.id) else { continue };
        if let Some(after) = store.thread(reply.thread.id()) {
            assignment::say_others(reply.thread, after, RepoPath::stem(&done.path), store, context);
        }
    }
}

//! A reply to one or several tickets, as `reply`, `resolve` and `reopen` write it.

use std::{path::PathBuf, sync::Arc};

use super::{
    Form, PushOptions, ReplyOptions, RequestedSection, assignment, author, blank, finish, has_content, notes,
    questions,
};
use crate::{
    cli::{CliError, Context, Outcome, argument_values, body, editor::EditorFailure},
    intake::{ReplyDraft, ReplyTo, is_under_way},
    store::Store,
    template::{Canned, Field, SectionRule, Stage, applies, fill_placeholders, placeholder_value},
    text::{nearest, shell_word},
    ticket::{FieldChange, Resolution, Status, Thread, Visibility, YamlValue, sections},
};

/// How a command presents its reply.
#[derive(Clone, Copy, Debug)]
pub(in crate::cli) struct ReplyManner {
    /// What was done, for the message: `resolved`.
    pub done: &'static str,
    /// Whether the editor opens if no text was given.
    pub opens_editor: bool,
    /// Whether the JSON of a single reply is a list too.
    pub lists_one: bool,
}

/// A reply that is being written.
pub(in crate::cli) struct ReplyWriting<'a> {
    /// The reply as every ticket gets it, without the fields to set.
    pub draft: ReplyDraft,
    pub manner: ReplyManner,
    pub(super) threads: Vec<&'a Thread>,
    pub(super) store: &'a Arc<Store>,
    pub(super) context: &'a Context,
    pub(super) push: PushOptions,
    has_text: bool,
    /// Whether the text is a proposal that nobody has read yet.
    is_proposed: bool,
    pub(super) canned: Option<&'a Canned>,
    /// The fields that the options set.
    pub(super) set: Vec<(String, String)>,
    /// The fields that the user was asked for. A ticket gets those that its template has.
    pub(super) asked: Vec<(String, String)>,
    /// The file of the draft from which the text comes, or to which it was saved.
    pub(super) saved: Option<PathBuf>,
}

impl<'a> ReplyWriting<'a> {
    /// Creates a reply from the options.
    pub(in crate::cli) fn new(
        options: &ReplyOptions,
        threads: Vec<&'a Thread>,
        store: &'a Arc<Store>,
        manner: ReplyManner,
        context: &'a Context,
    ) -> Result<Self, CliError> {
        let author = author(context, store)?;
        let assignee = match options.assign.as_deref() {
            Some("none" | "") => Some(None),
            Some(name) => Some(Some(assignment::person(name, &author, store)?)),
            None => None,
        };
        let canned = options.canned.as_deref().map(|name| canned(name, store)).transpose()?;
        let text = body::fill(&options.text(context)?, &options.section);
        let mut writing = Self {
            draft: ReplyDraft {
                author,
                assignee,
                body: text,
                draft_from: options.draft_from.clone(),
                ..ReplyDraft::default()
            },
            manner,
            threads,
            store,
            context,
            push: options.push,
            has_text: options.has_text(),
            is_proposed: false,
            canned,
            set: options.set.clone(),
            asked: Vec::new(),
            saved: options.body.as_ref().map(|file| context.process.folder.join(file)),
        };
        if let Some(canned) = canned {
            writing.use_canned(canned);
        }
        Ok(writing)
    }

    /// Begins with a proposed text, which the editor shows.
    pub(in crate::cli) fn begin_with(&mut self, text: String, from: Option<String>, asks: Vec<String>) {
        self.draft.body = text;
        self.draft.draft_from = from;
        self.draft.asks = asks;
        self.is_proposed = true;
    }

    /// Takes status, resolution, asks and text of a canned response. A text that continues it, such as a saved draft,
    /// already has its beginning.
    fn use_canned(&mut self, canned: &Canned) {
        self.draft.status = canned.status;
        self.draft.resolution = canned.resolution;
        self.draft.asks.clone_from(&canned.asks);
        let start = canned.body.lines().next().unwrap_or_default();
        if start.is_empty() || !self.draft.body.starts_with(start) {
            self.draft.body = body::merge(&canned.body, &self.draft.body);
        }
        // With several tickets, each gets its own values when it is written.
        if let [thread] = self.threads[..] {
            self.draft.body = fill_placeholders(&self.draft.body, |place| {
                placeholder_value(place, thread, &self.store.settings)
            });
        }
    }

    /// Returns the replies with all fields, one for each ticket.
    pub(super) fn replies(&self) -> Result<Vec<ReplyTo<'a>>, CliError> {
        self.threads.iter().map(|thread| self.reply_to(thread)).collect()
    }

    fn reply_to(&self, thread: &'a Thread) -> Result<ReplyTo<'a>, CliError> {
        let template = self.store.template(&thread.ticket.template);
        let has =
            |key: &str| template.is_some_and(|template| template.any_fields || template.field(key).is_some());
        let mut draft = self.draft.clone();
        let asked = self.asked.iter().filter(|(key, _)| has(key));
        for (key, text) in self.set.iter().chain(asked) {
            let change = argument_values::set(key, text, self.store, &thread.ticket.template)?;
            draft.set.push((key.clone(), change));
        }
        if self.canned.is_some() && self.threads.len() > 1 {
            draft.body = fill_placeholders(&draft.body, |place| {
                placeholder_value(place, thread, &self.store.settings)
            });
        }
        Ok(ReplyTo { thread, draft })
    }

    /// Removes the tickets to which `is_included` does not want to reply. An interrupted command that is repeated keeps
    /// all its tickets.
    pub(in crate::cli) fn retain(
        &mut self,
        is_included: impl Fn(&ReplyTo<'_>) -> Result<bool, CliError>,
    ) -> Result<(), CliError> {
        let replies = self.replies()?;
        if is_under_way(self.context.repo()?, &replies, self.context.process.now) {
            return Ok(());
        }
        let mut threads = Vec::new();
        for reply in &replies {
            if is_included(reply)? {
                threads.push(reply.thread);
            }
        }
        self.threads = threads;
        Ok(())
    }

    /// Returns whether there is no ticket to reply to.
    pub(in crate::cli) fn is_empty(&self) -> bool {
        self.threads.is_empty()
    }

    /// Asks for what is missing, opens the editor if a text is needed, and writes the replies.
    pub(in crate::cli) fn run(mut self) -> Result<Outcome, CliError> {
        self.refuse_note_with_changes()?;
        self.ask_original()?;
        self.ask_fields().map_err(|error| self.save_again(error))?;
        self.write_text()?;
        let author = self.draft.author.clone();
        let context = self.context;
        finish(&mut self, Some(&author), context)
    }

    /// Refuses changes in an internal note on a public ticket, which have no effect there.
    fn refuse_note_with_changes(&self) -> Result<(), CliError> {
        let draft = &self.draft;
        let is_note = draft.visibility == Some(Visibility::Internal)
            && self.threads.iter().any(|thread| thread.state.visibility == Visibility::Public);
        let changes = draft.status.is_some()
            || draft.assignee.is_some()
            || !draft.asks.is_empty()
            || !self.set.is_empty();
        if !is_note || !changes {
            return Ok(());
        }
        let mut change = self.line_of_options(None);
        change = change.replace(" --internal", "");
        let ids: Vec<&str> = self.threads.iter().map(|thread| thread.id()).collect();
        let message = if draft.body.is_empty() { "…" } else { draft.body.trim() };
        Err(CliError::usage(
            "an internal note cannot change a public ticket, because readers of the public page would see the change",
        )
        .with_hint(format!(
            "write the note alone: `casebook reply {} --internal --message {}`",
            ids.join(" "),
            shell_word(message)
        ))
        .with_hint(format!("then make the change in a reply without text: {change}")))
    }

    /// Asks for the original of a duplicate.
    fn ask_original(&mut self) -> Result<(), CliError> {
        if self.draft.resolution != Some(Resolution::Duplicate) {
            return Ok(());
        }
        let is_itself = |id: &String| self.threads.iter().any(|thread| thread.id() == id);
        if self.context.process.can_ask && self.draft.duplicate_of.as_ref().is_some_and(is_itself) {
            self.context.ui.warn("a ticket cannot be a duplicate of itself");
            self.draft.duplicate_of = None;
        }
        if self.draft.duplicate_of.is_some() {
            return Ok(());
        }
        let original = questions::original(&self.threads, self.store, self.context)?;
        self.draft.duplicate_of = Some(original.ok_or_else(|| {
            let line = self.line_of_options(Some(&["--of ID".to_owned()]));
            CliError::usage("a duplicate needs its original ticket").with_hint(line)
        })?);
        Ok(())
    }

    /// Asks for the fields that the resolution requires.
    fn ask_fields(&mut self) -> Result<(), CliError> {
        if !self.context.process.can_ask {
            return Ok(());
        }
        for field in self.missing_fields()? {
            if let Some(text) = questions::field(field, self.store, self.context)? {
                self.asked.push((field.name.clone(), text));
            }
        }
        Ok(())
    }

    fn missing_fields(&self) -> Result<Vec<&'a Field>, CliError> {
        let mut missing: Vec<&Field> = Vec::new();
        for reply in self.replies()? {
            let Some(stage) = self.stage() else { break };
            let Some(template) = self.store.template(&reply.thread.ticket.template) else { continue };
            let values = values(&reply);
            for field in template.fields.iter().filter(|field| field.required.contains(&stage)) {
                let is_new = missing.iter().all(|other| other.name != field.name);
                let is_required =
                    applies(&field.when, field.since, reply.thread.ticket.created, |name| get(&values, name));
                if is_new && is_required && get(&values, &field.name).is_none() {
                    missing.push(field);
                }
            }
        }
        Ok(missing)
    }

    /// Returns the stage whose requirements the reply must meet, if it resolves the tickets.
    fn stage(&self) -> Option<Stage> {
        self.draft.resolution.filter(|_| self.draft.status == Some(Status::Resolved)).map(Stage::Resolved)
    }

    /// Returns the sections that the resolution requires, in the order of the templates.
    fn requested_sections(&self) -> Result<Vec<RequestedSection>, CliError> {
        let mut requested: Vec<RequestedSection> = Vec::new();
        let Some(stage) = self.stage() else { return Ok(requested) };
        for reply in self.replies()? {
            let Some(template) = self.store.template(&reply.thread.ticket.template) else { continue };
            let values = values(&reply);
            let is_required = |rule: &&SectionRule| {
                let created = reply.thread.ticket.created;
                rule.required.contains(&stage)
                    && applies(&rule.when, rule.since, created, |name| get(&values, name))
            };
            for rule in template.resolution.iter().filter(is_required) {
                if requested.iter().all(|section| section.name != rule.name) {
                    let ask = rule.ask.as_deref().unwrap_or("What does the next person need to know?");
                    requested.push(RequestedSection::of(rule, format!("<!-- {ask} -->")));
                }
            }
        }
        Ok(requested)
    }

    /// Returns the parts of the canned response that still contain only its hints.
    fn unfilled_hints(&self) -> Vec<String> {
        self.canned.map(|canned| body::unfilled(&self.draft.body, &canned.body)).unwrap_or_default()
    }

    /// Opens the editor if a text is needed. Without a terminal, reports what is missing of a canned response.
    fn write_text(&mut self) -> Result<(), CliError> {
        let has_part = |name: &str| {
            let body = &self.draft.body;
            let part = sections(body).into_iter().find(|section| section.is(name));
            part.is_some_and(|part| has_content(&body[part.span]))
        };
        let is_silent = self.draft.body.trim().is_empty() && !self.has_text;
        let lacks_part = self.requested_sections()?.iter().any(|section| !has_part(&section.name));
        if self.context.process.can_ask
            && (self.is_proposed
                || lacks_part
                || !self.unfilled_hints().is_empty()
                || (is_silent && self.manner.opens_editor))
        {
            return self.edit();
        }
        self.refuse_unfilled_hints()?;
        let changes = self.draft.status.is_some() || self.draft.assignee.is_some() || !self.set.is_empty();
        if !changes && self.draft.body.trim().is_empty() {
            return Err(CliError::usage("empty reply: add a message or a change")
                .with_hint(self.context.command_with(&["--message '…'".to_owned()]))
                .with_hint("`--body FILE`, `--set`, `--assign` and `--status` work too"));
        }
        Ok(())
    }

    fn refuse_unfilled_hints(&self) -> Result<(), CliError> {
        let open = self.unfilled_hints();
        let Some(canned) = self.canned.filter(|_| !open.is_empty()) else { return Ok(()) };
        let named: Vec<&str> =
            open.iter().map(|name| if name.is_empty() { "the beginning" } else { name }).collect();
        let option = |name: &String| match name.as_str() {
            "" => "--message '…'".to_owned(),
            name => format!("--section {}", shell_word(&format!("{name}=…"))),
        };
        let options: Vec<String> = open.iter().map(option).collect();
        Err(CliError::refused(format!(
            "fill in these parts of the canned response `{}`: {}",
            canned.name,
            named.join(", ")
        ))
        .with_hint(format!("nothing was saved; run {}", self.context.command_with(&options))))
    }

    /// Opens the editor with the text so far, the required sections, and the tickets below the cut line.
    pub(super) fn edit(&mut self) -> Result<(), CliError> {
        let requested = self.requested_sections()?;
        let notes = notes::of_reply(&self.threads, self.store, self.context);
        let form = Form::new(&self.draft.body, &requested, notes);
        let clean = |text: &str, canned: Option<&Canned>| {
            let text = form.clean(text);
            canned
                .map_or(text.clone(), |canned| body::without_hints(&text, &canned.body))
                .trim_end()
                .to_owned()
        };
        match form.edit("", self.context) {
            Ok(text) if has_content(&clean(&text, self.canned)) => {
                self.draft.body = clean(&text, self.canned);
                Ok(())
            }
            Ok(_) => {
                self.draft.body.clear();
                Err(self.save_again(blank("reply")))
            }
            Err(EditorFailure { error, text }) => {
                self.draft.body = clean(&text, self.canned);
                Err(self.save_again(error))
            }
        }
    }
}

/// Returns the values of a ticket's fields after the reply.
fn values(reply: &ReplyTo<'_>) -> Vec<(String, YamlValue)> {
    let state = &reply.thread.state;
    let mut values = state.fields.clone();
    values.extend(state.service.iter().map(|id| ("service".to_owned(), YamlValue::Text(id.clone()))));
    let priority = state.priority.iter().map(|priority| YamlValue::Text(priority.name().to_owned()));
    values.extend(priority.map(|value| ("priority".to_owned(), value)));
    for (key, change) in &reply.draft.set {
        values.retain(|(known, _)| known != key);
        if let FieldChange::Value(value) = change {
            values.push((key.clone(), value.clone()));
        }
    }
    values
}

fn get<'v>(values: &'v [(String, YamlValue)], name: &str) -> Option<&'v YamlValue> {
    values.iter().find(|(known, _)| known == name).map(|(_, value)| value)
}

fn canned<'a>(name: &str, store: &'a Store) -> Result<&'a Canned, CliError> {
    store.canned.iter().find(|canned| canned.name == name).ok_or_else(|| {
        let names = || store.canned.iter().map(|canned| canned.name.as_str());
        let near = nearest(name, names()).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        CliError::usage(format!("unknown canned response `{name}`{near}"))
            .with_hint(format!("canned responses: {}", names().collect::<Vec<_>>().join(", ")))
            .with_hint("`casebook replies` explains them")
    })
}

//! `casebook new`

mod arguments;
mod compose;
mod deflection;
mod saved_draft;
mod ticket_form;

use std::sync::Arc;

pub(super) use arguments::Arguments;
use compose::Composition;
use saved_draft::SavedDraft;

use crate::cli::{
    CliError, Context, Outcome,
    authoring::{self, PushOptions, WriteResult, Writing},
    body,
    similar_hits::ShownSimilarItem,
    suggestions::Suggestions,
    table, write_report,
};
use crate::{
    api::{OpenedTicket, UnopenedTicket},
    diagnostic::Hinted as _,
    intake::{
        self, AttemptEnd, Delivery, Drafts, IntakeError, RefusedText, TicketDraft, Writer, open_ticket,
    },
    settings::Intake,
    store::Store,
    text::shell_word,
};

/// A ticket that is being written.
struct TicketWriting<'a> {
    draft: TicketDraft,
    saved: SavedDraft<'a>,
    suggestions: Suggestions<'a>,
    intake: Intake,
    push: PushOptions,
    me: Option<String>,
    store: &'a Arc<Store>,
    context: &'a Context,
}

pub(super) fn run(arguments: Arguments, context: &Context) -> Result<Outcome, CliError> {
    let store = context.store()?;
    let intake = match arguments.intake.as_deref() {
        Some("branch") => Intake::Branch,
        Some(_) => Intake::Main,
        None => store.settings.intake,
    };
    let me = context.me(&store)?;
    let mut suggestions = Suggestions::new(&store);
    let mut saved = SavedDraft::new(&arguments, context);
    let draft = match &arguments.resume {
        Some(name) => resume(name, &arguments, &suggestions, &store, &mut saved, context)?,
        None => match compose::compose(&arguments, &store, &mut suggestions, &mut saved, context)? {
            Composition::Draft(draft) => draft,
            Composition::SolvedBy(similar, template) => {
                let outcome = report_solved(&similar, context);
                deflection::count(&template, &suggestions, deflection::end(&similar), me.as_deref(), context);
                return Ok(outcome);
            }
        },
    };
    let push = arguments.push;
    let mut writing =
        TicketWriting { draft, saved, suggestions, intake, push, me: me.clone(), store: &store, context };
    authoring::finish(&mut writing, me.as_deref(), context)
}

impl Writing for TicketWriting<'_> {
    const NOUN: &'static str = "ticket";

    /// Shows tickets that are similar to the text, and opens the ticket if none of them solves the problem.
    fn write(&mut self) -> Result<WriteResult, CliError> {
        let Self { draft, saved, suggestions, store, context, .. } = self;
        let composed = draft.compose(context.process.now);
        // An error of saving is ignored here: if the user cancels the question, the draft is saved again or printed.
        let asked = suggestions.ask(draft, context, || drop(saved.save(draft, &composed)));
        match asked {
            Ok(Some(similar)) => {
                saved.remove()?;
                let outcome = report_solved(&similar, context);
                let end = deflection::end(&similar);
                deflection::count(&draft.template, suggestions, end, self.me.as_deref(), context);
                return Ok(WriteResult::Done(outcome));
            }
            Ok(None) => {}
            // The user cancelled the question, or it could not be asked. The draft must not be lost.
            Err(error) => return Err(saved.save_with_hint(draft, &composed, error)),
        }
        let writer = Writer {
            repo: context.repo()?,
            store,
            now: context.process.now,
            push: self.push.is_on(&store.settings),
            waiting: &|| context.ui.say("waiting for another casebook process to finish"),
        };
        let id = saved.id(draft)?;
        let tell =
            |opened| done(&opened, self.intake, draft, suggestions, self.me.as_deref(), store, context);
        match open_ticket(&writer, &id, draft, self.intake, tell) {
            Ok(outcome) => {
                saved.remove()?;
                let end = AttemptEnd::Opened(id);
                deflection::count(&draft.template, suggestions, end, self.me.as_deref(), context);
                Ok(WriteResult::Done(outcome?))
            }
            Err(IntakeError::Refused(refused)) => Ok(WriteResult::Refused(refused)),
            Err(error) => Err(self.save(error.into(), &[])),
        }
    }

    /// The editor shows the whole ticket.
    fn can_correct(&self, _: &[RefusedText]) -> bool {
        true
    }

    fn correct(&mut self, _: &[RefusedText]) -> Result<(), CliError> {
        self.draft =
            compose::edit(&self.draft, &self.suggestions, self.store, &mut self.saved, self.context)?;
        Ok(())
    }

    fn save(&mut self, error: CliError, refused: &[RefusedText]) -> CliError {
        let composed = self.draft.compose(self.context.process.now);
        // On a terminal, the editor opens with the draft. Without one, the options must say what is missing.
        self.saved.lacks = match self.context.process.can_ask {
            true => Vec::new(),
            false => write_report::options_for(refused),
        };
        let error = self.saved.save_with_hint(&self.draft, &composed, error);
        if let (Some(file), false) = (self.saved.file(), refused.is_empty()) {
            self.context.ui.say(format!("your ticket is in {file}"));
        }
        error
    }
}

fn done(
    opened: &intake::CommittedTicket,
    intake: Intake,
    draft: &TicketDraft,
    suggestions: &Suggestions<'_>,
    me: Option<&str>,
    store: &Store,
    context: &Context,
) -> Result<Outcome, CliError> {
    write_report::findings(&opened.warnings, &draft.compose(context.process.now), me, context);
    if let Some(service) =
        draft.keys.iter().find(|(key, _)| key == "service").and_then(|(_, value)| value.as_text())
    {
        context.repo()?.cache_slot("last-service").write(service.as_bytes());
    }
    let place = match (&opened.branch, opened.for_review) {
        (Some(branch), true) => format!(" on branch {branch}"),
        _ => String::new(),
    };
    // A user who expects a pull request must learn where the ticket is if there is no remote.
    let wants_review = intake == Intake::Branch && !opened.for_review;
    context.ui.say(format!("opened {}{place}: {}", opened.id, crate::cli::table::one_line(&draft.title)));
    if let (true, Some(branch)) = (wants_review, &opened.branch) {
        context
            .ui
            .say(format!("there is no remote: the ticket was committed to the current branch {branch}"));
    }
    let branch = opened.branch.as_deref().filter(|_| opened.for_review);
    let outcome = write_report::delivery(&opened.delivery, &store.settings, branch, context);
    if let (Some(branch), Delivery::Local) = (branch, &opened.delivery) {
        context.ui.say(format!("next: run `git push origin {branch}`, then open a pull request"));
    }
    if context.ui.is_json() {
        context.ui.json(&OpenedTicket {
            id: opened.id.clone(),
            path: opened.path.clone(),
            branch: opened.branch.clone(),
            commit: opened.commit.to_string(),
            similar: suggestions.all_shown().to_vec(),
        });
    } else if !(context.process.terminal_out && context.ui.shows_progress()) {
        // On a terminal, the message above already has the id.
        context.ui.line(&opened.id);
    }
    context.ui.flush();
    Ok(outcome)
}

/// Loads a saved draft and applies the options to it. Without options, opens it in the editor.
fn resume<'a>(
    name: &str,
    arguments: &Arguments,
    suggestions: &Suggestions<'_>,
    store: &Store,
    saved: &mut SavedDraft<'a>,
    context: &'a Context,
) -> Result<TicketDraft, CliError> {
    let drafts = Drafts::of(context.repo()?);
    let found = drafts.find(Some(name).filter(|name| !name.is_empty())).map_err(|error| {
        let hint = error.hint();
        CliError::usage(error).with_hints(hint)
    })?;
    saved.resume(found.name);
    let mut draft = TicketDraft::read(&found.text);
    let template = store.template(&draft.template);
    if let Some(title) = &arguments.title {
        draft.title.clone_from(title);
    }
    compose::set(&mut draft, &arguments.set, template);
    if let Some(file) = &arguments.body {
        draft.body = body::read(file, context)?;
    }
    draft.body = body::fill(&draft.body, &arguments.section);
    let changes = arguments.title.is_some()
        || arguments.body.is_some()
        || !arguments.set.is_empty()
        || !arguments.section.is_empty();
    match context.process.can_ask && !changes {
        true => compose::edit(&draft, suggestions, store, saved, context),
        false => Ok(draft),
    }
}

/// Reports that another ticket or an article makes a new ticket unnecessary.
fn report_solved(similar: &ShownSimilarItem<'_>, context: &Context) -> Outcome {
    let (name, title) = (table::one_line(&similar.name()), table::one_line(similar.title()));
    let mut answer = UnopenedTicket { id: None, solved_by: None, same_as: None };
    if similar.is_answer() {
        context.ui.say(format!("no ticket opened: {name} solves it ({title})"));
        answer.solved_by = Some(similar.name());
    } else {
        context.ui.say(format!("no ticket opened: {name} is the same problem ({title})"));
        context.ui.say(format!("to add information: `casebook reply {}`", shell_word(&name)));
        answer.same_as = Some(similar.name());
    }
    if context.ui.is_json() {
        context.ui.json(&answer);
    }
    Outcome::Done
}

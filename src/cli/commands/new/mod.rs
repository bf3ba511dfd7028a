//! `casebook new`

mod arguments;
mod compose;
mod saved_draft;

pub(super) use arguments::Arguments;
use compose::Composition;
use saved_draft::SavedDraft;

use crate::cli::{
    CliError, Context, Outcome, body, prompts, similar_hits::ShownSimilarItem, suggestions::Suggestions,
    table, write_report,
};
use crate::{
    api::{OpenedTicket, UnopenedTicket},
    intake::{self, Delivery, Drafts, IntakeError, TicketDraft, Writer, open_ticket},
    settings::Intake,
    store::Store,
    text::shell_word,
};

pub(super) fn run(arguments: Arguments, context: &Context) -> Result<Outcome, CliError> {
    let store = context.store()?;
    let intake = match arguments.intake.as_deref() {
        Some("branch") => Intake::Branch,
        Some(_) => Intake::Main,
        None => store.settings.intake,
    };
    let me = context.me(&store)?;
    let mut suggestions = Suggestions::new(&store);
    let mut saved = SavedDraft::new(context);
    let mut draft = match &arguments.resume {
        Some(name) => resume(name, &arguments, &store, &mut saved, context)?,
        None => match compose::compose(&arguments, &store, &mut suggestions, &mut saved, context)? {
            Composition::Draft(draft) => draft,
            Composition::SolvedBy(similar) => return Ok(report_solved(&similar, context)),
        },
    };
    loop {
        let writer = Writer {
            repo: context.repo()?,
            store: &store,
            now: context.process.now,
            push: arguments.push.is_on(&store.settings),
            waiting: &|| context.ui.say("waiting for another casebook process to finish"),
        };
        let composed = draft.compose(context.process.now);
        // An error of saving is ignored here: if the user cancels the question, the draft is saved again or printed.
        let asked = suggestions.ask(&draft, context, || drop(saved.save(&draft, &composed)));
        match asked {
            Ok(Some(similar)) => {
                saved.remove()?;
                return Ok(report_solved(&similar, context));
            }
            Ok(None) => {}
            // The user cancelled the question, or it could not be asked. The draft must not be lost.
            Err(error) => return Err(saved.save_with_hint(&draft, &composed, error)),
        }
        let id = saved.id(&draft)?;
        let tell = |opened| done(&opened, intake, &draft, &suggestions, me.as_deref(), &store, context);
        let error = match open_ticket(&writer, &id, &draft, intake, tell) {
            Ok(outcome) => {
                saved.remove()?;
                return outcome;
            }
            Err(error) => error,
        };
        let IntakeError::Refused { findings, text, id } = error else {
            return Err(saved.save_with_hint(
                &draft,
                &composed,
                write_report::refused(error, me.as_deref(), context),
            ));
        };
        // The findings name the file of the draft, so that the user can open it.
        let findings = match saved.save(&draft, &text) {
            Ok(file) => write_report::in_file(findings, &saved.relative(&file)),
            Err(_) => {
                write_report::show_unsaved_text(&text, context);
                findings
            }
        };
        let error = IntakeError::Refused { findings, text: text.clone(), id };
        let error = saved.with_resume_hint(write_report::refused(error, me.as_deref(), context));
        let again = prompts::confirm("edit the draft again?", true, context);
        if again.map_err(|turned| turned.with_hints_of(&error))? {
            let keep = |error, text: &str| saved.save_with_hint(&draft, text, error);
            let text = prompts::text("ticket", &text, context, keep);
            if let Some(text) = text.map_err(|turned| turned.with_hints_of(&error))? {
                draft = read(&text, &store);
                continue;
            }
        }
        return Err(error);
    }
}

/// Parses an edited draft and removes the hints of its template.
fn read(text: &str, store: &Store) -> TicketDraft {
    let mut draft = TicketDraft::read(text);
    if let Some(template) = store.template(&draft.template) {
        draft.body = body::without_hints(&draft.body, &template.body);
    }
    draft
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

/// Loads a saved draft and applies the options to it.
fn resume<'a>(
    name: &str,
    arguments: &Arguments,
    store: &Store,
    saved: &mut SavedDraft<'a>,
    context: &'a Context,
) -> Result<TicketDraft, CliError> {
    let drafts = Drafts::of(context.repo()?);
    let Some(found) = drafts.get(Some(name).filter(|name| !name.is_empty())) else {
        return Err(CliError::usage("no saved draft found").with_hint("`casebook new` starts a new ticket"));
    };
    *saved = SavedDraft::resumed(found.name, context);
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
    let text = draft.compose(context.process.now);
    let keep = |error, text: &str| saved.save_with_hint(&draft, text, error);
    if let Some(text) = prompts::text("ticket", &text, context, keep)? {
        draft = read(&text, store);
    }
    Ok(draft)
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

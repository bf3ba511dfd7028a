//! `casebook new`

mod compose;
mod kept;

use std::path::PathBuf;

use compose::Composed;
use kept::Kept;

use super::{
    CliError, Context, Outcome, alike::Alike, ask, body, report, solved::Solved, table, value,
    writing::PushOptions,
};
use crate::{
    api::{NeedlessTicket, OpenedTicket},
    intake::{self, Delivery, Drafts, IntakeError, TicketDraft, Writer, open_ticket},
    settings::Intake,
    store::Store,
    text::shell_word,
};

/// Open a ticket
///
/// On a terminal it asks for what is missing, and opens `$EDITOR`. As soon as there is a title, and again when the text is
/// there, it shows tickets that are much like it: if one of them solved it, nothing is opened. Elsewhere everything comes
/// from the options, nothing is asked, and such tickets are named on standard error. The id goes to standard output. A text
/// that is refused is kept: `casebook new --resume` goes on with it.
#[derive(clap::Args)]
pub struct Arguments {
    /// What kind of ticket (else `default_template` of the settings)
    #[arg(value_name = "TEMPLATE")]
    template: Option<String>,
    /// One line that says what is wrong or wanted
    #[arg(long, short)]
    title: Option<String>,
    /// A field, as in `--set service=billing-api`; several values of a list are separated by commas
    #[arg(long, value_name = "KEY=VALUE", value_parser = value::pair)]
    set: Vec<(String, String)>,
    /// Where you came from, oldest first; the service is inferred from it
    #[arg(long, value_name = "PATH")]
    from: Vec<String>,
    /// A file with the text; `-` is standard input
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    body: Option<PathBuf>,
    /// A section of the text, as in `--section Problem="It fails"`
    #[arg(long, value_name = "NAME=TEXT", value_parser = value::pair)]
    section: Vec<(String, String)>,
    /// Where it goes: a branch for a pull request, or the current branch
    #[arg(long, value_name = "WHERE", value_parser = ["branch", "main"])]
    intake: Option<String>,
    /// Go on with a text that was refused: the newest, or the one with this id
    #[arg(long, value_name = "ID", num_args = 0..=1, default_missing_value = "")]
    resume: Option<String>,
    #[command(flatten)]
    push: PushOptions,
}

pub fn run(arguments: Arguments, context: &Context) -> Result<Outcome, CliError> {
    let store = context.store()?;
    let intake = match arguments.intake.as_deref() {
        Some("branch") => Intake::Branch,
        Some(_) => Intake::Main,
        None => store.settings.intake,
    };
    let me = context.me(&store)?;
    let mut solved = Solved::new(&store);
    let mut kept = Kept::new(context);
    let mut draft = match &arguments.resume {
        Some(name) => resume(name, &arguments, &store, &mut kept, context)?,
        None => match compose::compose(&arguments, &store, &mut solved, &mut kept, context)? {
            Composed::Draft(draft) => draft,
            Composed::SolvedBy(alike) => return Ok(needless(&alike, context)),
        },
    };
    loop {
        let writer = Writer {
            repo: context.repo()?,
            store: &store,
            now: context.world.now,
            push: arguments.push.wanted(&store.settings),
            waiting: &|| context.ui.say("waiting for another casebook to finish writing"),
        };
        let composed = draft.compose(context.world.now);
        // What cannot be kept now is kept, or shown, when the question is turned away from.
        let asked = solved.ask(&draft, context, || drop(kept.save(&draft, &composed)));
        match asked {
            Ok(Some(alike)) => {
                kept.forget()?;
                return Ok(needless(&alike, context));
            }
            Ok(None) => {}
            // What was written is not lost by turning away from a question.
            Err(error) => return Err(kept.keep(&draft, &composed, error)),
        }
        let id = kept.id(&draft)?;
        let tell = |opened| done(&opened, intake, &draft, &solved, me.as_deref(), &store, context);
        let error = match open_ticket(&writer, &id, &draft, intake, tell) {
            Ok(outcome) => {
                kept.forget()?;
                return outcome;
            }
            Err(error) => error,
        };
        let IntakeError::Refused { findings, text, id } = error else {
            return Err(kept.keep(&draft, &composed, report::refused(error, me.as_deref(), context)));
        };
        // The findings are about a file that can be opened.
        let findings = match kept.save(&draft, &text) {
            Ok(file) => report::in_file(findings, &kept.named(&file)),
            Err(_) => {
                report::text_that_cannot_be_kept(&text, context);
                findings
            }
        };
        let error = IntakeError::Refused { findings, text: text.clone(), id };
        let error = kept.way_on(report::refused(error, me.as_deref(), context));
        let again = ask::confirm("edit it again?", true, context);
        if again.map_err(|turned| with_help_of(turned, &error))? {
            let keep = |error, text: &str| kept.keep(&draft, text, error);
            let text = ask::text("the ticket", &text, context, keep);
            if let Some(text) = text.map_err(|turned| with_help_of(turned, &error))? {
                draft = read(&text, &store);
                continue;
            }
        }
        return Err(error);
    }
}

/// The draft that a text says which somebody edited whole: without what the template says there.
fn read(text: &str, store: &Store) -> TicketDraft {
    let mut draft = TicketDraft::read(text);
    if let Some(template) = store.template(&draft.template) {
        draft.body = body::without_hints(&draft.body, &template.body);
    }
    draft
}

/// Another error with the same way out, where it has none.
fn with_help_of(error: CliError, other: &CliError) -> CliError {
    match (error.help(), other.help()) {
        (None, Some(help)) => error.with_help(help),
        _ => error,
    }
}

fn done(
    opened: &intake::Opened,
    intake: Intake,
    draft: &TicketDraft,
    solved: &Solved<'_>,
    me: Option<&str>,
    store: &Store,
    context: &Context,
) -> Result<Outcome, CliError> {
    report::findings(&opened.warnings, &draft.compose(context.world.now), me, context);
    if let Some(service) =
        draft.keys.iter().find(|(key, _)| key == "service").and_then(|(_, value)| value.as_text())
    {
        context.repo()?.cache_slot("last-service").write(service.as_bytes());
    }
    let place = match (&opened.branch, opened.for_review) {
        (Some(branch), true) => format!(" on branch {branch}"),
        _ => String::new(),
    };
    // Who wants a pull request and has nowhere to open one wonders where the ticket is.
    let wants_review = intake == Intake::Branch && !opened.for_review;
    context.ui.say(format!("opened {}{place}: {}", opened.id, super::table::one_line(&draft.title)));
    if let (true, Some(branch)) = (wants_review, &opened.branch) {
        context.ui.say(format!("there is no remote, so it was committed to the current branch, {branch}"));
    }
    let branch = opened.branch.as_deref().filter(|_| opened.for_review);
    let outcome = report::delivery(&opened.delivery, &store.settings, branch, context);
    if let (Some(branch), Delivery::Local) = (branch, &opened.delivery) {
        context.ui.say(format!("next: `git push origin {branch}`, then open a pull request of it"));
    }
    if context.ui.is_json() {
        context.ui.json(&OpenedTicket {
            id: opened.id.clone(),
            path: opened.path.clone(),
            branch: opened.branch.clone(),
            commit: opened.commit.to_string(),
            similar: solved.suggestions().to_vec(),
        });
    } else if !(context.world.terminal_out && context.ui.shows_progress()) {
        // Who reads both on one terminal has seen it.
        context.ui.line(&opened.id);
    }
    context.ui.flush();
    Ok(outcome)
}

/// A draft that was refused, with what the options add to it.
fn resume<'a>(
    name: &str,
    arguments: &Arguments,
    store: &Store,
    kept: &mut Kept<'a>,
    context: &'a Context,
) -> Result<TicketDraft, CliError> {
    let drafts = Drafts::of(context.repo()?);
    let Some(found) = drafts.get(Some(name).filter(|name| !name.is_empty())) else {
        return Err(
            CliError::usage("there is no text to go on with").with_help("`casebook new` starts another one")
        );
    };
    *kept = Kept::resumed(found.name, context);
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
    let text = draft.compose(context.world.now);
    let keep = |error, text: &str| kept.keep(&draft, text, error);
    if let Some(text) = ask::text("the ticket", &text, context, keep)? {
        draft = read(&text, store);
    }
    Ok(draft)
}

/// Nothing is left behind where another ticket or an article makes this one needless.
fn needless(alike: &Alike<'_>, context: &Context) -> Outcome {
    let (name, title) = (table::one_line(&alike.name()), table::one_line(alike.title()));
    let mut needless = NeedlessTicket { id: None, solved_by: None, same_as: None };
    if alike.is_answer() {
        context.ui.say(format!("nothing was opened: {name} solved it ({title})"));
        needless.solved_by = Some(alike.name());
    } else {
        context.ui.say(format!("nothing was opened: {name} is the same ({title})"));
        context.ui.say(format!("`casebook reply {}` adds to it what you know", shell_word(&name)));
        needless.same_as = Some(alike.name());
    }
    if context.ui.is_json() {
        context.ui.json(&needless);
    }
    Outcome::Done
}

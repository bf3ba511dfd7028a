//! `casebook new`

mod compose;

use std::{path::PathBuf, sync::Arc};

use compose::Composed;

use super::{
    CliError, Context, Outcome, alike::Alike, ask, body, report, solved::Solved, table, value,
    writing::PushOptions,
};
use crate::{
    intake::{self, Drafts, IntakeError, TicketDraft, Writer, open_ticket},
    repo::{Lock, Repo},
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
    let store = Arc::new(context.store()?);
    let intake = match arguments.intake.as_deref() {
        Some("branch") => Intake::Branch,
        Some(_) => Intake::Main,
        None => store.settings.intake,
    };
    let mut solved = Solved::new(&store);
    let mut kept = None;
    let mut draft = match &arguments.resume {
        Some(name) => {
            let (draft, name) = resume(name, &arguments, &store, context)?;
            kept = Some(name);
            draft
        }
        None => match compose::compose(&arguments, &store, &mut solved, context)? {
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
        let asked = solved.ask(&draft, context, || {
            let id = intake::new_id(&draft.title, &draft.template).unwrap_or_default();
            // What cannot be kept now is kept, or shown, when the question is turned away from.
            let _ = save(&draft.compose(context.world.now), kept.get_or_insert(id), context);
        });
        match asked {
            Ok(Some(alike)) => {
                forget(kept, writer.repo)?;
                return Ok(needless(&alike, context));
            }
            Ok(None) => {}
            // What was written is not lost by turning away from a question.
            Err(error) => return Err(keep(&draft, None, &mut kept, context, error)),
        }
        let tell = |opened| done(&opened, &draft, &solved, &store, context);
        let error = match open_ticket(&writer, &draft, intake, tell) {
            Ok(outcome) => {
                forget(kept, writer.repo)?;
                return outcome;
            }
            Err(error) => error,
        };
        let refused = match &error {
            IntakeError::Refused { text, id, .. } => Some((text.clone(), id.clone())),
            _ => None,
        };
        let text = refused.as_ref().map(|(text, _)| text.clone());
        let error = keep(&draft, refused, &mut kept, context, report::refused(error, context));
        if let (Some(text), CliError::Refused { .. }) = (&text, &error) {
            let again = ask::confirm("edit it again?", true, context);
            if again.map_err(|turned| with_help_of(turned, &error))?
                && let Some(text) =
                    ask::text("the ticket", text, context).map_err(|turned| with_help_of(turned, &error))?
            {
                draft = TicketDraft::read(&text);
                continue;
            }
        }
        return Err(error);
    }
}

/// Keeps the text of a ticket that is not opened. Returns `error` with the way to go on.
fn keep(
    draft: &TicketDraft,
    refused: Option<(String, String)>,
    kept: &mut Option<String>,
    context: &Context,
    error: CliError,
) -> CliError {
    let (text, id) = refused.unwrap_or_else(|| {
        let id = intake::new_id(&draft.title, &draft.template).unwrap_or_default();
        (draft.compose(context.world.now), id)
    });
    let name = kept.get_or_insert(id).clone();
    if save(&text, &name, context).is_err() {
        report::text_that_cannot_be_kept(&text, context);
        return error;
    }
    let more = match error {
        CliError::Refused { .. } => ", with `--title`, `--set`, `--section` or `--body` for what was missing",
        _ => "",
    };
    error.with_help(format!("the text is kept; `casebook new --resume {name}` goes on with it{more}"))
}

/// Keeps a text under a name.
fn save(text: &str, name: &str, context: &Context) -> Result<(), CliError> {
    let repo = context.repo()?;
    let lock = Lock::acquire(repo, || {})?;
    Drafts::of(repo).keep(&lock, name, text)?;
    Ok(())
}

/// Another error with the same way out.
fn with_help_of(error: CliError, other: &CliError) -> CliError {
    match other.help() {
        Some(help) => error.with_help(help),
        None => error,
    }
}

/// A text that was kept is not needed any more.
fn forget(kept: Option<String>, repo: &Repo) -> Result<(), CliError> {
    if let Some(name) = kept {
        let lock = Lock::acquire(repo, || {})?;
        Drafts::of(repo).remove(&lock, &name)?;
    }
    Ok(())
}

fn done(
    opened: &intake::Opened,
    draft: &TicketDraft,
    solved: &Solved<'_>,
    store: &Store,
    context: &Context,
) -> Result<Outcome, CliError> {
    report::findings(&opened.warnings, &draft.compose(context.world.now), context);
    if let Some(service) =
        draft.keys.iter().find(|(key, _)| key == "service").and_then(|(_, value)| value.as_text())
    {
        context.repo()?.cache_slot("last-service").write(service.as_bytes());
    }
    let place = match (&opened.branch, opened.for_review) {
        (Some(branch), true) => format!(" on branch {branch}"),
        _ => String::new(),
    };
    context.ui.say(format!("opened {}{place}: {}", opened.id, super::table::one_line(&draft.title)));
    let branch = opened.branch.as_deref().filter(|_| opened.for_review);
    let outcome = report::delivery(&opened.delivery, &store.settings, branch, context);
    if context.ui.is_json() {
        context.ui.json(&serde_json::json!({
            "id": opened.id, "path": opened.path, "branch": opened.branch, "commit": opened.commit.to_string(),
            "similar": solved.to_json(),
        }));
    } else {
        context.ui.line(&opened.id);
    }
    context.ui.flush();
    Ok(outcome)
}

/// A draft that was refused, with what the options add to it.
fn resume(
    name: &str,
    arguments: &Arguments,
    store: &Store,
    context: &Context,
) -> Result<(TicketDraft, String), CliError> {
    let drafts = Drafts::of(context.repo()?);
    let Some(kept) = drafts.get(Some(name).filter(|name| !name.is_empty())) else {
        return Err(
            CliError::usage("there is no text to go on with").with_help("`casebook new` starts another one")
        );
    };
    let mut draft = TicketDraft::read(&kept.text);
    let template = store.template(&draft.template);
    if let Some(title) = &arguments.title {
        draft.title.clone_from(title);
    }
    for (key, text) in &arguments.set {
        draft.set(key, value::typed(key, text, template));
    }
    if let Some(file) = &arguments.body {
        draft.body = body::read(file, context)?;
    }
    draft.body = body::fill(&draft.body, &arguments.section);
    if context.world.can_ask
        && let Some(text) = ask::text("the ticket", &draft.compose(context.world.now), context)?
    {
        draft = TicketDraft::read(&text);
    }
    Ok((draft, kept.name))
}

/// Nothing is left behind where another ticket or an article makes this one needless.
fn needless(alike: &Alike<'_>, context: &Context) -> Outcome {
    let (name, title) = (table::one_line(&alike.name()), table::one_line(alike.title()));
    let key = if alike.is_answer() {
        context.ui.say(format!("nothing was opened: {name} solved it ({title})"));
        "solved_by"
    } else {
        context.ui.say(format!("nothing was opened: {name} is the same ({title})"));
        context.ui.say(format!("`casebook reply {}` adds to it what you know", shell_word(&name)));
        "same_as"
    };
    if context.ui.is_json() {
        context.ui.json(&serde_json::json!({ "id": null, key: alike.name() }));
    }
    Outcome::Done
}

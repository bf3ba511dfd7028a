//! `casebook new`

use std::{path::PathBuf, sync::Arc};

use super::{
    CliError, Context, Outcome, ask, body, report,
    solved::Solved,
    value,
    writing::{self, PushOptions},
};
use crate::{
    intake::{self, Drafts, IntakeError, TicketDraft, Writer, open_ticket},
    repo::Lock,
    settings::Intake,
    store::Store,
    template::{Field, Stage, Template, applies},
    text::nearest,
    ticket::Thread,
};

/// Open a ticket
///
/// On a terminal it asks for what is missing, shows resolved tickets that are much like it, and opens `$EDITOR`; elsewhere everything comes from the options. The id goes to
/// standard output. A text that is refused is kept: `casebook new --resume` goes on with it.
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
    let mut resumed = None;
    let mut draft = match &arguments.resume {
        Some(name) => {
            let (draft, name) = resume(name, &arguments, &store, context)?;
            resumed = Some(name);
            draft
        }
        None => match compose(&arguments, &store, context)? {
            Composed::Draft(draft) => draft,
            Composed::SolvedBy(thread) => return Ok(solved(thread, context)),
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
        let error =
            match open_ticket(&writer, &draft, intake, |opened| done(&opened, &draft, &store, context)) {
                Ok(outcome) => {
                    if let Some(name) = resumed {
                        let lock = Lock::acquire(writer.repo, || {})?;
                        Drafts::of(writer.repo).remove(&lock, &name)?;
                    }
                    return outcome;
                }
                Err(error) => error,
            };
        let (text, id) = match &error {
            IntakeError::Refused { text, id, .. } => (text.clone(), id.clone()),
            _ => {
                (draft.compose(writer.now), intake::new_id(&draft.title, &draft.template).unwrap_or_default())
            }
        };
        let error = report::refused(error, context);
        let name = resumed.get_or_insert(id).clone();
        let kept = Lock::acquire(writer.repo, || {})
            .and_then(|lock| Drafts::of(writer.repo).keep(&lock, &name, &text));
        if kept.is_err() {
            report::text_that_cannot_be_kept(&text, context);
            return Err(error);
        }
        let is_refused = matches!(error, CliError::Refused { .. });
        if is_refused
            && ask::confirm("edit it again?", true, context)?
            && let Some(text) = ask::text("the ticket", &text, context)?
        {
            draft = TicketDraft::read(&text);
            continue;
        }
        let more = if is_refused {
            ", with `--title`, `--set`, `--section` or `--body` for what was missing"
        } else {
            ""
        };
        return Err(error
            .with_help(format!("the text is kept; `casebook new --resume {name}` goes on with it{more}")));
    }
}

fn done(
    opened: &intake::Opened,
    draft: &TicketDraft,
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

/// What became of composing a ticket.
enum Composed<'a> {
    /// A ticket to open.
    Draft(TicketDraft),
    /// Another one answered it meanwhile.
    SolvedBy(&'a Thread),
}

/// Nothing is left behind where another ticket had the answer.
fn solved(thread: &Thread, context: &Context) -> Outcome {
    let title = super::table::one_line(&thread.ticket.title);
    context.ui.say(format!("nothing was opened: {} solved it ({title})", thread.id()));
    if context.ui.is_json() {
        context.ui.json(&serde_json::json!({ "id": null, "solved_by": thread.id() }));
    }
    Outcome::Done
}

fn compose<'a>(
    arguments: &Arguments,
    store: &'a Arc<Store>,
    context: &Context,
) -> Result<Composed<'a>, CliError> {
    let template = choose_template(arguments, store, context)?;
    let title = match &arguments.title {
        Some(title) => title.trim().to_owned(),
        None => ask::line("title:", None, Some("one line that says what is wrong or wanted"), context)?
            .ok_or_else(|| CliError::usage("a ticket needs a title").with_help("give it with `--title`"))?,
    };
    let mut draft = TicketDraft {
        template: template.name.clone(),
        title,
        requester: writing::author(context, store)?,
        came_from: arguments.from.clone(),
        ..TicketDraft::default()
    };
    for (key, text) in &arguments.set {
        match key.as_str() {
            "requester" => draft.requester.clone_from(text),
            _ => draft.set(key, value::typed(key, text, Some(template))),
        }
    }
    let mut solved = Solved::new();
    if let Some(thread) = solved.ask(&draft, store, context)? {
        return Ok(Composed::SolvedBy(thread));
    }
    for found in intake::detect(template, &store.settings, &context.world.folder, &draft.came_from) {
        if draft.get(&found.field).is_none() {
            context.ui.say(format!("{}: {} ({})", found.field, found.value, found.why));
            draft.set(&found.field, value::typed(&found.field, &found.value, Some(template)));
        }
    }
    ask_fields(&mut draft, template, store, context)?;
    draft.body = match &arguments.body {
        Some(file) => body::fill(&body::read(file, context)?, &arguments.section),
        None if context.world.can_ask => {
            let outline = body::fill(&template.body, &arguments.section);
            let text = ask::text("describe it", &outline, context)?.unwrap_or(outline);
            body::without_empty(&text, template)
        }
        None => body::fill("", &arguments.section),
    };
    Ok(match solved.ask(&draft, store, context)? {
        Some(thread) => Composed::SolvedBy(thread),
        None => Composed::Draft(draft),
    })
}

fn choose_template<'a>(
    arguments: &Arguments,
    store: &'a Store,
    context: &Context,
) -> Result<&'a Template, CliError> {
    let offered: Vec<&Template> =
        store.templates.iter().filter(|template| template.name != "imported").collect();
    let names = || offered.iter().map(|template| template.name.as_str());
    let name = match arguments.template.clone().or_else(|| store.settings.default_template.clone()) {
        Some(name) => name,
        None => {
            let labels =
                offered.iter().map(|template| format!("{} – {}", template.name, template.about)).collect();
            let chosen = ask::choice("what kind of ticket?", labels, 0, context)?;
            chosen.and_then(|label| label.split(" – ").next().map(str::to_owned)).ok_or_else(|| {
                CliError::usage("which kind of ticket?")
                    .with_help(format!("name a template: {}", names().collect::<Vec<_>>().join(", ")))
            })?
        }
    };
    store.template(&name).ok_or_else(|| {
        let near =
            nearest(&name, names()).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        CliError::usage(format!("there is no template `{name}`{near}"))
            .with_help(format!("there are {}", names().collect::<Vec<_>>().join(", ")))
    })
}

/// Asks for the fields that must be there when a ticket is opened, and are not.
fn ask_fields(
    draft: &mut TicketDraft,
    template: &Template,
    store: &Store,
    context: &Context,
) -> Result<(), CliError> {
    if !context.world.can_ask {
        return Ok(());
    }
    for field in template.fields.iter().filter(|field| field.required.contains(&Stage::Open)) {
        let wanted = applies(&field.when, field.since, Some(context.world.now), |name| draft.get(name));
        if !wanted || draft.get(&field.name).is_some() {
            continue;
        }
        if let Some(text) = ask_field(field, store, context)? {
            draft.set(&field.name, value::typed(&field.name, &text, Some(template)));
        }
    }
    Ok(())
}

fn ask_field(field: &Field, store: &Store, context: &Context) -> Result<Option<String>, CliError> {
    let question = field.ask.clone().unwrap_or_else(|| format!("{}:", field.name.replace('_', " ")));
    let example = field.example.as_ref().map(|example| format!("for example {example}"));
    match field.kind.as_str() {
        "choice" => ask::choice(&question, field.options.clone(), 0, context),
        "service" if !store.settings.services.is_empty() => {
            let last = context.repo()?.cache_slot("last-service").read().unwrap_or_default();
            let last = String::from_utf8_lossy(&last).into_owned();
            let first = store.settings.services.iter().position(|service| service.id == last).unwrap_or(0);
            let labels = store.settings.services.iter().map(|service| match service.name == service.id {
                true => service.id.clone(),
                false => format!("{} – {}", service.id, service.name),
            });
            let chosen = ask::choice(&question, labels.collect(), first, context)?;
            Ok(chosen.and_then(|label| label.split(" – ").next().map(str::to_owned)))
        }
        _ => ask::line(&question, None, example.as_deref(), context),
    }
}

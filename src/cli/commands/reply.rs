//! `casebook reply`

use clap::builder::{PossibleValue, PossibleValuesParser};

use crate::cli::{
    CliError, Context, Outcome, body, prompts,
    reply_writer::{self, ReplyOptions},
    unmerged,
};
use crate::{
    intake::ReplyDraft,
    store::Store,
    template::Canned,
    text::{nearest, shell_word},
    ticket::{Resolution, Status, Thread, Visibility},
};

/// Reply to a ticket: an answer, a question or a change of its state
///
/// Writes one file next to the ticket and commits only that file, even if other files are changed or staged.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The ticket: its whole id or the last part of it
    #[arg(value_name = "ID", add = crate::cli::completion_candidates::ids())]
    id: String,
    /// The new status: `pending` waits for the requester, `on-hold` for a third party; to resolve a ticket, use
    /// `casebook resolve`
    #[arg(long, value_name = "STATUS", value_parser = statuses())]
    status: Option<String>,
    /// A missing field or section to ask for; sets the status to pending
    #[arg(long, value_name = "FIELD")]
    ask: Vec<String>,
    /// The name of a canned response
    #[arg(long = "use", value_name = "NAME")]
    canned: Option<String>,
    /// Write an internal note: it is never published and changes no state
    #[arg(long)]
    internal: bool,
    #[command(flatten)]
    options: ReplyOptions,
}

/// Returns the statuses of `--status`. `resolved` is hidden; it is accepted so that the error can name the command
/// `casebook resolve`.
fn statuses() -> PossibleValuesParser {
    let hidden = PossibleValue::new(Status::Resolved.name()).hide(true);
    let open = Status::ALL.iter().filter(|status| **status != Status::Resolved);
    PossibleValuesParser::new(open.map(|status| PossibleValue::new(status.name())).chain([hidden]))
}

pub(super) fn run(arguments: Arguments, context: &Context) -> Result<Outcome, CliError> {
    let status = arguments.status.as_deref().and_then(Status::parse);
    if status == Some(Status::Resolved) {
        return Err(CliError::usage("a resolved ticket needs a resolution")
            .with_hint(format!("`casebook resolve {} --as fixed`", shell_word(&arguments.id)))
            .with_hint(format!("`--as` also takes {}", Resolution::NAMES[1..].join(", "))));
    }
    let store = context.store()?;
    let thread = store.find_for_writing(&arguments.id).map_err(|error| unmerged::explain(error, context))?;
    let mut draft = reply_writer::draft(&arguments.options, thread, &store, context)?;
    draft.status = status;
    draft.visibility = arguments.internal.then_some(Visibility::Internal);
    refuse_unknown_asks(&arguments.ask, thread, &store)?;
    draft.asks.clone_from(&arguments.ask);
    if let Some(name) = &arguments.canned {
        let Some(canned) = store.canned.iter().find(|canned| canned.name == *name) else {
            let names: Vec<&str> = store.canned.iter().map(|canned| canned.name.as_str()).collect();
            let near = nearest(name, names.iter().copied()).map(|near| format!("; did you mean `{near}`?"));
            return Err(CliError::usage(format!(
                "unknown canned response `{name}`{}",
                near.unwrap_or_default()
            ))
            .with_hint(format!("canned responses: {}", names.join(", "))));
        };
        draft.status = draft.status.or(canned.status);
        draft.resolution = draft.resolution.or(canned.resolution);
        draft.asks.extend(canned.asks.iter().filter(|ask| !arguments.ask.contains(ask)).cloned());
        let filled = canned.fill(|place| value_of(place, thread));
        let text = reply_writer::text(&arguments.options, context)?;
        draft.body = body::fill(&body::merge(&filled, &text), &arguments.options.section);
        fill_hints(&mut draft, canned, thread, context)?;
    }
    if !draft.asks.is_empty() && draft.status.is_none() {
        draft.status = Some(Status::Pending);
    }
    let silent = draft.body.trim().is_empty();
    if silent && draft.set.is_empty() && draft.assignee.is_none() && draft.status.is_none() {
        let keep = |error, text: &str| reply_writer::save_text(text, thread, error, context);
        draft.body = prompts::text("your reply", "", context, keep)?.ok_or_else(|| {
            CliError::usage("empty reply: add a message or a change")
                .with_hint(context.command_with(&["--message '…'".to_owned()]))
                .with_hint("`--body FILE`, `--set`, `--assign` and `--status` work too")
        })?;
    }
    let outcome = reply_writer::write(
        &draft,
        thread,
        arguments.options.push,
        "replied to",
        &store,
        context,
        |reply| context.ui.json(&reply),
    )?;
    if thread.state.status == Status::Resolved && draft.status.is_none() && !arguments.internal {
        context.ui.say(format!("the ticket stays resolved; to reopen it: `casebook reopen {}`", thread.id()));
    }
    Ok(outcome)
}

/// Returns an error if `--ask` names a field that the template does not have. An imported ticket may have any field.
fn refuse_unknown_asks(asks: &[String], thread: &Thread, store: &Store) -> Result<(), CliError> {
    let template = store.template(&thread.ticket.template).filter(|template| !template.any_fields);
    let Some(template) = template else { return Ok(()) };
    let is_known = |ask: &str| template.names_to_ask().any(|name| name.to_lowercase() == ask.to_lowercase());
    let Some(unknown) = asks.iter().find(|ask| !is_known(ask)) else { return Ok(()) };
    let near = nearest(unknown, template.names_to_ask());
    let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    Err(CliError::usage(format!(
        "template `{}` has no field or section `{unknown}` to ask for{near}",
        template.name
    ))
    .with_hint(format!("the template has {}", template.names_to_ask().collect::<Vec<_>>().join(", "))))
}

/// Asks the user to fill in the parts of a canned response that contain only hints.
fn fill_hints(
    draft: &mut ReplyDraft,
    canned: &Canned,
    thread: &Thread,
    context: &Context,
) -> Result<(), CliError> {
    let unfilled = |body: &str| body::unfilled(body, &canned.body);
    if unfilled(&draft.body).is_empty() {
        return Ok(());
    }
    let keep = |error, text: &str| reply_writer::save_text(text, thread, error, context);
    if let Some(text) = prompts::text("your reply", &draft.body, context, keep)? {
        draft.body = body::without_hints(&text, &canned.body);
    }
    let open = unfilled(&draft.body);
    if open.is_empty() {
        return Ok(());
    }
    let named: Vec<&str> =
        open.iter().map(|name| if name.is_empty() { "the beginning" } else { name }).collect();
    let options: Vec<String> = open
        .iter()
        .map(|name| match name.as_str() {
            "" => "--message '…'".to_owned(),
            name => format!("--section {}", shell_word(&format!("{name}=…"))),
        })
        .collect();
    Err(CliError::refused(format!(
        "fill in these parts of the canned response `{}`: {}",
        canned.name,
        named.join(", ")
    ))
    .with_hint(format!("nothing was saved; run {}", context.command_with(&options))))
}

fn value_of(place: &str, thread: &Thread) -> Option<String> {
    match place {
        "requester" => thread.ticket.requester.clone(),
        "title" => Some(thread.ticket.title.clone()),
        "service" => thread.state.service.clone(),
        "id" => Some(thread.ticket.id.clone()),
        _ => None,
    }
}

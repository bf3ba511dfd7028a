//! `casebook reply`

use clap::builder::{PossibleValue, PossibleValuesParser};

use super::{
    CliError, Context, Outcome, ask, body,
    writing::{self, ReplyOptions},
};
use crate::{
    text::nearest,
    ticket::{Resolution, Status, Thread, Visibility},
};

/// Reply to a ticket: an answer, a question, or a change of its state
///
/// Writes one file beside the ticket and commits only that, whatever else is changed or staged.
#[derive(clap::Args)]
pub struct Arguments {
    /// The ticket: its whole id or its random end
    #[arg(value_name = "ID", add = super::complete::ids())]
    id: String,
    /// Its new status: pending waits for the requester, on-hold for somebody else (`casebook resolve` resolves)
    #[arg(long, value_name = "STATUS", value_parser = statuses())]
    status: Option<String>,
    /// A field or section that is missing; makes the ticket pending
    #[arg(long, value_name = "FIELD")]
    ask: Vec<String>,
    /// A canned response, by name
    #[arg(long = "use", value_name = "NAME")]
    canned: Option<String>,
    /// An internal note: never in a public build, changes no state
    #[arg(long)]
    internal: bool,
    #[command(flatten)]
    options: ReplyOptions,
}

/// Statuses that a reply may give. `resolved` is understood too, to say which command asks for what it needs.
fn statuses() -> PossibleValuesParser {
    let hidden = PossibleValue::new(Status::Resolved.name()).hide(true);
    let open = Status::ALL.iter().filter(|status| **status != Status::Resolved);
    PossibleValuesParser::new(open.map(|status| PossibleValue::new(status.name())).chain([hidden]))
}

pub fn run(arguments: Arguments, context: &Context) -> Result<Outcome, CliError> {
    let status = arguments.status.as_deref().and_then(Status::parse);
    if status == Some(Status::Resolved) {
        return Err(CliError::usage("a resolved ticket needs a resolution").with_help(format!(
            "`casebook resolve {} --as fixed` says how it was resolved; `--as` also takes {}",
            arguments.id,
            Resolution::NAMES[1..].join(", "),
        )));
    }
    let store = context.store()?;
    let thread = store.find_for_writing(&arguments.id)?;
    let mut draft = writing::draft(&arguments.options, thread, &store, context)?;
    draft.status = status;
    draft.visibility = arguments.internal.then_some(Visibility::Internal);
    draft.asks.clone_from(&arguments.ask);
    if let Some(name) = &arguments.canned {
        let Some(canned) = store.canned.iter().find(|canned| canned.name == *name) else {
            let names: Vec<&str> = store.canned.iter().map(|canned| canned.name.as_str()).collect();
            let near = nearest(name, names.iter().copied()).map(|near| format!("; did you mean `{near}`?"));
            return Err(CliError::usage(format!(
                "there is no canned response `{name}`{}",
                near.unwrap_or_default()
            ))
            .with_help(format!("there are {}", names.join(", "))));
        };
        draft.status = draft.status.or(canned.status);
        draft.resolution = draft.resolution.or(canned.resolution);
        draft.asks.extend(canned.asks.iter().filter(|ask| !arguments.ask.contains(ask)).cloned());
        let filled = canned.fill(|place| value_of(place, thread));
        let text = writing::text(&arguments.options, context)?;
        draft.body = body::fill(&body::merge(&filled, &text), &arguments.options.section);
    }
    if !draft.asks.is_empty() && draft.status.is_none() {
        draft.status = Some(Status::Pending);
    }
    let silent = draft.body.trim().is_empty();
    if silent && draft.set.is_empty() && draft.assignee.is_none() && draft.status.is_none() {
        draft.body = ask::text("your reply", "", context)?.ok_or_else(|| {
            CliError::usage("there is nothing to say: no text, and nothing to change")
                .with_help("give `--message TEXT`, `--body FILE`, `--set`, `--assign` or `--status`")
        })?;
    }
    writing::write(&draft, thread, arguments.options.push, "replied to", &store, context, |reply| {
        context.ui.json(&reply)
    })
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

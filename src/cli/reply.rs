//! `casebook reply`

use super::{
    CliError, Context, Outcome, ask,
    writing::{self, ReplyOptions},
};
use crate::{
    text::nearest,
    ticket::{Status, Thread},
};

/// Reply to a ticket: an answer, a question, or a change of its state
///
/// Writes one file beside the ticket and commits only that, whatever else is changed or staged.
#[derive(clap::Args)]
pub struct Arguments {
    /// The ticket: its whole id or its random end
    #[arg(value_name = "ID", add = super::complete::ids())]
    id: String,
    /// Its new status: open, pending (waits for the requester), on-hold (waits for somebody else)
    #[arg(long, value_name = "STATUS", value_parser = ["open", "pending", "on-hold"])]
    status: Option<String>,
    /// A field or section that is missing; makes the ticket pending
    #[arg(long, value_name = "FIELD")]
    ask: Vec<String>,
    /// A canned response, by name
    #[arg(long = "use", value_name = "NAME")]
    canned: Option<String>,
    #[command(flatten)]
    options: ReplyOptions,
}

pub fn run(arguments: Arguments, context: &Context) -> Result<Outcome, CliError> {
    let store = context.store()?;
    let thread = store.find_for_writing(&arguments.id)?;
    let mut draft = writing::draft(&arguments.options, thread, &store, context)?;
    draft.status = arguments.status.as_deref().and_then(Status::parse);
    draft.asks.clone_from(&arguments.ask);
    if let Some(name) = &arguments.canned {
        let Some(canned) = store.canned.iter().find(|canned| canned.name == *name) else {
            let names: Vec<&str> = store.canned.iter().map(|canned| canned.name.as_str()).collect();
            let near = nearest(name, names.iter().copied()).map(|near| format!("; did you mean `{near}`?"));
            return Err(CliError::usage(format!("there is no canned response `{name}`{}", near.unwrap_or_default()))
                .with_help(format!("there are {}", names.join(", "))));
        };
        draft.status = draft.status.or(canned.status);
        draft.resolution = draft.resolution.or(canned.resolution);
        draft.asks.extend(canned.asks.iter().filter(|ask| !arguments.ask.contains(ask)).cloned());
        let filled = canned.fill(|place| value_of(place, thread));
        draft.body = format!("{}\n\n{}", filled.trim_end(), draft.body.trim()).trim().to_owned();
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
    writing::write(&draft, thread, arguments.options.push, "replied to", &store, context)
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

//! `casebook reopen`

use crate::cli::{
    CliError, Context, Outcome,
    reply_writer::{self, ReplyOptions},
    unmerged,
};
use crate::ticket::Status;

/// Reopen a resolved ticket
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The ticket: its whole id or the last part of it
    #[arg(value_name = "ID", add = crate::cli::completion_candidates::ids())]
    id: String,
    #[command(flatten)]
    options: ReplyOptions,
}

pub(super) fn run(arguments: Arguments, context: &Context) -> Result<Outcome, CliError> {
    let store = context.store()?;
    let thread = store.find_for_writing(&arguments.id).map_err(|error| unmerged::explain(error, context))?;
    if thread.state.status == Status::Open {
        context.ui.say(format!("{} is already open", thread.id()));
        return Ok(Outcome::Done);
    }
    let mut draft = reply_writer::draft(&arguments.options, thread, &store, context)?;
    draft.status = Some(Status::Open);
    reply_writer::write(&draft, thread, arguments.options.push, "reopened", &store, context, |reply| {
        context.ui.json(&reply)
    })
}

//! `casebook reopen`

use crate::cli::{
    CliError, Context, Outcome,
    authoring::{ReplyManner, ReplyOptions, ReplyWriting},
    unmerged,
};
use crate::ticket::Status;

/// Reopen resolved tickets
///
/// Several tickets are reopened in one commit: if one of the replies has problems, none is written.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The tickets: whole ids or their last parts
    #[arg(value_name = "ID", required = true, add = crate::cli::completion_candidates::ids())]
    ids: Vec<String>,
    #[command(flatten)]
    options: ReplyOptions,
}

pub(super) fn run(arguments: Arguments, context: &Context) -> Result<Outcome, CliError> {
    let store = context.store()?;
    let mut threads = unmerged::threads("reopen", &arguments.ids, &store, context)?;
    threads.retain(|thread| {
        let is_open = thread.state.status == Status::Open;
        if is_open {
            context.ui.say(format!("{} is already open", thread.id()));
        }
        !is_open
    });
    if threads.is_empty() {
        return Ok(Outcome::Done);
    }
    let manner = ReplyManner { done: "reopened", opens_editor: false, lists_one: false };
    let mut writing = ReplyWriting::new(&arguments.options, threads, &store, manner, context)?;
    writing.draft.status = Some(Status::Open);
    writing.draft.resolution = None;
    writing.run()
}

//! `casebook draft`

use crate::api::ProposedReplyDetail;
use crate::cli::{
    CliError, Context, Format, Outcome, completion_candidates, moments, proposed_replies, table, unmerged,
};
use crate::text::shell_word;

/// Propose a reply from the answers of similar tickets and articles
///
/// The first sentence names a resolved ticket like it and how it was resolved. Each other one is of a resolved ticket, an
/// article or a canned response. A value that both tickets have in the same field is replaced by the ticket's own, with the
/// former one in a comment. There is no reply if no source is certain enough. `casebook reply ID --draft` opens the reply in
/// the editor.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The ticket: its id or a part of it
    #[arg(value_name = "ID", add = completion_candidates::ids())]
    id: String,
    /// Use only what existed before this time: an instant, a date or an age such as 7d
    #[arg(long, value_name = "TIME")]
    before: Option<String>,
}

pub(super) fn run(arguments: Arguments, context: &Context) -> Result<Outcome, CliError> {
    let store = context.store()?;
    let moment =
        arguments.before.as_deref().map(|text| moments::first_instant(text, &store, context)).transpose()?;
    let thread = store.find(&arguments.id).map_err(|error| unmerged::explain(error, false, context))?;
    let reply = proposed_replies::propose(thread, &store, moment, context)?;
    let ui = &context.ui;
    if ui.format == Format::Json {
        ui.json(&ProposedReplyDetail::of(reply));
        return Ok(Outcome::Done);
    }
    if !reply.speaks() {
        let (id, word) = (thread.id(), shell_word(thread.id()));
        ui.say(format!("no reply to propose for {id}: no answer is certain enough; `casebook similar {word}` lists tickets like it"));
        return Ok(Outcome::Done);
    }
    ui.line(table::lines(&reply.text));
    ui.say(format!("to edit and send it: `casebook reply {} --draft`", shell_word(thread.id())));
    Ok(Outcome::Done)
}

//! `casebook reply`

use clap::builder::{PossibleValue, PossibleValuesParser};

use crate::cli::{
    CliError, Context, Outcome,
    authoring::{ReplyManner, ReplyOptions, ReplyWriting},
    proposed_replies, unmerged,
};
use std::sync::Arc;

use crate::{
    store::Store,
    text::{nearest, shell_word},
    ticket::{Resolution, Status, Thread, Visibility},
};

/// Reply to tickets: an answer, a question or a change of their state
///
/// Writes one file next to each ticket and commits only these files, even if other files are changed or staged. Several
/// tickets get the same reply in one commit: if one of the replies has problems, none is written.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The tickets: whole ids or their last parts
    #[arg(value_name = "ID", required = true, add = crate::cli::completion_candidates::ids())]
    ids: Vec<String>,
    /// The new status: `pending` waits for the requester, `on-hold` for a third party; to resolve a ticket, use
    /// `casebook resolve`
    #[arg(long, value_name = "STATUS", value_parser = statuses())]
    status: Option<String>,
    /// A missing field or section to ask for; sets the status to pending
    #[arg(long, value_name = "FIELD")]
    ask: Vec<String>,
    /// Begin with the reply that `casebook draft` proposes, in the editor
    #[arg(long, conflicts_with_all = ["message", "body", "canned"])]
    draft: bool,
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
        let ids: Vec<String> = arguments.ids.iter().map(|id| shell_word(id)).collect();
        return Err(CliError::usage("a resolved ticket needs a resolution")
            .with_hint(format!("`casebook resolve {} --as fixed`", ids.join(" ")))
            .with_hint(format!("`--as` also takes {}", Resolution::NAMES[1..].join(", "))));
    }
    let store = context.store()?;
    let threads = unmerged::threads("reply", &arguments.ids, &store, context)?;
    for thread in &threads {
        refuse_unknown_asks(&arguments.ask, thread, &store)?;
    }
    let changes = status.is_some()
        || !arguments.ask.is_empty()
        || !arguments.options.set.is_empty()
        || arguments.options.assign.is_some();
    let manner = ReplyManner { done: "replied to", opens_editor: !changes, lists_one: false };
    let mut writing = ReplyWriting::new(&arguments.options, threads.clone(), &store, manner, context)?;
    if arguments.draft {
        begin_with_proposal(&mut writing, &threads, &store, context)?;
    }
    let draft = &mut writing.draft;
    draft.status = status.or(draft.status);
    draft.visibility = arguments.internal.then_some(Visibility::Internal);
    draft.asks.splice(
        0..0,
        arguments.ask.iter().filter(|ask| !draft.asks.contains(ask)).cloned().collect::<Vec<_>>(),
    );
    if !draft.asks.is_empty() && draft.status.is_none() {
        draft.status = Some(Status::Pending);
    }
    let changes_status = draft.status.is_some();
    let outcome = writing.run()?;
    let stays = |thread: &&Thread| thread.state.status == Status::Resolved && !changes_status;
    for thread in threads.into_iter().filter(stays).filter(|_| !arguments.internal) {
        context.ui.say(format!("the ticket stays resolved; to reopen it: `casebook reopen {}`", thread.id()));
    }
    Ok(outcome)
}

/// Begins the reply with the text that is proposed for its ticket. It is sent only after somebody read it in the editor.
fn begin_with_proposal(
    writing: &mut ReplyWriting<'_>,
    threads: &[&Thread],
    store: &Arc<Store>,
    context: &Context,
) -> Result<(), CliError> {
    let [thread] = threads else {
        return Err(CliError::usage("`--draft` proposes a reply to one ticket")
            .with_hint("reply to one ticket after the other"));
    };
    let id = shell_word(thread.id());
    if !context.process.can_ask {
        return Err(CliError::usage("a proposed reply is edited before it is sent, and there is no terminal")
            .with_hint(format!("save it with `casebook draft {id} > reply.md`, edit it, then `casebook reply {id} --body reply.md --draft-from ID`")));
    }
    let proposal = proposed_replies::propose(thread, store, None, context)?;
    if !proposal.speaks() {
        return Err(CliError::refused(format!(
            "no reply to propose for {}: no answer is certain enough",
            thread.id()
        ))
        .with_hint(format!(
            "`casebook similar {id}` lists tickets like it; `casebook reply {id}` opens an empty reply"
        )));
    }
    writing.begin_with(proposal.text, proposal.sources.first().cloned(), proposal.asks);
    Ok(())
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

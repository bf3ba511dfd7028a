//! Proposes a reply on the command line, for `draft` and `reply --draft`.

use std::sync::Arc;

use super::{CliError, Context, queries};
use crate::{
    knowledge::proposed_reply::{ProposedReply, matching_canned},
    search::{Item, Question, SimilarLimits, similar_items_before},
    store::Store,
    template::Canned,
    text::Time,
    ticket::{Thread, Visibility, fold},
    view::{Audience, View},
};

/// The number of similar tickets among which sources are chosen.
const CANDIDATES: SimilarLimits = SimilarLimits { limit: 8, weak: false };

/// Proposes a reply to `thread`, which is in `store`. The sources are visible to every reader of the ticket. With `moment`,
/// the reply is proposed from what existed strictly before it, for the ticket as its requester wrote it.
pub(super) fn propose(
    thread: &Thread,
    store: &Arc<Store>,
    moment: Option<Time>,
    context: &Context,
) -> Result<ProposedReply, CliError> {
    let body = store.body(thread.ticket.path.as_ref());
    let Some(moment) = moment else {
        let (reader, slot) = match thread.state.visibility {
            Visibility::Public => {
                let slot = queries::slot_of_site(Audience::Public, context.repo()?);
                (seen_by_readers(thread, store), slot)
            }
            Visibility::Internal => (Arc::clone(store), queries::slot(context)?),
        };
        let question = Question::of_thread(thread, body);
        let similar = queries::open_engine(&reader, &slot, context)
            .with_rebuild(|engine| {
                engine.similar(&question, |item| may_help(item, thread, &reader), CANDIDATES)
            })
            .map_err(queries::unreadable)?;
        return Ok(ProposedReply::of(&reader, thread, &similar, canned(thread, store, context)?));
    };
    let reader = seen_by_readers(thread, &Arc::new(store.before(moment)));
    let question = Question::of_ticket(&thread.ticket, body);
    let similar =
        similar_items_before(&reader, moment, &question, |item| may_help(item, thread, &reader), CANDIDATES)
            .map_err(queries::unreadable)?;
    let written = fold(thread.ticket.clone(), Vec::new(), store.settings.visibility);
    Ok(ProposedReply::of(&reader, &written, &similar, None))
}

/// Returns what every reader of `thread` may see.
fn seen_by_readers(thread: &Thread, store: &Arc<Store>) -> Arc<Store> {
    match thread.state.visibility {
        Visibility::Public => {
            Arc::clone(store.seen_by(View::of_site(Audience::Public, &store.settings)).store())
        }
        Visibility::Internal => Arc::clone(store),
    }
}

fn may_help(item: Item, thread: &Thread, reader: &Store) -> bool {
    let is_itself = item.ticket(reader).is_some_and(|other| other.id() == thread.id());
    !is_itself && item.has_answer(reader)
}

/// Returns the canned response whose rule finds `thread`. Warns about rules that cannot be read.
fn canned<'s>(
    thread: &Thread,
    store: &'s Arc<Store>,
    context: &Context,
) -> Result<Option<&'s Canned>, CliError> {
    let place = thread.ticket.path.as_ref().and_then(|path| store.threads.place_of(path));
    let Some(place) = place.filter(|_| store.canned.iter().any(|canned| canned.rule.is_some())) else {
        return Ok(None);
    };
    let mut engine = queries::open_engine(store, &queries::slot(context)?, context);
    let found = engine
        .with_rebuild(|engine| matching_canned(store, engine, Item::Ticket(place), context.process.now));
    let (canned, errors) = found.map_err(queries::unreadable)?;
    errors.iter().for_each(|error| context.ui.warn(error.to_string()));
    Ok(canned)
}

//! Proposes a reply on the command line, for `draft` and `reply --draft`.

use std::sync::Arc;

use super::{CliError, Context, queries};
use crate::{
    knowledge::proposed_reply::{ProposedReply, matching_canned},
    search::{Item, Question, SimilarLimits, similar_items_before},
    settings::Publish,
    store::Store,
    template::Canned,
    text::Time,
    ticket::{Thread, Visibility, fold},
    view::{Audience, InternalNames, View},
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
        let question = Question::of_thread(thread, body.clone());
        let similar = queries::open_engine(&reader, &slot, context)
            .with_rebuild(|engine| {
                engine.similar(&question, |item| may_help(item, thread, &reader), CANDIDATES)
            })
            .map_err(queries::unreadable)?;
        return Ok(ProposedReply::of(
            &reader,
            (thread, &body),
            &similar,
            canned(thread, store, context)?.as_ref(),
        ));
    };
    // What is internal today stays so, also if it was public at that moment.
    let reader = Arc::new(seen_by_readers(thread, store).before(moment));
    let question = Question::of_ticket(&thread.ticket, body.clone());
    let similar =
        similar_items_before(&reader, moment, &question, |item| may_help(item, thread, &reader), CANDIDATES)
            .map_err(queries::unreadable)?;
    let written = fold(thread.ticket.clone(), Vec::new(), store.settings.visibility);
    Ok(ProposedReply::of(&reader, (&written, &body), &similar, None))
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

/// Returns the canned response whose rule finds `thread` by what its readers may see. Warns about rules that cannot be read. A
/// response that names an internal ticket is not for a public one.
fn canned(thread: &Thread, store: &Arc<Store>, context: &Context) -> Result<Option<Canned>, CliError> {
    if store.canned.iter().all(|canned| canned.rule.is_none()) {
        return Ok(None);
    }
    let is_public = thread.state.visibility == Visibility::Public;
    let (seen, slot) = match is_public {
        true => {
            let view = View { audience: Audience::Public, publish: Publish::All };
            (Arc::clone(store.seen_by(view).store()), context.repo()?.cache_slot("index-public-all"))
        }
        false => (Arc::clone(store), queries::slot(context)?),
    };
    let Some(item) = seen.threads.place(thread.id()).map(Item::Ticket) else { return Ok(None) };
    let mut engine = queries::open_engine(&seen, &slot, context);
    let now = context.process.now;
    let found = engine.with_rebuild(|engine| matching_canned(&store.canned, engine, item, now));
    let (canned, errors) = found.map_err(queries::unreadable)?;
    errors.iter().for_each(|error| context.ui.warn(error.to_string()));
    let names_internal =
        |canned: &&Canned| is_public && InternalNames::of(store).first(&canned.body).is_some();
    Ok(canned.filter(|canned| !names_internal(canned)).cloned())
}

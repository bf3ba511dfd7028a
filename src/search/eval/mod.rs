//! Evaluates the answers of `similar` on tickets with known correct answers.
//!
//! Each query is a ticket as its requester wrote it, without replies, at the time when it was opened. The search sees
//! only tickets and replies from strictly before that time. If answers must be resolved tickets, they must have been
//! resolved before that time. The labels are incomplete: a duplicate that was never linked counts as a miss. The
//! figures are therefore useful to compare systems on the same queries, but they mean little by themselves.

mod bm25;
mod judged;
mod measures;
mod typed_titles;

use std::time::Duration;

pub(crate) use judged::{JudgedQuery, Judgements, of_links, read};
pub(crate) use measures::{Estimate, Measures, estimates, ratios};
pub(crate) use typed_titles::{FIRST_WORDS, TypedOutcome, run_typed};

use self::bm25::Bm25;
use super::{
    Item, Question,
    past::PastDocuments,
    similar_items::{SimilarLimits, similar_items},
};
use crate::{index::IndexError, store::Store};

/// The number of answers that are examined for each query.
const DEEPEST: usize = 100;

/// The number of suggestions that are shown unprompted.
const SHOWN: usize = 3;

/// A query with its answers.
#[derive(Clone, Debug)]
pub(crate) struct EvalOutcome {
    pub judged: JudgedQuery,
    /// The answers among all tickets.
    pub all: Answers,
    /// The answers among resolved tickets; `None` if no correct answer had been resolved.
    pub resolved: Option<Answers>,
    /// The time for the answers among all tickets, with the index in memory.
    pub took: Duration,
}

/// The answers to one query.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answers {
    /// The best answers: index in the store's threads, score, and whether the match is weak.
    pub found: Vec<(usize, u32, bool)>,
    /// The measures of these answers.
    pub measures: Measures,
    /// The measures of plain BM25, if it was compared.
    pub peer: Option<Measures>,
}

impl Answers {
    /// Returns the suggestions that are shown unprompted: the first answers that are not weak.
    pub(crate) fn shown(&self) -> impl Iterator<Item = usize> {
        self.found.iter().filter(|(.., weak)| !weak).take(SHOWN).map(|(place, ..)| *place)
    }
}

/// Runs the queries `judged`, which are ordered by time. With `compare`, plain BM25 runs as well. `clock` returns the
/// time since a fixed moment; `progress` is called with the number of finished queries.
pub(crate) fn run(
    store: &Store,
    judged: &[JudgedQuery],
    compare: bool,
    clock: &dyn Fn() -> Duration,
    progress: &dyn Fn(usize),
) -> Result<Vec<EvalOutcome>, IndexError> {
    let mut past = PastDocuments::of(store);
    let peer = compare.then(|| Bm25::of(store));
    let mut outcomes = Vec::with_capacity(judged.len());
    for (done, one) in judged.iter().enumerate() {
        progress(done);
        past.advance(one.before);
        let thread = &store.threads[one.query];
        let question = Question::of_ticket(&thread.ticket, store.body(thread.ticket.path.as_ref()));
        let start = clock();
        let all = answers(&past, &question, one, &one.relevant, |_| true)?;
        let took = clock().saturating_sub(start);
        let mut outcome = EvalOutcome { judged: one.clone(), all, resolved: None, took };
        let was_resolved = past.ever_resolved();
        if !one.relevant_resolved.is_empty() {
            let allowed = |place: &usize| was_resolved.contains(place);
            outcome.resolved = Some(answers(&past, &question, one, &one.relevant_resolved, allowed)?);
        }
        if let Some(peer) = &peer {
            let texts = [question.title.as_str(), question.body.as_str()];
            let found = peer.nearest(&texts, one.query, one.before, |_| true, DEEPEST);
            outcome.all.peer = Some(measured(found.into_iter(), &one.relevant));
            if let Some(resolved) = &mut outcome.resolved {
                let found = peer.nearest(
                    &texts,
                    one.query,
                    one.before,
                    |place| was_resolved.contains(&place),
                    DEEPEST,
                );
                resolved.peer = Some(measured(found.into_iter(), &one.relevant_resolved));
            }
        }
        outcomes.push(outcome);
    }
    Ok(outcomes)
}

fn answers(
    past: &PastDocuments<'_>,
    question: &Question,
    judged: &JudgedQuery,
    relevant: &[usize],
    allowed: impl Fn(&usize) -> bool,
) -> Result<Answers, IndexError> {
    let allowed = |item: Item| item.place().is_some_and(|place| place != judged.query && allowed(&place));
    let limits = SimilarLimits { limit: DEEPEST, weak: true };
    let found = similar_items(past, question, |document| Some(past.item(document)), allowed, limits)?;
    let places = found.shown.iter().filter_map(|alike| Some((alike.item.place()?, alike.score, alike.weak)));
    let places: Vec<(usize, u32, bool)> = places.collect();
    let measures = measured(places.iter().map(|(place, ..)| *place), relevant);
    Ok(Answers { found: places, measures, peer: None })
}

fn measured(places: impl Iterator<Item = usize>, relevant: &[usize]) -> Measures {
    let ranks: Vec<usize> =
        (1..).zip(places).filter(|(_, place)| relevant.contains(place)).map(|(rank, _)| rank).collect();
    Measures::of(&ranks, relevant.len())
}

#[cfg(test)]
mod tests;

//! Evaluates `casebook search` with the titles of later duplicates as queries, beside BM25 over any word.
//!
//! Each query is the words of a title, without operators, at the time when the ticket was opened. Words are not
//! corrected. The search sees only tickets and replies from strictly before that time.

use super::super::{
    past::PastDocuments,
    similar::{DocumentSet as _, closeness},
    typed::TypedQuestion,
};
use super::{DEEPEST, JudgedQuery, Measures, bm25::Bm25, measured};
use crate::{
    index::{IndexError, TextPattern},
    store::Store,
    text::Time,
};

/// The number of words of a short query.
pub(crate) const FIRST_WORDS: usize = 5;

/// The result of one title as a query.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TypedOutcome {
    pub search: Measures,
    /// The measures of BM25 over any word.
    pub peer: Measures,
    /// Whether the search found anything.
    pub found_any: bool,
}

/// Searches with the titles of the queries `judged`, which are ordered by time, or with their first `words` words.
/// `progress` is called with the number of finished queries.
pub(crate) fn run_typed(
    store: &Store,
    judged: &[JudgedQuery],
    words: usize,
    progress: &dyn Fn(usize),
) -> Result<Vec<TypedOutcome>, IndexError> {
    let mut past = PastDocuments::of(store);
    let peer = Bm25::of(store);
    let mut outcomes = Vec::with_capacity(judged.len());
    for (done, one) in judged.iter().enumerate() {
        progress(done);
        past.advance(one.before);
        let title = &store.threads[one.query].ticket.title;
        let asked: Vec<&str> = title.split_whitespace().take(words).collect();
        let found = search(&past, &asked, one)?;
        let peers = peer.nearest(&[&asked.join(" ")], one.query, one.before, |_| true, DEEPEST);
        outcomes.push(TypedOutcome {
            search: measured(found.iter().copied(), &one.relevant),
            peer: measured(peers.into_iter(), &one.relevant),
            found_any: !found.is_empty(),
        });
    }
    Ok(outcomes)
}

/// Returns the tickets that a search finds, the best first.
fn search(past: &PastDocuments<'_>, words: &[&str], judged: &JudgedQuery) -> Result<Vec<usize>, IndexError> {
    let patterns: Vec<TextPattern> = words.iter().map(|word| TextPattern::Word((*word).to_owned())).collect();
    let found = TypedQuestion::of_words(&patterns).look_up(past)?;
    let is_other = |document: &u32| past.item(*document).place() != Some(judged.query);
    let existed = found.touched().into_iter().filter(|document| past.contains(*document));
    let candidates: Vec<(u32, u32)> = existed.filter(is_other).map(|document| (document, 0)).collect();
    let close = |document: u32| {
        let resolved = past.resolved(document).map(Time::day);
        closeness(judged.before.day(), past.created(document).day(), resolved)
    };
    // A later document has a greater number.
    let (hits, _) = found.find(&candidates, |document| u32::MAX - document, close);
    Ok(hits.iter().filter_map(|hit| past.item(hit.document).place()).take(DEEPEST).collect())
}

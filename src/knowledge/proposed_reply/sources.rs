//! Chooses the tickets and articles from whose answers a reply is proposed.

use super::terms;
use crate::{
    search::{Item, SimilarItem, SimilarItems, answer_for_reader},
    store::Store,
    ticket::{Resolution, Thread},
};

/// The certainty that the best source needs. With less, most of the proposed replies would be about another problem:
/// `docs/decisions/proposed-replies.md` has the measurements.
const ENOUGH: f64 = 0.7;
/// What titles without a shared word leave of the similarity, and what a text without a word of the title leaves of it.
const OTHER_TITLE: f64 = 0.5;
const OTHER_TEXT: f64 = 0.5;
/// The share of the best source's certainty that another source needs.
const BESIDE: f64 = 0.75;
/// The certainty from which a reply says that the problem was reported before. With less, it asks.
const SURE: f64 = 2.5;
/// A ticket with fewer words says too little to be compared. It only gets a reply that is nearly certain.
const FEWEST_WORDS: usize = 8;
/// The maximum number of sources.
const MOST_SOURCES: usize = 3;

/// A ticket or article with an answer.
pub(super) struct Source<'a> {
    /// The id of the ticket, or the slug of the article.
    pub id: String,
    pub title: String,
    /// The ticket; `None` for an article.
    pub thread: Option<&'a Thread>,
    /// The answer, as Markdown.
    pub answer: String,
    pub relation: Relation,
}

/// What a reply can say about a source and the ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relation {
    /// It is nearly certain that the problem is the same.
    Same,
    /// The problem may be the same.
    Possible,
    /// Both are tasks or wishes.
    SimilarWish,
}

/// Returns the sources among `similar`, the best first; none if no answer is certain enough. The source of a duplicate is
/// the original, because the answer is there.
///
/// certainty = similarity × (½ + words that both titles have / words of the longer title)
///                        × (½ + words of the ticket's title that the source has in its title or text / words of that title)
pub(super) fn choose<'a>(
    store: &'a Store,
    (thread, body): (&Thread, &str),
    similar: &SimilarItems,
) -> Vec<Source<'a>> {
    let title = terms(&thread.ticket.title);
    let is_short = title.union(&terms(body)).count() < FEWEST_WORDS;
    let enough = if is_short { SURE } else { ENOUGH };
    let is_fault = thread.ticket.reports_fault;
    let certainty = |found: &SimilarItem| {
        let other = terms(found.item.title(store));
        let shared = title.intersection(&other).count() as f64;
        let share = shared / title.len().max(other.len()).max(1) as f64;
        let text = found.item.ticket(store).map(|thread| store.body(thread.ticket.path.as_ref()));
        let text = terms(&text.unwrap_or_default());
        let named = title.iter().filter(|term| other.contains(*term) || text.contains(*term)).count() as f64;
        found.similarity() * (OTHER_TITLE + share) * (OTHER_TEXT + named / title.len().max(1) as f64)
    };
    let strong = similar.shown.iter().filter(|found| !found.weak);
    let mut ranked: Vec<(f64, Source<'a>)> =
        strong.filter_map(|found| Some((certainty(found), Source::of(store, found.item)?))).collect();
    ranked.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let best = ranked.first().map_or(0.0, |(certainty, _)| *certainty);
    let mut sources: Vec<Source<'a>> = Vec::new();
    for (certainty, mut source) in ranked {
        let is_source_fault = source.thread.is_none_or(|thread| thread.ticket.reports_fault);
        source.relation = match certainty {
            _ if !is_fault && !is_source_fault => Relation::SimilarWish,
            _ if is_fault != is_source_fault => Relation::Possible,
            SURE.. => Relation::Same,
            _ => Relation::Possible,
        };
        let is_new = sources.iter().all(|other| other.id != source.id);
        if certainty >= enough && certainty >= BESIDE * best && is_new && sources.len() < MOST_SOURCES {
            sources.push(source);
        }
    }
    sources
}

impl<'a> Source<'a> {
    pub(super) fn of(store: &'a Store, item: Item) -> Option<Self> {
        if !item.has_answer(store) {
            return None;
        }
        let answer = answer_for_reader(store, item)?;
        if let Some(article) = item.article(store) {
            let (id, title) = (article.slug.clone(), article.title.clone());
            return Some(Self { id, title, thread: None, answer, relation: Relation::Possible });
        }
        let found = item.ticket(store)?;
        let thread = store.original_answer(found).map_or(found, |(original, _)| original);
        // "It works here" does not help the next requester.
        if thread.state.resolution == Some(Resolution::NotReproducible) {
            return None;
        }
        let title = thread.ticket.title.clone();
        Some(Self {
            id: thread.id().to_owned(),
            title,
            thread: Some(thread),
            answer,
            relation: Relation::Possible,
        })
    }
    /// Returns whether comments can be of use for another ticket. Most are notes about one case, which only help if the
    /// problem is nearly the same; an answer or a workaround was written for a requester.
    pub(super) fn has_general_comments(&self) -> bool {
        let resolution = self.thread.map(|thread| thread.state.resolution);
        self.relation == Relation::Same
            || resolution.is_none_or(|resolution| {
                matches!(resolution, Some(Resolution::Answered | Resolution::Workaround))
            })
    }
}

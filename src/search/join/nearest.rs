//! The nearest tickets of each ticket, whether or not they are similar enough to be shown.

use super::reach::{NearestReach, ReachedTerm};
use super::terms::{TicketTerms, weigh};
use super::{JoinedDocuments, each_question};
use crate::search::{Question, relevance::Scores, similar::Threshold};

/// The number of nearest tickets that are kept.
pub(in crate::search) const MOST_NEAREST: usize = 10;

/// Tickets that are less relevant than this only share common words.
const LEAST_BASE: f64 = 0.15;

/// The nearest tickets of one ticket.
#[derive(Default)]
pub(in crate::search) struct NearestTickets {
    /// The document of each ticket and its similarity, the nearest first. The similarity is that of
    /// [`Similarity`](crate::search::similar::Similarity), divided by what a short draft needs more.
    pub(in crate::search) tickets: Vec<(u32, f32)>,
    pub(in crate::search) reach: NearestReach,
}

/// Finds the nearest tickets for each of the documents at `places`, which are tickets.
pub(in crate::search) fn nearest(documents: JoinedDocuments<'_>, places: &[usize]) -> Vec<NearestTickets> {
    each_question(documents, places, |terms, place, question, scores| {
        terms.nearest(documents, place, question, scores)
    })
}

impl TicketTerms {
    /// Finds the tickets that are nearest to the ticket at `place`. `scores` is empty before and after the call.
    fn nearest(
        &self,
        documents: JoinedDocuments<'_>,
        place: usize,
        question: &Question,
        scores: &mut Scores,
    ) -> NearestTickets {
        let draft = question.draft();
        let terms = draft.terms();
        let lookups = self.lookups(documents.terms.terms(), &draft, &terms);
        lookups.add_to(scores);
        let others = scores.at_least(LEAST_BASE).filter(|other| *other as usize != place);
        let weighed = others.filter_map(|other| {
            let base = scores.of(other);
            let is_near = base >= LEAST_BASE;
            is_near.then(|| (other, weigh(documents, other, base, draft.created).similarity as f32))
        });
        let mut nearest: Vec<(u32, f32)> = weighed.collect();
        nearest.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        nearest.truncate(MOST_NEAREST);
        let last = nearest.get(MOST_NEAREST - 1).map_or(0.0, |(_, similarity)| *similarity);
        let reached = lookups.compared.iter().map(|(number, lookup)| ReachedTerm::of(*number, lookup));
        let reach = NearestReach::of(reached.collect(), scores, LEAST_BASE, last);
        scores.clear();
        let threshold = Threshold::of(lookups.compared.len());
        let strength = |(other, similarity): (u32, f32)| (other, threshold.strength(similarity));
        NearestTickets { tickets: nearest.into_iter().map(strength).collect(), reach }
    }
}

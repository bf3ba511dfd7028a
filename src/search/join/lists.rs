//! The lists that a ticket gets when it is compared with all others: the nearest tickets, and those that are similar
//! enough to be shown.

use super::reach::{ReachedTerm, TicketReach};
use super::terms::{DraftLookups, TicketTerms};
use super::{JoinedTickets, RelatedTicket, TicketLists};
use crate::search::{
    Question,
    relevance::{ONE, Scores},
    similar::{
        LookupTerm, MOST_NEAR, ScoredDocument, SharedProperties, Similarity, Threshold, greatest, ranked,
    },
};
use crate::text::Time;

/// The number of tickets that are kept in each list.
pub(super) const MOST_KEPT: usize = 10;

/// Tickets that are less relevant than this only share common words.
const LEAST_BASE: f64 = 0.15;

impl TicketTerms {
    /// Compares the ticket at `place` with all others. `scores` is empty before and after the call.
    pub(super) fn compare(
        &self,
        tickets: JoinedTickets<'_>,
        place: usize,
        question: &Question,
        scores: &mut Scores,
    ) -> TicketLists {
        let draft = question.draft();
        let terms = draft.terms();
        let lookups = self.lookups(tickets.terms.terms(), &draft, &terms);
        lookups.add_to(scores);
        let DraftLookups { compared, .. } = lookups;
        let threshold = Threshold::of(compared.len());
        // Most tickets share only a common word, so it saves time not to look at anything else of them.
        let least = threshold.least_base().min(LEAST_BASE);
        let others = scores.at_least(least).filter(|other| *other as usize != place);
        let others: Vec<(u32, f64)> = others.map(|other| (other, scores.of(other))).collect();
        let least_shown = threshold.least_among(others.iter().map(|(_, base)| *base));
        let least_near = least_near(others.iter().map(|(_, base)| *base));
        let others = others.into_iter().filter(|(_, base)| *base >= least_shown.min(least_near));
        let weighed: Vec<(f64, ScoredDocument)> =
            others.map(|(other, base)| (base, self.weigh(other, base, draft.created))).collect();

        let near = weighed.iter().filter(|(base, _)| *base >= least_near);
        let mut nearest: Vec<(u32, f32)> =
            near.map(|(_, one)| (one.document, one.similarity as f32)).collect();
        nearest.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        nearest.truncate(MOST_KEPT);
        let last_near = nearest.get(MOST_KEPT - 1).map_or(0.0, |(_, similarity)| *similarity);

        let may_be_shown = |(base, one): &(f64, ScoredDocument)| {
            *base >= least_shown && threshold.may_matter(one.similarity)
        };
        let candidates = weighed.into_iter().filter(may_be_shown).map(|(_, one)| one).collect();
        // For equal scores, the later ticket comes first.
        let ranking = ranked(candidates, |a, b| b.cmp(&a));
        let unprompted = threshold.among(&ranking);
        let reached = compared.iter().map(|(number, lookup)| ReachedTerm::of(*number, lookup)).collect();
        let reach = TicketReach::of(reached, scores, (LEAST_BASE, last_near), &unprompted, &ranking);
        scores.clear();

        let mut lookups: Vec<LookupTerm<'_>> = compared.into_iter().map(|(_, lookup)| lookup).collect();
        lookups.sort_by(|a, b| b.worth().total_cmp(&a.worth()));
        let rarest = self.rarest();
        let shown = ranking.iter().filter(|one| unprompted.accepts(one)).filter_map(|one| {
            let has = lookups.iter().filter(|lookup| lookup.is_in(one.document));
            let shared = SharedProperties::of(has.map(|lookup| (lookup.property, lookup.rarity)));
            let score = (one.score * ONE) as u32;
            let why = (!shared.is_single()).then(|| shared.reasons(rarest))?;
            Some(RelatedTicket { ticket: one.document, score, why })
        });
        let similar = shown.take(MOST_KEPT).collect();
        let strength = |(other, similarity): (u32, f32)| (other, threshold.strength(similarity));
        TicketLists { nearest: nearest.into_iter().map(strength).collect(), similar, reach }
    }

    fn weigh(&self, document: u32, base: f64, written: Option<Time>) -> ScoredDocument {
        let (opened, resolved) = self.times[document as usize];
        Similarity { base, written, opened, resolved }.weigh(document)
    }
}

/// Returns the least relevance without time of a ticket that can be among the nearest, if all tickets have these relevances.
fn least_near(bases: impl Iterator<Item = f64>) -> f64 {
    let [.., last] = greatest::<MOST_KEPT>(bases);
    // Closeness in time raises no similarity by more than this, and lowers none.
    LEAST_BASE.max(last / MOST_NEAR)
}

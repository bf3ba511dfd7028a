//! Pairs of tickets that may be about the same problem.

use crate::search::{join::Neighbour, neighbours::Neighbours};

/// Two tickets that may be about the same problem.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pair {
    /// The places of the tickets, the smaller one first.
    pub tickets: (usize, usize),
    /// How much speaks for it; see [`pairs`].
    pub weight: f64,
    /// Whether the tickets say nearly the same.
    pub is_nearly_equal: bool,
}

/// The similarity is compared with that of the ticket's neighbour at this place, from 0.
const AROUND: usize = 5;

/// The similarity of the neighbours of a ticket that has fewer.
const FAR: f64 = 0.1;

/// The maximum lead. Without a maximum, a ticket with nothing around it would be joined for a few common words.
const MOST_LEAD: f64 = 3.0;

/// Two tickets with this similarity say nearly the same.
const NEARLY_EQUAL: f64 = 1.0;

/// Returns the pairs of tickets of which each is among the nearest of the other, the strongest first.
///
/// `weight = √(similarity₁ × similarity₂) × lead₁ × lead₂`
///
/// The lead of a ticket is the similarity of the pair divided by that of its sixth neighbour. A ticket that is as similar
/// to many others as to this one only shares the common words of its subject with them. The lead adapts to how dense the
/// tickets of a subject are.
///
/// Source: Zelnik-Manor and Perona, "Self-Tuning Spectral Clustering" (2004): local scaling by the distance to a
/// neighbour of fixed rank.
pub(super) fn pairs(neighbours: &Neighbours) -> Vec<Pair> {
    let around: Vec<f64> = (0..neighbours.len())
        .map(|place| {
            neighbours.nearest_to(place).get(AROUND).map_or(FAR, |(_, one)| f64::from(*one).max(FAR))
        })
        .collect();
    let lead = |place: usize, similarity: f64| (similarity / around[place]).min(MOST_LEAD);
    let mut all: Vec<Pair> = Vec::new();
    for a in 0..neighbours.len() {
        for (b, of_a) in neighbours.nearest_to(a).iter().map(neighbour).filter(|(b, _)| *b > a) {
            let back = neighbours.nearest_to(b).iter().map(neighbour).find(|(other, _)| *other == a);
            let Some((_, of_b)) = back else { continue };
            let similarity = (of_a * of_b).sqrt();
            all.push(Pair {
                tickets: (a, b),
                weight: similarity * lead(a, of_a) * lead(b, of_b),
                is_nearly_equal: similarity >= NEARLY_EQUAL,
            });
        }
    }
    all.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.tickets.cmp(&b.tickets)));
    all
}

fn neighbour((place, similarity): &Neighbour) -> (usize, f64) {
    (*place as usize, f64::from(*similarity))
}

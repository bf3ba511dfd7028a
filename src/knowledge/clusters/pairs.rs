//! Pairs of tickets that may be about the same problem.

use crate::{
    search::{join::Neighbour, neighbours::Neighbours},
    store::Store,
    text::Time,
};

/// Two tickets that may be about the same problem.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pair {
    /// The places of the tickets, the smaller one first.
    pub tickets: (usize, usize),
    /// How much speaks for it; see [`pairs`].
    pub weight: f64,
    /// Whether the tickets say nearly the same, and are not a task that one requester repeats.
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

/// The factor for each ticket that reports no fault. Tasks of one series ("Implement X", "Implement Y") are alike, but each has its
/// own answer.
const TASK: f64 = 0.55;

/// The factor for two tickets of one requester, and in addition for those of one day. A requester who reports two things knows
/// that they are two.
const SAME_REQUESTER: f64 = 0.5;
const SAME_DAY: f64 = 0.6;
const DAY_SECONDS: i64 = 86_400;

/// The factor for tickets of different services.
const OTHER_SERVICE: f64 = 0.6;

/// Returns the pairs of tickets of which each is among the nearest of the other, the strongest first.
///
/// `weight = √similarity × (lead₁ × lead₂)^1.5 × factors`, where the similarity is the geometric mean of both directions.
///
/// The lead of a ticket is the similarity of the pair divided by that of its sixth neighbour. A ticket that is as similar
/// to many others as to this one only shares the common words of its subject with them. The lead adapts to how dense the
/// tickets of a subject are. The exponents and the factors are rounded from a logistic regression on judged pairs and pairs
/// that were read (`docs/decisions/clusters.md`).
///
/// Source: Zelnik-Manor and Perona, "Self-Tuning Spectral Clustering" (2004): local scaling by the distance to a
/// neighbour of fixed rank.
pub(super) fn pairs(store: &Store, neighbours: &Neighbours) -> Vec<Pair> {
    let mut all = mutual_pairs(store, neighbours);
    let is_task = |place: usize| !store.threads[place].ticket.reports_fault;
    for pair in &mut all {
        let (a, b) = pair.tickets;
        let factor = |place: usize| if is_task(place) { TASK } else { 1.0 };
        pair.weight *= factor(a) * factor(b);
        pair.is_nearly_equal &= !(is_task(a) && is_task(b) && have_one_requester(store, a, b));
    }
    all.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.tickets.cmp(&b.tickets)));
    all
}

/// Returns the pairs of tickets of which each is among the nearest of the other, without the factors for tasks.
fn mutual_pairs(store: &Store, neighbours: &Neighbours) -> Vec<Pair> {
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
            let leads = lead(a, of_a) * lead(b, of_b);
            all.push(Pair {
                tickets: (a, b),
                weight: similarity.sqrt() * leads.powf(1.5) * origin(store, a, b),
                is_nearly_equal: similarity >= NEARLY_EQUAL,
            });
        }
    }
    all
}

/// Returns the factor for who asked, when, and about which service.
fn origin(store: &Store, a: usize, b: usize) -> f64 {
    let mut factor = 1.0;
    if have_one_requester(store, a, b) {
        factor *= SAME_REQUESTER;
        let seconds = |place: usize| store.threads.created(place).map(Time::seconds);
        let apart = seconds(a).zip(seconds(b)).map(|(a, b)| (a - b).abs());
        factor *= if apart.is_some_and(|apart| apart < DAY_SECONDS) { SAME_DAY } else { 1.0 };
    }
    let service = |place: usize| store.threads[place].ticket.service.as_deref();
    factor * if service(a) == service(b) { 1.0 } else { OTHER_SERVICE }
}

/// Returns whether one requester wrote both tickets.
pub(super) fn have_one_requester(store: &Store, a: usize, b: usize) -> bool {
    let requester = |place: usize| store.threads[place].ticket.requester.as_deref();
    requester(a).is_some() && requester(a) == requester(b)
}

fn neighbour((place, similarity): &Neighbour) -> (usize, f64) {
    (*place as usize, f64::from(*similarity))
}

//! Groups tickets by the pairs among them.

use super::pairs::Pair;

/// A pair with a smaller weight is no evidence.
const LEAST_WEIGHT: f64 = 1.06;

/// Two groups are joined if the mean weight between their tickets is at least this share of [`LEAST_WEIGHT`].
const MEAN_SHARE: f64 = 0.5;

/// The weight of a pair counts for a mean up to this multiple of [`LEAST_WEIGHT`], so that one strong pair does not join
/// two large groups.
const MOST_COUNTED: f64 = 3.0;

/// A group may have this share of all tickets, and this number of tickets in a small repository. A larger one needs more
/// in common.
const LARGEST_SHARE: f64 = 0.02;
const LARGEST: usize = 10;

/// Divides the tickets with places below `count` into groups, and returns those with several tickets. Each group is in
/// order, and the groups are in the order of their first tickets. `pairs` are the strongest first; tickets with a link are
/// always in one group. `share_much` returns whether tickets have so much in common that their group may be large.
///
/// Average link (Sokal and Michener, 1958), greedy by the weight of pairs; a pair that is not listed counts as 0.
/// Tickets that say nearly the same are joined first, by single link: a problem that is reported each day has more
/// reports than a ticket has neighbours.
pub(super) fn grouped(
    count: usize,
    pairs: Vec<Pair>,
    links: &[(usize, usize)],
    share_much: impl Fn(&[usize]) -> bool,
) -> Vec<Vec<usize>> {
    let mut groups = Groups::new(count);
    let mut links = links.to_vec();
    links.sort_unstable();
    for (a, b) in links {
        groups.join(a, b);
    }
    let largest = ((count as f64 * LARGEST_SHARE) as usize).max(LARGEST);
    let may_join = |groups: &Groups, a: usize, b: usize| {
        let (a, b) = (groups.of(a), groups.of(b));
        a.len() + b.len() <= largest || share_much(&[a, b].concat())
    };
    let mut weights: Vec<Vec<(usize, f64)>> = vec![Vec::new(); count];
    for Pair { tickets: (a, b), weight, .. } in &pairs {
        let weight = weight.min(MOST_COUNTED * LEAST_WEIGHT);
        weights[*a].push((*b, weight));
        weights[*b].push((*a, weight));
    }
    for Pair { tickets: (a, b), .. } in pairs.iter().filter(|pair| pair.is_nearly_equal) {
        if groups.are_apart(*a, *b) && may_join(&groups, *a, *b) {
            groups.join(*a, *b);
        }
    }
    for Pair { tickets: (a, b), .. } in pairs.iter().filter(|pair| pair.weight >= LEAST_WEIGHT) {
        if groups.are_apart(*a, *b)
            && groups.mean_weight(*a, *b, &weights) >= MEAN_SHARE * LEAST_WEIGHT
            && may_join(&groups, *a, *b)
        {
            groups.join(*a, *b);
        }
    }
    groups.several()
}

/// Disjoint groups that can be joined.
struct Groups {
    /// The group of each ticket.
    group: Vec<usize>,
    tickets: Vec<Vec<usize>>,
}

impl Groups {
    fn new(count: usize) -> Self {
        Self { group: (0..count).collect(), tickets: (0..count).map(|place| vec![place]).collect() }
    }

    /// Returns the tickets of the group of a ticket.
    fn of(&self, place: usize) -> &[usize] {
        &self.tickets[self.group[place]]
    }

    fn are_apart(&self, a: usize, b: usize) -> bool {
        self.group[a] != self.group[b]
    }

    /// Joins the groups of two tickets. The smaller group is added to the larger one.
    fn join(&mut self, a: usize, b: usize) {
        let (mut into, mut from) = (self.group[a], self.group[b]);
        if into == from {
            return;
        }
        if self.tickets[into].len() < self.tickets[from].len() {
            (into, from) = (from, into);
        }
        let moved = std::mem::take(&mut self.tickets[from]);
        for place in &moved {
            self.group[*place] = into;
        }
        self.tickets[into].extend(moved);
    }

    /// Returns the mean weight of the pairs between the groups of two tickets.
    fn mean_weight(&self, a: usize, b: usize, weights: &[Vec<(usize, f64)>]) -> f64 {
        let (a, b) = (self.of(a), self.of(b));
        let (few, many) = if a.len() <= b.len() { (a, b) } else { (b, a) };
        let Some(group) = many.first().map(|place| self.group[*place]) else { return 0.0 };
        let of = |place: &usize| weights[*place].iter();
        let mut sum: Vec<f64> = few
            .iter()
            .flat_map(of)
            .filter(|(other, _)| self.group[*other] == group)
            .map(|(_, weight)| *weight)
            .collect();
        // Sums of floating-point numbers depend on their order, and the order in a group on how it was joined.
        sum.sort_by(f64::total_cmp);
        sum.iter().sum::<f64>() / (a.len() * b.len()) as f64
    }

    fn several(self) -> Vec<Vec<usize>> {
        let mut all: Vec<Vec<usize>> = self.tickets.into_iter().filter(|group| group.len() > 1).collect();
        all.iter_mut().for_each(|group| group.sort_unstable());
        all.sort_unstable();
        all
    }
}

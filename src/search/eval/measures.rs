//! Measures of a list of answers, with confidence intervals.

/// The largest rank that counts for the reciprocal rank.
const MRR_DEPTH: usize = 20;

/// The number of bootstrap samples for an interval.
const DRAWS: usize = 2_000;

/// The measures of one query, or their means over several queries.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Measures {
    /// Whether the first answer is correct.
    pub hit_1: f64,
    /// Whether one of the first five answers is correct.
    pub hit_5: f64,
    /// The share of all correct answers that are among the first five.
    pub recall_5: f64,
    /// One divided by the rank of the first correct answer, or 0 if the rank is greater than 20.
    pub mrr_20: f64,
    /// Whether one of the first hundred answers is correct.
    pub hit_100: f64,
}

impl Measures {
    /// The names of the measures, in order.
    pub(crate) const NAMES: [&str; 5] = ["hit@1", "hit@5", "recall@5", "MRR@20", "hit@100"];

    /// Computes the measures of one query. `ranks` are the ranks of the correct answers, from 1 and in order; `correct`
    /// is the number of all correct answers.
    pub(crate) fn of(ranks: &[usize], correct: usize) -> Self {
        let within = |most: usize| ranks.first().is_some_and(|rank| *rank <= most);
        let first_five = ranks.iter().filter(|rank| **rank <= 5).count();
        Self {
            hit_1: f64::from(u8::from(within(1))),
            hit_5: f64::from(u8::from(within(5))),
            recall_5: first_five as f64 / correct.max(1) as f64,
            mrr_20: ranks.first().filter(|rank| **rank <= MRR_DEPTH).map_or(0.0, |rank| 1.0 / *rank as f64),
            hit_100: f64::from(u8::from(within(100))),
        }
    }

    /// Returns the values in the order of [`Measures::NAMES`].
    pub(crate) fn values(&self) -> [f64; 5] {
        [self.hit_1, self.hit_5, self.recall_5, self.mrr_20, self.hit_100]
    }
}

/// A mean with its 95 % bootstrap interval.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Estimate {
    pub mean: f64,
    /// The lower and upper end of the interval.
    pub interval: (f64, f64),
}

/// Computes the mean of each measure over `all`, with a bootstrap interval. The random seed is fixed.
pub(crate) fn estimates(all: &[[f64; 5]]) -> [Estimate; 5] {
    let mean = |rows: &mut dyn Iterator<Item = &[f64; 5]>| {
        let mut sums = [0.0; 5];
        rows.for_each(|row| sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += value));
        sums.map(|sum| sum / all.len().max(1) as f64)
    };
    let means = mean(&mut all.iter());
    if all.is_empty() {
        return [Estimate::default(); 5];
    }
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let draws: Vec<[f64; 5]> =
        (0..DRAWS).map(|_| mean(&mut (0..all.len()).map(|_| &all[random.below(all.len())]))).collect();
    std::array::from_fn(|measure| {
        let mut drawn: Vec<f64> = draws.iter().map(|draw| draw[measure]).collect();
        drawn.sort_by(f64::total_cmp);
        let interval = (drawn[DRAWS / 40], drawn[DRAWS - 1 - DRAWS / 40]);
        Estimate { mean: means[measure], interval }
    })
}

/// Computes the ratios of the means of `own` and `peer`, which are measures of the same queries, with paired bootstrap
/// intervals. A measure whose mean is 0 for the peer has the ratio 0.
pub(crate) fn ratios(own: &[[f64; 5]], peer: &[[f64; 5]]) -> [Estimate; 5] {
    let sums = |rows: &mut dyn Iterator<Item = usize>| {
        let mut sums = [[0.0; 2]; 5];
        for row in rows {
            for (measure, [own_sum, peer_sum]) in sums.iter_mut().enumerate() {
                *own_sum += own[row][measure];
                *peer_sum += peer[row][measure];
            }
        }
        sums.map(|[own, peer]| if peer > 0.0 { own / peer } else { 0.0 })
    };
    let count = own.len().min(peer.len());
    let means = sums(&mut (0..count));
    if count == 0 {
        return [Estimate::default(); 5];
    }
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let draws: Vec<[f64; 5]> =
        (0..DRAWS).map(|_| sums(&mut (0..count).map(|_| random.below(count)))).collect();
    std::array::from_fn(|measure| {
        let mut drawn: Vec<f64> = draws.iter().map(|draw| draw[measure]).collect();
        drawn.sort_by(f64::total_cmp);
        let interval = (drawn[DRAWS / 40], drawn[DRAWS - 1 - DRAWS / 40]);
        Estimate { mean: means[measure], interval }
    })
}

/// Pseudo-random numbers with a fixed sequence (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        ((u128::from(mixed) * end as u128) >> 64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_count_the_first_correct_answer_and_all_of_them() {
        let measures = Measures::of(&[2, 4, 30], 4);
        assert_eq!(measures.values(), [0.0, 1.0, 0.5, 0.5, 1.0]);
        assert_eq!(Measures::of(&[21], 1).values(), [0.0, 0.0, 0.0, 0.0, 1.0]);
        assert_eq!(Measures::of(&[], 1), Measures::default());
    }

    #[test]
    fn an_interval_contains_the_mean_and_is_reproducible() {
        let rows: Vec<[f64; 5]> = (0..100).map(|n| [f64::from(n % 2), 1.0, 0.0, f64::from(n), 0.5]).collect();
        let found = estimates(&rows);
        assert_eq!(found, estimates(&rows));
        let (low, high) = found[0].interval;
        assert!((0.35..0.45).contains(&low) && (0.55..0.65).contains(&high), "{found:?}");
        assert_eq!((found[1].mean, found[1].interval), (1.0, (1.0, 1.0)));
        assert_eq!(estimates(&[]), [Estimate::default(); 5]);
    }
}

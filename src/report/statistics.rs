//! Medians, percentiles and shares, with the intervals that say how much they can be trusted.

use serde::Serialize;
use utoipa::ToSchema;

/// The minimum number of values for an interval of their median. With fewer, even the range from the smallest to the
/// largest value has the median with a probability below 95 %.
pub(crate) const FEWEST: usize = 6;

/// The minimum number of values for a 90th percentile. With fewer, it would be the largest value.
const FEWEST_FOR_P90: usize = 10;

/// The 0.975 quantile of the standard normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// The distribution of a number of tickets' values, such as seconds
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, ToSchema)]
pub(crate) struct Distribution {
    /// The number of tickets with a value
    pub n: usize,
    /// The median: the smallest value that at least half of the values do not exceed; null without values
    #[schema(required)]
    pub median: Option<i64>,
    /// The lower end of the 95 % interval of the median; null for fewer than 6 values
    #[schema(required)]
    pub low: Option<i64>,
    /// The upper end of this interval
    #[schema(required)]
    pub high: Option<i64>,
    /// The smallest value that at least 90 % of the values do not exceed; null for fewer than 10 values
    #[schema(required)]
    pub p90: Option<i64>,
    /// The sum of all values
    pub total: i64,
}

/// A part of a number of tickets
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, ToSchema)]
pub(crate) struct Share {
    /// The number of tickets that count
    pub part: usize,
    /// The number of all tickets
    pub whole: usize,
    /// `part` by `whole`, rounded to four digits; null if `whole` is 0
    #[schema(required)]
    pub share: Option<f64>,
    /// The lower end of the 95 % interval of the share; null if `whole` is 0
    #[schema(required)]
    pub low: Option<f64>,
    /// The upper end of this interval
    #[schema(required)]
    pub high: Option<f64>,
}

/// Whether a measure changed from one period to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trend {
    Up,
    Down,
    /// The intervals overlap: the difference may be chance.
    Unclear,
    /// Too few tickets for an interval.
    TooFew,
}

impl Distribution {
    /// Describes `values`, in any order.
    ///
    /// `median = x(⌈n/2⌉), p90 = x(⌈0.9 n⌉)` of the sorted values x(1) … x(n)
    ///
    /// `interval of the median = x(l) … x(n+1−l)` with the largest l for which P(B < l) ≤ 0.025, B ~ Binomial(n, ½)
    ///
    /// Source: Hyndman and Fan, "Sample quantiles in statistical packages" (1996), definition 1; Conover, "Practical
    /// nonparametric statistics" (1999), section 3.2: the interval of a quantile by order statistics, which needs no
    /// assumption about the distribution.
    pub(crate) fn of(mut values: Vec<i64>) -> Self {
        values.sort_unstable();
        let n = values.len();
        let at = |rank: usize| values.get(rank.checked_sub(1)?).copied();
        let rank = lower_rank(n);
        Self {
            n,
            median: at(n.div_ceil(2)),
            low: rank.and_then(at),
            high: rank.and_then(|rank| at(n + 1 - rank)),
            p90: if n < FEWEST_FOR_P90 { None } else { at((9 * n).div_ceil(10)) },
            total: values.iter().fold(0, |sum, value| sum.saturating_add(*value)),
        }
    }

    /// Returns whether the median changed since `before`: up or down only if the intervals do not overlap.
    pub(crate) fn trend(&self, before: &Self) -> Trend {
        match (self.low, self.high, before.low, before.high) {
            (Some(low), Some(high), Some(low_before), Some(high_before)) => {
                trend(low > high_before, high < low_before)
            }
            _ => Trend::TooFew,
        }
    }
}

impl Share {
    /// Describes `part` of `whole` tickets.
    ///
    /// `interval = (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n)`, p = part / whole, n = whole, z = 1.96
    ///
    /// Source: Wilson, "Probable inference, the law of succession, and statistical inference" (1927). It also holds for
    /// small numbers and for shares near 0 and 1: Brown, Cai and DasGupta, "Interval estimation for a binomial
    /// proportion" (2001).
    #[allow(clippy::cast_precision_loss, reason = "numbers of tickets are far below 2^52")]
    pub(crate) fn of(part: usize, whole: usize) -> Self {
        if whole == 0 {
            return Self { part, whole, ..Self::default() };
        }
        let (n, p) = (whole as f64, part as f64 / whole as f64);
        let spread = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
        let (centre, scale) = (p + Z * Z / (2.0 * n), 1.0 + Z * Z / n);
        let end = |end: f64| Some(rounded((end / scale).clamp(0.0, 1.0)));
        Self { part, whole, share: Some(rounded(p)), low: end(centre - spread), high: end(centre + spread) }
    }

    /// Returns whether the share changed since `before`: up or down only if the intervals do not overlap.
    pub(crate) fn trend(&self, before: &Self) -> Trend {
        match (self.low, self.high, before.low, before.high) {
            (Some(low), Some(high), Some(low_before), Some(high_before)) => {
                trend(low > high_before, high < low_before)
            }
            _ => Trend::TooFew,
        }
    }
}

/// Returns whether a number of events changed from `before` to `now`, in periods of the same length.
///
/// `changed = |now − before| > 1.96 √(now + before)`
///
/// Source: Przyborowski and Wilenski, "Homogeneity of results in testing samples from Poisson series" (1940), with the
/// normal approximation.
#[allow(clippy::cast_precision_loss, reason = "numbers of tickets are far below 2^52")]
pub(crate) fn trend_of_counts(now: usize, before: usize) -> Trend {
    if now + before < 2 * FEWEST {
        return Trend::TooFew;
    }
    let spread = Z * ((now + before) as f64).sqrt();
    let difference = now as f64 - before as f64;
    trend(difference > spread, difference < -spread)
}

fn trend(is_up: bool, is_down: bool) -> Trend {
    match (is_up, is_down) {
        (true, _) => Trend::Up,
        (_, true) => Trend::Down,
        _ => Trend::Unclear,
    }
}

fn rounded(share: f64) -> f64 {
    (share * 1e4).round() / 1e4
}

/// Returns the largest l for which P(B < l) ≤ 0.025, B ~ Binomial(n, ½); `None` if there is none.
#[allow(clippy::cast_precision_loss, reason = "numbers of tickets are far below 2^52")]
fn lower_rank(n: usize) -> Option<usize> {
    // The logarithm of P(B = k), because 2^-n is too small for a number with floating point.
    let mut log = -(n as f64) * std::f64::consts::LN_2;
    let mut below = 0.0;
    for k in 0..n {
        below += log.exp();
        if below > 0.025 {
            return (k > 0).then_some(k);
        }
        log += ((n - k) as f64).ln() - ((k + 1) as f64).ln();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_and_the_90th_percentile_are_values_that_occurred() {
        let of = |values: &[i64]| Distribution::of(values.to_vec());
        assert_eq!(of(&[]), Distribution::default());
        assert_eq!((of(&[7]).median, of(&[7]).low, of(&[7]).p90), (Some(7), None, None));
        assert_eq!(of(&[3, 1, 2, 4]).median, Some(2), "of two middle values, the lower one");
        let hundred = Distribution::of((1..=100).rev().collect());
        assert_eq!((hundred.median, hundred.p90, hundred.total), (Some(50), Some(90), 5_050));
    }

    #[test]
    fn the_interval_of_the_median_has_the_ranks_of_the_printed_tables() {
        // Conover, table A3; Hahn and Meeker, "Statistical intervals", table A.15.
        for (n, rank) in [
            (5, None),
            (6, Some(1)),
            (8, Some(1)),
            (9, Some(2)),
            (20, Some(6)),
            (50, Some(18)),
            (100, Some(40)),
        ] {
            assert_eq!(lower_rank(n), rank, "{n}");
        }
        assert!(lower_rank(100_000).is_some_and(|rank| (49_000..50_000).contains(&rank)));
    }

    #[test]
    fn a_share_has_the_interval_of_wilson() {
        let share = Share::of(9, 33);
        assert_eq!((share.share, share.low, share.high), (Some(0.2727), Some(0.1507), Some(0.4422)));
        let none = Share::of(0, 10);
        assert_eq!((none.share, none.low, none.high), (Some(0.0), Some(0.0), Some(0.2775)));
        assert_eq!(Share::of(0, 0).share, None);
    }

    #[test]
    fn a_difference_that_may_be_chance_is_no_trend() {
        let days = |from: i64| Distribution::of((from..from + 20).collect());
        assert_eq!(days(0).trend(&days(5)), Trend::Unclear);
        assert_eq!(days(0).trend(&days(20)), Trend::Down);
        assert_eq!(days(0).trend(&Distribution::of(vec![1, 2, 3])), Trend::TooFew);
        assert_eq!(Share::of(1, 100).trend(&Share::of(40, 100)), Trend::Down);
        assert_eq!(Share::of(40, 100).trend(&Share::of(45, 100)), Trend::Unclear);
        assert_eq!(trend_of_counts(33, 32), Trend::Unclear);
        assert_eq!(trend_of_counts(60, 30), Trend::Up);
        assert_eq!(trend_of_counts(4, 1), Trend::TooFew);
    }
}

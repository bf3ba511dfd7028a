//! The chart of opened and resolved tickets. Everything is computed here; the template only draws.

use serde::Serialize;

use crate::report::PartOfPeriod;
use crate::site::Site;

/// The size of the drawing and of its parts. A page scales the whole drawing.
const WIDTH: usize = 720;
const LEFT: usize = 36;
const TOP: usize = 16;
const PLOT: usize = 150;

/// The maximum number of labels below the bars.
const MOST_LABELS: usize = 7;

/// Opened and resolved tickets in each part of a period, as pairs of bars.
#[derive(Serialize)]
pub(in crate::site) struct FlowChart {
    width: usize,
    height: usize,
    /// The place of the axis from the top.
    base: usize,
    left: usize,
    lines: Vec<GridLine>,
    pairs: Vec<BarPair>,
    /// The size of the symbols in the legend is that of a bar.
    bar: usize,
}

/// A horizontal line with its number.
#[derive(Serialize)]
struct GridLine {
    y: usize,
    count: usize,
}

/// The two bars of a part of the period.
#[derive(Serialize)]
struct BarPair {
    /// The left ends of both bars.
    x: usize,
    x2: usize,
    opened: BarHeight,
    resolved: BarHeight,
    backlog: usize,
    /// The middle of the pair, where its label stands.
    middle: usize,
    /// The label; empty if it is not shown in the drawing.
    mark: String,
    /// The first day in words.
    day: String,
}

#[derive(Serialize)]
struct BarHeight {
    count: usize,
    y: usize,
    height: usize,
}

impl FlowChart {
    pub(in crate::site) fn of(site: &Site, parts: &[PartOfPeriod]) -> Self {
        let most = parts.iter().map(|part| part.opened.max(part.resolved)).max().unwrap_or(0);
        let top = round_up(most);
        let base = TOP + PLOT;
        let room = (WIDTH - LEFT) / parts.len().max(1);
        let bar = (room.saturating_sub(4) / 2).clamp(1, 20);
        let height = |count: usize| {
            let height = count * PLOT / top;
            BarHeight { count, y: base - height, height }
        };
        let every = parts.len().div_ceil(MOST_LABELS).max(1);
        let pair = |(at, part): (usize, &PartOfPeriod)| {
            let middle = LEFT + at * (WIDTH - LEFT) / parts.len().max(1) + room / 2;
            let day = site.day_of(part.from, part.to);
            BarPair {
                x: middle - bar.min(middle),
                x2: middle + 1,
                opened: height(part.opened),
                resolved: height(part.resolved),
                backlog: part.backlog,
                middle,
                mark: if at % every == 0 { day.clone() } else { String::new() },
                day,
            }
        };
        Self {
            width: WIDTH,
            height: base + 28,
            base,
            left: LEFT,
            lines: [0, top / 2, top].map(|count| GridLine { y: base - count * PLOT / top, count }).into(),
            pairs: parts.iter().enumerate().map(pair).collect(),
            bar,
        }
    }
}

/// Returns the lowest number of the form 2, 4, 6, 8, 10, 12, 16, 20, 40, 60… that is at least `most`. Each has a whole half.
fn round_up(most: usize) -> usize {
    let mut scale = 1;
    loop {
        if let Some(step) =
            [2, 4, 6, 8, 10, 12, 16].into_iter().map(|step| step * scale).find(|step| *step >= most)
        {
            return step;
        }
        scale *= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_ends_at_a_round_number() {
        assert_eq!([0, 1, 3, 6, 7, 11, 61, 4_001].map(round_up), [2, 2, 4, 6, 8, 12, 80, 6_000]);
    }
}

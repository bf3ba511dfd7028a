//! The problems that come back.

use serde::Serialize;

use super::{Bar, FEWEST_FOR_TREND, MAX_ROWS, links::article_link};
use crate::report::{FixState, KnowledgeGaps, RecurringProblem, Report};
use crate::site::Site;
use crate::site::context::Link;

#[derive(Serialize)]
pub(in crate::site) struct ProblemRow {
    title: String,
    href: Option<String>,
    opened: usize,
    tickets: usize,
    cost: Bar,
    before: String,
    /// The bars of its trend, 20 high; empty if there are too few tickets for a picture.
    trend: Vec<TrendBar>,
    /// The numbers of these bars in words.
    counts: String,
    last_seen: String,
    fix: String,
    /// `held`, `back` or `none`.
    fix_kind: &'static str,
    article: Option<Link>,
}

#[derive(Serialize)]
struct TrendBar {
    x: usize,
    y: usize,
    height: usize,
}

#[derive(Serialize)]
pub(in crate::site) struct GapsContext {
    problems: usize,
    tickets: usize,
    time: String,
}

impl ProblemRow {
    pub(in crate::site) fn has_trend(&self) -> bool {
        !self.trend.is_empty()
    }
}

impl GapsContext {
    /// Returns `None` if each problem has an article.
    pub(in crate::site) fn of(site: &Site, report: &Report) -> Option<Self> {
        let KnowledgeGaps { problems, tickets, cost } = report.knowledge_gaps;
        (problems > 0).then(|| Self { problems, tickets, time: site.time(cost) })
    }
}

pub(in crate::site) fn problems(site: &Site, report: &Report) -> Vec<ProblemRow> {
    let most = report.problems.iter().map(|problem| problem.cost).max().unwrap_or(0);
    let row = |problem: &RecurringProblem| ProblemRow {
        title: problem.title.clone(),
        href: site.link_to(&problem.ticket).map(|link| link.href),
        opened: problem.opened,
        tickets: problem.tickets.len(),
        cost: site.bar(problem.cost, most, site.time(problem.cost)),
        before: site.time(problem.cost_before),
        trend: trend(problem),
        counts: problem.trend.iter().map(usize::to_string).collect::<Vec<_>>().join(", "),
        last_seen: site.whole_day(problem.last_seen),
        fix: site.fix(problem.fix, problem.fix_seconds),
        fix_kind: match problem.fix {
            FixState::Held => "held",
            FixState::CameBack => "back",
            FixState::NotFixed => "none",
        },
        article: problem.article.as_deref().and_then(|slug| article_link(site, slug)),
    };
    report.problems.iter().take(MAX_ROWS).map(row).collect()
}

/// Returns the bars of a problem's trend, if it has enough tickets for a picture.
fn trend(problem: &RecurringProblem) -> Vec<TrendBar> {
    let most = problem.trend.iter().max().copied().unwrap_or(0);
    if problem.opened < FEWEST_FOR_TREND || most == 0 {
        return Vec::new();
    }
    let bar = |(at, count): (usize, &usize)| {
        let height = (count * 19 / most).max(1);
        TrendBar { x: at * 7, y: 20 - height, height }
    };
    problem.trend.iter().enumerate().map(bar).collect()
}

//! The measures of the period beside those of the period before.

use serde::Serialize;

use super::FigureCell;
use crate::report::{Distribution, Durations, Measures, Report, ServiceLevelResult, Trend, trend_of_counts};
use crate::site::Site;

#[derive(Serialize)]
pub(in crate::site) struct LevelRow {
    priority: &'static str,
    /// `first-response` or `resolution`.
    level: &'static str,
    target: String,
    now: String,
    before: String,
}

/// A function that returns a measure.
type DurationsOf = fn(&Measures) -> Durations;

pub(in crate::site) fn glance(site: &Site, report: &Report) -> Vec<FigureCell> {
    let (now, before) = (&report.measures, &report.measures_before);
    let mut cells = vec![
        count("opened", now.opened, before.opened),
        FigureCell::median(
            site,
            "first_response",
            &now.first_response.calendar,
            &before.first_response.calendar,
        ),
        FigureCell::median(site, "resolution", &now.resolution.calendar, &before.resolution.calendar),
    ];
    if now.service_levels.whole > 0 {
        let levels = (&now.service_levels, &before.service_levels);
        cells.push(FigureCell::share(site, "service_levels", levels, Trend::Up));
    }
    cells.push(FigureCell::share(site, "reused", (&now.reused, &before.reused), Trend::Up));
    cells.push(count("backlog", now.backlog.n, before.backlog.n));
    cells
}

fn count(name: &'static str, now: usize, before: usize) -> FigureCell {
    FigureCell::count(name, now, before, trend_of_counts(now, before))
}

pub(in crate::site) fn measures(site: &Site, report: &Report) -> Vec<FigureCell> {
    let (now, before) = (&report.measures, &report.measures_before);
    let mut cells = vec![
        count("opened", now.opened, before.opened),
        count("resolved", now.resolved, before.resolved),
        count("backlog", now.backlog.n, before.backlog.n),
        FigureCell::median(site, "backlog_age", &now.backlog, &before.backlog),
        count("unanswered", now.unanswered, before.unanswered),
    ];
    let times: [(&'static str, &'static str, DurationsOf); 3] = [
        ("first_response", "first_response_business", |of| of.first_response),
        ("requester_wait", "requester_wait_business", |of| of.requester_wait),
        ("resolution", "resolution_business", |of| of.resolution),
    ];
    for (name, in_business, of) in times {
        cells.push(FigureCell::median(site, name, &of(now).calendar, &of(before).calendar));
        if let Some((now, before)) = of(now).business.zip(of(before).business) {
            cells.push(FigureCell::median(site, in_business, &now, &before));
        }
    }
    let trips = (now.round_trips, before.round_trips);
    let total = |trips: &Distribution| usize::try_from(trips.total).unwrap_or(0);
    cells.push(FigureCell::count("round_trips", total(&trips.0), total(&trips.1), trips.0.trend(&trips.1)));
    for (name, pair, better) in [
        ("service_levels", (&now.service_levels, &before.service_levels), Trend::Up),
        ("reopened", (&now.reopened, &before.reopened), Trend::Down),
        ("reused", (&now.reused, &before.reused), Trend::Up),
        ("known", (&now.known, &before.known), Trend::Unclear),
    ] {
        if pair.0.whole + pair.1.whole > 0 {
            cells.push(FigureCell::share(site, name, pair, better));
        }
    }
    let known = (now.time_to_known_answer, before.time_to_known_answer);
    if known.0.n + known.1.n > 0 {
        cells.push(FigureCell::total(site, "time_to_known_answer", known.0.total, known.1.total));
    }
    cells
}

pub(in crate::site) fn levels(site: &Site, report: &Report) -> Vec<LevelRow> {
    let row = |(now, before): (&ServiceLevelResult, &ServiceLevelResult)| LevelRow {
        priority: now.priority.name(),
        level: now.level.key(),
        target: site.time(now.target),
        now: site.share(&now.met),
        before: site.share(&before.met),
    };
    let pairs = report.measures.service_levels_by_priority.iter();
    let pairs = pairs.zip(&report.measures_before.service_levels_by_priority);
    pairs.filter(|(now, before)| now.met.whole + before.met.whole > 0).map(row).collect()
}

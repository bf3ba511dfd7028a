//! Makes a report from tickets.

use super::{
    cohort::Gauge,
    input::{Measurable, ReportInput},
    losses::{misleading_paths, moves},
    model::{KnowledgeGaps, PartOfPeriod, RecurringProblem, Report},
    period::Period,
    recurrence::recurring,
    savings::savings,
    service_level::ServiceLevels,
    timeline::Timeline,
};
use crate::text::Time;

impl Report {
    pub(crate) fn of(input: &ReportInput<'_>) -> Self {
        let settings = input.settings;
        let zone = settings.zone();
        let measurable = Measurable::of(&input.threads, input.now, settings.visibility);
        let all = measurable.timelines();
        let epoch = || Time::from(jiff::Timestamp::UNIX_EPOCH);
        let clock = input.clock.unwrap_or_else(epoch);
        let period = period(input, &all, clock, &zone);
        let before = period.before();
        let periods = (period, before);
        let clock_seconds = clock.seconds();
        let oldest = all.iter().map(|ticket| ticket.opened).min().unwrap_or(clock_seconds);
        let gauge = Gauge {
            levels: ServiceLevels::of(settings).summed(oldest..clock_seconds),
            clock: clock_seconds,
            answer_since: input.answer_since,
        };
        let parts = period.parts(&zone);
        let asked_fields = gauge.asked_fields(&all, periods, input.patch_command);
        let problems = recurring(&all, &input.problems, periods, &parts, clock_seconds);
        let moves = moves(&all, periods);
        let savings = savings(&all, (&asked_fields, &problems, &moves));
        let problems: Vec<RecurringProblem> = problems.into_iter().map(|found| found.problem).collect();
        let knowledge_gaps = gaps(&problems);
        Self {
            clock: input.clock,
            period,
            before,
            timezone: settings.timezone.clone(),
            savings,
            measures: gauge.measures(&all, period),
            measures_before: gauge.measures(&all, before),
            parts: parts.iter().filter_map(|part| part_of_period(&all, part)).collect(),
            asked_fields,
            problems,
            knowledge_gaps,
            moves,
            paths: misleading_paths(&all, period, settings),
            groups: input.by.iter().map(|by| gauge.grouping(*by, &all, settings, periods)).collect(),
            left_out: measurable.left_out,
        }
    }
}

/// Returns the period that the input asks for, or the default one.
fn period(input: &ReportInput<'_>, all: &[Timeline<'_>], clock: Time, zone: &jiff::tz::TimeZone) -> Period {
    let opened: Vec<i64> = all.iter().map(|ticket| ticket.opened).collect();
    let latest = Period::latest(clock, zone, &opened);
    match (input.from, input.to) {
        (None, None) => latest,
        (from, to) => {
            let to = to.unwrap_or(latest.to);
            let oldest = opened.iter().min().and_then(|oldest| Time::from_seconds(*oldest));
            let from = from.or(oldest).unwrap_or(to).min(to);
            Period { from, to }
        }
    }
}

fn part_of_period(all: &[Timeline<'_>], part: &std::ops::Range<i64>) -> Option<PartOfPeriod> {
    let resolved = all.iter().filter_map(|ticket| ticket.resolved).filter(|at| part.contains(at));
    Some(PartOfPeriod {
        from: Time::from_seconds(part.start)?,
        to: Time::from_seconds(part.end)?,
        opened: all.iter().filter(|ticket| part.contains(&ticket.opened)).count(),
        resolved: resolved.count(),
        backlog: all.iter().filter(|ticket| ticket.is_backlog(part.end)).count(),
    })
}

/// Sums up the problems without an article.
///
/// Source: KCS v6 practices guide, "knowledge gaps".
fn gaps(problems: &[RecurringProblem]) -> KnowledgeGaps {
    let gaps = || problems.iter().filter(|problem| problem.article.is_none());
    KnowledgeGaps {
        problems: gaps().count(),
        tickets: gaps().map(|problem| problem.opened).sum(),
        cost: gaps().map(|problem| problem.cost).sum(),
    }
}

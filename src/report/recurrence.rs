//! Problems that come back.

use std::{collections::HashMap, ops::Range};

use super::{
    input::Problem,
    model::{FixState, RecurringProblem},
    period::Period,
    timeline::Timeline,
};
use crate::ticket::Resolution;

/// A problem and what the savings need to know about it.
pub(super) struct Recurring {
    pub(super) problem: RecurringProblem,
    /// The seconds that its tickets of the period waited, without the first ticket of all, which could not be avoided.
    pub(super) avoidable: i64,
    /// Whether one of its tickets has an answer, from which an article can be written.
    pub(super) has_answer: bool,
}

/// Returns the problems with at least two tickets, of which at least one was opened in the period. Those with the
/// highest cost are first.
///
/// `cost = Σ requester wait of the tickets`
///
/// Source: ITIL 4, "problem management": recurring incidents. KCS v6 practices guide, "reuse count" of an article.
pub(super) fn recurring(
    all: &[Timeline<'_>],
    problems: &[Problem],
    (period, before): (Period, Period),
    parts: &[Range<i64>],
    clock: i64,
) -> Vec<Recurring> {
    let places: HashMap<&str, usize> =
        all.iter().enumerate().map(|(place, ticket)| (ticket.thread.id(), place)).collect();
    let recurring = problems.iter().filter_map(|problem| {
        let mut places: Vec<usize> =
            problem.tickets.iter().filter_map(|id| places.get(id.as_str()).copied()).collect();
        places.sort_unstable();
        places.dedup();
        let mut tickets: Vec<&Timeline<'_>> = places.iter().map(|place| &all[*place]).collect();
        tickets.sort_by_key(|ticket| (ticket.opened, ticket.thread.id()));
        let is_recurring = tickets.len() > 1 && tickets.iter().any(|ticket| period.has(ticket.opened));
        is_recurring.then(|| of(problem, &tickets, (period, before), parts, clock)).flatten()
    });
    let mut recurring: Vec<Recurring> = recurring.collect();
    recurring.sort_by(|Recurring { problem: a, .. }, Recurring { problem: b, .. }| {
        (b.cost, b.opened, &a.ticket).cmp(&(a.cost, a.opened, &b.ticket))
    });
    recurring
}

/// Describes a problem with these tickets, oldest first.
fn of(
    problem: &Problem,
    tickets: &[&Timeline<'_>],
    (period, before): (Period, Period),
    parts: &[Range<i64>],
    clock: i64,
) -> Option<Recurring> {
    let (first, last) = (tickets.first()?, tickets.last()?);
    let best = tickets.iter().find(|ticket| problem.best.as_deref() == Some(ticket.thread.id()));
    let named = best.unwrap_or(last).thread;
    let in_period = |period: Period| tickets.iter().filter(move |ticket| period.has(ticket.opened));
    let cost = |tickets: &mut dyn Iterator<Item = &&Timeline<'_>>| -> i64 {
        tickets.map(|ticket| ticket.requester_wait(clock)).sum()
    };
    let trend =
        parts.iter().map(|part| tickets.iter().filter(|ticket| part.contains(&ticket.opened)).count());
    let (fix, fix_seconds) = fix_of(tickets, clock);
    let later = tickets.iter().skip(1).filter(|ticket| period.has(ticket.opened));
    let avoidable = later.map(|ticket| ticket.requester_wait(clock)).sum();
    let has_answer = problem.best.is_some();
    let problem = RecurringProblem {
        title: named.ticket.title.clone(),
        ticket: named.id().to_owned(),
        words: problem.words.clone(),
        tickets: tickets.iter().map(|ticket| ticket.thread.id().to_owned()).collect(),
        opened: in_period(period).count(),
        opened_before: in_period(before).count(),
        cost: cost(&mut in_period(period)),
        cost_before: cost(&mut in_period(before)),
        cost_total: cost(&mut tickets.iter()),
        first_seen: first.thread.ticket.created?,
        last_seen: last.thread.ticket.created?,
        trend: trend.collect(),
        article: problem.article.clone(),
        fix,
        fix_seconds,
    };
    Some(Recurring { problem, avoidable, has_answer })
}

/// Returns whether the last fix of a problem held, and for how long.
///
/// `held = no ticket of the problem was opened after the last resolution as fixed`
///
/// Source: ITIL 4, "problem management": a known error is resolved if it does not recur.
fn fix_of(tickets: &[&Timeline<'_>], clock: i64) -> (FixState, Option<i64>) {
    let is_fixed = |ticket: &&&Timeline<'_>| ticket.thread.state.resolution == Some(Resolution::Fixed);
    let mut fixes: Vec<i64> = tickets.iter().filter(is_fixed).filter_map(|ticket| ticket.resolved).collect();
    fixes.sort_unstable();
    let Some(last) = fixes.last().copied() else { return (FixState::NotFixed, None) };
    match tickets.iter().map(|ticket| ticket.opened).find(|opened| *opened > last) {
        Some(opened) => (FixState::CameBack, Some(opened - last)),
        None => (FixState::Held, Some((clock - last).max(0))),
    }
}

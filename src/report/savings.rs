//! The changes that would save the most waiting time.

use std::{cmp::Reverse, collections::HashMap};

use super::{
    losses::common_page,
    model::{AskedField, RecurringProblem, Saving, SavingChange, ServiceMove},
    recurrence::Recurring,
    timeline::Timeline,
};
use crate::text::shell_word;

/// The number of changes that a report opens with.
const MOST: usize = 3;

/// The minimum number of tickets that show a change. One ticket is no pattern.
const FEWEST_TICKETS: usize = 2;

/// Returns the changes that would have saved the most waiting time in the period.
///
/// A field that templates do not require yet: the cost of its asks. A problem: the requester waits of its tickets after
/// the first one. A service for which people open tickets of another one: the delays.
pub(super) fn savings(
    all: &[Timeline<'_>],
    (fields, problems, moves): (&[AskedField], &[Recurring], &[ServiceMove]),
) -> Vec<Saving> {
    let pages: HashMap<&str, Option<&str>> =
        all.iter().map(|ticket| (ticket.thread.id(), ticket.came_from())).collect();
    let fields = fields.iter().filter_map(|field| {
        let AskedField { template, field, tickets, of, cost, patch, .. } = field;
        let (template, field) = (template.clone(), field.clone());
        Some(Saving {
            change: SavingChange::RequireField { template, field, of: *of, median: cost.median },
            seconds: cost.total,
            tickets: tickets.clone(),
            command: format!("{} | git apply", patch.as_ref()?),
        })
    });
    let problems = problems.iter().map(|Recurring { problem, avoidable, has_answer }| {
        let RecurringProblem { title, ticket, opened, fix, article, tickets, .. } = problem;
        let (title, ticket, article) = (title.clone(), ticket.clone(), article.clone());
        Saving {
            command: match article.is_none() && *has_answer {
                true => format!("casebook distill --write {}", shell_word(&ticket)),
                false => format!("casebook show {}", shell_word(&ticket)),
            },
            change: SavingChange::FixProblem { title, ticket, opened: *opened, fix: *fix, article },
            seconds: *avoidable,
            tickets: tickets.clone(),
        }
    });
    let moves = moves.iter().map(|moves| {
        let ServiceMove { from, to, tickets, delay, .. } = moves;
        let path = common_page(&pages, tickets).map(str::to_owned);
        Saving {
            change: SavingChange::RouteService {
                from: from.clone(),
                to: to.clone(),
                path,
                median: delay.median,
            },
            seconds: delay.total,
            tickets: tickets.clone(),
            command: format!("casebook list is:any {}", shell_word(&format!("id:{}", tickets.join(",")))),
        }
    });
    let mut savings: Vec<Saving> = fields.chain(problems).chain(moves).collect();
    savings.retain(|saving| saving.seconds > 0 && saving.tickets.len() >= FEWEST_TICKETS);
    savings.sort_by_key(|saving| Reverse((saving.seconds, saving.tickets.len())));
    savings.truncate(MOST);
    savings
}

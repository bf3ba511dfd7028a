//! Time that is lost on the way: fields asked for afterwards, and tickets that were opened for the wrong service.

use std::collections::{BTreeMap, HashMap};

use super::{
    cohort::Gauge,
    model::{AskedField, MisleadingPath, ServiceMove},
    period::Period,
    statistics::Distribution,
    timeline::{Move, Timeline},
};
use crate::settings::Settings;

/// The asks for one field of one template.
#[derive(Default)]
struct FieldAsks {
    tickets: Vec<String>,
    costs: Vec<i64>,
    tickets_before: usize,
    cost_before: i64,
}

/// The moves from one service to another, or from one page.
#[derive(Default)]
struct Moves<'t> {
    tickets: Vec<&'t str>,
    delays: Vec<i64>,
    tickets_before: usize,
    to: Vec<&'t str>,
}

impl Gauge<'_> {
    /// Returns the fields that were asked for in tickets opened in the period or in the period before.
    ///
    /// `cost of a field = Σ cost of its asks`, of [`super::timeline::Ask::cost`]
    pub(super) fn asked_fields(
        &self,
        all: &[Timeline<'_>],
        (period, before): (Period, Period),
        patch_command: &dyn Fn(&str, &str) -> Option<String>,
    ) -> Vec<AskedField> {
        let mut asked: BTreeMap<(&str, &str), FieldAsks> = BTreeMap::new();
        for ticket in all {
            let (is_now, is_before) = (period.has(ticket.opened), before.has(ticket.opened));
            if !is_now && !is_before {
                continue;
            }
            let mut seen: Vec<&str> = Vec::new();
            for ask in ticket.asks() {
                let asks = asked.entry((&ticket.thread.ticket.template, ask.field)).or_default();
                let is_first = !seen.contains(&ask.field);
                seen.push(ask.field);
                if is_now {
                    asks.costs.push(ask.cost(self.clock));
                    asks.tickets.extend(is_first.then(|| ticket.thread.id().to_owned()));
                } else {
                    asks.cost_before += ask.cost(self.clock);
                    asks.tickets_before += usize::from(is_first);
                }
            }
        }
        let opened = all.iter().filter(|ticket| period.has(ticket.opened));
        let of = counts(opened.map(|ticket| ticket.thread.ticket.template.as_str()));
        let field = |((template, field), asks): ((&str, &str), FieldAsks)| AskedField {
            template: template.to_owned(),
            field: field.to_owned(),
            tickets: asks.tickets,
            of: of.get(template).copied().unwrap_or(0),
            cost: Distribution::of(asks.costs),
            tickets_before: asks.tickets_before,
            cost_before: asks.cost_before,
            patch: patch_command(template, field),
        };
        let mut fields: Vec<AskedField> = asked.into_iter().map(field).collect();
        fields.sort_by_key(|field| std::cmp::Reverse((field.cost.total, field.tickets.len())));
        fields
    }
}

/// Returns the moves of tickets opened in the period or in the period before, by both services.
///
/// `delay = time of the last change of the service − created`
///
/// Source: ITIL 4, "incident management": reassignments, the number of times that an incident changed hands.
pub(super) fn moves(all: &[Timeline<'_>], (period, before): (Period, Period)) -> Vec<ServiceMove> {
    let mut pairs: BTreeMap<(&str, &str), Moves<'_>> = BTreeMap::new();
    for (ticket, Move { from, to, delay }) in changed(all) {
        if period.has(ticket.opened) {
            pairs.entry((from, to)).or_default().add(ticket, to, delay);
        } else if before.has(ticket.opened) {
            pairs.entry((from, to)).or_default().tickets_before += 1;
        }
    }
    let pair = |((from, to), moves): ((&str, &str), Moves<'_>)| ServiceMove {
        from: from.to_owned(),
        to: to.to_owned(),
        tickets: moves.ids(),
        delay: Distribution::of(moves.delays),
        tickets_before: moves.tickets_before,
    };
    let mut moves: Vec<ServiceMove> = pairs.into_iter().map(pair).collect();
    moves.sort_by_key(|moves| std::cmp::Reverse((moves.tickets.len(), moves.delay.total)));
    moves
}

/// Returns the pages from which tickets of the period were opened for another service than the final one.
pub(super) fn misleading_paths(
    all: &[Timeline<'_>],
    period: Period,
    settings: &Settings,
) -> Vec<MisleadingPath> {
    let mut pages: BTreeMap<&str, Moves<'_>> = BTreeMap::new();
    for (ticket, Move { to, delay, .. }) in changed(all).filter(|(ticket, _)| period.has(ticket.opened)) {
        if let Some(path) = ticket.came_from() {
            pages.entry(path).or_default().add(ticket, to, delay);
        }
    }
    let opened = all.iter().filter(|ticket| period.has(ticket.opened));
    let opened = counts(opened.filter_map(Timeline::came_from));
    let page = |(path, moves): (&str, Moves<'_>)| MisleadingPath {
        path: path.to_owned(),
        service: settings.service_of_path(path).map(|found| found.service.id.clone()),
        to: most_frequent(&moves.to).unwrap_or_default().to_owned(),
        opened: opened.get(path).copied().unwrap_or(0),
        tickets: moves.ids(),
        delay: Distribution::of(moves.delays),
    };
    let mut pages: Vec<MisleadingPath> = pages.into_iter().map(page).collect();
    pages.sort_by_key(|page| std::cmp::Reverse((page.tickets.len(), page.delay.total)));
    pages
}

/// Returns the page from which most of `tickets` were opened, if at least half of them were. `pages` has the page of each ticket.
pub(super) fn common_page<'t>(
    pages: &HashMap<&'t str, Option<&'t str>>,
    tickets: &[String],
) -> Option<&'t str> {
    let pages = tickets.iter().filter_map(|id| *pages.get(id.as_str())?);
    let pages: Vec<&str> = pages.collect();
    let page = most_frequent(&pages)?;
    let count = pages.iter().filter(|other| **other == page).count();
    (2 * count >= tickets.len()).then_some(page)
}

fn changed<'t, 'a>(all: &'t [Timeline<'a>]) -> impl Iterator<Item = (&'t Timeline<'a>, Move<'a>)> {
    all.iter().filter_map(|ticket| Some((ticket, ticket.service_change()?)))
}

impl<'t> Moves<'t> {
    fn add(&mut self, ticket: &Timeline<'t>, to: &'t str, delay: i64) {
        self.tickets.push(ticket.thread.id());
        self.delays.push(delay);
        self.to.push(to);
    }

    fn ids(&self) -> Vec<String> {
        self.tickets.iter().map(|id| (*id).to_owned()).collect()
    }
}

/// Returns the most frequent text; of several, the first in alphabetical order.
fn most_frequent<'t>(texts: &[&'t str]) -> Option<&'t str> {
    let counts = counts(texts.iter().copied());
    let most = *counts.values().max()?;
    counts.into_iter().find(|(_, count)| *count == most).map(|(text, _)| text)
}

/// Returns how often each text occurs.
fn counts<'t>(texts: impl Iterator<Item = &'t str>) -> BTreeMap<&'t str, usize> {
    let mut counts = BTreeMap::new();
    texts.for_each(|text| *counts.entry(text).or_default() += 1);
    counts
}

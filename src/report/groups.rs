//! The measures by service, template, tag, person or time.

use std::collections::BTreeMap;

use super::{
    cohort::Gauge,
    model::{Group, GroupBy, Grouping},
    period::Period,
    statistics::Distribution,
    timeline::Timeline,
};
use crate::{settings::Settings, text::Time};

impl Gauge<'_> {
    /// Measures the groups of tickets by `by`.
    ///
    /// People are ordered by name, because an order by a number would be a ranking. Parts of the period are ordered by time, and
    /// other groups by the number of tickets opened. A ticket belongs to the person who resolved it last; if it is not
    /// resolved, to its assignee.
    pub(super) fn grouping(
        &self,
        by: GroupBy,
        all: &[Timeline<'_>],
        settings: &Settings,
        (period, before): (Period, Period),
    ) -> Grouping {
        let rows = match by {
            GroupBy::Time => self.parts(all, settings, period, before),
            _ => {
                let mut groups: BTreeMap<&str, Vec<&Timeline<'_>>> = BTreeMap::new();
                for ticket in all {
                    for key in keys(by, ticket) {
                        groups.entry(key).or_default().push(ticket);
                    }
                }
                let group = |(key, tickets): (&str, Vec<&Timeline<'_>>)| {
                    self.group(key, name(by, key, settings), &tickets, (period, before))
                };
                let mut rows: Vec<Group> = groups.into_iter().map(group).filter(Group::has_tickets).collect();
                match by {
                    GroupBy::Person => rows.sort_by_cached_key(|row| row.name.to_lowercase()),
                    _ => rows.sort_by_key(|row| std::cmp::Reverse((row.opened, row.resolved, row.backlog))),
                }
                rows
            }
        };
        Grouping { by, rows }
    }

    fn parts(&self, all: &[Timeline<'_>], settings: &Settings, period: Period, before: Period) -> Vec<Group> {
        let zone = settings.zone();
        let shift = before.from.seconds() - period.from.seconds();
        let tickets: Vec<&Timeline<'_>> = all.iter().collect();
        let parts = period.parts(&zone).into_iter().filter_map(|part| {
            let of = |shift: i64| {
                let [from, to] =
                    [part.start, part.end].map(|end| Time::from_seconds(end.saturating_add(shift)));
                Some(Period { from: from?, to: to? })
            };
            let now = of(0)?;
            let first = now.from.timestamp().to_zoned(zone.clone()).date().to_string();
            Some(self.group(&first, first.clone(), &tickets, (now, of(shift).unwrap_or(now))))
        });
        parts.collect()
    }

    fn group(
        &self,
        key: &str,
        name: String,
        tickets: &[&Timeline<'_>],
        (period, before): (Period, Period),
    ) -> Group {
        let opened = || tickets.iter().filter(|ticket| period.has(ticket.opened));
        let resolved = || {
            tickets.iter().filter_map(|ticket| Some((ticket, ticket.resolved.filter(|at| period.has(*at))?)))
        };
        let end = period.to.seconds();
        let responses = opened().filter_map(|ticket| Some(ticket.first_response? - ticket.opened));
        Group {
            key: key.to_owned(),
            name,
            opened: opened().count(),
            opened_before: tickets.iter().filter(|ticket| before.has(ticket.opened)).count(),
            resolved: resolved().count(),
            backlog: tickets.iter().filter(|ticket| ticket.is_backlog(end)).count(),
            first_response: Distribution::of(responses.collect()),
            requester_wait: Distribution::of(
                resolved().map(|(ticket, _)| ticket.requester_wait(self.clock)).collect(),
            ),
            resolution: Distribution::of(resolved().map(|(ticket, at)| at - ticket.opened).collect()),
        }
    }
}

impl Group {
    fn has_tickets(&self) -> bool {
        self.opened + self.opened_before + self.resolved + self.backlog > 0
    }
}

/// Returns the groups of a ticket. Only tags can be several.
fn keys<'t>(by: GroupBy, ticket: &Timeline<'t>) -> Vec<&'t str> {
    let thread = ticket.thread;
    match by {
        GroupBy::Service => vec![thread.state.service.as_deref().unwrap_or_default()],
        GroupBy::Template => vec![&thread.ticket.template],
        GroupBy::Tag => {
            let mut tags: Vec<&str> = thread.state.tags.iter().map(String::as_str).collect();
            tags.sort_unstable();
            tags.dedup();
            tags
        }
        GroupBy::Person => {
            let resolver = thread.resolved().and_then(|_| thread.resolving_reply()?.author.as_deref());
            vec![resolver.or(thread.state.assignee.as_deref()).unwrap_or_default()]
        }
        GroupBy::Time => Vec::new(),
    }
}

fn name(by: GroupBy, key: &str, settings: &Settings) -> String {
    let name = match by {
        GroupBy::Service => settings.service(key).map(|service| service.name.as_str()),
        GroupBy::Person => Some(settings.person_name(key)),
        _ => None,
    };
    name.filter(|name| !name.is_empty()).unwrap_or(key).to_owned()
}

//! Long lists, divided into parts that stay the same when a ticket is added.
//!
//! A list is in the order in which the tickets came on the site: of their first answers, or of their openings if the site has all
//! tickets. Its parts are numbered from the oldest, so a ticket that is opened or answered for the first time changes only the
//! newest part, which is part 0 and has no number in its address.

use std::collections::HashMap;
use std::ops::Range;

use super::{Model, TicketNo};
use crate::search::Item;
use crate::site::inputs::ListKey;
use crate::text::Time;

/// The number of tickets in each part but the newest.
const PART_LENGTH: usize = 50;

/// The newest part has at least this many tickets, if the list has, so that the page is never nearly empty.
const FEWEST_NEWEST: usize = 25;

/// A part of a list.
pub(in crate::site) struct ListPart {
    /// The tickets, newest first.
    pub(in crate::site) tickets: Vec<TicketNo>,
    /// The parts next to this one.
    pub(in crate::site) newer: Option<usize>,
    pub(in crate::site) older: Option<usize>,
}

/// Returns the number of parts of a list with `length` tickets, without the newest part.
pub(in crate::site) fn closed_parts(length: usize) -> usize {
    length.saturating_sub(FEWEST_NEWEST) / PART_LENGTH
}

/// Returns the place of the part `part` in a list with `length` tickets.
fn range(part: usize, length: usize) -> Range<usize> {
    match part.checked_sub(1) {
        None => closed_parts(length) * PART_LENGTH..length,
        Some(before) => {
            let start = (before * PART_LENGTH).min(length);
            start..(start + PART_LENGTH).min(length)
        }
    }
}

impl Model {
    /// Returns all lists, oldest ticket first.
    fn all_lists(&self) -> HashMap<ListKey, Vec<TicketNo>> {
        let published = |n: TicketNo| Item::Ticket(n).published(&self.store, self.view.publish);
        let published: Vec<Time> = (0..self.tickets.len()).map(published).collect();
        let in_order = |mut list: Vec<TicketNo>| {
            list.sort_by_key(|n| (published[*n], *n));
            list
        };
        let services = self
            .service_at
            .iter()
            .map(|(id, at)| (ListKey::Service(id.clone()), in_order(self.services[*at].tickets.clone())));
        let tags = self
            .tag_at
            .iter()
            .map(|(tag, at)| (ListKey::Tag(tag.clone()), in_order(self.tags[*at].tickets.clone())));
        let all = (ListKey::All, in_order((0..self.tickets.len()).collect()));
        services.chain(tags).chain([all]).collect()
    }

    /// Returns the part `part` of the list `key`; an empty part if there is no such list.
    pub(super) fn part_of(&self, key: &ListKey, part: usize) -> ListPart {
        let list = self.lists.get_or_init(|| self.all_lists()).get(key).map_or(&[][..], Vec::as_slice);
        let range = range(part, list.len());
        let closed = closed_parts(list.len());
        ListPart {
            tickets: list[range].iter().rev().copied().collect(),
            newer: (part > 0).then_some(if part < closed { part + 1 } else { 0 }),
            older: match part {
                0 => Some(closed).filter(|closed| *closed > 0),
                1 => None,
                _ => Some(part - 1),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_ticket_is_in_one_part_and_closed_parts_stay_the_same() {
        let mut former: Vec<Range<usize>> = Vec::new();
        for length in 0..400 {
            let parts: Vec<Range<usize>> =
                (1..=closed_parts(length)).map(|part| range(part, length)).collect();
            let newest = range(0, length);
            assert_eq!(parts.iter().map(Range::len).sum::<usize>(), newest.start, "{length}");
            assert!(newest.end == length && (newest.len() >= FEWEST_NEWEST || length < FEWEST_NEWEST));
            assert!(newest.len() < FEWEST_NEWEST + PART_LENGTH);
            assert_eq!(parts[..former.len()], former[..], "a new ticket changed an old part of {length}");
            former = parts;
        }
    }
}

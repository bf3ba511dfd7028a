//! Long lists, divided into parts that stay the same when a ticket is added.
//!
//! A list is in the order of opening. Its parts are numbered from the oldest, so a new ticket changes only the newest part,
//! which is part 0 and has no number in its address.

use std::ops::Range;

use super::{Model, TicketNo};
use crate::site::inputs::ListKey;

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
    /// Returns the part `part` of the list `key`; an empty part if there is no such list.
    pub(super) fn part_of(&self, key: &ListKey, part: usize) -> ListPart {
        let list = match key {
            ListKey::All => None,
            ListKey::Service(id) => {
                Some(self.service_at.get(id).map_or(&[][..], |at| &self.services[*at].tickets))
            }
            ListKey::Tag(tag) => Some(self.tag_at.get(tag).map_or(&[][..], |at| &self.tags[*at].tickets)),
        };
        let length = list.map_or(self.tickets.len(), <[TicketNo]>::len);
        let range = range(part, length);
        let closed = closed_parts(length);
        ListPart {
            tickets: match list {
                Some(list) => list[range].iter().rev().copied().collect(),
                None => range.rev().collect(),
            },
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

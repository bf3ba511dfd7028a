//! Long lists, divided into parts.

use crate::site::Site;
use crate::site::context::{Pagination, TicketRow};
use crate::site::model::TicketNo;

/// The number of tickets in each part of a list, except the last.
const PART_LENGTH: usize = 50;

/// Returns the number of parts of a list with `length` tickets: at least 1.
pub(super) fn count(length: usize) -> usize {
    length.div_ceil(PART_LENGTH).max(1)
}

/// Returns the folder of part `part` (from 0) of the list in `folder`.
pub(super) fn folder(folder: &str, part: usize) -> String {
    if part == 0 { folder.to_owned() } else { format!("{folder}{}/", part + 1) }
}

/// Returns the rows of part `part` of `tickets`, in order.
pub(super) fn rows(site: &Site, tickets: &[TicketNo], part: usize) -> Vec<TicketRow> {
    tickets.iter().skip(part * PART_LENGTH).take(PART_LENGTH).map(|n| site.row(*n)).collect()
}

/// Returns the links to the neighbouring parts.
pub(super) fn pages(site: &Site, base: &str, part: usize, length: usize) -> Pagination {
    let count = count(length);
    let href = |part: usize| site.page_href(&folder(base, part));
    Pagination {
        number: part + 1,
        count,
        newer: part.checked_sub(1).map(href),
        older: (part + 1 < count).then(|| href(part + 1)),
    }
}

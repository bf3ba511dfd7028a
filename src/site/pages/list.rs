//! The pages of long lists, which are divided into parts.

use crate::site::Site;
use crate::site::context::{Pagination, TicketRow};
use crate::site::inputs::ListKey;
use crate::site::model::closed_parts;

/// Returns the parts of a list with `length` tickets: 0, the newest part, and the parts from 1.
pub(super) fn parts(length: usize) -> impl Iterator<Item = usize> {
    0..=closed_parts(length)
}

/// Returns the folder of part `part` of the list in `folder`.
pub(super) fn folder(folder: &str, part: usize) -> String {
    if part == 0 { folder.to_owned() } else { format!("{folder}{part}/") }
}

/// Returns the rows of part `part` of the list `key` and the links to the parts next to it. `folder` returns the folder of a
/// part.
pub(super) fn part(
    site: &Site,
    key: &ListKey,
    folder: impl Fn(usize) -> String,
    part: usize,
) -> (Vec<TicketRow>, Pagination) {
    let found = site.model.part(key, part);
    let href = |part: usize| site.page_href(&folder(part));
    let pages = Pagination {
        number: Some(part).filter(|part| *part > 0),
        newest: href(0),
        newer: found.newer.map(href),
        older: found.older.map(href),
    };
    (found.tickets.into_iter().map(|n| site.row_by_publication(n)).collect(), pages)
}

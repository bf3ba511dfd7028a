//! The list of all tickets, and the list of the open ones.

use minijinja::value::{Serde, Value};
use serde::Serialize;

use super::{PageKey, PageKind, list};
use crate::site::context::{PageContext, Pagination, TicketRow};
use crate::site::inputs::{Input, ListKey, covered};
use crate::site::model::TicketNo;
use crate::site::{Site, SiteError};

const FOLDER: &str = "tickets/";

/// The folder of the parts of the list. Its name has a character that no id of a ticket has, so no ticket has the same folder.
const PARTS: &str = "tickets/part~";

/// The maximum number of tickets on the page of open tickets, so that the page of a large repository stays small.
const MAX_OPEN: usize = 200;

/// The context of `tickets.html`.
#[derive(Serialize)]
struct TicketsContext {
    /// Whether the list has only open tickets.
    is_open: bool,
    tickets: Vec<TicketRow>,
    pages: Option<Pagination>,
    /// The number of all open tickets; missing in the list of all tickets, where each new ticket would change each part.
    open: Option<usize>,
}

pub(super) struct AllTickets;

impl PageKind for AllTickets {
    fn pages(&self, site: &Site) -> Vec<(String, PageKey)> {
        let parts = list::parts(site.model.ticket_count());
        parts.map(|part| (format!("{}index.html", folder(part)), PageKey { item: 0, part })).collect()
    }

    fn render(&self, site: &Site, path: &str, key: PageKey) -> Result<Vec<u8>, SiteError> {
        let (tickets, pages) = list::part(site, &ListKey::All, folder, key.part);
        render(site, path, TicketsContext { is_open: false, tickets, pages: Some(pages), open: None })
    }
}

/// Returns the folder of a part of the list of all tickets.
pub(super) fn folder(part: usize) -> String {
    if part == 0 { FOLDER.to_owned() } else { format!("{PARTS}{part}/") }
}

pub(super) struct OpenTickets;

impl PageKind for OpenTickets {
    fn pages(&self, _: &Site) -> Vec<(String, PageKey)> {
        vec![(format!("{FOLDER}open/index.html"), PageKey::default())]
    }

    fn render(&self, site: &Site, path: &str, _: PageKey) -> Result<Vec<u8>, SiteError> {
        let mut open: Vec<TicketNo> = site.model.open().to_vec();
        let due = |n: &TicketNo| site.model.ticket(*n).due;
        // The first due is the first; a ticket without a service level comes after all others.
        covered(
            || Input::Everything,
            || open.sort_by_key(|n| (due(n).is_none(), due(n), std::cmp::Reverse(*n))),
        );
        let tickets = open.iter().take(MAX_OPEN).map(|n| site.row(*n)).collect();
        render(site, path, TicketsContext { is_open: true, tickets, pages: None, open: Some(open.len()) })
    }
}

fn render(site: &Site, path: &str, context: TicketsContext) -> Result<Vec<u8>, SiteError> {
    let key = if context.is_open { "list.open" } else { "nav.tickets" };
    let page = PageContext {
        kind: "tickets",
        section: "tickets",
        title: site.words().plain(key).to_owned(),
        feeds: if context.is_open { site.open_feeds() } else { site.feed_links("", "") },
        ..site.page_context(path)
    };
    site.html("tickets.html", page, Value::from(Serde(context)))
}

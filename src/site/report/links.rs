//! Links and names that several tables of the report have.

use serde::Serialize;

use crate::site::Site;
use crate::site::context::Link;

/// The maximum number of tickets that are listed in one place.
const MAX_TICKETS: usize = 12;

/// The tickets that show a number.
#[derive(Serialize)]
pub(super) struct Evidence {
    count: usize,
    tickets: Vec<EvidenceTicket>,
    /// The number of tickets that are not listed.
    more: usize,
}

#[derive(Serialize)]
struct EvidenceTicket {
    id: String,
    /// `None` for a ticket without a page.
    link: Option<Link>,
}

impl Evidence {
    pub(super) fn of(site: &Site, ids: &[String]) -> Self {
        let ticket = |id: &String| EvidenceTicket { id: id.clone(), link: site.link_to(id) };
        let tickets: Vec<EvidenceTicket> = ids.iter().take(MAX_TICKETS).map(ticket).collect();
        Self { count: ids.len(), more: ids.len() - tickets.len(), tickets }
    }
}

pub(super) fn template_title(site: &Site, name: &str) -> String {
    site.store().template(name).map_or(name, |template| &template.title).to_owned()
}

pub(super) fn article_link(site: &Site, slug: &str) -> Option<Link> {
    site.model.find_article(slug).map(|n| site.article_link(n))
}

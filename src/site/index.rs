//! The search index of the site: what its own search page reads.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::Site;
use super::model::{ArticleNo, TicketNo};
use crate::search::{Item, published::publish};

/// Where the files of the index are.
pub(super) const FOLDER: &str = "search/";

/// Every file of the index of what the site shows, by its path.
pub(super) fn files(site: &Site) -> BTreeMap<String, Vec<u8>> {
    let files = publish(site.store(), |item| match item {
        Item::Ticket(n) => ticket(site, n),
        Item::Article(n) => article(site, n),
    });
    files.into_iter().map(|(name, bytes)| (format!("{FOLDER}{name}"), bytes)).collect()
}

/// What results show of a ticket.
fn ticket(site: &Site, n: TicketNo) -> Json {
    let row = site.row(n);
    let service = site.model.thread(n).state.service.as_deref().map(|id| site.service_name(id));
    json!({
        "id": row.id,
        "title": row.title,
        "href": row.href,
        "status": row.status,
        "resolution": row.resolution,
        "tone": row.tone,
        "priority": row.priority,
        "internal": row.internal,
        "service": service,
        "date": row.when.map(|when| when.date),
        "excerpt": row.excerpt,
        "answered": row.answered,
    })
}

/// What results show of an article.
fn article(site: &Site, n: ArticleNo) -> Json {
    let row = site.article_row(n);
    json!({
        "slug": site.model.article(n).slug,
        "title": row.title,
        "href": row.href,
        "internal": row.internal,
        "service": row.service.map(|service| service.name),
        "date": site.model.article(n).confirmed.map(crate::text::Time::date),
        "excerpt": row.excerpt,
    })
}

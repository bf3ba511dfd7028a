//! The search index of the site, which the site's search page reads.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Site;
use super::model::{ArticleNo, TicketNo};
use super::xml::well_formed;
use crate::search::{Item, published::publish};

/// The folder of the index files.
pub(super) const FOLDER: &str = "search/";

/// Returns whether the name of an index file is a hash of its contents, so that a file with this name never changes.
pub(super) fn has_hashed_name(path: &str) -> bool {
    path.strip_prefix(FOLDER).is_some_and(|name| name.starts_with("i/"))
}

/// Returns every file of the search index, by path.
pub(super) fn files(site: &Site) -> BTreeMap<String, Vec<u8>> {
    let files = publish(site.store(), |item| match item {
        Item::Ticket(n) => ResultData::Ticket(ticket(site, n)),
        Item::Article(n) => ResultData::Article(article(site, n)),
    });
    files.into_iter().map(|(name, bytes)| (format!("{FOLDER}{name}"), bytes)).collect()
}

/// The data that the search page shows for a result.
#[derive(Serialize)]
#[serde(untagged)]
enum ResultData {
    Ticket(TicketData),
    Article(ArticleData),
}

#[derive(Serialize)]
struct TicketData {
    id: String,
    title: String,
    href: String,
    status: &'static str,
    resolution: Option<&'static str>,
    tone: &'static str,
    priority: &'static str,
    internal: bool,
    service: Option<String>,
    date: Option<String>,
    excerpt: String,
    answered: bool,
}

#[derive(Serialize)]
struct ArticleData {
    slug: String,
    title: String,
    href: String,
    internal: bool,
    service: Option<String>,
    date: Option<String>,
    excerpt: String,
}

fn ticket(site: &Site, n: TicketNo) -> TicketData {
    let row = site.row(n);
    let service = site.model.thread(n).state.service.as_deref().map(|id| well_formed(site.service_name(id)));
    TicketData {
        id: row.id,
        title: well_formed(row.title),
        href: row.href,
        status: row.status,
        resolution: row.resolution,
        tone: row.tone,
        priority: row.priority,
        internal: row.internal,
        service,
        date: row.when.map(|when| when.date),
        excerpt: well_formed(row.excerpt),
        answered: row.answered,
    }
}

fn article(site: &Site, n: ArticleNo) -> ArticleData {
    let row = site.article_row(n);
    ArticleData {
        slug: site.model.article(n).slug.clone(),
        title: well_formed(row.title),
        href: row.href,
        internal: row.internal,
        service: row.service.map(|service| well_formed(service.name)),
        date: site.model.article(n).confirmed.map(crate::text::Time::date),
        excerpt: well_formed(row.excerpt),
    }
}

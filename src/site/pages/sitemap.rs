//! The sitemap: `sitemap.xml` lists its parts. The parts with tickets begin with the oldest ticket, so a new ticket
//! changes only the last part, and a changed ticket only its own.

use super::{PageKey, PageKind};
use crate::site::inputs::{Input, covered};
use crate::site::markdown::escape;
use crate::site::model::TicketNo;
use crate::site::xml::well_formed;
use crate::site::{Site, SiteError};
use crate::text::Time;

/// The number of addresses in each part with tickets or tags, except the last. The sitemap protocol allows 50,000; few of
/// them keep a part small, which changes with each of its tickets.
const PART_LENGTH: usize = 500;

/// `PageKey::item` of `sitemap.xml`.
const INDEX: usize = 0;
/// `PageKey::item` of the part with the front page, the articles and the services.
const PAGES: usize = 1;
/// `PageKey::item` of the parts with tags.
const TAGS: usize = 2;
/// `PageKey::item` of the parts with tickets.
const TICKETS: usize = 3;

/// The sitemap. It needs absolute URLs, so a site without an address has none.
pub(super) struct Sitemap;

impl PageKind for Sitemap {
    fn pages(&self, site: &Site) -> Vec<(String, PageKey)> {
        if site.base_url().is_none() {
            return Vec::new();
        }
        let mut pages = vec![("sitemap.xml".to_owned(), PageKey::item(INDEX))];
        pages.extend(parts(site));
        pages
    }

    fn render(&self, site: &Site, _: &str, key: PageKey) -> Result<Vec<u8>, SiteError> {
        let xml = match key.item {
            INDEX => {
                let parts = parts(site).into_iter().map(|(path, _)| (path, None)).collect();
                list("sitemapindex", "sitemap", site, parts)
            }
            item => {
                list("urlset", "url", site, covered(|| Input::Everything, || entries(site, item, key.part)))
            }
        };
        Ok(well_formed(xml).into_bytes())
    }
}

/// Returns the path of each part.
fn parts(site: &Site) -> Vec<(String, PageKey)> {
    let numbered = |name: &str, item: usize, length: usize| -> Vec<(String, PageKey)> {
        let part = |part: usize| (format!("sitemap-{name}-{}.xml", part + 1), PageKey { item, part });
        (0..length.div_ceil(PART_LENGTH)).map(part).collect()
    };
    let mut parts = vec![("sitemap-pages.xml".to_owned(), PageKey::item(PAGES))];
    parts.extend(numbered("tags", TAGS, site.model.tags().len()));
    parts.extend(numbered("tickets", TICKETS, site.model.ticket_count()));
    parts
}

/// Returns the folder of each page of a part, with the day on which its text last changed, if it is known.
fn entries(site: &Site, item: usize, part: usize) -> Vec<(String, Option<String>)> {
    let model = &site.model;
    let range = |length: usize| (part * PART_LENGTH).min(length)..((part + 1) * PART_LENGTH).min(length);
    match item {
        TICKETS => {
            let ticket = |n| (site.ticket_folder(n), last_change(site, n).map(Time::date));
            range(model.ticket_count()).map(ticket).collect()
        }
        TAGS => {
            let tags = &model.tags()[range(model.tags().len())];
            tags.iter().map(|tag| (site.tag_folder(&tag.name), None)).collect()
        }
        _ => {
            let article = |n| (site.article_folder(n), model.article(n).confirmed.map(Time::date));
            let service = |at| (site.service_folder(model.service_id(at)), None);
            // The day of the newest change would change this part with nearly every ticket.
            let home = (String::new(), None);
            let articles = (0..model.article_count()).map(article);
            std::iter::once(home).chain(articles).chain((0..model.service_count()).map(service)).collect()
        }
    }
}

/// Returns when the newest text on the page of a ticket was written.
fn last_change(site: &Site, n: TicketNo) -> Option<Time> {
    let thread = site.model.thread(n);
    let newest = thread.replies.iter().filter_map(|reply| reply.created).max();
    newest.max(thread.ticket.created)
}

fn list(list: &str, item: &str, site: &Site, entries: Vec<(String, Option<String>)>) -> String {
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{list} xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n"
    );
    for (path, day) in entries {
        let address = site.absolute(&path).unwrap_or_default();
        xml.push_str(&format!("<{item}><loc>{}</loc>", escape(&address)));
        if let Some(day) = day {
            xml.push_str(&format!("<lastmod>{day}</lastmod>"));
        }
        xml.push_str(&format!("</{item}>\n"));
    }
    xml.push_str(&format!("</{list}>\n"));
    xml
}

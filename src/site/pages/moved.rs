//! Pages at former ids of tickets. They redirect to the current page of the ticket, so that old links still work.

use minijinja::context;

use super::{PageKey, PageKind};
use crate::site::context::PageContext;
use crate::site::{Site, SiteError};
use crate::text::is_id;
use crate::ticket::MAX_VALUES;

pub(super) struct Redirects;

impl PageKind for Redirects {
    fn pages(&self, site: &Site) -> Vec<(String, PageKey)> {
        let mut pages = Vec::new();
        for n in 0..site.model.tickets.len() {
            for alias in site.model.thread(n).state.aliases.iter().take(MAX_VALUES) {
                if is_id(alias) && site.model.find(alias) == Some(n) {
                    pages.push((format!("tickets/{alias}/index.html"), PageKey::item(n)));
                }
            }
        }
        pages
    }

    fn render(&self, site: &Site, path: &str, key: PageKey) -> Result<Vec<u8>, SiteError> {
        let base = site.page_context(path);
        let page = PageContext {
            kind: "moved",
            title: site.title_of(key.item),
            canonical: site.absolute(&site.ticket_folder(key.item)),
            noindex: true,
            ..base
        };
        site.html("moved.html", page, context! { href => site.ticket_href(key.item) })
    }
}

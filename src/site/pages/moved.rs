//! Pages at former addresses: former ids of tickets and articles, articles that another one replaces, and tags in another spelling, which once had pages of their own.
//! They redirect to the current page, so that old links still work.

use std::collections::BTreeMap;

use minijinja::context;

use super::{PageKey, PageKind};
use crate::site::context::PageContext;
use crate::site::urls::folder_of;
use crate::site::{Site, SiteError};
use crate::text::is_id;
use crate::ticket::{MAX_VALUES, tags_with_page};

/// `PageKey::part` of a redirect to a ticket. `PageKey::item` is the ticket.
const TICKET: usize = 0;
/// `PageKey::part` of a redirect to an article. `PageKey::item` is the article.
const ARTICLE: usize = 2;
/// `PageKey::part` of a redirect to a tag. `PageKey::item` is the tag.
const TAG: usize = 1;

pub(super) struct Redirects;

impl PageKind for Redirects {
    fn pages(&self, site: &Site) -> Vec<(String, PageKey)> {
        let mut pages = Vec::new();
        for n in 0..site.model.ticket_count() {
            for alias in site.model.thread(n).state.aliases.iter().take(MAX_VALUES) {
                if is_id(alias) && site.model.find(alias) == Some(n) {
                    pages.push((format!("tickets/{alias}/index.html"), PageKey { item: n, part: TICKET }));
                }
            }
        }
        for n in 0..site.model.article_count() {
            if let Some(newer) = site.model.replacement(n) {
                let path = format!("{}index.html", site.article_folder(n));
                pages.push((path, PageKey { item: newer, part: ARTICLE }));
            }
            for alias in site.model.article(n).aliases.iter().take(MAX_VALUES) {
                if is_id(alias) && site.model.find_article(alias).is_none() {
                    pages.push((format!("knowledge/{alias}/index.html"), PageKey { item: n, part: ARTICLE }));
                }
            }
        }
        pages.extend(former_tags(site).into_iter().map(|(path, item)| (path, PageKey { item, part: TAG })));
        pages
    }

    fn render(&self, site: &Site, path: &str, key: PageKey) -> Result<Vec<u8>, SiteError> {
        let (title, folder) = match key.part {
            TAG => {
                let name = &site.model.tag(key.item).name;
                (name.clone(), site.tag_folder(name))
            }
            ARTICLE => (site.article_title(key.item), site.article_folder(key.item)),
            _ => (site.title_of(key.item), site.ticket_folder(key.item)),
        };
        let page = PageContext {
            kind: "moved",
            title,
            canonical: site.absolute(&folder),
            noindex: true,
            ..site.page_context(path)
        };
        site.html("moved.html", page, context! { href => site.page_href(&folder) })
    }
}

/// Returns the former page of each spelling of a tag that differs from the tag's address, with the index of the tag.
fn former_tags(site: &Site) -> BTreeMap<String, usize> {
    let model = &site.model;
    let of_tickets = (0..model.ticket_count()).map(|n| &model.thread(n).state.tags);
    let of_articles = (0..model.article_count()).map(|n| &model.article(n).tags);
    let mut found = BTreeMap::new();
    for tag in of_tickets.chain(of_articles).flat_map(|tags| tags_with_page(tags)).map(|tag| tag.trim()) {
        let former = format!("tags/{}/", folder_of(tag));
        if former != site.tag_folder(tag)
            && let Some(at) = model.tag_index(tag)
        {
            found.insert(format!("{former}index.html"), at);
        }
    }
    found
}

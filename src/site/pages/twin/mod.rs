//! The Markdown twins of pages, for programs that read the site: `index.md` beside `index.html`.
//!
//! A twin is composed from the same view as its page, never copied from the repository, so it has what the page shows: title
//! and facts, the answer first, the thread, and links to other twins. Similar tickets are left out, because they change
//! whenever another ticket changes.

mod article;
mod group;
mod home;
mod ticket;

pub(super) use article::{ArticleListTwin, ArticleTwins};
pub(super) use group::{AllTicketsTwins, ServiceTicketsTwins, ServiceTwins, TagTwins};
pub(super) use home::HomeTwin;
pub(super) use ticket::TicketTwins;

use super::PageKey;
use crate::site::Site;
use crate::site::facts::{FactRow, FactValue};
use crate::site::markdown_page::{Inline, MarkdownPage};
use crate::site::model::{ArticleNo, TicketNo};
use crate::site::urls::TWIN;

/// Returns the twins in `folders`, if the site has twins.
fn twins(site: &Site, folders: impl Iterator<Item = (String, PageKey)>) -> Vec<(String, PageKey)> {
    if !site.model.settings().twins {
        return Vec::new();
    }
    folders.map(|(folder, key)| (format!("{folder}{TWIN}"), key)).collect()
}

/// The twin that is being written, with the path from it to the root of the site.
struct Twin<'a> {
    site: &'a Site,
    root: String,
    page: MarkdownPage,
}

impl<'a> Twin<'a> {
    fn new(site: &'a Site, path: &str, title: &str) -> Self {
        Self { site, root: site.root_of(path), page: MarkdownPage::titled(title) }
    }

    fn word(&self, key: &'a str) -> &'a str {
        self.site.words().plain(key)
    }

    /// Returns a link to the twin of the page in `folder`.
    fn link(&self, text: &str, folder: &str) -> Inline {
        Inline::link(text, format!("{}{}", self.root, self.site.twin_href(folder)))
    }

    /// Returns a link to the twin of the page at `href`, which is relative to the root.
    fn link_beside(&self, text: &str, href: &str) -> Inline {
        let folder = href.strip_suffix("index.html").unwrap_or(href);
        Inline::link(text, format!("{}{folder}{TWIN}", self.root))
    }

    fn ticket_link(&self, n: TicketNo) -> Inline {
        self.link(&self.site.title_of(n), &self.site.ticket_folder(n))
    }

    fn article_link(&self, n: ArticleNo) -> Inline {
        self.link(&self.site.article_title(n), &self.site.article_folder(n))
    }

    /// Returns a link to the ticket or article `id`, if it has a page.
    fn link_to(&self, id: &str) -> Option<Inline> {
        match self.site.model.find(id) {
            Some(n) => Some(self.ticket_link(n)),
            None => self.site.model.find_article(id).map(|n| self.article_link(n)),
        }
    }

    fn service_link(&self, id: &str) -> Inline {
        let name = self.site.service_name(id);
        match self.site.model.has_service(id) {
            true => self.link(&name, &self.site.service_folder(id)),
            false => Inline::text(name),
        }
    }

    /// Returns a labelled fact as an item of a list.
    fn fact(&self, label: &str, values: Vec<Inline>) -> Vec<Inline> {
        let mut parts = vec![Inline::text(format!("{label}: "))];
        for (at, value) in values.into_iter().enumerate() {
            if at > 0 {
                parts.push(Inline::text(", "));
            }
            parts.push(value);
        }
        parts
    }

    /// Returns the address of the page, if it is known, so that it can be cited.
    fn address(&self, folder: &str) -> Option<Vec<Inline>> {
        let url = self.site.absolute(folder)?;
        Some(self.fact(self.word("twin.page"), vec![Inline::link(url.clone(), url)]))
    }

    /// Returns a ticket as an item of a list: its title, its state, its day, and the beginning of its answer.
    fn ticket_item(&self, n: TicketNo) -> Vec<Inline> {
        let row = self.site.row(n);
        let words = self.site.words();
        let state = match row.resolution {
            Some(resolution) => words.label("resolution", resolution),
            None => words.label("status", row.status),
        };
        let day = row.when.map(|when| format!(", {}", when.date)).unwrap_or_default();
        let mut parts = vec![self.ticket_link(n), Inline::text(format!(" ({state}{day})"))];
        if !row.excerpt.is_empty() {
            parts.push(Inline::text(format!(": {}", row.excerpt)));
        }
        parts
    }

    /// Returns an article as an item of a list.
    fn article_item(&self, n: ArticleNo) -> Vec<Inline> {
        let excerpt = &self.site.model.article_page(n).excerpt;
        let mut parts = vec![self.article_link(n)];
        if !excerpt.is_empty() {
            parts.push(Inline::text(format!(": {excerpt}")));
        }
        parts
    }

    fn finish(self) -> Vec<u8> {
        self.page.finish()
    }
}

//! The page of a tag, and the list of tags.

use minijinja::value::{Serde, Value};
use serde::Serialize;

use super::{PageKey, PageKind, list};
use crate::site::context::{ArticleRow, CountedLink, PageContext, Pagination, TicketRow};
use crate::site::inputs::ListKey;
use crate::site::model::tag_key;
use crate::site::{Site, SiteError};

/// The context of `tag.html`.
#[derive(Serialize)]
struct TagContext {
    name: String,
    /// The counts; missing in all parts of the list but the newest.
    tag: Option<CountedLink>,
    tickets: Vec<TicketRow>,
    pages: Pagination,
    articles: Vec<ArticleRow>,
}

pub(super) struct Tags;

impl PageKind for Tags {
    fn pages(&self, site: &Site) -> Vec<(String, PageKey)> {
        let mut pages = Vec::new();
        for (item, tag) in site.model.tags().iter().enumerate() {
            for part in list::parts(tag.tickets.len()) {
                let folder = list::folder(&site.tag_folder(&tag.name), part);
                pages.push((format!("{folder}index.html"), PageKey { item, part }));
            }
        }
        pages
    }

    fn render(&self, site: &Site, path: &str, key: PageKey) -> Result<Vec<u8>, SiteError> {
        let tag = site.model.tag_name(key.item);
        let page = PageContext {
            kind: "tag",
            section: "tags",
            title: tag.to_owned(),
            feeds: site.feed_links(&site.tag_folder(tag), tag),
            ..site.page_context(path)
        };
        let base = site.tag_folder(tag);
        let list = ListKey::Tag(tag_key(tag));
        let (tickets, pages) = list::part(site, &list, |part| list::folder(&base, part), key.part);
        // The other parts show neither counts nor articles, so that only their own tickets change them.
        let shown = (key.part == 0).then(|| site.model.tag(key.item));
        let articles = site.by_review(shown.into_iter().flat_map(|shown| shown.articles.iter().copied()));
        let context = TagContext {
            name: tag.to_owned(),
            tag: shown.map(|shown| site.group_of_tag(shown)),
            pages,
            tickets,
            articles: articles.into_iter().map(|n| site.article_row(n)).collect(),
        };
        site.html("tag.html", page, Value::from(Serde(context)))
    }
}

/// The context of `tags.html`.
#[derive(Serialize)]
struct TagIndexContext {
    tags: Vec<CountedLink>,
}

pub(super) struct TagIndex;

impl PageKind for TagIndex {
    fn pages(&self, _: &Site) -> Vec<(String, PageKey)> {
        vec![("tags/index.html".to_owned(), PageKey::default())]
    }

    fn render(&self, site: &Site, path: &str, _: PageKey) -> Result<Vec<u8>, SiteError> {
        let page = PageContext {
            kind: "tags",
            section: "tags",
            title: site.words().plain("nav.tags").to_owned(),
            ..site.page_context(path)
        };
        let tags = site.model.tags().iter().map(|tag| site.group_of_tag(tag)).collect();
        site.html("tags.html", page, Value::from(Serde(TagIndexContext { tags })))
    }
}

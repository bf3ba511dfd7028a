//! The page of a tag, and the list of tags.

use minijinja::value::{Serde, Value};
use serde::Serialize;

use super::{PageKey, PageKind, list};
use crate::site::context::{ArticleRow, CountedLink, PageContext, Pagination, TicketRow};
use crate::site::inputs::{Input, covered};
use crate::site::model::tag_key;
use crate::site::{Site, SiteError};

/// The context of `tag.html`.
#[derive(Serialize)]
struct TagContext {
    tag: CountedLink,
    tickets: Vec<TicketRow>,
    pages: Pagination,
    articles: Vec<ArticleRow>,
}

pub(super) struct Tags;

impl PageKind for Tags {
    fn pages(&self, site: &Site) -> Vec<(String, PageKey)> {
        let mut pages = Vec::new();
        for (item, tag) in site.model.tags().iter().enumerate() {
            for part in 0..list::count(tag.tickets.len()) {
                let folder = list::folder(&site.tag_folder(&tag.name), part);
                pages.push((format!("{folder}index.html"), PageKey { item, part }));
            }
        }
        pages
    }

    fn render(&self, site: &Site, path: &str, key: PageKey) -> Result<Vec<u8>, SiteError> {
        let shown = site.model.tag(key.item);
        let tag = &shown.name;
        let page = PageContext {
            kind: "tag",
            section: "tags",
            title: tag.clone(),
            feeds: site.feed_links(&site.tag_folder(tag), tag),
            ..site.page_context(path)
        };
        let mut tickets = shown.tickets.clone();
        covered(|| Input::Tag(tag_key(tag)), || site.sort_by_resolution(&mut tickets));
        let context = TagContext {
            tag: site.group_of_tag(shown),
            pages: list::pages(site, &site.tag_folder(tag), key.part, tickets.len()),
            tickets: list::rows(site, &tickets, key.part),
            articles: shown.articles.iter().map(|n| site.article_row(*n)).collect(),
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

//! The page of a knowledge article, and the list of articles.

use minijinja::value::{Serde, Value};
use serde::Serialize;

use super::{PageKey, PageKind};
use crate::site::context::{
    ArticleRow, CountedLink, FileLink, ForgeLinks, FormattedTime, Link, PageContext, ServiceLink, TicketRow,
};
use crate::site::{Html, ProseStyle, Site, SiteError};

/// The context of `article.html`.
#[derive(Serialize)]
struct ArticleContext {
    article: ArticleHead,
    body: Html,
    superseded_by: Option<Link>,
    tickets: Vec<TicketRow>,
    attachments: Vec<FileLink>,
    forge: Option<ForgeLinks>,
}

#[derive(Serialize)]
struct ArticleHead {
    title: String,
    internal: bool,
    service: Option<ServiceLink>,
    confirmed: Option<FormattedTime>,
    tags: Vec<CountedLink>,
    /// The number of tickets that the article is based on.
    tickets: usize,
}

pub(super) struct Articles;

impl PageKind for Articles {
    fn pages(&self, site: &Site) -> Vec<(String, PageKey)> {
        (0..site.model.article_count())
            .map(|n| (format!("{}index.html", site.article_folder(n)), PageKey::item(n)))
            .collect()
    }

    fn render(&self, site: &Site, path: &str, key: PageKey) -> Result<Vec<u8>, SiteError> {
        let shown = site.model.article_page(key.item);
        let article = site.model.article(key.item);
        let row = site.article_row(key.item);
        let page = PageContext {
            kind: "article",
            section: "knowledge",
            title: row.title.clone(),
            description: shown.excerpt.clone(),
            data: site.article_data(key.item),
            ..site.page_context(path)
        };
        let body = site.body(article.path.as_ref());
        let context = ArticleContext {
            body: site.prose(
                &body,
                &ProseStyle {
                    path: article.path.as_ref(),
                    root: &page.root,
                    title: Some(&page.title),
                    ..ProseStyle::default()
                },
            ),
            article: ArticleHead {
                title: row.title,
                internal: row.internal,
                service: row.service,
                confirmed: row.confirmed,
                tickets: shown.tickets.len(),
                tags: site.model.tags_of(&article.tags).map(|tag| site.group_of_tag(tag)).collect(),
            },
            superseded_by: shown.superseded_by.map(|n| site.article_link(n)),
            tickets: shown.tickets.iter().map(|n| site.row(*n)).collect(),
            attachments: Vec::new(),
            forge: site.forge_links(article.path.as_ref()),
        };
        site.html("article.html", page, Value::from(Serde(context)))
    }
}

/// The context of `knowledge.html`.
#[derive(Serialize)]
struct ArticleIndexContext {
    groups: Vec<ArticleGroup>,
    tags: Vec<CountedLink>,
}

/// The articles of one service.
#[derive(Serialize)]
struct ArticleGroup {
    /// The service; missing for articles without one.
    service: Option<ServiceLink>,
    articles: Vec<ArticleRow>,
}

pub(super) struct ArticleIndex;

impl PageKind for ArticleIndex {
    fn pages(&self, _: &Site) -> Vec<(String, PageKey)> {
        vec![("knowledge/index.html".to_owned(), PageKey::default())]
    }

    fn render(&self, site: &Site, path: &str, _: PageKey) -> Result<Vec<u8>, SiteError> {
        let page = PageContext {
            kind: "knowledge",
            section: "knowledge",
            title: site.words().plain("nav.knowledge").to_owned(),
            ..site.page_context(path)
        };
        let mut groups: Vec<ArticleGroup> = Vec::new();
        let mut tags = Vec::new();
        for n in site.model.current_articles() {
            let row = site.article_row(n);
            let id = |service: &Option<ServiceLink>| service.as_ref().map(|service| service.id.clone());
            tags.extend(site.model.tags_of(&site.model.article(n).tags).map(|tag| tag.name.clone()));
            match groups.iter_mut().find(|group| id(&group.service) == id(&row.service)) {
                Some(group) => group.articles.push(row),
                None => groups.push(ArticleGroup { service: row.service.clone(), articles: vec![row] }),
            }
        }
        let name = |group: &ArticleGroup| group.service.as_ref().map(|service| service.name.to_lowercase());
        groups.sort_by_key(|group| (group.service.is_none(), name(group)));
        tags.sort_unstable();
        tags.dedup();
        let tags = tags.iter().filter_map(|tag| site.model.find_tag(tag)).map(|tag| site.group_of_tag(tag));
        let context = ArticleIndexContext { groups, tags: tags.collect() };
        site.html("knowledge.html", page, Value::from(Serde(context)))
    }
}

//! The page of a knowledge article, and the list of articles.

use std::collections::HashSet;

use minijinja::value::{Serde, Value};
use serde::Serialize;

use super::ticket::lead;
use super::{PageKey, PageKind};
use crate::site::actions::published_path;
use crate::site::context::{
    ArticleRow, CountedLink, FileLink, ForgeLinks, FormattedTime, Link, PageContext, ServiceLink, TicketRow,
};
use crate::site::health::AnswerHealth;
use crate::site::prose::PAGE_ANCHORS;
use crate::site::{Html, ProseStyle, Site, SiteError};
use crate::text::RepoPath;
use crate::ticket::parts_of_article;

/// The context of `article.html`.
#[derive(Serialize)]
struct ArticleContext {
    article: ArticleHead,
    health: AnswerHealth,
    /// The fix and the cause, if the article has a section `Fix`.
    answer: Option<Html>,
    /// The first sentences of the problem, if the answer stands before the problem.
    lead: Option<String>,
    /// The contents list of a long text.
    contents: Option<Html>,
    /// The text; if there is an answer, without it.
    body: Html,
    superseded_by: Option<Link>,
    tickets: Vec<TicketRow>,
    /// Other tickets that were resolved with the article, newest first.
    answered: Vec<TicketRow>,
    attachments: Vec<FileLink>,
    forge: Option<ForgeLinks>,
    /// The file of the article, if the reader may know it.
    file: Option<String>,
    /// The forms for a new ticket about this article.
    flag: String,
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

/// The maximum number of other tickets that were resolved with the article.
const MAX_ANSWERED: usize = 12;

pub(super) struct Articles;

impl PageKind for Articles {
    fn pages(&self, site: &Site) -> Vec<(String, PageKey)> {
        (0..site.model.article_count())
            .filter(|n| site.model.replacement(*n).is_none())
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
        let text = article_text(site, &body, article.path.as_ref(), &page);
        let answered = shown.answers.iter().rev().filter(|n| !shown.tickets.contains(n)).take(MAX_ANSWERED);
        let context = ArticleContext {
            health: site.article_health(key.item),
            answer: text.answer,
            lead: text.lead,
            contents: text.contents,
            body: text.body,
            answered: answered.map(|n| site.row(*n)).collect(),
            file: published_path(article.path.as_ref()).map(|path| path.as_str().to_owned()),
            flag: site.flag_link(key.item),
            article: ArticleHead {
                title: row.title,
                internal: site.model.is_internal_article(key.item),
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

/// The text of an article as the page shows it.
struct ArticleText {
    answer: Option<Html>,
    lead: Option<String>,
    contents: Option<Html>,
    body: Html,
}

/// Renders the text of an article: the fix and the cause first, if they are sections of their own.
fn article_text(site: &Site, body: &str, path: Option<&RepoPath>, page: &PageContext) -> ArticleText {
    let style = ProseStyle { path, root: &page.root, title: Some(&page.title), ..ProseStyle::default() };
    if let Some((answer, rest)) = parts_of_article(body) {
        let part = ProseStyle { elsewhere: Some(PAGE_ANCHORS), ..style };
        let answer = site.prose(&answer, &ProseStyle { title: None, heading_shift: 1, ..part });
        let (contents, html) = site.prose_apart(&rest, &part);
        // Links lead to each heading, so a text in which both parts have an equal one stays whole.
        let known: HashSet<&str> = ids(answer.as_str()).collect();
        if !ids(&html).any(|id| known.contains(id)) {
            return ArticleText {
                answer: Some(answer),
                lead: Some(lead(&rest)).filter(|lead| !lead.is_empty()),
                contents: Some(Html::new(contents)).filter(|contents| !contents.as_str().is_empty()),
                body: Html::new(html),
            };
        }
    }
    ArticleText { answer: None, lead: None, contents: None, body: site.prose(body, &style) }
}

/// Returns the ids in rendered text, in which a quotation mark stands only around attributes.
fn ids(html: &str) -> impl Iterator<Item = &str> {
    html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next())
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
        for n in site.by_review(site.model.current_articles()) {
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

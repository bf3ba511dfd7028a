//! The Markdown twins of an article and of the list of articles.

use super::{Inline, Twin, twins};
use crate::site::pages::{PageKey, PageKind};
use crate::site::{ProseStyle, Site, SiteError};

pub(in crate::site::pages) struct ArticleTwins;

impl PageKind for ArticleTwins {
    fn pages(&self, site: &Site) -> Vec<(String, PageKey)> {
        twins(site, (0..site.model.article_count()).map(|n| (site.article_folder(n), PageKey::item(n))))
    }

    fn render(&self, site: &Site, path: &str, key: PageKey) -> Result<Vec<u8>, SiteError> {
        let n = key.item;
        let (article, shown) = (site.model.article(n), site.model.article_page(n));
        let title = site.article_title(n);
        let mut twin = Twin::new(site, path, &title);
        let mut items = Vec::new();
        if let Some(newer) = shown.superseded_by {
            items.push(twin.fact(twin.word("article.superseded"), vec![twin.article_link(newer)]));
        }
        if let Some(id) = article.service.as_deref() {
            items.push(twin.fact(&site.field_label("service"), vec![twin.service_link(id)]));
        }
        if let Some(confirmed) = article.confirmed {
            items.push(twin.fact(twin.word("twin.confirmed"), vec![Inline::text(confirmed.date())]));
        }
        let tags = site.model.tags_of(&article.tags);
        let tags: Vec<Inline> = tags.map(|tag| twin.link(&tag.name, &site.tag_folder(&tag.name))).collect();
        if !tags.is_empty() {
            items.push(twin.fact(&site.field_label("tags"), tags));
        }
        items.extend(twin.address(&site.article_folder(n)));
        twin.page.list(items);
        let style = ProseStyle {
            path: article.path.as_ref(),
            root: &twin.root,
            title: Some(&title),
            ..ProseStyle::default()
        };
        let text = site.twin_prose(&site.body(article.path.as_ref()), &style, 2);
        twin.page.prose(&text);
        let tickets = shown.tickets.iter().map(|n| twin.ticket_item(*n)).collect();
        twin.page.section(twin.word("article.tickets"), tickets);
        Ok(twin.finish())
    }
}

pub(in crate::site::pages) struct ArticleListTwin;

impl PageKind for ArticleListTwin {
    fn pages(&self, site: &Site) -> Vec<(String, PageKey)> {
        twins(site, std::iter::once(("knowledge/".to_owned(), PageKey::default())))
    }

    fn render(&self, site: &Site, path: &str, _: PageKey) -> Result<Vec<u8>, SiteError> {
        let mut twin = Twin::new(site, path, site.words().plain("nav.knowledge"));
        let articles: Vec<_> = site.model.current_articles().map(|n| twin.article_item(n)).collect();
        twin.page.list(articles);
        Ok(twin.finish())
    }
}

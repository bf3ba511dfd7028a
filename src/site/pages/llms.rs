//! `llms.txt`, which tells programs what the site is and where to begin (llmstxt.org). It has no tickets and no counts, so
//! it changes only with articles and settings.

use super::{PageKey, PageKind};
use crate::site::markdown_page::{Inline, MarkdownPage};
use crate::site::urls::encode_path;
use crate::site::{Site, SiteError};

/// The maximum number of articles. The list of all articles has the others.
const MAX_ARTICLES: usize = 200;

pub(super) struct Llms;

impl PageKind for Llms {
    fn pages(&self, _: &Site) -> Vec<(String, PageKey)> {
        vec![("llms.txt".to_owned(), PageKey::default())]
    }

    fn render(&self, site: &Site, _: &str, _: PageKey) -> Result<Vec<u8>, SiteError> {
        let model = &site.model;
        let words = site.words();
        let has_twins = model.settings().twins;
        let mut page = MarkdownPage::titled(&model.settings().title);
        page.quote(words.plain("llms.summary"));
        if has_twins {
            page.paragraph(vec![Inline::text(words.plain("llms.twins"))]);
        }
        let link = |text: &str, folder: &str| {
            let href = if has_twins { site.twin_href(folder) } else { site.page_href(folder) };
            Inline::link(text, format!("{}{href}", site.base_url().unwrap_or_default()))
        };
        let article = |n| {
            let about = Inline::text(format!(": {}", model.article_page(n).excerpt));
            vec![link(&site.article_title(n), &site.article_folder(n)), about]
        };
        page.section(
            words.plain("nav.knowledge"),
            model.current_articles().take(MAX_ARTICLES).map(article).collect(),
        );
        let services = (0..model.service_count()).map(|at| {
            let id = model.service_id(at);
            vec![link(&site.service_name(id), &site.service_folder(id))]
        });
        page.section(words.plain("nav.services"), services.collect());
        let file = |text: &str, path: &str| {
            let href = site.absolute(path).unwrap_or_else(|| encode_path(path));
            vec![Inline::link(words.plain(text), href)]
        };
        let mut lists = vec![
            vec![link(words.plain("home.resolved"), "")],
            vec![link(words.plain("llms.tickets"), "tickets/")],
            file("footer.feed", "feed.json"),
        ];
        if model.article_count() > 0 {
            lists.push(vec![link(words.plain("llms.articles"), "knowledge/")]);
        }
        page.section(words.plain("list.tickets"), lists);
        Ok(page.finish())
    }
}

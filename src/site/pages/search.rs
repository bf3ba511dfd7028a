//! The search page. It searches the static index with JavaScript; without JavaScript, it links to the lists.

use std::collections::BTreeMap;

use minijinja::value::{Serde, Value};
use serde::Serialize;

use super::{PageKey, PageKind};
use crate::site::context::PageContext;
use crate::site::{Site, SiteError};
use crate::ticket::{Resolution, Status};

/// The context of `search.html`.
#[derive(Serialize)]
struct SearchContext {
    /// The words for statuses, resolutions and other badges.
    labels: BTreeMap<&'static str, String>,
    /// The modules of the engine, which the first search loads.
    engine: Vec<String>,
}

pub(super) struct Search;

impl PageKind for Search {
    fn pages(&self, _: &Site) -> Vec<(String, PageKey)> {
        vec![("search/index.html".to_owned(), PageKey::default())]
    }

    fn render(&self, site: &Site, path: &str, _: PageKey) -> Result<Vec<u8>, SiteError> {
        let page = PageContext {
            kind: "search",
            title: site.words().plain("search.title").to_owned(),
            noindex: true,
            modules: site.theme.modules("search/page.js"),
            ..site.page_context(path)
        };
        let words = site.words();
        let statuses = Status::NAMES.iter().map(|name| (*name, words.label("status", name).to_owned()));
        let resolutions =
            Resolution::NAMES.iter().map(|name| (*name, words.label("resolution", name).to_owned()));
        let others = [
            ("of-fix", words.plain("excerpt.fix")),
            ("of-answer", words.plain("excerpt.answer")),
            ("of-outcome", words.plain("excerpt.outcome")),
            ("article", words.plain("search.article")),
            ("internal", words.label("visibility", "internal")),
            ("public", words.label("visibility", "public")),
            ("high", words.label("priority", "high")),
            ("urgent", words.label("priority", "urgent")),
        ];
        let others = others.map(|(name, label)| (name, label.to_owned()));
        let labels = statuses.chain(resolutions).chain(others).collect();
        let mut engine =
            ["search/engine.js", "search/marks.js"].map(|name| site.theme.modules(name)).concat();
        engine.sort();
        engine.dedup();
        let context = SearchContext { labels, engine };
        site.html("search.html", page, Value::from(Serde(context)))
    }
}

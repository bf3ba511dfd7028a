//! The page that is shown for an unknown address. A server can show it at any depth, so the links in `404.html` begin
//! at the site's root.

use minijinja::Value;

use super::{PageKey, PageKind};
use crate::site::context::PageContext;
use crate::site::{Site, SiteError};

pub(super) struct NotFound;

impl PageKind for NotFound {
    fn pages(&self, _: &Site) -> Vec<(String, PageKey)> {
        vec![("404.html".to_owned(), PageKey::default())]
    }

    fn render(&self, site: &Site, _: &str, _: PageKey) -> Result<Vec<u8>, SiteError> {
        page(site, site.base_path().to_owned())
    }
}

impl Site {
    /// Renders the page for the unknown address `path`. Its links are relative, so that they work wherever the site is
    /// published.
    pub fn not_found(&self, path: &str) -> Result<Vec<u8>, SiteError> {
        page(self, self.root_of(path))
    }
}

fn page(site: &Site, root: String) -> Result<Vec<u8>, SiteError> {
    let page = PageContext {
        kind: "not-found",
        title: site.words().plain("not_found.title").to_owned(),
        root,
        canonical: None,
        noindex: true,
        ..site.page_context("404.html")
    };
    site.html("not-found.html", page, Value::from(()))
}

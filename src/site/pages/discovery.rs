//! Files for search engines and browsers: `robots.txt` and the OpenSearch description.

use minijinja::context;

use super::{PageKey, PageKind};
use crate::site::xml::well_formed;
use crate::site::{Site, SiteError};
use crate::view::Audience;

pub(super) struct Robots;

impl PageKind for Robots {
    fn pages(&self, _: &Site) -> Vec<(String, PageKey)> {
        vec![("robots.txt".to_owned(), PageKey::default())]
    }

    fn render(&self, site: &Site, _: &str, _: PageKey) -> Result<Vec<u8>, SiteError> {
        let mut text = match site.model.view().audience {
            Audience::Public => "User-agent: *\nAllow: /\n".to_owned(),
            Audience::Internal => "User-agent: *\nDisallow: /\n".to_owned(),
        };
        if site.model.view().audience == Audience::Public
            && let Some(sitemap) = site.absolute("sitemap.xml")
        {
            text.push_str(&format!("Sitemap: {sitemap}\n"));
        }
        Ok(text.into_bytes())
    }
}

/// `opensearch.xml`, with which browsers offer the site's search. It needs absolute URLs.
pub(super) struct OpenSearch;

impl PageKind for OpenSearch {
    fn pages(&self, site: &Site) -> Vec<(String, PageKey)> {
        if site.base_url().is_none() {
            Vec::new()
        } else {
            vec![("opensearch.xml".to_owned(), PageKey::default())]
        }
    }

    fn render(&self, site: &Site, _: &str, _: PageKey) -> Result<Vec<u8>, SiteError> {
        let title = &site.model.settings().title;
        let context = context! {
            // OpenSearch allows at most 16 characters in a short name.
            short => title.chars().take(16).collect::<String>(),
            title => title,
            base => site.base_url(),
        };
        site.theme.render("opensearch.xml", context).map(|xml| (well_formed(xml) + "\n").into_bytes())
    }
}

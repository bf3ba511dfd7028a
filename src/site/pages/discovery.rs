//! Files for search engines and browsers: `robots.txt`, the sitemap and the OpenSearch description.

use minijinja::context;

use super::{PageKey, PageKind};
use crate::site::markdown::escape;
use crate::site::xml::well_formed;
use crate::site::{Site, SiteError};
use crate::view::Audience;

/// The maximum number of addresses that the sitemap protocol allows in one sitemap.
const MAX_ADDRESSES: usize = 50_000;

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

/// `sitemap.xml`, which lists several sitemaps if there are too many addresses for one.
pub(super) struct Sitemap;

impl PageKind for Sitemap {
    fn pages(&self, site: &Site) -> Vec<(String, PageKey)> {
        if site.base_url().is_none() {
            return Vec::new();
        }
        let mut pages = vec![("sitemap.xml".to_owned(), PageKey::default())];
        let parts = entries(site).len().div_ceil(MAX_ADDRESSES);
        if parts > 1 {
            pages.extend((1..=parts).map(|part| (format!("sitemap-{part}.xml"), PageKey { item: 0, part })));
        }
        pages
    }

    fn render(&self, site: &Site, _: &str, key: PageKey) -> Result<Vec<u8>, SiteError> {
        let entries = entries(site);
        let parts = entries.len().div_ceil(MAX_ADDRESSES);
        let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        let namespace = "xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\"";
        if key.part == 0 && parts > 1 {
            xml.push_str(&format!("<sitemapindex {namespace}>\n"));
            for part in 1..=parts {
                let loc = site.absolute(&format!("sitemap-{part}.xml")).unwrap_or_default();
                xml.push_str(&format!("<sitemap><loc>{}</loc></sitemap>\n", escape(&loc)));
            }
            xml.push_str("</sitemapindex>\n");
        } else {
            xml.push_str(&format!("<urlset {namespace}>\n"));
            for (folder, date) in
                entries.iter().skip(key.part.saturating_sub(1) * MAX_ADDRESSES).take(MAX_ADDRESSES)
            {
                let loc = site.absolute(folder).unwrap_or_default();
                xml.push_str(&format!("<url><loc>{}</loc>", escape(&loc)));
                if let Some(date) = date {
                    xml.push_str(&format!("<lastmod>{date}</lastmod>"));
                }
                xml.push_str("</url>\n");
            }
            xml.push_str("</urlset>\n");
        }
        Ok(well_formed(xml).into_bytes())
    }
}

/// Lists the folder of every page that search engines should index, with the date of the newest text on the page.
fn entries(site: &Site) -> Vec<(String, Option<String>)> {
    let model = &site.model;
    let mut entries = vec![(String::new(), model.as_of().map(crate::text::Time::date))];
    for n in 0..model.article_count() {
        entries.push((site.article_folder(n), model.article(n).confirmed.map(crate::text::Time::date)));
    }
    for n in (0..model.ticket_count()).rev() {
        let newest = model.thread(n).replies.iter().filter_map(|reply| reply.created).max();
        let date = newest.max(model.thread(n).ticket.created).map(crate::text::Time::date);
        entries.push((site.ticket_folder(n), date));
    }
    entries.extend((0..model.service_count()).map(|at| (site.service_folder(model.service_id(at)), None)));
    entries.extend(model.tags().iter().map(|tag| (site.tag_folder(&tag.name), None)));
    entries
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

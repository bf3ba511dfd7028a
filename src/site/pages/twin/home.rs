//! The Markdown twin of the front page.

use super::{Twin, twins};
use crate::site::pages::home::recently_resolved;
use crate::site::pages::{PageKey, PageKind};
use crate::site::{Site, SiteError};

pub(in crate::site::pages) struct HomeTwin;

impl PageKind for HomeTwin {
    fn pages(&self, site: &Site) -> Vec<(String, PageKey)> {
        twins(site, std::iter::once((String::new(), PageKey::default())))
    }

    fn render(&self, site: &Site, path: &str, _: PageKey) -> Result<Vec<u8>, SiteError> {
        let model = &site.model;
        let mut twin = Twin::new(site, path, &model.settings().title);
        let address = twin.address("");
        twin.page.list(address);
        let articles = model.current_articles().map(|n| twin.article_item(n)).collect();
        twin.page.section(twin.word("nav.knowledge"), articles);
        let services = (0..model.service_count()).map(|at| vec![twin.service_link(model.service_id(at))]);
        let services = services.collect();
        twin.page.section(twin.word("nav.services"), services);
        let resolved = recently_resolved(site).into_iter().map(|n| twin.ticket_item(n)).collect();
        twin.page.section(twin.word("home.resolved"), resolved);
        let all = twin.link(twin.word("nav.tickets"), "tickets/");
        twin.page.paragraph(vec![all]);
        let tags = site.top_tags(20).into_iter();
        let tags = tags.map(|tag| vec![twin.link(&tag.name, &site.tag_folder(&tag.name))]).collect();
        twin.page.section(twin.word("nav.tags"), tags);
        Ok(twin.finish())
    }
}

//! The Markdown twins of services and tags: lists of their tickets and articles.

use super::{Inline, Twin, twins};
use crate::site::inputs::{ListKey, covered};
use crate::site::model::{TicketNo, tag_key};
use crate::site::pages::{PageKey, PageKind, list, service, tickets};
use crate::site::{Site, SiteError};

/// The maximum number of tickets in each list of a twin, newest first.
const MAX_TICKETS: usize = 30;

pub(in crate::site::pages) struct ServiceTwins;

impl PageKind for ServiceTwins {
    fn pages(&self, site: &Site) -> Vec<(String, PageKey)> {
        let folder = |at| (site.service_folder(site.model.service_id(at)), PageKey::item(at));
        twins(site, (0..site.model.service_count()).map(folder))
    }

    fn render(&self, site: &Site, path: &str, key: PageKey) -> Result<Vec<u8>, SiteError> {
        let model = &site.model;
        let shown = model.service(key.item);
        let mut twin = Twin::new(site, path, &site.service_name(&shown.id));
        twin.service_facts(key.item);
        let articles = shown.articles.iter().map(|n| twin.article_item(*n)).collect();
        twin.page.section(twin.word("nav.knowledge"), articles);
        let (mut resolved, open): (Vec<TicketNo>, Vec<TicketNo>) = covered(
            || model.service_input(key.item),
            || shown.tickets.iter().rev().partition(|n| site.is_resolved(**n)),
        );
        covered(|| model.service_input(key.item), || site.sort_by_resolution(&mut resolved));
        twin.tickets("home.open_now", &open);
        twin.tickets("home.resolved", &resolved);
        let all = twin.link(twin.word("list.tickets"), &service::list_folder(site, &shown.id));
        twin.page.paragraph(vec![all]);
        Ok(twin.finish())
    }
}

pub(in crate::site::pages) struct TagTwins;

impl PageKind for TagTwins {
    fn pages(&self, site: &Site) -> Vec<(String, PageKey)> {
        let tags = site.model.tags().iter().enumerate();
        let parts = tags.flat_map(|(item, tag)| {
            let base = site.tag_folder(&tag.name);
            list::parts(tag.tickets.len())
                .map(move |part| (list::folder(&base, part), PageKey { item, part }))
        });
        twins(site, parts)
    }

    fn render(&self, site: &Site, path: &str, key: PageKey) -> Result<Vec<u8>, SiteError> {
        let tag = site.model.tag_name(key.item);
        let base = site.tag_folder(tag);
        let mut twin = Twin::new(site, path, tag);
        if key.part == 0 {
            let address = twin.address(&base);
            twin.page.list(address);
            let articles = &site.model.tag(key.item).articles;
            let articles = articles.iter().map(|n| twin.article_item(*n)).collect();
            twin.page.section(twin.word("nav.knowledge"), articles);
        }
        twin.part(&ListKey::Tag(tag_key(tag)), |part| list::folder(&base, part), key.part);
        Ok(twin.finish())
    }
}

/// The list of all tickets of a service.
pub(in crate::site::pages) struct ServiceTicketsTwins;

impl PageKind for ServiceTicketsTwins {
    fn pages(&self, site: &Site) -> Vec<(String, PageKey)> {
        let parts = (0..site.model.service_count()).flat_map(|item| {
            let base = service::list_folder(site, site.model.service_id(item));
            let parts = list::parts(site.model.service(item).tickets.len());
            parts.map(move |part| (list::folder(&base, part), PageKey { item, part }))
        });
        twins(site, parts)
    }

    fn render(&self, site: &Site, path: &str, key: PageKey) -> Result<Vec<u8>, SiteError> {
        let id = site.model.service_id(key.item);
        let base = service::list_folder(site, id);
        let mut twin = Twin::new(site, path, &site.service_name(id));
        twin.part(&ListKey::Service(id.to_owned()), |part| list::folder(&base, part), key.part);
        Ok(twin.finish())
    }
}

/// The list of all tickets.
pub(in crate::site::pages) struct AllTicketsTwins;

impl PageKind for AllTicketsTwins {
    fn pages(&self, site: &Site) -> Vec<(String, PageKey)> {
        let parts = list::parts(site.model.ticket_count());
        twins(site, parts.map(|part| (tickets::folder(part), PageKey { item: 0, part })))
    }

    fn render(&self, site: &Site, path: &str, key: PageKey) -> Result<Vec<u8>, SiteError> {
        let mut twin = Twin::new(site, path, site.words().plain("nav.tickets"));
        twin.part(&ListKey::All, tickets::folder, key.part);
        Ok(twin.finish())
    }
}

impl<'a> Twin<'a> {
    fn service_facts(&mut self, at: usize) {
        let model = &self.site.model;
        let (id, settings) = (model.service_id(at), model.settings());
        let service = settings.service(id);
        let mut items = Vec::new();
        if let Some(parent) = service.and_then(|service| service.part_of.as_deref()) {
            items.push(self.fact(self.word("twin.part_of"), vec![self.service_link(parent)]));
        }
        if let Some(owner) = service.and_then(|service| service.owner.clone()) {
            items.push(self.fact(self.word("service.owner"), vec![Inline::text(owner)]));
        }
        let oncall = settings.oncall_of(id).iter().map(|id| Inline::text(self.site.person(id).name));
        let modules = model.modules_of(at).iter().map(|at| self.service_link(model.service_id(*at)));
        let lists = [("service.oncall", oncall.collect()), ("service.modules", modules.collect::<Vec<_>>())];
        for (label, values) in lists {
            if !values.is_empty() {
                items.push(self.fact(self.word(label), values));
            }
        }
        items.extend(self.address(&self.site.service_folder(id)));
        self.page.list(items);
    }

    fn tickets(&mut self, title: &'a str, tickets: &[TicketNo]) {
        let items = tickets.iter().take(MAX_TICKETS).map(|n| self.ticket_item(*n)).collect();
        self.page.section(self.word(title), items);
    }

    /// Adds a part of a long list with links to the parts next to it.
    fn part(&mut self, key: &ListKey, folder: impl Fn(usize) -> String, part: usize) {
        let found = self.site.model.part(key, part);
        let items = found.tickets.iter().map(|n| self.ticket_item(*n)).collect();
        self.page.section(self.word("list.tickets"), items);
        let parts = [("pages.newer", found.newer), ("pages.older", found.older)];
        let link =
            |(word, part): (&'a str, Option<usize>)| Some(vec![self.link(self.word(word), &folder(part?))]);
        let links: Vec<Vec<Inline>> = parts.into_iter().filter_map(link).collect();
        self.page.list(links);
    }
}

//! The Markdown twins of services and tags: lists of their tickets and articles.

use super::{Inline, Twin, twins};
use crate::site::inputs::{Input, covered};
use crate::site::model::{TicketNo, tag_key};
use crate::site::pages::{PageKey, PageKind};
use crate::site::{Site, SiteError};

/// The maximum number of tickets in each list of a twin, newest first.
const MAX_TICKETS: usize = 50;

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
        Ok(twin.finish())
    }
}

pub(in crate::site::pages) struct TagTwins;

impl PageKind for TagTwins {
    fn pages(&self, site: &Site) -> Vec<(String, PageKey)> {
        let tags = site.model.tags().iter().enumerate();
        twins(site, tags.map(|(at, tag)| (site.tag_folder(&tag.name), PageKey::item(at))))
    }

    fn render(&self, site: &Site, path: &str, key: PageKey) -> Result<Vec<u8>, SiteError> {
        let shown = site.model.tag(key.item);
        let mut twin = Twin::new(site, path, &shown.name);
        let address = twin.address(&site.tag_folder(&shown.name));
        twin.page.list(address);
        let articles = shown.articles.iter().map(|n| twin.article_item(*n)).collect();
        twin.page.section(twin.word("nav.knowledge"), articles);
        let mut tickets = shown.tickets.clone();
        covered(|| Input::Tag(tag_key(&shown.name)), || site.sort_by_resolution(&mut tickets));
        twin.tickets("list.tickets", &tickets);
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
}

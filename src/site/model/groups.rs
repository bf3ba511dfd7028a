//! The lists that pages show (by resolution, by tag, by service) and the published attachments.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::{ArticleNo, Model, ServicePage, TagPage, TicketNo, tag_key};
use crate::settings::MAX_SERVICE_DEPTH;
use crate::text::RepoPath;
use crate::ticket::{Status, tags_with_page};

/// The number of tickets next to a ticket among which a page chooses.
const MOST_NEAR: usize = 8;

impl Model {
    pub(super) fn group_by_status(&mut self) {
        let store = Arc::clone(&self.store);
        for n in 0..self.tickets.len() {
            let thread = &store.threads[n];
            if thread.state.resolved.is_some() {
                self.resolved.push(n);
            }
            if thread.state.status != Status::Resolved {
                self.open.push(n);
            }
            self.as_of = self.as_of.max(thread.ticket.created);
            for reply in thread.replies.iter().filter(|reply| reply.is_dated()) {
                self.as_of = self.as_of.max(reply.created);
            }
        }
        self.resolved.sort_by_key(|n| {
            let state = &store.threads[*n].state;
            (std::cmp::Reverse(state.resolved), std::cmp::Reverse(*n))
        });
        self.open.reverse();
    }

    pub(super) fn group_answered(&mut self) {
        let store = Arc::clone(&self.store);
        for n in (0..self.tickets.len()).filter(|n| self.tickets[*n].digest.answered) {
            let service = store.threads[n].state.service.clone();
            self.answered.entry(None).or_default().push(n);
            if service.is_some() {
                self.answered.entry(service).or_default().push(n);
            }
        }
    }

    /// Returns the answered tickets next to ticket `n`; see [`Model::near`].
    pub(super) fn neighbours(&self, n: TicketNo) -> Vec<TicketNo> {
        let service = &self.store.threads[n].state.service;
        let all = self.answered.get(service).map_or(&[][..], Vec::as_slice);
        let before = all[..all.partition_point(|other| *other < n)].iter().rev();
        let after = all[all.partition_point(|other| *other <= n)..].iter();
        let mut near: Vec<(usize, &TicketNo)> = before.enumerate().take(MOST_NEAR).collect();
        near.extend(after.enumerate().take(MOST_NEAR));
        // For equal distances, the ticket that was there first comes first.
        near.sort_by_key(|(distance, n)| (*distance, **n));
        near.into_iter().map(|(_, n)| *n).take(MOST_NEAR).collect()
    }

    pub(super) fn add_tags(&mut self) {
        let store = Arc::clone(&self.store);
        let page = |name: &str| TagPage { name: name.to_owned(), tickets: Vec::new(), articles: Vec::new() };
        let mut tags: BTreeMap<String, TagPage> = BTreeMap::new();
        for n in 0..self.tickets.len() {
            for (key, name) in distinct(&store.threads[n].state.tags) {
                tags.entry(key).or_insert_with(|| page(name)).tickets.push(n);
            }
        }
        for n in 0..self.articles.len() {
            for (key, name) in distinct(&store.articles[n].tags) {
                tags.entry(key).or_insert_with(|| page(name)).articles.push(n);
            }
        }
        self.tag_at = tags.keys().enumerate().map(|(at, key)| (key.clone(), at)).collect();
        self.tags = tags.into_values().collect();
    }

    pub(super) fn add_services(&mut self) {
        let store = Arc::clone(&self.store);
        let settings = &store.settings;
        let mut own: HashMap<&str, (Vec<TicketNo>, Vec<ArticleNo>)> = HashMap::new();
        let ancestors = |id: &str| -> Vec<&str> {
            let all = settings.services.iter().map(|service| service.id.as_str());
            let mut found: Vec<&str> = Vec::new();
            let mut current = all.clone().find(|known| *known == id);
            while let Some(id) = current.filter(|id| !found.contains(id) && found.len() < MAX_SERVICE_DEPTH) {
                found.push(id);
                current = settings.service(id).and_then(|service| service.part_of.as_deref());
            }
            found
        };
        let mut lines: HashMap<&str, Vec<&str>> = HashMap::new();
        for n in 0..self.tickets.len() {
            let Some(id) = store.threads[n].state.service.as_deref() else { continue };
            for ancestor in lines.entry(id).or_insert_with(|| ancestors(id)) {
                own.entry(ancestor).or_default().0.push(n);
            }
        }
        for n in 0..self.articles.len() {
            let Some(id) = store.articles[n].service.as_deref() else { continue };
            for ancestor in lines.entry(id).or_insert_with(|| ancestors(id)) {
                own.entry(ancestor).or_default().1.push(n);
            }
        }
        for service in &settings.services {
            let (tickets, articles) = own.remove(service.id.as_str()).unwrap_or_default();
            self.service_at.insert(service.id.clone(), self.services.len());
            self.services.push(ServicePage {
                id: service.id.clone(),
                tickets,
                articles,
                modules: Vec::new(),
            });
        }
        for at in 0..self.services.len() {
            let modules: Vec<usize> = settings
                .modules_of(&self.services[at].id)
                .filter_map(|module| self.service_at.get(&module.id).copied())
                .collect();
            self.services[at].modules = modules;
        }
    }

    pub(super) fn find_attachments(&mut self) {
        let store = Arc::clone(&self.store);
        let mut found: BTreeMap<RepoPath, TicketNo> = BTreeMap::new();
        for n in 0..self.tickets.len() {
            let all = store.attachments_of(self.thread(n).id()).filter(|attachment| !attachment.symlink);
            found.extend(all.map(|attachment| (attachment.path.clone(), n)));
        }
        self.attachments = found.into_iter().collect();
    }
}

/// Returns the tags of a ticket or article that have a page, without duplicates, by their key.
fn distinct(tags: &[String]) -> BTreeMap<String, &str> {
    let mut found = BTreeMap::new();
    for tag in tags_with_page(tags).map(|tag| tag.trim()) {
        found.entry(tag_key(tag)).or_insert(tag);
    }
    found
}

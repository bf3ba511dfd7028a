//! The lists that pages show: by resolution, by tag, by service; and the attachments that are published.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::{ArticleNo, Model, ServicePage, TagPage, TicketNo};
use crate::repo::EntryKind;
use crate::site::digest;
use crate::site::view::Audience;
use crate::store::Role;
use crate::text::RepoPath;
use crate::ticket::Status;

impl Model {
    pub(super) fn sort_out(&mut self) {
        let store = Arc::clone(&self.store);
        for n in 0..self.tickets.len() {
            let thread = &store.threads[self.tickets[n].at];
            if thread.state.resolved.is_some() {
                self.resolved.push(n);
            }
            if thread.state.status != Status::Resolved {
                self.open.push(n);
            }
            self.as_of = self.as_of.max(thread.ticket.created);
            for reply in thread.replies.iter().filter(|reply| reply.is_dated()) {
                if self.view.shows_reply(thread, reply) {
                    self.as_of = self.as_of.max(reply.created);
                }
            }
        }
        self.resolved.sort_by_key(|n| {
            let state = &store.threads[self.tickets[*n].at].state;
            (std::cmp::Reverse(state.resolved), std::cmp::Reverse(*n))
        });
        self.open.reverse();
    }

    pub(super) fn add_tags(&mut self) {
        let store = Arc::clone(&self.store);
        let mut tags: BTreeMap<&String, (Vec<TicketNo>, Vec<ArticleNo>)> = BTreeMap::new();
        for n in 0..self.tickets.len() {
            for tag in distinct(&store.threads[self.tickets[n].at].state.tags) {
                tags.entry(tag).or_default().0.push(n);
            }
        }
        for n in 0..self.articles.len() {
            for tag in distinct(&store.articles[self.articles[n].at].tags) {
                tags.entry(tag).or_default().1.push(n);
            }
        }
        self.tags = tags
            .into_iter()
            .map(|(name, (tickets, articles))| TagPage { name: name.clone(), tickets, articles })
            .collect();
        self.tag_at = self.tags.iter().enumerate().map(|(at, tag)| (tag.name.clone(), at)).collect();
    }

    /// On a site for everybody a service without anything to read there does not exist.
    pub(super) fn add_services(&mut self) {
        let store = Arc::clone(&self.store);
        let settings = &store.settings;
        let mut own: HashMap<&str, (Vec<TicketNo>, Vec<ArticleNo>)> = HashMap::new();
        let ancestors = |id: &str| -> Vec<&str> {
            let all = settings.services.iter().map(|service| service.id.as_str());
            let mut found: Vec<&str> = Vec::new();
            let mut current = all.clone().find(|known| *known == id);
            while let Some(id) = current.filter(|id| !found.contains(id)) {
                found.push(id);
                current = settings.service(id).and_then(|service| service.part_of.as_deref());
            }
            found
        };
        let mut lines: HashMap<&str, Vec<&str>> = HashMap::new();
        for n in 0..self.tickets.len() {
            let Some(id) = store.threads[self.tickets[n].at].state.service.as_deref() else { continue };
            for ancestor in lines.entry(id).or_insert_with(|| ancestors(id)) {
                own.entry(ancestor).or_default().0.push(n);
            }
        }
        for n in 0..self.articles.len() {
            let Some(id) = store.articles[self.articles[n].at].service.as_deref() else { continue };
            for ancestor in lines.entry(id).or_insert_with(|| ancestors(id)) {
                own.entry(ancestor).or_default().1.push(n);
            }
        }
        for service in &settings.services {
            let (tickets, articles) = own.remove(service.id.as_str()).unwrap_or_default();
            if self.view.audience == Audience::Public && tickets.is_empty() && articles.is_empty() {
                continue;
            }
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
        if self.view.audience == Audience::Internal {
            for n in 0..self.tickets.len() {
                let all = store.attachments_of(self.thread(n).id()).filter(|attachment| !attachment.symlink);
                found.extend(all.map(|attachment| (attachment.path.clone(), n)));
            }
        }
        let mut linked: Vec<RepoPath> =
            self.tickets.iter_mut().flat_map(|shown| std::mem::take(&mut shown.digest.linked)).collect();
        for n in 0..self.articles.len() {
            linked.extend(digest::linked_by(&self.text_source(""), self.article(n).path.as_ref()));
        }
        for path in linked {
            if let Some(owner) = self.owner_of(&path) {
                found.insert(path, owner);
            }
        }
        self.attachments = found.into_iter().collect();
    }

    /// The shown ticket in whose folder the attachment at `path` is.
    fn owner_of(&self, path: &RepoPath) -> Option<TicketNo> {
        match self.store.layout.entry(path) {
            Some((entry, Role::Attachment(ticket))) if entry.kind == EntryKind::File => {
                self.find(ticket.stem())
            }
            _ => None,
        }
    }
}

/// The tags of one ticket or article, each once.
fn distinct(tags: &[String]) -> BTreeSet<&String> {
    tags.iter().filter(|tag| !tag.trim().is_empty()).collect()
}

//! What a site shows, and how its parts hang together: computed once, before any page is.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use jiff::tz::{TimeZone, TimeZoneDatabase};
use rayon::prelude::*;

use super::digest::{Digest, digest};
use super::view::{Audience, View};
use crate::settings::Settings;
use crate::store::Store;
use crate::text::{RepoPath, Time};
use crate::ticket::{Article, Reply, Status, Thread, Visibility};

/// The place of a ticket in [`Model::tickets`].
pub(super) type TicketNo = usize;
/// The place of an article in [`Model::articles`].
pub(super) type ArticleNo = usize;

/// What a site shows.
pub(super) struct Model {
    pub(super) store: Arc<Store>,
    pub(super) view: View,
    /// Every ticket that has a page, by time of opening.
    pub(super) tickets: Vec<Shown>,
    /// Every article that has a page, by slug.
    pub(super) articles: Vec<ShownArticle>,
    /// Services with something to show, in the order of the catalogue.
    pub(super) services: Vec<ServicePage>,
    /// Tags by name.
    pub(super) tags: Vec<TagPage>,
    /// Tickets that were ever resolved, last resolved first.
    pub(super) resolved: Vec<TicketNo>,
    /// Tickets that are not resolved, newest first.
    pub(super) open: Vec<TicketNo>,
    /// Attachments that are published: those that shown text links, and on an internal site all of shown tickets. By the
    /// path in the repository, with their ticket.
    pub(super) attachments: Vec<(RepoPath, TicketNo)>,
    /// The newest `created` that the site shows: its clock.
    pub(super) as_of: Option<Time>,
    pub(super) zone: TimeZone,
    by_name: HashMap<String, TicketNo>,
    by_slug: HashMap<String, ArticleNo>,
    service_at: HashMap<String, usize>,
    tag_at: HashMap<String, usize>,
}

/// A ticket that has a page.
pub(super) struct Shown {
    /// Its place in the store.
    pub(super) at: usize,
    pub(super) digest: Digest,
    /// How often it was asked: itself, its duplicates, and the tickets that it answered.
    pub(super) asked: usize,
    pub(super) duplicates: Vec<TicketNo>,
    /// Tickets that were resolved with this one's answer.
    pub(super) answers: Vec<TicketNo>,
    /// Tickets that it names as related, or that name it so.
    pub(super) related: BTreeSet<TicketNo>,
    /// Tickets whose text mentions it.
    pub(super) mentions: Vec<TicketNo>,
    /// Articles that distil it.
    pub(super) articles: Vec<ArticleNo>,
}

/// An article that has a page.
pub(super) struct ShownArticle {
    /// Its place in the store.
    pub(super) at: usize,
    pub(super) excerpt: String,
    /// The tickets that it distils and the site shows.
    pub(super) tickets: Vec<TicketNo>,
    pub(super) superseded_by: Option<ArticleNo>,
}

/// A service that has a page.
pub(super) struct ServicePage {
    pub(super) id: String,
    /// Its tickets and those of its modules, by time of opening.
    pub(super) tickets: Vec<TicketNo>,
    pub(super) articles: Vec<ArticleNo>,
    /// Its modules that have a page.
    pub(super) modules: Vec<usize>,
}

/// A tag, which has a page.
pub(super) struct TagPage {
    pub(super) name: String,
    /// By time of opening.
    pub(super) tickets: Vec<TicketNo>,
    pub(super) articles: Vec<ArticleNo>,
}

impl Model {
    pub(super) fn new(store: Arc<Store>, view: View, hidden: &str) -> Self {
        let zone = TimeZoneDatabase::bundled().get(&store.settings.timezone).unwrap_or(TimeZone::UTC);
        let shown: Vec<usize> = (0..store.threads.len())
            .filter(|at| {
                let thread = &store.threads[*at];
                // Of one id twice the older has the page; `check` reports the other.
                view.shows(thread)
                    && store.thread(thread.id()).is_some_and(|first| std::ptr::eq(first, thread))
            })
            .collect();
        let by_name = names(&store, &shown);
        let source = TextSource { store: &store, view, hidden };
        let digests: Vec<Digest> = shown
            .par_iter()
            .map(|at| digest(&source, &store.threads[*at], |name| by_name.get(name).copied()))
            .collect();
        let tickets = shown
            .iter()
            .zip(digests)
            .map(|(at, digest)| Shown {
                at: *at,
                digest,
                asked: 1,
                duplicates: Vec::new(),
                answers: Vec::new(),
                related: BTreeSet::new(),
                mentions: Vec::new(),
                articles: Vec::new(),
            })
            .collect();
        let mut model = Self {
            view,
            tickets,
            articles: Vec::new(),
            services: Vec::new(),
            tags: Vec::new(),
            resolved: Vec::new(),
            open: Vec::new(),
            attachments: Vec::new(),
            as_of: None,
            zone,
            by_name,
            by_slug: HashMap::new(),
            service_at: HashMap::new(),
            tag_at: HashMap::new(),
            store: Arc::clone(&store),
        };
        model.add_articles(hidden);
        model.relate();
        model.sort_out();
        model.add_tags();
        model.add_services();
        model.find_attachments();
        model
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.store.settings
    }

    pub(super) fn thread(&self, n: TicketNo) -> &Thread {
        &self.store.threads[self.tickets[n].at]
    }

    pub(super) fn article(&self, n: ArticleNo) -> &Article {
        &self.store.articles[self.articles[n].at]
    }

    /// The shown ticket called `name`: its id, a former id, or what it was called where it was imported from.
    pub(super) fn find(&self, name: &str) -> Option<TicketNo> {
        self.by_name.get(name).copied()
    }

    /// The shown article of this slug.
    pub(super) fn find_article(&self, slug: &str) -> Option<ArticleNo> {
        self.by_slug.get(slug).copied()
    }

    /// The page of service `id`.
    pub(super) fn find_service(&self, id: &str) -> Option<&ServicePage> {
        self.service_at.get(id).map(|at| &self.services[*at])
    }

    /// The page of `tag`.
    pub(super) fn find_tag(&self, tag: &str) -> Option<&TagPage> {
        self.tag_at.get(tag).map(|at| &self.tags[*at])
    }

    /// The ticket whose attachment is published, if the one at `path` is.
    pub(super) fn find_attachment(&self, path: &RepoPath) -> Option<TicketNo> {
        let at = self.attachments.binary_search_by(|(known, _)| known.cmp(path)).ok()?;
        Some(self.attachments[at].1)
    }

    /// Whether `name` names something whose very name this site's audience may not read.
    pub(super) fn is_secret(&self, name: &str) -> bool {
        is_secret(&self.store, self.view, name)
    }

    /// The replies that are shown, with their places among all.
    pub(super) fn replies(&self, n: TicketNo) -> impl Iterator<Item = (usize, &Reply)> {
        let thread = self.thread(n);
        thread.replies.iter().enumerate().filter(|(_, reply)| self.view.shows_reply(thread, reply))
    }

    /// Whether a ticket is marked as internal: only where there are others.
    pub(super) fn is_internal(&self, n: TicketNo) -> bool {
        self.view.audience == Audience::Internal && self.thread(n).state.visibility == Visibility::Internal
    }

    fn add_articles(&mut self, hidden: &str) {
        let store = Arc::clone(&self.store);
        let source = TextSource { store: &store, view: self.view, hidden };
        for (at, article) in store.articles.iter().enumerate() {
            if !self.view.shows_article(&store.settings, article) || self.by_slug.contains_key(&article.slug)
            {
                continue;
            }
            let n = self.articles.len();
            let tickets: BTreeSet<TicketNo> = article.tickets.iter().filter_map(|id| self.find(id)).collect();
            for ticket in &tickets {
                self.tickets[*ticket].articles.push(n);
            }
            let body = source.body(article.path.as_ref());
            self.articles.push(ShownArticle {
                at,
                excerpt: super::markdown::excerpt(&body, super::digest::EXCERPT),
                tickets: tickets.into_iter().collect(),
                superseded_by: None,
            });
            self.by_slug.insert(article.slug.clone(), n);
        }
        for n in 0..self.articles.len() {
            for slug in &store.articles[self.articles[n].at].supersedes {
                if let Some(old) = self.find_article(slug)
                    && old != n
                {
                    self.articles[old].superseded_by = Some(n);
                }
            }
        }
    }

    fn relate(&mut self) {
        let store = Arc::clone(&self.store);
        for n in 0..self.tickets.len() {
            let state = &store.threads[self.tickets[n].at].state;
            if let Some(other) = state.duplicate_of.as_deref().and_then(|id| self.find(id))
                && other != n
            {
                self.tickets[other].duplicates.push(n);
            }
            let answers: BTreeSet<TicketNo> =
                state.answered_by.iter().filter_map(|id| self.find(id)).collect();
            for other in answers.into_iter().filter(|other| *other != n) {
                self.tickets[other].answers.push(n);
            }
            let related: Vec<TicketNo> = state.related.iter().filter_map(|id| self.find(id)).collect();
            for other in related.into_iter().filter(|other| *other != n) {
                self.tickets[n].related.insert(other);
                self.tickets[other].related.insert(n);
            }
            for other in std::mem::take(&mut self.tickets[n].digest.mentions) {
                if other != n {
                    self.tickets[other].mentions.push(n);
                }
            }
        }
        for shown in &mut self.tickets {
            let askers: BTreeSet<TicketNo> = shown.duplicates.iter().chain(&shown.answers).copied().collect();
            shown.asked = 1 + askers.len();
        }
    }

    fn sort_out(&mut self) {
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

    fn add_tags(&mut self) {
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
    fn add_services(&mut self) {
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

    fn find_attachments(&mut self) {
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
            linked.extend(super::digest::linked_by(&self.text_source(""), self.article(n).path.as_ref()));
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
            Some((entry, crate::store::Role::Attachment(ticket)))
                if entry.kind == crate::repo::EntryKind::File =>
            {
                self.find(ticket.stem())
            }
            _ => None,
        }
    }

    /// A short text, such as a title, as this site's audience may read it.
    pub(super) fn readable(&self, text: &str, hidden: &str) -> String {
        match self.view.audience {
            Audience::Internal => text.to_owned(),
            Audience::Public => super::names::redact(text, |name| self.is_secret(name), hidden).into_owned(),
        }
    }

    /// Texts as this site's audience may read them.
    pub(super) fn text_source<'a>(&'a self, hidden: &'a str) -> TextSource<'a> {
        TextSource { store: &self.store, view: self.view, hidden }
    }
}

/// Reads the texts of a repository as an audience may read them.
pub(super) struct TextSource<'a> {
    pub(super) store: &'a Store,
    pub(super) view: View,
    /// Stands for the ids that are taken out.
    pub(super) hidden: &'a str,
}

impl TextSource<'_> {
    /// The body of the file at `path`.
    pub(super) fn body(&self, path: Option<&RepoPath>) -> String {
        let body = self.store.body(path);
        match self.view.audience {
            Audience::Internal => body,
            Audience::Public => {
                let secret = |name: &str| is_secret(self.store, self.view, name);
                super::names::redact(&body, secret, self.hidden).into_owned()
            }
        }
    }
}

/// The tags of one ticket or article, each once.
fn distinct(tags: &[String]) -> BTreeSet<&String> {
    tags.iter().filter(|tag| !tag.trim().is_empty()).collect()
}

fn is_secret(store: &Store, view: View, name: &str) -> bool {
    match (store.thread(name), store.article(name)) {
        (Some(thread), _) => view.is_secret(thread),
        (None, Some(article)) => !view.shows_article(&store.settings, article),
        (None, None) => false,
    }
}

/// What the shown tickets are called. Ids win over former ids, and both over names from elsewhere.
fn names(store: &Store, shown: &[usize]) -> HashMap<String, TicketNo> {
    let mut names = HashMap::with_capacity(shown.len() * 2);
    let threads = || shown.iter().map(|at| &store.threads[*at]).enumerate();
    for (n, thread) in threads() {
        names.insert(thread.id().to_owned(), n);
    }
    let hidden = |name: &str| store.thread(name).is_some();
    for (n, thread) in threads() {
        for alias in &thread.state.aliases {
            if !hidden(alias) || store.thread(alias).is_some_and(|owner| owner.id() == thread.id()) {
                names.entry(alias.clone()).or_insert(n);
            }
        }
    }
    for (n, thread) in threads() {
        if let Some(source) = thread.ticket.source.as_ref().filter(|source| !hidden(source)) {
            names.entry(source.clone()).or_insert(n);
        }
    }
    names
}

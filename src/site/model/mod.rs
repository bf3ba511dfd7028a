//! What a site shows, and how its parts hang together: computed once, before any page is.

mod digest;
mod groups;
mod relations;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use jiff::tz::{TimeZone, TimeZoneDatabase};
use rayon::prelude::*;

use self::digest::{Digest, digest};
use crate::settings::Settings;
use crate::store::Store;
use crate::text::{RepoPath, Time};
use crate::ticket::{Article, Thread, Visibility};
use crate::view::{View, ViewStore};

/// The place of a ticket in the store, and in [`Model::tickets`].
pub(super) type TicketNo = usize;
/// The place of an article in the store, and in [`Model::articles`].
pub(super) type ArticleNo = usize;

/// What a site shows.
pub(super) struct Model {
    pub(super) store: Arc<Store>,
    pub(super) view: View,
    /// For each ticket, by time of opening.
    pub(super) tickets: Vec<TicketPage>,
    /// For each article, by slug.
    pub(super) articles: Vec<ArticlePage>,
    /// Services with something to show, in the order of the catalogue.
    pub(super) services: Vec<ServicePage>,
    /// Tags by name.
    pub(super) tags: Vec<TagPage>,
    /// Tickets that were ever resolved, last resolved first.
    pub(super) resolved: Vec<TicketNo>,
    /// Tickets that are not resolved, newest first.
    pub(super) open: Vec<TicketNo>,
    /// Attachments by path, with their ticket.
    pub(super) attachments: Vec<(RepoPath, TicketNo)>,
    /// The newest `created` that the site shows: its clock.
    pub(super) as_of: Option<Time>,
    pub(super) zone: TimeZone,
    by_name: HashMap<String, TicketNo>,
    by_slug: HashMap<String, ArticleNo>,
    service_at: HashMap<String, usize>,
    tag_at: HashMap<String, usize>,
}

/// What a ticket's page needs beside the ticket.
pub(super) struct TicketPage {
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

/// What an article's page needs beside the article.
pub(super) struct ArticlePage {
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
    pub(super) fn new(seen: ViewStore) -> Self {
        let (store, view) = (Arc::clone(seen.store()), seen.view());
        let zone = TimeZoneDatabase::bundled().get(&store.settings.timezone).unwrap_or(TimeZone::UTC);
        let by_name = relations::names(&store);
        let digests: Vec<Digest> = store
            .threads
            .all()
            .par_iter()
            .map(|thread| digest(&store, thread, |name| by_name.get(name).copied()))
            .collect();
        let page = |digest| TicketPage {
            digest,
            asked: 1,
            duplicates: Vec::new(),
            answers: Vec::new(),
            related: BTreeSet::new(),
            mentions: Vec::new(),
            articles: Vec::new(),
        };
        let tickets = digests.into_iter().map(page).collect();
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
        model.add_articles();
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
        &self.store.threads[n]
    }

    pub(super) fn article(&self, n: ArticleNo) -> &Article {
        &self.store.articles[n]
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

    /// Whether a ticket is marked as internal.
    pub(super) fn is_internal(&self, n: TicketNo) -> bool {
        self.thread(n).state.visibility == Visibility::Internal
    }
}

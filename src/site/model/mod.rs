//! The data of a site and its connections, computed once before any page is rendered.

mod digest;
mod document_names;
mod groups;
mod relations;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use jiff::tz::TimeZone;
use rayon::prelude::*;

use self::digest::{TextSummary, digest};
use self::document_names::DocumentNames;
use crate::report::ServiceLevels;
use crate::settings::Settings;
use crate::store::{Role, Store};
use crate::text::{RepoPath, Time, normal_form};
use crate::ticket::{Article, Thread, Visibility};
use crate::view::{View, ViewStore};

/// The index of a ticket in the store and in [`Model::tickets`].
pub(super) type TicketNo = usize;
/// The index of an article in the store and in [`Model::articles`].
pub(super) type ArticleNo = usize;

/// A page that a link can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NamedPage {
    Ticket(TicketNo),
    Article(ArticleNo),
}

/// The data that a site shows.
pub(super) struct Model {
    pub(super) store: Arc<Store>,
    pub(super) view: View,
    /// One entry for each ticket, ordered by opening time.
    pub(super) tickets: Vec<TicketPage>,
    /// One entry for each article, ordered by slug.
    pub(super) articles: Vec<ArticlePage>,
    /// The services that have tickets or articles, in the order of the catalogue.
    pub(super) services: Vec<ServicePage>,
    /// The tags, ordered by name in lower case.
    pub(super) tags: Vec<TagPage>,
    /// The tickets that were ever resolved, ordered by the time of resolution, newest first.
    pub(super) resolved: Vec<TicketNo>,
    /// The tickets that are not resolved, newest first.
    pub(super) open: Vec<TicketNo>,
    /// The published attachments with their tickets, ordered by path.
    pub(super) attachments: Vec<(RepoPath, TicketNo)>,
    /// The newest `created` on the site, which is used as the current time so that builds are reproducible.
    pub(super) as_of: Option<Time>,
    pub(super) zone: TimeZone,
    by_name: HashMap<String, TicketNo>,
    by_slug: HashMap<String, ArticleNo>,
    by_document: DocumentNames,
    service_at: HashMap<String, usize>,
    tag_at: HashMap<String, usize>,
}

/// The data of a ticket's page, in addition to the ticket.
pub(super) struct TicketPage {
    pub(super) digest: TextSummary,
    /// When the ticket is due.
    pub(super) due: Option<Time>,
    /// The number of reports: the ticket itself, its duplicates, and the tickets that it answered.
    pub(super) asked: usize,
    pub(super) duplicates: Vec<TicketNo>,
    /// The tickets that were resolved with this ticket's answer.
    pub(super) answers: Vec<TicketNo>,
    /// The tickets that this ticket lists as related, or that list this ticket.
    pub(super) related: BTreeSet<TicketNo>,
    /// The tickets whose text mentions this ticket.
    pub(super) mentions: Vec<TicketNo>,
    /// The articles that are based on this ticket.
    pub(super) articles: Vec<ArticleNo>,
}

/// The data of an article's page, in addition to the article.
pub(super) struct ArticlePage {
    pub(super) excerpt: String,
    /// The tickets on the site that the article is based on.
    pub(super) tickets: Vec<TicketNo>,
    pub(super) superseded_by: Option<ArticleNo>,
}

/// A service that has a page.
pub(super) struct ServicePage {
    pub(super) id: String,
    /// The tickets of the service and of its modules, ordered by opening time.
    pub(super) tickets: Vec<TicketNo>,
    pub(super) articles: Vec<ArticleNo>,
    /// The modules of the service that have a page.
    pub(super) modules: Vec<usize>,
}

/// A tag that has a page.
pub(super) struct TagPage {
    /// The spelling that occurred first.
    pub(super) name: String,
    /// The tickets with the tag, ordered by opening time.
    pub(super) tickets: Vec<TicketNo>,
    pub(super) articles: Vec<ArticleNo>,
}

/// Returns the key of a tag. Spellings in other letter case, such as `Export` and `export`, or in another Unicode form are
/// one tag.
pub(super) fn tag_key(tag: &str) -> String {
    normal_form(tag.trim()).to_lowercase()
}

impl Model {
    pub(super) fn new(seen: ViewStore) -> Self {
        let (store, view) = (Arc::clone(seen.store()), seen.view());
        let zone = store.settings.zone();
        let by_name = relations::names(&store);
        let digests: Vec<TextSummary> = store
            .threads
            .all()
            .par_iter()
            .map(|thread| digest(&store, thread, |name| by_name.get(name).copied()))
            .collect();
        let levels = ServiceLevels::of(&store.settings);
        let page = |(digest, thread): (TextSummary, &Arc<Thread>)| TicketPage {
            digest,
            due: levels.due(thread).map(|due| due.at),
            asked: 1,
            duplicates: Vec::new(),
            answers: Vec::new(),
            related: BTreeSet::new(),
            mentions: Vec::new(),
            articles: Vec::new(),
        };
        let tickets = digests.into_iter().zip(store.threads.all()).map(page).collect();
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
            by_document: DocumentNames::of(&store),
            service_at: HashMap::new(),
            tag_at: HashMap::new(),
            store: Arc::clone(&store),
        };
        model.add_articles();
        model.connect_tickets();
        model.group_by_status();
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

    /// Finds a ticket by its id, a former id, or its id in the tracker that it was imported from.
    pub(super) fn find(&self, name: &str) -> Option<TicketNo> {
        self.by_name.get(name).copied()
    }

    pub(super) fn find_article(&self, slug: &str) -> Option<ArticleNo> {
        self.by_slug.get(slug).copied()
    }

    /// Finds the page that a link from another folder names, if only one page has the name. Case is ignored.
    pub(super) fn find_named(&self, name: &str) -> Option<NamedPage> {
        self.by_document.named(name)
    }

    /// Finds the page of the document that was imported from `path`.
    pub(super) fn find_source(&self, path: &str) -> Option<NamedPage> {
        self.by_document.imported_from(path)
    }

    /// Returns the paths that the document with the file at `path` had in the folder that it was imported from.
    pub(super) fn origins(&self, path: &RepoPath) -> Vec<&str> {
        let layout = &self.store.layout;
        let ticket = match layout.entry_alike(path).map(|(_, role)| role) {
            Some(Role::Reply(ticket)) => Some(ticket.stem()),
            Some(Role::Ticket) => Some(path.stem()),
            _ => None,
        };
        let (source, aliases) = match ticket.and_then(|id| self.find(id)) {
            Some(n) => (&self.thread(n).ticket.source, &self.thread(n).state.aliases),
            None => {
                let Some(n) = self.find_article(path.stem()) else { return Vec::new() };
                (&self.article(n).source, &self.article(n).aliases)
            }
        };
        let names = source.iter().chain(aliases).map(String::as_str);
        names.filter(|name| name.contains('/') && !name.contains("://")).collect()
    }

    pub(super) fn find_service(&self, id: &str) -> Option<&ServicePage> {
        self.service_at.get(id).map(|at| &self.services[*at])
    }

    pub(super) fn find_tag(&self, tag: &str) -> Option<&TagPage> {
        self.tag_index(tag).map(|at| &self.tags[at])
    }

    /// Returns the index of the page of `tag`.
    pub(super) fn tag_index(&self, tag: &str) -> Option<usize> {
        self.tag_at.get(&tag_key(tag)).copied()
    }

    /// Returns the pages of `tags` in the same order, each page once.
    pub(super) fn tags_of<'m>(&'m self, tags: &'m [String]) -> impl Iterator<Item = &'m TagPage> {
        let mut seen = BTreeSet::new();
        tags.iter().filter_map(|tag| self.find_tag(tag)).filter(move |tag| seen.insert(&tag.name))
    }

    /// Returns the ticket of the attachment at `path`, if that attachment is published.
    pub(super) fn find_attachment(&self, path: &RepoPath) -> Option<TicketNo> {
        let at = self.attachments.binary_search_by(|(known, _)| known.cmp(path)).ok()?;
        Some(self.attachments[at].1)
    }

    pub(super) fn is_internal(&self, n: TicketNo) -> bool {
        self.thread(n).state.visibility == Visibility::Internal
    }
}

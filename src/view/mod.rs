//! Reduces a store to the content that the readers of a site may see.
//!
//! [`Store::seen_by`] returns a reduced store. All output for these readers is made from it, so no other code
//! decides about visibility. For the public, the store has no internal ticket, article or note; no service,
//! person, tag or field that only internal content has; and no attachment without a link in a public text. Names
//! of internal tickets are replaced in the remaining texts ([`InternalNames`]).

mod called;
mod catalogue;
mod files;
mod findings;
mod links;
mod names;
#[cfg(test)]
mod names_tests;
mod nouns;
mod reading;
mod reference;
mod segments;
#[cfg(test)]
mod tests;

use std::{collections::HashSet, sync::Arc};

use rayon::prelude::*;

pub(crate) use names::InternalNames;

use self::{catalogue::PublicCatalogue, files::ViewFiles, nouns::Redactor};
use crate::{
    settings::{Publish, Settings},
    store::{Store, StoreParts},
    ticket::{Article, Thread, Visibility, fold},
};

/// The readers of a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Every reader; internal content is hidden.
    Public,
    /// The team.
    Internal,
}

impl Audience {
    /// Returns the name on the command line and in pages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Internal => "internal",
        }
    }
}

/// The readers of a site and the tickets that it publishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// The readers.
    pub audience: Audience,
    /// The tickets that get a page.
    pub publish: Publish,
}

impl View {
    /// Returns the view of a site with these settings for `audience`.
    pub fn of_site(audience: Audience, settings: &Settings) -> Self {
        Self { audience, publish: settings.publish }
    }

    fn publishes(self, thread: &Thread) -> bool {
        self.publish == Publish::All || thread.state.resolved.is_some()
    }
}

/// A store with only the content that the readers of a view may see.
#[derive(Clone)]
pub struct ViewStore {
    store: Arc<Store>,
    view: View,
    /// All tickets, for the report of the team; `None` for the public.
    all: Option<Arc<Store>>,
}

impl ViewStore {
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// Returns the store with all tickets, also those without a page, that the team's report counts; `None` for the public.
    pub(crate) fn all(&self) -> Option<&Arc<Store>> {
        self.all.as_ref()
    }

    /// Returns the view for which the store was made.
    pub fn view(&self) -> View {
        self.view
    }
}

impl Store {
    /// Reduces the store to the content that the readers of `view` may see. States, times, counts and statistics
    /// are computed from the remaining content only. If two tickets have the same id, the older one is included.
    pub fn seen_by(self: &Arc<Self>, view: View) -> ViewStore {
        let store = match view.audience {
            Audience::Internal => published(self, view),
            Audience::Public => public(self, view),
        };
        let all = (view.audience == Audience::Internal).then(|| Arc::clone(self));
        ViewStore { store, view, all }
    }
}

/// Returns a store with only the published tickets, or the store itself if all tickets are published.
fn published(store: &Arc<Store>, view: View) -> Arc<Store> {
    let threads: Vec<Arc<Thread>> =
        unique_by_name(store.threads.iter().filter(|thread| view.publishes(thread)), |thread| {
            thread.id().to_owned()
        })
        .cloned()
        .collect();
    let articles = unique_by_name(store.articles.iter(), |article| article.slug.clone());
    let articles: Vec<Article> = articles.cloned().collect();
    if threads.len() == store.threads.len() && articles.len() == store.articles.len() {
        return Arc::clone(store);
    }
    let folders: HashSet<&str> = threads.iter().filter_map(|thread| folder_of(thread)).collect();
    let is_shown = |path: &str| path.match_indices('/').any(|(at, _)| folders.contains(&path[..at]));
    let attachments = store.attachments.iter().filter(|attachment| is_shown(attachment.path.as_str()));
    let published = store.with_parts(StoreParts {
        settings: store.settings.clone(),
        templates: store.templates.clone(),
        canned: store.canned.clone(),
        attachments: attachments.cloned().collect(),
        layout: Arc::clone(&store.layout),
        source: Arc::clone(store.source()),
        threads,
        articles,
    });
    Arc::new(published.with_in_review_of(store))
}

/// Reduces a store to its public content.
fn public(store: &Arc<Store>, view: View) -> Arc<Store> {
    let names = Arc::new(InternalNames::of(store));
    let default = store.settings.visibility;
    let is_public = |thread: &&Arc<Thread>| thread.state.visibility == Visibility::Public;
    let tickets = store.threads.iter().filter(is_public).filter(|thread| view.publishes(thread));
    let threads: Vec<&Arc<Thread>> = unique_by_name(tickets, |thread| thread.id().to_owned()).collect();
    let articles = store.articles.iter();
    let articles = articles.filter(|article| article.visibility.unwrap_or(default) == Visibility::Public);
    let articles: Vec<&Article> = unique_by_name(articles, |article| article.slug.clone()).collect();

    let files = ViewFiles::of(store, &threads, &articles, &names);
    let redactor = Redactor { names: &names, files: &files, templates: &store.templates };
    let threads: Vec<Arc<Thread>> = threads
        .par_iter()
        .map(|thread| match redactor.thread(thread) {
            Some((ticket, replies)) => Arc::new(fold(ticket, replies, default)),
            None => Arc::clone(thread),
        })
        .collect();
    let articles: Vec<Article> =
        articles.iter().map(|article| redactor.article((*article).clone())).collect();

    let catalogue = PublicCatalogue::of(store, &threads, &articles);
    let settings = redactor.settings(catalogue.settings(&store.settings));
    let templates = catalogue.templates(&store.templates, &store.settings);
    let layout = files.layout();
    Arc::new(store.with_parts(StoreParts {
        templates: templates.into_iter().map(|template| redactor.template(template)).collect(),
        canned: Vec::new(),
        attachments: layout.attachments(),
        layout: Arc::new(layout),
        source: Arc::new(files.into_source(store.source(), &names)),
        settings,
        threads,
        articles,
    }))
}

/// Keeps only the first item with each name.
fn unique_by_name<T>(all: impl Iterator<Item = T>, name: impl Fn(&T) -> String) -> impl Iterator<Item = T> {
    let mut known = HashSet::new();
    all.filter(move |one| known.insert(name(one)))
}

/// Returns the folder beside a ticket's file.
fn folder_of(thread: &Thread) -> Option<&str> {
    thread.ticket.path.as_ref().map(|path| path.without_extension())
}

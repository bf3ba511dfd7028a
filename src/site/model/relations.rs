//! Connections between tickets and articles: duplicates, answers, relations, mentions.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::summaries::EXCERPT;
use super::{ArticleNo, ArticlePage, Model, TicketNo};
use crate::knowledge::articles::ArticleHealths;
use crate::site::markdown;
use crate::store::Store;
use crate::ticket::parts_of_article;

impl Model {
    pub(super) fn add_articles(&mut self) {
        let store = Arc::clone(&self.store);
        for (n, article) in store.articles.iter().enumerate() {
            let tickets: BTreeSet<TicketNo> = article.tickets.iter().filter_map(|id| self.find(id)).collect();
            for ticket in &tickets {
                self.tickets[*ticket].articles.push(n);
            }
            let body = store.body(article.path.as_ref());
            let answer = parts_of_article(&body).map(|(answer, _)| answer);
            self.articles.push(ArticlePage {
                excerpt: markdown::excerpt(answer.as_deref().unwrap_or(&body), EXCERPT),
                excerpt_of: if answer.is_some() { "fix" } else { "problem" },
                tickets: tickets.into_iter().collect(),
                superseded_by: None,
                answers: Vec::new(),
            });
            self.by_slug.insert(article.slug.clone(), n);
        }
        for n in 0..self.articles.len() {
            for slug in &store.articles[n].supersedes {
                if let Some(old) = self.find_article(slug)
                    && old != n
                {
                    self.articles[old].superseded_by = Some(n);
                }
            }
        }
    }

    /// Computes the health of the articles. The clusters are needed only for articles that were reviewed.
    pub(super) fn add_health(&mut self) {
        let store = Arc::clone(&self.store);
        let is_reviewed = store.articles.iter().any(|article| article.confirmed.is_some());
        let clusters = if is_reviewed { self.near.clusters_of_pages() } else { Cow::default() };
        let healths = ArticleHealths::of(&store, &clusters);
        self.health = store.articles.iter().map(|article| healths.health(article)).collect();
    }

    pub(super) fn connect_tickets(&mut self) {
        let store = Arc::clone(&self.store);
        for n in 0..self.tickets.len() {
            let state = &store.threads[n].state;
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
            let drafts = store.threads[n].replies.iter().filter_map(|reply| reply.draft_from.as_ref());
            let drafts = drafts.filter(|_| store.threads[n].resolved().is_some());
            let articles: BTreeSet<ArticleNo> =
                state.answered_by.iter().chain(drafts).filter_map(|id| self.find_article(id)).collect();
            for article in articles {
                self.articles[article].answers.push(n);
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
            let reports: BTreeSet<TicketNo> =
                shown.duplicates.iter().chain(&shown.answers).copied().collect();
            shown.asked = 1 + reports.len();
        }
    }
}

/// Maps every name to its ticket. An id has priority over a former id, and both have priority over an id in another
/// tracker.
pub(super) fn names(store: &Store) -> HashMap<String, TicketNo> {
    let mut names = HashMap::with_capacity(store.threads.len() * 2);
    for (n, thread) in store.threads.iter().enumerate() {
        names.insert(thread.id().to_owned(), n);
    }
    for (n, thread) in store.threads.iter().enumerate() {
        for alias in &thread.state.aliases {
            names.entry(alias.clone()).or_insert(n);
        }
    }
    for (n, thread) in store.threads.iter().enumerate() {
        if let Some(source) = &thread.ticket.source {
            names.entry(source.clone()).or_insert(n);
        }
    }
    names
}

//! What the tickets of a cluster have: links, a common subject, the best answer, an article.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::{pairs::have_one_requester, words::TitleWords};
use crate::{
    search::similar::{PropertyKind, exact},
    store::Store,
    ticket::{Resolution, Thread},
};

/// The tickets of a large cluster share this number of words of their titles, or an error.
const SHARED_WORDS: usize = 3;

/// The tickets of a store, to find out what some of them share.
pub(super) struct Members<'a> {
    store: &'a Store,
    titles: &'a TitleWords,
}

impl<'a> Members<'a> {
    pub(super) fn of(store: &'a Store, titles: &'a TitleWords) -> Self {
        Self { store, titles }
    }

    /// Returns whether all of `tickets` have three content words of the title in common, or the signature of an error.
    pub(super) fn share_much(&self, tickets: &[usize]) -> bool {
        let thread = |place: &usize| &self.store.threads[*place];
        let words = |place: &usize| self.titles.terms(*place).map(str::to_owned).collect();
        let errors = |place: &usize| {
            let body = self.store.body(thread(place).ticket.path.as_ref());
            let all = exact(None, &[], &[], &body).into_iter();
            all.filter(|one| one.kind == PropertyKind::Error).map(|one| one.term).collect()
        };
        common(tickets, words) >= SHARED_WORDS || common(tickets, errors) > 0
    }
}

/// Returns the number of texts that all of `tickets` have.
fn common(tickets: &[usize], texts: impl Fn(&usize) -> BTreeSet<String>) -> usize {
    let mut tickets = tickets.iter();
    let Some(mut shared) = tickets.next().map(&texts) else { return 0 };
    for ticket in tickets {
        if shared.is_empty() {
            break;
        }
        let other = texts(ticket);
        shared.retain(|text| other.contains(text));
    }
    shared.len()
}

/// Returns the pairs of tickets of which one is a duplicate of the other, or was answered by it.
pub(super) fn linked(store: &Store) -> Vec<(usize, usize)> {
    let mut links = Vec::new();
    for (place, thread) in store.threads.iter().enumerate() {
        let named = thread.state.duplicate_of.iter().chain(&thread.state.answered_by);
        let others = named.filter_map(|id| store.threads.place(id)).filter(|other| *other != place);
        links.extend(others.map(|other| (place, other)));
    }
    links
}

/// Returns pairs of tickets whose titles have the same three or more content words, each with the next such ticket. A problem
/// that a large part of all tickets is about has no rare words to compare, but a report that is made each day has one title.
/// A task that one requester repeats is another task each time.
pub(super) fn same_titles(store: &Store, titles: &TitleWords) -> Vec<(usize, usize)> {
    let mut last: HashMap<Vec<&str>, usize> = HashMap::new();
    let mut pairs = Vec::new();
    for place in 0..store.threads.len() {
        let words: Vec<&str> = titles.terms(place).collect();
        if words.len() >= SHARED_WORDS {
            pairs.extend(last.insert(words, place).map(|before| (before, place)));
        }
    }
    let is_repeated_task = |(a, b): &(usize, usize)| {
        let is_task = |place: usize| !store.threads[place].ticket.reports_fault;
        have_one_requester(store, *a, *b) && is_task(*a) && is_task(*b)
    };
    pairs.retain(|pair| !is_repeated_task(pair));
    pairs
}

/// Returns the ticket with the best answer: the one that most of the others were resolved with, then by how it was
/// resolved, then the one that was resolved last. Tickets without an answer are left out.
pub(crate) fn best_answer(store: &Store, tickets: &[usize]) -> Option<usize> {
    let mut cited: HashMap<usize, usize> = HashMap::new();
    for place in tickets {
        let state = &store.threads[*place].state;
        let named = state.duplicate_of.iter().chain(&state.answered_by);
        for other in named.filter_map(|id| store.threads.place(id)) {
            *cited.entry(other).or_default() += 1;
        }
    }
    let has_answer = |place: &usize| {
        let thread = &store.threads[*place];
        thread.state.duplicate_of.is_none() && thread.has_answer(store.answer_sections(thread), |_| true)
    };
    let worth = |place: &usize| {
        let thread = &store.threads[*place];
        let cited = cited.get(place).copied().unwrap_or_default();
        (cited, rank(thread), thread.resolved(), Reverse(*place))
    };
    tickets.iter().copied().filter(has_answer).max_by_key(worth)
}

/// Returns a greater number for a resolution that says more about the problem.
fn rank(thread: &Thread) -> u8 {
    match thread.state.resolution {
        Some(Resolution::Fixed) => 4,
        Some(Resolution::Workaround) => 3,
        Some(Resolution::Answered) => 2,
        Some(Resolution::Declined | Resolution::NotReproducible) => 1,
        Some(Resolution::Duplicate) | None => 0,
    }
}

/// The articles that no other one replaces, by the tickets that they are based on.
pub(super) struct CurrentArticles {
    by_ticket: BTreeMap<usize, Vec<usize>>,
}

/// Collects the articles that no other one replaces.
pub(super) fn current_articles(store: &Store) -> CurrentArticles {
    let replaced: HashSet<&str> = store
        .articles
        .iter()
        .flat_map(|article| article.supersedes.iter().filter(move |old| **old != article.slug))
        .map(String::as_str)
        .collect();
    let mut by_ticket: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (n, article) in store.articles.iter().enumerate() {
        if replaced.contains(article.slug.as_str()) {
            continue;
        }
        for place in article.tickets.iter().filter_map(|id| store.threads.place(id)) {
            by_ticket.entry(place).or_default().push(n);
        }
    }
    CurrentArticles { by_ticket }
}

impl CurrentArticles {
    /// Returns the slug of the article that is based on most of `tickets`, or with which most of them were resolved.
    pub(super) fn of(&self, store: &Store, tickets: &[usize]) -> Option<String> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for place in tickets {
            for n in self.by_ticket.get(place).into_iter().flatten() {
                *counts.entry(&store.articles[*n].slug).or_default() += 1;
            }
            for article in store.threads[*place].state.answered_by.iter().filter_map(|id| store.article(id)) {
                *counts.entry(&article.slug).or_default() += 1;
            }
        }
        let best = counts.into_iter().max_by_key(|(slug, count)| (*count, Reverse(*slug)));
        best.map(|(slug, _)| slug.to_owned())
    }
}

//! Clusters of tickets about one problem.
//!
//! Tickets are compared by what their requesters wrote, with the similarity that `casebook similar` uses
//! ([`Neighbours`]). Two tickets can share a cluster if each is among the nearest of the other, and if they are clearly
//! nearer to each other than to the tickets around them ([`pairs`]). Clusters grow by average link, so that no chain of
//! pairs joins different problems ([`grouping`]). Tickets that somebody linked as duplicate or answer are in one cluster,
//! and so are tickets with the same title.
//!
//! The clusters are a function of the tickets. They do not depend on the order in which tickets came or changed.
//! `cargo bench --bench clusters -- FOLDER` measures them; see `docs/decisions/clusters.md`.

mod grouping;
mod members;
mod pairs;
mod words;

use std::collections::{BTreeSet, HashMap};

pub(crate) use self::members::best_answer;
use self::{
    grouping::grouped,
    members::{Members, current_articles, linked, same_titles},
    pairs::pairs,
    words::TitleWords,
};
use crate::{
    repo::CacheSlot, report::requester_wait, search::neighbours::Neighbours, store::Store, text::Time,
};

/// The clusters of a store, with at least two tickets each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Clusters {
    /// The clusters in the order of their oldest tickets.
    pub all: Vec<Cluster>,
    /// The index in `all` of each clustered ticket, by its place in the store's threads.
    by_ticket: HashMap<usize, usize>,
}

/// Tickets about one problem.
#[derive(Clone, Debug, PartialEq)]
pub struct Cluster {
    /// The places of the tickets in the store's threads, which are in the order of opening.
    pub tickets: Vec<usize>,
    /// The words that at least half of the titles share, the most significant first.
    pub words: Vec<String>,
    /// The ticket with the best answer.
    pub best: Option<usize>,
    /// The slug of the article about the problem.
    pub article: Option<String>,
    /// When the first and the last ticket were opened.
    pub span: Option<(Time, Time)>,
    /// The sum of the requester waits in seconds, up to the newest opening or reply.
    pub cost: i64,
}

impl Clusters {
    /// Returns the clusters of the tickets of `store`. What is needed to update them is cached in `slot`.
    pub fn of(store: &Store, slot: &CacheSlot) -> Self {
        Self::among(store, &Neighbours::of(store, slot))
    }

    /// Returns the clusters of the tickets of `store`, whose lists of near tickets are known.
    pub(crate) fn among(store: &Store, neighbours: &Neighbours) -> Self {
        Self::with(store, neighbours, true)
    }

    /// Returns the clusters without the links that people made, to measure how good the comparison is.
    pub fn without_links(store: &Store, slot: &CacheSlot) -> Self {
        Self::with(store, &Neighbours::of(store, slot), false)
    }

    fn with(store: &Store, neighbours: &Neighbours, with_links: bool) -> Self {
        let titles = TitleWords::of(store);
        let members = Members::of(store, &titles);
        let mut links = same_titles(store, &titles);
        if with_links {
            links.extend(linked(store));
        }
        let groups =
            grouped(store.threads.len(), pairs(store, neighbours), &links, |group| members.share_much(group));
        let clock = clock(store);
        let counts = titles.counts(groups.iter().flatten().copied());
        let articles = current_articles(store);
        let cluster = |tickets: Vec<usize>| {
            let times: Vec<Time> = tickets.iter().filter_map(|place| store.threads.created(*place)).collect();
            let wait = |place: &usize| requester_wait(&store.threads[*place], clock);
            Cluster {
                words: titles.shared(&counts, &tickets),
                best: best_answer(store, &tickets),
                article: articles.of(store, &tickets),
                span: times.first().copied().zip(times.last().copied()),
                cost: tickets.iter().map(wait).sum(),
                tickets,
            }
        };
        let all: Vec<Cluster> = groups.into_iter().map(cluster).collect();
        Self::from_all(all)
    }

    fn from_all(all: Vec<Cluster>) -> Self {
        let place = |(at, cluster): (usize, &Cluster)| {
            cluster.tickets.iter().map(move |place| (*place, at)).collect::<Vec<_>>()
        };
        let by_ticket = all.iter().enumerate().flat_map(place).collect();
        Self { all, by_ticket }
    }

    /// Returns the clusters of some of the tickets. `moved` returns the place of a ticket among them.
    pub(crate) fn of_some(&self, moved: impl Fn(usize) -> Option<usize>) -> Self {
        let reduced = |cluster: &Cluster| Cluster {
            tickets: cluster.tickets.iter().filter_map(|place| moved(*place)).collect(),
            best: cluster.best.and_then(&moved),
            ..cluster.clone()
        };
        Self::from_all(self.all.iter().map(reduced).filter(|cluster| cluster.tickets.len() > 1).collect())
    }

    /// Returns the cluster of the ticket at `place` in the store's threads, unless it is alone.
    pub(crate) fn of_ticket(&self, place: usize) -> Option<&Cluster> {
        self.by_ticket.get(&place).map(|at| &self.all[*at])
    }

    /// Returns the places of the tickets about the problem of an article: those that it is based on, and those that share a
    /// cluster with one of them.
    pub(crate) fn of_article(&self, store: &Store, tickets: &[String]) -> BTreeSet<usize> {
        let own = tickets.iter().filter_map(|id| store.threads.place(id));
        own.flat_map(|place| match self.of_ticket(place) {
            Some(cluster) => cluster.tickets.clone(),
            None => vec![place],
        })
        .collect()
    }
}

impl Cluster {
    /// Returns the ids of the tickets in the order of opening.
    pub fn ids<'s>(&'s self, store: &'s Store) -> impl Iterator<Item = &'s str> {
        self.tickets.iter().map(|place| store.threads.id(*place))
    }
}

/// Returns the newest opening or reply, which is the current time of what is computed from files only.
pub(crate) fn clock(store: &Store) -> Time {
    let threads = store.threads.all();
    let times = threads.iter().filter_map(|thread| thread.state.updated.max(thread.ticket.created));
    times.max().unwrap_or_else(|| Time::from(jiff::Timestamp::UNIX_EPOCH))
}

#[cfg(test)]
mod tests;

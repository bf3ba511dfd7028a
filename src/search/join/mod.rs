//! Compares every ticket with all others: for the similar tickets that a site shows on each page, and for clusters.
//!
//! The comparison uses the weights of [`similar`](super::similar), but does less work for each ticket, so that the time
//! grows linearly with the number of tickets. Each ticket is compared by its [`MOST_LOOKUPS`] most significant terms,
//! without terms that many tickets have. Only what requesters wrote is compared, not the replies: two tickets are about
//! the same problem whatever was answered, and so a reply changes few lists.
//!
//! After a change, only lists that can differ are made again ([`reach`]). For this, numbers of tickets are rounded
//! ([`statistics`]), so that a new ticket changes the rarity of few terms.

mod lists;
mod reach;
mod statistics;
mod terms;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

pub(super) use self::reach::{FormerTicket, TicketChange, TicketReach, stale};
use self::terms::TicketTerms;
use super::{Question, relevance::Scores, similar::Reason};
use crate::{index::ForwardIndex, store::Store};

/// The number of terms by which a ticket is compared.
const MOST_LOOKUPS: usize = 16;

/// A ticket that is near to another one: its place in the store's threads, and its similarity.
pub(crate) type Neighbour = (u32, f32);

/// A ticket that is similar to another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RelatedTicket {
    /// The ticket's place in the store's threads.
    pub ticket: u32,
    /// The similarity in millionths.
    pub score: u32,
    /// The shared properties, the most significant first.
    pub why: Vec<Reason>,
}

/// The tickets of a store with their terms.
#[derive(Clone, Copy)]
pub(super) struct JoinedTickets<'a> {
    pub store: &'a Store,
    /// The terms of each ticket, in the order of the store's threads.
    pub terms: &'a ForwardIndex,
}

/// The tickets that are near to one ticket.
#[derive(Default)]
pub(super) struct TicketLists {
    /// The nearest tickets, whether or not they are similar enough to be shown, the nearest first. The similarity is that
    /// of [`Similarity`](super::similar::Similarity), divided by what a short draft needs more.
    pub nearest: Vec<Neighbour>,
    /// The tickets that are similar enough to be shown, the most similar first.
    pub similar: Vec<RelatedTicket>,
    /// What the lists depend on.
    pub reach: TicketReach,
}

/// Compares each of the tickets at `places` with all others.
pub(super) fn compare(tickets: JoinedTickets<'_>, places: &[usize]) -> Vec<TicketLists> {
    let question = |place: usize| {
        let thread = &tickets.store.threads[place];
        Question::of_thread(thread, tickets.store.body(thread.ticket.path.as_ref()))
    };
    // If many lists are made, nearly all terms are needed, so it would only cost time to find out which.
    let is_few = places.len() < tickets.terms.len() / 8;
    let known: Vec<Question> =
        if is_few { places.par_iter().map(|place| question(*place)).collect() } else { Vec::new() };
    let terms = TicketTerms::of(tickets, is_few.then(|| known.iter()));
    let size = places.len().div_ceil(rayon::current_num_threads() * 4).max(1);
    let (terms, known, question) = (&terms, &known, &question);
    let chunks = places.par_chunks(size).enumerate().flat_map_iter(|(chunk, places)| {
        let mut scores = Scores::new(tickets.terms.len());
        let one = |(at, place): (usize, &usize)| match known.get(chunk * size + at) {
            Some(question) => terms.compare(tickets, *place, question, &mut scores),
            None => terms.compare(tickets, *place, &question(*place), &mut scores),
        };
        places.iter().enumerate().map(one).collect::<Vec<_>>()
    });
    chunks.collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        repo::{CacheSlot, MemorySource},
        search::neighbours::Neighbours,
        store::load,
    };

    const TICKETS: [(&str, &str); 7] = [
        ("title: Invoice export times out", "It stops with ERR_CONN_RESET after 10,000 rows."),
        ("title: The login page is slow", "It takes a minute since Monday."),
        ("title: Exporting invoices never ends", "It stops with ERR_CONN_RESET and the page is white."),
        ("title: 发票导出超时", "导出任务没有结束"),
        ("title: 导出任务超时了", "导出发票的任务"),
        (
            "title: Nightly backup stops\nservice: billing",
            "```\n[ERROR] cannot open page 17 of /var/lib/a.db\n```",
        ),
        (
            "title: Nightly backup is stuck\nservice: billing",
            "```\n[ERROR] cannot open page 3 of /srv/b.db\n```",
        ),
    ];

    fn joined() -> Vec<Vec<RelatedTicket>> {
        let source = TICKETS.iter().enumerate().fold(MemorySource::new(), |source, (day, (keys, body))| {
            let text = format!("---\n{keys}\ncreated: 2026-01-0{}T00:00:00Z\n---\n{body}\n", day + 1);
            source.with(format!("tickets/t{day}.md"), text)
        });
        joined_in(&load(Arc::new(source), &CacheSlot::nowhere()).unwrap())
    }

    /// Returns the similar tickets of each ticket.
    fn joined_in(store: &Store) -> Vec<Vec<RelatedTicket>> {
        let lists = Neighbours::of(store, &CacheSlot::nowhere());
        (0..store.threads.len()).map(|place| lists.similar_to(place).to_vec()).collect()
    }

    #[test]
    fn each_ticket_gets_its_similar_tickets() {
        let found: Vec<Vec<u32>> =
            joined().iter().map(|list| list.iter().map(|relative| relative.ticket).collect()).collect();
        assert_eq!(found, [vec![2], vec![], vec![0], vec![4], vec![3], vec![6], vec![5]]);
    }

    #[test]
    fn the_shared_properties_of_two_tickets_are_listed() {
        let joined = joined();
        assert!(joined[0][0].why.contains(&Reason::Word("ERR_CONN_RESET".into())), "{:?}", joined[0]);
        let why = |reason: Option<&Reason>| reason.unwrap().to_string();
        assert_eq!(why(joined[6][0].why.first()), "same error `[ERROR] cannot open page 3 of /srv/b.db`");
        assert_eq!(why(joined[6][0].why.last()), "same service billing");
    }

    #[test]
    fn the_lists_are_reproducible() {
        assert_eq!(joined(), joined());
        let empty = load(Arc::new(MemorySource::new()), &CacheSlot::nowhere()).unwrap();
        assert_eq!(joined_in(&empty), Vec::<Vec<RelatedTicket>>::new());
    }
}

//! Finds the similar tickets of every ticket, for sites that show them on each page.
//!
//! The comparison uses the same terms and weights as [`similar`](super::similar), but does less work for each ticket,
//! so that the time grows linearly with the number of tickets. Each ticket is compared by its [`MOST_LOOKUPS`] most
//! significant terms, without terms that many tickets have. The terms come from the forward index of all documents.
//!
//! After a change, only lists that can differ are made again ([`reach`]). For this, numbers of documents are rounded
//! ([`statistics`]), so that a new ticket changes the rarity of few terms.

mod nearest;
mod reach;
mod statistics;
mod terms;

use rayon::prelude::*;

pub(super) use self::nearest::{NearestTickets, nearest};
pub(super) use self::reach::NearestReach;
pub(crate) use self::reach::{DocumentChange, FormerDocument, TicketReach, stale};
pub(crate) use self::terms::TicketTerms;
use super::{Item, Question, relevance::Scores, similar::Reason};
use crate::{index::ForwardIndex, store::Store};

/// The number of terms by which a ticket is compared.
const MOST_LOOKUPS: usize = 16;

/// A ticket that is similar to another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RelatedTicket {
    /// The ticket's index in the store's threads.
    pub ticket: usize,
    /// The similarity in millionths.
    pub score: u32,
    /// The shared properties, the most significant first.
    pub why: Vec<Reason>,
}

/// The documents of a store with their terms.
#[derive(Clone, Copy)]
pub(crate) struct JoinedDocuments<'a> {
    pub store: &'a Store,
    /// The ticket or article of each document of `terms`, ordered by time.
    pub items: &'a [Item],
    pub terms: &'a ForwardIndex,
}

/// The similar tickets of one ticket.
#[derive(Default)]
pub(crate) struct SimilarTickets {
    /// The similar tickets, the most similar first.
    pub tickets: Vec<RelatedTicket>,
    pub reach: TicketReach,
}

impl JoinedDocuments<'_> {
    /// Returns the question that the ticket at `place` is; `None` for an article.
    fn question(self, place: usize) -> Option<Question> {
        let thread = self.items[place].ticket(self.store)?;
        Some(Question::of_thread(thread, self.store.body(thread.ticket.path.as_ref())))
    }

    /// Collects the terms of all tickets.
    pub(crate) fn ticket_terms(self) -> TicketTerms {
        TicketTerms::of(self, None::<std::iter::Empty<&Question>>)
    }

    /// Finds at most `most` similar tickets for the ticket at `place`.
    pub(crate) fn similar_to(self, place: usize, terms: &TicketTerms, most: usize) -> Vec<RelatedTicket> {
        let Some(question) = self.question(place) else { return Vec::new() };
        terms.relatives(self, place, &question, most, &mut Scores::new(self.items.len())).tickets
    }
}

/// Finds at most `most` similar tickets for each of the documents at `places`, which are tickets.
pub(crate) fn join(documents: JoinedDocuments<'_>, places: &[usize], most: usize) -> Vec<SimilarTickets> {
    each_question(documents, places, |terms, place, question, scores| {
        terms.relatives(documents, place, question, most, scores)
    })
}

/// Calls `find` with the question that each of the documents at `places` is, and with empty scores.
fn each_question<T: Default + Send>(
    documents: JoinedDocuments<'_>,
    places: &[usize],
    find: impl Fn(&TicketTerms, usize, &Question, &mut Scores) -> T + Sync,
) -> Vec<T> {
    let question = |place: &usize| documents.question(*place);
    // If many lists are made, nearly all terms are needed, so it would only cost time to find out which.
    let is_few = places.len() < documents.items.len() / 8;
    let questions: Vec<Option<Question>> =
        if is_few { places.par_iter().map(question).collect() } else { Vec::new() };
    let wanted = is_few.then(|| questions.iter().flatten());
    let collection = TicketTerms::of(documents, wanted);
    let size = places.len().div_ceil(rayon::current_num_threads() * 4).max(1);
    let (collection, questions, find) = (&collection, &questions, &find);
    let chunks = places.par_chunks(size).enumerate().flat_map_iter(|(chunk, places)| {
        let mut scores = Scores::new(documents.items.len());
        let one = |(at, place): (usize, &usize)| {
            let known = questions.get(chunk * size + at).and_then(Option::as_ref);
            let read = if known.is_none() { question(place) } else { None };
            known.or(read.as_ref()).map(|question| find(collection, *place, question, &mut scores))
        };
        places.iter().enumerate().map(one).map(Option::unwrap_or_default).collect::<Vec<_>>()
    });
    chunks.collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        repo::{CacheSlot, MemorySource},
        search::published::PublishedDocuments,
        settings::Publish,
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
        let documents = PublishedDocuments::of(store, Publish::All);
        let terms = documents.terms(store, &(0..documents.items.len()).collect::<Vec<_>>());
        let items = documents.items;
        let places: Vec<usize> = (0..items.len()).filter(|place| items[*place].place().is_some()).collect();
        let documents = JoinedDocuments { store, items: &items, terms: &terms };
        let lists = join(documents, &places, 3).into_iter().zip(&places);
        let mut lists: Vec<(Option<usize>, Vec<RelatedTicket>)> =
            lists.map(|(list, place)| (items[*place].place(), list.tickets)).collect();
        lists.sort_by_key(|(ticket, _)| *ticket);
        lists.into_iter().map(|(_, list)| list).collect()
    }

    #[test]
    fn each_ticket_gets_its_similar_tickets() {
        let found: Vec<Vec<usize>> =
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

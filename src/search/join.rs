//! Finds the similar tickets of every ticket at once, for sites that show them on each page.
//!
//! The comparison uses the same terms and weights as [`similar`](super::similar), but does less work for each ticket,
//! so that the time grows linearly with the number of tickets. Each ticket is compared by its [`MOST_LOOKUPS`] most
//! significant terms, without terms that more than [`MOST_COMMON`] tickets have. The [`RESCORED`] tickets that share
//! the most of these terms are scored a second time by title and time. The rarity of a term is rounded to powers of
//! two, so that a new ticket changes few lists.

use std::{
    collections::{HashMap, HashSet},
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use rayon::prelude::*;

use super::{
    Item, Question, Texts,
    documents::fill,
    similar::{DraftProperty, Reason, Similarity, ranked, reasons, strong, title_terms},
};
use crate::{
    index::{Bytes, CollectedTerms, rarity},
    store::Store,
};

/// The number of terms by which a ticket is compared.
const MOST_LOOKUPS: usize = 16;

/// The number of tickets that get a second, more exact score.
const RESCORED: usize = 40;

/// A term is ignored if more tickets than this have it, because it does not distinguish tickets.
const MOST_COMMON: usize = 1_000;

/// With fewer tickets than this, no term counts as common.
const FEW: usize = 20;

/// A ticket that is similar to another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RelatedTicket {
    /// The ticket's index in the store's threads.
    pub ticket: usize,
    /// The shared properties, the most significant first.
    pub why: Vec<Reason>,
}

/// For each ticket of `store`, finds at most `most` similar tickets, the most similar first.
pub(crate) fn join(store: &Store, most: usize) -> Vec<Vec<RelatedTicket>> {
    let count = store.threads.len();
    let collection = TicketTerms::of(store);
    let places: Vec<usize> = (0..count).collect();
    let size = count.div_ceil(rayon::current_num_threads() * 4).max(1);
    let chunks = places.par_chunks(size).flat_map_iter(|chunk| {
        let mut scores = vec![0.0; count];
        chunk.iter().map(|place| collection.relatives(*place, most, &mut scores)).collect::<Vec<_>>()
    });
    chunks.collect()
}

/// All tickets with the terms that distinguish them.
struct TicketTerms<'a> {
    store: &'a Store,
    /// The weight of a term that only one ticket has.
    rarest: f64,
    terms: HashMap<Box<str>, TicketTerm>,
    /// The terms of each title, as hashes.
    titles: Vec<Vec<u64>>,
}

struct TicketTerm {
    /// The weight of the term by its rarity.
    rarity: f64,
    /// The tickets with the term and its impact in them, ordered by index; empty if there are too many.
    postings: Vec<(u32, u8)>,
}

/// A term by which a ticket is compared.
struct ComparedTerm<'a> {
    worth: f64,
    term: &'a TicketTerm,
    property: DraftProperty<'a>,
}

impl<'a> ComparedTerm<'a> {
    fn is_in(&self, ticket: usize) -> bool {
        self.term.postings.binary_search_by_key(&ticket, |(ticket, _)| *ticket as usize).is_ok()
    }

    /// Returns the hash of the term, if the term is in the title.
    fn title(&self) -> Option<u64> {
        match self.property {
            DraftProperty::Word(text, term) if term.in_title => Some(number(text)),
            DraftProperty::Word(..) | DraftProperty::Exact(_) => None,
        }
    }
}

impl<'a> TicketTerms<'a> {
    fn of(store: &'a Store) -> Self {
        let count = store.threads.len();
        let rarity = |tickets: usize| {
            f64::from(rarity(
                u32::try_from(count).unwrap_or(u32::MAX),
                u32::try_from(tickets).unwrap_or(u32::MAX),
            ))
        };
        let texts = |place: usize| Texts::of(store, &store.threads[place]);
        let collected = CollectedTerms::of(count, |place, page| fill(page, &texts(place)));
        let common = MOST_COMMON.min(if count > FEW { count / 4 } else { usize::MAX });
        let mut terms = HashMap::new();
        collected.each_term(|text, bytes, _| {
            let mut postings: Vec<(u32, u8)> = postings(bytes).take(common.saturating_add(1)).collect();
            // A term of a single ticket cannot match another one.
            if postings.len() > 1 {
                let rarity = rarity(postings.len());
                if postings.len() > common {
                    postings = Vec::new();
                }
                terms.insert(text.into(), TicketTerm { rarity, postings });
            }
        });
        let numbers = |title: &str| title_terms(title).iter().map(|term| number(term)).collect();
        let titles =
            store.threads.all().into_par_iter().map(|thread| numbers(&thread.ticket.title)).collect();
        Self { store, rarest: rarity(1), terms, titles }
    }

    /// Finds tickets that are similar to the ticket at `place`. `scores` has a zero for each ticket, before and after
    /// the call.
    fn relatives(&self, place: usize, most: usize, scores: &mut [f64]) -> Vec<RelatedTicket> {
        let thread = &self.store.threads[place];
        let question = Question::of_thread(thread, self.store.body(thread.ticket.path.as_ref()));
        let draft = question.draft();
        let terms = draft.terms();
        let mut missing = 0.0;
        let mut lookups: Vec<ComparedTerm<'_>> = Vec::new();
        for (text, draft_term) in &terms {
            match self.terms.get(text.as_str()) {
                None if draft_term.in_title => missing += draft_term.weight * self.rarest,
                Some(term) if !term.postings.is_empty() => {
                    let worth = draft_term.weight * term.rarity;
                    lookups.push(ComparedTerm {
                        worth,
                        term,
                        property: DraftProperty::Word(text, draft_term),
                    });
                }
                None | Some(_) => {}
            }
        }
        lookups.sort_by(|a, b| b.worth.total_cmp(&a.worth));
        lookups.truncate(MOST_LOOKUPS);
        let of_title: f64 =
            lookups.iter().filter(|lookup| lookup.title().is_some()).map(|lookup| lookup.worth).sum();
        for one in draft.exact {
            if let Some(term) = self.terms.get(one.term.as_str()).filter(|term| !term.postings.is_empty()) {
                lookups.push(ComparedTerm {
                    worth: one.kind.weight() * term.rarity,
                    term,
                    property: DraftProperty::Exact(one),
                });
            }
        }
        let possible = missing + lookups.iter().map(|lookup| lookup.worth).sum::<f64>();

        let mut touched: Vec<u32> = Vec::new();
        for lookup in &lookups {
            for (other, impact) in &lookup.term.postings {
                let score = &mut scores[*other as usize];
                if *score == 0.0 {
                    touched.push(*other);
                }
                *score += lookup.worth * f64::from(*impact);
            }
        }
        let taken = |other: u32| (std::mem::take(&mut scores[other as usize]), other);
        let mut touched: Vec<(f64, u32)> = touched.into_iter().map(taken).collect();
        touched.retain(|(_, other)| *other as usize != place);
        if touched.len() > RESCORED {
            touched.select_nth_unstable_by(RESCORED, |a, b| b.0.total_cmp(&a.0).then(b.1.cmp(&a.1)));
            touched.truncate(RESCORED);
        }
        let draft_terms: HashSet<u64> =
            terms.iter().filter(|(_, term)| term.in_prose).map(|(text, _)| number(text)).collect();
        let weigh = |(score, other): (f64, u32)| {
            let (thread, title) = (&self.store.threads[other as usize], &self.titles[other as usize]);
            let is_found =
                |lookup: &&ComparedTerm<'_>| lookup.title().is_some_and(|term| title.contains(&term));
            let found: f64 = lookups.iter().filter(is_found).map(|lookup| lookup.worth).sum();
            let explained = title.iter().filter(|term| draft_terms.contains(term)).count();
            let likeness = Similarity {
                terms: score / (255.0 * possible).max(1.0),
                found: found / of_title.max(1.0),
                explained: explained as f64 / title.len().max(1) as f64,
                written: draft.created,
                opened: Item::Ticket(other as usize).created(self.store),
                resolved: thread.resolved(),
            };
            likeness.weigh(other)
        };
        // For equal scores, the later ticket comes first.
        let mut touched = ranked(touched.into_iter().map(weigh).collect(), |a, b| b.cmp(&a));
        touched.retain(|one| one.similarity >= strong(lookups.len()));
        lookups.sort_by(|a, b| b.worth.total_cmp(&a.worth));
        let relatives = touched.into_iter().map(|one| {
            let ticket = one.document as usize;
            let has = lookups.iter().filter(|lookup| lookup.is_in(ticket));
            RelatedTicket { ticket, why: reasons(has.map(|lookup| lookup.property)) }
        });
        // A single shared word is not enough, however rare it is.
        relatives.filter(|relative| relative.why.len() > 1).take(most).collect()
    }
}

/// Hashes a term. The hash is the same in each run.
fn number(term: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    term.hash(&mut hasher);
    hasher.finish()
}

/// Decodes the documents and impacts in `bytes`, in the format of [`CollectedTerms::each_term`].
fn postings(bytes: &[u8]) -> impl Iterator<Item = (u32, u8)> {
    let mut rest = Bytes(bytes);
    let mut document = 0;
    std::iter::from_fn(move || {
        document += rest.number().ok()?;
        Some((document, rest.byte().ok()?))
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        repo::{CacheSlot, MemorySource},
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
        join(&load(Arc::new(source), &CacheSlot::nowhere()).unwrap(), 3)
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
        assert_eq!(
            join(&load(Arc::new(MemorySource::new()), &CacheSlot::nowhere()).unwrap(), 3),
            Vec::<Vec<RelatedTicket>>::new()
        );
    }
}

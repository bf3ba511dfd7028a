//! Finds the similar tickets of every ticket at once, for sites that show them on each page.
//!
//! The comparison uses the same terms and weights as [`similar`](super::similar), but does less work for each ticket,
//! so that the time grows linearly with the number of tickets. Each ticket is compared by its [`MOST_LOOKUPS`] most
//! significant terms, without terms that more than [`MOST_COMMON`] tickets have. The [`RESCORED`] tickets that share
//! the most of these terms are scored a second time by title and time. The rarity of a term is rounded to powers of
//! two, so that a new ticket changes few lists.

use std::{borrow::Cow, collections::HashMap};

use rayon::prelude::*;

use super::{
    Item, Question, Texts,
    documents::fill,
    relevance::Scores,
    similar::{DraftProperty, LookupTerm, Reason, SharedProperties, Similarity, Threshold, ranked},
};
use crate::{
    index::{Bytes, CollectedTerms, Posting, rarity, read_posting},
    store::Store,
};

/// The number of terms by which a ticket is compared.
const MOST_LOOKUPS: usize = 16;

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
        let mut scores = Scores::new(count);
        chunk.iter().map(|place| collection.relatives(*place, most, &mut scores)).collect::<Vec<_>>()
    });
    chunks.collect()
}

/// All tickets with the terms that distinguish them.
struct TicketTerms<'a> {
    store: &'a Store,
    /// The rarity of a term that only one ticket has.
    rarest: u32,
    terms: HashMap<Box<str>, TicketTerm>,
}

struct TicketTerm {
    rarity: u32,
    /// The tickets with the term, ordered by index; empty if there are too many.
    postings: Vec<Posting>,
}

impl TicketTerm {
    fn lookup<'a>(&'a self, weight: f64, property: DraftProperty<'a>) -> LookupTerm<'a> {
        LookupTerm { weight, rarity: self.rarity, postings: Cow::Borrowed(&self.postings), property }
    }
}

impl<'a> TicketTerms<'a> {
    fn of(store: &'a Store) -> Self {
        let count = store.threads.len();
        let rarity = |tickets: usize| {
            rarity(u32::try_from(count).unwrap_or(u32::MAX), u32::try_from(tickets).unwrap_or(u32::MAX))
        };
        let texts = |place: usize| Texts::of(store, &store.threads[place]);
        let collected = CollectedTerms::of(count, |place, page| fill(page, &texts(place)));
        let common = MOST_COMMON.min(if count > FEW { count / 4 } else { usize::MAX });
        let mut terms = HashMap::new();
        collected.each_term(|text, bytes, _| {
            let mut postings: Vec<Posting> = postings(bytes).take(common.saturating_add(1)).collect();
            // A term of a single ticket cannot match another one.
            if postings.len() > 1 {
                let rarity = rarity(postings.len());
                if postings.len() > common {
                    postings = Vec::new();
                }
                terms.insert(text.into(), TicketTerm { rarity, postings });
            }
        });
        Self { store, rarest: rarity(1), terms }
    }

    /// Finds tickets that are similar to the ticket at `place`. `scores` is empty before and after the call.
    fn relatives(&self, place: usize, most: usize, scores: &mut Scores) -> Vec<RelatedTicket> {
        let thread = &self.store.threads[place];
        let question = Question::of_thread(thread, self.store.body(thread.ticket.path.as_ref()));
        let draft = question.draft();
        let terms = draft.terms();
        let mut lookups: Vec<LookupTerm<'_>> = Vec::new();
        for (text, draft_term) in &terms {
            match self.terms.get(text.as_str()) {
                None if draft_term.in_title => {
                    scores.add_missing(draft_term.weight * f64::from(self.rarest));
                }
                Some(term) if !term.postings.is_empty() => {
                    lookups.push(term.lookup(draft_term.weight, DraftProperty::Word(draft_term)));
                }
                None | Some(_) => {}
            }
        }
        lookups.sort_by(|a, b| b.worth().total_cmp(&a.worth()));
        let unscored = lookups.split_off(MOST_LOOKUPS.min(lookups.len()));
        for one in draft.exact {
            if let Some(term) = self.terms.get(one.term.as_str()).filter(|term| !term.postings.is_empty()) {
                lookups.push(term.lookup(one.kind.weight(), DraftProperty::Exact(one)));
            }
        }
        for lookup in &lookups {
            scores.add(lookup.part(), lookup.hits());
        }
        for lookup in unscored.iter().filter(|lookup| lookup.part().in_prose) {
            scores.explain(lookup.hits());
        }
        let weigh = |other: &u32| {
            let likeness = Similarity {
                base: scores.of(*other),
                written: draft.created,
                opened: Item::Ticket(*other as usize).created(self.store),
                resolved: self.store.threads[*other as usize].resolved(),
            };
            likeness.weigh(*other)
        };
        let others = scores.touched().iter().filter(|other| **other as usize != place);
        let threshold = Threshold::of(lookups.len());
        let weighed = others.map(weigh).filter(|one| threshold.may_matter(one.similarity)).collect();
        scores.clear();
        // For equal scores, the later ticket comes first.
        let similar = ranked(weighed, |a, b| b.cmp(&a));
        lookups.sort_by(|a, b| b.worth().total_cmp(&a.worth()));
        let unprompted = threshold.among(&similar);
        let rarest = if self.store.threads.len() > FEW { self.rarest } else { 0 };
        let relatives = similar.iter().filter(|one| unprompted.accepts(one)).filter_map(|one| {
            let has = lookups.iter().filter(|lookup| lookup.is_in(one.document));
            let shared = SharedProperties::of(has.map(|lookup| (lookup.property, lookup.rarity)));
            let ticket = one.document as usize;
            (!shared.is_single()).then(|| RelatedTicket { ticket, why: shared.reasons(rarest) })
        });
        relatives.take(most).collect()
    }
}

/// Decodes the postings in `bytes`, in the format of [`CollectedTerms::each_term`].
fn postings(bytes: &[u8]) -> impl Iterator<Item = Posting> {
    let mut rest = Bytes(bytes);
    let mut document = 0;
    std::iter::from_fn(move || {
        let (step, weight) = read_posting(&mut rest).ok()?;
        document += step;
        Some(Posting { document, weight })
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

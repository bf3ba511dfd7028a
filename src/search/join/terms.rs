//! The terms of all tickets with their documents, and the comparison of one ticket with all others.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::hash::BuildHasher as _;

use foldhash::{HashMap, HashSet};
use rayon::prelude::*;

use super::statistics::{Statistics, TermUse};
use super::{JoinedTickets, MOST_LOOKUPS};
use crate::index::{Dictionary, Posting, TermWeight};
use crate::search::{
    Item, Question,
    relevance::Scores,
    similar::{ComparedDraft, DraftProperty, DraftTerm, LookupTerm},
};
use crate::text::Time;

/// The terms that distinguish tickets, with the tickets that have each.
pub(super) struct TicketTerms {
    statistics: Statistics,
    /// When each ticket was opened and resolved. It takes longer to find this in the tickets, which are all over the memory.
    pub(super) times: Vec<(Time, Option<Time>)>,
    /// For each term, its postings in `postings`, if it is compared.
    spans: Vec<PostingSpan>,
    postings: Vec<Posting>,
    /// For each term, its postings in `titles`: those of documents that have it in the title.
    title_spans: Vec<PostingSpan>,
    titles: Vec<Posting>,
    /// The numbers of all terms by the hash of the term, if many drafts are compared.
    numbers: HashMap<u64, u32>,
}

/// The postings of a term: those from `start` to `end`.
#[derive(Clone, Copy, Default)]
struct PostingSpan {
    start: u32,
    end: u32,
}

/// The terms of one draft.
#[derive(Default)]
pub(super) struct DraftLookups<'a> {
    /// The terms that are compared, with their numbers.
    pub(super) compared: Vec<(u32, LookupTerm<'a>)>,
    /// Terms beyond the limit. They only explain titles.
    unscored: Vec<LookupTerm<'a>>,
    /// The worth of the terms of the title that no other ticket has.
    missing: f64,
}

impl TicketTerms {
    /// Collects the terms of all tickets, or only those that questions have if there are `questions`.
    pub(super) fn of<'q>(
        tickets: JoinedTickets<'_>,
        questions: Option<impl Iterator<Item = &'q Question>>,
    ) -> Self {
        let JoinedTickets { store, terms: all } = tickets;
        let dictionary = all.terms();
        let statistics = Statistics::of(all.len());
        let wanted: Option<HashSet<u32>> = questions.map(|questions| {
            let numbers = |question: &Question| {
                let draft = question.draft();
                let exact = draft.exact.iter().map(|one| one.term.clone());
                let terms = draft.terms().into_keys().chain(exact);
                terms.filter_map(|term| dictionary.number(&term)).collect::<Vec<_>>()
            };
            questions.flat_map(numbers).collect()
        });
        let is_wanted = |number: u32| {
            wanted.as_ref().is_none_or(|wanted| wanted.contains(&number))
                && matches!(statistics.use_of(dictionary.count(number)), TermUse::Compared { .. })
        };
        let mut end = 0;
        let mut span = |number: u32| {
            let start = end;
            end += if is_wanted(number) { dictionary.count(number) } else { 0 };
            PostingSpan { start, end }
        };
        let spans: Vec<PostingSpan> = (0..dictionary.len()).map(&mut span).collect();
        let nothing = Posting { document: 0, weight: TermWeight { impact: 0, title_terms: 0 } };
        let mut postings = vec![nothing; end as usize];
        let mut next: Vec<u32> = spans.iter().map(|span| span.start).collect();
        for (place, document) in (0..all.len()).zip(0_u32..) {
            for (number, weight) in all.terms_of(place) {
                let number = number as usize;
                if next[number] < spans[number].end {
                    postings[next[number] as usize] = Posting { document, weight };
                    next[number] += 1;
                }
            }
        }
        let mut titles: Vec<Posting> = Vec::new();
        let title_span = |span: &PostingSpan| {
            let start = titles.len() as u32;
            let all = &postings[span.start as usize..span.end as usize];
            titles.extend(all.iter().filter(|posting| posting.weight.title_terms > 0));
            PostingSpan { start, end: titles.len() as u32 }
        };
        let title_spans = spans.iter().map(title_span).collect();
        let all = if wanted.is_none() { 0..dictionary.len() } else { 0..0 };
        let numbers = all.map(|number| (hash(dictionary.text(number)), number)).collect();
        let times = |place| (Item::Ticket(place).created(store), store.threads[place].resolved());
        let times = (0..store.threads.len()).into_par_iter().map(times).collect();
        Self { statistics, times, spans, postings, title_spans, titles, numbers }
    }

    /// Returns the number of a term in `dictionary`.
    fn number(&self, dictionary: &Dictionary, term: &str) -> Option<u32> {
        let known = self.numbers.get(&hash(term)).copied().filter(|number| dictionary.text(*number) == term);
        known.or_else(|| dictionary.number(term))
    }

    fn lookup<'b>(
        &'b self,
        number: u32,
        rarity: u32,
        weight: f64,
        property: DraftProperty<'b>,
    ) -> LookupTerm<'b> {
        let span = self.spans.get(number as usize).copied().unwrap_or_default();
        let postings = self.postings.get(span.start as usize..span.end as usize).unwrap_or_default();
        LookupTerm { weight, rarity, postings: Cow::Borrowed(postings), property }
    }

    /// Returns `lookup` with only the documents that have the term in the title.
    fn in_titles<'b>(&'b self, number: u32, lookup: LookupTerm<'b>) -> LookupTerm<'b> {
        let span = self.title_spans.get(number as usize).copied().unwrap_or_default();
        let titles = self.titles.get(span.start as usize..span.end as usize).unwrap_or_default();
        LookupTerm { postings: Cow::Borrowed(titles), ..lookup }
    }

    pub(super) fn lookups<'b>(
        &'b self,
        dictionary: &Dictionary,
        draft: &ComparedDraft<'b>,
        terms: &'b BTreeMap<String, DraftTerm>,
    ) -> DraftLookups<'b> {
        let use_of = |term: &str| {
            let number = self.number(dictionary, term);
            let used =
                number.map_or(TermUse::Single, |number| self.statistics.use_of(dictionary.count(number)));
            (number.unwrap_or_default(), used)
        };
        let mut found = DraftLookups::default();
        for (text, term) in terms {
            match use_of(text) {
                (_, TermUse::Single) if term.in_title => {
                    found.missing += term.weight * f64::from(self.statistics.rarest());
                }
                (number, TermUse::Compared { rarity }) => {
                    let lookup = self.lookup(number, rarity, term.weight, DraftProperty::Word(term));
                    found.compared.push((number, lookup));
                }
                (_, TermUse::Single | TermUse::Common) => {}
            }
        }
        found.compared.sort_by(|(_, a), (_, b)| b.worth().total_cmp(&a.worth()));
        let rest = found.compared.split_off(MOST_LOOKUPS.min(found.compared.len()));
        found.unscored = rest.into_iter().map(|(number, lookup)| self.in_titles(number, lookup)).collect();
        for one in draft.exact {
            if let (number, TermUse::Compared { rarity }) = use_of(&one.term) {
                let lookup = self.lookup(number, rarity, one.kind.weight(), DraftProperty::Exact(one));
                found.compared.push((number, lookup));
            }
        }
        found
    }

    /// Returns the rarity of a word that a single ticket has, or 0 in a small collection, in which no word is common.
    pub(super) fn rarest(&self) -> u32 {
        if self.statistics.is_small() { 0 } else { self.statistics.rarest() }
    }
}

impl DraftLookups<'_> {
    /// Adds the tickets that have the terms to `scores`.
    pub(super) fn add_to(&self, scores: &mut Scores) {
        scores.add_missing(self.missing);
        for (_, lookup) in &self.compared {
            scores.add(lookup.part(), lookup.hits());
        }
        for lookup in self.unscored.iter().filter(|lookup| lookup.part().in_prose) {
            scores.explain(lookup.hits());
        }
    }
}

fn hash(term: &str) -> u64 {
    foldhash::fast::FixedState::default().hash_one(term)
}

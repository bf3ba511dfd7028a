//! The words that hold a cluster together.

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;

use crate::{
    index::tokens::{self, TokenKind, is_significant},
    search::similar::is_empty_word,
    store::Store,
};

/// The maximum number of words of a cluster.
const MOST_WORDS: usize = 6;

/// The terms of the words in each title that say something about its subject, each with the word as it is written.
pub(super) struct TitleWords {
    titles: Vec<BTreeMap<String, String>>,
}

/// How many titles have each term.
pub(super) type TitleCounts<'a> = HashMap<&'a str, u32>;

impl TitleWords {
    pub(super) fn of(store: &Store) -> Self {
        let threads = store.threads.all();
        let titles = threads.par_iter().map(|thread| content_terms(&thread.ticket.title)).collect();
        Self { titles }
    }

    /// Returns the terms of the title of the ticket at `place`.
    pub(super) fn terms(&self, place: usize) -> impl Iterator<Item = &str> {
        self.titles.get(place).into_iter().flatten().map(|(term, _)| term.as_str())
    }

    /// Counts the terms in the titles of `tickets`.
    pub(super) fn counts(&self, tickets: impl Iterator<Item = usize>) -> TitleCounts<'_> {
        let mut counts: TitleCounts<'_> = HashMap::new();
        for term in tickets.flat_map(|place| self.terms(place)) {
            *counts.entry(term).or_default() += 1;
        }
        counts
    }

    /// Returns the words that at least half of the titles of `tickets` share, as the oldest of them writes each: those of
    /// most titles first, then the rarest.
    pub(super) fn shared(&self, counts: &TitleCounts<'_>, tickets: &[usize]) -> Vec<String> {
        let mut shared: BTreeMap<&str, (usize, &str)> = BTreeMap::new();
        for (term, surface) in tickets.iter().flat_map(|place| &self.titles[*place]) {
            shared.entry(term).or_insert((0, surface)).0 += 1;
        }
        let is_shared = |count: usize| count > 1 && 2 * count >= tickets.len();
        let mut words: Vec<(&str, usize, &str)> =
            shared.into_iter().map(|(term, (count, surface))| (term, count, surface)).collect();
        words.retain(|(_, count, _)| is_shared(*count));
        words.sort_by(|(a, in_a, _), (b, in_b, _)| {
            let rarity = |term: &str| counts.get(term).copied().unwrap_or_default();
            in_b.cmp(in_a).then_with(|| rarity(a).cmp(&rarity(b))).then_with(|| a.cmp(b))
        });
        words.into_iter().take(MOST_WORDS).map(|(_, _, surface)| surface.to_owned()).collect()
    }
}

/// Returns the terms of the words in `title` that say something about its subject, each with the word as it is written.
fn content_terms(title: &str) -> BTreeMap<String, String> {
    let mut terms = BTreeMap::new();
    tokens::scan(title, |token| {
        let is_word = matches!(token.kind, TokenKind::Word | TokenKind::Pair);
        let surface = title.get(token.span.clone()).unwrap_or_default();
        if is_word && is_significant(&token) && !is_empty_word(surface) {
            terms.entry(token.term().into_owned()).or_insert_with(|| surface.to_owned());
        }
    });
    terms
}

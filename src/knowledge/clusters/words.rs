//! The words that hold a cluster together.

use std::collections::{BTreeMap, HashMap};

use crate::{
    index::tokens::{self, TokenKind, is_significant},
    search::similar::is_empty_word,
    store::Store,
};

/// The maximum number of words of a cluster.
const MOST_WORDS: usize = 6;

/// How many titles have each term.
pub(super) struct TitleWords {
    counts: HashMap<String, u32>,
}

impl TitleWords {
    /// Counts the terms in the titles of `tickets`.
    pub(super) fn of(store: &Store, tickets: impl Iterator<Item = usize>) -> Self {
        let mut counts: HashMap<String, u32> = HashMap::new();
        for place in tickets {
            for term in content_terms(&store.threads[place].ticket.title).into_keys() {
                *counts.entry(term).or_default() += 1;
            }
        }
        Self { counts }
    }

    /// Returns the words that at least half of the titles of `tickets` share, as the oldest of them writes each: those of
    /// most titles first, then the rarest.
    pub(super) fn shared(&self, store: &Store, tickets: &[usize]) -> Vec<String> {
        let mut shared: BTreeMap<String, (usize, String)> = BTreeMap::new();
        for place in tickets {
            for (term, surface) in content_terms(&store.threads[*place].ticket.title) {
                shared.entry(term).or_insert((0, surface)).0 += 1;
            }
        }
        let is_shared = |count: usize| count > 1 && 2 * count >= tickets.len();
        let mut words: Vec<(String, usize, String)> =
            shared.into_iter().map(|(term, (count, surface))| (term, count, surface)).collect();
        words.retain(|(_, count, _)| is_shared(*count));
        words.sort_by(|(a, in_a, _), (b, in_b, _)| {
            let rarity = |term: &String| self.counts.get(term).copied().unwrap_or_default();
            in_b.cmp(in_a).then_with(|| rarity(a).cmp(&rarity(b))).then_with(|| a.cmp(b))
        });
        words.into_iter().take(MOST_WORDS).map(|(_, _, surface)| surface).collect()
    }
}

/// Returns the terms of the words in `title` that say something about its subject, each with the word as it is written.
pub(super) fn content_terms(title: &str) -> BTreeMap<String, String> {
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

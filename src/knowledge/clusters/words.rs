//! The words that hold a cluster together.

use std::{collections::BTreeMap, ops::Range};

use foldhash::HashMap;
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
    titles: Vec<Title>,
}

/// The words of a title, ordered by their terms.
#[derive(Default)]
struct Title {
    /// The terms and the words as they are written, one after the other: tens of thousands of titles are too many to allocate
    /// each word.
    text: String,
    words: Vec<TitleWord>,
}

/// The places of a term and of its word in the text.
struct TitleWord {
    term: Range<usize>,
    surface: Range<usize>,
}

/// How many titles have each term.
pub(super) type TitleCounts<'a> = HashMap<&'a str, u32>;

impl TitleWords {
    pub(super) fn of(store: &Store) -> Self {
        let threads = store.threads.all();
        let titles = threads.par_iter().map(|thread| Title::of(&thread.ticket.title)).collect();
        Self { titles }
    }

    /// Returns the terms of the title of the ticket at `place`.
    pub(super) fn terms(&self, place: usize) -> impl Iterator<Item = &str> {
        self.titles.get(place).into_iter().flat_map(Title::words).map(|(term, _)| term)
    }

    /// Counts the terms in the titles of `tickets`.
    pub(super) fn counts(&self, tickets: impl Iterator<Item = usize>) -> TitleCounts<'_> {
        let mut counts: TitleCounts<'_> = HashMap::default();
        for term in tickets.flat_map(|place| self.terms(place)) {
            *counts.entry(term).or_default() += 1;
        }
        counts
    }

    /// Returns the words that at least half of the titles of `tickets` share, as the oldest of them writes each: those of
    /// most titles first, then the rarest.
    pub(super) fn shared(&self, counts: &TitleCounts<'_>, tickets: &[usize]) -> Vec<String> {
        let mut shared: BTreeMap<&str, (usize, &str)> = BTreeMap::new();
        for (term, surface) in tickets.iter().flat_map(|place| self.titles[*place].words()) {
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

impl Title {
    fn of(title: &str) -> Self {
        let Self { mut text, mut words } = Self::default();
        let mut put = |piece: &str| {
            text.push_str(piece);
            text.len() - piece.len()..text.len()
        };
        tokens::scan(title, |token| {
            let is_word = matches!(token.kind, TokenKind::Word | TokenKind::Pair);
            let surface = title.get(token.span.clone()).unwrap_or_default();
            if is_word && is_significant(&token) && !is_empty_word(surface) {
                words.push(TitleWord { term: put(&token.term()), surface: put(surface) });
            }
        });
        // The first word of a term comes first.
        words.sort_by(|a, b| text[a.term.clone()].cmp(&text[b.term.clone()]));
        words.dedup_by(|later, first| text[later.term.clone()] == text[first.term.clone()]);
        Self { text, words }
    }

    /// Returns each term with its word.
    fn words(&self) -> impl Iterator<Item = (&str, &str)> {
        self.words.iter().map(|word| (&self.text[word.term.clone()], &self.text[word.surface.clone()]))
    }
}

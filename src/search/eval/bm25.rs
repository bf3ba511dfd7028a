//! Plain BM25, the baseline for comparison. It counts the words of the title twice and those of the text once, and it
//! ignores replies, stems and fields. A word that occurs several times in the query counts several times. The rarity of
//! words is computed from all tickets, including later ones, which is an advantage for BM25.

use std::collections::HashMap;

use crate::{store::Store, text::Time};

/// BM25's k1: a larger value gives more weight to repeated occurrences of a word.
const K1: f64 = 1.2;
/// BM25's b, from 0 to 1: how strongly the length of a document reduces its score.
const B: f64 = 0.75;

/// A BM25 index of the tickets of a store.
pub(super) struct Bm25<'a> {
    store: &'a Store,
    terms: HashMap<String, u32>,
    /// For each term, the indices of its tickets and the number of occurrences.
    postings: Vec<Vec<(u32, u32)>>,
    lengths: Vec<u32>,
}

impl<'a> Bm25<'a> {
    /// Indexes the tickets of `store`.
    pub(super) fn of(store: &'a Store) -> Self {
        let mut index = Self { store, terms: HashMap::new(), postings: Vec::new(), lengths: Vec::new() };
        for place in 0..store.threads.len() {
            let number = u32::try_from(place).unwrap_or(u32::MAX);
            let ticket = &store.threads[place].ticket;
            let body = store.body(ticket.path.as_ref());
            let bag = bag([(ticket.title.as_str(), 2), (&*body, 1)]);
            index.lengths.push(bag.values().sum());
            for (term, count) in bag {
                let next = u32::try_from(index.postings.len()).unwrap_or(u32::MAX);
                let term = *index.terms.entry(term).or_insert(next);
                if term == next {
                    index.postings.push(Vec::new());
                }
                index.postings[term as usize].push((number, count));
            }
        }
        index
    }

    /// Returns at most `most` tickets with words of `texts`, the best first, without the ticket at `query`. Only tickets
    /// that were opened before `moment` and that `allowed` accepts are returned. For equal scores, newer tickets come first.
    pub(super) fn nearest(
        &self,
        texts: &[&str],
        query: usize,
        moment: Time,
        allowed: impl Fn(usize) -> bool,
        most: usize,
    ) -> Vec<usize> {
        let all = self.lengths.len() as f64;
        let usual = self.lengths.iter().map(|length| f64::from(*length)).sum::<f64>() / all.max(1.0);
        let mut scores = vec![0.0; self.lengths.len()];
        // The terms are sorted, so that the floating-point sums are reproducible.
        let mut asked: Vec<(String, u32)> = bag(texts.iter().map(|text| (*text, 1))).into_iter().collect();
        asked.sort_unstable();
        for (term, count) in asked {
            let Some(term) = self.terms.get(&term) else { continue };
            let postings = &self.postings[*term as usize];
            let frequency = postings.len() as f64;
            let rarity = (1.0 + (all - frequency + 0.5) / (frequency + 0.5)).ln();
            for (place, had) in postings {
                let (had, length) = (f64::from(*had), f64::from(self.lengths[*place as usize]));
                let saturated = had * (K1 + 1.0) / (had + K1 * (1.0 - B + B * length / usual));
                scores[*place as usize] += f64::from(count) * rarity * saturated;
            }
        }
        let was = |place: usize| self.store.threads[place].ticket.created.is_some_and(|time| time < moment);
        let mut found: Vec<usize> = (0..scores.len())
            .filter(|place| scores[*place] > 0.0 && *place != query && was(*place) && allowed(*place))
            .collect();
        found.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]).then(b.cmp(a)));
        found.truncate(most);
        found
    }
}

/// Counts the words of `texts`; the words of each text are counted the given number of times.
fn bag<'a>(texts: impl IntoIterator<Item = (&'a str, u32)>) -> HashMap<String, u32> {
    let mut counts: HashMap<String, u32> = HashMap::new();
    for (text, times) in texts {
        for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
            *counts.entry(word.to_lowercase()).or_default() += times;
        }
    }
    counts
}

//! Numbered texts, such as the terms of an index, with the number of documents that have each.

use std::ops::Range;

use foldhash::{HashMap, HashMapExt as _};
use serde::{Deserialize, Serialize};

/// Numbered texts. The first ones are in order; texts that were added later follow in any order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dictionary {
    /// All texts, one after the other.
    texts: String,
    /// For each text, the end of its bytes.
    ends: Vec<u32>,
    /// For each text, the number of documents that have it.
    counts: Vec<u32>,
    /// The number of texts that are in order.
    in_order: usize,
    /// The numbers of the texts that were added later.
    later: HashMap<Box<str>, u32>,
}

/// A dictionary as it is stored.
#[derive(Serialize, Deserialize)]
pub(super) struct StoredDictionary<'a> {
    texts: &'a str,
    lengths: Vec<u32>,
    counts: Vec<u32>,
    in_order: u32,
}

impl Dictionary {
    /// Adds a text that comes after all others in order.
    pub(super) fn push(&mut self, text: &str, count: u32) -> u32 {
        let number = self.append(text, count);
        self.in_order = self.ends.len();
        number
    }

    fn append(&mut self, text: &str, count: u32) -> u32 {
        let number = self.len();
        self.texts.push_str(text);
        self.ends.push(u32::try_from(self.texts.len()).unwrap_or(u32::MAX));
        self.counts.push(count);
        number
    }

    /// Returns the number of `text`. Adds the text if it is new.
    pub(super) fn number_or_add(&mut self, text: &str) -> u32 {
        if let Some(number) = self.number(text) {
            return number;
        }
        let number = self.append(text, 0);
        self.later.insert(text.into(), number);
        number
    }

    /// Returns the number of texts, including those that no document has any more.
    pub(crate) fn len(&self) -> u32 {
        u32::try_from(self.ends.len()).unwrap_or(u32::MAX)
    }

    /// Returns the text with a number.
    pub(crate) fn text(&self, number: u32) -> &str {
        self.texts.get(self.span(number as usize)).unwrap_or_default()
    }

    fn span(&self, at: usize) -> Range<usize> {
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or_default();
        start as usize..self.ends.get(at).copied().unwrap_or_default() as usize
    }

    pub(crate) fn number(&self, text: &str) -> Option<u32> {
        let (mut low, mut high) = (0, self.in_order);
        while low < high {
            let middle = usize::midpoint(low, high);
            match self.texts.get(self.span(middle))?.cmp(text) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return u32::try_from(middle).ok(),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        self.later.get(text).copied()
    }

    /// Returns the number of documents that have the text with a number.
    pub(crate) fn count(&self, number: u32) -> u32 {
        self.counts.get(number as usize).copied().unwrap_or_default()
    }

    pub(super) fn change_count(&mut self, number: u32, by: i32) {
        if let Some(count) = self.counts.get_mut(number as usize) {
            *count = count.saturating_add_signed(by);
        }
    }

    /// Returns the texts that a document has, in order, with the number of their documents.
    pub(crate) fn in_order(&self) -> Vec<(&str, u32)> {
        let text = |number: u32| (self.text(number), self.count(number));
        let mut all: Vec<(&str, u32)> = (0..self.len()).map(text).filter(|(_, count)| *count > 0).collect();
        // This is a merge sort, so the part that is in order costs nearly nothing.
        all.sort();
        all
    }

    pub(super) fn stored(&self) -> StoredDictionary<'_> {
        let length = |at: usize| u32::try_from(self.span(at).len()).unwrap_or(u32::MAX);
        StoredDictionary {
            texts: &self.texts,
            lengths: (0..self.ends.len()).map(length).collect(),
            counts: self.counts.clone(),
            in_order: u32::try_from(self.in_order).unwrap_or(u32::MAX),
        }
    }

    /// Returns `None` if the stored dictionary is damaged.
    pub(super) fn of(stored: StoredDictionary<'_>) -> Option<Self> {
        let StoredDictionary { texts, lengths, counts, in_order } = stored;
        let mut end = 0_u32;
        let mut ends = Vec::with_capacity(lengths.len());
        for length in lengths {
            end = end.checked_add(length)?;
            ends.push(end);
        }
        let is_whole = end as usize == texts.len() && ends.len() == counts.len();
        let in_order = in_order as usize;
        if !is_whole || in_order > ends.len() {
            return None;
        }
        let mut dictionary = Self { texts: texts.to_owned(), ends, counts, in_order, later: HashMap::new() };
        let later: Vec<(Box<str>, u32)> = (u32::try_from(in_order).ok()?..dictionary.len())
            .map(|number| (dictionary.text(number).into(), number))
            .collect();
        dictionary.later.extend(later);
        Some(dictionary)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_have_numbers_and_are_listed_in_order() {
        let mut dictionary = Dictionary::default();
        dictionary.push("beta", 2);
        dictionary.push("gamma", 1);
        let alpha = dictionary.number_or_add("alpha");
        dictionary.change_count(alpha, 3);
        dictionary.change_count(1, -1);
        assert_eq!(dictionary.number_or_add("beta"), 0);
        let stored = postcard::to_stdvec(&dictionary.stored()).unwrap();
        let read = Dictionary::of(postcard::from_bytes(&stored).unwrap()).unwrap();
        for dictionary in [dictionary, read] {
            let numbers = ["alpha", "beta", "gamma", "delta"].map(|text| dictionary.number(text));
            assert_eq!(numbers, [Some(2), Some(0), Some(1), None]);
            assert_eq!(dictionary.in_order(), [("alpha", 3), ("beta", 2)]);
        }
    }
}

//! Weights of terms: in one document at indexing time, and in all documents at query time.

use serde::{Deserialize, Serialize};

/// A part of a document with its own weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum IndexField {
    /// The title.
    Title,
    /// The answer of the ticket; cause and fix of an article.
    Answer,
    /// The text of the ticket or article.
    Body,
    /// Replies except the answer.
    Replies,
    /// Id, source, service, tags and other fields.
    Facts,
}

impl IndexField {
    /// All fields in the order of their numbers.
    pub const ALL: [Self; 5] = [Self::Title, Self::Answer, Self::Body, Self::Replies, Self::Facts];

    pub(super) fn of(number: u32) -> Option<Self> {
        Self::ALL.get(number as usize).copied()
    }

    /// Returns the weight, how much length reduces it (0 to 1), and the usual length in words. The usual lengths
    /// are constants, so that the weights of a document do not depend on other documents.
    const fn weight(self) -> (f64, f64, f64) {
        match self {
            Self::Title => (5.0, 0.6, 8.0),
            Self::Answer => (1.5, 0.75, 60.0),
            Self::Body => (1.0, 0.75, 120.0),
            Self::Replies => (0.4, 0.75, 120.0),
            Self::Facts => (2.0, 0.3, 10.0),
        }
    }
}

/// A set of fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Fields(u8);

impl Fields {
    pub(crate) const ALL: Self = Self(u8::MAX);

    /// Returns the set of these fields.
    pub(crate) fn of(fields: &[IndexField]) -> Self {
        Self(fields.iter().fold(0, |set, field| set | 1 << (*field as u8)))
    }

    /// Returns true if the set contains `field`.
    pub(crate) fn has(self, field: IndexField) -> bool {
        self.0 & (1 << (field as u8)) != 0
    }
}

/// The saturation of the weight. A larger value gives more weight to repeated occurrences of a term.
const SATURATION: f64 = 3.0;

/// The weight of an occurrence of a term that is written as in the index, and of a term that is written otherwise: as a
/// part of a name, or with a hyphen. The exact spelling comes first.
pub(super) const WRITTEN: u32 = 2;
pub(super) const JOINED: u32 = 1;

/// Returns the weight of a term in a document, from 1 to 255: BM25F with fixed lengths. `counts` are the occurrences in
/// each field, weighted by [`WRITTEN`] or [`JOINED`]; `lengths` are the numbers of words of each field.
pub(crate) fn impact(counts: &[u32; IndexField::ALL.len()], lengths: &[u32; IndexField::ALL.len()]) -> u8 {
    let mut sum = 0.0;
    for field in IndexField::ALL {
        let (weight, b, usual) = field.weight();
        let length = f64::from(rounded(lengths[field as usize])) / usual;
        let count = f64::from(counts[field as usize]) / f64::from(WRITTEN);
        sum += weight * count / (1.0 - b + b * length);
    }
    // Sums, products and quotients of doubles are equal on all machines.
    let impact = 255.0 * sum / (SATURATION + sum);
    impact.round().clamp(1.0, 255.0) as u8
}

/// Returns `words` rounded to two binary digits, so that a few more words in a long text do not change the weights of all
/// its terms: a published index has the terms of one text in as many files.
fn rounded(words: u32) -> u32 {
    let cut = words.max(1).ilog2().saturating_sub(1);
    if words <= EXACT { words } else { words.saturating_add(1 << cut >> 1) >> cut << cut }
}

/// The number of words up to which a length is not rounded.
const EXACT: u32 = 16;

/// Returns the rarity of a term that `count` of `all` documents have: 256 × log₂(all / count), at least 1.
pub(crate) fn rarity(all: u32, count: u32) -> u32 {
    let count = count.min(all);
    log2_256(all.saturating_mul(2).saturating_add(2))
        .saturating_sub(log2_256(count.saturating_mul(2).saturating_add(1)))
        .max(1)
}

/// Returns 256 × log₂ of `x` (at least 1), rounded down, with integer arithmetic only.
fn log2_256(x: u32) -> u32 {
    let whole = x.max(1).ilog2();
    // The mantissa is a number from 1 to 2 with 31 bits after the point. Squaring it yields the bits of the
    // logarithm.
    let mut mantissa = u64::from(x.max(1)) << (31 - whole);
    let mut fraction = 0;
    for _ in 0..8 {
        mantissa = (mantissa * mantissa) >> 31;
        fraction <<= 1;
        if mantissa >= 1 << 32 {
            mantissa >>= 1;
            fraction |= 1;
        }
    }
    whole * 256 + fraction
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_are_correct_and_rounded_down() {
        for x in (1..5_000).chain([65_535, 1 << 20, u32::MAX]) {
            let expected = (f64::from(x).log2() * 256.0).floor() as u32;
            assert!(expected.abs_diff(log2_256(x)) <= 1, "{x}: {expected} {}", log2_256(x));
        }
        assert_eq!((log2_256(1), log2_256(2), log2_256(1024), log2_256(3)), (0, 256, 2560, 405));
    }

    #[test]
    fn the_length_of_a_long_text_is_rounded() {
        let lengths = [1, 9, 16, 17, 20, 27, 28, 79, 80, 120, 1_000, u32::MAX];
        assert_eq!(lengths.map(rounded), [1, 9, 16, 16, 24, 24, 32, 64, 96, 128, 1_024, 3 << 30]);
    }

    #[test]
    fn a_rare_term_weighs_more_than_a_common_one() {
        assert!(rarity(1_000, 1) > rarity(1_000, 10));
        assert_eq!((rarity(10, 10), rarity(0, 0), rarity(10, 99)), (17, 256, 17));
        assert_eq!(rarity(100_000, 100_000), 1);
    }

    #[test]
    fn a_title_weighs_more_than_a_body_and_a_long_text_less_than_a_short_one() {
        let lengths = [8, 0, 120, 0, 0];
        let title = impact(&[WRITTEN, 0, 0, 0, 0], &lengths);
        let body = impact(&[0, 0, WRITTEN, 0, 0], &lengths);
        assert!(title > body && body > impact(&[0, 0, WRITTEN, 0, 0], &[8, 0, 1200, 0, 0]));
        assert!(impact(&[0, 0, 2 * WRITTEN, 0, 0], &lengths) > body);
        assert!(impact(&[0, 0, JOINED, 0, 0], &lengths) < body);
        assert_eq!(impact(&[0, 0, WRITTEN, 0, 0], &[0, 0, u32::MAX, 0, 0]), 1);
        assert_eq!(impact(&[u32::MAX; 5], &[1; 5]), 255);
    }
}

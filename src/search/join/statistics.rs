//! Numbers of documents, rounded so that a changed document rarely changes them.

use crate::index::rarity;

/// A term is ignored if more documents than this have it, because it does not distinguish tickets.
const MOST_COMMON: u32 = 1_000;

/// With fewer documents than this, no term counts as common.
pub(super) const FEW: u32 = 20;

/// The number of documents, rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Statistics {
    /// The number of documents, rounded down to three binary digits; small numbers are exact.
    count: u32,
}

/// How a term is used in comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TermUse {
    /// Only one document has the term, so it cannot match another one.
    Single,
    /// The term is compared, and has this rarity.
    Compared { rarity: u32 },
    /// Too many documents have the term.
    Common,
}

impl Statistics {
    pub(super) fn of(documents: usize) -> Self {
        let documents = u32::try_from(documents).unwrap_or(u32::MAX);
        let digits = (u32::BITS - documents.leading_zeros()).saturating_sub(3);
        Self { count: if documents > FEW { documents >> digits << digits } else { documents } }
    }

    /// Returns whether the repository is so small that no term counts as common.
    pub(super) fn is_small(self) -> bool {
        self.count <= FEW
    }

    /// Returns the rarity of a term that one document has.
    pub(super) fn rarest(self) -> u32 {
        rarity(self.count, 1)
    }

    /// Returns how a term of `documents` documents is used. The number is rounded down to a power of two.
    pub(super) fn use_of(self, documents: u32) -> TermUse {
        let common = if self.is_small() { MOST_COMMON } else { MOST_COMMON.min(self.count / 4) };
        match documents {
            0 | 1 => TermUse::Single,
            _ if documents > common => TermUse::Common,
            _ => TermUse::Compared { rarity: rarity(self.count, 1 << documents.ilog2()) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_more_document_rarely_changes_anything() {
        let changes = |range: std::ops::Range<usize>| {
            range.filter(|n| Statistics::of(*n) != Statistics::of(n + 1)).count()
        };
        assert_eq!((changes(0..20), changes(21..1_000), changes(1_000..100_000)), (20, 22, 27));
        let uses = |range: std::ops::Range<u32>| {
            let all = Statistics::of(10_000);
            range.filter(|n| all.use_of(*n) != all.use_of(n + 1)).count()
        };
        assert_eq!((uses(0..1_001), uses(1_001..10_000)), (10, 0));
    }

    #[test]
    fn a_word_that_a_quarter_of_the_documents_has_is_common() {
        let all = Statistics::of(100);
        assert!(matches!(all.use_of(20), TermUse::Compared { .. }));
        assert_eq!((all.use_of(26), all.use_of(1)), (TermUse::Common, TermUse::Single));
        assert!(matches!(Statistics::of(20).use_of(20), TermUse::Compared { .. }));
    }
}

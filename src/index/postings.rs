//! The bytes of postings. All index formats use them.

use super::IndexError;
use super::bytes::{Bytes, put};

/// The weight of a term in a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TermWeight {
    /// The impact, from 1 to 255.
    pub impact: u8,
    /// The number of significant terms in the document's title if the term is one of them, at most 255; otherwise 0.
    pub title_terms: u8,
}

/// Appends a posting: the difference to the number of the document before, and the weight of the term.
pub(crate) fn put_posting(step: u32, weight: TermWeight, into: &mut Vec<u8>) {
    put(step << 1 | u32::from(weight.title_terms > 0), into);
    into.push(weight.impact);
    if weight.title_terms > 0 {
        into.push(weight.title_terms);
    }
}

/// Reads a posting: the difference to the number of the document before, and the weight of the term.
#[inline]
pub(crate) fn read_posting(bytes: &mut Bytes<'_>) -> Result<(u32, TermWeight), IndexError> {
    let head = bytes.number()?;
    let impact = bytes.byte()?;
    let title_terms = if head & 1 == 1 { bytes.byte()? } else { 0 };
    Ok((head >> 1, TermWeight { impact, title_terms }))
}

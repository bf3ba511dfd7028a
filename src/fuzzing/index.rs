//! Functions for the fuzz target `index`.

use super::time;
use crate::index::{
    Fields, Index, IndexError, IndexField, IndexHead, build,
    tokens::{scan, stem},
};

/// The number of fields in an index.
pub const INDEX_FIELDS: usize = IndexField::ALL.len();

/// Builds an index of the documents `t0`, `t1` and so on, each with one text in one field. With `reversed`, the
/// documents are added in the opposite order.
pub fn build_index(texts: &[(usize, String)], reversed: bool) -> Vec<u8> {
    let mut heads: Vec<IndexHead> = (0..texts.len()).map(index_head).collect();
    if reversed {
        heads.reverse();
    }
    build(heads, 7, |head, page| {
        if let Some((field, text)) = usize::try_from(head.stamp).ok().and_then(|number| texts.get(number)) {
            page.add(IndexField::ALL[field % INDEX_FIELDS], text);
        }
    })
}

fn index_head(number: usize) -> IndexHead {
    IndexHead {
        key: format!("t{number}"),
        created: time(60 * number as i64),
        resolved: None,
        stamp: number as u64,
    }
}

/// Returns the terms of a text, as an index stores them.
pub fn terms_of(text: &str) -> Vec<String> {
    let mut terms = Vec::new();
    scan(text, |token| terms.push(token.term().into_owned()));
    terms
}

/// Returns the keys of the documents with each term, which is given with its field.
///
/// # Errors
/// Returns the message if the index is damaged.
pub fn find_in_index(index: Vec<u8>, terms: &[(String, usize)]) -> Result<Vec<Vec<String>>, String> {
    let find = || -> Result<_, IndexError> {
        let index = Index::open(index)?;
        let find = |(term, field): &(String, usize)| {
            let postings = index.postings(term, Fields::of(&[IndexField::ALL[field % INDEX_FIELDS]]))?;
            let heads = postings.iter().filter_map(|posting| index.head(posting.document));
            Ok(heads.map(|head| head.key.clone()).collect())
        };
        terms.iter().map(find).collect()
    };
    find().map_err(|error| error.to_string())
}

/// Calls every function that reads an index. The index may be damaged.
pub fn read_index(index: Vec<u8>) {
    let Ok(index) = Index::open(index) else { return };
    for term in ["export", "invoic", "zz"] {
        let _ = index.postings(term, Fields::ALL);
        let _ = index.postings(term, Fields::of(&[IndexField::Title]));
        let _ = index.frequency(term);
        let _ = index.expansions(&term[..2]);
        let _ = index.corrections(term);
        let _ = index.sequences(&[(term.to_owned(), 0), (stem("out").into_owned(), 1)], Fields::ALL);
    }
}

//! Reads published shards, so that a changed document changes only the shards that have its terms.

use std::io::Read as _;

use flate2::read::DeflateDecoder;

use super::VERSION;
use super::files::NAME;
use crate::index::{Bytes, IndexError, TermWeight};

/// The documents of a term.
pub(super) struct ReadTerm {
    pub text: String,
    /// The documents in order, each with the positions of the term.
    pub documents: Vec<ReadPosting>,
}

/// A document of a term.
#[derive(PartialEq, Eq)]
pub(super) struct ReadPosting {
    pub document: u32,
    pub weight: TermWeight,
    pub positions: Vec<u8>,
}

/// Reads the terms of a shard. `read` returns the contents of the published file with a name. Returns `None` if a file is
/// missing or damaged.
pub(super) fn read_shard(name: &str, read: &dyn Fn(&str) -> Option<Vec<u8>>) -> Option<Vec<ReadTerm>> {
    let shard = unpacked(&read(name)?)?;
    terms(&shard, read).ok()
}

fn terms(shard: &[u8], read: &dyn Fn(&str) -> Option<Vec<u8>>) -> Result<Vec<ReadTerm>, IndexError> {
    let mut rest = Bytes(shard);
    let mut pieces = Vec::new();
    for _ in 0..rest.number()? {
        rest.number()?;
        let name = std::str::from_utf8(rest.take(NAME)?).map_err(|_| DAMAGED)?;
        pieces.push(read(name).as_deref().and_then(unpacked).ok_or(DAMAGED)?);
    }
    let mut heads: Vec<(Vec<u8>, usize, usize)> = Vec::new();
    for _ in 0..rest.number()? {
        let (shared, own) = (rest.number()? as usize, rest.number()? as usize);
        let last = heads.last().map_or(&[][..], |(text, ..)| text);
        let text = [last.get(..shared).ok_or(DAMAGED)?, rest.take(own)?].concat();
        heads.push((text, rest.number()? as usize, rest.number()? as usize));
    }
    let mut steps = Bytes(rest.take(heads.iter().map(|(.., length)| length).sum())?);
    let mut impacts = rest;
    let mut places = pieces.iter().map(|piece| Bytes(piece)).collect::<Vec<_>>().into_iter();
    let mut piece = Bytes(&[]);
    let mut found = Vec::with_capacity(heads.len());
    for (text, count, _) in heads {
        let mut document = 0;
        let mut documents = Vec::with_capacity(count);
        for _ in 0..count {
            let step = steps.number()?;
            document += step >> 1;
            let title_terms = if step & 1 == 1 { steps.byte()? } else { 0 };
            let weight = TermWeight { impact: impacts.byte()?, title_terms };
            if piece.is_empty() {
                piece = places.next().ok_or(DAMAGED)?;
            }
            let length = piece.number()? as usize;
            documents.push(ReadPosting { document, weight, positions: piece.take(length)?.to_vec() });
        }
        let text = String::from_utf8(text).map_err(|_| DAMAGED)?;
        found.push(ReadTerm { text, documents });
    }
    Ok(found)
}

const DAMAGED: IndexError = IndexError::Damaged("a published shard");

/// Decompresses a published file.
pub(super) fn unpacked(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    DeflateDecoder::new(bytes).read_to_end(&mut out).ok()?;
    let (version, rest) = out.split_first()?;
    (*version == VERSION).then(|| rest.to_vec())
}

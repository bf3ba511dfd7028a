//! The binary format of an index: head, manifest, table of documents, shards.

use std::{borrow::Cow, ops::Range};

use serde::{Deserialize, Serialize};

use super::bytes::{Bytes, put};
use super::{IndexError, ReadAt};
use crate::repo::checksum;

/// Version of the format, the tokens and the weights. Increase it when any of them changes; an index with another
/// version is rebuilt.
pub(crate) const VERSION: u32 = 10;

const MAGIC: &[u8; 8] = b"casebook";

/// Size of the head: magic, version, length and checksum of the manifest.
const HEAD: usize = 8 + 4 + 4 + 8;

/// Size of a shard in bytes after which the next term begins a new shard.
pub(super) const SHARD: usize = 8 * 1024;

/// A byte range of the file with its checksum.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(super) struct ChecksummedRange {
    /// Relative to the end of the manifest.
    offset: u64,
    len: u32,
    sum: u64,
}

/// A range of terms: from `first` to the first term of the next shard.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Shard {
    pub first: String,
    pub terms: ChecksummedRange,
    /// The positions of the same terms; empty in shards of words.
    pub positions: ChecksummedRange,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Manifest {
    pub context: u64,
    pub heads: ChecksummedRange,
    pub terms: Vec<Shard>,
    /// Words that differ from their stem, with their stems.
    pub words: Vec<Shard>,
}

/// A term of a shard.
pub(super) struct ShardTerm<'a> {
    pub text: &'a str,
    /// The postings of a term, or the stem of a word.
    pub data: &'a [u8],
}

/// A writer that appends byte ranges to an index file.
#[derive(Default)]
pub(super) struct IndexWriter {
    data: Vec<u8>,
}

impl IndexWriter {
    pub(super) fn piece(&mut self, bytes: &[u8]) -> ChecksummedRange {
        let offset = self.data.len() as u64;
        self.data.extend_from_slice(bytes);
        ChecksummedRange { offset, len: u32::try_from(bytes.len()).unwrap_or(u32::MAX), sum: checksum(bytes) }
    }

    /// Returns the whole file.
    pub(super) fn finish(self, manifest: &Manifest) -> Vec<u8> {
        let manifest = encode(manifest);
        let mut file = Vec::with_capacity(HEAD + manifest.len() + self.data.len());
        file.extend_from_slice(MAGIC);
        file.extend_from_slice(&VERSION.to_le_bytes());
        file.extend_from_slice(&u32::try_from(manifest.len()).unwrap_or(u32::MAX).to_le_bytes());
        file.extend_from_slice(&checksum(&manifest).to_le_bytes());
        file.extend_from_slice(&manifest);
        file.extend_from_slice(&self.data);
        file
    }
}

/// Encodes a plain struct, which cannot fail. If it did, the reader would reject the empty result.
pub(super) fn encode(value: &impl Serialize) -> Vec<u8> {
    postcard::to_allocvec(value).unwrap_or_default()
}

/// An index file that is read in small parts.
pub(super) struct File {
    bytes: Box<dyn ReadAt>,
    /// The offset of the first byte after the manifest.
    start: u64,
}

impl File {
    pub(super) fn open(bytes: Box<dyn ReadAt>) -> Result<(Self, Manifest), IndexError> {
        let head = bytes.read_at(0, HEAD)?;
        let mut rest = Bytes(&head);
        if rest.take(MAGIC.len())? != MAGIC {
            return Err(IndexError::Damaged("not an index file"));
        }
        let found = le(rest.take(4)?) as u32;
        if found != VERSION {
            return Err(IndexError::Version { found });
        }
        let len = le(rest.take(4)?);
        let sum = le(rest.take(8)?);
        let manifest = bytes.read_at(HEAD as u64, len as usize)?;
        if checksum(&manifest) != sum {
            return Err(IndexError::Damaged("invalid manifest"));
        }
        let manifest =
            postcard::from_bytes(&manifest).map_err(|_| IndexError::Damaged("invalid manifest"))?;
        Ok((Self { bytes, start: HEAD as u64 + len }, manifest))
    }

    /// Reads the byte range `piece` and verifies its checksum.
    pub(super) fn read(&self, piece: ChecksummedRange) -> Result<Cow<'_, [u8]>, IndexError> {
        let bytes = self.unchecked(piece)?;
        if checksum(&bytes) == piece.sum { Ok(bytes) } else { Err(IndexError::Damaged("invalid checksum")) }
    }

    /// Returns the byte range `piece` without verification, if it is in memory. The caller must have verified the
    /// checksum before.
    pub(super) fn known(&self, piece: ChecksummedRange) -> Option<&[u8]> {
        match self.unchecked(piece) {
            Ok(Cow::Borrowed(bytes)) => Some(bytes),
            _ => None,
        }
    }

    fn unchecked(&self, piece: ChecksummedRange) -> Result<Cow<'_, [u8]>, IndexError> {
        Ok(self.bytes.read_at(self.start + piece.offset, piece.len as usize)?)
    }
}

fn le(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// A writer that groups terms into shards.
#[derive(Default)]
pub(super) struct ShardWriter {
    shards: Vec<Shard>,
    first: String,
    last: String,
    count: u32,
    dictionary: Vec<u8>,
    data: Vec<u8>,
    positions: Vec<u8>,
}

impl ShardWriter {
    /// Adds the next term in order.
    pub(super) fn add(&mut self, text: &str, data: &[u8], positions: &[u8], out: &mut IndexWriter) {
        if self.count > 0 && self.dictionary.len() + self.data.len() + data.len() > SHARD {
            self.flush(out);
        }
        if self.count == 0 {
            text.clone_into(&mut self.first);
            self.last.clear();
        }
        let shared = text.bytes().zip(self.last.bytes()).take_while(|(a, b)| a == b).count();
        for number in [shared, text.len() - shared] {
            put(u32::try_from(number).unwrap_or(u32::MAX), &mut self.dictionary);
        }
        self.dictionary.extend_from_slice(&text.as_bytes()[shared..]);
        for number in [data.len(), positions.len()] {
            put(u32::try_from(number).unwrap_or(u32::MAX), &mut self.dictionary);
        }
        self.data.extend_from_slice(data);
        self.positions.extend_from_slice(positions);
        text.clone_into(&mut self.last);
        self.count += 1;
    }

    fn flush(&mut self, out: &mut IndexWriter) {
        let mut bytes = Vec::with_capacity(self.dictionary.len() + self.data.len() + 10);
        put(self.count, &mut bytes);
        put(u32::try_from(self.dictionary.len()).unwrap_or(u32::MAX), &mut bytes);
        bytes.append(&mut self.dictionary);
        bytes.append(&mut self.data);
        let positions =
            if self.positions.is_empty() { ChecksummedRange::default() } else { out.piece(&self.positions) };
        let terms = out.piece(&bytes);
        self.shards.push(Shard { first: std::mem::take(&mut self.first), terms, positions });
        self.positions.clear();
        self.count = 0;
    }

    pub(super) fn finish(mut self, out: &mut IndexWriter) -> Vec<Shard> {
        if self.count > 0 {
            self.flush(out);
        }
        self.shards
    }
}

/// The data of a term, and the range of its positions in the positions of its shard.
type TermData<'a> = (&'a [u8], Range<usize>);

/// The remaining terms of a shard, in order. The data of all terms follows after the dictionary.
struct Terms<'a> {
    left: u32,
    dictionary: Bytes<'a>,
    data: Bytes<'a>,
    /// The offset of the next term's positions.
    position: usize,
}

impl<'a> Terms<'a> {
    fn of(shard: &'a [u8]) -> Result<Self, IndexError> {
        let mut rest = Bytes(shard);
        let left = rest.number()?;
        let len = rest.number()? as usize;
        let dictionary = Bytes(rest.take(len)?);
        Ok(Self { left, dictionary, data: rest, position: 0 })
    }

    /// Returns the length of the prefix that the next term shares with the previous term, and the remaining bytes.
    fn next(&mut self) -> Result<Option<(usize, &'a [u8])>, IndexError> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        let shared = self.dictionary.number()? as usize;
        let len = self.dictionary.number()? as usize;
        Ok(Some((shared, self.dictionary.take(len)?)))
    }

    fn term_data(&mut self) -> Result<TermData<'a>, IndexError> {
        let data = self.data.take(self.dictionary.number()? as usize)?;
        let start = self.position;
        self.position += self.dictionary.number()? as usize;
        Ok((data, start..self.position))
    }
}

/// Calls `visit` with each term of a shard in order, until it returns false.
pub(super) fn visit_terms(
    shard: &[u8],
    mut visit: impl FnMut(ShardTerm<'_>) -> bool,
) -> Result<(), IndexError> {
    let mut terms = Terms::of(shard)?;
    let mut text: Vec<u8> = Vec::new();
    while let Some((shared, rest)) = terms.next()? {
        text.truncate(shared);
        text.extend_from_slice(rest);
        let (data, _) = terms.term_data()?;
        let text = std::str::from_utf8(&text).map_err(|_| IndexError::Damaged("a term is not text"))?;
        if !visit(ShardTerm { text, data }) {
            break;
        }
    }
    Ok(())
}

pub(super) fn find_term<'a>(shard: &'a [u8], term: &str) -> Result<Option<TermData<'a>>, IndexError> {
    let mut terms = Terms::of(shard)?;
    let target = term.as_bytes();
    // The length of the prefix that `term` shares with the previous entry, which sorts before `term`.
    let mut known = 0;
    while let Some((shared, rest)) = terms.next()? {
        let found = terms.term_data()?;
        // An entry that shares less with the previous entry than `term` does sorts after `term`. An entry that shares
        // more sorts before `term`.
        if shared < known {
            break;
        } else if shared == known {
            let ahead = target.get(known..).unwrap_or_default();
            let same = ahead.iter().zip(rest).take_while(|(a, b)| a == b).count();
            match (ahead.get(same), rest.get(same)) {
                (None, None) => return Ok(Some(found)),
                (Some(target), Some(here)) if here > target => break,
                (None, Some(_)) => break,
                _ => known += same,
            }
        }
    }
    Ok(None)
}

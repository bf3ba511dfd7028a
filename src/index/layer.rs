//! A single opened file of an index.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::bytes::Bytes;
use super::format::{File, Manifest, Shard, find_term, visit_terms};
use super::{Fields, IndexError, IndexField, IndexHead, Posting, ReadAt, read_posting};

pub(super) struct Layer {
    file: File,
    manifest: Manifest,
    /// The number of the layer's first document among the documents of all layers.
    base: u32,
    count: u32,
    /// The shard of terms that was read last, with its index, because lookups in order often use the same shard.
    last: Mutex<Option<(usize, Arc<[u8]>)>>,
    /// True for each shard of terms whose checksum was verified. Bytes in memory do not change, so one check is
    /// enough.
    verified: Vec<AtomicBool>,
}

/// A document with a term and the positions of the term.
#[derive(Clone, Debug)]
pub(super) struct Occurrence {
    pub posting: Posting,
    /// Fields and positions in order.
    pub places: Vec<(IndexField, u32)>,
}

impl Layer {
    pub(super) fn open(bytes: Box<dyn ReadAt>, base: u32) -> Result<(Self, Vec<IndexHead>), IndexError> {
        let (file, manifest) = File::open(bytes)?;
        let table = file.read(manifest.heads)?;
        let heads: Vec<IndexHead> =
            postcard::from_bytes(&table).map_err(|_| IndexError::Damaged("invalid table of documents"))?;
        let count = u32::try_from(heads.len()).unwrap_or(u32::MAX);
        let verified = manifest.terms.iter().map(|_| AtomicBool::new(false)).collect();
        Ok((Self { file, manifest, base, count, last: Mutex::default(), verified }, heads))
    }

    pub(super) fn context(&self) -> u64 {
        self.manifest.context
    }

    /// Calls `found` with the postings of `term`, its shard, and the range of its positions in the shard.
    fn look_up<T>(
        &self,
        term: &str,
        found: impl FnOnce(&Shard, &[u8], Range<usize>) -> Result<T, IndexError>,
    ) -> Result<Option<T>, IndexError> {
        let after = self.manifest.terms.partition_point(|shard| shard.first.as_str() <= term);
        let Some((at, shard)) = after.checked_sub(1).and_then(|at| Some((at, self.manifest.terms.get(at)?)))
        else {
            return Ok(None);
        };
        let found = |bytes: &[u8]| match find_term(bytes, term)? {
            Some((data, positions)) => found(shard, data, positions).map(Some),
            None => Ok(None),
        };
        if self.verified[at].load(Ordering::Relaxed)
            && let Some(bytes) = self.file.known(shard.terms)
        {
            return found(bytes);
        }
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match last.filter(|(known, _)| *known == at) {
            Some((_, bytes)) => found(&bytes),
            None => match self.file.read(shard.terms)? {
                Cow::Borrowed(bytes) => {
                    self.verified[at].store(true, Ordering::Relaxed);
                    found(bytes)
                }
                Cow::Owned(bytes) => {
                    let bytes: Arc<[u8]> = bytes.into();
                    *self.last.lock().unwrap_or_else(PoisonError::into_inner) =
                        Some((at, Arc::clone(&bytes)));
                    found(&bytes)
                }
            },
        }
    }

    /// Appends the postings of `term` to `into` in order.
    pub(super) fn postings(&self, term: &str, into: &mut Vec<Posting>) -> Result<(), IndexError> {
        self.look_up(term, |_, data, _| {
            // Each posting has at least two bytes.
            into.reserve(data.len() / 2);
            self.decode(data, |posting| into.push(posting))
        })?;
        Ok(())
    }

    /// Calls `each` with the postings of `term` in order.
    pub(super) fn each_posting(&self, term: &str, mut each: impl FnMut(Posting)) -> Result<(), IndexError> {
        self.look_up(term, |_, data, _| self.decode(data, &mut each))?;
        Ok(())
    }

    /// Decodes `data` and calls `each` with its postings.
    #[inline]
    pub(super) fn decode(&self, data: &[u8], mut each: impl FnMut(Posting)) -> Result<(), IndexError> {
        let mut rest = Bytes(data);
        let mut document = 0u32;
        while !rest.is_empty() {
            let (step, weight) = read_posting(&mut rest)?;
            document = document.saturating_add(step);
            if document >= self.count {
                return Err(IndexError::Damaged("a posting without a document"));
            }
            each(Posting { document: self.base + document, weight });
        }
        Ok(())
    }

    /// Appends the occurrences of `term` in `fields`.
    pub(super) fn occurrences(
        &self,
        term: &str,
        fields: Fields,
        into: &mut Vec<Occurrence>,
    ) -> Result<(), IndexError> {
        self.look_up(term, |shard, data, range| {
            let positions = self.file.read(shard.positions)?;
            let mut rest = Bytes(positions.get(range).ok_or(IndexError::Damaged("positions are missing"))?);
            let mut postings = Vec::new();
            self.decode(data, |posting| postings.push(posting))?;
            for posting in postings {
                let len = rest.number()? as usize;
                let places = places(rest.take(len)?, fields)?;
                if !places.is_empty() {
                    into.push(Occurrence { posting, places });
                }
            }
            Ok(())
        })?;
        Ok(())
    }

    /// Calls `each` with the terms that begin with `prefix` and their postings.
    pub(super) fn each_term(
        &self,
        prefix: &str,
        each: impl FnMut(&str, &[u8]) -> Result<(), IndexError>,
    ) -> Result<(), IndexError> {
        self.visit_prefixed(&self.manifest.terms, prefix, each)
    }

    /// Calls `each` with the words that begin with `prefix` and differ from their stem, and with their stems.
    pub(super) fn each_word(&self, prefix: &str, mut each: impl FnMut(&str, &str)) -> Result<(), IndexError> {
        self.visit_prefixed(&self.manifest.words, prefix, |word, stem| {
            let stem = std::str::from_utf8(stem).map_err(|_| IndexError::Damaged("a stem is not text"))?;
            each(word, stem);
            Ok(())
        })
    }

    fn visit_prefixed(
        &self,
        shards: &[Shard],
        prefix: &str,
        mut visit: impl FnMut(&str, &[u8]) -> Result<(), IndexError>,
    ) -> Result<(), IndexError> {
        let from = shards.partition_point(|shard| shard.first.as_str() <= prefix).saturating_sub(1);
        for shard in shards.iter().skip(from) {
            if shard.first.as_str() > prefix && !shard.first.starts_with(prefix) {
                break;
            }
            let bytes = self.file.read(shard.terms)?;
            let mut result = Ok(());
            visit_terms(&bytes, |entry| {
                if entry.text.starts_with(prefix) {
                    result = visit(entry.text, entry.data);
                }
                result.is_ok() && (entry.text < prefix || entry.text.starts_with(prefix))
            })?;
            result?;
        }
        Ok(())
    }
}

fn places(bytes: &[u8], fields: Fields) -> Result<Vec<(IndexField, u32)>, IndexError> {
    let mut rest = Bytes(bytes);
    let mut found = Vec::new();
    while !rest.is_empty() {
        let head = rest.number()?;
        let field = IndexField::of(head & 7).ok_or(IndexError::Damaged("unknown field"))?;
        let mut position = 0u32;
        for _ in 0..head >> 3 {
            position = position.saturating_add(rest.number()?);
            if fields.has(field) {
                found.push((field, position));
            }
        }
    }
    Ok(found)
}

/// Returns true if the terms of one document occur in one field at the distances `offsets` from each other.
pub(super) fn occur_at_offsets(terms: &[Occurrence], offsets: &[u32]) -> bool {
    let Some((first, others)) = terms.split_first() else { return false };
    let base = offsets.first().copied().unwrap_or(0);
    first.places.iter().any(|(field, position)| {
        others.iter().zip(&offsets[1..]).all(|(term, offset)| {
            let place = (*field, position.saturating_add(offset - base));
            term.places.binary_search(&place).is_ok()
        })
    })
}

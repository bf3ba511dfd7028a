//! Shards of terms. Their boundaries depend on the terms, so that a change in one shard does not change the others.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::files::{PackedFile, PublishedFiles, hash};
use crate::index::{Bytes, put, read_posting};

/// The ends of the shards of the base.
const ENDS: ShardEnds = ShardEnds { size: (6 * 1024, 16 * 1024), terms: 96 };

/// The size in bytes from which a file of positions may end, and the size at which it must end.
const PIECE: (usize, usize) = (4 * 1024, 12 * 1024);

/// On average, one of this many documents ends a file of positions that has reached the smallest size.
const PIECE_ENDS: u32 = 256;

/// A published shard.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Shard {
    /// The first and the last term.
    pub terms: (String, String),
    pub name: String,
    /// The names of the files of positions.
    pub pieces: Vec<String>,
}

/// Returns for each shard the shortest text that is not greater than its terms and greater than all terms of the shard
/// before.
pub(super) fn separators(shards: &[Shard]) -> Vec<String> {
    let mut last = "";
    let mut found = Vec::with_capacity(shards.len());
    for shard in shards {
        found.push(separator(last, &shard.terms.0).to_owned());
        last = &shard.terms.1;
    }
    found
}

/// Where a writer ends shards.
pub(super) struct ShardEnds {
    /// The size in bytes from which a shard may end, and the size at which it must end.
    pub(super) size: (usize, usize),
    /// On average, one of this many terms ends a shard that has reached the smallest size.
    pub(super) terms: u64,
}

/// A writer that builds shards from terms in order.
pub(super) struct PublishedShardWriter {
    ends: ShardEnds,
    done: Vec<FinishedShard>,
    open: PublishedShard,
}

/// A shard that is complete.
enum FinishedShard {
    /// It is the same as in the former index.
    Kept(Shard),
    New(PublishedShard),
}

/// The shard that is being built.
#[derive(Default)]
struct PublishedShard {
    /// The first and the last term.
    ends: (String, String),
    /// For each term: the length of the beginning that it shares with the term before, the rest of the term, the number
    /// of its documents, and the length of its steps in bytes.
    terms: Vec<u8>,
    count: u32,
    /// For each document of each term: twice the difference to the document before, plus 1 if the term is in the title,
    /// and then the number of significant terms in the title.
    steps: Vec<u8>,
    impacts: Vec<u8>,
    /// The files with the positions of the terms.
    pieces: Vec<PlacesFile>,
}

/// A file with the positions of consecutive postings.
struct PlacesFile {
    /// The number of postings in the files before.
    from: usize,
    bytes: Vec<u8>,
    /// Whether the next posting goes into a new file.
    full: bool,
}

impl Default for PublishedShardWriter {
    fn default() -> Self {
        Self::with(ENDS)
    }
}

impl PublishedShardWriter {
    pub(super) fn with(ends: ShardEnds) -> Self {
        Self { ends, done: Vec::new(), open: PublishedShard::default() }
    }

    /// Adds the next term, with its postings and positions in the format of [`CollectedTerms`](crate::index). Without
    /// positions, the shard has no files of positions.
    pub(super) fn add(&mut self, term: &str, postings: &[u8], places: &[u8]) {
        self.end_before(postings.len());
        self.open.add(term, postings, places);
        let ShardEnds { size: (least, most), terms } = self.ends;
        let ends = || self.open.len() >= least && hash(term.as_bytes()).is_multiple_of(terms);
        if self.open.len() >= most || ends() {
            self.end_shard();
        }
    }

    /// Ends the shard if a term whose postings have this length does not fit into it.
    pub(super) fn end_before(&mut self, postings: usize) {
        if self.open.len() > 0 && self.open.len() + postings > self.ends.size.1 {
            self.end_shard();
        }
    }

    fn end_shard(&mut self) {
        self.done.push(FinishedShard::New(std::mem::take(&mut self.open)));
    }

    /// Adds a shard of the former index. The writer must be between shards.
    pub(super) fn keep(&mut self, shard: Shard) {
        self.done.push(FinishedShard::Kept(shard));
    }

    /// Returns whether the next term begins a shard.
    pub(super) fn is_between_shards(&self) -> bool {
        self.open.count == 0
    }

    pub(super) fn finish(mut self, files: &mut PublishedFiles<'_>) -> Vec<Shard> {
        if self.open.count > 0 {
            self.end_shard();
        }
        let pack = |shard| match shard {
            FinishedShard::Kept(shard) => (shard, Vec::new()),
            FinishedShard::New(shard) => shard.pack(),
        };
        let packed: Vec<(Shard, Vec<PackedFile>)> = self.done.into_par_iter().map(pack).collect();
        let add = |(shard, new): (Shard, Vec<PackedFile>)| {
            new.into_iter().for_each(|file| _ = files.add(file));
            shard
        };
        packed.into_iter().map(add).collect()
    }
}

impl PublishedShard {
    fn len(&self) -> usize {
        self.terms.len() + self.steps.len() + self.impacts.len()
    }

    fn add(&mut self, term: &str, postings: &[u8], places: &[u8]) {
        let (before, first) = (self.steps.len(), self.impacts.len());
        let mut postings = Bytes(postings);
        let mut places = Bytes(places);
        let mut document = 0;
        // Data that was just built can always be read.
        while let Ok((step, weight)) = read_posting(&mut postings) {
            document += step;
            put(step << 1 | u32::from(weight.title_terms > 0), &mut self.steps);
            if weight.title_terms > 0 {
                self.steps.push(weight.title_terms);
            }
            self.impacts.push(weight.impact);
            if let Ok(own) = places.number().and_then(|length| places.take(length as usize)) {
                self.add_places(document, own);
            }
        }
        let documents = self.impacts.len() - first;
        let shared = if self.count == 0 { 0 } else { shared(&self.ends.1, term) };
        for number in [shared, term.len() - shared] {
            put(small(number), &mut self.terms);
        }
        self.terms.extend_from_slice(&term.as_bytes()[shared..]);
        for number in [documents, self.steps.len() - before] {
            put(small(number), &mut self.terms);
        }
        if self.count == 0 {
            term.clone_into(&mut self.ends.0);
        }
        term.clone_into(&mut self.ends.1);
        self.count += 1;
    }

    fn add_places(&mut self, document: u32, own: &[u8]) {
        if self.pieces.last().is_none_or(|piece| piece.full) {
            self.pieces.push(PlacesFile { from: self.impacts.len() - 1, bytes: Vec::new(), full: false });
        }
        let Some(piece) = self.pieces.last_mut() else { return };
        put(small(own.len()), &mut piece.bytes);
        piece.bytes.extend_from_slice(own);
        let length = piece.bytes.len();
        // This decision is pseudo-random, but always the same for a document.
        let ends = || (document.wrapping_mul(0x9e37_79b9) >> 8).is_multiple_of(PIECE_ENDS);
        piece.full = length >= PIECE.1 || (length >= PIECE.0 && ends());
    }

    /// Returns the shard with its files.
    fn pack(self) -> (Shard, Vec<PackedFile>) {
        let mut bytes = Vec::with_capacity(self.len() + 64);
        put(small(self.pieces.len()), &mut bytes);
        let mut before = 0;
        let mut files = Vec::with_capacity(self.pieces.len() + 1);
        for piece in self.pieces {
            let packed = PackedFile::new(&piece.bytes);
            put(small(piece.from - before), &mut bytes);
            bytes.extend_from_slice(packed.name.as_bytes());
            before = piece.from;
            files.push(packed);
        }
        put(self.count, &mut bytes);
        for part in [self.terms, self.steps, self.impacts] {
            bytes.extend_from_slice(&part);
        }
        let pieces = files.iter().map(|piece| piece.name.clone()).collect();
        files.push(PackedFile::new(&bytes));
        let name = files.last().map(|shard| shard.name.clone()).unwrap_or_default();
        (Shard { terms: self.ends, name, pieces }, files)
    }
}

/// Returns the number of bytes that two texts share at their beginning.
pub(super) fn shared(a: &str, b: &str) -> usize {
    a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count()
}

/// Returns the shortest prefix of `text` that is greater than `last`.
pub(super) fn separator<'a>(last: &str, text: &'a str) -> &'a str {
    let end = (shared(last, text) + 1).min(text.len());
    &text[..text.ceil_char_boundary(end)]
}

pub(super) fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

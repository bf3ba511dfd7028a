//! What was parsed before, so that unchanged files are not read again. Disposable: a damaged or older cache is rebuilt.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    repo::{CacheSlot, Stamp, sealed, unsealed},
    text::RepoPath,
    ticket::{Article, Reply, Ticket},
};

/// Raised whenever what is stored changes its shape or its meaning.
const FORMAT: u32 = 4;

/// Where a cache is kept. Losing it costs time only, so neither call fails.
pub trait CacheFile {
    /// The bytes of the last [`CacheFile::write`]; `None` when there are none.
    fn read(&self) -> Option<Vec<u8>>;
    /// Keeps `bytes`, atomically.
    fn write(&self, bytes: &[u8]);
    /// The clock that file systems stamp files with, in nanoseconds since 1970.
    fn now_ns(&self) -> i64;
}

impl CacheFile for CacheSlot {
    fn read(&self) -> Option<Vec<u8>> {
        self.read()
    }
    fn write(&self, bytes: &[u8]) {
        self.write(bytes);
    }
    fn now_ns(&self) -> i64 {
        self.now_ns()
    }
}

/// No cache: everything is read each time.
pub struct NoCache;

impl CacheFile for NoCache {
    fn read(&self) -> Option<Vec<u8>> {
        None
    }
    fn write(&self, _: &[u8]) {}
    fn now_ns(&self) -> i64 {
        0
    }
}

/// A parsed file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Parsed {
    /// What it is.
    pub(super) noun: Noun,
    /// Whether its form has findings.
    pub(super) problem: bool,
}

/// What a parsed file is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Noun {
    Ticket(Box<Ticket>),
    Reply(Box<Reply>),
    Article(Box<Article>),
    /// A reply where a ticket should be.
    Orphan,
    /// It could not be read.
    Unreadable,
}

/// A file that was parsed: its path, its stamp then, and what it said.
pub(super) type Record = (RepoPath, Stamp, Parsed);

/// How many records one piece of the cache has; pieces are read in parallel.
const PIECE: usize = 2_048;

/// The parsed files of the last run, by path; empty when the cache is missing, damaged or of another format.
pub(super) fn read(file: &dyn CacheFile) -> Vec<Record> {
    file.read().and_then(|bytes| decode(&bytes)).unwrap_or_default()
}

fn decode(bytes: &[u8]) -> Option<Vec<Record>> {
    let pieces: Vec<&[u8]> = postcard::from_bytes(unsealed(FORMAT, bytes)?).ok()?;
    let read = |piece: &&[u8]| postcard::from_bytes::<Vec<Record>>(piece).ok();
    let pieces: Option<Vec<Vec<Record>>> = pieces.par_iter().map(read).collect();
    Some(pieces?.into_iter().flatten().collect())
}

/// Keeps `records`, which are by path, for the next run. `started_ns` is when the files were listed.
///
/// A file that changed so lately that it may change again within the same tick of its clock is left out: its stamp
/// would say that it is unchanged (git's racy rule).
pub(super) fn write(file: &dyn CacheFile, records: &[(&RepoPath, Stamp, &Parsed)], started_ns: i64) {
    const TICK_NS: i64 = 20_000_000;
    let safe = |stamp: &Stamp| match stamp {
        Stamp::Blob(_) => true,
        Stamp::Stat { mtime_ns, ctime_ns, .. } => (*mtime_ns).max(*ctime_ns) < started_ns - TICK_NS,
        Stamp::None => false,
    };
    let kept: Vec<_> = records.iter().filter(|(_, stamp, _)| safe(stamp)).collect();
    let pieces: Option<Vec<Vec<u8>>> =
        kept.par_chunks(PIECE).map(|piece| postcard::to_stdvec(piece).ok()).collect();
    let Some(payload) = pieces.and_then(|pieces| postcard::to_stdvec(&pieces).ok()) else {
        return;
    };
    file.write(&sealed(FORMAT, &payload));
}

//! What was parsed before, so that unchanged files are not read again. Disposable: a damaged or older cache is rebuilt.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::{
    repo::{CacheSlot, Stamp},
    text::RepoPath,
    ticket::{Article, Reply, Ticket},
};

/// Raised whenever what is stored changes its shape or its meaning.
const FORMAT: u32 = 2;

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

pub(super) type Known = HashMap<RepoPath, (Stamp, Parsed)>;

/// The parsed files of the last run; empty when the cache is missing, damaged or of another format.
pub(super) fn read(file: &dyn CacheFile) -> Known {
    let Some(bytes) = file.read() else {
        return Known::new();
    };
    let Some((head, payload)) = bytes.split_at_checked(36) else {
        return Known::new();
    };
    if head[..4] != FORMAT.to_le_bytes() || head[4..] != *blake3::hash(payload).as_bytes() {
        return Known::new();
    }
    let records: Vec<(RepoPath, Stamp, Parsed)> = postcard::from_bytes(payload).unwrap_or_default();
    records.into_iter().map(|(path, stamp, parsed)| (path, (stamp, parsed))).collect()
}

/// Keeps `records` for the next run. `started_ns` is when the files were listed.
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
    let Ok(payload) = postcard::to_stdvec(&kept) else {
        return;
    };
    let mut bytes = FORMAT.to_le_bytes().to_vec();
    bytes.extend_from_slice(blake3::hash(&payload).as_bytes());
    bytes.extend_from_slice(&payload);
    file.write(&bytes);
}

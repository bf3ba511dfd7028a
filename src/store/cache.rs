//! A cache of parsed files, so that unchanged files are not read again. A damaged or older cache is rebuilt.
//!
//! A record describes one ticket with its replies, or one article. A table lists the files of every record with
//! their stamps and the facts by which tickets are found. The rest of each ticket follows after the table and is
//! read on demand.

use std::{collections::HashMap, sync::Arc};

use jiff::tz::TimeZone;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    fresh::Budget,
    layout::Layout,
    nouns::{GroupContent, parse_group},
};
use crate::{
    repo::{CacheReader, CacheSlot, Source, checksum, sealed, unsealed},
    text::{RepoPath, Time},
    ticket::{Article, Reply, Thread, Ticket, Visibility, fold},
};

/// Version of the cache format. Increase it when the content or its meaning changes.
const FORMAT: u32 = 11;

/// Number of records in one chunk of the table. Chunks are decoded in parallel.
const CHUNK: usize = 2_048;

/// A cached ticket or article and its files.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct CacheRecord {
    /// The stamp of its files (see [`FolderGroup::stamp`](super::layout::FolderGroup)). The stamp is unique, so the paths are
    /// not stored.
    pub(super) stamp: u64,
    pub(super) content: RecordContent,
    /// Files with format problems.
    pub(super) broken: Vec<RepoPath>,
}

/// The cached content of a record's files.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum RecordContent {
    Ticket {
        created: Option<Time>,
        /// Former ids.
        aliases: Vec<String>,
        /// The index of its field names in [`CacheTable::field_sets`].
        fields: u32,
        /// The position of the ticket with its replies.
        rest: RestRange,
    },
    Article(Box<Article>),
    /// A reply that is stored where a ticket should be.
    Orphan,
    /// The file could not be read.
    Nothing,
}

/// The byte range of the rest of a ticket, relative to the end of the table.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct RestRange {
    offset: u64,
    len: u32,
    sum: u64,
}

/// The first part of a cache file: the records, with the position of the rest of each ticket.
pub(super) struct CacheTable {
    /// The time zone of the settings, which the times without an offset depend on.
    timezone: String,
    /// Lists of field names. Many tickets share one list.
    field_sets: Vec<Vec<String>>,
    records: Vec<CacheRecord>,
    /// The offset of the first byte after the table.
    end: u64,
    reader: CacheReader,
}

/// Number of bytes that store the table's length.
const HEAD: usize = 8;

impl CacheTable {
    /// Reads the table from `slot`; `None` if it is missing, damaged or has another format.
    pub(super) fn read(slot: &CacheSlot) -> Option<Self> {
        let reader = slot.reader()?;
        let head = reader.read_at(0, HEAD).ok()?;
        let len = u64::from_le_bytes(head.try_into().ok()?);
        let bytes = reader.read_at(HEAD as u64, usize::try_from(len).ok()?).ok()?;
        let (timezone, field_sets, chunks): (_, _, Vec<&[u8]>) =
            postcard::from_bytes(unsealed(FORMAT, &bytes)?).ok()?;
        let read = |chunk: &&[u8]| postcard::from_bytes::<Vec<CacheRecord>>(chunk).ok();
        let chunks: Option<Vec<Vec<CacheRecord>>> = chunks.par_iter().map(read).collect();
        let records = chunks?.into_iter().flatten().collect();
        Some(Self { timezone, field_sets, records, end: HEAD as u64 + len, reader })
    }

    /// Returns whether the records were parsed with this time zone.
    pub(super) fn is_of_zone(&self, timezone: &str) -> bool {
        self.timezone == timezone
    }

    fn rest(&self, rest: RestRange) -> Option<Vec<u8>> {
        let bytes = self.reader.read_at(self.end + rest.offset, rest.len as usize).ok()?;
        (checksum(&bytes) == rest.sum).then_some(bytes)
    }
}

/// An open cache together with the source that it describes.
pub(super) struct OpenCache {
    table: CacheTable,
    slot: CacheSlot,
    layout: Arc<Layout>,
    source: Arc<dyn Source>,
    default: Visibility,
    zone: TimeZone,
}

impl OpenCache {
    /// Opens the cache in `slot` with its `table`, for the files of `layout` in `source`. `default` is the
    /// visibility of a ticket that does not set one, and `zone` the zone of times without an offset.
    pub(super) fn of(
        table: CacheTable,
        slot: &CacheSlot,
        layout: &Arc<Layout>,
        source: &Arc<dyn Source>,
        default: Visibility,
        zone: TimeZone,
    ) -> Self {
        let (layout, source) = (Arc::clone(layout), Arc::clone(source));
        Self { table, slot: slot.clone(), layout, source, default, zone }
    }

    pub(super) fn records(&self) -> &[CacheRecord] {
        &self.table.records
    }

    /// Returns the former ids of the ticket of a record.
    pub(super) fn aliases(&self, record: usize) -> &[String] {
        match self.table.records.get(record).map(|record| &record.content) {
            Some(RecordContent::Ticket { aliases, .. }) => aliases,
            _ => &[],
        }
    }

    /// Returns the field names of the ticket of a record.
    pub(super) fn fields(&self, record: usize) -> &[String] {
        match self.table.records.get(record).map(|record| &record.content) {
            Some(RecordContent::Ticket { fields, .. }) => {
                self.table.field_sets.get(*fields as usize).map_or(&[], Vec::as_slice)
            }
            _ => &[],
        }
    }

    /// Returns the ticket of a record, with its replies. `path` is the path of the ticket's file.
    pub(super) fn thread(&self, record: usize, path: &RepoPath) -> Arc<Thread> {
        let bytes = self.rest(record).and_then(|rest| self.table.rest(rest));
        self.thread_of(bytes.as_deref(), path)
    }

    /// Returns the tickets of several records, sorted by record. Neighbouring records are read together.
    pub(super) fn threads(&self, records: &[(usize, &RepoPath)]) -> Vec<Arc<Thread>> {
        let rests: Vec<Option<RestRange>> = records.iter().map(|(record, _)| self.rest(*record)).collect();
        let start = rests.iter().flatten().map(|rest| rest.offset).min().unwrap_or(0);
        let end = rests.iter().flatten().map(|rest| rest.offset + u64::from(rest.len)).max().unwrap_or(0);
        let len = usize::try_from(end.saturating_sub(start)).unwrap_or(0);
        let bytes = self.table.reader.read_at(self.table.end + start, len).unwrap_or_default();
        let thread = |(rest, (_, path)): (&Option<RestRange>, &(usize, &RepoPath))| {
            let bytes = rest.and_then(|rest| {
                let at = usize::try_from(rest.offset - start).ok()?;
                let bytes = bytes.get(at..at + rest.len as usize)?;
                (checksum(bytes) == rest.sum).then_some(bytes)
            });
            self.thread_of(bytes, path)
        };
        rests.iter().zip(records).map(thread).collect()
    }

    fn rest(&self, record: usize) -> Option<RestRange> {
        match self.table.records.get(record)?.content {
            RecordContent::Ticket { rest, .. } => Some(rest),
            _ => None,
        }
    }

    /// Decodes a ticket. If `bytes` are damaged, parses the files again and makes the next run rebuild the whole
    /// cache.
    fn thread_of(&self, bytes: Option<&[u8]>, path: &RepoPath) -> Arc<Thread> {
        let content = bytes.and_then(|bytes| postcard::from_bytes::<(Ticket, Vec<Reply>)>(bytes).ok());
        let (ticket, replies) = content.unwrap_or_else(|| {
            self.slot.forget();
            let parse =
                |group| parse_group(&*self.source, &self.layout, group, &self.zone, &Budget::new(false));
            match self.layout.group(path).map(parse).map(|parsed| parsed.content) {
                Some(GroupContent::Ticket(ticket, replies)) => (*ticket, replies),
                // Another process is writing the file at this moment.
                _ => (Ticket::unread(path), Vec::new()),
            }
        });
        Arc::new(fold(ticket, replies, self.default))
    }
}

#[derive(Default)]
pub(super) struct CacheWriter {
    field_sets: HashMap<Vec<String>, u32>,
    records: Vec<CacheRecord>,
    rest: Vec<u8>,
}

/// The content of a record to be written.
pub(super) enum NewContent<'a> {
    /// A ticket that was parsed.
    Thread(&'a Thread),
    /// A record that is copied unchanged from another cache.
    Cached(&'a OpenCache, &'a CacheRecord),
    /// An article, an orphan or an unreadable file.
    Other(RecordContent),
}

impl CacheWriter {
    /// Adds the content of the files with this stamp.
    pub(super) fn add(&mut self, stamp: u64, broken: &[RepoPath], what: NewContent<'_>) {
        let content = match what {
            NewContent::Thread(thread) => {
                let Ok(bytes) = postcard::to_stdvec(&(&thread.ticket, &thread.replies)) else { return };
                let fields = thread.state.fields.iter().map(|(name, _)| name.clone()).collect();
                self.ticket(thread.ticket.created, &thread.state.aliases, fields, &bytes)
            }
            NewContent::Cached(
                old,
                CacheRecord { content: RecordContent::Ticket { created, aliases, fields, rest }, .. },
            ) => {
                // A damaged ticket is left out and parsed again in the next run.
                let Some(bytes) = old.table.rest(*rest) else { return };
                let fields = old.table.field_sets.get(*fields as usize).cloned().unwrap_or_default();
                self.ticket(*created, aliases, fields, &bytes)
            }
            NewContent::Cached(_, record) => record.content.clone(),
            NewContent::Other(content) => content,
        };
        self.records.push(CacheRecord { stamp, content, broken: broken.to_vec() });
    }

    fn ticket(
        &mut self,
        created: Option<Time>,
        aliases: &[String],
        mut fields: Vec<String>,
        bytes: &[u8],
    ) -> RecordContent {
        fields.sort_unstable();
        let next = u32::try_from(self.field_sets.len()).unwrap_or(u32::MAX);
        let fields = *self.field_sets.entry(fields).or_insert(next);
        let offset = self.rest.len() as u64;
        let len = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        self.rest.extend_from_slice(bytes);
        let rest = RestRange { offset, len, sum: checksum(bytes) };
        RecordContent::Ticket { created, aliases: aliases.to_vec(), fields, rest }
    }

    pub(super) fn finish(self, slot: &CacheSlot, timezone: &str) {
        let mut sets: Vec<(Vec<String>, u32)> = self.field_sets.into_iter().collect();
        sets.sort_by_key(|(_, number)| *number);
        let sets: Vec<Vec<String>> = sets.into_iter().map(|(names, _)| names).collect();
        let chunks: Option<Vec<Vec<u8>>> =
            self.records.par_chunks(CHUNK).map(|chunk| postcard::to_stdvec(chunk).ok()).collect();
        let table = chunks.and_then(|chunks| postcard::to_stdvec(&(timezone, sets, chunks)).ok());
        let Some(table) = table.map(|table| sealed(FORMAT, &table)) else { return };
        let mut bytes = (table.len() as u64).to_le_bytes().to_vec();
        bytes.extend_from_slice(&table);
        bytes.extend_from_slice(&self.rest);
        slot.write(&bytes);
    }
}

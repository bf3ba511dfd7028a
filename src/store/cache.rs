//! What was parsed before, so that unchanged files are not read again. Disposable: a damaged or older cache is rebuilt.
//!
//! A record is of one ticket with its replies, or of one article. A table tells which files each is of, as they were then,
//! and what is needed of a ticket in order to find it; the rest of it stands behind the table and is read when it is wanted.

use std::{collections::HashMap, sync::Arc};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    fresh::Budget,
    layout::Layout,
    nouns::{Noun, parse_group},
};
use crate::{
    repo::{CacheReader, CacheSlot, Source, checksum, sealed, unsealed},
    text::{RepoPath, Time},
    ticket::{Article, Reply, Thread, Ticket, Visibility, fold},
};

/// Raised whenever what is stored changes its shape or its meaning.
const FORMAT: u32 = 7;

/// How many records one piece of the table has; pieces are read in parallel.
const PIECE: usize = 2_048;

/// What is known of the files of one ticket or article.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Record {
    /// Of its files, see [`Group::stamp`](super::layout::Group): it tells them from all others, so that there is no need for
    /// their paths.
    pub(super) stamp: u64,
    /// What they say.
    pub(super) says: Says,
    /// Those that have something wrong with their form.
    pub(super) broken: Vec<RepoPath>,
}

/// What the files of a record say.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Says {
    /// A ticket.
    Ticket {
        /// When it was opened.
        created: Option<Time>,
        /// Ids that it had before.
        aliases: Vec<String>,
        /// The place of the names of its fields in the table's sets of names.
        fields: u32,
        /// Where it stands with its replies.
        rest: Rest,
    },
    /// An article.
    Article(Box<Article>),
    /// A reply where a ticket should be.
    Orphan,
    /// Nothing: the file could not be read.
    Nothing,
}

/// Where bytes stand, from the end of the table.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Rest {
    offset: u64,
    len: u32,
    sum: u64,
}

/// What a cache has of each ticket and article, and where the rest is.
pub(super) struct Table {
    /// Names of fields: most tickets have the same as many others.
    field_sets: Vec<Vec<String>>,
    records: Vec<Record>,
    /// Where the rest begins in the file.
    end: u64,
    reader: CacheReader,
}

/// The length of the table's length.
const HEAD: usize = 8;

impl Table {
    /// What `slot` keeps; `None` when it is missing, damaged or of another format.
    pub(super) fn read(slot: &CacheSlot) -> Option<Self> {
        let reader = slot.reader()?;
        let head = reader.read_at(0, HEAD).ok()?;
        let len = u64::from_le_bytes(head.try_into().ok()?);
        let bytes = reader.read_at(HEAD as u64, usize::try_from(len).ok()?).ok()?;
        let (field_sets, pieces): (_, Vec<&[u8]>) = postcard::from_bytes(unsealed(FORMAT, &bytes)?).ok()?;
        let read = |piece: &&[u8]| postcard::from_bytes::<Vec<Record>>(piece).ok();
        let pieces: Option<Vec<Vec<Record>>> = pieces.par_iter().map(read).collect();
        let records = pieces?.into_iter().flatten().collect();
        Some(Self { field_sets, records, end: HEAD as u64 + len, reader })
    }

    fn rest(&self, rest: Rest) -> Option<Vec<u8>> {
        let bytes = self.reader.read_at(self.end + rest.offset, rest.len as usize).ok()?;
        (checksum(&bytes) == rest.sum).then_some(bytes)
    }
}

/// The cache of a source.
pub(super) struct Kept {
    table: Table,
    slot: CacheSlot,
    layout: Arc<Layout>,
    source: Arc<dyn Source>,
    default: Visibility,
}

impl Kept {
    /// What `slot` has in `table`, of `source` with the files of `layout`. `default` is the visibility of a ticket that says
    /// nothing.
    pub(super) fn of(
        table: Table,
        slot: &CacheSlot,
        layout: &Arc<Layout>,
        source: &Arc<dyn Source>,
        default: Visibility,
    ) -> Self {
        let (layout, source) = (Arc::clone(layout), Arc::clone(source));
        Self { table, slot: slot.clone(), layout, source, default }
    }

    /// The records.
    pub(super) fn records(&self) -> &[Record] {
        &self.table.records
    }

    /// The former ids of the ticket of a record.
    pub(super) fn aliases(&self, record: usize) -> &[String] {
        match self.table.records.get(record).map(|record| &record.says) {
            Some(Says::Ticket { aliases, .. }) => aliases,
            _ => &[],
        }
    }

    /// The names of the fields of the ticket of a record.
    pub(super) fn fields(&self, record: usize) -> &[String] {
        match self.table.records.get(record).map(|record| &record.says) {
            Some(Says::Ticket { fields, .. }) => {
                self.table.field_sets.get(*fields as usize).map_or(&[], Vec::as_slice)
            }
            _ => &[],
        }
    }

    /// The ticket of a record, whose file is at `path`, with its replies.
    pub(super) fn thread(&self, record: usize, path: &RepoPath) -> Arc<Thread> {
        let bytes = self.rest(record).and_then(|rest| self.table.rest(rest));
        self.thread_of(bytes.as_deref(), path)
    }

    /// The same for several, whose records are in order: they stand beside one another, and are read at once.
    pub(super) fn threads(&self, wanted: &[(usize, &RepoPath)]) -> Vec<Arc<Thread>> {
        let rests: Vec<Option<Rest>> = wanted.iter().map(|(record, _)| self.rest(*record)).collect();
        let start = rests.iter().flatten().map(|rest| rest.offset).min().unwrap_or(0);
        let end = rests.iter().flatten().map(|rest| rest.offset + u64::from(rest.len)).max().unwrap_or(0);
        let len = usize::try_from(end.saturating_sub(start)).unwrap_or(0);
        let bytes = self.table.reader.read_at(self.table.end + start, len).unwrap_or_default();
        let thread = |(rest, (_, path)): (&Option<Rest>, &(usize, &RepoPath))| {
            let bytes = rest.and_then(|rest| {
                let at = usize::try_from(rest.offset - start).ok()?;
                let bytes = bytes.get(at..at + rest.len as usize)?;
                (checksum(bytes) == rest.sum).then_some(bytes)
            });
            self.thread_of(bytes, path)
        };
        rests.iter().zip(wanted).map(thread).collect()
    }

    fn rest(&self, record: usize) -> Option<Rest> {
        match self.table.records.get(record)?.says {
            Says::Ticket { rest, .. } => Some(rest),
            _ => None,
        }
    }

    /// What `bytes` say. Where they are damaged the files are parsed again, and so is everything the next time.
    fn thread_of(&self, bytes: Option<&[u8]>, path: &RepoPath) -> Arc<Thread> {
        let said = bytes.and_then(|bytes| postcard::from_bytes::<(Ticket, Vec<Reply>)>(bytes).ok());
        let (ticket, replies) = said.unwrap_or_else(|| {
            self.slot.forget();
            let parse = |group| parse_group(&*self.source, &self.layout, group, &Budget::new(false));
            match self.layout.group(path).map(parse).map(|parsed| parsed.noun) {
                Some(Noun::Ticket(ticket, replies)) => (*ticket, replies),
                // It is being written to at this moment.
                _ => (Ticket::unread(path), Vec::new()),
            }
        });
        Arc::new(fold(ticket, replies, self.default))
    }
}

/// Writes a cache.
#[derive(Default)]
pub(super) struct Keeper {
    field_sets: HashMap<Vec<String>, u32>,
    records: Vec<Record>,
    rest: Vec<u8>,
}

/// What a record says, on the way into a cache.
pub(super) enum ToKeep<'a> {
    /// A ticket that was parsed.
    Thread(&'a Thread),
    /// What another cache has, as it is.
    Kept(&'a Kept, &'a Record),
    /// Anything else.
    Other(Says),
}

impl Keeper {
    /// Adds what the files whose stamp is `stamp` say.
    pub(super) fn add(&mut self, stamp: u64, broken: &[RepoPath], what: ToKeep<'_>) {
        let says = match what {
            ToKeep::Thread(thread) => {
                let Ok(bytes) = postcard::to_stdvec(&(&thread.ticket, &thread.replies)) else { return };
                let fields = thread.state.fields.iter().map(|(name, _)| name.clone()).collect();
                self.ticket(thread.ticket.created, &thread.state.aliases, fields, &bytes)
            }
            ToKeep::Kept(kept, Record { says: Says::Ticket { created, aliases, fields, rest }, .. }) => {
                // What is damaged is parsed anew the next time.
                let Some(bytes) = kept.table.rest(*rest) else { return };
                let fields = kept.table.field_sets.get(*fields as usize).cloned().unwrap_or_default();
                self.ticket(*created, aliases, fields, &bytes)
            }
            ToKeep::Kept(_, record) => record.says.clone(),
            ToKeep::Other(says) => says,
        };
        self.records.push(Record { stamp, says, broken: broken.to_vec() });
    }

    fn ticket(
        &mut self,
        created: Option<Time>,
        aliases: &[String],
        mut fields: Vec<String>,
        bytes: &[u8],
    ) -> Says {
        fields.sort_unstable();
        let next = u32::try_from(self.field_sets.len()).unwrap_or(u32::MAX);
        let fields = *self.field_sets.entry(fields).or_insert(next);
        let offset = self.rest.len() as u64;
        let len = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        self.rest.extend_from_slice(bytes);
        let rest = Rest { offset, len, sum: checksum(bytes) };
        Says::Ticket { created, aliases: aliases.to_vec(), fields, rest }
    }

    /// Keeps all that was added.
    pub(super) fn finish(self, slot: &CacheSlot) {
        let mut sets: Vec<(Vec<String>, u32)> = self.field_sets.into_iter().collect();
        sets.sort_by_key(|(_, number)| *number);
        let sets: Vec<Vec<String>> = sets.into_iter().map(|(names, _)| names).collect();
        let pieces: Option<Vec<Vec<u8>>> =
            self.records.par_chunks(PIECE).map(|piece| postcard::to_stdvec(piece).ok()).collect();
        let table = pieces.and_then(|pieces| postcard::to_stdvec(&(sets, pieces)).ok());
        let Some(table) = table.map(|table| sealed(FORMAT, &table)) else { return };
        let mut bytes = (table.len() as u64).to_le_bytes().to_vec();
        bytes.extend_from_slice(&table);
        bytes.extend_from_slice(&self.rest);
        slot.write(&bytes);
    }
}

//! The index of a loaded repository: opened, brought up to date, asked.

use std::{collections::HashMap, sync::Arc};

use super::{
    filter::Filter,
    find::{self, Hit},
    index::{Field, Head, Index, IndexError, Page, ReadAt, build},
    query::{FieldKind, Known, KnownField, Query},
};
use crate::{
    repo::{CacheReader, CacheSlot, Stamp},
    store::Store,
    text::{RepoPath, Time},
    ticket::{Reply, Thread, Value, answer_of},
};

/// More new documents than this, and than a twentieth of all, are worth an index made anew.
const MOST_NEW: usize = 256;

impl ReadAt for CacheReader {
    fn read_at(&self, offset: u64, len: usize) -> std::io::Result<Vec<u8>> {
        self.read_at(offset, len)
    }
}

/// What a reader may see: statistics of the index are of that alone, so that nothing hidden shows through weights.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    /// Whether the ticket is there at all.
    pub ticket: &'a (dyn Fn(&Thread) -> bool + Sync),
    /// Whether a reply of such a ticket is.
    pub reply: &'a (dyn Fn(&Thread, &Reply) -> bool + Sync),
}

impl Shown<'static> {
    /// Everything: what who has the repository can see.
    pub const ALL: Self = Self { ticket: &|_| true, reply: &|_, _| true };
}

/// The index of a store, as some reader may see it.
pub struct Engine {
    store: Arc<Store>,
    index: Index,
    /// The place of each document in the store's threads.
    places: HashMap<u32, usize>,
}

/// What a query found.
pub struct Results {
    /// Tickets by their places in the store's threads, with their scores; in order.
    pub hits: Vec<(usize, u32)>,
}

impl Engine {
    /// Opens the index that `slot` keeps and reads what changed since; makes it anew when too much did, or when it is
    /// damaged or of another version.
    pub fn open(store: Arc<Store>, shown: Shown<'_>, slot: &CacheSlot) -> Self {
        let (heads, at): (Vec<Head>, HashMap<String, usize>) = heads(&store, shown);
        let kept = slot.reader().and_then(|reader| Index::open(reader).ok());
        let index = kept.and_then(|index| update(index, &heads, &at, &store, shown)).unwrap_or_else(|| {
            let bytes = build(heads.clone(), store.fingerprint, |head, page| {
                if let Some(place) = at.get(&head.key) {
                    fill(page, &store, &store.threads[*place], shown);
                }
            });
            slot.write(&bytes);
            // What was just made can be read.
            Index::open(bytes).unwrap_or_else(|_| Index::empty())
        });
        let places =
            index.documents().filter_map(|(number, head)| Some((number, *at.get(&head.key)?))).collect();
        Self { store, index, places }
    }

    /// Makes the index anew, whatever `slot` keeps: for one that turned out to be damaged.
    pub fn open_anew(store: Arc<Store>, shown: Shown<'_>, slot: &CacheSlot) -> Self {
        slot.write(b"");
        Self::open(store, shown, slot)
    }

    /// What a query finds. An index that turns out to be damaged is made anew, without a word.
    ///
    /// # Errors
    /// When the index cannot be read even then.
    pub fn search_mending(
        &mut self,
        query: &Query,
        me: Option<&str>,
        now: Time,
        shown: Shown<'_>,
        slot: &CacheSlot,
    ) -> Result<Results, IndexError> {
        match self.search(query, me, now) {
            Err(IndexError::Damaged(_) | IndexError::Version { .. }) => {
                *self = Self::open_anew(Arc::clone(&self.store), shown, slot);
                self.search(query, me, now)
            }
            other => other,
        }
    }

    /// What a query finds, in the order that it asks for, else best first.
    ///
    /// # Errors
    /// When the index is damaged or cannot be read.
    pub fn search(&self, query: &Query, me: Option<&str>, now: Time) -> Result<Results, IndexError> {
        let filter = Filter::new(&self.store, me, now);
        let hits = find::find(&self.index, query.expr.as_ref(), |test, document| {
            self.places.get(&document).is_some_and(|place| filter.holds(test, &self.store.threads[*place]))
        })?;
        let mut hits: Vec<(usize, u32)> = hits
            .into_iter()
            .filter_map(|Hit { document, score }| Some((*self.places.get(&document)?, score)))
            .collect();
        if !query.sort.is_empty() {
            let threads = &self.store.threads;
            hits.sort_by(|a, b| filter.compare(&query.sort, &threads[a.0], &threads[b.0]));
        }
        Ok(Results { hits })
    }

    /// The index itself.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// The place in the store's threads of a document of the index.
    pub fn place(&self, document: u32) -> Option<usize> {
        self.places.get(&document).copied()
    }

    /// The store that it is of.
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }
}

impl Store {
    /// What queries may name: the fields of templates, and `me` where somebody asks.
    pub fn known_in_queries(&self, me: Option<&str>) -> Known {
        let mut fields: Vec<KnownField> = Vec::new();
        for field in self.templates.iter().flat_map(|template| &template.fields) {
            let taken = crate::ticket::CORE_KEYS.contains(&field.name.as_str());
            if !taken && fields.iter().all(|known| known.name != field.name) {
                let kind = match field.kind.as_str() {
                    "number" => FieldKind::Number,
                    "date" => FieldKind::Date,
                    _ => FieldKind::Text,
                };
                fields.push(KnownField { name: field.name.clone(), kind });
            }
        }
        // Imported tickets have fields that no template lists.
        for (name, _) in self.threads.iter().flat_map(|thread| &thread.state.fields) {
            let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
            if plain && fields.iter().all(|known| known.name != *name) {
                fields.push(KnownField { name: name.clone(), kind: FieldKind::Text });
            }
        }
        Known { fields, me: me.is_some() }
    }
}

/// The documents as they are now, and where each stands in the store.
fn heads(store: &Store, shown: Shown<'_>) -> (Vec<Head>, HashMap<String, usize>) {
    let mut heads = Vec::with_capacity(store.threads.len());
    let mut at = HashMap::with_capacity(store.threads.len());
    for (place, thread) in store.threads.iter().enumerate().filter(|(_, thread)| (shown.ticket)(thread)) {
        let key = thread.ticket.file().as_str().to_owned();
        let created = thread.ticket.created.unwrap_or_else(|| Time::from(jiff::Timestamp::UNIX_EPOCH));
        heads.push(Head { key: key.clone(), created, stamp: stamp(store, thread, shown) });
        at.insert(key, place);
    }
    (heads, at)
}

/// Changes when any text of a thread does, or when more or less of it is shown.
fn stamp(store: &Store, thread: &Thread, shown: Shown<'_>) -> u64 {
    let mut hasher = blake3::Hasher::new();
    let mut add = |path: Option<&RepoPath>| {
        let stamp = path.and_then(|path| store.layout.entry(path)).map(|(entry, _)| entry.stamp);
        match stamp {
            Some(Stamp::Blob(id)) => drop(hasher.update(&id)),
            Some(Stamp::Stat { mtime_ns, ctime_ns, size, inode }) => {
                hasher.update(&mtime_ns.to_le_bytes());
                hasher.update(&ctime_ns.to_le_bytes());
                hasher.update(&size.to_le_bytes());
                hasher.update(&inode.to_le_bytes());
            }
            Some(Stamp::None) | None => {}
        }
    };
    add(thread.ticket.path.as_ref());
    for reply in thread.replies.iter().filter(|reply| (shown.reply)(thread, reply)) {
        add(reply.path.as_ref());
    }
    let bytes = hasher.finalize();
    u64::from_le_bytes(bytes.as_bytes()[..8].try_into().unwrap_or_default())
}

/// The kept index without what is gone and with what is new; `None` when it is better made anew.
fn update(
    mut index: Index,
    heads: &[Head],
    at: &HashMap<String, usize>,
    store: &Store,
    shown: Shown<'_>,
) -> Option<Index> {
    let now: HashMap<&str, &Head> = heads.iter().map(|head| (head.key.as_str(), head)).collect();
    index.retain(|head| now.get(head.key.as_str()).is_some_and(|known| *known == head));
    let kept: std::collections::HashSet<&str> =
        index.documents().map(|(_, head)| head.key.as_str()).collect();
    let new: Vec<Head> = heads.iter().filter(|head| !kept.contains(head.key.as_str())).cloned().collect();
    if new.is_empty() {
        return Some(index);
    }
    if new.len() > MOST_NEW.max(heads.len() / 20) {
        return None;
    }
    let layer = build(new, [0; 32], |head, page| {
        if let Some(place) = at.get(&head.key) {
            fill(page, store, &store.threads[*place], shown);
        }
    });
    index.with_newer(layer).ok()
}

/// Adds the texts of a thread to its page of the index.
fn fill(page: &mut Page<'_>, store: &Store, thread: &Thread, shown: Shown<'_>) {
    let visible = |reply: &Reply| (shown.reply)(thread, reply);
    page.add(Field::Title, &thread.ticket.title);
    page.add(Field::Body, &store.body(thread.ticket.path.as_ref()));
    let bodies: Vec<(&Reply, String)> = thread
        .replies
        .iter()
        .filter(|reply| visible(reply))
        .map(|reply| (reply, store.body(reply.path.as_ref())))
        .collect();
    let body_of = |reply: &Reply| {
        bodies.iter().find(|(known, _)| std::ptr::eq(*known, reply)).map(|(_, body)| body.clone())
    };
    let answer = answer_of(thread, visible, body_of);
    if let Some(answer) = &answer {
        page.add(Field::Answer, &answer.text);
    }
    for (reply, body) in &bodies {
        let is_answer = answer
            .as_ref()
            .and_then(|answer| thread.replies.get(answer.reply))
            .is_some_and(|answer| std::ptr::eq(answer, *reply));
        if !is_answer {
            page.add(Field::Replies, body);
        }
    }
    page.add(Field::Facts, &facts(thread));
}

/// Id, source, service, tags and fields, as words.
fn facts(thread: &Thread) -> String {
    let state = &thread.state;
    let mut words: Vec<String> = vec![thread.ticket.id.clone()];
    words.extend(thread.ticket.source.clone());
    words.extend(state.service.clone());
    words.extend(state.tags.iter().cloned());
    words.extend(state.aliases.iter().cloned());
    words.extend(state.fields.iter().flat_map(|(_, value): &(String, Value)| value.texts()));
    words.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        repo::MemorySource,
        store::{NoCache, load},
    };

    fn engine(source: MemorySource, slot: &CacheSlot) -> Engine {
        Engine::open(Arc::new(load(Arc::new(source), &NoCache).unwrap()), Shown::ALL, slot)
    }

    fn ids(engine: &Engine, query: &str) -> Vec<String> {
        let query = Query::parse(query, &engine.store().known_in_queries(None)).unwrap();
        let results = engine.search(&query, None, Time::parse("2026-11-22T00:00:00Z").unwrap()).unwrap();
        results.hits.iter().map(|(place, _)| engine.store().threads[*place].id().to_owned()).collect()
    }

    fn source() -> MemorySource {
        MemorySource::new()
            .with("casebook.yml", "version: 1\nservices: { api: {}, export: { part_of: api } }\n")
            .with("tickets/a.md", "---\ntitle: Export times out\nservice: export\ncreated: 2026-01-02T00:00:00Z\n---\nThe job dies.\n")
            .with("tickets/a/r.md", "---\nauthor: mei\ncreated: 2026-01-03T00:00:00Z\nstatus: resolved\nresolution: fixed\n---\n## Fix\nRaised the memory limit.\n")
            .with("tickets/b.md", "---\ntitle: 导出超时\nservice: api\ncreated: 2026-01-01T00:00:00Z\npriority: high\n---\nmemory?\n")
    }

    #[test]
    fn words_and_fields_are_found_together() {
        let folder = tempfile::tempdir().unwrap();
        let engine = engine(source(), &CacheSlot::at(&folder.path().join("index")));
        assert_eq!(ids(&engine, "memory"), ["a", "b"]);
        assert_eq!(ids(&engine, "memory status:resolved"), ["a"]);
        assert_eq!(ids(&engine, "answer:memory"), ["a"]);
        assert_eq!(ids(&engine, "service:api -memory"), Vec::<String>::new());
        assert_eq!(ids(&engine, "service:api sort:created"), ["b", "a"]);
        assert_eq!(ids(&engine, "超时 OR is:open"), ["b"]);
        assert_eq!(ids(&engine, "priority:>=high"), ["b"]);
        assert_eq!(ids(&engine, "created:2026-01-02..2026-01"), ["a"]);
    }

    #[test]
    fn an_index_that_was_kept_finds_what_changed_since() {
        let folder = tempfile::tempdir().unwrap();
        let slot = CacheSlot::at(&folder.path().join("index"));
        drop(engine(source(), &slot));
        let kept = slot.read().unwrap();
        let changed =
            source().with("tickets/c.md", "---\ntitle: Memory again\ncreated: 2026-02-01T00:00:00Z\n---\n");
        assert_eq!(ids(&engine(changed, &slot), "memory"), ["c", "a", "b"]);
        assert_eq!(slot.read().unwrap(), kept, "a little more is no reason to write it all again");
        for damage in [&kept[..kept.len() / 2], &kept[..20], b"nonsense"] {
            slot.write(damage);
            let mut engine = engine(source(), &slot);
            let query = Query::parse("memory", &engine.store().known_in_queries(None)).unwrap();
            let now = Time::parse("2026-11-22T00:00:00Z").unwrap();
            let results = engine.search_mending(&query, None, now, Shown::ALL, &slot).unwrap();
            assert_eq!(results.hits.len(), 2);
            assert_eq!(slot.read().unwrap(), kept, "a damaged index is made anew");
        }
    }
}

//! The index of a loaded repository: opened, brought up to date, asked.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use super::{
    Question,
    documents::Documents,
    filter::Filter,
    find::{self, Hit},
    index::{Index, IndexError},
    query::{FieldKind, Known, KnownField, Query},
    similar::{Alike, similar},
};
use crate::{repo::CacheSlot, store::Store, text::Time, ticket::Thread};

/// The index of a store.
pub struct Engine {
    store: Arc<Store>,
    index: Index,
    /// The place of each document in the store's threads.
    places: HashMap<u32, usize>,
    slot: CacheSlot,
    keeps: bool,
}

/// What a query found.
pub struct Results {
    /// Tickets by their places in the store's threads, with their scores; in order.
    pub hits: Vec<(usize, u32)>,
}

/// A ticket that is like a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resembling {
    /// Its place in the store's threads.
    pub place: usize,
    /// For comparing with others of the same answer.
    pub score: u32,
    /// Whether that is too little to trouble anybody with who did not ask.
    pub weak: bool,
    /// The words that both have, as the question writes them, the most telling first.
    pub why: Vec<String>,
}

impl Engine {
    /// Opens the index that `slot` keeps and reads what changed since; makes it anew when too much did, or when it is
    /// damaged or of another version.
    pub fn open(store: Arc<Store>, slot: &CacheSlot) -> Self {
        Self::opened(store, slot, true)
    }

    /// The same for an unusual view of the store: what `slot` keeps is used as far as it goes, and left as it is.
    pub fn open_aside(store: Arc<Store>, slot: &CacheSlot) -> Self {
        Self::opened(store, slot, false)
    }

    /// Makes the index anew, whatever `slot` keeps: for one that turned out to be damaged.
    pub fn open_anew(store: Arc<Store>, slot: &CacheSlot) -> Self {
        Self::made(store, slot, true)
    }

    fn opened(store: Arc<Store>, slot: &CacheSlot, keeps: bool) -> Self {
        let documents = Documents::of(&store);
        let kept = slot.reader().and_then(|reader| Index::open(reader).ok());
        match kept.and_then(|index| documents.update(index, &store)) {
            Some(index) => Self { places: documents.places(&index), store, index, slot: slot.clone(), keeps },
            None => Self::made(store, slot, keeps),
        }
    }

    fn made(store: Arc<Store>, slot: &CacheSlot, keeps: bool) -> Self {
        let documents = Documents::of(&store);
        let bytes = documents.build(&store, if keeps { slot.now_ns() } else { i64::MAX });
        if keeps {
            slot.write(&bytes);
        }
        // What was just made can be read.
        let index = Index::open(bytes).unwrap_or_else(|_| Index::empty());
        Self { places: documents.places(&index), store, index, slot: slot.clone(), keeps }
    }

    /// What `ask` gets of it. An index that turns out to be damaged is made anew, without a word.
    ///
    /// # Errors
    /// When the index cannot be read even then.
    pub fn mending<T>(&mut self, ask: impl Fn(&Self) -> Result<T, IndexError>) -> Result<T, IndexError> {
        match ask(self) {
            Err(IndexError::Damaged(_) | IndexError::Version { .. }) => {
                *self = Self::made(Arc::clone(&self.store), &self.slot, self.keeps);
                ask(self)
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
        let threads = &self.store.threads;
        let hits = find::find(&self.index, query.expr.as_ref(), |test, document| {
            self.places.get(&document).is_some_and(|place| filter.holds(test, &threads[*place]))
        })?;
        let mut hits: Vec<(usize, u32)> = hits
            .into_iter()
            .filter_map(|Hit { document, score }| Some((*self.places.get(&document)?, score)))
            .collect();
        hits.sort_by(|a, b| filter.compare(&query.sort, &threads[a.0], &threads[b.0]));
        Ok(Results { hits })
    }

    /// Tickets that are like a question, the likest first; only those that `allowed` passes.
    ///
    /// # Errors
    /// When the index is damaged or cannot be read.
    pub fn similar(
        &self,
        question: &Question,
        allowed: impl Fn(&Thread) -> bool,
        limit: usize,
    ) -> Result<Vec<Resembling>, IndexError> {
        let passes = |document: u32| {
            self.places.get(&document).is_some_and(|place| allowed(&self.store.threads[*place]))
        };
        let found = similar(&self.index, &question.draft(), passes, limit)?;
        let placed = found.into_iter().filter_map(|Alike { document, score, weak, why, .. }| {
            Some(Resembling { place: *self.places.get(&document)?, score, weak, why })
        });
        Ok(placed.collect())
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
                fields.push(KnownField { name: field.name.clone(), kind: FieldKind::of(&field.kind) });
            }
        }
        // Imported tickets have fields that no template lists.
        let mut known: HashSet<String> = fields.iter().map(|field| field.name.clone()).collect();
        for (name, _) in self.threads.iter().flat_map(|thread| &thread.state.fields) {
            let plain = || name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
            if !known.contains(name) && plain() {
                known.insert(name.clone());
                fields.push(KnownField { name: name.clone(), kind: FieldKind::Text });
            }
        }
        Known { fields, me: me.is_some() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        repo::MemorySource,
        store::{NoCache, load},
    };

    fn engine(source: MemorySource, slot: &CacheSlot) -> Engine {
        Engine::open(Arc::new(load(Arc::new(source), &NoCache).unwrap()), slot)
    }

    fn ids(engine: &mut Engine, query: &str) -> Vec<String> {
        let query = Query::parse(query, &engine.store().known_in_queries(None)).unwrap();
        let now = Time::parse("2026-11-22T00:00:00Z").unwrap();
        let results = engine.mending(|engine| engine.search(&query, None, now)).unwrap();
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
        let engine = &mut engine(source(), &CacheSlot::at(&folder.path().join("index")));
        assert_eq!(ids(engine, "memory"), ["a", "b"]);
        assert_eq!(ids(engine, "memory status:resolved"), ["a"]);
        assert_eq!(ids(engine, "answer:memory"), ["a"]);
        assert_eq!(ids(engine, "service:api -memory"), Vec::<String>::new());
        assert_eq!(ids(engine, "service:api sort:created"), ["b", "a"]);
        assert_eq!(ids(engine, "超时 OR is:open"), ["b"]);
        assert_eq!(ids(engine, "priority:>=high"), ["b"]);
        assert_eq!(ids(engine, "created:2026-01-02..2026-01"), ["a"]);
    }

    #[test]
    fn an_index_that_was_kept_finds_what_changed_since() {
        let folder = tempfile::tempdir().unwrap();
        let slot = CacheSlot::at(&folder.path().join("index"));
        drop(engine(source(), &slot));
        let kept = slot.read().unwrap();
        let changed =
            source().with("tickets/c.md", "---\ntitle: Memory again\ncreated: 2026-02-01T00:00:00Z\n---\n");
        assert_eq!(ids(&mut engine(changed, &slot), "memory"), ["c", "a", "b"]);
        assert_eq!(slot.read().unwrap(), kept, "a little more is no reason to write it all again");
        for damage in [&kept[..kept.len() / 2], &kept[..20], b"nonsense"] {
            slot.write(damage);
            assert_eq!(ids(&mut engine(source(), &slot), "memory").len(), 2);
            assert_eq!(slot.read().unwrap(), kept, "a damaged index is made anew");
        }
    }
}

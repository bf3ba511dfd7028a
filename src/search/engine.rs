//! The search engine of a loaded repository: opens, updates and searches the index.

use std::{borrow::Cow, cmp::Ordering, collections::HashSet, sync::Arc};

use super::{
    Item, Question,
    documents::Documents,
    filter::Filter,
    find::{self, Corrections, Hit},
    order::compare,
    similar::DocumentSet,
    similar_items::{SimilarItems, SimilarLimits, similar_items},
};
use crate::{
    index::{Fields, Index, IndexError, Posting},
    query::{AgeReading, FieldKey, Query, RenamedKey, Vocabulary},
    repo::CacheSlot,
    store::Store,
    text::Time,
};

/// The search engine of a store.
pub struct Engine {
    store: Arc<Store>,
    index: Index,
    /// The ticket or article of each document.
    items: Vec<Option<Item>>,
    slot: CacheSlot,
}

/// The results of a query.
#[derive(Clone, Debug, Default)]
pub struct Results {
    /// Tickets and articles with their scores, in order.
    pub hits: Vec<(Item, u32)>,
    /// Words that no document has, and the words that were searched for instead.
    pub corrected: Corrections,
    /// Former names of keys in the query.
    pub renamed: Vec<RenamedKey>,
    /// How ambiguous conditions of the query were read.
    pub readings: Vec<AgeReading>,
}

impl Results {
    /// Returns warnings for the user about former names of keys in the query.
    pub fn warnings(&self) -> Vec<String> {
        self.renamed.iter().map(ToString::to_string).collect()
    }

    /// Returns messages for the user about how the query was read.
    pub fn notices(&self) -> Vec<String> {
        self.readings.iter().map(ToString::to_string).collect()
    }

    /// Returns only the tickets, by index in [`Store::threads`].
    pub fn tickets(&self) -> Vec<(usize, u32)> {
        let tickets = self.hits.iter().filter_map(|(item, score)| Some((item.place()?, *score)));
        tickets.collect()
    }
}

impl Engine {
    /// Opens the index in `slot` and adds the changes since then. Rebuilds the index if there are too many changes, or
    /// if it is damaged or has another version.
    pub fn open(store: Arc<Store>, slot: &CacheSlot) -> Self {
        let documents = Documents::of(&store);
        let cached = slot.reader().and_then(|reader| Index::open(Arc::new(reader)).ok());
        let newer = slot.beside("newer");
        let Some(index) = cached.and_then(|index| documents.update(index, &newer)) else {
            return Self::rebuild(store, slot);
        };
        Self { items: documents.items(&index), store, index, slot: slot.clone() }
    }

    /// Rebuilds the index without reading `slot`, for an index that turned out to be damaged.
    pub fn rebuild(store: Arc<Store>, slot: &CacheSlot) -> Self {
        let documents = Documents::of(&store);
        let bytes = documents.build(slot.now_ns());
        slot.write(&bytes);
        // An index that was just built can always be opened.
        let index = Index::open(bytes).unwrap_or_else(|_| Index::empty());
        Self { items: documents.items(&index), store, index, slot: slot.clone() }
    }

    /// Returns the result of `ask`. If the index is damaged, rebuilds it and calls `ask` again, without a message to
    /// the user.
    ///
    /// # Errors
    /// Fails if the index cannot be read even after a rebuild.
    pub fn with_rebuild<T>(&mut self, ask: impl Fn(&Self) -> Result<T, IndexError>) -> Result<T, IndexError> {
        match ask(self) {
            Err(IndexError::Damaged(_) | IndexError::Version { .. }) => {
                *self = Self::rebuild(Arc::clone(&self.store), &self.slot);
                ask(self)
            }
            other => other,
        }
    }

    /// Returns the results of a query, in the order that it specifies, or best first.
    ///
    /// # Errors
    /// Fails if the index is damaged or cannot be read.
    pub fn search(&self, query: &Query, me: Option<&str>, now: Time) -> Result<Results, IndexError> {
        let filter = Filter::new(&self.store, me, now);
        let (hits, corrected) = find::find(&self.index, query.expr.as_ref(), |test, document| {
            self.item(document).is_some_and(|item| filter.holds(test, item))
        })?;
        let mut hits: Vec<(Item, u32)> = hits
            .into_iter()
            .filter_map(|Hit { document, score }| Some((self.item(document)?, score)))
            .collect();
        if !query.sort.is_empty() {
            hits.sort_by(|a, b| compare(filter.lookup(), &query.sort, a.0, b.0));
        }
        Ok(Results { hits, corrected, renamed: query.renamed.clone(), readings: query.readings() })
    }

    fn item(&self, document: u32) -> Option<Item> {
        self.items.get(document as usize).copied().flatten()
    }

    /// Finds tickets and articles that are similar to a question, the most similar first. Only items for which
    /// `allowed` returns true are found.
    ///
    /// # Errors
    /// Fails if the index is damaged or cannot be read.
    pub fn similar(
        &self,
        question: &Question,
        allowed: impl Fn(Item) -> bool,
        limits: SimilarLimits,
    ) -> Result<SimilarItems, IndexError> {
        similar_items(self, question, |document| self.item(document), allowed, limits)
    }

    /// Returns the store that the index is built from.
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }
}

impl DocumentSet for Engine {
    fn count(&self) -> u32 {
        u32::try_from(self.index.len()).unwrap_or(u32::MAX)
    }

    fn numbers(&self) -> usize {
        self.index.numbers()
    }

    fn contains(&self, document: u32) -> bool {
        self.index.is_alive(document)
    }

    fn postings(&self, term: &str) -> Result<Cow<'_, [Posting]>, IndexError> {
        self.index.postings(term, Fields::ALL).map(Cow::Owned)
    }

    fn order(&self, a: u32, b: u32) -> Ordering {
        self.index.rank(a).cmp(&self.index.rank(b))
    }

    fn title(&self, document: u32) -> &str {
        self.item(document).map_or("", |item| item.title(&self.store))
    }

    fn created(&self, document: u32) -> Time {
        let never = || Time::from(jiff::Timestamp::MIN);
        self.index.head(document).map_or_else(never, |head| head.created)
    }

    fn resolved(&self, document: u32) -> Option<Time> {
        self.item(document)?.resolved(&self.store)
    }
}

impl Store {
    /// Returns the names that queries may use: the fields of templates, and `me` if the user is known.
    pub fn known_in_queries(&self, me: Option<&str>) -> Vocabulary {
        let mut fields: Vec<FieldKey> = Vec::new();
        for field in self.templates.iter().flat_map(|template| &template.fields) {
            let taken = crate::ticket::CORE_KEYS.contains(&field.name.as_str());
            if !taken && fields.iter().all(|known| known.name != field.name) {
                fields.push(FieldKey::new(&field.name, field.kind));
            }
        }
        // Imported tickets can have fields that no template lists.
        let mut known: HashSet<String> = fields.iter().map(|field| field.name.clone()).collect();
        for name in self.threads.field_names() {
            let plain = || name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
            if plain() && known.insert(name.to_owned()) {
                fields.push(FieldKey::new(name, Default::default()));
            }
        }
        Vocabulary { fields, me: me.is_some(), ..Vocabulary::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        repo::{CacheSlot, MemorySource},
        store::load,
    };

    fn engine(source: MemorySource, slot: &CacheSlot) -> Engine {
        Engine::open(Arc::new(load(Arc::new(source), &CacheSlot::nowhere()).unwrap()), slot)
    }

    fn ids(engine: &mut Engine, query: &str) -> Vec<String> {
        let query = Query::parse(query, &engine.store().known_in_queries(None)).unwrap();
        let now = Time::parse("2026-11-22T00:00:00Z").unwrap();
        let results = engine.with_rebuild(|engine| engine.search(&query, None, now)).unwrap();
        let id = |item: &Item| match (item.ticket(engine.store()), item.article(engine.store())) {
            (Some(thread), _) => thread.id().to_owned(),
            (_, article) => article.map(|article| format!("/{}", article.slug)).unwrap_or_default(),
        };
        results.hits.iter().map(|(item, _)| id(item)).collect()
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
    fn articles_are_found_like_tickets() {
        let source = source()
            .with(
                "knowledge/limits.md",
                "---\ntitle: Limits of exports\nservice: export\ntags: [memory]\nconfirmed: 2026-01-03\n---\n\
                 ## Problem\nLarge ones die.\n\n## Fix\nAsk for more memory.\n",
            )
            .with("knowledge/old.md", "---\ntitle: Memory\n---\nOld.\n");
        let folder = tempfile::tempdir().unwrap();
        let engine = &mut engine(source, &CacheSlot::at(&folder.path().join("index")));
        assert_eq!(ids(engine, "memory"), ["/old", "/limits", "a", "b"]);
        assert_eq!(ids(engine, "answer:memory"), ["/limits", "a"]);
        assert_eq!(ids(engine, "memory sort:-created"), ["/limits", "a", "b", "/old"]);
        assert_eq!(ids(engine, "service:api sort:id"), ["a", "b", "/limits"]);
        assert_eq!(ids(engine, "tag:memory"), ["/limits"]);
        assert_eq!(ids(engine, "memory is:any"), ["a", "b"]);
        assert_eq!(ids(engine, "memory -status:open"), ["/old", "/limits", "a"]);
    }

    #[test]
    fn a_typo_is_corrected_and_the_correction_is_reported() {
        let folder = tempfile::tempdir().unwrap();
        let engine = &mut engine(source(), &CacheSlot::at(&folder.path().join("index")));
        assert_eq!(ids(engine, "exprot"), ["a"]);
        assert_eq!(ids(engine, "title:exprot"), ["a"]);
        assert_eq!(ids(engine, "memroy"), ["a", "b"]);
        assert_eq!(ids(engine, "xeport"), Vec::<String>::new(), "the first two letters must be correct");
        assert_eq!(ids(engine, "\"exprot\""), Vec::<String>::new(), "a word in quotes is not corrected");
        assert_eq!(ids(engine, "exprot*"), Vec::<String>::new());
        assert_eq!(ids(engine, "body:exprot"), Vec::<String>::new());
        let query = Query::parse("exprot times", &Vocabulary::default()).unwrap();
        let corrected =
            engine.search(&query, None, Time::parse("2026-11-22T00:00:00Z").unwrap()).unwrap().corrected;
        let words: Vec<(&str, &str)> =
            corrected.iter().map(|(word, with)| (word.as_str(), with[0].word.as_str())).collect();
        assert_eq!(words, [("exprot", "export")]);
    }

    #[test]
    fn a_cached_index_finds_later_changes() {
        let folder = tempfile::tempdir().unwrap();
        let slot = CacheSlot::at(&folder.path().join("index"));
        drop(engine(source(), &slot));
        let kept = slot.read().unwrap();
        let changed =
            source().with("tickets/c.md", "---\ntitle: Memory again\ncreated: 2026-02-01T00:00:00Z\n---\n");
        assert_eq!(ids(&mut engine(changed, &slot), "memory"), ["c", "a", "b"]);
        assert_eq!(slot.read().unwrap(), kept, "a small change does not rewrite the index");
        assert!(slot.beside("newer").read().is_some(), "the change is cached in a second file");
        for damage in [&kept[..kept.len() / 2], &kept[..20], b"nonsense"] {
            slot.write(damage);
            assert_eq!(ids(&mut engine(source(), &slot), "memory").len(), 2);
            assert_eq!(slot.read().unwrap(), kept, "a damaged index is rebuilt");
        }
    }
}

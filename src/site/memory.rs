//! What a site can reuse from the one before it: from the last build, whose data is on the disk, or from the site that a
//! server showed until a file changed.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::Site;
use super::index::SiteIndex;
use super::inputs::Input;
use super::model::{InputValues, KnownSummaries};
use super::record::{RecordPlace, settled_ns};
use crate::repo::CacheSlot;
use crate::search::Item;
use crate::search::site_texts::{FormerTexts, SiteTexts};
use crate::store::Store;

/// What a site can reuse from the one before it.
pub(crate) struct SiteMemory {
    pub(super) summaries: KnownSummaries,
    /// The last site whose search index was built. Most changes come before the next search.
    indexed: Option<Arc<FormerSite>>,
    /// The cache of the lists of near tickets of this view.
    pub(super) neighbours: CacheSlot,
}

impl Default for SiteMemory {
    fn default() -> Self {
        Self { summaries: KnownSummaries::default(), indexed: None, neighbours: CacheSlot::nowhere() }
    }
}

/// A site that a server showed.
struct FormerSite {
    /// The value of what all pages depend on.
    rules: u64,
    texts: FormerTexts,
    /// The files of the search index.
    files: BTreeMap<String, Vec<u8>>,
    /// The values of all tickets and articles.
    documents: HashMap<Input, u64>,
}

impl SiteMemory {
    /// Begins a memory for sites that are read from `started_ns` on, in nanoseconds since 1970 by the clock of the
    /// repository's file system. `neighbours` is the cache of the lists of near tickets of their view.
    pub(crate) fn begin(started_ns: i64, neighbours: CacheSlot) -> Self {
        Self { summaries: KnownSummaries::begin(settled_ns(started_ns)), neighbours, ..Self::default() }
    }

    /// Reads what the last build knew of `store`.
    pub(super) fn of_build(last: &RecordPlace, store: &Store) -> Self {
        Self {
            summaries: KnownSummaries::read(&last.summaries(), store, last.settled_ns()),
            neighbours: last.neighbours(),
            ..Self::default()
        }
    }
}

impl Site {
    /// Returns what the next site can reuse, if its files are read from `started_ns` on.
    pub(crate) fn memory(&self, started_ns: i64) -> SiteMemory {
        let summaries =
            self.memory.summaries.after(self.store(), self.model.summaries(), settled_ns(started_ns));
        let made = self.texts.get().zip(self.index.get());
        let own = made.map(|(texts, index)| Arc::new(self.former(texts, index)));
        SiteMemory {
            summaries,
            indexed: own.or_else(|| self.memory.indexed.clone()),
            neighbours: self.memory.neighbours.clone(),
        }
    }

    fn former(&self, texts: &SiteTexts, index: &SiteIndex) -> FormerSite {
        let settled_ns = self.memory.summaries.settled_ns();
        let values = InputValues::new(&self.model, settled_ns);
        let inputs = texts.documents().items.iter().map(|item| self.input_of(*item));
        FormerSite {
            rules: self.rules(),
            texts: texts.former(self.store(), settled_ns, index.parts.clone()),
            files: index.files.clone(),
            documents: inputs.filter_map(|input| Some((input.clone(), values.of(&input)?))).collect(),
        }
    }

    fn rules(&self) -> u64 {
        InputValues::new(&self.model, i64::MIN).rules(&self.options_key())
    }

    fn texts_since(&self, former: &FormerSite) -> Option<SiteTexts> {
        let settled_ns = self.memory.summaries.settled_ns();
        let has_same_rules = former.rules == self.rules();
        has_same_rules
            .then(|| SiteTexts::after(self.store(), self.view().publish, former.texts.clone(), settled_ns))
            .flatten()
    }

    /// Updates the index of the last site that has one. Returns `None` if there is none, or if nearly all texts changed.
    pub(super) fn updated_index(&self) -> Option<SiteIndex> {
        let former = self.memory.indexed.as_ref()?;
        let texts = self.texts_since(former)?;
        let values = InputValues::new(&self.model, self.memory.summaries.settled_ns());
        let is_shown_anew = |item: Item| {
            let input = self.input_of(item);
            former.documents.get(&input).copied() != values.of(&input)
        };
        let read = |path: &str| former.files.get(path).cloned();
        let mut index = SiteIndex::updated(self, &texts, is_shown_anew, &read);
        for path in std::mem::take(&mut index.kept) {
            let bytes = read(&path).unwrap_or_default();
            index.files.insert(path, bytes);
        }
        _ = self.texts.set(texts);
        Some(index)
    }
}

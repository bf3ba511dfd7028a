//! What a site can reuse from the one before it: from the last build, whose data is on the disk, or from the site that a
//! server showed until a file changed.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::Site;
use super::index::SiteIndex;
use super::inputs::Input;
use super::model::{InputValues, KnownSummaries};
use super::record::{RecordPlace, settled_ns};
use crate::search::Item;
use crate::search::site_texts::{FormerTexts, SiteTexts};
use crate::store::Store;

/// What a site can reuse from the one before it.
#[derive(Default)]
pub(crate) struct SiteMemory {
    pub(super) summaries: KnownSummaries,
    former: Option<Arc<FormerSite>>,
}

/// A site that a server showed.
struct FormerSite {
    /// The value of what all pages depend on.
    rules: u64,
    texts: FormerTexts,
    index: Option<FormerSiteIndex>,
}

/// The search index of a site that a server showed.
struct FormerSiteIndex {
    files: BTreeMap<String, Vec<u8>>,
    /// The values of all tickets and articles.
    documents: HashMap<Input, u64>,
}

impl SiteMemory {
    /// Begins a memory for sites that are read from `started_ns` on, in nanoseconds since 1970 by the clock of the
    /// repository's file system.
    pub(crate) fn begin(started_ns: i64) -> Self {
        Self { summaries: KnownSummaries::begin(settled_ns(started_ns)), former: None }
    }

    /// Reads what the last build knew of `store`.
    pub(super) fn of_build(last: &RecordPlace, store: &Store) -> Self {
        Self { summaries: KnownSummaries::read(&last.summaries(), store, last.settled_ns()), former: None }
    }
}

impl Site {
    /// Returns what the next site can reuse, if its files are read from `started_ns` on.
    pub(crate) fn memory(&self, started_ns: i64) -> SiteMemory {
        let summaries =
            self.memory.summaries.after(self.store(), self.model.summaries(), settled_ns(started_ns));
        let former = self.texts.get().map(|texts| Arc::new(self.former(texts)));
        SiteMemory { summaries, former: former.or_else(|| self.memory.former.clone()) }
    }

    fn former(&self, texts: &SiteTexts) -> FormerSite {
        let settled_ns = self.memory.summaries.settled_ns();
        let index = self.index.get().map(|index| {
            let values = InputValues::new(&self.model, settled_ns);
            let inputs = texts.documents().items.iter().map(|item| self.input_of(*item));
            let documents = inputs.filter_map(|input| Some((input.clone(), values.of(&input)?))).collect();
            FormerSiteIndex { files: index.files.clone(), documents }
        });
        let parts = self.index.get().map(|index| index.parts.clone()).unwrap_or_default();
        FormerSite { rules: self.rules(), texts: texts.former(self.store(), settled_ns, parts), index }
    }

    fn rules(&self) -> u64 {
        InputValues::new(&self.model, i64::MIN).rules(&self.options_key())
    }

    /// Reads the texts that changed since the former site, or all.
    pub(super) fn read_texts(&self) -> SiteTexts {
        let former = self.memory.former.as_ref().filter(|former| former.rules == self.rules());
        let since = former.and_then(|former| {
            let settled_ns = self.memory.summaries.settled_ns();
            SiteTexts::after(self.store(), former.texts.clone(), settled_ns)
        });
        since.unwrap_or_else(|| SiteTexts::read(self.store()))
    }

    /// Updates the index of the former site. Returns `None` if it is not known.
    pub(super) fn updated_index(&self) -> Option<SiteIndex> {
        let former = self.memory.former.as_ref()?.index.as_ref()?;
        let texts = self.texts();
        if !texts.have_former() {
            return None;
        }
        let values = InputValues::new(&self.model, self.memory.summaries.settled_ns());
        let is_shown_anew = |item: Item| {
            let input = self.input_of(item);
            former.documents.get(&input).copied() != values.of(&input)
        };
        let read = |path: &str| former.files.get(path).cloned();
        let mut index = SiteIndex::updated(self, texts, is_shown_anew, &read);
        for path in std::mem::take(&mut index.kept) {
            let bytes = read(&path).unwrap_or_default();
            index.files.insert(path, bytes);
        }
        Some(index)
    }
}

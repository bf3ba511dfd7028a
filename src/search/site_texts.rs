//! The documents of a site with their terms, and how they differ from those of the last build.
//!
//! The search index depends on all texts. So that a build after a small change does not read all of
//! them, the terms of the last build are stored beside its record.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::index::{DocumentOrigin, ForwardIndex, IndexChange, StoredForwardIndex, TermWeight};
use crate::repo::{CacheSlot, sealed_value, unsealed};
use crate::search::Item;
use crate::search::published::{FormerIndex, PublishedDocuments, PublishedIndex, PublishedParts};
use crate::settings::Publish;
use crate::store::Store;

/// The version of the format. Increase it when the content or its meaning changes.
const FORMAT: u32 = 5;

/// All texts are read again if more documents than this are new, and more than a twentieth of all.
const MOST_NEW: usize = 256;

/// The documents of a site with their terms.
pub(crate) struct SiteTexts {
    documents: PublishedDocuments,
    terms: ForwardIndex,
    /// The last build, if it is known.
    last: Option<TextsSince>,
}

/// The texts of the last build, and how they changed since.
struct TextsSince {
    former: FormerTexts,
    origins: Vec<DocumentOrigin>,
    change: IndexChange,
}

/// The texts of a former site.
#[derive(Clone)]
pub(crate) struct FormerTexts {
    keys: Vec<String>,
    stamps: Vec<Option<u64>>,
    index: PublishedParts,
    /// The terms of the documents, until they are updated.
    terms: ForwardIndex,
}

/// The texts as they are stored.
#[derive(Serialize, Deserialize)]
struct StoredTexts<'a> {
    /// The value of what all pages depend on, as in the record.
    rules: u64,
    keys: Vec<String>,
    stamps: Vec<Option<u64>>,
    index: PublishedParts,
    #[serde(borrow)]
    terms: StoredForwardIndex<'a>,
}

impl SiteTexts {
    /// Reads the texts of `store` that changed since the last build, which is stored in `slot`. Returns `None` if nothing
    /// is stored, or if nearly all texts changed. `settled_ns` is the time from which a file may still change without
    /// getting another stamp.
    pub(crate) fn since(
        store: &Store,
        publish: Publish,
        slot: &CacheSlot,
        rules: u64,
        settled_ns: i64,
    ) -> Option<Self> {
        let bytes = slot.read()?;
        let stored: StoredTexts<'_> = postcard::from_bytes(unsealed(FORMAT, &bytes)?).ok()?;
        let StoredTexts { keys, stamps, index, terms, .. } = stored;
        let terms = ForwardIndex::read(terms)?;
        let is_whole = [keys.len(), stamps.len()].iter().all(|len| *len == terms.len());
        if stored.rules != rules || !is_whole {
            return None;
        }
        Self::after(store, publish, FormerTexts { keys, stamps, index, terms }, settled_ns)
    }

    /// Reads the texts of `store` that differ from those of a former site. Returns `None` if nearly all do.
    pub(crate) fn after(
        store: &Store,
        publish: Publish,
        mut former: FormerTexts,
        settled_ns: i64,
    ) -> Option<Self> {
        let documents = PublishedDocuments::of(store, publish);
        let (origins, new) = former.origins(store, &documents, settled_ns);
        if new.len() > MOST_NEW.max(origins.len() / 20) {
            return None;
        }
        let (terms, change) =
            std::mem::take(&mut former.terms).updated(&origins, &documents.terms(store, &new));
        Some(Self { documents, terms, last: Some(TextsSince { former, origins, change }) })
    }

    /// Returns what a later site has to know of the texts.
    pub(crate) fn former(&self, store: &Store, settled_ns: i64, index: PublishedParts) -> FormerTexts {
        let items = self.documents.items.iter();
        FormerTexts {
            keys: self.documents.keys.clone(),
            stamps: items.map(|item| settled_stamp(store, *item, settled_ns)).collect(),
            index,
            terms: self.terms.clone(),
        }
    }

    /// Stores the texts for the next build.
    pub(crate) fn store(
        &self,
        store: &Store,
        slot: &CacheSlot,
        rules: u64,
        settled_ns: i64,
        index: &PublishedParts,
    ) {
        let stored = StoredTexts {
            rules,
            keys: self.documents.keys.clone(),
            stamps: self.documents.items.iter().map(|item| settled_stamp(store, *item, settled_ns)).collect(),
            index: index.clone(),
            terms: self.terms.stored(),
        };
        if let Some(bytes) = sealed_value(FORMAT, &stored) {
            slot.write(&bytes);
        }
    }

    /// Takes the documents of `index`, which has all texts.
    pub(crate) fn of_index(documents: PublishedDocuments, index: &mut PublishedIndex) -> Self {
        Self { documents, terms: std::mem::take(&mut index.terms), last: None }
    }

    pub(crate) fn documents(&self) -> &PublishedDocuments {
        &self.documents
    }

    /// Returns the names of the index files of the last build that have no text which left the site since. Files with
    /// excerpts are not among them. `index` is the current index. Returns `None` if a word left, or if that is not known.
    pub(crate) fn harmless_former_files(
        &self,
        index: &PublishedParts,
    ) -> Option<impl Iterator<Item = String> + '_> {
        let TextsSince { former, change, .. } = self.last.as_ref()?;
        let gone: HashMap<&str, &[(u32, TermWeight)]> = change
            .gone
            .iter()
            .map(|(number, terms)| (former.keys[*number].as_str(), terms.as_slice()))
            .collect();
        let still = self.documents.keys.iter().enumerate().filter_map(|(place, key)| {
            let terms = gone.get(key.as_str())?;
            let now: HashSet<u32> = self.terms.terms_of(place).map(|(number, _)| number).collect();
            Some(terms.iter().all(|(number, _)| now.contains(number)))
        });
        let keeps_all_words = still.filter(|has_all| *has_all).count() == gone.len();
        (keeps_all_words && index.keeps_words_of_base(&former.index)).then(|| former.index.files_of_terms())
    }

    /// Returns the index of the last build, whose files `read` returns.
    pub(crate) fn former_index<'a>(
        &'a self,
        read: &'a (dyn Fn(&str) -> Option<Vec<u8>> + Sync),
    ) -> Option<FormerIndex<'a>> {
        let TextsSince { former, origins, change } = self.last.as_ref()?;
        Some(FormerIndex {
            parts: &former.index,
            keys: &former.keys,
            origins,
            terms: &self.terms,
            change,
            read,
        })
    }
}

impl FormerTexts {
    fn origins(
        &self,
        store: &Store,
        documents: &PublishedDocuments,
        settled_ns: i64,
    ) -> (Vec<DocumentOrigin>, Vec<usize>) {
        let items = documents.items.iter().copied();
        origins(store, items.zip(&documents.keys), (&self.keys, &self.stamps), settled_ns)
    }
}

/// Returns where the current documents come from, and the places of those that are new or changed. `former` are the keys
/// and stamps of the former documents.
pub(super) fn origins<K: AsRef<str>>(
    store: &Store,
    documents: impl ExactSizeIterator<Item = (Item, K)>,
    (keys, stamps): (&[String], &[Option<u64>]),
    settled_ns: i64,
) -> (Vec<DocumentOrigin>, Vec<usize>) {
    let mut by_key: Option<HashMap<&str, usize>> = None;
    let mut find = |key: &str, next: usize| {
        // Both lists are in the same order, so the next document is nearly always at the next place.
        if keys.get(next).is_some_and(|known| known == key) {
            return Some(next);
        }
        let by_key = by_key.get_or_insert_with(|| {
            keys.iter().enumerate().map(|(number, key)| (key.as_str(), number)).collect()
        });
        by_key.get(key).copied()
    };
    let (mut origins, mut new, mut next) = (Vec::with_capacity(documents.len()), Vec::new(), 0);
    for (place, (item, key)) in documents.enumerate() {
        let number = find(key.as_ref(), next);
        next = number.map_or(next, |number| number + 1);
        let stamp = settled_stamp(store, item, settled_ns);
        let is_same = |number: &usize| stamp.is_some() && stamps[*number] == stamp;
        origins.push(match number.filter(is_same) {
            Some(number) => DocumentOrigin::Former(number),
            None => {
                new.push(place);
                DocumentOrigin::New(new.len() - 1)
            }
        });
    }
    (origins, new)
}

/// Returns the stamp of the files of `item`, if they cannot change any more without getting another one.
pub(super) fn settled_stamp(store: &Store, item: Item, settled_ns: i64) -> Option<u64> {
    let group = item.group(store)?;
    group.stamp.filter(|_| group.changed_ns < settled_ns)
}

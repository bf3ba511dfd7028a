//! The search engine of a loaded repository: opens, updates and searches the index.

use std::{borrow::Cow, cmp::Ordering, collections::HashSet, sync::Arc};

use super::{
    Item, Question,
    documents::Documents,
    filter::Filter,
    find::{self, Corrections, Hit},
    order::compare,
    similar::{DocumentSet, closeness},
    similar_items::{SimilarItems, SimilarLimits, similar_items},
    typed::{LookedUp, TypedHit, TypedQuestion},
};
use crate::{
    index::{Correction, Fields, Index, IndexError, Posting, TermWeight, TextPattern},
    query::{AgeReading, Expr, FieldKey, FieldTest, Query, RenamedKey, SortBy, Vocabulary},
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

/// A ticket or an article that a query finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResultHit {
    pub item: Item,
    /// The relevance, comparable only within the same results.
    pub score: u32,
    /// Whether it has every word of the question.
    pub is_complete: bool,
    /// The document's number in the index.
    document: u32,
}

/// The results of a query.
#[derive(Default)]
pub struct Results {
    /// Tickets and articles, in order.
    pub hits: Vec<ResultHit>,
    /// Whether no ticket and no article has enough of the question, so that only the best of the rest are listed.
    pub is_weak: bool,
    /// Words that no document has, and the words that were searched for instead.
    pub corrected: Corrections,
    /// Former names of keys in the query.
    pub renamed: Vec<RenamedKey>,
    /// How ambiguous conditions of the query were read.
    pub readings: Vec<AgeReading>,
    /// How the words of the query were read, if this is not obvious.
    pub notices: Vec<String>,
    /// The words and conditions that were searched for.
    pub asked: Query,
    /// The same without the words of a question.
    pub conditions: Query,
    words: Option<LookedUp>,
}

impl Results {
    /// Creates the results of a query without words.
    pub fn without_words(query: &Query, items: impl IntoIterator<Item = Item>) -> Self {
        let hit = |item| ResultHit { item, score: 0, is_complete: true, document: 0 };
        Self {
            hits: items.into_iter().map(hit).collect(),
            renamed: query.renamed.clone(),
            readings: query.readings(),
            asked: query.clone(),
            conditions: query.clone(),
            ..Self::default()
        }
    }

    /// Returns warnings for the user about former names of keys in the query.
    pub fn warnings(&self) -> Vec<String> {
        self.renamed.iter().map(ToString::to_string).collect()
    }

    /// Returns messages for the user about how the query was read.
    pub fn notices(&self) -> Vec<String> {
        self.readings.iter().map(ToString::to_string).chain(self.notices.iter().cloned()).collect()
    }

    /// Returns only the tickets, by index in [`Store::threads`].
    pub fn tickets(&self) -> Vec<(usize, u32)> {
        let tickets = self.hits.iter().filter_map(|hit| Some((hit.item.place()?, hit.score)));
        tickets.collect()
    }

    /// Returns the number of tickets that have every word of the question.
    pub fn complete_tickets(&self) -> usize {
        self.hits.iter().filter(|hit| hit.is_complete && hit.item.place().is_some()).count()
    }

    /// Returns the words of the question that a hit has, in query syntax.
    pub fn had(&self, hit: &ResultHit) -> Vec<String> {
        let had = self.words.as_ref().map(|words| words.had(hit.document)).unwrap_or_default();
        had.into_iter().map(|mark| Expr::Text(mark.clone()).to_string()).collect()
    }

    /// Returns the words of the question that a hit lacks, as they were typed.
    pub fn missing(&self, hit: &ResultHit) -> Vec<&str> {
        self.words.as_ref().map(|words| words.missing(hit.document)).unwrap_or_default()
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

    /// Returns the tickets and articles that match every word and condition of a query, in the order that it
    /// specifies, or best first.
    ///
    /// # Errors
    /// Fails if the index is damaged or cannot be read.
    pub fn filter(&self, query: &Query, me: Option<&str>, now: Time) -> Result<Results, IndexError> {
        let filter = Filter::new(&self.store, me, now);
        let (hits, corrected) = find::find(&self.index, query.expr.as_ref(), |test, document| {
            self.item(document).is_some_and(|item| filter.holds(test, item))
        })?;
        let hits = hits.into_iter().filter_map(|Hit { document, score }| {
            Some(ResultHit { item: self.item(document)?, score, is_complete: true, document })
        });
        let mut hits: Vec<ResultHit> = hits.collect();
        if !query.sort.is_empty() {
            hits.sort_by(|a, b| compare(filter.lookup(), &query.sort, a.item, b.item));
        }
        Ok(Results {
            hits,
            corrected,
            renamed: query.renamed.clone(),
            readings: query.readings(),
            asked: query.clone(),
            conditions: query.clone(),
            ..Results::default()
        })
    }

    /// Returns the tickets and articles that have enough of a question and match the conditions of its query, in the
    /// order that it specifies, or best first. Without words, this is the same as [`Engine::filter`].
    ///
    /// # Errors
    /// Fails if the index is damaged or cannot be read.
    pub fn search(&self, query: &Query, me: Option<&str>, now: Time) -> Result<Results, IndexError> {
        let (words, conditions) = query.question();
        let mut question = match &query.text {
            Some(text) => TypedQuestion::of_text(text),
            None => TypedQuestion::of_words(&words),
        };
        if question.is_empty() {
            return self.filter(query, me, now);
        }
        let filter = Filter::new(&self.store, me, now);
        let holds = |test: &FieldTest, document: u32| {
            self.item(document).is_some_and(|item| filter.holds(test, item))
        };
        let mut found = question.look_up(self)?;
        let among = |conditions: Option<&Expr>, found: &LookedUp| -> Result<_, IndexError> {
            find::find_among(&self.index, conditions, &found.touched(), holds)
        };
        let mut notices = Vec::new();
        let mut conditions = conditions;
        for excluded in excluded_words(conditions.as_ref()) {
            let rest = without(conditions.as_ref(), &excluded);
            let (all, _) = among(rest.as_ref(), &found)?;
            let (left, _) = among(conditions.as_ref(), &found)?;
            let complete: Vec<u32> =
                all.iter().map(|(document, _)| *document).filter(|one| found.is_complete(*one)).collect();
            let is_left = |document: u32| left.binary_search_by_key(&document, |(one, _)| *one).is_ok();
            let removes_all = match complete.is_empty() {
                true => !all.is_empty() && left.is_empty(),
                false => !complete.iter().any(|document| is_left(*document)),
            };
            if removes_all {
                notices.push(format!(
                    "`-{excluded}` excludes every result, so it was searched for as a word; to exclude it anyway, write `NOT {excluded} AND` before the other words"
                ));
                question.add(&excluded);
                conditions = rest;
                found = question.look_up(self)?;
            }
        }
        let (candidates, corrected) = among(conditions.as_ref(), &found)?;
        let (hits, is_weak) = found.find(
            &candidates,
            |document| self.index.rank(document),
            |document| {
                let resolved = self.resolved(document).map(Time::day);
                closeness(now.day(), self.created(document).day(), resolved)
            },
        );
        let result = |hit: TypedHit| {
            let TypedHit { document, score, is_complete } = hit;
            Some(ResultHit { item: self.item(document)?, score, is_complete, document })
        };
        let mut hits: Vec<ResultHit> = hits.into_iter().filter_map(result).collect();
        if query.sort.iter().any(|by| by.key.is_some()) {
            let complete = hits.iter().filter(|hit| hit.is_complete).count();
            if complete > 0 && complete < hits.len() {
                notices.push(format!(
                    "sorted by {}, so {} without all words are left out; remove `sort:` to see them",
                    query.sort.first().map_or("", SortBy::name),
                    hits.len() - complete,
                ));
                hits.retain(|hit| hit.is_complete);
            } else if complete == 0 {
                notices.push("no result has all words; all that are close are sorted".to_owned());
            }
            hits.sort_by(|a, b| compare(filter.lookup(), &query.sort, a.item, b.item));
        }
        let asked = question.words.iter().map(|word| Expr::Text(word.mark.clone()));
        let mut corrected_words = found.corrected.clone();
        corrected_words.extend(corrected);
        Ok(Results {
            hits,
            is_weak,
            corrected: corrected_words,
            renamed: query.renamed.clone(),
            readings: query.readings(),
            notices,
            conditions: Query { expr: conditions.clone(), ..query.clone() },
            asked: Query { expr: Some(Expr::And(asked.chain(conditions).collect())), ..query.clone() },
            words: Some(found),
        })
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

/// Returns the plain words that `conditions` exclude.
fn excluded_words(conditions: Option<&Expr>) -> Vec<String> {
    let all = match conditions {
        Some(Expr::And(all)) => &all[..],
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let word = |expr: &Expr| match expr {
        Expr::Not(inner) => match &**inner {
            Expr::Text(TextPattern::Word(word)) => Some(word.clone()),
            _ => None,
        },
        _ => None,
    };
    all.iter().filter_map(word).collect()
}

/// Returns `conditions` without the exclusion of `word`.
fn without(conditions: Option<&Expr>, word: &str) -> Option<Expr> {
    let excludes = |expr: &Expr| {
        matches!(expr, Expr::Not(inner)
            if matches!(&**inner, Expr::Text(TextPattern::Word(other)) if other == word))
    };
    match conditions? {
        Expr::And(all) => {
            let rest: Vec<Expr> = all.iter().filter(|one| !excludes(one)).cloned().collect();
            (!rest.is_empty()).then_some(Expr::And(rest))
        }
        one if excludes(one) => None,
        one => Some(one.clone()),
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

    fn sequences(&self, terms: &[(String, u32)]) -> Result<Vec<(u32, Vec<TermWeight>)>, IndexError> {
        self.index.sequences(terms, Fields::ALL)
    }

    fn expansions(&self, prefix: &str) -> Result<Vec<String>, IndexError> {
        self.index.expansions(prefix)
    }

    fn corrections(&self, word: &str) -> Result<Vec<Correction>, IndexError> {
        self.index.corrections(word)
    }

    fn order(&self, a: u32, b: u32) -> Ordering {
        self.index.rank(a).cmp(&self.index.rank(b))
    }

    fn created(&self, document: u32) -> Time {
        let never = || Time::from(jiff::Timestamp::MIN);
        self.index.head(document).map_or_else(never, |head| head.created)
    }

    fn resolved(&self, document: u32) -> Option<Time> {
        self.index.head(document)?.resolved
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
            if plain() && known.insert(name.clone()) {
                fields.push(FieldKey::new(name, Default::default()));
            }
        }
        Vocabulary { fields, me: me.is_some(), ..Vocabulary::default() }
    }
}

#[cfg(test)]
mod tests;

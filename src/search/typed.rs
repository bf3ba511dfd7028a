//! Typed words and pasted text as a question.
//!
//! A document is found if it has words that carry a quarter of the question's rarity, or the signature of an error in
//! the question. If no document has that much, the ten best documents with any of the words are found, and the result is
//! weak. Function words count for nothing beside other words. A word that no document has is corrected; its corrections
//! count half.
//!
//! The terms of the question are scored like those of a draft whose title they are. The score is multiplied with the
//! bonus for documents that are close in time, in whole days, so that it stays the same during a day.
//!
//! The browser evaluates typed words in the same way (`site/assets/search/typed.js`).

use std::{cmp::Reverse, collections::HashSet};

use super::{
    find::Corrections,
    relevance::{ONE, PartHit, PartWeight, Scores},
    similar::{ComparedDraft, DocumentSet, DraftTerm, PropertyKind, WORD_WEIGHT, error_terms},
    texts::name_term,
};
use crate::index::{
    IndexError, Needle, Posting, TextPattern, needles, rarity,
    tokens::{TokenKind, is_function_word},
};

/// The maximum number of words of a pasted text that are looked up.
const MOST_WORDS_OF_TEXT: usize = 24;

/// The number of documents that are found if none has enough of the question.
const MOST_WEAK: usize = 10;

/// The share of the question's rarity that is enough: 1 of 4. With 2 of 5, the right ticket is cut off for a sixth of the
/// titles of two trackers; see `docs/benchmarks.md`.
const ENOUGH: (u64, u64) = (1, 4);

/// The weight of a correction, compared with a word that is written correctly.
const CORRECTED: f64 = 0.5;

/// The score of a document whose id, former id or source was typed.
const NAMED: u32 = u32::MAX;

/// A word to look up.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct TypedWord {
    /// The word as it was typed.
    text: String,
    /// The pattern of the word's places in texts.
    pub mark: TextPattern,
    needle: Needle,
}

/// A term to score.
#[derive(Clone, Debug, PartialEq)]
struct TypedTerm {
    term: String,
    weight: f64,
    in_title: bool,
}

/// The parts of a question.
#[derive(Clone, Debug, Default)]
pub(super) struct TypedQuestion {
    pub words: Vec<TypedWord>,
    terms: Vec<TypedTerm>,
    /// The exact terms of the errors in the question.
    errors: Vec<String>,
    /// The question as it was typed, if it can be the name of a ticket.
    name: Option<String>,
}

/// A word with the documents that have it.
#[derive(Debug)]
struct FoundWord {
    text: String,
    /// The rarity of the word, in halves: a correction counts half.
    carries: u64,
    documents: Vec<u32>,
}

/// A question whose words were looked up.
pub(super) struct LookedUp {
    words: Vec<FoundWord>,
    /// The parts to score, in the order in which they are added.
    parts: Vec<(PartWeight, Vec<PartHit>)>,
    /// The weight of the terms that no document has.
    missing: f64,
    /// The documents that are found even without enough words: those with an error of the question.
    sure: Vec<u32>,
    named: Vec<u32>,
    pub corrected: Corrections,
    /// The number of documents, and the upper bound of their numbers.
    numbers: usize,
}

/// A document that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TypedHit {
    pub document: u32,
    pub score: u32,
    /// Whether the document has every word.
    pub is_complete: bool,
}

fn written(pattern: &TextPattern) -> &str {
    match pattern {
        TextPattern::Word(text) | TextPattern::Prefix(text) | TextPattern::Phrase(text) => text,
    }
}

impl TypedQuestion {
    /// Splits typed words into the words to look up.
    pub(super) fn of_words(patterns: &[TextPattern]) -> Self {
        let mut words: Vec<TypedWord> = Vec::new();
        for pattern in patterns {
            let needles = needles(pattern);
            let is_alone = needles.len() == 1;
            for needle in needles {
                let (text, mark) = match (&needle, is_alone) {
                    (Needle::Word { word: text, .. } | Needle::Term(text), false) => {
                        (text.clone(), TextPattern::Word(text.clone()))
                    }
                    _ => (written(pattern).to_owned(), pattern.clone()),
                };
                if words.iter().all(|known| known.needle != needle) {
                    words.push(TypedWord { text, mark, needle });
                }
            }
        }
        if !words.iter().all(TypedWord::is_function_word) {
            words.retain(|word| !word.is_function_word());
        }
        let is_whole = |pattern: &&TextPattern| matches!(pattern, TextPattern::Word(_));
        let whole: Vec<&str> = patterns.iter().filter(is_whole).map(written).collect();
        let draft = ComparedDraft { title: &whole.join(" "), ..ComparedDraft::default() };
        let term = |(term, of_draft): (String, DraftTerm)| TypedTerm {
            term,
            weight: of_draft.weight,
            in_title: of_draft.in_title,
        };
        let terms = draft.terms().into_iter().map(term).collect();
        let typed = patterns.iter().map(written).collect::<Vec<_>>().join(" ");
        Self { words, terms, errors: error_terms(&typed), name: Some(typed) }
    }

    /// Chooses the words of a pasted text: words of error messages, then identifiers, then the longest words.
    pub(super) fn of_text(text: &str) -> Self {
        let (title, body) = text.split_once('\n').unwrap_or((text, ""));
        let title = title.trim_start_matches('#').trim();
        let draft = ComparedDraft { title, body, ..ComparedDraft::default() };
        let mut terms: Vec<(String, DraftTerm)> = draft.terms().into_iter().collect();
        terms.sort_by_cached_key(|(text, term)| {
            let has_letter = text.chars().any(char::is_alphabetic);
            let is_identifier = term.kind == TokenKind::Whole
                || term.surface.bytes().any(|b| b.is_ascii_digit())
                || term.surface.contains('_');
            let order = (has_letter, term.kind != TokenKind::Part, term.in_error, is_identifier);
            (Reverse(order), Reverse(text.chars().count()), text.clone())
        });
        terms.truncate(MOST_WORDS_OF_TEXT);
        let word = |(text, term): &(String, DraftTerm)| TypedWord {
            text: term.surface.clone(),
            mark: TextPattern::Word(term.surface.clone()),
            needle: Needle::Term(text.clone()),
        };
        let words = terms.iter().map(word).collect();
        let term = |(term, of_draft): (String, DraftTerm)| TypedTerm {
            term,
            weight: of_draft.weight,
            in_title: of_draft.in_title,
        };
        let terms = terms.into_iter().map(term).collect();
        Self { words, terms, errors: error_terms(text), name: None }
    }

    /// Adds a word that was typed as an exclusion.
    pub(super) fn add(&mut self, word: &str) {
        let more = Self::of_words(&[TextPattern::Word(word.to_owned())]);
        self.words.extend(more.words);
        self.terms.extend(more.terms);
        self.name = None;
    }

    /// Returns whether the question has no letter and no digit.
    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Looks up the words in `documents`.
    pub(super) fn look_up(&self, documents: &impl DocumentSet) -> Result<LookedUp, IndexError> {
        let count = documents.count();
        let mut found = LookedUp {
            words: Vec::with_capacity(self.words.len()),
            parts: Vec::new(),
            missing: 0.0,
            sure: Vec::new(),
            named: Vec::new(),
            corrected: Corrections::new(),
            numbers: documents.numbers(),
        };
        for TypedTerm { term, weight, in_title } in &self.terms {
            let postings = documents.postings(term)?;
            let rarity = rarity(count, len(&postings).max(1));
            match postings.is_empty() {
                true => found.missing += weight * f64::from(rarity),
                false => found.add(*weight, *in_title, true, rarity, &postings),
            }
        }
        let scored: HashSet<&str> = self.terms.iter().map(|term| term.term.as_str()).collect();
        for word in &self.words {
            word.look_up(documents, &scored, &mut found)?;
        }
        for term in &self.errors {
            let postings = documents.postings(term)?;
            found.add(PropertyKind::Error.weight(), false, false, rarity(count, len(&postings)), &postings);
            found.sure.extend(postings.iter().map(|posting| posting.document));
        }
        if let Some(name) = self.name.as_deref().and_then(name_term) {
            found.named.extend(documents.postings(&name)?.iter().map(|posting| posting.document));
        }
        Ok(found)
    }
}

fn len<T>(all: &[T]) -> u32 {
    u32::try_from(all.len()).unwrap_or(u32::MAX)
}

impl TypedWord {
    fn is_function_word(&self) -> bool {
        match &self.needle {
            Needle::Word { word, .. } => is_function_word(word),
            Needle::Term(_) => is_function_word(&self.text.to_lowercase()),
            Needle::Prefix(_) | Needle::Sequence { .. } | Needle::AnyOf(_) => false,
        }
    }

    /// Returns the terms of a joined word that say something by themselves: words of at least three letters, but not the
    /// numbers of a date or a version.
    fn joined_terms(&self) -> Option<Vec<&str>> {
        let needle = match &self.needle {
            Needle::AnyOf(spellings) => spellings.first()?,
            other => other,
        };
        match needle {
            Needle::Sequence { terms, .. } => {
                let is_word = |term: &&str| term.chars().filter(|c| c.is_alphabetic()).nth(2).is_some();
                let words: Vec<&str> = terms.iter().map(|(term, _)| term.as_str()).filter(is_word).collect();
                (!words.is_empty()).then_some(words)
            }
            _ => None,
        }
    }

    /// Looks up the word. It is scored by itself only if its terms are not among `scored`.
    fn look_up(
        &self,
        documents: &impl DocumentSet,
        scored: &HashSet<&str>,
        found: &mut LookedUp,
    ) -> Result<(), IndexError> {
        let count = documents.count();
        let mut lookup =
            WordLookup { documents, scored, halves: 2, own: Vec::new(), corrected: &mut found.corrected };
        let had = lookup.documents_of(&self.needle)?;
        let WordLookup { halves, own, .. } = lookup;
        let is_corrected = halves == 1;
        if !own.is_empty() {
            let rarity = rarity(count, len(&own));
            let weight = WORD_WEIGHT * if is_corrected { CORRECTED } else { 1.0 };
            found.add(weight, true, true, rarity, &own);
        }
        if had.is_empty()
            && let Some(terms) = self.joined_terms()
        {
            // A joined word that no document has counts by its parts, like a correction.
            for term in terms {
                let postings = documents.postings(term)?;
                let carries = u64::from(rarity(count, len(&postings).max(1)));
                let had = postings.iter().map(|posting| posting.document).collect();
                found.words.push(FoundWord { text: self.text.clone(), carries, documents: had });
            }
            return Ok(());
        }
        let carries = u64::from(rarity(count, len(&had).max(1))) * halves;
        found.words.push(FoundWord { text: self.text.clone(), carries, documents: had });
        Ok(())
    }
}

/// The lookup of one word.
struct WordLookup<'a, D> {
    documents: &'a D,
    /// The terms that are scored anyway.
    scored: &'a HashSet<&'a str>,
    /// The weight of the word in halves: a correction counts half.
    halves: u64,
    /// The postings that are scored in addition to the terms.
    own: Vec<Posting>,
    corrected: &'a mut Corrections,
}

impl<D: DocumentSet> WordLookup<'_, D> {
    /// Returns the documents that have `needle`, ordered by number.
    fn documents_of(&mut self, needle: &Needle) -> Result<Vec<u32>, IndexError> {
        let postings = match needle {
            Needle::Term(term) => self.of_term(term)?,
            Needle::Word { word, term } => {
                let found = self.of_term(term)?;
                if found.is_empty() {
                    let corrections = self.documents.corrections(word)?;
                    let found = self.any_of(corrections.iter().map(|correction| correction.term.as_str()))?;
                    if !corrections.is_empty() {
                        self.halves = 1;
                        self.corrected.insert(word.clone(), corrections);
                    }
                    self.own = best(std::mem::take(&mut self.own), &found);
                    found
                } else {
                    found
                }
            }
            Needle::Prefix(prefix) => {
                let terms = self.documents.expansions(prefix)?;
                let found = self.any_of(terms.iter().map(String::as_str))?;
                self.own = best(std::mem::take(&mut self.own), &found);
                found
            }
            Needle::Sequence { terms, wholes } => {
                let sequences = self.documents.sequences(terms)?;
                let mut found: Vec<u32> = sequences.into_iter().map(|(document, _)| document).collect();
                for whole in wholes {
                    self.of_term(whole)?;
                }
                found.dedup();
                return Ok(found);
            }
            Needle::AnyOf(spellings) => {
                let mut found: Vec<u32> = Vec::new();
                for spelling in spellings {
                    match spelling {
                        // A word is corrected only if the other spellings find nothing.
                        Needle::Word { term, .. } => {
                            found.extend(self.of_term(term)?.iter().map(|posting| posting.document));
                        }
                        other => found.append(&mut self.documents_of(other)?),
                    }
                }
                if let (true, Some(word)) = (found.is_empty(), spellings.first()) {
                    found = self.documents_of(word)?;
                }
                found.sort_unstable();
                found.dedup();
                return Ok(found);
            }
        };
        Ok(postings.into_iter().map(|posting| posting.document).collect())
    }

    fn of_term(&mut self, term: &str) -> Result<Vec<Posting>, IndexError> {
        let found = self.documents.postings(term)?.into_owned();
        if !self.scored.contains(term) {
            self.own = best(std::mem::take(&mut self.own), &found);
        }
        Ok(found)
    }

    fn any_of<'t>(&self, terms: impl Iterator<Item = &'t str>) -> Result<Vec<Posting>, IndexError> {
        let mut found: Vec<Posting> = Vec::new();
        for term in terms {
            found = best(found, &self.documents.postings(term)?);
        }
        Ok(found)
    }
}

/// Returns the documents in either list, ordered by number, with the greater weight of those in both.
fn best(mut left: Vec<Posting>, right: &[Posting]) -> Vec<Posting> {
    left.extend_from_slice(right);
    left.sort_unstable_by_key(|posting| {
        (posting.document, Reverse((posting.weight.impact, posting.weight.title_terms)))
    });
    left.dedup_by_key(|posting| posting.document);
    left
}

impl LookedUp {
    fn add(&mut self, weight: f64, in_title: bool, in_prose: bool, rarity: u32, postings: &[Posting]) {
        let hit = |posting: &Posting| PartHit {
            document: posting.document,
            score: rarity * u32::from(posting.weight.impact),
            title: (posting.weight.title_terms.min(1), posting.weight.title_terms),
        };
        let part = PartWeight { weight, rarity, in_title, in_prose };
        self.parts.push((part, postings.iter().map(hit).collect()));
    }

    /// Returns the documents with at least one word or error of the question, ordered by number.
    pub(super) fn touched(&self) -> Vec<u32> {
        let mut is_touched = vec![false; self.numbers];
        let words = self.words.iter().flat_map(|word| &word.documents);
        let others = self.sure.iter().chain(&self.named);
        words.chain(others).for_each(|document| is_touched[*document as usize] = true);
        (0..).zip(&is_touched).filter(|(_, is_touched)| **is_touched).map(|(document, _)| document).collect()
    }

    /// Returns whether a document has every word.
    pub(super) fn is_complete(&self, document: u32) -> bool {
        self.words.iter().all(|word| word.documents.binary_search(&document).is_ok())
    }

    /// Returns the typed words that a document lacks.
    pub(super) fn missing(&self, document: u32) -> Vec<&str> {
        let lacks = |word: &&FoundWord| word.documents.binary_search(&document).is_err();
        let mut missing: Vec<&str> = self.words.iter().filter(lacks).map(|word| word.text.as_str()).collect();
        missing.dedup();
        missing
    }

    /// Finds the documents with enough of the question among `candidates`, which are ordered by number and come with the
    /// scores of the query's conditions. The best come first; for equal scores in the order of `rank`. `closeness`
    /// returns the bonus for closeness in time. Returns whether the result is weak, too.
    pub(super) fn find(
        &self,
        candidates: &[(u32, u32)],
        rank: impl Fn(u32) -> u32,
        closeness: impl Fn(u32) -> f64,
    ) -> (Vec<TypedHit>, bool) {
        let mut scores = Scores::new(self.numbers);
        scores.add_missing(self.missing);
        for (part, hits) in &self.parts {
            scores.add(*part, hits.iter().copied());
        }
        let conditions = PartWeight { weight: WORD_WEIGHT, rarity: 0, in_title: false, in_prose: false };
        let scored = candidates.iter().filter(|(_, score)| *score > 0);
        let hit =
            |(document, score): &(u32, u32)| PartHit { document: *document, score: *score, title: (0, 0) };
        scores.add(conditions, scored.map(hit));
        let mut carried = vec![0_u64; self.numbers];
        let mut had = vec![0_usize; self.numbers];
        for word in &self.words {
            for document in &word.documents {
                carried[*document as usize] += word.carries;
                had[*document as usize] += 1;
            }
        }
        let total: u64 = self.words.iter().map(|word| word.carries).sum();
        let mut sure = vec![false; self.numbers];
        self.sure.iter().chain(&self.named).for_each(|document| sure[*document as usize] = true);
        let is_enough = |document: u32| {
            let document = document as usize;
            sure[document] || carried[document] * ENOUGH.1 >= total * ENOUGH.0
        };
        let found = |document: u32| TypedHit {
            document,
            score: match self.named.contains(&document) {
                true => NAMED,
                false => (scores.of(document) * closeness(document) * ONE) as u32,
            },
            is_complete: had[document as usize] == self.words.len(),
        };
        let documents = || candidates.iter().map(|(document, _)| *document);
        let mut hits: Vec<TypedHit> =
            documents().filter(|document| is_enough(*document)).map(found).collect();
        let is_weak = hits.is_empty();
        if is_weak {
            hits = documents().map(found).collect();
        }
        hits.sort_unstable_by_key(|hit| (Reverse(hit.score), rank(hit.document)));
        if is_weak {
            hits.truncate(MOST_WEAK);
        }
        (hits, is_weak)
    }
}

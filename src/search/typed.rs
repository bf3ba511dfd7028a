//! Typed words and pasted text as a question.
//!
//! A document is found if it has words that carry enough of the question's rarity (40 % of two words), or the
//! signature of an error in the question. If no document has that much, the ten best documents with any of the words are found, and the result is
//! weak. Function words count for nothing beside other words. A word that no document has is corrected; its corrections
//! count half.
//!
//! The terms of the question are scored like those of a draft whose title they are. The score is multiplied with the
//! bonus for documents that are close in time, in whole days, so that it stays the same during a day.
//!
//! The browser evaluates typed words in the same way (`site/assets/search/typed.js`).

mod looked_up;
mod word;

use std::{cmp::Reverse, collections::HashSet};

use super::{
    find::Corrections,
    similar::{ComparedDraft, DocumentSet, DraftTerm, PropertyKind, error_terms},
    texts::typed_names,
};
use crate::index::{
    IndexError, Needle, TextPattern, needles, rarity,
    tokens::{TokenKind, is_function_word},
};

pub(super) use looked_up::{LookedUp, TypedHit};

/// The maximum number of words of a pasted text that are looked up.
const MOST_WORDS_OF_TEXT: usize = 24;

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
        for name in self.name.as_deref().map(typed_names).unwrap_or_default() {
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
}

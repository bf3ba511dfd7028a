//! The reasons why a document is similar to a draft, as they are shown to people.
//!
//! A reason names what distinguishes the two from other documents: the line of an error, rare words, the service, the
//! version. A word that many documents have explains nothing.

use std::{cmp::Reverse, fmt};

use serde::{Deserialize, Serialize};

use super::{DraftProperty, DraftTerm, ExactTerm, PropertyKind};
use crate::index::tokens::is_function_word;

/// The maximum number of words that are listed.
const MOST_WORDS: usize = 6;

/// The maximum number of services, versions, fields and tags that are listed.
const MOST_FACTS: usize = 3;

/// The maximum number of words that are listed if all shared words are common.
const FEWEST_WORDS: usize = 2;

/// A word is rare if its rarity is at least this share of the rarity of a word that a single document has. Of 10,000
/// documents, at most 220 have a rare word; of 100 documents, at most 15.
const RARE: f64 = 0.4;

/// Words that tickets have whatever they are about. In a small collection, they are not frequent enough to be recognised.
const EMPTY_WORDS: [&str; 20] = [
    "all",
    "bug",
    "bugs",
    "cannot",
    "error",
    "errors",
    "fail",
    "failed",
    "fails",
    "help",
    "issue",
    "issues",
    "please",
    "problem",
    "problems",
    "question",
    "questions",
    "work",
    "working",
    "works",
];

/// A shared property; formatted as `timeout` or `same service billing`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum Reason {
    /// A word, as the draft writes it.
    Word(String),
    /// A service, a tag, a field or an error: `service billing`.
    Same(String),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => f.write_str(word),
            Self::Same(what) => write!(f, "same {what}"),
        }
    }
}

/// The properties that a draft and a document share, the most significant first.
#[derive(Default)]
pub(in crate::search) struct SharedProperties<'a> {
    errors: Vec<&'a ExactTerm>,
    /// Words with their rarity.
    words: Vec<(&'a DraftTerm, u32)>,
    /// Services, tags and fields with their rarity.
    facts: Vec<(&'a ExactTerm, u32)>,
}

impl<'a> SharedProperties<'a> {
    /// Collects properties, the most significant first, with the rarity of each.
    pub(in crate::search) fn of(properties: impl Iterator<Item = (DraftProperty<'a>, u32)>) -> Self {
        let mut shared = Self::default();
        for (property, rarity) in properties {
            match property {
                DraftProperty::Word(term) => shared.words.push((term, rarity)),
                DraftProperty::Exact(error) if error.kind == PropertyKind::Error => shared.errors.push(error),
                DraftProperty::Exact(fact) => shared.facts.push((fact, rarity)),
            }
        }
        shared
    }

    /// Returns whether a single property is shared, or none. It is not enough for a suggestion, however rare it is.
    pub(in crate::search) fn is_single(&self) -> bool {
        self.errors.len().min(1) + without_parts(self.words.clone()).len() + self.facts.len() < 2
    }

    /// Returns the reasons: an error, then identifiers and words as the draft writes them, then service, version and others.
    /// `rarest` is the rarity of a word that a single document has, or 0 in a small collection, in which no word is common.
    pub(in crate::search) fn reasons(&self, rarest: u32) -> Vec<Reason> {
        let is_rare = |rarity: u32| f64::from(rarity) >= RARE * f64::from(rarest);
        // The line of an error, which has a second space, says more than a function of its stack trace.
        let is_line = |error: &&&ExactTerm| error.description.matches(' ').nth(1).is_some();
        let error = self.errors.iter().find(is_line).or(self.errors.first()).copied();
        let facts = self.named_facts(is_rare);
        let is_named =
            |word: &DraftTerm| error.into_iter().chain(facts.iter().copied()).any(|one| says(one, word));
        let mut words = self.words.clone();
        words.retain(|(word, _)| !is_named(word));
        let mut words = without_parts(words);
        let says_much = |(word, rarity): &(&DraftTerm, u32)| is_rare(*rarity) && !is_empty(&word.surface);
        if words.iter().any(says_much) || error.is_some() {
            words.retain(says_much);
        } else {
            words.sort_by_key(|(word, rarity)| (is_empty(&word.surface), Reverse(*rarity)));
            words.truncate(FEWEST_WORDS);
            words.retain(|(word, _)| facts.is_empty() || !is_empty(&word.surface));
        }
        words.sort_by_key(|(word, _)| !is_identifier(&word.surface));
        let same = |exact: &ExactTerm| Reason::Same(exact.description.clone());
        let words = words.into_iter().take(MOST_WORDS).map(|(word, _)| Reason::Word(word.surface.clone()));
        error.map(same).into_iter().chain(words).chain(facts.into_iter().map(same)).collect()
    }

    /// Returns the service, the version and rare fields and tags, in this order.
    fn named_facts(&self, is_rare: impl Fn(u32) -> bool) -> Vec<&'a ExactTerm> {
        let order = |fact: &ExactTerm, rarity: u32| match fact.kind {
            PropertyKind::Service => Some(0),
            _ if fact.is_version() => Some(1),
            _ => is_rare(rarity).then_some(2),
        };
        let facts = self.facts.iter().filter_map(|(fact, rarity)| Some((order(fact, *rarity)?, *fact)));
        let mut facts: Vec<(u8, &ExactTerm)> = facts.collect();
        facts.sort_by_key(|(order, _)| *order);
        facts.into_iter().take(MOST_FACTS).map(|(_, fact)| fact).collect()
    }
}

/// Returns whether the description of `one` says a word of the draft: an error has it in its message, others have it as
/// their value, or as a part of their value if the draft says it nowhere else.
fn says(one: &ExactTerm, word: &DraftTerm) -> bool {
    let (description, surface) = (one.description.to_lowercase(), word.surface.to_lowercase());
    let value = description.split_once(' ').map(|(_, value)| value).unwrap_or_default();
    let is_part_enough = one.kind == PropertyKind::Error || !word.in_prose;
    if is_part_enough { value.contains(&surface) } else { value == surface }
}

/// Removes words that are part of another one.
fn without_parts(mut words: Vec<(&DraftTerm, u32)>) -> Vec<(&DraftTerm, u32)> {
    let lower: Vec<String> = words.iter().map(|(word, _)| word.surface.to_lowercase()).collect();
    let is_part = |word: &str| lower.iter().any(|other| other.len() > word.len() && other.contains(word));
    let mut at = lower.iter();
    words.retain(|_| at.next().is_some_and(|word| !is_part(word)));
    words
}

/// Returns whether a word is the name of something in a program: `ERR_RESET`, `acme.Export`, `x86`, but not `sign-in`.
fn is_identifier(word: &str) -> bool {
    let has = |test: fn(char) -> bool| word.chars().any(test);
    has(|c| !c.is_alphanumeric() && c != '-') || has(char::is_numeric) && has(char::is_alphabetic)
}

/// Returns whether a word says nothing about a problem.
pub(crate) fn is_empty(word: &str) -> bool {
    let lower = word.to_lowercase();
    let is_short_number = word.len() < 3 && word.bytes().all(|b| b.is_ascii_digit());
    is_short_number || is_function_word(&lower) || EMPTY_WORDS.binary_search(&&*lower).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{index::tokens::TokenKind, search::similar::DraftTerm};

    /// Returns the reasons for shared words with their rarities, of which 100 is the greatest.
    fn reasons(words: &[(&str, u32)]) -> Vec<String> {
        let term = |word: &str| DraftTerm {
            surface: word.to_owned(),
            weight: 1.0,
            in_title: true,
            in_prose: true,
            in_error: false,
            kind: TokenKind::Word,
        };
        let terms: Vec<(DraftTerm, u32)> = words.iter().map(|(word, rarity)| (term(word), *rarity)).collect();
        let shared =
            SharedProperties::of(terms.iter().map(|(term, rarity)| (DraftProperty::Word(term), *rarity)));
        shared.reasons(100).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn common_words_are_no_reason_beside_rare_ones() {
        assert_eq!(reasons(&[("button", 10), ("quota", 60), ("page", 39)]), ["quota"]);
    }

    #[test]
    fn the_two_rarest_words_are_named_if_all_are_common() {
        assert_eq!(reasons(&[("window", 10), ("page", 30), ("button", 20)]), ["page", "button"]);
    }

    #[test]
    fn identifiers_come_first_and_short_numbers_are_left_out() {
        let words = [("stops", 90), ("10", 90), ("sign-in", 90), ("404", 80), ("ERR_RESET", 70), ("x86", 70)];
        assert_eq!(reasons(&words), ["ERR_RESET", "x86", "stops", "sign-in", "404"]);
    }

    #[test]
    fn words_that_say_nothing_are_no_reasons_even_in_a_small_repository() {
        assert!(EMPTY_WORDS.is_sorted_by(|a, b| a < b));
        assert_eq!(reasons(&[("Error", 90), ("All", 90), ("quota", 90), ("cannot", 90)]), ["quota"]);
        assert_eq!(reasons(&[("Error", 90), ("page", 30)]), ["page", "Error"]);
    }

    #[test]
    fn function_words_and_parts_of_longer_words_are_no_reasons() {
        assert_eq!(reasons(&[("it", 90), ("On", 90), ("openFile", 80), ("File", 70)]), ["openFile"]);
    }
}

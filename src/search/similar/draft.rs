//! The terms of a draft and their weights.

use std::collections::BTreeMap;

use foldhash::HashMap;

use super::{ExactTerm, signature::is_error};
use crate::{
    index::tokens::{self, TokenKind, is_significant},
    text::Time,
};

/// The maximum number of different terms of a draft. A text with more terms is a log.
const MOST_TERMS: usize = 1_000;

/// The maximum number of bytes of a draft's text that are read.
const MOST_BYTES: usize = 256 * 1024;

/// The weight of a mention in the title.
const TITLE: f64 = 10.0;
/// The weight of a mention in an error message.
const ERROR: f64 = 3.0;
/// The weight of a mention elsewhere in the text.
const TEXT: f64 = 2.0;
/// The weight of a mention in a field.
const FACT: f64 = 2.0;

/// The sum of mentions at which a term has half of the maximum weight. The weight is limited, because the tenth mention
/// says little more than the third.
const HALF: f64 = 12.0;

/// The weight of a word that occurs once, in the title.
pub(in crate::search) const WORD_WEIGHT: f64 = TITLE / (TITLE + HALF);

/// The effect of a text's length on the weight of its words, from 0 to 1, and the usual length in words.
const LENGTH: (f64, f64) = (0.4, 100.0);

/// The weight of a part of a name, compared with a word.
const PART: f64 = 0.5;
/// The weight of a whole identifier, compared with a word.
const WHOLE: f64 = 0.7;

/// The text to compare: a draft, or a ticket without its replies.
#[derive(Clone, Copy, Debug, Default)]
pub struct ComparedDraft<'a> {
    pub title: &'a str,
    pub body: &'a str,
    /// The service, tags and other fields, in any order.
    pub facts: &'a str,
    /// The exact terms, such as the service and errors.
    pub exact: &'a [ExactTerm],
    /// The time of the draft or question. Without one, closeness in time is ignored.
    pub created: Option<Time>,
}

/// A term of a draft.
#[derive(Clone, Debug)]
pub(in crate::search) struct DraftTerm {
    /// The spelling in the draft.
    pub surface: String,
    /// The importance of the term for the draft, from 0 to 1.
    pub weight: f64,
    pub in_title: bool,
    /// Whether the term is in the title or the text.
    pub in_prose: bool,
    /// Whether the term is in an error message.
    pub in_error: bool,
    /// The kind of the term's first mention.
    pub kind: TokenKind,
}

/// The number of mentions of a term by place.
struct Mentions<'a> {
    surface: &'a str,
    kind: TokenKind,
    title: u32,
    text: u32,
    errors: u32,
    facts: u32,
}

/// Returns the number of mentions in one place.
type MentionCount = for<'m, 'a> fn(&'m mut Mentions<'a>) -> &'m mut u32;

impl<'a> ComparedDraft<'a> {
    /// Returns the terms of the draft with their weights.
    pub(in crate::search) fn terms(&self) -> BTreeMap<String, DraftTerm> {
        let mut found: HashMap<String, Mentions<'_>> = HashMap::default();
        let mut words = 0_u32;
        let mut scan = |text: &'a str, count: MentionCount, is_text: bool| {
            tokens::scan(text, |token| {
                words += u32::from(is_text && token.kind == TokenKind::Word);
                if !is_significant(&token) {
                    return;
                }
                let term = token.term();
                if let Some(known) = found.get_mut(&*term) {
                    *count(known) += 1;
                } else if found.len() < MOST_TERMS {
                    let surface = text.get(token.span.clone()).unwrap_or_default();
                    let mut new =
                        Mentions { surface, kind: token.kind, title: 0, text: 0, errors: 0, facts: 0 };
                    *count(&mut new) += 1;
                    found.insert(term.into_owned(), new);
                }
            });
        };
        scan(self.title, |mentions| &mut mentions.title, false);
        scan(self.facts, |mentions| &mut mentions.facts, false);
        let body = &self.body[..self.body.floor_char_boundary(MOST_BYTES)];
        for line in body.lines() {
            let count: MentionCount = match is_error(line) {
                true => |mentions| &mut mentions.errors,
                false => |mentions| &mut mentions.text,
            };
            scan(line, count, true);
        }
        let length = 1.0 - LENGTH.0 + LENGTH.0 * f64::from(words) / LENGTH.1;
        let term = |(term, mentions): (String, Mentions<'_>)| {
            let text = TEXT * f64::from(mentions.text) + ERROR * f64::from(mentions.errors);
            let sum = TITLE * f64::from(mentions.title) + text / length + FACT * f64::from(mentions.facts);
            let kind = match mentions.kind {
                TokenKind::Part => PART,
                TokenKind::Whole => WHOLE,
                TokenKind::Word | TokenKind::Char | TokenKind::Pair | TokenKind::Joined => 1.0,
            };
            let in_prose = mentions.title + mentions.text + mentions.errors > 0;
            let weight = kind * sum / (sum + HALF);
            let new = DraftTerm {
                surface: mentions.surface.to_owned(),
                weight,
                in_title: mentions.title > 0,
                in_prose,
                in_error: mentions.errors > 0,
                kind: mentions.kind,
            };
            (term, new)
        };
        found.into_iter().map(term).collect()
    }
}

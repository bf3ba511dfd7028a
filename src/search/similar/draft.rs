//! What a draft asks for: its terms, and how much it is about each.

use std::collections::{BTreeMap, HashSet};

use super::{Exact, signature::is_error, words::is_function_word};
use crate::{
    index::tokens::{self, Token, TokenKind},
    text::Time,
};

/// How many different terms of a draft are considered; a longer one is a log.
const CONSIDERED: usize = 1_000;

/// How much of a draft's text is looked at, in bytes.
const LOOKED_AT: usize = 256 * 1024;

/// What a term weighs where it stands: in the title, in an error's message, elsewhere in the text, in a field.
const TITLE: f64 = 10.0;
const ERROR: f64 = 3.0;
const TEXT: f64 = 2.0;
const FACT: f64 = 2.0;

/// The tenth mention says little more than the third: a weight of so much counts half of what it ever can.
const HALF: f64 = 12.0;

/// How much a long text weakens each of its words, and the length in words that counts as usual.
const LENGTH: (f64, f64) = (0.4, 100.0);

/// What a part of a name and a whole identifier weigh beside a word.
const PART: f64 = 0.5;
const WHOLE: f64 = 0.7;

/// What is to be compared: a draft, or a ticket without its replies.
#[derive(Clone, Copy, Debug, Default)]
pub struct Draft<'a> {
    /// Its title.
    pub title: &'a str,
    /// Its text.
    pub body: &'a str,
    /// Its service, tags and other fields, in any order.
    pub facts: &'a str,
    /// What it may have in common with others beside words.
    pub exact: &'a [Exact],
    /// When it was written, or is asked; without one, nearness in time counts for nothing.
    pub created: Option<Time>,
}

/// A term of a draft.
#[derive(Clone, Debug, Default)]
pub(in crate::search) struct Term {
    /// As the draft writes it.
    pub surface: String,
    /// How much the draft is about it, from 0 to 1.
    pub weight: f64,
    /// Whether it is in the title.
    pub in_title: bool,
    /// Whether it is in the title or the text.
    pub is_said: bool,
}

/// Where a term stands how often.
struct Mentions {
    surface: String,
    kind: TokenKind,
    title: u32,
    text: u32,
    errors: u32,
    facts: u32,
}

impl Draft<'_> {
    /// Its terms, each with what it weighs.
    pub(in crate::search) fn terms(&self) -> BTreeMap<String, Term> {
        let mut found: BTreeMap<String, Mentions> = BTreeMap::new();
        let mut words = 0_u32;
        let mut scan = |text: &str, count: fn(&mut Mentions) -> &mut u32, is_text: bool| {
            tokens::scan(text, |token| {
                words += u32::from(is_text && token.kind == TokenKind::Word);
                if says_nothing(&token) {
                    return;
                }
                let term = token.term();
                if let Some(known) = found.get_mut(&*term) {
                    *count(known) += 1;
                } else if found.len() < CONSIDERED {
                    let surface = text.get(token.span.clone()).unwrap_or_default().to_owned();
                    let mut new =
                        Mentions { surface, kind: token.kind, title: 0, text: 0, errors: 0, facts: 0 };
                    *count(&mut new) += 1;
                    found.insert(term.into_owned(), new);
                }
            });
        };
        scan(self.title, |mentions| &mut mentions.title, false);
        scan(self.facts, |mentions| &mut mentions.facts, false);
        let body = &self.body[..self.body.floor_char_boundary(LOOKED_AT)];
        for line in body.lines() {
            let count: fn(&mut Mentions) -> &mut u32 = match is_error(line) {
                true => |mentions| &mut mentions.errors,
                false => |mentions| &mut mentions.text,
            };
            scan(line, count, true);
        }
        let length = 1.0 - LENGTH.0 + LENGTH.0 * f64::from(words) / LENGTH.1;
        let term = |(term, mentions): (String, Mentions)| {
            let text = TEXT * f64::from(mentions.text) + ERROR * f64::from(mentions.errors);
            let sum = TITLE * f64::from(mentions.title) + text / length + FACT * f64::from(mentions.facts);
            let kind = match mentions.kind {
                TokenKind::Part => PART,
                TokenKind::Whole => WHOLE,
                TokenKind::Word | TokenKind::Char | TokenKind::Pair => 1.0,
            };
            let is_said = mentions.title + mentions.text + mentions.errors > 0;
            let weight = kind * sum / (sum + HALF);
            (term, Term { surface: mentions.surface, weight, in_title: mentions.title > 0, is_said })
        };
        found.into_iter().map(term).collect()
    }
}

/// The terms of a title that say something.
pub(in crate::search) fn title_terms(title: &str) -> HashSet<String> {
    let mut found = HashSet::new();
    tokens::scan(title, |token| {
        if !says_nothing(&token) {
            found.insert(token.term().into_owned());
        }
    });
    found
}

fn says_nothing(token: &Token<'_>) -> bool {
    token.surface.chars().nth(1).is_none()
        || token.surface.bytes().all(|b| b == b'0')
        || token.kind == TokenKind::Word && is_function_word(token.surface)
}

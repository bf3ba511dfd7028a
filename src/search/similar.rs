//! Documents that are like a draft.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use super::find::{Hit, rank};
use super::index::{Fields, Index, IndexError};
use super::tokens::{self, Kind, Token};

/// How many of a draft's terms are asked for.
const ASKED: usize = 24;

/// How many different terms of a draft are considered; a longer one is a log.
const CONSIDERED: usize = 1_000;

/// What a document must have of all that was asked for, in thousandths, to be shown to somebody who did not ask.
pub(super) const STRONG: u32 = 300;

/// English words that hold a sentence together. A search finds them, but a draft is not about them, which a collection
/// of a few tickets is too small to tell.
const FUNCTION_WORDS: [&str; 84] = [
    "a", "about", "also", "am", "an", "and", "any", "are", "as", "at", "be", "because", "been", "being",
    "but", "by", "can", "could", "did", "do", "does", "for", "from", "get", "had", "has", "have", "he",
    "her", "his", "how", "i", "if", "in", "into", "is", "it", "its", "just", "me", "my", "no", "not", "of",
    "on", "or", "our", "she", "should", "so", "some", "such", "than", "that", "the", "their", "them", "then",
    "there", "these", "they", "this", "those", "to", "too", "up", "us", "very", "was", "we", "were", "what",
    "when", "where", "which", "while", "who", "why", "will", "with", "would", "yet", "you", "your",
];

/// What is to be compared: a draft, or a ticket without its replies.
#[derive(Clone, Copy, Debug, Default)]
pub struct Draft<'a> {
    /// Its title.
    pub title: &'a str,
    /// Its text.
    pub body: &'a str,
    /// Its service, tags and other fields, in any order.
    pub facts: &'a str,
}

/// A document like the draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alike {
    /// Its number in the index.
    pub document: u32,
    /// For comparing with others of the same answer.
    pub score: u32,
    /// How much of what the draft says it has, in thousandths.
    pub share: u32,
    /// Whether that is too little to trouble anybody with who did not ask.
    pub weak: bool,
    /// The words that both have, as the draft writes them, the most telling first.
    pub why: Vec<String>,
}

/// A term of the draft.
#[derive(Default)]
struct Asked {
    /// As the draft writes it.
    surface: String,
    /// How much the draft is about it.
    weight: u32,
    in_title: bool,
}

/// The documents that are like `draft`, the likest first. Only those that `allowed` passes are considered.
pub fn similar(
    index: &Index,
    draft: &Draft<'_>,
    allowed: impl Fn(u32) -> bool,
    limit: usize,
) -> Result<Vec<Alike>, IndexError> {
    let mut may_answer = vec![false; index.numbers()];
    for (document, _) in index.documents() {
        may_answer[document as usize] = allowed(document);
    }
    // Each term with its worth, the greatest first.
    let mut asked = Vec::new();
    let mut missing = 0;
    for (term, Asked { surface, weight, in_title }) in terms(draft) {
        let mut postings = index.postings(&term, Fields::ALL)?;
        let common = index.len() > 20 && postings.len() > index.len() / 4;
        let worth = weight * index.rarity(postings.len());
        // What only the draft's own ticket says cannot tell others apart.
        postings.retain(|posting| may_answer[posting.document as usize]);
        if postings.is_empty() && in_title {
            // What a title is about and nothing has makes everything less alike.
            missing += worth;
        } else if !postings.is_empty() && !common {
            asked.push((worth, term, surface, postings));
        }
    }
    asked.sort_by(|a, b| (Reverse(a.0), &a.1).cmp(&(Reverse(b.0), &b.1)));
    asked.truncate(ASKED);
    let possible: u64 =
        255 * asked.iter().map(|(worth, ..)| u64::from(*worth)).chain([u64::from(missing)]).sum::<u64>();
    let mut found: HashMap<u32, (u64, Vec<usize>)> = HashMap::new();
    for (number, (worth, _, _, postings)) in asked.iter().enumerate() {
        for posting in postings {
            let (score, why) = found.entry(posting.document).or_default();
            *score += u64::from(*worth) * u64::from(posting.impact);
            why.push(number);
        }
    }
    // Scores in thousandths of the possible do not depend on how long the draft is; 8 more bits keep the order.
    let mut hits: Vec<Hit> = found
        .iter()
        .map(|(document, (score, _))| {
            let thousandths = (score << 8) * 1_000 / possible.max(1);
            let score = u32::try_from(thousandths).unwrap_or(u32::MAX);
            Hit { document: *document, score }
        })
        .collect();
    rank(index, &mut hits);
    hits.truncate(limit);
    let alike = hits.into_iter().map(|hit| {
        let matched = found.remove(&hit.document).map(|(_, why)| why).unwrap_or_default();
        let why = told(matched.iter().map(|number| asked[*number].2.as_str()));
        let share = hit.score >> 8;
        let weak = share < STRONG || why.len() < 2;
        Alike { document: hit.document, score: hit.score, share, weak, why }
    });
    Ok(alike.collect())
}

/// The words worth telling: none that is a part of another one.
fn told<'a>(words: impl Iterator<Item = &'a str> + Clone) -> Vec<String> {
    let is_part = |word: &str| words.clone().any(|other| other.len() > word.len() && other.contains(word));
    words.clone().filter(|word| !is_part(word)).take(6).map(str::to_owned).collect()
}

/// The terms of a draft with what they weigh there.
fn terms(draft: &Draft<'_>) -> BTreeMap<String, Asked> {
    let mut found: BTreeMap<String, Asked> = BTreeMap::new();
    weigh(draft, |token, surface, weight, in_title| {
        let term = token.term();
        if let Some(asked) = found.get_mut(&*term) {
            asked.weight += weight;
        } else if found.len() < CONSIDERED {
            let surface = surface.to_owned();
            found.insert(term.into_owned(), Asked { surface, weight, in_title });
        }
    });
    for asked in found.values_mut() {
        asked.weight = saturated(asked.weight);
    }
    found
}

/// Hands on each token of a draft that says something, as the draft writes it, with its weight and whether it is of the
/// title.
pub(super) fn weigh<'a>(draft: &Draft<'a>, mut add: impl FnMut(&Token<'_>, &'a str, u32, bool)) {
    let mut scan = |text: &'a str, weight: u32, in_title: bool| {
        tokens::scan(text, |token| {
            let says_nothing = token.kind == Kind::Part
                || token.surface.chars().nth(1).is_none()
                || token.surface.bytes().all(|b| b == b'0')
                || token.kind == Kind::Word && FUNCTION_WORDS.binary_search(&token.surface).is_ok();
            if !says_nothing {
                add(&token, text.get(token.span.clone()).unwrap_or_default(), weight, in_title);
            }
        });
    };
    scan(draft.title, 6, true);
    scan(draft.facts, 2, false);
    for line in draft.body.lines() {
        scan(line, if is_error(line) { 3 } else { 2 }, false);
    }
}

/// The tenth mention says little more than the third.
pub(super) fn saturated(weight: u32) -> u32 {
    64 * weight / (weight + 4)
}

/// Whether a line looks like the message of an error.
fn is_error(line: &str) -> bool {
    const SIGNS: [&str; 8] =
        ["error", "exception", "fatal", "fail", "panic", "traceback", "refused", "timed out"];
    let line = line.to_ascii_lowercase();
    SIGNS.iter().any(|sign| line.contains(sign))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::index::{Field, Head, build};
    use crate::text::Time;

    const BODIES: [(&str, &str); 4] = [
        ("Invoice export times out", "The export stops with ERR_CONN_RESET after 10,000 rows."),
        ("Login page is slow", "The login page takes a minute since yesterday."),
        ("Export of invoices never ends", "It stops with ERR_CONN_RESET and the page is white."),
        ("导出超时", "发票导出任务超时"),
    ];

    fn index() -> Index {
        let head = |number: usize| Head {
            key: format!("t{number}"),
            created: Time::from_seconds(number as i64).unwrap(),
            stamp: number as u64,
        };
        let bytes = build((0..BODIES.len()).map(head).collect(), [0; 32], |head, page| {
            let (title, body) = BODIES[usize::try_from(head.stamp).unwrap()];
            page.add(Field::Title, title);
            page.add(Field::Body, body);
        });
        Index::open(bytes).unwrap()
    }

    fn alike(title: &str, body: &str) -> Vec<Alike> {
        similar(&index(), &Draft { title, body, facts: "" }, |_| true, 10).unwrap()
    }

    #[test]
    fn the_likest_comes_first_and_says_why() {
        let found = alike("Exporting invoices times out", "error: ERR_CONN_RESET");
        assert_eq!(found.iter().map(|alike| alike.document).collect::<Vec<_>>()[..2], [0, 2]);
        assert!(found[0].why.iter().any(|word| word == "ERR_CONN_RESET") && !found[0].weak, "{found:?}");
        assert!(found[0].why.contains(&"invoices".to_owned()), "{found:?}");
        assert_eq!(alike("导出任务超时了", "")[0].document, 3);
    }

    #[test]
    fn a_word_in_common_is_a_weak_match() {
        let found = alike("Printer is out of paper", "It takes a minute to say so.");
        assert!(found.iter().all(|alike| alike.weak), "{found:?}");
        assert_eq!(alike("", ""), []);
        assert_eq!(alike("zebra", "—"), []);
    }

    #[test]
    fn function_words_are_in_order() {
        assert!(FUNCTION_WORDS.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn only_what_is_allowed_is_answered() {
        let draft = Draft { title: "export invoices", ..Draft::default() };
        let found = similar(&index(), &draft, |document| document == 2, 10).unwrap();
        assert_eq!(found.iter().map(|alike| alike.document).collect::<Vec<_>>(), [2]);
        assert_eq!(similar(&index(), &draft, |_| true, 1).unwrap().len(), 1);
    }
}

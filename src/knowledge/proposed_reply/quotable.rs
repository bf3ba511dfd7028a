//! Decides which sentences of an answer say something to somebody else.

use crate::{detectors::title::has_substance, text::count_words};

/// The minimum number of words of a sentence that is quoted alone.
const FEWEST_WORDS: usize = 3;

/// Greetings and thanks, in lower case.
const POLITE: [&str; 14] = [
    "hello", "hi", "hey", "dear", "thanks", "thank", "thx", "regards", "cheers", "sorry", "welcome", "你好",
    "您好", "谢谢",
];
/// The maximum number of words of a sentence that is only polite.
const MOST_POLITE_WORDS: usize = 6;

/// Words about the work on a ticket, in lower case. A short sentence with one of them says where the work stands, and nothing that
/// helps somebody else.
#[rustfmt::skip]
const BOOKKEEPING: [&str; 48] = [
    "merged", "merging", "merge", "verified", "verify", "reopen", "reopened", "reopening", "closing", "closed", "commit",
    "committed", "commits", "pull", "pr", "prs", "duplicate", "duplicates", "reviewed", "review", "attached", "attachment",
    "patch", "patches", "assigned", "assigning", "backlog", "sprint", "ticket", "tickets", "jira", "screenshot", "screenshots",
    "confirmed", "tested", "testing", "reproduce", "reproduced", "branch", "backport", "backported", "milestone", "comment",
    "comments", "labels", "已合并", "已关闭", "已提交",
];
/// The maximum number of words of a sentence that is only about the work.
const MOST_BOOKKEEPING_WORDS: usize = 20;

/// Words of somebody who thinks aloud, in lower case. Such a sentence is about the work of its author.
const PERSONAL: [&str; 8] = ["i", "i'm", "i've", "i'll", "i'd", "me", "my", "im"];

/// Words of lists and code that show how something was tested, or what happened there, in lower case.
#[rustfmt::skip]
const TEST: [&str; 22] = [
    "test", "tests", "tested", "testing", "steps", "reproduce", "verified", "result", "results", "actual", "expected", "log",
    "logs", "output", "error", "errors", "trace", "device", "devices", "pull", "pr", "commit",
];

/// Returns whether a sentence says something to somebody else.
pub(super) fn is_quotable(sentence: &str) -> bool {
    let lower = sentence.to_lowercase();
    let words = count_words(sentence);
    let is_question = sentence.ends_with(['?', '？']);
    let is_only_polite = words <= MOST_POLITE_WORDS && has_any(&lower, &POLITE);
    let is_bookkeeping = words <= MOST_BOOKKEEPING_WORDS && has_any(&lower, &BOOKKEEPING);
    !is_question
        && !is_only_polite
        && !is_bookkeeping
        && !is_personal(&lower)
        && words >= FEWEST_WORDS
        && has_substance(sentence)
}

/// Returns whether a list item, or the sentence before a list or code, can be part of help.
pub(super) fn is_help(text: &str) -> bool {
    let lower = text.to_lowercase();
    !has_any(&lower, &TEST) && !is_personal(&lower)
}

/// Returns whether a text in lower case is of somebody who thinks aloud, or who talks to somebody.
fn is_personal(lower: &str) -> bool {
    let mut words = lower.split(|c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '’' | '@' | '~'));
    words.any(|word| {
        let word = word.replace('’', "'");
        PERSONAL.contains(&word.as_str()) || word.starts_with(['@', '~']) && word.len() > 1
    })
}

/// Returns whether a text in lower case has one of the words of a list.
fn has_any(lower: &str, list: &[&str]) -> bool {
    let mut words = lower.split(|c: char| !c.is_alphanumeric());
    words.any(|word| list.iter().any(|one| word == *one || !one.is_ascii() && word.contains(one)))
}

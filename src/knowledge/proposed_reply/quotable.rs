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

/// Words that say the cause, the fix, the version or what to do, in lower case.
#[rustfmt::skip]
const HELP: [&str; 56] = [
    "added", "allowed", "available", "because", "cause", "caused", "causes", "changed", "deprecated", "designed", "disable",
    "due", "enable", "ensure", "fix", "fixed", "fixes", "if", "instead", "introduced", "limitation", "must", "need", "needs",
    "option", "please", "property", "reason", "release", "released", "remove", "removed", "renamed", "replace", "replaced",
    "require", "required", "requires", "set", "should", "since", "supported", "supports", "try", "unsupported", "update",
    "upgrade", "use", "using", "version", "workaround", "因为", "由于", "原因", "版本", "请",
];

/// Words at the beginning of a sentence that point to what was said before it, in lower case.
#[rustfmt::skip]
const POINTING: [&str; 31] = [
    "this", "that", "these", "those", "it", "its", "it's", "that's", "they", "he", "she", "and", "but", "so", "or", "also", "then",
    "however", "same", "such", "there", "here", "yes", "no", "ok", "okay", "otherwise", "still", "both", "another", "first",
];

/// Words of somebody who says that the problem stays, or who plans work, in lower case.
const OPEN: [&str; 14] = [
    "still",
    "todo",
    "maybe",
    "perhaps",
    "probably",
    "guess",
    "think",
    "wonder",
    "discussed",
    "discussion",
    "meeting",
    "investigate",
    "tomorrow",
    "seems",
];

/// Returns whether a sentence of a conversation, with the command after it, helps somebody who does not know the rest of it.
pub(super) fn helps_alone(text: &str) -> bool {
    // A command may follow the sentence.
    let sentence = text.lines().next().unwrap_or_default();
    let lower = sentence.to_lowercase();
    let first = lower.split_whitespace().next().unwrap_or_default();
    let first = first.trim_matches(|c: char| !c.is_alphanumeric() && c != '\'');
    let is_code = ["==", "&&", "||", "};", "){", ") {", ");", "=>"].iter().any(|sign| lower.contains(sign));
    let is_about_change =
        ["/commit/", "/pull/", "closes #", "pull request"].iter().any(|one| lower.contains(one));
    let is_beginning = sentence.starts_with(|c: char| c.is_uppercase() || !c.is_ascii() || c == '`');
    has_any(&lower, &HELP)
        && !has_any(&lower, &OPEN)
        && !has_any(&lower, &BOOKKEEPING)
        && !POINTING.contains(&first)
        && is_beginning
        && !is_code
        && !is_about_change
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sentences_that_help_without_their_conversation_are_quoted_from_comments() {
        let helpful = [
            "Use `exporter drain` instead.",
            "The queue was full, because nothing empties it.",
            "请使用新版本。",
        ];
        for sentence in helpful {
            assert!(helps_alone(sentence), "{sentence}");
        }
        let useless = [
            "It should use the other queue.",
            "The page is white there.",
            "We discussed the fix in the meeting.",
            "Fixed if (image == nil && name == other) {",
            "Added in https://example.org/team/repo/commit/3f2a9c1",
        ];
        for sentence in useless {
            assert!(!helps_alone(sentence), "{sentence}");
        }
    }
}

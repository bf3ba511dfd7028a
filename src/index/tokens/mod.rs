//! Tokens: the units by which texts are found. The index and the queries use the same tokens.
//!
//! Text is folded (Unicode NFKC, lower case, no accents) and cut into *words*: stretches of letters and digits,
//! reduced to their English stem. In addition to words, a text has these tokens:
//!
//! * the *whole* of an identifier, version or path whose words are joined (`err_conn_reset`, `10.2.0-rc1`), because
//!   it is more specific than its words; for `net::err_conn_reset` also the tightly joined part;
//! * the *parts* of a name in camel case (`bar` and `exception` of `BarException`);
//! * *joined* neighbours: two or three parts of a name in camel case (`nullpointer` of `NullPointerException`) or of a
//!   hyphenated word (`handoff` of `hand-off`);
//! * a name with its signs (`c++`, `c#`, `.net`), which is a whole too;
//! * single characters and *pairs* of neighbours in scripts without spaces (Chinese, Japanese, Korean, Thai…), so
//!   that every part of two or more characters is found without a dictionary.
//!
//! A date and a time that a `T` joins are separate: `2026-03-05T10:15:42Z` has the words of `2026-03-05` and
//! `10:15:42`.
//!
//! There are no stop words, because words such as `not` and `off` are important in logs.

mod class;
mod fold;
mod function_words;
mod humps;
mod moments;
mod scan;

use std::borrow::Cow;
use std::sync::LazyLock;

use frostem::{Algorithm, Stemmer};

use crate::text::Span;

pub(crate) use class::{continues, is_gram, is_word};
pub(crate) use fold::fold;
pub(crate) use function_words::{function_words, is_function_word};
pub use scan::scan;
pub(crate) use scan::{last_stretch, scan_from};

/// The maximum length of a stored word in characters; longer words are cut.
pub(crate) const LONGEST_WORD: usize = 64;

/// The kind of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TokenKind {
    /// A stretch of letters and digits. Only words and [`TokenKind::Char`] increase the position.
    Word,
    /// One character of a script without spaces.
    Char,
    /// Two neighbouring characters of a script without spaces, at the position of the first one.
    Pair,
    /// A word inside a name in camel case, at the position of the name.
    Part,
    /// Neighbouring parts of a name in camel case, or words that hyphens join, written as one word; at the position of
    /// the first one.
    Joined,
    /// Joined words including the characters between them, or a word with its signs; at the position of the first word.
    Whole,
}

/// A token of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    /// The folded text, not reduced to its stem.
    pub surface: &'a str,
    pub kind: TokenKind,
    /// The byte range in the source.
    pub span: Span,
    /// The number of the word that it is or begins with, counted from 0.
    pub position: u32,
}

impl Token<'_> {
    /// Returns the term in the index: the stem of a word, a part or joined words, otherwise the surface.
    pub fn term(&self) -> Cow<'_, str> {
        match self.kind {
            TokenKind::Word | TokenKind::Part | TokenKind::Joined => stem(self.surface),
            TokenKind::Char | TokenKind::Pair | TokenKind::Whole => Cow::Borrowed(self.surface),
        }
    }
}

/// Returns whether a token says what a text is about: not a single character, not zeros, not a function word.
pub(crate) fn is_significant(token: &Token<'_>) -> bool {
    // Joined words say nothing in addition to their parts.
    token.kind != TokenKind::Joined
        && token.surface.chars().nth(1).is_some()
        && !token.surface.bytes().all(|b| b == b'0')
        && !(token.kind == TokenKind::Word && is_function_word(token.surface))
}

/// Returns the English stem of a folded word. Words with other characters than plain letters are unchanged.
pub fn stem(word: &str) -> Cow<'_, str> {
    static ENGLISH: LazyLock<Stemmer> = LazyLock::new(|| Stemmer::new(Algorithm::English));
    if word.len() > 2 && word.bytes().all(|b| b.is_ascii_lowercase()) {
        ENGLISH.stem(word)
    } else {
        Cow::Borrowed(word)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Returns `kind:surface` for every token of `text`, sorted.
    fn tokens(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        scan(text, |token| found.push(format!("{:?}:{}@{}", token.kind, token.surface, token.position)));
        found.sort();
        found
    }

    #[track_caller]
    fn assert_tokens(text: &str, expected: &[&str]) {
        let mut expected: Vec<String> = expected.iter().map(|e| (*e).to_owned()).collect();
        expected.sort();
        assert_eq!(tokens(text), expected);
    }

    #[test]
    fn case_and_accents_do_not_matter() {
        assert_tokens(
            "Zeitüberschreitung beim ＥＸＰＯＲＴ",
            &["Word:zeituberschreitung@0", "Word:beim@1", "Word:export@2"],
        );
        assert_tokens("cafe\u{301} ﬁle straße", &["Word:cafe@0", "Word:file@1", "Word:strasse@2"]);
    }

    #[test]
    fn an_error_code_is_found_whole_and_in_parts() {
        assert_tokens(
            "(ERR_CONN_RESET)",
            &["Word:err@0", "Word:conn@1", "Word:reset@2", "Whole:err_conn_reset@0"],
        );
    }

    #[test]
    fn a_class_name_is_found_whole_and_in_parts() {
        assert_tokens(
            "com.foo.BarException",
            &[
                "Word:com@0",
                "Word:foo@1",
                "Word:barexception@2",
                "Part:bar@2",
                "Part:exception@2",
                "Whole:com.foo.barexception@0",
            ],
        );
        assert_tokens("HTTPServer", &["Word:httpserver@0", "Part:http@0", "Part:server@0"]);
        assert_tokens("iOS", &["Word:ios@0"]);
    }

    #[test]
    fn neighbouring_parts_of_a_class_name_are_also_found_joined() {
        let expected = [
            "Word:parsejsonresponse@0",
            "Part:parse@0",
            "Part:json@0",
            "Part:response@0",
            "Joined:parsejson@0",
            "Joined:jsonresponse@0",
        ];
        assert_tokens("parseJSONResponse", &expected);
        let expected = [
            "Word:httpserver2fix@0",
            "Part:http@0",
            "Part:server@0",
            "Part:fix@0",
            "Joined:httpserver@0",
            "Joined:httpserver2@0",
            "Joined:server2@0",
            "Joined:server2fix@0",
        ];
        assert_tokens("HTTPServer2Fix", &expected);
        assert_tokens("server2fix", &["Word:server2fix@0"]);
        let long = "AbCdEfGhIjKlMnOpQrStUvWxYz";
        assert_tokens(long, &[&format!("Word:{}@0", long.to_lowercase())]);
    }

    #[test]
    fn a_hyphenated_word_is_also_found_as_one_word() {
        let expected = ["Word:hand@0", "Word:off@1", "Whole:hand-off@0", "Joined:handoff@0"];
        assert_tokens("Hand-off", &expected);
        assert_tokens("hand\u{2011}off", &expected);
        assert_tokens(
            "a/re-open-it.md",
            &[
                "Word:a@0",
                "Word:re@1",
                "Word:open@2",
                "Word:it@3",
                "Word:md@4",
                "Joined:reopen@1",
                "Joined:openit@2",
                "Joined:reopenit@1",
                "Whole:a/re-open-it.md@0",
                "Whole:re-open-it.md@1",
            ],
        );
        let mut kinds = Vec::new();
        scan("invoice-export-times-out-yq59d4 10-20", |token| kinds.push(token.kind));
        assert!(!kinds.contains(&TokenKind::Joined), "ids and numbers are not joined");
    }

    #[test]
    fn signs_belong_to_a_name() {
        assert_tokens("C++.", &["Word:c@0", "Whole:c++@0"]);
        assert_tokens("(C#语", &["Word:c@0", "Whole:c#@0", "Char:语@1"]);
        assert_tokens("Notepad++11", &["Word:notepad@0", "Whole:notepad++@0", "Word:11@1"]);
        assert_tokens("Foo#bar 1++ a+++", &["Word:foo@0", "Word:bar@1", "Word:1@2", "Word:a@3"]);
        assert_tokens(
            "Canal+ Ctrl+C C+",
            &["Word:canal@0", "Whole:canal+@0", "Word:ctrl@1", "Word:c@2", "Word:c@3"],
        );
        assert_tokens(".NET", &["Word:net@0", "Whole:.net@0"]);
        assert_tokens(
            "/x/.env .5 ...a",
            &["Word:x@0", "Word:env@1", "Whole:.env@1", "Whole:x/.env@0", "Word:5@2", "Word:a@3"],
        );
    }

    #[test]
    fn a_date_and_a_time_are_separate() {
        let day = ["Word:2026@0", "Word:03@1", "Word:05@2", "Whole:2026-03-05@0"];
        let time = ["Word:10@3", "Word:15@4", "Word:42@5"];
        assert_tokens("2026-03-05T10:15:42Z", &[&day[..], &time, &["Whole:10:15:42@3"]].concat());
        let fraction = ["Word:123@6", "Whole:10:15:42.123@3", "Whole:42.123@5"];
        assert_tokens("2026-03-05T10:15:42.123Z", &[&day[..], &time, &fraction].concat());
        assert_tokens("10:15Z", &["Word:10@0", "Word:15@1", "Whole:10:15@0"]);
        assert_tokens("2026-03-05T10-15-42Z", &[&day[..], &time, &["Whole:10-15-42@3"]].concat());
        assert_tokens("20260305T101542Z", &["Word:20260305@0", "Word:101542@1"]);
        assert_tokens("2026/03/05", &["Word:2026@0", "Word:03@1", "Word:05@2", "Whole:2026/03/05@0"]);
        assert_tokens("a1t10 05z", &["Word:a1t10@0", "Word:05z@1"]);
    }

    #[test]
    fn a_version_is_found_with_and_without_its_v() {
        let expected = ["Word:10@0", "Word:2@1", "Word:0@2", "Word:rc1@3", "Whole:10.2.0-rc1@0"];
        assert_tokens("10.2.0-rc1", &expected);
        assert_tokens("v10.2.0-rc1.", &expected);
        assert_tokens("v2", &["Word:v2@0"]);
    }

    #[test]
    fn a_path_is_found_whole_and_in_parts() {
        assert_tokens(
            "/var/log/app.log:",
            &[
                "Word:var@0",
                "Word:log@1",
                "Word:app@2",
                "Word:log@3",
                "Whole:var/log/app.log@0",
                "Whole:app.log@2",
            ],
        );
        assert_tokens(
            "net::ERR_CONN:",
            &["Word:net@0", "Word:err@1", "Word:conn@2", "Whole:net::err_conn@0", "Whole:err_conn@1"],
        );
        assert_tokens("a_b/c", &["Word:a@0", "Word:b@1", "Word:c@2", "Whole:a_b/c@0", "Whole:a_b@0"]);
        assert_tokens("a.b:导", &["Word:a@0", "Word:b@1", "Whole:a.b@0", "Char:导@2"]);
        assert_tokens("std::vec", &["Word:std@0", "Word:vec@1", "Whole:std::vec@0"]);
    }

    #[test]
    fn punctuation_in_prose_does_not_join_words() {
        assert_tokens("wait...what--now", &["Word:wait@0", "Word:what@1", "Word:now@2"]);
        assert_tokens("the user's disk", &["Word:the@0", "Word:user@1", "Word:disk@2"]);
    }

    #[test]
    fn chinese_is_found_by_characters_and_pairs() {
        assert_tokens(
            "导出PDF超时",
            &["Char:导@0", "Char:出@1", "Pair:导出@0", "Word:pdf@2", "Char:超@3", "Char:时@4", "Pair:超时@3"],
        );
    }

    #[test]
    fn spans_refer_to_the_source() {
        let text = "— Ünïcode 导出 ﬁle";
        let mut spans = Vec::new();
        scan(text, |token| spans.push(&text[token.span]));
        assert_eq!(spans, ["Ünïcode", "导", "导出", "出", "ﬁle"]);
    }

    #[test]
    fn words_are_reduced_to_english_stems() {
        for (word, expected) in [
            ("exporting", "export"),
            ("exports", "export"),
            ("retries", "retri"),
            ("rc1", "rc1"),
            ("导出", "导出"),
        ] {
            assert_eq!(stem(word), expected);
        }
    }

    proptest! {
        #![proptest_config(crate::trials::trials(256))]

        #[test]
        fn spans_contain_whole_characters_and_positions_never_decrease(text in "\\PC{0,60}|[ -~é导ｶﾞ\u{301}\u{200d}]{0,40}") {
            let mut last = 0;
            scan(&text, |token| {
                assert!(text.get(token.span.clone()).is_some(), "{:?} of {text:?}", token.span);
                assert!(!token.surface.is_empty() && !token.span.is_empty());
                if matches!(token.kind, TokenKind::Word | TokenKind::Char) {
                    assert!(token.position >= last);
                    last = token.position;
                }
            });
        }

        #[test]
        fn a_text_in_capital_letters_has_the_same_words(text in "[a-z0-9 ._é导-]{0,40}") {
            let words = |text: &str| {
                let mut words = Vec::new();
                scan(text, |token| {
                    if token.kind != TokenKind::Part {
                        words.push((token.surface.to_owned(), token.kind, token.position));
                    }
                });
                words
            };
            prop_assert_eq!(words(&text), words(&text.to_uppercase()));
        }
    }
}

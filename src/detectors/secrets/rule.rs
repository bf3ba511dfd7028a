//! The rules that define the form of each secret, parsed from `secrets.yml`.

use std::sync::OnceLock;

use regex::Regex;
use serde::Deserialize;

use super::placeholder::is_placeholder;
use crate::text::Span;

const RULES: &str = include_str!("../secrets.yml");

/// The form of one type of secret.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecretRule {
    /// The stable name in kebab case.
    pub id: String,
    /// The name for messages: `GitHub token`.
    pub name: String,
    /// The page that documents the form.
    #[cfg_attr(not(test), expect(dead_code, reason = "a test asks each rule for it"))]
    source: String,
    pub(super) keywords: Vec<String>,
    #[serde(rename = "regex")]
    pattern: String,
    /// The minimum entropy in bits per character.
    #[serde(default)]
    entropy: f64,
    /// True if a secret contains both letters and digits.
    #[serde(default)]
    mixed: bool,
    /// Beginnings of values that are public by design.
    #[serde(default)]
    known: Vec<String>,
    // The examples are split, so that other scanners do not report the file.
    #[cfg_attr(not(test), expect(dead_code, reason = "the tests try each rule with its example"))]
    example: Vec<String>,
    #[cfg_attr(not(test), expect(dead_code, reason = "the tests try each rule with its example"))]
    counter_example: Vec<String>,
    /// The expression, compiled when a text contains one of the keywords, because most rules are never used.
    #[serde(skip)]
    compiled: OnceLock<Regex>,
}

impl SecretRule {
    /// Returns all rules; specific rules come before general ones.
    #[expect(clippy::expect_used, reason = "the file is part of the program, and a test reads it")]
    pub(super) fn all() -> Vec<Self> {
        serde_yaml::from_str(RULES).expect("src/detectors/secrets.yml is well-formed")
    }

    /// Returns a text with a made-up secret that the rule finds.
    #[cfg(test)]
    pub(crate) fn example(&self) -> String {
        self.example.concat()
    }

    /// Returns a similar text without a secret.
    #[cfg(test)]
    pub(crate) fn counter_example(&self) -> String {
        self.counter_example.concat()
    }

    #[expect(
        clippy::expect_used,
        reason = "the expressions are part of the program, and a test compiles each"
    )]
    pub(super) fn regex(&self) -> &Regex {
        self.compiled.get_or_init(|| Regex::new(&self.pattern).expect("an expression of secrets.yml"))
    }

    /// Returns true if `span` of `text` is a secret: it is not part of a longer word, it is random enough, and it
    /// is neither a placeholder nor public by design. `whole` is the match of the expression, which contains
    /// `span`.
    pub(super) fn accepts(&self, text: &str, whole: &Span, span: &Span) -> bool {
        let secret = &text[span.clone()];
        is_separate(text.as_bytes(), whole, span)
            && (!self.mixed || is_mixed(secret))
            && entropy(secret) >= self.entropy
            && !self.known.iter().any(|known| secret.starts_with(known))
            && !is_placeholder(secret)
    }
}

/// Returns true if no word continues across the ends of `span`. The text before `span` in `whole` may be the end of
/// a longer word: `dbpassword=`.
fn is_separate(bytes: &[u8], whole: &Span, span: &Span) -> bool {
    let is_word = |index: usize| bytes.get(index).is_some_and(u8::is_ascii_alphanumeric);
    let before =
        whole.start == span.start && span.start.checked_sub(1).is_some_and(is_word) && is_word(span.start);
    let after = span.end.checked_sub(1).is_some_and(is_word) && is_word(span.end);
    !before && !after
}

fn is_mixed(text: &str) -> bool {
    text.bytes().any(|b| b.is_ascii_digit()) && text.bytes().any(|b| b.is_ascii_alphabetic())
}

/// Returns the Shannon entropy in bits per byte: 0 for `aaaa`, at most 4 for hexadecimal digits and 6 for Base64.
#[expect(clippy::cast_precision_loss, reason = "lengths of secrets are far below 2^52")]
fn entropy(text: &str) -> f64 {
    let mut counts = [0_usize; 256];
    text.bytes().for_each(|b| counts[usize::from(b)] += 1);
    let total = text.len() as f64;
    counts.iter().filter(|count| **count > 0).map(|count| *count as f64 / total).map(|p| -p * p.log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_text_has_more_entropy_than_words() {
        assert!(entropy("aaaa") < 0.01);
        assert!(entropy("2bbf5c4a965e648cb64eee382e9f9732") > 3.3);
        assert!(entropy("3AzIQ8O4qvGSxRBcMO") > 3.9);
    }

    #[test]
    fn every_rule_has_a_source_and_a_keyword_that_occurs_in_its_example() {
        let mut ids = Vec::new();
        for rule in SecretRule::all() {
            assert!(rule.source.starts_with("https://") && !rule.name.is_empty(), "{}", rule.id);
            let example = rule.example().to_lowercase();
            assert!(rule.keywords.iter().any(|word| example.contains(&word.to_lowercase())), "{}", rule.id);
            ids.push(rule.id);
        }
        let count = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), count, "two rules have the same id");
    }
}

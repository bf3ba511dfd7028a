//! The rules that say what a secret looks like, read from `secrets.yml`.

use std::sync::OnceLock;

use regex::Regex;
use serde::Deserialize;

use super::placeholder::is_placeholder;
use crate::text::Span;

const RULES: &str = include_str!("../secrets.yml");

/// What one kind of secret looks like.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecretRule {
    /// Stable name, kebab-case.
    pub id: String,
    /// What it is, as it stands in a sentence: `GitHub token`.
    pub name: String,
    /// The page that documents the form.
    #[cfg_attr(not(test), expect(dead_code, reason = "a test asks each rule for it"))]
    source: String,
    pub(super) keywords: Vec<String>,
    #[serde(rename = "regex")]
    pattern: String,
    /// Least entropy in bits a character.
    #[serde(default)]
    entropy: f64,
    /// Whether the value needs both letters and digits.
    #[serde(default)]
    mixed: bool,
    /// Beginnings of values that are public by design.
    #[serde(default)]
    known: Vec<String>,
    // In pieces, so that the file that holds them looks like no leak to other scanners.
    #[cfg_attr(not(test), expect(dead_code, reason = "the tests try each rule with its example"))]
    example: Vec<String>,
    #[cfg_attr(not(test), expect(dead_code, reason = "the tests try each rule with its example"))]
    counter_example: Vec<String>,
    /// Most rules are never needed, so the expression is compiled when its keyword turns up.
    #[serde(skip)]
    compiled: OnceLock<Regex>,
}

impl SecretRule {
    /// All rules, the more particular ones first.
    #[expect(clippy::expect_used, reason = "the file is part of the program, and a test reads it")]
    pub(super) fn all() -> Vec<Self> {
        serde_yaml::from_str(RULES).expect("src/detectors/secrets.yml is well-formed")
    }

    /// A text with a made-up secret that the rule finds.
    #[cfg(test)]
    pub(crate) fn example(&self) -> String {
        self.example.concat()
    }

    /// A text that looks alike and has no secret.
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

    /// Whether `span` of `text`, inside `whole` that the expression matched, is a secret: it stands alone, is as random as one,
    /// and is neither a placeholder nor public by design.
    pub(super) fn accepts(&self, text: &str, whole: &Span, span: &Span) -> bool {
        let secret = &text[span.clone()];
        stands_alone(text.as_bytes(), whole, span)
            && (!self.mixed || is_mixed(secret))
            && entropy(secret) >= self.entropy
            && !self.known.iter().any(|known| secret.starts_with(known))
            && !is_placeholder(secret)
    }
}

/// Whether the letters and digits at both ends of `span` do not go on outside. What leads to it in `whole` may be the end of a
/// longer word: `dbpassword=`.
fn stands_alone(bytes: &[u8], whole: &Span, span: &Span) -> bool {
    let is_word = |index: usize| bytes.get(index).is_some_and(u8::is_ascii_alphanumeric);
    let before =
        whole.start == span.start && span.start.checked_sub(1).is_some_and(is_word) && is_word(span.start);
    let after = span.end.checked_sub(1).is_some_and(is_word) && is_word(span.end);
    !before && !after
}

fn is_mixed(text: &str) -> bool {
    text.bytes().any(|b| b.is_ascii_digit()) && text.bytes().any(|b| b.is_ascii_alphabetic())
}

/// Shannon entropy in bits a byte: 0 for `aaaa`, 4 at most for hexadecimal digits, 6 for Base64.
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
    fn every_rule_names_its_source_and_keywords_that_its_example_has() {
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
        assert_eq!(ids.len(), count, "an id stands twice");
    }
}

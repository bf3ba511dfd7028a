//! The rules that define the form of each secret: `secrets.yml` and `rules/` are our own, `betterleaks/rules.jsonl` is
//! another project's.

use std::sync::OnceLock;

use regex::bytes::{Captures, Regex, RegexBuilder};
use serde::Deserialize;

use super::{
    base64, parts,
    password::{Introduction, is_password},
    placeholder::is_placeholder,
    words::is_wordlike,
};
use crate::text::Span;

const OWN_RULES: [&str; 7] = [
    include_str!("../secrets.yml"),
    include_str!("rules/vendors.yml"),
    include_str!("rules/addresses.yml"),
    include_str!("rules/settings.yml"),
    include_str!("rules/commands.yml"),
    include_str!("rules/devices.yml"),
    include_str!("rules/sentences.yml"),
];
const BETTERLEAKS_RULES: &str = include_str!("betterleaks/rules.jsonl");

/// Calls `take` with the text of each file of rules.
pub(super) fn each_source(take: impl FnMut(&str)) {
    OWN_RULES.into_iter().chain([BETTERLEAKS_RULES]).for_each(take);
}

/// The limit for a compiled expression in bytes. The largest one needs a quarter of it.
const COMPILED_SIZE: usize = 4 << 20;
/// The distance in bytes before a match at which the name of the secret may begin.
const NAME_BEFORE: usize = 40;

/// The form of one type of secret.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecretRule {
    /// The stable name in kebab case.
    pub id: String,
    /// The name for messages: `GitHub token`.
    pub name: String,
    /// The page that documents the form; empty for the rules of betterleaks.
    #[serde(default)]
    source: String,
    pub(super) keywords: Vec<String>,
    /// The number of bytes from the beginning of a keyword that are searched first. If a match reaches the end, more
    /// text is searched.
    #[serde(default = "usual_reach")]
    pub(super) reach: usize,
    /// An ASCII character that each match contains.
    #[serde(default)]
    contains: Option<char>,
    /// The number of word characters and hyphens in a row that each match contains.
    #[serde(default)]
    run: usize,
    #[serde(rename = "regex")]
    pub(super) pattern: String,
    /// True if the rule finds secrets by what people write before them, so that the other rules come first.
    #[serde(default)]
    pub(super) general: bool,
    /// The minimum entropy in bits per character.
    #[serde(default)]
    pub(super) entropy: f64,
    /// True if a secret contains letters and digits, or scattered capitals.
    #[serde(default)]
    pub(super) mixed: bool,
    /// True if a secret does not consist of words.
    #[serde(default)]
    pub(super) random: bool,
    /// Set if a secret looks like a password: how the text introduces it.
    #[serde(default)]
    password: Option<Introduction>,
    /// True if the characters of a secret are random, so that a `<` or `$` in it is not a variable.
    #[serde(default)]
    pub(super) opaque: bool,
    /// True if the expression finds a cell in the header of a table, and the secrets are in the column below it.
    #[serde(default)]
    pub(super) table: bool,
    /// Beginnings of values that are public by design.
    #[serde(default)]
    pub(super) known: Vec<String>,
    /// An expression for the text before the secret in which the rule does not apply: `token_count: `.
    #[serde(default)]
    pub(super) not_after: Option<String>,
    /// Expressions of which none matches a secret.
    #[serde(default)]
    pub(super) unless: Vec<String>,
    /// Expressions that all match a secret.
    #[serde(default)]
    pub(super) only: Vec<String>,
    /// True if a secret is the Base64 of `user:password`.
    #[serde(default)]
    basic: bool,
    // The examples are split, so that other scanners do not report the file.
    #[serde(default)]
    #[cfg_attr(not(test), expect(dead_code, reason = "the tests try each rule with its example"))]
    example: Vec<String>,
    #[serde(default)]
    #[cfg_attr(not(test), expect(dead_code, reason = "the tests try each rule with its example"))]
    counter_example: Vec<String>,
    /// The expressions, compiled when a text contains one of the keywords, because most rules are never used.
    #[serde(skip)]
    compiled: OnceLock<CompiledRule>,
}

fn usual_reach() -> usize {
    640
}

#[derive(Debug)]
struct CompiledRule {
    regex: Regex,
    not_after: Option<Regex>,
    unless: Vec<Regex>,
    only: Vec<Regex>,
}

impl SecretRule {
    /// Returns all rules; specific rules come before general ones, and our own before those of betterleaks, because
    /// `imports/secrets.baseline` contains their ids.
    #[expect(clippy::expect_used, reason = "the files are part of the program, and a test reads them")]
    pub(super) fn all() -> Vec<Self> {
        let own = OWN_RULES.iter().flat_map(|text| -> Vec<Self> {
            serde_yaml::from_str(text).expect("the files of our own rules are well-formed")
        });
        let mut rules: Vec<Self> = own.collect();
        let others = BETTERLEAKS_RULES.lines().map(serde_json::from_str);
        rules.extend(others.map(|rule| rule.expect("betterleaks/rules.jsonl is well-formed")));
        rules.sort_by_key(|rule: &Self| rule.general);
        rules
    }

    /// Returns true if a form in a browser can apply the rule. It has no tables of the parts of names, and decodes nothing.
    pub(super) fn is_for_browser(&self) -> bool {
        self.password.is_none() && !self.table && !self.basic && !self.pattern.contains("P<host>")
    }

    /// Returns true if this is one of our own rules, which have a source and examples.
    pub(crate) fn is_own(&self) -> bool {
        !self.source.is_empty()
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
    fn compiled(&self) -> &CompiledRule {
        // Like the engine of betterleaks, `\w` and letter case are those of ASCII: their Unicode forms are a hundred
        // times larger.
        let compile = |pattern: &String| {
            let mut builder = RegexBuilder::new(&parts::expand(pattern));
            builder.unicode(false).size_limit(COMPILED_SIZE).build().expect("an expression of the rules")
        };
        self.compiled.get_or_init(|| CompiledRule {
            regex: compile(&self.pattern),
            not_after: self.not_after.as_ref().map(compile),
            unless: self.unless.iter().map(compile).collect(),
            only: self.only.iter().map(compile).collect(),
        })
    }

    /// Returns false if the rule finds nothing in `region` of `text`, which is known without its expression. Most texts
    /// that name a vendor contain no token, and an expression takes a millisecond to compile.
    pub(super) fn can_match(&self, text: &[u8], region: &Span) -> bool {
        let part = &text[region.clone()];
        let has_sign = |sign| u8::try_from(sign).is_ok_and(|sign| part.contains(&sign));
        // A token can continue after the region.
        let ends_inside = region.end < text.len() && part.last().is_some_and(|b| is_token_byte(*b));
        let has_run = || part.split(|b| !is_token_byte(*b)).any(|run| run.len() >= self.run);
        self.contains.is_none_or(has_sign) && (self.run == 0 || ends_inside || has_run())
    }

    pub(super) fn regex(&self) -> &Regex {
        &self.compiled().regex
    }

    /// Returns the byte range of the secret in a match of the expression: the group `secret`, otherwise the first group,
    /// otherwise all of it.
    pub(super) fn secret_in(captures: &Captures<'_>) -> Option<Span> {
        let groups = captures.iter().skip(1).flatten();
        let group = captures.name("secret").or_else(|| groups.into_iter().find(|group| !group.is_empty()));
        group.or_else(|| captures.get(0)).map(|group| group.range())
    }

    /// Returns true if `span` of `text` is a secret: it is not part of a longer word, it is random enough, and it
    /// is neither a placeholder nor public by design. `whole` is the match of the expression, which contains
    /// `span`.
    pub(super) fn accepts(&self, text: &str, whole: &Span, span: &Span) -> bool {
        let Some(secret) = text.get(span.clone()) else { return false };
        let compiled = self.compiled();
        let matches = |regex: &Regex| regex.is_match(secret.as_bytes());
        is_separate(text.as_bytes(), whole, span)
            && (!self.mixed || is_mixed(secret))
            && entropy(secret) >= self.entropy
            && (self.opaque || !is_placeholder(secret))
            && !(self.random && is_wordlike(secret))
            && compiled.only.iter().all(matches)
            && !compiled.unless.iter().any(matches)
            && compiled.not_after.as_ref().is_none_or(|regex| !regex.is_match(before(text, whole, span)))
            && (!self.basic || is_user_and_password(secret))
            && self.password.is_none_or(|introduction| {
                let is_quoted = is_quoted(text.as_bytes(), span);
                is_password(secret, if is_quoted { Introduction::Given } else { introduction })
            })
    }
}

fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// Returns the text before the secret, with the words that lead to it.
fn before<'a>(text: &'a str, whole: &Span, span: &Span) -> &'a [u8] {
    let bytes = text.as_bytes();
    let is_name = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'/');
    let name = bytes[..whole.start].iter().rev().take(NAME_BEFORE).take_while(is_name).count();
    &bytes[whole.start - name..span.start]
}

/// Returns true if a quote or a bracket is before `span`. A quote of another script is not ASCII.
fn is_quoted(bytes: &[u8], span: &Span) -> bool {
    let before = span.start.checked_sub(1).and_then(|at| bytes.get(at));
    before.is_some_and(|byte| matches!(byte, b'"' | b'\'' | b'`' | b'(') || !byte.is_ascii())
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

/// Returns true for letters with digits, and for letters in which capitals are scattered: `NOwToZhDNxNEqu`.
fn is_mixed(text: &str) -> bool {
    let humps = text
        .as_bytes()
        .windows(2)
        .filter(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase());
    let has = |is_it: fn(&u8) -> bool| text.as_bytes().iter().any(is_it);
    has(u8::is_ascii_alphabetic) && (has(u8::is_ascii_digit) || humps.count() >= 3)
}

/// Returns true if `secret` is the Base64 of a user and a password that is not a placeholder.
fn is_user_and_password(secret: &str) -> bool {
    let text = base64::decode(secret).and_then(|bytes| String::from_utf8(bytes).ok());
    let Some(text) = text.filter(|text| !text.chars().any(char::is_control)) else { return false };
    text.split_once(':').is_some_and(|(_, password)| password.len() >= 3 && !is_placeholder(password))
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
    fn each_expression_compiles_within_the_limit() {
        assert!(SecretRule::all().iter().all(|rule| rule.regex().captures_len() > 0));
    }

    #[test]
    fn every_rule_of_ours_has_a_source_and_a_keyword_that_occurs_in_its_example() {
        let mut ids = Vec::new();
        for rule in SecretRule::all() {
            assert!(!rule.name.is_empty() && !rule.keywords.is_empty(), "{}", rule.id);
            if rule.is_own() {
                assert!(rule.source.starts_with("https://"), "{}", rule.id);
                let example = rule.example().to_lowercase();
                let has = |word: &String| example.contains(&word.to_lowercase());
                assert!(rule.keywords.iter().any(has), "{}", rule.id);
            }
            ids.push(rule.id);
        }
        let count = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), count, "two rules have the same id");
    }

    #[test]
    fn the_base64_of_a_user_and_a_password_is_told_from_other_base64() {
        assert!(is_user_and_password("ZGVwbG95OjNBeklROE80cXZHUw=="));
        assert!(is_user_and_password("ZGVwbG95OjNBeklROE80cXZHUw"));
        for other in ["dXNlcjpwYXNzd29yZA==", "aGVsbG8gd29ybGQ=", "AAECAwQFBgc=", "not base64"] {
            assert!(!is_user_and_password(other), "{other}");
        }
    }
}

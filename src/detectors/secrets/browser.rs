//! The rules for secrets that the forms of the static site apply in the browser.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{SecretRule, Secrets, parts};
use crate::text::{Letters, browser_pattern};

/// The rules that a browser can apply, without those of betterleaks, which are loaded only for a text with one of their
/// keywords. Few texts have one, and those rules are half of the data.
#[derive(Serialize)]
pub(crate) struct BrowserSecrets<'a> {
    rules: Vec<BrowserSecretRule<'a>>,
    /// The keywords of the rules of betterleaks.
    other_keywords: BTreeSet<&'a str>,
    /// Values that are public by design, or their beginnings.
    public: Vec<&'a str>,
    /// Pairs of letters that often follow each other, by the first letter.
    followers: [&'static str; 26],
    placeholders: [&'static [&'static str]; 3],
    /// The number of rules that only `casebook check` applies.
    left_out: usize,
}

/// A rule; see [`super::SecretRule`].
#[derive(Serialize)]
pub(crate) struct BrowserSecretRule<'a> {
    name: &'a str,
    keywords: &'a [String],
    reach: usize,
    source: String,
    #[serde(skip_serializing_if = "is_zero")]
    entropy: f64,
    #[serde(skip_serializing_if = "is_false")]
    mixed: bool,
    #[serde(skip_serializing_if = "is_false")]
    random: bool,
    #[serde(skip_serializing_if = "is_false")]
    opaque: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_after: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unless: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    only: Vec<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &f64) -> bool {
    *number == 0.0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}

impl Secrets {
    /// Returns a hash that changes when [`Secrets::for_browser`] can return something else, without reading the rules.
    pub(crate) fn browser_version() -> String {
        let mut hasher = blake3::Hasher::new();
        hasher.update(env!("CARGO_PKG_VERSION").as_bytes());
        super::rule::each_source(|text| _ = hasher.update(text.as_bytes()));
        hasher.finalize().to_hex()[..10].to_owned()
    }

    /// Returns our own rules, and the keywords of the others.
    pub(crate) fn for_browser(&self) -> BrowserSecrets<'_> {
        let rules = self.browser_rules(true);
        let others = self.other_rules_for_browser();
        BrowserSecrets {
            left_out: self.rules.len() - rules.len() - others.len(),
            rules,
            other_keywords: others.iter().flat_map(|rule| rule.keywords).map(String::as_str).collect(),
            public: self.public.iter().map(String::as_str).collect(),
            followers: super::words::FOLLOWERS,
            placeholders: super::placeholder::TABLES,
        }
    }

    /// Returns the rules of betterleaks.
    pub(crate) fn other_rules_for_browser(&self) -> Vec<BrowserSecretRule<'_>> {
        self.browser_rules(false)
    }

    /// Returns the rules whose expressions mean the same in JavaScript and that need no tables of words.
    fn browser_rules(&self, are_own: bool) -> Vec<BrowserSecretRule<'_>> {
        let rules = self.rules.iter().filter(|rule| rule.is_own() == are_own && rule.is_for_browser());
        rules.filter_map(BrowserSecretRule::of).collect()
    }
}

impl<'a> BrowserSecretRule<'a> {
    /// Returns `None` if an expression of the rule could mean something else in JavaScript.
    fn of(rule: &'a SecretRule) -> Option<Self> {
        let translated = |pattern: &String| browser_pattern(&parts::expand(pattern), Letters::Ascii);
        let all = |patterns: &[String]| patterns.iter().map(translated).collect::<Option<Vec<_>>>();
        Some(Self {
            name: &rule.name,
            keywords: &rule.keywords,
            reach: rule.reach,
            source: translated(&rule.pattern)?,
            entropy: rule.entropy,
            mixed: rule.mixed,
            random: rule.random,
            opaque: rule.opaque,
            not_after: match &rule.not_after {
                Some(pattern) => Some(translated(pattern)?),
                None => None,
            },
            unless: all(&rule.unless)?,
            only: all(&rule.only)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_rules_are_for_browsers() {
        let secrets = Secrets::builtin();
        let names: Vec<&str> = secrets
            .rules
            .iter()
            .filter(|rule| {
                rule.is_for_browser()
                    && browser_pattern(&parts::expand(&rule.pattern), Letters::Ascii).is_none()
            })
            .map(|rule| rule.id.as_str())
            .collect();
        assert_eq!(names, [""; 0]);
        let published = secrets.for_browser();
        let count = published.rules.len() + secrets.other_rules_for_browser().len();
        assert!(published.left_out * 8 < count, "{}", published.left_out);
    }
}

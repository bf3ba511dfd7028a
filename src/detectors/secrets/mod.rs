//! Finds tokens, keys and passwords, which must not get into a ticket's history.
//!
//! One pass finds the keywords of all rules. The regular expression of a rule then runs only on the text around its
//! keywords, so the search takes about as long as copying the text.

mod placeholder;
mod rule;

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

pub(crate) use self::rule::SecretRule;
use super::reserved::is_example;
use crate::text::Span;

/// The distance in bytes before a keyword at which a match may begin.
const BEFORE: usize = 96;
/// The number of bytes from the beginning of a keyword that are searched first. If a match reaches the end, more
/// text is searched.
const AFTER: usize = 640;
/// The maximum length of a match in bytes.
const MAX_LENGTH: usize = 64 * 1024;

/// The rules for secrets and an automaton that finds their keywords.
#[derive(Debug)]
pub(crate) struct Secrets {
    rules: Vec<SecretRule>,
    keywords: AhoCorasick,
    /// The index of the rule for each keyword.
    owners: Vec<usize>,
}

/// A secret in a text.
#[derive(Clone, Debug)]
pub(crate) struct SecretMatch<'a> {
    /// The rule that found the secret.
    pub rule: &'a SecretRule,
    /// The byte range of the secret itself, without the text that introduces it (`password = `).
    pub span: Span,
}

impl Secrets {
    /// Parses the built-in rules.
    #[expect(clippy::expect_used, reason = "the keywords are part of the program, and a test builds this")]
    pub(crate) fn load() -> Self {
        let rules = SecretRule::all();
        let (words, owners): (Vec<&str>, Vec<usize>) = rules
            .iter()
            .enumerate()
            .flat_map(|(index, rule)| rule.keywords.iter().map(move |word| (word.as_str(), index)))
            .unzip();
        let keywords = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .kind(Some(AhoCorasickKind::DFA))
            .build(words)
            .expect("the keywords of secrets.yml");
        Self { rules, keywords, owners }
    }

    /// Returns the built-in rules, which are parsed when they are first needed.
    pub(crate) fn builtin() -> &'static Self {
        static SECRETS: LazyLock<Secrets> = LazyLock::new(Secrets::load);
        &SECRETS
    }

    /// Returns the rules; specific rules come before general ones.
    #[cfg(test)]
    pub(crate) fn rules(&self) -> &[SecretRule] {
        &self.rules
    }

    /// Finds all secrets in `text`, in order and without overlaps. If several rules match, the most specific one is
    /// used.
    pub(crate) fn find(&self, text: &str) -> Vec<SecretMatch<'_>> {
        let mut found: Vec<(Span, usize)> = Vec::new();
        for (index, regions) in self.regions(text).into_iter().enumerate() {
            let mut from = 0;
            for region in regions {
                from = search(&self.rules[index], text, region.start.max(from)..region.end, |span| {
                    found.push((span, index));
                });
            }
        }
        found.sort_by_key(|(span, index)| (span.start, *index));
        let mut distinct: Vec<(Span, usize)> = Vec::new();
        for (span, index) in found {
            match distinct.last_mut() {
                Some(last) if last.0.end > span.start => {
                    if index < last.1 {
                        *last = (span, index);
                    }
                }
                _ => distinct.push((span, index)),
            }
        }
        distinct.into_iter().map(|(span, index)| SecretMatch { rule: &self.rules[index], span }).collect()
    }

    /// Returns for each rule the parts of `text` around its keywords. The parts do not overlap, so each rule reads
    /// even a malicious text only once.
    fn regions(&self, text: &str) -> Vec<Vec<Span>> {
        let mut regions: Vec<Vec<Span>> = vec![Vec::new(); self.rules.len()];
        for hit in self.keywords.find_overlapping_iter(text) {
            let region = hit.start().saturating_sub(BEFORE)..(hit.start() + AFTER).min(text.len());
            let regions = &mut regions[self.owners[hit.pattern().as_usize()]];
            match regions.last_mut() {
                Some(last) if region.start <= last.end => {
                    *last = last.start.min(region.start)..last.end.max(region.end);
                }
                _ => regions.push(region),
            }
        }
        regions
    }
}

/// Calls `found` with each secret that `rule` finds in `region` of `text`. Returns the offset at which the search
/// ended.
fn search(rule: &SecretRule, text: &str, region: Span, mut found: impl FnMut(Span)) -> usize {
    let mut at = text.floor_char_boundary(region.start);
    let mut end = text.ceil_char_boundary(region.end);
    // The expression can look back at the text before `at`, but cannot see the text after `end`.
    while at < end {
        let Some(captures) = rule.regex().captures_at(&text[..end], at) else { break };
        let Some(whole) = captures.get(0) else { break };
        let length = end - whole.start();
        if whole.end() == end && end < text.len() && length < MAX_LENGTH {
            at = whole.start();
            end = text.ceil_char_boundary((end + length.max(AFTER)).min(text.len()));
            continue;
        }
        let span = captures.name("secret").unwrap_or(whole).range();
        let is_example =
            captures.name("host").is_some_and(|host| is_example(&host.as_str().to_ascii_lowercase()));
        if !is_example && rule.accepts(text, &whole.range(), &span) {
            found(span);
        }
        at = whole.end();
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids<'a>(found: &[SecretMatch<'a>]) -> Vec<&'a str> {
        found.iter().map(|found| found.rule.id.as_str()).collect()
    }

    #[test]
    fn every_rule_finds_its_example_in_a_sentence_unless_the_secret_is_masked() {
        let secrets = Secrets::load();
        for rule in secrets.rules() {
            let text = format!("It says 出错 {} and then stops.", rule.example());
            let found = secrets.find(&text);
            assert_eq!(ids(&found), [rule.id.as_str()], "in {text}");
            let span = found[0].span.clone();
            for mask in ["*", "x", "…"] {
                let hidden = mask.repeat(text[span.clone()].chars().count());
                let masked = [&text[..span.start], &hidden, &text[span.end..]].concat();
                assert_eq!(ids(&secrets.find(&masked)), [""; 0], "in {masked}");
            }
        }
    }

    #[test]
    fn no_rule_finds_its_counter_example() {
        let secrets = Secrets::load();
        for rule in secrets.rules() {
            let text = format!("It says {} and then stops.", rule.counter_example());
            assert_eq!(ids(&secrets.find(&text)), [""; 0], "in {text}");
        }
    }

    #[test]
    fn a_secret_that_two_rules_find_is_reported_by_the_more_specific_one() {
        let secrets = Secrets::load();
        let token = secrets.rules().iter().find(|rule| rule.id == "github-token").unwrap().example();
        for text in [format!("password = \"{token}\""), format!("Authorization: Bearer {token}")] {
            let found = secrets.find(&text);
            assert_eq!(ids(&found), ["github-token"]);
            assert_eq!(text[found[0].span.clone()], token);
        }
    }

    #[test]
    fn a_token_inside_a_longer_word_is_ignored() {
        let secrets = Secrets::load();
        assert_eq!(ids(&secrets.find(&["RAKIA", "PYCDYBK377OXTZQ6"].concat())), [""; 0]);
        assert_eq!(ids(&secrets.find(&["AKIA", "PYCDYBK377OXTZQ6Q"].concat())), [""; 0]);
    }

    #[test]
    fn a_password_is_found_if_its_key_is_part_of_a_longer_name() {
        let secrets = Secrets::load();
        for name in [
            "dbpassword=",
            "spring.datasource.password: ",
            "\"clientSecret\": \"",
            "数据库密码：",
            "X-Api-Key: ",
        ] {
            let text = [name, "3AzIQ8O4qv", "GSxRBcMO"].concat();
            assert_eq!(ids(&secrets.find(&text)), ["assigned-secret"], "in {text}");
        }
    }

    #[test]
    fn a_long_private_key_is_found_up_to_its_end_and_separate_from_the_next() {
        let line = format!("{}\n", "qQK7Zym5sEWU4WhOkvpsGl+g3WP0LnjZn1L64dWVyxHwrwClOVfnzIKfuHeD1m9/");
        let key = format!(
            "-----BEGIN {0}PRIVATE KEY-----\n{1}-----END {0}PRIVATE KEY-----\n",
            "RSA ",
            line.repeat(50)
        );
        let text = format!("{key}{}\n{key}", "and ".repeat(500));
        let secrets = Secrets::load();
        let found = secrets.find(&text);
        assert_eq!(ids(&found), ["private-key", "private-key"]);
        assert!(text[found[0].span.clone()].ends_with("PRIVATE KEY-----"));
    }

    #[test]
    fn thousands_of_keywords_do_not_slow_down_the_search() {
        let secrets = Secrets::load();
        assert_eq!(ids(&secrets.find(&"sk-ant-".repeat(20_000))), [""; 0]);
    }
}

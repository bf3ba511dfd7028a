//! Finding secrets: tokens, keys and passwords that must not reach a ticket's history.
//!
//! One pass looks for the rules' keywords; a rule's expression then sees only the neighbourhood of its keywords, so that a text
//! is read about as fast as it can be copied.

mod placeholder;
mod rule;

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

pub(crate) use self::rule::SecretRule;
use super::reserved::is_example;
use crate::text::Span;

/// How far before a keyword a match may begin, in bytes.
const BEFORE: usize = 96;
/// How far after a keyword's beginning a match is looked for at first, in bytes. A match that goes on is followed.
const AFTER: usize = 640;
/// How far a match is followed, in bytes.
const LONGEST: usize = 64 * 1024;

/// The rules, ready to search.
#[derive(Debug)]
pub(crate) struct Secrets {
    rules: Vec<SecretRule>,
    keywords: AhoCorasick,
    /// For each keyword, the rule that it belongs to.
    owners: Vec<usize>,
}

/// A secret that was found.
#[derive(Clone, Debug)]
pub(crate) struct SecretMatch<'a> {
    /// The rule that knows it.
    pub rule: &'a SecretRule,
    /// The bytes of the secret itself, without what led to it (`password = `).
    pub span: Span,
}

impl Secrets {
    /// Reads the rules that are built in.
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

    /// The built-in rules, read when they are first needed.
    pub(crate) fn builtin() -> &'static Self {
        static SECRETS: LazyLock<Secrets> = LazyLock::new(Secrets::load);
        &SECRETS
    }

    /// The rules, the more particular ones first.
    #[cfg(test)]
    pub(crate) fn rules(&self) -> &[SecretRule] {
        &self.rules
    }

    /// Every secret in `text`, in order and without overlaps: where several rules match, the more particular one.
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
        let mut kept: Vec<(Span, usize)> = Vec::new();
        for (span, index) in found {
            match kept.last_mut() {
                Some(last) if last.0.end > span.start => {
                    if index < last.1 {
                        *last = (span, index);
                    }
                }
                _ => kept.push((span, index)),
            }
        }
        kept.into_iter().map(|(span, index)| SecretMatch { rule: &self.rules[index], span }).collect()
    }

    /// For each rule, the parts of `text` around its keywords. They do not overlap, so hostile text costs each rule one pass.
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

/// Calls `found` with each secret that `rule` finds in `region` of `text`, and returns where the search ended.
fn search(rule: &SecretRule, text: &str, region: Span, mut found: impl FnMut(Span)) -> usize {
    let mut at = text.floor_char_boundary(region.start);
    let mut end = text.ceil_char_boundary(region.end);
    // The expression sees the text before `at`, but nothing after `end`.
    while at < end {
        let Some(captures) = rule.regex().captures_at(&text[..end], at) else { break };
        let Some(whole) = captures.get(0) else { break };
        let length = end - whole.start();
        if whole.end() == end && end < text.len() && length < LONGEST {
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
    fn every_rule_finds_its_example_in_a_sentence_and_nothing_once_it_is_masked() {
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
    fn the_particular_rule_names_a_secret_that_a_general_one_finds_too() {
        let secrets = Secrets::load();
        let token = secrets.rules().iter().find(|rule| rule.id == "github-token").unwrap().example();
        for text in [format!("password = \"{token}\""), format!("Authorization: Bearer {token}")] {
            let found = secrets.find(&text);
            assert_eq!(ids(&found), ["github-token"]);
            assert_eq!(text[found[0].span.clone()], token);
        }
    }

    #[test]
    fn a_token_inside_a_longer_word_is_none() {
        let secrets = Secrets::load();
        assert_eq!(ids(&secrets.find(&["RAKIA", "PYCDYBK377OXTZQ6"].concat())), [""; 0]);
        assert_eq!(ids(&secrets.find(&["AKIA", "PYCDYBK377OXTZQ6Q"].concat())), [""; 0]);
    }

    #[test]
    fn what_a_password_is_called_may_be_part_of_a_longer_name() {
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
    fn a_long_private_key_is_covered_to_its_end_and_two_of_them_are_two() {
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
    fn keywords_by_the_thousand_cost_one_pass() {
        let secrets = Secrets::load();
        assert_eq!(ids(&secrets.find(&"sk-ant-".repeat(20_000))), [""; 0]);
    }
}

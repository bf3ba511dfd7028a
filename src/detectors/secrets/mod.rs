//! Finds tokens, keys and passwords, which must not get into a ticket's history.
//!
//! One pass finds the keywords of all rules. The regular expression of a rule then runs only on the text around its
//! keywords, so the search takes about as long as copying the text. Base64 in the text is decoded once and searched in
//! the same way, and so are texts in quotes that a program adds.

mod base64;
mod browser;
mod joined;
mod keywords;
mod parts;
mod password;
mod placeholder;
mod rule;
mod table;
mod words;

use std::sync::LazyLock;

pub(crate) use self::rule::SecretRule;
use self::{joined::JoinedText, keywords::Keywords};
use super::reserved::is_example;
use crate::text::Span;

/// The distance in bytes before a keyword at which a match may begin.
const BEFORE: usize = 128;
/// The maximum length in bytes of a rejected match whose text is searched again.
const MAX_RETRY: usize = 512;
/// The maximum number of rejected matches and of tables that a rule reads twice in one part of a text. More are in no text
/// that a person wrote.
const MAX_RETRIES: usize = 200;
/// The maximum length of a match in bytes.
const MAX_LENGTH: usize = 64 * 1024;

/// The rules for secrets and an index of their keywords.
#[derive(Debug)]
pub(crate) struct Secrets {
    rules: Vec<SecretRule>,
    keywords: Keywords,
    /// Values that are public by design, or their beginnings.
    public: Vec<String>,
}

/// A secret in a text.
#[derive(Clone, Debug)]
pub(crate) struct SecretMatch<'a> {
    /// The most specific rule that found the secret.
    pub rule: &'a SecretRule,
    /// The byte range of the secret itself, without the text that introduces it (`password = `).
    pub span: Span,
    /// What the other rules found there, with their byte ranges.
    pub others: Vec<(&'a SecretRule, Span)>,
}

impl Secrets {
    /// Parses the built-in rules.
    fn load() -> Self {
        let rules = SecretRule::all();
        let words = rules.iter().enumerate();
        let words =
            words.flat_map(|(index, rule)| rule.keywords.iter().map(move |word| (word.as_str(), index)));
        let keywords = Keywords::of(words);
        let public = rules.iter().flat_map(|rule| rule.known.iter().cloned()).collect();
        Self { rules, keywords, public }
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
        let mut found = self.find_plain(text);
        base64::each_text(text, |span, decoded| {
            found.extend(self.find_plain(decoded).first().map(|(_, index)| (span, *index)));
        });
        if let Some(joined) = JoinedText::of(text) {
            let across = |(span, index)| joined.original(&span).map(|span| (span, index));
            found.extend(self.find_plain(&joined.text).into_iter().filter_map(across));
        }
        found.sort_by_key(|(span, index)| (span.start, *index));
        let mut distinct: Vec<SecretMatch<'_>> = Vec::new();
        let mut best = 0;
        for (span, index) in found {
            let rule = &self.rules[index];
            match distinct.last_mut() {
                Some(last) if last.span.end > span.start => {
                    let mut other = (rule, span);
                    if index < best {
                        best = index;
                        std::mem::swap(&mut last.rule, &mut other.0);
                        std::mem::swap(&mut last.span, &mut other.1);
                    }
                    last.others.push(other);
                }
                _ => {
                    best = index;
                    distinct.push(SecretMatch { rule, span, others: Vec::new() });
                }
            }
        }
        distinct
    }

    /// Finds the secrets in `text` that have a form of their own. The general rules read sentences and settings, so they
    /// are of no use in names and in binary files.
    pub(crate) fn find_specific(&self, text: &str) -> Vec<SecretMatch<'_>> {
        let mut found = self.find(text);
        found.retain(|found| !found.rule.general);
        found
    }

    /// Finds the secrets of each rule in `text`, with the rule's index.
    fn find_plain(&self, text: &str) -> Vec<(Span, usize)> {
        let mut found = Vec::new();
        let (mut last, mut from) = (usize::MAX, 0);
        for (index, region) in self.regions(text) {
            if index != last {
                (last, from) = (index, 0);
            }
            let (rule, region) = (&self.rules[index], region.start.max(from)..region.end);
            if region.is_empty() || !rule.can_match(text.as_bytes(), &region) {
                continue;
            }
            from = search(rule, text, region, |span| {
                // A public value is not a secret either if another rule finds it.
                if !self.public.iter().any(|value| text[span.clone()].contains(value.as_str())) {
                    found.push((span, index));
                }
            });
        }
        found
    }

    /// Returns for each rule with a keyword in `text` the parts of the text around its keywords, sorted by rule. The
    /// parts of a rule do not overlap, so each rule reads even a malicious text only once.
    fn regions(&self, text: &str) -> Vec<(usize, Span)> {
        let mut regions = Vec::new();
        self.keywords.each(text, |at, index| {
            let end = (at + self.rules[index].reach).min(text.len());
            regions.push((index, at.saturating_sub(BEFORE)..end));
        });
        regions.sort_by_key(|(index, region): &(usize, Span)| (*index, region.start));
        regions.dedup_by(|next, last| {
            let joins = next.0 == last.0 && next.1.start <= last.1.end;
            last.1.end = if joins { last.1.end.max(next.1.end) } else { last.1.end };
            joins
        });
        regions
    }
}

/// Calls `found` with each secret that `rule` finds in `region` of `text`. Returns the offset at which the search
/// ended.
fn search(rule: &SecretRule, text: &str, region: Span, mut found: impl FnMut(Span)) -> usize {
    let bytes = text.as_bytes();
    let (mut at, mut end, mut retries) = (region.start, region.end, 0);
    // The expression can look back at the text before `at`, but cannot see the text after `end`.
    while at < end {
        let Some(captures) = rule.regex().captures_at(&bytes[..end], at) else { break };
        let Some(whole) = captures.get(0) else { break };
        let length = end - whole.start();
        if whole.end() == end && end < text.len() && length < MAX_LENGTH {
            at = whole.start();
            end = (end + length.max(rule.reach)).min(text.len());
            continue;
        }
        if rule.table {
            retries += 1;
            if retries <= MAX_RETRIES {
                table::column(text, &whole.range(), |cell| {
                    if rule.accepts(text, &cell, &cell) {
                        found(cell);
                    }
                });
            }
            at = whole.end().max(at + 1);
            continue;
        }
        let Some(span) = SecretRule::secret_in(&captures) else { break };
        // Expressions match bytes, so a match can end inside a character.
        let span = text.floor_char_boundary(span.start)..text.ceil_char_boundary(span.end);
        let host = captures.name("host").map(|host| String::from_utf8_lossy(host.as_bytes()));
        let is_example = host.is_some_and(|host| is_example(&host.to_ascii_lowercase()));
        let accepted = !is_example && rule.accepts(text, &whole.range(), &span);
        // The rejected text may contain the name of the next value: `csrf_token=…&session_token=…`.
        let is_retried = !accepted && whole.len() <= MAX_RETRY && retries < MAX_RETRIES;
        retries += usize::from(is_retried);
        let next = if is_retried { span.start.max(whole.start() + 1) } else { whole.end() };
        if accepted {
            found(span);
        }
        at = next.max(at + 1);
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
        let secrets = Secrets::builtin();
        for rule in secrets.rules().iter().filter(|rule| rule.is_own()) {
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
        let secrets = Secrets::builtin();
        for rule in secrets.rules().iter().filter(|rule| rule.is_own()) {
            let text = format!("It says {} and then stops.", rule.counter_example());
            assert_eq!(ids(&secrets.find(&text)), [""; 0], "in {text}");
        }
    }

    #[test]
    fn a_secret_that_two_rules_find_is_reported_by_the_more_specific_one() {
        let secrets = Secrets::builtin();
        let token = secrets.rules().iter().find(|rule| rule.id == "github-token").unwrap().example();
        for text in [format!("password = \"{token}\""), format!("Authorization: Bearer {token}")] {
            let found = secrets.find(&text);
            assert_eq!(ids(&found), ["github-token"]);
            assert_eq!(text[found[0].span.clone()], token);
        }
    }

    #[test]
    fn a_token_inside_a_longer_word_is_ignored() {
        let secrets = Secrets::builtin();
        assert_eq!(ids(&secrets.find(&["RAKIA", "PYCDYBK377OXTZQ6"].concat())), [""; 0]);
        assert_eq!(ids(&secrets.find(&["AKIA", "PYCDYBK377OXTZQ6Q"].concat())), [""; 0]);
    }

    #[test]
    fn a_password_is_found_if_its_key_is_part_of_a_longer_name() {
        let secrets = Secrets::builtin();
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
        let secrets = Secrets::builtin();
        let found = secrets.find(&text);
        assert_eq!(ids(&found), ["private-key", "private-key"]);
        assert!(text[found[0].span.clone()].ends_with("PRIVATE KEY-----"));
    }

    /// Returns the lines of a file of samples; see the file's first line.
    fn samples(file: &str) -> impl Iterator<Item = String> {
        let lines = file.lines().filter(|line| !line.starts_with("# "));
        lines.map(|line| line.replace('¦', "").replace("\\n", "\n"))
    }

    #[test]
    fn each_sample_of_a_secret_is_found_also_in_a_sentence() {
        let secrets = Secrets::builtin();
        for sample in samples(include_str!("samples/secrets.txt")) {
            assert!(!secrets.find(&sample).is_empty(), "{sample}");
            let text = format!("看一下 the log:\n\n{sample}\n\nThat is all.\n");
            assert!(!secrets.find(&text).is_empty(), "{text}");
        }
    }

    #[test]
    fn nothing_is_found_in_logs_code_and_sentences_without_secrets() {
        let secrets = Secrets::builtin();
        for sample in samples(include_str!("samples/no-secrets.txt")) {
            let found = secrets.find(&sample);
            assert_eq!(ids(&found), [""; 0], "in {sample}");
        }
    }

    #[test]
    fn base64_of_a_secret_is_found_as_a_whole() {
        let secrets = Secrets::builtin();
        let key = ["AKIA", "PYCDYBK377OXTZQ6"].concat();
        for (before, code) in [("", "QUtJQVBZQ0RZQkszNzdPWFRaUTY="), ("x: ", "QUtJQVBZQ0RZQkszNzdPWFRaUTY")] {
            let text = format!("{before}{code}\n");
            let found = secrets.find(&text);
            assert_eq!(ids(&found), ["aws-access-key-id"], "{key} in {text}");
            assert_eq!(text[found[0].span.clone()], *code);
        }
    }

    #[test]
    fn a_token_that_code_adds_from_two_texts_is_found() {
        let secrets = Secrets::builtin();
        let text = ["token = \"gh", "p_\" + \"D1Cu5LrH9lMnFDOpdJva\" +\n  \"rwItsjk5inSjV5o3\";"].concat();
        let found = secrets.find(&text);
        assert_eq!(ids(&found), ["github-token"]);
        assert!(text[found[0].span.clone()].ends_with("jV5o3"));
    }

    #[test]
    fn what_a_general_rule_found_too_is_kept() {
        let secrets = Secrets::builtin();
        let token = ["ghp_", "D1Cu5LrH9lMnFDOpdJvarwItsjk5inSjV5o3"].concat();
        let text = format!("password = \"{token}\"");
        let others: Vec<&str> =
            secrets.find(&text)[0].others.iter().map(|(rule, _)| rule.id.as_str()).collect();
        assert!(others.contains(&"assigned-secret"), "{others:?}");
    }

    #[test]
    fn thousands_of_keywords_do_not_slow_down_the_search() {
        let secrets = Secrets::builtin();
        for text in ["sk-ant-", "password=", "a,password,b\n"] {
            assert_eq!(ids(&secrets.find(&text.repeat(20_000))), [""; 0]);
        }
    }
}

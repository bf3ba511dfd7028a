//! The anchors of headings, by GitHub's algorithm, and the anchors in links.
//!
//! The algorithm is the one of the library github-slugger, which GitHub's own documentation uses.

use std::collections::HashMap;
use std::sync::LazyLock;

use percent_encoding::percent_decode_str;
use regex::Regex;

/// The prefix that GitHub gives to anchors in its HTML. Authors copy it from the address bar.
const FORGE_PREFIX: &str = "user-content-";

/// Characters that GitHub removes from the text of a heading.
static REMOVED: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"[^\p{Alphabetic}\p{M}\p{Nd}\p{Pc} -]").ok());

/// Assigns an anchor to each heading of a text.
#[derive(Default)]
pub(crate) struct HeadingAnchors {
    /// For each anchor so far, the last number that was appended to it.
    last_numbers: HashMap<String, usize>,
}

impl HeadingAnchors {
    /// Returns the anchor of the next heading, whose text without markup is `text`. A second heading with the same
    /// text gets `-1` at its end, the third one `-2`. The anchor is empty for a heading without letters.
    pub(crate) fn next(&mut self, text: &str) -> String {
        let plain = text.to_lowercase();
        let slug =
            REMOVED.as_ref().map_or_else(String::new, |removed| removed.replace_all(&plain, "").into());
        let slug = slug.replace(' ', "-");
        let mut anchor = slug.clone();
        while self.last_numbers.contains_key(&anchor) {
            let number = self.last_numbers.entry(slug.clone()).or_default();
            *number += 1;
            anchor = format!("{slug}-{number}");
        }
        self.last_numbers.insert(anchor.clone(), 0);
        anchor
    }
}

/// Returns the anchor that `written` means: the part of a link after the `#`, or the `id` or `name` that an author gave
/// to an element. Both go through this function, so that they are equal if the author's spellings differ only in
/// letter case or percent encoding. Returns `None` if no letter, digit or `_` is left.
///
/// The anchor contains no quotation marks, no markup, no white space, and no `~`, with which pages separate the
/// anchors of their texts.
pub(crate) fn anchor_of(written: &str) -> Option<String> {
    let decoded = percent_decode_str(written).decode_utf8_lossy();
    let anchor: String = decoded
        .trim()
        .to_lowercase()
        .chars()
        .filter(|c| !c.is_whitespace() && !c.is_control() && !matches!(c, '"' | '\'' | '<' | '>' | '&' | '`'))
        .map(|c| if c == '~' { '-' } else { c })
        .collect();
    let anchor = anchor.strip_prefix(FORGE_PREFIX).unwrap_or(&anchor);
    anchor.contains(|c: char| c.is_alphanumeric() || c == '_').then(|| anchor.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn are(cases: &[(&str, &str)]) {
        let mut anchors = HeadingAnchors::default();
        for (text, anchor) in cases {
            assert_eq!(anchors.next(text), *anchor, "{text}");
        }
    }

    #[test]
    fn the_anchor_of_a_heading_is_the_one_of_github() {
        are(&[
            ("Alpha & Beta -> GA", "alpha--beta---ga"),
            ("code_heading(x)", "code_headingx"),
            ("Überblick über Größen", "überblick-über-größen"),
            ("发票 导出", "发票-导出"),
            ("Привет non-latin 你好", "привет-non-latin-你好"),
            ("😄 emoji", "-emoji"),
            ("I ♥ unicode", "i--unicode"),
            ("Dash-dash", "dash-dash"),
            ("en–dash and em—dash", "endash-and-emdash"),
            ("v2.1 (beta)", "v21-beta"),
            ("foo.bar: baz/qux?", "foobar-bazqux"),
            ("  two  spaces", "--two--spaces"),
            ("C++ & C#", "c--c"),
            ("1. First", "1-first"),
            ("__init__", "__init__"),
            ("x²", "x"),
            ("ΟΔΟΣ", "οδος"),
            ("a\tb\u{a0}c", "abc"),
        ]);
    }

    #[test]
    fn equal_headings_are_numbered() {
        are(&[("Dup", "dup"), ("Dup", "dup-1"), ("dup!", "dup-2"), ("Other", "other")]);
        are(&[("a", "a"), ("a 1", "a-1"), ("a", "a-2"), ("a", "a-3"), ("a-1", "a-1-1")]);
        are(&[("!", ""), ("?", "-1"), ("constructor", "constructor"), ("__proto__", "__proto__")]);
    }

    #[test]
    fn a_link_and_an_id_mean_the_same_anchor() {
        for written in ["Größe", "größe", "gr%C3%B6%C3%9Fe", "user-content-größe", " größe "] {
            assert_eq!(anchor_of(written).as_deref(), Some("größe"), "{written}");
        }
        assert_eq!(anchor_of("v1.2:a").as_deref(), Some("v1.2:a"));
        assert_eq!(anchor_of("x\" onclick=\"y").as_deref(), Some("xonclick=y"));
        assert_eq!(anchor_of("r1~fix").as_deref(), Some("r1-fix"));
        assert_eq!(anchor_of("-").or(anchor_of("")), None);
    }
}

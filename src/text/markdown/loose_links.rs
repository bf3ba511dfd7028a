//! Links that people meant, but that are not links in Markdown because their address contains a space or a bracket:
//! `[the log](export run.log)`, `[log]: export run.log`.

use std::borrow::Cow;
use std::sync::LazyLock;

use pulldown_cmark::{Event, Tag};
use regex::Regex;

use super::events;
use crate::text::Span;

/// The address of a link: it ends at the first closing bracket without an opening one, or at the last one of the line.
static ADDRESS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"\]\(([^()<>\n]*(?:\([^()<>\n]*\)[^()<>\n]*)*|[^()<>\n]+\([^()<>\n]+)\)"#).ok()
});

/// The address in the definition of a link, but not of a footnote.
static DEFINITION: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?m)^ {0,3}\[[^\]\^\n][^\]\n]*\]:[ \t]+([^<>\n]+)$"#).ok());

/// The title after the address, as in `[a](b c.log "title")`.
static TITLE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r#"\s+(?:"[^"]*"|'[^']*')\s*$"#).ok());

/// Returns the bytes of each address in `text` that Markdown does not read as the address of a link or image, although
/// it stands where one would.
pub(crate) fn loose_links(text: &str) -> Vec<Span> {
    // A definition can contain brackets.
    let mut found = addresses(text, "](", &ADDRESS, &[' ', '(']);
    found.extend(addresses(text, "]:", &DEFINITION, &[' ']));
    if found.is_empty() {
        return found;
    }
    found.sort_unstable_by_key(|span| span.start);
    let mut taken: Vec<Span> = Vec::new();
    for (event, span) in events(text) {
        match event {
            Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::CodeBlock(_) | Tag::HtmlBlock)
            | Event::Code(_)
            | Event::InlineHtml(_) => taken.push(span),
            _ => {}
        }
    }
    // The spans are in order. One in another is found by the end of the outer one.
    let mut ends: Vec<usize> = Vec::with_capacity(taken.len());
    for span in &taken {
        ends.push(span.end.max(ends.last().copied().unwrap_or_default()));
    }
    found.retain(|address| {
        let before = taken.partition_point(|span| span.start <= address.start);
        before.checked_sub(1).is_none_or(|last| ends[last] <= address.start)
    });
    found
}

/// Returns the bytes of each address that `pattern` finds in a text with `mark`, and that contains one of `bad`.
fn addresses(text: &str, mark: &str, pattern: &LazyLock<Option<Regex>>, bad: &[char]) -> Vec<Span> {
    let Some(pattern) = pattern.as_ref().filter(|_| text.contains(mark)) else { return Vec::new() };
    let trimmed = |address: regex::Match<'_>| {
        let title = TITLE.as_ref().and_then(|title| title.find(address.as_str()));
        let written = &address.as_str()[..title.map_or(address.len(), |title| title.start())];
        let start = address.start() + written.len() - written.trim_start().len();
        start..start + written.trim().len()
    };
    let found = pattern.captures_iter(text).filter_map(|found| found.get(1)).map(trimmed);
    found.filter(|span| text[span.clone()].contains(bad) && !text[span.clone()].contains("://")).collect()
}

/// Returns `text` with `<` and `>` around each loose address for which `is_file` is true, so that it is a link.
pub(crate) fn tightened(text: &str, is_file: impl Fn(&str) -> bool) -> Cow<'_, str> {
    let mut tight = String::new();
    let mut at = 0;
    for span in loose_links(text) {
        if is_file(&text[span.clone()]) {
            tight.push_str(&text[at..span.start]);
            tight.push('<');
            tight.push_str(&text[span.clone()]);
            tight.push('>');
            at = span.end;
        }
    }
    if at == 0 { Cow::Borrowed(text) } else { Cow::Owned(tight + &text[at..]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_with_a_space_or_a_bracket_is_found() {
        for (text, address) in [
            ("[a](my file.log)", "my file.log"),
            ("![a]( x/my (1).png \"A title\") and", "x/my (1).png"),
            ("[a](log(1.txt)", "log(1.txt"),
            ("[a [b]](c [1].log)", "c [1].log"),
            ("[a][b]\n\n[b]: my file.log \"A title\"\n", "my file.log"),
        ] {
            let found: Vec<&str> = loose_links(text).into_iter().map(|span| &text[span]).collect();
            assert_eq!(found, [address], "{text}");
            let tight = text.replace(address, &format!("<{address}>"));
            assert_eq!(tightened(text, |_| true), tight);
            assert!(loose_links(&tight).is_empty(), "{tight}");
        }
    }

    #[test]
    fn links_and_code_are_not_loose() {
        for text in [
            "[a](b.log)",
            "[a](b.log \"c d\")",
            "[a](b(1).log)",
            "`[a](b c.log)`",
            "[a](<b c.log>)",
            "    [a](b c)",
            "[a]: b(1).log",
            "[a]: b.log \"c d\"",
            "[^a]: see b.log",
            "[a]: <b c.log>",
        ] {
            assert!(loose_links(text).is_empty(), "{text}");
        }
        assert_eq!(tightened("[a](b c)", |_| false), "[a](b c)");
    }
}

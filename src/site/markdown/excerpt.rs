//! Excerpts of Markdown as plain text, for lists, feeds and descriptions.

use std::collections::HashSet;

use pulldown_cmark::{BrokenLink, CowStr, Event, Parser, Tag, TextMergeStream};
use unicode_segmentation::UnicodeSegmentation;

use crate::text::markdown::{for_reading, plain_text, reading_options, tightened};

/// The maximum number of bytes that are parsed for an excerpt. An excerpt needs only the first sentences, so a log of
/// several megabytes is not parsed completely.
const MAX_PARSED_BYTES: usize = 16 * 1024;

/// Returns the first `most` characters of the prose in `markdown`, cut between words. Headings, code blocks, tables,
/// quotes and raw HTML are left out. Returns an empty string if there is no prose.
pub(crate) fn excerpt(markdown: &str, most: usize) -> String {
    // An excerpt knows no files; an address with an ending is meant as one.
    let is_file = |address: &str| address.rsplit_once('.').is_some_and(|(_, ending)| is_ending(ending));
    let markdown = for_reading(markdown);
    shorten(&prose(&tightened(&markdown, is_file), most.saturating_mul(4)), most)
}

fn is_ending(text: &str) -> bool {
    (1..=5).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Returns at least `enough` bytes of the prose in `markdown`, or all of it.
fn prose(markdown: &str, enough: usize) -> String {
    let (head, rest) = markdown.split_at(markdown.floor_char_boundary(MAX_PARSED_BYTES));
    // The labels are collected once, because a text can have thousands of links.
    let label = |line| str::trim_start(line).strip_prefix('[')?.split_once("]:").map(|(label, _)| label);
    let defined: HashSet<&str> = rest.lines().filter_map(label).collect();
    let is_defined_later = |link: BrokenLink<'_>| {
        let is_defined = defined.contains(&*link.reference);
        is_defined.then_some((CowStr::Borrowed("#"), CowStr::Borrowed("")))
    };
    let parser = Parser::new_with_broken_link_callback(head, reading_options(), Some(is_defined_later));
    let is_left_out = |tag: &Tag<'_>| {
        matches!(
            tag,
            Tag::HtmlBlock
                | Tag::MetadataBlock(_)
                | Tag::Heading { .. }
                | Tag::CodeBlock(_)
                | Tag::Table(_)
                | Tag::BlockQuote(_)
                | Tag::FootnoteDefinition(_)
        )
    };
    let line_breaks = |event: Event<'_>| match event {
        Event::SoftBreak | Event::HardBreak => Some(" "),
        _ => None,
    };
    plain_text(TextMergeStream::new(parser), is_left_out, line_breaks, enough)
}

/// Puts `text` on one line of at most `most` characters (grapheme clusters), cut between words if there are spaces.
fn shorten(text: &str, most: usize) -> String {
    let mut line = String::with_capacity(text.len().min(most * 4));
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        if line.len() > most * 16 {
            break;
        }
    }
    let Some((cut, _)) = line.grapheme_indices(true).nth(most) else { return line };
    let start = &line[..cut];
    let end = match start.rfind(' ') {
        Some(space) if space > cut / 2 => space,
        _ => cut,
    };
    let trimmed = start[..end]
        .trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '-' | '('));
    format!("{trimmed}…")
}

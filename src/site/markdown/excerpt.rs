//! Excerpts of Markdown as plain text, for lists, feeds and descriptions.

use pulldown_cmark::{Event, Parser, Tag, TagEnd, TextMergeStream};
use unicode_segmentation::UnicodeSegmentation;

use crate::text::markdown::options;

/// The maximum number of bytes that are parsed for an excerpt. An excerpt needs only the first sentences, so a log of
/// several megabytes is not parsed completely.
const MAX_PARSED_BYTES: usize = 16 * 1024;

/// Returns the first `most` characters of the prose in `markdown`, cut between words. Headings, code blocks, tables,
/// quotes and raw HTML are left out. Returns an empty string if there is no prose.
pub(crate) fn excerpt(markdown: &str, most: usize) -> String {
    shorten(&prose(head(markdown), most.saturating_mul(4)), most)
}

fn head(markdown: &str) -> &str {
    let mut end = markdown.len().min(MAX_PARSED_BYTES);
    while !markdown.is_char_boundary(end) {
        end -= 1;
    }
    &markdown[..end]
}

/// Returns at least `enough` bytes of the prose in `markdown`, or all of it.
fn prose(markdown: &str, enough: usize) -> String {
    let mut out = String::new();
    let mut skipped = 0_usize;
    for event in TextMergeStream::new(Parser::new_ext(markdown, options())) {
        if out.len() >= enough {
            break;
        }
        match event {
            Event::Start(tag) => {
                let skip = matches!(
                    tag,
                    Tag::HtmlBlock
                        | Tag::MetadataBlock(_)
                        | Tag::Heading { .. }
                        | Tag::CodeBlock(_)
                        | Tag::Table(_)
                        | Tag::BlockQuote(_)
                        | Tag::FootnoteDefinition(_)
                );
                if skip || skipped > 0 {
                    skipped += 1;
                }
            }
            Event::End(tag) => {
                skipped = skipped.saturating_sub(1);
                let inline = matches!(
                    tag,
                    TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image
                );
                if !inline && skipped == 0 && !out.is_empty() && !out.ends_with('\n') {
                    out.push('\n');
                }
            }
            Event::Text(text) | Event::Code(text) if skipped == 0 => out.push_str(&text),
            Event::SoftBreak | Event::HardBreak if skipped == 0 => out.push(' '),
            _ => {}
        }
    }
    out.truncate(out.trim_end().len());
    out
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

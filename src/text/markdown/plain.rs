//! The plain text of Markdown, for excerpts.

use std::sync::LazyLock;

use pulldown_cmark::{Event, Tag, TagEnd};
use regex::{Captures, Regex};

use super::pieces::parsed;
use super::{for_reading, is_html_element, latex, reading_options};

static TAG: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?s)<!--.*?-->|</?([A-Za-z][A-Za-z0-9-]*)(?:[^<>"']|"[^"]*"|'[^']*')*>"#).ok()
});

/// Returns the text of `markdown` without marks, headings and HTML, one line for each line or block. The text of code
/// and of tables stays, because people search for it.
pub(crate) fn prose(markdown: &str) -> String {
    let is_left_out = |tag: &Tag<'_>| matches!(tag, Tag::MetadataBlock(_) | Tag::Heading { .. });
    let line_breaks = |event: Event<'_>| match event {
        Event::SoftBreak | Event::HardBreak => Some("\n"),
        _ => None,
    };
    let markdown = for_reading(markdown);
    let events = parsed(&markdown, reading_options()).map(|(event, _)| event);
    plain_text(events, is_left_out, line_breaks, usize::MAX)
}

/// Returns at least `enough` bytes of the text of `events`, or all of it, without the blocks for which `is_left_out` is
/// true. `other` returns the text for events that are neither text nor blocks.
pub(crate) fn plain_text<'a>(
    events: impl Iterator<Item = Event<'a>>,
    is_left_out: impl Fn(&Tag<'_>) -> bool,
    other: impl Fn(Event<'a>) -> Option<&'static str>,
    enough: usize,
) -> String {
    let mut out = String::new();
    let mut skipped = 0_usize;
    let mut in_comment = false;
    for event in events {
        if out.len() >= enough {
            break;
        }
        match event {
            Event::Start(tag) => {
                if skipped > 0 || is_left_out(&tag) {
                    skipped += 1;
                }
            }
            Event::End(tag) => {
                in_comment = false;
                skipped = skipped.saturating_sub(1);
                let is_inline = matches!(
                    tag,
                    TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image
                );
                if skipped == 0 && tag == TagEnd::TableCell {
                    out.push(' ');
                } else if !is_inline && skipped == 0 && !out.is_empty() && !out.ends_with('\n') {
                    out.push('\n');
                }
            }
            _ if skipped > 0 => {}
            Event::Text(text) | Event::Code(text) => out.push_str(&text),
            Event::InlineMath(formula) => out.push_str(&format!("${}$", latex(&formula))),
            Event::DisplayMath(formula) => out.push_str(&format!("$${}$$", latex(&formula))),
            Event::Html(line) => out.push_str(&without_tags(outside_comment(&line, &mut in_comment))),
            Event::InlineHtml(html) => out.push_str(&without_tags(&html)),
            event => out.push_str(other(event).unwrap_or_default()),
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Returns the part of a line of HTML that is not in a comment of several lines. `in_comment` tells whether the line begins
/// in one, and is set to whether the next line does.
fn outside_comment<'a>(line: &'a str, in_comment: &mut bool) -> &'a str {
    let mut rest = line;
    if *in_comment {
        let Some((_, after)) = line.split_once("-->") else { return "" };
        rest = after;
    }
    let opened = rest.rfind("<!--").filter(|at| !rest[*at..].contains("-->"));
    *in_comment = opened.is_some();
    &rest[..opened.unwrap_or(rest.len())]
}

/// Returns `html` without comments and tags. Tags that are not HTML, such as `<your-name>`, are text.
fn without_tags(html: &str) -> String {
    let Some(tag) = &*TAG else { return String::new() };
    let replace = |found: &Captures<'_>| match found.get(1) {
        Some(name) if !is_html_element(name.as_str()) => found[0].to_owned(),
        _ => String::new(),
    };
    tag.replace_all(html, replace).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_has_neither_marks_nor_headings_nor_comments() {
        let text = "# Fix\n**Run** [it](x.md), `now`:\n\n~~~~ sh\n# not a heading\n```\n<!-- kept -->\n~~~~\n<!-- gone -->\n<!--\ngone\n-->\nCause\n-----\nFull\n<b>disk</b> <your-name>\n\n- one\n- ![two](y.png)\n\n|a|b|\n|-|-|\n|c|d|\n";
        let expected = "Run it, now:\n# not a heading\n```\n<!-- kept -->\n\n\nFull\ndisk <your-name>\none\ntwo\na b \nc d";
        assert_eq!(prose(text), expected);
        assert_eq!(prose("    # indented code\n"), "# indented code");
        assert_eq!(prose("```\n```\n"), "");
        assert_eq!(prose("<details>\n<summary>Log</summary>\nx < y\n</details>"), "\nLog\nx < y");
    }
}

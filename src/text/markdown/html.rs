//! HTML comments in Markdown, which templates use for hints.

use std::borrow::Cow;

use pulldown_cmark::{Event, Tag};

use super::{events, without};
use crate::text::Span;

/// Returns the bytes of each HTML comment in `text`, including its marks. An unclosed comment ends with its block. Text
/// in code that looks like a comment is not a comment.
pub(crate) fn comments(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    if !text.contains("<!--") {
        return found;
    }
    for (event, span) in events(text) {
        match event {
            Event::Start(Tag::HtmlBlock) => in_block(text, &span, &mut found),
            Event::InlineHtml(html) if html.starts_with("<!--") => found.push(span),
            _ => {}
        }
    }
    found
}

fn in_block(text: &str, block: &Span, found: &mut Vec<Span>) {
    let mut at = block.start;
    while let Some(start) = text[at..block.end].find("<!--").map(|start| at + start) {
        // `<!-->` and `<!--->` are whole comments.
        at = text[start + 2..block.end].find("-->").map_or(block.end, |end| start + 2 + end + "-->".len());
        found.push(start..at);
    }
}

/// Returns `text` without its HTML comments: the hints of a template do not count as an answer.
pub(crate) fn without_comments(text: &str) -> Cow<'_, str> {
    match comments(text) {
        comments if comments.is_empty() => text.into(),
        comments => without(text, comments).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_not_text() {
        assert_eq!(without_comments("a <!-- b\n --> c"), "a  c");
        assert_eq!(without_comments("<!-- a\n\n## b\n--> c\n\nd\n"), " c\n\nd\n");
        assert_eq!(without_comments("a\n\n<!-- never closed\n\n## b\n"), "a\n\n");
        assert_eq!(without_comments("<div>\n<!-- a --> b <!-- c -->\n</div>"), "<div>\n b \n</div>");
    }

    #[test]
    fn a_comment_in_code_is_text() {
        for text in ["```\n<!-- a -->\n```\n", "`<!-- a -->`", "    <!-- a -->\n", "~~~\n<!--\n~~~\n\n<b>\n"]
        {
            assert_eq!(without_comments(text), text);
        }
    }
}

//! HTML comments in Markdown, which templates use for hints.

use std::borrow::Cow;

use pulldown_cmark::{Event, Tag};

use super::pieces::parsed;
use super::{events, options, without};
use crate::text::Span;

/// The maximum number of unclosed comments in a text that are shown as text.
const MAX_UNCLOSED: usize = 16;

/// Returns the bytes of each HTML comment in `text`, including its marks. An unclosed comment is text. Text in code that
/// looks like a comment is not a comment.
pub(crate) fn comments(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    if !text.contains("<!--") {
        return found;
    }
    for (event, span) in events(text) {
        match event {
            Event::Start(Tag::HtmlBlock) => found.extend(in_block(text, &span)),
            Event::InlineHtml(html) if html.starts_with("<!--") => found.push(span),
            _ => {}
        }
    }
    found
}

/// Returns the comments in a block of HTML. An unclosed one is the last.
fn in_block(text: &str, block: &Span) -> Vec<Span> {
    let (mut found, mut at) = (Vec::new(), block.start);
    while let Some(start) = text[at..block.end].find("<!--").map(|start| at + start) {
        // `<!-->` and `<!--->` are whole comments.
        let Some(end) = text[start + 2..block.end].find("-->") else { break };
        at = start + 2 + end + "-->".len();
        found.push(start..at);
    }
    found
}

/// Returns the bytes of each `<!--` in `text` that begins no comment, because `-->` is missing.
pub(crate) fn unclosed_comments(text: &str) -> Vec<Span> {
    if !text.contains("<!--") {
        return Vec::new();
    }
    let (mut code, mut comments) = (Vec::new(), Vec::new());
    for (event, span) in events(text) {
        match event {
            Event::Start(Tag::CodeBlock(_)) | Event::Code(_) => code.push(span),
            Event::Start(Tag::HtmlBlock) => comments.extend(in_block(text, &span)),
            Event::InlineHtml(_) => comments.push(span),
            _ => {}
        }
    }
    // The spans are in order and do not overlap.
    let is_in = |spans: &[Span], at: usize| {
        let before = spans.partition_point(|span| span.start <= at);
        spans[..before].last().is_some_and(|span| at < span.end)
    };
    let marks = text.match_indices("<!--").map(|(at, mark)| at..at + mark.len());
    marks
        .filter(|mark| !text[..mark.start].ends_with('\\'))
        .filter(|mark| !is_in(&code, mark.start) && !is_in(&comments, mark.start))
        .collect()
}

/// Returns `text` with `replacement` for the mark of each unclosed comment that would otherwise hide the rest of the
/// text: by the rules of Markdown, such a comment ends where the text ends. Returns `None` if there is none.
pub(super) fn without_unclosed(text: &str, replacement: &str) -> Option<String> {
    let last = text.rfind("<!--")?;
    if text[last + 2..].contains("-->") {
        return None;
    }
    let mut shown: Option<String> = None;
    // The text after an unclosed comment can contain another one, which is found only when the first one is gone.
    for _ in 0..MAX_UNCLOSED {
        let current = shown.as_deref().unwrap_or(text);
        let is_unclosed = |span: &Span| in_block(current, span).is_empty();
        let block = parsed(current, options()).find(|(event, span)| {
            let block = current[span.clone()].trim_start();
            matches!(event, Event::Start(Tag::HtmlBlock)) && block.starts_with("<!--") && is_unclosed(span)
        });
        let Some((_, span)) = block else { break };
        let at = span.start + current[span].find("<!--").unwrap_or_default();
        shown = Some(format!("{}{replacement}{}", &current[..at], &current[at + "<!--".len()..]));
    }
    shown
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
        assert_eq!(without_comments("<div>\n<!-- a --> b <!-- c -->\n</div>"), "<div>\n b \n</div>");
    }

    #[test]
    fn an_unclosed_comment_is_text_and_hides_nothing() {
        for text in [
            "a\n\n<!-- never closed\n\n## b\n",
            "<!-- one\n\n<!-- two\n\n## b\n",
            "a <!-- b\n\n## b",
            "<div>\n<!-- a\n</div>\n\n## b\n",
        ] {
            assert_eq!(without_comments(text), text);
            assert_eq!(super::super::headings(text).len(), 1, "{text}");
            assert_eq!(unclosed_comments(text).len(), text.matches("<!--").count(), "{text}");
        }
        assert_eq!(without_comments("<!-- a -->b\n\n<!-- c\n\nd"), "b\n\n<!-- c\n\nd");
        for text in
            ["<!-- a -->", "`<!-- a`", "\\<!-- a", "```\n<!--\n```", "<!-- a\n\nb -->", "<!-- a <!-- b -->"]
        {
            assert!(unclosed_comments(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_comment_in_code_is_text() {
        for text in ["```\n<!-- a -->\n```\n", "`<!-- a -->`", "    <!-- a -->\n", "~~~\n<!--\n~~~\n\n<b>\n"]
        {
            assert_eq!(without_comments(text), text);
        }
    }
}

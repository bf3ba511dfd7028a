//! Parsing of large texts in pieces.
//!
//! The parser holds a node for each mark of a text, so that 15 MB of `[` took more than a gigabyte. A piece ends where
//! a block ends, so that most texts have the same events as without pieces. Only a list, a quote or a paragraph that is larger
//! than a piece is cut between its lines.

use std::collections::HashMap;

use pulldown_cmark::{BrokenLink, CodeBlockKind, CowStr, Event, Options, Parser, Tag, TagEnd};

use super::options;
use crate::text::Span;

/// The size in bytes from which a text is parsed in pieces, and the size of a piece.
const PIECE_BYTES: usize = 256 * 1024;

/// Returns the parser's events for `text`, each with its bytes.
pub(super) fn parsed(text: &str, options: Options) -> Box<dyn Iterator<Item = (Event<'_>, Span)> + '_> {
    if text.len() <= PIECE_BYTES {
        return Box::new(Parser::new_ext(text, options).into_offset_iter());
    }
    let (links, mut at) = (Links::of(text), 0);
    Box::new(std::iter::from_fn(move || next_piece(text, &mut at, options, &links)).flatten())
}

/// Like [`parsed`], for a text that was changed before parsing.
pub(super) fn parsed_owned<'a>(
    text: String,
    options: Options,
) -> Box<dyn Iterator<Item = (Event<'a>, Span)> + 'a> {
    let (links, mut at) = (Links::of(&text), 0);
    let pieces = std::iter::from_fn(move || {
        let events = next_piece(&text, &mut at, options, &links)?;
        let owned = |(event, span): (Event<'_>, Span)| (event.into_static(), span);
        Some(events.into_iter().map(owned).collect::<Vec<(Event<'a>, Span)>>())
    });
    Box::new(pieces.flatten())
}

type Events<'a> = Vec<(Event<'a>, Span)>;

/// Returns the events of the piece of `text` that begins at `at`, and sets `at` to its end.
fn next_piece<'a>(text: &'a str, at: &mut usize, options: Options, links: &Links) -> Option<Events<'a>> {
    let start = *at;
    let rest = text.get(start..).filter(|rest| !rest.is_empty())?;
    let (mut events, length) = whole_block(rest).unwrap_or_else(|| piece(rest, options, links));
    for (_, span) in &mut events {
        *span = span.start + start..span.end + start;
    }
    *at += length;
    Some(events)
}

/// Returns the events of the blocks at the start of `rest` that fit into a piece, and their bytes.
fn piece<'a>(rest: &'a str, options: Options, links: &Links) -> (Events<'a>, usize) {
    let end = end_of_line(rest, PIECE_BYTES);
    let find = |link: BrokenLink<'_>| links.find(&link.reference);
    let parser = Parser::new_with_broken_link_callback(&rest[..end], options, Some(find));
    let mut events: Events<'a> = parser.into_offset_iter().collect();
    if end == rest.len() {
        return (events, end);
    }
    // The last block can continue after this piece, so the next piece begins with it.
    if let Some((index, start)) = last_start(rest, &events) {
        events.truncate(index);
        return (events, start);
    }
    (events, end)
}

/// Returns where the last block of a piece begins: the index of its first event, and the start of its line. Returns
/// `None` if the block fills the piece.
fn last_start(rest: &str, events: &Events<'_>) -> Option<(usize, usize)> {
    let (mut depth, mut last) = (0_usize, None);
    for (index, (event, span)) in events.iter().enumerate() {
        match event {
            Event::Start(_) => {
                if depth == 0 {
                    last = Some((index, span.start));
                }
                depth += 1;
            }
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::Rule if depth == 0 => last = Some((index, span.start)),
            _ => {}
        }
    }
    let (index, start) = last?;
    let line = rest[..start].rfind('\n').map_or(0, |before| before + 1);
    (line > 0).then_some((index, line))
}

/// Returns the events of a code block with fences or of a comment that `rest` begins with, if it is larger than a piece.
/// Logs are that large, and a cut in them would make text of code.
fn whole_block(rest: &str) -> Option<(Events<'_>, usize)> {
    let first_end = rest.find('\n').map_or(rest.len(), |end| end + 1);
    let (first, after) = rest.split_at(first_end);
    let mark = first.trim_start_matches(' ');
    if first.len() - mark.len() > 3 {
        return None;
    }
    if mark.starts_with("<!--") {
        let end =
            rest.find("-->").map(|end| rest[end..].find('\n').map_or(rest.len(), |line| end + line + 1))?;
        let html = Event::Html(CowStr::Borrowed(&rest[..end]));
        let events = [Event::Start(Tag::HtmlBlock), html, Event::End(TagEnd::HtmlBlock)];
        return (end > PIECE_BYTES).then(|| (events.map(|event| (event, 0..end)).into(), end));
    }
    if !mark.starts_with("```") && !mark.starts_with("~~~") {
        return None;
    }
    let Some(Event::Start(Tag::CodeBlock(kind @ CodeBlockKind::Fenced(_)))) = Parser::new(first).next()
    else {
        return None;
    };
    let fence = &mark[..mark.bytes().take_while(|byte| *byte == mark.as_bytes()[0]).count()];
    let mut content = 0;
    let mut last_line = 0;
    for line in after.split_inclusive('\n') {
        if closes(line, fence) {
            last_line = line.len();
            break;
        }
        content += line.len();
    }
    let end = first_end + content + last_line;
    let content = first_end..first_end + content;
    let text = (Event::Text(CowStr::Borrowed(&rest[content.clone()])), content);
    let start = (Event::Start(Tag::CodeBlock(kind)), 0..end);
    (end > PIECE_BYTES).then(|| (vec![start, text, (Event::End(TagEnd::CodeBlock), 0..end)], end))
}

/// Returns whether `line` closes the code block that `fence` opened.
fn closes(line: &str, fence: &str) -> bool {
    let mark = line.trim_start_matches(' ');
    line.len() - mark.len() <= 3
        && mark.starts_with(fence)
        && mark.trim_start_matches(&fence[..1]).trim_end().is_empty()
}

/// Returns the end of the last line that ends within `most` bytes, or of the last character if that line is longer
/// than half a piece.
fn end_of_line(text: &str, most: usize) -> usize {
    let end = text.floor_char_boundary(most);
    match text[..end].rfind('\n') {
        Some(line) if end < text.len() && line > most / 2 => line + 1,
        _ => end,
    }
}

/// The addresses and titles of reference links by label in lower case, because a link and its definition can be in
/// different pieces.
struct Links(HashMap<String, (CowStr<'static>, CowStr<'static>)>);

impl Links {
    fn of(text: &str) -> Self {
        let mut links = HashMap::new();
        if text.len() <= PIECE_BYTES {
            return Self(links);
        }
        let is_definition = |line: &&str| line.trim_start().starts_with('[') && line.contains("]:");
        for line in text.lines().filter(is_definition) {
            let parser = Parser::new_ext(line, options());
            for (label, definition) in parser.reference_definitions().iter() {
                let title = definition.title.clone().unwrap_or("".into()).into_static();
                links
                    .entry(label.to_lowercase())
                    .or_insert_with(|| (definition.dest.clone().into_static(), title));
            }
        }
        Self(links)
    }

    fn find(&self, label: &str) -> Option<(CowStr<'static>, CowStr<'static>)> {
        self.0.get(&label.to_lowercase()).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{code_blocks, headings, options, prose, without_comments};
    use super::*;

    /// Returns lines of prose of more than two pieces.
    fn filler() -> String {
        "Some words of a long report.\n\n".repeat(2 * PIECE_BYTES / 30)
    }

    #[test]
    fn a_large_text_has_the_events_that_it_has_without_pieces() {
        let block = "## Héad `x`\n\nText *with* [a link][one] and <b>tags</b>.\nSecond line\n\n- item\n\n  more\n  ```\n  code\n  ```\n- two\n\n> quote\nlazy\n\n```sh\nif true\n\n## no\n```\n\n<!-- a\n\nb -->\n\n    indented\n\n|a|b|\n|-|-|\n|c|d|\n\nUnder\n---\n***\n1) x\n\n<div>\nhtml\n</div>\n\n";
        for start in ["", "a\n\n", "aa\n\n- b\n\n"] {
            let text = format!("{start}{}[ONE]: https://one.example/\n", block.repeat(5000));
            assert!(text.len() > 4 * PIECE_BYTES);
            let whole: Vec<_> = Parser::new_ext(&text, options()).into_offset_iter().collect();
            let pieces: Vec<_> = parsed(&text, options()).collect();
            for (whole, piece) in whole.iter().zip(&pieces) {
                // A link that is defined in another piece has another type, and the same address.
                if !matches!(whole.0, Event::Start(Tag::Link { .. })) {
                    assert_eq!(whole, piece);
                }
            }
            assert_eq!(whole.len(), pieces.len());
            let links = pieces.iter().filter(|(event, _)| {
                matches!(event, Event::Start(Tag::Link { dest_url, .. }) if &**dest_url == "https://one.example/")
            });
            assert_eq!(links.count(), 5000);
        }
    }

    #[test]
    fn a_log_of_several_pieces_stays_one_block_of_code() {
        for (open, close) in [("```", "```"), ("~~~~ log", "~~~~~"), ("  ````", "  ````"), ("```", "")] {
            let log = format!("## no heading {open}\n").repeat(PIECE_BYTES / 10);
            let log = log.replace("heading ```\n", "heading ``\n");
            let text = format!("{}\n{open}\n{log}{close}\n", filler());
            let blocks = code_blocks(&text);
            assert_eq!(blocks.len(), 1, "{open}");
            assert_eq!(text[blocks[0].content.clone()].trim_end(), log.trim_end(), "{open}");
            assert!(headings(&format!("{text}\n## After\n")).len() == usize::from(!close.is_empty()));
            assert!(prose(&text).contains("## no heading"));
        }
    }

    #[test]
    fn a_comment_of_several_pieces_stays_hidden() {
        let text = format!("A\n\n<!--\n{}-->\n\nB\n", filler());
        assert_eq!(without_comments(&text), "A\n\n\n\nB\n");
        assert_eq!(prose(&text), prose("A\n\n<!--\na\n-->\n\nB\n"));
    }

    #[test]
    fn a_text_of_one_block_is_cut_between_lines_and_loses_nothing() {
        for line in ["- item é\n", "> quote é\n", "word é\n", "é ", "[", "<!-- "] {
            let text = line.repeat(3 * PIECE_BYTES / line.len());
            let mut at = 0;
            let mut words = 0;
            for (event, span) in super::super::events(&text) {
                assert!(text.is_char_boundary(span.start) && span.end <= text.len());
                if let Event::Text(text) = event {
                    assert!(span.start >= at);
                    at = span.end;
                    words += text.matches('é').count();
                }
            }
            assert_eq!(words, text.matches('é').count(), "{line:?}");
        }
    }
}

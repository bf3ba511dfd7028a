//! The part of a text that best shows why it was found.

use super::marks::{Mark, Marks};
use crate::index::tokens;
use crate::text::Span;

/// The number of bytes that are searched for an excerpt. An excerpt from deep inside a log does not help a reader.
const MOST_BYTES: usize = 100_000;

/// The maximum number of marks that are considered.
const MOST_MARKS: usize = 1_000;

/// An excerpt of a text, on one line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Excerpt {
    /// The text, with each run of spaces and line ends as one space.
    pub text: String,
    /// The byte ranges in `text` to highlight, in order and not overlapping.
    pub marks: Vec<Span>,
    /// Whether the text has more before the excerpt.
    pub cut_before: bool,
    /// Whether the text has more after the excerpt.
    pub cut_after: bool,
}

/// Returns the best excerpt of `text` with at most `most` characters: the one with the most different marks, or the
/// beginning.
pub(crate) fn excerpt(text: &str, marks: &Marks, most: usize) -> Excerpt {
    let text = one_line(&text[..text.floor_char_boundary(MOST_BYTES)]);
    let mut found = marks.find(&text);
    found.truncate(MOST_MARKS);
    let Span { start, end } = on_words(&text, best_window(&text, &found, most), &found);
    let inside = merged(found.iter().map(|mark| mark.span.clone()))
        .into_iter()
        .filter(|span| start <= span.start && span.end <= end)
        .map(|span| span.start - start..span.end - start);
    Excerpt {
        text: text[start..end].to_owned(),
        marks: inside.collect(),
        cut_before: start > 0,
        cut_after: end < text.len(),
    }
}

/// Replaces every run of spaces, line ends and control characters in `text` with one space, and trims the text.
fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// Returns the range of `most` characters that has the most different marks.
fn best_window(text: &str, found: &[Mark], most: usize) -> Span {
    let from =
        |start: usize| start..text[start..].char_indices().nth(most).map_or(text.len(), |(at, _)| start + at);
    let whole = from(0);
    if whole.end == text.len() {
        return whole;
    }
    let mut best = (0, whole);
    for first in found {
        // A few words before the first mark give it context.
        let lead = text[..first.span.start]
            .char_indices()
            .rev()
            .take(most / 4)
            .last()
            .map_or(first.span.start, |(at, _)| at);
        let window = from(lead);
        let inside =
            found.iter().filter(|mark| window.start <= mark.span.start && mark.span.end <= window.end);
        let mut numbers: Vec<usize> = inside.map(|mark| mark.number).collect();
        let count = numbers.len();
        numbers.sort_unstable();
        numbers.dedup();
        let worth = numbers.len() * 1_000 + count;
        if worth > best.0 {
            best = (worth, window);
        }
    }
    // Near the end of the text, the excerpt starts earlier to use the available length.
    let mut window = best.1;
    if window.end == text.len() {
        window.start = text.char_indices().rev().take(most).last().map_or(0, |(at, _)| at);
    }
    window
}

/// The maximum length, in characters, of a part of a word that is removed for a clean cut.
const CUT_WORD: usize = 24;

/// Removes parts of words at the ends of `window` if no mark is lost. Never cuts between a letter and its accents.
fn on_words(text: &str, window: Span, found: &[Mark]) -> Span {
    let inside =
        || found.iter().filter(|mark| window.start <= mark.span.start && mark.span.end <= window.end);
    let first = inside().map(|mark| mark.span.start).min().unwrap_or(window.end);
    let last = inside().map(|mark| mark.span.end).max().unwrap_or(window.start);
    let ends_in_word = |at: usize| text[..at].ends_with(tokens::is_word);
    let mut start = window.start;
    if ends_in_word(start) {
        let piece =
            |at: &usize| text[*at..first].char_indices().take(CUT_WORD).find(|(_, c)| !tokens::is_word(*c));
        start = piece(&start).map_or(start, |(at, _)| start + at);
    }
    start +=
        text[start..window.end].char_indices().find(|(_, c)| !tokens::continues(*c)).map_or(0, |(at, _)| at);
    let mut end = window.end;
    if text[end..].starts_with(tokens::is_word) && ends_in_word(end) {
        let piece = text[last.max(start)..end].char_indices().rev().take(CUT_WORD);
        end =
            piece.take_while(|(_, c)| tokens::is_word(*c)).last().map_or(end, |(at, _)| last.max(start) + at);
    }
    while end > start && text[end..].starts_with(tokens::continues) {
        end = text.floor_char_boundary(end - 1);
    }
    let piece = &text[start..end];
    let spaces = piece.len() - piece.trim_start().len();
    start + spaces..start + piece.trim_end().len().max(spaces)
}

/// Merges spans, which are in order, that touch or overlap.
fn merged(spans: impl Iterator<Item = Span>) -> Vec<Span> {
    let mut found: Vec<Span> = Vec::new();
    for span in spans {
        match found.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => found.push(span),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        index::Correction,
        query::{Query, Vocabulary},
        search::find::Corrections,
    };

    fn marks(query: &str) -> Marks {
        Marks::of_query(&Query::parse(query, &Vocabulary::default()).unwrap(), &Corrections::default())
    }

    /// Formats an excerpt with its marks in brackets and its cuts as dots.
    fn shown(text: &str, query: &str, most: usize) -> String {
        let excerpt = excerpt(text, &marks(query), most);
        let mut shown = excerpt.text.clone();
        for span in excerpt.marks.iter().rev() {
            shown.insert(span.end, ']');
            shown.insert(span.start, '[');
        }
        format!(
            "{}{shown}{}",
            if excerpt.cut_before { "…" } else { "" },
            if excerpt.cut_after { "…" } else { "" }
        )
    }

    #[test]
    fn the_excerpt_has_most_of_the_words_of_the_query() {
        let text = format!(
            "An export. {} The export ran out of memory today. {}",
            "Some words. ".repeat(20),
            "More. ".repeat(20)
        );
        assert_eq!(
            shown(&text, "exports \"out of memory\" -today", 50),
            "…words. The [export] ran [out of memory] today. More.…"
        );
        assert_eq!(shown(&text, "nothing", 20), "An export. Some…");
        assert_eq!(shown("  Short\n\ttext ", "text", 50), "Short [text]");
    }

    #[test]
    fn an_identifier_is_marked_as_a_whole() {
        assert_eq!(
            shown("conn: net::ERR_CONN_RESET, 2 times", "ERR_CONN_RESET", 80),
            "conn: net::[ERR_CONN_RESET], 2 times"
        );
        assert_eq!(shown("a BarException here", "exception expo*", 80), "a Bar[Exception] here");
        assert_eq!(shown("Exporting exports", "export* sort:id", 80), "[Exporting] [exports]");
    }

    #[test]
    fn the_correction_of_a_word_is_marked() {
        let query = Query::parse("exprots", &Vocabulary::default()).unwrap();
        let correction = Correction { word: "exports".into(), term: "export".into() };
        let marks = Marks::of_query(&query, &Corrections::from([("exprots".into(), vec![correction])]));
        assert_eq!(excerpt("An Export ran", &marks, 50).marks.first(), Some(&(3..9)));
    }

    #[test]
    fn chinese_is_cut_and_marked_without_spaces() {
        assert_eq!(
            shown("发票导出超时，请检查导出任务的日志", "导出超时", 12),
            "发票[导出超时]，请检查[导出]…"
        );
        assert_eq!(shown(&"导".repeat(100), "超时", 5), "导导导导导…");
    }

    proptest! {
        #![proptest_config(crate::trials::trials(256))]

        #[test]
        fn an_excerpt_is_never_too_long(text in "\\PC{0,200}|[ab 导出\u{301}\n]{0,200}", most in 0usize..60) {
            let excerpt = excerpt(&text, &marks("a b* 导出 \"a b\""), most);
            prop_assert!(excerpt.text.chars().count() <= most);
            let mut last = 0;
            for span in excerpt.marks {
                prop_assert!(span.start >= last && excerpt.text.get(span.clone()).is_some());
                last = span.end;
            }
        }
    }
}

//! The piece of a text that shows best why it was found.

use super::marks::{Mark, Marks};
use crate::index::tokens;
use crate::text::Span;

/// How much of a text is looked at, in bytes: an excerpt from deep inside a log helps nobody.
const LOOKED_AT: usize = 100_000;

/// How many marks are weighed.
const MOST_MARKS: usize = 1_000;

/// A piece of a text in one line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Excerpt {
    /// The piece, with each run of spaces and line ends as one space.
    pub text: String,
    /// What to highlight in it, in bytes of `text`, in order and apart.
    pub marks: Vec<Span>,
    /// Whether there is more before it.
    pub cut_before: bool,
    /// Whether there is more after it.
    pub cut_after: bool,
}

/// The best piece of at most `most` characters of `text`: the one with most of what was looked for, else the beginning.
pub(crate) fn excerpt(text: &str, marks: &Marks, most: usize) -> Excerpt {
    let text = one_line(&text[..text.floor_char_boundary(LOOKED_AT)]);
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

/// `text` with every run of spaces, line ends and control characters as one space, and none at its ends.
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

/// The bytes of `most` characters that hold the most different marks.
fn best_window(text: &str, found: &[Mark], most: usize) -> Span {
    let from =
        |start: usize| start..text[start..].char_indices().nth(most).map_or(text.len(), |(at, _)| start + at);
    let whole = from(0);
    if whole.end == text.len() {
        return whole;
    }
    let mut best = (0, whole);
    for first in found {
        // Some words before the first mark tell what it is about.
        let lead = text[..first.span.start]
            .char_indices()
            .rev()
            .take(most / 4)
            .last()
            .map_or(first.span.start, |(at, _)| at);
        let window = from(lead);
        let inside =
            found.iter().filter(|mark| window.start <= mark.span.start && mark.span.end <= window.end);
        let mut whats: Vec<usize> = inside.map(|mark| mark.what).collect();
        let count = whats.len();
        whats.sort_unstable();
        whats.dedup();
        let worth = whats.len() * 1_000 + count;
        if worth > best.0 {
            best = (worth, window);
        }
    }
    // Near the end of the text, show as much as there is room for.
    let mut window = best.1;
    if window.end == text.len() {
        window.start = text.char_indices().rev().take(most).last().map_or(0, |(at, _)| at);
    }
    window
}

/// The longest piece of a word that is dropped for a clean cut, in characters.
const CUT_WORD: usize = 24;

/// `window` without the pieces of words at its ends, as long as no mark is lost; never between a letter and its accents.
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

/// Spans in order, with those that touch made one.
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
        index::StandIn,
        query::{Query, Vocabulary},
        search::find::Corrected,
    };

    fn marks(query: &str) -> Marks {
        Marks::of_query(&Query::parse(query, &Vocabulary::default()).unwrap(), &Corrected::default())
    }

    /// The excerpt with its marks in brackets and its cuts as dots.
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
    fn the_excerpt_is_where_most_of_the_words_are() {
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
    fn identifiers_are_marked_as_a_whole() {
        assert_eq!(
            shown("conn: net::ERR_CONN_RESET, 2 times", "ERR_CONN_RESET", 80),
            "conn: net::[ERR_CONN_RESET], 2 times"
        );
        assert_eq!(shown("a BarException here", "exception expo*", 80), "a Bar[Exception] here");
        assert_eq!(shown("Exporting exports", "export* sort:id", 80), "[Exporting] [exports]");
    }

    #[test]
    fn what_stood_in_for_a_word_is_marked() {
        let query = Query::parse("exprots", &Vocabulary::default()).unwrap();
        let stand_in = StandIn { word: "exports".into(), term: "export".into() };
        let marks = Marks::of_query(&query, &Corrected::from([("exprots".into(), vec![stand_in])]));
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
        fn any_text_has_an_excerpt_within_its_bounds(text in "\\PC{0,200}|[ab 导出\u{301}\n]{0,200}", most in 0usize..60) {
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

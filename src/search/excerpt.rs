//! The piece of a text that shows best why it was found.

use std::collections::HashSet;

use super::find::Corrected;
use super::index::{Needle, needles};
use super::query::{Expr, Query, Test, Text};
use super::tokens::{self, Kind};
use crate::text::Span;

/// How much of a text is looked at, in bytes: an excerpt from deep inside a log helps nobody.
const LOOKED_AT: usize = 100_000;

/// How many marks are weighed.
const MOST_MARKS: usize = 1_000;

/// What is to be highlighted.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    terms: HashSet<String>,
    prefixes: Vec<String>,
    sequences: Vec<Vec<(String, u32)>>,
}

/// A piece of a text in one line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Excerpt {
    /// The piece, with each run of spaces and line ends as one space.
    pub text: String,
    /// What to highlight in it, in bytes of `text`, in order and apart.
    pub marks: Vec<Span>,
    /// Whether there is more before it.
    pub cut_before: bool,
    /// Whether there is more after it.
    pub cut_after: bool,
}

/// A token of a text that was looked for.
struct Mark {
    span: Span,
    /// Which of the things that were looked for it is.
    what: usize,
}

impl Marks {
    /// What `query` looks for in text, except what it leaves out; for a word that was corrected, what stood in for it.
    pub fn of_query(query: &Query, corrected: &Corrected) -> Self {
        let mut marks = Self::default();
        if let Some(expr) = &query.expr {
            marks.add(expr, corrected);
        }
        marks
    }

    /// What `text` looks for.
    pub fn of_text(text: &Text, corrected: &Corrected) -> Self {
        let mut marks = Self::default();
        marks.add_text(text, corrected);
        marks
    }

    /// These terms, as the index holds them.
    pub fn of_terms<'a>(terms: impl IntoIterator<Item = &'a str>) -> Self {
        Self { terms: terms.into_iter().map(str::to_owned).collect(), ..Self::default() }
    }

    fn add(&mut self, expr: &Expr, corrected: &Corrected) {
        match expr {
            Expr::And(all) | Expr::Or(all) => all.iter().for_each(|one| self.add(one, corrected)),
            Expr::Not(_) => {}
            Expr::Text(text) => self.add_text(text, corrected),
            Expr::Field(test) => {
                for words in &test.any_of {
                    if let Test::Words(text) = words {
                        self.add_text(text, corrected);
                    }
                }
            }
        }
    }

    fn add_text(&mut self, text: &Text, corrected: &Corrected) {
        for needle in needles(text) {
            match needle {
                Needle::Term(term) => {
                    self.terms.insert(term);
                }
                Needle::Word { word, term } => {
                    let stand_ins = corrected.get(&word).into_iter().flatten();
                    self.terms.extend(stand_ins.map(|stand_in| stand_in.term.clone()));
                    self.terms.insert(term);
                }
                Needle::Prefix(prefix) => self.prefixes.push(prefix),
                Needle::Sequence { terms, .. } => self.sequences.push(terms),
            }
        }
    }

    /// The places in `text` that were looked for, in order and apart.
    pub fn spans(&self, text: &str) -> Vec<Span> {
        merged(self.find(text).into_iter().map(|mark| mark.span))
    }

    /// Whether anything in `text` was looked for.
    pub fn are_in(&self, text: &str) -> bool {
        !self.find(text).is_empty()
    }

    fn find(&self, text: &str) -> Vec<Mark> {
        let numbers: Vec<&str> = self.terms.iter().map(String::as_str).collect();
        let mut found = Vec::new();
        // Words and pairs by position, for sequences.
        let mut steps: Vec<(u32, String, Span)> = Vec::new();
        tokens::scan(text, |token| {
            let term = token.term();
            let prefix =
                || self.prefixes.iter().position(|prefix| token.surface.starts_with(prefix.as_str()));
            if self.terms.contains(&*term) {
                let what = numbers.iter().position(|number| *number == term).unwrap_or(0);
                found.push(Mark { span: token.span.clone(), what });
            } else if let Some(what) = prefix().filter(|_| token.kind != Kind::Part) {
                found.push(Mark { span: token.span.clone(), what: numbers.len() + what });
            }
            if !self.sequences.is_empty() && matches!(token.kind, Kind::Word | Kind::Char | Kind::Pair) {
                steps.push((token.position, term.into_owned(), token.span.clone()));
            }
        });
        for (index, sequence) in self.sequences.iter().enumerate() {
            let what = numbers.len() + self.prefixes.len() + index;
            found.extend(occurrences(&steps, sequence).map(|span| Mark { span, what }));
        }
        found.sort_by_key(|mark| (mark.span.start, mark.span.end));
        found
    }
}

/// The places where `sequence` stands among `steps`.
fn occurrences<'a>(
    steps: &'a [(u32, String, Span)],
    sequence: &'a [(String, u32)],
) -> impl Iterator<Item = Span> + 'a {
    steps.iter().filter_map(move |(start, term, span)| {
        let ((first, base), rest) =
            sequence.split_first().map(|((first, base), rest)| ((first, *base), rest))?;
        if term != first {
            return None;
        }
        let mut end = span.end;
        for (wanted, offset) in rest {
            let position = start + offset - base;
            let from = steps.partition_point(|(at, ..)| *at < position);
            let step = steps[from..]
                .iter()
                .take_while(|(at, ..)| *at == position)
                .find(|(_, term, _)| term == wanted)?;
            end = end.max(step.2.end);
        }
        Some(span.start..end)
    })
}

/// The best piece of at most `most` characters of `text`: the one with most of what was looked for, else the beginning.
pub fn excerpt(text: &str, marks: &Marks, most: usize) -> Excerpt {
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
    use crate::search::{index::StandIn, query::Known};

    fn marks(query: &str) -> Marks {
        Marks::of_query(&Query::parse(query, &Known::default()).unwrap(), &Corrected::default())
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
        let query = Query::parse("exprots", &Known::default()).unwrap();
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

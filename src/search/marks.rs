//! The words and phrases that a query looks for, and their places in texts.

use std::{cmp::Reverse, collections::HashMap};

use super::find::Corrections;
use crate::index::tokens::{self, Token, TokenKind};
use crate::index::{Needle, TextPattern, needles};
use crate::query::{Expr, Query, ValueTest};
use crate::text::Span;

/// The words, prefixes and phrases to look for. Each is a *mark* with a number. All marks are found in a single pass
/// over a text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Marks {
    count: usize,
    terms: HashMap<String, usize>,
    prefixes: HashMap<String, usize>,
    /// The lengths of `prefixes` in bytes, the longest first.
    lengths: Vec<usize>,
    sequences: Vec<Sequence>,
    /// Maps the terms of `sequences` to numbers.
    steps: HashMap<String, usize>,
}

/// A phrase: the numbers of its terms, with their distances.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Sequence {
    steps: Vec<(usize, u32)>,
    number: usize,
}

/// A place in a text where a mark was found.
pub(super) struct Mark {
    pub span: Span,
    /// The number of the mark.
    pub number: usize,
}

/// The tokens of a text that can belong to a phrase.
struct Steps {
    /// The position, the term's number and the span of each token, ordered by position.
    all: Vec<(u32, usize, Span)>,
    /// For each term, its indices in `all`.
    of_term: Vec<Vec<usize>>,
}

impl Marks {
    /// Collects the marks of `query`, without the negated ones. A corrected word is replaced by its corrections.
    pub(crate) fn of_query(query: &Query, corrected: &Corrections) -> Self {
        let mut marks = Self::default();
        if let Some(expr) = &query.expr {
            marks.add(expr, corrected);
        }
        marks
    }

    fn add(&mut self, expr: &Expr, corrected: &Corrections) {
        match expr {
            Expr::And(all) | Expr::Or(all) => all.iter().for_each(|one| self.add(one, corrected)),
            Expr::Not(_) => {}
            Expr::Text(text) => drop(self.add_text(text, corrected)),
            Expr::Field(test) => {
                for words in &test.any_of {
                    if let ValueTest::Words(text) = words {
                        self.add_text(text, corrected);
                    }
                }
            }
        }
    }

    /// Adds the marks of `text` and returns their numbers.
    pub(super) fn add_text(&mut self, text: &TextPattern, corrected: &Corrections) -> Vec<usize> {
        let mut added = Vec::new();
        needles(text).into_iter().for_each(|needle| self.add_needle(needle, corrected, &mut added));
        self.lengths.sort_unstable_by_key(|length| Reverse(*length));
        self.lengths.dedup();
        added
    }

    /// Appends the numbers of the marks of `needle` to `added`.
    fn add_needle(&mut self, needle: Needle, corrected: &Corrections, added: &mut Vec<usize>) {
        match needle {
            Needle::Term(term) => added.push(number(&mut self.terms, &mut self.count, term)),
            Needle::Word { word, term } => {
                let corrections = corrected.get(&word).into_iter().flatten();
                let terms = corrections.map(|correction| correction.term.clone()).chain([term]);
                added.extend(terms.map(|term| number(&mut self.terms, &mut self.count, term)));
            }
            Needle::Prefix(prefix) => {
                self.lengths.push(prefix.len());
                added.push(number(&mut self.prefixes, &mut self.count, prefix));
            }
            Needle::Sequence { terms, .. } => added.push(self.add_sequence(terms)),
            Needle::AnyOf(spellings) => {
                spellings.into_iter().for_each(|needle| self.add_needle(needle, corrected, added));
            }
        }
    }

    fn add_sequence(&mut self, terms: Vec<(String, u32)>) -> usize {
        let mut step = |term| {
            let mut next = self.steps.len();
            number(&mut self.steps, &mut next, term)
        };
        let steps: Vec<(usize, u32)> = terms.into_iter().map(|(term, place)| (step(term), place)).collect();
        if let Some(known) = self.sequences.iter().find(|known| known.steps == steps) {
            return known.number;
        }
        self.sequences.push(Sequence { steps, number: self.count });
        self.count += 1;
        self.count - 1
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// Returns the marks that `token` matches: the word, then its prefixes, the longest first.
    fn of_token<'a>(&'a self, token: &'a Token<'_>) -> impl Iterator<Item = usize> + 'a {
        let surface = Some(token.surface).filter(|_| token.kind != TokenKind::Part);
        let begins = move |length: &usize| self.prefixes.get(surface?.get(..*length)?);
        let term = if self.terms.is_empty() { None } else { self.terms.get(&*token.term()) };
        term.into_iter().chain(self.lengths.iter().filter_map(begins)).copied()
    }

    /// Calls `each` with every token of `text` and returns the tokens that can belong to a phrase.
    fn read(&self, text: &str, mut each: impl FnMut(&Token<'_>)) -> Steps {
        let mut steps = Steps { all: Vec::new(), of_term: vec![Vec::new(); self.steps.len()] };
        tokens::scan(text, |token| {
            each(&token);
            if !self.steps.is_empty()
                && let Some(step) = self.steps.get(&*token.term())
            {
                steps.all.push((token.position, *step, token.span.clone()));
            }
        });
        // A token of several words comes after the words that it begins with.
        steps.all.sort_by_key(|(position, ..)| *position);
        for (index, (_, step, _)) in steps.all.iter().enumerate() {
            steps.of_term[*step].push(index);
        }
        steps
    }

    /// Finds all marks in `text`, in order. A token is one place, even if several marks match it.
    pub(super) fn find(&self, text: &str) -> Vec<Mark> {
        let mut found = Vec::new();
        let steps = self.read(text, |token| {
            found.extend(self.of_token(token).next().map(|number| Mark { span: token.span.clone(), number }));
        });
        for Sequence { steps: sequence, number } in &self.sequences {
            found.extend(steps.occurrences(sequence).map(|span| Mark { span, number: *number }));
        }
        found.sort_by_key(|mark| (mark.span.start, mark.span.end));
        found
    }

    /// Calls `found` with the number of each mark in `text`, at least once.
    pub(super) fn each_in(&self, text: &str, mut found: impl FnMut(usize)) {
        let steps = self.read(text, |token| self.of_token(token).for_each(&mut found));
        for Sequence { steps: sequence, number } in &self.sequences {
            if steps.occurrences(sequence).next().is_some() {
                found(*number);
            }
        }
    }
}

impl Steps {
    /// Finds the places of the phrase `sequence`.
    fn occurrences<'a>(&'a self, sequence: &'a [(usize, u32)]) -> impl Iterator<Item = Span> + 'a {
        let (first, rest) =
            sequence.split_first().map_or((None, sequence), |(first, rest)| (Some(first), rest));
        let starts = first.map_or(&[][..], |(term, _)| &self.of_term[*term]);
        let base = first.map_or(0, |(_, place)| *place);
        starts.iter().filter_map(move |start| {
            let (position, _, span) = &self.all[*start];
            let mut end = span.end;
            for (expected, place) in rest {
                let position = position + place - base;
                let from = self.all.partition_point(|(at, ..)| *at < position);
                let here = self.all[from..].iter().take_while(|(at, ..)| *at == position);
                end = end.max({ here }.find(|(_, term, _)| term == expected)?.2.end);
            }
            Some(span.start..end)
        })
    }
}

/// Returns the number of `name` in `known`. A new name gets the number `next`, which is then increased.
fn number(known: &mut HashMap<String, usize>, next: &mut usize, name: String) -> usize {
    *known.entry(name).or_insert_with(|| {
        *next += 1;
        *next - 1
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_marks_are_found_in_one_pass() {
        let texts = [
            TextPattern::Word("exports".into()),
            TextPattern::Word("exported".into()),
            TextPattern::Prefix("exp".into()),
            TextPattern::Prefix("e".into()),
            TextPattern::Prefix("expz".into()),
            TextPattern::Phrase("out of memory".into()),
            TextPattern::Phrase("memory out".into()),
            TextPattern::Word("conn_reset".into()),
            TextPattern::Word("导出超时".into()),
            TextPattern::Word("—".into()),
        ];
        let mut marks = Marks::default();
        let numbers = texts.map(|text| marks.add_text(&text, &Corrections::default()));
        let found = |text: &str| {
            let mut has = vec![false; marks.len()];
            marks.each_in(text, |number| has[number] = true);
            let any = numbers.iter().map(|numbers| u8::from(numbers.iter().any(|number| has[*number])));
            any.map(|any| any.to_string()).collect::<String>()
        };
        assert_eq!(found("The Export ran out of memory: net::ERR_CONN_RESET"), "1111010100");
        assert_eq!(found("An out-of-memory error"), "0001010000");
        assert_eq!(found("memory, out of it; 导出"), "0000001010");
        assert_eq!(found(""), "0000000000");
        assert_eq!(numbers[0], numbers[1], "two words with the same stem share a mark");
    }
}

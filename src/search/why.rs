//! Explains why a query found a ticket, with an excerpt of its text.

use super::{
    Filter, Item,
    excerpt::{Excerpt, excerpt},
    find::Corrections,
    marks::Marks,
    texts::Texts,
};
use crate::{
    index::{IndexField, TextPattern},
    query::{Expr, FieldTest, Query, ValueTest},
    store::Store,
    text::markdown::prose,
};

/// The possible reasons why a query finds tickets and articles.
pub(crate) struct Reasons<'a> {
    filter: &'a Filter<'a>,
    reasons: Vec<PossibleReason<'a>>,
    /// The marks of all `reasons`.
    marks: Marks,
    /// For each mark, the indices of the `reasons` that it belongs to.
    of_mark: Vec<Vec<usize>>,
}

/// A part of a query that can be a reason.
struct PossibleReason<'a> {
    /// The reason in query syntax.
    written: String,
    kind: ReasonKind<'a>,
}

enum ReasonKind<'a> {
    /// Words in the texts of a field, or of any field.
    Words(Option<IndexField>),
    /// A condition that the filter tests.
    Test(&'a FieldTest),
}

impl<'a> Reasons<'a> {
    /// Collects the possible reasons of `query`. `corrected` has the corrections of its words, and `filter` tests its
    /// conditions.
    pub(crate) fn new(query: &'a Query, corrected: &Corrections, filter: &'a Filter<'a>) -> Self {
        let mut all = Self { filter, reasons: Vec::new(), marks: Marks::default(), of_mark: Vec::new() };
        if let Some(expr) = &query.expr {
            all.add(expr, corrected);
        }
        all
    }

    fn add(&mut self, expr: &'a Expr, corrected: &Corrections) {
        let written = || expr.to_string();
        match expr {
            Expr::And(all) | Expr::Or(all) => all.iter().for_each(|one| self.add(one, corrected)),
            Expr::Not(_) => {}
            Expr::Text(text) => self.add_words(written(), None, &[text], corrected),
            Expr::Field(test) => match test.key.words() {
                Some(field) => {
                    let words = test.any_of.iter().filter_map(|one| match one {
                        ValueTest::Words(text) => Some(text),
                        _ => None,
                    });
                    self.add_words(written(), Some(field), &words.collect::<Vec<_>>(), corrected);
                }
                None => {
                    self.reasons.push(PossibleReason { written: written(), kind: ReasonKind::Test(test) })
                }
            },
        }
    }

    fn add_words(
        &mut self,
        written: String,
        field: Option<IndexField>,
        any_of: &[&TextPattern],
        corrected: &Corrections,
    ) {
        for text in any_of {
            for mark in self.marks.add_text(text, corrected) {
                self.of_mark.resize(self.marks.len(), Vec::new());
                self.of_mark[mark].push(self.reasons.len());
            }
        }
        self.reasons.push(PossibleReason { written, kind: ReasonKind::Words(field) });
    }

    /// Lists the parts of the query that `item` matches: each word, phrase and condition, in query syntax, without
    /// negated ones. The texts are read once, and only if the query has words.
    pub(crate) fn of(&self, store: &Store, item: Item) -> Vec<String> {
        let mut matches = vec![false; self.reasons.len()];
        if !self.of_mark.is_empty() {
            for (field, text) in Texts::of_item(store, item).iter() {
                let mut has = vec![false; self.marks.len()];
                self.marks.each_in(text, |mark| has[mark] = true);
                for reason in self.of_mark.iter().zip(has).filter(|(_, has)| *has).flat_map(|(all, _)| all) {
                    let ReasonKind::Words(expected) = self.reasons[*reason].kind else { continue };
                    matches[*reason] |= expected.is_none_or(|expected| expected == field);
                }
            }
        }
        let mut found: Vec<String> = Vec::new();
        for (reason, matches) in self.reasons.iter().zip(matches) {
            let matches = match reason.kind {
                ReasonKind::Words(_) => matches,
                ReasonKind::Test(test) => self.filter.holds(test, item),
            };
            if matches && !found.contains(&reason.written) {
                found.push(reason.written.clone());
            }
        }
        found
    }
}

/// Returns the excerpt of at most `most` characters that shows the most different marks. The answer is preferred;
/// another text is used only if it shows more. Returns `None` if there is no text.
pub(crate) fn best_excerpt(texts: &Texts, marks: &Marks, most: usize) -> Option<(IndexField, Excerpt)> {
    let mut best: Option<(usize, IndexField, Excerpt)> = None;
    for field in [IndexField::Answer, IndexField::Body, IndexField::Replies] {
        for text in texts.of_field(field).map(prose) {
            let piece = excerpt(&text, marks, most);
            let worth = different(&piece);
            if !piece.text.is_empty() && best.as_ref().is_none_or(|(most, ..)| worth > *most) {
                best = Some((worth, field, piece));
            }
        }
    }
    best.map(|(_, field, piece)| (field, piece))
}

/// Counts the different words that are marked.
fn different(piece: &Excerpt) -> usize {
    let marked = piece.marks.iter().filter_map(|span| piece.text.get(span.clone()));
    let mut words: Vec<String> = marked.map(str::to_lowercase).collect();
    words.sort_unstable();
    words.dedup();
    words.len()
}

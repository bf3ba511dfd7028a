//! Why a query found a ticket, and the piece of its text that shows it.

use super::{
    Filter, Item,
    excerpt::{Excerpt, excerpt},
    find::Corrected,
    marks::Marks,
    texts::Texts,
};
use crate::{
    index::{Field, TextPattern},
    query::{Expr, FieldTest, Query, ValueTest},
    store::Store,
    text::markdown::prose,
};

/// Tells why tickets and articles were found.
pub(crate) struct Reasons<'a> {
    filter: &'a Filter<'a>,
    reasons: Vec<Reason<'a>>,
    /// What all of `reasons` look for in texts.
    marks: Marks,
    /// For each of `marks` those of `reasons` that look for it.
    of_mark: Vec<Vec<usize>>,
}

/// What may be why something was found.
struct Reason<'a> {
    /// As queries write it.
    written: String,
    what: Sought<'a>,
}

enum Sought<'a> {
    /// Something in the texts of a field, or in any.
    Words(Option<Field>),
    /// What the filter knows.
    Test(&'a FieldTest),
}

impl<'a> Reasons<'a> {
    /// For what `query` found, some of whose words were `corrected`, and whose tests `filter` answers.
    pub(crate) fn new(query: &'a Query, corrected: &Corrected, filter: &'a Filter<'a>) -> Self {
        let mut all = Self { filter, reasons: Vec::new(), marks: Marks::default(), of_mark: Vec::new() };
        if let Some(expr) = &query.expr {
            all.add(expr, corrected);
        }
        all
    }

    fn add(&mut self, expr: &'a Expr, corrected: &Corrected) {
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
                None => self.reasons.push(Reason { written: written(), what: Sought::Test(test) }),
            },
        }
    }

    fn add_words(
        &mut self,
        written: String,
        field: Option<Field>,
        any_of: &[&TextPattern],
        corrected: &Corrected,
    ) {
        for text in any_of {
            for mark in self.marks.add_text(text, corrected) {
                self.of_mark.resize(self.marks.len(), Vec::new());
                self.of_mark[mark].push(self.reasons.len());
            }
        }
        self.reasons.push(Reason { written, what: Sought::Words(field) });
    }

    /// What of the query `item` has: each word, phrase and test, as queries write it. What is negated is no reason. Its texts
    /// are read once, and not at all if nothing is looked for in them.
    pub(crate) fn of(&self, store: &Store, item: Item) -> Vec<String> {
        let mut stands = vec![false; self.reasons.len()];
        if !self.of_mark.is_empty() {
            for (field, text) in Texts::of_item(store, item).iter() {
                let mut has = vec![false; self.marks.len()];
                self.marks.each_in(text, |mark| has[mark] = true);
                for reason in self.of_mark.iter().zip(has).filter(|(_, has)| *has).flat_map(|(all, _)| all) {
                    let Sought::Words(wanted) = self.reasons[*reason].what else { continue };
                    stands[*reason] |= wanted.is_none_or(|wanted| wanted == field);
                }
            }
        }
        let mut found: Vec<String> = Vec::new();
        for (reason, stands) in self.reasons.iter().zip(stands) {
            let stands = match reason.what {
                Sought::Words(_) => stands,
                Sought::Test(test) => self.filter.holds(test, item),
            };
            if stands && !found.contains(&reason.written) {
                found.push(reason.written.clone());
            }
        }
        found
    }
}

/// The piece of at most `most` characters that shows best what `marks` looks for: of the answer, if nothing else shows
/// more of it, else of the ticket or a reply. `None` where there is no text.
pub(crate) fn best_excerpt(texts: &Texts, marks: &Marks, most: usize) -> Option<(Field, Excerpt)> {
    let mut best: Option<(usize, Field, Excerpt)> = None;
    for field in [Field::Answer, Field::Body, Field::Replies] {
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

/// How many different words are marked.
fn different(piece: &Excerpt) -> usize {
    let marked = piece.marks.iter().filter_map(|span| piece.text.get(span.clone()));
    let mut words: Vec<String> = marked.map(str::to_lowercase).collect();
    words.sort_unstable();
    words.dedup();
    words.len()
}

//! Why a query found a ticket, and the piece of its text that shows it.

use super::{
    Filter, Item,
    excerpt::{Excerpt, Marks, excerpt},
    find::{Corrected, text_field},
    index::Field,
    query::{Expr, Query, Test},
    texts::Texts,
};

/// Tells why tickets and articles were found.
pub struct Reasons<'a> {
    /// What found them.
    pub query: &'a Query,
    /// Which of its words were corrected.
    pub corrected: &'a Corrected,
    /// What its tests are answered from.
    pub filter: &'a Filter<'a>,
}

impl Reasons<'_> {
    /// What of the query `item` has, whose texts are `texts`: each word, phrase and test, as queries write it. What is
    /// negated is no reason.
    pub fn of(&self, item: Item, texts: &Texts) -> Vec<String> {
        let mut found = Vec::new();
        if let Some(expr) = &self.query.expr {
            self.collect(expr, item, texts, &mut found);
        }
        found
    }

    fn collect(&self, expr: &Expr, item: Item, texts: &Texts, found: &mut Vec<String>) {
        let matched = match expr {
            Expr::And(all) | Expr::Or(all) => {
                return all.iter().for_each(|one| self.collect(one, item, texts, found));
            }
            Expr::Not(_) => false,
            Expr::Text(text) => {
                let marks = Marks::of_text(text, self.corrected);
                texts.iter().any(|(_, text)| marks.are_in(text))
            }
            Expr::Field(test) => match text_field(&test.key) {
                Some(field) => test.any_of.iter().any(|one| {
                    let Test::Words(text) = one else { return false };
                    let marks = Marks::of_text(text, self.corrected);
                    texts.of_field(field).any(|text| marks.are_in(text))
                }),
                None => self.filter.holds(test, item),
            },
        };
        let written = expr.to_string();
        if matched && !found.contains(&written) {
            found.push(written);
        }
    }
}

/// The piece of at most `most` characters that shows best what `marks` looks for: of the answer, if nothing else shows
/// more of it, else of the ticket or a reply. `None` where there is no text.
pub fn best_excerpt(texts: &Texts, marks: &Marks, most: usize) -> Option<(Field, Excerpt)> {
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

/// A text without headings and the fences of code, which say nothing in one line.
pub fn prose(markdown: &str) -> String {
    let text = crate::ticket::without_comments(markdown);
    let lines = text.lines().filter(|line| {
        let line = line.trim_start();
        let is_heading = line.starts_with('#') && line.trim_start_matches('#').starts_with(' ');
        !is_heading && !line.starts_with("```") && !line.starts_with("~~~")
    });
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}

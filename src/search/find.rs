//! Evaluates a query on the index. Conditions on fields are tested by a callback.

use std::{
    cell::RefCell,
    cmp::Reverse,
    collections::{BTreeMap, HashMap, hash_map::Entry},
};

use crate::index::{Correction, Fields, Index, IndexError, Needle, Posting, TextPattern, needles};
use crate::query::{Expr, FieldTest, ValueTest};

/// A matching document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hit {
    /// The document's number in the index.
    pub document: u32,
    /// The relevance; 0 if the query has no words.
    pub score: u32,
}

/// Words of a query that no document has, each with its corrections.
pub(crate) type Corrections = BTreeMap<String, Vec<Correction>>;

/// Finds the documents that match `expr`, or all documents without one. The best come first; for equal scores the
/// newest come first, then by key. Also returns the corrected words. Conditions on fields that are not in the index are
/// tested by `passes`.
pub(crate) fn find(
    index: &Index,
    expr: Option<&Expr>,
    passes: impl Fn(&FieldTest, u32) -> bool,
) -> Result<(Vec<Hit>, Corrections), IndexError> {
    let search =
        Search { index, passes: &passes, corrected: RefCell::default(), expansions: RefCell::default() };
    let mut hits = match expr {
        None => search.everything(None),
        Some(expr) => search.expr(expr, None)?.unwrap_or_default(),
    };
    rank(index, &mut hits);
    Ok((hits, search.corrected.into_inner()))
}

/// Returns the documents of `among` that match `expr`, with their scores, and the corrected words. `among` and the
/// result are ordered by number.
pub(super) fn find_among(
    index: &Index,
    expr: Option<&Expr>,
    among: &[u32],
    passes: impl Fn(&FieldTest, u32) -> bool,
) -> Result<(Vec<(u32, u32)>, Corrections), IndexError> {
    let search =
        Search { index, passes: &passes, corrected: RefCell::default(), expansions: RefCell::default() };
    let among: Vec<Hit> = among.iter().map(|document| Hit { document: *document, score: 0 }).collect();
    let hits = match expr {
        None => among,
        Some(expr) => search.expr(expr, Some(&among))?.unwrap_or(among),
    };
    let hits = hits.into_iter().map(|hit| (hit.document, hit.score)).collect();
    Ok((hits, search.corrected.into_inner()))
}

/// Sorts the best first; for equal scores newest first, then by key.
fn rank(index: &Index, hits: &mut [Hit]) {
    hits.sort_unstable_by_key(|hit| (Reverse(hit.score), index.rank(hit.document)));
}

/// Documents sorted by number, without duplicates.
type Hits = Vec<Hit>;

struct Search<'a> {
    index: &'a Index,
    passes: &'a dyn Fn(&FieldTest, u32) -> bool,
    corrected: RefCell<Corrections>,
    /// The terms for each prefix of the query, because each lookup reads a part of the dictionary.
    expansions: RefCell<HashMap<String, Vec<String>>>,
}

impl Search<'_> {
    /// Returns the documents that match `expr` among `within` (`None` means all). Returns `None` if `expr` has no
    /// letter or digit, so that it is ignored.
    fn expr(&self, expr: &Expr, within: Option<&[Hit]>) -> Result<Option<Hits>, IndexError> {
        match expr {
            Expr::And(all) => self.all(all, within),
            Expr::Or(all) => {
                let mut found: Option<Hits> = None;
                for one in all {
                    found = both(found, self.expr(one, within)?, union);
                }
                Ok(found)
            }
            Expr::Not(inner) => {
                let found = self.expr(inner, within)?;
                Ok(found.map(|found| {
                    let mut rest = self.everything(within);
                    let mut found = found.iter().peekable();
                    rest.retain(|hit| {
                        while found.next_if(|other| other.document < hit.document).is_some() {}
                        found.peek().is_none_or(|other| other.document != hit.document)
                    });
                    rest
                }))
            }
            Expr::Text(text) => {
                let found = self.text(text, Fields::ALL)?;
                Ok(found.map(|found| narrowed(found, within)))
            }
            Expr::Field(test) => match test.key.words() {
                Some(field) => {
                    let mut found: Option<Hits> = None;
                    for words in &test.any_of {
                        let ValueTest::Words(text) = words else { continue };
                        found = both(found, self.text(text, Fields::of(&[field]))?, union);
                    }
                    Ok(found.map(|found| narrowed(found, within)))
                }
                None => {
                    let mut rest = self.everything(within);
                    rest.retain(|hit| (self.passes)(test, hit.document));
                    Ok(Some(rest))
                }
            },
        }
    }

    /// Returns the documents that match all of `terms`. Text is evaluated first, because it excludes the most documents
    /// in the shortest time.
    fn all(&self, terms: &[Expr], within: Option<&[Hit]>) -> Result<Option<Hits>, IndexError> {
        let mut terms: Vec<&Expr> = terms.iter().collect();
        terms.sort_by_key(|term| match term {
            Expr::Text(_) => 0,
            Expr::And(_) | Expr::Or(_) => 1,
            Expr::Field(_) | Expr::Not(_) => 2,
        });
        let mut found: Option<Hits> = None;
        for term in terms {
            let more = self.expr(term, found.as_deref().or(within))?;
            found = both(found, more, intersection);
        }
        Ok(found)
    }

    /// Returns all of `within` without scores.
    fn everything(&self, within: Option<&[Hit]>) -> Hits {
        match within {
            Some(hits) => hits.iter().map(|hit| Hit { score: 0, ..*hit }).collect(),
            None => self.index.documents().map(|(document, _)| Hit { document, score: 0 }).collect(),
        }
    }

    /// Returns the documents with `text` in one of `fields`.
    fn text(&self, text: &TextPattern, fields: Fields) -> Result<Option<Hits>, IndexError> {
        let mut found: Option<Hits> = None;
        for needle in needles(text) {
            found = both(found, Some(self.needle(&needle, fields)?), intersection);
        }
        Ok(found)
    }

    fn needle(&self, needle: &Needle, fields: Fields) -> Result<Hits, IndexError> {
        let scored = |postings: Vec<Posting>| {
            let rarity = self.index.rarity(postings.len());
            let hit = |posting: Posting| Hit {
                document: posting.document,
                score: rarity * u32::from(posting.weight.impact),
            };
            postings.into_iter().map(hit).collect::<Hits>()
        };
        match needle {
            Needle::Term(term) => Ok(scored(self.index.postings(term, fields)?)),
            Needle::Word { word, term } => {
                let postings = self.index.postings(term, fields)?;
                if !postings.is_empty() || self.index.frequency(term)? > 0 {
                    return Ok(scored(postings));
                }
                let corrections = self.index.corrections(word)?;
                let terms = corrections.iter().map(|correction| correction.term.as_str());
                let found = scored(self.index.any_of(terms, fields)?);
                if !corrections.is_empty() {
                    self.corrected.borrow_mut().insert(word.clone(), corrections);
                }
                Ok(found)
            }
            Needle::Prefix(prefix) => {
                let mut expansions = self.expansions.borrow_mut();
                let terms = match expansions.entry(prefix.clone()) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(new) => new.insert(self.index.expansions(prefix)?),
                };
                Ok(scored(self.index.any_of(terms.iter().map(String::as_str), fields)?))
            }
            Needle::Sequence { terms, wholes } => {
                // Each part of an identifier is weighted by its own rarity, and so is the whole identifier.
                let mut rarities = Vec::new();
                for (term, _) in terms {
                    rarities.push(self.index.rarity(self.index.postings(term, Fields::ALL)?.len()));
                }
                let sequences = self.index.sequences(terms, fields)?;
                let hits = sequences.into_iter().map(|(document, impacts)| {
                    let scores = impacts
                        .iter()
                        .zip(&rarities)
                        .map(|(impact, rarity)| rarity * u32::from(impact.impact));
                    Hit { document, score: scores.fold(0, u32::saturating_add) }
                });
                let mut found: Hits = hits.collect();
                for whole in wholes {
                    let more = intersection(&found, &scored(self.index.postings(whole, fields)?));
                    found = overlaid(found, &more);
                }
                Ok(found)
            }
            Needle::AnyOf(spellings) => {
                let mut found = Hits::new();
                for spelling in spellings {
                    found = best_of(&found, &self.needle(spelling, fields)?);
                }
                Ok(found)
            }
        }
    }
}

fn narrowed(mut found: Hits, within: Option<&[Hit]>) -> Hits {
    if let Some(within) = within {
        let mut within = within.iter().peekable();
        found.retain(|hit| {
            while within.next_if(|other| other.document < hit.document).is_some() {}
            within.peek().is_some_and(|other| other.document == hit.document)
        });
    }
    found
}

/// Combines two results with `join` if both exist; otherwise returns the existing one.
fn both(left: Option<Hits>, right: Option<Hits>, join: fn(&[Hit], &[Hit]) -> Hits) -> Option<Hits> {
    match (left, right) {
        (Some(left), Some(right)) => Some(join(&left, &right)),
        (left, right) => left.or(right),
    }
}

/// Returns the documents in both lists, with the sums of their scores.
fn intersection(left: &[Hit], right: &[Hit]) -> Hits {
    let (short, mut long) = if left.len() <= right.len() { (left, right) } else { (right, left) };
    let mut found = Vec::new();
    for hit in short {
        let ahead = first_from(long, hit.document);
        long = &long[ahead..];
        let Some(other) = long.first() else { break };
        if other.document == hit.document {
            found.push(Hit { document: hit.document, score: hit.score.saturating_add(other.score) });
        }
    }
    found
}

/// Returns how many of `hits` come before `document`. The steps double, because the document is usually near the
/// beginning.
fn first_from(hits: &[Hit], document: u32) -> usize {
    let (mut from, mut step) = (0, 1);
    while hits.get(from + step - 1).is_some_and(|hit| hit.document < document) {
        from += step;
        step *= 2;
    }
    let until = hits.len().min(from + step - 1);
    from + hits[from..until].partition_point(|hit| hit.document < document)
}

/// Returns the documents in either list, with the sums of their scores.
fn union(left: &[Hit], right: &[Hit]) -> Hits {
    merged(left, right, u32::saturating_add)
}

/// Returns the documents in either list, with the better of their scores.
fn best_of(left: &[Hit], right: &[Hit]) -> Hits {
    merged(left, right, u32::max)
}

/// Returns the documents in either list. `join` combines the scores of a document in both.
fn merged(left: &[Hit], right: &[Hit], join: fn(u32, u32) -> u32) -> Hits {
    let mut found = Vec::with_capacity(left.len() + right.len());
    let (mut left, mut right) = (left.iter().peekable(), right.iter().peekable());
    loop {
        let next = match (left.peek(), right.peek()) {
            (None, None) => return found,
            (Some(a), Some(b)) => a.document.min(b.document),
            (Some(one), None) | (None, Some(one)) => one.document,
        };
        let scores = [left.next_if(|hit| hit.document == next), right.next_if(|hit| hit.document == next)];
        let score = scores.into_iter().flatten().fold(0, |score, hit| join(score, hit.score));
        found.push(Hit { document: next, score });
    }
}

/// Returns `found` with the scores of `better` for the documents that `better` has.
fn overlaid(mut found: Hits, better: &[Hit]) -> Hits {
    let mut better = better.iter().peekable();
    for hit in &mut found {
        if let Some(other) = better.next_if(|other| other.document == hit.document) {
            hit.score = other.score;
        }
    }
    found
}

#[cfg(test)]
mod tests;

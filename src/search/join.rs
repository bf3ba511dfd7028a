//! Which documents of a collection are like which: all at once, for sites that show it on every page.
//!
//! It is what [`similar`](super::similar) tells of one draft, by fewer and rarer terms: each document asks for its
//! [`ASKED`] most telling terms, and none that more than [`MOST_COMMON`] documents have, so that the work is in proportion
//! to the number of documents. How rare a term is counts in powers of two: one more document changes few lists.

use std::{cmp::Reverse, collections::HashMap};

use rayon::prelude::*;

use super::{
    index::{Field, impact, rarity},
    similar::Draft,
    tokens::{Kind, scan},
};

/// How many of a document's terms are asked for.
const ASKED: usize = 16;

/// What a document must have of all that was asked for, in thousandths.
const STRONG: u32 = 250;

/// A weight of 1, in the integers that scores are counted in.
const ONE: f64 = 64.0;

/// A term that more documents have does not tell them apart.
const MOST_COMMON: usize = 1_000;

const FIELDS: usize = Field::ALL.len();

/// The texts of a document with their fields.
pub type Document = Vec<(Field, String)>;

/// A document that is like another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relative {
    /// Its place in the collection.
    pub document: usize,
    /// The terms that both have, as an index holds them, the most telling first.
    pub terms: Vec<String>,
}

/// The documents that are much like each of `count` documents, at most `most`, the likest first; of equal ones the later.
/// `read` gives the texts of one: what it asks are title, body and facts, what it answers with is everything.
pub fn join(count: usize, read: impl Fn(usize) -> Document + Sync, most: usize) -> Vec<Vec<Relative>> {
    let size = count.div_ceil(rayon::current_num_threads() * 4).max(1);
    let parts: Vec<Part> = (0..count.div_ceil(size))
        .into_par_iter()
        .map(|part| {
            let mut found = Part::default();
            (part * size..count.min((part + 1) * size)).for_each(|number| found.add(&read(number)));
            found
        })
        .collect();
    let collection = Collection::of(parts);
    let numbers: Vec<usize> = (0..count).collect();
    let chunks = numbers.par_chunks(size).flat_map_iter(|chunk| {
        let mut scores = vec![0; count];
        chunk.iter().map(|number| collection.relatives(*number, most, &mut scores)).collect::<Vec<_>>()
    });
    chunks.collect()
}

/// Some documents that follow one another, with terms numbered by themselves.
#[derive(Default)]
struct Part {
    terms: HashMap<Box<str>, u32>,
    documents: Vec<Parsed>,
}

/// A document as terms.
#[derive(Default)]
struct Parsed {
    /// Each term with its impact.
    has: Vec<(u32, u8)>,
    /// What it asks for: each term with its weight.
    asks: Vec<(u32, u32)>,
}

impl Part {
    fn term(&mut self, text: &str) -> u32 {
        if let Some(number) = self.terms.get(text) {
            return *number;
        }
        let number = u32::try_from(self.terms.len()).unwrap_or(u32::MAX);
        self.terms.insert(text.into(), number);
        number
    }

    fn add(&mut self, document: &Document) {
        let mut counts: HashMap<u32, [u32; FIELDS]> = HashMap::new();
        let mut lengths = [0; FIELDS];
        for (field, text) in document {
            scan(text, |token| {
                lengths[*field as usize] += u32::from(matches!(token.kind, Kind::Word | Kind::Char));
                if token.kind != Kind::Part {
                    let term = self.term(&token.term());
                    counts.entry(term).or_default()[*field as usize] += 1;
                }
            });
        }
        let text = |wanted: Field| {
            document.iter().find(|(field, _)| *field == wanted).map_or("", |(_, text)| text.as_str())
        };
        let (title, body, facts) = (text(Field::Title), text(Field::Body), text(Field::Facts));
        let terms = Draft { title, body, facts, ..Draft::default() }.terms();
        // Parts of names are not among what documents have here.
        let asks: Vec<(u32, u32)> = terms
            .iter()
            .map(|(term, asked)| (self.term(term), (asked.weight * ONE).round() as u32))
            .collect();
        self.documents.push(Parsed {
            has: counts.into_iter().map(|(term, counts)| (term, impact(&counts, &lengths))).collect(),
            asks,
        });
    }
}

/// All documents, with the terms of all.
struct Collection {
    terms: Vec<Box<str>>,
    documents: Vec<Parsed>,
    /// The documents of each term with its impact there; empty for one that is too common.
    postings: Vec<Vec<(u32, u8)>>,
    /// What each term says.
    rarities: Vec<u32>,
}

impl Collection {
    fn of(parts: Vec<Part>) -> Self {
        let mut numbers: HashMap<Box<str>, u32> = HashMap::new();
        let mut terms: Vec<Box<str>> = Vec::new();
        let mut documents: Vec<Parsed> = Vec::new();
        for part in parts {
            let mut known: Vec<(Box<str>, u32)> = part.terms.into_iter().collect();
            known.sort_unstable_by_key(|(_, number)| *number);
            let here: Vec<u32> = known
                .into_iter()
                .map(|(term, _)| {
                    *numbers.entry(term).or_insert_with_key(|term| {
                        terms.push(term.clone());
                        u32::try_from(terms.len() - 1).unwrap_or(u32::MAX)
                    })
                })
                .collect();
            documents.extend(part.documents.into_iter().map(|parsed| Parsed {
                has: parsed.has.into_iter().map(|(term, impact)| (here[term as usize], impact)).collect(),
                asks: parsed.asks.into_iter().map(|(term, weight)| (here[term as usize], weight)).collect(),
            }));
        }
        let all = u32::try_from(documents.len()).unwrap_or(u32::MAX);
        let mut counts: Vec<u32> = vec![0; terms.len()];
        documents.iter().flat_map(|document| &document.has).for_each(|(term, _)| counts[*term as usize] += 1);
        let common = MOST_COMMON.min(if documents.len() > 20 { documents.len() / 4 } else { usize::MAX });
        let mut postings: Vec<Vec<(u32, u8)>> = vec![Vec::new(); terms.len()];
        for (number, document) in (0..).zip(&documents) {
            for (term, impact) in &document.has {
                let count = counts[*term as usize] as usize;
                // A term of one document is like nothing else.
                if (2..=common).contains(&count) {
                    postings[*term as usize].push((number, *impact));
                }
            }
        }
        let rarities = counts.iter().map(|count| rarity(all, *count).div_ceil(256)).collect();
        Self { terms, documents, postings, rarities }
    }

    /// The documents that are much like `number`. `scores` has a zero for each document, before and after.
    fn relatives(&self, number: usize, most: usize, scores: &mut [u32]) -> Vec<Relative> {
        let worth = |(term, weight): &(u32, u32)| weight * self.rarities[*term as usize];
        let mut asks: Vec<(u32, u32)> = self.documents[number]
            .asks
            .iter()
            .filter(|(term, _)| !self.postings[*term as usize].is_empty())
            .map(|ask| (ask.0, worth(ask)))
            .collect();
        asks.sort_unstable_by_key(|(term, worth)| (Reverse(*worth), &self.terms[*term as usize]));
        asks.truncate(ASKED);
        let possible: u64 = 255 * asks.iter().map(|(_, worth)| u64::from(*worth)).sum::<u64>();
        let mut touched: Vec<usize> = Vec::new();
        for (term, worth) in &asks {
            for (document, impact) in &self.postings[*term as usize] {
                let score = &mut scores[*document as usize];
                if *score == 0 {
                    touched.push(*document as usize);
                }
                *score += worth * u32::from(*impact);
            }
        }
        let is_strong = |score: u32| u64::from(score) * 1_000 >= u64::from(STRONG) * possible;
        let mut best: Vec<(u32, usize)> = touched
            .iter()
            .map(|document| (scores[*document], *document))
            .filter(|(score, document)| *document != number && is_strong(*score))
            .collect();
        touched.iter().for_each(|document| scores[*document] = 0);
        best.sort_unstable_by_key(|(score, document)| Reverse((*score, *document)));
        let relatives = best.into_iter().map(|(_, document)| {
            let has = |term: u32| {
                let postings = &self.postings[term as usize];
                postings.binary_search_by_key(&document, |(document, _)| *document as usize).is_ok()
            };
            let terms = asks.iter().filter(|(term, _)| has(*term));
            Relative {
                document,
                terms: terms.map(|(term, _)| self.terms[*term as usize].to_string()).collect(),
            }
        });
        // One word in common is little, however rare it is.
        relatives.filter(|relative| relative.terms.len() > 1).take(most).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TITLES: [(&str, &str); 5] = [
        ("Invoice export times out", "It stops with ERR_CONN_RESET after 10,000 rows."),
        ("The login page is slow", "It takes a minute since Monday."),
        ("Exporting invoices never ends", "It stops with ERR_CONN_RESET and the page is white."),
        ("发票导出超时", "导出任务没有结束"),
        ("导出任务超时了", "导出发票的任务"),
    ];

    fn joined() -> Vec<Vec<Relative>> {
        let read = |number: usize| {
            let (title, body) = TITLES[number];
            vec![(Field::Title, title.to_owned()), (Field::Body, body.to_owned())]
        };
        join(TITLES.len(), read, 3)
    }

    #[test]
    fn each_document_has_those_that_are_like_it() {
        let found: Vec<Vec<usize>> =
            joined().iter().map(|list| list.iter().map(|relative| relative.document).collect()).collect();
        assert_eq!(found, [vec![2], vec![], vec![0], vec![4], vec![3]]);
        assert!(joined()[0][0].terms.contains(&"invoic".to_owned()), "{:?}", joined()[0]);
    }

    #[test]
    fn it_is_the_same_each_time() {
        assert_eq!(joined(), joined());
        assert_eq!(join(0, |_| Document::new(), 3), Vec::<Vec<Relative>>::new());
    }
}

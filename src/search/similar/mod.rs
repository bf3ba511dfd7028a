//! Documents that are like a draft.
//!
//! The draft's most telling terms are looked up, and so is what it has beside words: its service, its tags and fields, the
//! signature of its error. Of the documents with most of that, the best are weighed again by how much of the draft's title
//! is in theirs, how much of theirs is in the draft, and how near in time they are, since the same thing is reported again
//! within weeks more often than after years.
//!
//! All weights are one set for all trackers. They were tuned on half of the judged queries of two trackers, fluid and
//! titanium-2012. On the other half, `cargo bench --bench relevance -- FOLDER` gives, plain BM25 in brackets:
//!
//! | | fluid | titanium-2012 | hadoop, all | seamonkey, all |
//! |---|---|---|---|---|
//! | MRR@20 | .623 (.509) | .521 (.358) | .789 (.632) | .847 (.691) |
//! | hit@5 | .783 (.678) | .652 (.438) | .879 (.758) | .886 (.795) |
//!
//! What was tried and did not earn its keep: more terms than 24,
//! pairs of neighbouring words, expansion by the titles of the first answers, more weight for common fields.

mod draft;
mod exact;
mod likeness;
mod signature;
mod words;

use std::{
    borrow::Cow,
    cmp::Ordering,
    collections::{BTreeMap, HashSet},
    fmt,
    ops::ControlFlow,
};

use rayon::prelude::*;

pub(crate) use draft::Draft;
pub(crate) use exact::{Exact, Trait, exact};

pub(super) use self::draft::{Term, title_terms};
pub(super) use self::likeness::{Likeness, Weighed, ranked, strong};
use crate::index::{IndexError, Posting, rarity};
use crate::text::Time;

/// How many of a draft's terms are asked for.
const ASKED: usize = 24;

/// What this share of the documents has does not tell them apart.
const COMMON: f64 = 0.25;

/// How many documents are too few to tell what is common.
const FEW: u32 = 20;

/// How many documents are weighed again.
const WEIGHED_AGAIN: usize = 200;

/// A score of 1, in the integers that scores are told in.
const ONE: f64 = 1_000_000.0;

/// How many reasons are told.
const REASONS: usize = 6;

/// What a draft is compared with: documents, as they are in an index or as they were at some time.
pub(crate) trait Collection: Sync {
    /// How many documents there are.
    fn count(&self) -> u32;
    /// One more than the greatest number of a document.
    fn numbers(&self) -> usize;
    /// Whether document `document` is there.
    fn is_there(&self, document: u32) -> bool;
    /// The documents that have `term`, in order of number.
    fn postings(&self, term: &str) -> Result<Cow<'_, [Posting]>, IndexError>;
    /// The order of two documents that are equally alike: the newer first, then by key.
    fn order(&self, a: u32, b: u32) -> Ordering;
    /// The title of a document.
    fn title(&self, document: u32) -> &str;
    /// When it was opened.
    fn created(&self, document: u32) -> Time;
    /// When it was resolved, if it is not open again; an article was when it was last found true.
    fn resolved(&self, document: u32) -> Option<Time>;
}

/// A document like the draft.
pub(crate) struct Alike<'a> {
    /// Its number in the index.
    pub document: u32,
    /// By what it goes first, in millionths: how much it has of the words that the draft is about, and more for title and time.
    pub score: u32,
    /// Whether it is too little alike to trouble anybody with who did not ask, whatever both have.
    pub is_far: bool,
    why: &'a dyn Fn(u32) -> Vec<Reason>,
}

impl Alike<'_> {
    /// What both have: errors first, then the words as the draft writes them, the most telling first, then service and fields;
    /// and whether that is a weak match. To be called for what is shown: finding it out costs more than the ranking.
    pub(crate) fn told(&self) -> (Vec<Reason>, bool) {
        let why = (self.why)(self.document);
        let weak = self.is_far || why.len() < 2;
        (why, weak)
    }
}

/// One thing that two have in common; as text, `timeout` or `same service billing`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// A word, as the draft writes it.
    Word(String),
    /// A service, a tag, a field or an error: `service billing`.
    Same(String),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => f.write_str(word),
            Self::Same(what) => write!(f, "same {what}"),
        }
    }
}

/// Something that is asked for.
struct Ask<'a> {
    worth: f64,
    postings: Cow<'a, [Posting]>,
    said: Said<'a>,
}

/// What both have, as the draft says it.
#[derive(Clone, Copy)]
pub(super) enum Said<'a> {
    /// A term of the draft, in its title or not.
    Word(&'a str, &'a Term),
    /// A service, a tag, a field or an error.
    Exact(&'a Exact),
}

/// What makes documents be like the draft.
struct Asked<'a> {
    asks: Vec<Ask<'a>>,
    /// The worth of all, and of what a title says that nobody has.
    possible: f64,
    /// The worth of the terms of the title that are asked for.
    of_title: f64,
}

/// The documents that are like `draft`, the likest first, of those that `allowed` passes: `most` and some more, as long as
/// `take` takes them. Returns all that have anything of it, in no order.
pub(crate) fn similar(
    collection: &impl Collection,
    draft: &Draft<'_>,
    allowed: impl Fn(u32) -> bool,
    most: usize,
    mut take: impl FnMut(&Alike<'_>) -> ControlFlow<()>,
) -> Result<Vec<u32>, IndexError> {
    let terms = draft.terms();
    let mut may_answer = vec![false; collection.numbers()];
    for (document, may) in (0..).zip(&mut may_answer) {
        *may = collection.is_there(document) && allowed(document);
    }
    let mut asked = Asked::of(collection, draft, &terms, &may_answer)?;
    let mut scores = vec![0.0; collection.numbers()];
    let mut touched = Vec::new();
    for ask in &asked.asks {
        for posting in ask.postings.iter() {
            let score: &mut f64 = &mut scores[posting.document as usize];
            if *score == 0.0 {
                touched.push(posting.document);
            }
            *score += ask.worth * f64::from(posting.impact);
        }
    }
    let order = |a: &u32, b: &u32| {
        let by_score = scores[*b as usize].total_cmp(&scores[*a as usize]);
        by_score.then_with(|| collection.order(*a, *b))
    };
    if touched.len() > WEIGHED_AGAIN {
        touched.select_nth_unstable_by(WEIGHED_AGAIN, order);
    }
    let count = touched.len().min(WEIGHED_AGAIN);
    let (best, rest) = touched.split_at_mut(count);
    let possible = (255.0 * asked.possible).max(1.0);
    let said: HashSet<&str> =
        terms.iter().filter(|(_, term)| term.is_said).map(|(text, _)| text.as_str()).collect();
    let weigh = |document: u32| {
        let title = title_terms(collection.title(document));
        let found: f64 = asked.asks.iter().filter(|ask| ask.is_in(&title)).map(|ask| ask.worth).sum();
        let explained = title.iter().filter(|term| said.contains(term.as_str())).count();
        let likeness = Likeness {
            terms: scores[document as usize] / possible,
            found: found / asked.of_title.max(1.0),
            explained: explained as f64 / title.len().max(1) as f64,
            asked: draft.created,
            opened: collection.created(document),
            resolved: collection.resolved(document),
        };
        likeness.weigh(document)
    };
    let weighed =
        ranked(best.par_iter().with_min_len(16).map(|document| weigh(*document)).collect(), |a, b| {
            collection.order(a, b)
        });
    asked.asks.sort_by(|a, b| b.worth.total_cmp(&a.worth));
    let enough = strong(asked.asks.len());
    let why = |document: u32| asked.why(document);
    let alike = |document: u32, score: f64, alike: f64| Alike {
        document,
        score: (score * ONE) as u32,
        is_far: alike < enough,
        why: &why,
    };
    for Weighed { document, score, alike: likeness, .. } in weighed {
        if take(&alike(document, score, likeness)).is_break() {
            return Ok(touched);
        }
    }
    // Weighing makes nothing less, so that none of these belongs before.
    rest.sort_unstable_by(order);
    for document in rest.iter().take(most) {
        let score = scores[*document as usize] / possible;
        if take(&alike(*document, score, score)).is_break() {
            break;
        }
    }
    Ok(touched)
}

impl<'a> Asked<'a> {
    fn of(
        collection: &'a impl Collection,
        draft: &Draft<'a>,
        terms: &'a BTreeMap<String, Term>,
        may_answer: &[bool],
    ) -> Result<Self, IndexError> {
        let count = collection.count();
        let mut missing = 0.0;
        let mut words: Vec<Ask<'a>> = Vec::new();
        let mut exact: Vec<Ask<'a>> = Vec::new();
        let ask = |term: &str, weight: f64, said: Said<'a>| -> Result<Ask<'a>, IndexError> {
            let postings = collection.postings(term)?;
            let frequency = u32::try_from(postings.len()).unwrap_or(u32::MAX);
            Ok(Ask { worth: weight * f64::from(rarity(count, frequency)), postings, said })
        };
        // What only the draft's own ticket says cannot tell others apart.
        let may = |posting: &Posting| may_answer[posting.document as usize];
        for (text, term) in terms {
            let ask = ask(text, term.weight, Said::Word(text, term))?;
            if !ask.postings.iter().any(may) {
                // What a title is about and nothing has makes everything less alike.
                missing += if term.in_title { ask.worth } else { 0.0 };
            } else if count <= FEW || ask.postings.len() as f64 <= COMMON * f64::from(count) {
                words.push(ask);
            }
        }
        for one in draft.exact {
            let ask = ask(&one.term, one.kind.weight(), Said::Exact(one))?;
            if ask.postings.iter().any(may) {
                exact.push(ask);
            }
        }
        words.sort_by(|a, b| b.worth.total_cmp(&a.worth));
        words.truncate(ASKED);
        let of_title = words.iter().filter(|ask| ask.is_of_title()).map(|ask| ask.worth).sum();
        words.append(&mut exact);
        for ask in &mut words {
            ask.postings.to_mut().retain(may);
        }
        let possible = missing + words.iter().map(|ask| ask.worth).sum::<f64>();
        Ok(Self { asks: words, possible, of_title })
    }

    /// What `document` has of what was asked for.
    fn why(&self, document: u32) -> Vec<Reason> {
        let has =
            |ask: &&Ask<'_>| ask.postings.binary_search_by_key(&document, |posting| posting.document).is_ok();
        told(self.asks.iter().filter(has).map(|ask| ask.said))
    }
}

/// Why two are alike: the error that both have, the words as they are `said`, service and fields; `said` has the most telling
/// first.
pub(super) fn told<'a>(said: impl Iterator<Item = Said<'a>>) -> Vec<Reason> {
    let (mut errors, mut words, mut facts): (Vec<&str>, Vec<&str>, Vec<&str>) = Default::default();
    for said in said {
        match said {
            Said::Word(_, term) => words.push(&term.surface),
            Said::Exact(Exact { kind: Trait::Error, said, .. }) => errors.push(said),
            Said::Exact(exact) => facts.push(&exact.said),
        }
    }
    // None that is a part of another one.
    let is_part = |word: &&str| words.iter().any(|other| other.len() > word.len() && other.contains(*word));
    let words = words.iter().filter(|word| !is_part(word)).take(REASONS);
    let same = |exact: &&str| Reason::Same((*exact).to_owned());
    let words = words.map(|word| Reason::Word((*word).to_owned()));
    errors.iter().take(1).map(same).chain(words).chain(facts.iter().take(2).map(same)).collect()
}

impl Ask<'_> {
    fn is_of_title(&self) -> bool {
        matches!(self.said, Said::Word(_, term) if term.in_title)
    }

    /// Whether it is a term of the draft's title and of a title's `terms`.
    fn is_in(&self, terms: &HashSet<String>) -> bool {
        matches!(self.said, Said::Word(text, term) if term.in_title && terms.contains(text))
    }
}

#[cfg(test)]
mod tests;

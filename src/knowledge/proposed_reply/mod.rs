//! Proposes a reply to a ticket from the answers of similar tickets and articles, and from canned responses.
//!
//! The reply is extractive: a sentence says which ticket was about the problem and what became of it, and each other one is
//! of a source, with its steps in order. Only the values that the same field or section has in both tickets are replaced, and
//! each replacement is marked. There is no reply if no source is certain enough.

mod introduction;
mod kept;
mod missing;
mod passages;
mod quotable;
mod rules;
mod sources;
mod values;

use std::collections::{BTreeSet, HashSet};

pub(crate) use kept::ProposalUse;
pub(crate) use rules::matching_canned;
pub(crate) use values::ReplacedValue;

use self::{
    introduction::introduction,
    passages::{Passage, passages},
    quotable::helps_alone,
    sources::Source,
    values::OwnValues,
};
use crate::{
    index::tokens,
    search::SimilarItems,
    store::Store,
    template::{Canned, fill_placeholders, placeholder_value},
    ticket::Thread,
};

/// The maximum number of sentences and steps.
const MOST_SENTENCES: usize = 12;
/// The maximum number of sentences from the best source, and from each other one.
const MOST_OF_FIRST: usize = 8;
const MOST_OF_OTHER: usize = 3;
/// The maximum number of sentences from an answer without headings.
const MOST_OF_COMMENTS: usize = 3;
/// The minimum number of words that a source shares with the text of the ticket, unless it names a word of the title.
const FEWEST_SHARED: usize = 2;
/// The share of equal words at which two sentences say the same.
const SAME: f64 = 0.6;

/// A proposed reply. It is empty if no source is certain enough.
#[derive(Debug, Default)]
pub(crate) struct ProposedReply {
    /// The whole text, as Markdown.
    pub text: String,
    /// The sentences and steps in the order of the text.
    pub sentences: Vec<ProposedSentence>,
    /// The ids of tickets and slugs of articles, the best first.
    pub sources: Vec<String>,
    /// The fields and sections to ask the requester for.
    pub asks: Vec<String>,
    /// The name of the canned response that the text begins with.
    pub canned: Option<String>,
}

/// A sentence, a step or a command of a proposed reply.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ProposedSentence {
    /// Markdown. A replaced value has a comment with the former one after it.
    pub text: String,
    /// The id of the ticket, the slug of the article, or the name of the canned response.
    pub source: String,
    pub replaced: Vec<ReplacedValue>,
}

impl ProposedReply {
    /// Proposes a reply to `thread`, whose text is `body`, from `similar`, whose items are in `store`, and from the canned response
    /// that a rule chose. `store` has only what every reader of the ticket may see; the ticket itself may not be in it.
    pub(crate) fn of(
        store: &Store,
        (thread, body): (&Thread, &str),
        similar: &SimilarItems,
        canned: Option<&Canned>,
    ) -> Self {
        let mut reply = Self::default();
        if let Some(canned) = canned {
            reply.add_canned(canned, thread, store);
        }
        let terms = terms(&format!("{}\n{body}", thread.ticket.title));
        let mut used: Vec<Source<'_>> = Vec::new();
        for source in sources::choose(store, (thread, body), similar) {
            if reply.add_source(&source, (thread, body), &terms, store) {
                used.push(source);
            }
        }
        if reply.speaks() {
            let said: String =
                reply.sentences.iter().map(|sentence| sentence.text.as_str()).collect::<Vec<_>>().join("\n");
            for name in missing::missing(thread, &used, &said, store) {
                reply.asks.push(name);
            }
            let questions: Vec<String> = reply
                .asks
                .iter()
                .map(|name| format!("- {}", missing::question(name, thread, store)))
                .collect();
            if !questions.is_empty() {
                reply.add_block(&questions.join("\n"));
            }
        }
        reply
    }

    /// Returns the text with the former values after the ticket's own, for a page, which does not show comments.
    pub(crate) fn text_with_former_values(&self) -> String {
        let replaced = self.sentences.iter().flat_map(|sentence| &sentence.replaced);
        replaced.fold(self.text.clone(), |text, value| {
            text.replace(&values::mark(&value.from), &format!(" *({})*", value.from))
        })
    }

    /// Returns whether there is a reply.
    pub(crate) fn speaks(&self) -> bool {
        !self.text.is_empty()
    }

    fn add_canned(&mut self, canned: &Canned, thread: &Thread, store: &Store) {
        let value = |place: &str| placeholder_value(place, thread, &store.settings);
        let body = fill_placeholders(&canned.body, value);
        let parts = passages(&body).into_iter().flat_map(|passage| passage.parts);
        let sentence = |text| ProposedSentence { text, source: canned.name.clone(), replaced: Vec::new() };
        self.sentences.extend(parts.take(MOST_SENTENCES).map(sentence));
        self.add_block(body.trim());
        self.canned = Some(canned.name.clone());
    }

    /// Adds the best passages of a source in their order. Returns false if it has none that is new.
    fn add_source(
        &mut self,
        source: &Source<'_>,
        (thread, body): (&Thread, &str),
        terms: &HashSet<String>,
        store: &Store,
    ) -> bool {
        let most = if self.sources.is_empty() { MOST_OF_FIRST } else { MOST_OF_OTHER };
        let room = most.min(MOST_SENTENCES.saturating_sub(self.sentences.len()));
        let new: Vec<Passage> =
            passages(&source.answer).into_iter().filter(|passage| !self.has_said(passage)).collect();
        let title = self::terms(&thread.ticket.title);
        // An answer that names little of the problem and no step does not help with it.
        let is_about = |passage: &Passage| {
            (passage.is_instruction || shared(passage, &title) > 0 || shared(passage, terms) >= FEWEST_SHARED)
                && (passage.is_in_section || passage.parts.first().is_some_and(|part| helps_alone(part)))
        };
        let is_in_section = new.iter().any(|passage| passage.is_in_section);
        let mut chosen = match is_in_section {
            true => best(new, room, terms),
            false if !source.has_general_comments() => Vec::new(),
            false => best(new.into_iter().filter(is_about).collect(), room.min(MOST_OF_COMMENTS), terms),
        };
        if !chosen.iter().any(is_about) {
            chosen.clear();
        }
        // What became of the first ticket is worth a reply, even without a sentence to quote. Any other source needs one.
        let says_enough = source.thread.is_some() && self.sources.is_empty();
        if chosen.is_empty() && !says_enough {
            return false;
        }
        let own = source.thread.map(|source| OwnValues::of(source, (thread, body), store));
        let mut text =
            introduction(source, self.sources.is_empty(), !chosen.is_empty(), &store.settings.language);
        let mut block = None;
        for passage in chosen {
            for (part, fixed) in passage.parts.iter().zip(&passage.fixed) {
                let (part, replaced) = match own.as_ref().filter(|_| !passage.is_cause) {
                    Some(own) => own.fill(part, fixed),
                    None => (part.clone(), Vec::new()),
                };
                text.push_str(match block == Some(passage.block) {
                    false => "\n\n",
                    true if passage.parts.len() > 1 => "\n",
                    true => " ",
                });
                text.push_str(&part);
                block = Some(passage.block);
                self.sentences.push(ProposedSentence { text: part, source: source.id.clone(), replaced });
            }
        }
        self.add_block(&text);
        self.sources.push(source.id.clone());
        true
    }

    fn add_block(&mut self, block: &str) {
        if !self.text.is_empty() {
            self.text.push_str("\n\n");
        }
        self.text.push_str(block);
    }

    /// Returns whether a sentence of the reply says the same as the beginning of `passage`.
    fn has_said(&self, passage: &Passage) -> bool {
        let Some(words) = passage.parts.first().map(|part| terms(part)) else { return true };
        self.sentences.iter().any(|sentence| {
            let other = self::terms(&sentence.text);
            let shared = words.intersection(&other).count() as f64;
            let all = words.union(&other).count() as f64;
            all > 0.0 && shared / all >= SAME
        })
    }
}

/// Returns the passages that help most, in their order: at most `room` sentences and steps. A list that is longer is cut, so that
/// its first steps stay together.
fn best(passages: Vec<Passage>, room: usize, terms: &HashSet<String>) -> Vec<Passage> {
    let mut order: Vec<usize> = (0..passages.len()).collect();
    order.sort_by_key(|place| {
        std::cmp::Reverse((help(&passages[*place], *place, terms), std::cmp::Reverse(*place)))
    });
    let (mut left, mut chosen) = (room, BTreeSet::new());
    for place in order {
        let length = passages[place].parts.len();
        let is_first_list = length > left && chosen.is_empty();
        if left > 0 && (length <= left || is_first_list) {
            chosen.insert(place);
            left = left.saturating_sub(length);
        }
    }
    let kept = passages.into_iter().enumerate().filter(|(place, _)| chosen.contains(place));
    let cut = |(_, mut passage): (usize, Passage)| {
        passage.parts.truncate(room);
        passage.fixed.truncate(room);
        passage
    };
    kept.map(cut).collect()
}

/// Returns how much a passage helps: instructions help most, then what is about the words of the ticket, then the beginning.
fn help(passage: &Passage, place: usize, terms: &HashSet<String>) -> usize {
    let is_particular =
        passage.parts.iter().any(|part| part.contains(|c: char| c.is_ascii_digit() || c == '`'));
    shared(passage, terms).min(4)
        + 3 * usize::from(passage.is_instruction)
        + usize::from(is_particular)
        + 2 * usize::from(place == 0)
}

/// Returns the number of words that a passage shares with the ticket.
fn shared(passage: &Passage, terms: &HashSet<String>) -> usize {
    self::terms(&passage.parts.join(" ")).intersection(terms).count()
}

/// Returns the terms of the words of a text that are no function words.
fn terms(text: &str) -> HashSet<String> {
    let mut found = HashSet::new();
    tokens::scan(text, |token| {
        if tokens::is_significant(&token) {
            found.insert(token.term().into_owned());
        }
    });
    found
}

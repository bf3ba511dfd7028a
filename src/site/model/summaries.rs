//! Summaries of tickets' texts, which are kept for the next build, so that it does not read all texts.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::hash;
use crate::repo::{CacheSlot, sealed_value, unsealed};
use crate::site::markdown::excerpt;
use crate::site::names;
use crate::store::Store;
use crate::text::RepoPath;
use crate::ticket::{Thread, answer_of};

/// The version of the format. Increase it when the content or its meaning changes.
const FORMAT: u32 = 1;

/// The length of an excerpt, in characters.
pub(in crate::site) const EXCERPT: usize = 200;

/// The summary of a text with more names than this is not kept.
const MOST_NAMES: usize = 1_000;

/// The number of summaries that the next build makes again.
const MOST_UNKNOWN: usize = 16;

/// A summary of the texts of one ticket, which depends on no other ticket.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(in crate::site) struct OwnSummary {
    /// The beginning of the ticket's text.
    pub(super) problem: String,
    pub(super) answer: Option<AnswerSummary>,
    /// The words of all texts that can be names of tickets, without duplicates.
    pub(super) names: Vec<String>,
}

/// A summary of an answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::site) struct AnswerSummary {
    /// The beginning of the answer.
    pub(super) excerpt: String,
    /// Whether the answer is only white space.
    pub(super) is_blank: bool,
    /// Whether the answer begins with the section `Fix`.
    pub(super) is_fix: bool,
}

impl OwnSummary {
    pub(super) fn of(store: &Store, thread: &Thread) -> Self {
        let own = std::iter::once(thread.ticket.path.as_ref());
        let paths = own.chain(thread.replies.iter().map(|reply| reply.path.as_ref()));
        let texts: Vec<(Option<&RepoPath>, String)> = paths.map(|path| (path, store.body(path))).collect();
        let mut names: Vec<String> = Vec::new();
        for (_, text) in &texts {
            names.extend(names::names(text).map(|name| text[name.name].to_owned()));
        }
        names.sort_unstable();
        names.dedup();
        let body = |reply: Option<&crate::ticket::Reply>| {
            let Some(reply) = reply else { return Some(texts[0].1.clone()) };
            texts.iter().find(|(path, _)| *path == reply.path.as_ref()).map(|(_, text)| text.clone())
        };
        let answer = answer_of(thread, store.answer_sections(thread), |_| true, body);
        Self {
            problem: excerpt(&texts[0].1, EXCERPT),
            answer: answer.map(|answer| AnswerSummary {
                excerpt: excerpt(&answer.text, EXCERPT),
                is_blank: answer.text.trim().is_empty(),
                is_fix: answer.text.starts_with("## Fix\n"),
            }),
            names,
        }
    }
}

/// The summaries of an earlier build, by the stamp of the ticket's files.
#[derive(Debug)]
pub(in crate::site) struct KnownSummaries {
    by_stamp: HashMap<u64, OwnSummary>,
    /// The hash of what they depend on beside the tickets' files.
    context: u64,
    /// The time in nanoseconds since 1970 from which a change of a file is too recent for a stamp to be certain.
    settled_ns: i64,
}

impl Default for KnownSummaries {
    fn default() -> Self {
        Self::begin(i64::MIN)
    }
}

impl KnownSummaries {
    /// Begins without summaries; see [`KnownSummaries::settled_ns`].
    pub(in crate::site) fn begin(settled_ns: i64) -> Self {
        Self { by_stamp: HashMap::new(), context: 0, settled_ns }
    }

    /// Reads the summaries that an earlier build of the same view stored in `slot`.
    pub(in crate::site) fn read(slot: &CacheSlot, store: &Store, settled_ns: i64) -> Self {
        let read = || -> Option<(u64, Vec<(u64, OwnSummary)>)> {
            postcard::from_bytes(unsealed(FORMAT, &slot.read()?)?).ok()
        };
        let (context, all) = read().filter(|(context, _)| *context == context_of(store)).unwrap_or_default();
        Self { by_stamp: all.into_iter().collect(), context, settled_ns }
    }

    /// Returns the summaries of `all` tickets of `store` for a site whose files are settled before `settled_ns`.
    pub(in crate::site) fn after(&self, store: &Store, all: &[StampedSummary], settled_ns: i64) -> Self {
        let all = all.iter().filter_map(|one| Some((one.stamp?, one.own.clone())));
        Self { by_stamp: all.collect(), context: context_of(store), settled_ns }
    }

    /// Returns the time in nanoseconds since 1970 from which a change of a file is too recent for a stamp to be certain.
    pub(in crate::site) fn settled_ns(&self) -> i64 {
        self.settled_ns
    }

    /// Returns whether the summaries can be used for `store`.
    pub(super) fn are_of(&self, store: &Store) -> bool {
        self.context == context_of(store)
    }

    /// Returns the summary of the ticket at `place` of `store`. It can be a known one only if `are_known`.
    pub(super) fn summary(&self, store: &Store, place: usize, are_known: bool) -> StampedSummary {
        let group = store.group(place).filter(|group| group.changed_ns < self.settled_ns);
        let stamp = group.and_then(|group| group.stamp);
        let known = stamp.filter(|_| are_known).and_then(|stamp| self.by_stamp.get(&stamp));
        let own = known.cloned().unwrap_or_else(|| OwnSummary::of(store, &store.threads[place]));
        StampedSummary { stamp: stamp.filter(|_| own.names.len() <= MOST_NAMES), own }
    }

    /// Stores the summaries of a build for the next one, unless it knows nearly all of them already. Writing all takes longer
    /// than making a few again.
    pub(in crate::site) fn replace(&self, slot: &CacheSlot, store: &Store, all: &[StampedSummary]) {
        let all = all.iter().filter_map(|one| Some((one.stamp?, &one.own)));
        let all: Vec<(u64, &OwnSummary)> = all.collect();
        let known = all.iter().filter(|(stamp, _)| self.by_stamp.contains_key(stamp)).count();
        if all.len().max(self.by_stamp.len()) - known <= MOST_UNKNOWN {
            return;
        }
        if let Some(bytes) = sealed_value(FORMAT, &(context_of(store), all)) {
            slot.write(&bytes);
        }
    }
}

/// A summary with the stamp of the ticket's files.
pub(in crate::site) struct StampedSummary {
    /// `None` if the summary cannot be kept.
    stamp: Option<u64>,
    pub(super) own: OwnSummary,
}

/// Returns a hash of what summaries depend on beside the files of a ticket.
fn context_of(store: &Store) -> u64 {
    let templates = store.templates.iter();
    hash(&templates.map(|template| (&template.name, &template.answer_sections)).collect::<Vec<_>>())
}

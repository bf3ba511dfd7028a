//! The queries of an evaluation with their correct answers, from the repository's own links or from a file of
//! judgements.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;
use thiserror::Error;

use crate::{store::Store, text::Time};

/// A ticket that is used as a query, with its correct answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct JudgedQuery {
    /// The index of the ticket in the store's threads.
    pub query: usize,
    /// The time of the query. Only tickets and replies from strictly before this time are searched.
    pub before: Time,
    /// The indices of the correct answers.
    pub relevant: Vec<usize>,
    /// The correct answers that had been resolved before the query.
    pub relevant_resolved: Vec<usize>,
}

/// An error in a file of judgements.
#[derive(Debug, Error)]
pub(crate) enum JudgementError {
    /// A line is not a valid judgement.
    #[error("line {line} is not a valid judgement: {}", without_line(source))]
    Line {
        /// The line number, from 1.
        line: usize,
        source: serde_json::Error,
    },
    /// A line names an unknown ticket.
    #[error("line {line}: unknown ticket `{id}`")]
    Unknown { line: usize, id: String },
    /// A time is invalid.
    #[error("line {line}: invalid time `{time}`")]
    Time { line: usize, time: String },
}

/// Formats the error without its line number, because each line is parsed separately.
fn without_line(error: &serde_json::Error) -> String {
    error.to_string().replace(" at line 1 column ", " at column ")
}

/// A line of a file of judgements. Tickets are named by `source` or id.
#[derive(Deserialize)]
struct JudgementLine {
    query: String,
    before: Option<String>,
    relevant: Vec<String>,
    #[serde(default)]
    relevant_resolved: Option<Vec<String>>,
}

/// Judgements from a file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Judgements {
    /// The queries, ordered by time.
    pub judged: Vec<JudgedQuery>,
    /// The number of queries without a correct answer that is older than the query. They count as misses, so that the
    /// figures can be compared with those of other systems on the same file.
    pub hopeless: usize,
    /// The number of queries that were skipped because the file names no correct answer for them.
    pub left_out: usize,
}

/// Reads judgements, one per line.
pub(crate) fn read(text: &str, store: &Store) -> Result<Judgements, JudgementError> {
    let threads = &store.threads;
    let mut places: HashMap<&str, usize> = HashMap::new();
    // An id has priority over the source of another ticket.
    for (place, thread) in threads.iter().enumerate() {
        thread.ticket.source.iter().for_each(|source| {
            places.entry(source).or_insert(place);
        });
    }
    places.extend(threads.iter().enumerate().map(|(place, thread)| (thread.id(), place)));
    let mut found = Judgements::default();
    for (number, text) in text.lines().enumerate().filter(|(_, text)| !text.trim().is_empty()) {
        let line = number + 1;
        let read: JudgementLine =
            serde_json::from_str(text).map_err(|source| JudgementError::Line { line, source })?;
        let place = |id: &String| {
            let known = places.get(id.as_str()).copied();
            known.ok_or_else(|| JudgementError::Unknown { line, id: id.clone() })
        };
        let query = place(&read.query)?;
        let before = match &read.before {
            Some(time) => {
                Time::parse(time).ok_or_else(|| JudgementError::Time { line, time: time.clone() })?
            }
            None => threads[query]
                .ticket
                .created
                .ok_or_else(|| JudgementError::Time { line, time: String::new() })?,
        };
        let was_there = |place: &usize| {
            *place != query && threads[*place].ticket.created.is_some_and(|created| created < before)
        };
        let relevant = read.relevant.iter().map(place).collect::<Result<Vec<_>, _>>()?;
        let relevant_resolved = match &read.relevant_resolved {
            Some(ids) => ids.iter().map(place).collect::<Result<Vec<_>, _>>()?,
            None => resolved_before(store, &relevant, before),
        };
        if relevant.is_empty() {
            found.left_out += 1;
            continue;
        }
        found.hopeless += usize::from(!relevant.iter().any(was_there));
        found.judged.push(JudgedQuery { query, before, relevant, relevant_resolved });
    }
    found.judged.sort_by_key(|one| (one.before, one.query));
    Ok(found)
}

/// Derives queries from the links in the repository. Tickets that are duplicates of one another form a group, and each
/// of them should find the members that were opened before it. A ticket should also find the tickets that answered it.
pub(crate) fn of_links(store: &Store) -> Vec<JudgedQuery> {
    let threads = &store.threads;
    let places: HashMap<&str, usize> =
        threads.iter().enumerate().map(|(place, thread)| (thread.id(), place)).collect();
    let place = |id: &String| places.get(store.thread(id)?.id()).copied();
    let mut groups = Groups((0..threads.len()).collect());
    for (at, thread) in threads.iter().enumerate() {
        thread.state.duplicate_of.iter().filter_map(place).for_each(|of| groups.join(at, of));
    }
    let mut members: HashMap<usize, Vec<usize>> = HashMap::new();
    (0..threads.len()).for_each(|at| members.entry(groups.first(at)).or_default().push(at));
    let mut judged = Vec::new();
    for (query, thread) in threads.iter().enumerate() {
        let Some(before) = thread.ticket.created else { continue };
        let group = members.get(&groups.first(query)).into_iter().flatten().copied();
        let answers = thread.state.answered_by.iter().filter_map(place);
        let earlier = |other: &usize| threads[*other].ticket.created.is_some_and(|time| time < before);
        let relevant: HashSet<usize> = group.chain(answers).filter(earlier).collect();
        let mut relevant: Vec<usize> = relevant.into_iter().collect();
        relevant.sort_unstable();
        if !relevant.is_empty() {
            let relevant_resolved = resolved_before(store, &relevant, before);
            judged.push(JudgedQuery { query, before, relevant, relevant_resolved });
        }
    }
    judged.sort_by_key(|one| (one.before, one.query));
    judged
}

/// Selects the tickets among `places` that had been resolved strictly before `moment`.
fn resolved_before(store: &Store, places: &[usize], moment: Time) -> Vec<usize> {
    let was = |place: &&usize| {
        let then = store.threads[**place].before(moment, store.settings.visibility);
        then.is_some_and(|thread| thread.state.resolved.is_some())
    };
    places.iter().filter(was).copied().collect()
}

/// Disjoint sets that can be merged (union-find).
struct Groups(Vec<usize>);

impl Groups {
    fn first(&mut self, of: usize) -> usize {
        let mut first = of;
        while self.0[first] != first {
            self.0[first] = self.0[self.0[first]];
            first = self.0[first];
        }
        first
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.first(a), self.first(b));
        self.0[a.max(b)] = a.min(b);
    }
}

//! Counts how often people who wanted to open a ticket found the answer instead. The counts stay in the git directory of
//! this clone, one line of JSON per attempt, and are never in the repository.
//!
//! An attempt counts as solved only if the same person opens no ticket about the same problem within seven days. To find
//! that out, a hash of the person and the answer is kept with its own random key, and both are deleted after these
//! seven days. What the person does in another clone is unknown.

use std::{collections::BTreeMap, ops::AddAssign};

use serde::{Deserialize, Serialize};

use super::compose::random;
use crate::{
    intake::IntakeError,
    repo::{LockedRepo, Repo, RepoError},
    text::Time,
};

/// The folder of the counts in the cache folder.
const FOLDER: &str = "deflection";

/// The file with the name of this clone and the hashes that are not yet deleted. It is no file of counts.
const REPLICA: &str = "deflection/replica.json";

/// The time in which a person who had the problem solved must not open a ticket about it, in seconds.
const TRIAL: i64 = 7 * 24 * 3_600;

/// How an attempt to open a ticket ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AttemptEnd {
    /// The ticket with this id was opened.
    Opened(String),
    /// The person said that this ticket or article solves the problem.
    Solved(String),
    /// The person said that this open ticket is about the same problem.
    SameAs(String),
}

/// An attempt to open a ticket.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    pub template: String,
    /// The ids of the tickets and articles that were shown.
    pub shown: Vec<String>,
    pub end: AttemptEnd,
}

/// A line of a file of counts.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Line {
    Attempt {
        time: Time,
        template: String,
        shown: Vec<String>,
        opened: Option<String>,
        solved: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        same_as: Option<String>,
        /// Names a solved attempt, so that a later line can take it back. It says nothing about the person.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mark: Option<String>,
    },
    /// The person of the solved attempt with this mark opened a ticket about the problem.
    Returned { time: Time, returned: String },
}

/// What this clone keeps beside the counts.
#[derive(Default, Serialize, Deserialize)]
struct Replica {
    /// A random name, which is part of the names of the files.
    replica: String,
    claims: Vec<Claim>,
}

/// A solved attempt of the last seven days.
#[derive(Serialize, Deserialize)]
struct Claim {
    mark: String,
    time: Time,
    key: [u8; 32],
    hash: [u8; 32],
}

impl Claim {
    fn is_over(&self, now: Time) -> bool {
        now.seconds() - self.time.seconds() >= TRIAL
    }

    fn is_about(&self, person: &str, answer: &str) -> bool {
        blake3::Hash::from(self.hash) == hash(&self.key, person, answer)
    }
}

fn hash(key: &[u8; 32], person: &str, answer: &str) -> blake3::Hash {
    blake3::keyed_hash(key, format!("{person}\n{answer}").as_bytes())
}

/// Records how an attempt of `person` ended. Deletes hashes that are older than seven days.
pub(crate) fn record_attempt(
    locked: &LockedRepo<'_>,
    attempt: &Attempt,
    person: &str,
    now: Time,
) -> Result<(), IntakeError> {
    let mut replica = read_replica(locked)?;
    replica.claims.retain(|claim| !claim.is_over(now));
    let (mut opened, mut solved, mut same_as, mut mark) = (None, None, None, None);
    let mut lines = Vec::new();
    match &attempt.end {
        AttemptEnd::Opened(id) => {
            opened = Some(id.clone());
            let (returned, others): (Vec<Claim>, Vec<Claim>) = std::mem::take(&mut replica.claims)
                .into_iter()
                .partition(|claim| attempt.shown.iter().any(|shown| claim.is_about(person, shown)));
            replica.claims = others;
            lines
                .extend(returned.into_iter().map(|claim| Line::Returned { time: now, returned: claim.mark }));
        }
        AttemptEnd::Solved(answer) => {
            solved = Some(answer.clone());
            let new = random(12)?;
            let mut key = [0; 32];
            getrandom::fill(&mut key).map_err(|error| IntakeError::NoRandom(error.to_string()))?;
            let hash = *hash(&key, person, answer).as_bytes();
            replica.claims.push(Claim { mark: new.clone(), time: now, key, hash });
            mark = Some(new);
        }
        AttemptEnd::SameAs(id) => same_as = Some(id.clone()),
    }
    let Attempt { template, shown, .. } = attempt.clone();
    lines.push(Line::Attempt { time: now, template, shown, opened, solved, same_as, mark });
    locked.write_cache(REPLICA, &serde_json::to_vec(&replica).unwrap_or_default())?;
    append(locked, &replica.replica, &lines, now)?;
    Ok(())
}

/// Returns what this clone keeps, with a new name for a clone that has none.
fn read_replica(repo: &Repo) -> Result<Replica, IntakeError> {
    let kept: Option<Replica> =
        repo.read_cache(REPLICA).and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let is_name = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    match kept.filter(|kept| is_name(&kept.replica)) {
        Some(replica) => Ok(replica),
        None => Ok(Replica { replica: random(8)?, claims: Vec::new() }),
    }
}

/// Appends lines to the file of this month. A line that was not finished, by another program, is ended first.
fn append(locked: &LockedRepo<'_>, replica: &str, lines: &[Line], now: Time) -> Result<(), RepoError> {
    let name = format!("{FOLDER}/{replica}-{}.jsonl", month(now));
    let mut text = locked.read_cache(&name).unwrap_or_default();
    if text.last().is_some_and(|last| *last != b'\n') {
        text.push(b'\n');
    }
    for line in lines {
        text.extend(serde_json::to_vec(line).unwrap_or_default());
        text.push(b'\n');
    }
    locked.write_cache(&name, &text)
}

fn month(time: Time) -> String {
    let (year, month) = time.year_month();
    format!("{year:04}-{month:02}")
}

/// Counts of attempts to open a ticket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct DeflectionCounts {
    /// All attempts.
    pub attempts: usize,
    /// Attempts in which a similar ticket or an article was shown.
    pub shown: usize,
    /// Attempts that ended with a new ticket.
    pub opened: usize,
    /// Attempts whose problem was solved by what was shown, and whose person opened no ticket about it within seven days.
    pub solved: usize,
    /// Solved attempts of the last seven days: it is not known yet whether they count.
    pub on_trial: usize,
    /// Attempts that were solved at first, but whose person came back with a ticket.
    pub returned: usize,
    /// Attempts that ended at an open ticket about the same problem.
    pub same_as: usize,
}

impl AddAssign for DeflectionCounts {
    fn add_assign(&mut self, other: Self) {
        self.attempts += other.attempts;
        self.shown += other.shown;
        self.opened += other.opened;
        self.solved += other.solved;
        self.on_trial += other.on_trial;
        self.returned += other.returned;
        self.same_as += other.same_as;
    }
}

/// Returns the counts of this clone at `now`, by month (`2026-11`) and template. Lines that cannot be read are skipped.
///
/// `deflection rate = solved ÷ (solved + opened)`
///
/// Source: KCS v6, "self-service success"; Zendesk, "ticket deflection". Both count an answer only if no ticket follows.
pub(crate) fn deflection_counts(
    repo: &Repo,
    now: Time,
) -> Result<BTreeMap<(String, String), DeflectionCounts>, RepoError> {
    let mut lines: Vec<Line> = Vec::new();
    for name in repo.cache_names(FOLDER)?.iter().filter(|name| name.ends_with(".jsonl")) {
        let text = repo.read_cache(&format!("{FOLDER}/{name}")).unwrap_or_default();
        lines.extend(text.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()));
    }
    let returned: std::collections::HashSet<String> = lines
        .iter()
        .filter_map(|line| match line {
            Line::Returned { returned, .. } => Some(returned.clone()),
            Line::Attempt { .. } => None,
        })
        .collect();
    let mut counts: BTreeMap<(String, String), DeflectionCounts> = BTreeMap::new();
    for line in lines {
        let Line::Attempt { time, template, shown, opened, solved, same_as, mark } = line else { continue };
        let came_back = mark.is_some_and(|mark| returned.contains(&mark));
        let is_on_trial = now.seconds() - time.seconds() < TRIAL;
        let solved = solved.is_some();
        *counts.entry((month(time), template)).or_default() += DeflectionCounts {
            attempts: 1,
            shown: usize::from(!shown.is_empty()),
            opened: usize::from(opened.is_some()),
            solved: usize::from(solved && !came_back && !is_on_trial),
            on_trial: usize::from(solved && !came_back && is_on_trial),
            returned: usize::from(solved && came_back),
            same_as: usize::from(same_as.is_some()),
        };
    }
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::testing::Sandbox;

    const DAY: i64 = 24 * 3_600;

    fn time(day: i64) -> Time {
        Time::parse("2026-11-01T09:00:00Z").unwrap().plus_seconds(day * DAY)
    }

    fn attempt(shown: &[&str], end: AttemptEnd) -> Attempt {
        Attempt {
            template: "incident".to_owned(),
            shown: shown.iter().map(|id| (*id).to_owned()).collect(),
            end,
        }
    }

    fn solved(id: &str) -> AttemptEnd {
        AttemptEnd::Solved(id.to_owned())
    }

    fn opened(id: &str) -> AttemptEnd {
        AttemptEnd::Opened(id.to_owned())
    }

    /// Returns the sum of all counts.
    fn counts(repo: &Repo, now: Time) -> DeflectionCounts {
        let mut sum = DeflectionCounts::default();
        deflection_counts(repo, now).unwrap().into_values().for_each(|counts| sum += counts);
        sum
    }

    #[test]
    fn solved_counts_after_seven_days_unless_the_same_person_comes_back_with_the_problem() {
        let sandbox = Sandbox::new();
        sandbox.casebook("a");
        let repo = sandbox.open("a");
        let locked = sandbox.lock(&repo);
        let record = |day: i64, person: &str, attempt: Attempt| {
            record_attempt(&locked, &attempt, person, time(day)).unwrap();
        };
        record(0, "lena", attempt(&["a", "b"], solved("a")));
        record(0, "omar", attempt(&["a"], solved("a")));
        record(0, "ann", attempt(&["c"], AttemptEnd::SameAs("c".to_owned())));
        let expected =
            DeflectionCounts { attempts: 3, shown: 3, on_trial: 2, same_as: 1, ..Default::default() };
        assert_eq!(counts(&repo, time(0)), expected);
        // Another person, another problem, and then the same of both.
        record(3, "mei", attempt(&["a"], opened("t1")));
        record(3, "lena", attempt(&["b"], opened("t2")));
        record(3, "lena", attempt(&["x", "a"], opened("t3")));
        let now = counts(&repo, time(3));
        assert_eq!((now.on_trial, now.returned, now.opened, now.solved), (1, 1, 3, 0));
        // After seven days, a ticket of Omar is another story.
        record(7, "omar", attempt(&["a"], opened("t4")));
        let now = counts(&repo, time(7));
        assert_eq!((now.on_trial, now.returned, now.opened, now.solved), (0, 1, 4, 1));
    }

    #[test]
    fn nothing_about_a_person_stays_after_seven_days() {
        let sandbox = Sandbox::new();
        sandbox.casebook("a");
        let repo = sandbox.open("a");
        let locked = sandbox.lock(&repo);
        record_attempt(&locked, &attempt(&["a"], solved("a")), "lena", time(0)).unwrap();
        let kept = || sandbox.read("a/.git/casebook/deflection/replica.json");
        assert!(kept().contains("\"key\""));
        record_attempt(&locked, &attempt(&[], opened("t")), "mei", time(7)).unwrap();
        assert!(kept().ends_with("\"claims\":[]}"), "{}", kept());
        let files = repo.cache_names(FOLDER).unwrap();
        let counts: Vec<&String> = files.iter().filter(|name| name.ends_with("-2026-11.jsonl")).collect();
        let [name] = counts[..] else { panic!("{files:?}") };
        let text = sandbox.read(&format!("a/.git/casebook/deflection/{name}"));
        assert_eq!(text.lines().count(), 2);
        assert!(!text.contains("lena") && !text.contains("hash"), "{text}");
    }

    #[test]
    fn bad_lines_and_a_damaged_file_lose_only_themselves() {
        let sandbox = Sandbox::new();
        sandbox.casebook("a");
        let repo = sandbox.open("a");
        let locked = sandbox.lock(&repo);
        record_attempt(&locked, &attempt(&[], opened("t")), "mei", time(0)).unwrap();
        let name =
            repo.cache_names(FOLDER).unwrap().into_iter().find(|name| name.ends_with(".jsonl")).unwrap();
        let path = format!("a/.git/casebook/deflection/{name}");
        let text = sandbox.read(&path);
        sandbox.file(&path, format!("{text}nonsense\n{{}}\n\u{0}\n{{\"time\":"));
        record_attempt(&locked, &attempt(&[], opened("u")), "mei", time(1)).unwrap();
        sandbox.file("a/.git/casebook/deflection/replica.json", "{");
        record_attempt(&locked, &attempt(&[], opened("v")), "mei", time(2)).unwrap();
        let by_month = deflection_counts(&repo, time(40)).unwrap();
        let key = ("2026-11".to_owned(), "incident".to_owned());
        assert_eq!((by_month.len(), by_month[&key].opened, by_month[&key].attempts), (1, 3, 3));
    }
}

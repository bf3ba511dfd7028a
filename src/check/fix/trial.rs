//! Tries the fixes of one ticket or file and finds those that are safe to apply.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::FixSummary;
use crate::{
    diagnostic::{Finding, Fix},
    settings::SETTINGS_PATH,
    text::{RepoPath, Span},
    ticket::{Document, YamlValue, parse_yaml},
};

/// The number of times that each finding occurs. Spans are left out, because edits before a finding move it.
type Tally = HashMap<(&'static str, RepoPath, String), usize>;

/// The fixes of one owner and the result of trying them so far.
pub(super) struct Trial<'a> {
    fixes: Vec<(&'a Finding, &'a Fix)>,
    texts: &'a HashMap<&'a RepoPath, String>,
    scope: HashSet<RepoPath>,
    before: Tally,
    accepted: Vec<usize>,
    skipped: Vec<usize>,
    /// Groups of fixes to try; the last group is tried next.
    waiting: Vec<Vec<usize>>,
    /// The group that is being tried.
    current: Vec<usize>,
}

impl<'a> Trial<'a> {
    pub(super) fn new(
        fixes: Vec<(&'a Finding, &'a Fix)>,
        scope: Vec<RepoPath>,
        texts: &'a HashMap<&'a RepoPath, String>,
        before: &[Finding],
    ) -> Self {
        let scope: HashSet<RepoPath> = scope.into_iter().collect();
        let waiting = vec![(0..fixes.len()).collect()];
        let before = tally(before, &scope);
        Self {
            fixes,
            texts,
            scope,
            before,
            accepted: Vec::new(),
            skipped: Vec::new(),
            waiting,
            current: Vec::new(),
        }
    }

    /// Returns the files whose findings the fixes can change.
    pub(super) fn scope(&self) -> impl Iterator<Item = &RepoPath> {
        self.scope.iter()
    }

    /// Returns true if a group is being tried.
    pub(super) fn is_running(&self) -> bool {
        !self.current.is_empty()
    }

    /// Starts the next group. Returns the files with the accepted fixes and the fixes of this group; empty if no group
    /// is left.
    pub(super) fn next(&mut self) -> Vec<(RepoPath, String)> {
        while let Some(group) = self.waiting.pop() {
            let mut fitting: Vec<usize> = Vec::new();
            let mut rest = Vec::new();
            for number in group {
                let mut others = self.accepted.iter().chain(&fitting);
                if others.any(|other| self.overlap(number, *other)) {
                    rest.push(number);
                } else {
                    fitting.push(number);
                }
            }
            // A fix that overlaps an accepted fix is left for the next check.
            if !fitting.is_empty() {
                if !rest.is_empty() {
                    self.waiting.push(rest);
                }
                self.current = fitting;
                return self.files_with(&[&self.accepted[..], &self.current].concat()).into_iter().collect();
            }
        }
        Vec::new()
    }

    /// Accepts the current group if it solved its findings and caused none; otherwise splits it into halves.
    /// `after` are the findings with the group applied.
    pub(super) fn judge(&mut self, after: &[Finding]) {
        let mut group = std::mem::take(&mut self.current);
        if group.is_empty() {
            return;
        }
        self.accepted.append(&mut group.clone());
        if self.is_safe(&tally(after, &self.scope)) {
            return;
        }
        self.accepted.truncate(self.accepted.len() - group.len());
        if group.len() == 1 {
            self.skipped.append(&mut group);
        } else {
            self.waiting.push(group.split_off(group.len() / 2));
            self.waiting.push(group);
        }
    }

    /// Returns the accepted fixes in their original order.
    pub(super) fn accepted(&self) -> impl Iterator<Item = (&'a Finding, &'a Fix)> {
        sorted(&self.accepted).into_iter().map(|number| self.fixes[number])
    }

    /// Returns summaries of the accepted fixes in their original order.
    pub(super) fn applied(&self) -> impl Iterator<Item = FixSummary> {
        self.accepted().map(summary)
    }

    /// Returns summaries of the skipped fixes in their original order.
    pub(super) fn skipped(&self) -> impl Iterator<Item = FixSummary> {
        sorted(&self.skipped).into_iter().map(|number| summary(self.fixes[number]))
    }

    /// Returns the files with the accepted fixes.
    pub(super) fn files(&self) -> BTreeMap<RepoPath, String> {
        self.files_with(&self.accepted)
    }

    /// Returns true if the findings of all accepted fixes are solved, no finding is new, and no other key changed.
    fn is_safe(&self, after: &Tally) -> bool {
        let mut allowed = self.before.clone();
        for number in &self.accepted {
            let count = allowed.get_mut(&identity(self.fixes[*number].0));
            match count.filter(|count| **count > 0) {
                Some(count) => *count -= 1,
                None => return false,
            }
        }
        let none_is_new =
            after.iter().all(|(finding, count)| allowed.get(finding).is_some_and(|limit| count <= limit));
        none_is_new && self.files().iter().all(|(path, new)| self.keeps_other_values(path, new))
    }

    /// Returns true if `new` has the same values as the file at `path`, except for the keys that an accepted fix edits.
    fn keeps_other_values(&self, path: &RepoPath, new: &str) -> bool {
        let Some(old) = self.texts.get(path) else { return false };
        let edits = self.edits(&self.accepted);
        let edits = edits.get(path).map_or(&[][..], Vec::as_slice);
        let touches =
            |span: &Span| edits.iter().any(|(edit, _)| edit.start <= span.end && span.start <= edit.end);
        let values: HashMap<String, YamlValue> =
            values_of(path, new).into_iter().map(|(key, _, value)| (key, value)).collect();
        values_of(path, old)
            .into_iter()
            .all(|(key, span, value)| touches(&span) || values.get(&key) == Some(&value))
    }

    fn overlap(&self, one: usize, other: usize) -> bool {
        let ((finding, fix), (other_finding, other_fix)) = (self.fixes[one], self.fixes[other]);
        let overlap = |a: &Span, b: &Span| {
            // Two insertions at the same place do not overlap: the texts are inserted one after the other.
            !(a.end <= b.start || b.end <= a.start || (a.is_empty() && a == b))
        };
        finding.path == other_finding.path
            && fix.edits.iter().any(|(a, _)| other_fix.edits.iter().any(|(b, _)| overlap(a, b)))
    }

    /// Returns the files with the fixes of these numbers.
    fn files_with(&self, numbers: &[usize]) -> BTreeMap<RepoPath, String> {
        let edits = self.edits(numbers);
        let edited = edits.into_iter().filter_map(|(path, edits)| {
            let mut text = self.texts.get(path)?.clone();
            for (span, new) in edits.into_iter().rev() {
                text.replace_range(span, new);
            }
            Some((path.clone(), text))
        });
        edited.collect()
    }

    /// Returns the edits of these fixes for each file, sorted by position.
    fn edits(&self, numbers: &[usize]) -> BTreeMap<&'a RepoPath, Vec<(Span, &'a str)>> {
        let mut edits: BTreeMap<&RepoPath, Vec<(Span, &str)>> = BTreeMap::new();
        for number in sorted(numbers) {
            let (finding, fix) = self.fixes[number];
            let of_file = edits.entry(&finding.path).or_default();
            of_file.extend(fix.edits.iter().map(|(span, new)| (span.clone(), new.as_str())));
        }
        edits.values_mut().for_each(|edits| edits.sort_by_key(|(span, _)| (span.start, span.end)));
        edits
    }
}

fn sorted(numbers: &[usize]) -> Vec<usize> {
    let mut numbers = numbers.to_vec();
    numbers.sort_unstable();
    numbers
}

fn summary((finding, fix): (&Finding, &Fix)) -> FixSummary {
    FixSummary { path: finding.path.clone(), title: fix.title.clone(), code: finding.code }
}

fn identity(finding: &Finding) -> (&'static str, RepoPath, String) {
    (finding.code, finding.path.clone(), finding.message.clone())
}

fn tally(findings: &[Finding], scope: &HashSet<RepoPath>) -> Tally {
    let mut tally = Tally::new();
    for finding in findings.iter().filter(|finding| scope.contains(&finding.path)) {
        *tally.entry(identity(finding)).or_default() += 1;
    }
    tally
}

/// Returns the key, byte range and value of each entry in a file's YAML.
fn values_of(path: &RepoPath, text: &str) -> Vec<(String, Span, YamlValue)> {
    let entries = if path.as_str() == SETTINGS_PATH {
        let start = text.len() - text.trim_start_matches('\u{feff}').len();
        parse_yaml(&text[start..], start).0
    } else {
        Document::parse(path, text.as_bytes()).front.map(|front| front.entries).unwrap_or_default()
    };
    let parts = entries.into_iter().map(|entry| {
        // A value that is missing is written after the colon.
        let key_end = entry.key_span.end;
        let colon =
            text.get(key_end..).and_then(|rest| rest.find(':')).map_or(key_end, |at| key_end + at + 1);
        let span = entry.key_span.start..entry.value.span.end.max(colon);
        (entry.key, span, entry.value.value())
    });
    parts.collect()
}

//! Finds the files that a change moved or renamed. Git does not record renames, so they are found by content, as in
//! `git diff --find-renames`.

use std::collections::{BTreeMap, HashMap};

use super::source_text::text_of;
use crate::{
    repo::{FileChange, Source},
    text::RepoPath,
};

/// The smallest share of equal lines, in percent, of a file that was renamed and edited. Git requires 50, but short
/// tickets of one template are that similar.
const MIN_SIMILARITY: usize = 60;
/// The maximum number of pairs of a removed and an added file that are compared by their lines.
const MAX_PAIRS: usize = 2_000;
/// The maximum size of a text that is compared by its lines.
const MAX_BYTES: usize = 1 << 20;

/// Returns the former path of each renamed file, by its path after the change. `before` and `after` are the files
/// before and after the change.
pub(super) fn renames(
    files: &BTreeMap<RepoPath, FileChange>,
    before: &dyn Source,
    after: &dyn Source,
) -> HashMap<RepoPath, RepoPath> {
    // Another file may have taken the path of a moved file, so modified files count as well.
    let mut removed: Vec<&FileChange> = files.values().filter(|file| file.old.is_some()).collect();
    let mut added: Vec<&FileChange> = files.values().filter(|file| file.new.is_some()).collect();
    let mut renames = moved(&mut removed, &mut added);
    removed.retain(|file| file.new.is_none());
    added.retain(|file| file.old.is_none());
    renames.extend(edited(&removed, &added, before, after));
    renames
}

/// Pairs files with the same content, those with the same name first. Removes the pairs from both lists.
fn moved(removed: &mut Vec<&FileChange>, added: &mut Vec<&FileChange>) -> HashMap<RepoPath, RepoPath> {
    let mut renames = HashMap::new();
    for same_name in [true, false] {
        let key = |path: &RepoPath, id| (id, same_name.then(|| path.file_name().to_owned()));
        let mut sources: HashMap<_, Vec<&RepoPath>> = HashMap::new();
        for file in removed.iter().rev() {
            sources.entry(key(&file.path, file.old)).or_default().push(&file.path);
        }
        added.retain(|file| match sources.get_mut(&key(&file.path, file.new)).and_then(Vec::pop) {
            Some(source) => {
                renames.insert(file.path.clone(), source.clone());
                false
            }
            None => true,
        });
        let used: std::collections::HashSet<&RepoPath> = renames.values().collect();
        removed.retain(|file| !used.contains(&file.path));
    }
    renames
}

/// Pairs texts with similar lines, the most similar ones first.
fn edited(
    removed: &[&FileChange],
    added: &[&FileChange],
    before: &dyn Source,
    after: &dyn Source,
) -> HashMap<RepoPath, RepoPath> {
    let all = removed.len().saturating_mul(added.len()) <= MAX_PAIRS;
    let can_pair = |from: &RepoPath, to: &RepoPath| {
        from.is_markdown() == to.is_markdown() && (all || from.file_name() == to.file_name())
    };
    let text =
        |source: &dyn Source, path: &RepoPath| text_of(source, path).filter(|text| text.len() <= MAX_BYTES);
    let old: Vec<Option<String>> = removed.iter().map(|file| text(before, &file.path)).collect();
    let old: Vec<Option<LineCounts>> = old.iter().map(|text| text.as_deref().map(LineCounts::of)).collect();
    let mut pairs = Vec::new();
    for (at, file) in added.iter().enumerate() {
        let mut candidates =
            removed.iter().enumerate().filter(|(_, from)| can_pair(&from.path, &file.path)).peekable();
        if candidates.peek().is_none() {
            continue;
        }
        let Some(text) = text(after, &file.path) else { continue };
        let new = LineCounts::of(&text);
        for (from, _) in candidates {
            let similarity = old[from].as_ref().map_or(0, |old| old.similarity(&new));
            if similarity >= MIN_SIMILARITY {
                pairs.push((std::cmp::Reverse(similarity), from, at));
            }
        }
    }
    pairs.sort_unstable();
    let mut renames = HashMap::new();
    let (mut used_from, mut used_to) = (vec![false; removed.len()], vec![false; added.len()]);
    for (_, from, to) in pairs {
        if !used_from[from] && !used_to[to] {
            (used_from[from], used_to[to]) = (true, true);
            renames.insert(added[to].path.clone(), removed[from].path.clone());
        }
    }
    renames
}

/// How often each line occurs in a text, without blank lines.
struct LineCounts<'a> {
    counts: HashMap<&'a str, usize>,
    total: usize,
}

impl<'a> LineCounts<'a> {
    fn of(text: &'a str) -> Self {
        let mut counts = HashMap::new();
        let mut total = 0;
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            *counts.entry(line).or_default() += 1;
            total += 1;
        }
        Self { counts, total }
    }

    /// Returns the share of equal lines in percent.
    fn similarity(&self, other: &LineCounts<'_>) -> usize {
        let both =
            self.counts.iter().map(|(line, count)| other.counts.get(line).map_or(0, |n| *count.min(n)));
        let total = self.total + other.total;
        (both.sum::<usize>() * 200).checked_div(total).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::MemorySource;

    fn blob_id(text: &str) -> [u8; 20] {
        let hash = blake3::hash(text.as_bytes());
        std::array::from_fn(|at| hash.as_bytes()[at])
    }

    /// Returns lines such as `old -> new` for the difference of two sets of files.
    fn found(before: &[(&str, &str)], after: &[(&str, &str)]) -> Vec<String> {
        let source = |files: &[(&str, &str)]| {
            files.iter().fold(MemorySource::new(), |source, (path, text)| source.with(*path, *text))
        };
        let id = |files: &[(&str, &str)], path: &str| {
            files.iter().find(|(known, _)| *known == path).map(|(_, text)| blob_id(text))
        };
        let paths = before.iter().chain(after).map(|(path, _)| *path);
        let changes = paths
            .map(|path| {
                let change =
                    FileChange { path: RepoPath::new(path), old: id(before, path), new: id(after, path) };
                (change.path.clone(), change)
            })
            .filter(|(_, change)| change.old != change.new)
            .collect();
        let mut lines: Vec<String> = renames(&changes, &source(before), &source(after))
            .iter()
            .map(|(to, from)| format!("{from} -> {to}"))
            .collect();
        lines.sort();
        lines
    }

    #[test]
    fn moved_files_are_paired_by_content_and_name() {
        let before = [("a/x.md", "1\n"), ("a/y.md", "1\n"), ("a/z.log", "2\n"), ("stays.md", "1\n")];
        let after = [("b/y.md", "1\n"), ("b/x.md", "1\n"), ("b/other.log", "2\n"), ("stays.md", "1\n")];
        assert_eq!(
            found(&before, &after),
            ["a/x.md -> b/x.md", "a/y.md -> b/y.md", "a/z.log -> b/other.log"]
        );
    }

    #[test]
    fn a_moved_file_is_found_if_another_file_takes_its_path() {
        let before = [("a.md", "1\n"), ("b.md", "2\n")];
        assert_eq!(found(&before, &[("a.md", "2\n"), ("b.md", "1\n")]), ["a.md -> b.md", "b.md -> a.md"]);
        let after = [("a.md", "3\n"), ("b.md", "1\n"), ("c.md", "2\n")];
        assert_eq!(found(&before, &after), ["a.md -> b.md", "b.md -> c.md"]);
    }

    #[test]
    fn a_copy_is_not_a_rename() {
        assert_eq!(found(&[("a.md", "1\n2\n")], &[("a.md", "1\n2\n"), ("b.md", "1\n2\n")]), [""; 0]);
        let two = found(&[("a.md", "1\n2\n")], &[("b.md", "1\n2\n"), ("c.md", "1\n2\n")]);
        assert_eq!(two, ["a.md -> b.md"], "each file is the source of one rename");
    }

    #[test]
    fn an_edited_file_is_paired_if_most_of_its_lines_are_the_same() {
        let text = "one\ntwo\nthree\nfour\nfive\n";
        let edited = "one\ntwo\n3\nfour\nfive\n";
        assert_eq!(found(&[("a.md", text)], &[("b.md", edited)]), ["a.md -> b.md"]);
        assert_eq!(found(&[("a.md", text)], &[("b.md", "one\n2\n3\n4\n5\n")]), [""; 0]);
        assert_eq!(found(&[("a.md", text)], &[("b.log", edited)]), [""; 0]);
    }
}

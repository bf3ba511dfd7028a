//! Finds out who changed which file and when, in one pass over the history.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::ids::{BlobId, CommitId, bytes_of, oid_of};
use super::repo::Repo;
use super::trees::{Extent, TreeNode, TreeReader};
use crate::repo::error::{GitResultExt as _, RepoError};
use crate::text::{RepoPath, Time};

/// The commits that changed each file of the casebook.
#[derive(Clone, Debug, Default)]
pub(crate) struct History {
    /// The commits that changed any file, newest first (a commit before its parents).
    pub commits: Vec<Commit>,
    /// The changes of each current or former file, newest first. Names that are not UTF-8 are skipped.
    pub files: BTreeMap<RepoPath, Vec<CommitChange>>,
    /// The former path of each file that a commit moved without changing it, by the commit's index and the new path.
    moved: HashMap<(usize, RepoPath), RepoPath>,
}

/// A commit with its author and time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Commit {
    pub id: CommitId,
    pub author_name: String,
    pub author_email: String,
    /// The author date, which a rebase does not change.
    pub time: Time,
    /// Whether a shallow clone ends at this commit: files that it seems to add may be older and by another author.
    pub is_boundary: bool,
}

/// The change of a file in a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CommitChange {
    /// The commit's index in [`History::commits`].
    pub commit: usize,
    pub kind: ChangeKind,
    /// The contents after the commit; `None` when the file was deleted.
    pub blob: Option<BlobId>,
}

/// How a commit changed a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChangeKind {
    /// The file is new.
    Added,
    /// The file has other contents, or became a link or executable.
    Modified,
    /// The file was removed.
    Deleted,
}

impl History {
    /// Returns the commit that added the current file, also if it was moved later: the newest addition.
    pub(crate) fn added(&self, path: &RepoPath) -> Option<&Commit> {
        let (mut path, mut newer) = (path, None);
        loop {
            let is_addition = |touch: &&CommitChange| {
                touch.kind == ChangeKind::Added && newer.is_none_or(|newer| touch.commit > newer)
            };
            let commit = self.files.get(path)?.iter().find(is_addition)?.commit;
            match self.moved.get(&(commit, path.clone())) {
                Some(former) => (path, newer) = (former, Some(commit)),
                None => return self.commits.get(commit),
            }
        }
    }
}

/// Pairs the added files of a commit with the files that had their content before the commit and lost it, those with the
/// same name first.
fn pair_moved(mut added: Vec<(RepoPath, BlobId)>, lost: &[(RepoPath, BlobId)]) -> Vec<(RepoPath, RepoPath)> {
    let mut pairs = Vec::new();
    let mut used = HashSet::new();
    for same_name in [true, false] {
        let key = |path: &RepoPath, blob| (blob, same_name.then(|| path.file_name().to_owned()));
        let mut former: HashMap<_, Vec<&RepoPath>> = HashMap::new();
        for (path, blob) in lost.iter().rev().filter(|(path, _)| !used.contains(path)) {
            former.entry(key(path, *blob)).or_default().push(path);
        }
        added.retain(|(path, blob)| match former.get_mut(&key(path, *blob)).and_then(Vec::pop) {
            Some(from) => {
                used.insert(from);
                pairs.push((path.clone(), from.clone()));
                false
            }
            None => true,
        });
    }
    pairs
}

impl Repo {
    /// Returns the history of `rev` without the commits that are reachable from `hide` (to extend an older history). A
    /// merge commit changes a file only if the file differs from that of every parent, as in `git log -c`.
    pub(crate) fn history(&self, rev: &str, hide: Option<&str>) -> Result<History, RepoError> {
        let tip = self.resolve(rev)?;
        let hide = hide.map(|rev| self.resolve(rev)).transpose()?;
        let boundaries = self.shallow_boundaries();
        let git = self.git();
        let mut history = History::default();
        let mut trees = TreeReader::new(Arc::clone(&self.objects));
        let reading = || format!("read the history of `{rev}`");
        let mut walk = git.revwalk().doing(reading)?;
        walk.set_sorting(git2::Sort::TOPOLOGICAL | git2::Sort::TIME).doing(reading)?;
        walk.push(oid_of(tip.0)).doing(reading)?;
        if let Some(hide) = hide {
            walk.hide(oid_of(hide.0)).doing(reading)?;
        }
        for id in walk {
            let commit = id.and_then(|id| git.find_commit(id)).doing(reading)?;
            let id = CommitId::from(commit.id());
            let new = self.root_in(&mut trees, bytes_of(commit.tree_id()))?;
            let mut parents = Vec::with_capacity(commit.parent_count());
            for parent in commit.parents() {
                parents.push(self.root_in(&mut trees, bytes_of(parent.tree_id()))?);
            }
            let place = history.commits.len();
            let mut touched = false;
            let (mut added, mut removed, mut replaced) = (Vec::new(), Vec::new(), Vec::new());
            trees.compare(new, &parents, Extent::Casebook, &mut |path, before, after| {
                let Ok(path) = std::str::from_utf8(path) else { return };
                let is_file = |node: &Option<TreeNode>| node.is_some_and(|node| node.kind().is_some());
                let kind = match (before.iter().any(is_file), is_file(&after)) {
                    (false, true) => ChangeKind::Added,
                    (true, true) => ChangeKind::Modified,
                    (true, false) => ChangeKind::Deleted,
                    (false, false) => return,
                };
                touched = true;
                let blob = after.filter(|node| node.kind().is_some()).map(|node| node.id);
                let before = before.iter().flatten().find(|node| node.kind().is_some());
                match (kind, blob, before) {
                    (ChangeKind::Added, Some(blob), _) => added.push((RepoPath::new(path), blob)),
                    (ChangeKind::Deleted, _, Some(before)) => removed.push((RepoPath::new(path), before.id)),
                    // Another file may have taken the path of a moved file.
                    (ChangeKind::Modified, _, Some(before)) => {
                        replaced.push((RepoPath::new(path), before.id))
                    }
                    _ => {}
                }
                history.files.entry(RepoPath::new(path)).or_default().push(CommitChange {
                    commit: place,
                    kind,
                    blob,
                });
            })?;
            removed.append(&mut replaced);
            let moved = pair_moved(added, &removed).into_iter();
            history.moved.extend(moved.map(|(path, former)| ((place, path), former)));
            if touched {
                let author = commit.author();
                history.commits.push(Commit {
                    id,
                    author_name: String::from_utf8_lossy(author.name_bytes()).into_owned(),
                    author_email: String::from_utf8_lossy(author.email_bytes()).into_owned(),
                    time: Time::from_seconds(author.when().seconds())
                        .or_else(|| Time::from_seconds(0))
                        .unwrap_or_else(|| Time::from(jiff::Timestamp::UNIX_EPOCH)),
                    is_boundary: boundaries.contains(&id),
                });
            }
        }
        Ok(history)
    }

    /// Returns the tree of the casebook root within the tree of a commit.
    pub(in crate::repo) fn root_in(
        &self,
        trees: &mut TreeReader,
        tree: [u8; 20],
    ) -> Result<Option<[u8; 20]>, RepoError> {
        if self.prefix.is_empty() {
            return Ok(Some(tree));
        }
        Ok(trees.find(tree, &self.prefix)?.filter(|node| node.is_folder()).map(|node| node.id))
    }

    /// Returns the commits at which a shallow clone ends.
    fn shallow_boundaries(&self) -> Vec<CommitId> {
        let text = std::fs::read_to_string(self.common_dir.join("shallow")).unwrap_or_default();
        text.lines().filter_map(|line| line.trim().parse().ok()).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use proptest::test_runner::TestRunner;

    use super::*;
    use crate::diagnostic::Hinted as _;
    use crate::repo::testing::Sandbox;

    type Line = (String, String, char);

    fn our_changes(history: &History) -> BTreeSet<Line> {
        let touches = history.files.iter().flat_map(|(path, touches)| touches.iter().map(move |t| (path, t)));
        touches
            .map(|(path, touch)| {
                let kind = match touch.kind {
                    ChangeKind::Added => 'A',
                    ChangeKind::Modified => 'M',
                    ChangeKind::Deleted => 'D',
                };
                (history.commits[touch.commit].id.to_string(), path.to_string(), kind)
            })
            .collect()
    }

    fn git_changes(sandbox: &Sandbox, dir: &str) -> BTreeSet<Line> {
        // The command gives no paths: with paths, git would skip branches that had no effect on the result.
        let log = sandbox.git_says(dir, "log -c --root --name-status --no-renames --format=commit:%H");
        let mut commit = String::new();
        let mut lines = BTreeSet::new();
        for line in log.lines() {
            if let Some(id) = line.strip_prefix("commit:") {
                commit = id.to_owned();
            } else if let Some((status, path)) =
                line.split_once('\t').filter(|(_, path)| *path != "other.txt")
            {
                // A merge has one letter per parent.
                let kind = match status {
                    _ if status.contains('D') => 'D',
                    _ if status.chars().all(|letter| letter == 'A') => 'A',
                    _ => 'M',
                };
                lines.insert((commit.clone(), path.to_owned(), kind));
            }
        }
        lines
    }

    /// Creates random branches, merges (some with edits) and deletions.
    fn scramble(sandbox: &Sandbox, steps: &[(u8, u8, u8)]) {
        sandbox.casebook("a");
        let git = |command: &str| sandbox.git_says("a", command);
        for (n, (what, file, branch)) in steps.iter().enumerate() {
            let path = format!("a/tickets/{}/{}.md", file % 3, file % 7);
            let branch = format!("b{}", branch % 3);
            match what % 6 {
                0 if !git("branch --list").contains(&branch) => {
                    drop(git(&format!("checkout -q -b {branch}")))
                }
                0 | 1 if git("branch --list").contains(&branch) => {
                    drop(git(&format!("checkout -q {branch}")))
                }
                2 if git("branch --list").contains(&branch) => {
                    git(&format!("merge -q --no-commit --no-ff -s ours {branch}"));
                    if file % 2 == 0 {
                        sandbox.file(&path, format!("merge {n}"));
                    }
                    sandbox.commit("a", &format!("m{n}"));
                }
                3 if sandbox.path(&path).exists() => {
                    std::fs::remove_file(sandbox.path(&path)).unwrap();
                    sandbox.commit("a", &format!("d{n}"));
                }
                _ => {
                    sandbox.file(&path, format!("step {n}")).file("a/other.txt", format!("{n}"));
                    sandbox.commit("a", &format!("c{n}"));
                }
            }
        }
    }

    #[test]
    fn the_history_equals_git_log_on_random_repositories_with_merges() {
        let steps = prop::collection::vec(any::<(u8, u8, u8)>(), 15..30);
        TestRunner::new(crate::trials::trials(6))
            .run(&steps, |steps| {
                let sandbox = Sandbox::new();
                scramble(&sandbox, &steps);
                let history = sandbox.open("a").history("HEAD", None).unwrap();
                prop_assert_eq!(our_changes(&history), git_changes(&sandbox, "a"));
                Ok(())
            })
            .unwrap();
    }

    #[test]
    fn the_commit_that_added_a_moved_file_is_the_one_that_added_its_content() {
        let sandbox = Sandbox::new();
        sandbox.casebook("a").file("a/tickets/a.md", "1").file("a/tickets/b.md", "1").commit("a", "one");
        let first = sandbox.git_says("a", "rev-parse HEAD");
        sandbox.file("a/tickets/b.md", "2").commit("a", "two");
        sandbox.git("a", "mv tickets/a.md tickets/c.md").commit("a", "three");
        sandbox.git("a", "mv tickets/c.md tickets/a.md").git("a", "mv tickets/b.md tickets/c.md");
        sandbox.commit("a", "four").file("a/tickets/d.md", "1").commit("a", "five");
        let last = sandbox.git_says("a", "rev-parse HEAD");
        let repo = sandbox.open("a");
        let history = repo.history("HEAD", None).unwrap();
        let added = |path: &str| history.added(&path.into()).unwrap().id.to_string();
        assert_eq!(added("tickets/a.md"), first);
        assert_eq!(added("tickets/d.md"), last);
        // In the last commits alone, the file is not new.
        assert_eq!(repo.history("HEAD", Some("HEAD~2")).unwrap().added(&"tickets/a.md".into()), None);
    }

    #[test]
    fn a_history_can_be_limited_to_newer_commits() {
        let sandbox = Sandbox::new();
        sandbox.casebook("a").file("a/tickets/a.md", "1").commit("a", "one").git("a", "tag old");
        sandbox.file("a/tickets/a.md", "2").commit("a", "two");
        let history = sandbox.open("a").history("HEAD", Some("old")).unwrap();
        assert_eq!(history.commits.len(), 1);
        let commit = &history.commits[0];
        assert_eq!(
            (commit.author_name.as_str(), commit.author_email.as_str()),
            ("Mei Lin", "mei@acme.example")
        );
        assert_eq!(history.files[&RepoPath::new("tickets/a.md")][0].kind, ChangeKind::Modified);
    }

    #[test]
    fn the_history_of_a_shallow_clone_marks_its_boundary() {
        let sandbox = Sandbox::new();
        sandbox.casebook("a").file("a/tickets/a.md", "1").commit("a", "one");
        sandbox
            .file("a/tickets/b.md", "2")
            .commit("a", "two")
            .file("a/tickets/b.md", "3")
            .commit("a", "three");
        let url = format!("file://{}", sandbox.path("a").display());
        sandbox.git(".", &format!("clone -q --depth 2 {url} b"));
        let repo = sandbox.open("b");
        let history = repo.history("HEAD", None).unwrap();
        let added = history.added(&"tickets/a.md".into()).unwrap();
        assert!(added.is_boundary);
        let newest = &history.files[&RepoPath::new("tickets/b.md")][0];
        assert!(!history.commits[newest.commit].is_boundary);
        let error = repo.resolve("HEAD~5").unwrap_err().with_hint();
        assert!(error.contains("git fetch --unshallow"), "{error}");
    }

    #[test]
    fn the_history_of_a_casebook_in_a_folder_has_only_the_changes_in_that_folder() {
        let sandbox = Sandbox::new();
        sandbox
            .init("a")
            .file("a/x/casebook.yml", "")
            .file("a/x/tickets/a.md", "1")
            .file("a/tickets/no.md", "");
        sandbox.commit("a", "one").file("a/code.rs", "").commit("a", "two");
        let history = sandbox.open("a/x").history("HEAD", None).unwrap();
        let paths: Vec<_> = history.files.keys().map(RepoPath::as_str).collect();
        assert_eq!((paths, history.commits.len()), (vec!["casebook.yml", "tickets/a.md"], 1));
    }
}

//! Rebases local commits onto commits of others, in the object database.

use std::sync::Arc;

use git2::build::TreeUpdateBuilder;
use git2::{FileMode, Oid};

use super::branch::{NewCommit, Signature};
use super::lock::LockedRepo;
use super::push_error::PushError;
use crate::repo::error::{GitResultExt as _, RepoError};
use crate::repo::git::config::Config;
use crate::repo::git::ids::{CommitId, bytes_of, oid_of};
use crate::repo::git::trees::{Extent, TreeNode, TreeReader};

/// The files with conflicts that git cannot merge.
struct Conflict(Vec<String>);

enum Failure {
    Conflict(Conflict),
    Repo(RepoError),
}

impl From<RepoError> for Failure {
    fn from(error: RepoError) -> Self {
        Self::Repo(error)
    }
}

impl LockedRepo<'_> {
    /// Rebases `branch` from `ours` onto `theirs` and returns its new tip. If there are local merges, it merges
    /// `theirs` instead, so that they stay.
    pub(in crate::repo) fn rebase_onto(
        &self,
        branch: &str,
        ours: CommitId,
        theirs: CommitId,
        (remote, target): (&str, &str),
        config: &Config,
    ) -> Result<CommitId, PushError> {
        let unrelated = || PushError::Unrelated { remote: remote.to_owned(), branch: branch.to_owned() };
        let base = self.merge_base(&ours.to_string(), &theirs.to_string())?.ok_or_else(unrelated)?;
        if base == theirs {
            return Ok(ours);
        }
        let conflict = |subject: String, failure| match failure {
            Failure::Repo(error) => PushError::Repo(error),
            Failure::Conflict(Conflict(paths)) => {
                PushError::Conflict { subject, paths, remote: remote.to_owned(), branch: target.to_owned() }
            }
        };
        let (local, has_merges) = self.commits_ahead(ours, theirs)?;
        let new = if has_merges {
            let merge = NewCommit::new(format!("Merge branch '{target}' of {remote}"));
            self.merge(ours, theirs, &merge, config)
                .map_err(|failure| conflict("the local merge".to_owned(), failure))?
        } else {
            let committer = self.signature(&NewCommit::new("").by("", ""), config)?;
            let mut tip = theirs;
            for id in local {
                tip = self
                    .replay(id, tip, &committer)
                    .map_err(|failure| conflict(self.subject(id), failure))?;
            }
            tip
        };
        self.move_branch(branch, Some(ours), new, &format!("casebook: rebase onto {remote}/{target}"))?;
        Ok(new)
    }

    /// Returns the commits of `ours` that `theirs` lacks, oldest first, and whether there are merges among them.
    fn commits_ahead(&self, ours: CommitId, theirs: CommitId) -> Result<(Vec<Oid>, bool), RepoError> {
        let git = self.git();
        let reading = || "read the local commits".to_owned();
        let mut walk = git.revwalk().doing(reading)?;
        walk.set_sorting(git2::Sort::TOPOLOGICAL | git2::Sort::REVERSE).doing(reading)?;
        walk.push(oid_of(ours.0)).doing(reading)?;
        walk.hide(oid_of(theirs.0)).doing(reading)?;
        let local: Vec<Oid> = walk.collect::<Result<_, _>>().doing(reading)?;
        let mut has_merges = false;
        for id in &local {
            has_merges |= git.find_commit(*id).doing(reading)?.parent_count() > 1;
        }
        Ok((local, has_merges))
    }

    fn subject(&self, id: Oid) -> String {
        let git = self.git();
        let subject = git.find_commit(id).ok().and_then(|commit| commit.summary_bytes().map(<[u8]>::to_vec));
        String::from_utf8_lossy(&subject.unwrap_or_default()).into_owned()
    }

    /// Applies the commit `id` on top of `onto`; returns `onto` if it already has those changes.
    fn replay(&self, id: Oid, onto: CommitId, committer: &Signature) -> Result<CommitId, Failure> {
        let reading = || "read the local commits".to_owned();
        let (tree, message, author) = {
            let git = self.git();
            let commit = git.find_commit(id).doing(reading)?;
            let parent = commit.parent(0).and_then(|parent| parent.tree()).doing(reading)?;
            let onto_tree = git.find_commit(oid_of(onto.0)).and_then(|onto| onto.tree()).doing(reading)?;
            let trees = [commit.tree_id(), parent.id(), onto_tree.id()];
            let tree = match self.replay_files(&git, trees)? {
                Some(tree) => tree,
                None => merge_lines(&git, &commit, onto)?,
            };
            if tree == onto_tree.id() && commit.tree_id() != parent.id() {
                return Ok(onto);
            }
            (tree, commit.message_raw_bytes().to_vec(), author_of(&commit))
        };
        Ok(self.commit_tree(tree, &[onto], &message, &committer.of_author(author))?)
    }

    /// Returns the tree `onto` with the files that differ between `parent` and `new`, if `onto` has the same version of
    /// each of them as `parent`. This is the usual case, as tickets and replies are separate files. The cost depends
    /// only on the changed files, while libgit2's merge reads every folder of the repository three times.
    fn replay_files(
        &self,
        git: &git2::Repository,
        [new, parent, onto]: [Oid; 3],
    ) -> Result<Option<Oid>, RepoError> {
        let mut reader = TreeReader::new(Arc::clone(&self.objects));
        let mut changes: Vec<(Vec<u8>, Option<TreeNode>, Option<TreeNode>)> = Vec::new();
        reader.compare(
            Some(bytes_of(new)),
            &[Some(bytes_of(parent))],
            Extent::All,
            &mut |path, before, after| {
                changes.push((path.to_vec(), before.first().copied().flatten(), after));
            },
        )?;
        let mut update = TreeUpdateBuilder::new();
        for (path, before, after) in changes {
            let Ok(text) = std::str::from_utf8(&path) else { return Ok(None) };
            let theirs = reader.find(bytes_of(onto), text)?;
            for (slash, _) in text.match_indices('/') {
                let folder = reader.find(bytes_of(onto), &text[..slash])?;
                if folder.is_some_and(|node| !node.is_folder()) {
                    return Ok(None);
                }
            }
            match after {
                _ if theirs == after => {}
                _ if theirs != before => return Ok(None),
                Some(node) => {
                    let mode = match node.mode {
                        0o100_755 => FileMode::BlobExecutable,
                        crate::repo::git::trees::SYMLINK => FileMode::Link,
                        crate::repo::git::trees::SUBMODULE => FileMode::Commit,
                        _ => FileMode::Blob,
                    };
                    update.upsert(text, oid_of(node.id), mode);
                }
                // The merge handles folders that become empty.
                None => return Ok(None),
            }
        }
        let onto = git.find_tree(onto).doing(|| "read the remote's files".to_owned())?;
        update.create_updated(git, &onto).map(Some).doing(|| "write to git's object database".to_owned())
    }

    /// Creates a merge commit of `ours` and `theirs`.
    fn merge(
        &self,
        ours: CommitId,
        theirs: CommitId,
        commit: &NewCommit,
        config: &Config,
    ) -> Result<CommitId, Failure> {
        let tree = {
            let git = self.git();
            let merging = || "merge the remote commits".to_owned();
            let find = |id: CommitId| git.find_commit(oid_of(id.0)).doing(merging);
            let mut index = git.merge_commits(&find(ours)?, &find(theirs)?, None).doing(merging)?;
            write_merged(&git, &mut index)?
        };
        let signature = self.signature(commit, config)?;
        Ok(self.commit_tree(tree, &[ours, theirs], commit.message.as_bytes(), &signature)?)
    }
}

/// Applies a commit on top of `onto` by merging the lines of files, for commits that [`LockedRepo::replay_files`]
/// cannot apply.
fn merge_lines(git: &git2::Repository, commit: &git2::Commit<'_>, onto: CommitId) -> Result<Oid, Failure> {
    let merging = || "rebase the local commits".to_owned();
    let onto = git.find_commit(oid_of(onto.0)).doing(merging)?;
    let mut index = git.cherrypick_commit(commit, &onto, 0, None).doing(merging)?;
    write_merged(git, &mut index)
}

/// Writes the tree of a merged index, or returns its conflicts.
fn write_merged(git: &git2::Repository, index: &mut git2::Index) -> Result<Oid, Failure> {
    let merging = || "write the merged files".to_owned();
    if !index.has_conflicts() {
        return Ok(index.write_tree_to(git).doing(merging)?);
    }
    let mut paths = Vec::new();
    for conflict in index.conflicts().doing(merging)? {
        let conflict = conflict.doing(merging)?;
        let entry = conflict.our.or(conflict.their).or(conflict.ancestor);
        paths.extend(entry.map(|entry| String::from_utf8_lossy(&entry.path).into_owned()));
    }
    paths.sort();
    paths.dedup();
    Err(Failure::Conflict(Conflict(paths)))
}

/// Returns the variables for a commit by the same author at the same time.
fn author_of(commit: &git2::Commit<'_>) -> [(&'static str, String); 3] {
    let author = commit.author();
    let minutes = author.when().offset_minutes();
    let sign = if minutes < 0 { '-' } else { '+' };
    let (hours, rest) = (minutes.abs() / 60, minutes.abs() % 60);
    [
        ("GIT_AUTHOR_NAME", String::from_utf8_lossy(author.name_bytes()).into_owned()),
        ("GIT_AUTHOR_EMAIL", String::from_utf8_lossy(author.email_bytes()).into_owned()),
        ("GIT_AUTHOR_DATE", format!("@{} {sign}{hours:02}{rest:02}", author.when().seconds())),
    ]
}

#[cfg(test)]
mod tests {
    use crate::repo::testing::Sandbox;

    #[test]
    fn deletions_and_modes_survive_a_rebase_and_duplicate_changes_are_dropped() {
        let sandbox = Sandbox::new();
        sandbox.casebook("a").file("a/tickets/x/a.md", "a").file("a/tickets/b.md", "b").commit("a", "base");
        sandbox.git("a", "checkout -q -b theirs").file("a/tickets/t.md", "t").file("a/tickets/b.md", "both");
        sandbox
            .commit("a", "theirs")
            .git("a", "checkout -q main")
            .file("a/tickets/b.md", "both")
            .commit("a", "same");
        sandbox
            .git("a", "rm -q tickets/x/a.md")
            .commit("a", "delete")
            .file("a/run.sh", "")
            .git("a", "add run.sh");
        sandbox.git("a", "update-index --chmod=+x run.sh").git("a", "commit -q -m mode");
        let repo = sandbox.open("a");
        let (ours, theirs) = (repo.branch_tip("main").unwrap(), repo.branch_tip("theirs").unwrap());
        sandbox.git("a", "reset -q --hard");
        let locked = sandbox.lock(&repo);
        let new =
            locked.rebase_onto("main", ours, theirs, ("origin", "main"), &repo.config().unwrap()).unwrap();
        assert_eq!(sandbox.git_says("a", "log --format=%s theirs..main"), "mode\ndelete");
        assert_eq!(
            sandbox.git_says("a", "ls-tree -r --format=%(objectmode)%x20%(path) main"),
            "100644 casebook.yml\n100755 run.sh\n100644 tickets/b.md\n100644 tickets/t.md"
        );
        assert_eq!(sandbox.git_says("a", "rev-parse HEAD"), new.to_string());
        assert_eq!(sandbox.git_says("a", "status --porcelain"), "");
        assert!(!sandbox.path("a/tickets/x").exists());
    }
}

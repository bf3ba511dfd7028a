//! Commits single files in a worktree, through the `git` program.

use std::path::Path;

use super::branch::NewCommit;
use super::lock::LockedRepo;
use crate::repo::error::RepoError;
use crate::repo::git::ids::CommitId;
use crate::repo::git::index_edit::IndexEdit;
use crate::repo::git::program::{Git, failure};
use crate::repo::scope;
use crate::text::RepoPath;

impl LockedRepo<'_> {
    /// Commits only these files of the worktree (new, changed or deleted) on the checked-out branch or the detached
    /// HEAD. Other staged and uncommitted changes stay. Hooks run and the commit is signed as usual. If git or a hook
    /// refuses, the files stay as they are and nothing is staged.
    pub(crate) fn commit_paths(
        &self,
        paths: &[RepoPath],
        commit: impl Into<NewCommit>,
    ) -> Result<CommitId, RepoError> {
        let commit = commit.into();
        if self.bare {
            return Err(RepoError::path(self.root.display(), "is a bare repository: it has no worktree"));
        }
        if let Some((path, problem)) = paths.iter().find_map(|path| Some((path, scope::problem_of(path)?))) {
            return Err(RepoError::path(path, problem));
        }
        self.require_no_operation()?;
        let signature = self.signature(&commit, &self.config()?)?;

        // The index gets the files before the branch does. In the other order, a process killed between the two would
        // leave an index without the files, and the next plain `git commit` would delete them from the branch.
        let index = self.index_path();
        let edit = IndexEdit::begin(self, &index)?;
        // This is `git update-index` because `git add` skips ignored files, and an ignored attachment must be committed
        // too.
        let stage = ["update-index", "--add", "--remove", "--replace", "-z", "--stdin"];
        self.run_git().env("GIT_INDEX_FILE", edit.draft()).args(stage).input(list(paths)).success()?;
        let published = edit.publish()?;

        // Git works on a copy of the index, since it holds the lock of its index while hooks run.
        let git = self.run_literal().env("GIT_INDEX_FILE", published.copy());
        let git = git.args(["commit", "--quiet", "--only", "--cleanup=whitespace"]);
        let git = git.args(["--pathspec-from-file=-", "--pathspec-file-nul", "-m"]).arg(&commit.message);
        let output = {
            let _at_work = self.git_at_work()?;
            git.envs(signature.variables()).input(list(paths)).run()?
        };
        if output.ok() {
            // The copy has metadata and trees that git updated during the commit. The index is also correct
            // without them.
            published.put_copy().ok();
            return self.resolve("HEAD");
        }
        // A hook that refuses the commit causes the same exit status.
        let is_nothing = output.code == Some(1) && self.is_as_committed(&published.copy(), paths)?;
        if !published.undo()? {
            self.edit_index(|git| {
                git.args(["reset", "--quiet", "--"]).args(paths.iter().map(RepoPath::as_str))
            })?;
        }
        Err(if is_nothing { RepoError::NothingToCommit } else { failure("commit", &output) })
    }

    /// Returns whether the index at `index` equals HEAD for `paths`.
    fn is_as_committed(&self, index: &Path, paths: &[RepoPath]) -> Result<bool, RepoError> {
        if self.head()?.is_none() {
            return Ok(false);
        }
        let git = self.run_literal().env("GIT_INDEX_FILE", index);
        let git = git.args(["diff-index", "--cached", "--quiet", "HEAD", "--"]);
        Ok(git.args(paths.iter().map(RepoPath::as_str)).run()?.ok())
    }

    /// Resets the index entry of `path` to HEAD, where the file may be missing.
    pub(crate) fn unstage(&self, path: &RepoPath) -> Result<(), RepoError> {
        self.edit_index(|git| git.args(["reset", "--quiet", "--", path.as_str()]))
    }

    /// Runs a git command that changes the index.
    fn edit_index(&self, command: impl FnOnce(Git) -> Git) -> Result<(), RepoError> {
        let edit = IndexEdit::begin(self, &self.index_path())?;
        command(self.run_literal().env("GIT_INDEX_FILE", edit.draft())).success()?;
        edit.publish().map(drop)
    }

    fn run_literal(&self) -> Git {
        // File names may contain brackets and stars.
        self.run_git().arg("--literal-pathspecs")
    }

    /// Returns an error during a merge or similar operation, in which git cannot commit single files.
    pub(in crate::repo) fn require_no_operation(&self) -> Result<(), RepoError> {
        use git2::RepositoryState;
        let operation = match self.git().state() {
            RepositoryState::Merge => "merge",
            RepositoryState::Revert | RepositoryState::RevertSequence => "revert",
            RepositoryState::CherryPick | RepositoryState::CherryPickSequence => "cherry-pick",
            RepositoryState::Rebase | RepositoryState::RebaseInteractive | RepositoryState::RebaseMerge => {
                "rebase"
            }
            RepositoryState::ApplyMailbox | RepositoryState::ApplyMailboxOrRebase => "`git am`",
            // Commits during a bisection work as usual.
            _ => return Ok(()),
        };
        Err(RepoError::InProgress { operation, dir: self.git_dir.clone() })
    }
}

/// Formats paths for `-z --stdin` and `--pathspec-from-file`.
fn list(paths: &[RepoPath]) -> String {
    paths.iter().map(|path| format!("{path}\0")).collect()
}

#[cfg(test)]
mod tests {
    use std::thread;
    use std::time::Duration;

    use super::*;
    use crate::diagnostic::Hinted as _;
    use crate::repo::git::repo::Repo;
    use crate::repo::testing::Sandbox;
    use crate::repo::{Source as _, WriteMode};
    use crate::text::Time;

    #[track_caller]
    fn write_and_commit(sandbox: &Sandbox, dir: &str, path: &str) -> Result<CommitId, RepoError> {
        let repo = sandbox.open(dir);
        let locked = sandbox.lock(&repo);
        let path = RepoPath::new(path);
        locked.write(&path, b"text", WriteMode::New).unwrap();
        locked.commit_paths(&[path], "add a ticket\n\n# not a comment")
    }

    #[test]
    fn only_the_named_file_is_committed_and_other_changes_stay() {
        let sandbox = Sandbox::new();
        sandbox.casebook("a").file("a/dirty", "1").file("a/staged", "1").commit("a", "two");
        sandbox.file("a/staged", "2").file("a/staged-new", "2").git("a", "add staged staged-new");
        sandbox.file("a/dirty", "2").file("a/untracked", "2").file("a/.gitignore", "*.log\n");
        let before = sandbox.git_says("a", "status --porcelain");
        let id = write_and_commit(&sandbox, "a", "tickets/[x]*.log").unwrap();
        assert_eq!(sandbox.git_says("a", "show --format= --name-only HEAD"), "tickets/[x]*.log");
        assert_eq!(sandbox.git_says("a", "status --porcelain"), before);
        assert_eq!(sandbox.git_says("a", "rev-parse HEAD"), id.to_string());
        assert_eq!(sandbox.git_says("a", "log -1 --format=%B"), "add a ticket\n\n# not a comment");
    }

    #[test]
    fn a_changed_and_a_deleted_file_are_committed_together() {
        let sandbox = Sandbox::new();
        sandbox.casebook("a").file("a/tickets/a.md", "1").file("a/tickets/b.md", "1").commit("a", "two");
        let repo = sandbox.open("a");
        let locked = sandbox.lock(&repo);
        locked.write(&"tickets/a.md".into(), b"2", WriteMode::Replace).unwrap();
        locked.remove(&"tickets/b.md".into()).unwrap();
        let paths = [RepoPath::new("tickets/a.md"), RepoPath::new("tickets/b.md")];
        locked.commit_paths(&paths, "edit").unwrap();
        assert_eq!(
            sandbox.git_says("a", "show --format= --name-status HEAD"),
            "M\ttickets/a.md\nD\ttickets/b.md"
        );
        let again = locked.commit_paths(&paths[..1], "again").unwrap_err();
        assert!(matches!(again, RepoError::NothingToCommit), "{again}");
    }

    #[test]
    fn commits_work_on_an_unborn_branch_a_detached_head_in_a_linked_worktree_and_in_a_folder() {
        let sandbox = Sandbox::new();
        sandbox.init("unborn").file("unborn/casebook.yml", "").file("unborn/x", "").git("unborn", "add x");
        write_and_commit(&sandbox, "unborn", "tickets/a.md").unwrap();
        assert_eq!(sandbox.git_says("unborn", "ls-tree -r --name-only HEAD"), "tickets/a.md");
        assert_eq!(sandbox.git_says("unborn", "status --porcelain"), "A  x\n?? casebook.yml");

        sandbox.casebook("a").git("a", "checkout -q --detach");
        let id = write_and_commit(&sandbox, "a", "tickets/a.md").unwrap();
        assert_eq!(sandbox.open("a").branch(), None);
        assert_eq!(sandbox.git_says("a", "rev-parse HEAD"), id.to_string());

        sandbox.git("a", "worktree add -q ../b -b other");
        let id = write_and_commit(&sandbox, "b", "tickets/b.md").unwrap();
        assert_eq!(sandbox.git_says("a", "rev-parse other"), id.to_string());

        sandbox.init("c").file("c/sub/casebook.yml", "").commit("c", "one");
        write_and_commit(&sandbox, "c/sub", "tickets/a.md").unwrap();
        assert_eq!(sandbox.git_says("c", "show --format= --name-only HEAD"), "sub/tickets/a.md");
    }

    #[test]
    fn a_hook_that_refuses_is_quoted_and_nothing_is_staged() {
        let sandbox = Sandbox::new();
        sandbox.casebook("a").hook("a/.git", "pre-commit", "echo the title is missing; exit 1");
        let error = write_and_commit(&sandbox, "a", "tickets/a.md").unwrap_err().to_string();
        assert!(error.contains("the title is missing"), "{error}");
        assert_eq!(sandbox.git_says("a", "status --porcelain"), "?? tickets/");
        let repo = sandbox.open("a");
        assert_eq!(repo.staged().unwrap().list().unwrap().entries.len(), 1);
    }

    #[test]
    fn a_staged_file_can_be_unstaged() {
        for dir in ["born", "unborn"] {
            let sandbox = Sandbox::new();
            sandbox.init(dir).file(&format!("{dir}/casebook.yml"), "1");
            if dir == "born" {
                sandbox.commit(dir, "one");
            }
            sandbox.file(&format!("{dir}/tickets/a.md"), "").git(dir, "add -N tickets/a.md");
            let repo = sandbox.open(dir);
            for path in ["tickets/a.md", "tickets/never.md"] {
                sandbox.lock(&repo).unstage(&path.into()).unwrap();
            }
            assert!(sandbox.git_says(dir, "status --porcelain").ends_with("?? tickets/"));
        }
    }

    #[test]
    fn a_commit_can_have_another_author_and_time() {
        let sandbox = Sandbox::new();
        sandbox.casebook("a").file("a/tickets/a.md", "");
        let repo = sandbox.open("a");
        let commit = NewCommit::from("by lena")
            .by("Lena", "lena@acme.example")
            .at(Time::parse("2026-11-22T09:14:00Z").unwrap());
        sandbox.lock(&repo).commit_paths(&["tickets/a.md".into()], commit).unwrap();
        let expected = "Lena lena@acme.example 2026-11-22T09:14:00+00:00 Mei Lin 2026-11-22T09:14:00+00:00";
        assert_eq!(
            sandbox.git_says("a", "log -1 --format=%an%x20%ae%x20%aI%x20%cn%x20%cI").replace('Z', "+00:00"),
            expected
        );
    }

    #[test]
    fn a_commit_waits_for_another_git() {
        for lock in ["a/.git/index.lock", "a/.git/HEAD.lock", "a/.git/refs/heads/main.lock"] {
            let sandbox = Sandbox::new();
            sandbox.casebook("a").file(lock, "");
            thread::scope(|scope| {
                scope.spawn(|| {
                    // The test cannot observe that the commit waits. Without this delay, the lock could be gone before
                    // the commit starts, and the test would pass without any waiting.
                    thread::sleep(Duration::from_millis(200));
                    std::fs::remove_file(sandbox.path(lock)).unwrap();
                });
                write_and_commit(&sandbox, "a", "tickets/a.md").unwrap();
            });
        }
    }

    #[test]
    fn a_merge_in_progress_is_reported() {
        let sandbox = Sandbox::new();
        sandbox.casebook("a").git("a", "checkout -q -b b").file("a/x", "").commit("a", "x");
        sandbox.git("a", "checkout -q main").git("a", "merge -q --no-ff --no-commit b");
        let error = write_and_commit(&sandbox, "a", "tickets/a.md").unwrap_err().to_string();
        assert!(error.starts_with("a merge is in progress"), "{error}");
    }

    #[test]
    fn a_missing_committer_is_an_error_with_the_next_step() {
        let sandbox = Sandbox::new();
        sandbox.casebook("a").file("a/tickets/a.md", "");
        let variables = ["GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"];
        let anonymous = variables.into_iter().fold(sandbox.env(), |env, key| env.with(key, ""));
        let repo = Repo::open_in(&sandbox.path("a"), anonymous).unwrap();
        let locked = sandbox.lock(&repo);
        let error = locked.commit_paths(&["tickets/a.md".into()], "x").unwrap_err().with_hint();
        assert!(error.contains("git config --global user.email"), "{error}");
        let commit = NewCommit::from("x").by("Lena", "lena@acme.example");
        locked.commit_paths(&["tickets/a.md".into()], commit).unwrap();
    }
}

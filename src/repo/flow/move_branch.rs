//! Moves a branch together with the worktrees that have it checked out.
//!
//! The worktrees change first and the branch last. In the other order, a process killed between the two would leave
//! worktrees without the new files, and the next `git commit -a` would delete these files from the branch. The next
//! writer undoes the changes that a killed process made to worktrees.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::lock::LockedRepo;
use crate::repo::error::RepoError;
use crate::repo::git::ids::CommitId;
use crate::repo::git::index_edit::IndexEdit;
use crate::repo::git::index_file::IndexFile;
use crate::repo::git::program::Git;

/// The empty tree, which exists in every git repository.
const EMPTY_TREE: &str = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

/// The journal's page for a move.
const PAGE: &str = "move.json";

/// The journal's description of a branch move.
#[derive(Serialize, Deserialize)]
struct BranchMove {
    branch: String,
    old: Option<CommitId>,
    new: CommitId,
}

/// A file that differs between the two commits of a move.
struct MovedFile {
    path: String,
    /// The mode and object id as git prints them; zeros when the commit does not have the file.
    old: (String, String),
    new: (String, String),
}

impl MovedFile {
    fn is_in(side: &(String, String)) -> bool {
        side.0 != "000000"
    }
}

impl LockedRepo<'_> {
    /// Moves a branch from `old` (`None`: the branch must not exist) to `new`, if it still points to `old`. Staged and
    /// uncommitted changes in worktrees that have the branch checked out stay; if they are in the way, nothing changes.
    pub(in crate::repo) fn move_branch(
        &self,
        branch: &str,
        old: Option<CommitId>,
        new: CommitId,
        why: &str,
    ) -> Result<(), RepoError> {
        let worktrees = self.worktrees_on(branch)?;
        if !worktrees.is_empty() {
            let page = BranchMove { branch: branch.to_owned(), old, new };
            self.write_cache(PAGE, &serde_json::to_vec(&page).unwrap_or_default())?;
        }
        let (from, to) = (tree_of(old), new.to_string());
        let mut followed = Vec::new();
        let mut moved = Ok(());
        for dir in &worktrees {
            moved = self.switch_files(dir, &from, &to);
            if moved.is_err() {
                break;
            }
            followed.push(dir);
        }
        let moved = moved.and_then(|()| self.update_branch(branch, old, new, why));
        if moved.is_err() {
            for dir in followed {
                self.switch_files(dir, &to, &from).ok();
            }
        }
        if !worktrees.is_empty() {
            self.remove_cache(PAGE)?;
        }
        moved
    }

    fn update_branch(
        &self,
        branch: &str,
        old: Option<CommitId>,
        new: CommitId,
        why: &str,
    ) -> Result<(), RepoError> {
        let _at_work = self.git_at_work()?;
        let expected = old.map_or_else(|| "0".repeat(40), |old| old.to_string());
        let (name, to) = (format!("refs/heads/{branch}"), new.to_string());
        let update = ["update-ref", "-m", why, &name, &to, &expected];
        let output = self.run_git().args(update).run()?;
        if output.ok() {
            return Ok(());
        }
        Err(RepoError::Moved { branch: branch.to_owned(), output: output.stderr })
    }

    /// Updates the index and files of the worktree at `dir` from one commit to another. Fails before it changes
    /// anything if local changes are in the way.
    fn switch_files(&self, dir: &Path, from: &str, to: &str) -> Result<(), RepoError> {
        let edit = IndexEdit::begin(self, &self.index_of(dir)?)?;
        let git = || self.git_at(dir).env("GIT_INDEX_FILE", edit.draft());
        // Without a refresh, git counts a file with only a new modification time as changed.
        git().args(["update-index", "-q", "--refresh"]).run()?;
        let output = git().args(["read-tree", "-m", "-u", from, to]).run()?;
        if !output.ok() {
            return Err(RepoError::InTheWay { files: output.stderr });
        }
        edit.publish().map(drop)
    }

    /// Undoes the changes that a killed process made to worktrees before it could move their branch.
    pub(in crate::repo) fn undo_unfinished_move(&self) -> Result<(), RepoError> {
        let Some(page) = self.read_cache(PAGE) else { return Ok(()) };
        self.wait_for_gits();
        let undo = || {
            let Ok(BranchMove { branch, old, new }) = serde_json::from_slice(&page) else { return Ok(()) };
            if self.branch_tip(&branch) != old {
                return Ok(());
            }
            let files = self.moved_files(&tree_of(old), &new.to_string())?;
            self.worktrees_on(&branch)?.iter().try_for_each(|dir| self.restore_files(dir, &files))
        };
        let undone = undo();
        self.remove_cache(PAGE)?;
        undone
    }

    fn moved_files(&self, from: &str, to: &str) -> Result<Vec<MovedFile>, RepoError> {
        let differ = ["diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", from, to];
        let differ = self.run_git().args(differ).success()?;
        // The format is `:MODE MODE ID ID LETTER`, then the path.
        let mut fields = differ.split('\0');
        let mut files = Vec::new();
        while let (Some(states), Some(path)) = (fields.next(), fields.next()) {
            let states: Vec<&str> = states.trim_start_matches(':').split(' ').collect();
            let [old_mode, new_mode, old_id, new_id, _] = states[..] else { continue };
            let side = |mode: &str, id: &str| (mode.to_owned(), id.to_owned());
            files.push(MovedFile {
                path: path.to_owned(),
                old: side(old_mode, old_id),
                new: side(new_mode, new_id),
            });
        }
        Ok(files)
    }

    /// Restores the old version of each file that an unfinished move already changed, in the index or on disk.
    fn restore_files(&self, dir: &Path, files: &[MovedFile]) -> Result<(), RepoError> {
        let edit = IndexEdit::begin(self, &self.index_of(dir)?)?;
        let index = IndexFile::read(&edit.draft())?;
        let (mut entries, mut checkout) = (String::new(), String::new());
        for file in files {
            let staged = index.entry(file.path.as_bytes()).map(|entry| CommitId(entry.node.id).to_string());
            if staged == MovedFile::is_in(&file.new).then(|| file.new.1.clone()) {
                entries.push_str(&format!("{} {}\t{}\0", file.old.0, file.old.1, file.path));
            }
            let on_disk = dir.join(&file.path);
            if !self.is_written(&on_disk, file)? {
                continue;
            }
            if MovedFile::is_in(&file.old) {
                checkout.push_str(&format!("{}\0", file.path));
            } else if let Err(error) = fs::remove_file(&on_disk)
                && error.kind() != ErrorKind::NotFound
            {
                return Err(RepoError::io("remove", &on_disk, error));
            }
        }
        let git = || self.git_at(dir).env("GIT_INDEX_FILE", edit.draft());
        if !entries.is_empty() {
            git().args(["update-index", "-z", "--index-info"]).input(entries).success()?;
        }
        if !checkout.is_empty() {
            git().args(["checkout-index", "--force", "-u", "-z", "--stdin"]).input(checkout).success()?;
        }
        edit.publish().map(drop)
    }

    /// Returns whether a killed git process wrote the file: it is missing, or has only the beginning of its new
    /// contents.
    fn is_written(&self, on_disk: &Path, file: &MovedFile) -> Result<bool, RepoError> {
        let there = match on_disk.symlink_metadata() {
            Err(_) => return Ok(true),
            Ok(there) if there.is_symlink() => {
                fs::read_link(on_disk).map(|to| to.as_os_str().as_bytes().to_vec())
            }
            Ok(there) if there.is_file() => fs::read(on_disk),
            Ok(_) => return Ok(false),
        };
        let there = there.map_err(|error| RepoError::io("read", on_disk, error))?;
        if !MovedFile::is_in(&file.new) {
            return Ok(false);
        }
        let expected = self.git_at(on_disk.parent().unwrap_or(on_disk)).args(["cat-file", "--filters"]);
        let expected = expected.arg(format!("--path={}", file.path)).arg(&file.new.1).run()?;
        Ok(expected.ok() && expected.stdout.starts_with(&there))
    }

    fn index_of(&self, dir: &Path) -> Result<PathBuf, RepoError> {
        if self.git().workdir() == Some(dir) {
            return Ok(self.git_dir.join("index"));
        }
        let git_dir = self.git_at(dir).args(["rev-parse", "--absolute-git-dir"]).success()?;
        Ok(Path::new(git_dir.trim_end_matches('\n')).join("index"))
    }

    /// Prepares the `git` program in any worktree of this repository.
    fn git_at(&self, dir: &Path) -> Git {
        Git::in_folder(dir, &self.environment)
    }
}

fn tree_of(commit: Option<CommitId>) -> String {
    commit.map_or_else(|| EMPTY_TREE.to_owned(), |commit| commit.to_string())
}

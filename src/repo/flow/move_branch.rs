//! Moving a branch together with the worktrees that have it checked out.
//!
//! The worktrees come first and the branch last: the other way around, a process killed between the two would leave
//! worktrees without the new files, and the next `git commit -a` would delete these from the branch. What a killed process
//! did to the worktrees is undone by the next writer.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::lock::Lock;
use crate::repo::error::RepoError;
use crate::repo::git::ids::CommitId;
use crate::repo::git::index_edit::IndexEdit;
use crate::repo::git::index_file::IndexFile;
use crate::repo::git::program::Git;
use crate::repo::git::repo::Repo;

/// The empty tree, which every git repository has.
const EMPTY_TREE: &str = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

/// The journal's page for a move.
const PAGE: &str = "move.json";

/// A move of a branch, as the journal has it.
#[derive(Serialize, Deserialize)]
struct BranchMove {
    branch: String,
    old: Option<CommitId>,
    new: CommitId,
}

/// A file that differs between the two commits of a move.
struct MovedFile {
    path: String,
    /// Mode and object id, as git prints them; zeros when the commit does not have the file.
    old: (String, String),
    new: (String, String),
}

impl MovedFile {
    fn is_in(side: &(String, String)) -> bool {
        side.0 != "000000"
    }
}

impl Repo {
    /// Moves a branch from `old` (`None`: it must not exist) to `new`, if it still is there. What is staged or dirty in
    /// the worktrees that have it checked out stays, or nothing is done.
    pub(in crate::repo) fn move_branch(
        &self,
        lock: &Lock,
        branch: &str,
        old: Option<CommitId>,
        new: CommitId,
        why: &str,
    ) -> Result<(), RepoError> {
        let worktrees = self.worktrees_on(branch)?;
        if !worktrees.is_empty() {
            let page = BranchMove { branch: branch.to_owned(), old, new };
            self.write_cache(lock, PAGE, &serde_json::to_vec(&page).unwrap_or_default())?;
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
        let moved = moved.and_then(|()| self.update_branch(lock, branch, old, new, why));
        if moved.is_err() {
            for dir in followed {
                self.switch_files(dir, &to, &from).ok();
            }
        }
        if !worktrees.is_empty() {
            self.remove_cache(lock, PAGE)?;
        }
        moved
    }

    fn update_branch(
        &self,
        lock: &Lock,
        branch: &str,
        old: Option<CommitId>,
        new: CommitId,
        why: &str,
    ) -> Result<(), RepoError> {
        let _at_work = self.git_at_work(lock)?;
        let expected = old.map_or_else(|| "0".repeat(40), |old| old.to_string());
        let (name, to) = (format!("refs/heads/{branch}"), new.to_string());
        let update = ["update-ref", "-m", why, &name, &to, &expected];
        let output = self.run_git().args(update).run()?;
        if output.ok() {
            return Ok(());
        }
        let problem = format!("could not be moved; try again\n{}", output.stderr.trim_end());
        Err(RepoError::Branch { branch: branch.to_owned(), problem })
    }

    /// Changes index and files of the worktree at `dir` from one commit to another. Fails before it changes anything if
    /// local changes are in the way.
    fn switch_files(&self, dir: &Path, from: &str, to: &str) -> Result<(), RepoError> {
        let edit = IndexEdit::begin(self, &self.index_of(dir)?)?;
        let git = || self.git_at(dir).env("GIT_INDEX_FILE", edit.draft());
        // Without this, a file that was only touched counts as dirty.
        git().args(["update-index", "-q", "--refresh"]).run()?;
        let output = git().args(["read-tree", "-m", "-u", from, to]).run()?;
        if !output.ok() {
            return Err(RepoError::InTheWay { files: output.stderr });
        }
        edit.publish().map(drop)
    }

    /// Undoes what a killed process did to worktrees before it could move their branch.
    pub(in crate::repo) fn undo_unfinished_move(&self, lock: &Lock) -> Result<(), RepoError> {
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
        self.remove_cache(lock, PAGE)?;
        undone
    }

    fn moved_files(&self, from: &str, to: &str) -> Result<Vec<MovedFile>, RepoError> {
        let differ = ["diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", from, to];
        let differ = self.run_git().args(differ).success()?;
        // `:MODE MODE ID ID LETTER`, then the path.
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

    /// Gives those of `files` that are as in the new commit, in whole or in part, the state of the old commit.
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

    /// Whether a killed git wrote the file: it is not there any more, or is the beginning of what it was to become.
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
        let wanted = self.git_at(on_disk.parent().unwrap_or(on_disk)).args(["cat-file", "--filters"]);
        let wanted = wanted.arg(format!("--path={}", file.path)).arg(&file.new.1).run()?;
        Ok(wanted.ok() && wanted.stdout.starts_with(&there))
    }

    fn index_of(&self, dir: &Path) -> Result<PathBuf, RepoError> {
        if self.git().workdir() == Some(dir) {
            return Ok(self.git_dir.join("index"));
        }
        let git_dir = self.git_at(dir).args(["rev-parse", "--absolute-git-dir"]).success()?;
        Ok(Path::new(git_dir.trim_end_matches('\n')).join("index"))
    }

    /// The `git` program in any worktree of this repository.
    fn git_at(&self, dir: &Path) -> Git {
        Git::in_folder(dir, &self.environment)
    }
}

fn tree_of(commit: Option<CommitId>) -> String {
    commit.map_or_else(|| EMPTY_TREE.to_owned(), |commit| commit.to_string())
}

//! Removes lock files of branches that a killed git process left.
//!
//! Git creates lock files such as `refs/heads/main.lock` without the name of the process that holds them, and never
//! removes those of dead processes. One `kill -9` at the wrong moment thus blocks a branch forever. Casebook removes
//! such a file when all of these are true:
//!
//! - The journal has a page which shows that a Casebook command was killed while it ran git.
//! - The file is younger than that page.
//! - The file still exists after a while in which no git process ran in the repository.
//!
//! In any other case, and on systems that do not list processes, the file stays, and git's own message says what to do.
//!
//! `index.lock` is handled elsewhere: see [`crate::repo::git::index_edit`].

use crate::repo::write::put;
use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs::{self, Metadata};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use walkdir::WalkDir;

use super::lock::LockedRepo;
use crate::repo::error::RepoError;

/// The time for which a lock must exist without a running git process before it counts as stale.
const PATIENCE: Duration = Duration::from_secs(2);
/// The maximum time to wait for a running git process: the child of a killed Casebook may still be running a hook.
const PROCESS_PATIENCE: Duration = Duration::from_secs(10);
/// The time between two checks.
const PAUSE: Duration = Duration::from_millis(20);

/// The journal page that exists while Casebook runs a git command that changes branches.
const PAGE: &str = "git-at-work";

/// The journal page [`PAGE`], which is removed on drop.
pub(in crate::repo) struct GitAtWork(PathBuf);

impl Drop for GitAtWork {
    fn drop(&mut self) {
        // A leftover page only makes the next writer check some folders.
        fs::remove_file(&self.0).ok();
    }
}

impl LockedRepo<'_> {
    /// Removes each `index.lock`, of any worktree, that a killed Casebook process left.
    pub(in crate::repo) fn remove_own_index_locks(&self) -> Result<(), RepoError> {
        let worktrees = fs::read_dir(self.common_dir.join("worktrees")).into_iter().flatten().flatten();
        let git_dirs = worktrees.map(|worktree| worktree.path()).chain([self.common_dir.clone()]);
        let identity = |file: &Metadata| (file.dev(), file.ino());
        let left: Vec<(PathBuf, Metadata)> = git_dirs
            .map(|git_dir| git_dir.join("index.lock"))
            .filter_map(|path| path.symlink_metadata().ok().map(|file| (path, file)))
            .filter(|(_, file)| file.nlink() > 1)
            .collect();
        if left.is_empty() {
            return Ok(());
        }
        let own: HashSet<(u64, u64)> = walkdir::WalkDir::new(self.cache_dir().join(put::UNFINISHED))
            .into_iter()
            .flatten()
            .filter_map(|file| file.metadata().ok().map(|file| identity(&file)))
            .collect();
        for (path, _) in left.iter().filter(|(_, file)| own.contains(&identity(file))) {
            fs::remove_file(path).map_err(|error| RepoError::io("remove", path, error))?;
        }
        Ok(())
    }

    /// Writes the journal page. The caller keeps the result while git changes branches.
    pub(in crate::repo) fn git_at_work(&self) -> Result<GitAtWork, RepoError> {
        let page = self.cache_dir().join(PAGE);
        fs::write(&page, b"").map_err(|error| RepoError::io("write", &page, error))?;
        Ok(GitAtWork(page))
    }

    /// Removes the lock files that a killed git process of Casebook left.
    pub(crate) fn break_stale_locks(&self) -> Result<(), RepoError> {
        let page = self.cache_dir().join(PAGE);
        let Ok(begun) = fs::metadata(&page).and_then(|page| page.modified()) else { return Ok(()) };
        self.wait_for_gits();
        let start = Instant::now();
        loop {
            let left = self.git_locks(begun);
            if left.is_empty() {
                return self.remove_cache(PAGE);
            }
            if self.is_git_at_work() != Some(false) {
                return Ok(());
            }
            if start.elapsed() > PATIENCE {
                return left.iter().try_for_each(|path| {
                    fs::remove_file(path).map_err(|error| RepoError::io("remove", path, error))
                });
            }
            thread::sleep(PAUSE);
        }
    }

    /// Waits for the git processes in this repository to end: the child of a killed Casebook continues, and may be
    /// running a hook.
    pub(in crate::repo) fn wait_for_gits(&self) {
        let start = Instant::now();
        while self.is_git_at_work() == Some(true) && start.elapsed() < PROCESS_PATIENCE {
            thread::sleep(PAUSE);
        }
    }

    /// Returns the lock files of HEAD, of branches and of the temporary indexes of `git commit` that are younger than
    /// `begun`.
    fn git_locks(&self, begun: SystemTime) -> Vec<PathBuf> {
        let is_lock = |path: &Path| {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let is_of_branch = path.starts_with(self.common_dir.join("refs"));
            let is_of_head = ["HEAD.lock", "packed-refs.lock"].contains(&name.as_str());
            name.ends_with(".lock") && (is_of_branch || is_of_head || name.starts_with("next-index-"))
        };
        let at = |folder: &Path| WalkDir::new(folder).max_depth(1);
        let places = [at(&self.git_dir), at(&self.common_dir), WalkDir::new(self.common_dir.join("refs"))];
        let files = places.into_iter().flatten().flatten();
        let mut locks: Vec<PathBuf> = files
            .filter(|entry| entry.file_type().is_file() && is_lock(entry.path()))
            .filter(|entry| {
                entry.metadata().is_ok_and(|file| file.modified().is_ok_and(|time| time >= begun))
            })
            .map(walkdir::DirEntry::into_path)
            .collect();
        locks.sort();
        locks.dedup();
        locks
    }

    /// Returns whether a git process runs in this repository; `None` if the system does not list processes.
    pub(crate) fn is_git_at_work(&self) -> Option<bool> {
        // Other systems may have a folder `/proc` with different contents.
        fs::read_link("/proc/self/cwd").ok()?;
        let processes = fs::read_dir("/proc").ok()?;
        let here = self.places();
        Some(processes.flatten().any(|process| {
            let process = process.path();
            let is_git = fs::read_to_string(process.join("comm"))
                .is_ok_and(|name| name.trim_end() == "git" || name.starts_with("git-"));
            is_git && is_about(&process, &here)
        }))
    }

    /// Returns the git directory and all worktrees of this repository.
    fn places(&self) -> Vec<PathBuf> {
        let mut places = vec![self.root.clone(), self.git_dir.clone(), self.common_dir.clone()];
        places.extend(self.git().workdir().map(Path::to_owned));
        if self.common_dir.ends_with(".git") {
            places.extend(self.common_dir.parent().map(Path::to_owned));
        }
        let linked = fs::read_dir(self.common_dir.join("worktrees")).into_iter().flatten().flatten();
        // Each `gitdir` file names the file `.git` in its worktree.
        let files = linked.filter_map(|linked| fs::read_to_string(linked.path().join("gitdir")).ok());
        places.extend(files.filter_map(|file| Some(Path::new(file.trim_end()).parent()?.to_owned())));
        places
    }
}

/// Returns whether a process, given by its folder in `/proc`, runs in one of the folders `here`, or has a git directory
/// there in its environment or arguments.
fn is_about(process: &Path, here: &[PathBuf]) -> bool {
    let Ok(folder) = fs::read_link(process.join("cwd")) else { return false };
    let is_here = |path: &Path| here.iter().any(|here| path.starts_with(here));
    let has_git_dir = |list: &str, start: &[u8]| {
        let words = fs::read(process.join(list)).unwrap_or_default();
        words
            .split(|byte| *byte == 0)
            .filter_map(|word| word.strip_prefix(start))
            .any(|path| is_here(&folder.join(OsStr::from_bytes(path))))
    };
    is_here(&folder) || has_git_dir("environ", b"GIT_DIR=") || has_git_dir("cmdline", b"--git-dir=")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::git::index_edit::IndexEdit;
    use crate::repo::testing::Sandbox;
    use crate::waiting::wait_until;

    #[test]
    fn locks_of_a_killed_git_are_removed_and_older_locks_stay() {
        let sandbox = Sandbox::new();
        sandbox.casebook("a").file("a/.git/refs/heads/old.lock", "").file("a/.git/refs/heads/x.lock", "");
        let hour_ago = SystemTime::now() - Duration::from_secs(3600);
        let old = fs::File::options().write(true).open(sandbox.path("a/.git/refs/heads/old.lock")).unwrap();
        old.set_modified(hour_ago).unwrap();
        let repo = sandbox.open("a");
        let locked = sandbox.lock(&repo);
        assert!(sandbox.path("a/.git/refs/heads/x.lock").exists(), "Casebook ran no git command");
        // Forgetting the value simulates a killed process, which drops nothing.
        std::mem::forget(locked.git_at_work().unwrap());
        sandbox.file("a/.git/refs/heads/x.lock", "again").file("a/.git/HEAD.lock", "");
        sandbox.file("a/.git/index.lock", "").file("a/.git/config.lock", "");
        drop(locked);
        drop(sandbox.lock(&repo));
        assert!(!sandbox.path("a/.git/refs/heads/x.lock").exists());
        assert!(!sandbox.path("a/.git/HEAD.lock").exists());
        assert!(
            sandbox.path("a/.git/refs/heads/old.lock").exists(),
            "the lock is older than the journal page"
        );
        for of_others in ["index.lock", "config.lock"] {
            assert!(sandbox.path("a/.git").join(of_others).exists(), "Casebook creates no such lock");
        }
    }

    #[test]
    fn the_index_lock_of_a_killed_casebook_is_removed_and_that_of_another_git_stays() {
        let sandbox = Sandbox::new();
        sandbox.casebook("a").git("a", "worktree add -q ../b -b other");
        let repo = sandbox.open("a");
        let index = sandbox.path("a/.git/worktrees/b/index");
        // Forgetting the value simulates a killed process, which drops nothing.
        std::mem::forget(IndexEdit::begin(&repo, &index).unwrap());
        sandbox.file("a/.git/index.lock", "of another git");
        fs::hard_link(sandbox.path("a/.git/index.lock"), sandbox.path("elsewhere")).unwrap();
        drop(sandbox.lock(&repo));
        assert!(!sandbox.path("a/.git/worktrees/b/index.lock").exists());
        assert!(sandbox.path("a/.git/index.lock").exists());
        sandbox.git("b", "add .");
    }

    #[test]
    fn a_git_process_in_any_worktree_or_with_a_git_directory_argument_is_found() {
        let sandbox = Sandbox::new();
        sandbox.casebook("a").git("a", "worktree add -q ../b -b other");
        let repo = sandbox.open("a");
        let repo = sandbox.lock(&repo);
        assert_eq!(repo.is_git_at_work(), Some(false));
        let git_dir = format!("--git-dir={}", sandbox.path("a/.git").display());
        for (dir, arguments) in [("b", &[][..]), (".", &[git_dir.as_str()])] {
            let mut git = std::process::Command::new("git");
            let git = git.current_dir(sandbox.path(dir)).args(arguments).args(["cat-file", "--batch"]);
            // The command reads object names until its input ends.
            let mut git = git.stdin(std::process::Stdio::piped()).spawn().unwrap();
            // The process has the test's name until it becomes git.
            wait_until(&format!("git in {dir} is found"), || repo.is_git_at_work() == Some(true));
            drop(git.stdin.take());
            git.wait().unwrap();
            assert_eq!(repo.is_git_at_work(), Some(false));
        }
    }
}

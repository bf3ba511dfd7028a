//! Lock files of branches that a killed git left.
//!
//! Git makes `refs/heads/main.lock` and its kin with the process that holds them unnamed, and never removes those of the
//! dead, so one `kill -9` at the wrong moment blocks a branch for ever. Casebook removes such a file when all of this holds:
//! a command of ours was killed while a git of its own ran, which the journal says; the file is younger than that page of
//! the journal; and it is still there after a while in which no git was seen at work in the repository. In any other
//! case, and where the system shows no processes, it stays, and git's own message says what to do.
//!
//! `index.lock` is none of these: see [`super::index_edit`].

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use walkdir::WalkDir;

use super::{Lock, Repo, RepoError};

/// How long a lock must stay before it counts as left, where nobody is seen who could hold it.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long to wait for a git that is seen at work: the child of a killed Casebook may still be busy with a hook.
const PATIENCE_WITH_THE_LIVING: Duration = Duration::from_secs(10);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(20);

/// The journal's page that is there while a git of ours changes branches.
const PAGE: &str = "git-at-work";

/// Says in the journal that a git of ours changes branches, until it is dropped.
pub(super) struct GitAtWork(PathBuf);

impl Drop for GitAtWork {
    fn drop(&mut self) {
        // A page too many costs the next writer a look at some folders.
        fs::remove_file(&self.0).ok();
    }
}

impl Repo {
    /// To be held while a git of ours changes branches.
    pub(super) fn git_at_work(&self, lock: &Lock) -> Result<GitAtWork, RepoError> {
        debug_assert!(lock.covers(self));
        let page = self.cache_dir().join(PAGE);
        fs::write(&page, b"").map_err(|error| RepoError::io("write", &page, error))?;
        Ok(GitAtWork(page))
    }

    /// Removes the lock files that a git of ours left when it was killed.
    pub(super) fn break_stale_locks(&self, lock: &Lock) -> Result<(), RepoError> {
        debug_assert!(lock.covers(self));
        let page = self.cache_dir().join(PAGE);
        let Ok(begun) = fs::metadata(&page).and_then(|page| page.modified()) else { return Ok(()) };
        self.wait_for_gits();
        let start = Instant::now();
        loop {
            let left = self.git_locks(begun);
            if left.is_empty() {
                return self.remove_cache(lock, PAGE);
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

    /// Waits for the gits in this repository to end: one that a killed Casebook started goes on, and may be busy with a hook.
    pub(super) fn wait_for_gits(&self) {
        let start = Instant::now();
        while self.is_git_at_work() == Some(true) && start.elapsed() < PATIENCE_WITH_THE_LIVING {
            thread::sleep(PAUSE);
        }
    }

    /// The lock files of HEAD and of branches that are younger than `begun`, and those of the indexes that `git commit` makes.
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

    /// Whether a git runs in this repository; `None` where the system does not show it.
    fn is_git_at_work(&self) -> Option<bool> {
        // Other systems may have a folder of that name, and nothing like it in it.
        fs::read_link("/proc/self/cwd").ok()?;
        let processes = fs::read_dir("/proc").ok()?;
        let own = self.git().workdir().map(Path::to_owned);
        let here = [own.as_deref().unwrap_or(&self.root), self.git_dir.as_path(), self.common_dir.as_path()];
        Some(processes.flatten().any(|process| {
            let is_git = fs::read_to_string(process.path().join("comm"))
                .is_ok_and(|name| name.trim_end() == "git" || name.starts_with("git-"));
            is_git
                && fs::read_link(process.path().join("cwd"))
                    .is_ok_and(|folder| here.iter().any(|here| folder.starts_with(here)))
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::testing::Sandbox;

    #[test]
    fn what_a_killed_git_locked_is_unlocked_and_what_was_locked_before_stays() {
        let sandbox = Sandbox::new();
        sandbox.casebook("a").file("a/.git/refs/heads/old.lock", "").file("a/.git/refs/heads/x.lock", "");
        let hour_ago = SystemTime::now() - Duration::from_secs(3600);
        let old = fs::File::options().write(true).open(sandbox.path("a/.git/refs/heads/old.lock")).unwrap();
        old.set_modified(hour_ago).unwrap();
        let repo = sandbox.open("a");
        let lock = sandbox.lock(&repo);
        assert!(sandbox.path("a/.git/refs/heads/x.lock").exists(), "no git of ours was at work");
        // What a killed process leaves: nothing is dropped.
        std::mem::forget(repo.git_at_work(&lock).unwrap());
        sandbox.file("a/.git/refs/heads/x.lock", "again").file("a/.git/HEAD.lock", "");
        sandbox.file("a/.git/index.lock", "").file("a/.git/config.lock", "");
        drop(lock);
        drop(sandbox.lock(&repo));
        assert!(!sandbox.path("a/.git/refs/heads/x.lock").exists());
        assert!(!sandbox.path("a/.git/HEAD.lock").exists());
        assert!(sandbox.path("a/.git/refs/heads/old.lock").exists(), "it is older than the page");
        for of_others in ["index.lock", "config.lock"] {
            assert!(sandbox.path("a/.git").join(of_others).exists(), "a writer of ours leaves no such lock");
        }
    }
}

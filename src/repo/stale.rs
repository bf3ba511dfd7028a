//! Lock files that a killed git left.
//!
//! Git makes `index.lock` and its kin with the process that holds them unnamed, and never removes those of the dead, so one
//! `kill -9` at the wrong moment blocks a repository for ever. Casebook removes such a file when all of this holds: the
//! journal says that a command of ours was killed in the middle of this very write; the file is younger than that page of
//! the journal; and it is still there after a while in which no git was seen at work in the repository. In any other
//! case it stays, and git's own message says what to do.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use walkdir::WalkDir;

use super::{Lock, Repo, RepoError};

/// How long a lock must stay before it counts as left, where nobody is seen who could hold it.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long to wait for a git that is seen at work: the child of a killed Casebook may still be busy with a hook.
const PATIENCE_WITH_THE_LIVING: Duration = Duration::from_secs(30);

impl Repo {
    /// Removes the lock files that git left when it was killed in the middle of the write that the file `page` of the
    /// cache folder speaks of.
    pub fn break_stale_locks(&self, lock: &Lock, page: &str) -> Result<(), RepoError> {
        debug_assert!(lock.covers(self));
        let begun = fs::metadata(self.cache_dir().join(page)).and_then(|metadata| metadata.modified());
        let Ok(begun) = begun else { return Ok(()) };
        let start = Instant::now();
        loop {
            let left = self.git_locks(begun);
            if left.is_empty() {
                return Ok(());
            }
            let busy = self.is_git_at_work();
            if start.elapsed() > PATIENCE && !busy {
                return left.iter().try_for_each(|path| {
                    fs::remove_file(path).map_err(|error| RepoError::io("remove", path, error))
                });
            }
            if start.elapsed() > PATIENCE_WITH_THE_LIVING {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// The lock files of the index, of HEAD and of branches that are younger than `begun`.
    fn git_locks(&self, begun: SystemTime) -> Vec<PathBuf> {
        let is_lock = |path: &Path| path.extension().is_some_and(|extension| extension == "lock");
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

    /// Whether a git runs in this repository, as far as the system shows it.
    fn is_git_at_work(&self) -> bool {
        let Ok(processes) = fs::read_dir("/proc") else { return false };
        let own = self.git().workdir().map(Path::to_owned);
        let here = [own.as_deref().unwrap_or(&self.root), self.git_dir.as_path(), self.common_dir.as_path()];
        processes.flatten().any(|process| {
            let is_git = fs::read_to_string(process.path().join("comm"))
                .is_ok_and(|name| name.trim_end() == "git" || name.starts_with("git-"));
            is_git
                && fs::read_link(process.path().join("cwd"))
                    .is_ok_and(|folder| here.iter().any(|here| folder.starts_with(here)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::testing::Sandbox;

    #[test]
    fn what_a_killed_git_locked_is_unlocked_and_what_was_locked_before_stays() {
        let sandbox = Sandbox::new();
        sandbox.casebook("a").file("a/.git/index.lock", "").file("a/.git/refs/heads/x.lock", "");
        let hour_ago = SystemTime::now() - Duration::from_secs(3600);
        let old = fs::File::options().write(true).open(sandbox.path("a/.git/index.lock")).unwrap();
        old.set_modified(hour_ago).unwrap();
        let repo = sandbox.open("a");
        let lock = sandbox.lock(&repo);
        repo.break_stale_locks(&lock, "pending/x.json").unwrap();
        assert!(sandbox.path("a/.git/refs/heads/x.lock").exists(), "there is no page");
        repo.write_cache(&lock, "pending/x.json", b"").unwrap();
        sandbox.file("a/.git/refs/heads/x.lock", "again").file("a/.git/HEAD.lock", "");
        repo.break_stale_locks(&lock, "pending/x.json").unwrap();
        assert!(!sandbox.path("a/.git/refs/heads/x.lock").exists());
        assert!(!sandbox.path("a/.git/HEAD.lock").exists());
        assert!(sandbox.path("a/.git/index.lock").exists(), "it is older than the page");
    }
}

//! The repository lock, which allows one writer at a time.

use std::fs::{self, File};
use std::ops::Deref;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use crate::repo::error::RepoError;
use crate::repo::git::repo::Repo;
use crate::repo::write::put;

/// A repository that this process may write to: its files, branches and caches. The CLI and any number of servers on
/// one clone never hold the lock at the same time. It is released on drop, and by the system when the process ends.
#[derive(Debug)]
pub(crate) struct LockedRepo<'a> {
    repo: &'a Repo,
    _file: File,
}

impl Deref for LockedRepo<'_> {
    type Target = Repo;

    fn deref(&self) -> &Repo {
        self.repo
    }
}

/// The waiting time after which the user is told that another process holds the lock.
const PATIENCE: Duration = Duration::from_secs(1);

impl Repo {
    /// Waits for the lock and repairs the state that a killed process left. `waiting` is called once if the lock takes
    /// more than a second.
    pub(crate) fn lock(&self, waiting: impl FnOnce()) -> Result<LockedRepo<'_>, RepoError> {
        let (file, path) = self.lock_file()?;
        let failed = |error| RepoError::io("lock", &path, error);
        let start = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(fs::TryLockError::WouldBlock) if start.elapsed() < PATIENCE => {
                    thread::sleep(Duration::from_millis(10));
                }
                Err(fs::TryLockError::WouldBlock) => {
                    waiting();
                    file.lock().map_err(failed)?;
                    break;
                }
                Err(fs::TryLockError::Error(error)) => return Err(failed(error)),
            }
        }
        let locked = LockedRepo { repo: self, _file: file };
        // This runs before the sweep, which removes the files that identify Casebook's own index locks.
        locked.remove_own_index_locks()?;
        locked.break_stale_locks()?;
        locked.undo_unfinished_move()?;
        put::sweep(&self.cache_dir().join(put::UNFINISHED));
        Ok(locked)
    }

    /// Takes the lock if no other process holds it. Repairs only what blocks the index, which takes no time.
    pub(crate) fn lock_if_free(&self) -> Result<Option<LockedRepo<'_>>, RepoError> {
        let (file, path) = self.lock_file()?;
        match file.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Ok(None),
            Err(fs::TryLockError::Error(error)) => return Err(RepoError::io("lock", &path, error)),
        }
        let locked = LockedRepo { repo: self, _file: file };
        locked.remove_own_index_locks()?;
        Ok(Some(locked))
    }

    fn lock_file(&self) -> Result<(File, PathBuf), RepoError> {
        let folder = self.cache_dir();
        fs::create_dir_all(&folder).map_err(|error| RepoError::io("create the folder", &folder, error))?;
        let path = folder.join("lock");
        let file = File::options().create(true).truncate(false).write(true).open(&path);
        Ok((file.map_err(|error| RepoError::io("lock", &path, error))?, path))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    use super::*;
    use crate::repo::testing::Sandbox;
    use crate::waiting::wait_until;

    #[test]
    fn two_writers_never_hold_the_lock_at_once() {
        let sandbox = Sandbox::new();
        sandbox.casebook("a");
        let (holders, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..5 {
                        let repo = sandbox.open("a");
                        let _lock = sandbox.lock(&repo);
                        most.fetch_max(holders.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        // Other threads run now if the lock lets them.
                        (0..100).for_each(|_| thread::yield_now());
                        holders.fetch_sub(1, Ordering::SeqCst);
                    }
                });
            }
        });
        assert_eq!(most.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn a_user_who_waits_long_is_told() {
        let sandbox = Sandbox::new();
        sandbox.casebook("a");
        let repo = sandbox.open("a");
        let held = sandbox.lock(&repo);
        let told = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| repo.lock(|| told.store(true, Ordering::SeqCst)).unwrap());
            wait_until("the waiting user is told", || told.load(Ordering::SeqCst));
            drop(held);
        });
    }
}

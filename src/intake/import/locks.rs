//! All import locks of a repository, and the journal of an interrupted import.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::lock::{FileHash, ImportLock, LockLine};
use crate::{
    intake::IntakeError,
    repo::{LockedRepo, Repo, RepoError, WriteMode},
    store::{Role, Store},
    text::RepoPath,
};

/// The locks of all imports, by name. Several imports may have written the same ticket; the lock of the last one has
/// the file's line.
pub(super) struct ImportLocks {
    name: String,
    locks: BTreeMap<String, ImportLock>,
    /// The names of locks to write.
    changed: Vec<String>,
    /// The files that an interrupted import of this name was about to write.
    unfinished: ImportLock,
}

/// The origin of a lock line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LockOrigin {
    /// The lock of the running import.
    Own,
    /// The lock of another import.
    Other,
    /// The journal of an interrupted import: the file may or may not have been written.
    Unfinished,
}

/// A lock line and its origin.
#[derive(Clone, Copy, Debug)]
pub(super) struct KnownFile<'a> {
    pub(super) line: &'a LockLine,
    pub(super) origin: LockOrigin,
}

impl KnownFile<'_> {
    /// Returns whether an import certainly wrote the file.
    pub(super) fn is_certain(&self) -> bool {
        self.origin != LockOrigin::Unfinished
    }
}

impl ImportLocks {
    /// Reads all locks of `store`, for the import called `name`.
    pub(super) fn read(repo: &Repo, store: &Store, name: &str) -> Result<Self, IntakeError> {
        let mut locks = BTreeMap::new();
        for (entry, role) in store.layout.files() {
            let is_lock = *role == Role::Import && entry.path.file_name().ends_with(".lock");
            if !is_lock {
                continue;
            }
            let bytes = store.source().read(&entry.path)?;
            let lock = ImportLock::parse(&String::from_utf8_lossy(&bytes))
                .map_err(|line| IntakeError::BrokenLock { path: entry.path.clone(), line })?;
            locks.insert(entry.path.stem().to_owned(), lock);
        }
        // An unreadable journal counts as empty.
        let journal = repo.read_cache(&journal_of(name)).unwrap_or_default();
        let unfinished = ImportLock::parse(&String::from_utf8_lossy(&journal)).unwrap_or_default();
        Ok(Self { name: name.to_owned(), locks, changed: Vec::new(), unfinished })
    }

    /// Returns whether an earlier import of this name was interrupted.
    pub(super) fn is_interrupted(&self) -> bool {
        !self.unfinished.is_empty()
    }

    /// Returns the imported files, by the source of their ticket.
    pub(super) fn by_source(&self) -> HashMap<&str, Vec<KnownFile<'_>>> {
        let mut files: HashMap<&str, Vec<KnownFile<'_>>> = HashMap::new();
        let locks = self
            .locks
            .iter()
            .map(|(name, lock)| (lock, if *name == self.name { LockOrigin::Own } else { LockOrigin::Other }));
        for (lock, origin) in locks.chain([(&self.unfinished, LockOrigin::Unfinished)]) {
            for line in &lock.lines {
                files.entry(line.source.as_str()).or_default().push(KnownFile { line, origin });
            }
        }
        files
    }

    /// Returns whether an import added this service to the settings before.
    pub(super) fn has_service(&self, service: &str) -> bool {
        self.locks.values().any(|lock| lock.services.contains(service))
    }

    /// Records the files that this import wrote, and drops all other lines of those files and the `forgotten` lines.
    pub(super) fn set(&mut self, written: Vec<LockLine>, forgotten: &[LockLine]) {
        if written.is_empty() && forgotten.is_empty() {
            return;
        }
        // The key has only the first folder, since a ticket may have been moved.
        let key = |line: &LockLine| {
            let is_ticket = line.path.is_below("tickets");
            (line.source.clone(), is_ticket, line.path.file_name().to_owned())
        };
        let gone: HashSet<(String, bool, String)> = written.iter().chain(forgotten).map(key).collect();
        for (name, lock) in &mut self.locks {
            let before = lock.lines.len();
            lock.lines.retain(|line| !gone.contains(&key(line)));
            if lock.lines.len() != before && !self.changed.contains(name) {
                self.changed.push(name.clone());
            }
        }
        self.own().lines.extend(written);
    }

    /// Records the services that this import added.
    pub(super) fn add_services(&mut self, services: &[String]) {
        if !services.is_empty() {
            self.own().services.extend(services.iter().cloned());
        }
    }

    fn own(&mut self) -> &mut ImportLock {
        if !self.changed.contains(&self.name) {
            self.changed.push(self.name.clone());
        }
        self.locks.entry(self.name.clone()).or_default()
    }

    /// Saves the lines of files that are about to be written, so that the next import can continue if this one is
    /// interrupted.
    pub(super) fn begin(&self, locked: &LockedRepo<'_>, lines: Vec<LockLine>) -> Result<(), RepoError> {
        let mut journal = self.unfinished.clone();
        journal.lines.extend(lines);
        match journal.is_empty() {
            true => Ok(()),
            false => locked.write_cache(&journal_of(&self.name), journal.compose().as_bytes()),
        }
    }

    /// Writes the changed locks, which completes the import.
    pub(super) fn finish(&self, locked: &LockedRepo<'_>) -> Result<(), RepoError> {
        for (name, import) in self.locks.iter().filter(|(name, _)| self.changed.contains(name)) {
            let path = ImportLock::path(name);
            match import.is_empty() {
                true => locked.remove(&path)?,
                false => locked.write(&path, import.compose().as_bytes(), WriteMode::Replace)?,
            }
        }
        locked.remove_cache(&journal_of(&self.name))
    }
}

fn journal_of(name: &str) -> String {
    format!("imports/{name}.lock")
}

/// Returns the lock line of a file with these bytes.
pub(super) fn line_of(
    path: &RepoPath,
    source: &str,
    bytes: &[u8],
    has_secrets: bool,
    redacted: bool,
) -> LockLine {
    let hash = FileHash::of(path, bytes, has_secrets);
    LockLine { path: path.clone(), hash, source: source.to_owned(), redacted }
}

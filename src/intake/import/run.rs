//! Running an import: prepared without touching anything, then written.

use rayon::prelude::*;

use super::{
    decide::{Decider, FileState, FileWrite, LeftAlone, TicketChanges},
    lock::LockLine,
    locks::ImportLocks,
    plan::{ImportPlan, plan},
    secrets::{ImportedSecret, cover},
};
use crate::{
    intake::IntakeError,
    repo::{Lock, Repo, RepoError, Write},
    settings::{BASELINE_PATH, SETTINGS_PATH, SecretBaseline, add_services},
    store::Store,
    text::RepoPath,
    ticket::Record,
};

/// How an import is to be done.
#[derive(Clone, Debug, Default)]
pub(crate) struct ImportOptions {
    /// The name of its lock.
    pub name: String,
    /// Whether the source's side is taken where somebody changed or deleted a file.
    pub theirs: bool,
    /// Whether secrets are replaced by `[secret]`.
    pub redact: bool,
}

/// An import that is ready to be written.
pub(crate) struct Import<'a> {
    repo: &'a Repo,
    lock: &'a Lock,
    store: &'a Store,
    locks: ImportLocks,
    writes: Vec<FileWrite>,
    adopted: Vec<FileState>,
    removals: Vec<RepoPath>,
    forgotten: Vec<LockLine>,
    /// Services that the lock is to know.
    services: Vec<String>,
    report: ImportReport,
}

/// What an import did.
#[derive(Debug, Default)]
pub(crate) struct ImportReport {
    /// How many tickets the source has.
    pub tickets: usize,
    /// How many replies.
    pub replies: usize,
    /// How many files were written.
    pub written: usize,
    /// How many files were as they should be.
    pub unchanged: usize,
    /// Replies that the source does not have any more, and that nobody had changed.
    pub removed: Vec<RepoPath>,
    /// Files that somebody changed or deleted.
    pub left_alone: Vec<LeftAlone>,
    /// Services that were added to the settings.
    pub services: Vec<String>,
    /// Services that somebody removed from the settings.
    pub removed_services: Vec<String>,
    /// The secrets in what was written.
    pub secrets: Vec<ImportedSecret>,
    /// What is left out or changed, a sentence each.
    pub notes: Vec<String>,
    /// How many tickets and replies could not be imported.
    pub refused: usize,
    /// Whether this completes an import that was interrupted.
    pub was_interrupted: bool,
}

impl<'a> Import<'a> {
    /// Compares `records` with the files of `store`, which was loaded while `lock` was held.
    ///
    /// # Errors
    /// When a lock of an earlier import cannot be read.
    pub(crate) fn prepare(
        repo: &'a Repo,
        lock: &'a Lock,
        store: &'a Store,
        records: &[Record],
        options: &ImportOptions,
    ) -> Result<Self, IntakeError> {
        let locks = ImportLocks::read(repo, store, &options.name)?;
        let known = locks.by_source();
        let ImportPlan { tickets, services, notes, refused } = plan(records, store, &known);
        let decider = Decider { store, known: &known, theirs: options.theirs, redact: options.redact };
        let changes: Vec<TicketChanges> = tickets.par_iter().map(|ticket| decider.decide(ticket)).collect();

        let mut report = ImportReport {
            tickets: tickets.len(),
            replies: tickets.iter().map(|ticket| ticket.replies.len()).sum(),
            was_interrupted: locks.is_interrupted(),
            notes,
            refused,
            ..ImportReport::default()
        };
        for service in &services {
            if store.settings.service(service).is_some() {
                continue;
            }
            let is_removed = locks.has_service(service) && !options.theirs;
            let list = if is_removed { &mut report.removed_services } else { &mut report.services };
            list.push(service.clone());
        }
        let is_new =
            |service: &String| !locks.has_service(service) && !report.removed_services.contains(service);
        let services = services.into_iter().filter(is_new).collect();
        let (mut writes, mut adopted) = (Vec::new(), Vec::new());
        let (mut removals, mut forgotten) = (Vec::new(), Vec::new());
        for mut change in changes {
            report.unchanged += change.unchanged;
            report.refused += change.refused;
            report.left_alone.append(&mut change.left_alone);
            report.notes.append(&mut change.notes);
            writes.append(&mut change.writes);
            adopted.append(&mut change.adopted);
            removals.append(&mut change.removals);
            forgotten.append(&mut change.forgotten);
        }
        report.written = writes.len();
        report.notes = report.notes.into_iter().map(cover).collect();
        report.left_alone.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Self { repo, lock, store, writes, adopted, removals, forgotten, services, report, locks })
    }

    /// How many files there are to write.
    pub(crate) fn writes(&self) -> usize {
        self.writes.len()
    }

    /// Writes the files, then the lock. `progress` is called with the number of files so far.
    ///
    /// # Errors
    /// When the disk refuses. The same import again completes what was begun.
    pub(crate) fn write(mut self, progress: &(dyn Fn(usize) + Sync)) -> Result<ImportReport, IntakeError> {
        let lines: Vec<LockLine> = self.writes.iter().map(|write| write.state.line.clone()).collect();
        self.locks.begin(self.repo, self.lock, lines)?;
        self.write_baseline()?;
        let (mut files, mut states) = (Vec::new(), std::mem::take(&mut self.adopted));
        for write in std::mem::take(&mut self.writes) {
            files.push((write.state.line.path.clone(), write.bytes));
            states.push(write.state);
        }
        self.repo.write_many(self.lock, &files, Write::Replace, progress)?;
        drop(files);
        for path in &self.removals {
            self.repo.remove(self.lock, path)?;
        }
        self.write_settings()?;
        let mut written = Vec::with_capacity(states.len());
        for state in states {
            self.report.secrets.extend(state.secrets);
            written.push(state.line);
        }
        self.locks.set(written, &self.forgotten);
        self.locks.add_services(&self.services);
        self.locks.finish(self.repo, self.lock)?;
        self.report.removed = self.removals;
        self.report.secrets.sort_by(|a, b| (&a.path, a.line).cmp(&(&b.path, b.line)));
        Ok(self.report)
    }

    /// Writes the fingerprints of the secrets of each file that is written, in place of those it had.
    fn write_baseline(&self) -> Result<(), RepoError> {
        let path = RepoPath::new(BASELINE_PATH);
        let text = self.read(&path);
        let mut baseline = SecretBaseline::parse(&text);
        for path in &self.removals {
            baseline.set(path, []);
        }
        for state in self.writes.iter().map(|write| &write.state).chain(&self.adopted) {
            let secrets = state.baseline.iter().map(|(rule, secret)| (rule.as_str(), secret.as_str()));
            baseline.set(&state.line.path, secrets);
        }
        match baseline.compose() {
            _ if baseline.is_empty() && text.is_empty() => Ok(()),
            new if new == text => Ok(()),
            new => self.repo.write(self.lock, &path, new.as_bytes(), Write::Replace),
        }
    }

    fn write_settings(&self) -> Result<(), RepoError> {
        if self.report.services.is_empty() {
            return Ok(());
        }
        let path = RepoPath::new(SETTINGS_PATH);
        let text = add_services(&self.read(&path), &self.report.services);
        self.repo.write(self.lock, &path, text.as_bytes(), Write::Replace)
    }

    fn read(&self, path: &RepoPath) -> String {
        String::from_utf8_lossy(&self.store.source().read(path).unwrap_or_default()).into_owned()
    }
}

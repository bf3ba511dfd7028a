//! Runs an import: first prepares it without changes, then writes it.

use std::collections::HashMap;

use rayon::prelude::*;

use super::{
    decide::{Decider, FileWrite, ImportedFileState, SkippedFile, TicketChanges},
    import_plan::{ImportPlan, source_of},
    lock::LockLine,
    locks::ImportLocks,
    plan::{ImportTarget, plan},
    secrets::{ImportedSecret, cover},
};
use crate::{
    intake::IntakeError,
    repo::{LockedRepo, RepoError, WriteMode},
    settings::{BASELINE_PATH, SETTINGS_PATH, SecretBaseline, add_services},
    store::Store,
    text::RepoPath,
    ticket::TicketRecord,
};

#[derive(Clone, Debug, Default)]
pub(crate) struct ImportOptions {
    /// The name of the import's lock.
    pub name: String,
    /// Whether the source's version replaces files that somebody changed or deleted.
    pub theirs: bool,
    /// Whether secrets are replaced by `[secret]`.
    pub redact: bool,
    /// The kind of files to write.
    pub target: ImportTarget,
}

/// A prepared import.
pub(crate) struct Import<'a> {
    locked: &'a LockedRepo<'a>,
    store: &'a Store,
    locks: ImportLocks,
    writes: Vec<FileWrite>,
    adopted: Vec<ImportedFileState>,
    removals: Vec<RepoPath>,
    forgotten: Vec<LockLine>,
    /// The services to record in the lock.
    services: Vec<String>,
    /// The path of each ticket, by its source.
    paths: HashMap<String, RepoPath>,
    report: ImportReport,
}

#[derive(Debug, Default)]
pub(crate) struct ImportReport {
    /// The number of tickets in the source.
    pub tickets: usize,
    /// The number of replies in the source.
    pub replies: usize,
    /// The number of files written.
    pub written: usize,
    /// The number of files that were up to date.
    pub unchanged: usize,
    /// Removed replies: unchanged ones that the source no longer has.
    pub removed: Vec<RepoPath>,
    /// Files that somebody changed or deleted.
    pub left_alone: Vec<SkippedFile>,
    /// Services added to the settings.
    pub services: Vec<String>,
    /// Services that somebody removed from the settings.
    pub removed_services: Vec<String>,
    /// The secrets in the written files.
    pub secrets: Vec<ImportedSecret>,
    /// Notes about skipped or changed data, one sentence each.
    pub notes: Vec<String>,
    /// The number of tickets and replies that could not be imported.
    pub refused: usize,
    /// Whether this import completes an interrupted one.
    pub was_interrupted: bool,
}

impl<'a> Import<'a> {
    /// Compares `records` with the files of `store`, which must be loaded while the repository is locked.
    ///
    /// # Errors
    /// The lock of an earlier import cannot be read.
    pub(crate) fn prepare(
        locked: &'a LockedRepo<'a>,
        store: &'a Store,
        records: &[TicketRecord],
        options: &ImportOptions,
    ) -> Result<Self, IntakeError> {
        let locks = ImportLocks::read(locked, store, &options.name)?;
        let known = locks.by_source();
        let ImportPlan { tickets, services, notes, refused } = plan(records, store, &known, options.target);
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
        let paths =
            tickets.iter().map(|ticket| (ticket.source.clone(), ticket.ticket.path.clone())).collect();
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
        Ok(Self { locked, store, writes, adopted, removals, forgotten, services, paths, report, locks })
    }

    /// Returns the path of the file for a record; `None` if the record cannot be imported.
    pub(crate) fn path_of(&self, record: &TicketRecord) -> Option<RepoPath> {
        self.paths.get(source_of(record)).cloned()
    }

    /// Returns the notes about skipped or changed data.
    pub(crate) fn notes(&self) -> &[String] {
        &self.report.notes
    }

    /// Returns the number of files to write.
    pub(crate) fn writes(&self) -> usize {
        self.writes.len()
    }

    /// Writes the files and then the lock. Calls `progress` with the number of files written so far.
    ///
    /// # Errors
    /// A file cannot be written. Repeating the same import completes it.
    pub(crate) fn write(mut self, progress: &(dyn Fn(usize) + Sync)) -> Result<ImportReport, IntakeError> {
        let lines: Vec<LockLine> = self.writes.iter().map(|write| write.state.line.clone()).collect();
        self.locks.begin(self.locked, lines)?;
        self.write_baseline()?;
        let (mut files, mut states) = (Vec::new(), std::mem::take(&mut self.adopted));
        for write in std::mem::take(&mut self.writes) {
            files.push((write.state.line.path.clone(), write.bytes));
            states.push(write.state);
        }
        self.locked.write_many(&files, WriteMode::Replace, progress)?;
        drop(files);
        for path in &self.removals {
            self.locked.remove(path)?;
        }
        self.write_settings()?;
        let mut written = Vec::with_capacity(states.len());
        for state in states {
            self.report.secrets.extend(state.secrets);
            written.push(state.line);
        }
        self.locks.set(written, &self.forgotten);
        self.locks.add_services(&self.services);
        self.locks.finish(self.locked)?;
        self.report.removed = self.removals;
        self.report.secrets.sort_by(|a, b| (&a.path, a.line).cmp(&(&b.path, b.line)));
        Ok(self.report)
    }

    /// Writes the fingerprints of the secrets of each written file, in place of the file's old ones.
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
            new => self.locked.write(&path, new.as_bytes(), WriteMode::Replace),
        }
    }

    fn write_settings(&self) -> Result<(), RepoError> {
        if self.report.services.is_empty() {
            return Ok(());
        }
        let path = RepoPath::new(SETTINGS_PATH);
        let text = add_services(&self.read(&path), &self.report.services);
        self.locked.write(&path, text.as_bytes(), WriteMode::Replace)
    }

    fn read(&self, path: &RepoPath) -> String {
        String::from_utf8_lossy(&self.store.source().read(path).unwrap_or_default()).into_owned()
    }
}

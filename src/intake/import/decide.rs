//! Decides for each file of the source whether to write it, or to skip it because somebody changed or deleted it.

use std::collections::{HashMap, HashSet};

use super::{
    import_plan::PlannedTicket,
    lock::{FileHash, LockLine, is_same},
    locks::{KnownFile, LockOrigin, line_of},
    planned::{PlannedFile, PlannedText},
    replies::{ReplyKey, by_name, has_twins, is_reply_name, pair},
    secrets::{self, ImportedSecret},
};
use crate::{store::Store, text::RepoPath, ticket::MAX_TEXT};

/// The reason why an import skipped a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SkipReason {
    /// The text differs from the one that an import wrote last.
    Changed,
    /// An import wrote the file, and somebody deleted it.
    Missing,
}

/// A file that an import skipped although the source has another version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SkippedFile {
    /// The current or former path.
    pub path: RepoPath,
    pub reason: SkipReason,
}

/// The planned changes to the files of one ticket.
#[derive(Debug, Default)]
pub(super) struct TicketChanges {
    pub(super) writes: Vec<FileWrite>,
    /// The number of files that are up to date.
    pub(super) unchanged: usize,
    /// Lock lines for up-to-date files that are not in any lock yet.
    pub(super) adopted: Vec<ImportedFileState>,
    /// Replies that the source no longer has.
    pub(super) removals: Vec<RepoPath>,
    pub(super) left_alone: Vec<SkippedFile>,
    /// Lock lines to drop: their files are written, removed, or missing on both sides.
    pub(super) forgotten: Vec<LockLine>,
    pub(super) notes: Vec<String>,
    pub(super) refused: usize,
}

/// A file to write, and its lock line and secrets afterwards.
#[derive(Debug)]
pub(super) struct FileWrite {
    pub(super) bytes: Vec<u8>,
    pub(super) state: ImportedFileState,
}

/// A file's line in the lock, and the secrets in the file.
#[derive(Debug)]
pub(super) struct ImportedFileState {
    pub(super) line: LockLine,
    /// The entries for the list of secrets.
    pub(super) secrets: Vec<ImportedSecret>,
    /// The entries for the baseline: the rule's id and the secret.
    pub(super) baseline: Vec<(String, String)>,
}

/// The text that the source has for a file.
struct SourceText {
    text: String,
    /// The secrets that were replaced in the text.
    redacted: Vec<ImportedSecret>,
}

/// A comparison of the files of the source with the files in the repository.
pub(super) struct Decider<'a> {
    pub(super) store: &'a Store,
    pub(super) known: &'a HashMap<&'a str, Vec<KnownFile<'a>>>,
    /// Whether the source's version replaces files that somebody changed or deleted.
    pub(super) theirs: bool,
    /// Whether secrets are replaced. Files in which an earlier import replaced secrets are redacted in any case.
    pub(super) redact: bool,
}

impl Decider<'_> {
    /// Decides about a ticket and its replies.
    pub(super) fn decide(&self, planned: &PlannedTicket) -> TicketChanges {
        let mut changes = TicketChanges::default();
        let known = self.known.get(planned.source.as_str()).map_or(&[][..], Vec::as_slice);
        let is_reply = |file: &&KnownFile<'_>| is_reply_name(file.line.path.file_name());
        // Another import may have made an article of the same source.
        let is_ticket = planned.ticket.path.is_below("tickets");
        let is_own =
            |file: &&KnownFile<'_>| file.line.path.is_below("tickets") == is_ticket && !is_reply(file);
        let own: Vec<KnownFile<'_>> = known.iter().filter(is_own).copied().collect();
        // Replies without their ticket would be orphans.
        if self.decide_file(&planned.source, &planned.ticket, &own, is_redacted(&own), &mut changes) {
            let replies = known.iter().filter(|file| is_ticket && is_reply(file));
            self.decide_replies(planned, replies.copied(), &mut changes);
        }
        changes
    }

    fn decide_replies<'k>(
        &self,
        planned: &PlannedTicket,
        known: impl Iterator<Item = KnownFile<'k>>,
        changes: &mut TicketChanges,
    ) {
        let known: Vec<(&str, Vec<KnownFile<'_>>)> = by_name(known).into_iter().collect();
        let names = known_names(&known);
        let pairs = pair_replies(planned, &known);
        for (reply, pair) in planned.replies.iter().zip(&pairs) {
            let lines = pair.map_or(&[][..], |at| known[at].1.as_slice());
            match pair.map(|at| names[at]).filter(|name| *name != reply.path.file_name()) {
                Some(name) => self.decide_renamed(planned, reply, name, lines, changes),
                None => {
                    self.decide_file(&planned.source, reply, lines, is_redacted(lines), changes);
                }
            }
        }
        let paired: HashSet<usize> = pairs.into_iter().flatten().collect();
        for (at, (name, lines)) in known.iter().enumerate() {
            if !paired.contains(&at) {
                self.decide_lost(&planned.ticket.path, name, lines, changes);
            }
        }
    }

    /// Decides about a file. Returns whether the file exists afterwards.
    fn decide_file(
        &self,
        source: &str,
        planned: &PlannedFile,
        known: &[KnownFile<'_>],
        is_redacted: bool,
        changes: &mut TicketChanges,
    ) -> bool {
        let path = &planned.path;
        let Some(source_text) = self.source_text(source, planned, is_redacted, changes) else { return false };
        let there = self.read(path);
        if let CurrentFile::Text(there) = &there
            && is_same(there, source_text.text.as_bytes())
        {
            changes.unchanged += 1;
            if !known.iter().any(|file| file.is_certain() && file.line.hash.is_of(path, there)) {
                changes.adopt(source, path, &source_text, known);
            }
            return true;
        }
        let reason = match &there {
            CurrentFile::Text(there) if is_written(known, path, there) => None,
            CurrentFile::Text(_) | CurrentFile::Unreadable => Some(SkipReason::Changed),
            CurrentFile::Missing => known.iter().any(KnownFile::is_certain).then_some(SkipReason::Missing),
        };
        match reason.filter(|_| !self.theirs) {
            Some(reason) => {
                changes.left_alone.push(SkippedFile { path: path.clone(), reason });
                reason == SkipReason::Changed
            }
            None => {
                changes.write(source, path, source_text, known);
                true
            }
        }
    }

    /// Decides about a reply whose file was called `name` before.
    fn decide_renamed(
        &self,
        planned: &PlannedTicket,
        reply: &PlannedFile,
        name: &str,
        known: &[KnownFile<'_>],
        changes: &mut TicketChanges,
    ) {
        let old = RepoPath::new(planned.ticket.path.without_extension()).join(name);
        let reason = match self.read(&old) {
            CurrentFile::Text(there) if is_written(known, &old, &there) => None,
            CurrentFile::Text(_) | CurrentFile::Unreadable => Some(SkipReason::Changed),
            CurrentFile::Missing if known.iter().any(KnownFile::is_certain) => Some(SkipReason::Missing),
            CurrentFile::Missing => None,
        };
        match reason.filter(|_| !self.theirs) {
            Some(reason) => changes.left_alone.push(SkippedFile { path: old, reason }),
            None => {
                // No import wrote a file with the new name.
                if self.decide_file(&planned.source, reply, &[], is_redacted(known), changes) {
                    changes.removals.extend(self.is_there(&old).then_some(old));
                    changes.forget(known);
                }
            }
        }
    }

    /// Decides about a reply that the source no longer has. A reply that another import wrote is not removed.
    fn decide_lost(
        &self,
        ticket: &RepoPath,
        name: &str,
        known: &[KnownFile<'_>],
        changes: &mut TicketChanges,
    ) {
        if known.iter().all(|file| file.origin == LockOrigin::Other) {
            return;
        }
        let path = RepoPath::new(ticket.without_extension()).join(name);
        match self.read(&path) {
            CurrentFile::Missing => changes.forget(known),
            CurrentFile::Text(there) if self.theirs || is_written(known, &path, &there) => {
                changes.removals.push(path);
                changes.forget(known);
            }
            _ => changes.left_alone.push(SkippedFile { path, reason: SkipReason::Changed }),
        }
    }

    /// Returns the source's text; `None`, with a note, if it is over the size limit.
    fn source_text(
        &self,
        source: &str,
        planned: &PlannedFile,
        is_redacted: bool,
        changes: &mut TicketChanges,
    ) -> Option<SourceText> {
        let (text, redacted) = match self.redact || is_redacted {
            true => {
                let mut text: PlannedText = planned.text.clone();
                let redacted = secrets::redact(&planned.path, &mut text);
                (text.compose(), redacted)
            }
            false => (planned.text.compose(), Vec::new()),
        };
        if text.len() > MAX_TEXT {
            let (size, most) = (text.len() >> 20, MAX_TEXT >> 20);
            changes.notes.push(format!(
                "{source}: not imported: the text of `{}` has {size} MiB; the limit is {most} MiB",
                planned.path
            ));
            changes.refused += 1;
            return None;
        }
        Some(SourceText { text, redacted })
    }

    fn is_there(&self, path: &RepoPath) -> bool {
        self.store.layout.entry(path).is_some()
    }

    fn read(&self, path: &RepoPath) -> CurrentFile {
        match self.store.source().read(path) {
            Ok(bytes) => CurrentFile::Text(bytes),
            Err(_) if self.is_there(path) => CurrentFile::Unreadable,
            Err(_) => CurrentFile::Missing,
        }
    }
}

/// The current state of a path.
enum CurrentFile {
    Text(Vec<u8>),
    /// A symbolic link, or a file that cannot be read: no import wrote it.
    Unreadable,
    Missing,
}

fn known_names<'a>(known: &[(&'a str, Vec<KnownFile<'_>>)]) -> Vec<&'a str> {
    known.iter().map(|(name, _)| *name).collect()
}

/// Matches the replies of the source with files. Texts are compared only where the names are not enough.
fn pair_replies(planned: &PlannedTicket, known: &[(&str, Vec<KnownFile<'_>>)]) -> Vec<Option<usize>> {
    let is_known = |name: &str| known.binary_search_by(|(known, _)| (*known).cmp(name)).ok();
    let names = planned.replies.iter().map(|reply| reply.path.file_name());
    let by_name: Vec<Option<usize>> = names.map(is_known).collect();
    if by_name.len() == known.len() && by_name.iter().all(Option::is_some) && !has_twins(&known_names(known))
    {
        return by_name;
    }
    let replies = planned.replies.iter().map(|reply| {
        let hash = FileHash::of(&reply.path, reply.text.compose().as_bytes(), false);
        ReplyKey { name: reply.path.file_name(), hash: hash.fast().map(str::to_owned) }
    });
    let known = known.iter().map(|(name, lines)| {
        let hash = lines.iter().find_map(|file| file.line.hash.fast());
        ReplyKey { name, hash: hash.map(str::to_owned) }
    });
    pair(&replies.collect::<Vec<_>>(), &known.collect::<Vec<_>>())
}

/// Returns whether an import replaced secrets in a file. Later imports do so again.
fn is_redacted(known: &[KnownFile<'_>]) -> bool {
    known.iter().any(|file| file.line.redacted)
}

/// Returns whether an import wrote these bytes.
fn is_written(known: &[KnownFile<'_>], path: &RepoPath, bytes: &[u8]) -> bool {
    known.iter().any(|file| file.line.hash.is_of(path, bytes))
}

impl TicketChanges {
    fn write(&mut self, source: &str, path: &RepoPath, source_text: SourceText, known: &[KnownFile<'_>]) {
        let state = ImportedFileState::of(source, path, &source_text);
        self.forget(known);
        self.writes.push(FileWrite { bytes: source_text.text.into_bytes(), state });
    }

    fn adopt(&mut self, source: &str, path: &RepoPath, source_text: &SourceText, known: &[KnownFile<'_>]) {
        self.forget(known);
        self.adopted.push(ImportedFileState::of(source, path, source_text));
    }

    fn forget(&mut self, known: &[KnownFile<'_>]) {
        self.forgotten.extend(known.iter().map(|file| file.line.clone()));
    }
}

impl ImportedFileState {
    fn of(source: &str, path: &RepoPath, source_text: &SourceText) -> Self {
        let (left, baseline) = secrets::find(path, &source_text.text);
        let line = line_of(
            path,
            source,
            source_text.text.as_bytes(),
            !baseline.is_empty(),
            !source_text.redacted.is_empty(),
        );
        let secrets = source_text.redacted.iter().cloned().chain(left).collect();
        Self { line, secrets, baseline }
    }
}

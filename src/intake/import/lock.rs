//! The lock file `imports/<name>.lock`: the files that an import wrote, with their sources and hashes.
//!
//! A line has `path`, `hash`, `source` (as a JSON string) and, if secrets were replaced, `redacted`, separated by tabs.
//! Lines are sorted, so that branches merge. If a merge keeps two lines for one file, both states of the file count as
//! written by an import.

use std::collections::BTreeSet;

use crate::{
    settings::{SETTINGS_PATH, slow_hash},
    text::RepoPath,
};

const HEADER: &str = "\
# The files that an import wrote: path, hash, source. The next import does not overwrite changed or deleted files.\n\
# After a merge conflict, keep the lines of both sides.\n";

/// The word in place of the hash, on the line of a service that was added to the settings.
const SERVICE: &str = "service";
/// The last column of a file in which secrets were replaced.
const REDACTED: &str = "redacted";
/// The prefix of the hash of a file with secrets.
const SLOW: &str = "argon2:";

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ImportLock {
    /// The files that the import wrote.
    pub(super) lines: BTreeSet<LockLine>,
    /// The services that the import added to the settings.
    pub(super) services: BTreeSet<String>,
}

/// A file that an import wrote.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LockLine {
    pub(super) path: RepoPath,
    pub(super) hash: FileHash,
    /// The id of the ticket at the source.
    pub(super) source: String,
    /// Whether secrets were replaced; if so, later imports replace them too.
    pub(super) redacted: bool,
}

/// A hash of a file that ignores the type of line ends.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FileHash(String);

impl FileHash {
    /// Hashes the bytes of the file at `path`. A file with secrets gets a slow hash: if somebody redacts the file, the
    /// hash stays in the lock and must not help to guess the secret.
    pub(super) fn of(path: &RepoPath, bytes: &[u8], has_secrets: bool) -> Self {
        let fast = fast_hash(bytes);
        Self(if has_secrets { format!("{SLOW}{}", slow_hash(&context(path), fast.as_bytes())) } else { fast })
    }

    /// Returns the hash as text, unless it is a slow one.
    pub(super) fn fast(&self) -> Option<&str> {
        (!self.0.starts_with(SLOW)).then_some(self.0.as_str())
    }

    /// Returns whether the file at `path`, in any folder, has these bytes.
    pub(super) fn is_of(&self, path: &RepoPath, bytes: &[u8]) -> bool {
        *self == Self::of(path, bytes, self.0.starts_with(SLOW))
    }
}

fn context(path: &RepoPath) -> String {
    format!("import\n{}", path.file_name())
}

fn fast_hash(bytes: &[u8]) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in without_returns(bytes) {
        hasher.update(part);
    }
    hasher.finalize().to_hex()[..32].to_owned()
}

/// Returns whether two files have the same contents except for line ends. Git may convert line ends in a clone, which
/// is not a change.
pub(super) fn is_same(one: &[u8], other: &[u8]) -> bool {
    one == other || without_returns(one).flatten().eq(without_returns(other).flatten())
}

/// Returns the parts of `bytes`, without the carriage return of each CRLF line end.
fn without_returns(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split_inclusive(|byte| *byte == b'\n').flat_map(|line| match line.strip_suffix(b"\r\n") {
        Some(line) => [line, b"\n".as_slice()],
        None => [line, b"".as_slice()],
    })
}

impl ImportLock {
    /// Returns the path of the lock of the import called `name`.
    pub(super) fn path(name: &str) -> RepoPath {
        RepoPath::new(format!("imports/{name}.lock"))
    }

    /// Parses a lock.
    ///
    /// # Errors
    /// The number of the first invalid line, from 1.
    pub(super) fn parse(text: &str) -> Result<Self, usize> {
        let mut lock = Self::default();
        for (at, line) in text.lines().enumerate() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            lock.add(line).ok_or(at + 1)?;
        }
        Ok(lock)
    }

    fn add(&mut self, line: &str) -> Option<()> {
        let mut columns = line.split('\t');
        let (path, hash) = (columns.next()?, columns.next()?);
        let source: String = serde_json::from_str(columns.next()?).ok()?;
        let redacted = match columns.next() {
            None => false,
            Some(REDACTED) => true,
            Some(_) => return None,
        };
        if hash == SERVICE {
            self.services.insert(source);
        } else {
            // A person who can write lines into a lock must not choose other files for an import to write or remove.
            let path = RepoPath::new(path);
            let is_own = path.is_below("tickets") || path.is_below("knowledge");
            if !is_own || !path.is_markdown() {
                return None;
            }
            self.lines.insert(LockLine { path, hash: FileHash(hash.to_owned()), source, redacted });
        }
        columns.next().is_none().then_some(())
    }

    /// Returns the text of the lock.
    pub(super) fn compose(&self) -> String {
        let source = |source: &str| serde_json::Value::from(source).to_string();
        let mut text = HEADER.to_owned();
        for service in &self.services {
            text.push_str(&format!("{SETTINGS_PATH}\t{SERVICE}\t{}\n", source(service)));
        }
        for line in &self.lines {
            let redacted = if line.redacted { format!("\t{REDACTED}") } else { String::new() };
            text.push_str(&format!("{}\t{}\t{}{redacted}\n", line.path, line.hash.0, source(&line.source)));
        }
        text
    }

    /// Returns whether the lock has no lines and no services.
    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.services.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_composed_lock_parses_to_the_same_lock() {
        let path = RepoPath::new("tickets/2026/03/a b.md");
        let line = |source: &str, redacted| LockLine {
            path: path.clone(),
            hash: FileHash::of(&path, source.as_bytes(), redacted),
            source: source.to_owned(),
            redacted,
        };
        let lock = ImportLock {
            lines: [line("OPS-17", false), line("发票\t\"7\"\n", true)].into(),
            services: ["billing".to_owned()].into(),
        };
        let text = lock.compose();
        assert_eq!(ImportLock::parse(&text), Ok(lock.clone()));
        assert_eq!(ImportLock::parse(&text.replace('\n', "\r\n")), Ok(lock));
        assert_eq!(text.lines().count(), 5);
        assert_eq!(ImportLock::parse(&format!("{text}<<<<<<< HEAD\n")), Err(6));
        for path in ["casebook.yml", "ticket-templates/a.md", "tickets/a.log", "tickets-old/a.md"] {
            assert_eq!(ImportLock::parse(&format!("{path}\t00\t\"OPS-17\"\n")), Err(1), "{path}");
        }
    }

    #[test]
    fn a_hash_matches_its_file_with_other_line_ends_and_in_another_folder() {
        let (path, moved) = (RepoPath::new("tickets/2026/03/a.md"), RepoPath::new("tickets/a.md"));
        for has_secrets in [false, true] {
            let hash = FileHash::of(&path, b"one\ntwo\r\n", has_secrets);
            assert!(hash.is_of(&moved, b"one\r\ntwo\n") && !hash.is_of(&moved, b"one\ntwo"));
        }
        assert!(is_same(b"a\r\nb\r", b"a\nb\r") && !is_same(b"a\rb", b"a\nb"));
    }
}

//! `imports/secrets.baseline`: secrets from imports, for which the rule `secret` warns instead of denying.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::{AtomicUsize, Ordering},
};

use argon2::{Algorithm, Argon2, Params, Version};

use crate::text::RepoPath;

/// The folder for files that imports write about themselves.
pub(crate) const IMPORTS_FOLDER: &str = "imports";
pub(crate) const BASELINE_PATH: &str = "imports/secrets.baseline";

const HEADER: &str = "\
# Secrets that imports brought in: file, rule, fingerprint. `casebook check` warns about these and denies all others.\n\
# Remove a line to have the secret denied again.\n";

/// The limit for fingerprints in one run is `TRIES` plus `TRIES_PER_LINE` for each line of the baseline. A fingerprint
/// takes about two milliseconds, and everyone with push access can add secrets that must be compared.
const TRIES: usize = 1_000;
const TRIES_PER_LINE: usize = 4;

/// Fingerprints of secrets by file name and rule. The folder is not part of the key, so that a ticket can be moved.
#[derive(Debug, Default)]
pub struct SecretBaseline {
    lines: BTreeMap<String, BTreeSet<(String, String)>>,
    tries: AtomicUsize,
}

impl SecretBaseline {
    /// Parses the file. Lines in another format, such as conflict markers, are ignored.
    pub fn parse(text: &str) -> Self {
        let mut baseline = Self::default();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if let [file, rule, fingerprint] = line.split('\t').collect::<Vec<_>>()[..] {
                baseline.insert(file.to_owned(), rule.to_owned(), fingerprint.to_owned());
            }
        }
        baseline
    }

    fn insert(&mut self, file: String, rule: String, fingerprint: String) {
        self.lines.entry(file).or_default().insert((rule, fingerprint));
    }

    /// Returns true if an import brought this secret into the file at `path`. `rule` is the id of the pattern that
    /// found it.
    pub fn has(&self, path: &RepoPath, rule: &str, secret: &str) -> bool {
        let Some(lines) = self.lines.get(path.file_name()) else { return false };
        if !lines.iter().any(|(known, _)| known == rule) {
            return false;
        }
        let limit = TRIES + TRIES_PER_LINE * self.lines.values().map(BTreeSet::len).sum::<usize>();
        if self.tries.fetch_add(1, Ordering::Relaxed) >= limit {
            return false;
        }
        lines.contains(&(rule.to_owned(), fingerprint(path, rule, secret)))
    }

    /// Replaces the allowed secrets of the file at `path` with `secrets`, each with the rule that found it.
    pub fn set<'a>(&mut self, path: &RepoPath, secrets: impl IntoIterator<Item = (&'a str, &'a str)>) {
        self.lines.remove(path.file_name());
        for (rule, secret) in secrets {
            self.insert(path.file_name().to_owned(), rule.to_owned(), fingerprint(path, rule, secret));
        }
    }

    /// Formats the file: one sorted line per secret, so that branches merge without conflicts.
    pub fn compose(&self) -> String {
        let mut text = HEADER.to_owned();
        for (file, lines) in &self.lines {
            for (rule, fingerprint) in lines {
                text.push_str(&format!("{file}\t{rule}\t{fingerprint}\n"));
            }
        }
        text
    }

    /// Returns the number of secrets that `other` does not list.
    pub(crate) fn not_in(&self, other: &Self) -> usize {
        let own = self.lines.iter().flat_map(|(file, lines)| lines.iter().map(move |line| (file, line)));
        own.filter(|(file, line)| !other.lines.get(*file).is_some_and(|lines| lines.contains(*line))).count()
    }

    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }
}

fn fingerprint(path: &RepoPath, rule: &str, secret: &str) -> String {
    slow_hash(&format!("secret\n{rule}\n{}", path.file_name()), secret.as_bytes())
}

/// Hashes `secret`, which may be short, so that guessing it from the hash is expensive: each guess costs memory and
/// milliseconds and is valid for one `context` only.
pub(crate) fn slow_hash(context: &str, secret: &[u8]) -> String {
    let params = Params::new(2 * 1024, 1, 1, None).unwrap_or_default();
    let mut hash = [0; 16];
    // This cannot fail: the salt has a fixed length, and the input is below the limit of 4 GiB.
    let salt = blake3::hash(context.as_bytes());
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    match argon2.hash_password_into(secret, salt.as_bytes(), &mut hash) {
        Ok(()) => hash.iter().map(|byte| format!("{byte:02x}")).collect(),
        // The empty hash is equal to no fingerprint, so the secret is denied.
        Err(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_allowed_only_in_its_file_and_for_its_rule() {
        let path = RepoPath::new("tickets/2026/03/ops-17.md");
        let mut baseline = SecretBaseline::default();
        baseline.set(&path, [("password", "hunter2hunter2")]);
        let text = baseline.compose();
        assert!(!text.contains("hunter2"), "{text}");
        let read = SecretBaseline::parse(&text.replace("ops-17", "<<<<<<< ours\nops-17"));
        assert_eq!(read.compose(), text);
        assert!(read.has(&path, "password", "hunter2hunter2"));
        assert!(
            read.has(&RepoPath::new("tickets/ops-17.md"), "password", "hunter2hunter2"),
            "the ticket was moved"
        );
        assert!(!read.has(&RepoPath::new("tickets/ops-18.md"), "password", "hunter2hunter2"));
        assert!(!read.has(&path, "token", "hunter2hunter2") && !read.has(&path, "password", "hunter3"));
        baseline.set(&path, []);
        assert!(baseline.is_empty());
    }

    #[test]
    fn too_many_secrets_are_denied_without_comparison() {
        let path = RepoPath::new("tickets/a.md");
        let mut baseline = SecretBaseline::default();
        baseline.set(&path, [("password", "hunter2hunter2")]);
        baseline.tries = AtomicUsize::new(TRIES + TRIES_PER_LINE);
        assert!(!baseline.has(&path, "password", "hunter2hunter2"));
    }
}

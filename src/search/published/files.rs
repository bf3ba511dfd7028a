//! Files whose names depend on their content.

use std::{collections::BTreeMap, io::Write as _};

use flate2::{Compression, write::DeflateEncoder};
use serde::Serialize;

use super::VERSION;

/// The length of a name in characters of five bits. `site/assets/search/files.js` has the same value.
pub(super) const NAME: usize = 10;

const DIGITS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// The files that were added so far, by their full names.
#[derive(Default)]
pub(super) struct PublishedFiles(BTreeMap<String, Vec<u8>>);

/// A compressed file with its name, before it is added.
pub(super) struct PackedFile {
    pub name: String,
    bytes: Vec<u8>,
}

impl PackedFile {
    pub(super) fn new(bytes: &[u8]) -> Self {
        let bytes = packed(bytes, Compression::default());
        Self { name: name(hash(&bytes)), bytes }
    }

    /// These files are few and large, and most visitors need them, so they are compressed as well as possible.
    pub(super) fn of_json(json: &impl Serialize) -> Self {
        let bytes = packed(&serde_json::to_vec(json).unwrap_or_default(), Compression::best());
        Self { name: name(hash(&bytes)), bytes }
    }
}

/// Files that share a name, each with a digit after it. The names in the manifest would otherwise take more space than
/// small files do.
pub(super) struct FileGroup {
    name: String,
    files: Vec<Vec<u8>>,
}

impl FileGroup {
    /// The number of files that share a name. `site/assets/search/files.js` has the same value.
    pub(super) const SIZE: usize = 8;

    pub(super) fn of_json(files: &[impl Serialize]) -> Self {
        let files: Vec<Vec<u8>> = files
            .iter()
            .map(|json| packed(&serde_json::to_vec(json).unwrap_or_default(), Compression::default()))
            .collect();
        let hashes: Vec<u8> = files.iter().flat_map(|file| hash(file).to_le_bytes()).collect();
        Self { name: name(hash(&hashes)), files }
    }
}

/// Compresses `bytes` and puts the version in front.
fn packed(bytes: &[u8], level: Compression) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::with_capacity(bytes.len() / 2), level);
    // Writing to memory cannot fail.
    let written = encoder.write_all(&[VERSION]).and_then(|()| encoder.write_all(bytes));
    written.and_then(|()| encoder.finish()).unwrap_or_default()
}

fn name(number: u64) -> String {
    (0..NAME).map(|place| digit((number >> (5 * place)) as usize)).collect()
}

fn digit(number: usize) -> char {
    char::from(DIGITS[number % DIGITS.len()])
}

impl PublishedFiles {
    /// Adds a file and returns its name.
    pub(super) fn add(&mut self, file: PackedFile) -> String {
        self.0.insert(format!("i/{}.bin", file.name), file.bytes);
        file.name
    }

    /// Adds the files of a group and returns their shared name.
    pub(super) fn add_group(&mut self, group: FileGroup) -> String {
        for (place, bytes) in group.files.into_iter().enumerate() {
            self.0.insert(format!("i/{}{}.bin", group.name, digit(place)), bytes);
        }
        group.name
    }

    /// Adds a JSON file and returns its name.
    pub(super) fn add_json(&mut self, json: &impl Serialize) -> String {
        self.add(PackedFile::of_json(json))
    }

    /// Returns all files, and `json` as the file `name`.
    pub(super) fn finish(mut self, name: &str, json: &impl Serialize) -> BTreeMap<String, Vec<u8>> {
        self.0.insert(name.to_owned(), serde_json::to_vec(json).unwrap_or_default());
        self.0
    }
}

pub(super) fn hash(bytes: &[u8]) -> u64 {
    let hash = blake3::hash(bytes);
    hash.as_bytes().iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

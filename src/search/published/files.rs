//! Files that are named by their content.

use std::{collections::BTreeMap, io::Write as _};

use flate2::{Compression, write::DeflateEncoder};
use serde::Serialize;

use super::VERSION;

/// How many characters a name has; of five bits each. `site/assets/search/files.js` has it too.
pub(super) const NAME: usize = 10;

const DIGITS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// The files so far, by their whole names.
#[derive(Default)]
pub(super) struct Files(BTreeMap<String, Vec<u8>>);

/// A file that is packed and named, and yet to be added.
pub(super) struct Packed {
    pub name: String,
    bytes: Vec<u8>,
}

impl Packed {
    pub(super) fn new(bytes: &[u8]) -> Self {
        let bytes = packed(bytes);
        Self { name: name(hash(&bytes)), bytes }
    }

    pub(super) fn of_json(json: &impl Serialize) -> Self {
        Self::new(&serde_json::to_vec(json).unwrap_or_default())
    }
}

/// Files that share a name, each with its digit after it: so many names of what is small would outweigh it.
pub(super) struct Group {
    name: String,
    files: Vec<Vec<u8>>,
}

impl Group {
    /// How many files share a name. `site/assets/search/files.js` has it too.
    pub(super) const SIZE: usize = 8;

    pub(super) fn of_json(files: &[impl Serialize]) -> Self {
        let files: Vec<Vec<u8>> =
            files.iter().map(|json| packed(&serde_json::to_vec(json).unwrap_or_default())).collect();
        let hashes: Vec<u8> = files.iter().flat_map(|file| hash(file).to_le_bytes()).collect();
        Self { name: name(hash(&hashes)), files }
    }
}

/// Packs `bytes` with the version before them.
fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::with_capacity(bytes.len() / 2), Compression::new(6));
    // Memory takes everything.
    let written = encoder.write_all(&[VERSION]).and_then(|()| encoder.write_all(bytes));
    written.and_then(|()| encoder.finish()).unwrap_or_default()
}

fn name(number: u64) -> String {
    (0..NAME).map(|place| digit((number >> (5 * place)) as usize)).collect()
}

fn digit(number: usize) -> char {
    char::from(DIGITS[number % DIGITS.len()])
}

impl Files {
    /// Adds a file; returns its name.
    pub(super) fn add(&mut self, file: Packed) -> String {
        self.0.insert(format!("i/{}.bin", file.name), file.bytes);
        file.name
    }

    /// Adds the files of a group; returns the name that they share.
    pub(super) fn add_group(&mut self, group: Group) -> String {
        for (place, bytes) in group.files.into_iter().enumerate() {
            self.0.insert(format!("i/{}{}.bin", group.name, digit(place)), bytes);
        }
        group.name
    }

    /// Adds a file of JSON; returns its name.
    pub(super) fn add_json(&mut self, json: &impl Serialize) -> String {
        self.add(Packed::of_json(json))
    }

    /// All files, with `json` under a name of its own.
    pub(super) fn finish(mut self, name: &str, json: &impl Serialize) -> BTreeMap<String, Vec<u8>> {
        self.0.insert(name.to_owned(), serde_json::to_vec(json).unwrap_or_default());
        self.0
    }
}

/// A number that depends on `bytes` alone and looks random.
pub(super) fn hash(bytes: &[u8]) -> u64 {
    let hash = blake3::hash(bytes);
    hash.as_bytes().iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

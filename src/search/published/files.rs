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
pub(super) struct PublishedFiles<'a> {
    new: BTreeMap<String, Vec<u8>>,
    /// The JSON files of the former index.
    former: Option<&'a JsonNames>,
    /// The JSON files so far.
    json: JsonNames,
}

/// The names of JSON files by the hash of their JSON. A file that stays the same need not be compressed again.
pub(super) type JsonNames = BTreeMap<u64, String>;

/// A compressed file with its name, before it is added.
pub(super) struct PackedFile {
    pub name: String,
    bytes: Vec<u8>,
}

impl PackedFile {
    pub(super) fn new(bytes: &[u8]) -> Self {
        Self::with(bytes, Compression::default())
    }

    fn with(bytes: &[u8], level: Compression) -> Self {
        let bytes = packed(bytes, level);
        Self { name: name(hash(&bytes)), bytes }
    }
}

/// A JSON file, before it is added. These files are few and large, and most visitors need them, so they are compressed as
/// well as possible.
pub(super) struct JsonFile {
    hash: u64,
    /// The file, unless the former index has it.
    file: Result<PackedFile, String>,
}

/// Files that share a name, each with a digit after it. The names in the manifest would otherwise take more space than
/// small files do.
pub(super) struct FileGroup {
    name: String,
    files: Vec<Vec<u8>>,
}

impl FileGroup {
    /// The number of files that share a name. `site/assets/search/files.js` has the same value.
    pub(super) const SIZE: usize = 4;

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

/// Returns the path of the file `name`.
pub(super) fn path(name: &str) -> String {
    format!("i/{name}.bin")
}

/// Returns the path of a file of the group `name`.
pub(super) fn path_in_group(name: &str, place: usize) -> String {
    path(&format!("{name}{}", digit(place)))
}

fn name(number: u64) -> String {
    (0..NAME).map(|place| digit((number >> (5 * place)) as usize)).collect()
}

fn digit(number: usize) -> char {
    char::from(DIGITS[number % DIGITS.len()])
}

impl<'a> PublishedFiles<'a> {
    /// Begins an index some of whose files can be those of a former index.
    pub(super) fn since(former: &'a JsonNames) -> Self {
        Self { former: Some(former), ..Self::default() }
    }

    /// Adds a file and returns its name.
    pub(super) fn add(&mut self, file: PackedFile) -> String {
        self.new.insert(path(&file.name), file.bytes);
        file.name
    }

    /// Adds the files of a group and returns their shared name.
    pub(super) fn add_group(&mut self, group: FileGroup) -> String {
        for (place, bytes) in group.files.into_iter().enumerate() {
            self.new.insert(path_in_group(&group.name, place), bytes);
        }
        group.name
    }

    /// Compresses a JSON file. Several threads can do this.
    pub(super) fn json_file(&self, json: &impl Serialize) -> JsonFile {
        let json = serde_json::to_vec(json).unwrap_or_default();
        let hash = hash(&json);
        let former = self.former.and_then(|former| former.get(&hash));
        let file = former.cloned().map_or_else(|| Ok(PackedFile::with(&json, Compression::best())), Err);
        JsonFile { hash, file }
    }

    /// Adds a JSON file and returns its name.
    pub(super) fn add_json_file(&mut self, json: JsonFile) -> String {
        let name = json.file.map_or_else(|former| former, |file| self.add(file));
        self.json.insert(json.hash, name.clone());
        name
    }

    /// Adds a JSON file and returns its name.
    pub(super) fn add_json(&mut self, json: &impl Serialize) -> String {
        let file = self.json_file(json);
        self.add_json_file(file)
    }

    /// Returns all new files, and `json` as the file `name`. Also returns the names of all JSON files.
    pub(super) fn finish(
        mut self,
        name: &str,
        json: &impl Serialize,
    ) -> (BTreeMap<String, Vec<u8>>, JsonNames) {
        self.new.insert(name.to_owned(), serde_json::to_vec(json).unwrap_or_default());
        (self.new, self.json)
    }
}

pub(super) fn hash(bytes: &[u8]) -> u64 {
    let hash = blake3::hash(bytes);
    hash.as_bytes().iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

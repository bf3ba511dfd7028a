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

/// The results of a few documents. The name of its file is a short hash of the contents, and its place among the chunks, because
/// the manifest has the hashes of all chunks.
pub(super) struct Chunk {
    hash: String,
    bytes: Vec<u8>,
}

impl Chunk {
    /// The length of the hash in characters of five bits. `site/assets/search/files.js` has the same value.
    pub(super) const HASH: usize = 6;

    pub(super) fn of(json: &impl Serialize) -> Self {
        let bytes = packed(&serde_json::to_vec(json).unwrap_or_default(), Compression::default());
        Self { hash: name(hash(&bytes)).chars().take(Self::HASH).collect(), bytes }
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

/// Returns the path of the chunk at `place` that has this hash.
pub(super) fn path_of_chunk(hash: &str, place: usize) -> String {
    path(&format!("{hash}{place}"))
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

    /// Adds the chunk at `place` and returns its hash.
    pub(super) fn add_chunk(&mut self, chunk: Chunk, place: usize) -> String {
        self.new.insert(path_of_chunk(&chunk.hash, place), chunk.bytes);
        chunk.hash
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

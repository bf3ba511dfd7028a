//! Reads all published data in tests, to check which data a visitor can find.

use std::{collections::BTreeMap, io::Read as _};

use flate2::read::DeflateDecoder;
use serde_json::Value as Json;

use super::{INDEX_FILE, VERSION, files::NAME};
use crate::index::Bytes;

/// Returns all terms, words and JSON in `files`, whose names begin with `folder`.
pub(crate) fn everything(files: &BTreeMap<String, Vec<u8>>, folder: &str) -> Vec<String> {
    let manifest = manifest(files, folder);
    let mut left: BTreeMap<String, Vec<u8>> = files
        .iter()
        .filter_map(|(path, bytes)| {
            let name = path.strip_prefix(folder)?.strip_prefix("i/")?.strip_suffix(".bin")?;
            Some((name.to_owned(), unpacked(bytes)))
        })
        .collect();
    let mut found = vec![manifest.to_string()];
    for partition in manifest["partitions"].as_array().unwrap() {
        for name in names(&partition["shards"]) {
            let (terms, pieces) = terms(&left.remove(&name).unwrap());
            found.extend(terms);
            // Files of positions contain only numbers.
            pieces.iter().for_each(|piece| drop(left.remove(piece)));
        }
    }
    let layer = &manifest["layer"];
    for name in names(&layer["shards"]) {
        found.extend(terms(&left.remove(&name).unwrap()).0);
    }
    for name in names(&layer["places"]) {
        found.extend(terms_with_places(&left.remove(&name).unwrap()));
    }
    if let Some(words) = left.remove(layer["words"].as_str().unwrap()) {
        found.extend(super::words::tests::read(&words));
    }
    let words: Json = serde_json::from_slice(&left[manifest["words"].as_str().unwrap()]).unwrap();
    for name in names(&words["shards"]) {
        found.extend(super::words::tests::read(&left.remove(&name).unwrap()));
    }
    found.extend(left.into_values().map(|json| String::from_utf8(json).unwrap()));
    found
}

/// Reads the manifest in `files`.
pub(crate) fn manifest(files: &BTreeMap<String, Vec<u8>>, folder: &str) -> Json {
    let entrance: Json = serde_json::from_slice(&files[&format!("{folder}{INDEX_FILE}")]).unwrap();
    let name = entrance["manifest"].as_str().unwrap();
    serde_json::from_slice(&unpacked(&files[&format!("{folder}i/{name}.bin")])).unwrap()
}

fn unpacked(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    DeflateDecoder::new(bytes).read_to_end(&mut out).unwrap();
    assert_eq!(out.remove(0), VERSION);
    out
}

fn names(text: &Json) -> Vec<String> {
    let text = text.as_str().unwrap().as_bytes();
    text.chunks(NAME).map(|name| String::from_utf8(name.to_vec()).unwrap()).collect()
}

/// Returns the terms of a shard and the files of their positions.
fn terms(shard: &[u8]) -> (Vec<String>, Vec<String>) {
    let mut rest = Bytes(shard);
    let mut pieces = Vec::new();
    for _ in 0..rest.number().unwrap() {
        rest.number().unwrap();
        pieces.push(String::from_utf8(rest.take(NAME).unwrap().to_vec()).unwrap());
    }
    let mut terms = Vec::new();
    let mut last = Vec::new();
    for _ in 0..rest.number().unwrap() {
        last = text(&mut rest, &last);
        terms.push(String::from_utf8(last.clone()).unwrap());
        rest.number().unwrap();
        rest.number().unwrap();
    }
    (terms, pieces)
}

/// Returns the terms of several documents of the layer, which are stored with their positions.
fn terms_with_places(bytes: &[u8]) -> Vec<String> {
    let mut rest = Bytes(bytes);
    let mut terms = Vec::new();
    while !rest.is_empty() {
        let length = rest.number().unwrap() as usize;
        let mut document = Bytes(rest.take(length).unwrap());
        let mut last = Vec::new();
        while !document.is_empty() {
            last = text(&mut document, &last);
            terms.push(String::from_utf8(last.clone()).unwrap());
            let positions = document.number().unwrap() as usize;
            document.take(positions).unwrap();
        }
    }
    terms
}

/// Reads a text that is stored without the beginning that it shares with `last`.
pub(super) fn text(rest: &mut Bytes<'_>, last: &[u8]) -> Vec<u8> {
    let shared = rest.number().unwrap() as usize;
    let own = rest.number().unwrap() as usize;
    [&last[..shared], rest.take(own).unwrap()].concat()
}

//! A damaged cache does not change the tickets that are loaded.

use std::{fs, path::PathBuf, sync::LazyLock};

use casebook::fuzzing::load_with_cache;

use crate::input::{Input, seeds_of_damage};

struct Cache {
    _folder: tempfile::TempDir,
    path: PathBuf,
    valid: Vec<u8>,
    loaded: String,
}

static CACHE: LazyLock<Cache> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    let path = folder.path().join("parsed");
    let loaded = load_with_cache(&path);
    let valid = fs::read(&path).unwrap_or_else(|error| panic!("{error}"));
    Cache { _folder: folder, path, valid, loaded }
});

pub fn run(data: &[u8]) {
    let mut bytes = CACHE.valid.clone();
    Input(data).damage(&mut bytes);
    fs::write(&CACHE.path, &bytes).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(load_with_cache(&CACHE.path), CACHE.loaded);
}

pub fn seeds() -> Vec<Vec<u8>> {
    seeds_of_damage(&CACHE.valid)
}

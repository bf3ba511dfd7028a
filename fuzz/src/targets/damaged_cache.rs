//! A damaged cache changes nothing but time: what is loaded is what the files say.

use std::{fs, path::PathBuf, sync::LazyLock};

use casebook::fuzzing::load_with_cache;

use crate::input::{Input, seeds_of_damage};

struct Cache {
    _folder: tempfile::TempDir,
    path: PathBuf,
    sound: Vec<u8>,
    loaded: String,
}

static CACHE: LazyLock<Cache> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    let path = folder.path().join("parsed");
    let loaded = load_with_cache(&path);
    let sound = fs::read(&path).unwrap_or_else(|error| panic!("{error}"));
    Cache { _folder: folder, path, sound, loaded }
});

pub fn run(data: &[u8]) {
    let mut bytes = CACHE.sound.clone();
    Input(data).damage(&mut bytes);
    fs::write(&CACHE.path, &bytes).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(load_with_cache(&CACHE.path), CACHE.loaded);
}

pub fn seeds() -> Vec<Vec<u8>> {
    seeds_of_damage(&CACHE.sound)
}

//! A damaged cache changes nothing but time: what is loaded is what the files say.

use std::{cell::RefCell, path::PathBuf, sync::Arc};

use casebook::{
    repo::{CacheSlot, MemorySource},
    store::load,
};

use crate::input::Input;

struct Place {
    _folder: tempfile::TempDir,
    path: PathBuf,
    sound: Vec<u8>,
    says: String,
}

thread_local! {
    static PLACE: RefCell<Option<Place>> = const { RefCell::new(None) };
}

fn source() -> MemorySource {
    MemorySource::new()
        .with("casebook.yml", "version: 1\nservices: { billing: {} }\n")
        .with(
            "tickets/a.md",
            "---\ntitle: A\ntemplate: bug\nrequester: lena\ncreated: 2026-01-01T00:00:00Z\n---\nText.\n",
        )
        .with(
            "tickets/a/1.md",
            "---\nauthor: mei\ncreated: 2026-01-02T00:00:00Z\nstatus: resolved\n---\nDone.\n",
        )
        .with("tickets/b.md", "---\ntitle: B\ntemplate: bug\nversion: '2'\n---\nMore.\n")
        .with("knowledge/c.md", "---\ntitle: C\n---\n## Fix\nRestart.\n")
}

fn says(slot: &CacheSlot) -> String {
    let store = load(Arc::new(source()), slot).unwrap_or_else(|error| panic!("{error}"));
    let threads: Vec<String> = store.threads.iter().map(|thread| format!("{thread:?}")).collect();
    format!("{threads:?} {:?}", store.articles)
}

fn place() -> Place {
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    let path = folder.path().join("parsed");
    let says = says(&CacheSlot::at(&path));
    let sound = std::fs::read(&path).unwrap_or_else(|error| panic!("{error}"));
    Place { _folder: folder, path, sound, says }
}

pub fn run(data: &[u8]) {
    PLACE.with_borrow_mut(|kept| {
        let place = kept.get_or_insert_with(place);
        let mut input = Input(data);
        let mut bytes = place.sound.clone();
        let edits = input.byte() % 8;
        for _ in 0..edits {
            let at = usize::from(input.byte()) << 8 | usize::from(input.byte());
            let len = bytes.len();
            bytes[at % len] = input.byte();
        }
        match edits {
            0 => bytes = input.0.to_vec(),
            7 => bytes.truncate(usize::from(input.byte()) << 8 | usize::from(input.byte())),
            _ => {}
        }
        std::fs::write(&place.path, &bytes).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(says(&CacheSlot::at(&place.path)), place.says);
    });
}

pub fn seeds() -> Vec<Vec<u8>> {
    let mut whole = vec![0];
    whole.extend(place().sound);
    vec![whole, vec![1, 0, 9, 255], vec![7, 0, 40], vec![3, 0, 1, 2, 0, 3, 4, 0, 5, 6]]
}

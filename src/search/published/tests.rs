//! The published files depend only on the documents, and a changed document changes only a few of them.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::*;
use crate::{
    repo::{CacheSlot, MemorySource},
    store::load,
    text::RepoPath,
};

/// Small partitions, so that a small archive has several.
const SMALL: (Range<usize>, u32) = (40..120, 32);

fn archive(count: usize) -> MemorySource {
    let mut source = MemorySource::new()
        .with("casebook.yml", "version: 1\nservices: { api: {}, export: { part_of: api } }\n");
    for number in 0..count {
        let (minute, word) = (number / 60, number * number % 97);
        let text = format!(
            "---\ntitle: Ticket {number} of w{word}\nservice: export\ntags: [t{}]\n\
             created: 2026-01-01T{:02}:{:02}:00Z\n---\nThe w{word} stops with w{} and x{number}.\n",
            number % 5,
            minute % 24,
            number % 60,
            number % 13,
        );
        source.insert(RepoPath::new(format!("tickets/t{number}.md")), text);
    }
    source
}

fn published(source: &MemorySource) -> BTreeMap<String, Vec<u8>> {
    let store = load(Arc::new(source.clone()), &CacheSlot::nowhere()).unwrap();
    publish_in(
        &store,
        &store.known_in_queries(None),
        &PublishedDocuments::of(&store, Publish::All),
        |item| item.key(&store).into_owned(),
        &SMALL,
    )
    .files
}

fn manifest(files: &BTreeMap<String, Vec<u8>>) -> Json {
    reading::manifest(files, "")
}

#[test]
fn the_same_documents_always_give_the_same_files() {
    let before = archive(500);
    let edited = before
        .clone()
        .with("tickets/t77.md", "---\ntitle: Edited\ncreated: 2026-01-01T01:17:00Z\n---\nAnother text.\n");
    assert_eq!(published(&before), published(&archive(500)));
    let back =
        edited.clone().with("tickets/t77.md", String::from_utf8(read(&before, "tickets/t77.md")).unwrap());
    assert_ne!(published(&edited), published(&before));
    assert_eq!(published(&back), published(&before));
}

fn read(source: &MemorySource, path: &str) -> Vec<u8> {
    use crate::repo::Source as _;
    source.read(&RepoPath::new(path)).unwrap()
}

#[test]
fn a_change_does_not_touch_other_partitions() {
    let before = published(&archive(500));
    assert!(manifest(&before)["partitions"].as_array().unwrap().len() > 3);
    let after = archive(500)
        .with("tickets/new.md", "---\ntitle: New w5\ncreated: 2026-01-01T04:00:30Z\n---\nThe w5 stops.\n");
    let after = published(&after);
    let names = |partition: &Json| partition["shards"].as_str().unwrap().to_owned();
    let (before, after) = (manifest(&before), manifest(&after));
    let (before, after) = (before["partitions"].as_array().unwrap(), after["partitions"].as_array().unwrap());
    let unchanged =
        after.iter().filter(|partition| before.iter().any(|other| names(other) == names(partition)));
    assert!(unchanged.count() + 2 >= before.len(), "at most two partitions change");
}

#[test]
fn values_that_facets_show_do_not_change_the_page_around_them() {
    let settings = "services: { export: { name: \"Ex\\u202Eport\" } }\n";
    let ticket = "---\ntitle: a\nservice: \"ex\u{202e}port\"\ntags: [\"t\u{202e}ag\", \"u\\x9b31m\"]\n---\n";
    let files = published(&MemorySource::new().with("casebook.yml", settings).with("tickets/t.md", ticket));
    assert_eq!(manifest(&files)["services"]["export"]["name"], "Ex\u{fffd}port");
    let columns = reading::everything(&files, "");
    for value in ["\"ex\u{fffd}port\"", "\"t\u{fffd}ag\"", "\"u\u{fffd}31m\""] {
        assert!(columns.iter().any(|json| json.contains(value)), "{value} in {columns:#?}");
    }
    assert!(!columns.iter().any(|json| json.contains(['\u{202e}', '\u{9b}'])), "{columns:#?}");
}

#[test]
fn an_empty_archive_has_an_index() {
    let files = published(&MemorySource::new());
    let manifest = manifest(&files);
    assert_eq!((&manifest["documents"], &manifest["partitions"]), (&json!(0), &json!([])));
    let named = |key: &str| format!("i/{}.bin", manifest[key].as_str().unwrap());
    assert!(files.contains_key(&named("words")) && files.contains_key(&named("zone")));
}

#[test]
fn an_inserted_document_does_not_move_other_boundaries() {
    let keys: Vec<String> = (0..2_000).map(|number| format!("key {number}")).collect();
    let ends = |keys: &[String]| -> Vec<String> {
        cut(keys, &SMALL).into_iter().map(|range| keys[range.end - 1].clone()).collect()
    };
    let mut more = keys.clone();
    more.insert(700, "between".to_owned());
    let (before, after) = (ends(&keys), ends(&more));
    assert!(cut(&keys, &SMALL).iter().all(|range| range.len() <= SMALL.0.end));
    assert!(after.iter().filter(|end| !before.contains(end)).count() <= 3, "{before:?} {after:?}");
}

/// The documents and the index of an archive.
struct Build {
    documents: PublishedDocuments,
    terms: ForwardIndex,
    index: PublishedIndex,
}

fn build(source: &MemorySource) -> Build {
    let store = load(Arc::new(source.clone()), &CacheSlot::nowhere()).unwrap();
    let documents = PublishedDocuments::of(&store, Publish::All);
    let key = |item: Item| item.key(&store).into_owned();
    let mut index = publish_in(&store, &store.known_in_queries(None), &documents, key, &SMALL);
    let terms = std::mem::take(&mut index.terms);
    Build { documents, terms, index }
}

/// Updates the index of `former` to `source`, in which the tickets `changed` are changed or new.
fn update(former: Build, source: &MemorySource, changed: &[&str]) -> Option<Build> {
    let store = load(Arc::new(source.clone()), &CacheSlot::nowhere()).unwrap();
    let documents = PublishedDocuments::of(&store, Publish::All);
    let mut new = Vec::new();
    let origins: Vec<DocumentOrigin> = documents
        .keys
        .iter()
        .enumerate()
        .map(|(place, key)| match former.documents.keys.iter().position(|known| known == key) {
            Some(number) if !changed.contains(&key.as_str()) => DocumentOrigin::Former(number),
            _ => {
                new.push(place);
                DocumentOrigin::New(new.len() - 1)
            }
        })
        .collect();
    let (terms, change) = former.terms.updated(&origins, &documents.terms(&store, &new));
    let files = former.index.files.clone();
    let known = FormerIndex {
        parts: &former.index.parts,
        keys: &former.documents.keys,
        origins: &origins,
        terms: &terms,
        change: &change,
        read: &|path| files.get(path).cloned(),
    };
    let key = |item: Item| item.key(&store).into_owned();
    let vocabulary = store.known_in_queries(None);
    let is_changed = |item: Item| changed.contains(&&*item.key(&store));
    let mut index = republish_in(&store, &vocabulary, &documents, key, is_changed, &known, &SMALL)?;
    for path in std::mem::take(&mut index.kept) {
        let bytes = files.get(&path).unwrap_or_else(|| panic!("the former index has no {path}")).clone();
        index.files.insert(path, bytes);
    }
    Some(Build { documents, terms, index })
}

#[test]
fn an_index_that_is_updated_after_each_edit_equals_a_new_one() {
    let mut source = archive(500);
    let mut updated = build(&source);
    let text = |words: &str, minute: &str| {
        format!("---\ntitle: About {words}\ncreated: 2026-01-01T{minute}:00Z\n---\nIt stops with {words}.\n")
    };
    let edits: [(&str, String); 8] = [
        // New words, words that no other ticket has, and words that nobody has any more.
        ("tickets/t77.md", text("quokkas and w3", "01:17")),
        ("tickets/t77.md", text("w3", "01:17")),
        ("tickets/t120.md", text(&(0..400).map(|n| format!("n{n} ")).collect::<String>(), "02:00")),
        ("tickets/t120.md", text("exporting exports w5 and 导出任务", "02:00")),
        ("tickets/t120.md", text("export w5", "02:00")),
        ("tickets/t900.md", text("a new ticket, stopping w5 stops", "23:59")),
        ("tickets/t899.md", text("another new ticket", "23:59")),
        ("tickets/t0.md", text("w1", "00:00")),
    ];
    for (path, text) in edits {
        source.insert(RepoPath::new(path), text);
        updated = update(updated, &source, &[path]).unwrap_or_else(|| panic!("{path} can be updated"));
        let whole = build(&source);
        let read = |build: &Build| -> BTreeSet<String> {
            reading::everything(&build.index.files, "").into_iter().collect()
        };
        let (found, expected) = (read(&updated), read(&whole));
        let differ: Vec<&String> = found.symmetric_difference(&expected).collect();
        assert!(differ.is_empty(), "after {path}: {differ:#?}");
        assert_eq!(updated.index.files, whole.index.files, "after {path}");
    }
}

#[test]
fn an_update_keeps_nearly_all_files() {
    let source = archive(500);
    let former = build(&source);
    let before: BTreeSet<String> = former.index.files.keys().cloned().collect();
    let edited = source.with(
        "tickets/t400.md",
        "---\ntitle: Ticket 400 of w12\nservice: export\ntags: [t0]\ncreated: 2026-01-01T06:40:00Z\n---\nThe w12 \
         stops with w10 and x400. Again.\n",
    );
    let updated = update(former, &edited, &["tickets/t400.md"]).unwrap();
    let new = updated.index.files.keys().filter(|name| !before.contains(*name)).count();
    assert!(new <= 12 && before.len() > 100, "{new} of {} files are new", before.len());
}

#[test]
fn a_removed_ticket_needs_a_new_index() {
    let source = archive(100);
    let former = build(&source);
    let fewer = archive(99);
    assert!(update(former, &fewer, &[]).is_none());
}

#[test]
fn a_ticket_that_is_answered_for_the_first_time_comes_last() {
    let ticket = |title: &str, day: u32| {
        format!("---\ntitle: {title}\ncreated: 2026-01-0{day}T00:00:00Z\n---\nText.\n")
    };
    let answer = |day: u32| {
        format!(
            "---\nauthor: mei\ncreated: 2026-02-0{day}T00:00:00Z\nstatus: resolved\nresolution: fixed\n---\nDone.\n"
        )
    };
    let source = MemorySource::new()
        .with("tickets/a.md", ticket("A", 1))
        .with("tickets/a/r.md", answer(5))
        .with("tickets/b.md", ticket("B", 2))
        .with("tickets/b/r.md", answer(3))
        .with("tickets/c.md", ticket("C", 3))
        .with("tickets/c/r.md", answer(4))
        .with("tickets/c/s.md", answer(9));
    let store = load(Arc::new(source), &CacheSlot::nowhere()).unwrap();
    let keys = |publish| PublishedDocuments::of(&store, publish).keys;
    assert_eq!(keys(Publish::Answered), ["tickets/b.md", "tickets/c.md", "tickets/a.md"]);
    assert_eq!(keys(Publish::All), ["tickets/a.md", "tickets/b.md", "tickets/c.md"]);
}

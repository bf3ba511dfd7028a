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

/// Short runs of events, so that a small archive has a base and a layer.
const RUNS: (Range<usize>, u32) = (20..60, 20);

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
        &PublishedDocuments::with_runs(&store, Publish::All, &RUNS),
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
    let cut = |keys: &[String]| {
        sections(keys.len(), &SMALL.0, |place| {
            files::hash(keys[place].as_bytes()).is_multiple_of(u64::from(SMALL.1))
        })
    };
    let ends = |keys: &[String]| -> Vec<String> {
        cut(keys).into_iter().map(|range| keys[range.end - 1].clone()).collect()
    };
    let mut more = keys.clone();
    more.insert(700, "between".to_owned());
    let (before, after) = (ends(&keys), ends(&more));
    assert!(cut(&keys).iter().all(|range| range.len() <= SMALL.0.end));
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
    let documents = PublishedDocuments::with_runs(&store, Publish::All, &RUNS);
    let key = |item: Item| item.key(&store).into_owned();
    let mut index = publish_in(&store, &store.known_in_queries(None), &documents, key, &SMALL);
    let terms = std::mem::take(&mut index.terms);
    Build { documents, terms, index }
}

/// Updates the index of `former` to `source`, in which the tickets `changed` are changed or new.
fn update(former: Build, source: &MemorySource, changed: &[&str]) -> Option<Build> {
    let store = load(Arc::new(source.clone()), &CacheSlot::nowhere()).unwrap();
    let documents = PublishedDocuments::with_runs(&store, Publish::All, &RUNS);
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

/// Asserts that an updated index is byte for byte the same as a new one. Returns the former one of the two.
#[track_caller]
fn assert_equals_new(updated: Build, source: &MemorySource, edit: &str) -> Build {
    let whole = build(source);
    let read = |build: &Build| -> BTreeSet<String> {
        reading::everything(&build.index.files, "").into_iter().collect()
    };
    let (found, expected) = (read(&updated), read(&whole));
    let differ: Vec<&String> = found.symmetric_difference(&expected).collect();
    assert!(differ.is_empty(), "after {edit}: {differ:#?}");
    assert_eq!(updated.index.files, whole.index.files, "after {edit}");
    assert_eq!(updated.index.parts.replaced, whole.index.parts.replaced, "after {edit}");
    updated
}

fn ticket(words: &str, time: &str) -> String {
    format!("---\ntitle: About {words}\ncreated: 2026-01-01T{time}:00Z\n---\nIt stops with {words}.\n")
}

fn reply(words: &str, time: &str) -> String {
    format!("---\nauthor: mei\ncreated: 2026-01-01T{time}:00Z\n---\nSomething stops with {words}.\n")
}

#[test]
fn an_index_that_is_updated_after_each_edit_equals_a_new_one() {
    let mut source = archive(500);
    let mut updated = build(&source);
    assert!(updated.documents.base.count > 400, "the archive has a base: {:?}", updated.documents.base);
    let edits: [(&str, &str, String); 19] = [
        // New words, words that no other ticket has, and words that nobody has any more.
        ("t77", "", ticket("quokkas and w3", "01:17")),
        ("t77", "", ticket("w3", "01:17")),
        ("t120", "", ticket(&(0..400).map(|n| format!("n{n} ")).collect::<String>(), "02:00")),
        ("t120", "", ticket("exporting exports w5 and 导出任务", "02:00")),
        ("t120", "", ticket("export w5", "02:00")),
        ("t900", "", ticket("a new ticket, stopping w5 stops", "23:57")),
        ("t899", "", ticket("another new ticket", "23:57")),
        ("t0", "", ticket("w1", "00:00")),
        // The layer replaces documents of the base, and then the texts of the base change as well.
        ("t77", "/a", reply("wombats and w3", "23:00")),
        ("t77", "/a", reply("badgers", "23:00")),
        ("t77", "", ticket("marmots and weasels", "01:17")),
        ("t300", "/a", reply("stoats in w7", "23:00")),
        ("t300", "/b", reply("late stoats", "05:30")),
        ("t300", "/c", "---\nauthor: mei\n---\nNobody knows when the stoats came.\n".to_owned()),
        ("t301", "/c", "---\nauthor: mei\n---\nNobody knows when the otters came.\n".to_owned()),
        ("t301", "/d", reply("otters", "23:58")),
        ("t77", "/a", reply("badgers", "00:30")),
        ("t77", "/b", reply("ferrets", "23:59")),
        ("t900", "/a", reply("ferrets", "23:59")),
    ];
    for (id, name, text) in edits {
        let path = format!("tickets/{id}{name}.md");
        source.insert(RepoPath::new(path.clone()), text);
        let changed = format!("tickets/{id}.md");
        updated = update(updated, &source, &[&changed]).unwrap_or_else(|| panic!("{path} can be updated"));
        updated = assert_equals_new(updated, &source, &path);
    }
    assert!(updated.documents.base.replaced.len() >= 3, "{:?}", updated.documents.base);
}

#[test]
fn the_base_moves_when_a_run_of_events_is_complete() {
    let mut source = archive(500);
    let mut updated = build(&source);
    let mut ends = BTreeSet::new();
    let mut most_in_layer = 0;
    for step in 0..96 {
        let (id, minute) = (step * 37 % 450, step % 60);
        let path = format!("tickets/t{id}/r{step}.md");
        source.insert(
            RepoPath::new(path),
            reply(&format!("z{step} and w{}", step % 20), &format!("{}:{minute:02}", 20 + step / 60)),
        );
        if step % 4 < 3 {
            // Several replies can come before the next build.
            continue;
        }
        let changed: Vec<String> =
            (step - 3..=step).map(|step| format!("tickets/t{}.md", step * 37 % 450)).collect();
        let changed: Vec<&str> = changed.iter().map(String::as_str).collect();
        updated = update(updated, &source, &changed).unwrap();
        ends.insert(updated.documents.base.end);
        most_in_layer = most_in_layer.max(updated.documents.places_in_layer().len());
        if step % 24 == 23 {
            updated = assert_equals_new(updated, &source, &format!("reply {step}"));
        }
    }
    assert!((2..=8).contains(&ends.len()), "{ends:?}");
    assert!((10..=RUNS.0.end).contains(&most_in_layer), "{most_in_layer}");
}

#[test]
fn a_reply_that_is_merged_late_does_not_move_the_base() {
    let source = archive(500);
    let end = |source: &MemorySource| {
        let store = load(Arc::new(source.clone()), &CacheSlot::nowhere()).unwrap();
        PublishedDocuments::with_runs(&store, Publish::All, &RUNS).base.end
    };
    let before = end(&source);
    let moved = (0..20).filter(|number| {
        let path = format!("tickets/t{}/late.md", number * 7);
        let time = format!("{:02}:{:02}", 3 + number % 4, number + 10);
        end(&source.clone().with(path, reply("stoats", &time))) != before
    });
    assert!(moved.count() <= 3, "the base moved with most of the late replies");
}

#[test]
fn events_of_the_same_time_do_not_make_a_large_layer() {
    let mut source = MemorySource::new();
    for number in 0..300 {
        source.insert(RepoPath::new(format!("tickets/t{number}.md")), ticket(&format!("n{number}"), "01:00"));
    }
    for number in 0..5 {
        source.insert(RepoPath::new(format!("tickets/l{number}.md")), ticket(&format!("n{number}"), "02:00"));
    }
    let base = build(&source).documents.base;
    assert!(base.count >= 300, "{base:?}");
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
fn a_reply_writes_only_files_of_the_layer() {
    let mut source = archive(500);
    // Replies to other tickets, so that the layer has more than one.
    for number in 0..8 {
        let path = format!("tickets/t{}/a.md", 40 * number);
        source.insert(
            RepoPath::new(path),
            reply(&format!("w{number} and n{number}"), &format!("22:{number:02}")),
        );
    }
    let former = build(&source);
    let before: BTreeSet<String> = former.index.files.keys().cloned().collect();
    let words: String = (0..60).map(|number| format!("w{number} and v{number}, ")).collect();
    let edited = source.with("tickets/t123/r.md", reply(&words, "23:00"));
    let updated = update(former, &edited, &["tickets/t123.md"]).unwrap();
    let new = updated.index.files.keys().filter(|name| !before.contains(*name)).count();
    assert!(new <= 14 && before.len() > 100, "{new} of {} files are new", before.len());
}

#[test]
fn a_removed_ticket_of_the_base_needs_a_new_index() {
    let mut source = archive(100);
    let former = build(&source);
    source.remove(&RepoPath::new("tickets/t0.md"));
    assert!(update(former, &source, &[]).is_none());
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

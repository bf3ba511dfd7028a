//! The walls between rooms: a room imports only what it may know, and nothing imports in a circle.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use crate::imports::{Imports, imports};

/// Each room with what it may know beside `text`. The order is the order of the data's flow.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("diagnostic", &[]),
    ("repo", &[]),
    ("ticket", &["diagnostic"]),
    ("settings", &["diagnostic", "ticket"]),
    ("template", &["diagnostic", "ticket", "settings"]),
    ("store", &["diagnostic", "ticket", "settings", "template", "repo"]),
    ("view", &["diagnostic", "ticket", "settings", "template", "repo", "store"]),
    ("detectors", &[]),
    ("check", &["detectors", "diagnostic", "ticket", "settings", "template", "repo", "store", "view"]),
    ("index", &["repo"]),
    ("query", &["ticket", "settings", "template", "store", "index"]),
    ("search", &["diagnostic", "ticket", "settings", "template", "repo", "store", "index", "query"]),
    ("api", &["diagnostic", "ticket", "settings", "template", "store", "search"]),
    (
        "intake",
        &["detectors", "diagnostic", "ticket", "settings", "template", "repo", "store", "check", "search"],
    ),
    (
        "import",
        &["diagnostic", "ticket", "settings", "template", "repo", "store", "check", "search", "intake"],
    ),
    ("export", &["diagnostic", "ticket", "settings", "template", "repo", "store"]),
    ("site", &["diagnostic", "ticket", "settings", "template", "repo", "store", "view", "search"]),
    ("demo", &[]),
];

/// Rooms above all others, which may know everything.
const ABOVE: &[&str] = &["server", "cli"];

/// The folders of `repo`; each may know those before it. Files beside them come first.
const FOLDERS_OF_REPO: [&str; 5] = ["", "write", "files", "git", "flow"];

fn rooms() -> BTreeSet<String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let entries = fs::read_dir(source).unwrap().map(|entry| entry.unwrap());
    entries
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect()
}

fn room(file: &str) -> &str {
    file.split('/').next().unwrap()
}

/// The imports of the crate. A scan that misses most of them would let everything pass.
fn all_imports() -> Imports {
    let imports = imports(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let count: usize = imports.values().map(BTreeSet::len).sum();
    assert!(imports.len() > 350 && count > 1_500, "{count} imports in {} files", imports.len());
    imports
}

#[test]
fn a_room_imports_only_what_it_may_know() {
    let walls: BTreeMap<&str, &[&str]> = MAY_KNOW.iter().copied().collect();
    let mut broken = Vec::new();
    for (file, known) in &all_imports() {
        let Some(may_know) = walls.get(room(file)) else { continue };
        for import in known.iter().filter(|import| room(import) != room(file) && room(import) != "text") {
            if !may_know.contains(&room(import)) {
                broken.push(format!("{file} imports {import}"));
            }
        }
    }
    assert!(broken.is_empty(), "rooms know too much:\n{}", broken.join("\n"));
}

#[test]
fn every_room_has_its_walls() {
    let listed: BTreeSet<String> =
        MAY_KNOW.iter().map(|(room, _)| *room).chain(ABOVE.iter().copied()).map(str::to_owned).collect();
    let unlisted: Vec<_> = rooms().difference(&listed).cloned().collect();
    assert!(unlisted.is_empty(), "say in tests/walls.rs what these rooms may know: {unlisted:?}");
}

#[test]
fn the_folders_of_repo_know_only_those_before_them() {
    let rank = |file: &str| {
        let folder = file.split('/').nth(1).filter(|name| FOLDERS_OF_REPO.contains(name)).unwrap_or("");
        FOLDERS_OF_REPO.iter().position(|known| *known == folder).unwrap()
    };
    let imports = all_imports();
    let of_repo = imports.iter().filter(|(file, _)| file.starts_with("repo/"));
    let mut broken = Vec::new();
    for (file, known) in of_repo {
        let known = known.iter().filter(|import| import.starts_with("repo/") && rank(import) > rank(file));
        broken.extend(known.map(|import| format!("{file} imports {import}")));
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// For each folder, what stands in it (files, and folders as a whole) with what it imports of the same folder. A folder and
/// its own files are one thing, since the `mod.rs` is where they are listed: an import between these two is left out.
fn siblings(imports: &Imports) -> BTreeMap<String, Imports> {
    let mut folders: BTreeMap<String, Imports> = BTreeMap::new();
    for (file, known) in imports {
        for import in known {
            let (from, to): (Vec<&str>, Vec<&str>) = (file.split('/').collect(), import.split('/').collect());
            let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
            if let (Some(from), Some(to)) = (from.get(shared), to.get(shared)) {
                let folder =
                    folders.entry(file.split('/').take(shared).collect::<Vec<_>>().join("/")).or_default();
                folder.entry((*from).to_owned()).or_default().insert((*to).to_owned());
            }
        }
    }
    folders
}

/// What is left when everything has gone that imports nothing that is left, or that nothing left imports.
fn circles(mut left: Imports) -> Imports {
    loop {
        let imported: BTreeSet<&String> = left.values().flatten().collect();
        let is_end = |name: &String, known: &BTreeSet<String>| {
            !imported.contains(name) || known.iter().all(|import| !left.contains_key(import))
        };
        let ends: Vec<String> =
            left.iter().filter(|(name, known)| is_end(name, known)).map(|(name, _)| name.clone()).collect();
        if ends.is_empty() {
            return left;
        }
        ends.iter().for_each(|end| drop(left.remove(end)));
    }
}

#[test]
fn nothing_imports_in_a_circle() {
    let folders = siblings(&all_imports());
    assert!(folders.len() > 20, "{:?}", folders.keys());
    let found: Imports = folders
        .into_iter()
        .flat_map(|(folder, imports)| {
            circles(imports).into_iter().map(move |(name, known)| (format!("{folder}/{name}"), known))
        })
        .collect();
    assert!(found.is_empty(), "these import each other: {found:#?}");
}

#[test]
fn a_circle_is_seen_between_files_and_between_folders() {
    let of = |imports: &[(&str, &str)]| {
        let mut all = Imports::new();
        for (file, import) in imports {
            all.entry((*file).to_owned()).or_default().insert((*import).to_owned());
        }
        let folders = siblings(&all).into_values().map(circles);
        folders.flat_map(BTreeMap::into_keys).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(of(&[("a/x", "a/y"), ("a/y", "a/x"), ("a/z", "a/x"), ("a/y", "a/w")]), "x y");
    assert_eq!(of(&[("a/x", "b/y"), ("b/z", "a/w")]), "a b");
    assert_eq!(of(&[("a/x", "b/y"), ("b/y", "c/z"), ("a", "a/x"), ("a/x", "a")]), "");
}

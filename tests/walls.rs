//! The walls between rooms: a room imports only the rooms that it may know, and there are no import cycles.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use crate::imports::{Imports, imports};

/// Each room with the rooms that it may import in addition to `text`, in the order of the data flow.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("diagnostic", &[]),
    ("repo", &["diagnostic"]),
    ("ticket", &["diagnostic"]),
    ("settings", &["diagnostic", "ticket"]),
    ("template", &["diagnostic", "ticket", "settings"]),
    ("store", &["diagnostic", "ticket", "settings", "template", "repo"]),
    ("view", &["diagnostic", "ticket", "settings", "template", "repo", "store"]),
    ("report", &["ticket", "settings"]),
    ("detectors", &[]),
    (
        "check",
        &["detectors", "diagnostic", "ticket", "settings", "template", "repo", "store", "view", "query"],
    ),
    ("index", &["repo"]),
    ("query", &["ticket", "settings", "template", "store", "report", "index"]),
    ("search", &["diagnostic", "ticket", "settings", "template", "repo", "store", "index", "query"]),
    (
        "knowledge",
        &[
            "detectors",
            "diagnostic",
            "ticket",
            "settings",
            "template",
            "repo",
            "store",
            "view",
            "report",
            "index",
            "query",
            "search",
        ],
    ),
    ("api", &["diagnostic", "ticket", "settings", "template", "store", "report", "search", "knowledge"]),
    (
        "intake",
        &["detectors", "diagnostic", "ticket", "settings", "template", "repo", "store", "check", "search"],
    ),
    (
        "import",
        &["diagnostic", "ticket", "settings", "template", "repo", "store", "check", "search", "intake"],
    ),
    ("notify", &["diagnostic", "ticket", "settings", "template", "repo", "store", "view", "report"]),
    ("export", &["diagnostic", "ticket", "settings", "template", "repo", "store"]),
    (
        "site",
        &[
            "detectors",
            "diagnostic",
            "ticket",
            "settings",
            "template",
            "repo",
            "store",
            "view",
            "report",
            "check",
            "search",
            "knowledge",
        ],
    ),
    ("demo", &[]),
];

/// Rooms that may import every other room.
const ABOVE: &[&str] = &["server", "cli", "fuzzing"];

/// The folders of `repo`. Each may import the folders before it. The empty name is for files directly in `repo`.
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

/// Returns the imports of the crate. Asserts that there are many, because a broken scan would let every test pass.
fn all_imports() -> Imports {
    let imports = imports(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let count: usize = imports.values().map(BTreeSet::len).sum();
    assert!(imports.len() > 350 && count > 1_500, "{count} imports in {} files", imports.len());
    imports
}

#[test]
fn a_room_imports_only_the_rooms_it_may_know() {
    let walls: BTreeMap<&str, &[&str]> = MAY_KNOW.iter().copied().collect();
    let mut forbidden = Vec::new();
    for (file, imported) in &all_imports() {
        let Some(may_know) = walls.get(room(file)) else { continue };
        for import in imported.iter().filter(|import| room(import) != room(file) && room(import) != "text") {
            if !may_know.contains(&room(import)) {
                forbidden.push(format!("{file} imports {import}"));
            }
        }
    }
    assert!(forbidden.is_empty(), "forbidden imports:\n{}", forbidden.join("\n"));
}

#[test]
fn every_room_is_listed() {
    let listed: BTreeSet<String> =
        MAY_KNOW.iter().map(|(room, _)| *room).chain(ABOVE.iter().copied()).map(str::to_owned).collect();
    let unlisted: Vec<_> = rooms().difference(&listed).cloned().collect();
    assert!(unlisted.is_empty(), "add these rooms to `MAY_KNOW` in tests/walls.rs: {unlisted:?}");
}

#[test]
fn the_folders_of_repo_import_only_folders_before_them() {
    let rank = |file: &str| {
        let folder = file.split('/').nth(1).filter(|name| FOLDERS_OF_REPO.contains(name)).unwrap_or("");
        FOLDERS_OF_REPO.iter().position(|name| *name == folder).unwrap()
    };
    let imports = all_imports();
    let of_repo = imports.iter().filter(|(file, _)| file.starts_with("repo/"));
    let mut forbidden = Vec::new();
    for (file, imported) in of_repo {
        let imported =
            imported.iter().filter(|import| import.starts_with("repo/") && rank(import) > rank(file));
        forbidden.extend(imported.map(|import| format!("{file} imports {import}")));
    }
    assert!(forbidden.is_empty(), "forbidden imports:\n{}", forbidden.join("\n"));
}

/// Returns the imports between the entries of each folder; an entry is a file or a whole subfolder. Imports between a
/// `mod.rs` and the files beside it are left out, because the `mod.rs` must list these files.
fn siblings(imports: &Imports) -> BTreeMap<String, Imports> {
    let mut folders: BTreeMap<String, Imports> = BTreeMap::new();
    for (file, imported) in imports {
        for import in imported {
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

/// Returns the names that are part of an import cycle. Removes names without imports, and names that no other name imports,
/// until neither is left.
fn cycles(mut remaining: Imports) -> Imports {
    loop {
        let imported: BTreeSet<&String> = remaining.values().flatten().collect();
        let is_end = |name: &String, imports: &BTreeSet<String>| {
            !imported.contains(name) || imports.iter().all(|import| !remaining.contains_key(import))
        };
        let ends: Vec<String> = remaining
            .iter()
            .filter(|(name, imports)| is_end(name, imports))
            .map(|(name, _)| name.clone())
            .collect();
        if ends.is_empty() {
            return remaining;
        }
        ends.iter().for_each(|end| drop(remaining.remove(end)));
    }
}

#[test]
fn there_are_no_import_cycles() {
    let folders = siblings(&all_imports());
    assert!(folders.len() > 20, "{:?}", folders.keys());
    let found: Imports = folders
        .into_iter()
        .flat_map(|(folder, imports)| {
            cycles(imports).into_iter().map(move |(name, imported)| (format!("{folder}/{name}"), imported))
        })
        .collect();
    assert!(found.is_empty(), "import cycles: {found:#?}");
}

#[test]
fn a_cycle_between_files_or_between_folders_is_found() {
    let cycles_of = |imports: &[(&str, &str)]| {
        let mut all = Imports::new();
        for (file, import) in imports {
            all.entry((*file).to_owned()).or_default().insert((*import).to_owned());
        }
        let folders = siblings(&all).into_values().map(cycles);
        folders.flat_map(BTreeMap::into_keys).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(cycles_of(&[("a/x", "a/y"), ("a/y", "a/x"), ("a/z", "a/x"), ("a/y", "a/w")]), "x y");
    assert_eq!(cycles_of(&[("a/x", "b/y"), ("b/z", "a/w")]), "a b");
    assert_eq!(cycles_of(&[("a/x", "b/y"), ("b/y", "c/z"), ("a", "a/x"), ("a/x", "a")]), "");
}

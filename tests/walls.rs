//! The boundaries between modules: a module imports only the modules that it is allowed to know.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use walkdir::WalkDir;

/// Each module with the modules that it may import, besides `text`, in the order of the data flow.
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
        &["diagnostic", "ticket", "settings", "template", "repo", "store", "detectors", "check", "search"],
    ),
    (
        "import",
        &["diagnostic", "ticket", "settings", "template", "repo", "store", "check", "search", "intake"],
    ),
    ("export", &["diagnostic", "ticket", "settings", "template", "repo", "store"]),
    ("site", &["diagnostic", "ticket", "settings", "template", "repo", "store", "view", "search"]),
    ("demo", &[]),
];

/// Modules at the top, which may import all others.
const ABOVE: &[&str] = &["server", "cli"];

fn rooms() -> BTreeSet<String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let entries = fs::read_dir(source).unwrap().map(|entry| entry.unwrap());
    entries
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect()
}

/// Returns the modules that `text` names after `crate::`, singly or in braces.
fn imports(text: &str, rooms: &BTreeSet<String>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        let names: Vec<&str> = match rest.strip_prefix('{') {
            Some(inner) => inner.split(|c: char| !(c.is_alphanumeric() || c == '_')).collect(),
            None => vec![rest.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or_default()],
        };
        let end = if rest.starts_with('{') { rest.find("};").unwrap_or(rest.len()) } else { rest.len() };
        found.extend(
            names
                .into_iter()
                .filter(|name| {
                    rooms.contains(*name) && (!rest.starts_with('{') || is_top_level(&rest[..end], name))
                })
                .map(str::to_owned),
        );
    }
    found
}

/// Returns whether `name` is at the first level of `braces`, so that it is a module and not an item in one.
fn is_top_level(braces: &str, name: &str) -> bool {
    let mut depth = 0;
    braces.char_indices().any(|(at, c)| {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        let before = braces[..at].chars().next_back();
        depth == 1 && matches!(before, Some('{' | ' ' | '\n' | ',')) && braces[at..].starts_with(name)
    })
}

#[test]
fn a_room_imports_only_the_rooms_that_it_may_know() {
    let rooms = rooms();
    let mut broken = Vec::new();
    for (room, known) in MAY_KNOW {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(room);
        for entry in WalkDir::new(&folder).into_iter().filter_map(Result::ok) {
            let name = entry.file_name().to_string_lossy();
            // Tests may import any module.
            if name.ends_with(".rs") && !name.ends_with("tests.rs") {
                let text = fs::read_to_string(entry.path()).unwrap();
                let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
                for import in imports(code, &rooms) {
                    if import != *room && import != "text" && !known.contains(&import.as_str()) {
                        broken.push(format!("{} imports {import}", entry.path().display()));
                    }
                }
            }
        }
    }
    assert!(broken.is_empty(), "rooms know too much:\n{}", broken.join("\n"));
}

#[test]
fn every_room_is_listed() {
    let listed: BTreeSet<String> =
        MAY_KNOW.iter().map(|(room, _)| *room).chain(ABOVE.iter().copied()).map(str::to_owned).collect();
    let unlisted: Vec<_> = rooms().difference(&listed).cloned().collect();
    assert!(unlisted.is_empty(), "say in tests/walls.rs what these rooms may know: {unlisted:?}");
}

#[test]
fn an_import_is_found_in_any_spelling() {
    let rooms: BTreeSet<String> = ["repo", "store", "site"].map(str::to_owned).into();
    let of = |text: &str| imports(text, &rooms).into_iter().collect::<Vec<_>>().join(" ");
    assert_eq!(of("use crate::repo::Repo;"), "repo");
    assert_eq!(of("use crate::{\n    repo::{site, Repo},\n    store::Store,\n};"), "repo store");
    assert_eq!(of("let x = crate::site::build();"), "site");
}

/// The folders of `repo`. Each may import those before it; files in `repo` itself come first.
const FOLDERS_OF_REPO: [&str; 5] = ["", "write", "files", "git", "flow"];

/// Maps the files of `repo` to the files that they import, all without `.rs`: `git/open`, `error`.
fn imports_in_repo() -> BTreeMap<String, BTreeSet<String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/repo");
    let mut imports = BTreeMap::new();
    for entry in WalkDir::new(&root).into_iter().map(Result::unwrap) {
        let name = entry.path().strip_prefix(&root).unwrap().with_extension("").display().to_string();
        if entry.file_type().is_dir() || name.ends_with("mod") || name == "testing" {
            continue;
        }
        let text = fs::read_to_string(entry.path()).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap();
        let folder = name.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
        let words = |rest: &str| -> Vec<String> {
            let path = rest.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).next().unwrap();
            path.split("::").map(str::to_owned).collect()
        };
        let beside = code.match_indices("super::").filter(|(at, _)| !code[..*at].ends_with(':'));
        let mut known: BTreeSet<String> =
            beside.map(|(at, path)| format!("{folder}{}", words(&code[at + path.len()..])[0])).collect();
        for (at, path) in code.match_indices("crate::repo::") {
            let words = words(&code[at + path.len()..]);
            let is_folder = FOLDERS_OF_REPO.contains(&words[0].as_str());
            known.insert(if is_folder { words[..2].join("/") } else { words[0].clone() });
        }
        imports.insert(name, known);
    }
    imports
}

#[test]
fn the_folders_of_repo_import_only_earlier_ones_and_files_have_no_circular_imports() {
    let imports = imports_in_repo();
    assert!(imports.len() > 40, "{imports:?}");
    let rank = |file: &str| {
        let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
        FOLDERS_OF_REPO.iter().position(|known| *known == folder).unwrap()
    };
    for (file, known) in &imports {
        for import in known {
            assert!(imports.contains_key(import), "{file} imports {import}: name the file that defines it");
            assert!(rank(import) <= rank(file), "{file} imports {import}");
        }
    }
    // Remove files without remaining imports until no files or only circular imports are left.
    let mut left = imports;
    while let Some(file) =
        left.iter().find(|(_, known)| known.iter().all(|import| !left.contains_key(import)))
    {
        let file = file.0.clone();
        left.remove(&file);
    }
    assert!(left.is_empty(), "these files import each other: {:?}", left.keys());
}

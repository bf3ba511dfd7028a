//! The walls between rooms: a room imports only what it may know.

use std::{collections::BTreeSet, fs, path::Path};

use walkdir::WalkDir;

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
    ("intake", &["diagnostic", "ticket", "settings", "template", "repo", "store", "check", "search"]),
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

fn rooms() -> BTreeSet<String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let entries = fs::read_dir(source).unwrap().map(|entry| entry.unwrap());
    entries
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect()
}

/// The rooms that `text` names after `crate::`, one by one or in braces.
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

/// Whether `name` stands in `braces` at the first level, so is a room and not an item of one.
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
fn a_room_imports_only_what_it_may_know() {
    let rooms = rooms();
    let mut broken = Vec::new();
    for (room, known) in MAY_KNOW {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(room);
        for entry in WalkDir::new(&folder).into_iter().filter_map(Result::ok) {
            let name = entry.file_name().to_string_lossy();
            // Tests may set their scene with any room.
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
fn every_room_has_its_walls() {
    let listed: BTreeSet<String> =
        MAY_KNOW.iter().map(|(room, _)| *room).chain(ABOVE.iter().copied()).map(str::to_owned).collect();
    let unlisted: Vec<_> = rooms().difference(&listed).cloned().collect();
    assert!(unlisted.is_empty(), "say in tests/walls.rs what these rooms may know: {unlisted:?}");
}

#[test]
fn an_import_is_seen_however_it_is_written() {
    let rooms: BTreeSet<String> = ["repo", "store", "site"].map(str::to_owned).into();
    let of = |text: &str| imports(text, &rooms).into_iter().collect::<Vec<_>>().join(" ");
    assert_eq!(of("use crate::repo::Repo;"), "repo");
    assert_eq!(of("use crate::{\n    repo::{site, Repo},\n    store::Store,\n};"), "repo store");
    assert_eq!(of("let x = crate::site::build();"), "site");
}

//! The imports between source files. They are read from the text, so that tests need no compiler.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use walkdir::WalkDir;

/// Source files, each with the files that it imports. Names are paths below `src` without `.rs`, such as `repo/git/open`; a
/// `mod.rs` has the name of its folder.
pub(crate) type Imports = BTreeMap<String, BTreeSet<String>>;

/// The paths in a file, each from the root of the crate.
#[derive(Default)]
struct Names {
    all: Vec<Vec<String>>,
    /// The items that the file re-exports, by the name that they have there.
    reexports: BTreeMap<String, Vec<String>>,
}

/// Returns the imports of all files below `src` except for test files.
pub(crate) fn imports(src: &Path) -> Imports {
    let mut texts = BTreeMap::new();
    let mut test_modules = Vec::new();
    for entry in WalkDir::new(src).into_iter().map(Result::unwrap) {
        let name = entry.path().strip_prefix(src).unwrap().with_extension("").display().to_string();
        let is_source = entry.path().extension().is_some_and(|extension| extension == "rs");
        if !is_source || ["lib", "main"].contains(&name.as_str()) {
            continue;
        }
        let name = name.strip_suffix("/mod").unwrap_or(&name).to_owned();
        let text = fs::read_to_string(entry.path()).unwrap();
        let (code, modules) = without_tests(&text);
        test_modules.extend(modules.into_iter().map(|module| format!("{name}/{module}")));
        texts.insert(name, code.to_owned());
    }
    texts.retain(|name, _| {
        !test_modules
            .iter()
            .any(|test| name.strip_prefix(test).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
    });
    let files: BTreeSet<String> = texts.keys().cloned().collect();
    let names: BTreeMap<&String, Names> =
        texts.iter().map(|(file, text)| (file, names(text, file, &files))).collect();
    names
        .iter()
        .map(|(file, own)| {
            let imports = own.all.iter().filter_map(|path| definition(path, &names, 0));
            ((*file).clone(), imports.filter(|import| import != *file).collect())
        })
        .collect()
}

/// Returns `text` up to its tests, and the names of modules that are compiled only for tests.
fn without_tests(text: &str) -> (&str, Vec<&str>) {
    let mut modules = Vec::new();
    for (at, mark) in text.match_indices("#[cfg(test)]\n") {
        let item = text[at + mark.len()..].lines().find(|line| !line.starts_with("#[")).unwrap_or_default();
        let name =
            item.split_once("mod ").filter(|(before, _)| before.is_empty() || before.starts_with("pub"));
        match name {
            Some((_, name)) if name.ends_with('{') => return (&text[..at], modules),
            Some((_, name)) => modules.push(name.trim_end_matches(';')),
            None => {}
        }
    }
    (text, modules)
}

/// Returns the file that defines the item at `path`, even if other files re-export the item.
fn definition(path: &[String], names: &BTreeMap<&String, Names>, depth: usize) -> Option<String> {
    let (file, rest) = (1..=path.len())
        .rev()
        .map(|end| (path[..end].join("/"), &path[end..]))
        .find(|(file, _)| names.contains_key(file))?;
    let reexports = rest.first().and_then(|name| names[&file].reexports.get(name));
    match reexports {
        Some(source) if depth < 5 => definition(&[source.as_slice(), &rest[1..]].concat(), names, depth + 1),
        _ => Some(file),
    }
}

fn names(text: &str, file: &str, files: &BTreeSet<String>) -> Names {
    let words = words(text);
    let mut names = Names::default();
    let mut at = 0;
    let mut is_exported = false;
    while at < words.len() {
        let mut paths = Vec::new();
        let is_use = words[at] == "use";
        let start = at;
        at += usize::from(is_use);
        tree(&words, &mut at, &[], &mut paths);
        at = at.max(start + 1);
        for (path, name) in paths.into_iter().filter(|(path, _)| is_use || path.len() > 1) {
            let Some(path) = from_root(&path, file, files) else { continue };
            if is_use && is_exported {
                names.reexports.insert(name, path.clone());
            }
            names.all.push(path);
        }
        // `pub use`, `pub(crate) use`, `pub(in crate::repo) use`
        is_exported = match words[start] {
            "pub" => true,
            "(" | ")" | "crate" | "super" | "self" | "in" => is_exported,
            _ => false,
        };
    }
    names
}

/// Reads a path, or several paths in braces, and adds each with its local name to `paths`.
fn tree<'w>(words: &[&'w str], at: &mut usize, before: &[&'w str], paths: &mut Vec<(Vec<String>, String)>) {
    let mut path = before.to_vec();
    loop {
        match words.get(*at) {
            Some(&"{") if !path.is_empty() => {
                *at += 1;
                while words.get(*at).is_some_and(|word| *word != "}") {
                    let start = *at;
                    tree(words, at, &path, paths);
                    *at += usize::from(words.get(*at) == Some(&",") || *at == start);
                }
                *at += 1;
                return;
            }
            Some(word) if is_name(word) || (*word == "*" && !path.is_empty()) => {
                path.push(word);
                *at += 1;
            }
            _ => break,
        }
        if words.get(*at) != Some(&"::") {
            break;
        }
        *at += 1;
    }
    if path.last() == Some(&"self") && path.len() > 1 {
        path.pop();
    }
    let Some(last) = path.last() else { return };
    let mut name = (*last).to_owned();
    if let (Some(&"as"), Some(other)) = (words.get(*at), words.get(*at + 1)) {
        name = (*other).to_owned();
        *at += 2;
    }
    paths.push((path.iter().map(|word| (*word).to_owned()).collect(), name));
}

/// Converts `path` in `file` to a path from the root of the crate. Returns `None` for paths of other crates and of items in
/// the file itself.
fn from_root(path: &[String], file: &str, files: &BTreeSet<String>) -> Option<Vec<String>> {
    let mut base: Vec<String> = file.split('/').map(str::to_owned).collect();
    let rest = match path[0].as_str() {
        "crate" => {
            base.clear();
            &path[1..]
        }
        "self" => &path[1..],
        "super" => {
            let up = path.iter().take_while(|word| *word == "super").count();
            base.truncate(base.len().saturating_sub(up));
            &path[up..]
        }
        child if files.contains(&format!("{file}/{child}")) => path,
        _ => return None,
    };
    base.extend_from_slice(rest);
    Some(base)
}

fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Returns the names and signs of `text`, without comments, strings and characters.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if let Some(end) = raw_string_length(rest) {
            end
        } else if first == '"' {
            string_length(rest)
        } else if first == '\'' {
            character_length(rest)
        } else if is_name(rest) {
            let length = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
            words.push(&rest[..length]);
            length
        } else {
            let length = if rest.starts_with("::") { 2 } else { first.len_utf8() };
            if !first.is_whitespace() {
                words.push(&rest[..length]);
            }
            length
        };
        rest = &rest[length..];
    }
    words
}

/// Returns the length of the raw string, such as `r#"a"#`, at the start of `rest`, or `None` if there is none.
fn raw_string_length(rest: &str) -> Option<usize> {
    let marked = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'))?;
    let text = marked.trim_start_matches('#').strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(marked.len() - text.len() - 1));
    Some(rest.len() - text.len() + text.find(&end).map_or(text.len(), |at| at + end.len()))
}

/// Returns the length of the string at the start of `rest`.
fn string_length(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            '"' if !escaped => return at + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    rest.len()
}

/// Returns the length of the character literal at the start of `rest`, or 1 for the quote of a lifetime.
fn character_length(rest: &str) -> usize {
    let mut inside = rest[1..].char_indices();
    match inside.next() {
        Some((_, '\\')) => rest[3..].find('\'').map_or(rest.len(), |at| at + 4),
        _ => inside.next().filter(|(_, c)| *c == '\'').map_or(1, |(at, _)| at + 2),
    }
}

#[test]
fn an_import_is_found_in_every_notation() {
    let texts = [
        ("site", "pub(crate) use pages::{home::Home as Front, tag};\nmod pages;\n"),
        ("site/pages", ""),
        ("site/pages/home", "use super::super::words;"),
        (
            "site/pages/tag",
            "use crate::{\n    repo::{self, Repo},\n    store::Store,\n};\n#[cfg(test)]\nmod tests {\n",
        ),
        (
            "site/words",
            "fn f<'a>(x: &'a str) { crate::site::Front::new('\"', '\\'', \"crate::store::X\", r#\"crate::store\"#) }",
        ),
        ("repo", "// crate::store::Store\nfn f() -> crate::store::Store {}"),
        ("store", "use std::fs; use self::inner;"),
    ];
    let files: BTreeSet<String> = texts.iter().map(|(file, _)| (*file).to_owned()).collect();
    let all: BTreeMap<&String, Names> = files
        .iter()
        .zip(files.iter().map(|file| texts.iter().find(|(name, _)| name == file).unwrap().1))
        .map(|(file, text)| (file, names(without_tests(text).0, file, &files)))
        .collect();
    let imports_of = |file: &str| {
        let imports: BTreeSet<String> =
            all[&file.to_owned()].all.iter().filter_map(|path| definition(path, &all, 0)).collect();
        imports.into_iter().filter(|import| import != file).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(imports_of("site"), "site/pages/home site/pages/tag");
    assert_eq!(imports_of("site/pages/home"), "site/words");
    assert_eq!(imports_of("site/pages/tag"), "repo store");
    assert_eq!(imports_of("site/words"), "site/pages/home");
    assert_eq!(imports_of("repo"), "store");
    assert_eq!(imports_of("store"), "");
    assert_eq!(without_tests("a\n#[cfg(test)]\nmod tests;\nb").1, ["tests"]);
}

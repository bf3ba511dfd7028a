//! Which source file imports which: read from the text, so that a test needs no compiler.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use walkdir::WalkDir;

/// Files with the files that each imports, below `src` and without `.rs`: `repo/git/open`. A `mod.rs` is called like its folder.
pub(crate) type Imports = BTreeMap<String, BTreeSet<String>>;

/// What a file names, as paths from the root of the crate.
#[derive(Default)]
struct Names {
    all: Vec<Vec<String>>,
    /// What it passes on, by the name that it has here.
    passed_on: BTreeMap<String, Vec<String>>,
}

/// The imports of all files below `src` but those of tests.
pub(crate) fn imports(src: &Path) -> Imports {
    let mut texts = BTreeMap::new();
    let mut of_tests = Vec::new();
    for entry in WalkDir::new(src).into_iter().map(Result::unwrap) {
        let name = entry.path().strip_prefix(src).unwrap().with_extension("").display().to_string();
        let is_source = entry.path().extension().is_some_and(|extension| extension == "rs");
        if !is_source || ["lib", "main"].contains(&name.as_str()) {
            continue;
        }
        let name = name.strip_suffix("/mod").unwrap_or(&name).to_owned();
        let text = fs::read_to_string(entry.path()).unwrap();
        let (code, modules) = without_tests(&text);
        of_tests.extend(modules.into_iter().map(|module| format!("{name}/{module}")));
        texts.insert(name, code.to_owned());
    }
    texts.retain(|name, _| {
        !of_tests
            .iter()
            .any(|test| name.strip_prefix(test).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
    });
    let files: BTreeSet<String> = texts.keys().cloned().collect();
    let names: BTreeMap<&String, Names> =
        texts.iter().map(|(file, text)| (file, names(text, file, &files))).collect();
    names
        .iter()
        .map(|(file, known)| {
            let known = known.all.iter().filter_map(|path| definition(path, &names, 0));
            ((*file).clone(), known.filter(|import| import != *file).collect())
        })
        .collect()
}

/// `text` up to its tests, and the names of modules that are compiled for tests only.
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

/// The file that defines what `path` names, however often it is passed on.
fn definition(path: &[String], names: &BTreeMap<&String, Names>, depth: usize) -> Option<String> {
    let (file, rest) = (1..=path.len())
        .rev()
        .map(|end| (path[..end].join("/"), &path[end..]))
        .find(|(file, _)| names.contains_key(file))?;
    let passed_on = rest.first().and_then(|name| names[&file].passed_on.get(name));
    match passed_on {
        Some(source) if depth < 5 => definition(&[source.as_slice(), &rest[1..]].concat(), names, depth + 1),
        _ => Some(file),
    }
}

fn names(text: &str, file: &str, files: &BTreeSet<String>) -> Names {
    let words = words(text);
    let mut names = Names::default();
    let mut at = 0;
    let mut is_passed_on = false;
    while at < words.len() {
        let mut paths = Vec::new();
        let is_use = words[at] == "use";
        let start = at;
        at += usize::from(is_use);
        tree(&words, &mut at, &[], &mut paths);
        at = at.max(start + 1);
        for (path, name) in paths.into_iter().filter(|(path, _)| is_use || path.len() > 1) {
            let Some(path) = from_root(&path, file, files) else { continue };
            if is_use && is_passed_on {
                names.passed_on.insert(name, path.clone());
            }
            names.all.push(path);
        }
        // `pub use`, `pub(crate) use`, `pub(in crate::repo) use`
        is_passed_on = match words[start] {
            "pub" => true,
            "(" | ")" | "crate" | "super" | "self" | "in" => is_passed_on,
            _ => false,
        };
    }
    names
}

/// Reads a path, or several in braces, with the name that each has here.
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

/// `path` as it stands in `file`, from the root of the crate; `None` if it leads out of the crate, or to what the file has.
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

/// The names and signs of `text`, without comments and literals of text.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if let Some(end) = end_of_raw_text(rest) {
            end
        } else if first == '"' {
            end_of_text(rest)
        } else if first == '\'' {
            end_of_character(rest)
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

/// The length of the raw text, such as `r#"a"#`, that `rest` begins with; `None` where it begins with something else.
fn end_of_raw_text(rest: &str) -> Option<usize> {
    let marked = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'))?;
    let text = marked.trim_start_matches('#').strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(marked.len() - text.len() - 1));
    Some(rest.len() - text.len() + text.find(&end).map_or(text.len(), |at| at + end.len()))
}

/// The length of the text in quotes that `rest` begins with.
fn end_of_text(rest: &str) -> usize {
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

/// The length of the character in quotes that `rest` begins with; of the mark alone where it begins a lifetime.
fn end_of_character(rest: &str) -> usize {
    let mut inside = rest[1..].char_indices();
    match inside.next() {
        Some((_, '\\')) => rest[3..].find('\'').map_or(rest.len(), |at| at + 4),
        _ => inside.next().filter(|(_, c)| *c == '\'').map_or(1, |(at, _)| at + 2),
    }
}

#[test]
fn an_import_is_seen_however_it_is_written() {
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
    let of = |file: &str| {
        let known: BTreeSet<String> =
            all[&file.to_owned()].all.iter().filter_map(|path| definition(path, &all, 0)).collect();
        known.into_iter().filter(|import| import != file).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(of("site"), "site/pages/home site/pages/tag");
    assert_eq!(of("site/pages/home"), "site/words");
    assert_eq!(of("site/pages/tag"), "repo store");
    assert_eq!(of("site/words"), "site/pages/home");
    assert_eq!(of("repo"), "store");
    assert_eq!(of("store"), "");
    assert_eq!(without_tests("a\n#[cfg(test)]\nmod tests;\nb").1, ["tests"]);
}

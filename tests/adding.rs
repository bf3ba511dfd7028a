//! Adding a field type takes one file and one word in a list; adding a query key takes one row. CONTRIBUTING describes
//! both.

use std::{fs, path::Path};

use casebook::internals::{query::KEYS, template::FIELD_TYPES};
use walkdir::WalkDir;

#[test]
fn a_field_type_is_one_file_and_one_word_in_the_list() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files: Vec<String> = fs::read_dir(source.join("template/fields"))
        .unwrap()
        .map(|file| file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .filter(|name| name != "mod")
        .collect();
    files.sort_unstable();
    let mut names: Vec<&str> = FIELD_TYPES.iter().map(|kind| kind.name).collect();
    names.sort_unstable();
    assert_eq!(files, names, "each file has a type of the same name, which is in `field_types!`");
    // Other modules ask a field type for its abilities and never for its name.
    let by_name = |text: &str| text.contains("kind.name ==") || text.contains("kind.name {");
    let users: Vec<_> = WalkDir::new(&source)
        .into_iter()
        .filter_map(Result::ok)
        .filter(|file| file.path().extension().is_some_and(|extension| extension == "rs"))
        .filter(|file| !file.path().starts_with(source.join("template/fields")))
        .filter(|file| by_name(&fs::read_to_string(file.path()).unwrap()))
        .collect();
    assert!(users.is_empty(), "these files compare the name of a field type: {users:?}");
}

#[test]
fn only_the_table_names_the_keys() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let tables = ["src/query/keys.rs", "src/query/facts.rs"];
    // The JSON of tickets and the properties of similar tickets have separate names.
    let others = ["src/search/json.rs", "src/search/similar", "src/search/eval"];
    // Two kinds of values and a file of the index have the same names as keys.
    let kinds = ["service", "sort", "newer"];
    let mut named: Vec<String> = Vec::new();
    let mut read = 0;
    for folder in ["src/query", "src/search", "site/assets/search"] {
        for file in WalkDir::new(root.join(folder)).into_iter().map(Result::unwrap) {
            let path = file.path().strip_prefix(root).unwrap().to_str().unwrap();
            let is_other = || others.iter().any(|other| path.starts_with(other));
            if !file.file_type().is_file() || path.contains("tests") || tables.contains(&path) || is_other() {
                continue;
            }
            let text = fs::read_to_string(file.path()).unwrap();
            read += 1;
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            let is_named = |name: &&str| !kinds.contains(name) && code.contains(&format!("\"{name}\""));
            let names = KEYS.iter().flat_map(|key| [Some(key.name), key.alias]).flatten().filter(is_named);
            named.extend(names.map(|name| format!("{path} names `{name}:`")));
        }
    }
    assert!(read > 40, "{read} files were read");
    assert_eq!(named, Vec::<String>::new(), "a new key must need only a row in the table");
}

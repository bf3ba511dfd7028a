//! Guards against steps that are easily forgotten.

use std::{fs, path::Path};

use walkdir::WalkDir;

#[test]
fn every_test_file_is_in_the_binary() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let main = fs::read_to_string(folder.join("main.rs")).unwrap();
    let names = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let files: Vec<String> = names.filter(|name| name.ends_with(".rs") && name != "main.rs").collect();
    assert!(files.len() > 40, "{files:?}");
    for name in files {
        let module = format!("mod {};", name.trim_end_matches(".rs"));
        assert!(main.contains(&module), "tests/{name} is not listed in tests/main.rs");
    }
}

#[test]
fn the_changelog_has_a_section_for_this_version() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let changelog = fs::read_to_string(root.join("CHANGELOG.md")).unwrap();
    assert!(
        changelog.contains("## Unreleased")
            || changelog.contains(&format!("## {}", env!("CARGO_PKG_VERSION")))
    );
}

#[test]
fn the_folder_of_commands_holds_exactly_the_commands() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cli/commands");
    let names = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut files: Vec<String> = names.map(|name| name.trim_end_matches(".rs").to_owned()).collect();
    files.retain(|name| name != "mod");
    files.sort_unstable();
    let command = casebook::internals::cli::command();
    let mut commands: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
    commands.sort_unstable();
    assert_eq!(files, commands);
}

#[test]
fn json_output_always_has_a_type() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for entry in WalkDir::new(source) {
        let path = entry.unwrap().into_path();
        let is_test = path.components().any(|part| part.as_os_str() == "tests")
            || path.file_name().is_some_and(|name| name.to_string_lossy().ends_with("tests.rs"));
        if path.extension().is_some_and(|extension| extension == "rs") && !is_test {
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
            let untyped =
                ["json!(", "json!{", "json! {", "Json<Value>"].iter().find(|form| code.contains(**form));
            assert_eq!(
                untyped,
                None,
                "{}: define a type for this JSON, in src/api or beside its writer",
                path.display()
            );
        }
    }
}

/// The tests that may sleep, each with the reason.
const SLEEPING: &[(&str, &str)] = &[
    ("waiting.rs", "checks a condition repeatedly"),
    (
        "browser.rs",
        "checks the page repeatedly; the benchmarks include this file, so it cannot use waiting.rs",
    ),
    ("terminal.rs", "checks the screen repeatedly"),
    ("killing.rs", "kills a program at a random moment"),
    ("server.rs", "measures the work of one second"),
];

#[test]
fn texts_that_people_wrote_have_their_own_writing_direction() {
    let tag = regex::Regex::new(r"<[a-z][^<]*>\{\{ [a-z_]+(?:\.[a-z_]+)*\.(?:title|name|label|excerpt) \}\}")
        .unwrap();
    let mut checked = 0;
    for entry in WalkDir::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("site")) {
        let path = entry.unwrap().into_path();
        if path.extension().is_none_or(|extension| extension != "html") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for found in tag.find_iter(&text).map(|found| found.as_str()) {
            checked += 1;
            let has_direction =
                found.contains("dir=\"auto\"") || found.starts_with("<bdi>") || found.starts_with("<title>");
            assert!(has_direction, "{}: add dir=\"auto\" to {found}", path.display());
        }
    }
    assert!(checked > 20, "{checked}");
}

#[test]
fn tests_wait_for_conditions_and_not_for_fixed_times() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let names = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let call = ["thread::", "sleep("].concat();
    let sleeps = |name: &String| fs::read_to_string(folder.join(name)).is_ok_and(|text| text.contains(&call));
    let mut found: Vec<String> = names.filter(sleeps).collect();
    let mut listed: Vec<&str> = SLEEPING.iter().map(|(name, _)| *name).collect();
    found.sort_unstable();
    listed.sort_unstable();
    assert_eq!(found, listed, "use `wait_until`, or add the file to `SLEEPING` with a reason");
}

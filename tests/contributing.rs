//! The examples in CONTRIBUTING compile and work, and each is added by one file and one line.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use walkdir::WalkDir;

const CONTRIBUTING: &str = include_str!("../.github/CONTRIBUTING.md");

/// Returns the code blocks of a section of CONTRIBUTING.
fn examples(section: &str) -> Vec<&'static str> {
    let (_, text) = CONTRIBUTING.split_once(&format!("\n### {section}\n")).unwrap();
    let text = text.split("\n### ").next().unwrap();
    text.split("```rust\n").skip(1).map(|block| block.split("```\n").next().unwrap()).collect()
}

/// A copy of this project.
struct Copy {
    folder: tempfile::TempDir,
}

impl Copy {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        for name in [
            "Cargo.toml",
            "Cargo.lock",
            ".cargo",
            ".github",
            "benches",
            "site",
            "src",
            "tests",
            "ticket-templates",
        ] {
            for entry in WalkDir::new(root.join(name)).into_iter().map(Result::unwrap) {
                let copy = folder.path().join(entry.path().strip_prefix(root).unwrap());
                match entry.file_type().is_dir() {
                    true => fs::create_dir_all(copy).unwrap(),
                    false => drop(fs::copy(entry.path(), copy).unwrap()),
                }
            }
        }
        Self { folder }
    }

    fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    /// Adds a file, and `line` before the line `before` of the list in `list`.
    fn add(&self, file: &str, text: &str, list: &str, before: &str, line: &str) {
        assert!(!self.path(file).exists(), "{file} exists");
        fs::write(self.path(file), text).unwrap();
        self.insert(list, before, line);
    }

    fn insert(&self, list: &str, before: &str, line: &str) {
        let text = fs::read_to_string(self.path(list)).unwrap();
        assert_eq!(text.matches(before).count(), 1, "`{before}` in {list}");
        fs::write(self.path(list), text.replace(before, &format!("{line}{before}"))).unwrap();
    }
}

#[test]
fn every_example_for_contributors_compiles_and_needs_one_file_and_one_line() {
    let copy = Copy::new();
    let rules = "src/check/rules/mod.rs";
    copy.add(
        "src/check/rules/too_many_tags.rs",
        examples("A rule")[0],
        rules,
        "    too_short,\n",
        "    too_many_tags,\n",
    );
    let commands = "src/cli/commands/mod.rs";
    copy.add(
        "src/cli/commands/people.rs",
        examples("A command")[0],
        commands,
        "    man: Man,\n",
        "    people: People,\n",
    );
    let fields = "src/template/fields/mod.rs";
    copy.add(
        "src/template/fields/percent.rs",
        examples("A field type")[0],
        fields,
        "text, number, boolean",
        "percent, ",
    );
    copy.add(
        "src/import/tsv.rs",
        examples("An importer")[0],
        "src/import/mod.rs",
        "    jsonl: Jsonl,\n",
        "    tsv: Tsv,\n",
    );
    let [key, fact] = examples("A query key")[..] else { panic!("a key and a fact") };
    copy.insert("src/query/keys.rs", "    QueryKey {\n        name: \"is\",\n", key);
    copy.insert("src/query/facts.rs", "    fact(\"attachment\",", fact);
    copy.insert("src/ticket/keys.rs", "\"id\", \"is\", \"has\"", "\"first_author\", ");
    // This route exists.
    let route = fs::read_to_string(copy.path("src/server/routes/templates.rs")).unwrap();
    assert_eq!(examples("A route"), [route]);

    // The target folder of this test has all dependencies, so that only the copy is compiled.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let output = Command::new(std::env::var("CARGO").unwrap())
        .args(["test", "--offline", "--locked", "--lib", "--target-dir"])
        .arg(target)
        .args(["--", "check::rules", "template::fields", "query::tests", "import::"])
        .current_dir(copy.folder.path())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains("test result: ok"),
        "{text}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

//! The documentation matches the code. Run the tests with `CASEBOOK_REWRITE=1` to regenerate the parts that come from
//! the code. For the other parts, these tests check that the examples work and that no key is missing.

use std::{fmt::Write as _, fs, path::Path};

use casebook::internals::{
    check::{RULES, Rule},
    query::{KEYS, Query, ValueKind, Vocabulary},
    settings::Settings,
    template::FIELD_TYPES,
    ticket::{ARTICLE_KEYS, CORE_KEYS, REPLY_KEYS, TicketRecord},
};
use walkdir::WalkDir;

use crate::{sandbox::Sandbox, served::Server};

#[track_caller]
fn read(file: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap()
}

/// Asserts that the generated part `part` of `docs/<file>` is `expected`. The text around it is written by hand.
#[track_caller]
fn is_current(file: &str, part: &str, expected: &str) {
    let begin = format!("<!-- {part}: written by the tests, CASEBOOK_REWRITE=1 cargo test reference -->\n");
    let end = format!("<!-- end of {part} -->\n");
    let text = read(&format!("docs/{file}"));
    let parts = text.split_once(&begin).and_then(|(before, rest)| Some((before, rest.split_once(&end)?)));
    let (before, (current, after)) = parts.unwrap_or_else(|| panic!("docs/{file} has no lines {begin}{end}"));
    if std::env::var_os("CASEBOOK_REWRITE").is_some() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(file);
        return fs::write(path, format!("{before}{begin}{expected}{end}{after}")).unwrap();
    }
    assert!(current == expected, "docs/{file} is out of date; run the tests with CASEBOOK_REWRITE=1");
}

#[test]
fn the_list_of_rules_is_current() {
    let mut text = String::from("\n## All rules\n| rule | level | requirement |\n|---|---|---|\n");
    for rule in RULES {
        let wants = rule.requirement.replace('|', "\\|");
        let _ = writeln!(text, "| [`{0}`](#{0}) | {1} | {wants} |", rule.code, rule.level.name());
    }
    text.push_str(
        "\nIn the examples, `-> x` is a symbolic link to `x`, `(11 MB)` a file of that size, and a text that begins with \
         `(Latin-1)` is written in that encoding.\n",
    );
    for rule in RULES {
        let _ =
            write!(text, "\n### {}\n{}\n\n{}\n\n{}\n", rule.code, rule.requirement, rule.why, level_of(rule));
        for (fails, name) in [(true, "Fails"), (false, "Passes")] {
            let Some(case) = rule.cases.iter().find(|case| case.fails == fails) else { continue };
            let _ = write!(text, "\n{name}:\n");
            for (path, contents) in case.files {
                let kind = if path.ends_with(".md") { "markdown" } else { "yaml" };
                let _ = write!(text, "\n`{path}`\n\n````{kind}\n{}\n````\n", contents.trim_end());
            }
        }
    }
    is_current("rules.md", "rules", &text);
}

fn level_of(rule: &Rule) -> String {
    let imported = if rule.warns_on_imports && rule.level.name() == "deny" {
        "; on imported tickets `warn`"
    } else {
        ""
    };
    format!("Level: `{}`{imported}.", rule.level.name())
}

#[test]
fn the_keys_of_queries_are_current() {
    let mut table = String::from("| key | finds | example |\n|---|---|---|\n");
    for key in KEYS {
        let alias = key.alias.map(|alias| format!(", `{alias}:`")).unwrap_or_default();
        let names: Vec<String> =
            key.kind.choices(KEYS).iter().map(|choice| format!("`{}`", choice.name)).collect();
        let values = if names.is_empty() { String::new() } else { format!(": {}", names.join(", ")) };
        let _ = writeln!(table, "| `{}:`{alias} | {}{values} | `{}` |", key.name, key.help, key.example);
    }
    for key in KEYS {
        let ValueKind::Facts(facts) = key.kind else { continue };
        let _ = write!(table, "\nWhat `{}:` finds:\n\n| value | finds |\n|---|---|\n", key.name);
        for fact in facts {
            let _ = writeln!(table, "| `{}` | {} |", fact.name, fact.help);
        }
    }
    is_current("queries.md", "keys", &table);
}

#[test]
fn every_query_in_the_documentation_is_valid() {
    let text = include_str!("../docs/queries.md");
    let spans = text.split('`').skip(1).step_by(2);
    let queries = spans.filter(|span| {
        span.split_once(':').is_some_and(|(key, value)| {
            KEYS.iter().any(|row| row.name == key) && !value.is_empty() && !value.contains(['…', ' '])
        })
    });
    let known = Vocabulary { me: true, ..Vocabulary::default() };
    let mut count = 0;
    for query in queries {
        Query::parse(query, &known).unwrap_or_else(|error| panic!("{error}"));
        count += 1;
    }
    assert!(count > 35, "only {count} queries were found");
}

#[test]
fn the_reference_of_commands_is_current() {
    let mut command = casebook::internals::cli::command().term_width(100);
    command.build();
    let mut text = fenced(&mut command);
    for sub in command.get_subcommands_mut().filter(|sub| sub.get_name() != "help") {
        let _ = write!(text, "\n## {}\n{}", sub.get_name(), fenced(&mut without_common_options(sub)));
        for inner in sub.get_subcommands_mut().filter(|inner| inner.get_name() != "help") {
            text.push_str(&fenced(&mut without_common_options(inner)));
        }
    }
    is_current("commands.md", "commands", &text);
}

/// Removes the options that every command has, because `casebook` itself documents them.
fn without_common_options(command: &clap::Command) -> clap::Command {
    command.clone().mut_args(|arg| {
        let common = arg.is_global_set() || matches!(arg.get_id().as_str(), "help" | "version");
        if common { arg.hide(true) } else { arg }
    })
}

/// Returns the long help without spaces at line ends, in a code block.
fn fenced(command: &mut clap::Command) -> String {
    let text = command.render_long_help().to_string();
    let text = text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    format!("\n```\n{}\n```\n", text.trim())
}

/// Returns the code blocks that follow a line with only a path in `…`, with that path.
fn files_in(text: &str) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(path) = line.strip_prefix('`').and_then(|rest| rest.strip_suffix('`')) else { continue };
        if path.contains('`') || lines.next() != Some("") {
            continue;
        }
        if lines.next().is_some_and(|line| line.starts_with("```")) {
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            files.push((path.to_owned(), format!("{}\n", block.join("\n"))));
        }
    }
    files
}

/// Returns the lines of the first code block of this kind.
fn block_of(text: &str, kind: &str) -> String {
    let start = format!("```{kind}\n");
    let (_, rest) = text.split_once(&start).unwrap_or_else(|| panic!("there is no block {kind}"));
    rest.split_once("```\n").unwrap().0.to_owned()
}

/// Creates the repository that the page about formats shows.
fn documented() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.git(".", "init -q team");
    let files = files_in(&read("docs/formats.md"));
    assert_eq!(files.len(), 6, "a ticket, a reply, a template, a canned response, an article, settings");
    for (path, contents) in files {
        sandbox.write(format!("team/{path}"), contents);
    }
    sandbox
}

#[test]
fn the_examples_of_the_formats_pass_the_check() {
    let sandbox = documented();
    sandbox.casebook("team", "check").ok().says(&["6 files checked, no problems"]);
    let ticket = block_of(&read("docs/formats.md"), "json");
    let mut shown = sandbox.show("team", "invoice-export-times-out-k7f3qa");
    for key in ["body", "replies", "original_answer"] {
        assert!(shown.as_object_mut().unwrap().remove(key).is_some(), "{key}");
    }
    assert_eq!(serde_json::from_str::<serde_json::Value>(&ticket).unwrap(), shown);
}

#[test]
fn the_routes_of_the_api_are_current() {
    let document: serde_json::Value =
        serde_json::from_str(&casebook::internals::server::openapi_document()).unwrap();
    let mut table = String::from("| request | what it does |\n|---|---|\n");
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let names =
                parameters.filter(|parameter| parameter["in"] == "query").map(|parameter| &parameter["name"]);
            let names: Vec<String> = names.map(|name| format!("{}=", name.as_str().unwrap())).collect();
            let query = if names.is_empty() { String::new() } else { format!("?{}", names.join("&")) };
            let summary = operation["summary"].as_str().unwrap();
            let _ = writeln!(table, "| `{} {path}{query}` | {summary} |", method.to_uppercase());
        }
    }
    is_current("api.md", "routes", &table);
}

#[test]
fn the_examples_of_the_api_are_correct() {
    let sandbox = documented();
    let server = Server::start(&sandbox, "");
    let text = read("docs/api.md");
    let examples = text.split("```sh\n").skip(1).map(|rest| rest.split_once("```").unwrap().0);
    let parts = ["search", "similar", "error"];
    assert_eq!(examples.clone().count(), parts.len());
    for (part, example) in parts.into_iter().zip(examples) {
        let output = sandbox.sh("team", &example.replace("http://127.0.0.1:4177/", &server.url)).ok();
        is_current("api.md", part, &format!("```json\n{}\n```\n", output.out.trim_end()));
    }
}

#[test]
fn the_example_of_an_import_can_be_imported() {
    let sandbox = documented();
    let lines = block_of(&read("docs/formats.md"), "jsonl");
    let import = || sandbox.casebook("team", "import jsonl -").input(lines.clone()).ok();
    import().says(&["2 tickets and 2 replies: 4 files new or changed, 0 unchanged"]);
    import().says(&["0 files new or changed, 4 unchanged"]);
    sandbox.casebook("team", "check").ok();
    let other = sandbox.show("team", "t-1611120");
    assert_eq!((&other["source"], &other["duplicate_of"]), (&"1611120".into(), &"flux-115".into()));
    assert_eq!(sandbox.show("team", "flux-115")["fields"]["x_status"], "Done");
}

#[test]
fn every_key_is_documented() {
    let text = read("docs/formats.md");
    let (_, import) = text.split_once("## Import and export").unwrap();
    let keys_of =
        |value: serde_json::Value| -> Vec<String> { value.as_object().unwrap().keys().cloned().collect() };
    let in_table = |text: &str, key: &str| {
        text.lines().any(|line| {
            line.strip_prefix("| ")
                .and_then(|line| line.split(" | ").next())
                .is_some_and(|first| first.split(", ").any(|name| name == format!("`{key}`")))
        })
    };
    let types = FIELD_TYPES.iter().map(|kind| kind.name);
    for key in CORE_KEYS.iter().chain(REPLY_KEYS).chain(ARTICLE_KEYS).copied().chain(types) {
        assert!(in_table(&text, key), "`{key}` is in no table of docs/formats.md");
    }
    for key in keys_of(serde_json::to_value(Settings::default()).unwrap()) {
        assert!(in_table(&text, &key), "the setting `{key}` is in no table of docs/formats.md");
    }
    for key in keys_of(serde_json::to_value(TicketRecord::default()).unwrap()) {
        assert!(in_table(import, &key), "`{key}` of imports is in no table of docs/formats.md");
    }
}

#[test]
fn the_workflows_in_the_documentation_match_those_of_init() {
    let sandbox = Sandbox::new();
    sandbox.casebook(".", "init team").ok();
    let files = files_in(&read("docs/pull-requests.md"));
    for path in [".github/workflows/casebook.yml", ".github/workflows/casebook-comment.yml"] {
        let written = sandbox.read(format!("team/{path}"));
        let steps: String =
            written.lines().filter(|line| !line.starts_with('#')).map(|line| format!("{line}\n")).collect();
        let (_, shown) = files.iter().find(|(file, _)| file == path).unwrap();
        assert_eq!(*shown, steps);
    }
}

#[test]
fn no_page_has_a_broken_link() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages = vec!["README.md".to_owned()];
    for entry in WalkDir::new(root.join("docs")).into_iter().map(Result::unwrap) {
        if entry.file_type().is_file() {
            pages.push(entry.path().strip_prefix(root).unwrap().display().to_string());
        }
    }
    let mut links = 0;
    for page in pages {
        // Links in a code block are examples.
        let text = read(&page);
        let text: String = text.split("```").step_by(2).collect();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.contains("://") {
                continue;
            }
            links += 1;
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() {
                root.join(&page)
            } else {
                root.join(&page).parent().unwrap().join(file)
            };
            assert!(target.exists(), "{page} links to {link}, which does not exist");
            let has_heading = heading.is_empty()
                || headings(&fs::read_to_string(&target).unwrap()).contains(&heading.to_owned());
            assert!(has_heading, "{page} links to {link}, but that page has no such heading");
        }
    }
    assert!(links > 20, "{links} links were followed");
}

/// Returns the anchors that a forge creates for the headings of a page.
fn headings(text: &str) -> Vec<String> {
    let lines = text.lines().filter(|line| line.starts_with('#'));
    lines
        .map(|line| {
            let characters = line.trim_start_matches('#').trim().chars();
            characters
                .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-'))
                .map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() })
                .collect()
        })
        .collect()
}

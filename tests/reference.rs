//! The parts of the documentation that the code itself says. `CASEBOOK_REWRITE=1` writes them anew.

use std::{fmt::Write as _, fs, path::Path};

use casebook::{
    check::RULES,
    search::query::{KEYS, Known, Query, ValueKind},
};

#[track_caller]
fn is_current(file: &str, wanted: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(file);
    if std::env::var_os("CASEBOOK_REWRITE").is_some() {
        fs::write(&path, wanted).unwrap();
    }
    let there = fs::read_to_string(&path).unwrap_or_default();
    assert!(there == wanted, "docs/{file} is not what the code says; run the tests with CASEBOOK_REWRITE=1");
}

#[test]
fn the_list_of_rules_is_current() {
    let mut text = String::from(
        "# Rules\n\nWhat `casebook check` can find. `casebook explain RULE` says the same in the terminal. The level of a rule\n\
         is `deny` (exit status 1), `warn` or `allow`; `levels` in `casebook.yml` changes it:\n\n```yaml\nlevels: { unknown-person: allow }\n```\n\n\
         Rules about references and content are never more than a warning on imported tickets (template `imported`).\n\n\
         <!-- Written by the tests: CASEBOOK_REWRITE=1 cargo test reference -->\n\n| rule | level | wants |\n|---|---|---|\n",
    );
    for rule in RULES {
        let _ = writeln!(
            text,
            "| [`{0}`](#{0}) | {1} | {2} |",
            rule.code,
            rule.level.name(),
            rule.wants.replace('|', "\\|")
        );
    }
    for rule in RULES {
        let _ = write!(text, "\n## {}\n{}\n\n{}\n", rule.code, rule.wants, rule.why);
        for (fails, name) in [(true, "Fails"), (false, "Passes")] {
            let Some(case) = rule.cases.iter().find(|case| case.fails == fails) else { continue };
            let _ = write!(text, "\n{name}:\n");
            for (path, contents) in case.files {
                let _ = write!(text, "\n`{path}`\n\n````\n{}\n````\n", contents.trim_end());
            }
        }
    }
    is_current("rules.md", &text);
}

#[test]
fn the_keys_of_queries_are_current() {
    const BEGIN: &str = "<!-- keys: written by the tests, CASEBOOK_REWRITE=1 cargo test reference -->\n";
    const END: &str = "<!-- end of keys -->\n";
    let mut table = String::from("| key | finds | example |\n|---|---|---|\n");
    for row in KEYS {
        let alias = row.alias.map(|alias| format!(", `{alias}:`")).unwrap_or_default();
        let values = match row.kind {
            ValueKind::Choice(choices) | ValueKind::Ordered(choices) => {
                let names: Vec<String> = choices.iter().map(|choice| format!("`{}`", choice.name)).collect();
                format!(": {}", names.join(", "))
            }
            _ => String::new(),
        };
        let _ = writeln!(table, "| `{}:`{alias} | {}{values} | `{}` |", row.name, row.help, row.example);
    }
    for (key, what) in [("is", "What `is:` finds"), ("has", "What `has:` finds")] {
        let row = KEYS.iter().find(|row| row.name == key).unwrap();
        let ValueKind::Choice(choices) = row.kind else { panic!("`{key}:` has a closed set of values") };
        let _ = write!(table, "\n{what}:\n\n| value | finds |\n|---|---|\n");
        for choice in choices {
            let _ = writeln!(table, "| `{}` | {} |", choice.name, choice.help);
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/queries.md");
    let there = fs::read_to_string(path).unwrap();
    let (before, rest) = there.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    is_current("queries.md", &format!("{before}{BEGIN}{table}{END}{after}"));
}

#[test]
fn every_query_of_the_documentation_is_one() {
    let text = include_str!("../docs/queries.md");
    let spans = text.split('`').skip(1).step_by(2);
    let queries = spans.filter(|span| {
        span.split_once(':').is_some_and(|(key, value)| {
            KEYS.iter().any(|row| row.name == key) && !value.is_empty() && !value.contains(['…', ' '])
        })
    });
    let known = Known { me: true, ..Known::default() };
    let mut count = 0;
    for query in queries {
        Query::parse(query, &known).unwrap_or_else(|error| panic!("{error}"));
        count += 1;
    }
    assert!(count > 35, "only {count} queries were found");
}

#[test]
fn the_reference_of_commands_is_current() {
    let mut command = casebook::cli::command().term_width(100);
    command.build();
    let mut text = String::from(
        "# Commands\n\nWhat `casebook help` says.\n\n<!-- Written by the tests: CASEBOOK_REWRITE=1 cargo test reference -->\n",
    );
    let _ = write!(text, "\n```\n{}\n```\n", help(&mut command));
    for sub in command.get_subcommands_mut().filter(|sub| sub.get_name() != "help") {
        let name = sub.get_name().to_owned();
        let _ = write!(text, "\n## {name}\n\n```\n{}\n```\n", help(sub));
        for inner in sub.get_subcommands_mut().filter(|inner| inner.get_name() != "help") {
            let _ = write!(text, "\n```\n{}\n```\n", help(inner));
        }
    }
    is_current("commands.md", &text);
}

/// The long help without the options that every command has, and without spaces at line ends.
fn help(command: &mut clap::Command) -> String {
    let text = command.render_long_help().to_string();
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim().to_owned()
}

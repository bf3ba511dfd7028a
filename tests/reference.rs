//! The parts of the documentation that the code itself says. `CASEBOOK_REWRITE=1` writes them anew.

use std::{fmt::Write as _, fs, path::Path};

use casebook::check::RULES;

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

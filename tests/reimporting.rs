//! A repeated import: files that a user changed, redacted, moved or deleted since the last import are not changed, and
//! are listed.

use std::{collections::BTreeMap, fs, path::PathBuf};

use serde_json::{Value as Json, json};
use walkdir::WalkDir;

use crate::sandbox::{CommandOutput, Sandbox};

const A: &str = "team/tickets/2026/03/ops-1.md";
const B: &str = "team/tickets/2026/03/ops-2.md";

/// Returns a ticket with two replies, one with three, and one without replies.
fn tickets() -> Vec<Json> {
    let reply = |author: &str, hour: u8, body: &str| json!({ "author": author, "created": format!("2026-03-02T{hour}:00:00Z"), "body": body });
    vec![
        json!({
            "id": "OPS-1", "title": "Export times out", "created": "2026-03-01T10:00:00Z", "service": "billing-export",
            "body": "It stops after 30 seconds.", "replies": [reply("mei", 10, "Which file?"), reply("lena", 11, "All of them.")]
        }),
        json!({
            "id": "OPS-2", "title": "Login fails", "created": "2026-03-01T10:00:00Z", "body": "The page is blank.",
            "replies": [reply("mei", 10, "First."), reply("omar", 11, "Second."), reply("ann", 12, "Third.")]
        }),
        json!({ "id": "OPS-3", "title": "Nothing else", "created": "2026-03-01T10:00:00Z", "service": "warehouse", "body": "x" }),
    ]
}

fn lines(tickets: &[Json]) -> String {
    tickets.iter().map(|ticket| format!("{ticket}\n")).collect()
}

/// Creates a repository with the tickets, imported from `in.jsonl` and not committed.
fn imported() -> Sandbox {
    let sandbox = Sandbox::with_team();
    sandbox.write("in.jsonl", lines(&tickets()));
    sandbox.casebook("team", "import jsonl ../in.jsonl").ok().says(&["8 files new or changed, 0 unchanged"]);
    sandbox
}

/// Returns all files except git's own.
fn files(sandbox: &Sandbox) -> BTreeMap<PathBuf, Vec<u8>> {
    let entries = WalkDir::new(sandbox.path("team")).into_iter();
    let entries = entries.filter_entry(|entry| entry.file_name() != ".git").flatten();
    let files = entries.filter(|entry| entry.file_type().is_file());
    files.map(|entry| (entry.path().to_owned(), fs::read(entry.path()).unwrap())).collect()
}

/// Imports again. Asserts that no file is changed and that exactly `named` are listed.
#[track_caller]
fn leaves_alone(sandbox: &Sandbox, named: &[&str]) -> CommandOutput {
    let before = files(sandbox);
    let output = sandbox.casebook("team", "import jsonl ../in.jsonl").fails(1);
    let listed = output.err.lines().filter(|line| line.contains("left alone: ")).count();
    assert_eq!(listed, named.len(), "{output:#?}");
    for name in named {
        assert!(output.err.contains(name), "{name} is not named in {output:#?}");
    }
    let after = files(sandbox);
    for path in before.keys().chain(after.keys()) {
        assert!(before.get(path) == after.get(path), "{} was changed", path.display());
    }
    output
}

/// Imports again with `--theirs`. Asserts that all files are as after the first import.
#[track_caller]
fn theirs_restores(sandbox: &Sandbox, first: &BTreeMap<PathBuf, Vec<u8>>) {
    sandbox.casebook("team", "import jsonl ../in.jsonl --theirs").ok();
    assert!(files(sandbox) == *first);
    sandbox.casebook("team", "import jsonl ../in.jsonl").ok().says(&["0 files new or changed, 8 unchanged"]);
}

/// Returns the only file in `folder` whose name contains `part`.
fn file_with(sandbox: &Sandbox, folder: &str, part: &str) -> String {
    let names = fs::read_dir(sandbox.path(folder)).unwrap().map(|entry| entry.unwrap().file_name());
    let names: Vec<String> = names.map(|name| name.into_string().unwrap()).collect();
    let mut found = names.iter().filter(|name| name.contains(part));
    let name = found.next().unwrap_or_else(|| panic!("no {part} among {names:?}"));
    assert_eq!(found.next(), None, "{names:?}");
    format!("{folder}/{name}")
}

/// Changes the tickets at the source.
fn at_the_source(sandbox: &Sandbox, change: impl FnOnce(&mut Vec<Json>)) {
    let mut tickets = tickets();
    change(&mut tickets);
    sandbox.write("in.jsonl", lines(&tickets));
}

fn replies(ticket: &mut Json) -> &mut Vec<Json> {
    ticket["replies"].as_array_mut().unwrap()
}

#[test]
fn an_uncommitted_correction_is_not_overwritten() {
    let sandbox = imported();
    let first = files(&sandbox);
    sandbox.write(A, sandbox.read(A).replace("30 seconds", "45 seconds"));
    leaves_alone(&sandbox, &["tickets/2026/03/ops-1.md was changed"]);
    leaves_alone(&sandbox, &["tickets/2026/03/ops-1.md was changed"]);
    theirs_restores(&sandbox, &first);
}

#[test]
fn a_redacted_reply_stays_redacted_when_the_source_changes() {
    let sandbox = imported();
    let reply = file_with(&sandbox, "team/tickets/2026/03/ops-1", "-001-mei-");
    sandbox.write(&reply, sandbox.read(&reply).replace("Which file?", "[redacted]"));
    sandbox.commit("team", "imported");
    at_the_source(&sandbox, |tickets| {
        replies(&mut tickets[0])[0]["body"] = "Which file was it?".into();
        tickets[2]["title"] = "Something else".into();
    });
    sandbox
        .casebook("team", "import jsonl ../in.jsonl")
        .fails(1)
        .says(&["-001-mei-", "1 file new or changed"]);
    assert!(sandbox.read(&reply).contains("[redacted]"));
    assert!(sandbox.read("team/tickets/2026/03/ops-3.md").contains("Something else"));
    sandbox.casebook("team", "import jsonl ../in.jsonl --theirs").ok();
    assert!(sandbox.read(&reply).contains("Which file was it?"));
}

#[test]
fn a_deleted_ticket_stays_deleted_even_when_its_source_gets_replies() {
    let sandbox = imported();
    let first = files(&sandbox);
    fs::remove_file(sandbox.path(A)).unwrap();
    fs::remove_dir_all(sandbox.path("team/tickets/2026/03/ops-1")).unwrap();
    leaves_alone(&sandbox, &["tickets/2026/03/ops-1.md was deleted or moved"]);
    sandbox.commit("team", "imported, without ops-1");
    at_the_source(&sandbox, |tickets| {
        let mut reply = replies(&mut tickets[0])[0].clone();
        reply["created"] = "2026-03-05T10:00:00Z".into();
        replies(&mut tickets[0]).push(reply);
        // A different ticket at the source that would get the same id is imported.
        tickets.push(
            json!({ "id": "ops_1", "title": "Another", "created": "2026-03-01T10:00:00Z", "body": "x" }),
        );
    });
    let output = sandbox.casebook("team", "import jsonl ../in.jsonl --format json").fails(1).json();
    assert_eq!(output["written"], 1);
    assert_eq!(output["left_alone"], json!([{ "path": "tickets/2026/03/ops-1.md", "reason": "missing" }]));
    assert!(!sandbox.path(A).exists() && !sandbox.path("team/tickets/2026/03/ops-1").exists());
    let other = file_with(&sandbox, "team/tickets/2026/03", "ops-1-");
    assert!(sandbox.read(&other).contains("source: ops_1"));
    // With `--theirs`, all of it is restored.
    fs::remove_file(sandbox.path(&other)).unwrap();
    at_the_source(&sandbox, |_| ());
    sandbox.casebook("team", "import jsonl ../in.jsonl --theirs").ok();
    let ticket = |files: &BTreeMap<PathBuf, Vec<u8>>| files.get(&sandbox.path(A)).cloned();
    assert!(ticket(&first) == ticket(&files(&sandbox)));
}

#[test]
fn a_deleted_reply_stays_deleted() {
    let sandbox = imported();
    let first = files(&sandbox);
    fs::remove_file(sandbox.path(file_with(&sandbox, "team/tickets/2026/03/ops-2", "-002-"))).unwrap();
    leaves_alone(&sandbox, &["-002-omar-"]);
    theirs_restores(&sandbox, &first);
}

#[test]
fn a_moved_ticket_is_recognised_and_a_renamed_reply_is_not_duplicated() {
    let sandbox = imported();
    sandbox.commit("team", "imported");
    sandbox.git("team", "mv tickets/2026/03/ops-2.md tickets/login.md");
    sandbox.git("team", "mv tickets/2026/03/ops-2 tickets/login");
    sandbox.casebook("team", "import jsonl ../in.jsonl").ok().says(&["0 files new or changed, 8 unchanged"]);
    at_the_source(&sandbox, |tickets| tickets[1]["body"] = "The page is white.".into());
    sandbox.casebook("team", "import jsonl ../in.jsonl").ok().says(&["1 file new or changed"]);
    assert!(
        sandbox.read("team/tickets/login.md").contains("The page is white.") && !sandbox.path(B).exists()
    );
    // A correction at the new path is recognised as well.
    sandbox.write("team/tickets/login.md", sandbox.read("team/tickets/login.md").replace("white", "black"));
    leaves_alone(&sandbox, &["tickets/login.md was changed"]);
    sandbox.casebook("team", "import jsonl ../in.jsonl --theirs").ok();
    let reply = file_with(&sandbox, "team/tickets/login", "-002-");
    fs::rename(sandbox.path(&reply), sandbox.path("team/tickets/login/second.md")).unwrap();
    leaves_alone(&sandbox, &["-002-omar-"]);
}

#[test]
fn a_ticket_without_its_source_key_is_recognised_by_its_path() {
    let sandbox = imported();
    sandbox.write(A, sandbox.read(A).replace("source: OPS-1\n", ""));
    leaves_alone(&sandbox, &["tickets/2026/03/ops-1.md was changed"]);
}

#[test]
fn a_reply_deleted_at_the_source_is_removed_and_local_changes_stay() {
    let delete_the_second = |sandbox: &Sandbox| {
        at_the_source(sandbox, |tickets| drop(replies(&mut tickets[1]).remove(1)));
    };
    let folder = "team/tickets/2026/03/ops-2";
    // Without local changes, the third reply moves up.
    let sandbox = imported();
    delete_the_second(&sandbox);
    sandbox
        .casebook("team", "import jsonl ../in.jsonl")
        .ok()
        .says(&["2 removed because the source removed them"]);
    assert_eq!(fs::read_dir(sandbox.path(folder)).unwrap().count(), 2);
    assert!(sandbox.read(file_with(&sandbox, folder, "-002-ann-")).contains("Third."));
    sandbox.casebook("team", "import jsonl ../in.jsonl").ok().says(&["0 files new or changed"]);

    // A redacted third reply does not come back under its new name.
    let sandbox = imported();
    let third = file_with(&sandbox, folder, "-003-ann-");
    sandbox.write(&third, sandbox.read(&third).replace("Third.", "[redacted]"));
    delete_the_second(&sandbox);
    sandbox.casebook("team", "import jsonl ../in.jsonl").fails(1).says(&["-003-ann-", "was changed"]);
    let all: String =
        files(&sandbox).values().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect();
    assert!(!all.contains("Third.") && !all.contains("Second."), "{all}");

    // The third reply was deleted, or the reply that was deleted at the source was changed.
    let sandbox = imported();
    fs::remove_file(sandbox.path(file_with(&sandbox, folder, "-003-ann-"))).unwrap();
    let second = file_with(&sandbox, folder, "-002-omar-");
    sandbox.write(&second, sandbox.read(&second).replace("Second.", "Second, corrected."));
    delete_the_second(&sandbox);
    sandbox.casebook("team", "import jsonl ../in.jsonl").fails(1).says(&["-003-ann-", "-002-omar-"]);
    assert_eq!(fs::read_dir(sandbox.path(folder)).unwrap().count(), 2);
    assert!(sandbox.read(&second).contains("corrected"));
}

#[test]
fn a_removed_service_is_not_added_again() {
    let sandbox = imported();
    let settings = sandbox.read("team/casebook.yml");
    sandbox.write("team/casebook.yml", settings.replace("  warehouse: {}\n", ""));
    leaves_alone(&sandbox, &["somebody removed the service `warehouse`"]);
    sandbox.casebook("team", "import jsonl ../in.jsonl --theirs").ok();
    assert_eq!(sandbox.read("team/casebook.yml"), settings);
}

#[test]
fn without_a_lock_every_file_that_differs_counts_as_changed() {
    let sandbox = imported();
    fs::remove_file(sandbox.path("team/imports/in.lock")).unwrap();
    sandbox.write(A, sandbox.read(A).replace("30 seconds", "45 seconds"));
    at_the_source(&sandbox, |tickets| tickets[2]["title"] = "Something else".into());
    let output = sandbox.casebook("team", "import jsonl ../in.jsonl").fails(1);
    let output =
        output.says(&["ops-1.md was changed", "ops-3.md was changed", "0 files new or changed, 6 unchanged"]);
    assert!(sandbox.read(A).contains("45 seconds"), "{output:?}");
    // Files that are up to date are recognised from then on.
    fs::remove_file(sandbox.path(B)).unwrap();
    sandbox.casebook("team", "import jsonl ../in.jsonl").fails(1).says(&["ops-2.md was deleted"]);
}

#[test]
fn an_import_without_its_lock_is_completed_and_later_changes_stay() {
    let sandbox = Sandbox::with_team();
    sandbox.write("in.jsonl", lines(&tickets()));
    // A folder at the path of the lock: the files are written, and the lock is not.
    fs::create_dir_all(sandbox.path("team/imports/in.lock/x")).unwrap();
    sandbox.casebook("team", "import jsonl ../in.jsonl").fails(2).says(&["in.lock"]);
    fs::remove_dir_all(sandbox.path("team/imports")).unwrap();
    let first = sandbox.read(A);
    sandbox.write(A, first.replace("30 seconds", "45 seconds"));
    fs::remove_file(sandbox.path("team/tickets/2026/03/ops-3.md")).unwrap();
    // It is unknown whether a missing file was ever written, so it is written again, with a message.
    at_the_source(&sandbox, |tickets| tickets[1]["title"] = "Login fails for all".into());
    sandbox.casebook("team", "import jsonl ../in.jsonl").fails(1).says(&[
        "ops-1.md was changed",
        "completed an import that was interrupted",
        "2 files new or changed, 5 unchanged",
    ]);
    assert!(sandbox.read(A).contains("45 seconds") && sandbox.read(B).contains("Login fails for all"));
    leaves_alone(&sandbox, &["ops-1.md was changed"]);
    fs::remove_file(sandbox.path("team/tickets/2026/03/ops-3.md")).unwrap();
    leaves_alone(&sandbox, &["ops-1.md was changed", "ops-3.md was deleted"]);
}

#[test]
fn two_imports_with_the_same_tickets_respect_each_other() {
    let sandbox = imported();
    let mut newer = tickets();
    newer[0]["title"] = "Export times out for all".into();
    newer.remove(1);
    replies(&mut newer[0]).pop();
    sandbox.write("newer.jsonl", lines(&newer));
    fs::remove_file(sandbox.path("team/tickets/2026/03/ops-3.md")).unwrap();
    // Unchanged files of the first import are updated; deleted files are not restored; replies that are missing in the
    // second file belong to the first import.
    sandbox
        .casebook("team", "import jsonl ../newer.jsonl")
        .fails(1)
        .says(&["ops-3.md was deleted", "1 file new or changed, 1 unchanged"]);
    assert!(sandbox.read(A).contains("Export times out for all"));
    assert_eq!(fs::read_dir(sandbox.path("team/tickets/2026/03/ops-1")).unwrap().count(), 2);
    // Each file has one line, with the import that wrote it last. Reverting that import's change by hand is a local
    // change.
    let of_ops_1 = |lock: &str| sandbox.read(lock).matches("ops-1.md\t").count();
    assert_eq!((of_ops_1("team/imports/in.lock"), of_ops_1("team/imports/newer.lock")), (0, 1));
    sandbox.write(A, sandbox.read(A).replace("times out for all", "times out"));
    sandbox.casebook("team", "import jsonl ../newer.jsonl").fails(1).says(&["ops-1.md was changed"]);
    assert!(!sandbox.read(A).contains("for all"));
}

#[test]
fn locks_of_two_branches_merge_and_a_conflict_is_named() {
    let sandbox = imported();
    sandbox.commit("team", "imported");
    sandbox.git("team", "checkout -q -b other");
    at_the_source(&sandbox, |tickets| tickets[0]["title"] = "Export times out for all".into());
    sandbox.casebook("team", "import jsonl ../in.jsonl").ok();
    sandbox.commit("team", "one");
    sandbox.git("team", "checkout -q main");
    at_the_source(&sandbox, |tickets| tickets[2]["title"] = "Nothing more".into());
    sandbox.casebook("team", "import jsonl ../in.jsonl").ok();
    sandbox.commit("team", "two");
    sandbox.git("team", "merge -q -m merged other");
    at_the_source(&sandbox, |tickets| {
        tickets[0]["title"] = "Export times out for all".into();
        tickets[2]["title"] = "Nothing more".into();
    });
    sandbox.casebook("team", "import jsonl ../in.jsonl").ok().says(&["0 files new or changed, 8 unchanged"]);
    assert_eq!(sandbox.git("team", "status --porcelain"), "");

    let lock = sandbox.read("team/imports/in.lock");
    let line = lock.lines().find(|line| line.contains("ops-3.md")).unwrap().to_owned();
    sandbox.write("team/imports/in.lock", lock.replace(&line, &format!("<<<<<<< HEAD\n{line}")));
    sandbox
        .casebook("team", "import jsonl ../in.jsonl")
        .fails(2)
        .says(&["imports/in.lock", "keeping the lines of both"]);
    // Both lines of a file are kept: an import wrote either state.
    let other = line.replacen('\t', "\t0", 1);
    sandbox.write("team/imports/in.lock", lock.replace(&line, &format!("{line}\n{other}")));
    at_the_source(&sandbox, |tickets| tickets[0]["title"] = "Export times out for all".into());
    sandbox.casebook("team", "import jsonl ../in.jsonl").ok().says(&["1 file new or changed, 7 unchanged"]);
}

#[test]
fn the_lock_is_named_after_the_file_or_by_an_option() {
    let sandbox = Sandbox::with_team();
    let text = lines(&tickets());
    sandbox.write("Old Jira.2026.jsonl", &text);
    sandbox.casebook("team", "import jsonl '../Old Jira.2026.jsonl'").ok();
    sandbox.casebook("team", "import jsonl -").input(text.clone()).ok();
    let locks = |sandbox: &Sandbox| {
        let names =
            fs::read_dir(sandbox.path("team/imports")).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<String> = names.map(|name| name.into_string().unwrap()).collect();
        names.sort();
        names
    };
    assert_eq!(locks(&sandbox), ["old-jira-2026.lock"], "the second import has no files to add to a lock");
    fs::remove_dir_all(sandbox.path("team/imports")).unwrap();
    sandbox.casebook("team", "import jsonl -").input(text.clone()).ok();
    sandbox.casebook("team", "import jsonl - --name ../x").input(text).fails(2).says(&["not a valid name"]);
    assert_eq!(locks(&sandbox), ["jsonl.lock"]);
}

#[test]
fn endless_input_is_refused() {
    let sandbox = Sandbox::with_team();
    sandbox
        .casebook("team", "import jsonl /dev/zero")
        .fails(2)
        .says(&["line 1 is longer than 64 MiB", "nothing was imported"]);
    assert_eq!(sandbox.git("team", "status --porcelain"), "");
}

#[test]
fn a_link_or_folder_instead_of_a_file_is_a_local_change() {
    let sandbox = imported();
    fs::remove_file(sandbox.path(A)).unwrap();
    std::os::unix::fs::symlink(sandbox.path("in.jsonl"), sandbox.path(A)).unwrap();
    let source = sandbox.read("in.jsonl");
    sandbox.casebook("team", "import jsonl ../in.jsonl").fails(1).says(&["ops-1.md was changed"]);
    sandbox.casebook("team", "import jsonl ../in.jsonl --theirs").fails(2).says(&["is a symbolic link"]);
    assert_eq!(sandbox.read("in.jsonl"), source);
}

//! `casebook check`, `casebook explain`: what a ticket must say, and what a change is answerable for.

use std::{fs, path::Path};

use casebook::repo::{Environment, install_pre_receive};

use crate::check_sandbox::Sandbox;

const TICKET: &str = "---
title: Totals of credit notes show -0.00
template: question
service: billing
requester: lena
created: 2026-11-22T09:14:00Z
---
## Question
Why do the totals of credit notes show -0.00 in the PDF?
## What I tried
The web view, which shows 0.00 for the same invoice.
";

/// Nothing is wrong with it but that it resolves.
const RESOLVED: &str = "---
author: mei
created: 2026-11-23T10:00:00Z
status: resolved
resolution: answered
---
## Answer
The PDF rounds after the sign is set; version 2.14.1 does not.
";

const BROKEN: &str = "---
title: Please help!
template: question
servce: billing
requester: lena
created: 2026-11-22T09:14:00Z
priority: hihg
---
## Question
n/a
";

fn with_ticket() -> Sandbox {
    let sandbox = Sandbox::casebook();
    sandbox.by("Lena", "lena@acme.example").file("a/tickets/good.md", TICKET).commit("a", "ticket");
    sandbox.by("Mei Lin", "mei@acme.example");
    sandbox
}

#[test]
fn every_finding_is_told_at_once_with_its_place_and_the_way_out() {
    let sandbox = with_ticket();
    sandbox.file("a/tickets/bad.md", BROKEN).file("a/tickets/bad/r.md", "---\nassignee: @mei\n---\n");
    let run = sandbox.run("a", "check --format short").exits(1);
    assert_eq!(
        run.found(),
        [
            "tickets/bad.md weak-title",
            "tickets/bad.md missing-field",
            "tickets/bad.md missing-section",
            "tickets/bad.md unknown-key",
            "tickets/bad.md bad-value",
            "tickets/bad.md placeholder",
            "tickets/bad/r.md unsigned-reply",
            "tickets/bad/r.md unsigned-reply",
            "tickets/bad/r.md broken-yaml",
        ]
    );
    sandbox.run("a", "check").exits(1).prints(&[
        "error[unknown-key]: `servce` is not a key that is known here",
        " --> tickets/bad.md:4:1",
        "4 | servce: billing",
        "help: write `service`",
        "8 errors, 1 warning in 2 files",
    ]);
}

#[test]
fn where_nothing_is_wrong_nothing_is_printed() {
    with_ticket().run("a", "check").exits(0).prints_nothing().says(&["nothing to mend in 2 files"]);
    with_ticket().run("a", "check --quiet").exits(0).prints_nothing().keeps_quiet_about(&["nothing"]);
}

#[test]
fn warnings_alone_leave_the_exit_status_at_0_and_settings_change_levels() {
    let sandbox = with_ticket();
    sandbox.replace("a/tickets/good.md", "requester: lena", "requester: lnea");
    sandbox.run("a", "check").exits(0).prints(&["warning[unknown-person]", "1 warning in 1 file"]);
    let settings = sandbox.read("a/casebook.yml");
    sandbox.file("a/casebook.yml", format!("{settings}levels: {{ unknown-person: deny }}\n"));
    sandbox.run("a", "check").exits(1).prints(&["error[unknown-person]", "1 error in 1 file"]);
    sandbox.file("a/casebook.yml", format!("{settings}levels: {{ unknown-person: allow }}\n"));
    sandbox.run("a", "check").exits(0).prints_nothing();
}

#[test]
fn programs_get_one_json_document() {
    let sandbox = with_ticket();
    sandbox.file("a/tickets/bad.md", BROKEN);
    let json = sandbox.run("a", "check --format json").exits(1).json();
    assert_eq!(
        (json["errors"].as_u64(), json["warnings"].as_u64(), json["files"].as_u64()),
        (Some(5), Some(1), Some(1))
    );
    let key =
        json["findings"].as_array().unwrap().iter().find(|finding| finding["code"] == "unknown-key").unwrap();
    assert_eq!(
        (key["path"].as_str(), key["line"].as_u64(), key["column"].as_u64()),
        (Some("tickets/bad.md"), Some(4), Some(1))
    );
    assert_eq!(key["fix"]["edits"][0]["replacement"], "service");
    let empty = sandbox.remove("a/tickets/bad.md").run("a", "check --format json").exits(0).json();
    assert_eq!(empty.to_string(), r#"{"findings":[],"errors":0,"warnings":0,"files":0}"#);
}

#[test]
fn a_ticket_cannot_give_orders_to_the_forge_that_runs_the_check() {
    let sandbox = with_ticket();
    sandbox.replace(
        "a/tickets/good.md",
        "service: billing",
        "\"service\\n::error::@everyone%\": 1\nservice: billing",
    );
    let run = sandbox.run("a", "check --format github").exits(1);
    assert_eq!(run.out.lines().count(), 1, "{}", run.out);
    assert!(
        run.out.starts_with("::error file=tickets/good.md,line=4,") && run.out.contains("%0A::error::"),
        "{}",
        run.out
    );
}

#[test]
fn files_and_folders_are_named_from_where_one_stands() {
    let sandbox = with_ticket();
    sandbox
        .file("a/tickets/2026/bad.md", BROKEN)
        .file("a/tickets/also-bad.md", BROKEN)
        .file("a/README.md", "");
    let files = |dir: &str, words: &str| -> Vec<String> {
        let run = sandbox.run(dir, &format!("check --format short {words}"));
        let mut files: Vec<String> =
            run.found().iter().map(|found| found.split(' ').next().unwrap().to_owned()).collect();
        files.dedup();
        files
    };
    assert_eq!(files("a", "tickets/also-bad.md"), ["tickets/also-bad.md"]);
    assert_eq!(files("a/tickets/2026", "."), ["tickets/2026/bad.md"]);
    assert_eq!(
        files("a/tickets/2026", "../also-bad.md bad.md"),
        ["tickets/2026/bad.md", "tickets/also-bad.md"]
    );
    assert_eq!(files("a", "tickets/good.md"), [""; 0]);
    assert_eq!(files(".", "--repo a tickets/2026"), ["tickets/2026/bad.md"]);
    sandbox
        .run("a", "check tickets/nope.md")
        .exits(2)
        .says(&["there is no file or folder `tickets/nope.md`"]);
    sandbox.run("a", "check README.md").exits(0).says(&["README.md is no file of the casebook"]);
}

#[test]
fn a_change_answers_for_its_own_lines_and_for_what_it_breaks() {
    let sandbox = with_ticket();
    sandbox.file("a/tickets/old.md", BROKEN).commit("a", "old");
    sandbox
        .git("a", "checkout -q -b change")
        .file("a/tickets/old.md", BROKEN.replace("n/a", "What is this?"));
    // The lines that stay are somebody else's, and what is still missing was missing before.
    let run = sandbox.run("a", "check --since main --format short");
    assert_eq!(run.exits(1).found(), ["tickets/old.md too-short"]);
}

#[test]
fn a_new_file_answers_for_everything_and_an_unchanged_one_for_nothing() {
    let sandbox = with_ticket();
    sandbox.file("a/tickets/old.md", BROKEN).commit("a", "old");
    sandbox
        .run("a", "check --since HEAD")
        .exits(0)
        .prints_nothing()
        .says(&["nothing to mend in what changed since HEAD"]);
    sandbox.file("a/tickets/new.md", BROKEN);
    let run = sandbox.run("a", "check --since HEAD --format short").exits(1);
    assert_eq!(run.found().len(), 6);
    assert!(run.found().iter().all(|found| found.starts_with("tickets/new.md ")), "{:?}", run.found());
}

#[test]
fn what_was_taken_away_is_missed() {
    let sandbox = with_ticket();
    let section = TICKET.split("## What I tried").nth(1).unwrap();
    sandbox.replace("a/tickets/good.md", &format!("## What I tried{section}"), "");
    assert_eq!(
        sandbox.run("a", "check --since HEAD --format short").exits(1).found(),
        ["tickets/good.md missing-section"]
    );
}

#[test]
fn a_deleted_ticket_answers_for_the_references_and_replies_that_it_leaves() {
    let sandbox = with_ticket();
    sandbox
        .file("a/tickets/other.md", TICKET.replace("requester", "related: [good]\nrequester"))
        .file("a/tickets/good/r.md", RESOLVED)
        .file("a/knowledge/totals.md", "---\ntitle: Totals\ntickets: [good, other]\n---\n")
        .commit("a", "more")
        .git("a", "rm -q tickets/good.md");
    assert_eq!(
        sandbox.run("a", "check --since HEAD --format short").exits(1).found(),
        [
            "knowledge/totals.md unknown-reference",
            "tickets/good/r.md orphan-reply",
            "tickets/other.md unknown-reference"
        ]
    );
}

#[test]
fn the_same_id_in_another_folder_is_found_when_it_comes() {
    let sandbox = with_ticket();
    sandbox.file("a/tickets/2026/good.md", TICKET);
    assert_eq!(
        sandbox.run("a", "check --since HEAD --format short").exits(1).found(),
        ["tickets/2026/good.md duplicate-id"]
    );
    assert_eq!(sandbox.run("a", "check --format short").exits(1).found().len(), 2);
}

#[test]
fn a_branch_does_not_answer_for_what_happened_on_the_other_side() {
    let sandbox = with_ticket();
    sandbox.git("a", "checkout -q -b mine").by("Lena", "lena@acme.example");
    sandbox.file("a/tickets/mine.md", TICKET).commit("a", "mine");
    sandbox.git("a", "checkout -q main").file("a/tickets/theirs.md", BROKEN).commit("a", "theirs");
    sandbox.git("a", "checkout -q mine").run("a", "check --since main").exits(0).prints_nothing();
}

#[test]
fn what_is_staged_is_checked_and_nothing_else() {
    let sandbox = with_ticket();
    sandbox
        .file("a/tickets/old.md", BROKEN)
        .commit("a", "old")
        .file("a/tickets/new.md", BROKEN)
        .git("a", "add -A");
    sandbox.file("a/tickets/new.md", TICKET).file("a/tickets/later.md", BROKEN);
    let run = sandbox.run("a", "check --staged --format short").exits(1);
    assert!(run.found().iter().all(|found| found.starts_with("tickets/new.md ")), "{:?}", run.found());
    sandbox.git("a", "add tickets/new.md").run("a", "check --staged").exits(0).prints_nothing();
}

#[test]
fn a_commit_is_checked_where_there_is_no_worktree() {
    let sandbox = with_ticket();
    sandbox
        .file("a/tickets/bad.md", BROKEN)
        .file("a/tickets/bad/core.dump", vec![b'x'; 11 << 20])
        .commit("a", "bad");
    sandbox.git(".", "clone -q --bare a b.git");
    sandbox.run("b.git", "check --at HEAD~1").exits(0).prints_nothing();
    sandbox.run("b.git", "check").exits(1).prints(&[
        "error[unknown-key]",
        "4 | servce: billing",
        "error[large-attachment]",
    ]);
    sandbox.run("b.git", "check --at HEAD --since HEAD~1 tickets/bad.md").exits(1).prints(&["in 1 file"]);
    sandbox.run("b.git", "check --fix").exits(2).says(&["no worktree"]);
    sandbox.run("b.git", "check --at nonsense").exits(2).says(&["`nonsense` names no commit"]);
}

#[test]
fn a_change_is_not_judged_by_rules_that_it_brings() {
    let sandbox = with_ticket();
    let settings = sandbox.read("a/casebook.yml");
    sandbox
        .file("a/casebook.yml", format!("{settings}levels: {{ unknown-key: allow }}\nnonsense: 1\n"))
        .file("a/ticket-templates/question.md", "---\ntitle: Question\nany_fields: true\n---\n")
        .file("a/tickets/bad.md", BROKEN)
        .commit("a", "sly");
    let own = sandbox.run("a", "check --since HEAD~1 --format short").found();
    assert!(
        !own.iter().any(|found| found.ends_with("unknown-key") || found.ends_with("missing-section")),
        "{own:?}"
    );
    let trusted =
        sandbox.run("a", "check --since HEAD~1 --rules-from HEAD~1 --format short").exits(1).found();
    for expected in
        ["casebook.yml unknown-key", "tickets/bad.md unknown-key", "tickets/bad.md missing-section"]
    {
        assert!(trusted.iter().any(|found| found == expected), "{expected} is not in {trusted:?}");
    }
}

#[test]
fn who_pushes_reads_in_the_terminal_why_it_was_refused() {
    let sandbox = with_ticket();
    sandbox
        .git(".", "init -q --bare r.git")
        .git("a", "remote add origin ../r.git")
        .git("a", "push -q origin main");
    let environment =
        Environment::new([("PATH", std::env::var_os("PATH").unwrap_or_default())], sandbox.root());
    install_pre_receive(&sandbox.path("r.git"), Path::new(env!("CARGO_BIN_EXE_casebook")), &environment)
        .unwrap();
    sandbox.git("a", "checkout -q -b ticket/bad").file("a/tickets/bad.md", BROKEN).commit("a", "bad");
    let said = sandbox.git_refuses("a", "push origin ticket/bad");
    for part in ["error[unknown-key]: `servce`", "tickets/bad.md:4:1", "pre-receive hook declined"] {
        assert!(said.contains(part), "{part:?} is not in {said}");
    }
    sandbox.git("a", "reset -q --hard main").file("a/tickets/fine.md", TICKET).commit("a", "fine");
    sandbox.git("a", "push -q origin ticket/bad");
    // What has nothing to do with the casebook has nothing to be checked.
    sandbox
        .git("a", "checkout -q --orphan pages")
        .git("a", "rm -rfq .")
        .file("a/index.html", "")
        .commit("a", "pages");
    sandbox.git("a", "push -q origin pages");
    sandbox.git("a", "checkout -q main").git("a", "rm -q casebook.yml").commit("a", "gone");
    assert!(sandbox.git_refuses("a", "push origin main").contains("error[missing-settings]"));
}

#[test]
fn a_fix_leaves_every_other_byte_as_it_was() {
    let sandbox = Sandbox::casebook();
    let ticket = "\u{feff}---\r\ntitle: 'Totals of credit notes'   # mine\r\ntemplate: question\r\nservice: billing\r\ntags: [no, b]\r\n---\r\n# Question:\r\nWhy do the totals of credit notes show -0.00?\r\n## What I tried\r\nThe web view shows 0.00 \r\n";
    let reply = "---\nstatus: open\nassignee: @mei\n---\nIt is back.  \n\n\n";
    sandbox.by("Lena", "lena@acme.example").file("a/tickets/t.md", ticket).file("a/tickets/t/r.md", reply);
    let first = sandbox.git_says("a", "log -1 --format=%cI");
    sandbox.commit("a", "ticket").by("Mei Lin", "mei@acme.example");
    let time = sandbox.git_says("a", "log -1 --format=%aI").replace("+00:00", "Z");
    assert_ne!(first, time);
    sandbox.run("a", "check").exits(1);
    sandbox
        .run("a", "check --fix")
        .exits(0)
        .says(&["fixed tickets/t.md: write `\"no\"` [ambiguous-value]", "nothing to mend"]);
    let fixed = ticket
        .replace("[no, b]\r\n", &format!("[\"no\", b]\r\nrequester: lena\r\ncreated: {time}\r\n"))
        .replace("# Question:", "## Question");
    let lines = |text: &str| {
        let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(lines(&sandbox.read("a/tickets/t.md")), lines(&fixed));
    let fixed = sandbox.read("a/tickets/t/r.md");
    assert_eq!(
        lines(&fixed),
        lines(&format!(
            "---\nstatus: open\nassignee: mei\nauthor: lena\ncreated: {time}\n---\nIt is back.  \n\n\n"
        ))
    );
    assert!(fixed.ends_with("---\nIt is back.  \n\n\n"));
    let before = fs::metadata(sandbox.path("a/tickets/t.md")).unwrap().modified().unwrap();
    sandbox.run("a", "check --fix").exits(0);
    assert_eq!(fs::metadata(sandbox.path("a/tickets/t.md")).unwrap().modified().unwrap(), before);
}

#[test]
fn a_fix_that_may_be_wrong_is_left_to_people() {
    let sandbox = with_ticket();
    sandbox.file("a/tickets/bad.md", BROKEN).commit("a", "bad");
    sandbox.run("a", "check --fix").exits(1);
    assert_eq!(sandbox.read("a/tickets/bad.md"), BROKEN);
}

#[test]
fn who_writes_under_another_name_is_told_apart() {
    let sandbox = with_ticket();
    sandbox.file("a/tickets/good/r.md", RESOLVED.replace("author: mei", "author: lena")).commit("a", "reply");
    sandbox
        .run("a", "check --since HEAD~1")
        .exits(0)
        .prints(&["warning[unlike-author]: the author is `lena`, and `mei` committed it"]);
    sandbox.run("a", "check").exits(0).prints_nothing();
}

#[test]
fn branches_that_resolve_reopen_and_ask_at_once_merge_without_a_finding() {
    let sandbox = with_ticket();
    let front = |time: &str, rest: &str| format!("---\nauthor: mei\ncreated: 2026-11-{time}Z\n{rest}---\n");
    let branches = [
        ("resolve", RESOLVED.to_owned()),
        ("reopen", front("22T10:00:00", "status: open\n")),
        ("ask", front("24T10:00:00", "status: pending\nasks: [What I tried]\n")),
        ("duplicate", front("22T11:00:00", "status: resolved\nresolution: duplicate\nduplicate_of: other\n")),
        (
            "note",
            front(
                "22T12:00:00",
                "visibility: internal\nassignee: mei\nset: { visibility: internal, tags: [+pdf] }\n",
            ),
        ),
    ];
    sandbox.file("a/tickets/other.md", TICKET).commit("a", "other");
    for (branch, text) in &branches {
        sandbox
            .git("a", &format!("checkout -q -b {branch} main"))
            .file(&format!("a/tickets/good/{branch}.md"), text)
            .commit("a", branch);
        sandbox.run("a", "check --since main").exits(0).prints_nothing();
    }
    sandbox.git("a", "checkout -q main");
    for (branch, _) in &branches {
        sandbox.git("a", &format!("merge -q --no-edit {branch}"));
        sandbox.run("a", "check").exits(0).prints_nothing();
    }
    sandbox.run("a", "check --since main~1").exits(0).prints_nothing();
}

#[test]
fn a_secret_is_refused_and_never_printed() {
    let sandbox = with_ticket();
    let token = concat!("AKIA", "Q3EGRYB7KMZP2XWN");
    sandbox.file("a/tickets/good/trace.log", format!("connect\nkey={token} ok\n"));
    for format in ["human", "short", "json", "github"] {
        sandbox
            .run("a", &format!("check --format {format}"))
            .exits(1)
            .prints(&["looks like a secret", "tickets/good/trace.log"])
            .keeps_quiet_about(&[token]);
    }
    sandbox.run("a", "check").prints(&["key=******************** ok"]);
}

#[test]
fn broken_files_hide_nothing_else() {
    let sandbox = with_ticket();
    sandbox
        .file("a/tickets/latin.md", b"---\ntitle: caf\xe9\n---\n")
        .file("a/tickets/binary.md", [0u8, 159, 146, 150])
        .file("a/tickets/open.md", "---\ntitle: x\n")
        .file(
            "a/tickets/conflict.md",
            TICKET.replace("service", "<<<<<<< HEAD\nservice: a\n=======\nservice: b\n>>>>>>> x\nservice"),
        )
        .file("a/tickets/bad.md", BROKEN);
    std::os::unix::fs::symlink("/etc/passwd", sandbox.path("a/tickets/link.md")).unwrap();
    let found = sandbox.run("a", "check --format short").exits(1).found();
    for expected in [
        "tickets/latin.md not-utf8",
        "tickets/binary.md no-front-matter",
        "tickets/open.md no-front-matter",
        "tickets/conflict.md conflict-markers",
        "tickets/link.md symlink",
        "tickets/bad.md unknown-key",
    ] {
        assert!(found.iter().any(|found| found == expected), "{expected} is not in {found:?}");
    }
    assert!(!found.iter().any(|found| found.starts_with("tickets/good.md")), "{found:?}");
}

#[test]
fn a_rule_explains_itself() {
    let sandbox = Sandbox::new();
    sandbox.run(".", "explain").exits(0).prints(&["missing-section", "unknown-person"]);
    sandbox.run(".", "explain unknown-person").exits(0).prints(&[
        "This fails:",
        "assignee: meilin",
        "This passes:",
    ]);
    sandbox.run(".", "explain unknown-persn").exits(2).says(&["did you mean `unknown-person`?"]);
    let json = sandbox.run(".", "explain secret --format json").exits(0).json();
    assert_eq!((json["level"].as_str(), json["cases"][0]["fails"].as_bool()), (Some("deny"), Some(true)));
    let all = sandbox.run(".", "explain --format json").exits(0).json();
    assert!(all["rules"].as_array().unwrap().len() > 40);
}

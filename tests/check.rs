//! `casebook check`, `casebook explain`: what a ticket must say, and what a change is answerable for.

use std::{fs, path::Path};

use casebook::repo::{Environment, install_pre_receive};

use crate::sandbox::{PROGRAM, Said, Sandbox};

const TICKET: &str = "---
title: Totals of credit notes show -0.00
template: question
service: billing-api
requester: lena
created: 2026-11-10T09:14:00Z
---
## Question
Why do the totals of credit notes show -0.00 in the PDF?
## What I tried
The web view, which shows 0.00 for the same invoice.
";

/// Nothing is wrong with it but that it resolves.
const RESOLVED: &str = "---
author: mei
created: 2026-11-11T10:00:00Z
status: resolved
resolution: answered
---
## Answer
The PDF rounds after the sign is set; version 2.14.1 does not.
";

const BROKEN: &str = "---
title: Please help!
template: question
servce: billing-api
requester: lena
created: 2026-11-10T09:14:00Z
priority: hihg
---
## Question
n/a
";

/// A repository with a ticket that Lena wrote and nothing is wrong with.
fn with_ticket() -> Sandbox {
    let sandbox = Sandbox::with_team();
    sandbox.write("team/tickets/good.md", TICKET).commit_by("lena");
    sandbox
}

/// Changes to files, in chains.
trait Changing {
    fn then(&self, dir: &str, line: &str) -> &Self;
    fn replace(&self, path: &str, old: &str, new: &str) -> &Self;
    fn remove(&self, path: &str) -> &Self;
    fn commit_by(&self, id: &str) -> &Self;
    fn refuses(&self, line: &str) -> String;
}

impl Changing for Sandbox {
    /// Runs git.
    #[track_caller]
    fn then(&self, dir: &str, line: &str) -> &Self {
        self.git(dir, line);
        self
    }

    #[track_caller]
    fn replace(&self, path: &str, old: &str, new: &str) -> &Self {
        let text = self.read(path);
        assert!(
            text.contains(old),
            "{old:?} is not in {path}:
{text}"
        );
        self.write(path, text.replace(old, new))
    }

    #[track_caller]
    fn remove(&self, path: &str) -> &Self {
        fs::remove_file(self.path(path)).unwrap();
        self
    }

    /// Commits everything as somebody else than Mei.
    #[track_caller]
    fn commit_by(&self, id: &str) -> &Self {
        self.git("team", "add -A");
        self.git_run("team", "commit -q -m something").by(id).ok();
        self
    }

    /// What git says when it fails.
    #[track_caller]
    fn refuses(&self, line: &str) -> String {
        self.git_run("team", line).fails(1).err
    }
}

/// What a check said.
trait Checked {
    fn found(&self) -> Vec<String>;
    fn prints_nothing(self) -> Self;
    fn hides(self, texts: &[&str]) -> Self;
}

impl Checked for Said {
    /// The files and codes of the findings of `--format short`.
    #[track_caller]
    fn found(&self) -> Vec<String> {
        let one = |line: &str| {
            let (place, rest) = line.split_once(": ")?;
            let code = rest.split_once('[')?.1.split_once(']')?.0;
            Some(format!("{} {code}", place.split(':').next()?))
        };
        let lines = self.out.lines();
        lines.map(|line| one(line).unwrap_or_else(|| panic!("{line:?} is no finding: {self:#?}"))).collect()
    }

    #[track_caller]
    fn prints_nothing(self) -> Self {
        assert_eq!(self.out, "", "the output of {}", self.line);
        self
    }

    /// Neither output has any of `texts`.
    #[track_caller]
    fn hides(self, texts: &[&str]) -> Self {
        for text in texts {
            assert!(!self.out.contains(text) && !self.err.contains(text), "{text:?} is said in {self:#?}");
        }
        self
    }
}

#[test]
fn every_finding_is_told_at_once_with_its_place_and_the_way_out() {
    let sandbox = with_ticket();
    sandbox.write("team/tickets/bad.md", BROKEN).write("team/tickets/bad/r.md", "---\nassignee: @mei\n---\n");
    let run = sandbox.casebook("team", "check --format short").fails(1);
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
    sandbox.casebook("team", "check").fails(1).prints(&[
        "error[unknown-key]: `servce` is not a key that is known here",
        " --> tickets/bad.md:4:1",
        "4 | servce: billing-api",
        "help: write `service`",
        "8 errors, 1 warning in 2 files",
    ]);
}

#[test]
fn where_nothing_is_wrong_nothing_is_printed() {
    with_ticket().casebook("team", "check").ok().prints_nothing().says(&["nothing to mend in 2 files"]);
    with_ticket().casebook("team", "check --quiet").ok().prints_nothing().hides(&["nothing"]);
}

#[test]
fn warnings_alone_leave_the_exit_status_at_0_and_settings_change_levels() {
    let sandbox = with_ticket();
    sandbox.replace("team/tickets/good.md", "requester: lena", "requester: lnea");
    sandbox.casebook("team", "check").ok().prints(&["warning[unknown-person]", "1 warning in 1 file"]);
    let settings = sandbox.read("team/casebook.yml");
    sandbox.write("team/casebook.yml", format!("{settings}levels: {{ unknown-person: deny }}\n"));
    sandbox.casebook("team", "check").fails(1).prints(&["error[unknown-person]", "1 error in 1 file"]);
    sandbox.write("team/casebook.yml", format!("{settings}levels: {{ unknown-person: allow }}\n"));
    sandbox.casebook("team", "check").ok().prints_nothing();
}

#[test]
fn programs_get_one_json_document() {
    let sandbox = with_ticket();
    sandbox.write("team/tickets/bad.md", BROKEN);
    let json = sandbox.casebook("team", "check --format json").fails(1).json();
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
    let empty = sandbox.remove("team/tickets/bad.md").casebook("team", "check --format json").ok().json();
    assert_eq!(empty.to_string(), r#"{"findings":[],"errors":0,"warnings":0,"files":0}"#);
}

#[test]
fn a_ticket_cannot_give_orders_to_the_forge_that_runs_the_check() {
    let sandbox = with_ticket();
    sandbox.replace(
        "team/tickets/good.md",
        "service: billing-api",
        "\"service\\n::error::@everyone%\": 1\nservice: billing-api",
    );
    let run = sandbox.casebook("team", "check --format github").fails(1);
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
        .write("team/tickets/2026/bad.md", BROKEN)
        .write("team/tickets/also-bad.md", BROKEN)
        .write("team/README.md", "");
    let files = |dir: &str, words: &str| -> Vec<String> {
        let run = sandbox.casebook(dir, &format!("check --format short {words}"));
        let mut files: Vec<String> =
            run.run().found().iter().map(|found| found.split(' ').next().unwrap().to_owned()).collect();
        files.dedup();
        files
    };
    assert_eq!(files("team", "tickets/also-bad.md"), ["tickets/also-bad.md"]);
    assert_eq!(files("team/tickets/2026", "."), ["tickets/2026/bad.md"]);
    assert_eq!(
        files("team/tickets/2026", "../also-bad.md bad.md"),
        ["tickets/2026/bad.md", "tickets/also-bad.md"]
    );
    assert_eq!(files("team", "tickets/good.md"), [""; 0]);
    assert_eq!(files(".", "--repo team tickets/2026"), ["tickets/2026/bad.md"]);
    sandbox
        .casebook("team", "check tickets/nope.md")
        .fails(2)
        .says(&["there is no file or folder `tickets/nope.md`"]);
    sandbox.casebook("team", "check README.md").ok().says(&["README.md is no file of the casebook"]);
}

#[test]
fn a_change_answers_for_its_own_lines_and_for_what_it_breaks() {
    let sandbox = with_ticket();
    sandbox.write("team/tickets/old.md", BROKEN).commit("team", "old");
    sandbox
        .then("team", "checkout -q -b change")
        .write("team/tickets/old.md", BROKEN.replace("n/a", "What is this?"));
    // The lines that stay are somebody else's, and what is still missing was missing before.
    let run = sandbox.casebook("team", "check --since main --format short");
    assert_eq!(run.fails(1).found(), ["tickets/old.md too-short"]);
}

#[test]
fn a_new_file_answers_for_everything_and_an_unchanged_one_for_nothing() {
    let sandbox = with_ticket();
    sandbox.write("team/tickets/old.md", BROKEN).commit("team", "old");
    sandbox
        .casebook("team", "check --since HEAD")
        .ok()
        .prints_nothing()
        .says(&["nothing to mend in what changed since HEAD"]);
    sandbox.write("team/tickets/new.md", BROKEN);
    let run = sandbox.casebook("team", "check --since HEAD --format short").fails(1);
    assert_eq!(run.found().len(), 6);
    assert!(run.found().iter().all(|found| found.starts_with("tickets/new.md ")), "{:?}", run.found());
}

#[test]
fn what_was_taken_away_is_missed() {
    let sandbox = with_ticket();
    let section = TICKET.split("## What I tried").nth(1).unwrap();
    sandbox.replace("team/tickets/good.md", &format!("## What I tried{section}"), "");
    assert_eq!(
        sandbox.casebook("team", "check --since HEAD --format short").fails(1).found(),
        ["tickets/good.md missing-section"]
    );
}

#[test]
fn a_deleted_ticket_answers_for_the_references_and_replies_that_it_leaves() {
    let sandbox = with_ticket();
    sandbox
        .write("team/tickets/other.md", TICKET.replace("requester", "related: [good]\nrequester"))
        .write("team/tickets/good/r.md", RESOLVED)
        .write("team/knowledge/totals.md", "---\ntitle: Totals\ntickets: [good, other]\n---\n")
        .commit("team", "more")
        .then("team", "rm -q tickets/good.md");
    assert_eq!(
        sandbox.casebook("team", "check --since HEAD --format short").fails(1).found(),
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
    sandbox.write("team/tickets/2026/good.md", TICKET);
    assert_eq!(
        sandbox.casebook("team", "check --since HEAD --format short").fails(1).found(),
        ["tickets/2026/good.md duplicate-id"]
    );
    assert_eq!(sandbox.casebook("team", "check --format short").fails(1).found().len(), 2);
}

#[test]
fn a_branch_does_not_answer_for_what_happened_on_the_other_side() {
    let sandbox = with_ticket();
    sandbox.then("team", "checkout -q -b mine").write("team/tickets/mine.md", TICKET).commit_by("lena");
    sandbox.then("team", "checkout -q main").write("team/tickets/theirs.md", BROKEN).commit("team", "theirs");
    sandbox.then("team", "checkout -q mine").casebook("team", "check --since main").ok().prints_nothing();
}

#[test]
fn what_is_staged_is_checked_and_nothing_else() {
    let sandbox = with_ticket();
    sandbox
        .write("team/tickets/old.md", BROKEN)
        .commit("team", "old")
        .write("team/tickets/new.md", BROKEN)
        .then("team", "add -A");
    sandbox.write("team/tickets/new.md", TICKET).write("team/tickets/later.md", BROKEN);
    let run = sandbox.casebook("team", "check --staged --format short").fails(1);
    assert!(run.found().iter().all(|found| found.starts_with("tickets/new.md ")), "{:?}", run.found());
    sandbox.then("team", "add tickets/new.md").casebook("team", "check --staged").ok().prints_nothing();
}

#[test]
fn a_commit_is_checked_where_there_is_no_worktree() {
    let sandbox = with_ticket();
    sandbox
        .write("team/tickets/bad.md", BROKEN)
        .write("team/tickets/bad/core.dump", vec![b'x'; 11 << 20])
        .commit("team", "bad");
    sandbox.then(".", "clone -q --bare team b.git");
    sandbox.casebook("b.git", "check --at HEAD~1").ok().prints_nothing();
    sandbox.casebook("b.git", "check").fails(1).prints(&[
        "error[unknown-key]",
        "4 | servce: billing-api",
        "error[large-attachment]",
    ]);
    sandbox
        .casebook("b.git", "check --at HEAD --since HEAD~1 tickets/bad.md")
        .fails(1)
        .prints(&["in 1 file"]);
    sandbox.casebook("b.git", "check --fix").fails(2).says(&["no worktree"]);
    sandbox.casebook("b.git", "check --at nonsense").fails(2).says(&["`nonsense` names no commit"]);
}

#[test]
fn a_change_is_not_judged_by_rules_that_it_brings() {
    let sandbox = with_ticket();
    let settings = sandbox.read("team/casebook.yml");
    sandbox
        .write("team/casebook.yml", format!("{settings}levels: {{ unknown-key: allow }}\nnonsense: 1\n"))
        .write("team/ticket-templates/question.md", "---\ntitle: Question\nany_fields: true\n---\n")
        .write("team/tickets/bad.md", BROKEN)
        .commit("team", "sly");
    let own = sandbox.casebook("team", "check --since HEAD~1 --format short").run().found();
    assert!(
        !own.iter().any(|found| found.ends_with("unknown-key") || found.ends_with("missing-section")),
        "{own:?}"
    );
    let trusted =
        sandbox.casebook("team", "check --since HEAD~1 --rules-from HEAD~1 --format short").fails(1).found();
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
        .then(".", "init -q --bare r.git")
        .then("team", "remote add origin ../r.git")
        .then("team", "push -q origin main");
    let environment =
        Environment::new([("PATH", std::env::var_os("PATH").unwrap_or_default())], sandbox.path("."));
    install_pre_receive(&sandbox.path("r.git"), Path::new(PROGRAM), &environment).unwrap();
    sandbox
        .then("team", "checkout -q -b ticket/bad")
        .write("team/tickets/bad.md", BROKEN)
        .commit("team", "bad");
    let said = sandbox.refuses("push origin ticket/bad");
    for part in ["error[unknown-key]: `servce`", "tickets/bad.md:4:1", "pre-receive hook declined"] {
        assert!(said.contains(part), "{part:?} is not in {said}");
    }
    sandbox.then("team", "reset -q --hard main").write("team/tickets/fine.md", TICKET).commit("team", "fine");
    sandbox.then("team", "push -q origin ticket/bad");
    // What has nothing to do with the casebook has nothing to be checked.
    sandbox
        .then("team", "checkout -q --orphan pages")
        .then("team", "rm -rfq .")
        .write("team/index.html", "")
        .commit("team", "pages");
    sandbox.then("team", "push -q origin pages");
    sandbox.then("team", "checkout -q main").then("team", "rm -q casebook.yml").commit("team", "gone");
    assert!(sandbox.refuses("push origin main").contains("error[missing-settings]"));
}

#[test]
fn a_fix_leaves_every_other_byte_as_it_was() {
    let sandbox = Sandbox::with_team();
    let ticket = "\u{feff}---\r\ntitle: 'Totals of credit notes'   # mine\r\ntemplate: question\r\nservice: billing-api\r\ntags: [no, b]\r\n---\r\n# Question:\r\nWhy do the totals of credit notes show -0.00?\r\n## What I tried\r\nThe web view shows 0.00 \r\n";
    let reply = "---\nstatus: open\nassignee: @mei\n---\nIt is back.  \n\n\n";
    sandbox.write("team/tickets/t.md", ticket).write("team/tickets/t/r.md", reply);
    sandbox.commit_by("lena");
    let time = sandbox.git("team", "log -1 --format=%aI").replace("+00:00", "Z");
    sandbox.casebook("team", "check").fails(1);
    sandbox
        .casebook("team", "check --fix")
        .ok()
        .says(&["fixed tickets/t.md: write `\"no\"` [ambiguous-value]", "nothing to mend"]);
    let fixed = ticket
        .replace("[no, b]\r\n", &format!("[\"no\", b]\r\nrequester: lena\r\ncreated: {time}\r\n"))
        .replace("# Question:", "## Question");
    let lines = |text: &str| {
        let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(lines(&sandbox.read("team/tickets/t.md")), lines(&fixed));
    let fixed = sandbox.read("team/tickets/t/r.md");
    assert_eq!(
        lines(&fixed),
        lines(&format!(
            "---\nstatus: open\nassignee: mei\nauthor: lena\ncreated: {time}\n---\nIt is back.  \n\n\n"
        ))
    );
    assert!(fixed.ends_with("---\nIt is back.  \n\n\n"));
    let before = fs::metadata(sandbox.path("team/tickets/t.md")).unwrap().modified().unwrap();
    sandbox.casebook("team", "check --fix").ok();
    assert_eq!(fs::metadata(sandbox.path("team/tickets/t.md")).unwrap().modified().unwrap(), before);
}

#[test]
fn a_fix_that_may_be_wrong_is_left_to_people() {
    let sandbox = with_ticket();
    sandbox.write("team/tickets/bad.md", BROKEN).commit("team", "bad");
    sandbox.casebook("team", "check --fix").fails(1);
    assert_eq!(sandbox.read("team/tickets/bad.md"), BROKEN);
}

#[test]
fn who_writes_under_another_name_is_told_apart() {
    let sandbox = with_ticket();
    sandbox
        .write("team/tickets/good/r.md", RESOLVED.replace("author: mei", "author: lena"))
        .commit("team", "reply");
    sandbox
        .casebook("team", "check --since HEAD~1")
        .ok()
        .prints(&["warning[unlike-author]: the author is `lena`, and `mei` committed it"]);
    sandbox.casebook("team", "check").ok().prints_nothing();
}

#[test]
fn branches_that_resolve_reopen_and_ask_at_once_merge_without_a_finding() {
    let sandbox = with_ticket();
    let front = |time: &str, rest: &str| format!("---\nauthor: mei\ncreated: 2026-11-{time}Z\n{rest}---\n");
    let branches = [
        ("resolve", RESOLVED.to_owned()),
        ("reopen", front("10T10:00:00", "status: open\n")),
        ("ask", front("12T10:00:00", "status: pending\nasks: [What I tried]\n")),
        ("duplicate", front("10T11:00:00", "status: resolved\nresolution: duplicate\nduplicate_of: other\n")),
        (
            "note",
            front(
                "10T12:00:00",
                "visibility: internal\nassignee: mei\nset: { visibility: internal, tags: [+pdf] }\n",
            ),
        ),
    ];
    sandbox.write("team/tickets/other.md", TICKET).commit("team", "other");
    for (branch, text) in &branches {
        sandbox
            .then("team", &format!("checkout -q -b {branch} main"))
            .write(format!("team/tickets/good/{branch}.md"), text)
            .commit("team", branch);
        sandbox.casebook("team", "check --since main").ok().prints_nothing();
    }
    sandbox.then("team", "checkout -q main");
    for (branch, _) in &branches {
        sandbox.then("team", &format!("merge -q --no-edit {branch}"));
        sandbox.casebook("team", "check").ok().prints_nothing();
    }
    sandbox.casebook("team", "check --since main~1").ok().prints_nothing();
}

#[test]
fn a_secret_is_refused_and_never_printed() {
    let sandbox = with_ticket();
    let token = concat!("AKIA", "Q3EGRYB7KMZP2XWN");
    sandbox.write("team/tickets/good/trace.log", format!("connect\nkey={token} ok\n"));
    for format in ["human", "short", "json", "github"] {
        sandbox
            .casebook("team", &format!("check --format {format}"))
            .fails(1)
            .prints(&["looks like a secret", "tickets/good/trace.log"])
            .hides(&[token]);
    }
    sandbox.casebook("team", "check").fails(1).prints(&["key=******************** ok"]);
}

#[test]
fn broken_files_hide_nothing_else() {
    let sandbox = with_ticket();
    sandbox
        .write("team/tickets/latin.md", b"---\ntitle: caf\xe9\n---\n")
        .write("team/tickets/binary.md", [0u8, 159, 146, 150])
        .write("team/tickets/open.md", "---\ntitle: x\n")
        .write(
            "team/tickets/conflict.md",
            TICKET.replace("service", "<<<<<<< HEAD\nservice: a\n=======\nservice: b\n>>>>>>> x\nservice"),
        )
        .write("team/tickets/bad.md", BROKEN);
    std::os::unix::fs::symlink("/etc/passwd", sandbox.path("team/tickets/link.md")).unwrap();
    let found = sandbox.casebook("team", "check --format short").fails(1).found();
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
    sandbox.casebook(".", "explain").ok().prints(&["missing-section", "unknown-person"]);
    sandbox.casebook(".", "explain unknown-person").ok().prints(&[
        "This fails:",
        "assignee: meilin",
        "This passes:",
    ]);
    sandbox.casebook(".", "explain unknown-persn").fails(2).says(&["did you mean `unknown-person`?"]);
    let json = sandbox.casebook(".", "explain secret --format json").ok().json();
    assert_eq!((json["level"].as_str(), json["cases"][0]["fails"].as_bool()), (Some("deny"), Some(true)));
    let all = sandbox.casebook(".", "explain --format json").ok().json();
    assert!(all["rules"].as_array().unwrap().len() > 40);
}

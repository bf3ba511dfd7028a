//! `casebook check --since` and similar options: the problems that a change is responsible for.

use std::path::Path;

use casebook::internals::repo::{Environment, install_pre_receive};

use crate::{
    checked::{BROKEN, CheckOutput as _, FileChanges as _, RESOLVED, TICKET, with_ticket},
    sandbox::PROGRAM,
};

#[test]
fn a_change_is_responsible_for_its_own_lines_and_for_new_problems() {
    let sandbox = with_ticket();
    sandbox.write("team/tickets/old.md", BROKEN).commit("team", "old");
    sandbox
        .then("team", "checkout -q -b change")
        .write("team/tickets/old.md", BROKEN.replace("n/a", "What is this?"));
    // Earlier changes are responsible for the unchanged lines and for the missing sections.
    let run = sandbox.casebook("team", "check --since main --format short");
    assert_eq!(run.fails(1).findings(), ["tickets/old.md too-short"]);
}

#[test]
fn a_new_file_is_checked_completely_and_an_unchanged_one_not_at_all() {
    let sandbox = with_ticket();
    sandbox.write("team/tickets/old.md", BROKEN).commit("team", "old");
    sandbox
        .casebook("team", "check --since HEAD")
        .ok()
        .prints_nothing()
        .says(&["changes since HEAD: no problems found"]);
    sandbox.write("team/tickets/new.md", BROKEN);
    let run = sandbox.casebook("team", "check --since HEAD --format short").fails(1);
    assert_eq!(run.findings().len(), 5);
    assert!(run.findings().iter().all(|found| found.starts_with("tickets/new.md ")), "{:?}", run.findings());
}

#[test]
fn a_removed_section_is_reported() {
    let sandbox = with_ticket();
    let section = TICKET.split("## What I tried").nth(1).unwrap();
    sandbox.replace("team/tickets/good.md", &format!("## What I tried{section}"), "");
    assert_eq!(
        sandbox.casebook("team", "check --since HEAD --format short").fails(1).findings(),
        ["tickets/good.md missing-section"]
    );
}

#[test]
fn a_deleted_ticket_is_reported_for_its_remaining_references_and_replies() {
    let sandbox = with_ticket();
    sandbox
        .write("team/tickets/other.md", TICKET.replace("requester", "related: [good]\nrequester"))
        .write("team/tickets/good/r.md", RESOLVED)
        .write("team/knowledge/totals.md", "---\ntitle: Totals\ntickets: [good, other]\n---\n")
        .commit("team", "more")
        .then("team", "rm -q tickets/good.md");
    assert_eq!(
        sandbox.casebook("team", "check --since HEAD --format short").fails(1).findings(),
        [
            "knowledge/totals.md unknown-reference",
            "tickets/good/r.md orphan-reply",
            "tickets/other.md unknown-reference"
        ]
    );
}

#[test]
fn a_new_duplicate_id_in_another_folder_is_reported() {
    let sandbox = with_ticket();
    sandbox.write("team/tickets/2026/good.md", TICKET);
    assert_eq!(
        sandbox.casebook("team", "check --since HEAD --format short").fails(1).findings(),
        ["tickets/2026/good.md duplicate-id"]
    );
    assert_eq!(sandbox.casebook("team", "check --format short").fails(1).findings().len(), 2);
}

#[test]
fn a_branch_is_not_responsible_for_changes_on_main() {
    let sandbox = with_ticket();
    sandbox.then("team", "checkout -q -b mine").write("team/tickets/mine.md", TICKET).commit_by("lena");
    sandbox.then("team", "checkout -q main").write("team/tickets/theirs.md", BROKEN).commit("team", "theirs");
    sandbox.then("team", "checkout -q mine").casebook("team", "check --since main").ok().prints_nothing();
}

#[test]
fn only_staged_changes_are_checked() {
    let sandbox = with_ticket();
    sandbox
        .write("team/tickets/old.md", BROKEN)
        .commit("team", "old")
        .write("team/tickets/new.md", BROKEN)
        .then("team", "add -A");
    sandbox.write("team/tickets/new.md", TICKET).write("team/tickets/later.md", BROKEN);
    let run = sandbox.casebook("team", "check --staged --format short").fails(1);
    assert!(run.findings().iter().all(|found| found.starts_with("tickets/new.md ")), "{:?}", run.findings());
    sandbox.then("team", "add tickets/new.md").casebook("team", "check --staged").ok().prints_nothing();
}

#[test]
fn a_commit_is_checked_in_a_bare_repository() {
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
    sandbox.casebook("b.git", "check --fix").fails(2).says(&["`--fix` needs a worktree"]);
    sandbox.casebook("b.git", "check --at nonsense").fails(2).says(&["`nonsense` is not a commit"]);
}

#[test]
fn a_change_is_checked_by_the_rules_of_its_base() {
    let sandbox = with_ticket();
    let settings = sandbox.read("team/casebook.yml");
    sandbox
        .write("team/casebook.yml", format!("{settings}levels: {{ unknown-key: allow }}\nnonsense: 1\n"))
        .write("team/ticket-templates/question.md", "---\ntitle: Question\nany_fields: true\n---\n")
        .write("team/tickets/bad.md", BROKEN)
        .commit("team", "sly");
    let own = sandbox.casebook("team", "check --since HEAD~1 --format short").run().findings();
    assert!(
        !own.iter().any(|found| found.ends_with("unknown-key") || found.ends_with("missing-section")),
        "{own:?}"
    );
    let trusted = sandbox
        .casebook("team", "check --since HEAD~1 --rules-from HEAD~1 --format short")
        .fails(1)
        .findings();
    for expected in
        ["casebook.yml unknown-key", "tickets/bad.md unknown-key", "tickets/bad.md missing-section"]
    {
        assert!(trusted.iter().any(|found| found == expected), "{expected} is not in {trusted:?}");
    }
}

#[test]
fn a_refused_push_explains_the_reason_in_the_terminal() {
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
    let output = sandbox.refuses("push origin ticket/bad");
    for part in
        ["error[unknown-key]: unknown key `servce`", "tickets/bad.md:4:1", "pre-receive hook declined"]
    {
        assert!(output.contains(part), "{part:?} is not in {output}");
    }
    sandbox.then("team", "reset -q --hard main").write("team/tickets/fine.md", TICKET).commit("team", "fine");
    sandbox.then("team", "push -q origin ticket/bad");
    // A change outside of the casebook is not checked.
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
fn branches_that_resolve_reopen_and_ask_merge_without_findings() {
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

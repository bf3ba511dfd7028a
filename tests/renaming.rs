//! A renamed file is not a new file: moving a ticket with old problems is not responsible for them.

use crate::{
    checked::{BROKEN, CheckOutput as _, FileChanges as _, RESOLVED, TICKET, with_ticket},
    sandbox::Sandbox,
};

/// A repository whose main branch has files with problems, committed by Lena; Mei moves them.
fn with_problems() -> Sandbox {
    let sandbox = with_ticket();
    sandbox
        .write("team/tickets/2026/old.md", BROKEN)
        .write("team/tickets/2026/old/reply.md", RESOLVED.replace("## Answer", "See above.\n## Anwser"))
        .write("team/tickets/2026/old/core.dump", vec![b'x'; 11 << 20])
        .write("team/knowledge/totals.md", "---\ntitle: Totals\ntickets: [gone]\n---\n")
        .commit_by("lena");
    sandbox.casebook("team", "check").fails(1);
    sandbox
}

#[track_caller]
fn introduces(sandbox: &Sandbox, expected: &[&str]) {
    sandbox.git("team", "add -A");
    let staged = sandbox.casebook("team", "check --staged --format short").run();
    assert_eq!(staged.findings(), expected, "staged");
    let worktree = sandbox.casebook("team", "check --since HEAD --format short").run();
    assert_eq!(worktree.findings(), expected, "in the worktree");
    sandbox.git("team", "commit -q --no-verify -m moved");
    let committed = sandbox.casebook("team", "check --since HEAD~1 --at HEAD --format short").run();
    assert_eq!(committed.findings(), expected, "committed");
}

#[test]
fn moving_a_ticket_with_its_folder_is_responsible_for_nothing() {
    let sandbox = with_problems();
    sandbox.write("team/tickets/2027/.keep", "");
    sandbox.then("team", "mv tickets/2026/old.md tickets/2027/old.md");
    sandbox.then("team", "mv tickets/2026/old tickets/2027/old");
    introduces(&sandbox, &[]);
}

#[test]
fn moving_a_whole_folder_an_article_or_an_attachment_is_responsible_for_nothing() {
    let sandbox = with_problems();
    sandbox.then("team", "mv tickets/2026 tickets/archive");
    introduces(&sandbox, &[]);
    sandbox.then("team", "mv knowledge/totals.md knowledge/sums.md");
    introduces(&sandbox, &[]);
    sandbox.then("team", "mv tickets/archive/old/core.dump tickets/archive/old/crash.dump");
    introduces(&sandbox, &[]);
}

#[test]
fn renaming_a_ticket_is_responsible_for_nothing() {
    let sandbox = with_problems();
    sandbox.then("team", "mv tickets/2026/old.md tickets/2026/new.md");
    sandbox.then("team", "mv tickets/2026/old tickets/2026/new");
    introduces(&sandbox, &[]);
}

#[test]
fn a_rename_with_an_edit_is_responsible_for_the_edit_only() {
    let sandbox = with_problems();
    sandbox.then("team", "mv tickets/2026/old.md tickets/2026/new.md");
    sandbox.then("team", "mv tickets/2026/old tickets/2026/new");
    sandbox.replace("team/tickets/2026/new.md", "priority: hihg", "priority: lwo");
    introduces(&sandbox, &["tickets/2026/new.md bad-value"]);
}

#[test]
fn a_rename_is_responsible_for_what_it_breaks() {
    let sandbox = with_problems();
    // The replies stay behind.
    sandbox.then("team", "mv tickets/2026/old.md tickets/2026/new.md");
    introduces(
        &sandbox,
        &["tickets/2026/old/core.dump stray-file", "tickets/2026/old/reply.md orphan-reply"],
    );
    // The name is no id.
    sandbox.then("team", "mv tickets/good.md tickets/Not_an_id.md");
    introduces(&sandbox, &["tickets/Not_an_id.md bad-id"]);
}

#[test]
fn a_copy_is_a_new_file() {
    let sandbox = with_problems();
    sandbox
        .write("team/tickets/copy.md", TICKET.replace("lena", "nobody-known").replace("The web view", "n/a"));
    sandbox.write("team/tickets/second.md", BROKEN);
    sandbox.git("team", "add -A");
    let findings = sandbox.casebook("team", "check --staged --format short").fails(1).findings();
    assert!(
        findings.iter().filter(|found| found.starts_with("tickets/second.md ")).count() > 4,
        "{findings:?}"
    );
}

#[test]
fn the_hook_lets_a_moved_ticket_pass_and_a_review_does_not_call_it_new() {
    let sandbox = with_problems();
    sandbox.casebook("team", "init").ok();
    sandbox.then("team", "mv tickets/2026 tickets/archive");
    sandbox.git_run("team", "commit -q -m moved").ok();
    let review = sandbox.casebook("team", "review --since HEAD~1 --at HEAD --format json").ok();
    assert!(!review.out.contains("\"file\""), "{review:#?}");
}

#[test]
fn a_ticket_whose_old_name_is_taken_by_a_new_one_and_two_that_swap_names_are_responsible_for_nothing() {
    let sandbox = with_problems();
    sandbox.write("team/tickets/2026/older.md", BROKEN.replace("hihg", "lwo")).commit_by("lena");
    sandbox.then("team", "mv tickets/2026/old.md tickets/2026/x.md");
    sandbox.then("team", "mv tickets/2026/older.md tickets/2026/old.md");
    sandbox.then("team", "mv tickets/2026/x.md tickets/2026/older.md");
    introduces(&sandbox, &[]);
    sandbox.then("team", "mv tickets/2026/older.md tickets/2026/oldest.md");
    sandbox.write("team/tickets/2026/older.md", TICKET.replace("requester:", "priority: hihg\nrequester:"));
    introduces(&sandbox, &["tickets/2026/older.md bad-value"]);
}

#[test]
fn a_missing_requester_is_the_person_who_added_the_ticket_and_not_the_one_who_moved_it() {
    let sandbox = with_ticket();
    let ticket = |keys: &str| format!("---\ntitle: Exports time out\ntemplate: imported\n{keys}---\nText.\n");
    sandbox.write("team/tickets/one.md", ticket("")).commit_by("lena");
    sandbox.write("team/tickets/two.md", ticket("created:\nrequester: \npriority: high\n")).commit_by("lena");
    sandbox.write("team/tickets/two/reply.md", "---\nauthor:\ncreated:\n---\nText.\n").commit_by("lena");
    sandbox.then("team", "mv tickets/one.md tickets/three.md");
    sandbox.git("team", "commit -q --no-verify -m moved");
    sandbox.casebook("team", "check --fix").ok();
    for (path, key) in [("three.md", "requester"), ("two.md", "requester"), ("two/reply.md", "author")] {
        let text = sandbox.read(format!("team/tickets/{path}"));
        assert!(text.contains(&format!("{key}: lena")) && text.contains("created: 2"), "{path}: {text}");
    }
}

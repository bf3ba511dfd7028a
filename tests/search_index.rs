//! The index of `casebook search`: huge texts, changes and damage.

use std::{fs, time::Duration};

use walkdir::WalkDir;

use crate::{
    sandbox::Sandbox,
    searching::{archive, ids, ticket},
    waiting::wait_until,
};

#[test]
fn huge_queries_are_refused_and_huge_or_odd_texts_are_found() {
    let sandbox = archive();
    let query = "word ".repeat(20_000);
    sandbox.casebook("team", &format!("search {query}")).fails(2).says(&["the limit is 16384", "help:"]);
    let query: Vec<String> = (0..257).map(|number| format!("word{number}")).collect();
    sandbox.casebook("team", &format!("list {}", query.join(" "))).fails(2).says(&[
        "too many words and values: the limit is 256",
        "word254 word255 word256\n",
        " ^^^^^^^\nhelp: search for a few specific words",
    ]);
    let log = "2026-10-01 08:00:00 ERROR worker-17 lost connection 0x7fff01 to 10.0.0.1\n".repeat(70_000);
    ticket(&sandbox, "log", "created: 2026-10-05T08:00:00Z", "Worker lost", &log);
    assert_eq!(ids(&sandbox, "search worker-17"), "log");
    assert_eq!(ids(&sandbox, "similar log --limit 1").split(' ').count(), 1);
    ticket(
        &sandbox,
        "odd",
        "created: 2026-10-05T08:00:00Z",
        "שלום עולם",
        "a\u{0}b e\u{301}\u{301} \u{202e}txet",
    );
    assert_eq!(ids(&sandbox, "search שלום"), "odd");
}

/// Waits until all tickets are older than a tick of the file system's clock. A change in the same tick could go unnoticed.
fn wait_until_settled(sandbox: &Sandbox) {
    let changes = || {
        let files =
            WalkDir::new(sandbox.path("team/tickets")).into_iter().map(|entry| entry.unwrap().metadata());
        files.map(|metadata| metadata.unwrap().modified().unwrap()).max().unwrap()
    };
    wait_until("the tickets are older than a tick", || {
        changes().elapsed().is_ok_and(|age| age > Duration::from_millis(60))
    });
}

#[test]
fn a_new_ticket_is_found_at_once_without_a_rewrite_of_the_index() {
    let sandbox = archive();
    let index = "team/.git/casebook/cache/index-worktree";
    ids(&sandbox, "list service:billing-api");
    assert!(!sandbox.path(index).exists(), "a query without words needs no index");
    // The index trusts only files that are older than itself.
    wait_until_settled(&sandbox);
    assert_eq!(ids(&sandbox, "search zebra"), "");
    let first_index = fs::read(sandbox.path(index)).unwrap();
    ticket(&sandbox, "zebra", "created: 2026-11-22T08:00:00Z", "A zebra", "It has stripes.");
    assert_eq!(ids(&sandbox, "search zebra"), "zebra");
    ticket(&sandbox, "zebra", "created: 2026-11-22T08:00:00Z", "A horse", "It has none.");
    assert_eq!(ids(&sandbox, "search title:zebra"), "");
    assert_eq!(ids(&sandbox, "search horse"), "zebra");

    // A new file is read once, and stored in a second file beside the index.
    wait_until_settled(&sandbox);
    assert_eq!(ids(&sandbox, "search horse"), "zebra");
    let newer = sandbox.path("team/.git/casebook/cache/index-worktree.newer");
    let written = || fs::metadata(&newer).unwrap().modified().unwrap();
    let before = written();
    assert_eq!(ids(&sandbox, "search horse"), "zebra");
    assert_eq!(written(), before);
    fs::write(&newer, "nonsense").unwrap();
    assert_eq!(ids(&sandbox, "search horse"), "zebra");
    fs::remove_file(sandbox.path("team/tickets/zebra.md")).unwrap();
    assert_eq!(ids(&sandbox, "search horse"), "");
    assert!(fs::read(sandbox.path(index)).unwrap() == first_index);
}

#[test]
fn a_damaged_index_is_rebuilt_without_a_message() {
    let sandbox = archive();
    let index = "team/.git/casebook/cache/index-worktree";
    assert_eq!(ids(&sandbox, "search memory"), "export-2 export-1");
    let whole = fs::read(sandbox.path(index)).unwrap();
    let mut flipped = whole.clone();
    for at in (whole.len() / 2..whole.len()).step_by(7) {
        flipped[at] ^= 0x20;
    }
    for damaged in [&b""[..], b"nonsense", &whole[..whole.len() / 2], &flipped] {
        sandbox.write(index, damaged);
        let output = sandbox.casebook("team", "search memory --format short").ok().stays_quiet();
        assert_eq!(output.out, "export-2\nexport-1\n");
    }
}

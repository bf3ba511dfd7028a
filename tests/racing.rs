//! Many users write to one remote at the same time: no data is lost, and all of them can continue.

use std::{thread, time::Instant};

use crate::{
    sandbox::{COMPLETE, Sandbox},
    trials::at_full_length,
};

#[test]
fn tickets_opened_at_once_from_many_clones_are_all_in_the_remote() {
    let (clones, tickets) = if at_full_length() { (20, 200) } else { (8, 40) };
    let sandbox = Sandbox::with_team();
    sandbox.git(".", "clone -q --bare team team.git");
    for clone in 0..clones {
        sandbox.git(".", &format!("clone -q team.git clone-{clone}"));
    }
    let start = Instant::now();
    let ids: Vec<String> = thread::scope(|scope| {
        let open = |n: usize| {
            let sandbox = &sandbox;
            move || {
                let line = format!("new incident --title 'Export {n} hangs' {COMPLETE} --intake main --push");
                let run = sandbox.casebook(format!("clone-{}", n % clones), &line);
                run.by(["mei", "lena", "omar", "ann"][n % 4]).ok().line().to_owned()
            }
        };
        let all: Vec<_> = (0..tickets).map(|n| scope.spawn(open(n))).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let seconds = start.elapsed().as_secs_f32();
    println!("{tickets} tickets from {clones} clones in {seconds:.1} s");

    let mut expected: Vec<String> = ids.iter().map(|id| format!("tickets/2026/11/{id}.md")).collect();
    expected.sort();
    let files = sandbox.git("team.git", "ls-tree -r --name-only main tickets");
    let mut committed: Vec<&str> = files.lines().collect();
    committed.sort_unstable();
    assert_eq!(committed, expected);
    let commits = (1 + tickets).to_string();
    assert_eq!(sandbox.git("team.git", "rev-list --count main"), commits, "one commit per ticket");
    assert_eq!(sandbox.git("team.git", "rev-list --count --merges main"), "0");
    // Each commit has the right author.
    let authors = sandbox.git("team.git", "log --format=%an --author=lena main");
    assert_eq!(authors.lines().count(), tickets / 4);
    for clone in 0..clones {
        let clone = format!("clone-{clone}");
        assert_eq!(sandbox.git(&clone, "status --porcelain --untracked-files=all"), "");
        sandbox.git(&clone, "pull -q --ff-only");
        sandbox.casebook(&clone, &format!("reply {} --message 'On it.'", ids[0])).ok();
    }
    assert_eq!(sandbox.git("team.git", "rev-list --count main"), (1 + tickets + clones).to_string());
    sandbox.git("team.git", "fsck --strict --no-dangling");
}

#[test]
fn replies_written_at_once_in_one_clone_wait_for_each_other() {
    let sandbox = Sandbox::with_team();
    let id = sandbox.open("team", "Export hangs");
    sandbox.git("team", "worktree add -q ../side -b side");
    thread::scope(|scope| {
        for n in 0..12 {
            let (sandbox, id) = (&sandbox, &id);
            let dir = ["team", "side"][n % 2];
            scope.spawn(move || sandbox.casebook(dir, &format!("reply {id} --message 'Reply {n}.'")).ok());
        }
    });
    assert_eq!(sandbox.show("team", &id)["reply_count"], 6);
    assert_eq!(sandbox.show("side", &id)["reply_count"], 6);
    assert_eq!(sandbox.git("team", "rev-list --count main..side"), "6");
    assert_eq!(sandbox.git("team", "status --porcelain") + &sandbox.git("side", "status --porcelain"), "");
}

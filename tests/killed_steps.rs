//! Casebook and its git are killed at each step of a write: no git command that follows loses data, and the next Casebook
//! command repairs the repository.

use std::process::Stdio;

use crate::{
    checked::CheckOutput as _,
    sandbox::{COMPLETE, Run, Sandbox},
    waiting::wait_until,
};

/// A script that kills its parent, which is git, and Casebook, which is the parent of git.
const KILL_BOTH: &str = "kill -9 $(awk '{ print $4 }' /proc/$PPID/stat) $PPID";

/// The step of a write at which the processes are killed.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// Git stages the file and holds `index.lock`.
    Stage,
    PreCommit,
    /// The branch is locked and has not moved yet.
    BranchLocked,
    /// The branch has moved.
    BranchMoved,
    PostCommit,
}

const STEPS: [Step; 5] =
    [Step::Stage, Step::PreCommit, Step::BranchLocked, Step::BranchMoved, Step::PostCommit];

/// Creates a team with a ticket, a modified file and a staged file. Also returns the id of the ticket.
fn team() -> (Sandbox, String) {
    let sandbox = Sandbox::in_memory();
    sandbox.team("team");
    sandbox.write("team/notes.txt", "notes").commit("team", "notes");
    let id = sandbox.open("team", "Imports are slow");
    sandbox.write("team/notes.txt", "more notes");
    sandbox.write("team/staged.txt", "staged").git("team", "add staged.txt");
    (sandbox, id)
}

/// Makes the next write of a ticket kill its processes at `step`.
fn arm(sandbox: &Sandbox, step: Step) {
    let hook = |name: &str, script: &str| {
        sandbox.hook("team/.git", name, script);
    };
    match step {
        Step::Stage => {
            sandbox.write("team/.git/info/attributes", "tickets/** filter=kill\n");
            sandbox.write("kill.sh", KILL_BOTH);
            let script = sandbox.path("kill.sh");
            // Git runs a filter in a shell. `exec` replaces that shell, so that git is the parent of the script.
            sandbox.git("team", &format!("config filter.kill.clean 'exec sh {}'", script.display()));
        }
        Step::PreCommit => hook("pre-commit", KILL_BOTH),
        Step::BranchLocked => {
            hook("reference-transaction", &format!("[ $1 = prepared ] || exit 0\n{KILL_BOTH}"))
        }
        Step::BranchMoved => {
            hook("reference-transaction", &format!("[ $1 = committed ] || exit 0\n{KILL_BOTH}"))
        }
        Step::PostCommit => hook("post-commit", KILL_BOTH),
    }
}

fn disarm(sandbox: &Sandbox) {
    for hook in ["pre-commit", "reference-transaction", "post-commit"] {
        std::fs::remove_file(sandbox.path(format!("team/.git/hooks/{hook}"))).ok();
    }
    std::fs::remove_file(sandbox.path("team/.git/info/attributes")).ok();
}

/// Runs a command, which must be killed.
#[track_caller]
fn run_until_killed(run: Run) {
    let mut command = run.into_command();
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
    assert_eq!(status.code(), None, "{status}");
}

fn tickets(sandbox: &Sandbox, dir: &str) -> usize {
    sandbox.git(dir, "ls-tree -r --name-only HEAD tickets").lines().count()
}

fn new() -> String {
    format!("new incident --title 'Export hangs' {COMPLETE}")
}

#[test]
fn no_git_command_loses_a_ticket_whose_write_was_killed() {
    std::thread::scope(|scope| {
        for step in STEPS {
            scope.spawn(move || loses_nothing(step));
        }
    });
}

fn loses_nothing(step: Step) {
    let (sandbox, _) = team();
    let ordinary = ["commit -q -m staged", "commit -q -a -m all", "checkout .", "stash"];
    for (n, line) in ordinary.into_iter().enumerate() {
        sandbox.write("team/notes.txt", format!("more notes {n}"));
        sandbox.write("team/staged.txt", format!("staged {n}")).git("team", "add staged.txt");
        arm(&sandbox, step);
        run_until_killed(sandbox.casebook("team", &new()));
        disarm(&sandbox);
        let before = tickets(&sandbox, "team");
        // A lock may stop this command, but it must not lose anything.
        sandbox.git_run("team", line).run();
        assert!(tickets(&sandbox, "team") >= before, "{step:?} {line}");
        let id = sandbox.casebook("team", &new()).ok().line().to_owned();
        assert_eq!(tickets(&sandbox, "team"), n + 2, "{step:?} {line}");
        assert_eq!(sandbox.show("team", &id)["title"], "Export hangs", "{step:?} {line}");
        let status = sandbox.git("team", "status --porcelain");
        assert!(!status.contains("tickets"), "{step:?} {line}: {status}");
        sandbox.git("team", "fsck --strict --no-dangling");
    }
}

#[test]
fn the_next_casebook_command_repairs_a_killed_write() {
    for step in STEPS {
        let (sandbox, id) = team();
        let before = sandbox.git("team", "status --porcelain");
        arm(&sandbox, step);
        run_until_killed(sandbox.casebook("team", &new()));
        disarm(&sandbox);
        let is_committed = tickets(&sandbox, "team") == 2;
        // This write is not the one that was killed.
        sandbox.casebook("team", &format!("reply {id} --message 'On it.'")).ok();
        assert_eq!(tickets(&sandbox, "team"), if is_committed { 3 } else { 2 }, "{step:?}");
        sandbox.git("team", "commit -q -m staged");
        sandbox.casebook("team", &new()).ok();
        assert_eq!(tickets(&sandbox, "team"), 3, "{step:?}");
        let status = sandbox.git("team", "status --porcelain");
        assert_eq!(status, before.lines().next().unwrap(), "{step:?}");
    }
}

#[test]
fn what_a_killed_write_left_is_not_in_the_next_commit() {
    for step in [Step::PreCommit, Step::BranchLocked] {
        let (sandbox, _) = team();
        arm(&sandbox, step);
        run_until_killed(sandbox.casebook("team", &new()));
        disarm(&sandbox);
        // A command that only reads repairs the index, and tells it once.
        let told = sandbox.casebook("team", "list").ok();
        told.says(&[
            "warning: a casebook command was interrupted before it committed tickets/2026/11/export-hangs",
        ]);
        sandbox.casebook("team", "list").ok().hides(&["interrupted"]);
        sandbox.git("team", "commit -q -m staged");
        assert_eq!(sandbox.git("team", "show --format= --name-only HEAD"), "staged.txt", "{step:?}");
        // The same command finishes its write.
        sandbox.casebook("team", &new()).ok();
        assert_eq!(tickets(&sandbox, "team"), 2, "{step:?}");
        assert_eq!(sandbox.git("team", "status --porcelain"), " M notes.txt", "{step:?}");
    }
}

#[test]
fn the_commit_hook_refuses_a_commit_with_what_a_killed_write_left() {
    let (sandbox, _) = team();
    sandbox.casebook(".", "init --hook team").ok();
    sandbox.hook("team/.git", "commit-msg", KILL_BOTH);
    run_until_killed(sandbox.casebook("team", &new()));
    std::fs::remove_file(sandbox.path("team/.git/hooks/commit-msg")).unwrap();
    for line in ["commit -q -m staged", "commit -q -a -m all"] {
        let refused = sandbox.git_run("team", line).fails(1);
        refused.says(&["which an interrupted casebook command left in the index", "casebook check --staged"]);
    }
    // A commit of another file is not affected.
    sandbox.git("team", "commit -q -m notes notes.txt");
    sandbox.casebook("team", "check --staged").ok().says(&["interrupted before it committed tickets/"]);
    sandbox.git("team", "commit -q -m staged");
    assert_eq!(sandbox.git("team", "show --format= --name-only HEAD"), "staged.txt");
    // From now on, the user decides what happens to the file.
    sandbox.git("team", "add tickets");
    sandbox.git("team", "commit -q -m mine");
    assert_eq!(tickets(&sandbox, "team"), 2);
    sandbox.casebook("team", &new()).ok();
    assert_eq!(tickets(&sandbox, "team"), 2);
}

#[test]
fn a_commit_that_continues_after_casebook_was_killed_is_left_alone() {
    let (sandbox, id) = team();
    let wait =
        "touch ../held; n=0; while ! [ -e ../go ] && [ $n -lt 1200 ]; do n=$((n + 1)); sleep 0.05; done";
    sandbox.hook("team/.git", "pre-commit", wait);
    let mut reply = sandbox.casebook("team", &format!("reply {id} --message 'On it.'")).into_command();
    let mut reply = reply.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    wait_until("the hook of the reply runs", || sandbox.path("held").exists());
    reply.kill().unwrap();
    reply.wait().unwrap();
    // Git still runs the hook, and will move the branch.
    sandbox.casebook("team", "list").ok().hides(&["interrupted"]);
    sandbox.write("go", "");
    wait_until("git has committed", || tickets(&sandbox, "team") == 2);
    sandbox.casebook("team", "list").ok().hides(&["interrupted"]);
    sandbox.git("team", "commit -q -a -m all");
    assert_eq!(sandbox.git("team", "show --format= --name-only HEAD"), "notes.txt\nstaged.txt");
    assert_eq!(tickets(&sandbox, "team"), 2);
}

#[test]
fn the_index_lock_of_another_running_git_is_never_removed() {
    let (sandbox, id) = team();
    // The hook of this `git commit` waits until the file `go` exists.
    let wait =
        "touch ../held; n=0; while ! [ -e ../go ] && [ $n -lt 1200 ]; do n=$((n + 1)); sleep 0.05; done";
    sandbox.hook("team/.git", "pre-commit", &format!("[ -e ../held ] || {{ {wait}; }}"));
    let mut commit = sandbox.git_run("team", "commit -q -a -m theirs").into_command().spawn().unwrap();
    wait_until("the hook of the other commit runs", || sandbox.path("held").exists());
    let mut reply = sandbox.casebook("team", &format!("reply {id} --message 'On it.'")).into_command();
    let mut reply = reply.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    // The reply waits for the other commit, whose lock must stay.
    let pending = sandbox.path("team/.git/casebook/pending");
    wait_until("the reply is under way", || pending.read_dir().is_ok_and(|entries| entries.count() > 0));
    assert!(sandbox.path("team/.git/index.lock").exists());
    sandbox.write("go", "");
    assert!(commit.wait().unwrap().success());
    assert!(reply.wait().unwrap().success());
    assert_eq!(sandbox.git("team", "status --porcelain"), "");
    assert_eq!(sandbox.git("team", "log --format=%s -2"), format!("reply {id}\ntheirs"));
}

#[test]
fn a_push_killed_during_the_update_of_the_worktree_is_undone_and_repeated() {
    for n in 0..3 {
        let sandbox = Sandbox::with_team();
        sandbox.write("team/notes.txt", "one\n").commit("team", "notes");
        sandbox.remote("team", "team.git");
        sandbox.git(".", "clone -q team.git other");
        for path in ["a.txt", "b.txt", "c.txt"] {
            sandbox.write(format!("other/docs/{path}"), "of another");
        }
        sandbox.git("other", "rm -q notes.txt");
        sandbox.commit("other", "theirs").git("other", "push -q");
        sandbox.write("team/staged.txt", "staged").git("team", "add staged.txt");
        // Git writes the files one by one. At the `n`th file, git and Casebook are killed.
        sandbox.write("team/.git/info/attributes", "docs/** filter=kill\n");
        let script = format!("echo >> ../count; [ $(wc -l < ../count) -le {n} ] || {{ {KILL_BOTH}; }}; cat");
        sandbox.write("kill.sh", script);
        sandbox.git(
            "team",
            &format!("config filter.kill.smudge 'exec sh {}'", sandbox.path("kill.sh").display()),
        );
        run_until_killed(sandbox.casebook("team", &new()));
        std::fs::remove_file(sandbox.path("team/.git/info/attributes")).unwrap();
        assert!(sandbox.path("team/.git/casebook/move.json").exists());
        if n == 2 {
            // A file that a user creates before the next command stays.
            sandbox.write("team/docs/z.txt", "mine");
        }
        sandbox.casebook("team", &new()).ok().says(&["pushed to origin/main"]);
        let status = if n == 2 { "A  staged.txt\n?? docs/z.txt" } else { "A  staged.txt" };
        assert_eq!(sandbox.git("team", "status --porcelain"), status, "{n}");
        assert_eq!(sandbox.git("team", "rev-parse HEAD"), sandbox.git("team.git", "rev-parse main"));
        assert_eq!(sandbox.read("team/docs/c.txt"), "of another");
        assert_eq!(tickets(&sandbox, "team.git"), 1);
    }
}

#[test]
fn a_push_killed_before_its_branch_moves_is_undone_and_repeated() {
    let sandbox = Sandbox::with_team();
    sandbox.remote("team", "team.git");
    sandbox.git(".", "clone -q team.git other");
    sandbox.write("other/docs/a.txt", "of another").commit("other", "theirs").git("other", "push -q");
    // The branch moves a second time when the commit is put on top of the commits of others.
    let second = format!(
        "[ $1 = prepared ] && grep -q refs/heads/main || exit 0\necho >> ../count; [ $(wc -l < ../count) -lt 2 ] || {{ {KILL_BOTH}; }}"
    );
    sandbox.hook("team/.git", "reference-transaction", &second);
    run_until_killed(sandbox.casebook("team", &new()));
    disarm(&sandbox);
    sandbox.casebook("team", &new()).ok().says(&["pushed to origin/main"]);
    assert_eq!(sandbox.git("team", "status --porcelain"), "");
    assert_eq!(sandbox.git("team", "rev-parse HEAD"), sandbox.git("team.git", "rev-parse main"));
    assert_eq!(sandbox.git("team.git", "rev-list --count main"), "3");
}

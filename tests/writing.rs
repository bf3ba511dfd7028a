//! Writes to git: each write makes one commit with its own file, pushes it, and changes nothing else.

use std::fs;

use crate::sandbox::{COMPLETE, Sandbox};

/// Creates files that commands must not touch: a staged, a modified and an untracked file.
pub(crate) fn make_untidy(sandbox: &Sandbox, dir: &str) -> String {
    sandbox.write(format!("{dir}/staged.txt"), "staged").git(dir, "add staged.txt");
    sandbox.write(format!("{dir}/casebook.yml"), sandbox.read(format!("{dir}/casebook.yml")) + "# dirty\n");
    sandbox.write(format!("{dir}/unknown.txt"), "unknown");
    sandbox.git(dir, "status --porcelain")
}

#[test]
fn the_commit_hook_checks_manual_commits() {
    let sandbox = Sandbox::new();
    sandbox.casebook(".", "init team").ok();
    sandbox.write("team/tickets/mine.md", "---\ntitle: Export hangs\ntemplate: incident\n---\nIt hangs.\n");
    sandbox.git("team", "add tickets");
    sandbox.git_run("team", "commit -q -m mine").fails(1).says(&["tickets/mine.md", "missing-section"]);
    sandbox.git("team", "rm -q --cached tickets/mine.md");
    // Commits by Casebook itself pass the hook.
    sandbox
        .casebook("team", "new request --title 'Raise the limit' --set service=casebook \
            --section 'Request=Raise the limit of project atlas to 200 a second.' --section 'Why=Nobody can deliver otherwise.'")
        .ok();
}

#[test]
fn each_commit_has_only_its_own_file_and_other_changes_stay() {
    let sandbox = Sandbox::with_team();
    let before = make_untidy(&sandbox, "team");
    let id = sandbox.open("team", "Invoice export times out");
    let output = sandbox.casebook("team", &format!("reply {id} --message 'On it.' --assign omar")).ok();
    let reply = output.line();
    let ticket = format!("tickets/2026/11/{id}.md");
    assert!(
        reply.starts_with(&format!("tickets/2026/11/{id}/20261122T")) && reply.contains("-mei-"),
        "{reply}"
    );
    for (rev, path) in [("HEAD~1", ticket.as_str()), ("HEAD", reply)] {
        assert_eq!(
            sandbox.git("team", &format!("diff-tree --no-commit-id --name-status -r {rev}")),
            format!("A\t{path}")
        );
    }
    assert_eq!(sandbox.git("team", "status --porcelain"), before);
}

#[test]
fn a_commit_is_pushed_unless_disabled() {
    let sandbox = Sandbox::with_team();
    sandbox.remote("team", "team.git");
    let id = sandbox.open("team", "Export hangs");
    let pushed = || sandbox.git("team.git", "rev-parse main");
    assert_eq!(pushed(), sandbox.git("team", "rev-parse HEAD"));
    let before = pushed();
    sandbox.casebook("team", &format!("reply {id} --message 'On it.' --no-push")).ok();
    assert_eq!(pushed(), before);
    let settings = sandbox.read("team/casebook.yml") + "push: false\n";
    sandbox.write("team/casebook.yml", settings).commit("team", "quiet");
    sandbox.casebook("team", &format!("reply {id} --message 'Still on it.'")).ok();
    assert_eq!(pushed(), before);
    sandbox
        .casebook("team", &format!("reply {id} --message 'Found it.' --push"))
        .ok()
        .says(&["pushed to origin/main"]);
    assert_eq!(pushed(), sandbox.git("team", "rev-parse HEAD"));
}

#[test]
fn after_a_refused_push_the_same_command_pushes_the_commit() {
    let sandbox = Sandbox::with_team();
    sandbox.remote("team", "team.git");
    sandbox.hook("team.git", "pre-receive", "echo 'closed until Monday' >&2; exit 1");
    let line = format!("new incident --title 'Export hangs' {COMPLETE}");
    let output =
        sandbox.casebook("team", &line).fails(2).says(&["committed but not pushed", "closed until Monday"]);
    let id = output.line().to_owned();
    assert_eq!(sandbox.show("team", &id)["status"], "open");
    assert_eq!(sandbox.git("team", "status --porcelain"), "");
    fs::remove_file(sandbox.path("team.git/hooks/pre-receive")).unwrap();
    let output = sandbox.casebook("team", &line).ok();
    assert_eq!(output.line(), id);
    assert_eq!(sandbox.git("team.git", "rev-parse main"), sandbox.git("team", "rev-parse HEAD"));
    // The same text again opens another ticket.
    assert_ne!(sandbox.casebook("team", &line).ok().line(), id);
}

#[test]
fn a_commit_refused_by_a_hook_leaves_only_the_draft() {
    let sandbox = Sandbox::with_team();
    let id = sandbox.open("team", "Export hangs");
    let before = make_untidy(&sandbox, "team");
    sandbox.hook("team/.git", "pre-commit", "echo 'not on Sundays' >&2; exit 1");
    sandbox.casebook("team", &format!("reply {id} --message 'On it.'")).fails(2).says(&["not on Sundays"]);
    let output = sandbox
        .casebook("team", &format!("new incident --title 'Import hangs' {COMPLETE}"))
        .fails(2)
        .says(&["not on Sundays", "draft saved; continue with `casebook new --resume import-hangs-"]);
    assert_eq!(sandbox.git("team", "status --porcelain"), before);
    fs::remove_file(sandbox.path("team/.git/hooks/pre-commit")).unwrap();
    let name = output.err.split("--resume ").nth(1).unwrap().split([' ', '`']).next().unwrap();
    let output = sandbox.casebook("team", &format!("new --resume {name}")).ok();
    assert_eq!(sandbox.show("team", output.line())["title"], "Import hangs");
    sandbox.casebook("team", "new --resume").fails(2).says(&["no saved draft found"]);
}

#[test]
fn the_same_text_a_day_later_is_a_new_reply() {
    let sandbox = Sandbox::with_team();
    sandbox.remote("team", "team.git");
    let id = sandbox.open("team", "Export hangs");
    sandbox.hook("team.git", "pre-receive", "exit 1");
    let line = format!("reply {id} --message 'Any news?'");
    sandbox.casebook("team", &line).fails(2);
    fs::remove_file(sandbox.path("team.git/hooks/pre-receive")).unwrap();
    sandbox.wait(24 * 60 * 60).casebook("team", &line).ok();
    assert_eq!(sandbox.show("team", &id)["reply_count"], 2);
}

#[test]
fn the_author_comes_from_git_and_the_environment_has_priority_over_settings() {
    let sandbox = Sandbox::with_team();
    sandbox.git("team", "config user.email lena@acme.example");
    sandbox.git("team", "config user.name 'Lena Weber'");
    let without_identity = |line: &str| {
        ["GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"]
            .into_iter()
            .fold(sandbox.casebook("team", line), crate::sandbox::Run::without_env)
    };
    let line = format!("new incident --title 'Export hangs' {COMPLETE}");
    let by_settings = without_identity(&line).ok();
    let by_environment = sandbox.casebook("team", &line).by("omar").ok();
    let by_stranger = sandbox.casebook("team", &line).by("kim.stone").ok();
    let requester =
        |output: &crate::sandbox::CommandOutput| sandbox.show("team", output.line())["requester"].clone();
    assert_eq!(
        [requester(&by_settings), requester(&by_environment), requester(&by_stranger)],
        ["lena", "omar", "kim-stone"]
    );
    assert_eq!(
        sandbox.git("team", "log -3 --format=%ae"),
        "kim.stone@acme.example\nomar@acme.example\nlena@acme.example"
    );
    sandbox.git("team", "config --unset user.email");
    sandbox.git("team", "config --unset user.name");
    without_identity(&line).fails(2).says(&["git does not know who you are", "user.email"]);
}

//! Repositories of every kind and in every state: the commands work, or explain why they do not, and lose no data.

use std::{
    ffi::OsStr,
    fs,
    os::unix::{ffi::OsStrExt as _, fs::PermissionsExt as _, process::CommandExt as _},
    path::Path,
};

use serde_json::json;

use crate::sandbox::{COMPLETE, Run, SETTINGS, Sandbox};

fn ids(sandbox: &Sandbox, dir: &str) -> Vec<String> {
    let list = sandbox.casebook(dir, "list is:any -tag:noise --format json").ok().json();
    let mut ids: Vec<String> = list["tickets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|ticket| ticket["id"].as_str().unwrap().to_owned())
        .collect();
    ids.sort();
    ids
}

#[test]
fn a_linked_worktree_has_its_own_branch_and_files() {
    let sandbox = Sandbox::with_team();
    let one = sandbox.open("team", "One export hangs");
    sandbox.git("team", "worktree add -q ../side -b side");
    let two = sandbox.open("side", "Two exports hang");
    sandbox.casebook("side", &format!("reply {one} --message 'On it.'")).ok();
    assert_eq!(
        sandbox.git("side", "log -2 --format=%s%x20%D"),
        format!("reply {one} HEAD -> side\nopen {two}: Two exports hang ")
    );
    assert_eq!(ids(&sandbox, "team"), [one.as_str()]);
    assert_eq!(ids(&sandbox, "side").len(), 2);
    assert_eq!(sandbox.show("team", &one)["reply_count"], 0);
    assert_eq!(sandbox.git("team", "status --porcelain") + &sandbox.git("side", "status --porcelain"), "");
    // A ticket for a pull request can be created from either worktree.
    sandbox.remote("team", "team.git");
    let output = sandbox
        .casebook("side", &format!("new incident --title 'Three hang' {COMPLETE} --intake branch"))
        .ok();
    assert_eq!(
        sandbox.git("team.git", &format!("log -1 --format=%s ticket/{0}", output.line())),
        format!("open {}: Three hang", output.line())
    );
}

#[test]
fn a_bare_repository_is_read_at_head_and_written_to_its_branch() {
    let sandbox = Sandbox::with_team();
    let id = sandbox.open("team", "Export hangs");
    sandbox.git(".", "clone -q --bare team team.git");
    sandbox.git("team.git", "remote remove origin");
    assert_eq!(ids(&sandbox, "team.git"), [id.as_str()]);
    let other = sandbox.open("team.git", "Import hangs");
    sandbox.casebook("team.git", &format!("reply {id} --message 'On it.' --assign omar")).ok();
    sandbox.casebook("team.git", &format!("resolve {other} --as duplicate --of {id}")).ok();
    assert_eq!(sandbox.show("team.git", &id)["assignee"], "omar");
    assert_eq!(sandbox.show("team.git", &other)["duplicate_of"], json!(id));
    assert_eq!(sandbox.git("team.git", "branch --format=%(refname:short)"), "main");
    sandbox.git("team.git", "fsck --strict --no-dangling");
    sandbox.casebook("team.git", "import jsonl x.jsonl").fails(2).says(&["has no worktree", "clone it"]);
    sandbox.git("team.git", "update-ref --no-deref HEAD HEAD");
    sandbox.casebook("team.git", &format!("reply {id} --message x")).fails(2).says(&["is detached"]);
}

#[test]
fn an_empty_bare_repository_says_what_to_do() {
    let sandbox = Sandbox::new();
    sandbox.git(".", "init -q --bare empty.git");
    sandbox.casebook("empty.git", "list").fails(2).says(&["push a casebook repository to it first"]);
}

#[test]
fn a_shallow_clone_can_be_read_written_and_pushed() {
    let sandbox = Sandbox::with_team();
    let id = sandbox.open("team", "Export hangs");
    sandbox.remote("team", "team.git");
    sandbox.git(".", &format!("clone -q --depth 1 file://{} shallow", sandbox.path("team.git").display()));
    assert_eq!(ids(&sandbox, "shallow"), [id.as_str()]);
    // Another user pushed first, so this commit is put on top.
    sandbox.casebook("team", &format!("reply {id} --message 'On it.'")).ok();
    sandbox
        .casebook("shallow", &format!("reply {id} --message 'Me too.'"))
        .ok()
        .says(&["pushed to origin/main"]);
    assert_eq!(sandbox.show("shallow", &id)["reply_count"], 2);
    assert_eq!(sandbox.git("team.git", "rev-parse main"), sandbox.git("shallow", "rev-parse HEAD"));
    assert!(sandbox.path("shallow/.git/shallow").exists());
    sandbox.casebook("shallow", "check").ok();
}

#[test]
fn on_a_detached_head_the_commit_is_made_with_a_warning() {
    let sandbox = Sandbox::with_team();
    sandbox.remote("team", "team.git");
    sandbox.git("team", "checkout -q --detach");
    let main = sandbox.git("team", "rev-parse main");
    let output = sandbox
        .casebook("team", &format!("new incident --title 'Export hangs' {COMPLETE}"))
        .fails(2)
        .says(&["detached HEAD and not pushed", "git switch -c"]);
    sandbox.casebook("team", &format!("reply {} --message 'On it.' --no-push", output.line())).ok();
    assert_eq!(sandbox.git("team", "rev-parse HEAD~2"), main);
    assert_eq!(sandbox.git("team", "rev-parse main"), main);
    assert_eq!(sandbox.git("team", "status --porcelain"), "");
}

#[test]
fn the_first_commit_of_an_unborn_branch_is_the_ticket() {
    let sandbox = Sandbox::new();
    sandbox.git(".", "init -q team");
    sandbox.write("team/casebook.yml", SETTINGS);
    let id = sandbox.open("team", "Export hangs");
    sandbox.casebook("team", &format!("reply {id} --message 'On it.'")).ok();
    assert_eq!(sandbox.git("team", "rev-list --count HEAD"), "2");
    assert_eq!(sandbox.git("team", "ls-tree -r --name-only HEAD~1"), format!("tickets/2026/11/{id}.md"));
    assert_eq!(sandbox.git("team", "status --porcelain"), "?? casebook.yml");
}

#[test]
fn a_casebook_in_a_subfolder_leaves_the_rest_of_the_repository_alone() {
    let sandbox = Sandbox::new();
    sandbox.git(".", "init -q code");
    sandbox
        .write("code/ops/oncall/casebook.yml", SETTINGS)
        .write("code/main.c", "int main;")
        .commit("code", "code");
    sandbox.write("code/main.c", "int main(void);").write("code/tickets/x.md", "not a ticket");
    let id = sandbox.open("code/ops/oncall", "Export hangs");
    sandbox.casebook("code/ops/oncall/tickets/2026", &format!("reply {id} --message 'On it.'")).ok();
    assert_eq!(ids(&sandbox, "code/ops/oncall"), [id.as_str()]);
    let files = sandbox.git("code", "diff --name-only HEAD~2 HEAD");
    assert!(files.lines().all(|file| file.starts_with("ops/oncall/tickets/2026/11/")), "{files}");
    assert_eq!(sandbox.git("code", "status --porcelain"), " M main.c\n?? tickets/");
    sandbox.casebook("code/ops/oncall", "check --since HEAD~2").ok();
    sandbox.casebook("code", "list").fails(2);
}

#[test]
fn a_reply_keeps_uncommitted_changes_of_the_ticket() {
    let sandbox = Sandbox::with_team();
    let id = sandbox.open("team", "Export hangs");
    let path = format!("team/tickets/2026/11/{id}.md");
    sandbox.write(&path, sandbox.read(&path).replace("Export hangs", "Export hangs for ever"));
    sandbox.casebook("team", &format!("reply {id} --message 'On it.'")).ok().says(&["Export hangs for ever"]);
    assert_eq!(sandbox.git("team", "status --porcelain"), format!(" M tickets/2026/11/{id}.md"));
}

#[test]
fn names_that_are_not_utf8_are_findings_and_hide_nothing() {
    let sandbox = Sandbox::with_team();
    let id = sandbox.open("team", "Export hangs");
    let name = OsStr::from_bytes(b"caf\xe9.md");
    fs::write(sandbox.path("team/tickets").join(name), "---\ntitle: x\n---\n").unwrap();
    assert_eq!(ids(&sandbox, "team"), [id.as_str()]);
    sandbox.casebook("team", &format!("reply {id} --message 'On it.'")).ok();
    sandbox.casebook("team", "check").fails(1).prints(&["caf", "UTF-8"]);
    sandbox.commit("team", "a strange name");
    sandbox.casebook("team", "check --at HEAD").fails(1).prints(&["caf", "UTF-8"]);
    sandbox.git(".", "clone -q --bare team team.git");
    assert_eq!(ids(&sandbox, "team.git"), [id.as_str()]);
}

#[test]
fn symbolic_links_are_findings_and_are_not_followed() {
    let sandbox = Sandbox::with_team();
    let id = sandbox.open("team", "Export hangs");
    sandbox.write("secret.md", "---\ntitle: Secret\ntemplate: question\n---\n");
    std::os::unix::fs::symlink("../../secret.md", sandbox.path("team/tickets/link.md")).unwrap();
    assert_eq!(ids(&sandbox, "team"), [id.as_str()]);
    sandbox.casebook("team", "check").fails(1).prints(&["tickets/link.md", "symlink"]);
    sandbox.casebook("team", "show link").fails(1);
    // A link out of the repository is at the path of the replies' folder.
    std::os::unix::fs::symlink(sandbox.path("home"), sandbox.path(format!("team/tickets/2026/11/{id}")))
        .unwrap();
    sandbox.casebook("team", &format!("reply {id} --message 'On it.'")).fails(2).says(&["symbolic link"]);
    assert_eq!(fs::read_dir(sandbox.path("home")).unwrap().count(), 0);
}

#[test]
fn during_a_merge_with_conflicts_reading_works_and_writing_is_refused() {
    let sandbox = Sandbox::with_team();
    let (id, other) = (sandbox.open("team", "Export hangs"), sandbox.open("team", "Import hangs"));
    let path = format!("team/tickets/2026/11/{id}.md");
    sandbox.git("team", "checkout -q -b side");
    sandbox
        .write(&path, sandbox.read(&path).replace("environment: production", "environment: staging"))
        .commit("team", "side");
    sandbox.git("team", "checkout -q main");
    sandbox
        .write(&path, sandbox.read(&path).replace("environment: production", "environment: development"))
        .commit("team", "main");
    sandbox.git_run("team", "merge -q side").fails(1);
    assert!(sandbox.read(&path).contains("<<<<<<<"));
    assert_eq!(ids(&sandbox, "team").len(), 2);
    sandbox.casebook("team", "check").fails(1).prints(&["conflict-markers", &format!("{id}.md")]);
    assert_eq!(sandbox.show("team", &other)["status"], "open");
    let before = sandbox.git("team", "status --porcelain");
    sandbox
        .casebook("team", &format!("reply {other} --message 'On it.'"))
        .fails(2)
        .says(&["a merge is in progress"]);
    assert_eq!(sandbox.git("team", "status --porcelain"), before);
    // A separate branch needs no worktree.
    sandbox.remote("team", "team.git");
    sandbox
        .casebook("team", &format!("new incident --title 'A fourth export hangs' {COMPLETE} --intake branch"))
        .ok();
    assert_eq!(sandbox.git("team", "status --porcelain"), before);
}

#[test]
fn windows_line_ends_are_preserved() {
    let sandbox = Sandbox::with_team();
    let ticket = "---\r\ntitle: Export hangs\r\ntemplate: incident\r\nservice: billing-api\r\nenvironment: production\r\n\
        requester: lena\r\ncreated: 2026-11-20T09:00:00Z\r\n---\r\n## Problem\r\nThe export of October ends with a timeout of \
        the gateway.\r\n\r\n## Impact\r\nNobody in Europe can close the month.\r\n";
    sandbox.git("team", "config core.autocrlf true");
    sandbox.write("team/tickets/export-hangs.md", ticket).commit("team", "by hand");
    sandbox.casebook("team", "check").by("lena").ok();
    sandbox.casebook("team", "reply export-hangs --message 'On it.' --set environment=staging").ok();
    let shown = sandbox.show("team", "export-hangs");
    assert_eq!([&shown["requester"], &shown["fields"]["environment"]], ["lena", "staging"]);
    assert_eq!(sandbox.read("team/tickets/export-hangs.md"), ticket);
    assert_eq!(sandbox.git("team", "status --porcelain"), "");
}

/// Runs the command as a user who owns no files here, because the tests can run as root. A read-only file system is the
/// same for both.
fn as_nobody(sandbox: &Sandbox, dir: &str, line: &str) -> Run {
    let is_root =
        fs::metadata(sandbox.path("home")).is_ok_and(|home| std::os::unix::fs::MetadataExt::uid(&home) == 0);
    if !is_root {
        return sandbox.casebook(dir, line);
    }
    // The program can be in a folder that other users cannot open.
    let program = sandbox.path("casebook");
    if !program.exists() {
        // Another process copies the file. If this process had it open for writing, a child process of another test
        // could inherit the handle, and running the program would fail with "text file busy".
        let copy = std::process::Command::new("cp").arg(crate::sandbox::PROGRAM).arg(&program).status();
        assert!(copy.unwrap().success());
        fs::set_permissions(sandbox.path("."), fs::Permissions::from_mode(0o755)).unwrap();
    }
    sandbox.casebook(dir, line).with_program(&program, |command| {
        command.uid(65_534).gid(65_534);
    })
}

fn set_writable(path: &Path, writable: bool) {
    let metadata = path.symlink_metadata().unwrap();
    if metadata.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            set_writable(&entry.unwrap().path(), writable);
        }
    }
    let mode = metadata.permissions().mode();
    let mode = if writable { mode | 0o200 } else { mode & !0o222 };
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    if std::os::unix::fs::MetadataExt::uid(&metadata) == 0 {
        std::os::unix::fs::chown(path, Some(65_534), Some(65_534)).unwrap();
    }
}

#[test]
fn a_read_only_repository_can_be_read_and_says_so_when_it_is_written() {
    let sandbox = Sandbox::with_team();
    let id = sandbox.open("team", "Export hangs");
    set_writable(&sandbox.path("team"), false);
    as_nobody(&sandbox, "team", &format!("show {id} --format json")).ok().prints(&["Export hangs"]);
    as_nobody(&sandbox, "team", "list").ok();
    as_nobody(&sandbox, "team", "check").ok();
    let output = as_nobody(&sandbox, "team", &format!("reply {id} --message 'On it.'")).fails(2);
    output.says(&["team/.git/casebook", "Permission denied"]);
    as_nobody(&sandbox, "team", &format!("new incident --title 'Import hangs' {COMPLETE}")).fails(2).says(&[
        "Permission denied",
        "the draft could not be saved; this is its text:",
        "title: Import hangs",
    ]);
    set_writable(&sandbox.path("team"), true);
}

#[test]
fn a_branch_for_pages_is_committed_to_in_spite_of_the_commit_hook() {
    let sandbox = Sandbox::with_team();
    sandbox.casebook("team", "init .").ok();
    let hook = sandbox.read("team/.git/hooks/pre-commit");
    assert!(hook.contains("casebook check --staged"), "{hook}");
    let path = format!(
        "{}:{}",
        std::path::Path::new(crate::sandbox::PROGRAM).parent().unwrap().display(),
        std::env::var("PATH").unwrap()
    );
    let git = |line: &str| sandbox.git_run("team", line).env("PATH", &path);
    git("checkout -q --orphan pages").ok();
    git("rm -rfq .").ok();
    sandbox.write("team/index.html", "");
    git("add -A").ok();
    git("commit -q -m pages").ok();
    git("checkout -q main").ok();
    git("rm -q casebook.yml").ok();
    git("commit -q -m 'without settings'").fails(1).says(&["casebook.yml"]);
}

#[test]
fn a_full_disk_loses_nothing() {
    let sandbox = Sandbox::with_team();
    let id = sandbox.open("team", "Export hangs");
    let before = (sandbox.git("team", "rev-parse HEAD"), sandbox.git("team", "status --porcelain"));
    // A limit on the file size fails in the same place as a full disk: in the middle of a write. Blocks have 512 bytes.
    let limited = |blocks: u32, line: &str| {
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$CASEBOOK\" {line}");
        sandbox.sh("team", &script)
    };
    let long = "word ".repeat(4_000);
    sandbox.write("long.md", &long);
    let line = format!("reply {id} --body ../long.md");
    limited(8, &line).fails(2).says(&["cannot write `", "File too large"]);
    let unchanged = || (sandbox.git("team", "rev-parse HEAD"), sandbox.git("team", "status --porcelain"));
    assert_eq!(unchanged(), before);
    let new = format!(
        "new incident --title 'Import hangs' {COMPLETE} --section \"Logs=$(printf '```\\n'; cat ../long.md; printf '\\n```')\""
    );
    limited(8, &new).fails(2).says(&[
        "cannot write `",
        "File too large",
        "this is its text:",
        "title: Import hangs",
        "word word",
    ]);
    assert_eq!(unchanged(), before);
    // Git reaches the limit, because its index is larger than the ticket.
    for n in 0..200 {
        sandbox.write(format!("team/tickets/2026/11/{id}/attached-{n}.txt"), "x");
    }
    sandbox.commit("team", "many files");
    let before = unchanged();
    limited(24, &format!("reply {id} --message 'On it.'")).fails(2).says(&["git"]);
    assert_eq!(unchanged(), before);
    // Later the disk has space again.
    sandbox.casebook("team", &line).ok();
    assert_eq!(sandbox.show("team", &id)["reply_count"], 1);
    sandbox.git("team", "fsck --strict --no-dangling");
}

//! Real `git commit` with the hook that `casebook init` installs: it checks exactly the content of the new commit.

use crate::sandbox::{Run, Sandbox};

/// Returns a ticket with a secret key, which must not be committed.
fn with_key() -> String {
    let key = concat!("AKIA", "Q3EGRYB7KMZP2XWN");
    format!(
        "---\ntitle: Export of invoices hangs\ntemplate: request\nservice: casebook\n---\n\n## Request\n\nThe bucket opens with {key}.\n"
    )
}

/// Returns a ticket without problems.
fn fine() -> String {
    "---\ntitle: Raise the limit of project atlas\ntemplate: request\nservice: casebook\ncreated: 2026-11-22T08:00:00Z\n\
     requester: mei\n---\n\n## Request\n\nRaise the limit of project atlas to 200 a second.\n\n## Why\n\n\
     Nobody can deliver the orders of the week otherwise.\n"
        .to_owned()
}

const A: &str = "tickets/2026/11/export-of-invoices-hangs.md";
const B: &str = "tickets/2026/11/raise-the-limit-of-project-atlas.md";

/// Creates a repository `team` with `casebook init`, with the valid tickets [`A`] and [`B`] committed.
fn initialised() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.casebook(".", "init team").ok();
    sandbox
        .write(format!("team/{A}"), fine())
        .write(format!("team/{B}"), fine())
        .commit("team", "two tickets");
    sandbox
}

/// Asserts that the commit is refused because of the key in [`A`] and that the branch did not move.
#[track_caller]
fn is_refused(sandbox: &Sandbox, dir: &str, commit: Run) {
    let before = sandbox.git(dir, "rev-parse HEAD");
    let output = commit.run();
    assert!(
        output.status == Some(1) && output.err.contains(A) && output.err.contains("[secret]"),
        "{output:#?}"
    );
    assert_eq!(sandbox.git(dir, "rev-parse HEAD"), before);
}

#[test]
fn a_key_is_refused_in_every_form_of_commit() {
    let sandbox = initialised();
    let folder = "team/tickets/2026/11";
    let name = A.rsplit('/').next().unwrap();
    sandbox.write(format!("team/{A}"), with_key());
    for (dir, line) in [
        ("team", "commit -a -m x"),
        ("team", &format!("commit -m x -- {A}")),
        ("team", &format!("commit -m x --only {A}")),
        ("team", &format!("commit -m x --include {A}")),
        ("team", "commit --amend -a --no-edit"),
        ("team", "commit -m x ."),
        (folder, "commit -a -m x"),
        (folder, &format!("commit -m x {name}")),
        (folder, "commit --amend --no-edit -a"),
        (".", "-C team commit -a -m x"),
        (".", "--git-dir=team/.git --work-tree=team commit -a -m x"),
    ] {
        let dir = if dir == "." { "team" } else { dir };
        let line = line.replace("-C team", "-C ../team").replace("=team", "=../team");
        is_refused(&sandbox, dir, sandbox.git_run(dir, &line));
    }
    is_refused(&sandbox, "team", sandbox.git_run("team", "commit -p -m x").input("y\n"));
    is_refused(&sandbox, folder, sandbox.git_run(folder, "commit -p -m x").input("y\n"));
    // An index file that the user chose, relative to the root of the worktree.
    let own = |line: &str| sandbox.git_run("team", line).env("GIT_INDEX_FILE", ".git/own-index");
    own("read-tree HEAD").ok();
    own(&format!("add {A}")).ok();
    is_refused(&sandbox, "team", own("commit -m x"));
    sandbox.git("team", &format!("add {A}"));
    is_refused(&sandbox, "team", sandbox.git_run("team", "commit -m x"));
    is_refused(&sandbox, folder, sandbox.git_run(folder, "commit -m x"));
}

#[test]
fn staged_files_outside_of_the_commit_do_not_stop_it() {
    let sandbox = initialised();
    sandbox.write(format!("team/{A}"), with_key()).git("team", &format!("add {A}"));
    for (n, line) in
        ["commit -q -m x --", "commit -q -m x --only", "commit -q --amend --no-edit --"].iter().enumerate()
    {
        sandbox.write(format!("team/{B}"), fine() + &format!("\nOnce more: {n}.\n"));
        sandbox.git_run("team", &format!("{line} {B}")).ok();
        assert_eq!(sandbox.git("team", "status --porcelain"), format!("M  {A}"));
    }
    // Changes that are only in the worktree do not stop it either.
    sandbox.git("team", &format!("reset -q {A}"));
    sandbox.write(format!("team/{B}"), fine() + "\nThe last time.\n").git("team", &format!("add {B}"));
    sandbox.git_run("team", "commit -q -m x").ok();
}

#[test]
fn a_key_is_refused_in_a_linked_worktree_and_on_the_first_commit() {
    let sandbox = initialised();
    sandbox.git("team", "worktree add -q ../side -b side");
    sandbox.write(format!("side/{A}"), with_key());
    is_refused(&sandbox, "side", sandbox.git_run("side", "commit -a -m x"));
    is_refused(&sandbox, "side", sandbox.git_run("side/tickets", &format!("commit -m x -- ../{A}")));
    // A file that is staged in one worktree is not in a commit of another worktree.
    sandbox.git("side", &format!("add {A}"));
    sandbox.write(format!("team/{B}"), fine() + "\nOnce more.\n");
    sandbox.git_run("team", "commit -q -a -m x").ok();
    sandbox.git("team", "checkout -q --orphan fresh");
    sandbox.write(format!("team/{A}"), with_key());
    sandbox.git_run("team", "commit -a -m x").fails(1).says(&[A, "[secret]"]);
}

#[test]
fn a_key_is_refused_with_a_folder_of_hooks_in_a_submodule_and_below_a_folder() {
    let sandbox = Sandbox::new();
    for (dir, hooks) in
        [("absolute", sandbox.path("hooks").display().to_string()), ("relative", ".githooks".to_owned())]
    {
        sandbox.git(".", &format!("init -q {dir}"));
        sandbox.git(dir, &format!("config core.hooksPath {hooks}"));
        sandbox.casebook(".", &format!("init {dir}")).ok();
        sandbox.write(format!("{dir}/{A}"), with_key());
        sandbox.git(dir, "add -N tickets");
        is_refused(&sandbox, dir, sandbox.git_run(dir, "commit -a -m x"));
        is_refused(&sandbox, dir, sandbox.git_run(format!("{dir}/tickets"), "commit -a -m x"));
    }

    let sandbox = initialised();
    sandbox.git(".", "init -q code");
    sandbox.git("code", "-c protocol.file.allow=always submodule --quiet add ../team tracker");
    sandbox.git("code", "commit -q -m tracker");
    sandbox.casebook("code", "init tracker").ok();
    sandbox.write(format!("code/tracker/{A}"), with_key());
    is_refused(&sandbox, "code/tracker", sandbox.git_run("code/tracker", "commit -a -m x"));
    is_refused(&sandbox, "code/tracker", sandbox.git_run("code/tracker/tickets", "commit -a -m x"));

    let sandbox = Sandbox::new();
    sandbox.git(".", "init -q code");
    sandbox.casebook(".", "init code/team").ok();
    sandbox.write(format!("code/team/{A}"), with_key()).write("code/main.c", "").git("code", "add main.c");
    sandbox.git("code", "commit -q -m code");
    sandbox.git("code", "add -N .");
    for dir in ["code", "code/team", "code/team/tickets"] {
        is_refused(&sandbox, dir, sandbox.git_run(dir, "commit -a -m x"));
    }
    is_refused(&sandbox, "code", sandbox.git_run("code/team", &format!("commit -m x -- {A}")));
}

#[test]
fn a_key_is_refused_when_a_merge_rebase_or_cherry_pick_continues() {
    let sandbox = initialised();
    sandbox.git("team", "checkout -q -b other");
    sandbox.write(format!("team/{A}"), fine() + "\nOf the other.\n").commit("team", "other");
    sandbox.git("team", "checkout -q main");
    sandbox.write(format!("team/{A}"), fine() + "\nOf main.\n").commit("team", "main");
    for (start, resume, abort) in [
        ("merge other", "commit -a --no-edit", "merge --abort"),
        ("merge other", "merge --continue", "merge --abort"),
        ("cherry-pick other", "cherry-pick --continue", "cherry-pick --abort"),
        ("cherry-pick other", "commit -a --no-edit", "cherry-pick --abort"),
        // `git rebase --continue` runs no hook.
        ("rebase other", "commit -a -m x", "rebase --abort"),
    ] {
        sandbox.git_run("team", start).fails(1);
        sandbox.write(format!("team/{A}"), with_key()).git("team", "add -A");
        let output = sandbox.git_run("team", resume).env("GIT_EDITOR", ":").run();
        assert!(output.status != Some(0) && output.err.contains("[secret]"), "{output:#?}");
        sandbox.git("team", abort);
    }
}

#[test]
fn a_hook_can_read_the_index_of_a_nested_repository() {
    let sandbox = initialised();
    sandbox.git(".", "init -q code");
    sandbox.git(".", "clone -q team code/tracker");
    sandbox.write("code/.gitignore", "/tracker/\n").hook(
        "code/.git",
        "pre-commit",
        "cd tracker && exec casebook check --staged",
    );
    sandbox.commit("code", "the index of the code has no tickets");
    sandbox.write(format!("code/tracker/{A}"), with_key()).git("code/tracker", &format!("add {A}"));
    sandbox.write("code/main.c", "").git("code", "add main.c");
    is_refused(&sandbox, "code", sandbox.git_run("code", "commit -a -m x"));
    is_refused(&sandbox, "code", sandbox.git_run("code", "commit -m x"));
}

#[test]
fn a_key_in_a_hidden_file_or_in_a_name_is_refused() {
    let sandbox = initialised();
    let folder = A.trim_end_matches(".md");
    let key = concat!("AKIA", "Q3EGRYB7KMZP2XWN");
    for (path, text) in [
        (format!("{folder}/.env"), format!("AWS_ACCESS_KEY_ID={key}\n")),
        (format!("{folder}/.config/app/settings.ini"), format!("key = {key}\n")),
        (format!("{folder}/{key}.log"), "nothing\n".to_owned()),
        ("imports/jira.lock".to_owned(), format!("{key}\n")),
    ] {
        sandbox.write(format!("team/{path}"), text).git("team", &format!("add -f {path}"));
        let refused = sandbox.git_run("team", "commit -m x").fails(1);
        refused.says(&["[secret]", &path]);
        let found = sandbox.casebook("team", "check").fails(1);
        assert!(found.out.contains(&path), "{found:#?}");
        sandbox.git("team", &format!("rm -q -f --cached {path}"));
        std::fs::remove_file(sandbox.path(format!("team/{path}"))).unwrap();
    }
    // A hidden file without a secret is neither a finding nor published.
    sandbox.write(format!("team/{folder}/.env"), "DEBUG=1\n").git("team", "add -f tickets");
    sandbox.git_run("team", "commit -q -m x").ok();
    sandbox.casebook("team", "build").ok();
    assert_eq!(sandbox.sh("team", "find public -name '.env*'").ok().out, "");
}

#[test]
fn a_key_in_utf_16_in_a_log_with_zero_bytes_and_in_base64_is_refused() {
    let sandbox = initialised();
    let folder = A.trim_end_matches(".md");
    let line = concat!("the key is AKIA", "Q3EGRYB7KMZP2XWN, it says\n");
    let wide: Vec<u8> =
        std::iter::once(0xfeff).chain(line.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let base64 = "  key: dGhlIGtleSBpcyBBS0lBUTNFR1JZQjdLTVpQMlhXTiwgaXQgc2F5cw==\n".as_bytes().to_vec();
    let binary: Vec<u8> = (0..=255_u8).chain(line.bytes()).chain(0..=255).collect();
    let padded = [line.as_bytes(), &[0; 4096]].concat();
    for (name, bytes) in
        [("wide.log", wide), ("padded.log", padded), ("secret.yaml", base64), ("core", binary)]
    {
        let path = format!("{folder}/{name}");
        sandbox.write(format!("team/{path}"), bytes).git("team", &format!("add {path}"));
        sandbox.git_run("team", "commit -m x").fails(1).says(&["[secret]", name]);
        sandbox.git("team", &format!("rm -q -f --cached {path}"));
    }
}

#[test]
fn a_merge_of_a_branch_with_a_key_is_refused() {
    let sandbox = initialised();
    sandbox.git("team", "checkout -q -b other");
    sandbox.write(format!("team/{A}"), with_key()).git("team", "commit -q -a --no-verify -m other");
    sandbox.git("team", "checkout -q main");
    sandbox.write(format!("team/{B}"), fine() + "\nOf main.\n").commit("team", "main");
    sandbox.git_run("team", "merge --no-edit other").fails(1).says(&["[secret]", A]);
}

#[test]
fn init_installs_no_hook_for_all_repositories_and_none_where_git_runs_none() {
    let sandbox = Sandbox::new();
    sandbox.write("global", "[core]\n\thooksPath = shared\n");
    let global = sandbox.path("global");
    let done = sandbox.casebook(".", "init one").env("GIT_CONFIG_GLOBAL", &global).ok();
    done.says(&["no commit hook was installed: core.hooksPath is `shared` for all your repositories"]);
    assert!(!sandbox.path("one/shared").exists() && sandbox.path("one/casebook.yml").exists());
    sandbox.git(".", "init -q two");
    sandbox.git("two", "config core.hooksPath /dev/null");
    let done = sandbox.casebook(".", "init two").ok();
    done.says(&["no commit hook was installed: core.hooksPath is `/dev/null`, so git runs no hooks here"]);
    assert!(sandbox.path("two/casebook.yml").exists());
    // An included file is a part of the repository's configuration, and an empty value is no folder.
    sandbox.git(".", "init -q three");
    sandbox.write("included", "[core]\n\thooksPath = hooks\n");
    sandbox.git("three", "config include.path ../../included");
    sandbox.casebook(".", "init three").ok().says(&["installed a commit hook"]);
    assert!(sandbox.path("three/hooks/pre-commit").exists());
    sandbox.sh(".", "git init -q four && git -C four config core.hooksPath ''").ok();
    sandbox.casebook(".", "init four").ok().says(&["no commit hook was installed", "git runs no hooks here"]);
    assert!(!sandbox.path("four/pre-commit").exists());
}

#[test]
fn init_installs_no_pre_receive_hook_for_all_repositories_and_none_where_git_runs_none() {
    let sandbox = Sandbox::new();
    sandbox.write("global", format!("[core]\n\thooksPath = {}\n", sandbox.path("shared").display()));
    let global = sandbox.path("global");
    sandbox.git(".", "init -q --bare bare.git");
    let install = || sandbox.casebook(".", "init --hook bare.git").env("GIT_CONFIG_GLOBAL", &global);
    let way_out = "git config core.hooksPath hooks";
    install().fails(2).says(&["core.hooksPath` is", "for all your repositories", way_out]);
    assert!(!sandbox.path("shared").exists());
    sandbox.git("bare.git", "config core.hooksPath /dev/null");
    install().fails(2).says(&["`core.hooksPath` is `/dev/null`, so git runs no hooks here", way_out]);
    sandbox.git("bare.git", "config core.hooksPath hooks");
    install().ok();
    assert!(sandbox.path("bare.git/hooks/pre-receive").exists() && !sandbox.path("shared").exists());
}

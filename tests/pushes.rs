//! Real `git push` to a repository with the hook of `casebook init --hook`: nothing that a push brings hides a secret.

use crate::sandbox::Sandbox;

const KEY: &str = concat!("AKIA", "Q3EGRYB7KMZP2XWN");

/// Creates the repository `team` with the remote `bare.git`, which has the hook and the first commits.
fn guarded() -> Sandbox {
    let sandbox = Sandbox::with_team();
    sandbox.remote("team", "bare.git");
    sandbox.git("team", "push -q origin main");
    sandbox.casebook(".", "init --hook bare.git").ok();
    sandbox
}

/// Asserts that the push is refused because of a secret, and that the remote has no new ref.
#[track_caller]
fn is_refused(sandbox: &Sandbox, what: &str, because: &[&str]) {
    let before = sandbox.git("bare.git", "for-each-ref");
    let refused = sandbox.git_run("team", &format!("push origin {what}")).fails(1).says(because);
    assert!(!refused.err.contains(KEY) || because.iter().any(|text| text.contains(KEY)), "{}", refused.err);
    assert_eq!(sandbox.git("bare.git", "for-each-ref"), before);
}

#[test]
fn a_secret_outside_of_the_casebook_in_an_older_commit_or_in_a_message_is_refused() {
    let sandbox = guarded();
    let start = sandbox.git("team", "rev-parse HEAD");
    let reset = || sandbox.git("team", &format!("reset -q --hard {start}"));

    sandbox.write("team/deploy/.env", format!("KEY={KEY}\n")).commit("team", "deploy");
    is_refused(&sandbox, "main", &["[secret]", "deploy/.env", "in commit"]);

    sandbox.git("team", "rm -q -r deploy");
    sandbox.git("team", "commit -q --no-verify -m gone");
    is_refused(&sandbox, "main", &["[secret]", "deploy/.env", "in commit"]);
    reset();

    sandbox.write(format!("team/deploy/{KEY}.txt"), "x").commit("team", "name");
    is_refused(&sandbox, "main", &["[secret]", "in the name of the file", KEY]);
    reset();

    sandbox.write("team/notes.txt", "x").commit("team", &format!("the key is {KEY}"));
    is_refused(&sandbox, "main", &["[secret]", "(message)", "in commit"]);
    reset();

    sandbox.write("team/notes.txt", "x").commit("team", "no secret");
    sandbox.git("team", &format!("tag -a -m {KEY} v1"));
    is_refused(&sandbox, "v1", &["[secret]", "in tag v1", "`git tag --force --annotate v1 'v1^{}'`"]);
    sandbox.git_run("team", "push -q origin main").ok();
}

#[test]
fn a_secret_in_the_name_of_a_person_ref_or_submodule_or_in_a_merged_tag_is_refused() {
    let sandbox = guarded();
    let start = sandbox.git("team", "rev-parse HEAD");
    let reset = || sandbox.git("team", &format!("reset -q --hard {start}"));

    sandbox
        .git("team", &format!("commit -q --allow-empty --no-verify -m name --author={KEY}<mei@x.example>"));
    let said = ["[secret]", "(author or committer)", "--amend --no-edit --reset-author"];
    is_refused(&sandbox, "main", &said);
    sandbox.git("team", "commit -q --amend --no-edit --no-verify --allow-empty --reset-author");
    sandbox.git_run("team", "push -q origin main:refs/heads/better").ok();
    reset();

    sandbox.sh("team", &format!("GIT_COMMITTER_EMAIL={KEY}@x.example git tag -a -m text v1")).ok();
    is_refused(&sandbox, "v1", &["[secret]", "tag v1 (author or committer)", "`git tag --force"]);

    is_refused(&sandbox, &format!("main:refs/heads/{KEY}"), &["[secret]", "in the name of the ref", KEY]);
    is_refused(&sandbox, &format!("main:refs/tags/{KEY}"), &["[secret]", "in the name of the ref", KEY]);

    sandbox.git("team", &format!("update-index --add --cacheinfo 160000,{start},libs/{KEY}"));
    sandbox.git("team", "commit -q --no-verify -m submodule");
    is_refused(&sandbox, "main", &["[secret]", "in the name of the file", KEY]);
    reset();

    // Git keeps the whole tag in the commit that merges it, if the tag is signed.
    let tag = format!(
        "mergetag object {start}\n type commit\n tag v2\n tagger Mei <mei@x.example> 1 +0000\n \n {KEY}\n"
    );
    let script = format!(
        "{{ git cat-file commit HEAD | sed '/^$/,$d'; printf '{}'; printf '\\nmerged\\n'; }} > ../merge && \
         git reset -q --hard $(git hash-object -t commit -w ../merge)",
        tag.replace('\n', "\\n")
    );
    sandbox.write("team/notes.txt", "x").commit("team", "no secret");
    sandbox.sh("team", &script).ok();
    is_refused(&sandbox, "main", &["[secret]", "(merged tag)", "give `git merge` the commit of the tag"]);
}

#[test]
fn the_help_for_a_secret_in_a_note_removes_it_from_the_notes() {
    let sandbox = guarded();
    for text in ["first", KEY] {
        sandbox.git("team", &format!("notes add -f -m {text}"));
        if text == "first" {
            sandbox.git_run("team", "push -q origin refs/notes/commits").ok();
        }
    }
    let commit = sandbox.git("team", "rev-parse HEAD");
    let edit = format!("git notes --ref refs/notes/commits edit {commit}");
    let refused = sandbox.git_run("team", "push origin refs/notes/commits").fails(1);
    let refused = refused.says(&[
        "[secret]",
        &format!("remove the secret from the note: `{edit}`, then replace the commits"),
        "-p ",
    ]);
    sandbox.sh("team", &format!("GIT_EDITOR='echo better >' {edit}")).ok();
    is_refused(&sandbox, "refs/notes/commits", &["[secret]", "in commit"]);
    let join = refused.err.split('`').find(|text| text.starts_with("git update-ref")).unwrap().to_owned();
    sandbox.sh("team", &join).ok();
    sandbox.git_run("team", "push -q origin refs/notes/commits").ok();
    assert_eq!(sandbox.git("bare.git", &format!("notes show {commit}")).trim(), "better");
}

#[test]
fn a_casebook_that_moved_into_a_folder_hides_no_secret() {
    let sandbox = guarded();
    sandbox.sh("team", "mkdir sub && git mv casebook.yml sub/").ok();
    sandbox.write("team/sub/tickets/a.md", format!("---\ntitle: a\n---\n{KEY}\n")).commit("team", "moved");
    is_refused(&sandbox, "main", &["[secret]", "sub/tickets/a.md"]);
}

#[test]
fn a_secret_that_the_remote_has_already_does_not_stop_a_push() {
    let sandbox = Sandbox::with_team();
    sandbox.write("team/old.txt", format!("{KEY}\n")).commit("team", "old");
    sandbox.remote("team", "bare.git");
    sandbox.git("team", "push -q origin main");
    sandbox.casebook(".", "init --hook bare.git").ok();
    sandbox.write("team/old.txt", format!("{KEY}\nand more\n")).commit("team", "more");
    sandbox.git_run("team", "push -q origin main").ok();
    sandbox.git("team", "checkout -q -b side HEAD~1");
    sandbox.write("team/side.txt", "x").commit("team", "side");
    sandbox.git_run("team", "push -q origin side").ok();
}

#[test]
fn a_change_that_loosens_a_rule_is_told_to_the_person_who_pushes_it() {
    let sandbox = guarded();
    let settings = sandbox.read("team/casebook.yml") + "levels: { secret: allow }\n";
    sandbox.write("team/casebook.yml", settings).commit("team", "settings");
    let pushed = sandbox.git_run("team", "push origin main").ok();
    pushed.says(&["lowers the rule `secret` from deny to allow in casebook.yml"]);
    sandbox.casebook("team", "review --since HEAD~1 --at HEAD").ok().says(&["lowers the rule `secret`"]);
    let line = "a.md\tassigned-secret\t00000000000000000000000000000000\n";
    sandbox.write("team/imports/secrets.baseline", line).commit("team", "baseline");
    let pushed = sandbox.git_run("team", "push origin main").ok();
    pushed.says(&["allows 1 more secret in imports/secrets.baseline"]);
}

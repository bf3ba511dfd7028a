//! The editor: which one is opened, what happens to the text, and what happens if the editor fails.

use std::{fs, os::unix::fs::PermissionsExt as _};

use crate::{
    sandbox::{Run, Sandbox},
    terminal::{ENTER, Terminal},
};

/// Creates an editor in a folder whose name has a space. It writes the content of `$BODY`, and with `-a` it appends it.
fn editor(sandbox: &Sandbox) -> String {
    let path = sandbox.path("my tools/ed.sh");
    sandbox.write(
        &path,
        "#!/bin/sh\n[ \"$1\" = -a ] && { shift; cat \"$BODY\" >> \"$1\"; exit; }\ncat \"$BODY\" > \"$1\"\n",
    );
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    format!("'{}'", path.display())
}

fn run(sandbox: &Sandbox, line: &str, body: &str) -> Run {
    sandbox.write("body.md", body);
    sandbox.casebook("team", line).env("BODY", sandbox.path("body.md"))
}

const LINE: &str = "new question --title 'Restart an export' --set service=billing-export";
const BODY: &str = "## Question\nHow are exports restarted, please, without losing any row?\n\n## What I tried\nThe page on exports.\n";

#[test]
fn the_editor_is_the_same_as_for_git_and_may_have_arguments() {
    let sandbox = Sandbox::with_team();
    let editor = editor(&sandbox);
    let mut terminal =
        Terminal::start(run(&sandbox, LINE, BODY).env("VISUAL", &editor).env("EDITOR", "no-such"));
    let (status, out) = terminal.ends();
    assert_eq!(status, Some(0), "{}", terminal.shown());
    assert!(sandbox.show("team", out.trim())["body"].as_str().unwrap().contains("without losing any row?"));
    // An editor with an argument, from git's settings, which have priority over EDITOR.
    sandbox.git("team", "config core.editor nobody");
    let mut settings = sandbox.command("git", "team");
    assert!(settings.args(["config", "core.editor", &format!("{editor} -a")]).status().unwrap().success());
    let id = out.trim();
    let reply = run(&sandbox, &format!("reply {id}"), "It is *blue*.\n");
    let mut terminal = Terminal::start(reply.env("EDITOR", "no-such"));
    assert_eq!(terminal.ends().0, Some(0), "{}", terminal.shown());
    assert!(sandbox.show("team", id)["replies"][0]["body"].as_str().unwrap().contains("It is *blue*."));
}

#[test]
fn a_missing_editor_is_reported_and_no_text_is_lost() {
    let sandbox = Sandbox::with_team();
    for editor in ["no-such-editor", "no-such-editor --wait"] {
        let mut terminal = Terminal::start(run(&sandbox, LINE, BODY).env("EDITOR", editor));
        terminal.sees("opening no-such-editor");
        assert_eq!(terminal.ends(), (Some(2), String::new()));
        terminal.sees(&format!("cannot run the editor `{editor}`: program not found"));
        terminal
            .sees("set EDITOR")
            .sees("draft saved; continue with `casebook new --resume restart-an-export-");
    }
    sandbox.casebook("team", "new --resume --body ../body.md").ok();
}

#[test]
fn a_failing_editor_does_not_lose_the_text() {
    let sandbox = Sandbox::with_team();
    let editor = "sh -c 'cat \"$BODY\" > \"$1\"; exit 1' -";
    let mut terminal = Terminal::start(run(&sandbox, LINE, BODY).env("EDITOR", editor));
    assert_eq!(terminal.ends(), (Some(2), String::new()));
    terminal.sees("failed with exit status: 1").sees("draft saved");
    let output = sandbox.casebook("team", "new --resume").ok();
    let ticket = sandbox.show("team", output.line());
    assert_eq!(ticket["service"], "billing-export");
    assert!(ticket["body"].as_str().unwrap().contains("without losing any row?"));
}

#[test]
fn template_hints_are_removed_from_written_sections() {
    let sandbox = Sandbox::with_team();
    // Users who do not know the hints may write below them.
    let script = "sed -i -e '/^## Question/a How are exports restarted, please, without losing any row? <!-- mine -->' \
                  -e '/^## What I tried/a The page on exports.' \"$1\"";
    sandbox.write("ed.sh", format!("#!/bin/sh\n{script}\n"));
    let editor = format!("sh {}", sandbox.path("ed.sh").display());
    let mut terminal = Terminal::start(run(&sandbox, LINE, "").env("EDITOR", &editor));
    let (status, out) = terminal.ends();
    assert_eq!(status, Some(0), "{}", terminal.shown());
    let body = sandbox.show("team", out.trim())["body"].as_str().unwrap().to_owned();
    assert_eq!(body.matches("<!--").count(), 1, "{body}");
    assert!(body.contains("<!-- mine -->"), "{body}");
}

#[test]
fn the_question_for_a_title_repeats_until_there_is_one() {
    let sandbox = Sandbox::with_team();
    let editor = editor(&sandbox);
    let line = "new question --set service=billing-export";
    let mut terminal = Terminal::start(run(&sandbox, line, BODY).env("EDITOR", &editor));
    terminal.sees("title:").types(ENTER).sees("this is required").types("Restart an export").types(ENTER);
    assert_eq!(terminal.ends().0, Some(0), "{}", terminal.shown());
}

#[test]
fn the_id_stays_the_same_after_a_failed_attempt_and_the_file_of_the_draft_is_named() {
    let sandbox = Sandbox::with_team();
    let editor = editor(&sandbox);
    let mut terminal = Terminal::start(run(&sandbox, LINE, "## Question\nShort.\n").env("EDITOR", &editor));
    terminal
        .sees("in your ticket")
        .sees(".git/casebook/drafts/restart-an-export-")
        .sees("edit the draft again?");
    let shown = terminal.shown();
    let place = shown.split_once(".git/casebook/drafts/").unwrap().1;
    let id = place.split(".md").next().unwrap().to_owned();
    assert!(sandbox.read(format!("team/.git/casebook/drafts/{id}.md")).contains("Short."));
    let text = format!("---\ntitle: Another title\ntemplate: question\nservice: billing-export\n---\n{BODY}");
    sandbox.write("body.md", &text);
    terminal.types(ENTER);
    assert_eq!(terminal.ends(), (Some(0), format!("{id}\n")), "{}", terminal.shown());
    // The same applies in scripts.
    let output = sandbox.casebook("team", &format!("{LINE} --section Question=Short.")).fails(1);
    let id = output.err.split("--resume ").nth(1).unwrap().split([' ', '`']).next().unwrap().to_owned();
    output.says(&[&format!(".git/casebook/drafts/{id}.md")]);
    let output = sandbox
        .casebook("team", &format!("new --resume {id} --set servce=x --title 'Another one' --body -"))
        .input(BODY)
        .fails(1);
    output.says(&["servce", &format!("--resume {id}`")]);
    // An empty value after `=` removes the key.
    let output = sandbox.casebook("team", &format!("new --resume {id} --set servce=")).ok();
    assert_eq!(output.line(), id);
}

#[test]
fn resolving_on_a_terminal_asks_for_the_resolution_and_again_if_already_resolved() {
    let sandbox = Sandbox::with_team();
    let id = sandbox.open("team", "Exports end with a timeout");
    let mut terminal = Terminal::start(run(&sandbox, &format!("resolve {id} --message 'Not ours.'"), ""));
    terminal.sees("how was it resolved?").sees("declined").types("declined").types(ENTER);
    assert_eq!(terminal.ends().0, Some(0), "{}", terminal.shown());
    let mut terminal = Terminal::start(run(&sandbox, &format!("resolve {id} --as declined --message x"), ""));
    terminal.sees("is already resolved (declined); resolve it again?").types(ENTER);
    assert_eq!(terminal.ends().0, Some(0), "{}", terminal.shown());
    assert_eq!(sandbox.show("team", &id)["reply_count"], 1);
}

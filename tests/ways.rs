//! `new`, `reply` and `resolve` on a real terminal: what is asked for, what the editor shows, and how a draft continues.

use std::{fs, os::unix::fs::PermissionsExt as _};

use crate::{
    sandbox::Sandbox,
    terminal::{CTRL_C, DOWN, ENTER, Terminal},
};

/// Starts `casebook` on a terminal with an editor: a shell script that edits the file `$1`. The text that the editor is
/// opened with is in the file `shown`.
#[track_caller]
fn start(sandbox: &Sandbox, line: &str, editor: &str) -> Terminal {
    sandbox.write("editor.sh", format!("#!/bin/sh\ncp \"$1\" \"$SHOWN\"\n{editor}\n"));
    let program = sandbox.path("editor.sh");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let run = sandbox.casebook("team", line).env("EDITOR", &program);
    Terminal::start(run.env("SHOWN", sandbox.path("shown")))
}

/// Ends a program, which must succeed, and returns its standard output.
#[track_caller]
fn ends_well(terminal: &mut Terminal) -> String {
    let (status, out) = terminal.ends();
    assert_eq!(status, Some(0), "{}", terminal.shown());
    out
}

/// Returns the only command that `shown` offers after `before`.
#[track_caller]
fn offered(shown: &str, before: &str) -> String {
    let (_, rest) = shown.rsplit_once(&format!("{before} `casebook ")).unwrap_or_else(|| panic!("{shown}"));
    rest.split('`').next().unwrap().to_owned()
}

/// An editor that fills in the sections of a resolution.
const FILL: &str =
    "sed -i 's/^<!-- required: at least 3 words -->$/&\\nThe job read all rows at once./' \"$1\"";

#[test]
fn resolving_asks_for_everything_and_the_editor_shows_the_ticket() {
    let sandbox = Sandbox::with_team();
    let old = sandbox.open("team", "Invoice export stops at midnight");
    let done = "--as fixed --set root_cause=code --section 'Cause=All rows were read at once.' \
                --section 'Fix=The job reads one page at a time.'";
    sandbox.casebook("team", &format!("resolve {old} {done}")).ok();
    let id = sandbox.open("team", "Invoice export stops at night");
    sandbox.casebook("team", &format!("reply {id} --message 'It stopped on Monday too.'")).by("lena").ok();
    let mut terminal = start(&sandbox, &format!("resolve {id}"), FILL);
    terminal.sees("how was it resolved?").types("workaround").types(ENTER);
    terminal.sees("What kind of cause was it?").types("capacity").types(ENTER);
    assert!(ends_well(&mut terminal).starts_with("tickets/"));
    let ticket = sandbox.show("team", &id);
    assert_eq!(
        (&ticket["resolution"], &ticket["fields"]["root_cause"]),
        (&"workaround".into(), &"capacity".into())
    );
    assert_eq!(
        ticket["replies"][1]["body"],
        "## Cause\nThe job read all rows at once.\n\n## Fix\nThe job read all rows at once.\n"
    );
    let shown = sandbox.read("shown");
    let (above, below) = shown.split_once(" >8 ").unwrap();
    assert!(above.contains("## Cause\n<!-- required: at least 3 words -->"), "{shown}");
    for part in [
        &format!("Ticket {id}: Invoice export stops at night"),
        "> Exporting the invoices of October ends",
        "Reply of Lena Weber",
        "> It stopped on Monday too.",
        &format!("Similar: Invoice export stops at midnight ({old}, resolved (fixed))"),
        "> The job reads one page at a time.",
    ] {
        assert!(below.contains(part), "{part} is not in {shown}");
    }
}

#[test]
fn a_title_that_would_be_refused_is_asked_for_again() {
    let sandbox = Sandbox::with_team();
    let mut terminal = start(&sandbox, "new incident", "exit 1");
    terminal.sees("title:").types("Help").types(ENTER).sees("the title `Help` is too vague: say what fails");
    for _ in 0..4 {
        terminal.types("\x7f");
    }
    terminal.types("Exports of October end with a timeout").types(ENTER).sees("Which service is affected?");
    terminal.types(CTRL_C);
    terminal.ends();
    // The title of the option, too.
    let mut terminal = start(&sandbox, "new incident --title Invoice", "exit 1");
    terminal.sees("the title `Invoice` is too vague").sees("title:").types(CTRL_C);
    terminal.ends();
}

#[test]
fn the_original_of_a_duplicate_is_chosen_from_similar_tickets() {
    let sandbox = Sandbox::with_team();
    let original = sandbox.open("team", "Invoice export stops at midnight");
    sandbox.open("team", "Printer jams on the second floor");
    let id = sandbox.open("team", "Invoice export stops at night");
    let mut terminal = start(&sandbox, &format!("resolve {id}"), "exit 1");
    terminal.sees("how was it resolved?").types("duplicate").types(ENTER);
    terminal.sees("which ticket is the original?").sees(&original).sees("another ticket: type its id");
    terminal.types("at midnight").types(ENTER);
    ends_well(&mut terminal);
    assert_eq!(sandbox.show("team", &id)["duplicate_of"], original);
    // A ticket that was named as its own original is asked for again.
    sandbox.casebook("team", &format!("reopen {id}")).ok();
    let mut terminal = start(&sandbox, &format!("resolve {id} --of {id}"), "exit 1");
    terminal.sees("a ticket cannot be a duplicate of itself").sees("which ticket is the original?");
    terminal.types("at midnight").types(ENTER);
    ends_well(&mut terminal);
    // Another ticket is named by its id; the ticket itself is not its own original.
    let other = sandbox.open("team", "Zebras sleep in the depot");
    let mut terminal = start(&sandbox, &format!("resolve {other} --as duplicate"), "exit 1");
    terminal.sees("which ticket is the original?").types("another ticket").types(ENTER);
    terminal
        .sees("id of the original ticket:")
        .types(&other)
        .types(ENTER)
        .sees("cannot be a duplicate of itself");
    terminal.sees("id of the original ticket:").types("nothing-like-it").types(ENTER).sees("unknown ticket");
    terminal.sees("id of the original ticket:").types(&original).types(ENTER);
    ends_well(&mut terminal);
    assert_eq!(sandbox.show("team", &other)["duplicate_of"], original);
}

#[test]
fn a_refused_reply_continues_with_one_line_that_keeps_every_option() {
    let sandbox = Sandbox::with_team();
    let id = sandbox.open("team", "Invoice export stops at night");
    let head = sandbox.git("team", "rev-parse HEAD");
    let line = format!("resolve {id} --assign omar --set 'tags=+a b,+c' --no-push");
    let mut terminal = start(&sandbox, &line, "printf '## Cause\\nOne.\\n\\n## Fix\\nTwo.\\n' > \"$1\"");
    terminal.sees("how was it resolved?").types("fixed").types(ENTER);
    terminal.sees("What kind of cause was it?").types("code").types(ENTER);
    terminal
        .sees("section `## Cause` is too short")
        .sees("in your reply")
        .sees("section `## Fix` is too short");
    terminal.sees("edit the draft again?").types("n").types(ENTER);
    assert_eq!(terminal.ends(), (Some(1), String::new()));
    let shown = terminal.shown();
    assert!(!shown.contains("--> tickets/"), "{shown}");
    let next = offered(&shown, "draft saved; continue with");
    for option in
        ["--as fixed", "--assign omar", "--set 'tags=+a b,+c'", "--set 'root_cause=code'", "--no-push"]
    {
        assert!(next.contains(option), "{option} is not in {next}");
    }
    assert_eq!(sandbox.git("team", "rev-parse HEAD"), head);
    // The line works when it is pasted, after the draft is completed.
    let draft = format!("team/.git/casebook/drafts/replies/{id}.md");
    sandbox.write(&draft, "## Cause\nOne disk was full.\n\n## Fix\nTwo disks were added.\n");
    sandbox.sh("team", &format!("casebook {next}")).ok();
    let ticket = sandbox.show("team", &id);
    assert_eq!((&ticket["assignee"], &ticket["tags"]), (&"omar".into(), &serde_json::json!(["a b", "c"])));
    assert!(!sandbox.path(draft).exists(), "a draft that was written is deleted");
}

#[test]
fn a_refused_text_is_corrected_in_the_editor_and_a_wrong_value_is_asked_for_again() {
    let sandbox = Sandbox::with_team();
    let id = sandbox.open("team", "Invoice export stops at night");
    let editor = "grep -q '^One' \"$1\" && sed -i 's/^One.*/The disk was full./; s/^Two.*/It was enlarged now./' \"$1\" || \
                  printf '## Cause\\nOne.\\n\\n## Fix\\nTwo.\\n' > \"$1\"";
    let mut terminal = start(&sandbox, &format!("resolve {id} --as fixed --set root_cause=zebra"), editor);
    terminal
        .sees("invalid root_cause `zebra`")
        .sees("is too short")
        .sees("edit the draft again?")
        .types(ENTER);
    terminal.sees("What kind of cause was it?").types("config").types(ENTER);
    ends_well(&mut terminal);
    assert_eq!(sandbox.show("team", &id)["fields"]["root_cause"], "config");
}

#[test]
fn a_blank_text_is_reported_and_nothing_is_committed() {
    let sandbox = Sandbox::with_team();
    let id = sandbox.open("team", "Invoice export stops at night");
    let before = sandbox.git("team", "rev-parse HEAD");
    for (line, editor) in [
        (format!("reply {id}"), "true"),
        (format!("reply {id}"), ": > \"$1\""),
        (format!("resolve {id} --as declined"), "true"),
        (format!("resolve {id} --as fixed --set root_cause=code"), "true"),
        ("new question --title 'How do zebras sleep' --set service=billing-api".to_owned(), "true"),
        ("new question --title 'How do zebras sleep' --set service=billing-api".to_owned(), ": > \"$1\""),
    ] {
        let mut terminal = start(&sandbox, &line, editor);
        assert_eq!(terminal.ends(), (Some(2), String::new()), "{line}: {}", terminal.shown());
        terminal.sees("is empty; nothing was committed");
        assert_eq!(sandbox.git("team", "rev-parse HEAD"), before, "{line}");
        assert_eq!(sandbox.git("team", "status --porcelain"), "", "{line}");
    }
    // A text is not needed to decline a ticket, so the user can say so.
    let mut terminal = start(&sandbox, &format!("resolve {id} --as declined --message ''"), "exit 1");
    ends_well(&mut terminal);
    assert_eq!(sandbox.show("team", &id)["resolution"], "declined");
}

#[test]
fn the_editor_of_a_reply_opens_at_once_and_ignores_what_is_below_the_cut_line() {
    let sandbox = Sandbox::with_team();
    let id = sandbox.open("team", "Invoice export stops at night");
    let mut terminal =
        start(&sandbox, &format!("reply {id}"), "printf 'On it.\\n' | cat - \"$1\" > x && mv x \"$1\"");
    ends_well(&mut terminal);
    assert!(!terminal.shown().contains('?'), "no question: {}", terminal.shown());
    assert_eq!(sandbox.show("team", &id)["replies"][0]["body"], "On it.\n");
}

#[test]
fn the_editor_of_a_new_ticket_marks_required_fields_and_sections() {
    let sandbox = Sandbox::with_team();
    let editor = "sed -i 's/^environment:.*/environment: staging  # here/; s/^version:.*/version: 2.14.0/' \"$1\"
        sed -i 's/^<!-- required: at least .* words -->$/&\\nThe export of October ends after 30 seconds with an error./' \"$1\"";
    let mut terminal = start(&sandbox, "new incident --title 'Exports stop at night'", editor);
    // The service is not chosen by a quick Enter.
    terminal.sees("Which service is affected?").types(ENTER).sees("Which service is affected?");
    terminal.types("billing-export").types(ENTER);
    terminal.sees("Where does it happen?").types("production").types(ENTER);
    ends_well(&mut terminal);
    let shown = sandbox.read("shown");
    for line in [
        "title: Exports stop at night  # required",
        "service: billing-export  # required: a service's id",
        "environment: production  # required: production, staging, development",
        "version:  # optional: such as 2.14.0",
        "## Problem\n<!-- required: at least 8 words -->\n<!--\nWhat did you do",
        "## Logs\n<!--",
    ] {
        assert!(shown.contains(line), "{line} is not in {shown}");
    }
    assert!(!shown.contains("root_cause"), "a field of the resolution: {shown}");
    let json = sandbox.casebook("team", "list --format json").ok().json();
    let ticket = sandbox.show("team", json["tickets"][0]["id"].as_str().unwrap());
    assert_eq!(ticket["fields"], serde_json::json!({ "environment": "staging", "version": "2.14.0" }));
    let body = ticket["body"].as_str().unwrap();
    assert!(!body.contains("<!--") && !body.contains("## Logs") && body.contains("## Impact"), "{body}");
}

#[test]
fn a_draft_of_a_new_ticket_keeps_the_options_that_are_not_part_of_it() {
    let sandbox = Sandbox::with_team();
    let line = "new question --title 'How do zebras sleep' --set service=billing-api --intake main --no-push";
    let mut terminal = start(&sandbox, line, "printf '## Question\\nShort.\\n' > \"$1\"");
    terminal.sees("in your ticket").sees("edit the draft again?").types(CTRL_C);
    assert_eq!(terminal.ends().0, Some(2));
    let next = offered(&terminal.shown(), "draft saved; continue with");
    assert!(next.starts_with("new --intake main --no-push --resume how-do-zebras-sleep-"), "{next}");
    let text = "## Question\\nWhere do the zebras of the depot sleep at night, please?\\n\\n## What I tried\\nAsking a zebra, and the page on zebras.\\n";
    let mut terminal = start(&sandbox, &next, &format!("printf '{text}' > \"$1\""));
    ends_well(&mut terminal);
}

#[test]
fn a_canned_response_is_completed_in_the_editor_and_asks_for_its_fields() {
    let sandbox = Sandbox::with_team();
    let id = sandbox.open("team", "Invoice export stops at night");
    let editor = "sed -i 's/^<!-- required: at least 3 words -->$/&\\nRelease 3.1 read all rows./' \"$1\"";
    let mut terminal = start(&sandbox, &format!("reply {id} --use rolled-back"), editor);
    terminal.sees("What kind of cause was it?").types(DOWN).types(ENTER);
    ends_well(&mut terminal);
    let ticket = sandbox.show("team", &id);
    assert_eq!((&ticket["status"], &ticket["fields"]["root_cause"]), (&"resolved".into(), &"config".into()));
    let body = ticket["replies"][0]["body"].as_str().unwrap();
    assert!(body.starts_with("Hello Mei Lin, Billing export was rolled back"), "{body}");
}

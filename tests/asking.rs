//! `casebook new` on a real terminal: its output, its questions and the files that it leaves.

use std::{fs, os::unix::fs::PermissionsExt as _};

use serde_json::{Value as Json, json};

use crate::{
    sandbox::{COMPLETE, SETTINGS, Sandbox},
    terminal::{CTRL_C, CTRL_D, DOWN, ENTER, ESCAPE, Terminal},
    waiting::wait_until,
};

/// Creates a casebook with a resolved ticket about exports and open tickets about doors, a printer and a map.
fn team() -> Sandbox {
    let sandbox = Sandbox::with_team();
    // `It happens again` has no words that other tickets have.
    sandbox.write("team/casebook.yml", format!("{SETTINGS}levels: {{ weak-title: allow }}\n"));
    crate::change::resolved(
        &sandbox,
        "export-stops-k7f3qa",
        "",
        "Invoice export stops with ERR_CONN_RESET",
        "Raised the limit of the job to four gigabytes.",
    );
    for (id, title) in [
        ("doors-n2n3n4", "Doors of lockers do not open below zero degrees"),
        ("printer", "The printer is out of paper"),
        ("map", "A map stays blank on some networks"),
    ] {
        let text = format!(
            "---\ntitle: {title}\ntemplate: imported\nrequester: lena\nservice: billing-api\n\
             created: 2026-09-01T08:00:00Z\n---\n{title}, says a merchant in Lisbon.\n"
        );
        sandbox.write(format!("team/tickets/2026/09/{id}.md"), text);
    }
    sandbox.commit("team", "an archive");
    sandbox
}

/// Starts `casebook new` on a terminal, with an editor that writes `body`.
#[track_caller]
fn new(sandbox: &Sandbox, line: &str, body: &str) -> Terminal {
    sandbox
        .write("body.md", body)
        .write("editor.sh", "#!/bin/sh\ncat \"$BODY\" > \"$1\"\ntouch \"$BODY.written\"\n");
    let editor = sandbox.path("editor.sh");
    fs::set_permissions(&editor, fs::Permissions::from_mode(0o755)).unwrap();
    let run = sandbox.casebook("team", &format!("new {line}")).env("EDITOR", &editor);
    Terminal::start(run.env("BODY", sandbox.path("body.md")))
}

/// Waits until the editor was opened and closed.
#[track_caller]
fn write(terminal: &mut Terminal, sandbox: &Sandbox) {
    let written = sandbox.path("body.md.written");
    terminal.sees("opening editor.sh");
    wait_until("the editor is opened", || fs::remove_file(&written).is_ok());
}

/// Describes the state of the repository: commits, branches, files and saved drafts.
fn state(sandbox: &Sandbox) -> String {
    let drafts = sandbox
        .sh(
            "team",
            "find .git/casebook -type f ! -path '*/cache/*' ! -path '*/deflection/*' ! -name lock | sort",
        )
        .ok()
        .out;
    format!(
        "{}\n{}\n{drafts}",
        sandbox.git("team", "for-each-ref --format='%(refname) %(objectname)'"),
        sandbox.git("team", "status --porcelain")
    )
}

const QUESTION: &str = "## Question\nWhy does the export of invoices stop with ERR_CONN_RESET after 10,000 rows?\n\n\
    ## What I tried\nA smaller month, and the page on exports.\n";

#[test]
fn a_title_is_enough_to_find_the_solution_and_no_draft_is_left() {
    let sandbox = team();
    let before = state(&sandbox);
    let mut terminal = new(&sandbox, "question", QUESTION);
    terminal.sees("title:").types("Invoice export stops with ERR_CONN_RESET").types(ENTER);
    terminal.sees("similar tickets:");
    terminal.sees("resolved (fixed)").sees("Invoice export stops with ERR_CONN_RESET");
    terminal.sees("Raised the limit of the job to four gigabytes.").sees("casebook show export-stops-k7f3qa");
    terminal.sees("does one of these solve it?").sees("none of these, continue").types(DOWN).types(ENTER);
    terminal.sees("Raised the limit of the job").sees("did this solve it?").types(ENTER);
    assert_eq!(terminal.ends(), (Some(0), String::new()));
    terminal.sees("no ticket opened: export-stops-k7f3qa solves it");
    assert_eq!(state(&sandbox), before);
}

#[test]
fn an_answer_that_was_taken_is_counted_in_this_clone_until_its_reader_comes_back() {
    let sandbox = team();
    let counted = || {
        let text = sandbox.sh("team", "cat .git/casebook/deflection/*-2026-11.jsonl").ok().out;
        text.lines().map(|line| serde_json::from_str::<Json>(line).unwrap()).collect::<Vec<_>>()
    };
    let mut terminal = new(&sandbox, "question", QUESTION);
    terminal.sees("title:").types("Invoice export stops with ERR_CONN_RESET").types(ENTER);
    terminal.sees("does one of these solve it?").types(DOWN).types(ENTER);
    terminal.sees("did this solve it?").types(ENTER);
    assert_eq!(terminal.ends().0, Some(0));
    let [solved] = counted().try_into().unwrap();
    assert_eq!(
        (&solved["template"], &solved["opened"], &solved["solved"]),
        (&json!("question"), &Json::Null, &json!("export-stops-k7f3qa"))
    );
    assert!(solved["shown"].as_array().unwrap().contains(&json!("export-stops-k7f3qa")));
    assert!(!solved.to_string().contains("mei"), "{solved}");
    // Another person has the same problem, and then the first one comes back.
    let line = format!("new incident --title 'Invoice export stops with ERR_CONN_RESET' {COMPLETE}");
    sandbox.casebook("team", &line).by("omar").ok();
    assert_eq!(counted().len(), 2);
    let id = sandbox.casebook("team", &line).ok().line().to_owned();
    let lines = counted();
    assert_eq!(lines.len(), 4);
    assert_eq!((&lines[2]["returned"], &lines[3]["opened"]), (&solved["mark"], &json!(id)));
    assert_eq!(sandbox.git("team", "status --porcelain"), "");
}

#[test]
fn an_open_ticket_with_the_same_problem_is_offered() {
    let sandbox = team();
    let before = state(&sandbox);
    let mut terminal = new(&sandbox, "question", QUESTION);
    terminal.sees("title:").types("Doors of lockers do not open below zero degrees").types(ENTER);
    terminal.sees("similar tickets:").sees("open  Doors of lockers").types(DOWN).types(ENTER);
    terminal.sees("says a merchant in Lisbon").sees("is it the same").types(ENTER);
    assert_eq!(terminal.ends(), (Some(0), String::new()));
    terminal.sees("no ticket opened: doors-n2n3n4 is the same").sees("`casebook reply doors-n2n3n4`");
    assert_eq!(state(&sandbox), before);
}

#[test]
fn an_article_is_offered_as_an_answer() {
    let sandbox = team();
    sandbox.write(
        "team/knowledge/blank-maps.md",
        "---\ntitle: Maps that stay blank behind a proxy\nservice: billing-api\n---\n## Problem\nA map stays blank where a \
         proxy blocks the tile server.\n\n## Fix\nLet the proxy pass tiles.example.\n",
    );
    sandbox.commit("team", "an article");
    let before = state(&sandbox);
    let mut terminal = new(&sandbox, "question", QUESTION);
    terminal.sees("title:").types("Maps stay blank behind a proxy").types(ENTER);
    terminal.sees("article  Maps that stay blank").sees("Let the proxy pass").sees("knowledge/blank-maps.md");
    terminal
        .sees("does one of these solve it?")
        .types("behind")
        .types(ENTER)
        .sees("did this solve it?")
        .types(ENTER);
    assert_eq!(terminal.ends().0, Some(0));
    terminal.sees("no ticket opened: knowledge/blank-maps solves it");
    assert_eq!(state(&sandbox), before);
}

#[test]
fn tickets_similar_to_the_body_are_shown_only_if_they_are_new() {
    let sandbox = team();
    let mut terminal = new(&sandbox, "question --set service=billing-export", QUESTION);
    // The title alone has no similar tickets.
    terminal.sees("title:").types("It happens again").types(ENTER);
    write(&mut terminal, &sandbox);
    terminal.sees("similar tickets:").sees("does one of these solve it?").types(ENTER);
    let (status, out) = terminal.ends();
    assert!(status == Some(0) && out.starts_with("it-happens-again-"), "{out} {}", terminal.shown());

    // With a specific title, the ticket was already shown before the body is written.
    let sandbox = team();
    let mut terminal = new(&sandbox, "question --set service=billing-export", QUESTION);
    terminal.sees("title:").types("Invoice export stops with ERR_CONN_RESET").types(ENTER);
    terminal.sees("does one of these solve it?").types(ENTER);
    write(&mut terminal, &sandbox);
    let (status, _) = terminal.ends();
    let shown = terminal.shown();
    assert_eq!((status, shown.matches("casebook show export-stops-k7f3qa").count()), (Some(0), 1), "{shown}");

    // Without similar tickets, there is no question.
    let line = "question --set service=billing-export --title 'A zebra sleeps' --section 'Question=Where do zebras sleep at night, \
                please?' --section 'What I tried=Nothing at all so far.'";
    let mut terminal = new(&sandbox, line, QUESTION);
    assert_eq!(terminal.ends().0, Some(0));
    let shown = terminal.shown();
    assert!(!shown.contains("similar tickets:") && !shown.contains("opening editor.sh"), "{shown}");
}

#[test]
fn an_answer_that_does_not_help_leads_back_to_the_others() {
    let sandbox = team();
    let mut terminal = new(&sandbox, "question --set service=billing-export", QUESTION);
    terminal.sees("title:").types("Invoice export stops with ERR_CONN_RESET").types(ENTER);
    terminal.sees("does one of these solve it?").types(DOWN).types(ENTER);
    terminal.sees("did this solve it?").types("n").types(ENTER);
    terminal.sees("does one of these solve it?").types(ENTER);
    write(&mut terminal, &sandbox);
}

/// The questions of `new`, in order.
const QUESTIONS: [&str; 6] = ["title", "similar", "confirm", "field", "similar to the text", "again"];

/// Starts a terminal and goes to one of [`QUESTIONS`]. At the last two, a text has been written.
#[track_caller]
fn at(question: &str, sandbox: &Sandbox) -> Terminal {
    let text = if question == "again" { "## Question\nShort.\n" } else { QUESTION };
    let vague = ["field", "similar to the text", "again"].contains(&question);
    let line = if question == "field" { "question" } else { "question --set service=billing-export" };
    let mut terminal = new(sandbox, line, text);
    terminal.sees("title:");
    if question == "title" {
        return terminal;
    }
    let title = if vague { "It happens again" } else { "Invoice export stops with ERR_CONN_RESET" };
    terminal.types(title).types(ENTER);
    match question {
        "similar" => {
            terminal.sees("does one of these solve it?");
        }
        "confirm" => {
            terminal.sees("does one of these solve it?").types(DOWN).types(ENTER).sees("did this solve it?");
        }
        "field" => {
            terminal.sees("service").sees("billing-export");
        }
        _ => {
            write(&mut terminal, sandbox);
            terminal.sees(if question == "again" {
                "edit the draft again?"
            } else {
                "does one of these solve it?"
            });
        }
    }
    terminal
}

/// Returns the saved draft, whose path is in `shown`, and deletes it.
#[track_caller]
fn take_draft(sandbox: &Sandbox, shown: &str) -> String {
    let (_, rest) = shown.rsplit_once("`casebook new --resume ").unwrap_or_else(|| panic!("{shown}"));
    let file = format!("team/.git/casebook/drafts/{}.md", rest.split('`').next().unwrap());
    let text = sandbox.read(&file);
    fs::remove_file(sandbox.path(file)).unwrap();
    text
}

#[test]
fn a_cancelled_ticket_leaves_only_the_draft() {
    let sandbox = team();
    let before = state(&sandbox);
    for question in QUESTIONS {
        for key in [CTRL_C, CTRL_D, ESCAPE] {
            let mut terminal = at(question, &sandbox);
            assert_eq!(terminal.types(key).ends(), (Some(2), String::new()), "{question}");
            let shown = terminal.shown();
            assert!(shown.contains("error: cancelled"), "{question}: {shown}");
            if ["similar to the text", "again"].contains(&question) {
                let text = take_draft(&sandbox, &shown);
                assert!(text.contains("title: It happens again") && text.contains("## Question"), "{text}");
            }
            assert_eq!(state(&sandbox), before, "{question}");
        }
    }
}

#[test]
fn closing_the_terminal_ends_the_program() {
    let sandbox = team();
    let before = state(&sandbox);
    for question in QUESTIONS {
        let mut terminal = at(question, &sandbox);
        let (status, out) = terminal.hangs_up().ends();
        assert!(status != Some(0) && out.is_empty(), "{question}: {status:?} {out}");
        if ["similar to the text", "again"].contains(&question) {
            let drafts = fs::read_dir(sandbox.path("team/.git/casebook/drafts")).unwrap();
            let drafts: Vec<_> = drafts.map(|entry| entry.unwrap().path()).collect();
            assert_eq!(drafts.len(), 1, "the draft is saved");
            fs::remove_file(&drafts[0]).unwrap();
        }
        assert_eq!(state(&sandbox), before, "{question}");
    }
}

#[test]
fn a_saved_draft_is_deleted_when_an_answer_solves_the_problem() {
    let sandbox = team();
    let before = state(&sandbox);
    let line = "new question --title 'Export stops' --set service=billing-export --section Question=Short.";
    sandbox.casebook("team", line).fails(1);
    assert_ne!(state(&sandbox), before);
    let mut terminal =
        new(&sandbox, "--resume", &format!("---\ntitle: Export stops\ntemplate: question\n---\n{QUESTION}"));
    write(&mut terminal, &sandbox);
    terminal
        .sees("does one of these solve it?")
        .types(DOWN)
        .types(ENTER)
        .sees("did this solve it?")
        .types("y")
        .types(ENTER);
    assert_eq!(terminal.ends().0, Some(0));
    assert_eq!(state(&sandbox), before);
}

#[test]
fn scripts_get_messages_and_never_questions() {
    let sandbox = team();
    let line = format!("new incident --title 'Invoice export stops with ERR_CONN_RESET' {COMPLETE}");
    let output = sandbox.casebook("team", &line).ok();
    assert!(output.line().starts_with("invoice-export-stops-"), "{output:#?}");
    output.says(&["similar tickets:", "casebook show export-stops-k7f3qa", "Raised the limit of the job"]);
    let json: Json = sandbox.casebook("team", &format!("{line} --format json")).ok().json();
    let similar = json["similar"].as_array().unwrap();
    assert!(similar.iter().any(|one| one["id"] == "export-stops-k7f3qa"), "{json:#}");
    assert!(similar[0]["score"].as_u64().is_some() && similar[0]["why"].is_array(), "{json:#}");
    sandbox.casebook("team", &format!("{line} --quiet")).ok().stays_quiet();
    let line = "new question --title 'A zebra sleeps' --set service=billing-api --section 'Question=Where do zebras sleep at night, \
                please?' --section 'What I tried=Nothing at all so far.'";
    let output = sandbox.casebook("team", line).ok();
    assert!(!output.err.contains("similar tickets:"), "{output:#?}");
}

#[test]
fn oncall_sees_similar_resolved_tickets_below_a_ticket() {
    let sandbox = team();
    let id = sandbox.open("team", "Invoice export stops with ERR_CONN_RESET");
    sandbox.casebook("team", &format!("show {id}")).ok().prints(&[
        "── similar resolved tickets",
        "export-stops-k7f3qa",
        "Raised the limit of the job to four gigabytes.",
    ]);
    let output = sandbox.casebook("team", "show printer").ok();
    assert!(!output.out.contains("similar resolved tickets"), "{output:#?}");
    // Tickets that it already names are not listed again.
    sandbox.casebook("team", &format!("resolve {id} --as duplicate --of export-stops-k7f3qa")).ok();
    let output = sandbox.casebook("team", &format!("show {id}")).ok();
    assert!(!output.out.contains("similar resolved tickets"), "{output:#?}");
}

//! `casebook draft` and `reply --draft`: a reply that is proposed from the answers of similar tickets.

use std::{fs, os::unix::fs::PermissionsExt as _};

use serde_json::{Value as Json, json};

use crate::{sandbox::Sandbox, terminal::Terminal};

const PROBLEM: &str =
    "The nightly invoice export stops with ERR_QUEUE_FULL after the exporter has read 10,000 rows.";

/// Writes a ticket of lena about the export in `team`, with these lines of front matter.
fn ticket(sandbox: &Sandbox, id: &str, created: &str, front: &str) {
    let text = format!(
        "---\ntitle: Invoice export stops with ERR_QUEUE_FULL\ntemplate: incident\nrequester: lena\ncreated: {created}\n\
         {front}---\n## Problem\n{PROBLEM}\n\n## Impact\nNobody gets an invoice in the morning.\n"
    );
    sandbox.write(format!("team/tickets/{id}.md"), text);
}

/// Writes a reply of mei.
fn reply(sandbox: &Sandbox, id: &str, created: &str, text: &str) {
    sandbox.write(
        format!("team/tickets/{id}/{}.md", created.replace([':', '-'], "")),
        format!("---\nauthor: mei\ncreated: {created}\n{text}"),
    );
}

const ANSWER: &str = "status: resolved\nresolution: fixed\n---\nHello Lena, thanks a lot!\n\n## Cause\nThe queue of the exporter was full, because 2.14.0 does not empty it.\n\n\
     ## Fix\nVersion 2.14.0 needs a restart.\n\n1. Stop the exporter.\n2. Run `exporter drain --version 2.14.0`.\n3. Start the exporter again.\n";

/// Creates a team with an answered ticket and an open one about the same problem.
fn team() -> Sandbox {
    let sandbox = Sandbox::with_team();
    ticket(
        &sandbox,
        "old-export",
        "2026-01-02T08:00:00Z",
        "service: billing\nenvironment: production\nversion: 2.14.0\n",
    );
    reply(&sandbox, "old-export", "2026-01-02T09:00:00Z", ANSWER);
    ticket(
        &sandbox,
        "new-export",
        "2026-01-20T08:00:00Z",
        "service: billing\nenvironment: production\nversion: 2.13.1\n",
    );
    // Enough other tickets that the words of the problem are rare.
    for (number, word) in
        ["login", "printer", "map", "locker", "label", "search", "scanner", "backup"].iter().enumerate()
    {
        for copy in 0..4 {
            let text = format!(
                "---\ntitle: The {word} page number {copy} looks strange\ntemplate: question\nrequester: omar\ncreated: 2026-01-0{}T10:00:00Z\n---\nIt shows {word} texts {copy} in the wrong place.\n",
                number + 1
            );
            sandbox.write(format!("team/tickets/{word}-{copy}.md"), text);
        }
    }
    sandbox
}

fn draft(sandbox: &Sandbox, line: &str) -> Json {
    sandbox.casebook("team", &format!("draft {line} --format json")).ok().json()
}

#[test]
fn a_draft_quotes_the_answer_of_a_similar_ticket_with_the_requesters_own_version() {
    let sandbox = team();
    let found = draft(&sandbox, "new-export");
    assert_eq!((&found["speaks"], &found["sources"]), (&json!(true), &json!(["old-export"])), "{found}");
    let sentences: Vec<&str> =
        found["sentences"].as_array().unwrap().iter().map(|one| one["text"].as_str().unwrap()).collect();
    assert_eq!(
        sentences,
        [
            "Version 2.13.1<!-- was: 2.14.0 --> needs a restart.",
            "1. Stop the exporter.",
            "2. Run `exporter drain --version 2.14.0`.",
            "3. Start the exporter again.",
            // A cause says what happened there.
            "The queue of the exporter was full, because 2.14.0 does not empty it.",
        ]
    );
    assert!(found["sentences"].as_array().unwrap().iter().all(|one| one["source"] == "old-export"));
    let replaced = json!([{ "field": "version", "from": "2.14.0", "to": "2.13.1" }]);
    assert_eq!(found["sentences"][0]["replaced"], replaced);
    let text = found["text"].as_str().unwrap();
    assert!(
        text.contains(
            " old-export (Invoice export stops with ERR_QUEUE_FULL), which was fixed on 2026-01-02. The answer was:\n\nVersion"
        ),
        "{text}"
    );
    sandbox
        .casebook("team", "draft new-export")
        .ok()
        .prints(&["2. Run `exporter drain"])
        .says(&["casebook reply new-export --draft"]);
}

#[test]
fn nothing_is_proposed_if_no_answer_is_certain_enough() {
    let sandbox = team();
    let found = draft(&sandbox, "login-2");
    assert_eq!(
        (&found["speaks"], &found["text"], &found["sources"]),
        (&json!(false), &json!(""), &json!([]))
    );
    sandbox
        .casebook("team", "draft login-2")
        .ok()
        .says(&["no reply to propose for login-2", "casebook similar login-2"]);
    // Before the answer was written, there was none.
    let before = draft(&sandbox, "new-export --before 2026-01-02T08:30:00Z");
    assert_eq!(before["speaks"], false);
    assert_eq!(draft(&sandbox, "new-export --before 2026-01-20T08:00:00Z")["speaks"], true);
    sandbox.casebook("team", "draft missing-ticket").fails(1).says(&["missing-ticket"]);
}

#[test]
fn a_draft_for_a_public_ticket_uses_only_what_the_public_may_see() {
    let sandbox = team();
    ticket(
        &sandbox,
        "new-export",
        "2026-01-20T08:00:00Z",
        "service: billing\nenvironment: production\nvisibility: public\n",
    );
    assert_eq!(draft(&sandbox, "new-export")["speaks"], false, "the answer is internal");
    let public = "service: billing\nenvironment: production\nvisibility: public\n";
    ticket(&sandbox, "old-export", "2026-01-02T08:00:00Z", public);
    assert_eq!(draft(&sandbox, "new-export")["sources"], json!(["old-export"]));
    reply(&sandbox, "old-export", "2026-01-02T09:00:00Z", &format!("visibility: internal\n{ANSWER}"));
    assert_eq!(draft(&sandbox, "new-export")["speaks"], false, "the answer is an internal note");
}

#[test]
fn a_draft_for_a_public_ticket_reads_its_own_text_and_forgets_what_is_internal_today() {
    let sandbox = team();
    let settings = sandbox.read("team/casebook.yml");
    // The public site does not show open tickets.
    sandbox.write("team/casebook.yml", format!("{settings}publish: answered\nvisibility: public\n"));
    let with_build = |id: &str, created: &str, build: &str| {
        ticket(&sandbox, id, created, "service: billing\nenvironment: production\n");
        let path = format!("team/tickets/{id}.md");
        let text = sandbox.read(&path);
        sandbox.write(path, format!("{text}\n## Build\n{build}\n"));
    };
    with_build("old-export", "2026-01-02T08:00:00Z", "kron-2291");
    with_build("new-export", "2026-01-20T08:00:00Z", "kron-3300");
    let answer =
        "status: resolved\nresolution: fixed\n---\n## Fix\nReplace build kron-2291 of the exporter.\n";
    reply(&sandbox, "old-export", "2026-01-02T09:00:00Z", answer);
    let text = draft(&sandbox, "new-export")["text"].to_string();
    assert!(text.contains("Replace build kron-3300<!-- was: kron-2291 --> of the exporter."), "{text}");
    reply(
        &sandbox,
        "old-export",
        "2026-01-25T09:00:00Z",
        "set: { visibility: internal }\n---\nThis names a customer.\n",
    );
    assert_eq!(draft(&sandbox, "new-export --before 2026-01-20T08:00:00Z")["speaks"], false);
}

#[test]
fn the_title_of_a_source_and_a_canned_response_bring_nothing_else_into_a_draft() {
    let sandbox = team();
    let path = "team/tickets/old-export.md";
    let title = "\"Invoice export stops with ERR_QUEUE_FULL\\n\\n## Fix\\n[click](http://evil.example)\"";
    let text = sandbox.read(path).replace("Invoice export stops with ERR_QUEUE_FULL", title);
    sandbox.write(path, text);
    let text = draft(&sandbox, "new-export")["text"].as_str().unwrap().to_owned();
    assert!(
        text.contains(" old-export (Invoice export stops with ERR_QUEUE_FULL ## Fix \\[click\\](http"),
        "{text}"
    );
    // A canned response for a public ticket names no internal one.
    ticket(
        &sandbox,
        "new-export",
        "2026-01-20T08:00:00Z",
        "service: billing\nenvironment: production\nvisibility: public\n",
    );
    let canned = "---\ntitle: Known\nabout: Known.\nmatch: 'service:billing'\n---\nThis is the same as old-export of last week.\n";
    sandbox.write("team/ticket-templates/replies/known.md", canned);
    assert_eq!(draft(&sandbox, "new-export")["canned"], Json::Null);
    ticket(
        &sandbox,
        "old-export",
        "2026-01-02T08:00:00Z",
        "service: billing\nenvironment: production\nvisibility: public\n",
    );
    assert_eq!(draft(&sandbox, "new-export")["canned"], "known");
}

#[test]
fn what_the_answer_depended_on_becomes_a_question() {
    let sandbox = team();
    ticket(&sandbox, "new-export", "2026-01-20T08:00:00Z", "service: billing\nenvironment: production\n");
    let found = draft(&sandbox, "new-export");
    assert_eq!(found["asks"], json!(["version"]), "the answer names the version: {found}");
    let text = found["text"].as_str().unwrap();
    assert!(text.ends_with("\n\n- Which version is deployed there, in numbers?"), "{text}");
    // Oncall asked for a section there, too.
    reply(
        &sandbox,
        "old-export",
        "2026-01-02T08:10:00Z",
        "status: pending\nasks: [Logs]\n---\nPlease add the log.\n",
    );
    assert_eq!(draft(&sandbox, "new-export")["asks"], json!(["Logs", "version"]));
    // What was asked already is not asked again.
    reply(
        &sandbox,
        "new-export",
        "2026-01-20T08:10:00Z",
        "status: pending\nasks: [Logs, version]\n---\nPlease add both.\n",
    );
    assert_eq!(draft(&sandbox, "new-export")["asks"], json!([]));
}

#[test]
fn a_canned_response_is_proposed_for_the_tickets_that_its_rule_finds() {
    let sandbox = team();
    let canned = |rule: &str| {
        let text = format!(
            "---\ntitle: Known\nabout: A known problem.\nmatch: '{rule}'\n---\nHello {{{{ requester }}}}, the printer of floor 2 is repaired on Monday.\n"
        );
        sandbox.write("team/ticket-templates/replies/printer.md", text);
    };
    canned("template:question printer");
    let found = draft(&sandbox, "printer-1");
    assert_eq!((&found["speaks"], &found["canned"]), (&json!(true), &json!("printer")), "{found}");
    assert_eq!(found["sentences"][0]["source"], "printer");
    assert_eq!(found["text"], "Hello Omar Diaz, the printer of floor 2 is repaired on Monday.");
    assert_eq!(draft(&sandbox, "login-1")["canned"], Json::Null);
    canned("statos:open");
    let refused = sandbox.casebook("team", "check ticket-templates --format short").fails(1);
    refused.prints(&["printer.md:4:", "bad-value", "`match` is not a query"]);
    sandbox
        .casebook("team", "draft printer-1")
        .ok()
        .says(&["`match` of the canned response `printer` is not a query", "statos"]);
}

#[test]
fn a_reply_begins_with_the_draft_and_names_its_source() {
    let sandbox = team();
    sandbox.commit("team", "tickets");
    sandbox.write("editor.sh", "#!/bin/sh\ncp \"$1\" \"$SHOWN\"\nsed -i '1s/.*/Please do this:/' \"$1\"\n");
    let program = sandbox.path("editor.sh");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let run = sandbox.casebook("team", "reply new-export --draft").env("EDITOR", &program);
    let mut terminal = Terminal::start(run.env("SHOWN", sandbox.path("shown")));
    let (status, _) = terminal.ends();
    assert_eq!(status, Some(0), "{}", terminal.shown());
    assert!(sandbox.read("shown").contains(" old-export ("), "{}", sandbox.read("shown"));
    let replies = &sandbox.show("team", "new-export")["replies"];
    assert_eq!(replies[0]["draft_from"], "old-export");
    assert!(
        replies[0]["body"].as_str().unwrap().starts_with("Please do this:\n\nVersion 2.13.1"),
        "{replies}"
    );
    let report = sandbox.casebook("team", "report --format json").ok().json();
    // The title line was replaced; the sentences stayed.
    assert_eq!(report["proposals"], json!({ "replies": 1, "kept": 100 }));
    sandbox
        .casebook("team", "report")
        .ok()
        .prints(&["1 reply began with a proposed text; 100 % of their sentences were kept"]);
    // Without a terminal, the text cannot be edited.
    sandbox
        .casebook("team", "reply new-export --draft")
        .fails(2)
        .says(&["casebook draft new-export > reply.md", "--draft-from ID"]);
    sandbox.casebook("team", "reply new-export --message 'Done as there.' --draft-from old-export").ok();
    assert_eq!(sandbox.show("team", "new-export")["replies"][1]["draft_from"], "old-export");
}

#[test]
fn the_internal_page_of_an_open_ticket_shows_the_proposed_reply() {
    let sandbox = team();
    let settings = sandbox.read("team/casebook.yml");
    sandbox.write("team/casebook.yml", format!("{settings}publish: all\n"));
    let page = |audience: &str| {
        sandbox.casebook("team", &format!("build --audience {audience} --out ../{audience}")).ok();
        let path = format!("{audience}/tickets/new-export/index.html");
        sandbox.path(&path).exists().then(|| sandbox.read(path))
    };
    let html = page("internal").unwrap();
    for part in [
        "Proposed reply",
        "<li>Stop the exporter.</li>",
        "Version 2.13.1 <em>(2.14.0)</em> needs a restart.",
        "exporter drain --version 2.14.0",
        "casebook reply new-export --draft",
    ] {
        assert!(html.contains(part), "{part} is not in {html}");
    }
    // The page follows each change of the source.
    for change in ["## Fix\n1. Stop the exporter.\n2. Empty the queue by hand.\n", "Nothing was done.\n"] {
        let answer = format!("status: resolved\nresolution: fixed\n---\n{change}");
        reply(&sandbox, "old-export", "2026-01-02T09:00:00Z", &answer);
        let updated = page("internal").unwrap();
        assert_eq!(updated.contains("Empty the queue by hand."), change.contains("by hand"), "{updated}");
        sandbox.casebook("team", "build --audience internal --out ../fresh").ok();
        assert_eq!(updated, sandbox.read("fresh/tickets/new-export/index.html"));
        fs::remove_dir_all(sandbox.path("fresh")).unwrap();
    }
    reply(&sandbox, "old-export", "2026-01-02T09:00:00Z", ANSWER);
    // The page of a public ticket shows no internal answer, and the public site no proposal.
    ticket(
        &sandbox,
        "new-export",
        "2026-01-20T08:00:00Z",
        "service: billing\nenvironment: production\nvisibility: public\n",
    );
    assert!(!page("internal").unwrap().contains("Proposed reply"));
    ticket(
        &sandbox,
        "old-export",
        "2026-01-02T08:00:00Z",
        "service: billing\nenvironment: production\nvisibility: public\n",
    );
    assert!(page("internal").unwrap().contains("Proposed reply"));
    assert!(!page("public").unwrap().contains("Proposed reply"));
    reply(
        &sandbox,
        "old-export",
        "2026-01-02T08:30:00Z",
        "visibility: internal\n---\nThe customer is behind on invoices.\n",
    );
    assert!(!page("internal").unwrap().contains("Proposed reply"), "an internal note may have said it");
}

//! Replies to several tickets at once, and assignments: who had a ticket, who took it meanwhile, who does not exist.

use serde_json::json;

use crate::sandbox::Sandbox;

#[test]
fn several_tickets_get_one_reply_in_one_commit() {
    let sandbox = Sandbox::with_team();
    let ids = ["One export hangs", "Two exports hang"].map(|title| sandbox.open("team", title));
    let all = ids.join(" ");
    let commits = |sandbox: &Sandbox| sandbox.git("team", "rev-list --count HEAD").parse::<u32>().unwrap();
    for line in [
        format!("reply {all} --message 'We look into it.' --assign omar"),
        format!("resolve {all} --as declined --message 'The old exports are gone since October.'"),
        format!("reopen {all}"),
    ] {
        let before = commits(&sandbox);
        let output = sandbox.casebook("team", &line).ok();
        assert_eq!(output.out.lines().count(), 2, "{output:#?}");
        assert_eq!(commits(&sandbox), before + 1, "{line}");
        let message = sandbox.git("team", "log -1 --format=%B");
        assert!(ids.iter().all(|id| message.contains(&format!("Ticket: {id}"))), "{message}");
    }
    assert!(sandbox.git("team", "log -1 --format=%s HEAD~1").starts_with("resolve 2 tickets: declined"));
    for id in &ids {
        let ticket = sandbox.show("team", id);
        assert_eq!((&ticket["status"], &ticket["assignee"]), (&json!("open"), &json!("omar")));
    }
    let json = sandbox.casebook("team", &format!("reply {all} --message x --format json")).ok().json();
    assert_eq!(json["replies"].as_array().unwrap().len(), 2);
    assert_eq!(json["replies"][0]["commit"], json["replies"][1]["commit"]);
    let json = sandbox.casebook("team", &format!("reply {} --message x --format json", ids[0])).ok().json();
    assert_eq!(json["id"], ids[0]);
    // A ticket that is named twice gets one reply.
    let output = sandbox.casebook("team", &format!("reply {0} {0} --message x", ids[0])).ok();
    assert_eq!(output.out.lines().count(), 1);
}

#[test]
fn a_problem_with_one_ticket_leaves_all_tickets_unchanged() {
    let sandbox = Sandbox::with_team();
    let incident = sandbox.open("team", "One export hangs");
    let line = "new question --title 'Restart an export' --set service=billing-export --section 'Question=How are exports \
        restarted without losing any row?' --section 'What I tried=The page on exports.'";
    let question = sandbox.casebook("team", line).ok().line().to_owned();
    let before = sandbox.git("team", "rev-parse HEAD");
    for line in [
        format!("reply {question} nothing-like-it --message x"),
        format!("reply {question} {incident} --set environment=staging"),
        format!("resolve {question} {incident} --as fixed --section 'Fix=Restarted the whole job.'"),
        format!("resolve {incident} {incident} --as fixed --message x"),
    ] {
        sandbox.casebook("team", &line).fails(1);
        assert_eq!(sandbox.git("team", "rev-parse HEAD"), before, "{line}");
        assert_eq!(sandbox.git("team", "status --porcelain"), "", "{line}");
    }
    let others = sandbox.open("team", "Two exports hang");
    sandbox.casebook("team", &format!("resolve {incident} {others} --as fixed")).fails(1).says(&[
        "in your reply to",
        "has the same problems",
        "3 problems to fix first",
    ]);
}

#[test]
fn a_ticket_is_assigned_only_to_people_who_exist() {
    let sandbox = Sandbox::with_team();
    let id = sandbox.open("team", "Export hangs");
    let before = sandbox.git("team", "rev-parse HEAD");
    for command in
        ["reply {id} --assign", "resolve {id} --as declined --message x --assign", "reopen {id} --assign"]
    {
        let line = command.replace("{id}", &id);
        if command.starts_with("reopen") {
            sandbox.casebook("team", &format!("resolve {id} --as declined --message x")).ok();
        }
        let before = sandbox.git("team", "rev-parse HEAD");
        sandbox.casebook("team", &format!("{line} bob")).fails(2).says(&[
            "unknown person `bob`",
            "people: mei, lena, omar, ann",
            "under `people` in casebook.yml",
        ]);
        sandbox.casebook("team", &format!("{line} omr")).fails(2).says(&["did you mean `omar`?"]);
        sandbox.casebook("team", &format!("{line} 'Lena Webr'")).fails(2).says(&["did you mean `lena`?"]);
        assert_eq!(sandbox.git("team", "rev-parse HEAD"), before, "{line}");
    }
    assert_ne!(sandbox.git("team", "rev-parse HEAD"), before);
    for name in ["omar", "'Omar Diaz'", "omar@acme.example", "none", "me"] {
        sandbox.casebook("team", &format!("reply {id} --assign {name}")).ok();
    }
    assert_eq!(sandbox.show("team", &id)["assignee"], "mei");
    // Without people in the settings, every name is an id.
    sandbox.write("team/casebook.yml", "version: 1\n").commit("team", "no people");
    sandbox.casebook("team", &format!("reply {id} --assign bob")).ok();
}

#[test]
fn taking_a_ticket_from_somebody_is_reported() {
    let sandbox = Sandbox::with_team();
    let id = sandbox.open("team", "Export hangs");
    sandbox.casebook("team", &format!("reply {id} --assign me")).by("omar").ok();
    let took =
        format!("{id} was assigned to Omar Diaz (omar) by Omar Diaz (omar) 1 second ago (2026-11-22T09:00:");
    let output = sandbox.casebook("team", &format!("reply {id} --assign me")).ok();
    output.says(&[&took, "it is now assigned to Mei Lin (mei)"]);
    sandbox
        .casebook("team", &format!("reply {id} --assign mei --message 'I look at it.'"))
        .ok()
        .says(&[&format!("{id} was already assigned to Mei Lin (mei)")]);
    sandbox
        .casebook("team", &format!("resolve {id} --as declined --message x --assign omar"))
        .ok()
        .says(&["was assigned to Mei Lin (mei)", "it is now assigned to Omar Diaz (omar)"]);
    sandbox.casebook("team", &format!("reopen {id} --assign none")).ok().says(&["it now has no assignee"]);
    let output = sandbox.casebook("team", &format!("reply {id} --assign me")).ok();
    assert!(!output.err.contains("was assigned"), "{output:#?}");
}

#[test]
fn a_reply_without_text_that_changes_nothing_is_not_committed() {
    let sandbox = Sandbox::with_team();
    let (id, other) = (sandbox.open("team", "Export hangs"), sandbox.open("team", "Import hangs"));
    let set = "--set priority=high --set tags=+slow --set version=2.14.0";
    sandbox.casebook("team", &format!("reply {id} --assign omar --status on-hold {set}")).ok();
    let head = sandbox.git("team", "rev-parse HEAD");
    for options in [
        "--assign 'Omar Diaz'",
        "--status on-hold",
        set,
        "--set tags=-quick",
        "--assign omar --set priority=high",
    ] {
        let output = sandbox.casebook("team", &format!("reply {id} {options}")).ok();
        assert_eq!(output.out, "", "{options}");
        output.says(&[&format!("{id} already has these values; nothing was committed for it")]);
    }
    sandbox
        .casebook("team", &format!("reply {id} --assign omar"))
        .ok()
        .says(&["was already assigned to Omar Diaz"]);
    let answer = sandbox.casebook("team", &format!("reply {id} --assign omar --format json")).ok().json();
    assert_eq!(answer, serde_json::json!({ "replies": [] }));
    // A wrong value is still a problem.
    sandbox.casebook("team", &format!("reply {id} --set priority=hihg")).fails(1).says(&["hihg"]);
    assert_eq!(
        (sandbox.git("team", "rev-parse HEAD"), sandbox.git("team", "status --short")),
        (head, String::new())
    );
    // Of several tickets, only those that change get a reply.
    let output = sandbox.casebook("team", &format!("reply {id} {other} --assign omar")).ok();
    assert!(output.line().contains(&other), "{output:#?}");
    output.says(&[&format!("{id} already has these values"), &format!("replied to {other}")]);
    // A text, a question or any change is a reply.
    for options in
        ["--status on-hold --message 'Still waiting.'", "--ask version", "--status on-hold", "--assign none"]
    {
        let output = sandbox.casebook("team", &format!("reply {id} {options}")).ok();
        assert!(output.line().contains(&id), "{options}: {output:#?}");
    }
}

#[test]
fn an_assignment_that_arrives_with_a_push_is_reported() {
    let sandbox = Sandbox::with_team();
    let id = sandbox.open("team", "Export hangs");
    sandbox.remote("team", "team.git");
    sandbox.git(".", "clone -q team.git other");
    sandbox.casebook("other", &format!("reply {id} --assign me")).by("omar").ok().says(&["pushed to"]);
    let output = sandbox.casebook("team", &format!("reply {id} --assign me")).ok();
    output.says(&[
        "pushed to",
        &format!("warning: Omar Diaz (omar) assigned {id} to Omar Diaz (omar) 1 second ago"),
        "at the same time as you; it is now assigned to Mei Lin (mei)",
        &format!("to undo your change: `casebook reply {id} --assign omar`"),
    ]);
    assert_eq!(sandbox.show("team", &id)["assignee"], "mei");
}

#[test]
fn an_internal_note_that_would_change_a_public_ticket_says_what_to_do_instead() {
    let sandbox = Sandbox::with_team();
    let id = sandbox.open("team", "Export hangs");
    sandbox.casebook("team", &format!("reply {id} --set visibility=public")).ok();
    let before = sandbox.git("team", "rev-parse HEAD");
    let line = format!("reply {id} --internal --message 'They are late.' --assign omar --set tags=+late");
    let output = sandbox.casebook("team", &line).fails(2).says(&[
        "an internal note cannot change a public ticket",
        &format!("`casebook reply {id} --internal --message 'They are late.'`"),
        &format!("`casebook reply {id} --assign omar --set 'tags=+late'`"),
    ]);
    assert_eq!(sandbox.git("team", "rev-parse HEAD"), before);
    for line in output.err.split("`casebook ").skip(1).map(|rest| rest.split('`').next().unwrap()) {
        sandbox.sh("team", &format!("casebook {line}")).ok();
    }
    let ticket = sandbox.show("team", &id);
    assert_eq!((&ticket["assignee"], &ticket["tags"]), (&json!("omar"), &json!(["late"])));
}

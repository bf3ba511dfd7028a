//! What a newcomer tries: other words for commands and options, lists of what there is to choose from, and completion.

use serde_json::{Value as Json, json};

use crate::sandbox::{CommandOutput, Sandbox};

#[test]
fn a_word_of_another_program_leads_to_the_command() {
    let sandbox = Sandbox::with_team();
    for (line, says) in [
        ("assign k7f3qa mei", "`casebook reply k7f3qa --assign mei`"),
        ("take k7f3qa", "`casebook reply k7f3qa --assign me`"),
        ("close k7f3qa", "`casebook resolve k7f3qa --as fixed`"),
        ("edit k7f3qa", "`casebook reply k7f3qa --set KEY=VALUE`"),
        ("comment k7f3qa -m x", "`casebook reply k7f3qa`"),
        ("status", "`casebook list`"),
        ("done k7f3qa", "`casebook resolve k7f3qa --as fixed`"),
        ("open", "`casebook new`"),
        ("find it hangs", "`casebook search it hangs`"),
        ("ls", "`casebook list`"),
        ("view k7f3qa", "`casebook show k7f3qa`"),
        ("create", "`casebook new`"),
        ("delete k7f3qa", "`git rm`"),
        ("list --sort created", "`casebook list sort:created`"),
        ("list --all", "`casebook list is:any`"),
        ("list --label x", "`casebook list tag:NAME`"),
        ("list --mine", "`casebook list assignee:me`"),
        ("serve --port 80", "`casebook serve --addr 127.0.0.1:8080`"),
        ("new -m x", "--section Problem='…'"),
        ("reply k7f3qa --label x", "`casebook reply ID --set tags=+NAME`"),
        ("resolve k7f3qa --reason fixed", "`casebook resolve ID --as fixed`"),
        ("list --json", "`--format json`"),
    ] {
        let output = sandbox.casebook("team", line).fails(2);
        assert!(
            output.err.contains(&format!("help: {says}")) || output.err.contains(says),
            "{line}: {output:#?}"
        );
        assert!(!output.err.contains("similar subcommand"), "{line}: {output:#?}");
    }
    sandbox.casebook("team", "serach x").fails(2).says(&["'search'"]);
}

#[test]
fn templates_services_and_canned_responses_are_listed() {
    let sandbox = Sandbox::with_team();
    sandbox.casebook("team", "templates").ok().prints(&[
        "incident  (default)",
        "  Something that worked is broken, slow or wrong",
        "service*, environment* (production, staging, development), version",
        "sections  Problem, Impact",
    ]);
    sandbox.casebook("team", "services").ok().prints(&[
        "billing-api       Billing API · on call: Mei Lin, Omar Diaz",
        "  billing-export  Billing export · on call: Mei Lin, Omar Diaz",
    ]);
    sandbox.casebook("team", "replies").ok().prints(&[
        "ask-for-version-and-logs  status pending; asks for version, Logs",
        "rolled-back  resolves: fixed",
    ]);
    let json =
        |name: &str| -> Json { sandbox.casebook("team", &format!("{name} --format json")).ok().json() };
    assert_eq!(json("services")["services"][1]["part_of"], "billing-api");
    let templates = json("templates");
    assert!(templates["templates"].as_array().unwrap().iter().any(|template| template["name"] == "incident"));
    let replies = json("replies");
    let rolled_back =
        replies["replies"].as_array().unwrap().iter().find(|reply| reply["name"] == "rolled-back");
    assert_eq!(rolled_back.unwrap()["resolution"], json!("fixed"));
    let short = sandbox.casebook("team", "services --format short").ok();
    assert_eq!(short.out, "billing-api\nbilling-export\n");
}

/// Returns the completions of the last word.
#[track_caller]
fn completed(sandbox: &Sandbox, line: &str) -> CommandOutput {
    let index = line.split(' ').count() - 1;
    sandbox
        .casebook("team", &format!("-- {line}"))
        .env("COMPLETE", "bash")
        .env("_CLAP_COMPLETE_INDEX", index.to_string())
        .env("_CLAP_COMPLETE_COMP_TYPE", "9")
        .env("_CLAP_COMPLETE_SPACE", "false")
        .env("_CLAP_IFS", "\n")
        .ok()
}

#[test]
fn a_shell_completes_names_and_values_of_the_repository() {
    let sandbox = Sandbox::with_team();
    let id = sandbox.open("team", "Export hangs");
    for (line, expected) in [
        ("casebook resolve exp", vec![id.as_str()]),
        ("casebook reply x y exp", vec![&id]),
        ("casebook reply x --use rol", vec!["rolled-back"]),
        ("casebook reply x --assign l", vec!["lena"]),
        ("casebook resolve x --assign ''", vec!["me", "none", "mei", "lena", "omar", "ann"]),
        ("casebook new inc", vec!["incident"]),
        ("casebook new --set serv", vec!["service="]),
        ("casebook new --set service=billing-e", vec!["service=billing-export"]),
        (
            "casebook reply x --set environment=",
            vec!["environment=production", "environment=staging", "environment=development"],
        ),
        ("casebook reply x --set priority=h", vec!["priority=high"]),
    ] {
        let output = completed(&sandbox, line);
        let found: Vec<&str> = output.out.lines().collect();
        assert_eq!(found, expected, "{line}");
    }
}

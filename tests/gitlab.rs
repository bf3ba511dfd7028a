//! The example for GitLab in the documentation, run in the same way as a GitLab runner, against an HTTP API on this
//! computer. These tests do not use a live GitLab.

use std::sync::{Arc, Mutex};

use serde_json::{Value as Json, json};

use crate::{
    change::repository,
    forge::{Forge, Response},
    reviewing::assert_inert,
    sandbox::{CommandOutput, Sandbox},
};

/// Returns the job's script without the lines that install programs.
fn script() -> String {
    let (_, rest) =
        include_str!("../docs/pull-requests.md").split_once("`.gitlab-ci.yml`\n\n```yml\n").unwrap();
    let file: serde_yaml::Value = serde_yaml::from_str(rest.split_once("```\n").unwrap().0).unwrap();
    let steps = file["casebook"]["script"].as_sequence().unwrap().iter().map(|step| step.as_str().unwrap());
    let steps = steps.filter(|step| !step.starts_with("apt-get") && !step.starts_with("cargo install"));
    steps.map(|step| format!("{step}\n")).collect()
}

/// Runs the job for merge request 7 in a new folder.
#[track_caller]
fn run(sandbox: &Sandbox, api: &str, token: Option<&str>) -> CommandOutput {
    let url = format!(
        "[url \"file://{}\"]\n\tinsteadOf = https://gitlab-ci-token:job@gitlab.acme.example:443/acme/oncall.git\n",
        sandbox.path("team.git").display()
    );
    let _ = std::fs::remove_dir_all(sandbox.path("job"));
    sandbox.write("gitconfig", url).write("job/.keep", "");
    let head = sandbox.git("team.git", "rev-parse refs/pull/7/head");
    sandbox.git("team.git", &format!("update-ref refs/merge-requests/7/head {head}"));
    let mut run = sandbox.sh("job", &format!("set -eu\n{}", script()));
    for (key, value) in [
        ("GIT_CONFIG_GLOBAL", sandbox.path("gitconfig").to_str().unwrap()),
        ("CI_API_V4_URL", api),
        ("CI_JOB_TOKEN", "job"),
        ("CI_MERGE_REQUEST_IID", "7"),
        ("CI_MERGE_REQUEST_PROJECT_ID", "1001"),
        ("CI_MERGE_REQUEST_PROJECT_PATH", "acme/oncall"),
        ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
        ("CI_SERVER_HOST", "gitlab.acme.example"),
        ("CI_SERVER_PORT", "443"),
        ("CI_SERVER_PROTOCOL", "https"),
    ] {
        run = run.env(key, value);
    }
    match token {
        Some(token) => run.env("CASEBOOK_TOKEN", token),
        None => run,
    }
    .run()
}

/// Starts a GitLab with these notes on merge request 7. It stores the notes that are written.
fn gitlab(notes: Vec<Json>) -> (Forge, Arc<Mutex<Vec<Json>>>) {
    let forge = Forge::new();
    let notes = Arc::new(Mutex::new(notes));
    let known = Arc::clone(&notes);
    forge.answers(move |request| {
        let mut notes = known.lock().unwrap();
        let form = |text: &str| {
            let body = text.strip_prefix("body=").unwrap().replace('+', " ");
            percent_encoding::percent_decode_str(&body).decode_utf8().unwrap().into_owned()
        };
        Some(match request.line.as_str() {
            _ if !request.head.contains("private-token: glpat-1") => Response::status(401),
            "GET /user" => Response::json(&json!({ "id": 42 })),
            "GET /projects/1001/merge_requests/7/notes?per_page=100&order_by=created_at&sort=asc" => {
                Response::json(&json!(*notes))
            }
            "POST /projects/1001/merge_requests/7/notes" => {
                notes.push(json!({ "id": 501, "author": { "id": 42 }, "body": form(&request.body) }));
                Response::json(&json!({ "id": 501 }))
            }
            "PUT /projects/1001/merge_requests/7/notes/501" => {
                notes.iter_mut().find(|note| note["id"] == 501)?["body"] = form(&request.body).into();
                Response::json(&json!({ "id": 501 }))
            }
            _ => return None,
        })
    });
    (forge, notes)
}

#[test]
fn a_merge_request_gets_one_note_that_is_updated() {
    let sandbox = repository();
    let mine = json!({ "id": 1, "author": { "id": 7 }, "body": "<!-- casebook -->\n\nmine" });
    let (forge, notes) = gitlab(vec![mine.clone()]);
    let output = run(&sandbox, &forge.url, Some("glpat-1"));
    assert!(
        output.status == Some(1) && output.out.contains("unknown-service"),
        "the exit status of `check`: {output:#?}"
    );
    {
        let notes = notes.lock().unwrap();
        let body = notes[1]["body"].as_str().unwrap();
        assert!(
            notes.len() == 2 && notes[0] == mine && body.contains("k7f3qa") && !body.contains("Nachtigall")
        );
        assert_inert(body);
    }
    // The ticket is fixed and now names the similar ticket.
    let file = format!("team/{}", crate::change::NEW);
    let fixed = sandbox
        .read(&file)
        .replace("biling", "billing")
        .replace("service:", "related: [export-stops-k7f3qa]\nservice:");
    sandbox.write(&file, fixed).commit("team", "fixed");
    sandbox.git("team", "push -q ../team.git HEAD:refs/pull/7/head");
    let output = run(&sandbox, &forge.url, Some("glpat-1"));
    assert_eq!(output.status, Some(0), "{output:#?}");
    let notes = notes.lock().unwrap();
    assert!(
        notes.len() == 2 && notes[1]["body"].as_str().unwrap().contains("found no problems"),
        "{notes:#?}"
    );
    let written =
        forge.take_requests().into_iter().map(|request| request.line).filter(|line| !line.starts_with("GET"));
    assert_eq!(written.map(|line| line[..4].to_owned()).collect::<Vec<_>>(), ["POST", "PUT "]);
}

#[test]
fn without_a_token_a_merge_request_is_checked_and_an_api_error_fails_the_job() {
    let sandbox = repository();
    let (forge, _) = gitlab(Vec::new());
    let output = run(&sandbox, &forge.url, None);
    assert!(output.status == Some(1) && output.out.contains("unknown-service"), "{output:#?}");
    assert!(forge.take_requests().is_empty());
    let output = run(&sandbox, &forge.url, Some("glpat-2"));
    assert!(
        output.status != Some(0) && output.err.contains("401") && !output.out.contains("unknown-service"),
        "{output:#?}"
    );
}

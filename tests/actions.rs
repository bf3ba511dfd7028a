//! The actions in `.github/actions`, run in the same way as a GitHub runner: as a process, with the documented payloads,
//! against an HTTP API on this computer. These tests do not use the live GitHub.

use serde_json::{Value as Json, json};

use crate::{
    change::repository,
    forge::{Forge, Response},
    github::{GitHub, TOKEN, archive, commits, open_pull, pull_request, review, run, workflow_run},
    reviewing::assert_inert,
    sandbox::Sandbox,
};

#[test]
fn a_change_from_a_fork_is_reviewed_without_running_or_checking_out_its_files() {
    let sandbox = repository();
    for action in ["opened", "synchronize"] {
        let (output, review) = review(&sandbox, action);
        assert_eq!(output.status, Some(1), "the exit status of `check`: {output:#?}");
        assert!(
            output.out.starts_with("::error file=tickets/2026/11/export-again-n2n3n4.md,"),
            "{output:#?}"
        );
        let review: Json = serde_json::from_str(&review).unwrap();
        assert_eq!((&review["audience"], &review["head"]), (&json!("public"), &json!(commits(&sandbox).1)));
        assert_eq!(review["tickets"][0]["similar"].as_array().unwrap().len(), 1);
        assert!(!review.to_string().contains("Nachtigall") && !review.to_string().contains("s2s3s4"));
    }
    let checked_out =
        sandbox.sh(".", "find temp -name '*.md' -o -name casebook.yml -o -name pwned; ls -d pwned").run();
    assert_eq!(checked_out.out, "");
    let config = sandbox.read("temp/casebook-review/change.git/config");
    assert!(!config.contains("token") && !config.contains("http"), "{config}");
}

#[test]
fn workflows_pin_their_actions_have_few_permissions_and_put_no_input_into_scripts() {
    let sandbox = Sandbox::new();
    sandbox.casebook(".", "init fresh").ok();
    let read = |name: &str| -> serde_yaml::Value {
        serde_yaml::from_str(&sandbox.read(format!("fresh/.github/workflows/{name}.yml"))).unwrap()
    };
    let (review, comment) = (read("casebook"), read("casebook-comment"));
    assert_eq!(serde_json::to_value(&review["permissions"]).unwrap(), json!({ "contents": "read" }));
    assert_eq!(serde_json::to_value(&comment["permissions"]).unwrap(), json!({}));
    assert_eq!(
        serde_json::to_value(&comment["jobs"]["comment"]["permissions"]).unwrap(),
        json!({ "actions": "read", "contents": "read", "pull-requests": "write" })
    );
    assert_eq!(comment["on"]["workflow_run"]["workflows"][0], review["name"]);
    let mut steps = 0;
    for step in [&review["jobs"]["review"]["steps"], &comment["jobs"]["comment"]["steps"]]
        .into_iter()
        .flat_map(|steps| steps.as_sequence().unwrap())
    {
        steps += 1;
        if let Some(uses) = step["uses"].as_str() {
            let pinned = uses.rsplit_once('@').is_some_and(|(_, commit)| commit.len() == 40);
            let own = uses
                .strip_prefix("./")
                .is_some_and(|path| sandbox.path("fresh").join(path).join("action.yml").exists());
            assert!(pinned || own, "{uses}");
        }
        assert!(!step["run"].as_str().unwrap_or_default().contains("${{"), "{step:?}");
    }
    assert_eq!(steps, 7);
    // Those that have secrets run only for the main branch, never for a pull request.
    let (notify, due) = (read("casebook-notify"), read("casebook-due"));
    assert_eq!(
        serde_json::to_value(&notify["on"]).unwrap(),
        json!({ "push": { "branches": ["main", "master"] } })
    );
    assert_eq!(
        serde_json::to_value(&notify["jobs"]["notify"]["permissions"]).unwrap(),
        json!({ "contents": "write", "issues": "write", "pull-requests": "write" })
    );
    let events = serde_json::to_value(&due["on"]).unwrap();
    assert_eq!(events.as_object().unwrap().keys().collect::<Vec<_>>(), ["schedule", "workflow_dispatch"]);
    assert_eq!(serde_json::to_value(&due["permissions"]).unwrap(), json!({ "contents": "read" }));
    for step in [&notify["jobs"]["notify"]["steps"], &due["jobs"]["due"]["steps"]]
        .into_iter()
        .flat_map(|steps| steps.as_sequence().unwrap())
    {
        let uses = step["uses"].as_str().unwrap_or_default();
        assert!(
            uses.is_empty() || uses.rsplit_once('@').is_some_and(|(_, commit)| commit.len() == 40),
            "{uses}"
        );
        assert!(!step["run"].as_str().unwrap_or_default().contains("${{"), "{step:?}");
    }
    // The `action.yml` matches the script: the script exists, and it reads every input.
    for action in ["casebook-review", "casebook-comment"] {
        let folder = format!("fresh/.github/actions/{action}");
        let about: serde_yaml::Value =
            serde_yaml::from_str(&sandbox.read(format!("{folder}/action.yml"))).unwrap();
        assert!(sandbox.path(folder).join(about["runs"]["main"].as_str().unwrap()).exists());
        let script = sandbox.read(format!("fresh/.github/actions/{action}/main.mjs"));
        let inputs = about["inputs"].as_mapping().unwrap();
        assert!(!inputs.is_empty());
        for (input, _) in inputs {
            let name = format!("INPUT_{}", input.as_str().unwrap().to_uppercase());
            assert!(script.contains(&name), "{action} does not read {name}");
        }
    }
}

#[test]
fn an_event_without_a_pull_request_or_with_an_outdated_commit_is_not_reviewed() {
    let sandbox = repository();
    let (base, head) = commits(&sandbox);
    review(&sandbox, "opened");
    let server = format!("file://{}", sandbox.path("forge").display());
    let env = [("GITHUB_SERVER_URL", server.as_str())];
    let failed = |event: &Json, text: &str| {
        let output = run(&sandbox, "casebook-review", event, &env);
        assert_eq!((output.status, output.out.matches("::").count()), (Some(2), 2), "{output:#?}");
        assert!(output.out.contains(text) && sandbox.read("output").is_empty(), "{output:#?}");
    };
    failed(&workflow_run(&head), "the event is not `pull_request`");
    failed(&pull_request("opened", &base, "--upload-pack=touch pwned"), "the event is not `pull_request`");
    failed(&pull_request("opened", &base, &"1".repeat(40)), "no longer contains 1111");
    failed(&pull_request("opened", &"2".repeat(40), &head), "git fetch failed");
}

#[test]
fn one_comment_is_written_and_kept_up_to_date() {
    let sandbox = repository();
    let (_, json) = review(&sandbox, "opened");
    let (base, head) = commits(&sandbox);
    let github = GitHub::new(vec![open_pull(7, &head)], archive("review.json", &json));
    let output = github.comment(&sandbox, &head);
    assert_eq!(
        (output.status, output.out.trim()),
        (Some(0), "casebook: wrote the comment on #7"),
        "{output:#?}"
    );
    let requests = github.forge.take_requests();
    let mut to_others = 0;
    for request in &requests {
        let to_github = request.line.contains("/repos/acme/oncall/");
        let has_token = request.head.contains(&format!("authorization: bearer {TOKEN}"));
        assert_eq!(to_github, has_token, "only GitHub gets the token: {request:#?}");
        to_others += usize::from(!to_github);
    }
    assert!(to_others > 0, "the archive is on another server: {requests:#?}");
    let posted: Json = serde_json::from_str(&requests.last().unwrap().body).unwrap();
    let body = posted["body"].as_str().unwrap();
    assert_inert(body);
    // The program itself prints the same text for this change.
    let line =
        "review --since main --at refs/pull/7/head --rules-from main --audience public --format markdown";
    let expected = sandbox.casebook("team.git", line).fails(1).out;
    assert_eq!(body, expected.replace(&format!("/blob/{base}/"), "/blob/main/"));

    // A second run changes nothing.
    let output = github.comment(&sandbox, &head);
    assert_eq!((output.out.trim(), github.written()), ("casebook: the comment is up to date", vec![]));
    // When the problems are fixed, the same comment says so.
    let mut review: Json = serde_json::from_str(&json).unwrap();
    review["findings"] = json!([]);
    review["errors"] = json!(0);
    review["tickets"] = json!([]);
    let fixed = GitHub::new(vec![open_pull(7, &head)], archive("review.json", &review.to_string()));
    *fixed.comments.lock().unwrap() = github.comments.lock().unwrap().clone();
    assert_eq!(fixed.comment(&sandbox, &head).status, Some(0));
    assert_eq!(fixed.written(), ["PATCH /repos/acme/oncall/issues/comments/501"]);
    let comments = fixed.comments.lock().unwrap();
    assert!(comments.len() == 1 && comments[0]["body"].as_str().unwrap().contains("found no problems"));
}

#[test]
fn the_action_quotes_every_character_like_the_program() {
    let sandbox = Sandbox::new();
    // Node and Rust may have different versions of Unicode; both know version 15.
    let known = regex::Regex::new(r"[\p{Age=15.0}\p{Default_Ignorable_Code_Point}]").unwrap();
    let characters: Vec<char> = (0..0x11_0000)
        .filter_map(char::from_u32)
        .filter(|c| known.is_match(c.encode_utf8(&mut [0; 4])))
        .collect();
    assert!(characters.len() > 1_000, "{}", characters.len());
    // Spaces at the ends are removed, so each text begins and ends with a letter.
    let mut texts: Vec<String> =
        characters.chunks(997).map(|piece| format!("a{}z", piece.iter().collect::<String>())).collect();
    // Marks have an effect only if there are several, and joiners only between other characters.
    let other = regex::Regex::new(r"[^\p{Lo}\p{Co}]").unwrap();
    let others: Vec<&char> =
        characters.iter().filter(|c| other.is_match(c.encode_utf8(&mut [0; 4]))).collect();
    for piece in others.chunks(100) {
        texts
            .push(piece.iter().map(|c| format!("a{c}{c}{c}{c}{c}z文\u{200d}{c}\u{fe0f}\u{200d}z")).collect());
    }
    let script = format!(
        "import {{ quoted }} from '{}/.github/actions/casebook-comment/markdown.mjs'; import fs from 'node:fs';
        const texts = JSON.parse(fs.readFileSync(0, 'utf8'));
        process.stdout.write(JSON.stringify(texts.map((text, n) => quoted(text, 900 + n))));",
        env!("CARGO_MANIFEST_DIR")
    );
    sandbox.write("quote.mjs", script);
    let output = sandbox.sh(".", "node quote.mjs").input(json!(texts).to_string()).ok().json();
    for (place, text) in texts.iter().enumerate() {
        assert_eq!(output[place], casebook::internals::text::quoted(text, 900 + place), "{place}");
    }
}

#[test]
fn a_change_without_problems_or_similar_tickets_gets_no_comment() {
    let sandbox = repository();
    let (_, json) = review(&sandbox, "opened");
    let (_, head) = commits(&sandbox);
    let mut review: Json = serde_json::from_str(&json).unwrap();
    (review["findings"], review["errors"], review["warnings"]) = (json!([]), json!(0), json!(0));
    review["tickets"][0]["similar"] = json!([]);
    let github = GitHub::new(vec![open_pull(7, &head)], archive("review.json", &review.to_string()));
    let output = github.comment(&sandbox, &head);
    assert_eq!(
        (output.out.trim(), github.written()),
        ("casebook: no comment needed: no problems and no similar tickets", vec![])
    );
}

#[test]
fn a_comment_of_another_user_is_never_changed() {
    let sandbox = repository();
    let (_, json) = review(&sandbox, "opened");
    let (_, head) = commits(&sandbox);
    let github = GitHub::new(vec![open_pull(7, &head)], archive("review.json", &json));
    let others = (0..120)
        .map(|n| json!({ "id": n, "user": { "login": "stranger" }, "body": "<!-- casebook -->\n\nmine" }));
    github.comments.lock().unwrap().extend(others);
    assert_eq!(github.comment(&sandbox, &head).status, Some(0));
    assert_eq!(github.written(), ["POST /repos/acme/oncall/issues/7/comments"]);
    // The action finds its own comment after the 120 others.
    github.comments.lock().unwrap().last_mut().unwrap()["body"] = json!("<!-- casebook -->\n\nolder");
    assert_eq!(github.comment(&sandbox, &head).status, Some(0));
    assert_eq!(github.written(), ["PATCH /repos/acme/oncall/issues/comments/501"]);
}

#[test]
fn an_artifact_cannot_choose_the_pull_request_for_the_comment() {
    let sandbox = repository();
    let (_, json) = review(&sandbox, "opened");
    let (_, head) = commits(&sandbox);
    let mut forged: Json = serde_json::from_str(&json).unwrap();
    forged["number"] = json!(1);
    let forged = archive("review.json", &forged.to_string());
    let other_repository = {
        let mut pull = open_pull(7, &head);
        pull["head"]["repo"]["id"] = json!(3003);
        pull
    };
    for pulls in [
        vec![],
        vec![open_pull(7, &"3".repeat(40))],
        vec![open_pull(7, &head), open_pull(8, &head)],
        vec![other_repository],
    ] {
        let github = GitHub::new(pulls, forged.clone());
        let output = github.comment(&sandbox, &head);
        assert_eq!((output.status, github.written()), (Some(0), vec![]), "{output:#?}");
        assert!(output.out.contains("no open pull request, or more than one"), "{output:#?}");
    }
    let github = GitHub::new(vec![open_pull(8, &"3".repeat(40)), open_pull(7, &head)], forged);
    assert_eq!(github.comment(&sandbox, &head).status, Some(0));
    assert_eq!(github.written(), ["POST /repos/acme/oncall/issues/7/comments"]);
}

#[test]
fn an_artifact_that_is_not_a_review_is_refused() {
    let sandbox = repository();
    let (_, json) = review(&sandbox, "opened");
    let (_, head) = commits(&sandbox);
    let good: Json = serde_json::from_str(&json).unwrap();
    let with = |change: &dyn Fn(&mut Json)| {
        let mut review = good.clone();
        change(&mut review);
        archive("review.json", &review.to_string())
    };
    let whole = archive("review.json", &json);
    let mut two = whole.clone();
    let end = two.len() - 22;
    two[end + 10] = 2;
    let mut elsewhere = whole.clone();
    elsewhere[end + 16..end + 20].copy_from_slice(&[0xff; 4]);
    for (artifact, says) in [
        (b"not an archive".to_vec(), "the end record is missing"),
        (Vec::new(), "the end record is missing"),
        (whole[20..].to_vec(), "the central directory is missing"),
        (two, "exactly one file"),
        (elsewhere, "it is truncated"),
        // A small archive with a huge file.
        (archive("review.json", &" ".repeat(5 << 20)), "5242880 bytes"),
        (vec![0; (1 << 20) + 1], "the limit is 1048576 bytes"),
        (archive("review.json", "["), "not valid JSON"),
        (archive("review.json", "null"), "not a JSON object"),
        (archive("review.json", "{}"), "`head`"),
        (with(&|review| review["head"] = json!("3".repeat(40))), "different commits"),
        (with(&|review| review["audience"] = json!("internal")), "is not `public`"),
        (with(&|review| review["audience"] = json!(null)), "is not `public`"),
        (with(&|review| review["errors"] = json!("many")), "`errors`"),
        (with(&|review| review["errors"] = json!(9_007_199_254_740_991_u64)), "`errors`"),
        (with(&|review| review["files"] = json!(1_000_001)), "`files`"),
        (with(&|review| review["findings"][0]["level"] = json!("</code>")), "`findings`"),
        (with(&|review| review["findings"][0]["code"] = json!("@team")), "`findings`"),
        (with(&|review| review["findings"][0]["message"] = json!({ "toString": "x" })), "`findings`"),
        (with(&|review| review["tickets"][0]["similar"][0]["status"] = json!("@team")), "`tickets`"),
        (
            with(&|review| review["tickets"][0]["similar"][0]["resolution"] = json!("[x](javascript:y)")),
            "`tickets`",
        ),
        (with(&|review| review["tickets"] = json!(vec![review["tickets"][0].clone(); 21])), "`tickets`"),
        (with(&|review| review["tickets"][0]["title"] = json!("x".repeat(1001))), "`tickets`"),
    ] {
        let github = GitHub::new(vec![open_pull(7, &head)], artifact);
        let output = github.comment(&sandbox, &head);
        assert_eq!((output.status, github.written()), (Some(1), vec![]), "{says}: {output:#?}");
        assert!(output.out.starts_with("::error::") && output.out.contains(says), "{says}: {output:#?}");
    }
}

#[test]
fn the_artifact_of_the_latest_attempt_is_used() {
    let sandbox = repository();
    let (_, json) = review(&sandbox, "opened");
    let (_, head) = commits(&sandbox);
    for (id, created_at) in [(12, "2026-11-20T08:59:59Z"), (10, "2026-11-20T09:00:00Z")] {
        for place in [0, 1] {
            let github = GitHub::new(vec![open_pull(7, &head)], archive("review.json", &json));
            let mut other = github.artifacts.lock().unwrap()[0].clone();
            (other["id"], other["created_at"]) = (json!(id), json!(created_at));
            github.artifacts.lock().unwrap().insert(place, other);
            let output = github.comment(&sandbox, &head);
            assert_eq!(
                output.out.trim(),
                "casebook: wrote the comment on #7",
                "{id} at {place}: {output:#?}"
            );
        }
    }
}

#[test]
fn a_long_answer_does_not_displace_other_tickets() {
    let sandbox = repository();
    let (_, json) = review(&sandbox, "opened");
    let (_, head) = commits(&sandbox);
    let mut long: Json = serde_json::from_str(&json).unwrap();
    let mut other = long["tickets"][0].clone();
    other["title"] = json!("The last of all");
    long["tickets"][0]["similar"][0]["answer"] = json!("@\n".repeat(5_000));
    long["tickets"].as_array_mut().unwrap().push(other);
    let github = GitHub::new(vec![open_pull(7, &head)], archive("review.json", &long.to_string()));
    assert_eq!(github.comment(&sandbox, &head).status, Some(0));
    let comments = github.comments.lock().unwrap();
    let body = comments[0]["body"].as_str().unwrap();
    assert!(body.contains("The last of all") && !body.contains("more than fits"), "{body}");
}

#[test]
fn a_forged_review_is_quoted_and_has_no_links() {
    let sandbox = repository();
    let (_, json) = review(&sandbox, "opened");
    let (_, head) = commits(&sandbox);
    let hostile =
        "@team #1 a/b#1 [x](javascript:alert(1)) <img onerror=x> ``` </code> <!-- --> \u{202e}x\n/close\n";
    let mut forged: Json = serde_json::from_str(&json).unwrap();
    for file in [
        "../../../evil",
        "tickets/../../../x.md",
        "https://evil.example/x.md",
        "tickets/a b.md",
        "tickets/x.md)",
    ] {
        let finding = &mut forged["findings"][0];
        (finding["path"], finding["message"], finding["help"]) =
            (json!(hostile), json!(hostile), json!([hostile]));
        finding["fix"] = json!({ "title": hostile });
        let ticket = &mut forged["tickets"][0];
        ticket["title"] = json!(hostile);
        let similar = &mut ticket["similar"][0];
        similar["id"] = json!("[x](https://evil.example)@team");
        similar["file"] = json!(file);
        similar["title"] = json!(hostile);
        similar["answer"] = json!(hostile.repeat(90));
        let github = GitHub::new(vec![open_pull(7, &head)], archive("review.json", &forged.to_string()));
        assert_eq!(github.comment(&sandbox, &head).status, Some(0));
        let comments = github.comments.lock().unwrap();
        let body = comments[0]["body"].as_str().unwrap();
        assert_inert(body);
        assert!(!body.contains("](") && body.len() <= 60_100, "{body}");
    }
}

#[test]
fn an_api_error_is_reported_and_other_events_cause_no_requests() {
    let sandbox = repository();
    let (_, head) = commits(&sandbox);
    let forge = Forge::new();
    let env = [("GITHUB_API_URL", forge.url.as_str())];
    forge.answers(|_| Some(Response::status(503)));
    let output = run(&sandbox, "casebook-comment", &workflow_run(&head), &env);
    assert_eq!((output.status, output.out.trim()), (Some(1), "::error::GET pulls: 503 {\"message\":\"no\"}"));
    forge.take_requests();
    let mut event = workflow_run(&head);
    event["workflow_run"]["head_repository"] = json!(null);
    assert_eq!(run(&sandbox, "casebook-comment", &event, &env).status, Some(0), "the fork was deleted");
    event["workflow_run"]["event"] = json!("push");
    assert_eq!(run(&sandbox, "casebook-comment", &event, &env).status, Some(0));
    let output = run(&sandbox, "casebook-comment", &pull_request("opened", &head, &head), &env);
    assert_eq!((output.status, forge.take_requests().len()), (Some(1), 0), "{output:#?}");
}

//! `POST /api/v1/similar`, which forms and agents call before a ticket is opened.

use serde_json::{Value as Json, json};

use crate::served::{SECRETS, Server, repository};

const SIMILAR: &str = "/api/v1/similar";

/// Returns a draft by a user whose problem was already solved.
fn draft() -> Json {
    json!({
        "template": "incident", "title": "Invoice export times out", "requester": "lena",
        "fields": { "service": "export", "environment": "production" }, "path": ["/console"],
        "body": "## Problem\nThe gateway gives up after 30 seconds.",
    })
}

#[test]
fn a_draft_gets_tickets_with_answers() {
    let sandbox = repository();
    let server = Server::start(&sandbox, "");
    let found = server.post(SIMILAR, &draft().to_string()).is(200);
    assert_eq!(found.ids(), ["invoice-export-times-out-k7f3qa"]);
    let first = &found.json()["tickets"][0];
    assert_eq!((&first["status"], &first["weak"]), (&json!("resolved"), &json!(false)));
    assert!(first["score"].as_u64().unwrap() > 0 && !first["why"].as_array().unwrap().is_empty(), "{first}");
    assert!(first["answer"].as_str().unwrap().contains("A join instead."), "{first}");
    // An incomplete draft is enough.
    let title = json!({ "title": "Invoice export times out" }).to_string();
    assert_eq!(server.post(SIMILAR, &title).ids(), ["invoice-export-times-out-k7f3qa"]);
    assert_eq!(server.post(SIMILAR, "{}").is(200).ids(), Vec::<String>::new());
    // Open tickets have no answer.
    let open = json!({ "title": "Login loops", "body": "After signing in, the sign-in page comes again." });
    let all = server.post(&format!("{SIMILAR}?weak=true"), &open.to_string()).is(200).ids();
    assert!(!all.contains(&"login-loops-q9q8q7".to_owned()), "{all:?}");
}

#[test]
fn weak_matches_are_returned_only_on_request() {
    let sandbox = repository();
    let server = Server::start(&sandbox, "");
    let little =
        json!({ "title": "The printer smells of smoke", "body": "Since the export of Monday." }).to_string();
    assert_eq!(server.post(SIMILAR, &little).is(200).ids(), Vec::<String>::new());
    let weak = server.post(&format!("{SIMILAR}?weak=true&limit=1"), &little).is(200);
    assert_eq!((weak.ids().len(), &weak.json()["tickets"][0]["weak"]), (1, &json!(true)));
}

#[test]
fn suggestions_come_from_the_public_site_only() {
    let sandbox = repository();
    let secret = json!({ "title": "Merger plans leaked", "fields": { "service": "nightfall" }, "body": "Somebody mailed them." });
    let server = Server::start(&sandbox, "");
    assert_eq!(server.post(SIMILAR, &secret.to_string()).ids()[0], "merger-plans-m2m3m4");
    let server = Server::start(&sandbox, "--audience public");
    let all = server.post(&format!("{SIMILAR}?weak=true"), &secret.to_string()).is(200).ids();
    assert!(!all.contains(&"merger-plans-m2m3m4".to_owned()), "{all:?}");
    let found = server.post(SIMILAR, &draft().to_string()).is(200);
    assert_eq!(found.ids(), ["invoice-export-times-out-k7f3qa"]);
    for secret in SECRETS {
        assert!(!found.body.contains(secret), "{secret:?} is in {}", found.body);
    }
}

#[test]
fn an_invalid_draft_is_refused_with_help() {
    let sandbox = repository();
    let server = Server::start(&sandbox, "");
    server.get(SIMILAR).has("allow: post").refuses(405, "POST");
    server.ask("POST", "/api/v1/search", &[]).has("allow: get, head").refuses(405, "");
    for (body, says) in [
        ("", "EOF"),
        ("{", "EOF"),
        ("[]", "expected"),
        (r#"{"titel":"x"}"#, "unknown field `titel`"),
        (r#"{"title":7}"#, "expected a string"),
        (r#"{"title":"x","fields":[]}"#, "expected a map"),
        (&format!("{{\"fields\":{}", "[".repeat(100_000)), "recursion"),
    ] {
        let answer = server.post(SIMILAR, body);
        assert!(answer.json()["help"].to_string().contains("title"), "{body:.20}: {answer:#?}");
        answer.refuses(400, says);
    }
    server.post(&format!("{SIMILAR}?weka=true"), "{}").refuses(400, "weka");
    server.send("POST", SIMILAR, &[("Content-Type", "text/plain")], "{}").refuses(415, "JSON");
    let log = "x ".repeat(600_000);
    server.post(SIMILAR, &json!({ "title": "x", "body": log }).to_string()).refuses(413, "1 MiB");
    let large = json!({ "title": "x", "body": "ERR_CONN_RESET at 10:00\n".repeat(40_000) });
    server.post(SIMILAR, &large.to_string()).is(200);
    let odd = json!({ "title": "\u{0}\u{202e}---\n: x", "fields": { "a: b": { "c": [null, { "d": 1.5 }] }, "": "" }, "tags": [1] });
    server.post(SIMILAR, &odd.to_string()).is(200);
}

#[test]
fn templates_use_the_keys_of_their_front_matter() {
    let sandbox = repository();
    let server = Server::start(&sandbox, "");
    let templates = server.get("/api/v1/templates").is(200).json();
    let named = |list: &Json, name: &str| {
        list.as_array().unwrap().iter().find(|one| one["name"] == name).cloned().unwrap()
    };
    let incident = named(&templates["templates"], "incident");
    let service = named(&incident["fields"], "service");
    assert_eq!((&service["type"], &service["required"]), (&json!("service"), &json!(["open"])));
    let cause = named(&incident["resolution"], "Cause");
    assert_eq!((&cause["required"], &cause["when"]), (&json!(["fixed", "workaround"]), &json!({})));
    assert!(!templates.to_string().contains("Open") && !templates.to_string().contains("\"kind\""));
}

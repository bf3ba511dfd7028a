//! Secrets in imports are listed, allowed from then on, or replaced. In all other files they are denied.

use std::fs;

use serde_json::{Value as Json, json};

use crate::sandbox::{SETTINGS, Sandbox};

const TICKET: &str = "team/tickets/2026/03/ops-1.md";

/// Returns a key. It is in parts here, so that secret scanners do not report this file.
fn key() -> String {
    ["AKIA", "Q3EGRYB7KMZP2XWN"].concat()
}

fn password() -> String {
    ["3AzIQ8O4qv", "GSxRBcMO"].concat()
}

fn tickets() -> Vec<Json> {
    vec![
        json!({
            "id": "OPS-1", "title": format!("The bucket of {}", key()), "created": "2026-03-01T10:00:00Z",
            "fields": { "password": password() }, "body": format!("It opens with {} only.", key()),
            "replies": [{ "author": "mei", "created": "2026-03-02T10:00:00Z", "body": format!("password = \"{}\"", password()) }]
        }),
        json!({ "id": "OPS-2", "title": "Nothing else", "created": "2026-03-01T10:00:00Z", "body": "x" }),
    ]
}

fn lines(tickets: &[Json]) -> String {
    tickets.iter().map(|ticket| format!("{ticket}\n")).collect()
}

fn with_secrets() -> Sandbox {
    let sandbox = Sandbox::with_team();
    sandbox.write("in.jsonl", lines(&tickets()));
    sandbox
}

#[track_caller]
fn shows_no_secret(text: &str) {
    assert!(!text.contains(&key()) && !text.contains(&password()), "{text}");
}

/// Returns how many secrets `check` denies and how many it warns about.
#[track_caller]
fn found(sandbox: &Sandbox, line: &str) -> (usize, usize) {
    let output = sandbox.casebook("team", &format!("{line} --format json")).run().json();
    let all = output["findings"].as_array().unwrap().iter().filter(|finding| finding["code"] == "secret");
    let levels: Vec<&str> = all.map(|finding| finding["level"].as_str().unwrap()).collect();
    let count = |level: &str| levels.iter().filter(|known| **known == level).count();
    (count("deny"), count("warn"))
}

#[test]
fn an_import_lists_its_secrets_and_passes_the_check() {
    let sandbox = with_secrets();
    let output = sandbox.casebook("team", "import jsonl ../in.jsonl --format json").ok();
    shows_no_secret(&output.out);
    shows_no_secret(&output.err);
    let secrets = output.json()["secrets"].as_array().unwrap().clone();
    assert_eq!(secrets.len(), 4, "{secrets:?}");
    assert_eq!(
        secrets[0],
        json!({ "path": "tickets/2026/03/ops-1.md", "line": 2, "what": "AWS access key id", "redacted": false })
    );
    let output = output.says(&["ops-1.md:2: AWS access key id", "imports/secrets.baseline"]);
    assert!(output.err.contains("--redact"));
    shows_no_secret(&sandbox.read("team/imports/secrets.baseline"));
    assert_eq!(found(&sandbox, "check"), (0, 4));
    sandbox.casebook("team", "check").ok();
    // The second run finds no new secrets, and it does not restore a line that a user removed.
    let baseline = sandbox.read("team/imports/secrets.baseline");
    sandbox.write("team/imports/secrets.baseline", baseline.replacen("ops-1.md\t", "x.md\t", 1));
    let output = sandbox.casebook("team", "import jsonl ../in.jsonl --format json").ok().json();
    assert_eq!((&output["written"], &output["secrets"]), (&json!(0), &json!([])));
    assert_ne!(found(&sandbox, "check").0, 0);
}

#[test]
fn a_secret_is_denied_in_every_file_of_any_template() {
    let sandbox = with_secrets();
    sandbox.casebook("team", "import jsonl ../in.jsonl").ok();
    let text = format!("It opens with {}.\n", key());
    let ticket = format!("---\ntitle: A copy\ntemplate: imported\nsource: OPS-9\n---\n{text}");
    let reply = format!("---\nauthor: mei\ncreated: 2026-03-02T10:00:00Z\n---\n{text}");
    sandbox.write("team/tickets/copy.md", ticket);
    sandbox.write("team/tickets/2026/03/ops-2/reply.md", reply);
    sandbox.write("team/tickets/2026/03/ops-1/trace.log", &text);
    sandbox.write("team/imports/notes.txt", &text);
    assert_eq!(found(&sandbox, "check"), (4, 4));
    // A different secret in an imported file is denied, too.
    let other = ["AKIA", "PYCDYBK377OXTZQ6"].concat();
    sandbox.write(TICKET, sandbox.read(TICKET).replace("only.", &other));
    assert_eq!(found(&sandbox, "check").0, 5);
    // The settings can still change the level.
    sandbox.write("team/casebook.yml", format!("{SETTINGS}levels: {{ secret: warn }}\n"));
    assert_eq!(found(&sandbox, "check").0, 0);
}

#[test]
fn a_push_cannot_change_its_own_baseline() {
    let sandbox = with_secrets();
    sandbox.remote("team", "bare.git");
    sandbox.casebook(".", "init --hook bare.git").ok();
    sandbox.casebook("team", "import jsonl ../in.jsonl").ok();
    sandbox.commit("team", "imported");
    let output = sandbox.git_run("team", "push -q origin main").fails(1);
    shows_no_secret(&output.err);
    let output = output.says(&["[secret]", "ops-1.md"]);
    assert!(output.err.contains("rejected"), "{output:#?}");
    // The baseline is pushed first, so that others can review it, and the files with the secrets afterwards.
    sandbox.git("team", "reset -q --soft origin/main");
    sandbox.git("team", "reset -q");
    sandbox.git("team", "add imports casebook.yml");
    sandbox.git("team", "commit -q -m baseline");
    sandbox.git("team", "push -q origin main");
    sandbox.commit("team", "imported");
    sandbox.git_run("team", "push -q origin main").ok();
    // The baseline allows no other secrets.
    sandbox
        .write("team/tickets/copy.md", format!("---\ntitle: A copy\ntemplate: imported\n---\n{}\n", key()));
    sandbox.commit("team", "a copy");
    sandbox.git_run("team", "push -q origin main").fails(1).says(&["tickets/copy.md"]);
}

#[test]
fn the_commit_hook_accepts_an_import_with_its_baseline() {
    let sandbox = with_secrets();
    sandbox.casebook("team", "init").ok();
    sandbox.casebook("team", "import jsonl ../in.jsonl").ok();
    sandbox.git("team", "add tickets");
    sandbox.git_run("team", "commit -q -m imported").fails(1).says(&["[secret]"]);
    sandbox.git("team", "add -A");
    sandbox.git("team", "commit -q -m imported");
}

#[test]
fn redact_replaces_each_secret_and_later_runs_do_the_same() {
    let sandbox = with_secrets();
    let output = sandbox.casebook("team", "import jsonl ../in.jsonl --redact").ok();
    shows_no_secret(&output.err);
    let output = output.says(&["replaced a secret in tickets/2026/03/ops-1.md:2: AWS access key id"]);
    assert!(!output.err.contains("secrets.baseline"), "{output:#?}");
    assert!(!sandbox.path("team/imports/secrets.baseline").exists());
    let ticket = sandbox.read(TICKET);
    assert!(
        ticket.contains("title: The bucket of [secret]") && ticket.contains("It opens with [secret] only.")
    );
    assert_eq!(sandbox.show("team", "ops-1")["fields"]["password"], "[secret]");
    assert_eq!(found(&sandbox, "check"), (0, 0));
    // Without the option, the secrets do not come back, even when the source changes.
    sandbox.casebook("team", "import jsonl ../in.jsonl").ok().says(&["0 files new or changed, 3 unchanged"]);
    let mut changed = tickets();
    changed[0]["priority"] = "high".into();
    sandbox.write("in.jsonl", lines(&changed));
    sandbox.casebook("team", "import jsonl ../in.jsonl").ok().says(&["1 file new or changed"]);
    shows_no_secret(&sandbox.read(TICKET));
    assert!(sandbox.read(TICKET).contains("priority: high"));
}

#[test]
fn a_later_redact_removes_the_secrets_and_their_fingerprints() {
    let sandbox = with_secrets();
    sandbox.casebook("team", "import jsonl ../in.jsonl").ok();
    sandbox
        .casebook("team", "import jsonl ../in.jsonl --redact")
        .ok()
        .says(&["2 files new or changed, 1 unchanged"]);
    shows_no_secret(&sandbox.read(TICKET));
    assert_eq!(found(&sandbox, "check"), (0, 0));
    assert!(!sandbox.read("team/imports/secrets.baseline").contains("ops-1"));
}

#[test]
fn a_redacted_ticket_stays_redacted() {
    let sandbox = with_secrets();
    sandbox.casebook("team", "import jsonl ../in.jsonl").ok();
    sandbox.write(TICKET, sandbox.read(TICKET).replace(&key(), "[secret]").replace(&password(), "[secret]"));
    sandbox.casebook("team", "import jsonl ../in.jsonl").fails(1).says(&["ops-1.md was changed"]);
    shows_no_secret(&sandbox.read(TICKET));
    // The lock has a slow hash, so that the secret cannot be guessed from it.
    let lock = sandbox.read("team/imports/in.lock");
    let line = lock.lines().find(|line| line.contains("ops-1.md\t")).unwrap();
    assert!(line.contains("\targon2:"), "{line}");
    assert_eq!(lock.matches("argon2:").count(), 2, "only files with secrets: {lock}");
    fs::remove_file(sandbox.path(TICKET)).unwrap();
    sandbox.casebook("team", "import jsonl ../in.jsonl").fails(1).says(&["ops-1.md was deleted"]);
    shows_no_secret(&sandbox.read("team/imports/secrets.baseline"));
}

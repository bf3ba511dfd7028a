//! Public output has no names of internal tickets, even if public tickets contain these names in every possible place.

use std::fs;

use walkdir::WalkDir;

use crate::{leaks::leaks, sandbox::Sandbox, secrets, served::Server, trials};

/// Creates the repository of a seed, and commits it.
fn repository(seed: u64) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.git(".", "init -q team");
    for (path, text) in secrets::repository(seed) {
        sandbox.write(format!("team/{path}"), text);
    }
    sandbox.commit("team", "everything");
    sandbox
}

#[track_caller]
fn is_clean(text: &str, what: &str, seed: u64) {
    let leaks = leaks(text);
    assert!(leaks.is_empty(), "CASEBOOK_SEED={seed}: {leaks:?} in {what}:\n{text}");
}

#[test]
fn a_public_build_and_a_public_server_name_nothing_internal() {
    let seed = trials::seed();
    let sandbox = repository(seed);
    sandbox.casebook("team", "build --audience public --out ../public").ok();
    let root = sandbox.path("public");
    let server = Server::start(&sandbox, "--audience public");
    let mut count = 0;
    for entry in
        WalkDir::new(&root).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file())
    {
        let path = entry.path().strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
        is_clean(&path, "a path", seed);
        is_clean(&String::from_utf8_lossy(&fs::read(entry.path()).unwrap()), &path, seed);
        let address: String = path
            .bytes()
            .map(|byte| match byte {
                b'/' | b'.' | b'-' => char::from(byte).to_string(),
                byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
                byte => format!("%{byte:02X}"),
            })
            .collect();
        let answer = server.get(&format!("/{address}"));
        is_clean(&answer.body, &answer.request, seed);
        count += usize::from(answer.status == 200);
    }
    assert!(count > 20, "the server has only {count} files of the site");
    for path in [
        "/tickets/merger-plans/",
        "/services/nightfal/",
        "/tags/zepelin/",
        "/api/v1/nowhere",
        "/api/v1/services",
        "/api/v1/templates",
        "/api/v1/tickets",
        "/api/v1/tickets?q=is:any",
        "/api/v1/tickets?q=is:resolved",
        "/api/v1/tickets/merger-plan",
        "/api/v1/tickets/dusk",
        "/api/v1/tickets/dusk-7",
        "/api/v1/tickets/dusk-8",
        "/api/v1/tickets/after",
        "/api/v1/tickets/e",
        "/api/v1/search?q=limit",
        "/api/v1/search?q=nachtigal",
        "/api/v1/search?q=zepelin",
        "/api/v1/search?q=service:nightfal",
        "/api/v1/search?q=tag:zepelin",
        "/api/v1/search?q=codenam:x",
        "/api/v1/search?q=security-onl:x",
        "/api/v1/search?q=assignee:quendoli",
        "/api/v1/search?q=requester:quendoli",
        "/api/v1/search?q=has:attachment",
        "/api/v1/search?q=(limit",
        "/api/v1/search?q=is:nothing",
        "/api/v1/search?lmit=3",
    ] {
        let answer = server.get(path);
        assert!(answer.status != 500, "{answer:#?}");
        is_clean(&answer.body, &answer.request, seed);
        is_clean(&answer.head, &answer.request, seed);
    }
    let draft = r#"{"template":"note","title":"It works again after the limit was raised","fields":{},"body":"It fails, the limit was raised. Nachtigal leaves."}"#;
    let answer = server.post("/api/v1/similar?weak=true&limit=50", draft).is(200);
    assert!(answer.body.contains("dusk-"), "{answer:#?}");
    is_clean(&answer.body, &answer.request, seed);
}

#[test]
fn commands_with_the_public_audience_name_nothing_internal() {
    let seed = trials::seed();
    let sandbox = repository(seed);
    for query in ["limit", "zepelin", "nachtigal", "is:any", "service:nightfal", "tag:zepelin"] {
        for format in ["human", "json"] {
            let line = format!("search {query} --audience public --limit 50 --format {format}");
            let output = sandbox.casebook("team", &line).ok();
            is_clean(&output.out, &line, seed);
            is_clean(&output.err, &line, seed);
        }
    }
    let output = sandbox.casebook("team", "search codenam:x --audience public").run();
    is_clean(&output.err, "an unknown field", seed);
    sandbox.write(
        "team/tickets/2026/12/paper-jam-k7f3qa.md",
        "---\ntitle: Printer jams on the second floor\ntemplate: note\nrequester: mei\ncreated: 2026-12-25T09:00:00Z\n---\n\
         ERR_PAPER_JAM\n",
    );
    let output = sandbox.casebook("team", "review --since HEAD --audience public --format json").run();
    let similar = &output.json()["tickets"][0]["similar"];
    assert!(similar.as_array().is_some_and(|similar| !similar.is_empty()), "{output:#?}");
    is_clean(&similar.to_string(), "review", seed);
}

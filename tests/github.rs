//! GitHub as the actions of `.github/actions` see it: the documented payloads, a runner, and the HTTP API.

use std::{
    io::Write as _,
    sync::{Arc, Mutex},
};

use flate2::{Compression, write::DeflateEncoder};
use serde_json::{Value as Json, json};

use crate::{
    forge::{Forge, Response},
    sandbox::{CommandOutput, PROGRAM, Sandbox},
};

pub(crate) const TOKEN: &str = "ghs_0123456789";

/// Returns the payload of `pull_request` for a pull request from a fork, reduced to the documented fields that could matter.
pub(crate) fn pull_request(action: &str, base: &str, head: &str) -> Json {
    json!({
        "action": action,
        "number": 7,
        "pull_request": {
            "number": 7, "state": "open", "title": "$(touch pwned) `touch pwned` ${{ github.token }}",
            "head": {
                "label": "stranger:change", "ref": "change;touch${IFS}pwned", "sha": head,
                "repo": { "id": 2002, "full_name": "stranger/oncall", "fork": true },
            },
            "base": { "label": "acme:main", "ref": "main", "sha": base, "repo": { "id": 1001, "full_name": "acme/oncall" } },
        },
        "repository": { "id": 1001, "full_name": "acme/oncall", "default_branch": "main" },
        "sender": { "login": "stranger" },
    })
}

/// Returns the payload of the `workflow_run` that follows. The run of a fork names no pull requests.
pub(crate) fn workflow_run(head: &str) -> Json {
    json!({
        "action": "completed",
        "workflow_run": {
            "id": 30433642, "name": "casebook", "path": ".github/workflows/casebook.yml", "event": "pull_request",
            "status": "completed", "conclusion": "failure", "head_branch": "change", "head_sha": head,
            "head_repository": { "id": 2002, "full_name": "stranger/oncall", "owner": { "login": "stranger" } },
            "repository": { "id": 1001, "full_name": "acme/oncall" }, "pull_requests": [],
        },
        "repository": { "id": 1001, "full_name": "acme/oncall", "default_branch": "main" },
    })
}

/// Runs an action of a casebook that `init` created, for an event.
#[track_caller]
pub(crate) fn run(sandbox: &Sandbox, action: &str, event: &Json, env: &[(&str, &str)]) -> CommandOutput {
    if !sandbox.path("fresh").exists() {
        sandbox.casebook(".", "init fresh").ok();
    }
    sandbox.write("event.json", event.to_string()).write("output", "");
    let script = sandbox.path(format!("fresh/.github/actions/{action}/main.mjs"));
    let mut run = sandbox.sh(".", &format!("exec node {}", script.display()));
    for (key, value) in [
        ("GITHUB_EVENT_PATH", sandbox.path("event.json").to_str().unwrap()),
        ("GITHUB_OUTPUT", sandbox.path("output").to_str().unwrap()),
        ("GITHUB_REPOSITORY", "acme/oncall"),
        ("GITHUB_SERVER_URL", "https://github.com"),
        ("INPUT_TOKEN", TOKEN),
        ("INPUT_AUTHOR", "github-actions[bot]"),
        ("INPUT_CASEBOOK", PROGRAM),
        ("RUNNER_TEMP", sandbox.path("temp").to_str().unwrap()),
    ]
    .into_iter()
    .chain(env.iter().copied())
    {
        run = run.env(key, value);
    }
    run.run()
}

/// Returns the commit ids of the base and of the change.
pub(crate) fn commits(sandbox: &Sandbox) -> (String, String) {
    (sandbox.git("team.git", "rev-parse main"), sandbox.git("team.git", "rev-parse refs/pull/7/head"))
}

/// Reviews the change like the first workflow. Returns the output and the content of the artifact's file.
#[track_caller]
pub(crate) fn review(sandbox: &Sandbox, action: &str) -> (CommandOutput, String) {
    let (base, head) = commits(sandbox);
    // The forge's address, for git.
    let server = format!("file://{}", sandbox.path("forge").display());
    if !sandbox.path("forge").exists() {
        std::fs::create_dir_all(sandbox.path("forge/acme")).unwrap();
        std::fs::rename(sandbox.path("team.git"), sandbox.path("forge/acme/oncall")).unwrap();
        std::os::unix::fs::symlink(sandbox.path("forge/acme/oncall"), sandbox.path("team.git")).unwrap();
    }
    let output = run(
        sandbox,
        "casebook-review",
        &pull_request(action, &base, &head),
        &[("GITHUB_SERVER_URL", &server)],
    );
    let variables = sandbox.read("output");
    let file = variables.strip_prefix("review=").unwrap_or_else(|| panic!("no review: {output:#?}")).trim();
    (output, sandbox.read(file))
}

/// Creates an archive like GitHub's own action, which stores sizes in the directory at the end and not before the file.
pub(crate) fn archive(name: &str, text: &str) -> Vec<u8> {
    let mut packed = DeflateEncoder::new(Vec::new(), Compression::default());
    packed.write_all(text.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    let little = |number: usize| u32::try_from(number).unwrap().to_le_bytes();
    let mut checksum = flate2::Crc::new();
    checksum.update(text.as_bytes());
    let sizes = [checksum.sum().to_le_bytes(), little(packed.len()), little(text.len())].concat();
    let name_length = u16::try_from(name.len()).unwrap().to_le_bytes();
    let mut zip =
        [&b"PK\x03\x04\x14\0\x08\0\x08\0\0\0\0\0"[..], &[0; 12], &name_length, &[0; 2], name.as_bytes()]
            .concat();
    zip.extend([&packed[..], b"PK\x07\x08", &sizes].concat());
    let list = zip.len();
    zip.extend(
        [
            &b"PK\x01\x02\x14\x03\x14\0\x08\0\x08\0\0\0\0\0"[..],
            &sizes,
            &name_length,
            &[0; 16],
            name.as_bytes(),
        ]
        .concat(),
    );
    let length = little(zip.len() - list);
    zip.extend([&b"PK\x05\x06\0\0\0\0\x01\0\x01\0"[..], &length, &little(list), &[0; 2]].concat());
    zip
}

/// Returns an open pull request as the API lists it.
pub(crate) fn open_pull(number: u64, head: &str) -> Json {
    json!({
        "number": number, "state": "open", "head": { "sha": head, "repo": { "id": 2002 } },
        "base": { "ref": "main", "repo": { "full_name": "acme/oncall" } },
    })
}

/// A GitHub on which the run of `head` left `artifact`, and on which people comment.
pub(crate) struct GitHub {
    pub forge: Forge,
    pub comments: Arc<Mutex<Vec<Json>>>,
    /// The artifacts of the run, as the API lists them. The artifact 11 can be downloaded.
    pub artifacts: Arc<Mutex<Vec<Json>>>,
}

impl GitHub {
    pub(crate) fn new(pulls: Vec<Json>, artifact: Vec<u8>) -> Self {
        let forge = Forge::new();
        let comments: Arc<Mutex<Vec<Json>>> = Arc::default();
        let left = json!({
            "id": 11, "name": "casebook-review", "size_in_bytes": artifact.len(), "expired": false,
            "created_at": "2026-11-20T09:00:00Z",
        });
        let artifacts = Arc::new(Mutex::new(vec![left]));
        let (known, listed, url) = (Arc::clone(&comments), Arc::clone(&artifacts), forge.url.clone());
        forge.answers(move |request| {
            let (method, path) = request.line.split_once(' ')?;
            if path == "/storage/1?signature=x" {
                return Some(Response::bytes(artifact.clone()));
            }
            let path = path.strip_prefix("/repos/acme/oncall/")?;
            let mut comments = known.lock().unwrap();
            let body = || serde_json::from_str::<Json>(&request.body).unwrap()["body"].clone();
            Some(match (method, path) {
                ("GET", "pulls?state=open&head=stranger%3Achange&per_page=100") => {
                    Response::json(&json!(pulls))
                }
                ("GET", "actions/runs/30433642/artifacts?name=casebook-review&per_page=100") => {
                    Response::json(&json!({
                        "total_count": listed.lock().unwrap().len(),
                        "artifacts": *listed.lock().unwrap(),
                    }))
                }
                ("GET", "actions/artifacts/11/zip") => {
                    Response::redirect(&format!("{url}/storage/1?signature=x"))
                }
                ("GET", "issues/7/comments?per_page=100&page=1") => {
                    Response::json(&json!(comments.iter().take(100).collect::<Vec<_>>()))
                }
                ("GET", "issues/7/comments?per_page=100&page=2") => {
                    Response::json(&json!(comments.iter().skip(100).collect::<Vec<_>>()))
                }
                ("POST", "issues/7/comments") => {
                    comments.push(
                        json!({ "id": 501, "user": { "login": "github-actions[bot]" }, "body": body() }),
                    );
                    Response::json(&json!({ "id": 501 }))
                }
                ("PATCH", "issues/comments/501") => {
                    comments.iter_mut().find(|one| one["id"] == 501)?["body"] = body();
                    Response::json(&json!({ "id": 501 }))
                }
                _ => return None,
            })
        });
        Self { forge, comments, artifacts }
    }

    /// Runs the second workflow.
    #[track_caller]
    pub(crate) fn comment(&self, sandbox: &Sandbox, head: &str) -> CommandOutput {
        run(sandbox, "casebook-comment", &workflow_run(head), &[("GITHUB_API_URL", &self.forge.url)])
    }

    /// Returns the method and path of each request that changed something.
    pub(crate) fn written(&self) -> Vec<String> {
        let requests = self.forge.take_requests().into_iter().map(|request| request.line);
        requests.filter(|line| !line.starts_with("GET ")).collect()
    }
}

//! The OpenAPI document describes the answers of the server and of `--format json`.

use std::{collections::BTreeSet, fs, path::Path};

use roas::{
    v3_1::spec::Spec,
    validation::{Options, Validate as _},
};
use serde_json::{Value as Json, json};

use crate::{
    sandbox::{COMPLETE, Sandbox},
    served::{Answer, Server, repository},
    terminal::{DOWN, ENTER, Terminal},
};

/// Returns the document that is published with the documentation.
fn document() -> Json {
    serde_json::from_str(&casebook::internals::server::openapi_document()).unwrap()
}

#[test]
fn the_document_of_the_api_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/openapi.json");
    let text = casebook::internals::server::openapi_document();
    if std::env::var_os("CASEBOOK_REWRITE").is_some() {
        return fs::write(path, text).unwrap();
    }
    let written = fs::read_to_string(path).unwrap_or_default();
    assert!(written == text, "docs/openapi.json is out of date; run the tests with CASEBOOK_REWRITE=1");
    let sandbox = repository();
    let server = Server::start(&sandbox, "");
    assert_eq!(server.get("/api/v1/openapi.json").is(200).has("content-type: application/json").body, text);
}

#[test]
fn a_route_is_one_file_and_one_line() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/server/routes");
    let table = fs::read_to_string(folder.join("mod.rs")).unwrap();
    let (_, table) = table.split_once("\ntable! {\n").unwrap();
    let (table, _) = table.split_once("\n}\n").unwrap();
    let lines: BTreeSet<&str> = table.lines().map(|line| line.trim().trim_end_matches(',')).collect();
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let files: Vec<String> = files.filter(|name| name != "mod.rs").collect();
    let files: BTreeSet<&str> = files.iter().map(|name| name.strip_suffix(".rs").unwrap()).collect();
    assert_eq!(lines, files, "each file of the folder has a line in the table");
    let document = document();
    let paths = document["paths"].as_object().unwrap().values();
    let operations = paths.flat_map(|path| path.as_object().unwrap().values());
    let handlers: BTreeSet<&str> =
        operations.map(|operation| operation["operationId"].as_str().unwrap()).collect();
    assert_eq!(handlers, files, "each file has a handler of the same name, which is in the document");
}

#[test]
fn the_document_of_the_api_is_valid() {
    let spec: Spec = serde_json::from_value(document()).unwrap();
    // Commands print these types, and no route uses them.
    spec.validate(Options::IgnoreUnusedSchemas.into(), None).unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn an_invalid_document_is_detected() {
    let mut wrong = document();
    wrong["paths"]["/api/v1/search"]["get"]["operationId"] = "similar".into();
    wrong["components"]["schemas"]["TicketList"]["properties"]["tickets"]["items"]["$ref"] =
        "#/components/schemas/Nothing".into();
    let spec: Spec = serde_json::from_value(wrong).unwrap();
    let output = spec.validate(Options::IgnoreUnusedSchemas.into(), None).unwrap_err().to_string();
    assert!(output.contains("similar") && output.contains("Nothing"), "{output}");
}

/// The document, in which an undescribed key is an error.
struct ClosedDocument(Json);

impl ClosedDocument {
    fn new() -> Self {
        let mut document = document();
        close(&mut document, false);
        let schemas = document["components"]["schemas"].as_object_mut().unwrap();
        let names: Vec<String> = schemas.keys().cloned().collect();
        for name in names {
            let closed =
                json!({ "$ref": format!("#/components/schemas/{name}"), "unevaluatedProperties": false });
            schemas.insert(format!("{name}{CLOSED}"), closed);
        }
        Self(document)
    }

    /// Returns the differences between `json` and `schema`.
    fn differences(&self, schema: &Json, json: &Json) -> Vec<String> {
        let mut schema = schema.clone();
        schema["components"] = self.0["components"].clone();
        let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
        validator.iter_errors(json).map(|error| format!("{}: {error}", error.instance_path())).collect()
    }

    #[track_caller]
    fn describes(&self, name: &str, json: &Json) {
        let differences =
            self.differences(&json!({ "$ref": format!("#/components/schemas/{name}{CLOSED}") }), json);
        assert!(
            differences.is_empty(),
            "the JSON is not a valid {name}:\n{}\n{json:#}",
            differences.join("\n")
        );
    }

    /// Asserts that the document describes the answer's status, media type and JSON. Returns the path of the route.
    #[track_caller]
    fn answers(&self, answer: &Answer) -> String {
        let (method, address) = answer.request.split_once(' ').unwrap();
        let address = address.split('?').next().unwrap();
        let mut paths = self.0["paths"].as_object().unwrap().iter();
        let found = paths.find(|(path, _)| is_at(path, address));
        let (path, operations) = found.unwrap_or_else(|| panic!("{address} is not described"));
        let operations = operations.as_object().unwrap();
        // A method that the route does not have is refused like any other invalid request.
        let operation =
            operations.get(&method.to_lowercase()).or_else(|| operations.values().next()).unwrap();
        let status = answer.status.to_string();
        let responses = &operation["responses"];
        let response = responses.get(&status).or_else(|| responses.get(format!("{}XX", &status[..1])));
        let response = response.unwrap_or_else(|| panic!("{status} of {path} is not described"));
        let media = answer.head.lines().find_map(|line| line.strip_prefix("content-type: ")).unwrap();
        let media = media.split(';').next().unwrap();
        let content = response["content"].get(media);
        let content = content.unwrap_or_else(|| panic!("{media} of {path} is not described"));
        if media.ends_with("json") {
            let differences = self.differences(&content["schema"], &answer.json());
            assert!(differences.is_empty(), "{}\n{answer:#?}", differences.join("\n"));
        }
        path.clone()
    }
}

/// The suffix for the name of a schema that allows only the keys it describes.
const CLOSED: &str = ".closed";

/// Turns each reference into a reference to the closed schema, except inside `allOf`, where one schema extends another.
fn close(json: &mut Json, adds_keys: bool) {
    match json {
        Json::Array(all) => all.iter_mut().for_each(|one| close(one, adds_keys)),
        Json::Object(map) => {
            for (key, value) in map.iter_mut() {
                match value {
                    Json::String(name) if key == "$ref" && !adds_keys => name.push_str(CLOSED),
                    value => close(value, key == "allOf"),
                }
            }
        }
        _ => {}
    }
}

/// Returns whether a path, which can have parts in braces, matches an address.
fn is_at(path: &str, address: &str) -> bool {
    let (path, address): (Vec<_>, Vec<_>) = (path.split('/').collect(), address.split('/').collect());
    path.len() == address.len()
        && path.iter().zip(address).all(|(expected, part)| expected.starts_with('{') || *expected == part)
}

#[test]
fn an_undescribed_key_is_detected() {
    let api = ClosedDocument::new();
    let one = json!({ "code": "a", "level": "warn", "wants": "b" });
    api.describes("RuleList", &json!({ "rules": [one] }));
    for (key, value) in [("more", json!(1)), ("level", json!("fatal")), ("wants", json!(null))] {
        let mut wrong = one.clone();
        wrong[key] = value;
        let schema = json!({ "$ref": format!("#/components/schemas/RuleList{CLOSED}") });
        assert_eq!(api.differences(&schema, &json!({ "rules": [wrong] })).len(), 1, "{key}");
    }
    let time = json!({ "$ref": "#/components/schemas/Time" });
    assert!(api.differences(&time, &json!("2026-11-22T09:00:00Z")).is_empty());
    assert_eq!(api.differences(&time, &json!("yesterday")).len(), 1);
}

#[test]
fn every_answer_of_the_server_matches_the_document() {
    let api = ClosedDocument::new();
    let sandbox = repository();
    sandbox.write(
        "team/knowledge/gateways.md",
        "---\ntitle: Gateways that time out\nservice: export\ntags: [timeout]\nconfirmed: 2026-11-01\n\
         tickets: [invoice-export-times-out-k7f3qa]\n---\n## Fix\nA join instead of a query for each row.\n",
    );
    sandbox.write(
        "team/tickets/2026/11/invoice-export-times-out-k7f3qa/asked.md",
        "---\nauthor: mei\ncreated: 2026-11-20T09:30:00Z\nstatus: pending\nasks: [environment]\nassignee: null\n\
         set: { priority: high, tags: [+login, -other], version: null, environment: production }\n---\nWhere?\n",
    );
    let (mut answered, mut refused) = (BTreeSet::new(), BTreeSet::new());
    for audience in ["internal", "public"] {
        let server = Server::start(&sandbox, &format!("--audience {audience}"));
        for address in [
            "/api/v1/search?q=gateway",
            "/api/v1/search?q=gatewya",
            "/api/v1/search?q=is:any",
            "/api/v1/search?q=nothing-like-this",
            "/api/v1/tickets",
            "/api/v1/tickets?q=is:any&limit=1&offset=1",
            "/api/v1/tickets/k7f3qa",
            "/api/v1/services",
            "/api/v1/templates",
            "/api/v1/openapi.json",
            "/healthz",
            "/readyz",
        ] {
            answered.insert(api.answers(&server.get(address).is(200)));
        }
        let draft = r#"{ "title": "Export times out", "fields": { "service": "export" }, "body": "The gateway gives up." }"#;
        for address in ["/api/v1/similar", "/api/v1/similar?weak=true&limit=2"] {
            let similar = server.post(address, draft).is(200);
            assert!(!similar.ids().is_empty(), "{similar:#?}");
            answered.insert(api.answers(&similar));
        }
        for (method, address, status) in [
            ("GET", "/api/v1/search?q=servcie:billing", 400),
            ("GET", "/api/v1/search?limit=many", 400),
            ("GET", "/api/v1/tickets?offset=-1", 400),
            ("GET", "/api/v1/tickets/nothing-here", 404),
            ("GET", "/api/v1/tickets/%ff", 400),
            ("GET", "/api/v1/similar", 405),
            ("POST", "/api/v1/search", 405),
            ("DELETE", "/api/v1/tickets", 405),
            ("PUT", "/api/v1/tickets/k7f3qa", 405),
            ("POST", "/api/v1/services", 405),
            ("POST", "/api/v1/templates", 405),
            ("POST", "/api/v1/openapi.json", 405),
            ("POST", "/events", 405),
            ("POST", "/healthz", 405),
            ("POST", "/readyz", 405),
        ] {
            refused.insert(api.answers(&server.ask(method, address, &[]).is(status)));
        }
        let too_much = format!(r#"{{ "body": "{}" }}"#, "x".repeat(2 << 20));
        for (body, status) in [("{", 400), (r#"{ "titel": "x" }"#, 400), (too_much.as_str(), 413)] {
            refused.insert(api.answers(&server.post("/api/v1/similar", body).is(status)));
        }
        refused.insert(api.answers(&server.send("POST", "/api/v1/similar", &[], "{}").is(415)));
        let report = server.get("/api/v1/report?q=is:any&by=time,service,template,tag,person");
        match audience {
            "public" => {
                refused.insert(api.answers(&server.get("/events").is(404)));
                refused.insert(api.answers(&report.is(404)));
            }
            _ => {
                answered.insert(api.answers(&server.begins("/events", "data: ").is(200)));
                answered.insert(api.answers(&report.is(200)));
            }
        }
    }
    let all: BTreeSet<String> = document()["paths"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(answered, all, "this test gets an answer from each route");
    assert_eq!(refused, all, "this test gets an error from each route");
}

#[test]
fn the_json_of_commands_matches_the_document() {
    let api = ClosedDocument::new();
    let sandbox = Sandbox::with_team();
    let mut seen = BTreeSet::new();
    let mut prints = |schema: &str, line: &str| {
        seen.insert(schema.to_owned());
        let json = sandbox.casebook("team", &format!("{line} --format json")).run().json();
        api.describes(schema, &json);
        json
    };
    let opened =
        prints("OpenedTicket", &format!("new incident --title 'Invoice export times out' {COMPLETE}"));
    let id = opened["id"].as_str().unwrap();
    let resolved = "--section 'Cause=One query for each row of the export.' --section 'Fix=One join instead of the queries.'";
    prints(
        "WrittenReply",
        &format!("reply {id} --message 'Which version?' --status pending --set priority=high"),
    );
    prints("WrittenReplies", &format!("resolve {id} --as fixed --set root_cause=code {resolved}"));
    let opened =
        prints("OpenedTicket", &format!("new incident --title 'Invoice export times out again' {COMPLETE}"));
    assert_eq!(opened["similar"][0]["id"], id, "similar tickets are listed");
    let other = opened["id"].as_str().unwrap();
    prints("WrittenReplies", &format!("resolve {other} --of {id}"));
    prints("TicketList", "list is:any");
    prints("TemplateList", "templates");
    prints("ServiceList", "services");
    prints("CannedList", "replies");
    prints("TicketDetail", &format!("show {id}"));
    sandbox.write("team/knowledge/limits.md", "---\ntitle: Limits of exports\n---\n## Fix\nAsk for more.\n");
    prints("ArticleDetail", "show limits");
    prints("SearchAnswer", "search invoice");
    prints("SimilarAnswer", &format!("similar {other}"));
    prints("EvalReport", "eval");
    prints("EvalReport", "eval --compare --resolved");
    prints("RuleList", "explain");
    prints("RuleDetail", "explain secret");
    prints("BuildAnswer", "build");
    fs::remove_file(sandbox.path("team/public/feed.xml")).unwrap();
    sandbox.write("team/public/feed.xml/mine.txt", "a file that no build made");
    let built = prints("BuildAnswer", "build");
    assert_eq!(built["problems"][0]["path"], "feed.xml", "{built:#}");
    let old = |title: &str| {
        let token = ["AKIA", "Q3EGRYB7KMZP2XWN"].concat();
        let ticket = json!({ "id": "A-1", "title": title, "created": "2019-04-13T10:00:00Z", "service": "old", "body": token });
        sandbox.write("old.jsonl", format!("{ticket}\n{{\n"));
    };
    old("Old");
    let imported = prints("ImportAnswer", "import jsonl ../old.jsonl");
    assert!(!imported["secrets"].as_array().unwrap().is_empty(), "{imported:#}");
    sandbox.write("team/tickets/2019/04/a-1.md", "---\ntitle: Changed by hand\n---\n");
    old("Older");
    let imported = prints("ImportAnswer", "import jsonl ../old.jsonl");
    assert_eq!(imported["left_alone"][0]["reason"], "changed", "{imported:#}");
    sandbox.write("old/a.md", "---\nstatus: Done\n---\n# Old\n");
    let planned = prints("PlannedImportAnswer", "import markdown ../old --dry-run");
    assert_eq!(planned["files"][0]["file"], "a.md", "{planned:#}");
    let wrong = "---\ntitle: Invoice export times out\ntemplate: incident\npriorty: high\nservice: billing-exprot\n---\nIt stops.\n";
    sandbox.write("team/tickets/wrong-a1b2c3.md", wrong);
    let report = prints("CheckReport", "check");
    assert!(
        report["findings"].as_array().unwrap().iter().any(|finding| !finding["fix"].is_null()),
        "{report:#}"
    );
    let review = prints("Review", "review --since HEAD");
    assert!(
        !review["findings"].as_array().unwrap().is_empty()
            && !review["tickets"].as_array().unwrap().is_empty()
    );

    let mut terminal = Terminal::start(sandbox.casebook("team", "new question --format json"));
    terminal.sees("title:").types("Invoice export times out").types(ENTER);
    terminal
        .sees("does one of these solve it?")
        .types(DOWN)
        .types(ENTER)
        .sees("did this solve it?")
        .types(ENTER);
    api.describes("UnopenedTicket", &serde_json::from_str(&terminal.ends().1).unwrap());
    seen.insert("UnopenedTicket".to_owned());

    // Schemas that no route and no other schema uses are printed by a command.
    let document = document();
    let text = document.to_string();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let used = |name: &str| text.contains(&format!("\"#/components/schemas/{name}\""));
    let unseen: Vec<&String> = schemas.keys().filter(|name| !used(name) && !seen.contains(*name)).collect();
    assert_eq!(unseen, Vec::<&String>::new(), "no command of this test prints them");
}

//! Imports from another tracker: an export returns all imported data, and a repeated import changes nothing.

use std::{collections::BTreeMap, fs, io::Write as _, time::SystemTime};

use flate2::{Compression, write::GzEncoder};
use serde_json::{Value as Json, json};
use walkdir::WalkDir;

use crate::sandbox::{SETTINGS, Sandbox};

/// Returns tickets of an invented tracker that use every part of the format.
fn tickets() -> Vec<Json> {
    vec![
        json!({
            "id": "OPS-17", "title": "Export: times out @ 10,000 rows # really", "created": "2026-03-01T10:00:00.250+08:00",
            "requester": "lena", "priority": "high", "service": "billing-export", "tags": ["export", "a, b", "2.0"],
            "fields": {
                "environment": "production", "seen": 3, "ratio": 0.5, "blocked": true, "nothing": null, "list": ["a", 1],
                "nested": { "key": "value" }, "status": "NEW", "x_status": "older", "body": "taken", "2.10": "2.10",
                "Fix Version/s": "1.10", "date": "2026-01-01", "yes": "yes"
            },
            "visibility": "public", "body": "First line.\r\nSecond line.  \n\n\tindented\n--- \n---\nkey: no front matter\n\n",
            "replies": [
                { "author": "mei", "created": "2026-03-01T11:00:00Z", "body": "One of one second.  " },
                { "author": "omar", "created": "2026-03-01T11:00:00Z", "body": "Two of one second.", "status": "pending",
                  "asks": ["environment"], "assignee": "mei", "set": { "priority": "low" }, "draft_from": "ops-18" },
                { "author": "anna", "created": "2026-03-01T11:00:00Z", "body": "\r\nThree of one second.\n", "visibility": "internal" },
                { "author": "Lena W. <lena@acme.example>", "created": "2026-03-02T00:00:00+08:00", "body": "---\nstatus: open\n---\n" },
                {
                    "author": "mei", "created": "2026-03-03T11:00:00Z", "body": "", "status": "resolved", "resolution": "duplicate",
                    "duplicate_of": "1611120", "answered_by": ["OPS-18", "1611120"]
                }
            ]
        }),
        json!({ "id": "1611120", "title": "A number for an id", "created": "2026-03-01T10:00:00Z", "body": "", "replies": [] }),
        json!({ "id": "OPS-18", "title": "Ünïcödé 导出 🚀", "created": "2026-03-01T10:00:00Z", "service": "New Service", "priority": "P1", "body": "导出超时", "replies": [] }),
        json!({ "id": "ops_18", "title": "Nearly the same id", "created": "2026-03-01T10:00:00Z", "body": "x", "replies": [] }),
        json!({ "id": "发票-7", "title": "An id in Chinese", "created": "2026-03-01T10:00:00Z", "body": "x", "replies": [] }),
        json!({ "id": "导出-7", "title": "Another one", "created": "2026-03-01T10:00:00Z", "body": "x", "replies": [] }),
        json!({ "id": format!("long-{}", "x".repeat(100)), "title": "Long", "created": "2026-03-01T10:00:00Z", "service": "warehouse", "body": "x", "replies": [] }),
        json!({ "id": "OPS-19", "title": "", "created": "2025-12-31T23:59:59Z", "body": "    code\n", "replies": [] }),
    ]
}

fn lines(tickets: &[Json]) -> String {
    tickets.iter().map(|ticket| format!("{ticket}\n")).collect()
}

/// Exports all tickets. Returns them by the id that each has at its source.
fn export(sandbox: &Sandbox) -> BTreeMap<String, Json> {
    let output = sandbox.casebook("team", "export jsonl").ok();
    let records = output.out.lines().map(|line| serde_json::from_str::<Json>(line).unwrap());
    records.map(|record| (record["source"].as_str().unwrap().to_owned(), record)).collect()
}

/// Returns the bytes and the modification time of every file.
fn files(sandbox: &Sandbox) -> BTreeMap<String, (Vec<u8>, SystemTime)> {
    let entries =
        WalkDir::new(sandbox.path("team")).into_iter().filter_entry(|entry| entry.file_name() != ".git");
    let files = entries.flatten().filter(|entry| entry.file_type().is_file());
    files
        .map(|entry| {
            let modified = entry.metadata().unwrap().modified().unwrap();
            (entry.path().to_string_lossy().into_owned(), (fs::read(entry.path()).unwrap(), modified))
        })
        .collect()
}

#[test]
fn an_export_returns_every_imported_field() {
    let sandbox = Sandbox::with_team();
    sandbox.write("in.jsonl", lines(&tickets()));
    sandbox.casebook("team", "import jsonl ../in.jsonl").ok().says(&["8 tickets and 5 replies"]);
    let exported = export(&sandbox);
    assert_eq!(exported.len(), tickets().len());
    for ticket in tickets() {
        let back = &exported[ticket["id"].as_str().unwrap()];
        for (key, value) in ticket.as_object().unwrap() {
            match key.as_str() {
                "id" | "replies" => {}
                // A title is required, so the id replaces an empty one.
                "title" if value == "" => assert_eq!(back["title"], ticket["id"]),
                // Values that Casebook translates or does not know come back unchanged.
                _ => assert_eq!(&back[key], value, "{key} of {}", ticket["id"]),
            }
        }
        let (before, after) = (ticket["replies"].as_array().unwrap(), back["replies"].as_array().unwrap());
        assert_eq!(before.len(), after.len());
        for (before, after) in before.iter().zip(after) {
            for (key, value) in before.as_object().unwrap() {
                match key.as_str() {
                    "duplicate_of" => assert_eq!(after[key], "t-1611120"),
                    "answered_by" => assert_eq!(after[key], json!(["ops-18", "t-1611120"])),
                    _ => assert_eq!(&after[key], value, "{key} of a reply"),
                }
            }
        }
    }
    let ids: Vec<&str> = exported.values().map(|ticket| ticket["id"].as_str().unwrap()).collect();
    assert!(ids.iter().all(|id| id.len() <= 80 && !id.is_empty()), "{ids:?}");
    for (source, id) in [("OPS-17", "ops-17"), ("1611120", "t-1611120"), ("OPS-18", "ops-18")] {
        assert_eq!(exported[source]["id"], id);
    }
    assert!(exported["ops_18"]["id"].as_str().unwrap().starts_with("ops-18-"));
    // The imported files pass the check, and the replies lead to the same state as at the source.
    sandbox.commit("team", "imported");
    sandbox.casebook("team", "check").ok();
    let ticket = sandbox.show("team", "ops-17");
    assert_eq!([&ticket["resolution"], &ticket["duplicate_of"]], ["duplicate", "t-1611120"]);
    let authors: Vec<&str> =
        ticket["replies"].as_array().unwrap().iter().map(|reply| reply["author"].as_str().unwrap()).collect();
    assert_eq!(authors[..3], ["mei", "omar", "anna"]);
}

#[test]
fn a_value_that_is_invalid_for_its_key_is_exported_under_that_key() {
    let ticket = |id: &str, with: Json| {
        let mut ticket =
            json!({ "id": id, "title": "Exports", "created": "2026-03-01T10:00:00Z", "body": "x" });
        ticket.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
        ticket
    };
    let tickets = [
        ticket("A-1", json!({ "service": "Invoice Team", "priority": "P1", "visibility": "private" })),
        ticket("A-2", json!({ "fields": { "service": "Invoice Team", "priority": "high" } })),
        ticket(
            "A-3",
            json!({ "service": "billing", "priority": "low", "visibility": "public",
            "fields": { "service": "Billing (EU)", "priority": "P2", "visibility": "private" } }),
        ),
    ];
    let both = ticket("A-4", json!({ "priority": "P1", "fields": { "priority": "P2" } }));
    let sandbox = Sandbox::with_team();
    sandbox.write("in.jsonl", lines(&tickets) + &lines(&[both]));
    let note = "A-4: `priority` is a key and a field; the field is skipped";
    sandbox.casebook("team", "import jsonl ../in.jsonl").ok().says(&[note]);
    let exported = export(&sandbox);
    for ticket in tickets {
        let back = &exported[ticket["id"].as_str().unwrap()];
        for key in ["service", "priority", "visibility", "fields"] {
            assert_eq!(back.get(key), ticket.get(key), "{key} of {}", ticket["id"]);
        }
    }
    assert_eq!((&exported["A-4"]["priority"], exported["A-4"].get("fields")), (&json!("P1"), None));
    sandbox.write("out.jsonl", sandbox.casebook("team", "export jsonl").ok().out);
    let before = files(&sandbox);
    sandbox.casebook("team", "import jsonl ../out.jsonl").ok();
    assert_eq!(files(&sandbox), before);
    sandbox.commit("team", "imported");
    sandbox.casebook("team", "check").ok();
}

#[test]
fn an_export_can_be_imported_into_another_repository_without_a_difference() {
    let sandbox = Sandbox::with_team();
    sandbox.write("in.jsonl", lines(&tickets()));
    sandbox.casebook("team", "import jsonl ../in.jsonl").ok();
    let first = sandbox.casebook("team", "export jsonl").ok().out;
    sandbox.git(".", "init -q second");
    sandbox.write("second/casebook.yml", SETTINGS).write("out.jsonl", &first).commit("second", "settings");
    sandbox.casebook("second", "import jsonl ../out.jsonl").ok();
    assert_eq!(sandbox.casebook("second", "export jsonl").ok().out, first);
}

#[test]
fn a_repeated_import_changes_only_tickets_that_changed_at_the_source() {
    let sandbox = Sandbox::with_team();
    let mut all = tickets();
    sandbox.write("in.jsonl", lines(&all));
    sandbox.casebook("team", "import jsonl ../in.jsonl").ok();
    let (first, status) = (files(&sandbox), sandbox.git("team", "status --porcelain"));
    sandbox.casebook("team", "import jsonl ../in.jsonl").ok().says(&["0 files new or changed, 13 unchanged"]);
    assert!(files(&sandbox) == first);
    assert_eq!(sandbox.git("team", "status --porcelain"), status);
    // The same is true after a commit, a move of a ticket and a clone.
    sandbox.commit("team", "imported");
    sandbox.git("team", "mv tickets/2026/03/ops-18.md tickets/ops-18.md");
    sandbox.commit("team", "moved");
    sandbox.git(".", "clone -q team clone");
    let output = sandbox.casebook("clone", "import jsonl ../in.jsonl --format json").ok().json();
    assert_eq!(
        [&output["written"], &output["unchanged"], &output["services"]],
        [&json!(0), &json!(13), &json!([])]
    );
    assert_eq!(sandbox.git("clone", "status --porcelain"), "");
    // A ticket gets one more reply at the source.
    all[1]["replies"] =
        json!([{ "author": "mei", "created": "2026-04-01T10:00:00Z", "body": "It is done." }]);
    sandbox.write("in.jsonl", lines(&all));
    sandbox.casebook("clone", "import jsonl ../in.jsonl").ok().says(&["1 file new or changed"]);
    let changed = sandbox.git("clone", "status --porcelain -uall");
    let lines: Vec<&str> = changed.lines().collect();
    assert!(
        lines.len() == 2
            && lines[0] == " M imports/in.lock"
            && lines[1].starts_with("?? tickets/2026/03/t-1611120/20260401T100000Z-001-mei-"),
        "{changed}"
    );
}

#[test]
fn gzip_and_standard_input_give_the_same_files() {
    let sandbox = Sandbox::with_team();
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(lines(&tickets()).as_bytes()).unwrap();
    let bytes = gzip.finish().unwrap();
    sandbox.write("in.jsonl.gz", &bytes);
    sandbox.casebook("team", "import jsonl ../in.jsonl.gz").ok();
    let output = sandbox.casebook("team", "import jsonl -").input(lines(&tickets())).ok();
    output.says(&["0 files new or changed, 13 unchanged"]);
    sandbox.write("broken.jsonl.gz", &bytes[..bytes.len() / 2]);
    let before = files(&sandbox);
    sandbox.casebook("team", "import jsonl ../broken.jsonl.gz").fails(2).says(&["nothing was imported"]);
    assert!(files(&sandbox) == before);
    sandbox.casebook("team", "import jsonl ../nowhere.jsonl").fails(2).says(&["nowhere.jsonl"]);
}

#[test]
fn services_are_added_to_the_settings_and_every_other_byte_stays() {
    let sandbox = Sandbox::with_team();
    sandbox.write("in.jsonl", lines(&tickets()));
    sandbox.casebook("team", "import jsonl ../in.jsonl").ok().says(&["2 services added to casebook.yml"]);
    let settings = sandbox.read("team/casebook.yml");
    let mut added = settings.clone();
    for service in ["new-service", "warehouse"] {
        let line = format!("  {service}: {{}}\n");
        assert!(added.contains(&line), "{settings}");
        added = added.replacen(&line, "", 1);
    }
    assert_eq!(added, SETTINGS);
}

#[test]
fn invalid_lines_are_listed_and_the_others_are_imported() {
    let sandbox = Sandbox::with_team();
    let text = [
        r#"{"id":"A-1","title":"Good","created":"2026-03-01T10:00:00Z","body":"x","replies":[]}"#,
        r#"{"id":"A-2","title":"Cut of"#,
        "",
        r#"{"title":"No id","created":"2026-03-01T10:00:00Z"}"#,
        r#"{"id":"A-3","title":"No time","body":"x"}"#,
        r#"{"id":"A-4","title":"Odd time","created":"yesterday"}"#,
        r#"["A-5"]"#,
        r#"{"id":"A-1","title":"Twice","created":"2026-03-01T10:00:00Z"}"#,
        r#"{"id":"A-6","title":"Odd words","created":"2026-03-01T10:00:00Z","mood":"bad","body":"x","replies":[{"author":"mei","created":"2026-03-01T11:00:00Z","body":"y","status":"WONTFIX"},{"body":"z"}]}"#,
        r#"{"id":"A-7","title":"Nulls","created":"2026-03-01T10:00:00Z","requester":null,"priority":null,"service":null,"tags":null,"fields":null,"visibility":null,"body":null,"replies":null}"#,
    ]
    .join("\n");
    sandbox.write("in.jsonl", text);
    let output = sandbox.casebook("team", "import jsonl ../in.jsonl").fails(1).says(&[
        "line 2: EOF while parsing a string, at column 27",
        "line 4: missing `id`",
        "A-3: not imported: `created`",
        "not `yesterday`",
        "line 7: invalid type: sequence, expected an object",
        "A-1: duplicate id",
        "unknown key `mood`, skipped",
        "unknown status `WONTFIX`, skipped",
        "no date or time in `created`",
    ]);
    assert!(output.err.contains("3 tickets and 2 replies"), "{output:#?}");
    let list = sandbox.casebook("team", "list is:any --format short").ok();
    let mut ids: Vec<&str> = list.out.lines().collect();
    ids.sort_unstable();
    assert_eq!(ids, ["a-1", "a-6", "a-7"]);
    sandbox.commit("team", "imported");
    sandbox.casebook("team", "check").ok();
    assert_eq!(sandbox.show("team", "a-6")["reply_count"], 2);
}

#[test]
fn dates_of_other_trackers_are_read() {
    let sandbox = Sandbox::with_team();
    sandbox.write(
        "in.jsonl",
        r#"{"id":"A-1","title":"Seconds","created":1555142400,"body":"x"}
{"id":"A-2","title":"Slashes","created":"2019/04/13","body":"x"}
{"id":"A-3","title":"Mail","created":"Sat, 13 Apr 2019 10:20:00 +0200","body":"x","replies":[{"author":"mei","created":"13 April 2019, 11:00","body":"y"}]}
"#,
    );
    sandbox.casebook("team", "import jsonl ../in.jsonl").ok();
    for (id, created) in [("a-1", "08:00"), ("a-2", "00:00"), ("a-3", "08:20")] {
        assert_eq!(sandbox.show("team", id)["created"], format!("2019-04-13T{created}:00Z"), "{id}");
    }
    assert_eq!(sandbox.show("team", "a-3")["replies"][0]["created"], "2019-04-13T11:00:00Z");
    sandbox.casebook("team", "import jsonl ../in.jsonl").ok().says(&["0 files new or changed"]);
}

#[test]
fn a_number_where_a_text_belongs_does_not_cost_the_ticket() {
    let sandbox = Sandbox::with_team();
    sandbox.write(
        "in.jsonl",
        r#"{"id":"A-1","title":17,"created":"2026-03-01","requester":4711,"priority":1,"tags":["a",1.10,null],"aliases":"old","body":null,"replies":[{"author":17,"created":"2026-03-02","assignee":12,"body":true}]}
{"id":"A-2","title":"Map","created":"2026-03-01","requester":{"name":"Mei"},"body":"x"}
"#,
    );
    sandbox
        .casebook("team", "import jsonl ../in.jsonl")
        .fails(1)
        .says(&["line 2: expected a text or a number", "1 ticket and 1 reply"]);
    let ticket = sandbox.show("team", "a-1");
    assert_eq!([&ticket["title"], &ticket["requester"], &ticket["assignee"]], ["17", "4711", "12"]);
    assert_eq!(ticket["tags"], serde_json::json!(["a", "1.10"]));
    assert_eq!(ticket["aliases"], serde_json::json!(["old"]));
    assert_eq!(ticket["fields"]["x_priority"], "1");
    assert_eq!(ticket["replies"][0]["body"], "true\n");
}

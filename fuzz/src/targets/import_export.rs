//! An export contains the imported tickets, a repeated import changes nothing, and an export that is imported and
//! exported again stays the same.

use casebook::fuzzing::{TextFile, export_jsonl, import_jsonl};
use serde_json::Value as Json;

pub fn run(data: &[u8]) {
    let imported = import_jsonl(data, &[]);
    let files = imported.files;
    assert!(
        files.iter().enumerate().all(|(at, (path, _))| files[..at].iter().all(|(other, _)| other != path)),
        "{files:#?}"
    );
    assert_eq!(
        sorted(import_jsonl(data, &files).files),
        sorted(files.clone()),
        "a repeated import changed files"
    );
    let exported = export_jsonl(&files);
    let again = import_jsonl(exported.as_bytes(), &files);
    assert_eq!(again.broken, 0, "{exported}");
    assert_eq!(export_jsonl(&again.files), exported, "the second export differs");
    check_texts(data, &exported);
}

fn sorted(mut files: Vec<TextFile>) -> Vec<TextFile> {
    files.sort();
    files
}

/// Checks that the export contains the imported texts unchanged.
fn check_texts(data: &[u8], exported: &str) {
    let tickets: Vec<Json> = exported.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    for line in data.split(|byte| *byte == b'\n') {
        let Ok(given) = serde_json::from_slice::<Json>(line) else { continue };
        let Some(id) = given["id"].as_str().filter(|_| given["source"].is_null()) else { continue };
        let is_absent = |key: &&str| given.get(key).is_none_or(Json::is_null);
        // An id that occurs twice is skipped: only its first ticket is imported, and a duplicate key has no defined
        // result.
        let Some(ticket) = tickets.iter().find(|ticket| ticket["source"] == id) else { continue };
        if data.windows(id.len()).filter(|window| *window == id.as_bytes()).count() != 1 || id.is_empty() {
            continue;
        }
        for key in ["body", "requester", "created"].iter().filter(|key| !is_absent(key)) {
            let none = Json::from("");
            assert_eq!(ticket.get(key).unwrap_or(&none), &given[*key], "{key} of {id} in {exported}");
        }
        let replies = given["replies"].as_array().map_or(0, Vec::len);
        assert_eq!(
            ticket["replies"].as_array().map_or(0, Vec::len),
            replies,
            "replies of {id} in {exported}"
        );
        for (number, reply) in given["replies"].as_array().into_iter().flatten().enumerate() {
            let body = reply["body"].as_str().unwrap_or_default();
            assert_eq!(
                ticket["replies"][number]["body"], body,
                "body of reply {number} of {id} in {exported}"
            );
        }
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let lines = [
        "{\"id\":\"FLUID-115\",\"title\":\"Exports time out\",\"created\":\"2026-11-22T09:14:00Z\",\"requester\":\"lena\",\"priority\":\"P1\",\"service\":\"Billing Export\",\"tags\":[\"a\",\"b c\"],\"fields\":{\"version\":\"2.14\",\"status\":\"x\",\"rows\":[1,2.5,null,true,{\"a\":\"b\"}]},\"visibility\":\"private\",\"path\":[\"/a\"],\"related\":[\"FLUID-7\"],\"aliases\":[\"old\"],\"body\":\"# A\\n\\n---\\ntext\\r\\n\",\"replies\":[{\"author\":\"Mei Lin\",\"created\":\"2026-11-22T10:00:00Z\",\"body\":\"- a\\n\",\"status\":\"pending\",\"asks\":[\"version\"]},{\"author\":\"mei\",\"created\":\"2026-11-22T10:00:00Z\",\"body\":\"Done.\",\"status\":\"resolved\",\"resolution\":\"duplicate\",\"duplicate_of\":\"FLUID-7\",\"answered_by\":[\"FLUID-7\"],\"assignee\":null,\"set\":{\"tags\":[\"+a\",\"-b\"],\"version\":null},\"visibility\":\"internal\"}]}\n",
        "{\"id\":1611120,\"title\":\"\",\"created\":\"2026-01-01T00:00:00.5+02:00\",\"body\":\"\"}\n{\"id\":\"a_1\",\"title\":\"# x: y\",\"created\":\"2026-01-01T00:00:00Z\",\"body\":\"\\u0000\\u0085\\u2028\\ufeff\"}\n{\"id\":\"A-1\",\"title\":\"'\",\"created\":\"2026-01-01T00:00:00Z\",\"body\":\"\\n\\n a \\n\\n\"}\n",
    ];
    lines.iter().map(|lines| lines.as_bytes().to_vec()).collect()
}

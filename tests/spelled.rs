//! Names and words are found in each spelling, and the spelling of the query comes first.

use std::fs;

use serde_json::{Value as Json, json};

use crate::{
    sandbox::Sandbox,
    searching::{ids, reply, ticket},
};

/// Creates a team with a ticket for each text, which has the id `t1`, `t2` and so on. Each ticket is an hour newer than
/// the one before, so that a later ticket comes first if the scores are equal.
fn tickets_about(texts: &[&str]) -> Sandbox {
    let sandbox = Sandbox::with_team();
    for (number, text) in (1..).zip(texts) {
        let keys = format!("created: 2026-10-01T{number:02}:00:00Z");
        ticket(&sandbox, &format!("t{number}"), &keys, "An observation", &format!("It says: {text} twice."));
    }
    sandbox.commit("team", "tickets");
    sandbox
}

#[track_caller]
fn assert_finds(sandbox: &Sandbox, query: &str, expected: &str) {
    assert_eq!(ids(sandbox, &format!("search '{query}'")), expected, "{query}");
}

#[test]
fn neighbouring_parts_of_a_name_in_camel_case_find_the_name() {
    let sandbox = tickets_about(&[
        "java.lang.NullPointerException: null",
        "parseJSONResponse failed",
        "HTTPServer2Fix",
        "MyDiskFullErrorHandlerFactory",
        "NullPointer",
    ]);
    for (query, expected) in [
        ("NullPointer", "t5 t1"),
        ("nullpointer", "t5 t1"),
        ("PointerException", "t1"),
        ("java.lang.NullPointer", "t1"),
        ("NullPointerException", "t1"),
        ("nullpointerexception", "t1"),
        ("parseJSON", "t2"),
        ("JSONResponse", "t2"),
        ("jsonresponse", "t2"),
        ("json", "t2"),
        ("HTTPServer", "t3"),
        ("Server2Fix", "t3"),
        ("server", "t3"),
        ("DiskFull", "t4"),
        ("DiskFullErrorHandler", "t4"),
        ("ErrorHandlerFactory", "t4"),
        ("NullPoin*", "t5 t1"),
        ("JSONResp*", "t2"),
        ("\"NullPointer\"", "t5 t1"),
        ("PointerNull", ""),
        ("DiskErrorFullHandler", ""),
    ] {
        assert_finds(&sandbox, query, expected);
    }
}

#[test]
fn a_word_with_a_hyphen_and_the_word_without_it_find_each_other() {
    let sandbox = tickets_about(&[
        "the hand-off",
        "the handoff",
        "an e-mail was re-opened",
        "emails were reopened",
        "the set-up in utf-8",
        "the setup in utf8",
        "EIP-1559",
        "the follow\u{2011}up",
    ]);
    for (query, expected) in [
        ("hand-off", "t1 t2"),
        ("hand-offs", "t1 t2"),
        ("handoff", "t2 t1"),
        ("HANDOFFS", "t2 t1"),
        ("email", "t4 t3"),
        ("e-mail", "t3 t4"),
        ("re-open", "t3 t4"),
        ("reopen", "t4 t3"),
        ("setup", "t6 t5"),
        ("set-up", "t5 t6"),
        ("utf8", "t6 t5"),
        ("utf-8", "t5 t6"),
        ("EIP1559", "t7"),
        ("followup", "t8"),
        ("follow-up", "t8"),
        ("hand-o*", "t2 t1"),
        ("hando*", "t2 t1"),
        ("title:hand-off", ""),
        ("\"hand-off\"", "t1"),
    ] {
        assert_finds(&sandbox, query, expected);
    }
    let found = sandbox.casebook("team", "search handoff --format json").ok();
    let found: Json = serde_json::from_str(&found.out).unwrap();
    let reasons: Vec<&Json> =
        found["tickets"].as_array().unwrap().iter().map(|ticket| &ticket["why"]).collect();
    assert_eq!(reasons, [&json!(["handoff"]), &json!(["handoff"])], "the other spelling is a reason too");
}

#[test]
fn the_signs_of_a_name_count() {
    let sandbox = tickets_about(&[
        "written in C++",
        "written in C#",
        "written in C",
        "the .NET runtime",
        "a net of nodes",
        "node.js is old",
        "Notepad++",
        "notepad",
        "F#, and g++ with -std=c++17",
    ]);
    for (query, expected) in [
        ("C++", "t1 t9"),
        ("c++", "t1 t9"),
        ("C#", "t2"),
        ("c#", "t2"),
        ("F#", "t9"),
        ("g++", "t9"),
        (".NET", "t4 t5"),
        (".net", "t4 t5"),
        ("node.js", "t6"),
        ("notepad++", "t7 t8"),
    ] {
        assert_finds(&sandbox, query, expected);
    }
    let plain = ids(&sandbox, "search C");
    assert!(plain.contains("t1") && plain.contains("t2") && plain.contains("t3"), "{plain}");
}

#[test]
fn a_date_finds_the_times_of_the_day() {
    let sandbox = tickets_about(&[
        "2026-03-05T10:15:42.123Z ERROR",
        "2026-03-05 10:15:42 ERROR",
        "2026/03/05T10:15:42+02:00",
        "20260305T101542Z",
        "since 2.14.0",
        "since v2.14.1",
    ]);
    for (query, expected) in [
        ("2026-03-05", "t2 t1 t3"),
        ("2026/03/05", "t3 t2 t1"),
        ("10:15:42", "t2 t3 t1"),
        ("20260305", "t4"),
        ("2026-03", "t2 t3 t1"),
        ("2026-03-06", ""),
        ("2.14.0", "t5"),
        ("v2.14.0", "t5"),
        ("2.14", "t6 t5"),
        ("v2.14", "t6 t5"),
    ] {
        assert_finds(&sandbox, query, expected);
    }
}

#[test]
fn a_whole_id_is_first_also_with_a_hash_or_another_separator() {
    let sandbox = Sandbox::with_team();
    let keys = "created: 2026-10-01T08:00:00Z\nsource: EIP-1559";
    ticket(&sandbox, "fee-market", keys, "Fee market", "A market for fees.");
    for n in 1..4 {
        let keys = format!("created: 2026-10-0{}T08:00:00Z", n + 1);
        ticket(
            &sandbox,
            &format!("t{n}"),
            &keys,
            "EIP-1559 and the wallet",
            "Since EIP-1559, EIP-1559 fees fail.",
        );
    }
    for query in ["EIP-1559", "#EIP-1559", "EIP 1559", "eip1559"] {
        let found = ids(&sandbox, &format!("search '{query}'"));
        assert!(found.starts_with("fee-market "), "{query}: {found}");
    }
}

#[test]
fn the_published_index_of_a_site_has_the_names_of_tickets() {
    let sandbox = Sandbox::with_team();
    let keys = "created: 2026-10-01T08:00:00Z\nsource: EIP-1559\naliases: [old-name]\nvisibility: public";
    ticket(&sandbox, "eip-1559-fee-market", keys, "Fee market", "A market for fees.");
    let keys = "created: 2026-10-02T08:00:00Z\nstatus: resolved\nresolution: fixed";
    reply(&sandbox, "eip-1559-fee-market", keys, "## Fix\nIt is in the release of August.");
    sandbox.commit("team", "a ticket");
    sandbox.casebook("team", "build --out ../site --audience internal").ok();
    let files = fs::read_dir(sandbox.path("site/search/i")).unwrap();
    let texts = files.map(|file| {
        use std::io::Read as _;
        let bytes = fs::read(file.unwrap().path()).unwrap();
        let mut text = Vec::new();
        flate2::read::DeflateDecoder::new(&bytes[..]).read_to_end(&mut text).unwrap();
        String::from_utf8_lossy(&text).into_owned()
    });
    let shard = texts.into_iter().find(|text| text.contains("@eip-1559")).expect("a shard with the names");
    assert!(shard.contains("old-name"), "{shard}");
}

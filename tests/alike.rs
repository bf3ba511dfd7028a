//! Similar tickets, and the quality of the results, in the real program.

use serde_json::{Value as Json, json};

use crate::{
    sandbox::Sandbox,
    searching::{archive, ids, reply, ticket},
};

#[test]
fn similar_tickets_are_found_with_their_answers() {
    let sandbox = archive();
    let json = sandbox.casebook("team", "similar export-2 --resolved --format json").ok().json();
    let first = &json["tickets"][0];
    assert_eq!([&first["id"], &first["weak"]], [&json!("export-1"), &json!(false)]);
    assert!(first["score"].as_u64().unwrap() > 0);
    assert!(first["why"].as_array().unwrap().contains(&json!("ERR_CONN_RESET")), "{first}");
    assert!(first["answer"].as_str().unwrap().contains("four gigabytes"));
    let found = |json: &Json| -> Vec<String> {
        let all = json["tickets"].as_array().unwrap();
        all.iter().map(|ticket| ticket["id"].as_str().unwrap().to_owned()).collect()
    };
    assert!(!found(&json).contains(&"export-2".to_owned()), "a ticket is not similar to itself");
    assert!(!found(&json).contains(&"daochu".to_owned()), "only resolved tickets");
    sandbox.casebook("team", "similar export-2").ok().prints(&[
        "Invoice export times out",
        "resolved (fixed)",
        "ERR_CONN_RESET",
        "Raised the limit of the job",
    ]);

    // The text can come from a file or from standard input.
    let text = "The export hangs\n\nIt says ERR_CONN_RESET and stops.\n";
    sandbox.write("draft.txt", text);
    assert!(ids(&sandbox, "similar ../draft.txt").starts_with("export-"));
    sandbox.casebook("team", "similar -").input(text).ok().prints(&["export-1", "export-2"]);
    assert!(!ids(&sandbox, "similar tickets/export-2.md").contains("export-2"));
    let folder = sandbox.path("team");
    for way in ["./tickets/../tickets/export-2.md", folder.join("tickets/export-2.md").to_str().unwrap()] {
        assert!(!ids(&sandbox, &format!("similar {way}")).contains("export-2"), "{way}");
    }
    sandbox.casebook("team", "similar -").input("").ok().says(&["no similar tickets"]);
    sandbox.casebook("team", "similar -").input(b"It stops: ERR_CONN_RESET \xff").ok().prints(&["export-1"]);
    sandbox.casebook("team", "similar nobody-knows-it").fails(1).says(&["unknown ticket `nobody-knows-it`"]);
    sandbox.casebook("team", "similar nothing.md").fails(2).says(&["file not found"]);
}

#[test]
fn only_tickets_from_before_the_given_time_are_found() {
    let sandbox = archive();
    let at = |time: &str| ids(&sandbox, &format!("similar export-2 --resolved --before {time}"));
    assert_eq!(at("2026-10-02T08:00:00Z"), "", "strictly before");
    assert_eq!(at("2026-10-02T08:00:01Z"), "export-1");
    let json = sandbox.casebook("team", "similar export-2 --before 2026-10-02 --format json").ok().json();
    assert_eq!(
        [&json["tickets"][0]["status"], &json["tickets"][0]["answer"]],
        [&json!("open"), &json!(null)]
    );
    sandbox.casebook("team", "similar export-2 --before soon").fails(2).says(&["invalid time `soon`"]);
    // The search for the past does not change the cache of other searches.
    assert_eq!(ids(&sandbox, "search gigabytes"), "export-1");
}

#[test]
fn eval_measures_the_quality_of_the_answers() {
    let sandbox = archive();
    let output = sandbox.casebook("team", "eval").ok();
    assert_eq!(output.says(&["no ticket names an earlier ticket"]).out, "");
    reply(
        &sandbox,
        "export-2",
        "created: 2026-10-11T08:00:00Z\nstatus: resolved\nresolution: duplicate\nduplicate_of: export-1",
        "See there.",
    );
    sandbox.casebook("team", "eval --compare").ok().prints(&[
        "1 query",
        "MRR@20",
        "plain BM25",
        "latency: median",
    ]);
    let json = sandbox.casebook("team", "eval --compare --format json").ok().json();
    assert_eq!(json["all"]["similar"]["hit@1"]["mean"], 1.0);
    assert_eq!(json["resolved"]["difference"]["MRR@20"]["mean"], 0.0);
    assert_eq!(json["queries"][0]["answers"][0]["id"], "export-1");
    assert_eq!(json["queries"][0]["before"], "2026-10-10T08:00:00Z");
    let judged = "{\"query\": \"export-2\", \"relevant\": [\"printer\"], \"relevant_resolved\": []}\n{\"query\": \"daochu\", \"relevant\": []}\n";
    sandbox.write("judged.jsonl", judged);
    let output = sandbox.casebook("team", "eval --qrels ../judged.jsonl --format json").ok();
    let texts = ["skipped 1 query without a right answer", "no right answer existed yet for 1 query"];
    let json = output.says(&texts).json();
    assert_eq!([&json["all"]["queries"], &json["resolved"]["queries"]], [1, 0]);
    assert_eq!(json["all"]["similar"]["hit@100"]["mean"], 0.0, "this ticket did not exist yet");
    assert_eq!(json["resolved"]["similar"]["MRR@20"], json!(null), "nothing was measured, which is not 0");
    sandbox.write("judged.jsonl", "{\"query\": \"nobody\"}\n");
    sandbox
        .casebook("team", "eval --qrels ../judged.jsonl")
        .fails(2)
        .says(&["line 1 is not a valid judgement", "help:"]);
}

#[test]
fn the_total_counts_all_similar_tickets() {
    let sandbox = archive();
    let total = |limit: usize| {
        let line = format!("similar export-2 --limit {limit} --format json");
        let json = sandbox.casebook("team", &line).ok().json();
        (json["tickets"].as_array().unwrap().len(), json["total"].as_u64().unwrap())
    };
    let all = total(100_000);
    assert!(all.0 > 1 && all.0 as u64 == all.1, "{all:?}");
    assert_eq!([total(1), total(0)], [(1, all.1), (0, all.1)]);
    assert_eq!(sandbox.casebook("team", "similar export-2 --limit 0").ok().out, "");
}

#[test]
fn a_ticket_is_compared_with_its_corrected_fields() {
    let sandbox = archive();
    let corrected = "created: 2026-10-11T08:00:00Z\nset: { service: billing-api }";
    reply(&sandbox, "export-2", corrected, "It is the API.");
    let why = |line: &str| {
        let json = sandbox.casebook("team", line).ok().json();
        json["tickets"].as_array().unwrap().iter().map(|ticket| ticket["why"].to_string()).collect::<String>()
    };
    let now = why("similar export-2 --format json");
    assert!(now.contains("same service billing-api") && !now.contains("billing-export"), "{now}");
    let then = why("similar export-2 --before 2026-10-10T09:00:00Z --format json");
    assert!(then.contains("same service billing-export"), "the field before the correction: {then}");
}

#[test]
fn more_than_two_hundred_similar_tickets_can_be_listed() {
    let sandbox = Sandbox::with_team();
    for number in 0..230 {
        let keys =
            format!("service: billing-api\ncreated: 2026-10-01T08:{:02}:{:02}Z", number / 60, number % 60);
        ticket(&sandbox, &format!("same-{number}"), &keys, &format!("Export {number} hangs"), "It hangs.");
    }
    let ids = |limit: usize| ids(&sandbox, &format!("similar same-7 --limit {limit}"));
    let (all, first) = (ids(500), ids(10));
    assert_eq!(all.split(' ').count(), 229);
    assert!(all.starts_with(&first), "the limit changes the order: {first}");
}

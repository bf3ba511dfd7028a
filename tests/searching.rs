//! `casebook search` and `casebook list`: queries and results.

use serde_json::{Value as Json, json};

use crate::sandbox::{SETTINGS, Sandbox};

/// Writes a ticket with these keys, title and text.
pub(crate) fn ticket(sandbox: &Sandbox, id: &str, keys: &str, title: &str, body: &str) {
    let text = format!("---\ntitle: {title}\ntemplate: question\nrequester: lena\n{keys}\n---\n{body}\n");
    sandbox.write(format!("team/tickets/{id}.md"), text);
}

pub(crate) fn reply(sandbox: &Sandbox, id: &str, keys: &str, body: &str) {
    sandbox.write(format!("team/tickets/{id}/r.md"), format!("---\nauthor: omar\n{keys}\n---\n{body}\n"));
}

/// Creates a team with four tickets, two of them resolved.
pub(crate) fn archive() -> Sandbox {
    let sandbox = Sandbox::with_team();
    ticket(
        &sandbox,
        "export-1",
        "service: billing-export\ntags: [export, timeout]\ncreated: 2026-10-01T08:00:00Z",
        "Invoice export times out",
        "The export of October stops with ERR_CONN_RESET after 10,000 rows.",
    );
    reply(
        &sandbox,
        "export-1",
        "created: 2026-10-02T08:00:00Z\nstatus: resolved\nresolution: fixed",
        "## Cause\nThe export job ran out of memory.\n\n## Fix\nRaised the limit of the job to four gigabytes.",
    );
    ticket(
        &sandbox,
        "export-2",
        "service: billing-export\npriority: high\ncreated: 2026-10-10T08:00:00Z",
        "Exporting invoices never ends",
        "It stops with ERR_CONN_RESET; the page of the exporter is white, as in memory of older times.",
    );
    ticket(
        &sandbox,
        "daochu",
        "service: billing-api\ncreated: 2026-10-20T08:00:00Z\ntags: [export]",
        "发票导出超时",
        "导出任务一直没有结束，日志里没有错误。",
    );
    reply(&sandbox, "daochu", "created: 2026-10-21T08:00:00Z\nassignee: mei", "I have a look at this today.");
    ticket(
        &sandbox,
        "printer",
        "service: billing-api\ncreated: 2026-11-20T08:00:00Z",
        "The printer prints nothing",
        "Nothing comes out of it since Monday.",
    );
    reply(
        &sandbox,
        "printer",
        "created: 2026-11-21T08:00:00Z\nstatus: resolved\nresolution: declined",
        "We have nothing to do with printers here, ask facilities.",
    );
    sandbox.commit("team", "an archive");
    sandbox
}

/// Returns the ids that a command lists.
#[track_caller]
pub(crate) fn ids(sandbox: &Sandbox, line: &str) -> String {
    let output = sandbox.casebook("team", &format!("{line} --format short")).ok();
    output.out.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn queries_find_matching_tickets() {
    let sandbox = archive();
    for (query, found) in [
        ("exports", "export-2 export-1 daochu"),
        ("times out", "export-1 printer export-2"),
        ("'\"out of memory\"'", "export-1"),
        ("memory", "export-2 export-1"),
        ("'\"memory out\"'", ""),
        ("times +out", "export-1"),
        ("--all-words times out", "export-1"),
        ("ERR_CONN_RESET", "export-2 export-1"),
        ("giga*", "export-1"),
        ("导出超时", "daochu"),
        ("memory -gigabytes", "export-2"),
        ("-tag:export memory", "export-2"),
        ("printer OR gigabytes", "printer export-1"),
        ("answer:memory", "export-1"),
        ("title:exporting", "export-1 export-2"),
        ("service:billing-api sort:created", "export-1 export-2 daochu printer"),
        ("service:billing-export status:open", "export-2"),
        ("priority:>=high", "export-2"),
        ("created:2026-10-02..2026-10", "daochu export-2"),
        ("created:>7d", "printer"),
        ("newer:7d", "printer"),
        ("older:7d sort:id", "daochu export-1 export-2"),
        ("newer:40d older:2026-11", "daochu"),
        ("assignee:none sort:id", "export-1 export-2 printer"),
        ("assignee:none,mei -is:unassigned", "daochu"),
        ("resolution:fixed,declined sort:-resolved", "printer export-1"),
        ("author:omar is:unresolved", "daochu"),
        ("assignee:me", "daochu"),
        ("zebra", ""),
    ] {
        assert_eq!(ids(&sandbox, &format!("search {query}")), found, "{query}");
    }
    let listed = |query: &str| ids(&sandbox, &format!("list {query}"));
    assert_eq!(listed(""), "export-2 daochu", "the queue: the most urgent first, then the oldest");
    assert_eq!(listed("is:any -n 2"), "export-2 export-1");
    assert_eq!(listed("memory"), "export-2", "a word adds no resolved tickets to the queue");
    assert_eq!(listed("resolution:declined"), "printer");
}

#[test]
fn me_is_the_current_user() {
    let sandbox = archive();
    let by = |id: &str| sandbox.casebook("team", "list assignee:me --format short").by(id).ok().out;
    assert_eq!((by("mei").trim(), by("omar").trim()), ("daochu", ""));
    let unknown_user = sandbox.casebook("team", "list assignee:me").env("EMAIL", "");
    let names = ["GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"];
    let unknown_user = names.iter().fold(unknown_user, |run, name| run.without_env(name));
    unknown_user.fails(2).says(&["assignee:me", "^^", "help:"]);
}

#[test]
fn a_ticket_past_its_target_is_overdue() {
    let sandbox = archive();
    sandbox.write("team/casebook.yml", format!("{SETTINGS}targets: {{ high: {{ first_response: 2h }} }}\n"));
    assert_eq!(ids(&sandbox, "list is:overdue"), "export-2");
    ticket(&sandbox, "fresh", "priority: high\ncreated: 2026-11-22T08:00:00Z", "Just now", "It is new.");
    assert_eq!(ids(&sandbox, "list is:overdue"), "export-2");
    sandbox.wait(3600);
    assert_eq!(ids(&sandbox, "list is:overdue"), "export-2 fresh");
}

#[test]
fn an_empty_list_is_a_result_and_a_missing_id_is_not() {
    let sandbox = archive();
    for found_nothing in
        ["list zebra", "list is:in-review", "list service:nothing", "search zebra", "similar - --resolved"]
    {
        let run = sandbox.casebook("team", found_nothing).input("zebra").ok();
        assert_eq!(run.out, "", "{found_nothing}");
    }
    for missing in [
        "show",
        "similar",
        "reopen",
        "reply --message x",
        "resolve --as declined",
        "resolve export-2 --as duplicate --of",
    ] {
        sandbox.casebook("team", &format!("{missing} zebra")).fails(1).says(&["unknown ticket `zebra`"]);
    }
    for wrong in ["list zebra:x", "list --zebra", "explain zebra", "new zebra"] {
        sandbox.casebook("team", wrong).fails(2);
    }
}

#[test]
fn a_comparison_with_an_age_says_how_it_was_read() {
    let sandbox = archive();
    let said = "`created:>7d` was read as: less than 7d ago (`newer:7d`)";
    for command in ["list is:any created:>7d", "search prints created:>7d"] {
        let found = sandbox.casebook("team", &format!("{command} --format json")).ok().says(&[said]).json();
        assert_eq!(found["notices"], json!([said]), "{command}");
    }
    for command in ["list is:any newer:7d", "search prints created:2026-11"] {
        let found = sandbox.casebook("team", &format!("{command} --format json")).ok().says(&[]).json();
        assert_eq!(found.get("notices"), None, "{command}");
    }
}

#[test]
fn a_lone_word_that_names_a_state_gets_a_hint() {
    let sandbox = archive();
    for (word, condition) in [("all", "is:any"), ("Resolved", "is:resolved"), ("mine", "assignee:me")] {
        let hint = format!("`{word}` was searched as a word; did you mean `casebook list {condition}`?");
        let listed =
            sandbox.casebook("team", &format!("list {word} --format json")).ok().says(&[&hint]).json();
        assert_eq!(listed["notices"], json!([hint]));
    }
    for query in ["printer", "is:any", "all printer", "'\"all\"'"] {
        let run = sandbox.casebook("team", &format!("list {query}")).ok();
        assert!(!run.err.contains("searched as a word"), "{run:?}");
    }
}

#[test]
fn triage_is_no_response_and_a_pending_ticket_has_no_running_clock() {
    let sandbox = archive();
    let targets = "targets: { normal: { first_response: 2h, resolution: 1d } }\n";
    sandbox.write("team/casebook.yml", format!("{SETTINGS}{targets}"));
    let opened = "created: 2026-11-22T08:00:00Z";
    for (id, keys, text) in [
        ("triaged", "assignee: mei\nset: { tags: [+export] }", ""),
        ("answered", "", "We look at it."),
        ("asked", "status: pending", "Which version?"),
        ("ordered", "status: on-hold", "The part is ordered."),
        ("noted", "visibility: internal", "Be careful."),
    ] {
        ticket(&sandbox, id, &format!("visibility: public\n{opened}"), "Nothing works", "Nothing works.");
        reply(&sandbox, id, &format!("created: 2026-11-22T08:30:00Z\n{keys}"), text);
    }
    let listed = |query: &str| ids(&sandbox, &format!("list {query} created:2026-11-22 sort:id"));
    assert_eq!(listed("is:unanswered"), "noted triaged");
    assert_eq!(listed("is:overdue"), "");
    let shown = |id: &str| {
        let ticket = sandbox.casebook("team", &format!("show {id} --format json")).ok().json();
        let listed = sandbox.casebook("team", &format!("list id:{id} --format json")).ok().json();
        assert_eq!(
            (&listed["tickets"][0]["due"], &listed["tickets"][0]["overdue"]),
            (&ticket["due"], &ticket["overdue"])
        );
        (ticket["due"].clone(), ticket["overdue"].clone(), ticket["first_response"].clone())
    };
    let (responded, none) = (json!("2026-11-22T08:30:00Z"), Json::Null);
    assert_eq!(shown("triaged"), (json!("2026-11-22T10:00:00Z"), json!(false), none.clone()));
    assert_eq!(shown("noted"), (json!("2026-11-22T10:00:00Z"), json!(false), none.clone()));
    assert_eq!(shown("answered"), (json!("2026-11-23T08:00:00Z"), json!(false), responded.clone()));
    assert_eq!(shown("ordered"), (json!("2026-11-23T08:00:00Z"), json!(false), responded.clone()));
    assert_eq!(shown("asked"), (none.clone(), json!(false), responded));
    sandbox.wait(30 * 3600);
    assert_eq!(listed("is:overdue"), "answered noted ordered triaged");
    assert_eq!(shown("asked").1, json!(false));
    assert_eq!(shown("ordered").1, json!(true));
    sandbox
        .casebook("team", "list is:overdue created:2026-11-22 sort:id")
        .ok()
        .prints(&["7h late", "29h late"]);
    sandbox
        .casebook("team", "show ordered")
        .ok()
        .prints(&["overdue: resolution 2026-11-23T08:00:00Z (7 hours ago)"]);
}

#[test]
fn an_error_in_a_query_is_shown_with_its_place_and_help() {
    let sandbox = archive();
    let wrong = |line: &str| sandbox.casebook("team", line).fails(2);
    wrong("search export staus:open").says(&[
        "unknown key `staus`",
        "  export staus:open\n         ^^^^^\n",
        "help: did you mean `status:`?",
    ]);
    wrong("list is:opne").says(&["`opne`", "did you mean `is:open`?"]);
    wrong("search OR").says(&["  OR\n  ^^\n"]);
    wrong("search '(export'").says(&["^", "help:"]);
    wrong("list 'created:>soon'").says(&["`soon` is not a time"]);
    wrong("list is:mine").says(&["did you mean `assignee:me`?"]);
    wrong("search status:closed").says(&["did you mean `status:resolved`?"]);
    wrong("search -").says(&["`casebook similar -`"]);
    wrong("list newer:1week").says(&["`1week` is not an age and not a date"]);
    sandbox
        .casebook("team", "list assignee:nobody")
        .ok()
        .says(&["unknown person `nobody`; did you mean `none`?"]);
    sandbox.casebook("team", "search").fails(2).says(&["<QUERY>"]);
    // A word with two dashes is an option, not a part of the query.
    wrong("list --fromat json").says(&["--format"]);
}

#[test]
fn unknown_names_get_a_few_lines_of_warnings_and_no_error() {
    let sandbox = archive();
    let output = sandbox.casebook("team", "search 'service:s1 OR service:s2 OR SERVICE:s1'").ok().err;
    assert_eq!(output, "unknown service `s1`\nunknown service `s2`\nno results\n");
    let names: Vec<String> = (0..90).map(|number| format!("assignee:omr tag:t{number}")).collect();
    let output =
        sandbox.casebook("team", &format!("list '{} service:billing-api'", names.join(" OR "))).ok().err;
    assert_eq!(
        output,
        "unknown person `omr`; did you mean `omar`?\nunknown tag `t0`\nunknown tag `t1`\n… and 88 more unknown names\n\
         no tickets match\n"
    );
}

#[test]
fn each_reason_names_its_field() {
    let sandbox = archive();
    let why = |query: &str| {
        let json = sandbox.casebook("team", &format!("search '{query}' -n 1 --format json")).ok().json();
        json["tickets"][0]["why"].to_string()
    };
    assert_eq!(
        why(
            "memory OR memor* OR m* OR title:memory OR answer:memory,zebra OR -zebra OR memory OR tag:export"
        ),
        r#"["memory","memor*","m*","answer:memory,zebra","tag:export"]"#
    );
}

#[test]
fn json_has_a_score_and_reasons_for_each_ticket() {
    let sandbox = archive();
    let json =
        sandbox.casebook("team", "search memory '(tag:export OR tag:none)' -n 1 --format json").ok().json();
    assert_eq!((json["total"].clone(), json["tickets"].as_array().unwrap().len()), (json!(1), 1));
    let first = &json["tickets"][0];
    assert_eq!([&first["id"], &first["status"]], ["export-1", "resolved"]);
    assert_eq!(first["why"], json!(["memory", "tag:export"]));
    assert!(first["score"].as_u64().unwrap() > 0);
    let json = sandbox.casebook("team", "search export -n 1 --format json").ok().json();
    assert_eq!((json["total"].clone(), json["tickets"].as_array().unwrap().len()), (json!(3), 1));
    let json = sandbox.casebook("team", "list zebra --format json").ok().json();
    assert_eq!(json, json!({ "tickets": [], "total": 0 }));
    assert_eq!(json["articles"], Json::Null, "`list` has no articles");
    // Users see the matching words in their context.
    sandbox.casebook("team", "search gigabytes --color always").ok().prints(&[
        "Invoice export times out",
        "Raised the limit of the job to four \u{1b}[1m\u{1b}[33mgigabytes\u{1b}[0m.",
    ]);
}

#[test]
fn a_search_finds_articles() {
    let sandbox = archive();
    sandbox.write(
        "team/knowledge/export-limits.md",
        "---\ntitle: Limits of the export\nservice: billing-export\ntags: [export]\nconfirmed: 2026-11-01\n---\n\
         ## Problem\nAn export with ERR_CONN_RESET is too large.\n\n## Fix\nSplit it by month.\n",
    );
    assert_eq!(ids(&sandbox, "search month"), "knowledge/export-limits");
    assert_eq!(ids(&sandbox, "search tag:export sort:-created"), "knowledge/export-limits daochu export-1");
    assert_eq!(ids(&sandbox, "list is:any tag:export"), "export-1 daochu", "`list` has no articles");
    sandbox.casebook("team", "search month").ok().prints(&[
        "Limits of the export",
        "article",
        "Split it by month.",
    ]);
    let json =
        sandbox.casebook("team", "search service:billing-export ERR_CONN_RESET --format json").ok().json();
    assert_eq!((&json["total"], &json["articles"][0]["slug"]), (&json!(2), &json!("export-limits")));
    assert_eq!(json["articles"][0]["why"], json!(["ERR_CONN_RESET", "service:billing-export"]));
    assert_eq!(
        json["facets"],
        json!({
            "status": { "open": 1, "resolved": 1 },
            "service": { "billing-api": 3, "billing-export": 3 },
            "tag": { "export": 2, "timeout": 1 },
        })
    );
    let json = sandbox.casebook("team", "similar export-2 --format json").ok().json();
    assert_eq!(json["articles"][0]["slug"], "export-limits");
    assert!(json["articles"][0]["answer"].as_str().unwrap().contains("Split it by month."));
}

#[test]
fn a_typo_is_corrected_with_a_message() {
    let sandbox = archive();
    let output = sandbox.casebook("team", "search gigabtyes --color always").ok();
    output
        .says(&["no results for `gigabtyes`; showing results for `gigabytes`"])
        .prints(&["four \u{1b}[1m\u{1b}[33mgigabytes\u{1b}[0m"]);
    let json = sandbox.casebook("team", "search gigabtyes --format json").ok().json();
    assert_eq!(json["corrected"], json!({ "gigabtyes": ["gigabytes"] }));
    assert_eq!(json["tickets"][0]["why"], json!(["gigabtyes"]));
    assert_eq!(ids(&sandbox, "search '\"gigabtyes\"'"), "");
}

#[test]
fn a_search_for_an_audience_finds_what_its_site_shows() {
    let sandbox = archive();
    let settings = format!("{SETTINGS}visibility: public\n");
    sandbox.write("team/casebook.yml", &settings);
    ticket(
        &sandbox,
        "secret",
        "visibility: internal\ncreated: 2026-10-05T08:00:00Z",
        "Secret export",
        "Memory.",
    );
    reply(&sandbox, "secret", "created: 2026-10-06T08:00:00Z\nstatus: resolved\nresolution: fixed", "Done.");
    for (audience, found) in [
        ("", "export-2 export-1 secret daochu"),
        ("--audience internal", "export-1 secret"),
        ("--audience public", "export-1"),
    ] {
        assert_eq!(ids(&sandbox, &format!("search export {audience}")), found, "{audience}");
    }
    sandbox.write("team/casebook.yml", format!("{settings}publish: all\n"));
    assert_eq!(ids(&sandbox, "search export --audience public"), "export-2 export-1 daochu");
}

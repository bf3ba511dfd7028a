//! Commands as used by people and programs: errors, ids, output, completions.

use crate::sandbox::{COMPLETE, Sandbox};

#[test]
fn an_unknown_id_gets_a_suggestion_and_an_ambiguous_id_is_not_changed() {
    let sandbox = Sandbox::with_team();
    let id = sandbox.open("team", "Export hangs");
    let typo = id.replace("hangs", "hnags");
    for line in
        [format!("show {typo}"), format!("reply {typo} --message x"), format!("resolve {typo} --as declined")]
    {
        sandbox.casebook("team", &line).fails(1).says(&["unknown ticket", &format!("did you mean `{id}`?")]);
    }
    sandbox.casebook("team", "show export").ok();
    sandbox.casebook("team", "reply export --message x").fails(2).says(&["is only a part of the id", &id]);
    sandbox.open("team", "Export is slow");
    sandbox.casebook("team", "show export").fails(2).says(&["is ambiguous: it could be", "more of the id"]);
}

#[test]
fn wrong_usage_shows_the_correct_usage() {
    let sandbox = Sandbox::with_team();
    let id = sandbox.open("team", "Export hangs");
    for (line, says) in [
        ("frobnicate".to_owned(), "unrecognized subcommand"),
        ("show".to_owned(), "required"),
        ("new incident".to_owned(), "missing title"),
        ("new incidnet --title x".to_owned(), "did you mean `incident`?"),
        (format!("reply {id}"), "empty reply"),
        (format!("reply {id} --status resolved"), "`casebook resolve"),
        (format!("reply {id} --status done"), "open, pending, on-hold"),
        (format!("resolve {id} --as done"), "not-reproducible"),
        (format!("resolve {id} --as duplicate"), "a duplicate needs its original ticket"),
        (format!("resolve {id} --as fixed --of {id}"), "`--of` works only with `--as duplicate`"),
        (format!("reply {id} --body nowhere.md"), "file not found"),
        (format!("reply {id} --set priority"), "KEY=VALUE"),
    ] {
        sandbox.casebook("team", &line).fails(2).says(&[says]);
    }
    sandbox.casebook("home", "show x").fails(2).says(&["no casebook repository found", "casebook init"]);
    sandbox.casebook("home", "show x --repo ../nowhere").fails(2);
}

#[test]
fn programs_can_read_the_results_of_writes() {
    let sandbox = Sandbox::with_team();
    let output = sandbox
        .casebook("team", &format!("new incident --title 'Export hangs' {COMPLETE} --format json"))
        .ok();
    let new = output.json();
    assert_eq!(new["commit"], sandbox.git("team", "rev-parse HEAD"));
    assert_eq!(new["path"], format!("tickets/2026/11/{}.md", new["id"].as_str().unwrap()));
    let line = format!("reply {} --message x --format json --quiet", new["id"].as_str().unwrap());
    let reply = sandbox.casebook("team", &line).ok().stays_quiet().json();
    assert!(sandbox.path("team").join(reply["path"].as_str().unwrap()).is_file());
}

#[test]
fn completions_and_manual_pages_print() {
    let sandbox = Sandbox::with_team();
    for shell in ["bash", "zsh", "fish"] {
        sandbox.casebook("home", &format!("completions {shell}")).ok().stays_quiet().prints(&["casebook"]);
    }
    sandbox.casebook("home", "man").ok().prints(&[".TH casebook", "new"]);
    let id = sandbox.open("team", "Export hangs");
    let output = sandbox
        .casebook("team", "-- casebook show exp")
        .env("COMPLETE", "bash")
        .env("_CLAP_COMPLETE_INDEX", "2")
        .env("_CLAP_COMPLETE_COMP_TYPE", "9")
        .env("_CLAP_COMPLETE_SPACE", "false")
        .env("_CLAP_IFS", "\n")
        .ok();
    assert!(output.out.contains(&id), "{output:#?}");
}

#[test]
fn an_unknown_author_gets_a_warning_of_one_line() {
    let sandbox = Sandbox::with_team();
    let id = sandbox.open("team", "Export hangs");
    let output =
        sandbox.casebook("team", &format!("reply {id} --message 'Me too.' --assign me")).by("kim").ok();
    let lines: Vec<&str> = output.err.lines().filter(|line| line.contains("kim")).collect();
    assert_eq!(lines, ["your id is `kim` (from your git e-mail); it is not in `people` of casebook.yml"]);
    // Another unknown person is an error.
    sandbox
        .casebook("team", &format!("reply {id} --message x --assign kim"))
        .fails(2)
        .says(&["unknown person"]);
}

#[test]
fn a_query_with_an_unknown_value_gets_a_warning() {
    let sandbox = Sandbox::with_team();
    let id = sandbox.open("team", "Export hangs");
    sandbox.casebook("team", &format!("reply {id} --set tags=+slow")).ok();
    for (query, says) in [
        ("service:biling-api", "unknown service `biling-api`; did you mean `billing-api`?"),
        ("assignee:meii", "unknown person `meii`; did you mean `mei`?"),
        ("tag:slwo", "unknown tag `slwo`; did you mean `slow`?"),
    ] {
        sandbox.casebook("team", &format!("list {query}")).ok().says(&[says, "no tickets match"]);
        sandbox.casebook("team", &format!("search {query}")).ok().says(&[says]);
    }
    sandbox.casebook("team", "list service:billing-api assignee:ann,me tag:slow").ok();
    let output = sandbox.casebook("team", "list service:Billing-Export requester:mei tag:slow").ok();
    output.stays_quiet();
}

#[test]
fn counts_and_times_are_worded_correctly() {
    let sandbox = Sandbox::with_team();
    let id = sandbox.open("team", "Export hangs");
    // Of two replies in the same second, the second one gets a later time.
    sandbox.casebook("team", &format!("reply {id} --message one")).ok();
    sandbox.wait(-5).casebook("team", &format!("reply {id} --message two")).ok();
    sandbox.wait(-3).casebook("team", &format!("show {id}")).ok().prints(&["(just now)"]);
    sandbox.casebook("team", "show ID").fails(1).says(&["replace `ID` with a ticket's id"]);
    sandbox.write("team/tickets/2026/11/broken.md", "---\ntitle: [\n---\n");
    sandbox.casebook("team", "list").ok().says(&["1 file has problems"]);
    sandbox.casebook("team", "check --fix").fails(1).says(&["fixed tickets/2026/11/broken.md"]);
    sandbox.casebook("team", "check --fix").fails(1).says(&["no safe fixes"]);
}

#[test]
fn an_unsupported_output_format_is_refused() {
    let sandbox = Sandbox::with_team();
    for line in ["list --format markdown", "search export --format github", "check --format markdown"] {
        let output = sandbox.casebook("team", line).fails(2);
        assert_eq!(output.says(&["`--format", "help:"]).out, "", "{line}");
    }
    sandbox.casebook("team", "check --format github").ok();
}

//! Commands as people and programs meet them: mistakes, ids, output, completions.

use crate::sandbox::{COMPLETE, Sandbox};

#[test]
fn an_id_that_is_not_there_gets_the_nearest_and_a_vague_one_is_not_written_to() {
    let sandbox = Sandbox::with_team();
    let id = sandbox.open("team", "Export hangs");
    let typo = id.replace("hangs", "hnags");
    for line in
        [format!("show {typo}"), format!("reply {typo} --message x"), format!("resolve {typo} --as declined")]
    {
        sandbox
            .casebook("team", &line)
            .fails(1)
            .says(&["there is no ticket", &format!("did you mean `{id}`?")]);
    }
    sandbox.casebook("team", "show export").ok();
    sandbox.casebook("team", "reply export --message x").fails(2).says(&["is not enough to write to", &id]);
    sandbox.open("team", "Export is slow");
    sandbox.casebook("team", "show export").fails(2).says(&["could be", "write more of it"]);
}

#[test]
fn wrong_usage_says_what_is_right() {
    let sandbox = Sandbox::with_team();
    let id = sandbox.open("team", "Export hangs");
    for (line, says) in [
        ("frobnicate".to_owned(), "unrecognized subcommand"),
        ("show".to_owned(), "required"),
        ("new incident".to_owned(), "a ticket needs a title"),
        ("new incidnet --title x".to_owned(), "did you mean `incident`?"),
        (format!("reply {id}"), "there is nothing to say"),
        (format!("reply {id} --status resolved"), "`casebook resolve"),
        (format!("reply {id} --status done"), "open, pending, on-hold"),
        (format!("resolve {id} --as done"), "not-reproducible"),
        (format!("resolve {id} --as duplicate"), "a duplicate of which ticket?"),
        (format!("resolve {id} --as fixed --of {id}"), "`--of` belongs to `--as duplicate`"),
        (format!("reply {id} --body nowhere.md"), "there is no file"),
        (format!("reply {id} --set priority"), "KEY=VALUE"),
    ] {
        sandbox.casebook("team", &line).fails(2).says(&[says]);
    }
    sandbox
        .casebook("home", "show x")
        .fails(2)
        .says(&["there is no casebook repository here", "casebook init"]);
    sandbox.casebook("home", "show x --repo ../nowhere").fails(2);
}

#[test]
fn what_is_written_can_be_read_by_programs() {
    let sandbox = Sandbox::with_team();
    let said = sandbox
        .casebook("team", &format!("new incident --title 'Export hangs' {COMPLETE} --format json"))
        .ok();
    let new = said.json();
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
    let said = sandbox
        .casebook("team", "-- casebook show exp")
        .env("COMPLETE", "bash")
        .env("_CLAP_COMPLETE_INDEX", "2")
        .env("_CLAP_COMPLETE_COMP_TYPE", "9")
        .env("_CLAP_COMPLETE_SPACE", "false")
        .env("_CLAP_IFS", "\n")
        .ok();
    assert!(said.out.contains(&id), "{said:#?}");
}

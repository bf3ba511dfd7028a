//! A ticket's whole life by the command line, with the real program and real repositories.

use std::fs;

use serde_json::json;

use crate::sandbox::{COMPLETE, Sandbox};

/// All that a command must leave alone: one file staged, one dirty, one unknown to git.
fn make_untidy(sandbox: &Sandbox, dir: &str) -> String {
    sandbox.write(format!("{dir}/staged.txt"), "staged").git(dir, "add staged.txt");
    sandbox.write(format!("{dir}/casebook.yml"), sandbox.read(format!("{dir}/casebook.yml")) + "# dirty\n");
    sandbox.write(format!("{dir}/unknown.txt"), "unknown");
    sandbox.git(dir, "status --porcelain")
}

#[test]
fn a_new_casebook_has_settings_templates_and_a_first_ticket_that_can_be_resolved() {
    let sandbox = Sandbox::new();
    let said = sandbox.casebook(".", "init oncall").ok().says(&["made a git repository", "commit hook"]);
    assert_eq!(said.line(), sandbox.path("oncall").to_str().unwrap());
    assert_eq!(sandbox.git("oncall", "status --porcelain"), "");
    assert_eq!(sandbox.git("oncall", "rev-list --count HEAD"), "1");
    assert!(sandbox.read("oncall/.gitattributes").contains("eol=lf"));
    let first = sandbox.git("oncall", "ls-files tickets");
    let id = first.rsplit('/').next().unwrap().strip_suffix(".md").unwrap();
    let line =
        format!("resolve {id} --as answered --section 'Outcome=The services are in casebook.yml now.'");
    sandbox.casebook("oncall", &line).ok();
    assert_eq!(sandbox.show("oncall", id)["status"], "resolved");
    // Again: nothing of what is there changes.
    let before = sandbox.git("oncall", "rev-parse HEAD");
    sandbox.casebook("oncall", "init").ok().says(&["casebook.yml is there already", "nothing was committed"]);
    assert_eq!(sandbox.git("oncall", "rev-parse HEAD"), before);
}

#[test]
fn init_commits_nothing_that_it_did_not_write() {
    let sandbox = Sandbox::new();
    sandbox.git(".", "init -q code");
    sandbox.write("code/main.c", "int main;").write("code/staged.c", "").git("code", "add staged.c");
    sandbox.casebook("code", "init").ok();
    assert_eq!(sandbox.git("code", "status --porcelain"), "A  staged.c\n?? main.c");
}

#[test]
fn a_ticket_lives_from_new_to_reopened_and_resolved_again() {
    let sandbox = Sandbox::with_team();
    let id = sandbox.open("team", "Invoice export times out");
    let end = id.rsplit('-').next().unwrap();
    assert!(id.starts_with("invoice-export-times-out-") && end.len() == 6, "{id}");
    let ticket = sandbox.show("team", end);
    assert_eq!(
        [&ticket["id"], &ticket["status"], &ticket["service"], &ticket["requester"], &ticket["created"]],
        [&json!(id), &json!("open"), &json!("billing-export"), &json!("mei"), &json!("2026-11-22T09:00:03Z")]
    );
    assert_eq!(ticket["fields"], json!({ "environment": "production" }));
    assert_eq!(
        sandbox.git("team", "log -1 --format=%B"),
        format!("open {id}: Invoice export times out\n\nTicket: {id}\nService: billing-export")
    );

    // Oncall takes it and asks; it waits for the requester until she answers.
    sandbox.casebook("team", &format!("reply {end} --assign me --set priority=high")).by("omar").ok();
    sandbox.casebook("team", &format!("reply {end} --ask version --message 'Which one?'")).by("omar").ok();
    let ticket = sandbox.show("team", end);
    assert_eq!(
        [&ticket["status"], &ticket["assignee"], &ticket["priority"], &ticket["asks"]],
        [&json!("pending"), &json!("omar"), &json!("high"), &json!(["version"])]
    );
    assert_eq!(ticket["first_response"], ticket["replies"][0]["created"]);
    sandbox.casebook("team", &format!("reply {end} --message 'It is 2.14.0' --set version=2.14.0")).ok();
    let ticket = sandbox.show("team", end);
    assert_eq!([&ticket["status"], &ticket["asks"]], [&json!("open"), &json!([])]);
    assert_eq!(ticket["fields"]["version"], "2.14.0");

    // A note changes nothing.
    sandbox
        .casebook("team", &format!("reply {end} --internal --message 'Smells like memory.'"))
        .by("omar")
        .ok();
    assert_eq!(sandbox.show("team", end)["status"], "open");

    let resolve = format!(
        "resolve {end} --as fixed --set root_cause=capacity --section 'Cause=The job ran out of memory.' \
         --section 'Fix=Raised its limit to four gigabytes.'"
    );
    sandbox.casebook("team", &resolve).by("omar").ok().says(&["resolved", "Invoice export times out"]);
    let ticket = sandbox.show("team", end);
    assert_eq!([&ticket["status"], &ticket["resolution"]], [&json!("resolved"), &json!("fixed")]);
    assert_eq!(
        sandbox.git("team", "log -1 --format=%an%n%B"),
        format!(
            "omar\nresolve {id}: fixed\n\nInvoice export times out\n\nTicket: {id}\nStatus: resolved\nResolution: fixed"
        )
    );

    sandbox.casebook("team", &format!("reopen {end} --message 'It is back.'")).ok();
    let ticket = sandbox.show("team", end);
    assert_eq!([&ticket["status"], &ticket["resolution"]], [&json!("open"), &json!(null)]);
    assert!(sandbox.git("team", "log -1 --format=%s").starts_with("reopen "));
    sandbox.casebook("team", &format!("reopen {end}")).ok().says(&["is open already"]);

    let other = sandbox.open("team", "Exports of invoices fail at month end");
    sandbox.casebook("team", &format!("resolve {end} --as duplicate --of {other}")).ok();
    let ticket = sandbox.show("team", end);
    assert_eq!([&ticket["resolution"], &ticket["duplicate_of"]], [&json!("duplicate"), &json!(other)]);
    assert!(sandbox.git("team", "log -1 --format=%B").contains(&format!("Duplicate-of: {other}")));
    sandbox.casebook("team", &format!("show {end}")).ok().prints(&[
        "duplicate of",
        "Smells like memory.",
        "Omar Diaz",
    ]);
    assert_eq!(sandbox.git("team", "status --porcelain"), "");
}

#[test]
fn a_ticket_that_says_too_little_is_refused_kept_and_mended() {
    let sandbox = Sandbox::with_team();
    let before = sandbox.git("team", "rev-parse HEAD");
    let said = sandbox
        .casebook(
            "team",
            "new incident --title 'Export hangs' --set environment=prodution --section Problem=broken",
        )
        .fails(1)
        .says(&[
            "`production`",
            "service",
            "Impact",
            "the text is kept; `casebook new --resume export-hangs-",
        ]);
    assert_eq!(said.out, "");
    assert_eq!(
        (sandbox.git("team", "rev-parse HEAD"), sandbox.git("team", "status --porcelain")),
        (before, String::new())
    );
    // Half of what is missing is not enough, and not lost.
    sandbox
        .casebook("team", "new --resume --set environment=production --set service=billing-export")
        .fails(1);
    let said = sandbox
        .casebook(
            "team",
            "new --resume --section 'Problem=The export of October ends with a timeout of the gateway.' \
             --section 'Impact=Nobody in Europe can close the month.'",
        )
        .ok();
    let ticket = sandbox.show("team", said.line());
    assert_eq!([&ticket["service"], &ticket["title"]], ["billing-export", "Export hangs"]);
    assert!(!ticket["body"].as_str().unwrap().contains("broken"));
    sandbox.casebook("team", "new --resume").fails(2);
}

#[test]
fn a_resolution_that_says_too_little_is_refused() {
    let sandbox = Sandbox::with_team();
    let id = sandbox.open("team", "Export hangs");
    let before = sandbox.git("team", "rev-parse HEAD");
    sandbox.casebook("team", &format!("resolve {id} --as fixed --message done")).fails(1).says(&[
        "Cause",
        "Fix",
        "root_cause",
    ]);
    sandbox
        .casebook("team", &format!("reply {id} --set service=biling-api"))
        .fails(1)
        .says(&["did you mean `billing-api`"]);
    sandbox.casebook("team", &format!("reply {id} --set enviroment=staging")).fails(1).says(&["environment"]);
    assert_eq!(sandbox.git("team", "rev-parse HEAD"), before);
    assert_eq!(sandbox.git("team", "status --porcelain"), "");
}

#[test]
fn the_commit_hook_checks_what_is_committed_by_hand() {
    let sandbox = Sandbox::new();
    sandbox.casebook(".", "init team").ok();
    sandbox.write("team/tickets/mine.md", "---\ntitle: Export hangs\ntemplate: incident\n---\nIt hangs.\n");
    sandbox.git("team", "add tickets");
    sandbox.git_run("team", "commit -q -m mine").fails(1).says(&["tickets/mine.md", "missing-section"]);
    sandbox.git("team", "rm -q --cached tickets/mine.md");
    // What Casebook writes itself passes it.
    sandbox
        .casebook("team", "new request --title 'Raise the limit' --set service=casebook \
            --section 'Request=Raise the limit of project atlas to 200 a second.' --section 'Why=Nobody can deliver otherwise.'")
        .ok();
}

#[test]
fn each_commit_holds_its_own_file_and_what_is_dirty_or_staged_stays_so() {
    let sandbox = Sandbox::with_team();
    let before = make_untidy(&sandbox, "team");
    let id = sandbox.open("team", "Invoice export times out");
    let said = sandbox.casebook("team", &format!("reply {id} --message 'On it.' --assign omar")).ok();
    let reply = said.line();
    let ticket = format!("tickets/2026/11/{id}.md");
    assert!(
        reply.starts_with(&format!("tickets/2026/11/{id}/20261122T")) && reply.contains("-mei-"),
        "{reply}"
    );
    for (rev, path) in [("HEAD~1", ticket.as_str()), ("HEAD", reply)] {
        assert_eq!(
            sandbox.git("team", &format!("diff-tree --no-commit-id --name-status -r {rev}")),
            format!("A\t{path}")
        );
    }
    assert_eq!(sandbox.git("team", "status --porcelain"), before);
}

#[test]
fn a_canned_response_brings_its_words_and_its_state() {
    let sandbox = Sandbox::with_team();
    let id = sandbox.open("team", "Invoice export times out");
    sandbox.casebook("team", &format!("reply {id} --use ask-for-version-and-logs")).by("omar").ok();
    let ticket = sandbox.show("team", &id);
    assert_eq!([&ticket["status"], &ticket["asks"]], [&json!("pending"), &json!(["version", "Logs"])]);
    let body = ticket["replies"][0]["body"].as_str().unwrap();
    assert!(body.contains("Hello mei") && !body.contains("{{"), "{body}");
    sandbox
        .casebook("team", &format!("reply {id} --use ask-for-versions-and-logs"))
        .fails(2)
        .says(&["did you mean `ask-for-version-and-logs`?"]);
}

#[test]
fn triage_changes_fields_and_tags_without_touching_the_ticket() {
    let sandbox = Sandbox::with_team();
    let id = sandbox.open("team", "Invoice export times out");
    let file = format!("team/tickets/2026/11/{id}.md");
    let before = sandbox.read(&file);
    sandbox.casebook("team", &format!("reply {id} --set tags=export,slow --set service=billing-api")).ok();
    sandbox.casebook("team", &format!("reply {id} --set tags=+eu,-slow --set environment=staging")).ok();
    let ticket = sandbox.show("team", &id);
    assert_eq!([&ticket["tags"], &ticket["service"]], [&json!(["export", "eu"]), &json!("billing-api")]);
    assert_eq!(ticket["fields"]["environment"], "staging");
    assert_eq!(sandbox.read(&file), before);
    assert_eq!(sandbox.git("team", "log -1 --format=%s"), format!("triage {id}: tags, environment"));
    sandbox.casebook("team", &format!("reply {id} --set tags=+a,b")).fails(2).says(&["mixes plain tags"]);
}

#[test]
fn several_tickets_are_resolved_at_once_or_none() {
    let sandbox = Sandbox::with_team();
    let (one, two) = (sandbox.open("team", "One export hangs"), sandbox.open("team", "Two exports hang"));
    let line = |ids: &str| {
        format!("resolve {ids} --as declined --message 'The old exports are gone since October.'")
    };
    sandbox.casebook("team", &line(&format!("{one} nothing-like-it"))).fails(1);
    assert_eq!(sandbox.show("team", &one)["status"], "open");
    let json = sandbox.casebook("team", &(line(&format!("{one} {two}")) + " --format json")).ok().json();
    let replies = json["replies"].as_array().unwrap().iter().map(|reply| reply["id"].as_str().unwrap());
    assert_eq!(replies.collect::<Vec<_>>(), [&one, &two]);
    assert_eq!(sandbox.show("team", &two)["resolution"], "declined");
}

#[test]
fn the_service_is_inferred_from_where_somebody_came_from() {
    let sandbox = Sandbox::with_team();
    let line = "new question --title 'How do I export?' --from /console/billing --from /console/billing/exports/7 \
        --section 'Question=How do I export the invoices of one year at once?' --section 'What I tried=The page on exports says nothing.'";
    let said =
        sandbox.casebook("team", line).ok().says(&["service: billing-export", "/console/billing/exports/**"]);
    let ticket = sandbox.show("team", said.line());
    assert_eq!(ticket["service"], "billing-export");
    assert_eq!(ticket["path"], json!(["/console/billing", "/console/billing/exports/7"]));
    // What is said outright counts more.
    let line = format!("{line} --set service=billing-api");
    let said = sandbox.casebook("team", &line).ok();
    assert_eq!(sandbox.show("team", said.line())["service"], "billing-api");
}

#[test]
fn the_service_is_inferred_from_the_folder_of_a_code_repository() {
    let sandbox = Sandbox::with_team();
    sandbox.git(".", "init -q code");
    sandbox.write("code/services/billing/src/main.c", "").commit("code", "code");
    sandbox.git("code", "tag v2.14.0");
    let said = sandbox
        .casebook(
            "code/services/billing/src",
            &format!("new --title 'Export hangs' {}", COMPLETE.replace("--set service=billing-export", "")),
        )
        .env("CASEBOOK_REPO", sandbox.path("team"))
        .ok()
        .says(&["service: billing-api", "services/billing/**", "version: 2.14.0"]);
    let ticket = sandbox.show("team", said.line());
    assert_eq!(ticket["service"], "billing-api");
    assert_eq!(ticket["fields"]["version"], "2.14.0");
    assert_eq!(sandbox.git("code", "status --porcelain"), "");
}

#[test]
fn intake_by_branch_pushes_a_branch_and_touches_neither_head_nor_index_nor_worktree() {
    let sandbox = Sandbox::with_team();
    sandbox.remote("team", "team.git");
    let settings = sandbox
        .read("team/casebook.yml")
        .replace("intake: main", "intake: branch\nrepository: https://github.com/acme/oncall");
    sandbox.write("team/casebook.yml", settings).commit("team", "branches");
    sandbox.git("team", "push -q");
    sandbox.write("team/local.txt", "").commit("team", "not pushed");
    let (status, head) = (make_untidy(&sandbox, "team"), sandbox.git("team", "rev-parse HEAD"));
    let index = fs::read(sandbox.path("team/.git/index")).unwrap();
    let said = sandbox.casebook("team", &format!("new incident --title 'Export hangs' {COMPLETE}")).ok();
    let branch = format!("ticket/{}", said.line());
    let said = said.says(&[
        &format!("on branch {branch}"),
        &format!("open the pull request: https://github.com/acme/oncall/compare/{branch}?expand=1"),
    ]);
    assert_eq!(sandbox.git("team", "status --porcelain"), status);
    assert_eq!(sandbox.git("team", "rev-parse HEAD"), head);
    assert_eq!(fs::read(sandbox.path("team/.git/index")).unwrap(), index);
    let path = format!("tickets/2026/11/{}.md", said.line());
    assert_eq!(sandbox.git("team.git", &format!("diff --name-only main {branch}")), path);
    assert_eq!(sandbox.git("team.git", &format!("rev-list --count main..{branch}")), "1");
    // `--intake main` goes straight there.
    let said = sandbox
        .casebook("team", &format!("new incident --title 'Import hangs' {COMPLETE} --intake main"))
        .ok();
    assert!(sandbox.git("team.git", "ls-tree -r --name-only main").contains(said.line()));
}

#[test]
fn a_forge_that_names_the_page_of_the_pull_request_is_passed_on() {
    let sandbox = Sandbox::with_team();
    sandbox.remote("team", "team.git");
    sandbox.hook(
        "team.git",
        "post-receive",
        "echo 'Create a pull request:'; echo '  https://forge.example/new/1'",
    );
    sandbox
        .casebook("team", &format!("new incident --title 'Export hangs' {COMPLETE} --intake branch"))
        .ok()
        .says(&["https://forge.example/new/1"]);
}

#[test]
fn without_a_remote_a_ticket_goes_to_the_current_branch() {
    let sandbox = Sandbox::with_team();
    sandbox.git("team", "checkout -q -b work");
    let said = sandbox
        .casebook("team", &format!("new incident --title 'Export hangs' {COMPLETE} --intake branch"))
        .ok();
    assert!(sandbox.git("team", "ls-tree -r --name-only work").contains(said.line()));
    assert_eq!(sandbox.git("team", "branch --format=%(refname:short)"), "main\nwork");
}

#[test]
fn a_commit_is_pushed_unless_somebody_says_no() {
    let sandbox = Sandbox::with_team();
    sandbox.remote("team", "team.git");
    let id = sandbox.open("team", "Export hangs");
    let there = || sandbox.git("team.git", "rev-parse main");
    assert_eq!(there(), sandbox.git("team", "rev-parse HEAD"));
    let before = there();
    sandbox.casebook("team", &format!("reply {id} --message 'On it.' --no-push")).ok();
    assert_eq!(there(), before);
    let settings = sandbox.read("team/casebook.yml") + "push: false\n";
    sandbox.write("team/casebook.yml", settings).commit("team", "quiet");
    sandbox.casebook("team", &format!("reply {id} --message 'Still on it.'")).ok();
    assert_eq!(there(), before);
    sandbox
        .casebook("team", &format!("reply {id} --message 'Found it.' --push"))
        .ok()
        .says(&["pushed to origin/main"]);
    assert_eq!(there(), sandbox.git("team", "rev-parse HEAD"));
}

#[test]
fn a_push_that_is_refused_leaves_a_commit_that_the_same_command_pushes_later() {
    let sandbox = Sandbox::with_team();
    sandbox.remote("team", "team.git");
    sandbox.hook("team.git", "pre-receive", "echo 'closed until Monday' >&2; exit 1");
    let line = format!("new incident --title 'Export hangs' {COMPLETE}");
    let said = sandbox
        .casebook("team", &line)
        .fails(2)
        .says(&["committed here, but not pushed", "closed until Monday"]);
    let id = said.line().to_owned();
    assert_eq!(sandbox.show("team", &id)["status"], "open");
    assert_eq!(sandbox.git("team", "status --porcelain"), "");
    fs::remove_file(sandbox.path("team.git/hooks/pre-receive")).unwrap();
    let said = sandbox.casebook("team", &line).ok();
    assert_eq!(said.line(), id);
    assert_eq!(sandbox.git("team.git", "rev-parse main"), sandbox.git("team", "rev-parse HEAD"));
    // Said once more it is another ticket.
    assert_ne!(sandbox.casebook("team", &line).ok().line(), id);
}

#[test]
fn a_commit_that_a_hook_refuses_leaves_no_trace_and_the_text_is_kept() {
    let sandbox = Sandbox::with_team();
    let id = sandbox.open("team", "Export hangs");
    let before = make_untidy(&sandbox, "team");
    sandbox.hook("team/.git", "pre-commit", "echo 'not on Sundays' >&2; exit 1");
    sandbox.casebook("team", &format!("reply {id} --message 'On it.'")).fails(2).says(&["not on Sundays"]);
    let said = sandbox
        .casebook("team", &format!("new incident --title 'Import hangs' {COMPLETE}"))
        .fails(2)
        .says(&["not on Sundays", "the text is kept; `casebook new --resume import-hangs-"]);
    assert_eq!(sandbox.git("team", "status --porcelain"), before);
    fs::remove_file(sandbox.path("team/.git/hooks/pre-commit")).unwrap();
    let name = said.err.split("--resume ").nth(1).unwrap().split('`').next().unwrap();
    let said = sandbox.casebook("team", &format!("new --resume {name}")).ok();
    assert_eq!(sandbox.show("team", said.line())["title"], "Import hangs");
    sandbox.casebook("team", "new --resume").fails(2).says(&["there is no text to go on with"]);
}

#[test]
fn a_day_later_the_same_words_are_another_reply() {
    let sandbox = Sandbox::with_team();
    sandbox.remote("team", "team.git");
    let id = sandbox.open("team", "Export hangs");
    sandbox.hook("team.git", "pre-receive", "exit 1");
    let line = format!("reply {id} --message 'Any news?'");
    sandbox.casebook("team", &line).fails(2);
    fs::remove_file(sandbox.path("team.git/hooks/pre-receive")).unwrap();
    sandbox.wait(24 * 60 * 60).casebook("team", &line).ok();
    assert_eq!(sandbox.show("team", &id)["reply_count"], 2);
}

#[test]
fn whoever_git_says_somebody_is_writes_and_the_environment_counts_more_than_settings() {
    let sandbox = Sandbox::with_team();
    sandbox.git("team", "config user.email lena@acme.example");
    sandbox.git("team", "config user.name 'Lena Weber'");
    let nobody = |line: &str| {
        ["GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"]
            .into_iter()
            .fold(sandbox.casebook("team", line), crate::sandbox::Run::without_env)
    };
    let line = format!("new incident --title 'Export hangs' {COMPLETE}");
    let by_settings = nobody(&line).ok();
    let by_environment = sandbox.casebook("team", &line).by("omar").ok();
    let by_stranger = sandbox.casebook("team", &line).by("kim.stone").ok();
    let requester = |said: &crate::sandbox::Said| sandbox.show("team", said.line())["requester"].clone();
    assert_eq!(
        [requester(&by_settings), requester(&by_environment), requester(&by_stranger)],
        ["lena", "omar", "kim-stone"]
    );
    assert_eq!(
        sandbox.git("team", "log -3 --format=%ae"),
        "kim.stone@acme.example\nomar@acme.example\nlena@acme.example"
    );
    sandbox.git("team", "config --unset user.email");
    sandbox.git("team", "config --unset user.name");
    nobody(&line).fails(2).says(&["git does not know who you are", "user.email"]);
}

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
fn a_body_comes_from_a_file_or_from_standard_input() {
    let sandbox = Sandbox::with_team();
    sandbox.write("body.md", "## Question\nHow are exports restarted, please, without losing any row?\n\n## What I tried\nThe page on exports.\n");
    let said = sandbox
        .casebook(
            "team",
            "new question --title 'Restart an export' --set service=billing-export --body ../body.md",
        )
        .ok();
    let id = said.line();
    sandbox
        .casebook("team", &format!("reply {id} --body -"))
        .input("With the button.\r\n\r\nIt is *blue*.")
        .ok();
    let ticket = sandbox.show("team", id);
    assert!(ticket["body"].as_str().unwrap().contains("without losing any row?"));
    assert!(ticket["replies"][0]["body"].as_str().unwrap().contains("It is *blue*."));
}

#[test]
fn replies_are_dated_after_the_newest_one_that_is_known() {
    let sandbox = Sandbox::with_team();
    let id = sandbox.open("team", "Export hangs");
    sandbox
        .casebook("team", &format!("reply {id} --message 'My clock is ahead.' --status on-hold"))
        .env("CASEBOOK_NOW", "2026-11-22T09:30:00Z")
        .by("omar")
        .ok();
    sandbox.casebook("team", &format!("reply {id} --message 'Mine is not.' --status open")).ok();
    let ticket = sandbox.show("team", &id);
    assert_eq!(
        [&ticket["replies"][1]["created"], &ticket["status"]],
        [&json!("2026-11-22T09:30:01Z"), &json!("open")]
    );
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

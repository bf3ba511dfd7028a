//! Opening a ticket on the command line: values that are inferred, tickets that are refused, and where tickets are
//! stored.

use std::fs;

use serde_json::json;

use crate::{
    sandbox::{COMPLETE, Sandbox},
    writing::make_untidy,
};

#[test]
fn an_incomplete_ticket_is_refused_saved_and_then_completed() {
    let sandbox = Sandbox::with_team();
    let before = sandbox.git("team", "rev-parse HEAD");
    let output = sandbox
        .casebook(
            "team",
            "new incident --title 'Export hangs' --set environment=prodution --section Problem=broken",
        )
        .fails(1)
        .says(&[
            "`production`",
            "service",
            "Impact",
            "draft saved; continue with `casebook new --resume export-hangs-",
        ]);
    assert_eq!(output.out, "");
    assert_eq!(
        (sandbox.git("team", "rev-parse HEAD"), sandbox.git("team", "status --porcelain")),
        (before, String::new())
    );
    // A partly completed draft is still refused, and it is saved.
    sandbox
        .casebook("team", "new --resume --set environment=production --set service=billing-export")
        .fails(1)
        .says(&["--section 'Problem=…' --section 'Impact=…'`"]);
    let output = sandbox
        .casebook(
            "team",
            "new --resume --section 'Problem=The export of October ends with a timeout of the gateway.' \
             --section 'Impact=Nobody in Europe can close the month.'",
        )
        .ok();
    let ticket = sandbox.show("team", output.line());
    assert_eq!([&ticket["service"], &ticket["title"]], ["billing-export", "Export hangs"]);
    assert!(!ticket["body"].as_str().unwrap().contains("broken"));
    sandbox.casebook("team", "new --resume").fails(2);
}

#[test]
fn the_service_is_inferred_from_the_origin_of_the_requester() {
    let sandbox = Sandbox::with_team();
    let line = "new question --title 'How do I export?' --from /console/billing --from /console/billing/exports/7 \
        --section 'Question=How do I export the invoices of one year at once?' --section 'What I tried=The page on exports says nothing.'";
    let output =
        sandbox.casebook("team", line).ok().says(&["service: billing-export", "/console/billing/exports/**"]);
    let ticket = sandbox.show("team", output.line());
    assert_eq!(ticket["service"], "billing-export");
    assert_eq!(ticket["path"], json!(["/console/billing", "/console/billing/exports/7"]));
    // An explicit service has priority.
    let line = format!("{line} --set service=billing-api");
    let output = sandbox.casebook("team", &line).ok();
    assert_eq!(sandbox.show("team", output.line())["service"], "billing-api");
}

#[test]
fn the_service_is_inferred_from_an_address_copied_from_the_browser() {
    let sandbox = Sandbox::with_team();
    for address in [
        "https://console.acme.example/console/billing/exports/7?page=2#rows",
        "HTTP://localhost:8080/console/billing/exports/",
        "/console/billing/exports?x=https://other.example/",
    ] {
        sandbox
            .casebook("team", &format!("new question --title 'How do I export?' --from '{address}'"))
            .fails(1)
            .says(&["service: billing-export", "/console/billing/exports/**"]);
    }
}

#[test]
fn a_draft_is_continued_by_a_part_of_its_id() {
    let sandbox = Sandbox::with_team();
    let refused = |title: &str| {
        let output = sandbox.casebook("team", &format!("new question --title '{title}'")).fails(1);
        output.err.split("--resume ").nth(1).unwrap().split([' ', '`']).next().unwrap().to_owned()
    };
    let (first, second) = (refused("How do I export invoices"), refused("How do I export parcels"));
    let end = first.rsplit('-').next().unwrap();
    sandbox.casebook("team", "new --resume zebra").fails(2).says(&["unknown draft `zebra`", &first, &second]);
    sandbox.casebook("team", "new --resume how-do-i").fails(2).says(&["ambiguous", &first, &second]);
    sandbox.casebook("team", "new --resume ../x").fails(2).says(&["unknown draft"]);
    let line = format!(
        "new --resume {end} --set service=billing-export --section 'Question=How do I export the invoices of one year?' \
         --section 'What I tried=The page on exports says nothing.'"
    );
    assert_eq!(sandbox.casebook("team", &line).ok().line(), first);
}

#[test]
fn the_service_is_inferred_from_the_folder_of_a_code_repository() {
    let sandbox = Sandbox::with_team();
    sandbox.git(".", "init -q code");
    sandbox.write("code/services/billing/src/main.c", "").commit("code", "code");
    sandbox.git("code", "tag v2.14.0");
    let output = sandbox
        .casebook(
            "code/services/billing/src",
            &format!("new --title 'Export hangs' {}", COMPLETE.replace("--set service=billing-export", "")),
        )
        .env("CASEBOOK_REPO", sandbox.path("team"))
        .ok()
        .says(&["service: billing-api", "services/billing/**", "version: 2.14.0"]);
    let ticket = sandbox.show("team", output.line());
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
    let output = sandbox.casebook("team", &format!("new incident --title 'Export hangs' {COMPLETE}")).ok();
    let branch = format!("ticket/{}", output.line());
    let output = output.says(&[
        &format!("on branch {branch}"),
        &format!("open the pull request: https://github.com/acme/oncall/compare/{branch}?expand=1"),
    ]);
    assert_eq!(sandbox.git("team", "status --porcelain"), status);
    assert_eq!(sandbox.git("team", "rev-parse HEAD"), head);
    assert_eq!(fs::read(sandbox.path("team/.git/index")).unwrap(), index);
    let path = format!("tickets/2026/11/{}.md", output.line());
    assert_eq!(sandbox.git("team.git", &format!("diff --name-only main {branch}")), path);
    assert_eq!(sandbox.git("team.git", &format!("rev-list --count main..{branch}")), "1");
    // `--intake main` commits directly to the main branch.
    let output = sandbox
        .casebook("team", &format!("new incident --title 'Import hangs' {COMPLETE} --intake main"))
        .ok();
    assert!(sandbox.git("team.git", "ls-tree -r --name-only main").contains(output.line()));
}

#[test]
fn the_address_of_the_pull_request_from_the_forge_is_shown() {
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
    let output = sandbox
        .casebook("team", &format!("new incident --title 'Export hangs' {COMPLETE} --intake branch"))
        .ok()
        .says(&["there is no remote: the ticket was committed to the current branch work"]);
    assert!(sandbox.git("team", "ls-tree -r --name-only work").contains(output.line()));
    assert_eq!(sandbox.git("team", "branch --format=%(refname:short)"), "main\nwork");
}

#[test]
fn a_body_comes_from_a_file_or_from_standard_input() {
    let sandbox = Sandbox::with_team();
    sandbox.write("body.md", "## Question\nHow are exports restarted, please, without losing any row?\n\n## What I tried\nThe page on exports.\n");
    let output = sandbox
        .casebook(
            "team",
            "new question --title 'Restart an export' --set service=billing-export --body ../body.md",
        )
        .ok();
    let id = output.line();
    sandbox
        .casebook("team", &format!("reply {id} --body -"))
        .input("With the button.\r\n\r\nIt is *blue*.")
        .ok();
    let ticket = sandbox.show("team", id);
    assert!(ticket["body"].as_str().unwrap().contains("without losing any row?"));
    assert!(ticket["replies"][0]["body"].as_str().unwrap().contains("It is *blue*."));
}

#[test]
fn a_ticket_that_waits_for_its_pull_request_is_shown_and_explained() {
    let sandbox = Sandbox::with_team();
    sandbox.remote("team", "team.git");
    let old = sandbox.open("team", "Import hangs");
    let settings = sandbox
        .read("team/casebook.yml")
        .replace("intake: main", "intake: branch\nrepository: https://github.com/acme/oncall");
    sandbox.write("team/casebook.yml", settings).commit("team", "branches").git("team", "push -q");
    let id = sandbox.open("team", "Export hangs");
    let end = id.rsplit('-').next().unwrap();
    let compare = format!("https://github.com/acme/oncall/compare/ticket/{id}?expand=1");
    let place = format!("{id} is on branch ticket/{id}, which is not merged yet");
    sandbox.casebook("team", &format!("show {end}")).ok().prints(&["Export hangs"]).says(&[&place, &compare]);
    for line in
        [format!("reply {id} --message x"), format!("resolve {end} --as declined"), format!("reopen {id}")]
    {
        sandbox.casebook("team", &line).fails(1).says(&[
            &place,
            &compare,
            &format!("`git switch ticket/{id}`"),
        ]);
    }
    // A command that only refers to it says the same.
    for line in [format!("resolve {old} --as duplicate --of"), "similar".to_owned()] {
        sandbox.casebook("team", &format!("{line} {id}")).fails(1).says(&[&place, &compare]);
    }
    // This also works when only the remote has the branch. After a merge there, a fetch is enough.
    sandbox.git("team", &format!("branch -q -D ticket/{id}"));
    sandbox.casebook("team", &format!("show {id}")).ok().says(&[&place]);
    sandbox.git("team.git", &format!("update-ref refs/heads/main ticket/{id}"));
    sandbox.git("team", "fetch -q");
    let merged = format!("{id} is merged to origin/main, but not in your branch yet");
    sandbox.casebook("team", &format!("reply {id} --message x")).fails(1).says(&[&merged, "`git pull`"]);
    sandbox.git("team", "pull -q");
    sandbox.casebook("team", &format!("show {id}")).ok().stays_quiet();
}

#[test]
fn a_resumed_draft_of_an_existing_ticket_opens_no_second_ticket() {
    let sandbox = Sandbox::with_team();
    sandbox.remote("team", "team.git");
    for intake in ["main", "branch"] {
        let new =
            format!("new question --title 'Restart an export' --section Question=Short. --intake {intake}");
        let output = sandbox.casebook("team", &new).fails(1);
        let id = output.err.split("--resume ").nth(1).unwrap().split([' ', '`']).next().unwrap().to_owned();
        let draft = format!("team/.git/casebook/drafts/{id}.md");
        let resume = |more: &str| {
            let line = format!(
                "new --resume {id} --intake {intake} --set service=billing-export \
                 --section 'Question=How are exports restarted, please, without losing any row?' \
                 --section 'What I tried=The page on exports.' {more}"
            );
            sandbox.casebook("team", &line)
        };
        let text = sandbox.read(&draft);
        assert_eq!(resume("").ok().line(), id);
        assert!(!sandbox.path(&draft).exists());
        // This is the state after the first command was killed between its commit and the deletion of the draft.
        sandbox.write(&draft, text);
        let before = sandbox.git("team", "for-each-ref --format='%(refname) %(objectname)'");
        assert_eq!(resume("--set priority=high").ok().line(), id);
        assert_eq!(sandbox.git("team", "for-each-ref --format='%(refname) %(objectname)'"), before);
        assert_eq!(sandbox.git("team", "status --porcelain"), "");
    }
}

//! The whole life of a ticket on the command line, with the real program and real repositories.

use serde_json::{Value as Json, json};

use crate::{
    sandbox::{SETTINGS, Sandbox},
    searching::{archive, reply, ticket},
};

#[test]
fn a_new_casebook_has_settings_templates_and_a_first_ticket_that_can_be_resolved() {
    let sandbox = Sandbox::new();
    let output = sandbox.casebook(".", "init oncall").ok().says(&["created a git repository", "commit hook"]);
    assert_eq!(output.line(), sandbox.path("oncall").to_str().unwrap());
    assert_eq!(sandbox.git("oncall", "status --porcelain"), "");
    assert_eq!(sandbox.git("oncall", "rev-list --count HEAD"), "1");
    assert!(sandbox.read("oncall/.gitattributes").contains("eol=lf"));
    let first = sandbox.git("oncall", "ls-files tickets");
    let id = first.rsplit('/').next().unwrap().strip_suffix(".md").unwrap();
    // The same command as the ticket shows.
    let text = sandbox.read(format!("oncall/{first}"));
    let line = text.lines().find_map(|line| line.strip_prefix("    casebook ")).unwrap();
    sandbox.casebook("oncall", line).ok();
    assert_eq!(sandbox.show("oncall", id)["status"], "resolved");
    // A second `init` changes no existing file.
    let before = sandbox.git("oncall", "rev-parse HEAD");
    sandbox
        .casebook("oncall", "init")
        .ok()
        .says(&["casebook.yml exists and was not changed", "nothing was committed"]);
    assert_eq!(sandbox.git("oncall", "rev-parse HEAD"), before);
}

#[test]
fn init_commits_only_its_own_files() {
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

    // Oncall takes the ticket and asks a question; the ticket waits until the requester answers.
    sandbox.casebook("team", &format!("reply {end} --assign me --set priority=high")).by("omar").ok();
    sandbox.casebook("team", &format!("reply {end} --ask version --message 'Which one?'")).by("omar").ok();
    let ticket = sandbox.show("team", end);
    assert_eq!(
        [&ticket["status"], &ticket["assignee"], &ticket["priority"], &ticket["asks"]],
        [&json!("pending"), &json!("omar"), &json!("high"), &json!(["version"])]
    );
    assert_eq!(ticket["first_response"], ticket["replies"][1]["created"], "taking a ticket is no response");
    sandbox.casebook("team", &format!("reply {end} --message 'It is 2.14.0' --set version=2.14.0")).ok();
    let ticket = sandbox.show("team", end);
    assert_eq!([&ticket["status"], &ticket["asks"]], [&json!("open"), &json!([])]);
    assert_eq!(ticket["fields"]["version"], "2.14.0");

    // A note does not change the state.
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
    sandbox.casebook("team", &format!("reopen {end}")).ok().says(&["is already open"]);

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
fn an_incomplete_resolution_is_refused() {
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
fn a_canned_response_sets_text_and_status() {
    let sandbox = Sandbox::with_team();
    let id = sandbox.open("team", "Invoice export times out");
    sandbox.casebook("team", &format!("reply {id} --use ask-for-version-and-logs")).by("omar").ok();
    let ticket = sandbox.show("team", &id);
    assert_eq!([&ticket["status"], &ticket["asks"]], [&json!("pending"), &json!(["version", "Logs"])]);
    let body = ticket["replies"][0]["body"].as_str().unwrap();
    assert!(body.contains("Hello Mei Lin") && !body.contains("{{"), "{body}");
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
fn several_tickets_are_resolved_together_or_not_at_all() {
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
fn a_reply_is_dated_after_the_newest_known_one() {
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
fn an_init_killed_before_its_commit_is_completed_by_the_next() {
    let sandbox = Sandbox::new();
    // The git hook kills Casebook and git.
    sandbox.hook("of-git", "pre-commit", "kill -9 $(awk '{ print $4 }' /proc/$PPID/stat) $PPID");
    let killed = sandbox
        .casebook(".", "init oncall")
        .env("GIT_CONFIG_COUNT", "2")
        .env("GIT_CONFIG_KEY_1", "core.hooksPath");
    let killed = killed.env("GIT_CONFIG_VALUE_1", sandbox.path("of-git/hooks")).run();
    assert_eq!(killed.status, None, "{killed:#?}");
    assert!(sandbox.git_run("oncall", "rev-parse HEAD").run().status != Some(0));
    let output = sandbox.casebook(".", "init oncall").ok().says(&["committed"]);
    assert_eq!(sandbox.git("oncall", "status --porcelain"), "", "{output:#?}");
    assert_eq!(sandbox.git("oncall", "ls-files tickets").lines().count(), 1);
    assert_eq!(sandbox.git("oncall", "rev-list --count HEAD"), "1");
}

#[test]
fn init_in_a_code_repository_announces_only_what_it_does() {
    let sandbox = Sandbox::new();
    sandbox.git(".", "init -q code");
    sandbox.write("code/.gitignore", "*.o\n").commit("code", "code");
    let output = sandbox.casebook("code", "init .").ok();
    let output =
        output.says(&["wrote casebook.yml", "add `/public/` to .gitignore", "installed a commit hook"]);
    assert!(!output.err.contains("/."), "{output:#?}");
    assert_eq!(sandbox.git("code", "log -1 --format=%s"), "casebook: settings and templates");
}

#[test]
fn init_in_a_subfolder_explains_what_belongs_at_the_root() {
    let sandbox = Sandbox::new();
    sandbox.git(".", "init -q code");
    sandbox.write("code/main.c", "").commit("code", "code").hook("code/.git", "pre-commit", "exit 0");
    sandbox.casebook("code", "init 'our support'").ok().says(&[
        "`our support` is inside an existing git repository",
        "add `casebook check --staged --repo 'our support'` to it",
        "no workflows were written",
        "`casebook check --repo 'our support' --at \"$HEAD\"",
    ]);
    assert!(!sandbox.path("code/our support/.github").exists());
}

#[test]
fn a_demo_announces_its_server_only_when_it_runs() {
    let sandbox = Sandbox::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let output = sandbox.casebook(".", &format!("demo --addr {}", taken.local_addr().unwrap())).fails(2);
    let output = output.says(&["cannot listen on", "--addr 127.0.0.1:0"]);
    assert!(!output.err.contains("now serving"), "{output:#?}");
}

#[test]
fn an_answer_in_a_section_of_the_ticket_is_marked() {
    let sandbox = archive();
    let template = "---\nname: Task\nanswer_sections: [Final Summary]\n---\n";
    sandbox.write("team/ticket-templates/task.md", template);
    let text = "---\ntitle: Raise the limit\ntemplate: task\nrequester: lena\ncreated: 2026-11-01T08:00:00Z\n---\nIt times out.\n\n## Final Summary\nThe limit is four gigabytes now.\n";
    sandbox.write("team/tickets/limit-1.md", text);
    reply(&sandbox, "limit-1", "created: 2026-11-02T08:00:00Z\nstatus: resolved\nresolution: fixed", "Done.");
    let shown = sandbox.casebook("team", "show limit-1").ok();
    let mark = shown.out.find("the answer is below ## Final Summary:").expect(&shown.out);
    assert!(mark < shown.out.find("It times out.").unwrap(), "{}", shown.out);
}

#[test]
fn a_duplicate_shows_the_answer_of_its_original() {
    let sandbox = archive();
    sandbox.write("team/casebook.yml", format!("{SETTINGS}visibility: public\n"));
    let faster = "Saskia was faster than you, please see there.";
    for (id, of) in [("again", "export-1"), ("once-more", "again"), ("private-copy", "secret")] {
        ticket(&sandbox, id, "created: 2026-11-01T08:00:00Z", &format!("Export {id}"), "It times out.");
        let keys = format!(
            "created: 2026-11-02T08:00:00Z\nstatus: resolved\nresolution: duplicate\nduplicate_of: {of}"
        );
        reply(&sandbox, id, &keys, faster);
    }
    ticket(&sandbox, "secret", "visibility: internal\ncreated: 2026-10-01T08:00:00Z", "Merger", "Secret.");
    let resolved = "created: 2026-10-02T08:00:00Z\nstatus: resolved\nresolution: answered";
    reply(&sandbox, "secret", resolved, "The customer Nachtigall is behind on three invoices.");
    for id in ["again", "once-more"] {
        let shown = sandbox.casebook("team", &format!("show {id}")).ok();
        let text = &shown.out[..shown.out.find(faster).unwrap()];
        assert!(text.contains("the answer of export-1: Invoice export times out"), "{text}");
        assert!(text.contains("Raised the limit of the job to four gigabytes."), "{text}");
        assert!(!shown.out.contains("the answer:"), "{}", shown.out);
        let answer = &sandbox.show("team", id)["original_answer"];
        assert_eq!(answer["id"], "export-1");
        assert!(answer["text"].as_str().unwrap().contains("four gigabytes"));
    }
    assert_eq!(sandbox.show("team", "export-1")["original_answer"], Json::Null);
    sandbox.casebook("team", "build --out ../public --audience public").ok();
    let page = sandbox.read("public/tickets/once-more/index.html");
    let answer = page.split("id=\"answer\"").nth(1).unwrap().split("</section>").next().unwrap();
    assert!(answer.contains("four gigabytes") && answer.contains("tickets/export-1/"), "{answer}");
    let page = sandbox.read("public/tickets/private-copy/index.html");
    assert!(
        page.contains("Saskia was faster") && !page.contains("Nachtigall") && !page.contains("Merger"),
        "{page}"
    );
    // Tickets without an answer of their own are not in the list.
    let home = sandbox.read("public/index.html");
    let recent = home.split("Recently resolved").nth(1).unwrap();
    let recent = recent.split("</section>").next().unwrap();
    assert!(recent.contains("Invoice export times out"), "{recent}");
    assert!(!recent.contains("Duplicate") && !recent.contains("Declined"), "{recent}");
    assert_eq!(sandbox.sh(".", "grep -rl Nachtigall public || true").ok().out, "");
}

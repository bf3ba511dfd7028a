//! Messages after a wrong command tell the user what to do next.

use crate::sandbox::Sandbox;

#[test]
fn sections_of_a_message_replace_hints_of_a_canned_response() {
    let sandbox = Sandbox::with_team();
    sandbox.write(
        "team/ticket-templates/replies/rolled-back.md",
        "---\ntitle: Rolled back\nstatus: resolved\nresolution: fixed\n---\nPlease look, {{ requester }}.\n\n\
         ## Cause\n<!-- Which change? -->\n\n## Fix\n<!-- To which version? -->\n",
    );
    let id = sandbox.open("team", "Exports end with a timeout");
    let reply = "--use rolled-back --section 'Cause=Release 3.1 reads all rows at once.' \
                 --section 'Fix=Rolled back to 3.0 by the pipeline.' --message 'It was us.' --set root_cause=code";
    let path = sandbox.casebook("team", &format!("reply {id} {reply}")).ok().line().to_owned();
    let text = sandbox.read(format!("team/{path}"));
    assert!(
        text.ends_with(
            "Please look, Mei Lin.\n\nIt was us.\n\n## Cause\nRelease 3.1 reads all rows at once.\n\n## Fix\nRolled back to 3.0 \
             by the pipeline.\n"
        ),
        "{text}"
    );
}

#[test]
fn setting_the_status_resolved_names_the_command_resolve() {
    let sandbox = Sandbox::with_team();
    let id = sandbox.open("team", "Exports end with a timeout");
    let output = sandbox.casebook("team", &format!("reply {id} --status resolved")).fails(2);
    output.says(&[&format!("`casebook resolve {id} --as fixed`"), "workaround, answered"]);
    sandbox.casebook("team", "show nothing-like-this").fails(1).says(&["`casebook search WORDS`"]);
    sandbox
        .casebook("team", &format!("resolve {id} --as fixed"))
        .fails(1)
        .says(&["nothing was saved", "--section 'Cause=…'"]);
}

#[test]
fn a_site_is_not_built_into_the_folders_of_its_sources() {
    let sandbox = Sandbox::with_team();
    for out in [".", "site", "./tickets/pages", "x/../knowledge"] {
        sandbox
            .casebook("team", &format!("build --out {out}"))
            .fails(2)
            .says(&["cannot build the site into", "--out public`"]);
    }
    assert_eq!(sandbox.git("team", "status --short"), "");
    sandbox.casebook("team", "build --out x/../pages").ok();
}

#[test]
fn an_invalid_address_to_listen_on_is_explained() {
    let sandbox = Sandbox::with_team();
    sandbox.casebook("team", "serve --addr here").fails(2).says(&["such as `127.0.0.1:4177`"]);
}

#[test]
fn a_cause_is_printed_once() {
    let output = Sandbox::with_team().casebook("team", "check --repo nowhere").fails(2);
    assert_eq!(output.err.matches("No such file").count(), 1, "{output:#?}");
}

#[test]
fn a_casebook_in_a_subfolder_does_not_block_the_other_files() {
    let sandbox = Sandbox::new();
    sandbox.git(".", "init -q team");
    sandbox.write("team/src.txt", "x").commit("team", "before");
    sandbox
        .casebook("team", "init 'our oncall'")
        .ok()
        .says(&["`our oncall` is inside an existing git repository"]);
    sandbox.write("team/src.txt", "y").commit("team", "the commit hook finds the casebook");
    sandbox.write("team/our oncall/tickets/2026/11/x.md", "no front matter\n");
    sandbox.git("team", "add -A");
    sandbox.git_run("team", "commit -q -m 'a broken ticket'").fails(1).says(&["no-front-matter"]);
}

#[test]
fn a_canned_response_with_hints_left_is_refused() {
    let sandbox = Sandbox::with_team();
    let id = sandbox.open("team", "Exports end with a timeout");
    let before = sandbox.git("team", "rev-parse HEAD");
    sandbox
        .casebook(
            "team",
            &format!("reply {id} --use rolled-back --set root_cause=code --section 'Cause=A release.'"),
        )
        .fails(1)
        .says(&["fill in these parts of the canned response `rolled-back`: Fix", "--section 'Fix=…'`"]);
    assert_eq!(sandbox.git("team", "rev-parse HEAD"), before);
}

#[test]
fn an_incomplete_resolution_gets_a_whole_command() {
    let sandbox = Sandbox::with_team();
    let id = sandbox.open("team", "Exports end with a timeout");
    let output = sandbox
        .casebook("team", &format!("resolve {id} --as fixed --section 'Answer=Restarted it.'"))
        .fails(1)
        .says(&[
            "resolution `fixed` has no section `Answer` (it has Cause, Fix",
            "as an option: `--section 'Cause=…'`",
            "as an option: `--set root_cause=…`",
            &format!(
                "run `casebook resolve {id} --as fixed --section 'Answer=Restarted it.' --set root_cause=… \
                 --section 'Cause=…' --section 'Fix=…'`"
            ),
        ]);
    // The command works as printed, except for the dots.
    let line = output.err.split("run `casebook ").nth(1).unwrap().split('`').next().unwrap();
    let line = line.replace("root_cause=…", "root_cause=code").replace('…', "It read all rows at once.");
    sandbox.casebook("team", &line).ok();
}

#[test]
fn a_command_that_a_hint_repeats_has_each_option_once() {
    let sandbox = Sandbox::with_team();
    let id = sandbox.open("team", "Exports end with a timeout");
    sandbox
        .casebook("team", &format!("reply {id} -m ' ' --no-push"))
        .fails(2)
        .says(&[&format!("`casebook reply {id} --no-push --message '…'`")]);
    let output = sandbox.casebook("team", &format!("resolve {id} --as fixed --section Fix=none")).fails(1);
    let line = output.err.split("run `casebook ").nth(1).unwrap().split('`').next().unwrap();
    assert_eq!(line.matches("Fix=").count(), 1, "{line}");
}

#[test]
fn a_key_that_is_no_field_of_a_ticket_names_the_option_that_changes_it() {
    let sandbox = Sandbox::with_team();
    let id = sandbox.open("team", "Exports end with a timeout");
    let head = sandbox.git("team", "rev-parse HEAD");
    for (set, instead) in [
        ("assignee=me", "`--assign me`"),
        ("assignee=", "`--assign none`"),
        ("status=on-hold", "`--status on-hold`"),
        ("status=closed", "`casebook resolve ID --as fixed`"),
        ("resolution=declined", "`casebook resolve ID --as declined`"),
        ("duplicate_of=k7f3qa", "`casebook resolve ID --as duplicate --of k7f3qa`"),
        ("asks=version", "`casebook reply ID --ask version`"),
    ] {
        sandbox
            .casebook("team", &format!("reply {id} --set {set}"))
            .fails(2)
            .says(&["`--set` cannot", instead]);
    }
    for (option, instead) in [("--as wontfix", "--as declined"), ("--as Done", "--as fixed")] {
        sandbox.casebook("team", &format!("resolve {id} {option}")).fails(2).says(&[instead]);
    }
    sandbox.casebook("team", &format!("reply {id} --status closed")).fails(2).says(&["casebook resolve ID"]);
    assert_eq!(sandbox.git("team", "rev-parse HEAD"), head);
}

#[test]
fn a_ticket_is_named_by_its_file_or_by_the_address_of_its_page() {
    let sandbox = Sandbox::with_team();
    let id = sandbox.open("team", "Exports end with a timeout");
    let path =
        sandbox.casebook("team", &format!("reply {id} --message 'It happens daily.'")).ok().line().to_owned();
    let file = format!("{}.md", path.rsplit_once('/').unwrap().0);
    for name in [&file, &path, &format!("https://oncall.example/tickets/{id}/"), &format!("#{id}")] {
        sandbox.casebook("team", &format!("show '{name}'")).ok();
        sandbox.casebook("team", &format!("reply '{name}' --message 'It happened again.'")).ok().says(&[&id]);
    }
}

#[test]
fn an_article_is_shown_by_its_name_its_file_or_the_address_of_its_page() {
    let sandbox = Sandbox::with_team();
    let article = "---\ntitle: Limits of exports\nservice: billing-export\ntags: [export]\n---\n## Fix\nAsk for more memory.\n";
    sandbox.write("team/knowledge/export-limits.md", article).commit("team", "an article");
    for name in [
        "export-limits",
        "knowledge/export-limits",
        "knowledge/export-limits.md",
        "https://oncall.example/knowledge/export-limits/",
    ] {
        sandbox.casebook("team", &format!("show {name}")).ok().prints(&[
            "Limits of exports\nknowledge/export-limits  article\n",
            "billing-export",
            "Ask for more memory.",
        ]);
    }
    let shown = sandbox.casebook("team", "show export-limits --format json").ok().json();
    assert_eq!(
        (&shown["slug"], &shown["body"]),
        (&"export-limits".into(), &"## Fix\nAsk for more memory.\n".into())
    );
    // A command that needs a ticket names the command and the file.
    sandbox.casebook("team", "reply export-limits --message x").fails(1).says(&[
        "is an article",
        "`casebook show export-limits`",
        "edit `knowledge/export-limits.md`",
    ]);
}

#[test]
fn words_after_the_id_get_the_option_that_they_need() {
    let sandbox = Sandbox::with_team();
    let id = sandbox.open("team", "Exports end with a timeout");
    for (line, hint) in [
        (format!("reply {id} works again"), format!("`casebook reply {id} --message 'works again'`")),
        (format!("reply {id} pending"), format!("`casebook reply {id} --status pending`")),
        (format!("resolve {id} declined"), format!("`casebook resolve {id} --as declined`")),
        (
            format!("resolve {id} not needed"),
            format!("`casebook resolve {id} --as fixed --message 'not needed'`"),
        ),
    ] {
        sandbox.casebook("team", &line).run().says(&[&hint]);
    }
    let output = sandbox.casebook("team", &format!("reply {id} other-k7f3qa")).fails(1);
    assert!(!output.err.contains("--message"), "{output:#?}");
    sandbox.casebook("team", "mine").fails(2).says(&["`casebook list assignee:me`"]);
    sandbox.casebook("team", "articles").fails(2).says(&["finds articles too"]);
}

#[test]
fn a_commit_that_a_remote_did_not_get_is_pushed_as_the_message_says() {
    let sandbox = Sandbox::with_team();
    sandbox.remote("team", "team.git");
    let id = sandbox.open("team", "Exports end with a timeout");
    let away = || std::fs::rename(sandbox.path("team.git"), sandbox.path("away.git")).unwrap();
    let back = || std::fs::rename(sandbox.path("away.git"), sandbox.path("team.git")).unwrap();
    away();
    let line = format!("reply {id} --message 'It happens daily.'");
    let output = sandbox.casebook("team", &line).fails(2);
    let next = output.err.split("to push it later: `git ").nth(1).unwrap_or_else(|| panic!("{}", output.err));
    assert!(next.starts_with("pull --rebase && git push`"), "{next}");
    back();
    sandbox.git("team", "pull -q --rebase");
    sandbox.git("team", "push -q");
    assert_eq!(sandbox.git("team.git", "rev-parse main"), sandbox.git("team", "rev-parse HEAD"));
    away();
    let line = "new question --title 'Restart an export' --set service=billing-export --intake branch \
                --section 'Question=How do I restart an export that has stopped at night?' --section 'What I tried=The page on exports says nothing.'";
    let output = sandbox.casebook("team", line).fails(2);
    let next = output.err.split("to push it later: `git ").nth(1).unwrap_or_else(|| panic!("{}", output.err));
    back();
    sandbox.git("team", next.split('`').next().unwrap());
    sandbox.git("team.git", &format!("rev-parse --verify -q ticket/{}", output.line()));
}

#[test]
fn a_missing_resolution_lists_the_choices() {
    let sandbox = Sandbox::with_team();
    let id = sandbox.open("team", "Exports end with a timeout");
    sandbox.casebook("team", &format!("resolve {id}")).fails(2).says(&[
        "missing resolution",
        &format!("`casebook resolve {id} --as fixed`"),
        "workaround, answered, duplicate, not-reproducible, declined",
    ]);
}

#[test]
fn a_resolved_ticket_is_not_resolved_again_by_mistake() {
    let sandbox = Sandbox::with_team();
    sandbox.remote("team", "team.git");
    let id = sandbox.open("team", "Exports end with a timeout");
    sandbox.hook("team.git", "pre-receive", "exit 1");
    let line = format!("resolve {id} --as declined");
    sandbox.casebook("team", &line).fails(2).says(&["not pushed"]);
    std::fs::remove_file(sandbox.path("team.git/hooks/pre-receive")).unwrap();
    // The same command again pushes the commit; after that it has no effect.
    sandbox.casebook("team", &line).ok().says(&["pushed to origin/main"]);
    let head = sandbox.git("team", "rev-parse HEAD");
    sandbox.casebook("team", &line).ok().says(&["is already resolved (declined); nothing was saved"]);
    assert_eq!(sandbox.git("team", "rev-parse HEAD"), head);
    sandbox
        .casebook(
            "team",
            &format!("resolve {id} --as not-reproducible --message 'It does not happen any more.'"),
        )
        .ok()
        .says(&["is already resolved (declined); this resolution replaces"]);
    let ticket = sandbox.show("team", &id);
    assert_eq!((&ticket["resolution"], &ticket["reply_count"]), (&"not-reproducible".into(), &2.into()));
    sandbox
        .casebook("team", &format!("reply {id} --message 'Thank you.'"))
        .ok()
        .says(&["the ticket stays resolved", &format!("`casebook reopen {id}`")]);
}

#[test]
fn only_fields_and_sections_of_the_template_can_be_asked_for() {
    let sandbox = Sandbox::with_team();
    let line = "new question --title 'Restart an export' --set service=billing-export \
        --section 'Question=How are exports restarted without losing any row?' --section 'What I tried=The page on exports.'";
    let id = sandbox.casebook("team", line).ok().line().to_owned();
    sandbox.casebook("team", &format!("reply {id} --ask version")).fails(2).says(&[
        "template `question` has no field or section `version`",
        "the template has service",
        "What I tried",
    ]);
    sandbox.casebook("team", &format!("reply {id} --ask 'what i tried'")).ok();
}

#[test]
fn an_article_has_the_same_name_as_in_search() {
    let sandbox = Sandbox::with_team();
    sandbox
        .write("team/knowledge/export-limits.md", "---\ntitle: Limits\n---\n## Fix\nAsk for more memory.\n");
    sandbox.commit("team", "an article");
    let id = sandbox.open("team", "Exports end with a timeout");
    let line = format!(
        "resolve {id} --as answered --answered-by knowledge/export-limits --section 'Fix=The article on limits says how to raise them.'"
    );
    sandbox.casebook("team", &line).ok();
    assert_eq!(sandbox.show("team", &id)["answered_by"], serde_json::json!(["export-limits"]));
}

//! `casebook check` and `casebook explain`: the required content of a ticket.

use std::fs;

use crate::{
    checked::{BROKEN, CheckOutput as _, FileChanges as _, RESOLVED, TICKET, with_ticket},
    sandbox::Sandbox,
};

#[test]
fn all_findings_are_listed_with_their_place_and_fix() {
    let sandbox = with_ticket();
    sandbox.write("team/tickets/bad.md", BROKEN).write("team/tickets/bad/r.md", "---\nassignee: @mei\n---\n");
    let run = sandbox.casebook("team", "check --format short").fails(1);
    assert_eq!(
        run.findings(),
        [
            "tickets/bad.md weak-title",
            "tickets/bad.md missing-section",
            "tickets/bad.md unknown-key",
            "tickets/bad.md bad-value",
            "tickets/bad.md placeholder",
            "tickets/bad/r.md unsigned-reply",
            "tickets/bad/r.md unsigned-reply",
            "tickets/bad/r.md broken-yaml",
        ]
    );
    sandbox.casebook("team", "check").fails(1).prints(&[
        "error[unknown-key]: unknown key `servce`",
        " --> tickets/bad.md:4:1",
        "4 | servce: billing-api",
        "help: write `service`",
        "8 errors in 2 files",
    ]);
}

#[test]
fn without_problems_standard_output_is_empty() {
    with_ticket().casebook("team", "check").ok().prints_nothing().says(&["2 files checked, no problems"]);
    with_ticket().casebook("team", "check --quiet").ok().prints_nothing().hides(&["checked"]);
}

#[test]
fn warnings_alone_leave_the_exit_status_at_0_and_settings_change_levels() {
    let sandbox = with_ticket();
    sandbox.replace("team/tickets/good.md", "requester: lena", "requester: lnea");
    sandbox.casebook("team", "check").ok().prints(&["warning[unknown-person]", "1 warning in 1 file"]);
    let settings = sandbox.read("team/casebook.yml");
    sandbox.write("team/casebook.yml", format!("{settings}levels: {{ unknown-person: deny }}\n"));
    sandbox.casebook("team", "check").fails(1).prints(&["error[unknown-person]", "1 error in 1 file"]);
    sandbox.write("team/casebook.yml", format!("{settings}levels: {{ unknown-person: allow }}\n"));
    sandbox.casebook("team", "check").ok().prints_nothing();
}

#[test]
fn json_output_is_one_document() {
    let sandbox = with_ticket();
    sandbox.write("team/tickets/bad.md", BROKEN);
    let json = sandbox.casebook("team", "check --format json").fails(1).json();
    assert_eq!(
        (json["errors"].as_u64(), json["warnings"].as_u64(), json["files"].as_u64()),
        (Some(5), Some(0), Some(1))
    );
    let key =
        json["findings"].as_array().unwrap().iter().find(|finding| finding["code"] == "unknown-key").unwrap();
    assert_eq!(
        (key["path"].as_str(), key["line"].as_u64(), key["column"].as_u64()),
        (Some("tickets/bad.md"), Some(4), Some(1))
    );
    assert_eq!(key["fix"]["edits"][0]["replacement"], "service");
    let empty = sandbox.remove("team/tickets/bad.md").casebook("team", "check --format json").ok().json();
    assert_eq!(empty.to_string(), r#"{"findings":[],"errors":0,"warnings":0,"files":0}"#);
}

#[test]
fn a_ticket_cannot_inject_commands_into_the_forge() {
    let sandbox = with_ticket();
    sandbox.replace(
        "team/tickets/good.md",
        "service: billing-api",
        "\"service\\n::error::@everyone%\": 1\nservice: billing-api",
    );
    let run = sandbox.casebook("team", "check --format github").fails(1);
    assert_eq!(run.out.lines().count(), 1, "{}", run.out);
    assert!(
        run.out.starts_with("::error file=tickets/good.md,line=4,") && run.out.contains("%0A::error::"),
        "{}",
        run.out
    );
}

#[test]
fn paths_are_relative_to_the_current_folder() {
    let sandbox = with_ticket();
    sandbox
        .write("team/tickets/2026/bad.md", BROKEN)
        .write("team/tickets/also-bad.md", BROKEN)
        .write("team/README.md", "");
    let files = |dir: &str, words: &str| -> Vec<String> {
        let run = sandbox.casebook(dir, &format!("check --format short {words}"));
        let mut files: Vec<String> =
            run.run().findings().iter().map(|found| found.split(' ').next().unwrap().to_owned()).collect();
        files.dedup();
        files
    };
    assert_eq!(files("team", "tickets/also-bad.md"), ["tickets/also-bad.md"]);
    assert_eq!(files("team/tickets/2026", "."), ["tickets/2026/bad.md"]);
    assert_eq!(
        files("team/tickets/2026", "../also-bad.md bad.md"),
        ["tickets/2026/bad.md", "tickets/also-bad.md"]
    );
    assert_eq!(files("team", "tickets/good.md"), [""; 0]);
    assert_eq!(files(".", "--repo team tickets/2026"), ["tickets/2026/bad.md"]);
    sandbox
        .casebook("team", "check tickets/nope.md")
        .fails(2)
        .says(&["file or folder not found: `tickets/nope.md`"]);
    sandbox.casebook("team", "check README.md").ok().says(&["skipped README.md: not a file of the casebook"]);
}

#[test]
fn a_fix_changes_no_other_byte() {
    let sandbox = Sandbox::with_team();
    let ticket = "\u{feff}---\r\ntitle: 'Totals of credit notes'   # mine\r\ntemplate: question\r\nservice: billing-api\r\ntags: [no, b]\r\n---\r\n# Question:\r\nWhy do the totals of credit notes show -0.00?\r\n## What I tried\r\nThe web view shows 0.00 \r\n";
    let reply = "---\nstatus: open\nassignee: @mei\n---\nIt is back.  \n\n\n";
    sandbox.write("team/tickets/t.md", ticket).write("team/tickets/t/r.md", reply);
    sandbox.commit_by("lena");
    let time = sandbox.git("team", "log -1 --format=%aI").replace("+00:00", "Z");
    sandbox.casebook("team", "check").fails(1);
    sandbox
        .casebook("team", "check --fix")
        .ok()
        .says(&["fixed tickets/t.md: write `\"no\"` [ambiguous-value]", "no problems"]);
    let fixed = ticket
        .replace("[no, b]\r\n", &format!("[\"no\", b]\r\nrequester: lena\r\ncreated: {time}\r\n"))
        .replace("# Question:", "## Question");
    let lines = |text: &str| {
        let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(lines(&sandbox.read("team/tickets/t.md")), lines(&fixed));
    let fixed = sandbox.read("team/tickets/t/r.md");
    assert_eq!(
        lines(&fixed),
        lines(&format!(
            "---\nstatus: open\nassignee: mei\nauthor: lena\ncreated: {time}\n---\nIt is back.  \n\n\n"
        ))
    );
    assert!(fixed.ends_with("---\nIt is back.  \n\n\n"));
    let before = fs::metadata(sandbox.path("team/tickets/t.md")).unwrap().modified().unwrap();
    sandbox.casebook("team", "check --fix").ok();
    assert_eq!(fs::metadata(sandbox.path("team/tickets/t.md")).unwrap().modified().unwrap(), before);
}

#[test]
fn an_unsafe_fix_is_not_applied() {
    let sandbox = with_ticket();
    sandbox.write("team/tickets/bad.md", BROKEN).commit("team", "bad");
    sandbox.casebook("team", "check --fix").fails(1);
    assert_eq!(sandbox.read("team/tickets/bad.md"), BROKEN);
}

#[test]
fn a_commit_by_another_author_is_reported() {
    let sandbox = with_ticket();
    sandbox
        .write("team/tickets/good/r.md", RESOLVED.replace("author: mei", "author: lena"))
        .commit("team", "reply");
    sandbox
        .casebook("team", "check --since HEAD~1")
        .ok()
        .prints(&["warning[author-mismatch]: author is `lena`, but `mei` committed this file"]);
    sandbox.casebook("team", "check").ok().prints_nothing();
}

#[test]
fn a_secret_is_refused_and_never_printed() {
    let sandbox = with_ticket();
    let token = concat!("AKIA", "Q3EGRYB7KMZP2XWN");
    sandbox.write("team/tickets/good/trace.log", format!("connect\nkey={token} ok\n"));
    for format in ["human", "short", "json", "github"] {
        sandbox
            .casebook("team", &format!("check --format {format}"))
            .fails(1)
            .prints(&["possible secret", "tickets/good/trace.log"])
            .hides(&[token]);
    }
    sandbox.casebook("team", "check").fails(1).prints(&["key=******************** ok"]);
}

#[test]
fn a_broken_file_does_not_hide_other_findings() {
    let sandbox = with_ticket();
    sandbox
        .write("team/tickets/latin.md", b"---\ntitle: caf\xe9\n---\n")
        .write("team/tickets/binary.md", [0u8, 159, 146, 150])
        .write("team/tickets/open.md", "---\ntitle: x\n")
        .write(
            "team/tickets/conflict.md",
            TICKET.replace("service", "<<<<<<< HEAD\nservice: a\n=======\nservice: b\n>>>>>>> x\nservice"),
        )
        .write("team/tickets/bad.md", BROKEN);
    std::os::unix::fs::symlink("/etc/passwd", sandbox.path("team/tickets/link.md")).unwrap();
    let found = sandbox.casebook("team", "check --format short").fails(1).findings();
    for expected in [
        "tickets/latin.md not-utf8",
        "tickets/binary.md no-front-matter",
        "tickets/open.md no-front-matter",
        "tickets/conflict.md conflict-markers",
        "tickets/link.md symlink",
        "tickets/bad.md unknown-key",
    ] {
        assert!(found.iter().any(|found| found == expected), "{expected} is not in {found:?}");
    }
    assert!(!found.iter().any(|found| found.starts_with("tickets/good.md")), "{found:?}");
}

#[test]
fn explain_describes_a_rule() {
    let sandbox = Sandbox::new();
    sandbox.casebook(".", "explain").ok().prints(&["missing-section", "unknown-person"]);
    sandbox.casebook(".", "explain unknown-person").ok().prints(&[
        "This fails:",
        "assignee: meilin",
        "This passes:",
    ]);
    sandbox.casebook(".", "explain unknown-persn").fails(2).says(&["did you mean `unknown-person`?"]);
    let json = sandbox.casebook(".", "explain secret --format json").ok().json();
    assert_eq!((json["level"].as_str(), json["cases"][0]["fails"].as_bool()), (Some("deny"), Some(true)));
    let all = sandbox.casebook(".", "explain --format json").ok().json();
    assert!(all["rules"].as_array().unwrap().len() > 40);
}

#[test]
fn a_renamed_rule_keeps_its_level_and_its_explanation_under_the_former_name() {
    let sandbox = with_ticket();
    let settings = sandbox.read("team/casebook.yml");
    sandbox.write("team/casebook.yml", format!("{settings}levels: {{ taken-name: warn }}\n"));
    sandbox
        .write("team/ticket-templates/bug.md", "---\ntitle: Bug\nfields: { status: { type: text } }\n---\n");
    sandbox.casebook("team", "check ticket-templates casebook.yml").fails(1).prints(&[
        "warning[reserved-name]",
        "warning[unknown-rule]: the rule `taken-name` is now called `reserved-name`",
        "1 error, 2 warnings in 2 files",
    ]);
    sandbox.casebook("team", "check --fix").fails(1).says(&["fixed casebook.yml: write `reserved-name`"]);
    assert!(sandbox.read("team/casebook.yml").ends_with("levels: { reserved-name: warn }\n"));
    sandbox
        .casebook(".", "explain taken-name")
        .ok()
        .prints(&["reserved-name  deny"])
        .says(&["the rule `taken-name` is now called `reserved-name`"]);
}

#[test]
fn one_run_fixes_a_file_and_the_next_run_changes_nothing() {
    let sandbox = with_ticket();
    let settings = sandbox.read("team/casebook.yml");
    sandbox.write("team/casebook.yml", settings.replace("title: ", "title:@"));
    sandbox.replace("team/tickets/good.md", "---\ntitle", "---\nsource:\"a\"\ntitle");
    let files = ["team/casebook.yml", "team/tickets/good.md"];
    sandbox.casebook("team", "check --fix").ok().says(&["fixed tickets/good.md: write `source: \"a\"`"]);
    let once = files.map(|file| sandbox.read(file));
    assert!(once[0].contains("title: \"@") && once[1].contains("source: \"a\"\n"), "{once:?}");
    sandbox.casebook("team", "check --fix").ok().hides(&["fixed"]);
    assert_eq!(files.map(|file| sandbox.read(file)), once);
}

#[test]
fn a_fix_that_would_cause_another_problem_is_not_applied() {
    let sandbox = with_ticket();
    let ticket = TICKET.replace("requester: lena", "requester: @nobody");
    sandbox.write("team/tickets/good.md", &ticket).commit("team", "ticket");
    sandbox.casebook("team", "check --fix").fails(1).says(&[
        "not fixed tickets/good.md: write `nobody` [broken-yaml]: the fix would cause another problem",
    ]);
    assert_eq!(sandbox.read("team/tickets/good.md"), ticket);
}

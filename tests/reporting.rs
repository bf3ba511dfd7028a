//! `casebook report`: its numbers, reproduced by SQL on a generated history, and its behaviour.

use std::path::Path;

use casebook::internals::text::Time;
use serde_json::{Value as Json, json};

use crate::{
    sandbox::{CommandOutput, Run, Sandbox},
    served::{Answer, Server},
    trials::{Random, seed},
};

const SETTINGS: &str = r#"version: 1
title: Acme Oncall
timezone: Europe/Berlin
visibility: public
services:
  billing-api: { name: Billing API, paths: ["/console/billing/**"] }
  billing-export: { name: Billing export, part_of: billing-api }
  sign-in: { name: Sign-in }
people:
  mei: { name: Mei Lin, emails: [mei@acme.example] }
  omar: { name: Omar Diaz, emails: [omar@acme.example] }
  lena: { name: Lena Weber, emails: [lena@acme.example] }
targets:
  urgent: { first_response: 15m, resolution: 4h }
  normal: { first_response: 4h, resolution: 3d }
business_hours: { days: [mon, tue, wed, thu, fri], from: "09:00", to: "18:00", holidays: [2026-10-05] }
"#;

/// The same settings for the script, which reads no YAML.
fn settings() -> Json {
    json!({
        "timezone": "Europe/Berlin",
        "visibility": "public",
        "articles": { "exports": ["ticket-001", "ticket-002"] },
        "targets": {
            "urgent": { "first_response": 900, "resolution": 14_400 },
            "normal": { "first_response": 14_400, "resolution": 259_200 },
        },
        "business_hours": { "days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00", "to": "18:00", "holidays": ["2026-10-05"] },
    })
}

const TEMPLATE: &str = "---\ntitle: Incident\nabout: Something is broken.\nfields:\n  service: { type: service }\n  \
                        version:\n    type: text\n    example: 2.14.0\nsections:\n  Problem: { required: open }\n  \
                        Logs: { needs: [code] }\n---\n## Problem\n";

/// A generated history.
struct History {
    sandbox: Sandbox,
    /// The sum of the costs of the asks for `version` in incidents of the default period, in seconds.
    version_cost: i64,
    /// The number of tickets without a version.
    without_version: usize,
}

/// A ticket that is being written.
struct Writer<'a> {
    sandbox: &'a Sandbox,
    id: String,
    replies: usize,
}

impl Writer<'_> {
    fn reply(&mut self, at: i64, author: &str, front: &str, body: &str) {
        self.replies += 1;
        // The names of files are not in the order of their times.
        let name = format!("{}-{}", 97 - self.replies % 97, self.replies);
        let text = format!("---\nauthor: {author}\ncreated: {}\n{front}---\n{body}\n", time(at));
        self.sandbox.write(format!("team/tickets/{}/{name}.md", self.id), text);
    }
}

fn time(at: i64) -> String {
    Time::from_seconds(at).unwrap().to_string()
}

fn seconds(text: &str) -> i64 {
    Time::parse(text).unwrap().seconds()
}

/// The newest time of the history: an evening in Berlin.
const END: &str = "2026-11-20T19:30:00Z";

/// Writes a repository with tickets of 300 days: one of four incidents lacks its version, for which oncall asks.
fn history(seed: u64) -> History {
    let (sandbox, random) = (Sandbox::new(), &mut Random::of(seed));
    sandbox.git(".", "init -q team");
    sandbox.write("team/casebook.yml", SETTINGS);
    sandbox.write("team/ticket-templates/incident.md", TEMPLATE);
    sandbox.write(
        "team/ticket-templates/question.md",
        "---\ntitle: Question\nabout: A question.\n---\n## Question\n",
    );
    let end = seconds(END);
    let (mut version_cost, mut without_version) = (0, 0);
    let mut answered: Vec<String> = Vec::new();
    for n in 0..400 {
        // The newest ticket is opened at the end.
        let opened = end
            - i64::try_from((399 - n) * 300 * 86_400 / 400 + random.below(40_000) * usize::from(n < 399))
                .unwrap();
        let is_incident = n % 2 == 0;
        let lacks_version = n % 8 == 0;
        let mut ticket = Writer { sandbox: &sandbox, id: format!("ticket-{n:03}"), replies: 0 };
        let mut front = format!("title: Ticket number {n} of the history\ncreated: {}\n", time(opened));
        front += if is_incident { "template: incident\n" } else { "template: question\n" };
        front += &format!("requester: {}\n", random.one(&["lena", "ann", "li"]));
        let requester = front.rsplit_once(": ").unwrap().1.trim().to_owned();
        front += random.one(&["", "priority: urgent\n", "priority: low\n"]);
        let service = random.one(&["billing-api", "billing-export", "sign-in", ""]);
        front += &if service.is_empty() { String::new() } else { format!("service: {service}\n") };
        front += random.one(&["", "tags: [export, slow]\n", "tags: [export]\n"]);
        front += random.one(&[
            "",
            "path: [/console, /console/billing/exports?page=2]\n",
            "path: [/console/sign-in/]\n",
        ]);
        front += random.one(&["", "", "visibility: internal\n"]);
        if is_incident && !lacks_version {
            front += "version: 2.14.0\n";
        }
        let mut body = "## Problem\nThe export of invoices ends after half a minute.\n".to_owned();
        let mut at = opened + i64::try_from(60 + random.below(20_000)).unwrap();
        let mut later = |most: usize| {
            at = (at + i64::try_from(1 + random.below(most)).unwrap()).min(end);
            at
        };
        if n % 11 == 0 {
            ticket.reply(later(5_000), "omar", "assignee: omar\n", "<!-- no text -->");
        }
        if n % 13 == 0 {
            let note = if front.contains("internal") { "" } else { "visibility: internal\n" };
            ticket.reply(later(100), "omar", note, "Only for us.");
        }
        if n % 17 == 0 {
            ticket.reply(opened - 500, "mei", "", "A reply with a wrong clock.");
        }
        if n % 19 == 0 {
            sandbox.write(
                format!("team/tickets/ticket-{n:03}/undated.md"),
                "---\nauthor: mei\n---\nWhen was this?\n",
            );
        }
        if lacks_version && n < 396 {
            without_version += 1;
            let with_logs = n % 16 == 0;
            let asks = if with_logs {
                "status: pending\nasks: [version, Logs]\n"
            } else {
                "status: pending\nasks: [version]\n"
            };
            let asked = later(40_000);
            ticket.reply(asked, "mei", asks, "Which version is it?");
            if n % 24 == 0 {
                ticket.reply(later(9_000), &requester, "", "I do not know yet.");
            }
            let met = later(100_000);
            ticket.reply(met, &requester, "set: { version: 2.13.0 }\n", "Here it is.");
            version_cost += in_period(opened, (met - asked) / if with_logs { 2 } else { 1 });
            if with_logs && n % 32 == 0 {
                body += "## Logs\n```\nout of memory\n```\n";
                ticket.reply(later(50_000), &requester, "", "I added the logs to the ticket.");
            }
        }
        if n % 10 == 3 {
            ticket.reply(later(8_000), "omar", "set: { service: sign-in, tags: [+moved, -slow] }\n", "");
        }
        if n % 5 != 4 {
            ticket.reply(later(60_000), "mei", "status: on-hold\n", "We look at it.");
        }
        if n % 9 != 8 {
            let link = answered.len().checked_sub(1 + random.below(30)).and_then(|place| answered.get(place));
            let how = match (n % 7, link) {
                (0, Some(link)) => format!("resolution: duplicate\nduplicate_of: {link}\n"),
                (1, Some(link)) => format!("resolution: answered\nanswered_by: [{link}]\n"),
                (4, Some(_)) => "resolution: answered\nanswered_by: [exports]\n".to_owned(),
                (2, Some(link)) => format!("resolution: fixed\ndraft_from: {link}\n"),
                (3, _) => "resolution: workaround\n".to_owned(),
                _ => "resolution: fixed\n".to_owned(),
            };
            let person = random.one(&["mei", "omar", "zoe"]);
            at = (at + i64::try_from(1 + random.below(200_000)).unwrap()).min(end);
            ticket.reply(
                at,
                person,
                &format!("status: resolved\n{how}"),
                "## Cause\nToo much data.\n## Fix\nWe split the export.",
            );
            answered.push(ticket.id.clone());
            if n % 21 == 0 {
                ticket.reply((at + 70_000).min(end), &requester, "status: open\n", "It is back.");
                if n % 2 == 0 {
                    let fixed = "status: resolved\nresolution: fixed\n";
                    ticket.reply((at + 90_000).min(end), "mei", fixed, "Now it is done.");
                }
            }
        }
        sandbox.write(format!("team/tickets/ticket-{n:03}.md"), format!("---\n{front}---\n{body}"));
    }
    sandbox.write(
        "team/tickets/undated.md",
        "---\ntitle: A ticket without a time\ntemplate: question\n---\n## Question\nWhen?\n",
    );
    let front = "title: Exports that run out of memory\ntickets: [ticket-001, ticket-002]\n";
    sandbox.write(
        "team/knowledge/exports.md",
        format!("---\n{front}---\n## Problem\nExports stop.\n## Fix\nSplit them.\n"),
    );
    sandbox.commit("team", "history");
    History { sandbox, version_cost, without_version }
}

/// Returns `cost` if a ticket that was opened at `opened` is in the last 13 weeks up to the end of the last day.
fn in_period(opened: i64, cost: i64) -> i64 {
    // The clocks in Berlin were changed in between.
    let from = seconds("2026-08-22T00:00:00+02:00");
    if opened >= from { cost } else { 0 }
}

const ALL_GROUPS: &str = "--by time --by service --by template --by tag --by person";

/// Writes the files that the script reads beside the report. `now` is the time of the report.
fn export(sandbox: &Sandbox, now: &str) {
    sandbox.write("export.jsonl", sandbox.casebook("team", "export jsonl").ok().out);
    let distilled = sandbox.casebook("team", "distill --limit 100000 --format json").env("CASEBOOK_NOW", now);
    sandbox.write("clusters.json", distilled.ok().out);
    let mut settings = settings();
    settings["now"] = json!(now);
    sandbox.write("settings.json", settings.to_string());
}

/// Runs the script that computes the numbers of a report with SQL, after [`export`].
fn compare(sandbox: &Sandbox, report: &str, more: &str) -> Run {
    sandbox.write("report.json", report);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/report/reproduce.py");
    let script = script.display();
    sandbox.sh(
        ".",
        &format!("python3 {script} export.jsonl report.json settings.json --clusters clusters.json {more}"),
    )
}

#[track_caller]
fn reproduce(sandbox: &Sandbox, report: &CommandOutput, more: &str) {
    compare(sandbox, &report.out, more).ok().prints(&["all numbers are reproduced"]);
}

/// Returns the place of each number as a JSON pointer.
fn numbers_in(json: &Json, pointer: &str, numbers: &mut Vec<String>) {
    match json {
        Json::Number(_) => numbers.push(pointer.to_owned()),
        Json::Array(parts) => parts
            .iter()
            .enumerate()
            .for_each(|(at, part)| numbers_in(part, &format!("{pointer}/{at}"), numbers)),
        Json::Object(parts) => {
            parts.iter().for_each(|(key, part)| numbers_in(part, &format!("{pointer}/{key}"), numbers));
        }
        _ => {}
    }
}

#[test]
fn sql_over_the_export_gives_the_same_numbers() {
    let history = history(seed());
    let sandbox = &history.sandbox;
    let report = |query: &str| {
        sandbox
            .casebook("team", &format!("report {query} {ALL_GROUPS} --format json"))
            .env("CASEBOOK_NOW", END)
            .ok()
    };
    export(sandbox, END);
    reproduce(sandbox, &report(""), "");
    reproduce(sandbox, &report("created:2026-05..2026-09"), "--period");
    reproduce(sandbox, &report("created:2020..2027"), "--period");
    reproduce(sandbox, &report("created:2026-10-25"), "--period");
    reproduce(sandbox, &report("created:2019"), "--period");
}

#[test]
fn a_number_that_is_wrong_by_one_is_found() {
    let random = &mut Random::of(seed());
    let history = history(seed());
    let sandbox = &history.sandbox;
    let report = sandbox
        .casebook("team", &format!("report {ALL_GROUPS} --format json"))
        .env("CASEBOOK_NOW", END)
        .ok()
        .json();
    export(sandbox, END);
    let mut numbers = Vec::new();
    numbers_in(&report, "", &mut numbers);
    // The export does not tell how much of a proposed text a reply kept.
    numbers.retain(|pointer| pointer != "/proposals/kept");
    for pointer in random.shuffled(&numbers).into_iter().take(8) {
        let mut wrong = report.clone();
        let number = wrong.pointer_mut(&pointer).unwrap();
        *number = match number.as_i64() {
            Some(whole) => json!(whole + 1),
            None => json!(number.as_f64().unwrap() + 0.0001),
        };
        let output = compare(sandbox, &wrong.to_string(), "").run();
        assert!(output.out.contains("SQL says"), "{pointer}: {output:#?}");
    }
}

#[test]
fn the_report_names_the_missing_field_with_its_cost_and_its_patch_makes_check_ask_for_it() {
    let history = history(7);
    let sandbox = &history.sandbox;
    let at_end = |line: &str| sandbox.casebook("team", line).env("CASEBOOK_NOW", "2026-11-21T09:00:00Z");
    let report = at_end("report --format json").ok().json();
    let fields = report["asked_fields"].as_array().unwrap();
    let field =
        fields.iter().find(|field| field["field"] == "version" && field["template"] == "incident").unwrap();
    let (cost, known) = (field["cost"]["total"].as_i64().unwrap(), history.version_cost);
    assert!((cost - known).abs() * 20 <= known, "the report says {cost} s, the generator {known} s");
    assert!(history.without_version >= 40);
    let command = field["patch"].as_str().unwrap();
    assert_eq!(command, "casebook report --patch incident/version");

    let incident = "---\ntitle: Export of invoices stops after a minute\ntemplate: incident\nrequester: lena\n\
                    created: 2026-11-21T08:00:00Z\n---\n## Problem\nThe export of invoices ends after half a minute.\n";
    sandbox.write("team/tickets/new-one.md", incident);
    let before = at_end("check tickets/new-one.md").run();
    assert!(!before.out.contains("version"), "{before:#?}");
    let old = at_end("check").run();
    let apply = format!("{} | git apply", command.replace("casebook ", "\"$CASEBOOK\" "));
    sandbox.sh("team", &apply).env("CASEBOOK_NOW", END).ok();
    at_end("check tickets/new-one.md").fails(1).prints(&["version"]);
    // Existing tickets stay valid.
    let count = |output: &CommandOutput| output.out.matches("missing-field").count();
    sandbox.git("team", "rm -q --cached -r --ignore-unmatch tickets/new-one.md");
    std::fs::remove_file(sandbox.path("team/tickets/new-one.md")).unwrap();
    assert_eq!(count(&at_end("check").run()), count(&old));
    // The template requires the field now.
    at_end("report --patch incident/version").fails(2).says(&["requires `version` already"]);
    let report = at_end("report --format json").ok().json();
    let fields = report["asked_fields"].as_array().unwrap();
    assert_eq!(fields.iter().find(|field| field["field"] == "version").unwrap()["patch"], Json::Null);
}

#[test]
fn unusual_histories_are_reported_without_an_error() {
    let sandbox = Sandbox::new();
    sandbox.git(".", "init -q team");
    sandbox.write("team/casebook.yml", SETTINGS).commit("team", "settings");
    let report =
        |line: &str| sandbox.casebook("team", &format!("report {line}")).env("CASEBOOK_NOW", END).ok();
    report("").prints(&["no tickets to report on"]);
    for format in ["json", "csv", "markdown"] {
        report(&format!("--format {format} {ALL_GROUPS}"));
    }
    let ticket = |id: &str, created: &str| {
        let text = format!(
            "---\ntitle: Ticket {id}\ntemplate: question\nrequester: lena\ncreated: {created}\n---\nText.\n"
        );
        sandbox.write(format!("team/tickets/{id}.md"), text);
    };
    let reply = |id: &str, name: &str, front: &str| {
        sandbox
            .write(format!("team/tickets/{id}/{name}.md"), format!("---\n{front}---\nText of the reply.\n"));
    };
    ticket("one", "2026-11-20T10:00:00+09:00");
    report("").prints(&["opened", "too few"]);
    reply(
        "one",
        "early",
        "author: mei\ncreated: 2026-11-01T10:00:00Z\nstatus: resolved\nresolution: fixed\n",
    );
    ticket("two", "2016-02-29T23:59:59-11:00");
    reply(
        "two",
        "future",
        "author: nobody-knows\ncreated: 2090-01-01T00:00:00Z\nstatus: resolved\nresolution: fixed\n",
    );
    reply("two", "asks", "author: mei\ncreated: 2016-01-01T00:00:00Z\nstatus: pending\nasks: [version]\n");
    reply("two", "undated", "author: mei\n");
    ticket("future", "2091-01-01T00:00:00Z");
    // Two replies in one second, a reply without a question, and a resolution before the question.
    ticket("three", "2026-11-19T23:30:00-05:00");
    reply(
        "three",
        "b",
        "author: mei\ncreated: 2026-11-20T05:00:00Z\nstatus: resolved\nresolution: answered\nanswered_by: [three, gone]\n",
    );
    reply("three", "a", "author: lena\ncreated: 2026-11-20T06:00:00+01:00\nstatus: open\n");
    reply(
        "three",
        "c",
        "author: zoe\ncreated: 2026-11-20T04:45:00Z\nasks: [version, version, Logs]\nstatus: pending\n",
    );
    reply("three", "d", "author: lena\ncreated: 2026-11-20T04:45:00Z\nset: { service: sign-in }\n");
    sandbox.write("team/tickets/no-time.md", "---\ntitle: No time at all\ntemplate: question\n---\nText.\n");
    for query in [
        "",
        "created:2000..2030",
        "created:..2020",
        "created:2016..",
        "created:>2026",
        "created:9999",
        "newer:7d",
    ] {
        let answer = report(&format!("{query} {ALL_GROUPS} --format json")).json();
        let numbers = answer.to_string();
        assert!(!numbers.contains(":-") && !numbers.contains("[-"), "a negative number: {numbers}");
        let left_out = json!([
            { "reason": "no-opening", "count": 1 },
            { "reason": "future-tickets", "count": 1 },
            { "reason": "undated-replies", "count": 1 },
            { "reason": "future-replies", "count": 1 },
            { "reason": "early-replies", "count": 2 },
            { "reason": "early-resolutions", "count": 1 },
        ]);
        assert_eq!(answer["left_out"], left_out);
        for format in ["human", "csv", "markdown"] {
            report(&format!("{query} {ALL_GROUPS} --format {format}"));
        }
    }
    export(&sandbox, END);
    for (query, more) in [("", ""), ("created:2000..2030", "--period"), ("created:2016..", "--period")] {
        reproduce(&sandbox, &report(&format!("{query} {ALL_GROUPS} --format json")), more);
    }
    report("").prints(&["Left out", "1 ticket opened in the future", "1 reply dated in the future"]);
}

#[test]
fn the_report_of_a_terminal_csv_and_markdown_have_the_same_numbers() {
    let history = history(3);
    let run = |line: &str| history.sandbox.casebook("team", line).env("CASEBOOK_NOW", END).ok();
    let report = run("report --by service --format json").json();
    let opened = report["measures"]["opened"].to_string();
    run("report --by service").prints(&["What would save the most", &opened, "By service", "Billing export"]);
    run("report --by service --format markdown")
        .prints(&["# <code>Acme Oncall</code>: report", &format!("| opened | {opened} |")]);
    let table = run("report --by service --format csv").out;
    assert!(table.contains(&format!("\nmeasures,,opened,{opened},")), "{table}");
    let wide = run("report").out;
    assert!(wide.lines().all(|line| line.chars().count() <= 100), "{wide}");
}

#[test]
fn the_team_has_a_page_and_an_address_of_the_report_and_the_public_has_neither() {
    let history = history(9);
    let sandbox = &history.sandbox;
    let build = |audience: &str| {
        sandbox.casebook("team", &format!("build --audience {audience} --out ../{audience}")).ok();
    };
    build("internal");
    build("public");
    let page = sandbox.read("internal/report/index.html");
    for text in [
        "What would save the most",
        "casebook report --patch incident/version | git apply",
        "Mei Lin",
        "Show as table",
    ] {
        assert!(page.contains(text), "{text} is not in the page");
    }
    assert!(!sandbox.path("public/report").exists());
    assert!(!sandbox.read("public/index.html").contains("report/"));

    let report = |line: &str| {
        let server = Server::start_in(sandbox, "team", line);
        let found = server.get("/api/v1/report?q=service:sign-in&by=tag,person");
        let page = server.get("/report/");
        (found, page, server.get("/api/v1/report?by=colour"), server.get("/api/v1/nothing"))
    };
    let (found, page, wrong, _) = report("--audience internal");
    let found: Json = serde_json::from_str(&found.is(200).body).unwrap();
    assert_eq!(found["query"], "service:sign-in");
    assert_eq!((&found["groups"][0]["by"], &found["groups"][1]["by"]), (&json!("tag"), &json!("person")));
    page.is(200);
    wrong.refuses(400, "unknown property `colour`");
    let (found, page, _, unknown) = report("--audience public");
    page.is(404);
    let without_address =
        |answer: &Answer| answer.body.replace("/api/v1/report", "").replace("/api/v1/nothing", "");
    assert_eq!(
        without_address(&found.is(404)),
        without_address(&unknown),
        "nobody learns that there is a report"
    );
}

#[test]
fn a_wrong_use_names_the_way_out() {
    let history = history(5);
    let run = |line: &str| history.sandbox.casebook("team", line).env("CASEBOOK_NOW", END);
    run("report --patch nothing")
        .fails(2)
        .says(&["asked for `nothing`", "casebook report --patch TEMPLATE/nothing"]);
    run("report --by colour").fails(2).says(&["service"]);
    run("report --audience public").fails(2);
    run("report --patch incident/title").fails(2).says(&["cannot be a field"]);
}

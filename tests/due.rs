//! `casebook due`: what needs somebody, in a terminal, in a workflow, by mail and in a chat.

use serde_json::{Value as Json, json};

use crate::{
    forge::{Forge, Response},
    sandbox::{Run, SETTINGS, Sandbox},
    smtp::Smtp,
};

const TARGETS: &str = "url: https://oncall.example/\ntimezone: Europe/Berlin\ntargets:\n  urgent: { first_response: 1h, resolution: 2h }\n  normal: { resolution: 10h }\n";

/// The tickets of [`team`]; the clock of the sandbox starts at 2026-11-22T09:00:00Z.
const LATE: &str = "tickets/2026/11/export-hangs.md";
const SOON: &str = "tickets/2026/11/import-is-slow.md";

fn ticket(title: &str, created: &str, more: &str) -> String {
    format!(
        "---\ntitle: \"{title}\"\ntemplate: request\nservice: billing-export\nrequester: lena\ncreated: {created}\n{more}---\n\n## Request\n\nText of the ticket.\n"
    )
}

/// Creates a team with an urgent ticket that is late, one that is due at 13:00 UTC, a silent requester and two articles.
fn team() -> Sandbox {
    let sandbox = Sandbox::with_team();
    sandbox.write("team/casebook.yml", format!("{SETTINGS}{TARGETS}"));
    sandbox.write(
        format!("team/{LATE}"),
        ticket("Export hangs <!channel>", "2026-11-22T05:00:00Z", "priority: urgent\n"),
    );
    sandbox.write(format!("team/{SOON}"), ticket("Import is slow", "2026-11-22T03:00:00Z", ""));
    sandbox.write("team/tickets/2026/11/which-limit.md", ticket("Which limit", "2026-11-10T08:00:00Z", ""));
    let asked = "---\nauthor: mei\ncreated: 2026-11-10T09:00:00Z\nstatus: pending\nasks: [environment]\n---\nWhich environment?\n";
    sandbox.write("team/tickets/2026/11/which-limit/ask.md", asked);
    let old = ticket("An old one", "2026-01-10T08:00:00Z", "");
    sandbox.write("team/tickets/2026/01/an-old-one.md", old);
    let done =
        "---\nauthor: mei\ncreated: 2026-01-10T09:00:00Z\nstatus: resolved\nresolution: fixed\n---\nDone.\n";
    sandbox.write("team/tickets/2026/01/an-old-one/done.md", done);
    for (slug, confirmed) in [("limits", "2026-01-11"), ("fresh", "2026-11-20")] {
        let article = format!(
            "---\ntitle: About {slug}\ntickets: [an-old-one]\nconfirmed: {confirmed}\n---\n\n## Problem\n\nText.\n"
        );
        sandbox.write(format!("team/knowledge/{slug}.md"), article);
    }
    sandbox.commit("team", "tickets");
    sandbox
}

fn due(sandbox: &Sandbox, line: &str) -> Run {
    sandbox.casebook("team", &format!("due {line}")).env("CASEBOOK_NOW", "2026-11-22T09:00:00Z")
}

#[test]
fn what_is_due_is_listed_with_the_most_urgent_first() {
    let sandbox = team();
    let output = due(&sandbox, "").ok().stays_quiet();
    insta::assert_snapshot!(output.out, @"
    overdue (1)
      export-hangs    3 hours late        first response  urgent  billing-export  -  Export hangs <!chan…

    due within 4 hours (1)
      import-is-slow  due in 4 hours      resolution      normal  billing-export  -  Import is slow

    waiting for the requester (1)
      which-limit     silent for 12 days  environment     normal  billing-export  -  Which limit

    articles in doubt (1)
      limits  last reviewed 315 days ago
    ");
}

#[test]
fn the_spans_decide_what_is_at_risk_and_who_is_silent() {
    let sandbox = team();
    let ids = |line: &str| {
        let answer = due(&sandbox, &format!("{line} --format json")).ok().json();
        let tickets = answer["tickets"].as_array().unwrap().clone();
        assert_eq!(answer["total"], tickets.len());
        tickets
            .iter()
            .map(|ticket| {
                format!("{} {}", ticket["id"].as_str().unwrap(), ticket["reason"].as_str().unwrap())
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(ids(""), ["export-hangs overdue", "import-is-slow at-risk", "which-limit silent"]);
    assert_eq!(ids("--within 3h"), ["export-hangs overdue", "which-limit silent"]);
    assert_eq!(ids("--silent 2w"), ["export-hangs overdue", "import-is-slow at-risk"]);
    assert_eq!(ids("priority:urgent"), ["export-hangs overdue"]);
    assert_eq!(ids("import"), ["import-is-slow at-risk"]);
    due(&sandbox, "--within tomorrow").fails(2).says(&["a span is a number and a unit"]);
    let answer = due(&sandbox, "--format json").ok().json();
    assert_eq!(answer["tickets"][0]["service_level"], "first-response");
    assert_eq!(answer["tickets"][0]["due"], "2026-11-22T06:00:00Z");
    assert_eq!(answer["tickets"][2]["silent_since"], "2026-11-10T09:00:00Z");
    assert_eq!(
        answer["articles"],
        json!([{ "slug": "limits", "title": "About limits", "reason": "last reviewed 315 days ago" }])
    );
    // The same measure elsewhere.
    let list = sandbox
        .casebook("team", "list is:at-risk --format json")
        .env("CASEBOOK_NOW", "2026-11-22T09:00:00Z")
        .ok()
        .json();
    let at_risk: Vec<&Json> =
        list["tickets"].as_array().unwrap().iter().map(|ticket| &ticket["id"]).collect();
    assert_eq!(at_risk, ["export-hangs", "import-is-slow"]);
    assert!(list["tickets"].as_array().unwrap().iter().all(|ticket| ticket["at_risk"] == true));
    let show = |now: &str| sandbox.casebook("team", "show import-is-slow").env("CASEBOOK_NOW", now).ok().out;
    assert!(show("2026-11-22T09:00:00Z").contains("at risk: resolution"));
    assert!(!show("2026-11-22T08:59:59Z").contains("at risk"));
}

#[test]
fn only_fail_makes_the_exit_status_tell_that_something_is_due() {
    let sandbox = team();
    due(&sandbox, "--fail").fails(1);
    due(&sandbox, "--fail priority:low").fails(0).says(&["nothing is due"]);
    let quiet = due(&sandbox, "--quiet priority:low").ok().stays_quiet();
    assert_eq!(quiet.out, "", "cron sends no mail about no output");
}

#[test]
fn the_public_list_has_only_public_tickets() {
    let sandbox = team();
    assert_eq!(due(&sandbox, "--audience public --format json").ok().json()["total"], 0);
    sandbox.write(
        format!("team/{SOON}"),
        ticket("Import is slow", "2026-11-22T03:00:00Z", "visibility: public\n"),
    );
    let list = due(&sandbox, "--audience public --format json").ok().json();
    assert_eq!(
        (&list["total"], &list["tickets"][0]["id"], &list["articles"]),
        (&json!(1), &json!("import-is-slow"), &json!([]))
    );
}

#[test]
fn the_markdown_has_no_effect_of_a_title() {
    let sandbox = team();
    let output = due(&sandbox, "--format markdown").ok().stays_quiet();
    insta::assert_snapshot!(output.out, @"
    **Overdue &#40;1&#41;**

    - [<code>Export hangs &#60;&#33;channel&#62;</code>](https://oncall.example/tickets/export-hangs/) 3 hours late &#40;2026&#45;11&#45;22 07&#58;00 CET&#41;&#44; first response&#44; priority urgent&#44; billing&#45;export&#44; not assigned

    **Due within 4 hours &#40;1&#41;**

    - [<code>Import is slow</code>](https://oncall.example/tickets/import-is-slow/) due in 4 hours &#40;2026&#45;11&#45;22 14&#58;00 CET&#41;&#44; resolution&#44; priority normal&#44; billing&#45;export&#44; not assigned

    **Waiting for the requester &#40;1&#41;**

    - [<code>Which limit</code>](https://oncall.example/tickets/which-limit/) silent for 12 days &#40;since 2026&#45;11&#45;10 10&#58;00 CET&#41;&#44; priority normal&#44; billing&#45;export&#44; not assigned&#44; asked for environment

    **Articles in doubt &#40;1&#41;**

    - [<code>About limits</code>](https://oncall.example/knowledge/limits/) last reviewed 315 days ago
    ");
}

#[test]
fn the_list_is_sent_by_mail_and_to_a_chat() {
    let sandbox = team();
    let (smtp, chat) = (Smtp::new(), Forge::new());
    chat.answers(|_| Some(Response::json(&json!({}))));
    let line = format!("--mail lead@acme.example --webhook {}/hooks/s3cret", chat.url);
    let send = |line: &str| {
        due(&sandbox, line)
            .env("CASEBOOK_SMTP_URL", &smtp.url)
            .env("CASEBOOK_MAIL_FROM", "Oncall <oncall@acme.example>")
    };
    send(&format!("{line} --dry-run"))
        .ok()
        .says(&["to lead@acme.example: Acme Oncall: 1 ticket overdue", "to the webhook"]);
    assert_eq!((smtp.take().len(), chat.take_requests().len()), (0, 0));
    send(&line).ok().says(&["sent to lead@acme.example", "posted to the webhook"]);
    let [mail] = smtp.take().try_into().unwrap();
    assert_eq!(mail.to, ["lead@acme.example"]);
    assert_eq!(
        mail.header("Subject"),
        "Acme Oncall: 1 ticket overdue, 1 ticket at risk, 1 silent requester, 1 article in doubt"
    );
    assert_eq!(mail.header("Auto-Submitted"), "auto-generated");
    assert!(mail.text.contains("- Export hangs <!channel>\n  3 hours late (2026-11-22 07:00 CET), first response, priority urgent, billing-export, not assigned\n  https://oncall.example/tickets/export-hangs/\n"), "{}", mail.text);
    let [request] = chat.take_requests().try_into().unwrap();
    assert_eq!(request.line, "POST /hooks/s3cret");
    let text = serde_json::from_str::<Json>(&request.body).unwrap()["text"].as_str().unwrap().to_owned();
    assert!(text.contains("• Export hangs &lt;!channel&gt; (3 hours late"), "{text}");
    // If nothing is due, no message is sent.
    send(&format!("{line} priority:low")).ok();
    assert_eq!((smtp.take().len(), chat.take_requests().len()), (0, 0));
}

#[test]
fn a_failure_names_neither_the_password_nor_the_address_of_the_webhook() {
    let sandbox = team();
    let mail = |url: &str| {
        due(&sandbox, "--mail lead@acme.example")
            .env("CASEBOOK_SMTP_URL", url)
            .env("CASEBOOK_MAIL_FROM", "o@acme.example")
            .fails(2)
    };
    due(&sandbox, "--mail lead@acme.example").fails(2).says(&["no mail server is set", "CASEBOOK_SMTP_URL"]);
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for url in ["smtp://me:s3cret@mail.example", "mail.example:s3cret", &format!("smtp://me:s3cret@{free}")] {
        let output = mail(url);
        assert!(!output.err.contains("s3cret"), "{output:#?}");
    }
    mail("smtp://me:s3cret@mail.example").says(&["without encryption", "smtps://"]);
    let chat = Forge::new();
    let output = due(&sandbox, &format!("--webhook {}/hooks/s3cret", chat.url))
        .fails(2)
        .says(&["127.0.0.1 cannot be reached: HTTP status 404"]);
    assert!(!output.err.contains("s3cret"), "{output:#?}");
    due(&sandbox, "--webhook ftp://s3cret").fails(2).says(&["is not an `https://` URL"]);
}

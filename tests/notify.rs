//! `casebook notify`: who is told what, once, with real repositories and remotes, a mail server and a chat on this computer.

use serde_json::{Value as Json, json};

use crate::{
    forge::{Forge, Request, Response},
    sandbox::{Run, SETTINGS, Sandbox},
    smtp::{Mail, Smtp},
};

/// A team with a remote, and the servers that messages go to.
pub(crate) struct Office {
    pub sandbox: Sandbox,
    pub smtp: Smtp,
}

impl Office {
    /// Creates the repository `team` with the remote `team.git`.
    #[track_caller]
    pub(crate) fn new() -> Self {
        let sandbox = Sandbox::with_team();
        sandbox
            .write("team/casebook.yml", format!("{SETTINGS}url: https://oncall.example/\n"))
            .commit("team", "url");
        sandbox.remote("team", "team.git");
        Self { sandbox, smtp: Smtp::new() }
    }

    /// Prepares `casebook notify` with mail in a folder.
    pub(crate) fn notify(&self, dir: &str, line: &str) -> Run {
        let run = self.sandbox.casebook(dir, &format!("notify {line}"));
        run.env("CASEBOOK_SMTP_URL", &self.smtp.url).env("CASEBOOK_MAIL_FROM", "Oncall <oncall@acme.example>")
    }

    /// Tells people about the commits since `rev`, and returns the mails.
    #[track_caller]
    pub(crate) fn mails_since(&self, rev: &str) -> Vec<Mail> {
        self.notify("team", &format!("--since {rev}")).ok();
        self.smtp.take()
    }

    pub(crate) fn head(&self) -> String {
        self.sandbox.git("team", "rev-parse HEAD")
    }

    /// Commits a ticket of lena for the module of a service, and returns the commit before it.
    #[track_caller]
    pub(crate) fn ticket(&self, id: &str, more: &str) -> String {
        let head = self.head();
        self.sandbox.write(
            format!("team/tickets/2026/11/{id}.md"),
            format!(
                "---\ntitle: Export of {id} hangs\ntemplate: request\nservice: billing-export\nrequester: lena\n\
                 created: 2026-11-22T08:00:00Z\n{more}---\n\n## Request\n\nIt hangs since this morning. Write to evil@attacker.example.\n\n## Why\n\nNobody can deliver the orders of the week otherwise.\n"
            ),
        );
        self.sandbox.commit("team", "ticket");
        head
    }

    /// Commits a reply, and returns the commit before it.
    #[track_caller]
    pub(crate) fn reply(&self, id: &str, name: &str, front: &str, text: &str) -> String {
        let head = self.head();
        self.sandbox.write(
            format!("team/tickets/2026/11/{id}/{name}.md"),
            format!("---\ncreated: 2026-11-22T08:30:00Z\n{front}---\n{text}\n"),
        );
        self.sandbox.commit("team", "reply");
        head
    }
}

/// Returns the recipients and the subject of each mail.
pub(crate) fn to(mails: &[Mail]) -> Vec<String> {
    mails.iter().map(|mail| format!("{}: {}", mail.to.join(" "), mail.header("Subject"))).collect()
}

#[test]
fn a_new_ticket_tells_oncall_and_a_reply_tells_the_requester() {
    let office = Office::new();
    let before = office.ticket("a1", "");
    // The module has nobody on call, so the people of its service are told.
    assert_eq!(
        to(&office.mails_since(&before)),
        [
            "mei@acme.example: [Acme Oncall] New ticket: Export of a1 hangs",
            "omar@acme.example: [Acme Oncall] New ticket: Export of a1 hangs"
        ]
    );
    let before = office.reply(
        "a1",
        "one",
        "author: mei\nassignee: omar\nstatus: pending\nasks: [environment, Logs]\n",
        "Which environment?",
    );
    let mails = office.mails_since(&before);
    assert_eq!(
        to(&mails),
        [
            "lena@acme.example: [Acme Oncall] Needs more information: Export of a1 hangs",
            "omar@acme.example: [Acme Oncall] Assigned to you: Export of a1 hangs"
        ]
    );
    insta::assert_snapshot!(mails[0].text, @"
    Mei Lin needs more information about your ticket:

    Missing: environment, Logs.

    > Which environment?

    - Export of a1 hangs
      pending, priority normal, billing-export, assigned to Omar Diaz
      https://oncall.example/tickets/a1/

    To reply: casebook reply a1
    ");
    assert_eq!(mails[0].header("Auto-Submitted"), "auto-generated");
    // The answer goes to the assignee.
    let before = office.reply("a1", "two", "author: lena\n", "production");
    assert_eq!(
        to(&office.mails_since(&before)),
        ["omar@acme.example: [Acme Oncall] Reply of the requester: Export of a1 hangs"]
    );
    let before = office.reply("a1", "three", "author: omar\nstatus: resolved\nresolution: fixed\n", "Done.");
    assert_eq!(
        to(&office.mails_since(&before)),
        ["lena@acme.example: [Acme Oncall] Resolved: Export of a1 hangs"]
    );
}

#[test]
fn nobody_is_told_about_notes_triage_imports_moves_and_their_own_words() {
    let office = Office::new();
    let before = office.ticket("a1", "visibility: public\n");
    office.mails_since(&before);
    for (name, front, text) in [
        ("note", "author: mei\nvisibility: internal\n", "The customer is difficult."),
        ("triage", "author: mei\nset: { priority: high }\n", ""),
        ("stranger", "status: pending\n", "No author."),
    ] {
        let before = office.reply("a1", name, front, text);
        assert_eq!(to(&office.mails_since(&before)), Vec::<String>::new(), "{name}");
    }
    // A ticket of somebody who is on call tells only the others.
    let head = office.head();
    office.sandbox.write("team/tickets/b.md", "---\ntitle: B\ntemplate: request\nservice: billing-api\nrequester: mei\ncreated: 2026-11-22T08:00:00Z\n---\n\n## Request\n\nText.\n");
    office.sandbox.commit("team", "b");
    assert_eq!(to(&office.mails_since(&head)), ["omar@acme.example: [Acme Oncall] New ticket: B"]);
    let before = office.ticket("old-1", "source: OLD-1\n");
    office.reply("old-1", "one", "author: mei\n", "An imported reply.");
    assert_eq!(to(&office.mails_since(&before)), Vec::<String>::new());
    // A ticket that is moved with its replies is not new, nor is one with another id.
    let before = office.head();
    office.sandbox.git("team", "mv tickets/2026/11/a1.md tickets/a1.md");
    office.sandbox.git("team", "mv tickets/2026/11/a1 tickets/a1");
    office.sandbox.git("team", "commit -q -m move");
    assert_eq!(to(&office.mails_since(&before)), Vec::<String>::new());
    // Even a range from before all of this tells nobody again.
    let first = office.sandbox.git("team", "rev-list --max-parents=0 HEAD");
    assert_eq!(to(&office.mails_since(&first)), Vec::<String>::new());
    // A reply or a ticket with another name is not new either.
    let before = office.head();
    office.sandbox.git("team", "mv tickets/a1/note.md tickets/a1/remark.md");
    office.sandbox.git("team", "mv tickets/b.md tickets/b-renamed.md");
    office.sandbox.git("team", "commit -q -m rename");
    assert_eq!(to(&office.mails_since(&before)), Vec::<String>::new());
}

#[test]
fn a_push_that_makes_tickets_internal_is_not_told_to_the_public() {
    let office = Office::new();
    let settings = office.sandbox.read("team/casebook.yml");
    office
        .sandbox
        .write("team/casebook.yml", format!("{settings}visibility: public\n"))
        .commit("team", "public");
    let before = office.head();
    office.sandbox.write("team/casebook.yml", format!("{settings}visibility: internal\n"));
    office.ticket("a1", "");
    office.ticket("b2", "visibility: public\n");
    let told = office
        .sandbox
        .casebook("team", &format!("notify --since {before} --dry-run --to webhook --audience public"))
        .env("CASEBOOK_WEBHOOK_URL", "http://127.0.0.1:1/")
        .ok();
    assert!(told.out.contains("Export of b2 hangs") && !told.out.contains("a1"), "{}", told.out);
    office.notify("team", &format!("--since {before} --dry-run")).ok().prints(&["Export of a1 hangs"]);
}

#[test]
fn a_dry_run_prints_the_messages_and_changes_nothing() {
    let office = Office::new();
    let before = office.ticket("a1", "");
    let dry = || office.sandbox.casebook("team", &format!("notify --since {before} --dry-run")).ok();
    dry()
        .prints(&["to mail:mei: [Acme Oncall] New ticket: Export of a1 hangs", "To reply: casebook reply a1"])
        .says(&["2 messages would be sent"]);
    let json = office
        .sandbox
        .casebook("team", &format!("notify --since {before} --dry-run --format json"))
        .ok()
        .json();
    assert_eq!(
        (&json["total"], &json["messages"][1]["to"], &json["messages"][1]["state"]),
        (&json!(2), &json!("mail:omar"), &json!("new"))
    );
    assert_eq!(json["messages"][0]["reason"], "opened");
    assert_eq!(office.sandbox.git("team.git", "for-each-ref refs/casebook"), "");
    assert_eq!(office.mails_since(&before).len(), 2);
    dry().says(&["nobody has to be told anything"]);
    // Without any way to tell people, nothing is recorded.
    office
        .sandbox
        .casebook("team", &format!("notify --since {before}"))
        .fails(2)
        .says(&["no way to tell people is set up", "--dry-run"]);
}

#[test]
fn addresses_come_only_from_the_people_of_the_trusted_revision() {
    let office = Office::new();
    let before = office.ticket("a1", "");
    // The same push puts an address of its author into the settings.
    let settings =
        office.sandbox.read("team/casebook.yml").replace("mei@acme.example", "evil@attacker.example");
    office.sandbox.write("team/casebook.yml", settings).commit("team", "settings");
    office.reply("a1", "one", "author: mei\n", "Hello.");
    let mails = office.mails_since(&before);
    assert_eq!(
        mails.iter().flat_map(|mail| mail.to.clone()).collect::<Vec<_>>(),
        ["mei@acme.example", "omar@acme.example", "lena@acme.example"]
    );
    // Who is not in `people` gets no mail, whatever the ticket says.
    let before = office.ticket("b2", "");
    let path = "team/tickets/2026/11/b2.md";
    let text = office.sandbox.read(path).replace("requester: lena", "requester: evil@attacker.example");
    office.sandbox.write(path, text).commit("team", "b2");
    office.reply("b2", "one", "author: mei\n", "Hello.");
    assert!(office.mails_since(&before).iter().all(|mail| mail.to.iter().all(|to| !to.contains("lena"))));
    let record = office.sandbox.git("team.git", "grep -h . refs/casebook/notified");
    assert!(record.contains("mail:mei") && !record.contains('@'), "{record}");
}

#[test]
fn a_title_cannot_add_headers_or_lines_to_a_mail() {
    let office = Office::new();
    let before = office.ticket("a1", "");
    let path = "team/tickets/2026/11/a1.md";
    let evil = "title: \"x\\r\\nBcc: evil@attacker.example\\r\\n\\r\\n<script>\\e[2J é\"";
    let text = office.sandbox.read(path).replace("title: Export of a1 hangs", evil);
    office.sandbox.write(path, text + "\n.\nQUIT\n.\n").commit("team", "evil");
    let mails = office.mails_since(&before);
    assert_eq!(to(&mails).len(), 2);
    for mail in &mails {
        assert!(mail.head.lines().all(|line| !line.starts_with("Bcc")), "{}", mail.head);
        assert_eq!(mail.to.len(), 1);
        assert!(
            mail.text.contains("- x Bcc: evil@attacker.example <script>\u{fffd}[2J é\n"),
            "{}",
            mail.text
        );
        assert!(mail.text.contains("> .\n> QUIT\n"), "{}", mail.text);
    }
}

/// Returns the texts that were posted to the chat.
fn posted(chat: &Forge) -> Vec<String> {
    let of = |request: Request| {
        serde_json::from_str::<Json>(&request.body).unwrap()["text"].as_str().unwrap().to_owned()
    };
    chat.take_requests().into_iter().map(of).collect()
}

#[test]
fn a_chat_gets_one_message_for_each_file_without_mentions_and_only_what_its_readers_may_see() {
    let office = Office::new();
    let chat = Forge::new();
    chat.answers(|_| Some(Response::json(&json!({}))));
    let notify = |before: &str, audience: &str| {
        let line = format!("notify --since {before} --audience {audience}");
        office.sandbox.casebook("team", &line).env("CASEBOOK_WEBHOOK_URL", format!("{}/hook", chat.url)).ok();
        posted(&chat)
    };
    // A redirect could lead to another host.
    let before = office.ticket("a0", "");
    chat.answers(|_| Some(Response::redirect("http://127.0.0.1:1/other")));
    let line = format!("notify --since {before}");
    let redirected = office.sandbox.casebook("team", &line).env("CASEBOOK_WEBHOOK_URL", &chat.url).fails(2);
    redirected.says(&["HTTP status 302"]);
    chat.take_requests();
    chat.answers(|_| Some(Response::json(&json!({}))));
    let before = office.ticket("a1", "");
    office.reply("a1", "one", "author: mei\n", "Hello <!channel> @everyone\n\n[wiki](https://evil.example)");
    let texts = notify(&before, "internal");
    assert_eq!(texts.len(), 2, "{texts:#?}");
    insta::assert_snapshot!(texts[1].replace('\u{200b}', "|"), @"
    [Acme Oncall] Reply: Export of a1 hangs
    Mei Lin replied to the ticket of Lena Weber:
    > Hello &lt;!channel&gt; @|everyone
    > [wiki]|(https:|//evil.example)
    • Export of a1 hangs (open, priority normal, billing-export) https://oncall.example/tickets/a1/
    To reply: casebook reply a1
    ");
    let before = office.ticket("secret-export-x7k2mq", "");
    office.ticket("c3", "visibility: public\n");
    office.reply("c3", "one", "author: mei\nvisibility: internal\n", "A secret note.");
    office.reply("c3", "two", "author: mei\n", "It is like secret-export-x7k2mq.");
    let texts = notify(&before, "public");
    assert_eq!(texts.len(), 2, "{texts:#?}");
    assert!(
        texts.iter().all(|text| text.contains("Export of c3 hangs")
            && !text.contains("x7k2mq")
            && !text.contains("secret")),
        "{texts:#?}"
    );
}

#[test]
fn a_public_reply_is_a_comment_on_the_pull_request_of_its_ticket() {
    let office = Office::new();
    let api = Forge::new();
    api.answers(|request| match request.line.split(' ').next() {
        Some("GET") if request.line.ends_with("/pulls") => {
            Some(Response::json(&json!([{ "number": 7, "state": "closed" }])))
        }
        Some("POST") => Some(Response::json(&json!({ "id": 1 }))),
        _ => None,
    });
    let notify = |before: &str| {
        let run = office.sandbox.casebook("team", &format!("notify --since {before} --to comment"));
        run.env("GITHUB_API_URL", &api.url)
            .env("GITHUB_REPOSITORY", "acme/oncall")
            .env("GITHUB_TOKEN", "t0ken")
    };
    let before = office.ticket("a1", "visibility: public\n");
    let added = office.head();
    office.ticket("secret-export-x7k2mq", "");
    office.reply("a1", "note", "author: mei\nvisibility: internal\n", "A secret note.");
    office.reply("secret-export-x7k2mq", "one", "author: mei\n", "An internal ticket.");
    office.reply(
        "a1",
        "one",
        "author: mei\nstatus: pending\nasks: [environment]\n",
        "Hi @team, like secret-export-x7k2mq. [x](https://evil.example)",
    );
    office.reply("a1", "two", "author: lena\n", "production");
    notify(&before).ok();
    let requests = api.take_requests();
    let lines: Vec<&str> = requests.iter().map(|request| request.line.as_str()).collect();
    assert_eq!(
        lines,
        [
            &format!("GET /repos/acme/oncall/commits/{added}/pulls"),
            "POST /repos/acme/oncall/issues/7/comments"
        ]
    );
    assert!(requests[1].head.contains("authorization: bearer t0ken"));
    let body = serde_json::from_str::<Json>(&requests[1].body).unwrap()["body"].as_str().unwrap().to_owned();
    insta::assert_snapshot!(body, @"
    Mei Lin needs more information about this ticket&#58;

    Missing&#58; environment&#46;

    > <code>Hi &#64;&#8203;team&#44; like …&#46; &#91;x&#93;&#40;https&#58;&#47;&#47;evil&#46;example&#41;</code>

    - [<code>Export of a1 hangs</code>](https://oncall.example/tickets/a1/) open&#44; priority normal&#44; billing&#45;export
    ");
    notify(&before).ok();
    assert_eq!(api.take_requests().len(), 0);
    // A ticket that came without a pull request gets no comment, and nothing stays open.
    let before = office.reply("a1", "three", "author: mei\n", "Once more.");
    api.answers(|_| None);
    notify(&before).ok();
    assert_eq!(api.take_requests().len(), 2);
    notify("HEAD").ok();
    let retry = office.notify("team", "--retry").ok();
    assert_eq!(retry.out, "");
}

//! The files that the forms compose, their names and addresses, and the services of their paths.

use serde_json::json;

use super::{NOW, compare, draft_json, repository, rules, store, time};
use crate::intake::{ReplyDraft, TicketDraft, new_id};
use crate::settings::{ForgeKind, Settings};
use crate::site::forge::{Forge, FormForge};
use crate::text::RepoPath;
use crate::ticket::{FieldChange, Resolution, Status, YamlValue};

/// Texts that could break out of a value. The tests in a browser use the same list.
fn hostile() -> Vec<String> {
    let values = include_str!("../../../../tests/hostile_values.txt");
    let mut texts: Vec<String> = values.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    texts.push("long word ".repeat(8));
    texts.push("x".repeat(80));
    texts.push("x".repeat(81));
    texts.push("a: b\n".repeat(200));
    texts.push("é".repeat(5_000));
    texts
}

#[test]
fn the_form_composes_the_same_bytes_as_new_and_reply() {
    let mut cases = Vec::new();
    for text in hostile() {
        let list = YamlValue::List(vec![YamlValue::Text(text.clone()), YamlValue::Text("b".into())]);
        let draft = TicketDraft {
            template: text.clone(),
            title: text.clone(),
            requester: text.clone(),
            keys: vec![
                ("tags".into(), list.clone()),
                ("service".into(), YamlValue::Text(text.clone())),
                (text.clone(), YamlValue::Number("1.50".into())),
                ("flag".into(), YamlValue::Bool(true)),
            ],
            came_from: vec![text.clone(), "/b".into()],
            body: format!("## A\n{text}\n\n"),
        };
        let what = format!("{text:?}");
        cases.push((
            json!({ "run": "compose", "draft": draft_json(&draft), "created": NOW }),
            json!(draft.compose(time())),
            format!("ticket {what}"),
        ));
        let reply = ReplyDraft {
            author: text.clone(),
            status: Some(Status::Resolved),
            resolution: Some(Resolution::Fixed),
            set: vec![
                (text.clone(), FieldChange::Value(YamlValue::Text(text.clone()))),
                ("l".into(), FieldChange::Value(list)),
            ],
            body: text.clone(),
            ..ReplyDraft::default()
        };
        let set = json!({ "map": [[text, text], ["l", [text, "b"]]] });
        let keys = json!([["status", "resolved"], ["resolution", "fixed"], ["set", set]]);
        cases.push((
            json!({ "run": "composeReply", "draft": { "author": text, "keys": keys, "body": text }, "created": NOW }),
            json!(reply.compose(time())),
            format!("reply {what}"),
        ));
    }
    compare(&[], cases);
}

#[test]
fn the_form_names_files_as_new_and_reply_do() {
    let latin = json!(crate::text::latin_slugs());
    let mut cases = Vec::new();
    let titles = [
        "Invoice export times out above 10,000 rows",
        "Zeitüberschreitung: Größe ß æ Ø",
        "导出超时",
        "",
        "---",
        "long ".repeat(60).as_str(),
        "Łódź × đ",
        "a",
        "x".repeat(90).as_str(),
    ]
    .map(str::to_owned);
    for title in &titles {
        for template in ["incident", "发票", "Größe"] {
            let id = new_id(title, template).unwrap();
            let (stem, end) = id.rsplit_once('-').unwrap();
            let expected = format!("{stem}-{}", end.len());
            cases.push((
                json!({ "run": "id", "title": title, "template": template, "latin": latin }),
                json!(expected),
                format!("{title} {template}"),
            ));
        }
    }
    for author in ["mei", "Mei Lin", "lena.k@shop.fr", "梅", "a".repeat(60).as_str()] {
        let ticket = RepoPath::new("tickets/2026/11/a-k7f3qa.md");
        let reply = ReplyDraft { author: author.to_owned(), ..ReplyDraft::default() };
        let expected = [
            TicketDraft::path("a-k7f3qa", time()).to_string(),
            reply.path(&ticket, time(), "x4q9tz").to_string(),
        ];
        let case = json!({ "run": "places", "id": "a-k7f3qa", "ticket": ticket.as_str(), "author": author, "letters": "x4q9tz", "created": NOW, "latin": latin });
        cases.push((case, json!(expected), author.to_owned()));
    }
    compare(&[], cases);
}

#[test]
fn the_form_maps_paths_to_services_like_new() {
    let store = store(repository());
    let mut cases = Vec::new();
    for path in [
        "/console/billing",
        "/console/billing/",
        "/console/billing/exports/7?x=1",
        "/console/billings",
        "services/billing/src/main.rs",
        "services/bill",
        "services/x/billing",
        "https://console.acme.example/console/billing/exports#top",
        "/a/b/1.md",
        "/a/c/12.md",
        "/a/d/1.md",
        "/",
        "x",
        "HTTPS://user:pw@acme.example/console/billing",
    ] {
        let expected = store.settings.service_of_path(path).map(|found| found.service.id.clone());
        cases.push((json!({ "run": "service", "rules": 0, "path": path }), json!(expected), path.to_owned()));
    }
    for (path, expected) in [
        ("https://lena:pw@acme.example/a/b?token=1#x", Some("/a/b")),
        ("https://acme.example", Some("/")),
        ("/a?b=c", Some("/a")),
        ("#x", None),
        ("?q=1", None),
        ("deploy@db1:/var/log", Some("db1:/var/log")),
        ("/a\u{0}\n/b", Some("/a/b")),
    ] {
        cases.push((json!({ "run": "recorded", "path": path }), json!(expected), path.to_owned()));
    }
    compare(&[rules(&store)], cases);
}

#[test]
fn the_form_opens_the_page_of_the_forge_for_a_new_file() {
    let mut cases = Vec::new();
    let long = "x ".repeat(4_000);
    let text = "---\ntitle: \"a+b & c\"\n---\n## A\n(it's) *x*!~导";
    let value =
        "---%0Atitle%3A%20%22a%2Bb%20%26%20c%22%0A---%0A%23%23%20A%0A%28it%27s%29%20%2Ax%2A%21~%E5%AF%BC";
    for (kind, text, expected) in [
        (
            ForgeKind::GitHub,
            text,
            format!("new/release/1/tickets/2026/11?filename=a-k7f3qa.md&value={value}"),
        ),
        (
            ForgeKind::Gitea,
            text,
            format!("_new/release/1/tickets/2026/11?filename=a-k7f3qa.md&value={value}"),
        ),
        // GitLab ignores the text, and a long text is in no address.
        (ForgeKind::GitLab, text, "-/new/release/1?file_name=tickets%2F2026%2F11%2Fa-k7f3qa.md".to_owned()),
        (ForgeKind::GitHub, long.as_str(), "new/release/1/tickets/2026/11?filename=a-k7f3qa.md".to_owned()),
    ] {
        let repository = Some("https://git.acme.example/a/b/".to_owned());
        let settings = Settings { repository, forge: Some(kind), ..Settings::default() };
        let forge = FormForge::of(&Forge::of(&settings, "release/1").unwrap());
        let place = json!({ "folder": "tickets/2026/11", "name": "a-k7f3qa.md" });
        let case = json!({ "run": "address", "forge": forge, "place": place, "text": text });
        let expected = format!("https://git.acme.example/a/b/{expected}");
        cases.push((case, json!(expected), format!("{kind:?}, {} bytes", text.len())));
    }
    compare(&[], cases);
}

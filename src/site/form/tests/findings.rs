//! The findings of the forms.

use serde_json::{Value as Json, json};

use super::{NOW, answers, compare, compare_findings, draft_json, findings, repository, rules, store, time};
use crate::check::{RULES, source_of};
use crate::detectors::personal;
use crate::intake::TicketDraft;
use crate::text::RepoPath;
use crate::ticket::YamlValue;

#[test]
fn the_form_finds_the_same_as_check_in_the_cases_of_all_rules() {
    let (mut all, mut cases) = (Vec::new(), Vec::new());
    for (rule, case) in RULES.iter().flat_map(|rule| rule.cases.iter().map(move |case| (rule, case))) {
        // The form writes new tickets, so a case with the replies of a ticket says nothing about it.
        let tickets = case.files.iter().filter(|(path, _)| path.starts_with("tickets/"));
        let [(path, text)] = tickets.collect::<Vec<_>>()[..] else { continue };
        let path = RepoPath::new(*path);
        if !path.is_markdown() || text.starts_with("-> ") || text.starts_with('(') {
            continue;
        }
        // The form writes the time of opening, and no broken YAML.
        let draft = TicketDraft::read(text);
        let store = store(source_of(rule, case).with(path.as_str(), draft.compose(time()).as_str()));
        if store.template(&draft.template).is_none_or(|template| template.any_fields) {
            continue;
        }
        let case = json!({ "run": "check", "rules": all.len(), "draft": draft_json(&draft), "created": NOW });
        cases.push((case, findings(&store, &[path])[0].clone(), format!("a case of {}", rule.code)));
        all.push(rules(&store));
    }
    assert!(cases.len() > 40, "{}", cases.len());
    compare(&all, cases);
}

#[test]
fn the_form_finds_the_same_as_check_in_values_of_every_type() {
    let texts = [
        "1",
        "-1.5e3",
        "1.",
        ".5",
        "+7",
        "0x1f",
        "1e400",
        "NaN",
        "infinity",
        "12 apples",
        "true",
        "false",
        "yes",
        "True",
        "2026-11-22",
        "2026-02-30",
        "22.11.2026",
        "2026-11-22T08:40:00Z",
        "2026-11-22 08:40",
        "production",
        "prodction",
        "mei",
        "mai",
        "billing",
        "https://acme.example/x",
        "http://",
        "acme.example",
        "https://a b",
        "2.14.0",
        "2.14.",
        "٣.٤",
        "a\u{7}b",
        "a\u{2028}b",
        " ",
        "lena@shop.fr",
    ];
    let mut drafts = Vec::new();
    for field in [
        "service",
        "text",
        "number",
        "boolean",
        "date",
        "choice",
        "person",
        "other_service",
        "url",
        "many",
        "priority",
        "visibility",
        "requester",
        "tags",
        "title",
    ] {
        for text in texts {
            let mut draft = TicketDraft {
                template: "all".into(),
                title: "Invoice export times out".into(),
                body: "## Problem\nThe export ends after 30 s.\n".into(),
                ..TicketDraft::default()
            };
            let plain = || match field {
                "number" | "boolean" => YamlValue::of_plain(text),
                _ => YamlValue::Text(text.to_owned()),
            };
            match field {
                "title" => draft.title = text.to_owned(),
                "requester" => draft.requester = text.to_owned(),
                "many" | "tags" => draft.set(field, YamlValue::List(vec![plain(), plain()])),
                // Forms leave out empty values.
                _ if text.trim().is_empty() => continue,
                _ => draft.set(field, plain()),
            }
            drafts.push((draft, format!("{field}: {text:?}")));
        }
    }
    compare_findings(repository(), drafts);
}

#[test]
fn the_form_finds_the_same_as_check_in_titles_and_sections() {
    let titles = [
        "help",
        "Help!!!",
        "asdf qwer",
        "Invoice problem",
        "???",
        "2347",
        "It doesn't work",
        "紧急求助",
        "发票问题",
        "foo bar",
        "all",
        "Billing API",
        "n/a",
        "blah blah blah",
        "OOM in billing-export",
        "CVE-2024-3094?",
        "Login fails",
        "Error 504",
        "导出发票超时",
        "登录失败",
        "한국 주소가 라벨에서 잘립니다",
        "How do I export?",
        "aaaa",
        "xx xx xx xx",
        "Printer is out of paper",
        "שמות בעברית",
        "p99 above 4 s",
    ];
    let long = "word ".repeat(70);
    let texts = [
        "",
        "<!-- What happened? -->",
        "What happened?\n1.\n2.",
        "What happened?",
        "n/a",
        "N/A.",
        "- see above",
        "*same as title*",
        "...",
        "无",
        "同上。",
        "**如题**",
        "todo!",
        "None of the exports of October finish.",
        "aaaa",
        "asdf asdf asdf",
        "哈哈哈哈哈",
        "foo bar foo bar foo bar",
        "It fails again and again and again.",
        "2222",
        "```\ntimeout\ntimeout\ntimeout\n```",
        "![](trace.png)",
        "```\n<!-- a log of HTML -->\n```",
        "```\n```",
        "~~~\na\n~~~",
        "text\n\n    indented code here\n",
        "    indented\n",
        "<pre>a</pre>",
        "run `curl`",
        "1. Log in\n2. Export",
        "- [ ] export",
        "* `curl`",
        "1.\n2.\n",
        "Log in, export.",
        "```\n- a\n```",
        "<!--\n- a\n-->",
        "1. a\n   ```\n   code\n   ```",
        "> - quoted item of a list",
        "text\n- item\n- other",
        "text\n2. no list here at all",
        "a <!-- b --> c d e f",
        "<!-- a\n\n## b\n--> c d e f g",
        "<!-- never closed\n\n## b\nx y z",
        "`<!-- a` and more words here",
        "four words\nand [a link](https://acme.example/x) here",
        "one two\n===\nthree four five",
        "one two three four\n---\nfive",
        "### sub heading\nfour words are here",
        "four words are here\n## Steps\n1. a",
        "four words are here\n# Title\nmore",
        "four words are here\n##Steps\n1. a",
        "<b>four</b> words <i>are</i> here",
        "<br>",
        "\\<!-- four words are here",
        "* * *",
        "- - -\nfour words are here",
        "+ plus item with words",
        "10) ten item with words",
        "a\u{0}b words are here now",
        "The customer is +49 30 901820-44 on the phone",
        "导出十月的发票",
        "\tcode with a tab",
        "1. a\n\n       code in the item of words\n",
        "four words are here\n\n* item\n\n  paragraph of the item",
        "a | b\n--- | ---\nc | d e f g h",
        long.as_str(),
    ];
    let mut drafts = Vec::new();
    let mut add = |title: &str, section: &str, text: &str, choice: Option<&str>| {
        let problem = if section == "Problem" {
            String::new()
        } else {
            "## Problem\nThe export ends after 30 s.\n\n".to_owned()
        };
        let mut draft = TicketDraft {
            template: "all".into(),
            title: title.into(),
            body: format!("{problem}## {section}\n{text}\n"),
            ..TicketDraft::default()
        };
        draft.set("many", YamlValue::List(vec![YamlValue::Text("a".into())]));
        if let Some(choice) = choice {
            draft.set("choice", YamlValue::Text(choice.into()));
        }
        drafts.push((draft, format!("title {title:?}, {section}: {text:?}, {choice:?}")));
    };
    for title in titles {
        add(title, "Problem", "The export ends after 30 s.", None);
    }
    for text in texts {
        add("Invoice export times out", "Problem", text, None);
        add("Invoice export times out", "Steps", text, None);
        add("Invoice export times out", "Logs", text, Some("staging"));
        add("Invoice export times out", "Extra", text, Some("production"));
    }
    compare_findings(repository(), drafts);
}

#[test]
fn the_form_finds_personal_data_and_most_secrets() {
    let store = store(repository());
    let word = |kind: personal::PersonalDataKind| match kind {
        personal::PersonalDataKind::Email => "personal_email",
        personal::PersonalDataKind::Phone => "personal_phone",
        personal::PersonalDataKind::Card => "personal_card",
        personal::PersonalDataKind::Iban => "personal_iban",
        personal::PersonalDataKind::SocialSecurity => "personal_social",
        personal::PersonalDataKind::ResidentId => "personal_resident",
    };
    let mut cases = Vec::new();
    for text in personal::tests::samples() {
        let mut expected: Vec<&str> = Vec::new();
        for hit in personal::find(text, |_| false) {
            if !expected.contains(&word(hit.kind)) {
                expected.push(word(hit.kind));
            }
        }
        cases.push((
            json!({ "run": "personal", "rules": 0, "text": text }),
            json!(expected),
            (*text).to_owned(),
        ));
    }
    compare(&[rules(&store)], cases);
    let lines = |file: &'static str| -> Vec<String> {
        let lines = file.lines().filter(|line| !line.is_empty() && !line.starts_with("# "));
        lines.map(|line| line.replace('¦', "").replace("\\n", "\n")).collect()
    };
    let find = |texts: &[String]| -> Vec<bool> {
        let cases: Vec<Json> = texts.iter().map(|text| json!({ "run": "secrets", "text": text })).collect();
        answers(&[], &cases).iter().map(|found| found == true).collect()
    };
    let secrets = lines(include_str!("../../../detectors/secrets/samples/secrets.txt"));
    let found = find(&secrets).into_iter().filter(|found| *found).count();
    assert!(found * 10 >= secrets.len() * 7, "{found} of {}", secrets.len());
    let others = lines(include_str!("../../../detectors/secrets/samples/no-secrets.txt"));
    let wrong: Vec<&String> =
        others.iter().zip(find(&others)).filter(|(_, found)| *found).map(|(text, _)| text).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

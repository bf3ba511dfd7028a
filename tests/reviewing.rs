//! `casebook review`: the information that a pull request needs, on any forge.

use pulldown_cmark::{Event, Options, Parser, Tag};
use serde_json::json;

use crate::{
    change::{NEW, repository, resolved},
    sandbox::Sandbox,
};

const REVIEW: &str = "review --since main --at refs/pull/7/head --rules-from main";

/// Reviews the change in the bare repository and returns the output in the given format.
fn review(sandbox: &Sandbox, options: &str) -> String {
    sandbox.casebook("team.git", &format!("{REVIEW} {options}")).fails(1).out
}

#[test]
fn a_change_is_reviewed_by_id_in_a_bare_repository_by_the_rules_of_the_base() {
    let sandbox = repository();
    let before = sandbox.git("team.git", "for-each-ref");
    let output = sandbox.casebook("team.git", &format!("{REVIEW} --format json")).fails(1).json();
    assert_eq!(output["base"], sandbox.git("team.git", "rev-parse main"));
    assert_eq!(output["head"], sandbox.git("team.git", "rev-parse refs/pull/7/head"));
    assert_eq!(
        (&output["findings"][0]["code"], &output["findings"][0]["path"]),
        (&json!("unknown-service"), &json!(NEW))
    );
    assert_eq!((&output["errors"], &output["audience"]), (&json!(1), &json!(null)));
    let ticket = &output["tickets"][0];
    assert_eq!(
        (&ticket["id"], &ticket["file"], &ticket["new"]),
        (&json!("export-again-n2n3n4"), &json!(NEW), &json!(true))
    );
    let ids: Vec<&str> =
        ticket["similar"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 2, "{output:#}");
    assert!(ids.contains(&"export-stops-s2s3s4") && ids.contains(&"export-stops-k7f3qa"));
    assert!(!ticket["similar"][0]["why"].as_array().unwrap().is_empty(), "{output:#}");
    assert_eq!(sandbox.git("team.git", "for-each-ref"), before);
    // The change passes its own rules.
    sandbox.casebook("team.git", "check --since main --at refs/pull/7/head").ok();
}

#[test]
fn a_public_review_shows_only_public_matches() {
    let sandbox = repository();
    for form in ["json", "markdown", "human"] {
        let output = review(&sandbox, &format!("--audience public --format {form}"));
        assert!(
            output.contains("k7f3qa") && !output.contains("s2s3s4") && !output.contains("Nachtigall"),
            "{output}"
        );
        assert!(review(&sandbox, &format!("--audience internal --format {form}")).contains("s2s3s4"));
    }
}

#[test]
fn a_public_review_suggests_no_internal_name() {
    let sandbox = Sandbox::new();
    sandbox.git(".", "init -q team");
    let settings = "version: 1\nvisibility: public\npublish: all\nservices:\n  checkout: { name: Checkout }\n  \
                    nightingale: { name: Secret }\npeople:\n  mei: { name: Mei }\n  zoltan: { name: Zoltan }\n";
    sandbox.write("team/casebook.yml", settings);
    for template in ["note", "merger"] {
        sandbox
            .write(format!("team/ticket-templates/{template}.md"), format!("---\ntitle: {template}\n---\n"));
    }
    let ticket = |keys: &str| {
        format!("---\ntitle: Exports time out\nrequester: mei\ncreated: 2026-11-22T08:00:00Z\n{keys}---\nx\n")
    };
    sandbox.write("team/tickets/exports-k7f3qa.md", ticket("template: note\nservice: checkout\n"));
    let internal = "template: merger\nvisibility: internal\nservice: nightingale\naliases: [moonlight]\n";
    sandbox.write("team/tickets/plans-q7x2ab.md", ticket(internal).replace("mei", "zoltan"));
    sandbox.write("team/knowledge/int-art.md", "---\ntitle: Internal\nvisibility: internal\n---\nText.\n");
    sandbox.commit("team", "what was there");
    let similar =
        "template: mergr\nservice: nightingal\nrelated: [plans-q7x2a, int-atr]\naliases: [moonlight]\n";
    sandbox.write("team/tickets/b-n2n3n4.md", ticket(similar).replace("mei", "zoltn"));
    sandbox.write(
        "team/tickets/c-n2n3n5.md",
        ticket("template: note\nservice: chekout\n") + "It is Moonlight.\n",
    );
    sandbox.commit("team", "a change");
    // Markdown has character references for signs.
    let review = |options: &str| {
        let output = sandbox.casebook("team", &format!("review --since HEAD~1 {options}")).fails(1).out;
        output.replace("&#45;", "-")
    };
    for form in ["json", "markdown", "human", "short", "github"] {
        let public = review(&format!("--audience public --format {form}"));
        let internal = review(&format!("--audience internal --format {form}"));
        for name in ["plans-q7x2ab", "int-art", "nightingale", "zoltan", "merger", "named-internal-ticket"] {
            assert!(!public.contains(name), "{name} in {public}");
        }
        assert!(public.contains("checkout") || form == "short", "public names are suggested: {public}");
        assert!(
            internal.contains("plans-q7x2ab") && internal.contains("named-internal-ticket"),
            "{internal}"
        );
    }
}

#[test]
fn an_article_is_suggested_like_a_ticket() {
    let sandbox = repository();
    sandbox.git("team", "checkout -q main");
    sandbox.write(
        "team/knowledge/exports-that-stop.md",
        "---\ntitle: Invoice export stops with ERR_CONN_RESET\nservice: billing-export\n---\n## Problem\nThe export of \
         invoices stops with ERR_CONN_RESET after 10,000 rows.\n\n## Fix\nExport by month.\n",
    );
    sandbox.commit("team", "an article");
    let line = "review --since main --at change --rules-from main --audience public --format";
    let json = sandbox.casebook("team", &format!("{line} json")).fails(1).json();
    let similar = json["tickets"][0]["similar"].as_array().unwrap();
    let article = similar.iter().find(|one| one["id"] == "knowledge/exports-that-stop");
    let article = article.unwrap_or_else(|| panic!("{similar:#?}"));
    assert_eq!((&article["status"], &article["answer"]), (&json!(null), &json!("Export by month.")));
    let comment = sandbox.casebook("team", &format!("{line} markdown")).fails(1).out;
    assert!(comment.contains("/knowledge/exports-that-stop.md) (article): "), "{comment}");
    assert_inert(&comment);
}

#[test]
fn a_branch_can_be_reviewed_before_its_pull_request() {
    let sandbox = repository();
    sandbox.git("team", "remote add origin ../team.git");
    sandbox.git("team", "fetch -q origin");
    let output = sandbox.casebook("team", "review --rules-from main").fails(1);
    output.prints(&[
        "unknown-service",
        "resolved tickets similar to export-again-n2n3n4",
        "Nachtigall had too many rows",
    ]);
    sandbox.git("team", "remote remove origin");
    sandbox.casebook("team", "review").fails(2).says(&["missing `--since`", "--since REV"]);
    sandbox.casebook("team", "review --since nowhere").fails(2).says(&["`nowhere` is not a commit"]);
}

#[test]
fn a_change_without_questions_gets_no_suggestions() {
    let sandbox = repository();
    sandbox.git("team", "checkout -q main");
    // A ticket that names its similar ticket needs no suggestion, and neither does a reply.
    let ticket = sandbox
        .read("team/tickets/2026/10/export-stops-k7f3qa.md")
        .replace("service:", "related: [export-stops-k7f3qa, export-stops-s2s3s4]\nservice:");
    sandbox.write("team/tickets/2026/11/once-more-m2m3m4.md", ticket);
    sandbox.write(
        "team/tickets/2026/09/a/r.md",
        "---\nauthor: omar\ncreated: 2026-11-22T08:00:00Z\n---\nThe export of invoices stops with ERR_CONN_RESET.\n",
    );
    sandbox.commit("team", "a ticket and a reply");
    let output = sandbox.casebook("team", "review --since HEAD~1 --at HEAD --format markdown").ok();
    assert_eq!(output.out, "<!-- casebook -->\n\n**casebook** found no problems in this change.\n");
}

#[test]
fn an_import_is_reviewed_without_a_search_for_each_ticket() {
    let sandbox = repository();
    sandbox.git("team", "checkout -q main");
    for n in 0..30 {
        resolved(
            &sandbox,
            &format!("imported-{n:02}"),
            "",
            "Invoice export stops",
            "Raised the limit of the job.",
        );
    }
    sandbox.commit("team", "an import");
    let output = sandbox.casebook("team", "review --since HEAD~1 --at HEAD --format json").ok().json();
    assert_eq!((output["tickets"].as_array().unwrap().len(), &output["more_tickets"]), (20, &json!(10)));
}

#[test]
fn text_of_a_ticket_has_no_effect_in_a_comment() {
    let sandbox = repository();
    let comment = review(&sandbox, "--audience public --format markdown");
    assert!(comment.starts_with("<!-- casebook -->\n\n"));
    assert!(comment.contains("in the answer") && comment.contains("onerror"), "it is quoted: {comment}");
    assert!(comment.len() < 60_000 && comment.lines().all(|line| line.len() < 10_000), "{}", comment.len());
    assert_inert(&comment);
}

/// Parses the comment like a forge. Asserts that its structure is ours, that links lead to the repository, and that other
/// text is quoted.
#[track_caller]
pub(crate) fn assert_inert(comment: &str) {
    let (mut quoted, mut words) = (false, String::new());
    for event in Parser::new_ext(comment, Options::all()) {
        match event {
            Event::InlineHtml(tag) if &*tag == "<code>" => {
                assert!(!quoted, "a quotation inside a quotation: {comment}");
                quoted = true;
            }
            Event::InlineHtml(tag) if &*tag == "</code>" => quoted = false,
            Event::InlineHtml(tag) => assert_eq!(&*tag, "<br>"),
            Event::Html(html) => assert_eq!(html.trim_end(), "<!-- casebook -->"),
            Event::Start(Tag::Link { dest_url, .. }) => {
                assert!(dest_url.starts_with("https://github.com/acme/oncall/blob/"), "{dest_url}");
            }
            Event::Start(Tag::Paragraph | Tag::List(None) | Tag::Item | Tag::Strong | Tag::HtmlBlock)
            | Event::End(_) => {}
            Event::Text(text) if quoted => {
                // Even without the tags, the names notify no user, and the text is not reversed.
                for (at, _) in text.match_indices(['@', '#']) {
                    assert!(text[at + 1..].is_empty() || text[at + 1..].starts_with('\u{200b}'), "{text}");
                }
                assert!(!text.contains(['\u{202e}', '\u{0}', '\n']), "{text}");
            }
            Event::Text(text) => words.push_str(&text),
            Event::SoftBreak => words.push(' '),
            other => panic!("{other:?} in {comment}"),
        }
    }
    assert!(!words.contains(['@', '#', '<', '`', '$', '\\', '/']), "{words}");
    // Text that would be a command if a forge reads the Markdown source.
    assert!(comment.lines().all(|line| !line.trim_start().starts_with('/')), "{comment}");
    assert_eq!(comment.matches("<!--").count(), 1);
}

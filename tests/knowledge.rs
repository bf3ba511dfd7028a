//! Clusters of tickets, articles that are distilled from them, and the life of an article, with the real program.

use serde_json::json;

use crate::sandbox::Sandbox;

const BODY: &str =
    "The export of the invoices stops with ERR_CONN_RESET after 10,000 rows, and the page stays white.";

/// Tickets that have nothing in common.
const OTHERS: [(&str, &str, &str); 6] = [
    ("printer-cccccc", "Printer prints blank pages", "Since Monday the laser on floor three wastes toner."),
    ("badge-cccccc", "Badge does not open the gate", "My card was replaced and security forgot the garage."),
    ("desk-cccccc", "Standing desk is stuck", "The motor hums but nothing moves upward."),
    ("voicemail-cccccc", "Voicemail greeting is wrong", "Callers hear my predecessor named Bob."),
    ("lamp-cccccc", "Lamp flickers", "A fluorescent tube above seat 14 blinks."),
    ("beans-cccccc", "Out of beans", "Kitchen two has only tea for guests."),
];

fn ticket(sandbox: &Sandbox, id: &str, keys: &str, title: &str, body: &str) {
    let text = format!(
        "---\ntitle: {title}\ntemplate: question\nrequester: lena\n{keys}\n---\n## Question\n{body}\n"
    );
    sandbox.write(format!("team/tickets/{id}.md"), text);
}

fn reply(sandbox: &Sandbox, id: &str, keys: &str, body: &str) {
    sandbox.write(format!("team/tickets/{id}/r.md"), format!("---\nauthor: omar\n{keys}\n---\n{body}\n"));
}

/// Creates a team with two tickets about one problem, of which one is resolved, and tickets about other things.
fn exports(visibility: &str) -> Sandbox {
    let sandbox = Sandbox::with_team();
    let keys = |day: u32| {
        format!("service: billing-export\ncreated: 2026-10-{day:02}T08:00:00Z\nvisibility: {visibility}")
    };
    ticket(&sandbox, "export-aaaaaa", &keys(1), "Invoice export times out", BODY);
    ticket(&sandbox, "export-bbbbbb", &keys(10), "Export of invoices times out", BODY);
    reply(
        &sandbox,
        "export-aaaaaa",
        "created: 2026-10-02T08:00:00Z\nstatus: resolved\nresolution: fixed",
        "## Cause\nThe export job ran out of memory.\n\n## Fix\nRaised the limit of the job to four gigabytes.",
    );
    for (day, (id, title, body)) in OTHERS.into_iter().enumerate() {
        let keys = format!("created: 2026-09-{:02}T08:00:00Z", day + 1);
        ticket(&sandbox, id, &keys, title, body);
    }
    sandbox.commit("team", "tickets");
    sandbox
}

#[test]
fn distill_lists_problems_with_their_cost_and_their_best_answer() {
    let sandbox = exports("public");
    let found = sandbox.casebook("team", "distill --format json").ok().json();
    assert_eq!(found["total"], 1, "{found}");
    let cluster = &found["clusters"][0];
    assert_eq!(cluster["tickets"], json!(["export-aaaaaa", "export-bbbbbb"]));
    // The first ticket waited a day; nobody replied to the second, which is the newest.
    assert_eq!((&cluster["cost"], &cluster["best"]), (&json!(86_400), &json!("export-aaaaaa")));
    assert_eq!(cluster["article"], json!(null));
    assert!(cluster["words"].as_array().unwrap().contains(&json!("Invoice")), "{cluster}");
    sandbox.casebook("team", "distill").ok().prints(&[
        "2 tickets · 2026-10-01 to 2026-10-10 · waited 24 hours",
        "answer: export-aaaaaa  Raised the limit",
        "casebook distill --write export-aaaaaa",
    ]);
    sandbox.casebook("team", "distill service:billing-api --limit 1").ok().prints(&["2 tickets"]);
    sandbox.casebook("team", "distill printer").ok().says(&["no problem with a resolved ticket"]);
}

#[test]
fn a_distilled_article_cites_its_tickets_and_is_the_only_file_in_its_commit() {
    let sandbox = exports("internal");
    sandbox
        .write("team/other.txt", "not mine")
        .write("team/staged.txt", "staged")
        .git("team", "add staged.txt");
    let written = sandbox.casebook("team", "distill --write export-bbbbbb --slug slow-exports").ok();
    let written = written.says(&["no answer has a section `Prevention`", "article confirm slow-exports"]);
    assert_eq!(written.line(), "knowledge/slow-exports.md");
    assert_eq!(
        sandbox.git("team", "show --name-only --format=%s"),
        "distill slow-exports\n\nknowledge/slow-exports.md"
    );
    assert_eq!(sandbox.git("team", "status --porcelain"), "A  staged.txt\n?? other.txt");
    let text = sandbox.read("team/knowledge/slow-exports.md");
    for part in [
        "tickets: [export-aaaaaa, export-bbbbbb]\nvisibility: internal\n",
        "## Cause\nThe export job ran out of memory.\n\nFrom [export-aaaaaa](../tickets/export-aaaaaa.md).\n",
        "## Fix\nRaised the limit",
    ] {
        assert!(text.contains(part), "{part:?} is not in {text}");
    }
    sandbox.casebook("team", "check knowledge").ok();
    // An existing article is never overwritten.
    sandbox
        .casebook("team", "distill --write export-aaaaaa --slug slow-exports")
        .fails(2)
        .says(&["`knowledge/slow-exports.md` exists already"]);
    assert_eq!(sandbox.read("team/knowledge/slow-exports.md"), text);
    let found = sandbox.casebook("team", "distill --format json").ok().json();
    assert_eq!(found["clusters"][0]["article"], "slow-exports");
}

#[test]
fn a_public_article_uses_only_what_the_public_may_see() {
    let sandbox = exports("internal");
    sandbox
        .casebook("team", "distill --write export-aaaaaa --public")
        .fails(2)
        .says(&["has a public answer"]);
    let sandbox = exports("public");
    sandbox
        .casebook("team", "reply export-aaaaaa --internal --message 'The customer is called Nightfall.'")
        .ok();
    sandbox.casebook("team", "distill --write export-aaaaaa --public --slug slow-exports").ok().says(&[
        "the article publishes text of 1 ticket:\n  export-aaaaaa",
        "left out 1 ticket that the public site does not show",
    ]);
    let text = sandbox.read("team/knowledge/slow-exports.md");
    assert!(text.contains("visibility: public") && !text.contains("Nightfall"), "{text}");
    assert!(!text.contains("export-bbbbbb"), "the public site has no page of an open ticket: {text}");
}

#[test]
fn a_ticket_that_shares_its_problem_with_no_other_cannot_be_distilled() {
    let sandbox = exports("public");
    sandbox
        .casebook("team", "distill --write printer-cccccc")
        .fails(2)
        .says(&["shares its problem with no other ticket", "`casebook distill` lists"]);
    sandbox.casebook("team", "distill --write nobody").fails(1);
}

#[test]
fn confirming_an_article_changes_only_one_line() {
    let sandbox = exports("public");
    let text = |confirmed: &str| {
        format!(
            "---\r\ntitle: Slow exports # yes\r\ntickets: [export-aaaaaa]\r\n{confirmed}---\r\n## Fix\r\nUpdate.\r\n"
        )
    };
    sandbox.write("team/knowledge/slow.md", text("")).commit("team", "article");
    let list = |sandbox: &Sandbox| {
        sandbox.casebook("team", "article list --format json").ok().json()["articles"][0].clone()
    };
    assert_eq!(list(&sandbox)["review"], json!(null));
    sandbox.casebook("team", "article confirm slow").ok().says(&["confirmed slow: Slow exports"]);
    assert_eq!(sandbox.read("team/knowledge/slow.md"), text("confirmed: 2026-11-22\r\n"));
    assert_eq!(sandbox.git("team", "log -1 --format=%s"), "confirm slow: 2026-11-22");
    let before = sandbox.git("team", "rev-parse HEAD");
    sandbox.casebook("team", "article confirm knowledge/slow.md").ok().says(&["already confirmed today"]);
    assert_eq!(sandbox.git("team", "rev-parse HEAD"), before);
    let status = list(&sandbox);
    assert_eq!((&status["in_doubt"], &status["due"]), (&json!(null), &json!(false)));
    sandbox.casebook("team", "article list --due").ok().says(&["no article needs a review"]);
    sandbox.casebook("team", "article confirm gone").fails(1).says(&["no article `gone`"]);
    // The problem comes back after the review, then the article answers it.
    ticket(&sandbox, "export-dddddd", "created: 2026-11-24T08:00:00Z", "Invoice export times out", BODY);
    assert_eq!(list(&sandbox)["in_doubt"], "export-dddddd");
    sandbox
        .casebook("team", "article list")
        .ok()
        .prints(&["in doubt: reported again in export-dddddd on 2026-11-24"]);
    reply(
        &sandbox,
        "export-dddddd",
        "created: 2026-11-24T09:00:00Z\nstatus: resolved\nresolution: answered\nanswered_by: [slow]",
        "See there.",
    );
    let status = list(&sandbox);
    assert_eq!((&status["in_doubt"], &status["answered"]), (&json!(null), &json!(1)));
}

#[test]
fn a_superseded_article_leads_to_the_new_one() {
    let sandbox = exports("public");
    sandbox
        .write(
            "team/knowledge/old.md",
            "---\ntitle: Slow exports\nvisibility: public\n---\n## Fix\nRestart it.\n",
        )
        .write(
            "team/knowledge/new.md",
            "---\ntitle: Slow exports, again\nvisibility: public\n---\n## Fix\nUpdate it.\n",
        )
        .commit("team", "articles");
    sandbox.casebook("team", "article supersede old --by new").ok().says(&["new replaces old"]);
    assert!(sandbox.read("team/knowledge/new.md").contains("\nsupersedes: [old]\n---\n"));
    sandbox.casebook("team", "article supersede new --by old").fails(2).says(&["cannot replace"]);
    sandbox.casebook("team", "article supersede old --by new").ok().says(&["already replaces"]);
    assert_eq!(sandbox.casebook("team", "article list --format short").ok().line(), "new");
    sandbox.casebook("team", "build --audience public --out out").ok();
    let old = sandbox.read("team/out/knowledge/old/index.html");
    assert!(old.contains("http-equiv=\"refresh\"") && old.contains("knowledge/new/"), "{old}");
    assert!(!sandbox.read("team/out/knowledge/index.html").contains("knowledge/old/"));
    sandbox.write(
        "team/knowledge/old.md",
        "---\ntitle: Slow exports\nsupersedes: [new]\n---\n## Fix\nRestart it.\n",
    );
    sandbox.casebook("team", "check --format short").fails(1).prints(&["circular-supersedes"]);
}

#[test]
fn the_page_of_an_article_says_that_its_problem_came_back() {
    let sandbox = exports("public");
    // The site shows open tickets, too.
    sandbox.write("team/casebook.yml", format!("{}publish: all\n", crate::sandbox::SETTINGS));
    sandbox
        .write("team/knowledge/slow.md", "---\ntitle: Slow exports\nvisibility: public\ntickets: [export-aaaaaa]\nconfirmed: 2026-10-03\n---\n## Fix\nUpdate it.\n")
        .commit("team", "article");
    sandbox.casebook("team", "build --out out").ok();
    let page = sandbox.read("team/out/knowledge/slow/index.html");
    assert!(page.contains("Back again in") && page.contains("Export of invoices times out"), "{page}");
    // Only the page of the article depends on its cluster, and the next build notices.
    reply(
        &sandbox,
        "export-bbbbbb",
        "created: 2026-10-11T08:00:00Z\nstatus: resolved\nresolution: fixed",
        "Raised the limit again, to eight gigabytes.",
    );
    sandbox.casebook("team", "build --out out").ok();
    assert!(sandbox.read("team/out/knowledge/slow/index.html").contains("Solved in another way in"));
    // Replaced files of the search index stay for one build.
    sandbox.casebook("team", "build --out out").ok();
    sandbox.casebook("team", "build --out clean").ok();
    let same = sandbox.sh("team", "diff -r out clean");
    same.ok();
}

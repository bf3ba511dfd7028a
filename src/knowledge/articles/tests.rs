use std::sync::Arc;

use super::*;
use crate::{
    knowledge::clusters::Clusters,
    repo::{CacheSlot, MemorySource},
    store::{Store, load},
    ticket::Visibility,
};

const EXPORT: &str = "It stops with ERR_CONN_RESET after 10,000 rows, and the page stays white.";

fn store(files: &[(&str, &str)]) -> Store {
    let files = files.iter().fold(MemorySource::new(), |all, (path, text)| all.with(*path, *text));
    let files = ["printer", "badge", "desk", "phone", "coffee", "lamp"].into_iter().fold(files, |all, subject| {
        let text = format!("---\ntitle: How to order a {subject}\nrequester: tom\ncreated: 2025-12-01T09:00:00Z\n---\nWho knows how the {subject} is ordered?\n");
        all.with(format!("tickets/{subject}.md"), text)
    });
    load(Arc::new(files), &CacheSlot::nowhere()).unwrap()
}

fn export(id: &str, created: &str) -> (String, String) {
    let text = format!(
        "---\ntitle: Invoice export times out\nrequester: lena\ncreated: {created}T09:00:00Z\nversion: 2.14.0\ntags: [export, {id}]\nservice: billing\n---\n## Problem\n<!-- hint -->\n{EXPORT}\n\n```\ncode\n```\n"
    );
    (format!("tickets/2026/{id}.md"), text)
}

const FIXED: &str = "---\nauthor: mei\ncreated: 2026-01-02T09:00:00Z\nstatus: resolved\nresolution: fixed\n---\n## Cause\nA join over all rows.\n\n## Fix\nUpdate to 2.15.\n";

#[test]
fn a_draft_is_made_of_what_people_wrote_and_names_each_ticket() {
    let ((a, a_text), (b, b_text)) = (export("a1", "2026-01-01"), export("b1", "2026-01-03"));
    let found = store(&[
        (&a, &a_text),
        (&b, &b_text),
        ("tickets/2026/a1/r.md", FIXED),
        (
            "tickets/2026/b1/n.md",
            "---\nauthor: mei\ncreated: 2026-01-04T09:00:00Z\nvisibility: internal\n---\nThe customer is late.\n",
        ),
        (
            "tickets/2026/b1/r.md",
            "---\nauthor: mei\ncreated: 2026-01-05T09:00:00Z\nstatus: resolved\nresolution: answered\n---\nUpdate to 2.15 and export again, please.\n",
        ),
        ("casebook.yml", "version: 1\nvisibility: public\n"),
    ]);
    let places: Vec<usize> = ["a1", "b1"].into_iter().filter_map(|id| found.threads.place(id)).collect();
    let article = distilled(&found, &places, Some(places[0]), Visibility::Public).unwrap();
    let expected = format!(
        "---\ntitle: Invoice export times out\nservice: billing\ntags: [a1, b1, export]\ntickets: [a1, b1]\nvisibility: public\n---\n\
         ## Problem\n- {EXPORT} ([a1](../tickets/2026/a1.md))\n- {EXPORT} ([b1](../tickets/2026/b1.md))\n\n\
         Affected versions: 2.14.0\n\n## Cause\nA join over all rows.\n\nFrom [a1](../tickets/2026/a1.md).\n\n\
         ## Fix\nUpdate to 2.15.\n\nFrom [a1](../tickets/2026/a1.md).\n\n\
         Update to 2.15 and export again, please.\n\nFrom [b1](../tickets/2026/b1.md).\n"
    );
    assert_eq!(article.text, expected);
    assert_eq!(article.missing, ["Prevention"]);
    assert_eq!(distilled(&found, &places[1..], None, Visibility::Public), None, "nobody answered");
}

#[test]
fn an_article_is_in_doubt_if_its_problem_came_back_or_was_solved_in_another_way() {
    let health = |more: &[(&str, &str)]| {
        let ((a, a_text), (b, b_text)) = (export("a1", "2026-01-01"), export("b1", "2026-03-03"));
        let article =
            "---\ntitle: Slow exports\ntickets: [a1]\nconfirmed: 2026-02-01\n---\n## Fix\nUpdate.\n";
        let mut files =
            vec![(&*a, &*a_text), ("tickets/2026/a1/r.md", FIXED), ("knowledge/slow.md", article)];
        if !more.is_empty() {
            files.push((&b, &b_text));
        }
        files.extend(more);
        let store = store(&files);
        let clusters = Clusters::of(&store, &CacheSlot::nowhere());
        let health = ArticleHealths::of(&store, &clusters).health(store.article("slow").unwrap());
        let doubt =
            health.doubt.map(|doubt| (store.threads.id(doubt.ticket).to_owned(), doubt.is_resolution));
        (doubt, health.answered.len(), health.is_due)
    };
    let reply =
        |more: &str| format!("---\nauthor: mei\ncreated: 2026-03-04T09:00:00Z\n{more}\n---\nUpdate it.\n");
    let b1 = |is_resolution: bool| Some(("b1".to_owned(), is_resolution));
    assert_eq!(health(&[]), (None, 0, false));
    assert_eq!(health(&[("tickets/2026/b1/r.md", &reply(""))]), (b1(false), 0, false));
    let other_way = reply("status: resolved\nresolution: fixed");
    assert_eq!(health(&[("tickets/2026/b1/r.md", &other_way)]), (b1(true), 0, false));
    for citing in ["answered_by: [slow]", "draft_from: slow"] {
        let answered = reply(&format!("status: resolved\nresolution: answered\n{citing}"));
        assert_eq!(health(&[("tickets/2026/b1/r.md", &answered)]), (None, 1, false), "{citing}");
    }
    let much_later = reply("").replace("2026-03", "2026-08");
    assert_eq!(health(&[("tickets/2026/b1/r.md", &much_later)]), (b1(false), 0, true), "181 days");
}

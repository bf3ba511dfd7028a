//! Similar documents in a small repository.

use std::sync::Arc;

use crate::{
    repo::{CacheSlot, MemorySource},
    search::{Engine, Item, Question, SimilarLimits, similar_items::SimilarItem},
    store::load,
    ticket::{Document, parse_ticket},
};

const TICKETS: [(&str, &str, &str); 7] = [
    (
        "t0",
        "title: Invoice export times out\nservice: export\nversion: 2.14",
        "The export stops with ERR_CONN_RESET after 10,000 rows.",
    ),
    ("t1", "title: Login page is slow\nservice: login", "The login page takes a minute since yesterday."),
    ("t2", "title: Export of invoices never ends", "It stops with ERR_CONN_RESET and the page is white."),
    ("t3", "title: 导出超时", "发票导出任务超时"),
    (
        "t4",
        "title: Nothing works\nservice: login",
        "```\n[ERROR] cannot open page 17 of /var/lib/a.db\n```\n",
    ),
    ("y5", "title: Printer jams", "On the second floor."),
    ("z6", "title: Printer jams", "On the second floor."),
];

fn alike(text: &str) -> Vec<(String, SimilarItem)> {
    let mut source = MemorySource::new();
    for (number, (id, keys, body)) in TICKETS.iter().enumerate() {
        // The last two tickets have the same time.
        let day = (number + 1).min(6);
        let text = format!("---\n{keys}\ncreated: 2026-01-0{day}T00:00:00Z\n---\n{body}\n");
        source = source.with(format!("tickets/{id}.md"), text);
    }
    let answer = "---\nauthor: mei\ncreated: 2026-01-09T00:00:00Z\nstatus: resolved\nresolution: fixed\n---\nIt has been fixed.\n";
    source = source.with("tickets/t1/r.md", answer).with("tickets/z6/r.md", answer);
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(load(Arc::new(source), &CacheSlot::nowhere()).unwrap());
    let engine = Engine::open(Arc::clone(&store), &CacheSlot::at(&folder.path().join("index")));
    let document = Document::parse(&"draft.md".into(), text.as_bytes());
    let question =
        Question::of_ticket(&parse_ticket(&document, &jiff::tz::TimeZone::UTC).0, document.body_text());
    let found = engine.similar(&question, |_| true, SimilarLimits { limit: 10, weak: true }).unwrap();
    let named = |alike: SimilarItem| match alike.item {
        Item::Ticket(place) => (store.threads[place].id().to_owned(), alike),
        Item::Article(_) => unreachable!("there is none"),
    };
    found.shown.into_iter().map(named).collect()
}

fn ids(found: &[(String, SimilarItem)]) -> Vec<&str> {
    found.iter().map(|(id, _)| id.as_str()).collect()
}

#[test]
fn the_most_similar_ticket_comes_first_with_reasons() {
    let found = alike("---\ntitle: Exporting invoices times out\n---\nerror: ERR_CONN_RESET");
    assert_eq!(ids(&found)[..2], ["t0", "t2"]);
    let first = &found[0].1;
    assert!(!first.weak, "{found:?}");
    for word in ["ERR_CONN_RESET", "invoices"] {
        assert!(first.why.iter().any(|why| why == word), "{word}: {found:?}");
    }
    assert_eq!(ids(&alike("---\ntitle: 导出任务超时了\n---\n"))[0], "t3");
}

#[test]
fn fields_and_errors_count_and_are_listed() {
    let found = alike("---\ntitle: It is white\nservice: export\nversion: 2.14\n---\nAll rows.");
    let first = found.iter().find(|(id, _)| id == "t0").unwrap();
    assert!(first.1.why.ends_with(&["same service export".into(), "same version 2.14".into()]), "{found:?}");
    let found = alike("---\ntitle: Broken\n---\n```\n[ERROR] cannot open page 3 of /srv/b.db\n```\n");
    assert_eq!(ids(&found)[0], "t4");
    assert_eq!(found[0].1.why[0], "same error `[ERROR] cannot open page 3 of /srv/b.db`");
}

#[test]
fn the_answered_one_of_two_equal_tickets_comes_first() {
    let found = alike("---\ntitle: Printer jams\ncreated: 2026-03-01T00:00:00Z\n---\nOn the second floor.");
    assert_eq!(ids(&found)[..2], ["z6", "y5"], "the order must not come from the keys: {found:?}");
    assert_eq!(found[0].1.score, found[1].1.score, "the open ticket gets no bonus");
}

#[test]
fn a_single_shared_word_is_a_weak_match() {
    let found = alike("---\ntitle: Printer is out of paper\n---\nIt takes a minute to say so.");
    assert!(found.iter().all(|(_, alike)| alike.weak), "{found:?}");
    assert_eq!(alike("---\ntitle: zebra\n---\n—"), []);
    assert_eq!(alike(""), []);
}

#[test]
fn a_log_of_several_megabytes_can_be_compared() {
    let line = "2026-01-01 10:00:00 ERROR worker-17 cannot open page 3 of /srv/b.db at 0x00ff17\n";
    let found = alike(&format!("---\ntitle: Log\n---\n{}", line.repeat(60_000)));
    assert_eq!(ids(&found)[0], "t4", "found by the error: {found:?}");
}

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
    alike_among(&TICKETS, text)
}

fn alike_among(tickets: &[(&str, &str, &str)], text: &str) -> Vec<(String, SimilarItem)> {
    let mut source = MemorySource::new();
    for (number, (id, keys, body)) in tickets.iter().enumerate() {
        // The last two tickets have the same time.
        let day = (number + 1).min(6);
        let text = format!("---\n{keys}\ncreated: 2026-01-0{day}T00:00:00Z\n---\n{body}\n");
        source = source.with(format!("tickets/{id}.md"), text);
    }
    let answer = "---\nauthor: mei\ncreated: 2026-01-09T00:00:00Z\nstatus: resolved\nresolution: fixed\n---\nIt has been fixed.\n";
    for id in ["t1", "z6"] {
        source = source.with(format!("tickets/{id}/r.md"), answer);
    }
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

/// Returns the reasons for ticket `own`, which is among many tickets with an error on a page.
fn reasons_among_many(own: (&str, &str), draft: &str) -> Vec<String> {
    let names: Vec<String> = (0..40).map(|number| format!("o{number}")).collect();
    let other = |name| {
        (name, "title: Error on a page\nkind: bug", "The page shows an error, set_on and get_off fail.")
    };
    let mut tickets: Vec<_> = names.iter().map(|name| other(name.as_str())).collect();
    tickets.push(("own", own.0, own.1));
    tickets.extend(TICKETS);
    let found = alike_among(&tickets, draft);
    found.into_iter().find(|(id, _)| id == "own").unwrap().1.why
}

#[test]
fn reasons_name_rare_words_and_leave_common_ones_out() {
    let own = ("title: Error on the quota page\nkind: bug", "The page of zebras shows an error.");
    let draft = "---\ntitle: The quota page shows an error\nkind: bug\n---\nzebras, set_on and get_off";
    assert_eq!(reasons_among_many(own, draft), ["quota", "zebras"]);
}

#[test]
fn reasons_name_the_service_and_the_version_before_other_fields() {
    let keys = "shelf: seven\nversion: 3.1\nservice: archive";
    let own = (format!("title: Error on the quota page\n{keys}"), "");
    let why = reasons_among_many((&own.0, own.1), &format!("---\ntitle: Slow quota\n{keys}\n---\n"));
    assert_eq!(why, ["quota", "same service archive", "same version 3.1", "same shelf seven"]);
}

#[test]
fn the_line_of_an_error_is_named_before_its_functions_and_its_words() {
    let trace =
        "```\njava.io.IOException: quota exceeded by zebras\n\tat com.acme.Export.run(Export.java:120)\n```";
    let own = ("title: Backup stops", trace);
    let why = reasons_among_many(own, &format!("---\ntitle: Printing stops\n---\n{trace}"));
    assert_eq!(why[0], "same error `java.io.IOException: quota exceeded by zebras`");
    assert!(!why.iter().any(|why| why == "quota" || why == "zebras"), "{why:?}");
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

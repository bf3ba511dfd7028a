//! Tests that an evaluation measures the answers that a user would have got.

use std::sync::Arc;

use super::*;
use crate::{
    repo::{CacheSlot, MemorySource},
    search::{Engine, SimilarLimits},
    store::load,
    text::Time,
};

/// Returns tickets about two problems: `b` and `c` are duplicates of `a`, and `e` was answered by `d`.
fn source() -> MemorySource {
    let ticket = |source: MemorySource, id: &str, day: u32, title: &str, body: &str| {
        source.with(
            format!("tickets/{id}.md"),
            format!(
                "---\ntitle: {title}\ncreated: 2026-01-{day:02}T00:00:00Z\nsource: SRC-{id}\n---\n{body}\n"
            ),
        )
    };
    let reply = |source: MemorySource, id: &str, day: u32, keys: &str, body: &str| {
        source.with(
            format!("tickets/{id}/{day:02}.md"),
            format!("---\nauthor: mei\ncreated: 2026-01-{day:02}T00:00:00Z\n{keys}\n---\n{body}\n"),
        )
    };
    let source = ticket(MemorySource::new(), "a", 1, "Export of invoices times out", "After 10,000 rows.");
    let source = ticket(source, "b", 3, "Invoice export never ends", "It hangs.");
    let source = ticket(source, "c", 20, "The export hangs", "With many invoices.");
    let source = ticket(source, "d", 5, "Login asks twice", "For the password.");
    let source = ticket(source, "e", 15, "Asked for my password twice", "At every login.");
    let source =
        reply(source, "a", 10, "status: resolved\nresolution: fixed", "Raised the memory limit of it.");
    let source = reply(source, "b", 11, "status: resolved\nresolution: duplicate\nduplicate_of: a", "Same.");
    let source = reply(source, "c", 21, "status: resolved\nresolution: duplicate\nduplicate_of: a", "Same.");
    reply(
        source,
        "e",
        16,
        "status: resolved\nresolution: answered\nanswered_by: [d]",
        "See there. It is no export of invoices.",
    )
}

fn store() -> Store {
    load(Arc::new(source()), &CacheSlot::nowhere()).unwrap()
}

fn ids(store: &Store, places: &[usize]) -> String {
    places.iter().map(|place| store.threads[*place].id()).collect::<Vec<_>>().join(" ")
}

#[test]
fn links_in_the_repository_are_used_as_judgements() {
    let store = store();
    let judged: Vec<[String; 3]> = of_links(&store)
        .iter()
        .map(|one| {
            [&[one.query][..], &one.relevant, &one.relevant_resolved].map(|places| ids(&store, places))
        })
        .collect();
    assert_eq!(judged, [["b", "a", ""], ["e", "d", ""], ["c", "a b", "a b"]]);
}

#[test]
fn judgements_from_a_file_name_tickets_by_source_or_id() {
    let store = store();
    let read = |text: &str| read(text, &store);
    let judged =
        read("{\"query\": \"SRC-c\", \"before\": \"2026-01-20T00:00:00Z\", \"relevant\": [\"a\"]}\n\n")
            .unwrap()
            .judged;
    assert_eq!(ids(&store, &[judged[0].query, judged[0].relevant_resolved[0]]), "c a");
    let wrong = |text: &str| read(text).unwrap_err().to_string();
    assert!(wrong("{\"query\": 1}").starts_with("line 1 is not a valid judgement"));
    assert!(wrong("{").ends_with("while parsing an object at column 1"), "{}", wrong("{"));
    assert!(wrong("\n{\"query\": \"c\", \"relevant\": [\"zz\"]}").contains("line 2: unknown ticket `zz`"));
    assert!(
        wrong("{\"query\": \"c\", \"before\": \"soon\", \"relevant\": []}").contains("invalid time `soon`")
    );
}

#[test]
fn queries_without_a_possible_answer_are_counted() {
    let store = store();
    let text = "{\"query\": \"a\", \"relevant\": [\"b\"]}\n{\"query\": \"b\", \"relevant\": [\"b\"]}\n\
                {\"query\": \"b\", \"relevant\": [\"b\", \"a\"]}\n{\"query\": \"c\", \"relevant\": []}\n";
    let Judgements { judged, hopeless, left_out } = read(text, &store).unwrap();
    assert_eq!((judged.len(), hopeless, left_out), (3, 2, 1));
}

#[test]
fn a_query_sees_only_earlier_tickets_and_not_itself() {
    let store = store();
    let outcomes = run(&store, &of_links(&store), true, &|| Duration::ZERO, &|_| {}).unwrap();
    let found = |at: usize| {
        let places: Vec<usize> = outcomes[at].all.found.iter().map(|(place, ..)| *place).collect();
        ids(&store, &places)
    };
    // The reply to `e` mentions exports, but `e` itself does not.
    assert_eq!((found(0).as_str(), found(1).as_str()), ("a", "d"), "the most similar ticket of each");
    assert_eq!(outcomes[2].all.measures.recall_5, 1.0);
    let resolved = outcomes[2].resolved.as_ref().unwrap();
    assert_eq!((resolved.measures.hit_5, resolved.peer.unwrap().hit_5), (1.0, 1.0));
    assert!(outcomes[0].resolved.is_none());
}

#[test]
fn the_evaluation_gives_the_same_answers_as_similar() {
    let whole = store();
    let judged = of_links(&whole);
    assert_eq!(judged.len(), 3);
    for outcome in run(&whole, &judged, false, &|| Duration::ZERO, &|_| {}).unwrap() {
        let thread = &whole.threads[outcome.judged.query];
        let question = Question::of_ticket(&thread.ticket, whole.body(thread.ticket.path.as_ref()));
        let then = Arc::new(whole.before(outcome.judged.before));
        let folder = tempfile::tempdir().unwrap();
        let engine = Engine::open(Arc::clone(&then), &CacheSlot::at(&folder.path().join("index")));
        let found = engine.similar(&question, |_| true, SimilarLimits { limit: 100, weak: true }).unwrap();
        let scores: Vec<(&str, u32)> = found
            .shown
            .iter()
            .filter_map(|alike| Some((alike.item.ticket(&then)?.id(), alike.score)))
            .collect();
        let found = outcome.all.found.iter();
        let judged: Vec<(&str, u32)> =
            found.map(|(place, score, _)| (whole.threads[*place].id(), *score)).collect();
        assert!(!judged.is_empty(), "{}", thread.id());
        assert_eq!(judged, scores, "{}", thread.id());
    }
}

#[test]
fn the_past_scores_like_an_index_of_the_past() {
    use crate::search::similar::DocumentSet as _;
    let store = store();
    let mut past = PastDocuments::of(&store);
    for day in [2, 4, 10, 11, 12, 22] {
        let moment = Time::parse(&format!("2026-01-{day:02}T00:00:00Z")).unwrap();
        past.advance(moment);
        let folder = tempfile::tempdir().unwrap();
        let slot = CacheSlot::at(&folder.path().join("index"));
        let engine = Engine::open(Arc::new(store.before(moment)), &slot);
        assert_eq!(past.count(), engine.count(), "{day}");
        for term in ["export", "invoic", "memori", "same", "login", "=service:x", "twice"] {
            let of_past: Vec<_> = past
                .postings(term)
                .unwrap()
                .iter()
                .map(|posting| (past.created(posting.document).to_string(), posting.weight))
                .collect();
            let of_index: Vec<_> = engine
                .postings(term)
                .unwrap()
                .iter()
                .map(|posting| (engine.created(posting.document).to_string(), posting.weight))
                .collect();
            assert_eq!(of_past, of_index, "{term} on {day}");
        }
    }
}

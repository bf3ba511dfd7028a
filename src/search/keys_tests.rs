//! A query key is one row of a table. These tests add a row and check that it is parsed, found, sorted, counted and
//! published, also under a former name.

use std::sync::Arc;

use crate::{
    api::SearchAnswer,
    query::{
        Accessor::{Count, Nothing, Texts},
        Query, QueryKey, SortOrder, ValueKind, Vocabulary,
    },
    repo::{CacheSlot, MemorySource},
    search::{Engine, Facets, Filter, Item, Reasons, facets::FacetCounts, published},
    settings::Publish,
    store::{Store, load},
    text::Time,
};

/// The row that a contributor writes for a new key.
static ADDED: &[QueryKey] = &[
    QueryKey {
        name: "reader",
        former: &["seen_by"],
        help: "who replied",
        example: "reader:mei",
        kind: ValueKind::Person,
        ticket: Texts(|thread, _, visit| {
            thread.replies.iter().filter_map(|reply| reply.author.as_deref()).any(visit)
        }),
        sort: Some(SortOrder {
            help: "how many there are",
            ticket: Count(|thread| thread.replies.len()),
            article: Nothing,
        }),
        facet: true,
        ..QueryKey::PLAIN
    },
    QueryKey { name: "sort", kind: ValueKind::Sort, ..QueryKey::PLAIN },
];

fn store() -> Arc<Store> {
    let reply = |author: &str| {
        format!("---\nauthor: {author}\ncreated: 2026-01-03T00:00:00Z\n---\nSeen in the log of the export.\n")
    };
    let source = MemorySource::new()
        .with("casebook.yml", "version: 1\n")
        .with("tickets/a.md", "---\ntitle: A\ncreated: 2026-01-01T00:00:00Z\n---\nThe export stops.\n")
        .with("tickets/a/1.md", reply("mei"))
        .with("tickets/b.md", "---\ntitle: B\ncreated: 2026-01-02T00:00:00Z\n---\nThe export hangs.\n")
        .with("tickets/b/1.md", reply("mei"))
        .with("tickets/b/2.md", reply("omar"))
        .with("tickets/c.md", "---\ntitle: C\ncreated: 2026-01-03T00:00:00Z\n---\nNothing.\n");
    Arc::new(load(Arc::new(source), &CacheSlot::nowhere()).unwrap())
}

fn vocabulary() -> Vocabulary {
    Vocabulary { keys: ADDED, me: true, ..Vocabulary::default() }
}

fn now() -> Time {
    Time::parse("2026-02-01T00:00:00Z").unwrap()
}

fn ids(store: &Store, items: impl IntoIterator<Item = Item>) -> Vec<&str> {
    items.into_iter().map(|item| item.ticket(store).unwrap().id()).collect()
}

#[test]
fn one_row_is_enough_to_find_and_sort_by_a_key() {
    let store = store();
    let found = |text: &str| {
        let query = Query::parse(text, &vocabulary()).unwrap();
        let found = Filter::new(&store, Some("omar"), now()).find(&query);
        ids(&store, found).join(" ")
    };
    assert_eq!(found("reader:mei"), "b a");
    assert_eq!(found("reader:me"), "b");
    assert_eq!(found("-reader:*"), "c");
    assert_eq!(found("sort:reader"), "c a b");
    assert_eq!(found("sort:-reader"), "b a c");
    let error = Query::parse("raeder:mei", &vocabulary()).unwrap_err();
    assert!(error.help.contains("did you mean `reader:`?"), "{error}");
}

#[test]
fn one_row_is_enough_to_count_and_publish_a_key() {
    let store = store();
    let Facets(facets) = Facets::of_keys(ADDED, &store, Item::all(&store));
    assert_eq!(facets, [("reader", FacetCounts(vec![("mei".to_owned(), 2), ("omar".to_owned(), 1)]))]);
    let files = published::publish_in(
        &store,
        &vocabulary(),
        &published::PublishedDocuments::of(&store, Publish::All),
        |item| item.title(&store).to_owned(),
        &published::PARTITION,
    )
    .files;
    let manifest = published::reading::manifest(&files, "");
    let row = &manifest["language"]["keys"][0];
    assert_eq!(
        (&row["name"], &row["kind"], &row["facet"]),
        (&"reader".into(), &"person".into(), &true.into())
    );
    assert_eq!(manifest["language"]["keys"][1]["choices"], serde_json::json!(["relevance", "reader"]));
    let all = published::reading::everything(&files, "").concat();
    assert!(all.contains(r#""sort.reader":{"counts""#), "{all}");
    assert!(all.contains(r#""reader":{"values":["mei","omar"]"#), "{all}");
}

#[test]
fn a_former_name_of_a_key_still_works_with_a_warning() {
    let (store, folder) = (store(), tempfile::tempdir().unwrap());
    let mut engine = Engine::open(Arc::clone(&store), &CacheSlot::at(&folder.path().join("index")));
    let query = Query::parse("export seen-by:omar", &vocabulary()).unwrap();
    assert_eq!(query.to_string(), "export reader:omar", "the query is printed with the current name");
    let results = engine.with_rebuild(|engine| engine.search(&query, None, now())).unwrap();
    assert_eq!(ids(&store, results.hits.iter().map(|hit| hit.item)), ["b"]);
    let filter = Filter::new(&store, None, now());
    let reasons = Reasons::new(&query, &results.corrected, &filter);
    let json =
        |results| serde_json::to_value(SearchAnswer::of(&store, results, &reasons, 0, 10, now())).unwrap();
    assert_eq!(json(&results)["warnings"], serde_json::json!(["`seen-by:` is now called `reader:`"]));
    let today = Query::parse("export reader:omar", &vocabulary()).unwrap();
    let results = engine.with_rebuild(|engine| engine.search(&today, None, now())).unwrap();
    assert!(json(&results).get("warnings").is_none());
}

#[test]
fn a_field_of_a_template_has_priority_over_a_former_name() {
    let field = crate::query::FieldKey::new("seen_by", Default::default());
    let query = Query::parse("seen_by:x", &Vocabulary { fields: vec![field], ..vocabulary() }).unwrap();
    assert!(query.renamed.is_empty());
}

use super::*;
use crate::{
    repo::{CacheSlot, MemorySource},
    store::load,
};

fn engine(source: MemorySource, slot: &CacheSlot) -> Engine {
    Engine::open(Arc::new(load(Arc::new(source), &CacheSlot::nowhere()).unwrap()), slot)
}

fn ids(engine: &mut Engine, query: &str) -> Vec<String> {
    let query = Query::parse(query, &engine.store().known_in_queries(None)).unwrap();
    let now = Time::parse("2026-11-22T00:00:00Z").unwrap();
    let results = engine.with_rebuild(|engine| engine.search(&query, None, now)).unwrap();
    let id = |item: &Item| match (item.ticket(engine.store()), item.article(engine.store())) {
        (Some(thread), _) => thread.id().to_owned(),
        (_, article) => article.map(|article| format!("/{}", article.slug)).unwrap_or_default(),
    };
    results.hits.iter().map(|hit| id(&hit.item)).collect()
}

fn source() -> MemorySource {
    MemorySource::new()
        .with("casebook.yml", "version: 1\nservices: { api: {}, export: { part_of: api } }\n")
        .with("tickets/a.md", "---\ntitle: Export times out\nservice: export\ncreated: 2026-01-02T00:00:00Z\n---\nThe job dies.\n")
        .with("tickets/a/r.md", "---\nauthor: mei\ncreated: 2026-01-03T00:00:00Z\nstatus: resolved\nresolution: fixed\n---\n## Fix\nRaised the memory limit.\n")
        .with("tickets/b.md", "---\ntitle: 导出超时\nservice: api\ncreated: 2026-01-01T00:00:00Z\npriority: high\n---\nmemory?\n")
}

#[test]
fn words_and_fields_are_found_together() {
    let folder = tempfile::tempdir().unwrap();
    let engine = &mut engine(source(), &CacheSlot::at(&folder.path().join("index")));
    assert_eq!(ids(engine, "memory"), ["b", "a"], "an open ticket is current");
    assert_eq!(ids(engine, "memory status:resolved"), ["a"]);
    assert_eq!(ids(engine, "answer:memory"), ["a"]);
    assert_eq!(ids(engine, "service:api -memory"), Vec::<String>::new());
    assert_eq!(ids(engine, "service:api sort:created"), ["b", "a"]);
    assert_eq!(ids(engine, "超时 OR is:open"), ["b"]);
    assert_eq!(ids(engine, "priority:>=high"), ["b"]);
    assert_eq!(ids(engine, "created:2026-01-02..2026-01"), ["a"]);
}

#[test]
fn articles_are_found_like_tickets() {
    let source = source()
        .with(
            "knowledge/limits.md",
            "---\ntitle: Limits of exports\nservice: export\ntags: [memory]\nconfirmed: 2026-01-03\n---\n\
             ## Problem\nLarge ones die.\n\n## Fix\nAsk for more memory.\n",
        )
        .with("knowledge/old.md", "---\ntitle: Memory\n---\nOld.\n");
    let folder = tempfile::tempdir().unwrap();
    let engine = &mut engine(source, &CacheSlot::at(&folder.path().join("index")));
    assert_eq!(ids(engine, "memory"), ["/old", "b", "/limits", "a"]);
    assert_eq!(ids(engine, "answer:memory"), ["/limits", "a"]);
    assert_eq!(ids(engine, "memory sort:-created"), ["/limits", "a", "b", "/old"]);
    assert_eq!(ids(engine, "service:api sort:id"), ["a", "b", "/limits"]);
    assert_eq!(ids(engine, "tag:memory"), ["/limits"]);
    assert_eq!(ids(engine, "memory is:any"), ["b", "a"]);
    assert_eq!(ids(engine, "memory -status:open"), ["/old", "/limits", "a"]);
}

#[test]
fn a_typo_is_corrected_and_the_correction_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let engine = &mut engine(source(), &CacheSlot::at(&folder.path().join("index")));
    assert_eq!(ids(engine, "exprot"), ["a"]);
    assert_eq!(ids(engine, "title:exprot"), ["a"]);
    assert_eq!(ids(engine, "memroy"), ["b", "a"]);
    assert_eq!(ids(engine, "xeport"), Vec::<String>::new(), "the first two letters must be correct");
    assert_eq!(ids(engine, "\"exprot\""), Vec::<String>::new(), "a word in quotes is not corrected");
    assert_eq!(ids(engine, "exprot*"), Vec::<String>::new());
    assert_eq!(ids(engine, "body:exprot"), Vec::<String>::new());
    let query = Query::parse("exprot times", &Vocabulary::default()).unwrap();
    let corrected =
        engine.search(&query, None, Time::parse("2026-11-22T00:00:00Z").unwrap()).unwrap().corrected;
    let words: Vec<(&str, &str)> =
        corrected.iter().map(|(word, with)| (word.as_str(), with[0].word.as_str())).collect();
    assert_eq!(words, [("exprot", "export")]);
}

#[test]
fn function_words_count_for_nothing_beside_others() {
    let source = source()
        .with("tickets/c.md", "---\ntitle: 登录很慢\ncreated: 2026-01-02T00:00:00Z\n---\n为什么\n")
        .with("tickets/d.md", "---\ntitle: Slow login\ncreated: 2026-01-02T00:00:00Z\n---\nWhy is it so?\n");
    let engine = &mut engine(source, &CacheSlot::nowhere());
    assert_eq!(ids(engine, "为什么导出超时"), ["b"]);
    assert_eq!(ids(engine, "why is the export so late"), ["a"]);
    assert_eq!(ids(engine, "为什么"), ["c"]);
    assert_eq!(ids(engine, "why"), ["d"]);
}

#[test]
fn a_cached_index_finds_later_changes() {
    let folder = tempfile::tempdir().unwrap();
    let slot = CacheSlot::at(&folder.path().join("index"));
    drop(engine(source(), &slot));
    let kept = slot.read().unwrap();
    let changed =
        source().with("tickets/c.md", "---\ntitle: Memory again\ncreated: 2026-02-01T00:00:00Z\n---\n");
    assert_eq!(ids(&mut engine(changed, &slot), "memory"), ["c", "b", "a"]);
    assert_eq!(slot.read().unwrap(), kept, "a small change does not rewrite the index");
    assert!(slot.beside("newer").read().is_some(), "the change is cached in a second file");
    for damage in [&kept[..kept.len() / 2], &kept[..20], b"nonsense"] {
        slot.write(damage);
        assert_eq!(ids(&mut engine(source(), &slot), "memory").len(), 2);
        assert_eq!(slot.read().unwrap(), kept, "a damaged index is rebuilt");
    }
}

#[test]
fn a_cached_index_knows_which_sections_its_templates_named_as_answers() {
    let ticket = "---\ntitle: Export times out\ntemplate: task\ncreated: 2026-01-02T00:00:00Z\n---\n\
                  ## Final Summary\nRaised the quota.\n";
    let reply = "---\nauthor: mei\ncreated: 2026-01-03T00:00:00Z\nstatus: resolved\nresolution: fixed\n---\n";
    let with = |template: &str| {
        MemorySource::new()
            .with("casebook.yml", "version: 1\n")
            .with("tickets/a.md", ticket)
            .with("tickets/a/r.md", reply)
            .with("ticket-templates/task.md", template)
    };
    let folder = tempfile::tempdir().unwrap();
    let slot = CacheSlot::at(&folder.path().join("index"));
    let plain = "---\ntitle: Task\n---\n";
    let named = "---\ntitle: Task\nanswer_sections: [Final Summary]\n---\n";
    assert_eq!(ids(&mut engine(with(plain), &slot), "answer:quota"), Vec::<String>::new());
    assert_eq!(ids(&mut engine(with(named), &slot), "answer:quota"), ["a"]);
    assert_eq!(ids(&mut engine(with(plain), &slot), "answer:quota"), Vec::<String>::new());
}

//! What a search found, as programs get it: one shape for the command line and the API.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::{Corrected, Facets, Found, Item, Reasons, Results, Texts};
use crate::store::{Store, article_json, found_json, thread_json};

/// `{"tickets", "total", "articles", "facets", "corrected"}`: of tickets and of articles, each by themselves, at most `limit`
/// after the first `offset`; `total` counts all tickets. Each has its `score` and says `why` it was found. `warnings` is there if
/// there are any.
pub(crate) fn results_json(
    store: &Store,
    results: &Results,
    reasons: &Reasons<'_>,
    offset: usize,
    limit: usize,
) -> Json {
    let page = |is_wanted: fn(&Item) -> bool| {
        let wanted = results.hits.iter().filter(move |(item, _)| is_wanted(item));
        wanted.skip(offset).take(limit).map(|(item, score)| {
            let mut json = item_json(store, *item);
            json.insert("score".into(), (*score).into());
            json.insert("why".into(), reasons.of(store, *item).into());
            json
        })
    };
    let total = results.hits.iter().filter(|(item, _)| matches!(item, Item::Ticket(_))).count();
    let mut json = found_json(
        page(|item| matches!(item, Item::Ticket(_))).collect(),
        total,
        page(|item| matches!(item, Item::Article(_))).collect(),
    );
    json.insert("facets".into(), json!(Facets::of(store, results.hits.iter().map(|(item, _)| *item))));
    json.insert("corrected".into(), corrected_json(&results.corrected));
    if !results.renamed.is_empty() {
        json.insert("warnings".into(), results.warnings().into());
    }
    Json::Object(json)
}

/// `{"tickets", "total", "articles"}` of what is alike: each with its `score`, `why` it is, whether that is `weak`, and its `answer`.
pub(crate) fn alike_json(store: &Store, found: &Found) -> Json {
    let of_kind = |is_wanted: fn(&Item) -> bool| {
        let wanted = found.shown.iter().filter(move |alike| is_wanted(&alike.item));
        let json = wanted.map(|alike| {
            let mut json = item_json(store, alike.item);
            json.insert("score".into(), alike.score.into());
            json.insert("why".into(), alike.why.clone().into());
            json.insert("weak".into(), alike.weak.into());
            json.insert("answer".into(), Texts::of_item(store, alike.item).answer().into());
            json
        });
        json.collect::<Vec<_>>()
    };
    let tickets = of_kind(|item| matches!(item, Item::Ticket(_)));
    Json::Object(found_json(tickets, found.total, of_kind(|item| matches!(item, Item::Article(_)))))
}

/// A ticket or an article without its texts.
fn item_json(store: &Store, item: Item) -> Map<String, Json> {
    match (item.ticket(store), item.article(store)) {
        (Some(thread), _) => thread_json(thread),
        (_, Some(article)) => article_json(article),
        (None, None) => Map::new(),
    }
}

fn corrected_json(corrected: &Corrected) -> Json {
    let words: BTreeMap<&str, Vec<&str>> = corrected
        .iter()
        .map(|(word, with)| (word.as_str(), with.iter().map(|with| with.word.as_str()).collect()))
        .collect();
    json!(words)
}

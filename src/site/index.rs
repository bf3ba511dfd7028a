//! The static search index: small JSON files that a browser reads as it needs them.
//!
//! * `search/index.json` names the others by their content, so that they may be kept for ever.
//! * `search/t/<hash>.json`, a shard of the terms, in order: `{"term": [delta × 16 + weight, …]}`. The deltas are of
//!   document numbers; the weight (1 to 15) says how much of the document the term is. A filter (`=service:billing`) has
//!   plain deltas. Shards are cut where the terms say so, not by count, so that an edited ticket changes few of them.
//! * `search/d/<hash>.json`, sixteen documents each: `[title, href, status, resolution, service, date, excerpt, answered]`.
//!
//! The document frequency of a term is the length of its list, so that the browser can weigh terms by how rare they are.

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;
use serde_json::{Value as Json, json};

use super::Site;
use super::html::inert_json;
use super::markdown::plain_text;
use super::model::{ArticleNo, TicketNo};
use crate::search::tokens::{Kind, scan};

/// Where the files of the index are.
pub(super) const FOLDER: &str = "search/";

/// How many documents stand in one file.
const CHUNK: usize = 16;
/// The smallest and the largest shard, in bytes.
const SHARD: std::ops::Range<usize> = 6 * 1024..24 * 1024;
/// How much of one document's text is indexed, in bytes: a log of megabytes is found by its beginning.
const MOST_TEXT: usize = 64 * 1024;

/// What each part of a document weighs.
const TITLE: f32 = 5.0;
const ANSWER: f32 = 2.0;
const TEXT: f32 = 1.0;

/// Every file of the index, by its path.
pub(super) fn files(site: &Site) -> BTreeMap<String, Vec<u8>> {
    let model = &site.model;
    let tickets = model.tickets.len();
    let documents: Vec<Document> = (0..tickets + model.articles.len())
        .into_par_iter()
        .map(|n| if n < tickets { ticket(site, n) } else { article(site, n - tickets) })
        .collect();
    let mut files = BTreeMap::new();
    let chunks: Vec<String> = documents
        .chunks(CHUNK)
        .map(|chunk| {
            let shown: Vec<&Json> = chunk.iter().map(|document| &document.shown).collect();
            put(&mut files, "search/d/", serde_json::to_vec(&shown).unwrap_or_default())
        })
        .collect();
    let count = documents.len();
    let shards: Vec<(String, String)> = shards(documents)
        .into_iter()
        .map(|(first, bytes)| (first, put(&mut files, "search/t/", bytes)))
        .collect();
    let manifest =
        json!({ "version": 1, "documents": count, "chunk": CHUNK, "chunks": chunks, "shards": shards });
    files.insert("search/index.json".to_owned(), serde_json::to_vec(&manifest).unwrap_or_default());
    files
}

/// Adds a file named by its content; returns its name.
fn put(files: &mut BTreeMap<String, Vec<u8>>, folder: &str, bytes: Vec<u8>) -> String {
    let bytes = inert_json(bytes);
    let name = blake3::hash(&bytes).to_hex()[..10].to_owned();
    files.insert(format!("{folder}{name}.json"), bytes);
    name
}

/// A ticket or an article, as the index needs it.
struct Document {
    shown: Json,
    /// Its terms with their weights; filters have none.
    terms: Vec<(String, u8)>,
}

/// The terms of one document, weighed.
#[derive(Default)]
struct Weights(HashMap<String, f32>);

impl Weights {
    fn add(&mut self, text: &str, weight: f32) {
        let mut end = text.len().min(MOST_TEXT);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        scan(&text[..end], |token| {
            if token.kind == Kind::Whole {
                return;
            }
            let term = token.term();
            match self.0.get_mut(term.as_ref()) {
                Some(known) => *known += weight,
                None => drop(self.0.insert(term.into_owned(), weight)),
            }
        });
    }

    /// Saturated, since the tenth occurrence says little more than the third, and in steps of a fifteenth.
    fn finish(self, filters: impl IntoIterator<Item = String>) -> Vec<(String, u8)> {
        let step = |weight: f32| {
            let share = weight / (weight + 2.5);
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a share of 15 is between 0 and 15"
            )]
            let step = (share * 15.0).round() as u8;
            step.clamp(1, 15)
        };
        let terms = self.0.into_iter().map(|(term, weight)| (term, step(weight)));
        terms.chain(filters.into_iter().map(|filter| (filter, 0))).collect()
    }
}

fn ticket(site: &Site, n: TicketNo) -> Document {
    let model = &site.model;
    let thread = model.thread(n);
    let row = site.row(n);
    let mut weights = Weights::default();
    weights.add(&row.title, TITLE);
    weights.add(&row.id, TEXT);
    if let Some(source) = &thread.ticket.source {
        weights.add(source, TEXT);
    }
    weights.add(&thread.state.tags.join(" "), TITLE);
    let service = thread.state.service.as_deref().map(|id| site.service_name(id));
    weights.add(service.as_deref().unwrap_or_default(), ANSWER);
    weights.add(&plain_text(&site.body(thread.ticket.path.as_ref())), TEXT);
    for (place, reply) in model.replies(n) {
        let answers = thread.state.resolved_by == u32::try_from(place).ok();
        let weight = if answers { ANSWER } else { TEXT };
        weights.add(&plain_text(&site.body(reply.path.as_ref())), weight);
    }
    let services =
        thread.state.service.iter().flat_map(|id| lineage(site, id)).map(|id| format!("=service:{id}"));
    let tags = thread.state.tags.iter().map(|tag| format!("=tag:{}", tag.to_lowercase()));
    let status = format!("=status:{}", row.status);
    let resolution = row.resolution.iter().map(|resolution| format!("=resolution:{resolution}"));
    let mut filters: Vec<String> = services.chain(tags).chain(resolution).chain([status]).collect();
    filters.sort();
    filters.dedup();
    Document {
        shown: json!([
            row.title,
            row.href,
            row.status,
            row.resolution.unwrap_or_default(),
            row.service.map(|service| service.name).or(service).unwrap_or_default(),
            row.when.map(|when| when.date).unwrap_or_default(),
            row.excerpt,
            u8::from(row.answered),
        ]),
        terms: weights.finish(filters),
    }
}

fn article(site: &Site, n: ArticleNo) -> Document {
    let article = site.model.article(n);
    let row = site.article_row(n);
    let mut weights = Weights::default();
    weights.add(&row.title, TITLE);
    weights.add(&article.tags.join(" "), TITLE);
    weights.add(&plain_text(&site.body(article.path.as_ref())), ANSWER);
    let services = article.service.iter().flat_map(|id| lineage(site, id)).map(|id| format!("=service:{id}"));
    let tags = article.tags.iter().map(|tag| format!("=tag:{}", tag.to_lowercase()));
    let mut filters: Vec<String> = services.chain(tags).collect();
    filters.sort();
    filters.dedup();
    let date = article.confirmed.map(crate::text::Time::date).unwrap_or_default();
    let service = row.service.map(|service| service.name).unwrap_or_default();
    Document {
        shown: json!([row.title, row.href, "article", "", service, date, row.excerpt, 0]),
        terms: weights.finish(filters),
    }
}

/// A service and those that it is a module of: asking for a service finds its modules.
fn lineage(site: &Site, id: &str) -> Vec<String> {
    let settings = site.model.settings();
    let mut found = vec![id.to_owned()];
    while let Some(parent) = found.last().and_then(|id| settings.service(id)).and_then(|s| s.part_of.clone())
    {
        if found.contains(&parent) {
            break;
        }
        found.push(parent);
    }
    found
}

/// The shards, each with its first term.
fn shards(documents: Vec<Document>) -> Vec<(String, Vec<u8>)> {
    let mut postings: Vec<(String, usize, u8)> = documents
        .into_par_iter()
        .enumerate()
        .flat_map_iter(|(n, document)| {
            document.terms.into_iter().map(move |(term, weight)| (term, n, weight))
        })
        .collect();
    postings.par_sort_unstable();
    let mut shards: Vec<(String, Vec<u8>)> = Vec::new();
    for list in postings.chunk_by(|a, b| a.0 == b.0) {
        let term = &list[0].0;
        let mut entry = serde_json::to_string(term).unwrap_or_default();
        entry.push_str(":[");
        let mut last = 0;
        for (place, (_, n, weight)) in list.iter().enumerate() {
            let delta = n - last;
            let number = if *weight == 0 { delta } else { delta * 16 + usize::from(*weight) };
            if place > 0 {
                entry.push(',');
            }
            entry.push_str(&number.to_string());
            last = *n;
        }
        entry.push(']');
        // A term begins a shard when its own hash says so: whatever else changes, it will begin one next time.
        let begins = blake3::hash(term.as_bytes()).as_bytes()[0] < 8;
        match shards.last_mut() {
            Some((_, bytes))
                if bytes.len() < SHARD.start || (!begins && bytes.len() + entry.len() < SHARD.end) =>
            {
                bytes.push(b',');
                bytes.extend_from_slice(entry.as_bytes());
            }
            _ => shards.push((term.clone(), format!("{{{entry}").into_bytes())),
        }
    }
    for (_, bytes) in &mut shards {
        bytes.push(b'}');
    }
    shards
}

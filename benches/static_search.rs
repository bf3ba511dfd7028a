//! `cargo bench --bench static_search [-- edits=200]`: measures how much the static index costs to build, search and
//! update.
//!
//! The archives are invented and have 10,000 and 100,000 tickets. Each query is the first one of a visitor: a real
//! browser opens the search page with the query in the address. The download consists of the index files that the page
//! fetches for the results and the facets, without the page's code. Files are measured in their compressed form.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a benchmark stops at the first error; it measures time and memory"
)]

mod corpus;
mod machine;
mod page;

/// The same allocator as in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[expect(dead_code, reason = "only tests use all functions of the browser")]
#[path = "../tests/browser.rs"]
mod browser;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    sync::Arc,
};

use casebook::internals::{
    repo::{CacheSlot, MemorySource},
    search::{
        Item,
        published::{PublishedDocuments, publish},
    },
    settings::Publish,
    site::{BuildOptions, Site},
    store::{Store, load},
    text::{RepoPath, Time},
    view::{Audience, View},
};
use serde_json::{Value as Json, json};

use browser::{Browser, serve_files};
use corpus::Corpus;
use machine::cost;
use page::Table;

/// The number of queries of each kind.
const QUERIES: usize = 100;

type Files = BTreeMap<String, Vec<u8>>;

fn main() {
    let corpus = Corpus::new(7);
    let edits = std::env::args().find_map(|argument| argument.strip_prefix("edits=")?.parse().ok());
    let mut table = Table::new(&[
        "tickets",
        "building, s of processor time",
        "memory, MB",
        "files",
        "size, MB",
        "two words: kB; requests (most)",
        "five words: kB; requests (most)",
        "pasted text: kB; requests (most)",
        "one edit: kB (most)",
    ]);
    for count in [10_000, 100_000] {
        let mut source = MemorySource::new();
        source.insert(RepoPath::new("casebook.yml"), "version: 1\npublish: all\n");
        for number in 0..count {
            for (path, text) in corpus.ticket(number).files() {
                source.insert(RepoPath::new(path), text);
            }
        }
        let store =
            Arc::new(load(Arc::new(source.clone()), &CacheSlot::nowhere()).expect("the archive loads"));
        let (files, building) = cost(|| index(&store));
        let bytes: usize = files.values().map(Vec::len).sum();
        let downloads = ask(&corpus, store, count);
        let mut row = vec![
            count.to_string(),
            format!("{:.1}", building.seconds),
            building.megabytes.to_string(),
            files.len().to_string(),
            format!("{:.1}", bytes as f64 / 1e6),
        ];
        row.extend(downloads);
        if count == 100_000 {
            row.push(edit(&corpus, source, &files, count, edits.unwrap_or(20)));
        }
        table.row(row);
    }
    table.publish("published index");
}

/// Builds the index. Each result has as much data as on a site.
fn index(store: &Store) -> Files {
    let shown = |item| match item {
        Item::Ticket(place) => result_of(store, place),
        Item::Article(_) => Json::Null,
    };
    publish(store, &PublishedDocuments::of(store, Publish::All), shown).files
}

fn result_of(store: &Store, place: usize) -> Json {
    let thread = &store.threads[place];
    // The text is as long as an excerpt. Reading the real text is not part of building the index.
    let excerpt = format!("{0} {0} {0} {0}", thread.ticket.title);
    json!({
        "id": thread.id(),
        "title": thread.ticket.title,
        "href": format!("tickets/{}/index.html", thread.id()),
        "status": thread.state.status.name(),
        "resolution": thread.state.resolution.map(|resolution| resolution.name()),
        "tone": thread.state.status.name(),
        "priority": thread.priority().name(),
        "internal": false,
        "service": thread.state.service,
        "date": thread.ticket.created.map(Time::date),
        "excerpt": excerpt,
        "answered": true,
    })
}

/// Measures the downloads of first queries: of two words, of five words, and of the text of a ticket. Returns the
/// kilobytes and requests of each kind, each as "median (maximum)".
fn ask(corpus: &Corpus, store: Arc<Store>, count: usize) -> [String; 3] {
    let site =
        Site::new(store.seen_by(View::of_site(Audience::Internal, &store.settings)), BuildOptions::default());
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let mut sizes = BTreeMap::new();
    let is_served = |path: &str| path.starts_with("search/") || path.starts_with("assets/");
    for path in site.paths().into_iter().filter(|path| is_served(path)) {
        let bytes = site.render(path).expect("the file is rendered");
        let file = folder.path().join(path);
        fs::create_dir_all(file.parent().expect("a file is in a folder")).expect("the folder is created");
        fs::write(file, &bytes).expect("the file is written");
        sizes.insert(path, bytes.len());
    }
    let (address, browser) = (serve_files(folder.path().to_owned()), Browser::start());
    let pasted = |number: usize| {
        let ticket = corpus.ticket(number * 7_919 % count);
        format!("{}\n{}", ticket.title, ticket.body)
    };
    let kinds: [&dyn Fn(usize) -> String; 3] =
        [&|number| corpus.query(number, count, 2), &|number| corpus.query(number, count, 5), &pasted];
    kinds.map(|query| {
        let (mut bytes, mut requests) = (Vec::new(), Vec::new());
        for number in 0..QUERIES {
            let mut page = url::Url::parse(&format!("{address}search/index.html")).expect("an address");
            page.query_pairs_mut().append_pair("q", &query(number));
            browser.open(page.as_str());
            let fetched = browser.ask(FETCHED, Vec::new());
            let names = fetched.as_array().expect("a list of addresses").iter().filter_map(Json::as_str);
            let names: BTreeSet<&str> =
                names.filter_map(|name| name.strip_prefix(address.as_str())).collect();
            bytes.push(names.iter().map(|name| sizes[name]).sum::<usize>() / 1_000);
            requests.push(names.len());
        }
        format!("{}; {}", median_and_maximum(bytes), median_and_maximum(requests))
    })
}

/// A script that waits until the results are shown, and then returns the index files that the page fetched.
const FETCHED: &str = "const [done] = arguments;\
    const look = () => {\
      const shown = document.querySelector('#search-facets li');\
      const nothing = document.getElementById('search-found').hidden && document.getElementById('search-count').textContent;\
      if (!shown && !nothing) return setTimeout(look, 20);\
      const all = performance.getEntriesByType('resource').map(({ name }) => name);\
      done(all.filter((name) => name.includes('/search/') && !name.endsWith('.js')));\
    };\
    look();";

/// Measures the size of the index files that change when one ticket is edited, in kilobytes, as "median (maximum)".
fn edit(corpus: &Corpus, mut source: MemorySource, files: &Files, count: usize, edits: usize) -> String {
    let mut written = Vec::new();
    for number in 0..edits {
        let mut ticket = corpus.ticket(number * 7_919 % count);
        let (path, before) = ticket.files().swap_remove(0);
        ticket.body = corpus.edited(&ticket.body, number);
        let (_, after) = ticket.files().swap_remove(0);
        source.insert(RepoPath::new(path.clone()), after);
        let changed =
            index(&load(Arc::new(source.clone()), &CacheSlot::nowhere()).expect("the archive loads"));
        source.insert(RepoPath::new(path), before);
        let new = changed.iter().filter(|(name, bytes)| files.get(*name) != Some(bytes));
        written.push(new.map(|(_, bytes)| bytes.len()).sum::<usize>() / 1_000);
    }
    median_and_maximum(written)
}

/// Returns the median and the maximum as text.
fn median_and_maximum(mut all: Vec<usize>) -> String {
    all.sort_unstable();
    format!("{} ({})", all[all.len() / 2], all[all.len() - 1])
}

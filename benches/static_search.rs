//! `cargo bench --bench static_search [-- edits=200]`: measures how much the static index costs to build, search and
//! update.
//!
//! The archives are invented and have 10,000 and 100,000 tickets. A first query is one in the address of the search
//! page, in a real browser. The download has all index files that the page fetches for the results and the facets,
//! without the page's code. The sizes are of compressed files.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a benchmark stops at the first error; it measures time and memory"
)]

mod corpus;
mod machine;

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
    time::Instant,
};

use casebook::internals::{
    repo::{CacheSlot, MemorySource},
    search::{Item, published::publish},
    site::{BuildOptions, Site},
    store::{Store, load},
    text::{RepoPath, Time},
    view::{Audience, View},
};
use serde_json::{Value as Json, json};

use browser::{Browser, serve_files};
use corpus::Corpus;
use machine::cost;

/// The number of queries.
const QUERIES: usize = 200;

type Files = BTreeMap<String, Vec<u8>>;

fn main() {
    let corpus = Corpus::new(7);
    let edits = std::env::args().find_map(|argument| argument.strip_prefix("edits=")?.parse().ok());
    for count in [10_000, 100_000] {
        println!("{count} tickets");
        let mut source = MemorySource::new();
        source.insert(RepoPath::new("casebook.yml"), "version: 1\npublish: all\n");
        for number in 0..count {
            for (path, text) in corpus.ticket(number).files() {
                source.insert(RepoPath::new(path), text);
            }
        }
        let store =
            Arc::new(load(Arc::new(source.clone()), &CacheSlot::nowhere()).expect("the archive loads"));
        let start = Instant::now();
        let (files, made) = cost(|| index(&store));
        let took = start.elapsed().as_secs_f64();
        println!(
            "  index   {took:.2} s, {:.2} s of processors, {} MB of memory",
            made.seconds, made.megabytes
        );
        let bytes: usize = files.values().map(Vec::len).sum();
        println!("  files   {}, {:.1} MB", files.len(), bytes as f64 / 1e6);
        ask(&corpus, store, count);
        if count == 100_000 {
            edit(&corpus, source, &files, count, edits.unwrap_or(20));
        }
    }
}

/// Builds the index with results that have as much data as those of a site.
fn index(store: &Store) -> Files {
    publish(store, |item| match item {
        Item::Ticket(place) => shown(store, place),
        Item::Article(_) => Json::Null,
    })
}

fn shown(store: &Store, place: usize) -> Json {
    let thread = &store.threads[place];
    // The text is as long as an excerpt, which a site has already read.
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

/// Measures the download of the first query of two words.
fn ask(corpus: &Corpus, store: Arc<Store>, count: usize) {
    let site =
        Site::new(store.seen_by(View::of_site(Audience::Internal, &store.settings)), BuildOptions::default())
            .expect("the site is made");
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let mut sizes = BTreeMap::new();
    let wanted = |path: &str| path.starts_with("search/") || path.starts_with("assets/");
    for path in site.paths().into_iter().filter(|path| wanted(path)) {
        let bytes = site.render(path).expect("the file is rendered");
        let file = folder.path().join(path);
        fs::create_dir_all(file.parent().expect("a file is in a folder")).expect("the folder is made");
        fs::write(file, &bytes).expect("the file is written");
        sizes.insert(path, bytes.len());
    }
    let (address, browser) = (serve_files(folder.path().to_owned()), Browser::start());
    let (mut bytes, mut requests) = (Vec::new(), Vec::new());
    for number in 0..QUERIES {
        let query = corpus.query(number, count, 2).replace(' ', "+");
        browser.open(&format!("{address}search/index.html?q={query}"));
        let fetched = browser.ask(FETCHED, Vec::new());
        let names = fetched.as_array().expect("a list of addresses").iter().filter_map(Json::as_str);
        let names: BTreeSet<&str> = names.filter_map(|name| name.strip_prefix(address.as_str())).collect();
        bytes.push(names.iter().map(|name| sizes[name]).sum::<usize>() / 1_000);
        requests.push(names.len());
    }
    let ((kilobytes, most_kilobytes), (requests, most_requests)) = (ends(bytes), ends(requests));
    println!(
        "  query   {kilobytes} kB in {requests} requests; at most {most_kilobytes} kB, {most_requests} requests"
    );
}

/// Waits until all results are shown and returns the index files that were fetched.
const FETCHED: &str = "const [done] = arguments;\
    const look = () => {\
      const shown = document.querySelector('#search-facets li');\
      const nothing = document.getElementById('search-found').hidden && document.getElementById('search-count').textContent;\
      if (!shown && !nothing) return setTimeout(look, 20);\
      const all = performance.getEntriesByType('resource').map(({ name }) => name);\
      done(all.filter((name) => name.includes('/search/') && !name.endsWith('.js')));\
    };\
    look();";

/// Measures how many files change when one ticket is edited.
fn edit(corpus: &Corpus, mut source: MemorySource, files: &Files, count: usize, edits: usize) {
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
    let (median, most) = ends(written);
    println!("  edit    {median} kB of index in the median of {edits}; at most {most} kB");
}

/// Returns the median and the maximum.
fn ends(mut all: Vec<usize>) -> (usize, usize) {
    all.sort_unstable();
    (all[all.len() / 2], all[all.len() - 1])
}

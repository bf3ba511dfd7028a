//! `cargo bench --bench search [-- tickets=100000]`: what the engine costs: to make its index, to ask it two and three words,
//! and to ask for what is like a whole ticket.
//!
//! The archive is invented, and in memory: no disk is measured, but for the index, which is read from one as always. Processor
//! time, so that what else the machine does counts little.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a benchmark that cannot go on stops; it measures the processor and the memory"
)]

#[expect(dead_code, reason = "the static search edits tickets as well")]
mod corpus;

use std::{fs, sync::Arc};

use casebook::{
    repo::{CacheSlot, MemorySource},
    search::{Engine, Item, Question, Wanted, query::Query},
    store::{NoCache, load},
    text::{RepoPath, Time},
};

use corpus::Corpus;

/// How many queries of each kind are asked.
const QUERIES: usize = 500;

fn main() {
    let count = std::env::args().find_map(|argument| argument.strip_prefix("tickets=")?.parse().ok());
    let count: usize = count.unwrap_or(100_000);
    let corpus = Corpus::new(7);
    let mut source = MemorySource::new();
    source.insert(RepoPath::new("casebook.yml"), "version: 1\n");
    for number in 0..count {
        for (path, text) in corpus.ticket(number).files() {
            source.insert(RepoPath::new(path), text);
        }
    }
    let store = Arc::new(load(Arc::new(source), &NoCache).expect("the archive loads"));
    let folder = tempfile::tempdir().expect("a place for the index");
    let slot = CacheSlot::at(&folder.path().join("index"));

    // From here on the most memory is counted anew.
    fs::write("/proc/self/clear_refs", "5").expect("a Linux");
    let (before, start) = (status("VmRSS:"), processor());
    let engine = Engine::open_anew(Arc::clone(&store), &slot);
    let size = fs::metadata(folder.path().join("index")).expect("the index is kept").len();
    println!(
        "{count} tickets: index made in {:.1} s of processor time and {} MB beside the archive; it has {} MB",
        processor() - start,
        (status("VmHWM:") - before) / 1_024,
        size / 1_000_000
    );

    let known = store.known_in_queries(None);
    let now = Time::from_seconds(1_900_000_000).expect("a time");
    for words in [2, 3] {
        let queries: Vec<Query> = (0..QUERIES)
            .map(|number| {
                // The longest words of a title: those that somebody would look for.
                let title = corpus.ticket(number * 7_919 % count).title;
                let mut all: Vec<&str> = title.split(' ').collect();
                all.sort_by_key(|word| std::cmp::Reverse(word.len()));
                Query::parse(&all[..words].join(" "), &known).expect("words are a query")
            })
            .collect();
        let start = processor();
        let found: usize =
            queries.iter().map(|query| engine.search(query, None, now).expect("it reads").hits.len()).sum();
        let each = 1e3 * (processor() - start) / QUERIES as f64;
        println!("{words} words: {each:.3} ms each, {} found on average", found / QUERIES);
    }
    let questions: Vec<Question> = (0..QUERIES)
        .map(|number| {
            let ticket = &store.threads[number * 7_919 % count].ticket;
            Question::of_ticket(ticket, store.body(ticket.path.as_ref()))
        })
        .collect();
    let start = processor();
    for question in &questions {
        let found = engine.similar(
            question,
            |item| matches!(item, Item::Ticket(_)),
            Wanted { limit: 10, weak: true },
        );
        assert!(!found.expect("it reads").shown.is_empty(), "a ticket is like itself");
    }
    println!("similar to a whole ticket: {:.3} ms each", 1e3 * (processor() - start) / QUERIES as f64);
}

/// Seconds that this process has had of the processor, all threads together.
fn processor() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").expect("a Linux");
    let after = stat.rsplit(')').next().unwrap_or_default();
    let ticks: u64 =
        after.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    ticks as f64 / 100.0
}

/// A number of kB in the status of this process.
fn status(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("a Linux");
    let line = status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).unwrap_or_default()
}

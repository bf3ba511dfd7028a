//! `cargo bench --bench search [-- tickets=100000]`: compares the search engine with tantivy: building the index,
//! queries of two and three words, and similar tickets of a whole ticket.
//!
//! The archive is invented and in memory. Both engines index the same texts with positions and English stems, and write
//! the index to a temporary folder, each in a separate process. Casebook then searches its index in memory, tantivy a
//! memory-mapped one. Queries require all words: Casebook returns all hits in order, tantivy returns the number of hits
//! and the best 20. Times are processor times of all threads, so that other programs on the machine have little effect.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a benchmark stops at the first error; it measures processor time and memory"
)]

#[expect(dead_code, reason = "only the benchmark of the static search edits tickets")]
mod corpus;
mod machine;
mod page;
mod peer;

/// The same allocator as in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

use std::{env, fs, path::Path, process::Command, sync::Arc};

use casebook::internals::{
    query::Query,
    repo::{CacheSlot, MemorySource},
    search::{Engine, Item, Question, SimilarLimits, Texts},
    store::{Store, load},
    text::{RepoPath, Time},
};

use corpus::Corpus;
use machine::{Cost, cost, processor};
use page::Table;
use peer::Tantivy;

/// The number of queries of each length.
const QUERIES: usize = 500;
/// The number of whole tickets to search similar tickets for.
const QUESTIONS: usize = 100;

/// The number of best hits that a query returns.
const BEST: usize = 20;
/// The number of similar tickets to find.
const SIMILAR: usize = 10;

/// The environment variable that tells a separate process which engine to measure.
const ENGINE: &str = "CASEBOOK_BENCH_ENGINE";

fn main() {
    let count = env::args().find_map(|argument| argument.strip_prefix("tickets=")?.parse().ok());
    let count = count.unwrap_or(100_000);
    if let Ok(engine) = env::var(ENGINE) {
        let bench = Bench::new(count);
        let folder = tempfile::tempdir().expect("a folder for the index");
        let figures =
            if engine == "tantivy" { bench.tantivy(folder.path()) } else { bench.casebook(folder.path()) };
        figures.iter().for_each(|(what, figure)| println!("{what}\t{figure}"));
        return;
    }
    let (ours, peer) = (run_separately("casebook"), run_separately("tantivy"));
    let mut table = Table::new(&[&format!("{count} tickets"), "Casebook", "tantivy", "ratio"]);
    for (what, peer) in peer {
        match ours.iter().find(|(known, _)| *known == what) {
            Some((_, ours)) => {
                let ratio = format!("{:.2}", ours / peer);
                table.row([what, format!("{ours:.3}"), format!("{peer:.3}"), ratio]);
            }
            None => table.row([what, String::new(), format!("{peer:.3}")]),
        }
    }
    table.publish("search engine");
}

/// Runs the measurements of one engine in a separate process, so that the engines do not share memory or caches.
fn run_separately(engine: &str) -> Figures {
    let mut command = Command::new(env::current_exe().expect("this program has a path"));
    let output = command.args(env::args().skip(1)).env(ENGINE, engine).output().expect("this program runs");
    assert!(output.status.success(), "{engine}: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("figures are text");
    let figure = |line: &str| {
        let (what, figure) = line.split_once('\t').expect("a figure has a name");
        (what.to_owned(), figure.parse().expect("a figure is a number"))
    };
    text.lines().map(figure).collect()
}

/// The measured figures with their units.
type Figures = Vec<(String, f64)>;

struct Bench {
    store: Arc<Store>,
    /// Queries of two words, then of three words.
    queries: [Vec<String>; 2],
    questions: Vec<Question>,
}

impl Bench {
    fn new(count: usize) -> Self {
        let corpus = Corpus::new(7);
        let mut source = MemorySource::new();
        source.insert(RepoPath::new("casebook.yml"), "version: 1\n");
        for number in 0..count {
            for (path, text) in corpus.ticket(number).files() {
                source.insert(RepoPath::new(path), text);
            }
        }
        let store = Arc::new(load(Arc::new(source), &CacheSlot::nowhere()).expect("the archive loads"));
        let queries =
            [2, 3].map(|words| (0..QUERIES).map(|number| corpus.query(number, count, words)).collect());
        let question = |number: usize| {
            let ticket = &store.threads[number * 7_919 % count].ticket;
            Question::of_ticket(ticket, store.body(ticket.path.as_ref()))
        };
        let questions = (0..QUESTIONS).map(question).collect();
        Self { store, queries, questions }
    }

    fn casebook(&self, folder: &Path) -> Figures {
        let slot = CacheSlot::at(&folder.join("index"));
        let (engine, building) = cost(|| Engine::rebuild(Arc::clone(&self.store), &slot));
        let mut figures = self.index_figures(building, folder);
        let known = self.store.known_in_queries(None);
        let now = Time::from_seconds(1_900_000_000).expect("a time");
        for (queries, words) in self.queries.iter().zip(["two", "three"]) {
            each(&mut figures, &format!("query of {words} words"), queries, |words| {
                let query = Query::parse(words, &known).expect("words are a query");
                engine.search(&query, None, now).expect("the index can be read").hits.len()
            });
        }
        each(&mut figures, "similar to a whole ticket", &self.questions, |question| {
            let limits = SimilarLimits { limit: SIMILAR, weak: true };
            let found = engine.similar(question, |item| matches!(item, Item::Ticket(_)), limits);
            found.expect("the index can be read").shown.len()
        });
        figures
    }

    fn tantivy(&self, folder: &Path) -> Figures {
        let documents =
            self.store.threads.iter().map(|thread| (thread.id().to_owned(), Texts::of(&self.store, thread)));
        let (tantivy, building) =
            cost(|| Tantivy::index(folder, documents).expect("tantivy builds its index"));
        let mut figures = self.index_figures(building, folder);
        for (queries, words) in self.queries.iter().zip(["two", "three"]) {
            each(&mut figures, &format!("query of {words} words"), queries, |words| {
                tantivy.count_and_best(&tantivy.all_of(words), BEST).expect("tantivy searches")
            });
            each(
                &mut figures,
                &format!("query of {words} words, without the number of hits"),
                queries,
                |words| tantivy.best(&tantivy.all_of(words), BEST).expect("tantivy searches"),
            );
        }
        each(&mut figures, "similar to a whole ticket", &self.questions, |ticket| {
            tantivy.best(&tantivy.like(ticket), SIMILAR).expect("tantivy searches")
        });
        each(
            &mut figures,
            "similar to a whole ticket, by 25 words (MoreLikeThisQuery)",
            &self.questions,
            |ticket| tantivy.best(&tantivy.more_like(ticket), SIMILAR).expect("tantivy searches"),
        );
        figures.push(("segments".to_owned(), tantivy.segments() as f64));
        figures
    }

    /// Returns the figures for the index in `folder`, given the cost of building it.
    fn index_figures(&self, building: Cost, folder: &Path) -> Figures {
        let texts = || self.store.threads.iter().map(|thread| Texts::of(&self.store, thread));
        let (_, reading) = cost(|| texts().map(|texts| texts.iter().count()).sum::<usize>());
        let files = fs::read_dir(folder).expect("the index is in a folder");
        let size: u64 = files.map(|file| file.and_then(|file| file.metadata()).expect("a file").len()).sum();
        vec![
            ("building the index, s".to_owned(), building.seconds),
            (
                "building the index without reading the texts, s".to_owned(),
                building.seconds - reading.seconds,
            ),
            ("peak memory in addition to the texts, MB".to_owned(), building.megabytes as f64),
            ("size of the index, MB".to_owned(), size as f64 / 1e6),
        ]
    }
}

/// Measures the mean time of `ask` for an element of `all`. The first round fills the caches and is not counted.
fn each<T>(figures: &mut Figures, what: &str, all: &[T], mut ask: impl FnMut(&T) -> usize) {
    let mut round = || {
        let start = processor();
        let found: usize = all.iter().map(&mut ask).sum();
        assert!(found > 0, "{what}: no results, although each query has words of a ticket");
        1e3 * (processor() - start) / all.len() as f64
    };
    let rounds = [(); 3].map(|()| round());
    figures.push((format!("{what}, ms"), rounds[1].min(rounds[2])));
}

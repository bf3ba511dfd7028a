//! `cargo bench --bench server_search -- FOLDER`: measures how long `GET /api/v1/search` takes at a constant rate.
//!
//! FOLDER has files `NAME.jsonl.gz` (see `casebook import jsonl`), which are imported into one repository. Each query is
//! three words from the title of a ticket. The requests begin at fixed times, whether or not earlier ones have ended,
//! and the time of a request counts from when it should have begun. The clients run on the same machine.

#![allow(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a benchmark stops at the first error; it measures time and starts programs"
)]

mod page;
#[expect(dead_code, reason = "only another benchmark measures memory")]
mod server;

use std::{
    env, fs,
    io::Read as _,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use page::Table;
use serde_json::Value as Json;
use server::Server;

const CASEBOOK: &str = env!("CARGO_BIN_EXE_casebook");

/// Searches per second.
const RATES: [u32; 2] = [50, 200];
/// The time of one measurement in seconds.
const SECONDS: u32 = 20;
/// The number of connections.
const CLIENTS: usize = 16;
/// The number of words in a query.
const WORDS: usize = 3;

fn main() {
    let given = env::args().skip(1).find(|argument| !argument.starts_with("--"));
    let Some(data) = given.map(PathBuf::from) else {
        eprintln!("missing folder; run `cargo bench --bench server_search -- FOLDER`");
        return;
    };
    let repo = env::temp_dir().join(format!("casebook-searches-{}", std::process::id()));
    let titles = import(&data, &repo);
    let queries: Vec<String> = titles.iter().filter_map(|title| query(title)).collect();
    let server = Server::casebook(&repo);
    let mut table = Table::new(&["searches per second", "tickets", "p50, ms", "p99, ms", "greatest, ms"]);
    // The first search loads the index.
    measure(&server.host, &queries, 10, 1);
    for rate in RATES {
        let mut times = measure(&server.host, &queries, rate, SECONDS);
        times.sort_unstable();
        let at = |share: f64| {
            let place = ((times.len() - 1) as f64 * share).round() as usize;
            format!("{:.1}", times[place].as_secs_f64() * 1e3)
        };
        table.row([rate.to_string(), titles.len().to_string(), at(0.5), at(0.99), at(1.0)]);
    }
    table.publish("searches on a server");
    drop(server);
    fs::remove_dir_all(&repo).expect("the folder can be removed again");
}

/// Imports all files of `data` into a new repository, and returns the titles of the tickets.
fn import(data: &Path, repo: &Path) -> Vec<String> {
    let casebook = |arguments: &[&str], folder: &Path| {
        let status =
            Command::new(CASEBOOK).args(arguments).current_dir(folder).status().expect("casebook runs");
        assert!(status.success(), "{arguments:?}");
    };
    casebook(&["init", "--quiet", repo.to_str().expect("a path that is UTF-8")], Path::new("."));
    let mut titles = Vec::new();
    for entry in fs::read_dir(data).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        let name = path.to_str().expect("a path that is UTF-8");
        if !name.ends_with(".jsonl.gz") {
            continue;
        }
        casebook(&["--quiet", "import", "jsonl", name], repo);
        let mut text = String::new();
        let file = fs::File::open(&path).expect("the file can be read");
        flate2::read::MultiGzDecoder::new(file).read_to_string(&mut text).expect("the file can be unpacked");
        titles.extend(text.lines().filter_map(|line| {
            let ticket: Json = serde_json::from_str(line).expect("a ticket is a JSON object");
            ticket["title"].as_str().map(str::to_owned)
        }));
    }
    titles
}

/// Returns the first words of a title that are only letters, if there are enough.
fn query(title: &str) -> Option<String> {
    let is_word = |word: &&str| word.len() > 2 && word.bytes().all(|byte| byte.is_ascii_alphabetic());
    let words: Vec<&str> = title.split_whitespace().filter(is_word).take(WORDS).collect();
    (words.len() == WORDS).then(|| words.join("+"))
}

/// Searches `rate` times per second for `seconds`, and returns the time of each search.
fn measure(host: &str, queries: &[String], rate: u32, seconds: u32) -> Vec<Duration> {
    let count = rate * seconds;
    let (next, times) = (AtomicU32::new(0), Mutex::new(Vec::new()));
    let start = Instant::now();
    thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                let agent = ureq::agent();
                let mut own = Vec::new();
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= count {
                        break;
                    }
                    let begin = start + Duration::from_secs(1) * number / rate;
                    thread::sleep(begin.saturating_duration_since(Instant::now()));
                    // Multiplication with a large prime spreads the queries over all tickets.
                    let query = &queries[(number as usize * 7_919) % queries.len()];
                    let answer = agent.get(format!("http://{host}/api/v1/search?q={query}")).call();
                    let body =
                        answer.and_then(|mut answer| answer.body_mut().read_to_vec()).expect("results");
                    own.push(begin.elapsed());
                    assert!(body.len() > 50, "{}", String::from_utf8_lossy(&body));
                }
                times.lock().expect("no other thread failed").extend(own);
            });
        }
    });
    times.into_inner().expect("no thread failed")
}

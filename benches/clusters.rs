//! `cargo bench --bench clusters -- FOLDER [--sample NAME]`: measures the clusters of tickets about one problem.
//!
//! FOLDER has files `NAME.jsonl.gz` (see `casebook import jsonl`) and `NAME.qrels.jsonl` (see `casebook eval --qrels`). The
//! measures are over all pairs of tickets that occur in the judgements: two of them belong together if judgements connect
//! them. Links between tickets are not used, because they are what is judged. `--sample NAME` prints 50 random clusters
//! to be read.

#![allow(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a benchmark stops at the first error; it starts programs, reads files and measures time"
)]

mod page;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;
use std::{env, fs};

use casebook::internals::{
    knowledge::Clusters,
    repo::{CacheSlot, MemorySource},
    store::{Store, load},
};
use page::Table;
use serde_json::Value as Json;

const CASEBOOK: &str = env!("CARGO_BIN_EXE_casebook");

fn main() {
    let arguments: Vec<String> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let Some(folder) = arguments.first().map(PathBuf::from) else {
        eprintln!("missing folder; run `cargo bench --bench clusters -- FOLDER`");
        return;
    };
    let sampled =
        arguments.iter().position(|argument| argument == "--sample").map(|at| arguments[at + 1].clone());
    let mut names: Vec<String> = fs::read_dir(&folder)
        .expect("the folder can be read")
        .filter_map(|entry| {
            entry.ok()?.file_name().into_string().ok()?.strip_suffix(".jsonl.gz").map(str::to_owned)
        })
        .collect();
    names.sort();
    let mut table = Table::new(&[
        "",
        "tickets",
        "clusters",
        "clustered tickets",
        "largest",
        "judged pairs",
        "precision",
        "recall",
        "time, s",
    ]);
    let mut everything = Vec::new();
    for name in &names {
        let tickets = folder.join(format!("{name}.jsonl.gz"));
        everything.push(tickets.clone());
        let store = imported(&[tickets]);
        let (clusters, seconds) = timed(&store);
        let judged = fs::read_to_string(folder.join(format!("{name}.qrels.jsonl")))
            .expect("each file of tickets has a file of judgements");
        table.row(row(name, &store, &clusters, &judged, seconds));
        if sampled.as_ref() == Some(name) {
            sample(&store, &clusters);
        }
    }
    let store = imported(&everything);
    let (clusters, seconds) = timed(&store);
    table.row(row("all", &store, &clusters, "", seconds));
    table.publish("clusters");
}

/// Imports files of tickets into a repository, and loads it into memory.
fn imported(files: &[PathBuf]) -> Store {
    let repo = env::temp_dir().join(format!("casebook-clusters-{}", std::process::id()));
    casebook(&["init", "--quiet", text(&repo)], Path::new("."));
    for file in files {
        casebook(&["--quiet", "import", "jsonl", text(file)], &repo);
    }
    let mut source = MemorySource::new();
    for part in ["casebook.yml", "tickets"] {
        for entry in walkdir::WalkDir::new(repo.join(part)).sort_by_file_name() {
            let entry = entry.expect("the repository can be read");
            if entry.file_type().is_file() {
                let path = entry.path().strip_prefix(&repo).expect("it is in the repository");
                source = source.with(text(path), fs::read(entry.path()).expect("the file can be read"));
            }
        }
    }
    fs::remove_dir_all(&repo).expect("the repository can be removed again");
    load(Arc::new(source), &CacheSlot::nowhere()).expect("the repository can be loaded")
}

fn timed(store: &Store) -> (Clusters, f64) {
    store.threads.all();
    let start = Instant::now();
    let clusters = Clusters::without_links(store, &CacheSlot::nowhere());
    (clusters, start.elapsed().as_secs_f64())
}

fn row(name: &str, store: &Store, clusters: &Clusters, judged: &str, seconds: f64) -> Vec<String> {
    let mut label: HashMap<usize, usize> = HashMap::new();
    for (number, cluster) in clusters.all.iter().enumerate() {
        label.extend(cluster.tickets.iter().map(|place| (*place, number)));
    }
    let problems = problems(store, judged);
    let places: Vec<usize> = problems.keys().copied().collect();
    let (mut both, mut found, mut right) = (0_u32, 0_u32, 0_u32);
    for (at, a) in places.iter().enumerate() {
        for b in &places[at + 1..] {
            let is_right = problems[a] == problems[b];
            let is_found = label.get(a).is_some_and(|one| label.get(b) == Some(one));
            right += u32::from(is_right);
            found += u32::from(is_found);
            both += u32::from(is_right && is_found);
        }
    }
    let share =
        |of: u32| if of == 0 { "–".to_owned() } else { format!("{:.3}", f64::from(both) / f64::from(of)) };
    let largest = clusters.all.iter().map(|cluster| cluster.tickets.len()).max().unwrap_or_default();
    vec![
        name.to_owned(),
        store.threads.len().to_string(),
        clusters.all.len().to_string(),
        label.len().to_string(),
        largest.to_string(),
        right.to_string(),
        share(found),
        share(right),
        format!("{seconds:.1}"),
    ]
}

/// Returns the judged tickets, each with the number of its problem.
fn problems(store: &Store, judged: &str) -> BTreeMap<usize, usize> {
    let threads = store.threads.all();
    let mut by_name: HashMap<&str, usize> = HashMap::new();
    for (place, thread) in threads.iter().enumerate() {
        thread.ticket.source.iter().for_each(|source| _ = by_name.insert(source, place));
    }
    let mut problem: BTreeMap<usize, usize> = BTreeMap::new();
    for line in judged.lines() {
        let json: Json = serde_json::from_str(line).expect("a judgement is a JSON object");
        let names =
            json["relevant"].as_array().expect("a judgement has answers").iter().chain([&json["query"]]);
        let places: BTreeSet<usize> =
            names.map(|name| by_name[name.as_str().expect("a name is a text")]).collect();
        let known: BTreeSet<usize> =
            places.iter().map(|place| *problem.entry(*place).or_insert(*place)).collect();
        let first = known.first().copied().expect("a judgement names tickets");
        problem.values_mut().filter(|number| known.contains(number)).for_each(|number| *number = first);
    }
    problem
}

/// Prints 50 clusters, chosen by a fixed random sequence.
fn sample(store: &Store, clusters: &Clusters) {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut left: Vec<usize> = (0..clusters.all.len()).collect();
    for number in 1..=left.len().min(50) {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let at = usize::try_from(state >> 33).unwrap_or_default() % left.len();
        let cluster = &clusters.all[left.swap_remove(at)];
        println!("{number}. {}", cluster.words.join(", "));
        for place in cluster.tickets.iter().take(6) {
            let thread = &store.threads[*place];
            let body: String = store.body(thread.ticket.path.as_ref()).chars().take(100).collect();
            println!("   {} | {}", thread.ticket.title, body.replace(['\n', '\r'], " "));
        }
    }
}

fn casebook(arguments: &[&str], folder: &Path) {
    let output = Command::new(CASEBOOK).args(arguments).current_dir(folder).output().expect("casebook runs");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path that is UTF-8")
}

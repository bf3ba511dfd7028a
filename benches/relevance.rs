//! `cargo bench --bench relevance -- FOLDER`: measures the quality of `similar` and of `search` with titles as queries,
//! compared with plain BM25.
//!
//! FOLDER has files `NAME.jsonl.gz` (see `casebook import jsonl`) and `NAME.qrels.jsonl` (see `casebook eval --qrels`).
//! For each pair, the benchmark measures all queries together, and then each half of them. A hash of the query's name
//! decides which half a query belongs to. Tune weights only on the first half, never on the second.

#![allow(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a benchmark stops at the first error; it starts programs and reads files"
)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value as Json;

mod page;

use page::Table;

const CASEBOOK: &str = env!("CARGO_BIN_EXE_casebook");

fn main() {
    let given = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    let Some(folder) = given.map(PathBuf::from) else {
        eprintln!("missing folder; run `cargo bench --bench relevance -- FOLDER`");
        return;
    };
    let mut names: Vec<String> = fs::read_dir(&folder)
        .expect("the folder can be read")
        .filter_map(|entry| {
            entry.ok()?.file_name().into_string().ok()?.strip_suffix(".jsonl.gz").map(str::to_owned)
        })
        .collect();
    names.sort();
    let mut table = Table::new(&[
        "",
        "queries",
        "MRR@20 (BM25)",
        "ratio",
        "hit@5 (BM25)",
        "gap closed",
        "no suggestion",
        "correct suggestions",
    ]);
    let mut titles = Table::new(&[
        "",
        "queries",
        "titles: hit@5 (BM25)",
        "ratio (95 %)",
        "MRR@20 (BM25)",
        "ratio (95 %)",
        "first five words: hit@5 (BM25)",
        "ratio (95 %)",
        "MRR@20 (BM25)",
        "ratio (95 %)",
        "nothing found",
    ]);
    for name in &names {
        measure(&folder, name, &mut table, &mut titles);
    }
    table.publish("similar tickets");
    titles.publish("typed titles");
}

fn measure(folder: &Path, name: &str, table: &mut Table, titles: &mut Table) {
    let repo = std::env::temp_dir().join(format!("casebook-relevance-{}-{name}", std::process::id()));
    casebook(&["init", "--quiet", text(&repo)], Path::new("."));
    let tickets = folder.join(format!("{name}.jsonl.gz"));
    casebook(&["--quiet", "import", "jsonl", text(&tickets)], &repo);
    let judged = fs::read_to_string(folder.join(format!("{name}.qrels.jsonl")))
        .expect("each file of tickets has a file of judgements");
    for (what, half) in [("all", None), ("first half", Some(true)), ("second half", Some(false))] {
        let lines = judged.lines().filter(|line| {
            let json: Json = serde_json::from_str(line).expect("a judgement is a JSON object");
            let query = json["query"].as_str().expect("a judgement has a query");
            half.is_none_or(|first| is_first(query) == first)
        });
        let file = repo.join("judged.jsonl");
        fs::write(&file, lines.collect::<Vec<_>>().join("\n")).expect("a file can be written");
        let eval = |how: &str| -> Json {
            let found = casebook(&["eval", how, "--format", "json", "--qrels", text(&file)], &repo);
            serde_json::from_slice(&found).expect("eval prints JSON")
        };
        table.row(row(format!("{name}, {what}"), &eval("--compare")));
        titles.row(typed_row(format!("{name}, {what}"), &eval("--search")));
    }
    fs::remove_dir_all(&repo).expect("the folder can be removed again");
}

fn row(name: String, found: &Json) -> Vec<String> {
    let all = &found["all"];
    let mean = |system: &str, measure: &str| all[system][measure]["mean"].as_f64().expect("eval measures it");
    let (own, peer) = (mean("similar", "MRR@20"), mean("bm25", "MRR@20"));
    let (hit, peer_hit, reachable) =
        (mean("similar", "hit@5"), mean("bm25", "hit@5"), mean("bm25", "hit@100"));
    let count = |value: &Json| value.as_f64().expect("eval counts it");
    let unasked = |key: &str| count(&all["unasked"][key]);
    let share = |part: f64, whole: f64| format!("{:.0} %", 100.0 * part / whole);
    vec![
        name,
        all["queries"].to_string(),
        format!("{own:.3} ({peer:.3})"),
        format!("{:.2}", own / peer),
        format!("{hit:.3} ({peer_hit:.3})"),
        format!("{:.0} %", 100.0 * (hit - peer_hit) / (reachable - peer_hit)),
        share(unasked("silent"), count(&all["queries"])),
        share(unasked("right"), unasked("suggestions")),
    ]
}

fn typed_row(name: String, found: &Json) -> Vec<String> {
    let mut row = vec![name, found["titles"]["queries"].to_string()];
    for words in ["titles", "first_words"] {
        for measure in ["hit@5", "MRR@20"] {
            let number = |system: &str, key: &str| {
                found[words][system][measure][key].as_f64().expect("eval measures it")
            };
            row.push(format!("{:.3} ({:.3})", number("search", "mean"), number("bm25", "mean")));
            let bound = |end: usize| {
                found[words]["ratio"][measure]["interval"][end].as_f64().expect("eval measures it")
            };
            row.push(format!("{:.2} ({:.2} to {:.2})", number("ratio", "mean"), bound(0), bound(1)));
        }
    }
    row.push(found["titles"]["nothing_found"].to_string());
    row
}

/// Returns whether a query belongs to the first half, by the lowest bit of its name's FNV-1a hash after the final mix
/// of MurmurHash3.
fn is_first(query: &str) -> bool {
    let fnv = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let mut hash = query.bytes().fold(0xcbf2_9ce4_8422_2325, fnv);
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^= hash >> 33;
    hash & 1 == 0
}

fn casebook(arguments: &[&str], folder: &Path) -> Vec<u8> {
    let output = Command::new(CASEBOOK).args(arguments).current_dir(folder).output().expect("casebook runs");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path that is UTF-8")
}

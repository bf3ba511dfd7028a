//! `casebook eval`

use std::{path::PathBuf, time::Duration};

use crate::cli::{CliError, Context, Outcome, ProcessEnvironment, body};
use crate::{
    api::{
        EvalAnswer, EvalFigures, EvalLatency, EvalMeasures, EvalQuery, EvalReport, HistoryFigures,
        TypedFigures, TypedReport, UnaskedFigures,
    },
    search::eval::{self, Answers, Estimate, JudgedQuery, Judgements, Measures, estimates},
    store::Store,
    text::Plural,
};

/// Measure how often `similar` or `search` finds the right ticket
///
/// For each ticket that is a duplicate or was answered by another ticket, searches the older tickets with the original
/// text of the ticket, and counts how often the right ticket is among the first results. With `--qrels`, the right
/// answers come from a file with one JSON object per line: {"query", "before", "relevant": […], "relevant_resolved":
/// […]}; tickets are named by `source` or id. No list of right answers is complete, so compare only figures for the same
/// queries.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// A file with the right answers [default: `duplicate_of` and `answered_by` of the tickets]
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    qrels: Option<PathBuf>,
    /// Search only tickets that were already resolved at the time of the query
    #[arg(long)]
    resolved: bool,
    /// Measure `casebook search` instead, with the titles of the tickets and with their first five words as queries,
    /// beside BM25 over any word
    #[arg(long, conflicts_with_all = ["resolved", "compare", "limit"])]
    search: bool,
    /// Also run plain BM25, and print the difference
    #[arg(long)]
    compare: bool,
    /// The maximum number of answers per query (with `--format json`)
    #[arg(long, short = 'n', value_name = "N", default_value_t = 5)]
    limit: usize,
}

/// The hint for a file with right answers that cannot be used.
const QRELS_FORMAT: &str = "write each line as {\"query\": ID, \"before\": TIME, \"relevant\": [ID, …], \"relevant_resolved\": [ID, …]}";

pub(super) fn run(arguments: Arguments, context: &Context) -> Result<Outcome, CliError> {
    let store = context.store()?;
    let Judgements { judged, hopeless, left_out } = match &arguments.qrels {
        Some(file) => {
            let text = body::read(file, context)?;
            eval::read(&text, &store).map_err(|error| {
                CliError::usage(error)
                    .with_context(format!("cannot read the right answers in {}", file.display()))
                    .with_hint(QRELS_FORMAT)
            })?
        }
        None => Judgements { judged: eval::of_links(&store), ..Judgements::default() },
    };
    if left_out > 0 {
        context.ui.say(format!("skipped {} without a right answer", Plural(left_out, "query")));
    }
    if hopeless > 0 {
        let queries = Plural(hopeless, "query");
        context.ui.say(format!("no right answer existed yet for {queries} (counted as misses)"));
    }
    if let (Some(file), true) = (&arguments.qrels, judged.is_empty() && left_out + hopeless == 0) {
        return Err(CliError::usage(format!("{} has no queries", file.display())).with_hint(QRELS_FORMAT));
    }
    if judged.is_empty() && arguments.qrels.is_none() {
        context.ui.say("no ticket names an earlier ticket in `duplicate_of` or `answered_by`; to use right answers from a file: `casebook eval --qrels FILE`");
    }
    if arguments.search {
        return run_search(&store, &judged, context);
    }
    let progress = context.ui.progress("searching", judged.len());
    let outcomes = eval::run(&store, &judged, arguments.compare, &ProcessEnvironment::stopwatch(), &|done| {
        progress.set(done)
    });
    drop(progress);
    let outcomes = outcomes.map_err(crate::cli::queries::unreadable)?;
    let all: Vec<&Answers> = outcomes.iter().map(|outcome| &outcome.all).collect();
    let resolved: Vec<&Answers> = outcomes.iter().filter_map(|outcome| outcome.resolved.as_ref()).collect();
    let took: Vec<Duration> = outcomes.iter().map(|outcome| outcome.took).collect();
    let all = (!arguments.resolved).then(|| report(&outcomes, &all, false));
    let resolved = report(&outcomes, &resolved, true);
    if context.ui.is_json() {
        context.ui.json(&EvalReport {
            latency: (!took.is_empty()).then(|| {
                let (median, late) = latency(&took);
                EvalLatency { median_ms: millis(median), p95_ms: millis(late) }
            }),
            all: all.as_ref().map(EvalTable::figures),
            resolved: resolved.figures(),
            history: history(&outcomes, &store),
            queries: outcomes.iter().map(|outcome| query(outcome, &store, arguments.limit)).collect(),
        });
        return Ok(Outcome::Done);
    }
    if outcomes.is_empty() {
        return Ok(Outcome::Done);
    }
    if let Some(all) = all {
        all.print("all", context);
    }
    resolved.print("resolved", context);
    let (median, late) = latency(&took);
    let HistoryFigures { answered, found, hours } = history(&outcomes, &store);
    context.ui.line(format!(
        "history: the answer existed for {} when opened; among the first three for {found}, which waited {hours:.0} hours\n",
        Plural(answered, "ticket"),
    ));
    context.ui.line(format!("latency: median {:.1} ms, p95 {:.1} ms", millis(median), millis(late)));
    Ok(Outcome::Done)
}

/// Computes what the history would have given: for tickets with an answer that had been resolved before, how many find
/// it among the first three, and how long these tickets waited for their resolution.
fn history(outcomes: &[eval::EvalOutcome], store: &Store) -> HistoryFigures {
    let mut figures = HistoryFigures { answered: 0, found: 0, hours: 0.0 };
    for outcome in outcomes {
        let Some(answers) = &outcome.resolved else { continue };
        figures.answered += 1;
        let right = &outcome.judged.relevant_resolved;
        if answers.found.iter().take(3).any(|(place, ..)| right.contains(place)) {
            figures.found += 1;
            let thread = &store.threads[outcome.judged.query];
            let (opened, resolved) = (thread.ticket.created, thread.state.resolved);
            let waited =
                opened.zip(resolved).map_or(0, |(opened, resolved)| resolved.seconds() - opened.seconds());
            figures.hours += waited.max(0) as f64 / 3_600.0;
        }
    }
    figures
}

/// Measures `casebook search` with typed titles.
fn run_search(store: &Store, judged: &[JudgedQuery], context: &Context) -> Result<Outcome, CliError> {
    let progress = context.ui.progress("searching", 2 * judged.len());
    let mut figures = Vec::new();
    for (done, words) in [usize::MAX, eval::FIRST_WORDS].into_iter().enumerate() {
        let report = |finished: usize| progress.set(done * judged.len() + finished);
        let outcomes =
            eval::run_typed(store, judged, words, &report).map_err(crate::cli::queries::unreadable)?;
        figures.push(TypedTable::of(&outcomes));
    }
    drop(progress);
    if context.ui.is_json() {
        let mut figures = figures.iter().map(TypedTable::figures);
        if let (Some(titles), Some(first_words)) = (figures.next(), figures.next()) {
            context.ui.json(&TypedReport { titles, first_words });
        }
        return Ok(Outcome::Done);
    }
    for (figures, name) in figures.iter().zip(["whole titles", "first five words of the titles"]) {
        figures.print(name, context);
    }
    Ok(Outcome::Done)
}

/// The figures of typed titles.
struct TypedTable {
    queries: usize,
    search: [Estimate; 5],
    peer: [Estimate; 5],
    ratio: [Estimate; 5],
    nothing_found: usize,
}

impl TypedTable {
    fn of(outcomes: &[eval::TypedOutcome]) -> Self {
        let search: Vec<[f64; 5]> = outcomes.iter().map(|one| one.search.values()).collect();
        let peer: Vec<[f64; 5]> = outcomes.iter().map(|one| one.peer.values()).collect();
        Self {
            queries: outcomes.len(),
            search: estimates(&search),
            peer: estimates(&peer),
            ratio: eval::ratios(&search, &peer),
            nothing_found: outcomes.iter().filter(|one| !one.found_any).count(),
        }
    }

    fn print(&self, name: &str, context: &Context) {
        let ui = &context.ui;
        let head: Vec<String> = Measures::NAMES.iter().map(|name| format!("{name:>21}")).collect();
        ui.line(format!("{}, {name}\n{:12}{}", Plural(self.queries, "query"), "", head.join("")));
        for (name, estimates) in [("search", &self.search), ("BM25", &self.peer), ("ratio", &self.ratio)] {
            let cells = estimates.iter().map(|Estimate { mean, interval: (low, high) }| {
                format!("{:>21}", format!("{mean:.3} [{low:.2} {high:.2}]"))
            });
            ui.line(format!("{name:12}{}", cells.collect::<String>()));
        }
        let percent = 100.0 * self.nothing_found as f64 / self.queries.max(1) as f64;
        ui.line(format!("nothing found for {percent:.1} % of the queries\n"));
    }

    fn figures(&self) -> TypedFigures {
        let measures = |estimates| EvalMeasures::of((self.queries > 0).then_some(estimates));
        TypedFigures {
            queries: self.queries,
            search: measures(&self.search),
            bm25: measures(&self.peer),
            ratio: measures(&self.ratio),
            nothing_found: self.nothing_found,
        }
    }
}

/// The figures of some queries.
struct EvalTable {
    queries: usize,
    own: [Estimate; 5],
    /// The figures of plain BM25, and the gain over them.
    peer: Option<([Estimate; 5], [Estimate; 5])>,
    /// The number of queries for which no suggestion would have been shown unprompted.
    silent: usize,
    /// The number of suggestions that would have been shown for the other queries, and how many of them are right.
    shown: (usize, usize),
}

fn report(outcomes: &[eval::EvalOutcome], answers: &[&Answers], resolved: bool) -> EvalTable {
    let own: Vec<[f64; 5]> = answers.iter().map(|one| one.measures.values()).collect();
    let peers: Option<Vec<[f64; 5]>> = answers.iter().map(|one| one.peer.map(|peer| peer.values())).collect();
    let peer = peers.filter(|peers| !peers.is_empty()).map(|peers| {
        let gains: Vec<[f64; 5]> = own
            .iter()
            .zip(&peers)
            .map(|(own, peer)| std::array::from_fn(|measure| own[measure] - peer[measure]))
            .collect();
        (estimates(&peers), estimates(&gains))
    });
    let mut report = EvalTable { queries: own.len(), own: estimates(&own), peer, silent: 0, shown: (0, 0) };
    for outcome in outcomes {
        let (answers, right) = match (&outcome.resolved, resolved) {
            (Some(answers), true) => (answers, &outcome.judged.relevant_resolved),
            (None, true) => continue,
            (_, false) => (&outcome.all, &outcome.judged.relevant),
        };
        let shown: Vec<usize> = answers.shown().collect();
        report.silent += usize::from(shown.is_empty());
        report.shown.0 += shown.len();
        report.shown.1 += shown.iter().filter(|place| right.contains(place)).count();
    }
    report
}

impl EvalTable {
    fn print(&self, name: &str, context: &Context) {
        let ui = &context.ui;
        let queries = match name {
            "all" => Plural(self.queries, "query").to_string(),
            _ => format!("{}, resolved targets only", Plural(self.queries, "query")),
        };
        let head: Vec<String> = Measures::NAMES.iter().map(|name| format!("{name:>21}")).collect();
        ui.line(format!("{queries}\n{:12}{}", "", head.join("")));
        let row = |name: &str, estimates: &[Estimate; 5], sign: bool| {
            let cells = estimates.iter().map(|Estimate { mean, interval: (low, high) }| {
                let text = if sign {
                    format!("{mean:+.3} [{low:+.2} {high:+.2}]")
                } else {
                    format!("{mean:.3} [{low:.2} {high:.2}]")
                };
                format!("{text:>21}")
            });
            ui.line(format!("{name:12}{}", cells.collect::<String>()));
        };
        row("similar", &self.own, false);
        if let Some((peer, gain)) = &self.peer {
            row("plain BM25", peer, false);
            row("difference", gain, true);
        }
        if self.queries > 0 {
            let percent = |part: usize, of: usize| 100.0 * part as f64 / of.max(1) as f64;
            ui.line(format!(
                "no suggestion for {:.0} % of the tickets; {} for the rest, {:.0} % correct\n",
                percent(self.silent, self.queries),
                Plural(self.shown.0, "suggestion"),
                percent(self.shown.1, self.shown.0),
            ));
        }
    }

    fn figures(&self) -> EvalFigures {
        // Without queries there is no measurement, which is not the same as 0.
        let measures = |estimates| EvalMeasures::of((self.queries > 0).then_some(estimates));
        EvalFigures {
            queries: self.queries,
            similar: measures(&self.own),
            bm25: self.peer.as_ref().map(|(peer, _)| measures(peer)),
            difference: self.peer.as_ref().map(|(_, gain)| measures(gain)),
            unasked: UnaskedFigures { silent: self.silent, suggestions: self.shown.0, right: self.shown.1 },
        }
    }
}

fn query(outcome: &eval::EvalOutcome, store: &Store, limit: usize) -> EvalQuery {
    let id = |place: &usize| store.threads[*place].id().to_owned();
    let ids = |places: &[usize]| places.iter().map(id).collect();
    let answers = |answers: &Answers, right: &[usize]| -> Vec<EvalAnswer> {
        let found = answers.found.iter().take(limit);
        let answer = |(place, score, weak): &(usize, u32, bool)| EvalAnswer {
            id: id(place),
            score: *score,
            weak: *weak,
            right: right.contains(place),
        };
        found.map(answer).collect()
    };
    let judged = &outcome.judged;
    EvalQuery {
        query: id(&judged.query),
        before: judged.before,
        relevant: ids(&judged.relevant),
        answers: answers(&outcome.all, &judged.relevant),
        relevant_resolved: ids(&judged.relevant_resolved),
        answers_resolved: outcome.resolved.as_ref().map(|one| answers(one, &judged.relevant_resolved)),
    }
}

/// Returns the median and the 95th percentile.
fn latency(took: &[Duration]) -> (Duration, Duration) {
    let mut took = took.to_vec();
    took.sort_unstable();
    let at = |share: usize| took.get(took.len() * share / 100).copied().unwrap_or_default();
    (at(50), at(95))
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

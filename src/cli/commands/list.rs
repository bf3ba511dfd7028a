//! `casebook list`

use std::cmp::Reverse;

use crate::cli::{CliError, Context, Outcome, queries, tickets};
use crate::ticket::Status;

/// List tickets; without a query, all unresolved tickets
///
/// The most urgent tickets come first. A query without a status leaves out resolved tickets; `is:any` includes them. A
/// query consists of words, "phrases" and fields such as service:billing-api, tag:export, -tag:noise, assignee:me,
/// is:overdue, created:>7d, priority:>=high, sort:created. `OR` and parentheses combine them.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The query
    #[arg(value_name = "QUERY", add = crate::cli::completion_candidates::query())]
    query: Vec<String>,
    /// The maximum number of tickets
    #[arg(long, short = 'n', value_name = "N", default_value_t = 50)]
    limit: usize,
}

pub(super) fn run(arguments: Arguments, context: &Context) -> Result<Outcome, CliError> {
    let store = context.store()?;
    let me = queries::me(&arguments.query, &store, context)?;
    let query = queries::query(&arguments.query, &store, me.as_deref())?;
    let results = queries::ask(&store, &query, me.as_deref(), context)?;
    let mut hits = results.tickets();
    let threads = &store.threads;
    if !query.selects_status() {
        hits.retain(|(place, _)| threads[*place].state.status != Status::Resolved);
    }
    if query.sort.is_empty() {
        hits.sort_by_key(|(place, _)| (Reverse(threads[*place].priority()), threads[*place].ticket.created));
    }
    tickets::print(&store, &hits, results.warnings(), arguments.limit, context);
    if hits.is_empty() {
        context.ui.say("no tickets match");
    }
    Ok(Outcome::Done)
}

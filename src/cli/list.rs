//! `casebook list`

use std::cmp::Reverse;

use super::{CliError, Context, Outcome, asking};
use crate::ticket::Status;

/// List tickets: the queue of oncall, unless the query says otherwise
///
/// Without a status in the query, open, pending and on-hold tickets are listed, the most urgent first; `is:any` lists all. A query
/// is words, "phrases" and tests such as service:billing-api, tag:export, -tag:noise, assignee:me, is:overdue, created:>7d,
/// priority:>=high, sort:created. `OR` and parentheses group.
#[derive(clap::Args)]
pub struct Arguments {
    /// The query
    #[arg(value_name = "QUERY", add = super::complete::query())]
    query: Vec<String>,
    /// The most tickets to list
    #[arg(long, short = 'n', value_name = "N", default_value_t = 50)]
    limit: usize,
}

pub fn run(arguments: Arguments, context: &Context) -> Result<Outcome, CliError> {
    let store = context.store()?;
    let me = asking::me(&arguments.query, &store, context)?;
    let query = asking::query(&arguments.query, &store, me.as_deref())?;
    let results = asking::ask(&store, &query, me.as_deref(), context)?;
    let mut hits = results.tickets();
    let threads = &store.threads;
    if !query.names_a_state() {
        hits.retain(|(place, _)| threads[*place].state.status != Status::Resolved);
    }
    if query.sort.is_empty() {
        hits.sort_by_key(|(place, _)| (Reverse(threads[*place].priority()), threads[*place].ticket.created));
    }
    asking::print(&store, &hits, results.warnings(), arguments.limit, context);
    if hits.is_empty() {
        context.ui.say("no tickets match");
    }
    Ok(Outcome::Done)
}

//! `casebook list`

use std::sync::Arc;

use super::{CliError, Context, Outcome, asking};
use crate::search::{Filter, query::Expr};

/// List tickets: the queue of oncall, unless the query says otherwise
///
/// Without a status in the query, open, pending and on-hold tickets are listed, the most urgent first; `is:any` lists all. A query
/// is words, "phrases" and tests such as service:billing-api, tag:export, -tag:noise, assignee:me, is:overdue, created:>7d,
/// priority:>=high, sort:created. `OR` and parentheses group.
#[derive(clap::Args)]
pub struct Arguments {
    /// The query
    #[arg(value_name = "QUERY")]
    query: Vec<String>,
    /// The most tickets to list
    #[arg(long, short = 'n', value_name = "N", default_value_t = 50)]
    limit: usize,
}

pub fn run(arguments: Arguments, context: &Context) -> Result<Outcome, CliError> {
    let store = Arc::new(context.store()?);
    let me = context.me(&store)?;
    let query = asking::query(&arguments.query, &store, me.as_deref())?;
    let filter = Filter::new(&store, me.as_deref(), context.world.now);
    let mut hits: Vec<(usize, u32)> = if query.has_text() || has_words(query.expr.as_ref()) {
        asking::ask(&store, &query, me.as_deref(), context)?
    } else {
        let threads = store.threads.iter().enumerate();
        threads
            .filter(|(_, thread)| query.expr.as_ref().is_none_or(|expr| filter.passes_all(expr, thread)))
            .map(|(place, _)| (place, 0))
            .collect()
    };
    if !query.names_a_state() {
        hits.retain(|(place, _)| store.threads[*place].state.status != crate::ticket::Status::Resolved);
    }
    let threads = &store.threads;
    if query.sort.is_empty() {
        hits.sort_by_key(|(place, _)| (std::cmp::Reverse(threads[*place].priority()), threads[*place].ticket.created));
    } else {
        hits.sort_by(|a, b| filter.compare(&query.sort, &threads[a.0], &threads[b.0]));
    }
    asking::print(&store, &hits, arguments.limit, context, |_, _, _| {});
    if hits.is_empty() {
        context.ui.say("no tickets match");
    }
    Ok(Outcome::Done)
}

/// Whether a test asks for words of a field, which only the index knows.
fn has_words(expr: Option<&Expr>) -> bool {
    expr.is_some_and(|expr| match expr {
        Expr::And(all) | Expr::Or(all) => all.iter().any(|one| has_words(Some(one))),
        Expr::Not(inner) => has_words(Some(inner)),
        Expr::Text(_) => true,
        Expr::Field(test) => test.any_of.iter().any(|one| matches!(one, crate::search::query::Test::Words(_))),
    })
}

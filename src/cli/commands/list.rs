//! `casebook list`

use std::cmp::Reverse;

use crate::cli::{CliError, Context, Outcome, queries, tickets};
use crate::{
    index::TextPattern,
    query::{Expr, KEYS, Query, condition_meant_by},
    search::in_review,
    ticket::Status,
};

/// List tickets; without a query, all unresolved tickets
///
/// The most urgent tickets come first. New tickets on the branches of pull requests (`ticket/*` of the remote, as far as
/// they were fetched) are listed as `in review`; `is:in-review` lists only them. A query without a status leaves out resolved tickets; `is:any` includes them. A
/// query consists of words, "phrases" and fields such as service:billing-api, tag:export, -tag:noise, assignee:me,
/// is:overdue, newer:7d, priority:>=high, sort:created. `OR` and parentheses combine them.
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
    let store = context.store_with_in_review()?;
    let me = queries::me(&arguments.query, &store, context)?;
    let query = queries::query(&arguments.query, &store, me.as_deref())?;
    let results = queries::filter(&store, &query, me.as_deref(), context)?;
    let mut threads = in_review::list(&store, &results, &query, me.as_deref(), context.process.now);
    if !query.selects_status() {
        threads.retain(|thread| thread.state.status != Status::Resolved);
    }
    if query.sort.is_empty() {
        threads.sort_by_key(|thread| (Reverse(thread.priority()), thread.ticket.created));
    }
    let mut notices = results.notices();
    if let Some(hint) = lone_word_hint(&query) {
        context.ui.say(&hint);
        notices.push(hint);
    }
    tickets::print(&store, &threads, (results.warnings(), notices), arguments.limit, context);
    if threads.is_empty() {
        context.ui.say("no tickets match");
    }
    Ok(Outcome::Done)
}

/// Returns a hint if the query is only a word that names tickets by their state, such as `all` or `resolved`: it was
/// searched as a word.
fn lone_word_hint(query: &Query) -> Option<String> {
    let Some(Expr::Text(TextPattern::Word(word))) = &query.expr else { return None };
    let is = KEYS.iter().find(|key| key.name == "is")?.kind.choices(KEYS);
    let condition = match condition_meant_by(word) {
        Some(condition) => condition.to_owned(),
        None => format!("is:{}", is.iter().find(|choice| choice.name.eq_ignore_ascii_case(word))?.name),
    };
    Some(format!("`{word}` was searched as a word; did you mean `casebook list {condition}`?"))
}

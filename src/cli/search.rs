//! `casebook search`

use std::sync::Arc;

use super::{CliError, Context, Format, Outcome, asking, hit};
use crate::search::{Filter, Texts, excerpt::Marks, why};

/// Search all tickets, resolved ones included, best first
///
/// Words are ANDed; "phrases", OR, parentheses, -negation and tests as in `casebook list` work here too, and `expor*` finds words
/// that begin so.
#[derive(clap::Args)]
pub struct Arguments {
    /// The query
    #[arg(value_name = "QUERY", required = true)]
    query: Vec<String>,
    /// The most tickets to show
    #[arg(long, short = 'n', value_name = "N", default_value_t = 10)]
    limit: usize,
}

pub fn run(arguments: Arguments, context: &Context) -> Result<Outcome, CliError> {
    let store = Arc::new(context.store()?);
    let me = context.me(&store)?;
    let query = asking::query(&arguments.query, &store, me.as_deref())?;
    let hits = asking::ask(&store, &query, me.as_deref(), context)?;
    if context.ui.format != Format::Human {
        let filter = Filter::new(&store, me.as_deref(), context.world.now);
        asking::print(&store, &hits, arguments.limit, context, |thread, json, score| {
            let texts = Texts::of(&store, thread);
            json.insert("score".into(), score.into());
            json.insert("why".into(), why(&query, &filter, thread, &texts).into());
        });
        return Ok(Outcome::Done);
    }
    let marks = Marks::of_query(&query);
    for (place, _) in hits.iter().take(arguments.limit) {
        let thread = &store.threads[*place];
        hit::head(thread, "", context);
        let room = context.ui.width.saturating_sub(2);
        if let Some(piece) = hit::piece(&Texts::of(&store, thread), &marks, room) {
            context.ui.line(format!("  {}", hit::painted(&piece, &context.ui)));
        }
    }
    if hits.is_empty() {
        context.ui.say("nothing matches");
    } else if hits.len() > arguments.limit {
        context.ui.say(format!("… and {} more; `--limit N` shows more", hits.len() - arguments.limit));
    }
    Ok(Outcome::Done)
}

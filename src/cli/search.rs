//! `casebook search`

use std::sync::Arc;

use super::{CliError, Context, Format, Outcome, asking, table, ui::style};
use crate::ticket::answer_of;

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
        asking::print(&store, &hits, arguments.limit, context, |_, json, score| {
            json.insert("score".into(), score.into());
            json.insert("why".into(), query.to_string().into());
        });
        return Ok(Outcome::Done);
    }
    for (place, _) in hits.iter().take(arguments.limit) {
        let thread = &store.threads[*place];
        let ui = &context.ui;
        let resolution = thread.state.resolution.map(|resolution| format!(" ({resolution})")).unwrap_or_default();
        let status = ui.paint(super::show::status_style(thread.state.status), thread.state.status.name());
        ui.line(ui.paint(style::STRONG, &table::fit(&thread.ticket.title, ui.width)));
        ui.line(format!("  {}  {status}{resolution}", ui.paint(style::ID, thread.id())));
        let answer = answer_of(thread, |_| true, |reply| Some(store.body(reply.path.as_ref())));
        if let Some(answer) = answer {
            ui.line(format!("  {}", table::fit(&plain(&answer.text), ui.width.saturating_sub(2))));
        }
    }
    if hits.is_empty() {
        context.ui.say("nothing matches");
    } else if hits.len() > arguments.limit {
        context.ui.say(format!("… and {} more; `--limit N` shows more", hits.len() - arguments.limit));
    }
    Ok(Outcome::Done)
}

/// The words of an answer, without its headings.
fn plain(markdown: &str) -> String {
    let lines = markdown.lines().filter(|line| !line.starts_with('#') && !line.starts_with("```"));
    lines.collect::<Vec<_>>().join(" ")
}

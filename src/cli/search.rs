//! `casebook search`

use std::sync::Arc;

use super::{CliError, Context, Format, Outcome, asking, build::For, hit};
use crate::{
    api::SearchAnswer,
    repo::CacheSlot,
    search::{Corrected, Filter, Reasons, Texts, marks::Marks},
    site::Site,
    store::Store,
};

/// Search all tickets and articles, resolved ones included, best first
///
/// Words are ANDed; "phrases", OR, parentheses, -negation and tests as in `casebook list` work here too, and `expor*` finds words
/// that begin so. A word that nobody wrote is taken for the nearest one that somebody did, and search says so.
#[derive(clap::Args)]
pub struct Arguments {
    /// The query
    #[arg(value_name = "QUERY", required = true)]
    query: Vec<String>,
    /// The most tickets to show
    #[arg(long, short = 'n', value_name = "N", default_value_t = 10)]
    limit: usize,
    /// Search only what the site of this audience shows (else everything)
    #[arg(long, value_name = "AUDIENCE", value_enum)]
    audience: Option<For>,
}

pub fn run(arguments: Arguments, context: &Context) -> Result<Outcome, CliError> {
    let (store, slot) = view(arguments.audience, context)?;
    let me = asking::me(&arguments.query, &store, context)?;
    let query = asking::query(&arguments.query, &store, me.as_deref())?;
    let results = asking::ask_in(&slot, &store, &query, me.as_deref(), context)?;
    say_corrected(&results.corrected, context);
    let shown = || results.hits.iter().take(arguments.limit).map(|(item, _)| *item);
    match context.ui.format {
        Format::Json => {
            let filter = Filter::new(&store, me.as_deref(), context.world.now);
            let reasons = Reasons::new(&query, &results.corrected, &filter);
            context.ui.json(&SearchAnswer::of(&store, &results, &reasons, 0, arguments.limit));
            return Ok(Outcome::Done);
        }
        Format::Short => {
            shown().for_each(|item| context.ui.line(hit::name(item, &store)));
            return Ok(Outcome::Done);
        }
        Format::Human | Format::Github | Format::Markdown => {}
    }
    let marks = Marks::of_query(&query, &results.corrected);
    for item in shown() {
        hit::head(item, &store, "", context);
        let room = context.ui.width.saturating_sub(2);
        if let Some(piece) = hit::piece(&Texts::of_item(&store, item), &marks, room) {
            context.ui.line(format!("  {}", hit::painted(&piece, &context.ui)));
        }
    }
    let count = results.hits.len();
    if count == 0 {
        context.ui.say("nothing matches");
    } else if count > arguments.limit {
        context.ui.say(format!("… and {} more; `--limit N` shows more", count - arguments.limit));
    }
    Ok(Outcome::Done)
}

/// What is searched, and where its index is kept: everything, or what the site of an audience shows.
fn view(audience: Option<For>, context: &Context) -> Result<(Arc<Store>, CacheSlot), CliError> {
    let store = context.store()?;
    let Some(audience) = audience else { return Ok((store, asking::slot(context)?)) };
    let repo = context.repo()?;
    let options = super::build::options(audience, repo)?;
    let slot = asking::slot_of_site(options.audience, repo);
    let site = Site::new(store, options).map_err(|error| CliError::environment(error.to_string()))?;
    Ok((Arc::new(site).shown(), slot))
}

fn say_corrected(corrected: &Corrected, context: &Context) {
    for (word, with) in corrected {
        let with: Vec<String> = with.iter().map(|with| format!("`{}`", with.word)).collect();
        context.ui.say(format!("nothing says `{word}`; searched for {} instead", with.join(", ")));
    }
}

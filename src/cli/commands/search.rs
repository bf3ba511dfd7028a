//! `casebook search`

use std::sync::Arc;

use super::build::AudienceOption;
use crate::cli::{CliError, Context, Format, Outcome, hits, queries};
use crate::{
    api::SearchAnswer,
    repo::CacheSlot,
    search::{Corrections, Filter, Reasons, Texts, marks::Marks},
    store::Store,
    view::View,
};

/// Search all tickets and articles, open or resolved, best match first
///
/// The words are a question: tickets and articles are found that have enough of them, best match first. `+word` requires
/// a word, and `--all-words` requires all of them. "phrases", OR, parentheses, -negation and fields work as in `casebook
/// list`, and `expor*` finds words that begin with `expor`. If a word occurs nowhere, searches for the most similar word
/// instead and prints a message. A text with several lines, such as an error message, is compared as a whole.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The query
    #[arg(value_name = "QUERY", required = true, add = crate::cli::completion_candidates::query())]
    query: Vec<String>,
    /// The maximum number of results
    #[arg(long, short = 'n', value_name = "N", default_value_t = 10)]
    limit: usize,
    /// Require every word
    #[arg(long)]
    all_words: bool,
    /// Search only tickets and articles that the site of this audience shows [default: everything]
    #[arg(long, value_name = "AUDIENCE", value_enum)]
    audience: Option<AudienceOption>,
}

pub(super) fn run(arguments: Arguments, context: &Context) -> Result<Outcome, CliError> {
    let whole = context.store()?;
    // The user is found by the e-mail address in the settings, which the public view does not have.
    let me = queries::me(&arguments.query, &whole, context)?;
    let (store, slot) = scope(whole, arguments.audience, context)?;
    let results = if arguments.all_words {
        let query = queries::query(&arguments.query, &store, me.as_deref())?;
        queries::filter_in(&slot, &store, &query, me.as_deref(), context)?
    } else {
        let query = queries::question(&arguments.query, &store, me.as_deref())?;
        queries::search(&slot, &store, &query, me.as_deref(), context)?
    };
    say_corrected(&results.corrected, context);
    let shown = || results.hits.iter().take(arguments.limit).map(|hit| hit.item);
    match context.ui.format {
        Format::Json => {
            let filter = Filter::new(&store, me.as_deref(), context.process.now);
            let reasons = Reasons::new(&results.conditions, &results.corrected, &filter);
            let now = context.process.now;
            context.ui.json(&SearchAnswer::of(&store, &results, &reasons, 0, arguments.limit, now));
            return Ok(Outcome::Done);
        }
        Format::Short => {
            shown().for_each(|item| context.ui.line(hits::name(item, &store)));
            return Ok(Outcome::Done);
        }
        Format::Human | Format::Github | Format::Markdown | Format::Csv => {}
    }
    let marks = Marks::of_query(&results.asked, &results.corrected);
    for item in shown() {
        hits::head(item, &store, "", context);
        let room = context.ui.width.saturating_sub(2);
        if let Some(excerpt) = hits::excerpt(&Texts::of_item(&store, item), &marks, room) {
            context.ui.line(format!("  {}", hits::paint_marks(&excerpt, &context.ui)));
        }
    }
    let count = results.hits.len();
    let complete = results.hits.iter().filter(|hit| hit.is_complete).count();
    if count == 0 {
        context.ui.say("no results");
        return Ok(Outcome::Done);
    }
    if results.is_weak {
        context.ui.say("no result has enough of the words; these have some of them");
    } else if complete < count {
        context.ui.say(format!("{complete} with all words, {} close", count - complete));
    }
    if count > arguments.limit {
        context.ui.say(format!("… and {} more; `--limit N` shows more", count - arguments.limit));
    }
    Ok(Outcome::Done)
}

/// Returns the store to search and the slot of its index: everything, or what the site of an audience shows.
fn scope(
    store: Arc<Store>,
    audience: Option<AudienceOption>,
    context: &Context,
) -> Result<(Arc<Store>, CacheSlot), CliError> {
    let Some(audience) = audience else { return Ok((store, queries::slot(context)?)) };
    let repo = context.repo()?;
    let view = View::of_site(audience.into(), &store.settings);
    Ok((Arc::clone(store.seen_by(view).store()), queries::slot_of_site(view.audience, repo)))
}

fn say_corrected(corrected: &Corrections, context: &Context) {
    for (word, with) in corrected {
        let with: Vec<String> = with.iter().map(|with| format!("`{}`", with.word)).collect();
        context.ui.say(format!("no results for `{word}`; showing results for {}", with.join(", ")));
    }
}

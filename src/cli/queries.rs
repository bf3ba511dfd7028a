//! Parses and runs the queries of the command line.

use std::sync::Arc;

use super::{CliError, Context, unknown_names};
use crate::{
    index::IndexError,
    query::{Query, QueryError, Vocabulary},
    repo::{CacheSlot, Repo},
    search::{Engine, Filter, Results},
    store::Store,
    text::Time,
    view::Audience,
};

/// Parses the words of the command line as one query.
pub(super) fn query(words: &[String], store: &Store, me: Option<&str>) -> Result<Query, CliError> {
    parse(words, store, me, Query::parse)
}

/// Parses the words of the command line as one query whose words are a question.
pub(super) fn question(words: &[String], store: &Store, me: Option<&str>) -> Result<Query, CliError> {
    parse(words, store, me, Query::parse_question)
}

fn parse(
    words: &[String],
    store: &Store,
    me: Option<&str>,
    read: fn(&str, &Vocabulary) -> Result<Query, QueryError>,
) -> Result<Query, CliError> {
    let text_of_query = words.join(" ");
    read(&text_of_query, &store.known_in_queries(me)).map_err(|error| {
        let text = error.to_string();
        let shown = text.strip_suffix(&format!("\nhelp: {}", error.help)).unwrap_or(&text);
        let standard_input = "to compare a text from standard input: `casebook similar -`";
        let hint = (text_of_query.trim() == "-").then_some(standard_input);
        CliError::usage(shown).with_hint(error.help).with_hints(hint.map(str::to_owned))
    })
}

/// Returns the user's person id if the query may contain `me`. Otherwise skips the call of git, which takes longer than
/// the query itself.
pub(super) fn me(words: &[String], store: &Store, context: &Context) -> Result<Option<String>, CliError> {
    let may_say = words.iter().any(|word| word.to_ascii_lowercase().contains("me"));
    if may_say { context.me(store) } else { Ok(None) }
}

/// Returns the cache slot of the index of all tickets and articles.
pub(super) fn slot(context: &Context) -> Result<CacheSlot, CliError> {
    let repo = context.repo()?;
    Ok(repo.cache_slot(if repo.is_bare() { "index-head" } else { "index-worktree" }))
}

/// Returns the cache slot of the nearest tickets, from which clusters are made.
pub(super) fn clusters_slot(context: &Context) -> Result<CacheSlot, CliError> {
    let repo = context.repo()?;
    Ok(repo.cache_slot(if repo.is_bare() { "clusters-head" } else { "clusters-worktree" }))
}

/// Returns the cache slot of the index for the site of an audience. The server uses the same slot.
pub(super) fn slot_of_site(audience: Audience, repo: &Repo) -> CacheSlot {
    repo.cache_slot(&format!("index-site-{}", audience.name()))
}

/// Converts an error of an index that could not be read even after a rebuild.
pub(super) fn unreadable(error: IndexError) -> CliError {
    CliError::environment(error)
}

/// Opens the index in `slot`. The first search of a large repository builds it, which takes a while.
pub(super) fn open_engine(store: &Arc<Store>, slot: &CacheSlot, context: &Context) -> Engine {
    let _indexing = context.ui.progress("indexing", store.threads.len());
    Engine::open(Arc::clone(store), slot)
}

/// Finds the tickets and articles that match every word and condition of a query.
pub(super) fn filter(
    store: &Arc<Store>,
    query: &Query,
    me: Option<&str>,
    context: &Context,
) -> Result<Results, CliError> {
    filter_in(&slot(context)?, store, query, me, context)
}

/// Does the same as [`filter`], with the index in `slot`.
pub(super) fn filter_in(
    slot: &CacheSlot,
    store: &Arc<Store>,
    query: &Query,
    me: Option<&str>,
    context: &Context,
) -> Result<Results, CliError> {
    ask(slot, store, query, me, context, Engine::filter)
}

/// Finds the tickets and articles that have enough of a question, with the index in `slot`.
pub(super) fn search(
    slot: &CacheSlot,
    store: &Arc<Store>,
    query: &Query,
    me: Option<&str>,
    context: &Context,
) -> Result<Results, CliError> {
    ask(slot, store, query, me, context, Engine::search)
}

/// Runs a query. The index in `slot` is opened only if the query has words.
fn ask(
    slot: &CacheSlot,
    store: &Arc<Store>,
    query: &Query,
    me: Option<&str>,
    context: &Context,
    run: fn(&Engine, &Query, Option<&str>, Time) -> Result<Results, IndexError>,
) -> Result<Results, CliError> {
    for renamed in &query.renamed {
        context.ui.say(renamed.to_string());
    }
    for reading in query.readings() {
        context.ui.say(reading.to_string());
    }
    unknown_names::say_unknown(store, query, context);
    if !query.needs_index() {
        let found = Filter::new(store, me, context.process.now).find(query);
        return Ok(Results::without_words(query, found));
    }
    let mut engine = open_engine(store, slot, context);
    let found = engine.with_rebuild(|engine| run(engine, query, me, context.process.now));
    let found = found.map_err(unreadable)?;
    found.notices.iter().for_each(|notice| context.ui.say(notice));
    Ok(found)
}

//! `casebook distill`

use std::cmp::Reverse;
use std::collections::HashSet;
use std::sync::Arc;

use crate::cli::{
    CliError, Context, Format, Outcome, age, article_writing, authoring::PushOptions, hits, queries, table,
    ui::style, unmerged,
};
use crate::{
    api::{ClusterDetail, ClusterList},
    intake::ArticleWrite,
    knowledge::{
        articles::distilled,
        clusters::{Cluster, Clusters},
    },
    search::Item,
    store::Store,
    text::{Plural, RepoPath, is_id, shell_word, slugify_at_most},
    ticket::Visibility,
    view::{Audience, View},
};

/// Find problems that several tickets are about, and write an article about one
///
/// Lists clusters of tickets about the same problem of which at least one was resolved: how many tickets, since when, how
/// long their requesters waited in total, the words that hold them together, and the best answer. Those that cost most come
/// first. With a query, only clusters with a ticket that matches it.
///
/// `--write ID` writes a draft article `knowledge/<slug>.md` about the cluster of the ticket ID, and commits it. The draft
/// consists of what requesters and oncall wrote, and names the ticket of each part. It is internal if one of its tickets is.
/// Read it, correct it, and confirm it with `casebook article confirm SLUG`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The query
    #[arg(value_name = "QUERY", add = crate::cli::completion_candidates::query())]
    query: Vec<String>,
    /// The maximum number of clusters
    #[arg(long, short = 'n', value_name = "N", default_value_t = 20, conflicts_with = "write")]
    limit: usize,
    /// Write a draft article about the cluster of this ticket
    #[arg(long, value_name = "ID", conflicts_with = "query", add = crate::cli::completion_candidates::ids())]
    write: Option<String>,
    /// The name of the article [default: made from the title]
    #[arg(long, value_name = "SLUG", requires = "write")]
    slug: Option<String>,
    /// Write a public article, from public tickets and replies only, and list what it publishes
    #[arg(long, requires = "write")]
    public: bool,
    #[command(flatten)]
    push: PushOptions,
}

pub(super) fn run(arguments: Arguments, context: &Context) -> Result<Outcome, CliError> {
    let store = context.store()?;
    let comparing = context.ui.progress("comparing", store.threads.len());
    let clusters = Clusters::of(&store, &queries::clusters_slot(context)?);
    drop(comparing);
    if let Some(id) = &arguments.write {
        return write(id, &arguments, &clusters, &store, context);
    }
    let matching = matching(&arguments.query, &store, context)?;
    let is_listed = |cluster: &&Cluster| {
        let is_resolved = |place: &usize| store.threads[*place].state.resolved.is_some();
        let matches = |place: &usize| matching.as_ref().is_none_or(|matching| matching.contains(place));
        cluster.tickets.iter().any(is_resolved) && cluster.tickets.iter().any(matches)
    };
    let mut listed: Vec<&Cluster> = clusters.all.iter().filter(is_listed).collect();
    listed.sort_by_key(|cluster| (Reverse(cluster.cost), cluster.tickets.clone()));
    let total = listed.len();
    listed.truncate(arguments.limit);
    match context.ui.format {
        Format::Json => {
            let clusters = listed.iter().map(|cluster| ClusterDetail::of(&store, cluster)).collect();
            context.ui.json(&ClusterList { clusters, total });
        }
        Format::Short => {
            for cluster in &listed {
                context.ui.line(cluster.ids(&store).collect::<Vec<_>>().join(" "));
            }
        }
        Format::Human | Format::Github | Format::Markdown | Format::Csv => {
            listed.iter().for_each(|cluster| print(cluster, &store, context));
            if total > listed.len() {
                context.ui.say(format!("{} of {}", listed.len(), Plural(total, "cluster")));
            }
        }
    }
    if total == 0 {
        context.ui.say("no problem with a resolved ticket was reported twice");
    }
    Ok(Outcome::Done)
}

/// Returns the places of the tickets that match the query; `None` without one.
fn matching(
    words: &[String],
    store: &Arc<Store>,
    context: &Context,
) -> Result<Option<HashSet<usize>>, CliError> {
    if words.is_empty() {
        return Ok(None);
    }
    let me = queries::me(words, store, context)?;
    let query = queries::query(words, store, me.as_deref())?;
    let results = queries::filter(store, &query, me.as_deref(), context)?;
    Ok(Some(results.tickets().into_iter().map(|(place, _)| place).collect()))
}

fn print(cluster: &Cluster, store: &Store, context: &Context) {
    let ui = &context.ui;
    let named = cluster.best.or(cluster.tickets.last().copied());
    let Some(thread) = named.map(|place| &store.threads[place]) else { return };
    ui.line(ui.paint(style::STRONG, &table::fit(&thread.ticket.title, ui.width)));
    let mut facts = vec![Plural(cluster.tickets.len(), "ticket").to_string()];
    if let Some((first, last)) = cluster.span {
        facts.push(format!("{} to {}", first.date(), last.date()));
    }
    facts.push(format!("waited {}", age::span(cluster.cost)));
    ui.line(format!("  {}", facts.join(" · ")));
    if !cluster.words.is_empty() {
        let words = format!("shared words: {}", cluster.words.join(", "));
        ui.line(ui.paint(style::DIM, &format!("  {}", table::fit(&words, ui.width.saturating_sub(2)))));
    }
    if let Some(best) = cluster.best {
        let lines = hits::answer(Item::Ticket(best), store, 1);
        let answer = lines.first().cloned().unwrap_or_default();
        let id = store.threads.id(best);
        let room = ui.width.saturating_sub(4 + "answer: ".len() + id.len());
        ui.line(format!("  answer: {}  {}", ui.paint(style::ID, id), table::fit(&answer, room)));
    }
    match (&cluster.article, cluster.best) {
        (Some(slug), _) => ui.line(format!("  article: {}", ui.paint(style::ID, slug))),
        (None, Some(best)) => {
            ui.line(format!(
                "  no article; write one: casebook distill --write {}",
                shell_word(store.threads.id(best))
            ));
        }
        (None, None) => {}
    }
}

/// Writes a draft article about the cluster of the ticket `id`.
fn write(
    id: &str,
    arguments: &Arguments,
    clusters: &Clusters,
    store: &Arc<Store>,
    context: &Context,
) -> Result<Outcome, CliError> {
    let thread = unmerged::thread(id, store, context)?;
    let place = store.threads.place(thread.id());
    let cluster = place.and_then(|place| clusters.of_ticket(place));
    let Some(cluster) = cluster else {
        let message = format!("{} shares its problem with no other ticket", thread.id());
        return Err(
            CliError::usage(message).with_hint("`casebook distill` lists the problems of several tickets")
        );
    };
    let is_internal = |place: &usize| store.threads[*place].state.visibility == Visibility::Internal;
    let visibility = match arguments.public || !cluster.tickets.iter().any(is_internal) {
        true => Visibility::Public,
        false => Visibility::Internal,
    };
    // A public article may use only what the public may see.
    let seen = match visibility {
        Visibility::Public => {
            Arc::clone(store.seen_by(View::of_site(Audience::Public, &store.settings)).store())
        }
        Visibility::Internal => Arc::clone(store),
    };
    let here = |place: &usize| seen.threads.place(store.threads.id(*place));
    let tickets: Vec<usize> = cluster.tickets.iter().filter_map(here).collect();
    let best = crate::knowledge::clusters::best_answer(&seen, &tickets);
    let Some(article) = distilled(&seen, &tickets, best, visibility) else {
        let what = if arguments.public { "a public answer" } else { "an answer" };
        let message = format!("none of {} has {what}", Plural(cluster.tickets.len(), "ticket"));
        return Err(CliError::usage(message).with_hint(format!(
            "resolve one of them first: `casebook resolve {} --as fixed`",
            shell_word(thread.id())
        )));
    };
    let slug = arguments.slug.clone().unwrap_or_else(|| slugify_at_most(&article.title, 60));
    if !is_id(&slug) {
        return Err(CliError::usage(format!("`{slug}` is not a valid name for an article"))
            .with_hint("use lower-case letters, digits and hyphens: `--slug slow-exports`"));
    }
    let path = RepoPath::new(format!("knowledge/{slug}.md"));
    if store.article(&slug).is_some() || store.source().read(&path).is_ok() {
        return Err(CliError::usage(format!("`{path}` exists already"))
            .with_hint("choose another name with `--slug`"));
    }
    if visibility == Visibility::Public {
        context.ui.say(format!("the article publishes text of {}:", Plural(article.tickets.len(), "ticket")));
        article.tickets.iter().for_each(|id| context.ui.say(format!("  {id}")));
        let left_out = cluster.tickets.len() - tickets.len();
        if left_out > 0 {
            context
                .ui
                .say(format!("left out {} that the public site does not show", Plural(left_out, "ticket")));
        }
    }
    for section in &article.missing {
        context.ui.say(format!("no answer has a section `{section}`; add one if you know it"));
    }
    let message = format!(
        "distill {slug}\n\n{}\n",
        article.tickets.iter().map(|id| format!("Ticket: {id}\n")).collect::<String>()
    );
    let write = ArticleWrite { slug: slug.clone(), path, text: article.text, former: None, message };
    let done = format!(
        "wrote a draft from {}; read it, then run `casebook article confirm {slug}`",
        Plural(article.tickets.len(), "ticket")
    );
    article_writing::write(&write, &done, arguments.push, store, context)
}

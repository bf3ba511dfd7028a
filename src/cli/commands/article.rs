//! `casebook article`

use clap::Subcommand;

use crate::cli::{
    CliError, CliErrorKind, Context, Format, Outcome, article_writing, authoring::PushOptions, queries,
    table, ui::style,
};
use crate::{
    api::{ArticleStatus, ArticleStatusList},
    intake::ArticleWrite,
    knowledge::{
        articles::{ArticleHealth, ArticleHealths},
        clusters::Clusters,
    },
    store::Store,
    text::Plural,
    ticket::{Article, Document, YamlValue, with_key, with_list_item},
};

/// Confirm articles, replace them, and list them with their health
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: ArticleCommand,
}

#[derive(Subcommand)]
enum ArticleCommand {
    /// Record that an article was reviewed today and is true
    Confirm(ConfirmArguments),
    /// Replace an article by another one: readers of the old page are led to the new one
    Supersede(SupersedeArguments),
    /// List articles with their health, those that need somebody first
    List(ListArguments),
}

#[derive(clap::Args)]
struct ConfirmArguments {
    /// The name of the article
    #[arg(value_name = "SLUG")]
    slug: String,
    #[command(flatten)]
    push: PushOptions,
}

#[derive(clap::Args)]
struct SupersedeArguments {
    /// The name of the old article
    #[arg(value_name = "SLUG")]
    slug: String,
    /// The name of the article that replaces it
    #[arg(long, value_name = "SLUG")]
    by: String,
    #[command(flatten)]
    push: PushOptions,
}

#[derive(clap::Args)]
struct ListArguments {
    /// Only articles that are in doubt, due for review, or were never reviewed
    #[arg(long)]
    due: bool,
}

pub(super) fn run(arguments: Arguments, context: &Context) -> Result<Outcome, CliError> {
    match arguments.what {
        ArticleCommand::Confirm(arguments) => confirm(&arguments, context),
        ArticleCommand::Supersede(arguments) => supersede(&arguments, context),
        ArticleCommand::List(arguments) => list(&arguments, context),
    }
}

/// Returns the article called `name`, its file, and the bytes of the file.
fn find<'s>(name: &str, store: &'s Store) -> Result<(&'s Article, Document, Vec<u8>), CliError> {
    let slug = name.strip_prefix("knowledge/").unwrap_or(name);
    let slug = slug.strip_suffix(".md").unwrap_or(slug);
    let unknown = || {
        CliError::new(CliErrorKind::NotFound, format!("no article `{slug}`"))
            .with_hint("`casebook article list` lists all articles")
    };
    let article = store.article(slug).ok_or_else(unknown)?;
    let path = article.path.as_ref().ok_or_else(unknown)?;
    let bytes = store.source().read(path)?;
    let document = Document::parse(path, &bytes);
    if document.text.as_bytes() != bytes {
        return Err(CliError::usage(format!("`{path}` is not plain UTF-8"))
            .with_hint(format!("`casebook check {path}` says what to fix")));
    }
    Ok((article, document, bytes))
}

fn no_front_matter(document: &Document, key: &str) -> CliError {
    let path = &document.path;
    CliError::usage(format!("cannot change `{key}` in `{path}`"))
        .with_hint(format!("`casebook check {path}` says what is wrong with its front matter"))
}

fn confirm(arguments: &ConfirmArguments, context: &Context) -> Result<Outcome, CliError> {
    let store = context.store()?;
    let (article, document, former) = find(&arguments.slug, &store)?;
    let zone = store.settings.zone();
    let today = context.process.now.timestamp().to_zoned(zone).date().to_string();
    let text = with_key(&document, "confirmed", &YamlValue::Number(today.clone()))
        .ok_or_else(|| no_front_matter(&document, "confirmed"))?;
    let write = ArticleWrite {
        slug: article.slug.clone(),
        path: document.path.clone(),
        message: format!("confirm {}: {today}\n", article.slug),
        former: Some(former),
        text,
    };
    if write.text == document.text {
        context.ui.say(format!("{} is already confirmed today; nothing was committed", article.slug));
        article_writing::print(&write, None, context);
        return Ok(Outcome::Done);
    }
    let done = format!("confirmed {}: {}", article.slug, table::one_line(&article.title));
    article_writing::write(&write, &done, arguments.push, &store, context)
}

fn supersede(arguments: &SupersedeArguments, context: &Context) -> Result<Outcome, CliError> {
    let store = context.store()?;
    let (old, ..) = find(&arguments.slug, &store)?;
    let (new, document, former) = find(&arguments.by, &store)?;
    if is_replaced_by(&store, new, old) {
        let message = format!("`{}` cannot replace `{}`, which replaces it", new.slug, old.slug);
        return Err(CliError::usage(message).with_hint("name another article with `--by SLUG`"));
    }
    let text = match new.supersedes.contains(&old.slug) {
        true => document.text.clone(),
        false => with_list_item(&document, "supersedes", &old.slug)
            .ok_or_else(|| no_front_matter(&document, "supersedes"))?,
    };
    let write = ArticleWrite {
        slug: new.slug.clone(),
        path: document.path.clone(),
        message: format!("supersede {} by {}\n", old.slug, new.slug),
        former: Some(former),
        text,
    };
    if write.text == document.text {
        context.ui.say(format!("{} already replaces {}; nothing was committed", new.slug, old.slug));
        article_writing::print(&write, None, context);
        return Ok(Outcome::Done);
    }
    let done = format!("{} replaces {}", new.slug, old.slug);
    article_writing::write(&write, &done, arguments.push, &store, context)
}

/// Returns whether `one` is replaced by `other`, directly or through other articles, or is the same.
fn is_replaced_by(store: &Store, one: &Article, other: &Article) -> bool {
    let mut next = vec![other];
    let mut seen = std::collections::HashSet::new();
    while let Some(article) = next.pop() {
        if article.slug == one.slug {
            return true;
        }
        if seen.insert(&article.slug) {
            next.extend(article.supersedes.iter().filter_map(|slug| store.article(slug)));
        }
    }
    false
}

fn list(arguments: &ListArguments, context: &Context) -> Result<Outcome, CliError> {
    let store = context.store()?;
    let clusters = Clusters::of(&store, &queries::clusters_slot(context)?);
    let healths = ArticleHealths::of(&store, &clusters);
    let replaced: std::collections::HashSet<&String> =
        store.articles.iter().flat_map(|article| &article.supersedes).collect();
    let mut listed: Vec<(&Article, ArticleHealth)> = store
        .articles
        .iter()
        .filter(|article| !replaced.contains(&article.slug))
        .map(|article| (article, healths.health(article)))
        .filter(|(_, health)| !arguments.due || needs_somebody(health))
        .collect();
    listed.sort_by_key(|(article, health)| (!needs_somebody(health), health.review, article.slug.clone()));
    let ui = &context.ui;
    match ui.format {
        Format::Json => {
            let status =
                |(article, health): &(&Article, ArticleHealth)| ArticleStatus::of(&store, article, health);
            ui.json(&ArticleStatusList { articles: listed.iter().map(status).collect() });
        }
        Format::Short => listed.iter().for_each(|(article, _)| ui.line(&article.slug)),
        Format::Human | Format::Github | Format::Markdown | Format::Csv => {
            for (article, health) in &listed {
                ui.line(ui.paint(style::STRONG, &table::fit(&article.title, ui.width)));
                ui.line(format!(
                    "  {}  {}",
                    ui.paint(style::ID, &article.slug),
                    state(article, health, &store)
                ));
            }
        }
    }
    if listed.is_empty() {
        ui.say(if arguments.due { "no article needs a review" } else { "no articles" });
    }
    Ok(Outcome::Done)
}

fn needs_somebody(health: &ArticleHealth) -> bool {
    health.doubt.is_some() || health.is_due || health.review.is_none()
}

/// Describes the health of an article in words.
fn state(article: &Article, health: &ArticleHealth, store: &Store) -> String {
    let mut parts = Vec::new();
    if let Some(doubt) = health.doubt {
        let what = if doubt.is_resolution { "solved without it" } else { "reported again" };
        parts.push(format!(
            "in doubt: {what} in {} on {}",
            store.threads.id(doubt.ticket),
            doubt.when.date()
        ));
    }
    if health.is_due {
        parts.push("due for review".to_owned());
    }
    parts.push(match article.confirmed {
        Some(confirmed) => format!("last reviewed {}", confirmed.date()),
        None => "never reviewed".to_owned(),
    });
    if !health.answered.is_empty() {
        parts.push(format!("answered {}", Plural(health.answered.len(), "ticket")));
    }
    parts.join(" · ")
}

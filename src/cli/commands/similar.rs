//! `casebook similar`

use std::{path::PathBuf, sync::Arc};

use jiff::tz::TimeZone;

use crate::cli::{
    CliError, Context, Format, Outcome, body, completion_candidates, hits, moments, queries, unmerged,
};
use crate::{
    api::SimilarAnswer,
    search::{Item, Question, SimilarItems, SimilarLimits, similar_items_before},
    store::{FindError, Store},
    text::{RepoPath, Time},
    ticket::{Document, parse_ticket},
};

/// Find similar tickets and their answers
///
/// Lists the best match first, and for each match the words that both texts share. Weak matches are marked;
/// `casebook new` and `casebook review` leave them out.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// A ticket's id, a file with a ticket or any text, or `-` for standard input
    #[arg(value_name = "ID|FILE", add = completion_candidates::ids(), value_hint = clap::ValueHint::FilePath)]
    like: String,
    /// Only tickets that have been resolved
    #[arg(long)]
    resolved: bool,
    /// Search only tickets and articles that existed before this time: an instant, a date or an age such as 7d
    #[arg(long, value_name = "TIME")]
    before: Option<String>,
    /// The maximum number of results
    #[arg(long, short = 'n', value_name = "N", default_value_t = 10)]
    limit: usize,
}

/// The text that tickets are compared with.
struct Subject {
    question: Question,
    /// The path of the text, if it is a ticket, so that the results leave out the ticket itself.
    path: Option<RepoPath>,
}

pub(super) fn run(arguments: Arguments, context: &Context) -> Result<Outcome, CliError> {
    let store = context.store()?;
    let moment =
        arguments.before.as_deref().map(|text| moments::first_instant(text, &store, context)).transpose()?;
    let subject = subject(&arguments.like, moment.is_some(), &store, context)?;
    let store = match moment {
        Some(moment) => Arc::new(store.before(moment)),
        None => store,
    };
    let own = subject.path.as_ref().and_then(|path| store.threads.place_of(path));
    let allowed = |item: Item| {
        let Some(place) = item.place() else { return true };
        let is_included = !arguments.resolved || store.threads[place].state.resolved.is_some();
        is_included && Some(place) != own
    };
    let Subject { question, .. } = &subject;
    let limits = SimilarLimits { limit: arguments.limit, weak: true };
    let found = match moment {
        Some(moment) => similar_items_before(&store, moment, question, allowed, limits),
        None => queries::open_engine(&store, &queries::slot(context)?, context)
            .with_rebuild(|engine| engine.similar(question, allowed, limits)),
    };
    let (found, store) = (found.map_err(queries::unreadable)?, &store);
    match context.ui.format {
        Format::Json => context.ui.json(&SimilarAnswer::of(store, &found, context.process.now)),
        Format::Short => {
            let shown = found.shown.iter().take(arguments.limit);
            shown.for_each(|similar| context.ui.line(hits::name(similar.item, store)));
        }
        Format::Human | Format::Github | Format::Markdown | Format::Csv => {
            print(&found, arguments.limit, store, context);
        }
    }
    Ok(Outcome::Done)
}

fn print(found: &SimilarItems, limit: usize, store: &Store, context: &Context) {
    for similar in found.shown.iter().take(limit) {
        let why = crate::cli::table::one_line(&similar.why.join(", "));
        hits::head(similar.item, store, &if similar.weak { format!("weak: {why}") } else { why }, context);
        for line in hits::answer(similar.item, store, 2) {
            context
                .ui
                .line(format!("  {}", crate::cli::table::fit(&line, context.ui.width.saturating_sub(2))));
        }
    }
    if found.total == 0 && found.shown.is_empty() {
        context.ui.say("no similar tickets");
    }
}

/// Returns the ticket called `like`, or the text of the file called `like`. With `as_written`, ignores corrections by
/// later replies.
fn subject(like: &str, as_written: bool, store: &Store, context: &Context) -> Result<Subject, CliError> {
    let of_text =
        |path: Option<RepoPath>, text: &str| Subject { question: question(text, context.process.now), path };
    if like == "-" {
        return Ok(of_text(None, &body::read(&PathBuf::from(like), context)?));
    }
    let looks_like_a_file = like.contains(['/', '.', '\\']);
    let found = if looks_like_a_file { None } else { Some(store.find(like)) };
    let failed = match found {
        Some(Ok(thread)) => {
            let text = store.body(thread.ticket.path.as_ref());
            let question = match as_written {
                true => Question::of_ticket(&thread.ticket, text),
                false => Question::of_thread(thread, text),
            };
            return Ok(Subject { question, path: thread.ticket.path.clone() });
        }
        Some(Err(error @ FindError::Nothing { .. })) => Some(
            unmerged::explain(error, false, context)
                .with_hint("`echo TEXT | casebook similar -` compares a text with the tickets"),
        ),
        Some(Err(error)) => return Err(error.into()),
        None => None,
    };
    match body::read(&PathBuf::from(like), context) {
        Ok(text) => {
            let path = context.repo()?.path_inside(&context.process.folder.join(like));
            Ok(of_text(path, &text))
        }
        Err(error) => Err(failed.unwrap_or(error)),
    }
}

/// Returns the search question of a text: a ticket with front matter, or a title line and a body. A text without a time
/// counts as written at `now`.
fn question(text: &str, now: Time) -> Question {
    let document = Document::parse(&RepoPath::new("draft.md".to_owned()), text.as_bytes());
    let mut question = if document.front.is_some() {
        Question::of_ticket(&parse_ticket(&document, &TimeZone::UTC).0, document.body_text())
    } else {
        let text = text.trim();
        let (title, rest) = text.split_once('\n').unwrap_or((text, ""));
        Question::new(title.trim_start_matches('#').trim(), rest)
    };
    question.created.get_or_insert(now);
    question
}

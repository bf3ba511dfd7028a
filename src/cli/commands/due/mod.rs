//! `casebook due`

mod articles;

use std::{collections::HashSet, sync::Arc};

use crate::cli::{
    CliError, Context, Format, Outcome, commands::build::AudienceOption, queries, sending::SendOptions,
    table, ui::style,
};
use crate::{
    api::{DueAnswer, DueArticle, DueTicket},
    notify::{DueList, Letter, chat_text, comment_text, due_message, lateness, mail_text, post, summary},
    report::{Attention, AttentionReason, ServiceLevels, attention},
    settings::Publish,
    store::Store,
    text::parse_duration,
    ticket::Thread,
    view::View,
};

/// List what needs somebody now: tickets that are overdue or at risk, and more
///
/// Lists overdue tickets, tickets at risk, tickets of silent requesters, and articles in doubt.
/// A ticket is at risk if its service level ends within a span (`--within`). A requester is silent if the ticket is pending and
/// has had no message for some days (`--silent`). An article is in doubt if its problem was reported again after its last
/// review, or if that review is 180 days ago. A query limits the tickets. Exit status 0, also if something is due; with
/// `--fail`, 1 if anything is listed.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only tickets that match this query; articles are left out
    #[arg(value_name = "QUERY", add = crate::cli::completion_candidates::query())]
    query: Vec<String>,
    /// The time before its due time from which a ticket is at risk, such as `30m`, `4h` or `2d`
    #[arg(long, value_name = "SPAN", default_value = "4h", value_parser = span)]
    within: i64,
    /// The time without a message after which a requester who was asked is silent
    #[arg(long, value_name = "SPAN", default_value = "7d", value_parser = span)]
    silent: i64,
    /// Exit with status 1 if anything is listed
    #[arg(long)]
    fail: bool,
    /// The audience; for the public, internal tickets and articles are left out
    #[arg(long, value_enum, default_value_t = AudienceOption::Internal)]
    audience: AudienceOption,
    /// Send the list by mail to this address, if anything is due; can be repeated
    #[arg(long, value_name = "ADDRESS", help_heading = "Sending")]
    mail: Vec<String>,
    /// Post the list to this incoming webhook of a chat, if anything is due
    #[arg(long, value_name = "URL", help_heading = "Sending")]
    webhook: Option<String>,
    /// Print the messages instead of sending them
    #[arg(long, help_heading = "Sending")]
    dry_run: bool,
    #[command(flatten)]
    send: SendOptions,
}

/// Parses a span such as `4h`.
fn span(text: &str) -> Result<i64, String> {
    parse_duration(text).ok_or_else(|| "a span is a number and a unit: 30m, 4h, 7d".to_owned())
}

pub(super) fn run(arguments: Arguments, context: &Context) -> Result<Outcome, CliError> {
    let store = context.store()?;
    let view = View { audience: arguments.audience.into(), publish: Publish::All };
    let store = Arc::clone(store.seen_by(view).store());
    let list = find(&arguments, &store, context)?;
    print(&list, &arguments, &store, context);
    send(&list, &arguments, &store, context)?;
    Ok(if arguments.fail && !list.is_empty() { Outcome::ProblemsFound } else { Outcome::Done })
}

fn find<'s>(
    arguments: &Arguments,
    store: &'s Arc<Store>,
    context: &Context,
) -> Result<DueList<'s>, CliError> {
    let levels = ServiceLevels::of(&store.settings);
    let spans = (arguments.within, arguments.silent);
    let now = context.process.now;
    let mut tickets = attention(store.threads.iter().map(|thread| &**thread), &levels, now, spans);
    let is_everything = arguments.query.iter().all(|word| word.trim().is_empty());
    if !is_everything {
        let me = queries::me(&arguments.query, store, context)?;
        let query = queries::query(&arguments.query, store, me.as_deref())?;
        let slot = match arguments.audience {
            AudienceOption::Internal => queries::slot(context)?,
            AudienceOption::Public => context.repo()?.cache_slot("index-due-public"),
        };
        let results = queries::filter_in(&slot, store, &query, me.as_deref(), context)?;
        let hits = results.hits.iter().filter_map(|hit| hit.item.ticket(store));
        let found: HashSet<&str> = hits.map(Thread::id).collect();
        tickets.retain(|ticket| found.contains(ticket.thread.id()));
    }
    let clusters = match arguments.audience {
        AudienceOption::Internal => queries::clusters_slot(context)?,
        AudienceOption::Public => context.repo()?.cache_slot("clusters-due-public"),
    };
    let articles = if is_everything { articles::in_doubt(store, &clusters) } else { Vec::new() };
    Ok(DueList { tickets, articles, within: arguments.within })
}

fn print(list: &DueList<'_>, arguments: &Arguments, store: &Store, context: &Context) {
    let (ui, now) = (&context.ui, context.process.now);
    match ui.format {
        Format::Json => {
            let levels = ServiceLevels::of(&store.settings);
            let articles = list.articles.iter().cloned();
            ui.json(&DueAnswer {
                tickets: list.tickets.iter().map(|ticket| DueTicket::of(ticket, &levels, now)).collect(),
                total: list.tickets.len(),
                articles: articles
                    .map(|article| DueArticle {
                        slug: article.slug,
                        title: article.title,
                        reason: article.reason,
                    })
                    .collect(),
                now,
                within: arguments.within,
                silent: arguments.silent,
            });
        }
        Format::Markdown => {
            ui.write(comment_text(&due_message(list, &store.settings, now)).as_bytes());
        }
        Format::Short => list.tickets.iter().for_each(|ticket| ui.line(ticket.thread.id())),
        Format::Human | Format::Github | Format::Csv => columns(list, store, context),
    }
    if list.is_empty() {
        ui.say("nothing is due");
    }
}

/// Prints the groups with one line per ticket or article.
fn columns(list: &DueList<'_>, store: &Store, context: &Context) {
    let ui = &context.ui;
    let mut rows = rows(list, store, context).into_iter();
    let mut is_first = true;
    let mut head = |text: String| {
        if !std::mem::take(&mut is_first) {
            ui.line("");
        }
        ui.line(ui.paint(style::STRONG, &text));
    };
    // The tickets are sorted by group.
    for (heading, tickets) in list.groups() {
        head(format!("{heading} ({})", tickets.len()));
        rows.by_ref().take(tickets.len()).for_each(|row| ui.line(row));
    }
    if !list.articles.is_empty() {
        head(format!("articles in doubt ({})", list.articles.len()));
    }
    for article in &list.articles {
        let slug = ui.paint(style::ID, &table::one_line(&article.slug));
        ui.line(format!("  {slug}  {}", table::one_line(&article.reason)));
    }
}

/// Returns one line per ticket: id, how late, service level, priority, service, assignee, title.
fn rows(list: &DueList<'_>, store: &Store, context: &Context) -> Vec<String> {
    let (ui, now) = (&context.ui, context.process.now);
    let threads: Vec<&Thread> = list.tickets.iter().map(|ticket| ticket.thread).collect();
    let ids = store.short_ids(&threads);
    let cells = |(ticket, id): (&Attention<'_>, &&str)| {
        let state = &ticket.thread.state;
        [
            (*id).to_owned(),
            lateness(ticket, now),
            ticket.level.map_or_else(|| state.asks.join(", "), |level| level.name().to_owned()),
            ticket.thread.priority().name().to_owned(),
            state.service.clone().unwrap_or_else(|| "-".to_owned()),
            state.assignee.clone().unwrap_or_else(|| "-".to_owned()),
        ]
    };
    let rows: Vec<[String; 6]> = list.tickets.iter().zip(&ids).map(cells).collect();
    // An id is never cut, so that it can be typed.
    let most = [usize::MAX, 24, 20, 6, 20, 12];
    let widths: [usize; 6] = std::array::from_fn(|at| {
        rows.iter().map(|row| table::width(&row[at])).max().unwrap_or(0).min(most[at])
    });
    let fixed: usize = widths.iter().map(|width| width + 2).sum();
    let line = |(row, ticket): (&[String; 6], &Attention<'_>)| {
        let cell = |at: usize| table::pad(&table::fit(&row[at], widths[at]), widths[at]);
        let late = if ticket.reason == AttentionReason::Overdue { style::BAD } else { style::WAIT };
        format!(
            "  {}  {}  {}  {}  {}  {}  {}",
            ui.paint(style::ID, &cell(0)),
            ui.paint(late, &cell(1)),
            cell(2),
            ui.paint(style::DIM, &cell(3)),
            cell(4),
            cell(5),
            table::fit(&ticket.thread.ticket.title, ui.width.saturating_sub(fixed + 2).max(20)),
        )
    };
    rows.iter().zip(&list.tickets).map(line).collect()
}

/// Sends the list by mail and to the chat, or prints the messages. If nothing is due, sends nothing.
fn send(list: &DueList<'_>, arguments: &Arguments, store: &Store, context: &Context) -> Result<(), CliError> {
    let (ui, now) = (&context.ui, context.process.now);
    if list.is_empty() || (arguments.mail.is_empty() && arguments.webhook.is_none()) {
        return Ok(());
    }
    let message = due_message(list, &store.settings, now);
    if arguments.dry_run {
        for address in &arguments.mail {
            ui.say(format!("to {address}: {}\n\n{}", table::one_line(&message.subject), mail_text(&message)));
        }
        if arguments.webhook.is_some() {
            ui.say(format!("to the webhook:\n\n{}", chat_text(&message)));
        }
        return Ok(());
    }
    if !arguments.mail.is_empty() {
        let key = format!("due {now} {}", summary(list));
        let letter = Letter {
            to: &arguments.mail,
            subject: &message.subject,
            text: &mail_text(&message),
            key: &key,
            thread: None,
            time: now,
        };
        arguments.send.mailer(context)?.send(&letter)?;
        ui.say(format!("sent to {}", arguments.mail.join(", ")));
    }
    if let Some(address) = &arguments.webhook {
        post(address, &chat_text(&message))?;
        ui.say("posted to the webhook");
    }
    Ok(())
}

//! Prints the tickets of `list`, one per line, in columns.

use super::{Context, Format, age, table, ui::style};
use crate::{
    api::{TicketList, TicketSummary},
    store::Store,
    text::Time,
    ticket::{Priority, Thread},
};

/// Prints the first `limit` tickets of `hits` in the chosen format.
pub(super) fn print(
    store: &Store,
    hits: &[(usize, u32)],
    warnings: Vec<String>,
    limit: usize,
    context: &Context,
) {
    let shown = || hits.iter().take(limit).map(|(place, _)| &*store.threads[*place]);
    match context.ui.format {
        Format::Json => {
            let tickets = shown().map(TicketSummary::of).collect();
            context.ui.json(&TicketList { tickets, total: hits.len(), warnings });
        }
        Format::Short => shown().for_each(|thread| context.ui.line(thread.id())),
        Format::Human | Format::Github | Format::Markdown => {
            columns(shown().collect(), context);
            if hits.len() > limit {
                context.ui.say(format!(
                    "… and {} more; `--limit {}` shows all",
                    hits.len() - limit,
                    hits.len()
                ));
            }
        }
    }
}

/// The headings of the columns.
const HEADS: [&str; 7] = ["id", "status", "prio", "age", "service", "assignee", "title"];

/// Prints one ticket per line: id, status, priority, age, service, assignee, title. On a terminal, prints headings too.
fn columns(threads: Vec<&Thread>, context: &Context) {
    let ui = &context.ui;
    let ids: Vec<&str> = threads.iter().map(|thread| short_id(thread.id())).collect();
    let has_head = context.process.terminal_out && !threads.is_empty();
    let widest = |texts: &[&str], head: &str, max: usize| {
        let min = if has_head { head.len() } else { 0 };
        texts.iter().map(|text| text.chars().count()).max().unwrap_or(0).clamp(min, max)
    };
    let services: Vec<&str> =
        threads.iter().map(|thread| thread.state.service.as_deref().unwrap_or("-")).collect();
    let people: Vec<&str> =
        threads.iter().map(|thread| thread.state.assignee.as_deref().unwrap_or("-")).collect();
    let (id_width, service_width, person_width) =
        (widest(&ids, HEADS[0], 24), widest(&services, HEADS[4], 20), widest(&people, HEADS[5], 12));
    let fixed = id_width + service_width + person_width + 8 + 6 + 4 + 6 * 2;
    if has_head {
        let widths = [id_width, 8, 6, 4, service_width, person_width, 0];
        let heads: Vec<String> =
            HEADS.iter().zip(widths).map(|(head, width)| table::pad(head, width)).collect();
        ui.line(ui.paint(style::DIM, &heads.join("  ")));
    }
    for (at, thread) in threads.iter().enumerate() {
        let status = thread.state.status;
        let urgent = matches!(thread.priority(), Priority::High | Priority::Urgent);
        let cells = [
            ui.paint(style::ID, &table::pad(&table::fit(ids[at], id_width), id_width)),
            ui.paint(style::of_status(status), &table::pad(status.name(), 8)),
            ui.paint(if urgent { style::WAIT } else { style::DIM }, &table::pad(thread.priority().name(), 6)),
            ui.paint(style::DIM, &table::pad(&age_of(thread.ticket.created, context.process.now), 4)),
            table::pad(&table::fit(services[at], service_width), service_width),
            table::pad(&table::fit(people[at], person_width), person_width),
            table::fit(&thread.ticket.title, ui.width.saturating_sub(fixed).max(20)),
        ];
        ui.line(cells.join("  "));
    }
}

/// Returns the random end of an id, which is enough to find the ticket; the whole id if it has no random end.
fn short_id(id: &str) -> &str {
    match id.rsplit_once('-') {
        Some((_, end)) if (6..=8).contains(&end.len()) && !end.bytes().all(|b| b.is_ascii_digit()) => end,
        _ => id,
    }
}

/// Formats the age of a ticket, as in `3d`.
fn age_of(created: Option<Time>, now: Time) -> String {
    created.map_or_else(|| "?".to_owned(), |created| age::short(now.seconds() - created.seconds()))
}

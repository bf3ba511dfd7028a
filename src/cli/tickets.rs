//! Prints the tickets of `list`, one per line, in columns.

use anstyle::Style;

use super::{Context, Format, age, table, ui::style};
use crate::{
    api::{TicketList, TicketSummary},
    report::{AT_RISK, Due, ServiceLevels},
    store::Store,
    text::Time,
    ticket::{Priority, Thread},
};

/// Prints the first `limit` tickets of `threads` in the chosen format, with the `warnings` and `notices` about the query.
pub(super) fn print(
    store: &Store,
    threads: &[&Thread],
    (warnings, notices): (Vec<String>, Vec<String>),
    limit: usize,
    context: &Context,
) {
    let shown = || threads.iter().copied().take(limit);
    match context.ui.format {
        Format::Json => {
            let levels = ServiceLevels::of(&store.settings);
            let summary = |thread| TicketSummary::of(thread, &levels, context.process.now);
            let tickets = shown().map(summary).collect();
            context.ui.json(&TicketList { tickets, total: threads.len(), warnings, notices });
        }
        Format::Short => shown().for_each(|thread| context.ui.line(thread.id())),
        Format::Human | Format::Github | Format::Markdown | Format::Csv => {
            columns(store, shown().collect(), context);
            if threads.len() > limit {
                context.ui.say(format!(
                    "… and {} more; `--limit {}` shows all",
                    threads.len() - limit,
                    threads.len()
                ));
            }
        }
    }
}

/// The headings of the columns.
const HEADS: [&str; 8] = ["id", "status", "prio", "age", "due", "service", "assignee", "title"];

/// Prints one ticket per line: id, status, priority, age, due time, service, assignee, title. On a terminal, prints
/// headings too. Without service levels, leaves out the due time.
fn columns(store: &Store, threads: Vec<&Thread>, context: &Context) {
    let (ui, now) = (&context.ui, context.process.now);
    let has_head = context.process.terminal_out && !threads.is_empty();
    let levels = ServiceLevels::of(&store.settings);
    let ids = store.short_ids(&threads);
    let rows: Vec<Row<'_>> =
        threads.iter().zip(&ids).map(|(thread, id)| Row::of(thread, id, &levels, now)).collect();
    let widest = |text: for<'r> fn(&'r Row<'r>) -> &'r str, at: usize, max: usize| {
        let head = if has_head { HEADS[at].len() } else { 0 };
        rows.iter().map(|row| text(row).chars().count()).max().unwrap_or(0).clamp(head, max)
    };
    let has_due = rows.iter().any(|row| !row.due.is_empty());
    let due_width = if has_due { widest(|row| &row.due, 4, 9) } else { 0 };
    let (service_width, person_width) = (widest(|row| row.service, 5, 20), widest(|row| row.assignee, 6, 12));
    let status_width = widest(|row| row.status, 1, 9).max(8);
    let widths =
        [widest(|row| row.id, 0, usize::MAX), status_width, 6, 4, due_width, service_width, person_width];
    let shown = |at: &usize| *at != 4 || has_due;
    let fixed: usize = (0..widths.len()).filter(shown).map(|at| widths[at] + 2).sum();
    let print = |cells: [String; 8]| {
        let cells = cells.into_iter().enumerate().filter(|(at, _)| shown(at)).map(|(_, cell)| cell);
        ui.line(cells.collect::<Vec<_>>().join("  "));
    };
    if has_head {
        print(std::array::from_fn(|at| {
            let head = table::pad(HEADS[at], widths.get(at).copied().unwrap_or(0));
            ui.paint(style::DIM, &head)
        }));
    }
    for row in &rows {
        let cell = |text: &str, at: usize| table::pad(&table::fit(text, widths[at]), widths[at]);
        let paint_status = match row.thread.in_review {
            Some(_) => style::WAIT,
            None => style::of_ticket(row.thread),
        };
        let urgent = matches!(row.thread.priority(), Priority::High | Priority::Urgent);
        print([
            // An id is never cut, so that it can be typed.
            ui.paint(style::ID, &table::pad(&table::one_line(row.id), widths[0])),
            ui.paint(paint_status, &cell(row.status, 1)),
            ui.paint(if urgent { style::WAIT } else { style::DIM }, &cell(row.thread.priority().name(), 2)),
            ui.paint(style::DIM, &cell(&age_of(row.thread.ticket.created, now), 3)),
            ui.paint(row.due_style, &cell(&row.due, 4)),
            cell(row.service, 5),
            cell(row.assignee, 6),
            table::fit(&row.thread.ticket.title, ui.width.saturating_sub(fixed).max(20)),
        ]);
    }
}

/// The texts of a line whose widths differ between tickets.
struct Row<'a> {
    thread: &'a Thread,
    id: &'a str,
    status: &'a str,
    /// When the ticket is due, as `in 3h` or `3h late`; empty if it has no due time.
    due: String,
    due_style: Style,
    service: &'a str,
    assignee: &'a str,
}

impl<'a> Row<'a> {
    fn of(thread: &'a Thread, id: &'a str, levels: &ServiceLevels<'_>, now: Time) -> Self {
        let due = levels.due(thread);
        Self {
            thread,
            id,
            status: if thread.in_review.is_some() { "in review" } else { thread.state.status.name() },
            due: due.map(|due| due_in(due, now)).unwrap_or_default(),
            due_style: match due {
                Some(due) if due.is_past(now) => style::BAD,
                Some(due) if due.is_within(AT_RISK, now) => style::WAIT,
                _ => style::DIM,
            },
            service: thread.state.service.as_deref().unwrap_or("-"),
            assignee: thread.state.assignee.as_deref().unwrap_or("-"),
        }
    }
}

/// Formats a due time as `in 3h`, or as `3h late` if it has passed.
fn due_in(due: Due, now: Time) -> String {
    let seconds = due.at.seconds() - now.seconds();
    if due.is_past(now) {
        format!("{} late", age::short(-seconds))
    } else {
        format!("in {}", age::short(seconds))
    }
}

/// Formats the age of a ticket, as in `3d`.
fn age_of(created: Option<Time>, now: Time) -> String {
    created.map_or_else(|| "?".to_owned(), |created| age::short(now.seconds() - created.seconds()))
}

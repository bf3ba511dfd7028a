//! `casebook show`

mod article;

use std::sync::Arc;

use crate::cli::{CliError, Context, Outcome, age, queries, similar_hits, table, ui::style, unmerged};
use crate::{
    api::TicketDetail,
    report::{AT_RISK, ServiceLevels, first_response},
    search::{Item, Question},
    store::{FindError, Store},
    text::Time,
    ticket::{Answer, FieldChange, Reply, Status, Thread, answer_of},
};

/// The maximum number of similar tickets.
const MAX_SIMILAR: usize = 3;
/// The maximum number of lines of each answer.
const MAX_LINES: usize = 2;

/// Show a ticket with its state and its replies, or an article
///
/// For a ticket, also prints similar resolved tickets with the first lines of their answers.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The ticket: its whole id, or any part that no other id has; or the name of an article
    #[arg(value_name = "ID", add = crate::cli::completion_candidates::ids())]
    id: String,
}

pub(super) fn run(arguments: Arguments, context: &Context) -> Result<Outcome, CliError> {
    let here = context.store_with_in_review()?;
    let waiting = match here.find(&arguments.id) {
        Err(FindError::Article { slug, .. }) => return Ok(article::show(&here, &slug, context)),
        Err(FindError::Nothing { .. }) => match unmerged::in_review(&here, &arguments.id) {
            None => unmerged::find(&arguments.id, context)?,
            found => found,
        },
        _ => None,
    };
    let store = waiting.as_ref().map_or(&here, |waiting| &waiting.store);
    let thread = store.find(waiting.as_ref().map_or(&arguments.id, |waiting| &waiting.id))?;
    if let Some(waiting) = &waiting {
        context.ui.say(format!("{}; {}", waiting.location(), waiting.next_step()));
    }
    if context.ui.is_json() {
        context.ui.json(&TicketDetail::of(store, thread, context.process.now));
        return Ok(Outcome::Done);
    }
    head(store, thread, context);
    let body = store.body(thread.ticket.path.as_ref());
    let text_of = |reply: Option<&Reply>| {
        Some(store.body(reply.map_or(thread.ticket.path.as_ref(), |reply| reply.path.as_ref())))
    };
    let original = store.original_answer(thread);
    let answer = match &original {
        Some(_) => None,
        None => answer_of(thread, store.answer_sections(thread), |_| true, text_of),
    };
    context.ui.line("");
    if let Some(Answer { reply: None, text }) = &answer {
        let names = store.answer_sections(thread).iter().map(|name| format!("## {name}"));
        let names: Vec<String> = names.filter(|name| text.contains(name)).collect();
        let title = format!("the answer is below {}:", names.join(" and "));
        context.ui.line(context.ui.paint(style::GOOD, &table::one_line(&title)));
    }
    context.ui.line(table::lines(body.trim_end()));
    for attachment in store.attachments_of(thread.id()) {
        context.ui.line(context.ui.paint(style::DIM, &format!("attached: {}", attachment.path)));
    }
    if let Some((original, answer)) = &original {
        show_original(original, &answer.text, context);
    }
    for (place, reply) in thread.replies.iter().enumerate() {
        let is_answer = answer.as_ref().is_some_and(|answer| answer.reply == Some(place));
        show_reply(store, thread, reply, is_answer, context);
    }
    show_similar(&here, thread, body, context)?;
    Ok(Outcome::Done)
}

/// Prints the answer of the ticket that the shown ticket is a duplicate of.
fn show_original(original: &Thread, answer: &str, context: &Context) {
    let ui = &context.ui;
    ui.line("");
    let title = format!("── the answer of {}: {}", original.id(), original.ticket.title);
    ui.line(ui.paint(style::STRONG, &table::one_line(&title)));
    ui.line(table::lines(answer.trim_end()));
}

/// Prints similar resolved tickets to which the ticket does not link yet.
fn show_similar(
    store: &Arc<Store>,
    thread: &Thread,
    body: String,
    context: &Context,
) -> Result<(), CliError> {
    let allowed = |item: Item| similar_hits::may_help(thread, item, store);
    let mut engine = queries::open_engine(store, &queries::slot(context)?, context);
    let question = Question::of_thread(thread, body);
    let found = similar_hits::strong(&mut engine, store, &question, allowed, MAX_SIMILAR, MAX_LINES);
    // The ticket was printed, which is what the user asked for, so an unreadable index is not an error here.
    let found = found.unwrap_or_default();
    if !found.is_empty() {
        context.ui.line("");
        context.ui.line(context.ui.paint(style::STRONG, "── similar resolved tickets"));
    }
    found.iter().for_each(|similar| similar.print(context));
    Ok(())
}

fn head(store: &Store, thread: &Thread, context: &Context) {
    let ui = &context.ui;
    let (ticket, state) = (&thread.ticket, &thread.state);
    ui.line(ui.paint(style::STRONG, &table::one_line(&ticket.title)));
    let resolution = state.resolution.map(|resolution| format!(" ({resolution})")).unwrap_or_default();
    let paint = style::of_ticket(thread);
    ui.line(format!(
        "{}  {}{resolution}",
        ui.paint(style::ID, thread.id()),
        ui.paint(paint, state.status.name())
    ));
    let row = |name: &str, value: String| row(name, &value, context);
    row("service", service(store, state.service.as_deref()));
    row("priority", thread.priority().to_string());
    row("requester", person(store, ticket.requester.as_deref()));
    row("assignee", person(store, state.assignee.as_deref()));
    row("created", when(ticket.created, context.process.now));
    if let Some(due) = ServiceLevels::of(&store.settings).due(thread) {
        let when = when(Some(due.at), context.process.now);
        let risk = match due {
            due if due.is_past(context.process.now) => ui.paint(style::BAD, "overdue: "),
            due if due.is_within(AT_RISK, context.process.now) => ui.paint(style::WAIT, "at risk: "),
            _ => String::new(),
        };
        row("due", format!("{risk}{} {when}", due.level.name()));
    }
    row("first response", after(ticket.created, first_response(thread)));
    row("resolved", after(ticket.created, state.resolved));
    row("duplicate of", state.duplicate_of.clone().unwrap_or_default());
    row("answered by", state.answered_by.join(", "));
    row("asked for", state.asks.join(", "));
    row("tags", state.tags.join(", "));
    row("came from", state.came_from.join(" → "));
    row("visibility", state.visibility.to_string());
    row("related", state.related.join(", "));
    row("source", ticket.source.clone().unwrap_or_default());
    for (name, value) in &state.fields {
        row(name, value.as_text().unwrap_or_else(|| value.to_json().to_string()));
    }
    row("file", ticket.file().to_string());
}

/// Prints the name of a key and its value, unless the value is empty.
fn row(name: &str, value: &str, context: &Context) {
    let ui = &context.ui;
    if !value.is_empty() {
        let name = ui.paint(style::DIM, &table::pad(&table::one_line(name), 14));
        ui.line(format!("{name} {}", table::one_line(value)));
    }
}

/// Returns the name of a service with its id.
fn service(store: &Store, id: Option<&str>) -> String {
    let id = id.unwrap_or_default();
    match store.settings.service(id) {
        Some(service) if service.name != service.id => format!("{} ({})", service.name, service.id),
        _ => id.to_owned(),
    }
}

fn show_reply(store: &Store, thread: &Thread, reply: &Reply, is_answer: bool, context: &Context) {
    let ui = &context.ui;
    let author = person(store, reply.author.as_deref());
    let mut title = format!(
        "── {} · {}",
        if author.is_empty() { "(no author)" } else { &author },
        when(reply.created, context.process.now)
    );
    for change in changes(reply) {
        title.push_str(&format!(" · {change}"));
    }
    if thread.is_note(reply) {
        title.push_str(" · internal note");
    }
    ui.line("");
    ui.line(ui.paint(style::STRONG, &table::one_line(&title)));
    if is_answer {
        ui.line(ui.paint(style::GOOD, "the answer:"));
    }
    let body = store.body(reply.path.as_ref());
    if !body.trim().is_empty() {
        ui.line(table::lines(body.trim_end()));
    }
    if !reply.is_dated() {
        ui.line(ui.paint(style::BAD, "this reply has no author or no time; its changes are ignored"));
    }
}

/// Describes the changes of a reply.
fn changes(reply: &Reply) -> Vec<String> {
    let mut changes = Vec::new();
    match (reply.status, reply.resolution) {
        (Some(Status::Resolved), Some(resolution)) => changes.push(format!("resolved: {resolution}")),
        (Some(status), _) => changes.push(status.to_string()),
        _ => {}
    }
    changes.extend(reply.duplicate_of.iter().map(|id| format!("duplicate of {id}")));
    if !reply.answered_by.is_empty() {
        changes.push(format!("answered by {}", reply.answered_by.join(", ")));
    }
    if !reply.asks.is_empty() {
        changes.push(format!("asks for {}", reply.asks.join(", ")));
    }
    match &reply.assignee {
        Some(Some(assignee)) => changes.push(format!("assigned to {assignee}")),
        Some(None) => changes.push("unassigned".into()),
        None => {}
    }
    for (field, set) in &reply.set {
        changes.push(match set {
            FieldChange::Clear => format!("{field} cleared"),
            FieldChange::Value(value) => format!("{field} = {}", value.texts().join(", ")),
            FieldChange::Tags(tags) => tags.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
        });
    }
    changes
}

fn person(store: &Store, id: Option<&str>) -> String {
    match id {
        Some(id) if store.settings.person_name(id) != id => {
            format!("{} ({id})", store.settings.person_name(id))
        }
        Some(id) => id.to_owned(),
        None => String::new(),
    }
}

fn when(time: Option<Time>, now: Time) -> String {
    time.map(|time| format!("{time} ({})", age::ago(now.seconds() - time.seconds()))).unwrap_or_default()
}

fn after(from: Option<Time>, to: Option<Time>) -> String {
    match (from, to) {
        (Some(from), Some(to)) => format!("{to} (after {})", age::span(to.seconds() - from.seconds())),
        (None, Some(to)) => to.to_string(),
        _ => String::new(),
    }
}

//! What the editor shows below the cut line: the ticket that a reply is for, and answers to similar tickets.

use std::sync::Arc;

use crate::{
    cli::{Context, queries, similar_hits},
    search::{Engine, Item, Question, SimilarLimits},
    store::Store,
    ticket::Thread,
};

/// The maximum number of lines that are quoted of a ticket, of a reply, and of the answer to a similar ticket.
const MAX_LINES: [usize; 3] = [80, 30, 12];
/// The maximum number of quoted replies of a ticket; the newest ones are quoted.
const MAX_REPLIES: usize = 6;
/// The maximum number of similar tickets.
const MAX_SIMILAR: usize = 3;

/// Quotes the tickets that a reply is for, and answers to tickets that are similar to the first one.
pub(super) fn of_reply(threads: &[&Thread], store: &Arc<Store>, context: &Context) -> String {
    let mut notes = String::new();
    for thread in threads {
        quote_thread(&mut notes, thread, store);
    }
    if let [thread, ..] = threads {
        quote_similar(&mut notes, thread, store, context);
    }
    notes
}

fn quote_thread(notes: &mut String, thread: &Thread, store: &Store) {
    let state = &thread.state;
    let mut facts = vec![state.status.to_string(), thread.priority().to_string()];
    facts.extend(state.service.clone());
    facts.extend(
        thread.ticket.requester.as_deref().map(|id| format!("from {}", store.settings.person_name(id))),
    );
    facts.extend(
        state.assignee.as_deref().map(|id| format!("assigned to {}", store.settings.person_name(id))),
    );
    for (name, value) in &state.fields {
        facts.extend(value.as_text().map(|text| format!("{name} {text}")));
    }
    notes.push_str(&format!("\nTicket {}: {}\n{}\n", thread.id(), thread.ticket.title, facts.join(" · ")));
    quote(notes, &store.body(thread.ticket.path.as_ref()), MAX_LINES[0]);
    // A reply that only assigns the ticket or sets a field shows in the facts above.
    let with_text = thread.replies.iter().rev().filter_map(|reply| {
        let body = store.body(reply.path.as_ref());
        (!body.trim().is_empty()).then_some((reply, body))
    });
    let mut newest: Vec<_> = with_text.take(MAX_REPLIES).collect();
    newest.reverse();
    for (reply, body) in newest {
        let author = reply.author.as_deref().map_or("somebody", |id| store.settings.person_name(id));
        let time = reply.created.map(|time| format!(" at {time}")).unwrap_or_default();
        notes.push_str(&format!("\nReply of {author}{time}\n"));
        quote(notes, &body, MAX_LINES[1]);
    }
}

/// Quotes answers to similar tickets. The user can write without them, so an unreadable index is not an error here.
fn quote_similar(notes: &mut String, thread: &Thread, store: &Arc<Store>, context: &Context) {
    let Ok(slot) = queries::slot(context) else { return };
    let question = Question::of_thread(thread, store.body(thread.ticket.path.as_ref()));
    let helps = |item: Item| similar_hits::may_help(thread, item, store);
    let limits = SimilarLimits { limit: MAX_SIMILAR, weak: false };
    let mut engine = Engine::open(Arc::clone(store), &slot);
    let found =
        similar_hits::find(&mut engine, store, &question, helps, limits, MAX_LINES[2]).unwrap_or_default();
    for similar in found {
        notes.push_str(&format!(
            "\nSimilar: {} ({}, {})\n",
            similar.title(),
            similar.name(),
            similar.state()
        ));
        quote(notes, &similar.answer.join("\n"), MAX_LINES[2]);
    }
}

/// Adds the first lines of `text`, each with `> ` before it.
fn quote(notes: &mut String, text: &str, max: usize) {
    let lines: Vec<&str> = text.trim().lines().collect();
    for line in lines.iter().take(max) {
        notes.push_str(format!("> {line}").trim_end());
        notes.push('\n');
    }
    if lines.len() > max {
        notes.push_str(&format!("> … ({} more lines)\n", lines.len() - max));
    }
}

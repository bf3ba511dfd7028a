//! Questions for missing values, which `new`, `reply` and `resolve` ask in the same way. Without a terminal nothing is
//! asked.

use std::sync::Arc;

use crate::{
    cli::{CliError, Context, prompts, queries, similar_hits, table},
    search::{Engine, Item, Question, SimilarLimits},
    store::Store,
    template::{Field, NamedThing},
    ticket::{Resolution, Thread},
};

/// The maximum number of tickets that are offered as the original of a duplicate.
const MAX_ORIGINALS: usize = 8;

/// Asks for the value of `field`: from a list if the possible values are known, otherwise as a line. An invalid value is
/// explained and asked for again. Returns `None` without a terminal, and if the line is empty.
pub(in crate::cli) fn field(
    field: &Field,
    store: &Store,
    context: &Context,
) -> Result<Option<String>, CliError> {
    if !context.process.can_ask {
        return Ok(None);
    }
    let question = match &field.ask {
        Some(ask) => format!("{ask} ({})", field.name),
        None => format!("{}:", field.name),
    };
    let settings = &store.settings;
    match field.kind.names {
        _ if field.many => line(field, &question, store, context),
        _ if field.kind.has_options && !field.options.is_empty() => {
            prompts::choice(&question, field.options.clone(), 0, context)
        }
        Some(NamedThing::Service) if !settings.services.is_empty() => {
            let last = context.repo()?.cache_slot("last-service").read().unwrap_or_default();
            let names = settings.services.iter().map(|service| (service.id.as_str(), service.name.as_str()));
            named(&question, names.collect(), &String::from_utf8_lossy(&last), context)
        }
        Some(NamedThing::Person) if !settings.people.is_empty() => {
            let names = settings.people.iter().map(|person| (person.id.as_str(), person.name.as_str()));
            named(&question, names.collect(), "", context)
        }
        _ => line(field, &question, store, context),
    }
}

/// Asks for a line until it is a valid value of `field` or empty.
fn line(field: &Field, question: &str, store: &Store, context: &Context) -> Result<Option<String>, CliError> {
    let mut help: Vec<String> =
        field.example.iter().map(|example| format!("for example {example}")).collect();
    if field.many {
        help.push("separate several values with commas".to_owned());
    }
    if !field.options.is_empty() {
        help.push(format!("one of {}", field.options.join(", ")));
    }
    let help = Some(help.join("; ")).filter(|help| !help.is_empty());
    loop {
        let Some(text) = prompts::line(question, None, help.as_deref(), context)? else { return Ok(None) };
        let values: Vec<&str> =
            if field.many { text.split(',').map(str::trim).collect() } else { vec![&text] };
        let Some(problem) = values.into_iter().find_map(|value| (field.kind.check)(value, field, store))
        else {
            return Ok(Some(text));
        };
        let near = problem.nearest.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        context.ui.say(format!("{}{near} ({})", problem.message, problem.help));
    }
}

/// Asks for one of several ids, which are shown with their names. The id `first` is selected; if there is none, nothing
/// is, so that a quick Enter does not choose the first one.
fn named(
    question: &str,
    names: Vec<(&str, &str)>,
    first: &str,
    context: &Context,
) -> Result<Option<String>, CliError> {
    let label = |(id, name): &(&str, &str)| match id == name {
        true => (*id).to_owned(),
        false => format!("{id} – {name}"),
    };
    let start = names.iter().position(|(id, _)| *id == first);
    let mut options: Vec<String> = names.iter().map(label).collect();
    if start.is_none() {
        options.insert(0, "(choose one: type to search)".to_owned());
    }
    loop {
        let Some(chosen) = prompts::place(question, options.clone(), start.unwrap_or(0), context)? else {
            return Ok(None);
        };
        let place = if start.is_none() { chosen.checked_sub(1) } else { Some(chosen) };
        if let Some((id, _)) = place.and_then(|place| names.get(place)) {
            return Ok(Some((*id).to_owned()));
        }
    }
}

/// Asks how tickets were resolved; `None` without a terminal.
pub(in crate::cli) fn resolution(context: &Context) -> Result<Option<Resolution>, CliError> {
    let names = Resolution::NAMES.iter().map(|name| (*name).to_owned()).collect();
    let chosen = prompts::choice("how was it resolved?", names, 0, context)?;
    Ok(chosen.as_deref().and_then(Resolution::parse))
}

/// Asks which ticket the `threads` are duplicates of. Offers the tickets that are similar to the first one. Returns `None`
/// without a terminal, and if no ticket is named.
pub(in crate::cli) fn original(
    threads: &[&Thread],
    store: &Arc<Store>,
    context: &Context,
) -> Result<Option<String>, CliError> {
    let (true, [thread, ..]) = (context.process.can_ask, threads) else { return Ok(None) };
    let question = Question::of_thread(thread, store.body(thread.ticket.path.as_ref()));
    let is_other = |item: Item| {
        item.ticket(store).is_some_and(|other| threads.iter().all(|thread| thread.id() != other.id()))
    };
    let limits = SimilarLimits { limit: MAX_ORIGINALS, weak: true };
    let mut engine = Engine::open(Arc::clone(store), &queries::slot(context)?);
    // The id can be typed, so an unreadable index is not an error here.
    let found = similar_hits::find(&mut engine, store, &question, is_other, limits, 0).unwrap_or_default();
    if !found.is_empty() {
        let room = context.ui.width.saturating_sub(4);
        let label = |similar: &similar_hits::ShownSimilarItem<'_>| {
            let end = format!(" ({}, {})", similar.name(), similar.state());
            format!("{}{end}", table::fit(similar.title(), room.saturating_sub(end.len()).max(20)))
        };
        let mut options: Vec<String> = found.iter().map(label).collect();
        options.push("another ticket: type its id".to_owned());
        let chosen = prompts::place("which ticket is the original?", options, 0, context)?;
        if let Some(similar) = chosen.and_then(|place| found.get(place)) {
            return Ok(Some(similar.name()));
        }
    }
    loop {
        let Some(name) = prompts::line("id of the original ticket:", None, None, context)? else {
            return Ok(None);
        };
        match store.find(&name) {
            Ok(original) if is_among(original, threads) => {
                context.ui.say("a ticket cannot be a duplicate of itself");
            }
            Ok(original) => return Ok(Some(original.id().to_owned())),
            Err(error) => context.ui.say(error.to_string()),
        }
    }
}

fn is_among(thread: &Thread, threads: &[&Thread]) -> bool {
    threads.iter().any(|other| other.id() == thread.id())
}

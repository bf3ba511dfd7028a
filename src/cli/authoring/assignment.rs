//! Assigning tickets: only to people who exist, and never from somebody else without a message.

use crate::{
    cli::{CliError, Context, age},
    store::Store,
    text::{Time, nearest, shell_word},
    ticket::{Reply, Thread},
};

/// Returns the id of the person called `name` in `--assign`: an id, an e-mail address, a login or a name of somebody in
/// `people`. If `people` is empty, every name is an id. `me` is the user, who may be missing in `people`.
pub(super) fn person(name: &str, me: &str, store: &Store) -> Result<String, CliError> {
    let settings = &store.settings;
    if name == "me" || name == me {
        return Ok(me.to_owned());
    }
    if settings.people.is_empty() || settings.person(name).is_some() {
        return Ok(name.to_owned());
    }
    if let Some(person) = settings.person_by_other_name(name) {
        return Ok(person.id.clone());
    }
    let people = &settings.people;
    let names = people.iter().flat_map(|person| [&person.id, &person.name].into_iter().chain(&person.logins));
    let near = nearest(name, names.map(String::as_str)).and_then(|near| {
        let id = settings.person(near).or_else(|| settings.person_by_other_name(near))?;
        Some(format!("; did you mean `{}`?", id.id))
    });
    let mut ids: Vec<&str> = people.iter().map(|person| person.id.as_str()).take(MAX_LISTED).collect();
    if people.len() > MAX_LISTED {
        ids.push("…");
    }
    Err(CliError::usage(format!("unknown person `{name}`{}", near.unwrap_or_default()))
        .with_hint(format!("people: {}", ids.join(", ")))
        .with_hint("to add somebody, write an entry under `people` in casebook.yml"))
}

/// The maximum number of people that an error lists.
const MAX_LISTED: usize = 20;

/// Returns the reply that last assigned the ticket or removed its assignee.
fn last_assignment(thread: &Thread) -> Option<&Reply> {
    let assigns = |reply: &&Reply| reply.assignee.is_some() && reply.is_dated() && !thread.is_note(reply);
    thread.replies.iter().rev().find(assigns)
}

/// Tells the user if `thread`, as it was before the command, was assigned to somebody.
pub(super) fn say_former(thread: &Thread, assignee: Option<&str>, store: &Store, context: &Context) {
    let Some(former) = thread.state.assignee.as_deref() else { return };
    let id = thread.id();
    let by =
        last_assignment(thread).map(|reply| taken(reply, store, context.process.now)).unwrap_or_default();
    context.ui.say(match assignee {
        Some(new) if new == former => format!("{id} was already assigned to {}{by}", name(former, store)),
        Some(new) => format!(
            "{id} was assigned to {}{by}; it is now assigned to {}",
            name(former, store),
            name(new, store)
        ),
        None => format!("{id} was assigned to {}{by}; it now has no assignee", name(former, store)),
    });
}

/// Tells the user if others assigned the ticket while the command ran, for example in commits that a push fetched.
/// `before` is the ticket as the command read it, `after` the ticket with all replies, and `own` the reply of the command.
pub(super) fn say_others(before: &Thread, after: &Thread, own: &str, store: &Store, context: &Context) {
    let is_new =
        |reply: &&Reply| reply.name != own && before.replies.iter().all(|known| known.name != reply.name);
    let other = after.replies.iter().filter(is_new).rfind(|reply| reply.assignee.is_some());
    let Some(other) = other else { return };
    let to = match &other.assignee {
        Some(Some(to)) => format!("assigned {} to {}", before.id(), name(to, store)),
        _ => format!("removed the assignee of {}", before.id()),
    };
    let author = other.author.as_deref().map_or_else(|| "somebody".to_owned(), |id| name(id, store));
    let when = other.created.map(|time| when(time, context.process.now)).unwrap_or_default();
    let now = match after.state.assignee.as_deref() {
        Some(assignee) => format!("it is now assigned to {}", name(assignee, store)),
        None => "it now has no assignee".to_owned(),
    };
    context.ui.warn(format!("{author} {to}{when}, at the same time as you; {now}"));
    let theirs = other.assignee.clone().flatten();
    if theirs != after.state.assignee {
        let to = shell_word(theirs.as_deref().unwrap_or("none"));
        context.ui.help(format!("to undo your change: `casebook reply {} --assign {to}`", before.id()));
    }
}

fn taken(reply: &Reply, store: &Store, now: Time) -> String {
    let by = reply.author.as_deref().map(|id| format!(" by {}", name(id, store))).unwrap_or_default();
    format!("{by}{}", reply.created.map(|time| when(time, now)).unwrap_or_default())
}

fn when(time: Time, now: Time) -> String {
    format!(" {} ({time})", age::ago(now.seconds() - time.seconds()))
}

/// Returns a person's name with the id.
fn name(id: &str, store: &Store) -> String {
    match store.settings.person_name(id) {
        name if name == id => id.to_owned(),
        name => format!("{name} ({id})"),
    }
}

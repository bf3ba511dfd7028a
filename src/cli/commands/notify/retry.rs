//! `casebook notify --retry`: lists the open messages, and sends some of them again.

use super::{Arguments, channels::Channels, deliver, load, now_internal, outgoing, print_all, state};
use crate::cli::{CliError, Context, Outcome, table};
use crate::{
    api::{NotifiedMessage, NotifyAnswer},
    notify::{NewFile, OPEN, OpenEntry, open_path},
    repo::{Ledger, NOTIFIED, Repo},
    store::Store,
    text::Plural,
};

/// Lists the open messages without `ids`; otherwise sends those with the ids again.
pub(super) fn run(
    ids: &[String],
    arguments: &Arguments,
    repo: &Repo,
    context: &Context,
) -> Result<Outcome, CliError> {
    let ledger = context.lock(repo)?.read_ledger(NOTIFIED)?;
    let open = open_entries(&ledger, repo)?;
    if ids.is_empty() {
        list(&open, context);
        return Ok(Outcome::Done);
    }
    let chosen = choose(ids, open)?;
    let channels = Channels::of(arguments, context)?;
    let tip = repo.resolve(&arguments.at)?.to_string();
    let store = load(&tip, arguments.rules_from.as_deref().unwrap_or(&tip), repo, context)?;
    let newest = now_internal(&store, &tip, repo, context)?;
    let views = outgoing::views(&store, newest.as_deref(), arguments.audience.into());
    let files: Vec<NewFile<'_>> = chosen.iter().filter_map(|entry| file_of(entry, &store)).collect();
    let mut found = outgoing::find(&files, &channels.used, &views, context.process.now);
    let of = |message: &outgoing::Outgoing<'_>| {
        let names = message.whole.names();
        chosen.iter().find(|entry| entry.to == message.entry.to && names.contains(&entry.file)).cloned()
    };
    // A file is found once for each of its open messages.
    let mut known = std::collections::HashSet::new();
    found.retain_mut(|message| match of(message) {
        Some(entry) => {
            message.entry =
                OpenEntry { retries: entry.retries.saturating_add(1), time: context.process.now, ..entry };
            known.insert(state::key_of(&message.entry))
        }
        None => false,
    });
    let missing = chosen.len() - found.len();
    if missing > 0 {
        context.ui.warn(format!(
            "{} cannot be sent: the file, the person or the way to tell them is missing",
            Plural(missing, "message")
        ));
    }
    if arguments.dry_run {
        print_all(&found, context);
        return Ok(Outcome::Done);
    }
    // Of two people who try again at the same time, one sends.
    let mut claimed = Vec::new();
    state::change(repo, context, "send messages again", |ledger| {
        let open = open_entries(ledger, repo)?;
        let is_as_before = |message: &outgoing::Outgoing<'_>| {
            let entry = &message.entry;
            open.iter().any(|other| {
                (&other.file, &other.to, other.retries.saturating_add(1))
                    == (&entry.file, &entry.to, entry.retries)
            })
        };
        claimed = found.iter().filter(|message| is_as_before(message)).cloned().collect();
        let entries = claimed.iter().map(|message| &message.entry);
        Ok(entries.map(|entry| (open_path(&state::key_of(entry)), Some(state::text(entry)))).collect())
    })?;
    deliver::deliver(claimed, &channels, &tip, repo, context)
}

/// Returns the open messages, the oldest first. Entries that cannot be read are skipped.
fn open_entries(ledger: &Ledger, repo: &Repo) -> Result<Vec<OpenEntry>, CliError> {
    let entries = repo.ledger_entries(ledger, OPEN)?;
    let mut open: Vec<OpenEntry> =
        entries.iter().filter_map(|(_, text)| serde_json::from_str(text).ok()).collect();
    open.sort_by(|a, b| (a.time, &a.file, &a.to).cmp(&(b.time, &b.file, &b.to)));
    Ok(open)
}

fn list(open: &[OpenEntry], context: &Context) {
    let ui = &context.ui;
    if ui.is_json() {
        let message = |entry: &OpenEntry| NotifiedMessage {
            id: entry.short(),
            file: entry.file.clone(),
            to: entry.to.clone(),
            state: "open",
            since: Some(entry.time),
            reason: None,
            subject: None,
            text: None,
        };
        ui.json(&NotifyAnswer { messages: open.iter().map(message).collect(), total: open.len() });
        return;
    }
    for entry in open {
        ui.line(format!(
            "{}  {}  {}  {}",
            entry.short(),
            entry.time,
            table::one_line(&entry.to),
            table::one_line(&entry.file)
        ));
    }
    if open.is_empty() {
        ui.say("no open messages");
    } else {
        ui.say("these messages were announced, and perhaps sent; to send them again: `casebook notify --retry ID`");
    }
}

/// Returns the entries with the given ids, or all of them for `all`.
fn choose(ids: &[String], open: Vec<OpenEntry>) -> Result<Vec<OpenEntry>, CliError> {
    if ids.iter().any(|id| id == "all") {
        return Ok(open);
    }
    let mut chosen = Vec::new();
    for id in ids {
        let entry = open.iter().find(|entry| entry.short() == *id).ok_or_else(|| {
            CliError::new(crate::cli::CliErrorKind::NotFound, format!("no open message has the id `{id}`"))
                .with_hint("`casebook notify --retry` lists open messages")
        })?;
        chosen.push(entry.clone());
    }
    Ok(chosen)
}

/// Returns the ticket or reply of an open message.
fn file_of<'s>(entry: &OpenEntry, store: &'s Store) -> Option<NewFile<'s>> {
    match entry.file.split_once('/') {
        None => Some(NewFile { thread: store.thread(&entry.file)?, reply: None }),
        Some((ticket, name)) => {
            let thread = store.thread(ticket)?;
            let reply = thread.replies.iter().find(|reply| reply.name == name)?;
            Some(NewFile { thread, reply: Some(reply) })
        }
    }
}

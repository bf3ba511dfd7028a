//! The record of messages in `refs/casebook/notified`.

use super::outgoing::Outgoing;
use crate::cli::{CliError, Context};
use crate::{
    notify::{OpenEntry, key, open_path, sent_path},
    repo::{Ledger, LedgerChange, LedgerUpdate, NOTIFIED, Repo, RepoError},
};

/// The number of times that a change is tried again because others changed the record first.
const ATTEMPTS: usize = 20;

/// Returns the messages that no run has announced.
pub(super) fn unknown<'s>(
    messages: Vec<Outgoing<'s>>,
    ledger: &Ledger,
    repo: &Repo,
) -> Result<Vec<Outgoing<'s>>, RepoError> {
    let mut unknown = Vec::new();
    for message in messages {
        let mut is_known = false;
        for name in message.whole.names() {
            let key = key(&name, &message.entry.to);
            is_known |= repo.ledger_entry(ledger, &open_path(&key))?.is_some()
                || repo.ledger_entry(ledger, &sent_path(&key))?.is_some();
        }
        if !is_known {
            unknown.push(message);
        }
    }
    Ok(unknown)
}

/// Announces the messages that no run has announced, and returns these. From now on, no other run sends them.
pub(super) fn claim<'s>(
    messages: Vec<Outgoing<'s>>,
    repo: &Repo,
    context: &Context,
) -> Result<Vec<Outgoing<'s>>, CliError> {
    if messages.is_empty() {
        return Ok(messages);
    }
    let mut claimed = Vec::new();
    change(repo, context, "announce messages", |ledger| {
        claimed = unknown(messages.clone(), ledger, repo)?;
        let changes =
            claimed.iter().map(|message| (open_path(&key_of(&message.entry)), Some(text(&message.entry))));
        Ok(changes.collect())
    })?;
    Ok(claimed)
}

/// Records that messages were sent.
pub(super) fn mark_sent(entries: &[OpenEntry], repo: &Repo, context: &Context) -> Result<(), CliError> {
    if entries.is_empty() {
        return Ok(());
    }
    change(repo, context, "sent messages", |ledger| {
        let mut changes = Vec::new();
        for entry in entries {
            let key = key_of(entry);
            // Somebody may have sent it again and recorded it in the meantime.
            if repo.ledger_entry(ledger, &open_path(&key))?.is_some() {
                changes.push((open_path(&key), None));
            }
            changes.push((sent_path(&key), Some(text(entry))));
        }
        Ok(changes)
    })
}

/// Changes the record. `changes` computes the change from the newest record, and is called again if others change the
/// record first.
pub(super) fn change(
    repo: &Repo,
    context: &Context,
    message: &str,
    mut changes: impl FnMut(&Ledger) -> Result<Vec<LedgerChange>, CliError>,
) -> Result<(), CliError> {
    for _ in 0..ATTEMPTS {
        let locked = context.lock(repo)?;
        let mut ledger = locked.read_ledger(NOTIFIED)?;
        let changes = changes(&ledger)?;
        if changes.is_empty() {
            return Ok(());
        }
        match locked.update_ledger(&mut ledger, &changes, (message, context.process.now))? {
            LedgerUpdate::Done => return Ok(()),
            LedgerUpdate::Raced => {}
        }
    }
    Err(CliError::environment(format!(
        "`{NOTIFIED}` was changed by others during each of {ATTEMPTS} attempts"
    ))
    .with_hint("run the command again"))
}

pub(super) fn key_of(entry: &OpenEntry) -> String {
    key(&entry.file, &entry.to)
}

pub(super) fn text(entry: &OpenEntry) -> String {
    serde_json::to_string(entry).unwrap_or_default() + "\n"
}

//! Tickets on the branches of pull requests that are not merged yet.

use std::sync::Arc;

use super::{CliError, CliErrorKind, Context, write_report};
use crate::{
    repo::{Repo, TICKET_BRANCHES},
    store::{self, FindError, Store},
    text::shell_word,
    ticket::{Resolution, Status, Thread},
};

/// A ticket that is on the branch of its pull request, and not in the current branch.
pub(super) struct UnmergedTicket {
    /// The store of that branch.
    pub store: Arc<Store>,
    pub id: String,
    branch: String,
    /// The branch of the remote that has the ticket, if the pull request was merged.
    merged_to: Option<String>,
    /// The address where the pull request is opened.
    address: Option<String>,
}

/// Returns the ticket in review called `name`; `None` if there are none or several.
pub(super) fn in_review(here: &Store, name: &str) -> Option<UnmergedTicket> {
    let store = here.in_review()?;
    let thread = store.find(name).ok()?;
    let branch = thread.in_review.clone().unwrap_or_default();
    Some(UnmergedTicket {
        store: Arc::clone(store),
        id: thread.id().to_owned(),
        merged_to: None,
        address: write_report::review_address(&here.settings, &branch),
        branch,
    })
}

/// Returns the unmerged ticket called `name`; `None` if there are none or several.
pub(super) fn find(name: &str, context: &Context) -> Result<Option<UnmergedTicket>, CliError> {
    let repo = context.repo()?;
    let name = name.trim().to_lowercase();
    let branches = repo.branches_below(TICKET_BRANCHES)?;
    let ids =
        || branches.iter().filter_map(|(branch, rev)| Some((branch.strip_prefix(TICKET_BRANCHES)?, rev)));
    let tests: [fn(&str, &str) -> bool; 3] = [
        |id, name| id == name,
        |id, name| id.strip_suffix(name).is_some_and(|rest| rest.ends_with('-')),
        |id, name| !name.is_empty() && id.contains(name),
    ];
    for is_meant in tests {
        let found: Vec<_> = ids().filter(|(id, _)| is_meant(id, &name)).collect();
        match found[..] {
            [] => {}
            [(id, rev)] => return Ok(read(id, rev, repo)),
            _ => return Ok(None),
        }
    }
    Ok(None)
}

fn read(id: &str, rev: &str, repo: &Repo) -> Option<UnmergedTicket> {
    let store = store::load(Arc::new(repo.commit(rev).ok()?), &repo.cache_slot("parsed-head")).ok()?;
    let path = store.thread(id)?.ticket.file();
    let main = repo.default_remote_branch().ok().flatten();
    let has =
        |rev: &str| repo.commit(rev).ok().and_then(|commit| commit.blob_id(&path).ok().flatten()).is_some();
    let merged_to = main.filter(|main| has(&main.rev())).map(|main| main.to_string());
    let branch = format!("{TICKET_BRANCHES}{id}");
    let address = write_report::review_address(&store.settings, &branch);
    Some(UnmergedTicket { store: Arc::new(store), id: id.to_owned(), branch, merged_to, address })
}

impl UnmergedTicket {
    /// Describes where the ticket is.
    pub(super) fn location(&self) -> String {
        let Self { id, branch, .. } = self;
        match &self.merged_to {
            Some(main) => format!("{id} is merged to {main}, but not in your branch yet"),
            None => format!("{id} is on branch {branch}, which is not merged yet"),
        }
    }

    /// Describes how to get the ticket into the current branch.
    pub(super) fn next_step(&self) -> String {
        match (&self.merged_to, &self.address) {
            (Some(_), _) => "run `git pull`".to_owned(),
            (None, Some(address)) => format!("pull request: {address}"),
            (None, None) => format!("open a pull request for branch {} and merge it", self.branch),
        }
    }
}

/// Finds the tickets of `command`, which changes them. All must exist; a ticket that is named twice counts once.
pub(super) fn threads<'s>(
    command: &str,
    names: &[String],
    store: &'s Store,
    context: &Context,
) -> Result<Vec<&'s Thread>, CliError> {
    let mut threads: Vec<&Thread> = Vec::new();
    for (place, name) in names.iter().enumerate() {
        let thread = store.find_for_writing(name).map_err(|error| {
            let hint = words_hint(command, names.split_at(place));
            explain(error, true, context).with_hints(hint)
        })?;
        if threads.iter().all(|known| known.id() != thread.id()) {
            threads.push(thread);
        }
    }
    Ok(threads)
}

/// Returns how to write words that were typed after the ids, such as a text or a resolution.
fn words_hint(command: &str, (ids, words): (&[String], &[String])) -> Option<String> {
    // An id has a hyphen or a digit.
    let is_word = |word: &String| !word.chars().any(|c| c == '-' || c.is_ascii_digit());
    if ids.is_empty() || !words.iter().all(is_word) {
        return None;
    }
    let options = match &words[0] {
        word if Resolution::parse(word).is_some() => {
            return Some(line("resolve", ids, &format!("--as {word}")));
        }
        word if Status::parse(word).is_some() => {
            return Some(line("reply", ids, &format!("--status {word}")));
        }
        _ => format!("--message {}", shell_word(&words.join(" "))),
    };
    Some(match command {
        "resolve" => line(command, ids, &format!("--as fixed {options}")),
        _ => line(command, ids, &options),
    })
}

fn line(command: &str, ids: &[String], options: &str) -> String {
    let ids: Vec<String> = ids.iter().map(|id| shell_word(id)).collect();
    format!("`casebook {command} {} {options}`", ids.join(" "))
}

/// Finds a ticket to which a command refers.
pub(super) fn thread<'s>(name: &str, store: &'s Store, context: &Context) -> Result<&'s Thread, CliError> {
    store.find(name).map_err(|error| explain(error, false, context))
}

/// Converts the error about a missing ticket. If the ticket is not merged yet, the error says so; `is_reply` tells whether
/// the command replies to it.
pub(super) fn explain(error: FindError, is_reply: bool, context: &Context) -> CliError {
    let FindError::Nothing { name, .. } = &error else { return error.into() };
    match find(name, context) {
        Ok(Some(waiting)) => {
            let error =
                CliError::new(CliErrorKind::NotFound, waiting.location()).with_hint(waiting.next_step());
            match waiting.merged_to {
                None if is_reply => error.with_hint(format!(
                    "to reply before it is merged: `git switch {}`",
                    shell_word(&waiting.branch)
                )),
                _ => error,
            }
        }
        _ => error.into(),
    }
}

//! Shell completion of queries and ticket ids. The ids come from the repository of the current folder.

use std::ffi::OsStr;

use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};

use super::ProcessEnvironment;
use crate::{
    query::{KEYS, completions},
    repo::Repo,
    store,
};

/// Completes ids of tickets, the newest first, with their titles.
pub(super) fn ids() -> ArgValueCompleter {
    ArgValueCompleter::new(|typed: &OsStr| candidates(typed).unwrap_or_default())
}

/// Completes the keys of queries and their values.
pub(super) fn query() -> ArgValueCompleter {
    ArgValueCompleter::new(|typed: &OsStr| {
        let found = completions(typed.to_str().unwrap_or_default(), KEYS).into_iter();
        found.map(|(text, help)| CompletionCandidate::new(text).help(Some(help.into()))).collect()
    })
}

/// Returns the candidates for an id; `None` if there is no readable repository. A shell cannot show errors of a
/// completion.
fn candidates(typed: &OsStr) -> Option<Vec<CompletionCandidate>> {
    let typed = typed.to_str()?.to_lowercase();
    let process = ProcessEnvironment::of_process();
    let repo = match Repo::discover(&process.folder).ok()? {
        Some(repo) => repo,
        None => Repo::open(process.variable("CASEBOOK_REPO")?.as_ref()).ok()?,
    };
    let name = if repo.is_bare() { "parsed-head" } else { "parsed-worktree" };
    let store = store::load(std::sync::Arc::from(repo.current().ok()?), &repo.cache_slot(name)).ok()?;
    let threads = &store.threads;
    let found = (0..threads.len()).rev().filter(|place| threads.id(*place).contains(&typed)).take(100);
    let named = |place: usize| {
        CompletionCandidate::new(threads.id(place)).help(Some(threads[place].ticket.title.clone().into()))
    };
    Some(found.map(named).collect())
}

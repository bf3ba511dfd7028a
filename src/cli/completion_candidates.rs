//! Shell completion from the repository of the current folder: queries, ids, people, templates, canned responses, and
//! fields with their values.

use std::{ffi::OsStr, sync::Arc};

use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};

use super::ProcessEnvironment;
use crate::{
    query::{KEYS, completions},
    repo::Repo,
    store::{self, Store},
    template::{Field, NamedThing},
    ticket::Priority,
};

/// The maximum number of candidates; a shell cannot show more in a useful way.
const MAX: usize = 100;

/// Completes ids of tickets, the newest first, with their titles.
pub(super) fn ids() -> ArgValueCompleter {
    from_store(|store, typed| {
        let threads = &store.threads;
        let found = (0..threads.len()).rev().filter(|place| threads.id(*place).contains(typed)).take(MAX);
        found.map(|place| candidate(threads.id(place), &threads[place].ticket.title)).collect()
    })
}

/// Completes the keys of queries and their values.
pub(super) fn query() -> ArgValueCompleter {
    ArgValueCompleter::new(|typed: &OsStr| {
        let found = completions(typed.to_str().unwrap_or_default(), KEYS).into_iter();
        found.map(|(text, help)| CompletionCandidate::new(text).help(Some(help.into()))).collect()
    })
}

/// Completes the values of `--assign`.
pub(super) fn people() -> ArgValueCompleter {
    from_store(|store, typed| {
        let own = [("me", "you"), ("none", "nobody")].map(|(id, name)| (id.to_owned(), name.to_owned()));
        let all = own.into_iter().chain(people_of(store));
        beginning(all, typed)
    })
}

/// Completes the templates of new tickets.
pub(super) fn templates() -> ArgValueCompleter {
    from_store(|store, typed| {
        let offered = store.templates.iter().filter(|template| template.name != "imported");
        beginning(offered.map(|template| (template.name.clone(), template.about.clone())), typed)
    })
}

/// Completes the names of canned responses.
pub(super) fn canned() -> ArgValueCompleter {
    from_store(|store, typed| {
        beginning(store.canned.iter().map(|canned| (canned.name.clone(), canned.title.clone())), typed)
    })
}

/// Completes `--set`: first the name of a field, then its value if the possible values are known.
pub(super) fn fields() -> ArgValueCompleter {
    from_store(|store, typed| {
        let fields = || store.templates.iter().flat_map(|template| &template.fields);
        let Some((key, value)) = typed.split_once('=') else {
            let own =
                fields().map(|field| (format!("{}=", field.name), field.ask.clone().unwrap_or_default()));
            let core = [
                ("priority=", "low, normal, high or urgent"),
                ("service=", "the service"),
                ("tags=", "the tags"),
            ];
            let core = core.into_iter().map(|(key, about)| (key.to_owned(), about.to_owned()));
            return beginning(own.chain(core), typed);
        };
        let mut values: Vec<(String, String)> = match key {
            "service" => services_of(store),
            "priority" => Priority::NAMES.iter().map(|name| ((*name).to_owned(), String::new())).collect(),
            _ => Vec::new(),
        };
        values.extend(fields().filter(|field| field.name == key).flat_map(|field| values_of(field, store)));
        let whole = values.into_iter().map(|(value, about)| (format!("{key}={value}"), about));
        beginning(whole, &format!("{key}={value}"))
    })
}

/// Returns the possible values of a field with descriptions.
fn values_of(field: &Field, store: &Store) -> Vec<(String, String)> {
    match field.kind.names {
        Some(NamedThing::Service) => services_of(store),
        Some(NamedThing::Person) => people_of(store).collect(),
        _ => field.options.iter().map(|option| (option.clone(), String::new())).collect(),
    }
}

fn services_of(store: &Store) -> Vec<(String, String)> {
    store.settings.services.iter().map(|service| (service.id.clone(), service.name.clone())).collect()
}

fn people_of(store: &Store) -> impl Iterator<Item = (String, String)> {
    store.settings.people.iter().map(|person| (person.id.clone(), person.name.clone()))
}

/// Returns the candidates that begin with `typed`, each once.
fn beginning(all: impl IntoIterator<Item = (String, String)>, typed: &str) -> Vec<CompletionCandidate> {
    let mut found: Vec<(String, String)> = Vec::new();
    for (value, about) in all {
        if value.to_lowercase().starts_with(typed) && found.iter().all(|(known, _)| *known != value) {
            found.push((value, about));
        }
    }
    found.into_iter().take(MAX).map(|(value, about)| candidate(&value, &about)).collect()
}

fn candidate(value: &str, about: &str) -> CompletionCandidate {
    let help = Some(about.to_owned().into()).filter(|_| !about.is_empty());
    CompletionCandidate::new(value).help(help)
}

/// Creates a completer from the repository and what was typed, in lower case. A shell cannot show errors of a completion,
/// so there are no candidates without a readable repository.
fn from_store(candidates: fn(&Store, &str) -> Vec<CompletionCandidate>) -> ArgValueCompleter {
    ArgValueCompleter::new(move |typed: &OsStr| {
        let typed = typed.to_str().unwrap_or_default().to_lowercase();
        store().map(|store| candidates(&store, &typed)).unwrap_or_default()
    })
}

fn store() -> Option<Store> {
    let process = ProcessEnvironment::of_process();
    let repo = match Repo::discover(&process.folder).ok()? {
        Some(repo) => repo,
        None => Repo::open(process.variable("CASEBOOK_REPO")?.as_ref()).ok()?,
    };
    let name = if repo.is_bare() { "parsed-head" } else { "parsed-worktree" };
    store::load(Arc::from(repo.current().ok()?), &repo.cache_slot(name)).ok()
}

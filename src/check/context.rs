//! The repository and the history that rules can look at.

use std::{
    borrow::Cow,
    collections::HashMap,
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use crate::{
    store::{Role, Store},
    template::parse_template,
    text::{RepoPath, Time, normal_form},
    ticket::{Document, Reply, Thread, Visibility},
    view::InternalNames,
};

/// The maximum number of unknown references per run for which the most similar id is searched. With ten thousand ids,
/// each search takes milliseconds.
const MAX_NEAREST: usize = 200;

/// The author of the commit that added a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitAuthor {
    pub name: String,
    pub email: String,
    /// When the author made the commit.
    pub time: Time,
}

/// A lookup of the person who added a file.
pub trait Authors: Sync {
    /// Returns the author of the commit that added `path`, if that commit is one of those that are checked.
    fn of_change(&self, path: &RepoPath) -> Option<CommitAuthor>;

    /// Returns the author of the commit that added `path`, if this run reads the history that far.
    fn of_file(&self, path: &RepoPath) -> Option<CommitAuthor>;
}

/// An [`Authors`] without authors, for checks that do not read git's history.
pub(crate) struct NoAuthors;

impl Authors for NoAuthors {
    fn of_change(&self, _: &RepoPath) -> Option<CommitAuthor> {
        None
    }

    fn of_file(&self, _: &RepoPath) -> Option<CommitAuthor> {
        None
    }
}

/// The repository and the history that rules can look at.
pub struct CheckContext<'a> {
    /// The repository with the change that is checked.
    pub store: &'a Store,
    /// The current time.
    pub now: Time,
    pub authors: &'a dyn Authors,
    ids: OnceLock<HashMap<Cow<'a, str>, Vec<IdUse<'a>>>>,
    hints: OnceLock<HashMap<(String, String), String>>,
    nearest: AtomicUsize,
    internal_names: OnceLock<InternalNames>,
    folded: OnceLock<HashMap<String, Vec<&'a RepoPath>>>,
    patterns: OnceLock<HashMap<&'a RepoPath, usize>>,
}

/// A ticket or article that has an id now or had it before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct IdUse<'a> {
    pub(super) path: &'a RepoPath,
    /// True for a former id.
    pub(super) is_alias: bool,
}

impl<'a> CheckContext<'a> {
    /// Creates a context that does not know who committed files.
    pub fn new(store: &'a Store, now: Time) -> Self {
        Self::with_authors(store, now, &NoAuthors)
    }

    /// Creates a context that asks `authors` who committed a file.
    pub fn with_authors(store: &'a Store, now: Time, authors: &'a dyn Authors) -> Self {
        Self {
            store,
            now,
            authors,
            ids: OnceLock::new(),
            hints: OnceLock::new(),
            nearest: AtomicUsize::new(0),
            internal_names: OnceLock::new(),
            folded: OnceLock::new(),
            patterns: OnceLock::new(),
        }
    }

    /// Returns the names of internal tickets, for searching them in text.
    pub(super) fn internal_names(&self) -> &InternalNames {
        self.internal_names.get_or_init(|| InternalNames::of(self.store))
    }

    /// Returns true if `reply` is an internal note on a ticket that is public in its own file. Replies can change the
    /// visibility of the ticket, but replies of other branches must not change the findings of this reply.
    pub(super) fn is_note(&self, thread: &Thread, reply: &Reply) -> bool {
        let ticket = thread.ticket.visibility.unwrap_or(self.store.settings.visibility);
        ticket == Visibility::Public && reply.visibility == Some(Visibility::Internal)
    }

    /// Returns the tickets and articles that have `id` now or had it before; upper and lower case are equal.
    pub(super) fn uses_of(&self, id: &str) -> &[IdUse<'a>] {
        let ids = self.ids.get_or_init(|| {
            let mut ids: HashMap<Cow<'a, str>, Vec<IdUse<'a>>> = HashMap::new();
            let mut add = |id: &'a str, path: Option<&'a RepoPath>, is_alias: bool| {
                if let Some(path) = path {
                    ids.entry(lower(id)).or_default().push(IdUse { path, is_alias });
                }
            };
            for ticket in self.store.threads.iter().map(|thread| &thread.ticket) {
                add(&ticket.id, ticket.path.as_ref(), false);
                ticket.aliases.iter().for_each(|alias| add(alias, ticket.path.as_ref(), true));
            }
            for article in &self.store.articles {
                add(&article.slug, article.path.as_ref(), false);
            }
            ids
        });
        ids.get(lower(id).as_ref()).map_or(&[], Vec::as_slice)
    }

    /// Returns the number of regular expressions in the templates with a smaller name than that at `path`.
    pub(super) fn patterns_before(&self, path: &RepoPath) -> usize {
        let patterns = self.patterns.get_or_init(|| {
            let files = self.store.layout.files().filter(|(_, role)| **role == Role::Template);
            let mut paths: Vec<&RepoPath> = files.map(|(entry, _)| &entry.path).collect();
            paths.sort_by_key(|path| path.stem());
            let mut total = 0;
            let count = |path: &'a RepoPath| {
                let before = total;
                if let Ok(bytes) = self.store.source().read(path) {
                    total += parse_template(&Document::parse(path, &bytes)).0.count_patterns();
                }
                (path, before)
            };
            paths.into_iter().map(count).collect()
        });
        patterns.get(path).copied().unwrap_or_default()
    }

    /// Returns all files whose path is the same on a file system that ignores case and the form of accents.
    pub(super) fn same_path(&self, path: &RepoPath) -> &[&'a RepoPath] {
        let fold = |path: &RepoPath| normal_form(path.as_str()).to_lowercase();
        let folded = self.folded.get_or_init(|| {
            let mut folded: HashMap<String, Vec<&RepoPath>> = HashMap::new();
            for entry in &self.store.layout.entries {
                folded.entry(fold(&entry.path)).or_default().push(&entry.path);
            }
            folded.retain(|_, paths| paths.len() > 1);
            folded
        });
        if folded.is_empty() { &[] } else { folded.get(&fold(path)).map_or(&[], Vec::as_slice) }
    }

    /// Returns the hint of `template` in `section`. Hints are parsed once: parsing a template's Markdown for each
    /// ticket would take longer than parsing the tickets.
    pub(super) fn hint(&self, template: &str, section: &str) -> &str {
        let hints = self.hints.get_or_init(|| {
            let mut hints = HashMap::new();
            for template in &self.store.templates {
                for section in &template.sections {
                    let key = (template.name.clone(), section.name.clone());
                    hints.insert(key, template.hint(&section.name));
                }
            }
            hints
        });
        hints.get(&(template.to_owned(), section.to_owned())).map_or("", String::as_str)
    }

    /// Returns the existing id that is most similar to an unknown one.
    pub(super) fn nearest_id(&self, wrong: &str) -> Option<String> {
        use crate::template::NameLookup as _;
        if self.nearest.fetch_add(1, Ordering::Relaxed) >= MAX_NEAREST {
            return None;
        }
        match self.store.find(wrong) {
            Ok(thread) => Some(thread.id().to_owned()),
            Err(_) => self.store.nearest_ticket(&wrong.to_lowercase()),
        }
    }
}

/// Returns `id` in lower case, without a copy if it is already lower case.
fn lower(id: &str) -> Cow<'_, str> {
    if id.bytes().any(|byte| byte.is_ascii_uppercase() || !byte.is_ascii()) {
        Cow::Owned(id.to_lowercase())
    } else {
        Cow::Borrowed(id)
    }
}

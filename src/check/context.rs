//! What a rule may know beside its file.

use std::{
    borrow::Cow,
    collections::HashMap,
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use crate::{
    store::Store,
    text::{RepoPath, Time},
    ticket::{Reply, Thread, Visibility},
    view::Names,
};

/// For how many wrong references of one run the nearest id is looked for: with ten thousand ids each costs milliseconds.
const MOST_NEAREST: usize = 200;

/// Who made the commit that brought a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitAuthor {
    /// The commit's author.
    pub name: String,
    /// The author's address.
    pub email: String,
    /// When.
    pub time: Time,
}

/// Who brought which file.
pub trait Authors: Sync {
    /// The author of the commit that added `path`, if that commit belongs to what is being checked.
    fn of_change(&self, path: &RepoPath) -> Option<CommitAuthor>;

    /// The author of the commit that added `path`, if it is worth while to look for it.
    fn of_file(&self, path: &RepoPath) -> Option<CommitAuthor>;
}

/// Knows no authors, for checks that do not read git's history.
pub(crate) struct NoAuthors;

impl Authors for NoAuthors {
    fn of_change(&self, _: &RepoPath) -> Option<CommitAuthor> {
        None
    }

    fn of_file(&self, _: &RepoPath) -> Option<CommitAuthor> {
        None
    }
}

/// What a rule may know beside its file.
pub struct CheckContext<'a> {
    /// The repository, as it would be after the change.
    pub store: &'a Store,
    /// The clock.
    pub now: Time,
    /// Who brought which file.
    pub authors: &'a dyn Authors,
    names: OnceLock<HashMap<Cow<'a, str>, Vec<Holder<'a>>>>,
    hints: OnceLock<HashMap<(String, String), String>>,
    nearest: AtomicUsize,
    internal_names: OnceLock<Names>,
}

/// A file that an id leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Holder<'a> {
    /// The ticket or article.
    pub(super) path: &'a RepoPath,
    /// Whether it is a former id.
    pub(super) is_alias: bool,
}

impl<'a> CheckContext<'a> {
    /// Creates a context that does not know who committed files.
    pub fn new(store: &'a Store, now: Time) -> Self {
        Self::with_authors(store, now, &NoAuthors)
    }

    /// A context in which git tells who brought which file.
    pub fn with_authors(store: &'a Store, now: Time, authors: &'a dyn Authors) -> Self {
        Self {
            store,
            now,
            authors,
            names: OnceLock::new(),
            hints: OnceLock::new(),
            nearest: AtomicUsize::new(0),
            internal_names: OnceLock::new(),
        }
    }

    /// The names of internal tickets.
    pub(super) fn internal_names(&self) -> &Names {
        self.internal_names.get_or_init(|| Names::of(self.store))
    }

    /// Whether `reply` is an internal note on a public ticket, by the ticket's own file: replies of other branches may
    /// change who sees it, and what is found in this one must not depend on them.
    pub(super) fn is_note(&self, thread: &Thread, reply: &Reply) -> bool {
        let ticket = thread.ticket.visibility.unwrap_or(self.store.settings.visibility);
        ticket == Visibility::Public && reply.visibility == Some(Visibility::Internal)
    }

    /// The tickets and articles that have `id` now or had it before, in any case.
    pub(super) fn holders_of(&self, id: &str) -> &[Holder<'a>] {
        let names = self.names.get_or_init(|| {
            let mut names: HashMap<Cow<'a, str>, Vec<Holder<'a>>> = HashMap::new();
            let mut add = |name: &'a str, path: Option<&'a RepoPath>, is_alias: bool| {
                if let Some(path) = path {
                    names.entry(lower(name)).or_default().push(Holder { path, is_alias });
                }
            };
            for ticket in self.store.threads.iter().map(|thread| &thread.ticket) {
                add(&ticket.id, ticket.path.as_ref(), false);
                ticket.aliases.iter().for_each(|alias| add(alias, ticket.path.as_ref(), true));
            }
            for article in &self.store.articles {
                add(&article.slug, article.path.as_ref(), false);
            }
            names
        });
        names.get(lower(id).as_ref()).map_or(&[], Vec::as_slice)
    }

    /// The hint that `template` has in `section`. Reading a template's Markdown for each ticket would cost more than
    /// reading the tickets.
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

    /// The id that a wrong reference was probably meant to be.
    pub(super) fn nearest_id(&self, wrong: &str) -> Option<String> {
        use crate::template::NameLookup as _;
        if self.nearest.fetch_add(1, Ordering::Relaxed) >= MOST_NEAREST {
            return None;
        }
        match self.store.find(wrong) {
            Ok(thread) => Some(thread.id().to_owned()),
            Err(_) => self.store.nearest_ticket(&wrong.to_lowercase()),
        }
    }
}

/// `id` in lower case, which it nearly always is.
fn lower(id: &str) -> Cow<'_, str> {
    if id.bytes().any(|byte| byte.is_ascii_uppercase() || !byte.is_ascii()) {
        Cow::Owned(id.to_lowercase())
    } else {
        Cow::Borrowed(id)
    }
}

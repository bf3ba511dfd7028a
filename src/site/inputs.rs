//! The inputs of pages: what each page was made from.
//!
//! While a page is rendered, the model notes everything that it returns. The next build renders a page only if one of
//! its inputs has another value. A new accessor of the model has to note what it returns, and `tests/incremental.rs` needs an
//! edit that changes only that.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;

use foldhash::HashSet;
use serde::{Deserialize, Serialize};

/// Something that a page was made from. A name that nothing has is an input as well, because something can get it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Input {
    /// A ticket with its replies and its connections, by id.
    Ticket(String),
    /// An article, by slug.
    Article(String),
    /// The health of an article, which depends on the tickets about its problem, by slug.
    Health(String),
    /// The tickets that are similar to a ticket, by its id.
    Similar(String),
    /// The answered tickets that are next to a ticket in its service, by its id.
    Near(String),
    /// The tickets and articles of a service.
    Service(String),
    /// The tickets and articles of a tag, by its key.
    Tag(String),
    /// The spelling of a tag, by its key.
    TagName(String),
    /// The tickets in a part of a list. The parts are numbered from the oldest, and part 0 is the newest.
    Part(ListKey, usize),
    /// The tickets of a person, by id.
    Person(String),
    /// The ticket or article with a name.
    Name(String),
    /// The ticket or article that a link means by a document's name.
    Document(String),
    /// The ticket or article that was imported from a path.
    Source(String),
    /// The file at a path of the repository, and what it is.
    File(String),
    /// The contents of the file at a path of the repository, of which a file of the site is a copy.
    Copy(String),
    /// All tickets and articles.
    Everything,
    /// The numbers of the report.
    Report,
    /// The tickets in review.
    InReview,
    /// A theme file that could not be used for the page, which each build reports.
    ThemeProblem,
}

/// A list of tickets that is divided into parts.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum ListKey {
    /// All tickets.
    All,
    /// The tickets of a service and its modules, by id.
    Service(String),
    /// The tickets with a tag, by its key.
    Tag(String),
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ticket(id) => write!(f, "the ticket `{id}` changed"),
            Self::Article(slug) => write!(f, "the article `{slug}` changed"),
            Self::Health(slug) => write!(f, "the tickets about the problem of the article `{slug}` changed"),
            Self::Similar(id) => write!(f, "the tickets similar to `{id}` changed"),
            Self::Near(id) => write!(f, "the tickets opened next to `{id}` changed"),
            Self::Service(id) => write!(f, "the tickets of the service `{id}` changed"),
            Self::Tag(tag) => write!(f, "the tickets with the tag `{tag}` changed"),
            Self::TagName(tag) => write!(f, "the spelling of the tag `{tag}` changed"),
            Self::Part(..) => f.write_str("the tickets in this part of the list changed"),
            Self::Person(id) => write!(f, "the tickets of `{id}` changed"),
            Self::Name(name) | Self::Document(name) | Self::Source(name) => {
                write!(f, "`{name}` is another ticket or article")
            }
            Self::File(path) | Self::Copy(path) => write!(f, "the file `{path}` changed"),
            Self::Report => f.write_str("a ticket or article that the report counts changed"),
            Self::Everything => f.write_str("a ticket or article changed"),
            Self::ThemeProblem => f.write_str("a theme file has a problem"),
            Self::InReview => f.write_str("it shows tickets in review"),
        }
    }
}

/// The inputs that were noted while a page was rendered.
#[derive(Debug, Default)]
pub(super) struct Trace {
    /// The indexes of the tickets in the model.
    pub(super) tickets: BTreeSet<usize>,
    /// The indexes of the articles in the model.
    pub(super) articles: BTreeSet<usize>,
    pub(super) others: HashSet<Input>,
    /// The number of [`covered`] calls that have not returned.
    covered: usize,
}

/// The inputs of one page. Tickets and articles are most of them, so they are kept as their indexes in the model.
#[derive(Debug, Default)]
pub(super) struct PageInputs {
    pub(super) tickets: Vec<u32>,
    pub(super) articles: Vec<u32>,
    pub(super) others: Vec<Input>,
}

/// One input of a page.
pub(super) enum PageInput {
    Ticket(usize),
    Article(usize),
    Other(Input),
}

impl From<Trace> for PageInputs {
    fn from(trace: Trace) -> Self {
        let numbers = |all: BTreeSet<usize>| all.into_iter().filter_map(|n| u32::try_from(n).ok()).collect();
        Self {
            tickets: numbers(trace.tickets),
            articles: numbers(trace.articles),
            others: trace.others.into_iter().collect(),
        }
    }
}

thread_local! {
    static TRACE: RefCell<Option<Trace>> = const { RefCell::new(None) };
}

/// Runs `work` and returns the inputs that it notes. `work` must not use other threads.
pub(super) fn traced<T>(work: impl FnOnce() -> T) -> (T, Trace) {
    TRACE.set(Some(Trace::default()));
    let result = work();
    (result, TRACE.take().unwrap_or_default())
}

/// Notes `input`, and runs `work` without noting tickets and articles, because `input` has another value whenever one of them
/// changes.
pub(super) fn covered<T>(input: impl FnOnce() -> Input, work: impl FnOnce() -> T) -> T {
    note(input);
    with(|trace| trace.covered += 1);
    let result = work();
    with(|trace| trace.covered -= 1);
    result
}

pub(super) fn note(input: impl FnOnce() -> Input) {
    if TRACE.with_borrow(Option::is_some) {
        let input = input();
        with(|trace| _ = trace.others.insert(input));
    }
}

pub(super) fn note_ticket(n: usize) {
    with(|trace| {
        if trace.covered == 0 {
            trace.tickets.insert(n);
        }
    });
}

pub(super) fn note_article(n: usize) {
    with(|trace| {
        if trace.covered == 0 {
            trace.articles.insert(n);
        }
    });
}

fn with(change: impl FnOnce(&mut Trace)) {
    TRACE.with_borrow_mut(|trace| {
        if let Some(trace) = trace {
            change(trace);
        }
    });
}

//! The tickets of a change, and those that were resolved before and are much like them.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use crate::{
    check::Change,
    cli::{
        CliError, Context, asking,
        build::{self, For},
        checked::Checked,
        hit,
    },
    repo::Source,
    search::{Engine, Item, Question, Texts},
    settings::Settings,
    site::Site,
    store::{self, Listed, Role, Store},
    ticket::Thread,
};

/// The most findings that are listed for programs; all are counted.
pub const MOST_FINDINGS: usize = 200;
/// The most tickets of a change for which others are looked for: an import is no question.
const MOST_TICKETS: usize = 20;
/// The most similar tickets of each.
const MOST_SIMILAR: usize = 3;
/// The most lines of an answer.
const MOST_LINES: usize = 3;
/// The most characters of a line or a title.
const MOST_CHARACTERS: usize = 300;

/// What was there before the change, as far as the readers may know it.
pub struct Candidates {
    /// The commit, whole.
    pub base: String,
    engine: std::cell::RefCell<Engine>,
    store: Arc<Store>,
}

/// A ticket that is new or changed.
pub struct Changed<'a> {
    pub thread: &'a Thread,
    pub is_new: bool,
    pub similar: Vec<Similar<'a>>,
}

/// A ticket that is much like it, and was resolved.
pub struct Similar<'a> {
    pub item: Item,
    pub thread: &'a Thread,
    pub score: u32,
    pub why: Vec<String>,
    /// The first lines of its answer.
    pub answer: Vec<String>,
}

impl Candidates {
    /// Reads the commit `since`; with `audience` only what that site shows.
    pub fn at(
        since: &str,
        audience: Option<For>,
        checked: &Checked<'_>,
        context: &Context,
    ) -> Result<Self, CliError> {
        let repo = checked.repo;
        let commit = repo.commit(since)?;
        let base = repo.resolve(since)?.to_string();
        let source: Arc<dyn Source> = Arc::new(commit);
        let cache = repo.read_only_cache_slot("parsed-head");
        let listed = Listed::of(source, &cache)?;
        let store = Arc::new(store::load_for_check(listed, checked.rules(), &cache)?);
        let store = match audience {
            Some(audience) => {
                let site = Site::new(store, build::options(audience, repo)?);
                Arc::new(site.map_err(|error| CliError::environment(error.to_string()))?).shown()
            }
            None => store,
        };
        let engine = Engine::open_aside(Arc::clone(&store), &asking::slot(context)?);
        Ok(Self { base, engine: std::cell::RefCell::new(engine), store })
    }

    /// Everything that may be shown.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The settings that count.
    pub fn settings(&self) -> &Settings {
        &self.store.settings
    }

    /// The first tickets that `change` brings or changes in `after`, with what is like them; and how many more there are.
    pub fn for_tickets_of<'a>(
        &'a self,
        change: &Change<'_>,
        after: &'a Store,
    ) -> Result<(Vec<Changed<'a>>, usize), CliError> {
        let is_ticket = |path: &&_| after.layout.entry(path).is_some_and(|(_, role)| *role == Role::Ticket);
        let written: Vec<_> = change.written().filter(is_ticket).collect();
        let mut tickets: Vec<&Thread> = after
            .threads
            .iter()
            .map(|thread| &**thread)
            .filter(|thread| {
                thread.ticket.path.as_ref().is_some_and(|path| written.binary_search(&path).is_ok())
            })
            .collect();
        tickets.sort_by(|a, b| a.ticket.path.cmp(&b.ticket.path));
        let more = tickets.len().saturating_sub(MOST_TICKETS);
        tickets.truncate(MOST_TICKETS);
        let found = tickets.into_iter().map(|thread| {
            let is_new = thread.ticket.path.as_ref().is_some_and(|path| change.is_new(path));
            let body = after.body(thread.ticket.path.as_ref());
            Ok(Changed { thread, is_new, similar: self.similar_to(thread, body)? })
        });
        Ok((found.collect::<Result<_, CliError>>()?, more))
    }

    /// Only what is much like it: nobody asked.
    fn similar_to(&self, thread: &Thread, body: String) -> Result<Vec<Similar<'_>>, CliError> {
        let question = Question::of_ticket(&thread.ticket, body);
        let state = &thread.state;
        let is_known = |id: &str| {
            id == thread.id()
                || state
                    .related
                    .iter()
                    .chain(&state.answered_by)
                    .chain(&state.duplicate_of)
                    .any(|known| known == id)
        };
        let answered = |item: Item| {
            item.ticket(&self.store).is_some_and(|other| {
                other.state.resolved.is_some() && other.has_answer(|_| true) && !is_known(other.id())
            })
        };
        let mut engine = self.engine.borrow_mut();
        let found = engine.mending(|engine| engine.similar(&question, answered, MOST_SIMILAR));
        let strong = found.map_err(asking::unreadable)?.into_iter().filter(|alike| !alike.weak);
        let similar = strong.take(MOST_SIMILAR).filter_map(|alike| {
            let thread = alike.item.ticket(&self.store)?;
            let answer = hit::answer(&Texts::of(&self.store, thread), MOST_LINES);
            Some(Similar {
                item: alike.item,
                thread,
                score: alike.score,
                why: alike.why,
                answer: answer.iter().map(|line| cut(line)).collect(),
            })
        });
        Ok(similar.collect())
    }
}

impl Changed<'_> {
    /// For programs; what is `null` in a ticket's own JSON is so here.
    pub fn to_json(&self) -> Json {
        json!({
            "id": self.thread.id(),
            "file": self.thread.ticket.path,
            "title": cut(&self.thread.ticket.title),
            "new": self.is_new,
            "similar": self.similar.iter().map(Similar::to_json).collect::<Vec<_>>(),
        })
    }
}

impl Similar<'_> {
    fn to_json(&self) -> Json {
        let state = &self.thread.state;
        json!({
            "id": self.thread.id(),
            "file": self.thread.ticket.path,
            "title": cut(&self.thread.ticket.title),
            "status": state.status,
            "resolution": state.resolution,
            "service": state.service,
            "created": self.thread.ticket.created,
            "resolved": state.resolved,
            "score": self.score,
            "why": self.why,
            "answer": self.answer.join("\n"),
        })
    }
}

/// The first characters of a line: whoever reads this out may refuse more.
fn cut(text: &str) -> String {
    match text.char_indices().nth(MOST_CHARACTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

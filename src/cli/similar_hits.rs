//! Similar tickets and articles that `new`, `show` and `review` show unprompted.

use super::{hits, table};
use crate::{
    api::Suggestion,
    index::IndexError,
    search::{Engine, Item, Question, SimilarLimits, answer_for_reader},
    store::Store,
    text::shell_word,
    ticket::{Status, Thread},
};

/// The maximum length of a line or title in JSON, in characters. Forges reject long comments.
const MAX_CHARACTERS: usize = 300;

/// A ticket or article that is similar to another text.
pub(super) struct ShownSimilarItem<'a> {
    pub item: Item,
    store: &'a Store,
    score: u32,
    /// Words and fields that both share.
    pub why: Vec<String>,
    /// The first lines of the answer; empty if there is no answer.
    pub answer: Vec<String>,
}

/// Returns at most `limit` strong matches for `question`, best first, each with at most `lines` lines of its answer.
/// `engine` must be an engine of `store`.
pub(super) fn strong<'a>(
    engine: &mut Engine,
    store: &'a Store,
    question: &Question,
    allowed: impl Fn(Item) -> bool,
    limit: usize,
    lines: usize,
) -> Result<Vec<ShownSimilarItem<'a>>, IndexError> {
    find(engine, store, question, allowed, SimilarLimits { limit, weak: false }, lines)
}

/// Returns the best matches for `question` within `limits`, best first, each with at most `lines` lines of its answer.
pub(super) fn find<'a>(
    engine: &mut Engine,
    store: &'a Store,
    question: &Question,
    allowed: impl Fn(Item) -> bool,
    limits: SimilarLimits,
    lines: usize,
) -> Result<Vec<ShownSimilarItem<'a>>, IndexError> {
    let found = engine.with_rebuild(|engine| engine.similar(question, &allowed, limits))?;
    let shown = found.shown.into_iter().take(limits.limit).map(|similar| {
        let answer = hits::answer(similar.item, store, lines);
        ShownSimilarItem { item: similar.item, store, score: similar.score, why: similar.why, answer }
    });
    Ok(shown.collect())
}

/// Returns whether `item` may help with `thread`: it has an answer, and `thread` does not link to it yet.
pub(super) fn may_help(thread: &Thread, item: Item, store: &Store) -> bool {
    let state = &thread.state;
    let mut named = state.related.iter().chain(&state.answered_by).chain(&state.duplicate_of);
    item.has_answer(store)
        && match (item.ticket(store), item.article(store)) {
            (Some(other), _) => other.id() != thread.id() && named.all(|id| id != other.id()),
            (_, Some(article)) => named.all(|id| *id != article.slug),
            (None, None) => false,
        }
}

/// Returns whether `item` has an answer or is a ticket that is not resolved.
pub(super) fn is_answer_or_open(item: Item, store: &Store) -> bool {
    let is_open = |thread: &Thread| thread.state.status != Status::Resolved;
    item.has_answer(store) || item.ticket(store).is_some_and(is_open)
}

impl ShownSimilarItem<'_> {
    /// Returns the ticket's id, or `knowledge/<slug>`.
    pub(super) fn name(&self) -> String {
        hits::name(self.item, self.store)
    }

    pub(super) fn title(&self) -> &str {
        match (self.item.ticket(self.store), self.item.article(self.store)) {
            (Some(thread), _) => &thread.ticket.title,
            (_, Some(article)) => &article.title,
            (None, None) => "",
        }
    }

    /// Returns whether the item has an answer. If not, it is a ticket that is not resolved.
    pub(super) fn is_answer(&self) -> bool {
        self.item.has_answer(self.store)
    }

    /// Returns the status of a ticket; `None` for an article.
    pub(super) fn status(&self) -> Option<Status> {
        self.item.ticket(self.store).map(|thread| thread.state.status)
    }

    /// Returns the state as text, such as `resolved (fixed)` or `article`.
    pub(super) fn state(&self) -> String {
        let Some(thread) = self.item.ticket(self.store) else { return "article".to_owned() };
        match thread.state.resolution {
            Some(resolution) => format!("{} ({resolution})", thread.state.status),
            None => thread.state.status.to_string(),
        }
    }

    /// Returns the command that shows the ticket, or the file of the article.
    pub(super) fn how_to_read(&self) -> String {
        let name = table::one_line(&self.name());
        match self.item {
            Item::Ticket(_) => format!("casebook show {}", shell_word(&name)),
            Item::Article(_) => format!("{name}.md"),
        }
    }

    /// Returns the whole answer. If there is none, returns the text of the ticket.
    pub(super) fn text(&self) -> String {
        let asked =
            || self.item.ticket(self.store).map(|thread| self.store.body(thread.ticket.path.as_ref()));
        answer_for_reader(self.store, self.item).or_else(asked).unwrap_or_default()
    }

    /// Prints the item to standard output.
    pub(super) fn print(&self, context: &super::Context) {
        hits::head(self.item, self.store, &table::one_line(&self.why.join(", ")), context);
        for line in &self.answer {
            context.ui.line(format!("  {}", table::fit(line, context.ui.width.saturating_sub(2))));
        }
    }

    /// Converts the item for JSON.
    pub(crate) fn suggestion(&self) -> Suggestion {
        let thread = self.item.ticket(self.store);
        let article = self.item.article(self.store);
        let file = thread.map(|thread| &thread.ticket.path).or(article.map(|article| &article.path));
        let service = thread.map(|thread| &thread.state.service).or(article.map(|article| &article.service));
        let answer: Vec<String> = self.answer.iter().map(|line| cut(line)).collect();
        Suggestion {
            id: self.name(),
            file: file.cloned().flatten(),
            title: cut(self.title()),
            status: self.status(),
            resolution: thread.and_then(|thread| thread.state.resolution),
            service: service.cloned().flatten(),
            created: thread.and_then(|thread| thread.ticket.created),
            resolved: thread.and_then(|thread| thread.state.resolved),
            score: self.score,
            why: self.why.clone(),
            answer: answer.join("\n"),
        }
    }
}

/// Cuts a text to the maximum length for JSON.
pub(super) fn cut(text: &str) -> String {
    match text.char_indices().nth(MAX_CHARACTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

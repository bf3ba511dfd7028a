//! Resolved tickets like the one that is being written: shown before it is opened, since it may be answered already.

use std::{collections::HashSet, sync::Arc};

use super::{CliError, Context, ask, asking, hit, table, ui::style};
use crate::{
    intake::TicketDraft,
    search::{Engine, Item, Question, Resembling, Texts},
    store::Store,
    ticket::{Document, Thread, parse_ticket},
};

/// The most tickets that are shown at once.
const MOST: usize = 3;

/// Remembers what was shown, so that it is not shown again when more of the draft is there.
pub struct Solved {
    /// Opened when it is first wanted; nothing is shown where it cannot be read, since a ticket can be opened without.
    engine: Option<Engine>,
    shown: HashSet<String>,
}

impl Solved {
    /// Nothing was shown yet.
    pub fn new() -> Self {
        Self { engine: None, shown: HashSet::new() }
    }

    /// Shows resolved tickets that are much like `draft`, with their answers. Returns the one that solved it, if the person
    /// says so. Silent where there is no terminal, and where nothing is like it.
    pub fn ask<'a>(
        &mut self,
        draft: &TicketDraft,
        store: &'a Arc<Store>,
        context: &Context,
    ) -> Result<Option<&'a Thread>, CliError> {
        if !context.world.can_ask {
            return Ok(None);
        }
        let found = self.find(draft, store, context)?;
        if found.is_empty() {
            return Ok(None);
        }
        let threads: Vec<&Thread> = found.iter().filter_map(|alike| alike.item.ticket(store)).collect();
        let ui = &context.ui;
        ui.say("tickets like this one that were resolved:");
        for (alike, thread) in found.iter().zip(&threads) {
            let why = table::one_line(&alike.why.join(", "));
            ui.say(format!(
                "  {}",
                ui.paint_err(style::STRONG, &table::fit(&thread.ticket.title, ui.width - 2))
            ));
            ui.say(format!("  {} ({why})", ui.paint_err(style::ID, thread.id())));
            if let Some(line) = hit::answer(&Texts::of(store, thread), 1).first() {
                ui.say(format!("  {}", table::fit(line, ui.width - 2)));
            }
        }
        self.choose(&threads, store, context)
    }

    fn choose<'a>(
        &self,
        threads: &[&'a Thread],
        store: &Store,
        context: &Context,
    ) -> Result<Option<&'a Thread>, CliError> {
        const NONE: &str = "no, go on";
        loop {
            let mut options = vec![NONE.to_owned()];
            options
                .extend(threads.iter().map(|thread| table::fit(&thread.ticket.title, context.ui.width - 4)));
            let chosen = ask::place("does one of them answer it?", options, context)?;
            let Some(thread) = chosen.and_then(|place| threads.get(place.checked_sub(1)?)) else {
                return Ok(None);
            };
            context.ui.say("");
            context.ui.say(table::lines(Texts::of(store, thread).answer().unwrap_or_default().trim_end()));
            context.ui.say("");
            if ask::confirm("this solved it?", true, context)? {
                return Ok(Some(thread));
            }
        }
    }

    fn find(
        &mut self,
        draft: &TicketDraft,
        store: &Arc<Store>,
        context: &Context,
    ) -> Result<Vec<Resembling>, CliError> {
        let engine = match &mut self.engine {
            Some(engine) => engine,
            none => none.insert(Engine::open(Arc::clone(store), &asking::slot(context)?)),
        };
        let text = draft.compose(context.world.now);
        let document = Document::parse(&"draft.md".into(), text.as_bytes());
        let question = Question::of_ticket(&parse_ticket(&document).0, document.body_text());
        let answered = |item: Item| {
            let thread = item.ticket(store);
            thread.is_some_and(|thread| thread.state.resolved.is_some() && thread.has_answer(|_| true))
        };
        let found = engine.mending(|engine| engine.similar(&question, answered, MOST)).unwrap_or_default();
        let mut is_new =
            |item: Item| item.ticket(store).is_some_and(|thread| self.shown.insert(thread.id().to_owned()));
        let new = found.into_iter().filter(|alike| !alike.weak && is_new(alike.item));
        Ok(new.collect())
    }
}

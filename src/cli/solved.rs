//! Tickets like the one that is being written: shown before it is opened, since it may be answered already.

use std::{collections::HashSet, sync::Arc};

use super::{
    CliError, Context,
    alike::{self, Alike},
    ask, asking,
    show::status_style,
    table,
    ui::style,
};
use crate::{
    api::Suggestion,
    intake::TicketDraft,
    search::{Engine, Item},
    store::Store,
};

/// The most tickets that are shown at once.
const MOST: usize = 3;

/// Remembers what was shown, so that it is not shown again when more of the draft is there.
pub struct Solved<'a> {
    store: &'a Arc<Store>,
    /// Opened when it is first wanted; nothing is shown where it cannot be read, since a ticket can be opened without.
    engine: Option<Engine>,
    shown: HashSet<String>,
    /// What was shown, in that order.
    seen: Vec<Suggestion>,
}

impl<'a> Solved<'a> {
    /// Nothing was shown yet.
    pub fn new(store: &'a Arc<Store>) -> Self {
        Self { store, engine: None, shown: HashSet::new(), seen: Vec::new() }
    }

    /// Shows tickets that are much like `draft` and were not shown before. Returns the one that makes it needless, if the
    /// person says so. Silent where nothing is like it; where nobody can be asked it is said, and that is all. `keep` is called
    /// before somebody is asked: who knows what becomes of them.
    pub fn ask(
        &mut self,
        draft: &TicketDraft,
        context: &Context,
        keep: impl FnOnce(),
    ) -> Result<Option<Alike<'a>>, CliError> {
        let for_programs = context.ui.is_json() && !context.world.can_ask;
        if context.ui.is_quiet() && !for_programs {
            return Ok(None);
        }
        let found = self.find(draft, context)?;
        say(&found, context);
        self.seen.extend(found.iter().map(Alike::suggestion));
        if found.is_empty() || !context.world.can_ask {
            return Ok(None);
        }
        keep();
        self.choose(found, context)
    }

    /// Returns what was shown, in that order.
    pub fn suggestions(&self) -> &[Suggestion] {
        &self.seen
    }

    fn choose(&self, mut found: Vec<Alike<'a>>, context: &Context) -> Result<Option<Alike<'a>>, CliError> {
        const NONE: &str = "no, go on";
        let ui = &context.ui;
        loop {
            let mut options = vec![NONE.to_owned()];
            options.extend(found.iter().map(|alike| table::fit(alike.title(), ui.width - 4)));
            let chosen = ask::place("does one of them help?", options, context)?;
            let Some(place) =
                chosen.and_then(|place| place.checked_sub(1)).filter(|place| *place < found.len())
            else {
                return Ok(None);
            };
            ui.say(format!("\n{}\n", table::lines(found[place].text().trim_end())));
            let question = match found[place].is_answer() {
                true => "this solved it?",
                false => "is it the same, so that no other ticket is needed?",
            };
            if ask::confirm(question, true, context)? {
                return Ok(Some(found.swap_remove(place)));
            }
        }
    }

    fn find(&mut self, draft: &TicketDraft, context: &Context) -> Result<Vec<Alike<'a>>, CliError> {
        let engine = match &mut self.engine {
            Some(engine) => engine,
            none => none.insert(Engine::open(Arc::clone(self.store), &asking::slot(context)?)),
        };
        let helps = |item: Item| alike::is_answer_or_open(item, self.store);
        let found = alike::strong(engine, self.store, &draft.question(context.world.now), helps, MOST, 1);
        let found = found.unwrap_or_default().into_iter();
        Ok(found.filter(|alike| self.shown.insert(alike.name())).collect())
    }
}

/// Three lines each: what it is, its answer, how to read it.
fn say(found: &[Alike<'_>], context: &Context) {
    let ui = &context.ui;
    if !found.is_empty() {
        ui.say("tickets like this one:");
    }
    for alike in found {
        let state = alike.state();
        let style = alike.status().map_or(style::GOOD, status_style);
        let title = table::fit(alike.title(), ui.width.saturating_sub(state.len() + 4));
        ui.say(format!("  {}  {}", ui.paint_err(style, &state), ui.paint_err(style::STRONG, &title)));
        if let Some(line) = alike.answer.first() {
            ui.say(format!("    {}", table::fit(line, ui.width.saturating_sub(4))));
        }
        let why = table::one_line(&alike.why.join(", "));
        ui.say(format!("    {}  ({why})", ui.paint_err(style::ID, &alike.way())));
    }
}

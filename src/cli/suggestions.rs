//! Shows tickets that are similar to a draft before it is opened, because one of them may have the answer.

use std::{collections::HashSet, sync::Arc};

use super::{
    CliError, Context, prompts, queries,
    similar_hits::{self, ShownSimilarItem},
    table,
    ui::style,
};
use crate::{
    api::Suggestion,
    intake::TicketDraft,
    search::{Engine, Item},
    store::Store,
};

/// The maximum number of tickets that are shown at once.
const MAX: usize = 3;

/// The similar tickets of a draft, of which each is shown once.
pub(super) struct Suggestions<'a> {
    store: &'a Arc<Store>,
    /// Opened on first use. If the index cannot be read, no tickets are shown, because `new` works without them.
    engine: Option<Engine>,
    shown: HashSet<String>,
    /// All shown tickets in the order in which they were shown.
    seen: Vec<Suggestion>,
}

impl<'a> Suggestions<'a> {
    pub(super) fn new(store: &'a Arc<Store>) -> Self {
        Self { store, engine: None, shown: HashSet::new(), seen: Vec::new() }
    }

    /// Shows tickets that are similar to `draft` and were not shown before. On a terminal, asks whether one of them
    /// solves the problem, and returns that one. Calls `keep` before it asks, because the user may close the terminal
    /// instead of answering.
    pub(super) fn ask(
        &mut self,
        draft: &TicketDraft,
        context: &Context,
        keep: impl FnOnce(),
    ) -> Result<Option<ShownSimilarItem<'a>>, CliError> {
        let for_programs = context.ui.is_json() && !context.process.can_ask;
        if context.ui.is_quiet() && !for_programs {
            return Ok(None);
        }
        let found = self.find(draft, context)?;
        say(&found, context);
        self.seen.extend(found.iter().map(ShownSimilarItem::suggestion));
        if found.is_empty() || !context.process.can_ask {
            return Ok(None);
        }
        keep();
        self.choose(found, context)
    }

    /// Returns all shown tickets in the order in which they were shown.
    pub(crate) fn all_shown(&self) -> &[Suggestion] {
        &self.seen
    }

    /// Describes all shown tickets for the end of the editor's text.
    pub(super) fn notes(&self) -> String {
        let mut notes = String::new();
        for similar in &self.seen {
            notes.push_str(&format!("\nSimilar: {} ({})\n", similar.title, similar.id));
            similar.answer.lines().for_each(|line| notes.push_str(&format!("> {line}\n")));
        }
        notes
    }

    fn choose(
        &self,
        mut found: Vec<ShownSimilarItem<'a>>,
        context: &Context,
    ) -> Result<Option<ShownSimilarItem<'a>>, CliError> {
        const NONE: &str = "none of these, continue";
        let ui = &context.ui;
        loop {
            let mut options = vec![NONE.to_owned()];
            options.extend(found.iter().map(|similar| table::fit(similar.title(), ui.width - 4)));
            let chosen = prompts::place("does one of these solve it?", options, 0, context)?;
            let Some(place) =
                chosen.and_then(|place| place.checked_sub(1)).filter(|place| *place < found.len())
            else {
                return Ok(None);
            };
            ui.say(format!("\n{}\n", table::lines(found[place].text().trim_end())));
            let question = match found[place].is_answer() {
                true => "did this solve it?",
                false => "is it the same problem? Then no new ticket is opened.",
            };
            if prompts::confirm(question, true, context)? {
                return Ok(Some(found.swap_remove(place)));
            }
        }
    }

    fn find(
        &mut self,
        draft: &TicketDraft,
        context: &Context,
    ) -> Result<Vec<ShownSimilarItem<'a>>, CliError> {
        let engine = match &mut self.engine {
            Some(engine) => engine,
            none => none.insert(queries::open_engine(self.store, &queries::slot(context)?, context)),
        };
        let helps = |item: Item| similar_hits::is_answer_or_open(item, self.store);
        let found =
            similar_hits::strong(engine, self.store, &draft.question(context.process.now), helps, MAX, 1);
        let found = found.unwrap_or_default().into_iter();
        Ok(found.filter(|similar| self.shown.insert(similar.name())).collect())
    }
}

/// Prints three lines for each ticket: title, first line of the answer, command that shows it.
fn say(found: &[ShownSimilarItem<'_>], context: &Context) {
    let ui = &context.ui;
    if !found.is_empty() {
        ui.say("similar tickets:");
    }
    for similar in found {
        let state = similar.state();
        let style = similar.status().map_or(style::GOOD, style::of_status);
        let title = table::fit(similar.title(), ui.width.saturating_sub(state.len() + 4));
        ui.say(format!("  {}  {}", ui.paint_err(style, &state), ui.paint_err(style::STRONG, &title)));
        if let Some(line) = similar.answer.first() {
            ui.say(format!("    {}", table::fit(line, ui.width.saturating_sub(4))));
        }
        let why = table::one_line(&similar.why.join(", "));
        ui.say(format!("    {}  ({why})", ui.paint_err(style::ID, &similar.how_to_read())));
    }
}

//! Finds what a ticket lacks and the answers of similar tickets depended on.

use super::{sources::Source, values::is_named_in};
use crate::{store::Store, ticket::Thread};

/// The maximum number of questions.
const MOST: usize = 3;

/// Returns the fields and sections that `thread` lacks, and that its sources show to be needed: oncall asked for them there, or
/// the proposed text names their value. Leaves out what was asked already.
pub(super) fn missing(thread: &Thread, sources: &[Source<'_>], text: &str, store: &Store) -> Vec<String> {
    let template = store.template(&thread.ticket.template);
    let is_known = |name: &str| {
        template
            .is_some_and(|template| template.any_fields || template.names_to_ask().any(|known| known == name))
    };
    let is_filled = |name: &str| {
        let mut filled =
            thread.replies.iter().flat_map(|reply| &reply.sections).chain(&thread.ticket.sections);
        let heading = name.trim().to_lowercase();
        thread.field(name).is_some_and(|value| !value.texts().is_empty())
            || filled.any(|section| *section == heading)
            || name == "service" && thread.state.service.is_some()
    };
    let mut found: Vec<String> = Vec::new();
    for source in sources.iter().filter_map(|source| source.thread) {
        let asked =
            source.replies.iter().filter(|reply| !source.is_note(reply)).flat_map(|reply| &reply.asks);
        let named = source
            .state
            .fields
            .iter()
            .filter(|(_, value)| value.as_text().is_some_and(|value| is_named_in(text, &value)));
        for name in asked.chain(named.map(|(name, _)| name)) {
            let is_asked = thread.state.asks.iter().any(|ask| ask.eq_ignore_ascii_case(name));
            if !found.contains(name) && !is_asked && is_known(name) && !is_filled(name) {
                found.push(name.clone());
            }
        }
    }
    found.truncate(MOST);
    found
}

/// Returns the question for a field or section: the one of the template, or one that names it.
pub(super) fn question(name: &str, thread: &Thread, store: &Store) -> String {
    let template = store.template(&thread.ticket.template);
    let of_field = template.and_then(|template| template.field(name)?.ask.clone());
    let of_section = || {
        let rules = &template?.sections;
        rules.iter().find(|rule| rule.name.eq_ignore_ascii_case(name))?.ask.clone()
    };
    let generic = || match store.settings.language.as_str() {
        "zh" => format!("请补充 `{name}`。"),
        _ => format!("Please add `{name}`."),
    };
    of_field.or_else(of_section).unwrap_or_else(generic)
}

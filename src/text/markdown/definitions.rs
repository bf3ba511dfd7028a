//! The definitions of links and footnotes that a part of a text needs.

use std::collections::BTreeSet;

use pulldown_cmark::{BrokenLink, Event, Parser, Tag};

use super::{events, options};
use crate::text::Span;

/// The maximum number of steps from a definition to the definitions that it needs itself.
const MAX_STEPS: usize = 4;

/// Returns `part`, a part of the text `whole`, with the definitions of its reference links and footnotes that stand
/// elsewhere in `whole`. Without them, readers of the part would see `[the runbook][post]` and `[^1]`.
pub(crate) fn with_definitions(part: String, whole: &str) -> String {
    if !part.contains('[') || !whole.contains("]:") {
        return part;
    }
    let definitions = Definitions::of(whole);
    let mut text = part;
    let mut added = BTreeSet::new();
    for _ in 0..MAX_STEPS {
        let new: Vec<&Span> = definitions.needed_by(&text).filter(|span| added.insert(span.start)).collect();
        if new.is_empty() {
            break;
        }
        for span in new {
            text.push_str("\n\n");
            text.push_str(whole[span.clone()].trim());
        }
    }
    text
}

/// The definitions in a text, by label in lower case.
struct Definitions {
    links: Vec<(String, Span)>,
    footnotes: Vec<(String, Span)>,
}

impl Definitions {
    fn of(text: &str) -> Self {
        let parser = Parser::new_ext(text, options());
        let definitions = parser.reference_definitions();
        let mut links: Vec<(String, Span)> =
            definitions.iter().map(|(label, definition)| (normal(label), definition.span.clone())).collect();
        links.sort_by_key(|(_, span)| span.start);
        Self { links, footnotes: footnotes(text) }
    }

    /// Returns the definitions of the labels that `text` uses and does not define.
    fn needed_by(&self, text: &str) -> impl Iterator<Item = &Span> {
        let mut labels = BTreeSet::new();
        let undefined = |link: BrokenLink<'_>| {
            labels.insert(normal(&link.reference));
            None
        };
        Parser::new_with_broken_link_callback(text, options(), Some(undefined)).for_each(drop);
        let lower = text.to_lowercase();
        let defined: BTreeSet<String> = footnotes(text).into_iter().map(|(label, _)| label).collect();
        let is_cited = move |label: &str| lower.contains(&format!("[^{label}]")) && !defined.contains(label);
        let links = self.links.iter().filter(move |(label, _)| labels.contains(label));
        let footnotes = self.footnotes.iter().filter(move |(label, _)| is_cited(label));
        links.chain(footnotes).map(|(_, span)| span)
    }
}

/// Returns the footnotes that `text` defines.
fn footnotes(text: &str) -> Vec<(String, Span)> {
    let definition = |(event, span)| match event {
        Event::Start(Tag::FootnoteDefinition(label)) => Some((normal(&label), span)),
        _ => None,
    };
    events(text).filter_map(definition).collect()
}

/// Returns a label in lower case and with single spaces, as labels are compared.
fn normal(label: &str) -> String {
    label.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_gets_the_definitions_that_it_needs() {
        let whole = "See [a][One], [b], [gone][x] and [^n].\n\n## Other\n[^m] [c]\n\n[one]: https://a.example/ \"A\"\n[B]: <b c.md>\n[c]: c.md\n[^N]: Note [d].\n[^m]: No.\n\n[d]: d.md\n";
        let part = "See [a][One], [b], [gone][x] and [^n].";
        assert_eq!(
            with_definitions(part.to_owned(), whole),
            format!(
                "{part}\n\n[one]: https://a.example/ \"A\"\n\n[B]: <b c.md>\n\n[^N]: Note [d].\n\n[d]: d.md"
            )
        );
    }

    #[test]
    fn a_part_that_needs_nothing_is_unchanged() {
        for part in ["`[b]` [x](y)", "[b]\n\n[b]: own.md", "[^b]\n\n[^b]: own", "text"] {
            assert_eq!(with_definitions(part.to_owned(), "[b]\n\n[b]: other.md\n\n[^b]: x"), part);
        }
    }
}

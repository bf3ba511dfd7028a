//! Fills in the requester's own values where the source of a reply had its own.

use std::cmp::Reverse;

use crate::{
    store::Store,
    text::Span,
    ticket::{Thread, sections},
};

/// The longest value that is replaced, in characters, and the maximum number of its words. A longer one is a text.
const LONGEST: usize = 40;
const MOST_WORDS: usize = 2;

/// A value of a source in whose place the ticket's own value stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReplacedValue {
    /// The field or section that has the value in both tickets.
    pub field: String,
    pub from: String,
    pub to: String,
}

/// The values that a source and a ticket have in the same field or section, the longest first.
pub(super) struct OwnValues {
    values: Vec<ReplacedValue>,
}

impl OwnValues {
    /// Compares the fields and sections of `source`, which is in `store`, with those of `thread`, whose text is `body`.
    pub(super) fn of(source: &Thread, (thread, body): (&Thread, &str), store: &Store) -> Self {
        let mut values = Vec::new();
        let mut add = |field: &str, from: Option<String>, to: Option<String>, may: fn(&str) -> bool| {
            if let (Some(from), Some(to)) = (from, to)
                && from != to
                && may(&from)
                && is_short(&from)
                && is_short(&to)
            {
                values.push(ReplacedValue { field: field.to_owned(), from, to });
            }
        };
        let id = |thread: &Thread| thread.state.service.clone();
        let name = |thread: &Thread| {
            let service = store.settings.service(thread.state.service.as_deref()?)?;
            Some(service.name.clone())
        };
        add("service", id(source), id(thread), |_| true);
        add("service", name(source), name(thread), |_| true);
        for (field, value) in &source.state.fields {
            let own = thread.field(field).and_then(|value| value.as_text());
            add(field, value.as_text(), own, is_particular);
        }
        let theirs = lines_of_sections(&store.body(source.ticket.path.as_ref()));
        let ours = lines_of_sections(body);
        for (heading, line) in theirs {
            let own = ours.iter().find(|(other, _)| other.to_lowercase() == heading.to_lowercase());
            add(&heading, Some(line), own.map(|(_, line)| line.clone()), is_particular);
        }
        values.sort_by_key(|value| Reverse(value.from.len()));
        Self { values }
    }

    /// Replaces the values of the source in `text`, except in the spans `fixed`, which are code and addresses. A comment after
    /// each new value says what it was. Also returns what was replaced.
    pub(super) fn fill(&self, text: &str, fixed: &[Span]) -> (String, Vec<ReplacedValue>) {
        let mut places: Vec<(Span, &ReplacedValue)> = Vec::new();
        for value in &self.values {
            for (start, _) in text.match_indices(&value.from) {
                let span = start..start + value.from.len();
                let is_free = |other: &Span| other.end <= span.start || span.end <= other.start;
                let is_fixed = !fixed.iter().all(is_free) || !places.iter().all(|(other, _)| is_free(other));
                if !is_fixed && is_whole(text, &span) {
                    places.push((span, value));
                }
            }
        }
        places.sort_by_key(|(span, _)| span.start);
        let (mut filled, mut at) = (String::with_capacity(text.len()), 0);
        for (span, value) in &places {
            filled.push_str(&text[at..span.start]);
            filled.push_str(&format!("{}{}", value.to, mark(&value.from)));
            at = span.end;
        }
        filled.push_str(&text[at..]);
        let mut replaced: Vec<ReplacedValue> = places.into_iter().map(|(_, value)| value.clone()).collect();
        replaced.dedup();
        (filled, replaced)
    }
}

/// Returns the comment after a value that was filled in.
pub(super) fn mark(former: &str) -> String {
    format!("<!-- was: {former} -->")
}

/// Returns whether `text` names a value that is a version or an id.
pub(super) fn is_named_in(text: &str, value: &str) -> bool {
    let is_named = |(start, _): (usize, &str)| is_whole(text, &(start..start + value.len()));
    is_particular(value) && is_short(value) && text.match_indices(value).any(is_named)
}

fn is_short(value: &str) -> bool {
    value.chars().count() <= LONGEST
        && value.split_whitespace().count() <= MOST_WORDS
        && !value.contains("--")
        && !value.contains(char::is_control)
        && !value.trim().is_empty()
}

/// Returns whether a value is a version or an id, and no ordinary word.
fn is_particular(value: &str) -> bool {
    value.chars().count() > 1 && value.contains(|c: char| c.is_ascii_digit())
}

/// Returns whether `span` is a whole value: it is no part of a longer name or version, nor of a path or an address.
fn is_whole(text: &str, span: &Span) -> bool {
    let is_joined = |c: char| c.is_alphanumeric() || "_-/@\\:=`".contains(c);
    let mut before = text[..span.start].chars().rev();
    let mut after = text[span.end..].chars();
    let (last, next) = (before.next(), after.next());
    let ends_sentence = |mark: Option<char>, beyond: Option<char>| match mark {
        Some('.' | ':') => !beyond.is_some_and(char::is_alphanumeric),
        Some(c) => !is_joined(c),
        None => true,
    };
    let is_inside_address = || {
        let start = text[..span.start].rfind(char::is_whitespace).map_or(0, |at| at + 1);
        text[start..span.start].contains(['/', '@'])
    };
    ends_sentence(last, before.next()) && ends_sentence(next, after.next()) && !is_inside_address()
}

/// Returns the sections of a text that have only one line, with this line.
fn lines_of_sections(body: &str) -> Vec<(String, String)> {
    let line = |text: &str| {
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        lines.next().filter(|_| lines.next().is_none()).map(str::to_owned)
    };
    let all = sections(body).into_iter();
    all.filter_map(|section| Some((section.heading, line(&body[section.span])?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(text: &str, fixed: &[Span]) -> String {
        let value = |field: &str, from: &str, to: &str| ReplacedValue {
            field: field.to_owned(),
            from: from.to_owned(),
            to: to.to_owned(),
        };
        let values = vec![value("version", "2.14.0", "2.13.1"), value("service", "billing", "lockers")];
        OwnValues { values }.fill(text, fixed).0
    }

    #[test]
    fn the_requesters_own_value_is_filled_in_and_marked() {
        assert_eq!(
            fill("Version 2.14.0 of billing has it.", &[]),
            "Version 2.13.1<!-- was: 2.14.0 --> of lockers<!-- was: billing --> has it."
        );
        assert_eq!(fill("It is in 2.14.0.", &[]), "It is in 2.13.1<!-- was: 2.14.0 -->.");
    }

    #[test]
    fn longer_names_paths_commands_and_addresses_stay() {
        for text in [
            "See 2.14.0.1 and 12.14.0 and v2.14.0.",
            "See billing-export and services/billing and billing/new.",
            "See https://a.example/x-2.14.0, then mail a@billing.",
        ] {
            assert_eq!(fill(text, &[]), text);
        }
        let text = "Run `get 2.14.0` now.";
        assert_eq!(fill(text, std::slice::from_ref(&(4..16))), text);
    }

    #[test]
    fn an_ordinary_word_or_a_long_text_is_no_value() {
        for value in ["production", "1", "x"] {
            assert!(!is_particular(value), "{value}");
        }
        assert!(is_particular("2.14.0") && is_particular("INV-7"));
        assert!(!is_short("a b c") && !is_short("a-->b") && is_short("Pixel 7"));
    }
}

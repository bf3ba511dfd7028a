//! The names of a ticket, and the form of such names.

use std::ops::Range;

use super::reading::readings;
use crate::ticket::Thread;

/// Names with fewer characters are common words or look like them.
const SHORTEST: usize = 6;
const RANDOM_END: Range<usize> = 6..9;

/// The parts of a text in which a name is redacted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum RedactionScope {
    /// Links, paths, `#name` and ticket fields. In prose, the name could be a word.
    Reference,
    /// All parts.
    Text,
}

/// Returns the names of a ticket: its id, former ids, and the id or URL from which it was imported. The last part
/// of a URL is a name too.
pub(super) fn names_of(thread: &Thread) -> Vec<String> {
    let mut names = vec![thread.id().to_owned()];
    names.extend(thread.state.aliases.iter().chain(&thread.ticket.aliases).cloned());
    if let Some(source) = &thread.ticket.source {
        names.push(source.clone());
        if source.contains("://") {
            let path = source.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
            names.extend(
                path.rsplit('/').next().filter(|part| split_number(part).is_some()).map(str::to_owned),
            );
        }
        if let Some((_, number)) =
            source.rsplit_once('#').filter(|(_, number)| split_number(number).is_some())
        {
            names.push(number.to_owned());
        }
    }
    names.retain(|name| !trimmed(name).is_empty());
    names
}

/// Returns the random end of an id, which people use as a short name.
pub(super) fn random_end(id: &str) -> Option<&str> {
    let (_, end) = id.rsplit_once('-')?;
    let has = |test: fn(&u8) -> bool| end.as_bytes().iter().any(test);
    let is_random = RANDOM_END.contains(&end.len())
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_alphabetic)
        && end.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_random.then_some(end)
}

/// Splits a name that ends in a number into the part before the number and the number.
pub(super) fn split_number(name: &str) -> Option<(&str, &str)> {
    let name = name.trim();
    let start = name.len() - name.bytes().rev().take_while(u8::is_ascii_digit).count();
    (start < name.len()).then(|| (trimmed_start(&name[..start]), &name[start..]))
}

/// Returns the forms of a name that can occur in the [readings] of a text.
pub(super) fn forms(name: &str) -> Vec<String> {
    let mut forms: Vec<String> =
        readings(name).iter().map(|reading| trimmed(&reading.text).to_owned()).collect();
    forms.sort_unstable();
    forms.dedup();
    forms.retain(|form| !form.is_empty());
    forms
}

fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || !c.is_ascii()
}

pub(super) fn trimmed(name: &str) -> &str {
    trimmed_start(name).trim_end_matches(|c: char| !is_of_name(c))
}

fn trimmed_start(name: &str) -> &str {
    name.trim_start_matches(|c: char| !is_of_name(c))
}

/// Returns the parts of a text in which `name` is redacted.
pub(super) fn reach(name: &str) -> RedactionScope {
    let is_word = name.chars().count() < SHORTEST || name.chars().all(char::is_alphabetic);
    if is_word { RedactionScope::Reference } else { RedactionScope::Text }
}

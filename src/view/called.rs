//! What a ticket is called, and what its names look like.

use std::ops::Range;

use super::reading::readings;
use crate::ticket::Thread;

/// A shorter name is a common word, or looks like one.
const SHORTEST: usize = 6;
/// The lengths of the random end of an id.
const RANDOM_END: Range<usize> = 6..9;

/// Where a name counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reach {
    /// In links, paths, `#name` and ticket fields: in prose it may be a word.
    Reference,
    /// Everywhere.
    Text,
}

/// What a ticket is called: its id, former ids, and the id or address that it was imported from. Of an address, its last
/// part is a name, too.
pub(super) fn names_of(thread: &Thread) -> Vec<String> {
    let mut names = vec![thread.id().to_owned()];
    names.extend(thread.state.aliases.iter().chain(&thread.ticket.aliases).cloned());
    if let Some(source) = &thread.ticket.source {
        names.push(source.clone());
        if source.contains("://") {
            let path = source.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
            names.extend(path.rsplit('/').next().filter(|part| form(part).is_some()).map(str::to_owned));
        }
        if let Some((_, number)) = source.rsplit_once('#').filter(|(_, number)| form(number).is_some()) {
            names.push(number.to_owned());
        }
    }
    names.retain(|name| !trimmed(name).is_empty());
    names
}

/// The random end of an id, by which people name a ticket.
pub(super) fn random_end(id: &str) -> Option<&str> {
    let (_, end) = id.rsplit_once('-')?;
    let has = |test: fn(&u8) -> bool| end.as_bytes().iter().any(test);
    let is_random = RANDOM_END.contains(&end.len())
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_alphabetic)
        && end.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_random.then_some(end)
}

/// A name that ends in a number, as what stands before the number, and the number.
pub(super) fn form(name: &str) -> Option<(&str, &str)> {
    let name = name.trim();
    let start = name.len() - name.bytes().rev().take_while(u8::is_ascii_digit).count();
    (start < name.len()).then(|| (trimmed_start(&name[..start]), &name[start..]))
}

/// The forms of a name in which it may stand in the [readings] of a text.
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

/// Where a name counts that is written so.
pub(super) fn reach(name: &str) -> Reach {
    let is_word = name.chars().count() < SHORTEST || name.chars().all(char::is_alphabetic);
    if is_word { Reach::Reference } else { Reach::Text }
}

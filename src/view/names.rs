//! Finds and replaces the names that the public may not read.
//!
//! A name is looked up segment by segment (runs of letters, runs of digits) in a table of all beginnings of names,
//! so that the time for a text depends on its length and not on the number of names.

use std::{borrow::Cow, collections::BTreeSet, ops::Range};

use foldhash::{HashMap, HashSet};

use super::{
    called::{RedactionScope, forms, names_of, random_end, reach, split_number, trimmed},
    reading::{Reading, readings},
    reference::is_reference,
    segments::{START, Segment, each_segment, extended, last_segment, mixed, segment},
};
use crate::{
    store::Store,
    ticket::{Thread, Visibility},
};

/// The replacement for a name.
pub(super) const REPLACEMENT: &str = "…";

/// The maximum number of times that a text is searched again after replacements. Names can be joined in many ways, and a
/// text that still has one is not shown at all.
const MAX_PASSES: usize = 8;

/// The maximum number of characters between two segments of a name.
const MOST_BETWEEN: usize = 16;
/// The maximum number of segments of a name.
const MOST_SEGMENTS: usize = 80;
/// The size of the parts in which a text is searched, in bytes.
const PART: usize = 64 * 1024;

/// The names of tickets and articles that the public may not read.
#[derive(Default)]
pub(crate) struct InternalNames {
    /// Beginnings of names by hash.
    nodes: HashMap<u64, NameNode>,
    /// Prefixes before the number in ids of other trackers, as hashes. Each has at least one letter.
    prefixes: HashSet<u64>,
    /// True if tickets were imported from a tracker whose ids are plain numbers.
    has_numbers: bool,
    /// Names of public tickets, as hashes.
    public: HashSet<u64>,
    /// A hash of all names.
    digest: u64,
}

/// A beginning of one or more names.
#[derive(Clone, Copy, Default)]
struct NameNode {
    /// The parts of a text in which the name that ends here is redacted; `None` if no name ends here.
    end: Option<RedactionScope>,
    /// True if a longer name continues here.
    continues: bool,
}

impl InternalNames {
    /// Collects the names of the internal tickets and articles of `store`. Names of public tickets are not
    /// included, even if the tickets have no page.
    pub(crate) fn of(store: &Store) -> Self {
        let mut names = Self::default();
        let threads: Vec<&Thread> = store.threads.iter().map(|thread| &**thread).collect();
        let is_public = |thread: &&Thread| thread.state.visibility == Visibility::Public;
        let (public, internal): (Vec<&Thread>, Vec<&Thread>) = threads.iter().copied().partition(is_public);

        let public_ids: BTreeSet<String> = public.iter().map(|thread| thread.id().to_lowercase()).collect();
        let mut secret: BTreeSet<String> = BTreeSet::new();
        for thread in &internal {
            secret.extend(names_of(thread));
        }
        let is_internal = |visibility: Option<Visibility>| {
            visibility.unwrap_or(store.settings.visibility) == Visibility::Internal
        };
        let articles = store.articles.iter().filter(|article| is_internal(article.visibility));
        secret.extend(articles.map(|article| article.slug.clone()));
        // The file of a public ticket always keeps its name. Its former ids are not trusted, because anybody can
        // write them.
        secret.retain(|name| !public_ids.contains(&name.to_lowercase()));

        for thread in &threads {
            names.add_id_format(thread);
        }
        for name in &secret {
            names.add(name);
        }
        // The random end of an internal id can also be the end of a public id by chance. Such an end is redacted only
        // if every public id with that end is redacted anyway, because it contains a secret name.
        let ends: BTreeSet<&str> = internal.iter().filter_map(|thread| random_end(thread.id())).collect();
        let is_free = |end: &&str| {
            let mut ids = public_ids.iter().filter(|id| random_end(id) == Some(end));
            !ids.any(|id| matches!(names.text(id), Cow::Borrowed(_)))
        };
        let public_ends: BTreeSet<&str> = public_ids.iter().filter_map(|id| random_end(id)).collect();
        let (shared, own): (Vec<&str>, Vec<&str>) =
            ends.into_iter().partition(|end| public_ends.contains(end));
        let shared: Vec<&str> = shared.into_iter().filter(is_free).collect();
        for end in own.into_iter().chain(shared) {
            names.add(end);
        }
        for name in public.iter().flat_map(|thread| names_of(thread)).filter(|name| !secret.contains(name)) {
            names.add_public(&name);
        }
        names
    }

    /// Returns true if there are no names to search for.
    pub(crate) fn is_empty(&self) -> bool {
        self.nodes.is_empty() && !self.has_numbers
    }

    /// Returns a hash that changes if other names must be redacted.
    pub(super) fn digest(&self) -> u64 {
        self.digest
    }

    /// Adds the form of the ids in the tracker from which `thread` was imported.
    fn add_id_format(&mut self, thread: &Thread) {
        let Some(source) = &thread.ticket.source else { return };
        let Some((_, number)) = split_number(source) else { return };
        for name in names_of(thread) {
            for text in forms(&name) {
                match split_number(&text) {
                    Some((prefix, own)) if own == number && prefix.contains(char::is_alphabetic) => {
                        self.add_prefix(prefix);
                    }
                    Some((_, own)) if own == number => self.has_numbers = true,
                    _ => {}
                }
            }
        }
    }

    fn add_prefix(&mut self, prefix: &str) {
        let Some(hash) = self.add_beginnings(prefix, None) else { return };
        let last = last_segment(prefix);
        let hash = extended(hash, &prefix.as_bytes()[last.map_or(0, |last| last.end)..]);
        if self.prefixes.insert(hash) {
            self.digest = self.digest.wrapping_add(mixed(hash));
        }
    }

    fn add(&mut self, name: &str) {
        for text in forms(name) {
            let reach = reach(&text);
            if let Some(hash) = self.add_beginnings(&text, Some(reach)) {
                self.digest = self.digest.wrapping_add(mixed(hash ^ reach as u64));
            }
        }
    }

    fn add_public(&mut self, name: &str) {
        for text in forms(name) {
            let mut hash = START;
            let mut last = None;
            each_segment(&text, |between, segment| {
                let prefix = extended(hash, between);
                if last.is_some() && self.prefixes.contains(&prefix) {
                    self.digest = self.digest.wrapping_add(mixed(extended(prefix, segment)));
                }
                hash = extended(if last.is_some() { prefix } else { hash }, segment);
                last = Some(());
            });
            self.public.insert(hash);
        }
    }

    /// Adds all beginnings of `name`. Returns the hash of the beginning that ends before the last segment.
    fn add_beginnings(&mut self, name: &str, end: Option<RedactionScope>) -> Option<u64> {
        let mut hash = None;
        each_segment(name, |between, segment| {
            let before = match hash {
                None => START,
                Some(hash) => {
                    self.nodes.entry(hash).or_default().continues = true;
                    extended(hash, between)
                }
            };
            hash = Some(extended(before, segment));
        });
        let node = self.nodes.entry(hash?).or_default();
        node.end = node.end.max(end);
        // A number follows each prefix.
        node.continues |= end.is_none();
        hash
    }

    /// Returns true if `name`, used as a reference to a ticket or an article, is a name that the public may not
    /// read.
    pub(crate) fn is_secret(&self, name: &str) -> bool {
        let stem = name.rsplit('/').next().unwrap_or(name);
        let stem = stem.strip_suffix(".md").unwrap_or(stem);
        [name, stem]
            .iter()
            .any(|name| readings(name).iter().any(|reading| self.is_secret_form(&reading.text)))
    }

    fn is_secret_form(&self, name: &str) -> bool {
        let name = trimmed(name);
        let Some(first) = segment(name, 0) else { return false };
        if first.is_number
            && first.end == name.len()
            && self.has_numbers
            && !self.public.contains(&extended(START, name.as_bytes()))
        {
            return true;
        }
        self.ends(name, first, true, |_, _| true).is_some_and(|end| end == name.len())
    }

    /// Returns `text` with `…` in place of each name that the public may not read.
    pub(crate) fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let Some(mut shown) = self.with_replacements(text) else { return Cow::Borrowed(text) };
        // A replacement can end the word that another name was a part of, and so make that name readable.
        for _ in 0..MAX_PASSES {
            match self.with_replacements(&shown) {
                Some(next) => shown = next,
                None => return Cow::Owned(shown),
            }
        }
        Cow::Owned(REPLACEMENT.to_owned())
    }

    /// Returns `text` with `…` in place of each name; `None` if it has no name.
    fn with_replacements(&self, text: &str) -> Option<String> {
        if self.is_empty() {
            return None;
        }
        let mut out = String::new();
        let mut written = 0;
        let mut start = 0;
        while start < text.len() {
            let end = part_end(text, start);
            for found in self.find(&text[start..end], true) {
                out.push_str(&text[written..start + found.start]);
                out.push_str(REPLACEMENT);
                written = start + found.end;
            }
            start = end;
        }
        if written == 0 {
            return None;
        }
        out.push_str(&text[written..]);
        Some(out)
    }

    /// Returns the public form of `name`, used as a reference to a ticket or an article; `None` if it is secret.
    pub(super) fn reference(&self, name: &str) -> Option<String> {
        (!self.is_secret(name)).then(|| self.text(name).into_owned())
    }

    /// Finds names in `text` that are also words and therefore stay in prose. Returns each name once.
    pub(crate) fn words<'a>(&self, text: &'a str) -> Vec<(Range<usize>, &'a str)> {
        let reading = text.to_ascii_lowercase();
        let mut found: Vec<(Range<usize>, &str)> = Vec::new();
        let mut at = 0;
        while let Some(first) = segment(&reading, at) {
            at = first.end;
            let is_whole = first.start == 0
                || !reading[..first.start].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '-');
            let Some(end) = self.ends(&reading, first, false, |_, _| true).filter(|_| is_whole) else {
                continue;
            };
            let is_whole = !reading[end..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '-');
            let is_word = reach(&reading[first.start..end]) == RedactionScope::Reference
                && !is_reference(&reading, first.start, end);
            if is_whole
                && is_word
                && found.iter().all(|(_, name)| !name.eq_ignore_ascii_case(&text[first.start..end]))
            {
                found.push((first.start..end, &text[first.start..end]));
            }
        }
        found
    }

    /// Finds the first name of an existing ticket or article in `text` that the public may not read.
    pub(crate) fn first(&self, text: &str) -> Option<Range<usize>> {
        let mut start = 0;
        while start < text.len() {
            let end = part_end(text, start);
            if let Some(found) = self.find(&text[start..end], false).into_iter().next() {
                return Some(start + found.start..start + found.end);
            }
            start = end;
        }
        None
    }

    /// Finds all names in `text`, in order and without overlaps. With `has_forms`, also finds texts that have the
    /// form of an imported id.
    fn find(&self, text: &str, has_forms: bool) -> Vec<Range<usize>> {
        let mut found: Vec<Range<usize>> = Vec::new();
        for reading in readings(text) {
            self.find_in(&reading, has_forms, &mut found);
        }
        found.sort_by_key(|range| (range.start, range.end));
        let mut apart: Vec<Range<usize>> = Vec::with_capacity(found.len());
        for range in found {
            match apart.last_mut() {
                Some(last) if range.start < last.end => last.end = last.end.max(range.end),
                _ => apart.push(range),
            }
        }
        apart
    }

    fn find_in(&self, reading: &Reading, has_forms: bool, found: &mut Vec<Range<usize>>) {
        let text = &*reading.text;
        let mut at = 0;
        while let Some(first) = segment(text, at) {
            at = first.end;
            if let Some(end) = self.ends(text, first, has_forms, |start, end| is_reference(text, start, end))
            {
                found.push(reading.place(first.start..end));
            }
        }
    }

    /// Returns the end of the longest name that begins with `first`. `has_forms` is as in [`Self::find`].
    /// `is_reference` tells whether the name is used as a reference.
    fn ends(
        &self,
        text: &str,
        first: Segment,
        has_forms: bool,
        is_reference: impl Fn(usize, usize) -> bool,
    ) -> Option<usize> {
        let bytes = text.as_bytes();
        let counts = |reach: RedactionScope, end: usize| {
            reach == RedactionScope::Text || is_reference(first.start, end)
        };
        let mut found = None;
        let mut hash = extended(START, &bytes[first.start..first.end]);
        let mut last = first;
        if has_forms
            && first.is_number
            && self.has_numbers
            && bytes[..first.start].ends_with(b"#")
            && !self.public.contains(&hash)
        {
            found = Some(first.end);
        }
        for _ in 0..MOST_SEGMENTS {
            let Some(node) = self.nodes.get(&hash) else { break };
            if node.end.is_some_and(|reach| counts(reach, last.end)) {
                found = Some(last.end);
            }
            let next = segment(text, last.end)
                .filter(|next| node.continues && next.start - last.end <= MOST_BETWEEN);
            let Some(next) = next else { break };
            let prefix = extended(hash, &bytes[last.end..next.start]);
            hash = extended(prefix, &bytes[next.start..next.end]);
            let is_form = has_forms
                && next.is_number
                && self.prefixes.contains(&prefix)
                && !self.public.contains(&hash);
            if is_form && counts(reach(&text[first.start..next.end]), next.end) {
                found = Some(next.end);
            }
            last = next;
        }
        found
    }
}

/// Returns the end of the part of `text` that begins at `start`. A part ends after a line, because no name spans
/// lines.
fn part_end(text: &str, start: usize) -> usize {
    let mut least = (start + PART).min(text.len());
    while !text.is_char_boundary(least) {
        least += 1;
    }
    text[least..].find('\n').map_or(text.len(), |at| least + at + 1)
}

//! The names that the public may not read, and finding them in a text.
//!
//! A name is looked up segment by segment (runs of letters, runs of digits) in a table of all beginnings of names, so that
//! reading a text takes time in proportion to its length, however many names there are.

use std::{borrow::Cow, collections::BTreeSet, ops::Range};

use foldhash::{HashMap, HashSet};

use super::{
    called::{Reach, form, forms, names_of, random_end, reach, trimmed},
    reading::{Reading, readings},
    reference::is_reference,
    segments::{START, Segment, each_segment, extended, last_segment, mixed, segment},
};
use crate::{
    store::Store,
    ticket::{Thread, Visibility},
};

/// What stands in place of a name.
pub(super) const INSTEAD: &str = "…";

/// The most characters between two segments of a name.
const MOST_BETWEEN: usize = 16;
/// The most segments of a name.
const MOST_SEGMENTS: usize = 80;
/// How much text is looked at together.
const PART: usize = 64 * 1024;

/// The names of tickets and articles that the public may not read.
#[derive(Default)]
pub(crate) struct Names {
    /// Beginnings of names by their hash.
    nodes: HashMap<u64, Node>,
    /// What stands before the number in ids of trackers that tickets were imported from, with a letter in it.
    prefixes: HashSet<u64>,
    /// Whether tickets were imported from a tracker whose ids are numbers.
    has_numbers: bool,
    /// Names of public tickets.
    public: HashSet<u64>,
    /// Changes with all of these.
    digest: u64,
}

/// The beginning of a name.
#[derive(Clone, Copy, Default)]
struct Node {
    /// Whether a name ends here, and where it counts.
    end: Option<Reach>,
    /// Whether a longer name begins so.
    goes_on: bool,
}

impl Names {
    /// The names of internal tickets and articles of `store` that the public may not read. Those of public tickets are not
    /// among them, whether or not these have a page.
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
        // The file of a public ticket has its name whatever others say; what else it says that it is called may be a lie.
        secret.retain(|name| !public_ids.contains(&name.to_lowercase()));

        for thread in &threads {
            names.learn_form(thread);
        }
        for name in &secret {
            names.add(name);
        }
        // Two tickets may have one end by chance; a public id with a name in it says nothing about its end.
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

    /// Whether there is nothing to look for.
    pub(crate) fn is_empty(&self) -> bool {
        self.nodes.is_empty() && !self.has_numbers
    }

    /// Changes when other names are to be taken out of a text.
    pub(super) fn digest(&self) -> u64 {
        self.digest
    }

    /// Remembers what ids look like in the tracker that `thread` was imported from.
    fn learn_form(&mut self, thread: &Thread) {
        let Some(source) = &thread.ticket.source else { return };
        let Some((_, number)) = form(source) else { return };
        for name in names_of(thread) {
            for text in forms(&name) {
                match form(&text) {
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
        let Some(hash) = self.add_way(prefix, None) else { return };
        let last = last_segment(prefix);
        let hash = extended(hash, &prefix.as_bytes()[last.map_or(0, |last| last.end)..]);
        if self.prefixes.insert(hash) {
            self.digest = self.digest.wrapping_add(mixed(hash));
        }
    }

    fn add(&mut self, name: &str) {
        for text in forms(name) {
            let reach = reach(&text);
            if let Some(hash) = self.add_way(&text, Some(reach)) {
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

    /// Adds all beginnings of `name`; returns the hash up to its last segment.
    fn add_way(&mut self, name: &str, end: Option<Reach>) -> Option<u64> {
        let mut hash = None;
        each_segment(name, |between, segment| {
            let before = match hash {
                None => START,
                Some(hash) => {
                    self.nodes.entry(hash).or_default().goes_on = true;
                    extended(hash, between)
                }
            };
            hash = Some(extended(before, segment));
        });
        let node = self.nodes.entry(hash?).or_default();
        node.end = node.end.max(end);
        // A prefix is followed by a number.
        node.goes_on |= end.is_none();
        hash
    }

    /// Whether `name`, which stands where a ticket or an article is named, names one that the public may not read.
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

    /// `text` with `…` in place of every name that the public may not read.
    pub(crate) fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut out = String::new();
        let mut written = 0;
        let mut start = 0;
        while start < text.len() {
            let end = part_end(text, start);
            for found in self.find(&text[start..end], true) {
                out.push_str(&text[written..start + found.start]);
                out.push_str(INSTEAD);
                written = start + found.end;
            }
            start = end;
        }
        if written == 0 {
            return Cow::Borrowed(text);
        }
        out.push_str(&text[written..]);
        Cow::Owned(out)
    }

    /// `name`, which stands where a ticket or an article is named, for the public; `None` where that may not be named.
    pub(super) fn reference(&self, name: &str) -> Option<String> {
        (!self.is_secret(name)).then(|| self.text(name).into_owned())
    }

    /// Where names stand in `text` that are words as well, and are therefore left in prose: each name once.
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
            let is_word = reach(&reading[first.start..end]) == Reach::Reference
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

    /// Where `text` first names a ticket or an article that is there and that the public may not read.
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

    /// The names in `text`, in order, none within another; with what only looks like one, if `has_forms`.
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

    /// The end of the longest name that begins with `first`; `has_forms` as in [`Self::find`]. `is_reference` tells whether a
    /// name stands where a ticket is named.
    fn ends(
        &self,
        text: &str,
        first: Segment,
        has_forms: bool,
        is_reference: impl Fn(usize, usize) -> bool,
    ) -> Option<usize> {
        let bytes = text.as_bytes();
        let counts = |reach: Reach, end: usize| reach == Reach::Text || is_reference(first.start, end);
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
            let next =
                segment(text, last.end).filter(|next| node.goes_on && next.start - last.end <= MOST_BETWEEN);
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

/// The end of the part of `text` that begins at `start`: after a line, since no name goes over lines.
fn part_end(text: &str, start: usize) -> usize {
    let mut least = (start + PART).min(text.len());
    while !text.is_char_boundary(least) {
        least += 1;
    }
    text[least..].find('\n').map_or(text.len(), |at| least + at + 1)
}

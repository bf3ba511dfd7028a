//! The names that the public may not read, and finding them in a text.
//!
//! A name is looked up segment by segment (runs of letters, runs of digits) in a table of all beginnings of names, so that
//! reading a text takes time in proportion to its length, however many names there are.

use std::{borrow::Cow, collections::BTreeSet, ops::Range};

use foldhash::{HashMap, HashSet};

use super::reading::{Reading, readings};
use crate::{
    store::Store,
    ticket::{Thread, Visibility},
};

/// What stands in place of a name.
pub(super) const INSTEAD: &str = "…";

/// A shorter name is a common word, or looks like one.
const SHORTEST: usize = 6;
/// The most characters between two segments of a name.
const MOST_BETWEEN: usize = 16;
/// The most segments of a name.
const MOST_SEGMENTS: usize = 80;
/// How far back the beginning of a path or an address is looked for.
const LONGEST_PATH: usize = 512;
/// The lengths of the random end of an id.
const RANDOM_END: Range<usize> = 6..9;
/// How much text is looked at together.
const PART: usize = 64 * 1024;

/// The names of tickets and articles that the public may not read.
#[derive(Default)]
pub struct Names {
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

/// Where a name counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    /// In links, paths, `#name` and ticket fields: in prose it may be a word.
    Reference,
    /// Everywhere.
    Text,
}

/// A run of letters, of digits, or one character of another script.
#[derive(Clone, Copy)]
struct Segment {
    start: usize,
    end: usize,
    is_number: bool,
}

impl Names {
    /// The names of internal tickets and articles of `store` that the public may not read. Those of public tickets are not
    /// among them, whether or not these have a page.
    pub fn of(store: &Store) -> Self {
        let mut names = Self::default();
        let threads: Vec<&Thread> = store.threads.iter().map(|thread| &**thread).collect();
        let is_public = |thread: &&Thread| thread.state.visibility == Visibility::Public;
        let (public, internal): (Vec<&Thread>, Vec<&Thread>) = threads.iter().copied().partition(is_public);

        let public_ids: BTreeSet<&str> = public.iter().map(|thread| thread.id()).collect();
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
        secret.retain(|name| !public_ids.contains(name.to_lowercase().as_str()));

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
    pub fn is_empty(&self) -> bool {
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
    pub fn is_secret(&self, name: &str) -> bool {
        let stem = name.rsplit('/').next().unwrap_or(name);
        let stem = stem.strip_suffix(".md").unwrap_or(stem);
        [name, stem]
            .iter()
            .any(|name| readings(name).iter().any(|reading| self.is_secret_form(&reading.text)))
    }

    fn is_secret_form(&self, name: &str) -> bool {
        let name = trimmed(name);
        let Some(first) = segment(name, 0) else { return false };
        if first.is_number && first.end == name.len() && self.has_numbers {
            return !self.public.contains(&extended(START, name.as_bytes()));
        }
        self.ends(name, first, true, |_, _| true).is_some_and(|end| end == name.len())
    }

    /// `text` with `…` in place of every name that the public may not read.
    pub fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
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
    pub fn words<'a>(&self, text: &'a str) -> Vec<(Range<usize>, &'a str)> {
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
    pub fn first(&self, text: &str) -> Option<Range<usize>> {
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

/// What a ticket is called: its id, former ids, and the id or address that it was imported from. Of an address, its last
/// part is a name, too.
fn names_of(thread: &Thread) -> Vec<String> {
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
fn random_end(id: &str) -> Option<&str> {
    let (_, end) = id.rsplit_once('-')?;
    let has = |test: fn(&u8) -> bool| end.as_bytes().iter().any(test);
    let is_random = RANDOM_END.contains(&end.len())
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_alphabetic)
        && end.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_random.then_some(end)
}

/// A name that ends in a number, as what stands before the number, and the number.
fn form(name: &str) -> Option<(&str, &str)> {
    let name = name.trim();
    let start = name.len() - name.bytes().rev().take_while(u8::is_ascii_digit).count();
    (start < name.len()).then(|| (trimmed_start(&name[..start]), &name[start..]))
}

/// The forms of a name in which it may stand in the [readings] of a text.
fn forms(name: &str) -> Vec<String> {
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

fn trimmed(name: &str) -> &str {
    trimmed_start(name).trim_end_matches(|c: char| !is_of_name(c))
}

fn trimmed_start(name: &str) -> &str {
    name.trim_start_matches(|c: char| !is_of_name(c))
}

/// Where a name counts that is written so.
fn reach(name: &str) -> Reach {
    let is_word = name.chars().count() < SHORTEST || name.chars().all(char::is_alphabetic);
    if is_word { Reach::Reference } else { Reach::Text }
}

/// Whether what stands between `start` and `end` is a reference: `#name`, the target of a link, a part of a path or of an
/// address, a file.
fn is_reference(text: &str, start: usize, end: usize) -> bool {
    let (before, after) = (&text[..start], &text[end..]);
    if before.ends_with('#') || is_file_end(after) {
        return true;
    }
    let breaks = |c: char| {
        c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '(' | '[' | '{' | '|' | '`' | ',')
    };
    let mut from = start.saturating_sub(LONGEST_PATH);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let path_start = before[from..]
        .rfind(breaks)
        .map_or(from, |at| from + at + before[from + at..].chars().next().map_or(1, char::len_utf8));
    let path = &before[path_start..];
    let ends_part = after.chars().next().is_none_or(|c| {
        breaks(c) || matches!(c, '/' | '?' | '#' | ')' | ']' | '}' | ';' | ':' | '!') || c == '.' || c == '&'
    });
    let is_path = path.starts_with(['/', '.'])
        || path.contains("://")
        || path.contains("tickets/")
        || path.contains("knowledge/");
    let lead = before[..path_start].trim_end_matches(['<', '"', '\'']);
    let is_target = lead.ends_with("](")
        || lead.ends_with("href=")
        || lead.ends_with("src=")
        || lead.trim_end_matches(' ').ends_with("]:");
    ends_part && ((path.is_empty() && is_target) || (path.ends_with('/') && (is_path || is_target)))
}

/// Whether `after` begins with the ending of a Markdown file.
fn is_file_end(after: &str) -> bool {
    after.strip_prefix(".md").is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
}

/// The end of the part of `text` that begins at `start`: after a line, since no name goes over lines.
fn part_end(text: &str, start: usize) -> usize {
    let mut least = (start + PART).min(text.len());
    while !text.is_char_boundary(least) {
        least += 1;
    }
    text[least..].find('\n').map_or(text.len(), |at| least + at + 1)
}

/// The first segment at or after `at`.
fn segment(text: &str, at: usize) -> Option<Segment> {
    let bytes = text.as_bytes();
    let start =
        at + bytes.get(at..)?.iter().position(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii())?;
    let run = |test: fn(&u8) -> bool| start + bytes[start..].iter().take_while(|byte| test(byte)).count();
    let (end, is_number) = match bytes[start] {
        byte if byte.is_ascii_digit() => (run(u8::is_ascii_digit), true),
        byte if byte.is_ascii_alphabetic() => (run(u8::is_ascii_alphabetic), false),
        _ => (start + text[start..].chars().next().map_or(1, char::len_utf8), false),
    };
    Some(Segment { start, end, is_number })
}

fn last_segment(text: &str) -> Option<Segment> {
    let mut last = None;
    let mut at = 0;
    while let Some(segment) = segment(text, at) {
        at = segment.end;
        last = Some(segment);
    }
    last
}

/// Each segment of `name` with what stands between it and the one before.
fn each_segment(name: &str, mut take: impl FnMut(&[u8], &[u8])) {
    let mut at = 0;
    while let Some(segment) = segment(name, at) {
        take(&name.as_bytes()[at..segment.start], &name.as_bytes()[segment.start..segment.end]);
        at = segment.end;
    }
}

const START: u64 = 0xcbf2_9ce4_8422_2325;

/// The hash (FNV-1a) of what `hash` is of and `bytes`.
fn extended(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(hash, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
}

/// Spreads the bits of a hash, so that a sum of several tells which they were.
fn mixed(hash: u64) -> u64 {
    let mixed = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    (mixed ^ (mixed >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53) | 1
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Instant};

    use super::*;
    use crate::{
        repo::{CacheSlot, MemorySource},
        store::load,
    };

    fn names(internal: &[(&str, &str)], public: &[(&str, &str)]) -> Names {
        let mut source = MemorySource::new().with("casebook.yml", "version: 1\n");
        for (tickets, visibility) in [(internal, "internal"), (public, "public")] {
            for (id, front) in tickets {
                let text = format!("---\ntitle: T\nvisibility: {visibility}\n{front}---\n");
                source.insert(format!("tickets/{id}.md").as_str().into(), text);
            }
        }
        Names::of(&load(Arc::new(source), &CacheSlot::nowhere()).unwrap())
    }

    #[track_caller]
    fn reads(names: &Names, cases: &[(&str, &str)]) {
        for (text, expected) in cases {
            assert_eq!(names.text(text), *expected, "{text}");
        }
    }

    #[test]
    fn a_name_is_taken_out_of_prose_paths_and_code_in_any_case() {
        let names = names(&[("merger-plans-m2m3m4", "aliases: [old-plans-2]\n")], &[]);
        reads(
            &names,
            &[
                ("`Merger-Plans-m2m3m4`, tickets/merger-plans-m2m3m4.md", "`…`, tickets/….md"),
                ("my-merger-plans-m2m3m4 and OLD-PLANS-2", "my-… and …"),
                ("see m2m3m4, and x\\nmerger-plans-m2m3m4", "see …, and x\\n…"),
                ("https://a.example/?q=%6Derger%2Dplans%2Dm2m3m4&x", "https://a.example/?q=…&x"),
                ("**merger**-plans-m2m3m4", "**…"),
                ("参见merger-plans-m2m3m4。", "参见…。"),
                ("nothing of that: merger-plans", "nothing of that: merger-plans"),
                ("old-plans-23", "old-plans-23"),
            ],
        );
        assert!(matches!(names.text("nothing here"), Cow::Borrowed(_)));
    }

    #[test]
    fn what_looks_like_an_imported_id_is_taken_out_unless_it_is_public() {
        let names = names(
            &[("fluid-115", "source: FLUID-115\n")],
            &[
                ("fluid-7", "source: FLUID-7\n"),
                ("fluid-8-k7f3qa", "source: https://t.acme.example/browse/FLUID-8\n"),
            ],
        );
        reads(
            &names,
            &[
                ("FLUID-115, fluid-999 and FLUID-7", "…, … and FLUID-7"),
                ("https://t.acme.example/browse/FLUID-8", "https://t.acme.example/browse/FLUID-8"),
                ("https://t.acme.example/browse/FLUID-9 x/FLUID-9", "… x/…"),
                ("two FLUID-115s, fluid-1150", "two …s, …"),
                ("superfluid-115", "superfluid-115"),
            ],
        );
        assert!(names.is_secret("FLUID-115") && names.is_secret("fluid-12") && !names.is_secret("fluid-7"));
    }

    #[test]
    fn numbers_of_a_tracker_are_taken_out_as_references() {
        let names = names(&[("t-115", "source: 115\n")], &[("t-7", "source: 7\n")]);
        reads(&names, &[("#115 #116 #7, 115 rows", "#… #… #7, 115 rows"), ("(t-115)", "(t-115)")]);
    }

    #[test]
    fn a_word_is_taken_out_as_a_reference_only() {
        let names = names(&[("hush", ""), ("a-1", ""), ("moonlight", "")], &[]);
        reads(
            &names,
            &[
                ("hush, moonlight and A-1 in prose", "hush, moonlight and A-1 in prose"),
                ("#hush #A-1", "#… #…"),
                ("[x](hush) [y](a-1.md) [z](../11/moonlight/x.log)", "[x](…) [y](….md) [z](../11/…/x.log)"),
                (
                    "https://a.example/tickets/hush/ and/or hush/hush",
                    "https://a.example/tickets/…/ and/or hush/hush",
                ),
                ("knowledge/hush", "knowledge/…"),
                ("<a href=\"hush\">x</a>", "<a href=\"…\">x</a>"),
            ],
        );
        assert!(
            names.is_secret("hush") && names.is_secret("tickets/2026/Hush.md") && !names.is_secret("hushed")
        );
        let words = names.words("Hush, hush #a-1: A-1 is a moonlight-walk");
        assert_eq!(words.into_iter().map(|(_, name)| name).collect::<Vec<_>>(), ["Hush", "A-1"]);
    }

    #[test]
    fn a_public_ticket_keeps_its_id_but_cannot_make_another_ones_public() {
        let names = names(
            &[("plans-m2m3m4", "aliases: [first-one-1]\n")],
            &[("first-one-1", ""), ("other-one-2", "aliases: [plans-m2m3m4]\nsource: PLANS-m2m3m4\n")],
        );
        reads(&names, &[("first-one-1 plans-m2m3m4", "first-one-1 …")]);
    }

    #[test]
    fn reading_takes_time_in_proportion_to_the_text() {
        let names = names(&[("a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-b", "source: A-1\n")], &[]);
        let time = |text: &str| {
            let begun = Instant::now();
            names.text(text);
            begun.elapsed()
        };
        for piece in ["a-", "](", "<a", "&", "%6", "#a", "/a", "[", "\\u00", "1", "发"] {
            let (short, long) = (piece.repeat(20_000), piece.repeat(200_000));
            let (short, long) = (time(&short), time(&long));
            assert!(
                long < short * 60 + std::time::Duration::from_millis(500),
                "{piece}: {short:?}, {long:?}"
            );
        }
    }
}

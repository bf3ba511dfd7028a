//! The dictionary of the base, across all partitions, for prefixes and for the correction of typos.

use std::collections::BTreeMap;

use foldhash::HashMap;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    files::{PackedFile, PublishedFiles, hash},
    shard_reader::unpacked,
    shards::{separator, shared, small},
    word_counts::{WordChange, WordCounts},
};
use crate::index::{Bytes, Dictionary, ForwardIndex, IndexError, put, tokens};

/// The size in bytes from which a shard may end, and the size at which it must end.
const SHARD: (usize, usize) = (4 * 1024, 12 * 1024);

/// On average, one of this many words ends a shard that has reached the smallest size.
const ENDS: u64 = 128;

/// The flag of a word whose term differs from the word.
const OTHER_TERM: u8 = 0x80;

/// The file that lists the shards of words.
#[derive(Serialize)]
struct WordShards<'a> {
    /// The beginning of the first word of each shard.
    first: Vec<&'a str>,
    /// The names of the shards, concatenated.
    shards: String,
}

/// Returns whether a term is a word of the dictionary. Terms of scripts without spaces are left out, because they are parts
/// of words and never a prefix, and so are names and errors, because they are searched as a whole.
fn is_word(term: &str) -> bool {
    !term.starts_with(|c| matches!(c, '@' | '!' | '=') || tokens::is_gram(c))
}

/// A published shard of words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct WordShard {
    /// The first word with its term.
    first: (String, String),
    /// The last word.
    last: String,
    pub(super) name: String,
}

/// The published shards, and the name of the file that lists them.
pub(super) struct PublishedWords {
    pub(super) list: String,
    pub(super) shards: Vec<WordShard>,
}

/// Writes the dictionary of `index`.
pub(super) fn write(index: &ForwardIndex, files: &mut PublishedFiles<'_>) -> PublishedWords {
    let mut terms = index.terms().in_order();
    terms.retain(|(term, _)| is_word(term));
    let counts: HashMap<&str, u32> = terms.iter().copied().collect();
    let words = index.words().in_order();
    let of_word = |(word, _): &(&'_ str, u32)| {
        let term = tokens::stem(word);
        let count = counts.get(&*term).copied().unwrap_or_default();
        (word.to_string(), term.into_owned(), count)
    };
    let mut all: Vec<(String, String, u32)> =
        terms.iter().map(|(term, count)| ((*term).to_owned(), (*term).to_owned(), *count)).collect();
    all.par_extend(words.par_iter().map(of_word));
    all.par_sort();
    let mut writer = WordWriter::default();
    all.iter().for_each(|(word, term, count)| writer.add(word, term, bucket(*count)));
    writer.finish(files)
}

/// Writes the words whose frequency in the base differs from the current one, as in a shard, with the current bucket; it is 0
/// if no document has the word any more. Returns the name of the file. A term has its bucket also for those of its words that are not listed.
pub(super) fn write_changed(counts: &WordCounts<'_>, files: &mut PublishedFiles<'_>) -> String {
    let dictionary =
        |of: &'_ Dictionary| (0..of.len()).map(|number| of.text(number).to_owned()).collect::<Vec<_>>();
    let terms = dictionary(counts.layer.terms())
        .into_iter()
        .chain(counts.terms.keys().map(|term| (*term).to_owned()));
    let mut changed: BTreeMap<(String, String), u8> = BTreeMap::new();
    for term in terms.filter(|term| is_word(term)) {
        let (base, now) = counts.term(&term);
        if bucket(base) != bucket(now) {
            changed.insert((term.clone(), term), bucket(now));
        }
    }
    let words = dictionary(counts.layer.words())
        .into_iter()
        .chain(counts.words.keys().map(|word| (*word).to_owned()));
    for word in words {
        let (base, now) = counts.word(&word);
        if (base == 0) != (now == 0) {
            let term = tokens::stem(&word).into_owned();
            let bucket = if now == 0 { 0 } else { bucket(counts.term(&term).1) };
            changed.insert((word, term), bucket);
        }
    }
    let mut writer = WordWriter::default();
    changed.iter().for_each(|((word, term), bucket)| writer.put(word, term, *bucket));
    let bytes = counted(writer.count, &mut writer.bytes);
    files.add(PackedFile::new(&bytes))
}

/// Writes the dictionary of the base after a change. Returns `None` if a former file cannot be read.
pub(super) fn update(
    counts: &WordCounts<'_>,
    change: &WordChange,
    former: &[WordShard],
    read: &(dyn Fn(&str) -> Option<Vec<u8>> + Sync),
    files: &mut PublishedFiles<'_>,
) -> Option<PublishedWords> {
    let mut changed = changed_words(counts, change);
    let mut of_shards: Vec<BTreeMap<(String, String), u8>> = Vec::with_capacity(former.len().max(1));
    for next in former.iter().skip(1) {
        let rest = changed.split_off(&next.first);
        of_shards.push(std::mem::replace(&mut changed, rest));
    }
    of_shards.push(changed);
    let mut writer = WordWriter::default();
    for (at, changed) in of_shards.into_iter().enumerate() {
        let shard = former.get(at);
        if let Some(shard) = shard.filter(|_| changed.is_empty() && writer.count == 0) {
            writer.done.push(FinishedWords::Kept(shard.clone()));
            continue;
        }
        let mut words = match shard {
            Some(shard) => words_of(&unpacked(&read(&shard.name)?)?).ok()?,
            None => BTreeMap::new(),
        };
        words.extend(changed);
        words.iter().filter(|(_, bucket)| **bucket > 0).for_each(|((word, term), bucket)| {
            writer.add(word, term, *bucket);
        });
    }
    Some(writer.finish(files))
}

/// Returns the words of the base with their terms whose bucket changed, with the new one; 0 for a word that no document has any
/// more.
fn changed_words(counts: &WordCounts<'_>, change: &WordChange) -> BTreeMap<(String, String), u8> {
    let moved: HashMap<&str, u8> = change
        .terms
        .iter()
        .filter(|(term, _)| is_word(term))
        .map(|(term, by)| (term.as_str(), counts.term(term).0, *by))
        .filter(|(_, now, by)| bucket(*now) != bucket(now.saturating_add_signed(-by)))
        .map(|(term, now, _)| (term, bucket(now)))
        .collect();
    let mut changed: BTreeMap<(String, String), u8> =
        moved.iter().map(|(term, bucket)| (((*term).to_owned(), (*term).to_owned()), *bucket)).collect();
    let of_moved = |word: &str| {
        let stem = tokens::stem(word);
        let bucket = moved.get(&*stem)?;
        (counts.word(word).0 > 0).then(|| ((word.to_owned(), stem.into_owned()), *bucket))
    };
    if !moved.is_empty() {
        let words = counts.now.words();
        changed
            .par_extend((0..words.len()).into_par_iter().filter_map(|number| of_moved(words.text(number))));
        changed.extend(counts.words.keys().filter_map(|word| of_moved(word)));
    }
    for (word, by) in &change.words {
        let (now, _) = counts.word(word);
        if (now == 0) != (now.saturating_add_signed(-by) == 0) {
            let stem = tokens::stem(word);
            let bucket = if now == 0 { 0 } else { bucket(counts.term(&stem).0) };
            changed.insert((word.to_owned(), stem.into_owned()), bucket);
        }
    }
    changed
}

/// Returns the number of binary digits of a number of documents.
fn bucket(documents: u32) -> u8 {
    (u32::BITS - documents.leading_zeros()) as u8
}

/// A writer of words in order.
#[derive(Default)]
struct WordWriter {
    done: Vec<FinishedWords>,
    first: (String, String),
    last: String,
    count: u32,
    bytes: Vec<u8>,
}

/// A shard that is complete.
enum FinishedWords {
    /// It is the same as in the former index.
    Kept(WordShard),
    New(WordShard, Vec<u8>),
}

impl WordWriter {
    fn add(&mut self, word: &str, term: &str, bucket: u8) {
        self.put(word, term, bucket);
        let length = self.bytes.len();
        let ends = || length >= SHARD.0 && hash(word.as_bytes()).is_multiple_of(ENDS);
        if length >= SHARD.1 || ends() {
            self.end_shard();
        }
    }

    /// Adds a word, and does not end the shard after it.
    fn put(&mut self, word: &str, term: &str, bucket: u8) {
        let same = if self.count == 0 { 0 } else { shared(&self.last, word) };
        if self.count == 0 {
            self.first = (word.to_owned(), term.to_owned());
        }
        put_text(word, same, &mut self.bytes);
        if word == term {
            self.bytes.push(bucket);
        } else {
            self.bytes.push(bucket | OTHER_TERM);
            put_text(term, shared(word, term), &mut self.bytes);
        }
        self.count += 1;
        word.clone_into(&mut self.last);
    }

    fn end_shard(&mut self) {
        let bytes = counted(std::mem::take(&mut self.count), &mut self.bytes);
        let (first, last) = (std::mem::take(&mut self.first), self.last.clone());
        self.done.push(FinishedWords::New(WordShard { first, last, name: String::new() }, bytes));
    }

    fn finish(mut self, files: &mut PublishedFiles<'_>) -> PublishedWords {
        if self.count > 0 {
            self.end_shard();
        }
        let pack = |shard| match shard {
            FinishedWords::Kept(shard) => (shard, None),
            FinishedWords::New(shard, bytes) => (shard, Some(PackedFile::new(&bytes))),
        };
        let packed: Vec<(WordShard, Option<PackedFile>)> = self.done.into_par_iter().map(pack).collect();
        let add = |(mut shard, new): (WordShard, Option<PackedFile>)| {
            if let Some(file) = new {
                shard.name = files.add(file);
            }
            shard
        };
        let shards: Vec<WordShard> = packed.into_iter().map(add).collect();
        let mut last = "";
        let mut first = Vec::with_capacity(shards.len());
        for shard in &shards {
            first.push(separator(last, &shard.first.0));
            last = &shard.last;
        }
        let names = shards.iter().map(|shard| shard.name.as_str()).collect();
        PublishedWords { list: files.add_json(&WordShards { first, shards: names }), shards }
    }
}

/// Reads the words of a shard with their terms and buckets.
fn words_of(shard: &[u8]) -> Result<BTreeMap<(String, String), u8>, IndexError> {
    let mut rest = Bytes(shard);
    let mut words = BTreeMap::new();
    let mut last = Vec::new();
    for _ in 0..rest.number()? {
        last = text_after(&last, &mut rest)?;
        let word = String::from_utf8(last.clone()).map_err(|_| DAMAGED)?;
        let head = rest.byte()?;
        let term = match head & OTHER_TERM {
            0 => word.clone(),
            _ => String::from_utf8(text_after(&last, &mut rest)?).map_err(|_| DAMAGED)?,
        };
        words.insert((word, term), head & !OTHER_TERM);
    }
    Ok(words)
}

/// Reads a text that is stored without the beginning that it shares with `last`.
fn text_after(last: &[u8], rest: &mut Bytes<'_>) -> Result<Vec<u8>, IndexError> {
    let (same, own) = (rest.number()? as usize, rest.number()? as usize);
    Ok([last.get(..same).ok_or(DAMAGED)?, rest.take(own)?].concat())
}

const DAMAGED: IndexError = IndexError::Damaged("a published shard of words");

/// Takes all bytes out of `words` and puts the number of words, `count`, in front of them.
fn counted(count: u32, words: &mut Vec<u8>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(words.len() + 5);
    put(count, &mut bytes);
    bytes.append(words);
    bytes
}

/// Appends `text` without the first `same` bytes, which it shares with the text before.
fn put_text(text: &str, same: usize, bytes: &mut Vec<u8>) {
    put(small(same), bytes);
    put(small(text.len() - same), bytes);
    bytes.extend_from_slice(&text.as_bytes()[same..]);
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::{
        index::{CollectedTerms, IndexField},
        search::published::reading::text,
    };

    /// Returns the words of a shard with their terms.
    pub(crate) fn read(shard: &[u8]) -> Vec<String> {
        let mut rest = Bytes(shard);
        let mut last = Vec::new();
        let mut found = Vec::new();
        for _ in 0..rest.number().unwrap() {
            last = text(&mut rest, &last);
            let head = rest.byte().unwrap();
            let term = if head & OTHER_TERM == 0 { last.clone() } else { text(&mut rest, &last) };
            let both = [&last, &term].map(|text| String::from_utf8(text.clone()).unwrap());
            found.push(format!("{} {} {}", both[0], both[1], head & !OTHER_TERM));
        }
        found
    }

    #[test]
    fn a_word_has_its_term_and_the_frequency_in_all_partitions() {
        let texts =
            ["export 导出", "exporting", "retries", "exports", "export", "@export", "exporting", "exports"];
        let part = |texts: &[&str]| {
            let collected = CollectedTerms::of(texts.len(), |number, page| {
                page.add(IndexField::Body, texts[number]);
            });
            collected.each_term_with_forward(|_, _, _| {})
        };
        let index = ForwardIndex::joined(vec![part(&texts[..3]), part(&texts[3..])]);
        let mut files = PublishedFiles::default();
        write(&index, &mut files);
        let (files, _) = files.finish("x", &());
        let shards: Vec<Vec<String>> = files
            .values()
            .filter_map(|bytes| {
                let mut out = Vec::new();
                std::io::Read::read_to_end(&mut flate2::read::DeflateDecoder::new(&bytes[..]), &mut out)
                    .ok()?;
                (out.len() > 1 && out[1] == 5).then(|| read(&out[1..]))
            })
            .collect();
        assert_eq!(
            shards,
            [[
                "export export 3",
                "exporting export 3",
                "exports export 3",
                "retri retri 1",
                "retries retri 1"
            ]]
        );
    }
}

//! The dictionary across all partitions, for prefixes and for the correction of typos.

use std::{borrow::Cow, collections::HashMap};

use rayon::prelude::*;
use serde::Serialize;

use super::{
    files::{PackedFile, PublishedFiles, hash},
    shards::{separator, shared, small},
};
use crate::index::{put, tokens};

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

/// The words and terms that were added so far.
#[derive(Default)]
pub(super) struct PublishedWords {
    /// Each term with its number of documents in one partition. The terms of each partition are in order.
    terms: Vec<(Box<str>, u32)>,
    /// Words that differ from their term, in the same order.
    words: Vec<Box<str>>,
}

impl PublishedWords {
    /// Adds the documents of a term. Terms of scripts without spaces are left out, because they are parts of words and
    /// never a prefix, and so are names and errors, because they are searched as a whole.
    pub(super) fn add_term(&mut self, term: &str, documents: u32) {
        if !term.starts_with(|c| matches!(c, '@' | '!') || tokens::is_gram(c)) {
            self.terms.push((term.into(), documents));
        }
    }

    /// Adds words that differ from their term.
    pub(super) fn add_words<'a>(&mut self, words: impl IntoIterator<Item = (&'a str, Cow<'a, str>)>) {
        self.words.extend(words.into_iter().map(|(word, _)| word.into()));
    }

    /// Writes the shards and the file that lists them. Returns the name of that file.
    pub(super) fn write(mut self, files: &mut PublishedFiles) -> String {
        // This is a merge sort, so parts that are already in order cost nothing.
        self.terms.sort_by(|a, b| a.0.cmp(&b.0));
        self.terms.dedup_by(|next, term| {
            let same = next.0 == term.0;
            term.1 += if same { next.1 } else { 0 };
            same
        });
        self.words.sort();
        self.words.dedup();
        let counts: HashMap<&str, u32> = self.terms.iter().map(|(term, count)| (&**term, *count)).collect();
        let own = self.terms.iter().map(|(term, _)| (&**term, Cow::Borrowed(&**term)));
        let stems = self.words.iter().map(|word| (&**word, tokens::stem(word)));
        let mut all: Vec<(&str, Cow<'_, str>)> = own.chain(stems).collect();
        all.sort();
        let mut first = Vec::new();
        let mut shards: Vec<Vec<u8>> = Vec::new();
        let (mut count, mut bytes) = (0, Vec::new());
        let mut last = "";
        for (word, term) in &all {
            if count == 0 {
                first.push(separator(last, word));
            }
            let same = if count == 0 { 0 } else { shared(last, word) };
            put_text(word, same, &mut bytes);
            let bucket = u32::BITS - counts.get(&**term).copied().unwrap_or_default().leading_zeros();
            if word == term {
                bytes.push(bucket as u8);
            } else {
                bytes.push(bucket as u8 | OTHER_TERM);
                put_text(term, shared(word, term), &mut bytes);
            }
            count += 1;
            last = word;
            let ends = || bytes.len() >= SHARD.0 && hash(word.as_bytes()).is_multiple_of(ENDS);
            if bytes.len() >= SHARD.1 || ends() {
                shards.push(counted(std::mem::take(&mut count), &mut bytes));
            }
        }
        if count > 0 {
            shards.push(counted(count, &mut bytes));
        }
        let packed: Vec<PackedFile> = shards.par_iter().map(|bytes| PackedFile::new(bytes)).collect();
        let names: String = packed.into_iter().map(|shard| files.add(shard)).collect();
        files.add_json(&WordShards { first, shards: names })
    }
}

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
    use crate::{index::Bytes, search::published::reading::text};

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
        let mut words = PublishedWords::default();
        for (term, documents) in [("export", 3), ("导出", 9), ("retri", 1), ("export", 5)] {
            words.add_term(term, documents);
        }
        words.add_words([("retries", Cow::Borrowed("retri"))]);
        words.add_words([("exporting", Cow::Borrowed("export")), ("exports", Cow::Borrowed("export"))]);
        let mut files = PublishedFiles::default();
        words.write(&mut files);
        let files = files.finish("x", &());
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
                "export export 4",
                "exporting export 4",
                "exports export 4",
                "retri retri 1",
                "retries retri 1"
            ]]
        );
    }
}

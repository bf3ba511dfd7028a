//! Finds the keywords of the rules in a text.
//!
//! An Aho-Corasick automaton of these 700 words needs megabytes, so each byte of a text waits for memory, and it takes
//! ten milliseconds to build. This index looks up four bytes of each word in a table of 32 kB, and compares the word only
//! if they occur.

use std::sync::Arc;

use super::words::is_common_pair;

/// The number of bytes of a word that are looked up.
const GRAM: usize = 4;
/// The number of bits in the table. Fewer make more texts look like a word, and more do not fit near the processor.
const BITS: u32 = 18;

/// The keywords, indexed by their rarest four bytes.
#[derive(Debug)]
pub(super) struct Keywords {
    /// One bit for each hash in `words`.
    bits: Vec<u64>,
    /// The words, sorted by hash.
    words: Vec<Keyword>,
}

#[derive(Debug)]
struct Keyword {
    /// The hash of four bytes.
    hash: u32,
    /// The offset of the end of these bytes in the word.
    end: usize,
    /// The word in lower case.
    text: Arc<[u8]>,
    /// The rule to which the word belongs.
    owner: usize,
}

impl Keywords {
    /// Creates an index of words, each with the rule to which it belongs. Words have at least three bytes.
    pub(super) fn of<'a>(words: impl Iterator<Item = (&'a str, usize)>) -> Self {
        let mut words: Vec<Keyword> = words.flat_map(|(text, owner)| Keyword::of(text, owner)).collect();
        words.sort_by_key(|word| word.hash);
        let mut bits = vec![0; 1 << (BITS - 6)];
        for word in &words {
            bits[word.hash as usize >> 6] |= 1 << (word.hash & 63);
        }
        Self { bits, words }
    }

    /// Calls `found` with the offset of each keyword in `text`, in any letter case, and with its rule.
    pub(super) fn each(&self, text: &str, mut found: impl FnMut(usize, usize)) {
        let bytes = text.as_bytes();
        let mut recent = 0;
        for (at, byte) in bytes.iter().enumerate() {
            recent = push(recent, *byte);
            let hash = hash(recent);
            if self.bits[hash as usize >> 6] >> (hash & 63) & 1 == 1 {
                self.compare(hash, at + 1, bytes, &mut found);
            }
        }
    }

    /// Calls `found` with each keyword whose bytes with this hash end at `end`.
    #[cold]
    fn compare(&self, hash: u32, end: usize, bytes: &[u8], found: &mut impl FnMut(usize, usize)) {
        let first = self.words.partition_point(|word| word.hash < hash);
        for word in self.words[first..].iter().take_while(|word| word.hash == hash) {
            let Some(start) = end.checked_sub(word.end) else { continue };
            let here = bytes.get(start..start + word.text.len());
            if here.is_some_and(|here| here.eq_ignore_ascii_case(&word.text)) {
                found(start, word.owner);
            }
        }
    }
}

impl Keyword {
    /// Returns the word with the hash of its rarest four bytes. A word of three bytes has a hash for each byte that may
    /// stand before it.
    fn of(text: &str, owner: usize) -> Vec<Self> {
        let text: Arc<[u8]> = text.to_ascii_lowercase().into_bytes().into();
        let hash_of =
            |start: u32, bytes: &[u8]| hash(bytes.iter().fold(start, |recent, byte| push(recent, *byte)));
        match text.windows(GRAM).enumerate().max_by_key(|(_, bytes)| rarity(bytes)) {
            Some((at, bytes)) => {
                vec![Self { hash: hash_of(0, bytes), end: at + GRAM, text: Arc::clone(&text), owner }]
            }
            None => {
                let mut hashes: Vec<u32> = (0..=u8::MAX).map(|byte| hash_of(push(0, byte), &text)).collect();
                hashes.push(hash_of(0, &text));
                hashes.sort_unstable();
                hashes.dedup();
                let word = |hash| Self { hash, end: text.len(), text: Arc::clone(&text), owner };
                hashes.into_iter().map(word).collect()
            }
        }
    }
}

/// Returns a larger number for bytes that are rarer in texts.
fn rarity(bytes: &[u8]) -> usize {
    bytes.windows(2).map(|pair| if is_common_pair(pair) { 0 } else { 1 }).sum::<usize>()
        + bytes.iter().filter(|byte| !byte.is_ascii_alphabetic()).count()
}

/// Appends a byte to the last four bytes. The bit that is set tells no small letter from a capital one, nor some signs
/// from others.
fn push(recent: u32, byte: u8) -> u32 {
    recent << 8 | u32::from(byte | 0x20)
}

/// Returns `BITS` bits that depend on all four bytes.
fn hash(recent: u32) -> u32 {
    recent.wrapping_mul(0x9e37_79b1) >> (32 - BITS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_keyword_is_found_in_any_letter_case_also_inside_another() {
        let words = ["api_key", "key", "token", "密码", "https://"];
        let keywords = Keywords::of(words.iter().enumerate().map(|(owner, word)| (*word, owner)));
        let mut found = Vec::new();
        keywords
            .each("the API_Key of 数据库密码 and HTTPS://a, toke", |at, owner| found.push((at, owner)));
        found.sort_unstable();
        assert_eq!(found, [(4, 0), (8, 1), (24, 3), (35, 4)]);
    }
}

//! Finds the keywords of the rules in a text.
//!
//! An Aho-Corasick automaton of these 700 words needs megabytes, so each byte of a text waits for memory, and it takes
//! ten milliseconds to build. This index looks up four bytes of each word, or all three, in a table of 32 kB, and compares the word only
//! if they occur.

use super::words::is_common_pair;

/// The number of bytes of a word that are looked up.
const GRAM: usize = 4;
/// The number of bits in the table. Fewer make more texts look like a word, and more do not fit near the processor.
const BITS: u32 = 18;
const WORDS: usize = 1 << (BITS - 6);

/// Parts of words that are frequent in texts although their pairs are rare.
const FREQUENT: [&[u8]; 3] = [b"https://", b"http://", b"-----"];

/// The keywords, indexed by their rarest four bytes.
#[derive(Debug)]
pub(super) struct Keywords {
    /// One bit for each hash in `words`.
    bits: Box<[u64; WORDS]>,
    /// The words, sorted by hash.
    words: Vec<Keyword>,
}

#[derive(Debug)]
struct Keyword {
    /// The hash of four bytes, or of all three.
    hash: u32,
    /// The offset of the end of these bytes in the word.
    end: usize,
    /// The word in lower case.
    text: Vec<u8>,
    /// The rule to which the word belongs.
    owner: usize,
}

impl Keywords {
    /// Creates an index of words, each with the rule to which it belongs. Words have at least three bytes.
    pub(super) fn of<'a>(words: impl Iterator<Item = (&'a str, usize)>) -> Self {
        let mut words: Vec<Keyword> = words.map(|(text, owner)| Keyword::of(text, owner)).collect();
        words.sort_by_key(|word| word.hash);
        let mut bits = Box::new([0; WORDS]);
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
            let (four, three) = (hash(recent), hash(recent << 8));
            if (self.bit(four) | self.bit(three)) & 1 == 1 {
                self.compare(four, at + 1, bytes, &mut found);
                self.compare(three, at + 1, bytes, &mut found);
            }
        }
    }

    /// Returns a number whose lowest bit is set if a word may have this hash.
    fn bit(&self, hash: u32) -> u64 {
        self.bits[hash as usize >> 6 & (WORDS - 1)] >> (hash & 63)
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
    /// Returns the word with the hash of its rarest four bytes; of a word of three bytes, with the hash of these.
    fn of(text: &str, owner: usize) -> Self {
        let text = text.to_ascii_lowercase().into_bytes();
        let recent = |bytes: &[u8]| bytes.iter().fold(0, |recent, byte| push(recent, *byte));
        let (hash, end) = match text.windows(GRAM).enumerate().max_by_key(|(_, bytes)| rarity(bytes)) {
            Some((at, bytes)) => (hash(recent(bytes)), at + GRAM),
            None => (hash(recent(&text) << 8), text.len()),
        };
        Self { hash, end, text, owner }
    }
}

/// Returns a larger number for bytes that are rarer in texts.
fn rarity(bytes: &[u8]) -> usize {
    if FREQUENT.iter().any(|frequent| frequent.windows(bytes.len()).any(|part| part == bytes)) {
        return 0;
    }
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

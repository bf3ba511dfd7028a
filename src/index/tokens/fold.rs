//! Folding: different spellings with the same meaning become equal.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::decompose_canonical;

use super::class::{CharClass, class, continues, is_accent, is_hyphen, is_transparent};
use crate::text::Span;

/// A folded stretch of the source, with a map back to the source. The buffers are reused.
#[derive(Default)]
pub(super) struct FoldedText {
    pub text: String,
    /// For each byte of `text`, the source characters from which it was made; empty if source and folded bytes
    /// correspond.
    origins: Vec<Origin>,
    /// The offset of the stretch in the source.
    start: usize,
    /// For each byte of `text`, whether the source had a capital letter.
    capitals: Vec<bool>,
}

#[derive(Clone, Copy)]
struct Origin {
    start: usize,
    end: usize,
}

impl FoldedText {
    /// Folds `source`, which begins at byte `start` of the whole text.
    pub(super) fn fill(&mut self, source: &str, start: usize) {
        self.text.clear();
        self.origins.clear();
        self.capitals.clear();
        self.start = start;
        if source.is_ascii() {
            self.text.push_str(source);
            self.text.make_ascii_lowercase();
            self.capitals.extend(source.bytes().map(|b| b.is_ascii_uppercase()));
            return;
        }
        let mut characters = source.char_indices().peekable();
        while let Some((at, first)) = characters.next() {
            while characters.next_if(|(_, c)| continues(*c)).is_some() {}
            let end = characters.peek().map_or(source.len(), |(next, _)| *next);
            fold_into(&source[at..end], &mut self.text);
            self.origins.resize(self.text.len(), Origin { start: start + at, end: start + end });
            self.capitals.resize(self.text.len(), first.is_uppercase());
        }
    }

    /// Returns the source range of the folded bytes `start..end`.
    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        match (self.origins.get(start), self.origins.get(end.saturating_sub(1))) {
            (Some(first), Some(last)) => first.start..last.end,
            _ => self.start + start..self.start + end,
        }
    }

    /// Returns true if the folded byte at `at` was a capital letter.
    pub(super) fn is_capital(&self, at: usize) -> bool {
        self.capitals.get(at).copied().unwrap_or(false)
    }

    /// Returns true if the folded byte at `at` is an ASCII digit.
    pub(super) fn is_digit(&self, at: usize) -> bool {
        self.text.as_bytes().get(at).is_some_and(u8::is_ascii_digit)
    }
}

/// Returns `text` with case, width, accents and ligatures folded.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = FoldedText::default();
    folded.fill(text, 0);
    folded.text
}

/// Folds one character with its combining marks.
fn fold_into(cluster: &str, out: &mut String) {
    for composed in cluster.nfkc().filter(|c| !is_transparent(*c)) {
        if class(composed) == CharClass::Gram {
            out.push(composed);
            continue;
        }
        for small in composed.to_lowercase() {
            decompose_canonical(small, |c| {
                if !is_accent(c) {
                    push_plain(c, out);
                }
            });
        }
    }
}

/// Appends `c`, or the plain letters that people type for it if Unicode does not decompose it.
fn push_plain(c: char, out: &mut String) {
    match c {
        'ß' => out.push_str("ss"),
        'æ' => out.push_str("ae"),
        'œ' => out.push_str("oe"),
        'ø' => out.push('o'),
        'đ' | 'ð' => out.push('d'),
        'ł' => out.push('l'),
        'ı' => out.push('i'),
        'þ' => out.push_str("th"),
        'ς' => out.push('σ'),
        c if is_hyphen(c) => out.push('-'),
        _ => out.push(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn different_spellings_of_the_same_text_become_equal() {
        for (written, folded) in [
            ("Ångström", "angstrom"),
            ("ŁÓDŹ", "lodz"),
            ("ｶﾞｲﾄﾞ", "ガイド"),
            ("ガイド", "ガイド"),
            ("가", "가"),
            ("ΣΊΣΥΦΟΣ", "σισυφοσ"),
            ("ex\u{ad}port", "export"),
            ("①②", "12"),
            ("İstanbul", "istanbul"),
            ("hand\u{2010}off hand\u{2011}off", "hand-off hand-off"),
        ] {
            assert_eq!(fold(written), folded, "{written}");
        }
    }

    #[test]
    fn a_letter_with_many_accents_is_one_letter() {
        assert_eq!(fold(&format!("z{}algo", "\u{301}".repeat(10_000))), "zalgo");
    }
}

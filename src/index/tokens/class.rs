//! Classes of characters for the tokens.

use unicode_normalization::char::is_combining_mark;

/// The class of a folded character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CharClass {
    /// A letter or digit of a script with spaces.
    Word,
    /// A character of a script without spaces.
    Gram,
    /// Any other character; it can join two words of an identifier.
    Joint,
}

pub(super) fn class(c: char) -> CharClass {
    if c.is_ascii() {
        if c.is_ascii_alphanumeric() { CharClass::Word } else { CharClass::Joint }
    } else if is_gram(c) {
        CharClass::Gram
    } else if c.is_alphanumeric() || is_combining_mark(c) {
        CharClass::Word
    } else {
        CharClass::Joint
    }
}

/// Returns true if `c` can be inside a word of a script with spaces.
pub(crate) fn is_word(c: char) -> bool {
    class(c) == CharClass::Word
}

/// Returns true if `c` belongs to a script without spaces. Korean has spaces, but its words include particles, so
/// only pairs find the plain word.
pub(crate) fn is_gram(c: char) -> bool {
    matches!(u32::from(c),
        0x0e00..=0x0eff | 0x1000..=0x109f | 0x1780..=0x17ff     // Thai, Lao, Myanmar, Khmer
        | 0x1100..=0x11ff | 0xac00..=0xd7ff                     // Hangul
        | 0x2e80..=0x2fdf | 0x3005..=0x3007 | 0x3021..=0x3029   // radicals, iteration marks, numerals
        | 0x3041..=0x31ff | 0x3400..=0x4dbf | 0x4e00..=0x9fff   // kana, bopomofo, Han
        | 0xf900..=0xfaff | 0x2_0000..=0x3_ffff)
        && (c.is_alphanumeric() || is_combining_mark(c))
}

/// Returns true if `c` ends a stretch of joined words in the source.
pub(super) fn breaks(c: char) -> bool {
    if c.is_ascii() {
        !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '/' | '\\' | ':' | '@'))
    } else {
        !(c.is_alphanumeric() || is_combining_mark(c) || is_transparent(c) || is_hyphen(c))
    }
}

/// Returns true if `c` is a hyphen of a typeset text.
pub(super) fn is_hyphen(c: char) -> bool {
    matches!(c, '\u{2010}' | '\u{2011}')
}

/// Returns true if `c` is drawn together with the previous character: accents, vowel signs, sound marks of
/// half-width kana, vowels and final consonants of a decomposed Korean syllable.
pub(crate) fn continues(c: char) -> bool {
    !c.is_ascii()
        && (is_combining_mark(c)
            || is_transparent(c)
            || matches!(u32::from(c), 0xff9e | 0xff9f | 0x1160..=0x11ff))
}

/// Returns true if `c` is invisible inside words: soft hyphens, joiners, marks of direction.
pub(super) fn is_transparent(c: char) -> bool {
    matches!(u32::from(c),
        0x00ad | 0x200c..=0x200f | 0x202a..=0x202e | 0x2060..=0x2064 | 0x2066..=0x2069 | 0xfe00..=0xfe0f | 0xfeff)
}

/// Returns true if `c` is an accent that folding removes: accents of Latin, Greek and Cyrillic, and the vowel
/// points of Hebrew and Arabic, which are rarely written. Vowel signs of other scripts are letters for their
/// readers and stay.
pub(super) fn is_accent(c: char) -> bool {
    matches!(u32::from(c),
        0x0300..=0x036f | 0x0591..=0x05c7 | 0x064b..=0x065f | 0x0670
        | 0x1ab0..=0x1aff | 0x1dc0..=0x1dff | 0x20d0..=0x20ff)
        && is_combining_mark(c)
}

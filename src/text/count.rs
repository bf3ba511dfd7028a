//! Counts words, and formats numbers with their nouns.

use std::fmt;

/// Returns the number of words in `text`. A character of a script without spaces (Chinese, Japanese, Thai…) counts as
/// one word.
pub(crate) fn count_words(text: &str) -> usize {
    let mut words = 0;
    let mut inside = false;
    for c in text.chars() {
        if is_spaceless(c) {
            words += 1;
            inside = false;
        } else if c.is_alphanumeric() {
            words += usize::from(!inside);
            inside = true;
        } else if !matches!(c, '\'' | '’' | '-' | '_' | '.') {
            inside = false;
        }
    }
    words
}

/// Returns whether `c` belongs to a script without spaces between words.
pub(crate) fn is_spaceless(c: char) -> bool {
    matches!(u32::from(c),
        0x0e00..=0x0eff | 0x1000..=0x109f | 0x1780..=0x17ff   // Thai, Lao, Myanmar, Khmer
        | 0x3040..=0x30ff | 0x3400..=0x4dbf | 0x4e00..=0x9fff // kana, Han
        | 0xac00..=0xd7af | 0xf900..=0xfaff | 0x2_0000..=0x3_ffff)
}

/// A number with its noun: `1 ticket`, `2 tickets`, `3 replies`.
pub(crate) struct Plural<'a>(pub usize, pub &'a str);

impl fmt::Display for Plural<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(count, noun) = self;
        match noun.strip_suffix('y') {
            _ if *count == 1 => write!(f, "{count} {noun}"),
            Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => write!(f, "{count} {stem}ies"),
            _ => write!(f, "{count} {noun}s"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_character_of_a_script_without_spaces_is_a_word() {
        assert_eq!(count_words("The export-job's OOM at 2.14.0 — again"), 6);
        assert_eq!(count_words("导出超时 timeout"), 5);
        assert_eq!(count_words(" -- "), 0);
    }

    #[test]
    fn nouns_agree_with_their_number() {
        assert_eq!(
            format!("{}, {}, {}", Plural(1, "reply"), Plural(2, "reply"), Plural(0, "day")),
            "1 reply, 2 replies, 0 days"
        );
    }
}

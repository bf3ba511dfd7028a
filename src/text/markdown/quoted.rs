//! Quotes untrusted text in Markdown for a forge, so that it has no effect.

use unicode_normalization::char::is_combining_mark;

/// A zero-width space, which is inserted after an escaped `@` or `#`. It is invisible, and a name that contains one is
/// not a mention.
const BREAK: &str = "&#8203;";

/// The replacement for an invisible character.
const REPLACEMENT: char = '\u{fffd}';

/// The maximum number of combining marks on one character. More marks would cover other lines.
const MAX_MARKS: usize = 4;

/// Returns `text` as a quotation in Markdown: on one line, cut to `most` characters, without any effect. Returns an
/// empty string for blank text.
///
/// The quotation is between `<code>` tags, where forges ignore mentions and references. Even if a forge removes the
/// tags, the text contains no markup: every ASCII character except letters, digits and blanks is a numeric reference,
/// which CommonMark never treats as structure, and names are broken after `@` and `#`.
pub fn quoted(text: &str, most: usize) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let characters: Vec<char> = words.join(" ").chars().take(most.saturating_add(1)).collect();
    let mut quoted = String::new();
    let mut filter = CharacterFilter::default();
    for (place, c) in characters.iter().enumerate() {
        if place == most {
            quoted.push('…');
        } else {
            push(&mut quoted, filter.next(*c, characters.get(place + 1).copied()));
        }
    }
    if quoted.is_empty() { quoted } else { format!("<code>{quoted}</code>") }
}

fn push(quoted: &mut String, c: char) {
    if !c.is_ascii() || c.is_ascii_alphanumeric() || c == ' ' {
        quoted.push(c);
        return;
    }
    quoted.push_str(&format!("&#{};", u32::from(c)));
    if matches!(c, '@' | '#') {
        quoted.push_str(BREAK);
    }
}

/// A filter that replaces invisible characters, which could change how the other text looks, and excess combining
/// marks.
#[derive(Default)]
struct CharacterFilter {
    before: Option<char>,
    marks: usize,
}

impl CharacterFilter {
    fn next(&mut self, c: char, after: Option<char>) -> char {
        let is_hidden = match is_unseen(c) {
            true => !self.is_needed(c, after),
            false => {
                self.marks = if is_combining_mark(c) { self.marks + 1 } else { 0 };
                self.marks > MAX_MARKS
            }
        };
        let shown = if is_hidden { REPLACEMENT } else { c };
        self.before = Some(shown);
        shown
    }

    /// Returns whether a joiner or selector is part of normal writing, as in emoji and many scripts: it follows a
    /// visible character, and one of its two neighbours is not ASCII.
    fn is_needed(&self, c: char, after: Option<char>) -> bool {
        let Some(before) = self.before.filter(|before| !matches!(*before, ' ' | REPLACEMENT)) else {
            return false;
        };
        let is_foreign = |c: char| !c.is_ascii() && !is_unseen(c);
        let follows = match c {
            '\u{fe00}'..='\u{fe0f}' => !is_unseen(before),
            '\u{200c}' | '\u{200d}' => !matches!(before, '\u{200c}' | '\u{200d}'),
            _ => false,
        };
        follows && (is_foreign(before) || after.is_some_and(is_foreign))
    }
}

/// Returns whether `c` is invisible: control characters, `Default_Ignorable_Code_Point`, the Braille blank and
/// annotation marks.
fn is_unseen(c: char) -> bool {
    let is_ignorable = matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}');
    is_ignorable || c.is_control() || matches!(c, '\u{2800}' | '\u{fff9}'..='\u{fffb}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_stay_and_other_characters_are_references() {
        assert_eq!(quoted("Export: 10,000 rows", 99), "<code>Export&#58; 10&#44;000 rows</code>");
        assert_eq!(quoted("发票导出 über", 99), "<code>发票导出 über</code>");
        assert_eq!(quoted(" \n\t", 99), "");
    }

    #[test]
    fn mentions_are_broken() {
        assert_eq!(quoted("@team #1", 99), "<code>&#64;&#8203;team &#35;&#8203;1</code>");
        assert_eq!(quoted("a/b#1", 99), "<code>a&#47;b&#35;&#8203;1</code>");
    }

    #[test]
    fn invisible_characters_are_shown() {
        assert_eq!(quoted("a\u{202e}b\u{0}c\u{2066}d", 99), "<code>a\u{fffd}b\u{fffd}c\u{fffd}d</code>");
        for c in "\u{34f}\u{115f}\u{ffa0}\u{3164}\u{2800}\u{17b4}\u{1d173}\u{200d}\u{fe0f}\u{e0101}".chars() {
            assert_eq!(quoted(&format!("pass{c}word"), 99), "<code>pass\u{fffd}word</code>", "{c:?}");
        }
    }

    #[test]
    fn a_joiner_that_a_script_needs_is_kept_once() {
        for text in [
            "می\u{200c}خواهم",
            "ශ\u{0dca}\u{200d}ර\u{0dd3}",
            "❤\u{fe0f}",
            "1\u{fe0f}\u{20e3}",
            "👩\u{200d}❤\u{fe0f}\u{200d}👨",
        ] {
            assert_eq!(quoted(text, 99), format!("<code>{text}</code>"));
        }
        assert_eq!(quoted("❤\u{fe0f}\u{fe0f}\u{200d}x", 99), "<code>❤\u{fe0f}\u{fffd}\u{fffd}x</code>");
        assert_eq!(quoted("خ\u{200d}\u{200d}\u{fe0f}م", 99), "<code>خ\u{200d}\u{fffd}\u{fffd}م</code>");
    }

    #[test]
    fn combining_marks_are_limited() {
        let piled = format!("a{}\u{34f}\u{301}b\u{301}", "\u{301}".repeat(6));
        let shown = format!("<code>a{}{}b\u{301}</code>", "\u{301}".repeat(4), "\u{fffd}".repeat(4));
        assert_eq!(quoted(&piled, 99), shown);
    }

    #[test]
    fn a_long_text_is_cut_to_the_given_length() {
        assert_eq!(quoted("one two", 4), "<code>one …</code>");
        assert_eq!(quoted("one two", 7), "<code>one two</code>");
        assert_eq!(quoted("```", 2), "<code>&#96;&#96;…</code>");
    }
}

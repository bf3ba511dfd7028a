//! Makes untrusted text safe to show: on a terminal, in a commit message, in a command to paste.

use std::borrow::Cow;

/// Returns `text` without line ends and control characters.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&harmless_lines(word));
    }
    line
}

/// Returns `c`, or a replacement character if `c` could control a terminal.
pub(crate) fn harmless(c: char) -> char {
    // Marks that change the writing direction could make one name look like another.
    let turning = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if c.is_control() || turning { '\u{fffd}' } else { c }
}

/// Returns `text` without characters that could control a terminal. Keeps tabs and line ends.
pub(crate) fn harmless_lines(text: &str) -> Cow<'_, str> {
    screen(text, |_, _| false)
}

/// Returns `text` as [`harmless_lines`] does, but keeps styles (`ESC [ 1 m`), which a program of ours added.
pub(crate) fn harmless_styled(text: &str) -> Cow<'_, str> {
    screen(text, |c, rest| {
        let style = rest
            .strip_prefix('[')
            .map(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';'));
        c == '\u{1b}' && style.is_some_and(|rest| rest.starts_with('m'))
    })
}

/// Replaces harmful characters, except line ends, tabs and those that `keep` accepts with the text after them.
fn screen(text: &str, keep: impl Fn(char, &str) -> bool) -> Cow<'_, str> {
    let is_bad = |at: usize, c: char| {
        let rest = &text[at + c.len_utf8()..];
        let is_line_end = c == '\n' || (c == '\r' && rest.starts_with('\n'));
        let is_fine = harmless(c) == c || c == '\t' || is_line_end || keep(c, rest);
        !is_fine
    };
    match suspects(text).any(|(at, c)| is_bad(at, c)) {
        false => Cow::Borrowed(text),
        true => text
            .char_indices()
            .map(|(at, c)| if is_bad(at, c) { '\u{fffd}' } else { c })
            .collect::<String>()
            .into(),
    }
}

/// Returns all characters that could be harmful, and some that are not, with their offsets. This looks only at bytes, and
/// passes over most of a long page many bytes at a time.
fn suspects(text: &str) -> impl Iterator<Item = (usize, char)> {
    const STEP: usize = 64;
    let is_suspect =
        |byte: u8| (byte < b' ' && byte != b'\n' && byte != b'\t') || matches!(byte, 0x7f | 0xc2 | 0xe2);
    let steps = text.as_bytes().chunks(STEP).enumerate();
    let steps = steps.filter(move |(_, bytes)| bytes.iter().fold(false, |any, byte| any | is_suspect(*byte)));
    let places = steps.flat_map(|(step, bytes)| (step * STEP..).zip(bytes));
    places
        .filter(move |(_, byte)| is_suspect(**byte))
        .filter_map(|(at, _)| Some((at, text.get(at..)?.chars().next()?)))
}

/// Returns `text` quoted as one word of a shell command.
pub(crate) fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '-' | '_');
    if !text.is_empty() && !text.starts_with('-') && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn untrusted_text_stays_on_one_line_and_cannot_control_a_terminal() {
        assert_eq!(one_line("a\n b\u{1b}[0m \u{202e}c"), "a b\u{fffd}[0m \u{fffd}c");
    }

    #[test]
    fn a_text_of_several_lines_keeps_its_line_ends_and_our_own_styles() {
        let text = "a\r\n\tb\u{9b}31m \u{202e}c\rd\u{7f}\u{1b}[1mbold\u{1b}[0m\u{1b}]0;title\u{7}";
        assert_eq!(
            harmless_styled(text),
            "a\r\n\tb\u{fffd}31m \u{fffd}c\u{fffd}d\u{fffd}\u{1b}[1mbold\u{1b}[0m\u{fffd}]0;title\u{fffd}"
        );
        assert_eq!(harmless_lines("x\u{1b}[1m\n"), "x\u{fffd}[1m\n");
        assert!(matches!(harmless_lines("plain\ttext\r\n"), Cow::Borrowed(_)));
    }

    #[test]
    fn every_harmful_character_is_replaced_wherever_it_stands() {
        for c in ('\u{0}'..='\u{3000}').filter(|c| !matches!(c, '\n' | '\t')) {
            for before in [0, 1, 62, 63, 64, 200] {
                let text = format!("{}{c}–é", "x".repeat(before));
                assert_eq!(
                    harmless_lines(&text),
                    text.replace(c, &harmless(c).to_string()),
                    "{c:?} {before}"
                );
            }
        }
    }

    #[test]
    fn a_name_in_a_command_cannot_run_code() {
        assert_eq!(shell_word("tickets/2026/11/a_b.md"), "tickets/2026/11/a_b.md");
        assert_eq!(shell_word("tickets/$(id) `id`.md"), "'tickets/$(id) `id`.md'");
        assert_eq!(shell_word("it's"), r"'it'\''s'");
    }
}

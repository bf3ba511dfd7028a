//! The signature of an error: the parts of its message and its stack trace that do not change from one occurrence to
//! the next.
//!
//! A line that looks like an error message is stored without its variable parts: numbers, times, addresses, ids, paths.
//! A frame of a stack trace is identified by its function. Each part becomes an exact term of the index, so that the
//! same error is found again and is weighted by its rarity like any other term.

use std::borrow::Cow;

use crate::text::markdown::code_blocks;

/// The number of bytes of a text that are read. The cause of the problem is at the beginning of a log.
const MOST_BYTES: usize = 256 * 1024;

/// The maximum number of signature parts in a text.
const MOST: usize = 24;

/// The maximum number of functions among the signature parts. The error is at the top of a stack trace.
const MOST_FRAMES: usize = 8;

/// The minimum number of words in a message, and the maximum number of words that are used.
const WORDS: std::ops::RangeInclusive<usize> = 2..=12;

/// The maximum length of an error message in bytes. A longer line contains data.
const LONGEST_LINE: usize = 400;

/// The replacement for the variable parts of a message.
const MASK: &str = "#";

/// Words that mark a line as an error message.
const ERROR_WORDS: [&str; 12] = [
    "error",
    "exception",
    "fatal",
    "fail",
    "panic",
    "traceback",
    "refused",
    "timed out",
    "cannot",
    "could not",
    "undefined",
    "unable to",
];

/// A part of the signature of an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SignaturePart {
    /// The exact term of the index.
    pub term: String,
    /// The message as it was written, or the function of a frame.
    pub shown: String,
}

/// Returns whether a line looks like an error message.
pub(super) fn is_error(line: &str) -> bool {
    let line = line.to_ascii_lowercase();
    ERROR_WORDS.iter().any(|word| line.contains(word))
}

/// Returns the signature parts of the errors in a Markdown text, in order and without duplicates.
pub(super) fn signature(text: &str) -> Vec<SignaturePart> {
    let text = &text[..text.floor_char_boundary(MOST_BYTES)];
    let mut parts = SignatureParts::default();
    let has_fences = text.contains("```") || text.contains("~~~");
    let blocks = if has_fences { code_blocks(text) } else { Vec::new() };
    let mut blocks = blocks.into_iter().filter(|block| block.is_fenced).peekable();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        while blocks.next_if(|block| block.span.end <= start).is_some() {}
        let block = blocks.peek().filter(|block| block.span.start < at);
        let in_code = block.is_some_and(|block| block.content.start < at && start < block.content.end);
        if block.is_some() && !in_code {
            continue;
        }
        if !parts.add(line.trim(), in_code) {
            break;
        }
    }
    parts.parts
}

/// Returns the exact terms of the errors in a pasted text, whose lines can all be messages of a program.
pub(in crate::search) fn error_terms(text: &str) -> Vec<String> {
    let mut parts = SignatureParts::default();
    for line in text.split('\n') {
        if !parts.add(line.trim(), true) {
            break;
        }
    }
    parts.parts.into_iter().map(|part| part.term).collect()
}

/// The parts of a signature so far.
#[derive(Default)]
struct SignatureParts {
    parts: Vec<SignaturePart>,
    frames: usize,
}

impl SignatureParts {
    /// Adds the part of a line, if it has one. Returns whether more parts can be added.
    fn add(&mut self, line: &str, in_code: bool) -> bool {
        let (message, shown) = match frame(line) {
            Some(function) if self.frames < MOST_FRAMES => {
                (format!("at {}", function.to_lowercase()), function)
            }
            Some(_) => return true,
            None if is_message(line, in_code) => match masked(line) {
                Some(message) => (message, Cow::Borrowed(line)),
                None => return true,
            },
            None => return true,
        };
        self.frames += usize::from(message.starts_with("at "));
        let term = term(&message);
        if self.parts.iter().all(|part| part.term != term) {
            self.parts.push(SignaturePart { term, shown: shown.into_owned() });
        }
        self.parts.len() < MOST
    }
}

/// Returns the exact term for an error: the FNV-1a hash of its message, which the browser computes, too. Tokens never
/// begin with `!`, and all of these terms have the same length.
fn term(message: &str) -> String {
    let fnv = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    format!("!{:016x}", message.bytes().fold(0xcbf2_9ce4_8422_2325, fnv))
}

/// Returns whether a line is an error message. A line of prose is an error message only if a program could have written
/// it.
fn is_message(line: &str, in_code: bool) -> bool {
    let as_programs_write = || {
        line.starts_with('[')
            || line.contains(": ") && ["Error", "Exception", "ERROR"].iter().any(|word| line.contains(word))
    };
    line.len() <= LONGEST_LINE && is_error(line) && (in_code || as_programs_write())
}

/// Returns the function in a line of a stack trace, in the formats of Java, JavaScript, Python and debuggers.
fn frame(line: &str) -> Option<Cow<'_, str>> {
    if let Some(rest) = line.strip_prefix("at ") {
        let name = rest.split(['(', ' ']).next()?;
        // Only the class and the method are used, because packages are moved and proxies add prefixes.
        let start = name.rmatch_indices('.').nth(1).map_or(0, |(dot, _)| dot + 1);
        return name.contains('.').then(|| Cow::Borrowed(&name[start..]));
    }
    if let Some(rest) = line.strip_prefix("File \"") {
        return rest.split_once(", in ").map(|(_, name)| Cow::Borrowed(name.trim()));
    }
    let number = line.strip_prefix('#')?;
    let (place, rest) = number.split_once(" in ")?;
    let is_number = place.starts_with(|c: char| c.is_ascii_digit());
    let name = rest.split([' ', '(']).next().filter(|name| is_number && !name.is_empty())?;
    Some(Cow::Borrowed(name))
}

/// Returns a message without its variable parts, or `None` if too little is left.
fn masked(line: &str) -> Option<String> {
    let mut words: Vec<Cow<'_, str>> = Vec::new();
    let mut push = |word: Cow<'static, str>| {
        // Several masked words in a row become one.
        if word != MASK || words.last().is_none_or(|last| last != MASK) {
            words.push(word);
        }
    };
    for word in line.split_whitespace() {
        let is_path = word.matches(['/', '\\']).count() >= 2;
        if is_path {
            push(MASK.into());
            continue;
        }
        let has_variable_part = is_variable(word);
        let pieces = word.split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.')));
        for piece in pieces.map(|piece| piece.trim_matches('.')).filter(|piece| !piece.is_empty()) {
            // A group of a UUID can be without a digit.
            let is_masked = is_variable(piece) || has_variable_part && is_hex(piece);
            push(if is_masked { MASK.into() } else { piece.to_lowercase().into() });
        }
    }
    words.truncate(*WORDS.end());
    let long = words.iter().filter(|word| word.chars().nth(1).is_some()).count();
    (long >= *WORDS.start()).then(|| words.join(" "))
}

/// Returns whether a word varies: numbers, times, addresses and ids contain a digit.
fn is_variable(word: &str) -> bool {
    word.bytes().any(|b| b.is_ascii_digit())
}

fn is_hex(word: &str) -> bool {
    word.len() >= 4 && word.bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn terms(text: &str) -> Vec<String> {
        signature(text).into_iter().map(|part| part.term).collect()
    }

    #[test]
    fn an_error_has_the_same_signature_at_another_time() {
        let first = "It fails:\n```\n2026-11-22 09:14:00.123 [worker-17] ERROR cannot open /var/lib/a/7.db at 0x7fff01\n\
                     java.lang.NullPointerException: id 42 of 0b7c-11ee-be56 is null\n\
                     \tat com.acme.billing.Export.run(Export.java:120)\n\tat com.acme.Main.main(Main.java:3)\n```\n";
        let again = "```\n2026-12-01 10:00:59.001 [worker-3] ERROR cannot open /srv/b/12.db at 0x00ab10\n\
                     java.lang.NullPointerException: id 7 of 9d21-42aa-ffff is null\n\
                     \tat org.proxy.Export.run(Export.java:121)\n```\n";
        let (first, again) = (terms(first), terms(again));
        assert_eq!((first.len(), again.len()), (4, 3));
        assert_eq!(first[..3], again[..]);
    }

    #[test]
    fn another_error_has_another_signature() {
        let one = terms("[ERROR] connection refused by host db-1");
        assert_eq!(one, terms("[ERROR] connection refused by host db-22"));
        assert_ne!(one, terms("[ERROR] connection refused by proxy db-1"));
    }

    #[test]
    fn a_frame_is_identified_by_its_function() {
        let shown = |line: &str| signature(line).first().map(|part| part.shown.clone());
        assert_eq!(shown("  at com.foo.Bar.baz(Bar.java:12)").as_deref(), Some("Bar.baz"));
        assert_eq!(shown("File \"/srv/app/x.py\", line 3, in load_rows").as_deref(), Some("load_rows"));
        assert_eq!(shown("#0 0x000055 in write_page (page=0x1) at page.c:1").as_deref(), Some("write_page"));
        assert_eq!(shown("at first it worked"), None);
    }

    #[test]
    fn prose_about_errors_has_no_signature() {
        assert_eq!(terms("The export fails with an error since Monday."), Vec::<String>::new());
        assert_eq!(terms("Error: 42"), Vec::<String>::new());
    }

    proptest! {
        #![proptest_config(crate::trials::trials(256))]

        #[test]
        fn any_text_has_a_bounded_signature(text in "\\PC{0,200}|(\\[?error[ #:/a-z0-9\u{e9}\n]{0,30}){0,40}") {
            prop_assert!(signature(&text).len() <= MOST);
        }
    }
}

//! The signature of an error: what stays the same of its message and its stack when it happens again.
//!
//! A line that looks like an error's message is kept without what differs from one time to the next: numbers, times,
//! addresses, identifiers of records, paths. A frame of a stack is known by its function. Each becomes one exact term of
//! the index, so that the same error finds itself, and how rare it is counts as for any other term.

use std::borrow::Cow;

use crate::text::markdown::code_blocks;

/// How much of a text is looked at, in bytes: an error shows at the beginning of a log, or the log is of another one.
const LOOKED_AT: usize = 256 * 1024;

/// How many signs a text has at most.
const MOST: usize = 24;

/// How many of them are functions of a stack: its upper end is where the error is.
const MOST_FRAMES: usize = 8;

/// How many words of a message are kept, and how many make one.
const WORDS: std::ops::RangeInclusive<usize> = 2..=12;

/// What is longer is data.
const LONGEST_LINE: usize = 400;

/// What stands for whatever differs.
const MASK: &str = "#";

/// What a line says that is about an error.
const SIGNS: [&str; 12] = [
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

/// Something by which an error is known again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sign {
    /// Its exact term.
    pub term: String,
    /// As it was written, or the function of a frame.
    pub shown: String,
}

/// Whether a line looks like the message of an error.
pub(super) fn is_error(line: &str) -> bool {
    let line = line.to_ascii_lowercase();
    SIGNS.iter().any(|sign| line.contains(sign))
}

/// The signs of the errors in a Markdown text, in their order, each once.
pub(super) fn signature(text: &str) -> Vec<Sign> {
    let text = &text[..text.floor_char_boundary(LOOKED_AT)];
    let (mut signs, mut frames): (Vec<Sign>, usize) = (Vec::new(), 0);
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
        let line = line.trim();
        let (said, shown) = match frame(line) {
            Some(function) if frames < MOST_FRAMES => (format!("at {}", function.to_lowercase()), function),
            Some(_) => continue,
            None if is_message(line, in_code) => match masked(line) {
                Some(said) => (said, Cow::Borrowed(line)),
                None => continue,
            },
            None => continue,
        };
        frames += usize::from(said.starts_with("at "));
        let term = term(&said);
        if signs.iter().all(|sign| sign.term != term) {
            signs.push(Sign { term, shown: shown.into_owned() });
        }
        if signs.len() == MOST {
            break;
        }
    }
    signs
}

/// No token begins so, and all are of one length.
fn term(said: &str) -> String {
    format!("!{}", &blake3::hash(said.as_bytes()).to_hex()[..16])
}

/// Whether a line is an error's message: prose is, only where it is written as programs write.
fn is_message(line: &str, in_code: bool) -> bool {
    let as_programs_write = || {
        line.starts_with('[')
            || line.contains(": ") && ["Error", "Exception", "ERROR"].iter().any(|sign| line.contains(sign))
    };
    line.len() <= LONGEST_LINE && is_error(line) && (in_code || as_programs_write())
}

/// The function of a line of a stack, as Java, JavaScript, Python and debuggers write it.
fn frame(line: &str) -> Option<Cow<'_, str>> {
    if let Some(rest) = line.strip_prefix("at ") {
        let name = rest.split(['(', ' ']).next()?;
        // The class and the method: packages are moved, and proxies put before them.
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

/// A message without what differs; `None` where too little is left.
fn masked(line: &str) -> Option<String> {
    let mut words: Vec<Cow<'_, str>> = Vec::new();
    let mut push = |word: Cow<'static, str>| {
        // Several numbers in a row are one.
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
        let some_differ = differs(word);
        let pieces = word.split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.')));
        for piece in pieces.map(|piece| piece.trim_matches('.')).filter(|piece| !piece.is_empty()) {
            // A group of a UUID may have no digit.
            let is_masked = differs(piece) || some_differ && is_hex(piece);
            push(if is_masked { MASK.into() } else { piece.to_lowercase().into() });
        }
    }
    words.truncate(*WORDS.end());
    let said = words.iter().filter(|word| word.chars().nth(1).is_some()).count();
    (said >= *WORDS.start()).then(|| words.join(" "))
}

/// Whether a word is of this one time: it has a digit, as numbers, times, addresses and identifiers do.
fn differs(word: &str) -> bool {
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
        signature(text).into_iter().map(|sign| sign.term).collect()
    }

    #[test]
    fn the_same_error_at_another_time_is_the_same() {
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
    fn another_error_is_another() {
        let one = terms("[ERROR] connection refused by host db-1");
        assert_eq!(one, terms("[ERROR] connection refused by host db-22"));
        assert_ne!(one, terms("[ERROR] connection refused by proxy db-1"));
    }

    #[test]
    fn a_frame_is_known_by_its_function() {
        let shown = |line: &str| signature(line).first().map(|sign| sign.shown.clone());
        assert_eq!(shown("  at com.foo.Bar.baz(Bar.java:12)").as_deref(), Some("Bar.baz"));
        assert_eq!(shown("File \"/srv/app/x.py\", line 3, in load_rows").as_deref(), Some("load_rows"));
        assert_eq!(shown("#0 0x000055 in write_page (page=0x1) at page.c:1").as_deref(), Some("write_page"));
        assert_eq!(shown("at first it worked"), None);
    }

    #[test]
    fn prose_about_errors_is_no_signature() {
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

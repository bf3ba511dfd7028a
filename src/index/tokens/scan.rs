//! Splits text into tokens.

use super::class::{CharClass, breaks, class};
use super::fold::FoldedText;
use super::{LONGEST_WORD, Token, TokenKind};

/// The maximum number of words and of bytes in an identifier that is kept whole.
const LONGEST_WHOLE: (usize, usize) = (12, 80);

/// Calls `emit` for each token of `text`, by position.
pub fn scan(text: &str, emit: impl FnMut(Token<'_>)) {
    scan_from(text, 0, emit);
}

/// Does the same as [`scan`], for a text whose first word has position `position`. Returns the position after the last
/// word.
pub(crate) fn scan_from(text: &str, position: u32, emit: impl FnMut(Token<'_>)) -> u32 {
    let mut scanner = Scanner { folded: FoldedText::default(), position, emit };
    let mut rest = text.char_indices().peekable();
    while let Some((start, first)) = rest.next() {
        if breaks(first) {
            continue;
        }
        while rest.next_if(|(_, c)| !breaks(*c)).is_some() {}
        let end = rest.peek().map_or(text.len(), |(at, _)| *at);
        if !is_possessive(text, start, end) {
            scanner.stretch(&text[start..end], start);
        }
    }
    scanner.position
}

/// Returns true if `start..end` is the `s` of `user's`.
fn is_possessive(text: &str, start: usize, end: usize) -> bool {
    text[start..end].eq_ignore_ascii_case("s")
        && text[..start]
            .strip_suffix(['\'', '’'])
            .and_then(|before| before.chars().next_back())
            .is_some_and(char::is_alphanumeric)
}

struct Scanner<F> {
    folded: FoldedText,
    /// The position of the next word.
    position: u32,
    emit: F,
}

/// The joined words of one stretch so far.
#[derive(Clone, Copy)]
struct JoinedWords {
    /// The start in folded bytes.
    start: usize,
    end: usize,
    words: usize,
    position: u32,
}

impl<F: FnMut(Token<'_>)> Scanner<F> {
    /// Emits the tokens of `source`, which contains no character that ends a stretch.
    fn stretch(&mut self, source: &str, start: usize) {
        self.folded.fill(source, start);
        let mut at = 0;
        let text_len = self.folded.text.len();
        // All joined words, and the tightly joined words at the end: `net::err_conn` and `err_conn`.
        let (mut joined, mut tight): (Option<JoinedWords>, Option<JoinedWords>) = (None, None);
        while at < text_len {
            let kind = class_at(&self.folded.text, at);
            let end = run_end(&self.folded.text, at, kind);
            match kind {
                CharClass::Joint => {
                    let joint = &self.folded.text[at..end];
                    let (joins, joins_tightly) = (joins(joint), matches!(joint, "_" | "." | "-"));
                    let continues_word =
                        joins && end < text_len && class_at(&self.folded.text, end) == CharClass::Word;
                    if continues_word && !joins_tightly {
                        self.whole(tight.take());
                    } else if !continues_word {
                        self.inner_whole(tight.take(), joined);
                        self.whole(joined.take());
                    }
                }
                CharClass::Gram => {
                    self.inner_whole(tight.take(), joined);
                    self.whole(joined.take());
                    self.grams(at, end);
                }
                CharClass::Word => {
                    let from = at + self.version_mark(at, end);
                    let first = JoinedWords { start: from, end, words: 0, position: self.position };
                    for group in [&mut joined, &mut tight] {
                        let words = group.get_or_insert(first);
                        words.end = end;
                        words.words += 1;
                    }
                    self.word(from, end);
                }
            }
            at = end;
        }
        self.inner_whole(tight, joined);
        self.whole(joined);
    }

    fn emit(&mut self, kind: TokenKind, start: usize, end: usize, position: u32) {
        let surface = &self.folded.text[start..end];
        (self.emit)(Token { surface, kind, span: self.folded.span(start, end), position });
    }

    /// Returns the length of the `v` before a version (`v2.14` becomes `2.14`), otherwise 0.
    fn version_mark(&self, start: usize, end: usize) -> usize {
        let bytes = self.folded.text.as_bytes();
        let digits = |range: &[u8]| !range.is_empty() && range.iter().all(u8::is_ascii_digit);
        let is_version = bytes[start] == b'v'
            && digits(&bytes[start + 1..end])
            && bytes.get(end) == Some(&b'.')
            && bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
        usize::from(is_version)
    }

    fn word(&mut self, start: usize, end: usize) {
        let cut_end = cut(&self.folded.text, start, end);
        self.emit(TokenKind::Word, start, cut_end, self.position);
        self.parts(start, end);
        self.position += 1;
    }

    /// Emits the words of a name in camel case.
    fn parts(&mut self, start: usize, end: usize) {
        let mut part = start;
        let mut at = start + 1;
        while at < end {
            if self.begins_part(start, at, end) {
                self.part(part, at);
                part = at;
            }
            at += 1;
        }
        if part > start {
            self.part(part, end);
        }
    }

    /// Emits a part. Parts of one or two letters (`OS` of `iOS`) are skipped because they are not specific.
    fn part(&mut self, start: usize, end: usize) {
        let cut_end = cut(&self.folded.text, start, end);
        if cut_end - start > 2 {
            self.emit(TokenKind::Part, start, cut_end, self.position);
        }
    }

    /// Returns true if a part begins at `at`: `B` in `fooBar`, `S` in `HTTPServer`.
    fn begins_part(&self, start: usize, at: usize, end: usize) -> bool {
        if !self.folded.is_capital(at) || !self.folded.text.is_char_boundary(at) {
            return false;
        }
        let small =
            |at: usize| !self.folded.is_capital(at) && !self.folded.text.as_bytes()[at].is_ascii_digit();
        (at > start && small(at - 1)) || (at + 1 < end && small(at + 1))
    }

    /// Emits the characters and pairs of a script without spaces.
    fn grams(&mut self, start: usize, end: usize) {
        let mut at = start;
        while at < end {
            let next = next_char(&self.folded.text, at);
            self.emit(TokenKind::Char, at, next, self.position);
            if next < end {
                self.emit(TokenKind::Pair, at, next_char(&self.folded.text, next), self.position);
            }
            self.position += 1;
            at = next;
        }
    }

    /// Emits the tightly joined words at the end, unless they are all joined words.
    fn inner_whole(&mut self, tight: Option<JoinedWords>, joined: Option<JoinedWords>) {
        let is_inner = |tight: &JoinedWords| joined.is_some_and(|all| all.start < tight.start);
        self.whole(tight.filter(is_inner));
    }

    fn whole(&mut self, joined: Option<JoinedWords>) {
        if let Some(JoinedWords { start, end, words, position }) = joined
            && (2..=LONGEST_WHOLE.0).contains(&words)
            && end - start <= LONGEST_WHOLE.1
        {
            self.emit(TokenKind::Whole, start, end, position);
        }
    }
}

/// Returns true if `joint` makes one identifier of the words on both sides. Repeated dots and dashes are
/// punctuation.
fn joins(joint: &str) -> bool {
    joint.len() <= 3 && !joint.contains("..") && !joint.contains("--")
}

fn class_at(text: &str, at: usize) -> CharClass {
    text[at..].chars().next().map_or(CharClass::Joint, class)
}

fn next_char(text: &str, at: usize) -> usize {
    at + text[at..].chars().next().map_or(1, char::len_utf8)
}

/// Returns the end of the run of characters with class `kind` that begins at `at`.
fn run_end(text: &str, at: usize, kind: CharClass) -> usize {
    text[at..].char_indices().find(|(_, c)| class(*c) != kind).map_or(text.len(), |(offset, _)| at + offset)
}

/// Returns the end of `start..end` after the word is cut to the limit.
fn cut(text: &str, start: usize, end: usize) -> usize {
    if end - start <= LONGEST_WORD {
        return end;
    }
    text[start..end].char_indices().nth(LONGEST_WORD).map_or(end, |(offset, _)| start + offset)
}

/// Returns the start of the last stretch of joined words in `text`.
pub(crate) fn last_stretch(text: &str) -> usize {
    text.char_indices().rev().find(|(_, c)| breaks(*c)).map_or(0, |(at, c)| at + c.len_utf8())
}

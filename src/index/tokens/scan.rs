//! Splits text into tokens.

use super::class::{CharClass, breaks, class};
use super::fold::FoldedText;
use super::{LONGEST_WORD, Token, TokenKind, humps, moments};
use crate::text::Span;

/// The maximum number of words and of bytes in an identifier that is kept whole.
const LONGEST_WHOLE: (usize, usize) = (12, 80);

/// The maximum number of words in a hyphenated word whose words are also joined. Ids and names of files have more.
const MOST_HYPHENATED: usize = 4;

/// The maximum number of parts of a name in camel case that are joined with their neighbours. Encoded data has more.
const MOST_HUMPS: usize = 12;

/// Calls `emit` for each token of `text`, by position.
pub fn scan(text: &str, emit: impl FnMut(Token<'_>)) {
    scan_from(text, 0, emit);
}

/// Does the same as [`scan`], for a text whose first word has position `position`. Returns the position after the last
/// word.
pub(crate) fn scan_from(text: &str, position: u32, emit: impl FnMut(Token<'_>)) -> u32 {
    let mut scanner = Scanner {
        folded: FoldedText::default(),
        position,
        hyphenated: Vec::new(),
        humps: Vec::new(),
        surface: String::new(),
        emit,
    };
    let mut rest = text.char_indices().peekable();
    while let Some((start, first)) = rest.next() {
        if breaks(first) {
            continue;
        }
        while rest.next_if(|(_, c)| !breaks(*c)).is_some() {}
        let end = rest.peek().map_or(text.len(), |(at, _)| *at);
        if !is_possessive(text, start, end) {
            let last_word = scanner.stretch(&text[start..end], start);
            if let (Some(word), Some(signs)) = (last_word, signs_at(&text[end..])) {
                scanner.signed(word, signs);
            }
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

/// Returns the signs at the beginning of `text` that belong to the name before them, as in `C++`, `C#` and `Canal+`.
/// `Foo#bar` and `Ctrl+C` have none.
fn signs_at(text: &str) -> Option<&'static str> {
    let signs = ["++", "+", "#"].into_iter().find(|signs| text.starts_with(signs))?;
    let rest = &text[signs.len()..];
    let has_more = match signs {
        "++" => rest.starts_with('+'),
        "+" => rest.starts_with(|c| class(c) == CharClass::Word),
        // `C#7` is a version of C#.
        _ => rest.starts_with(|c: char| c == '#' || class(c) == CharClass::Word && !c.is_ascii_digit()),
    };
    (!has_more).then_some(signs)
}

struct Scanner<F> {
    folded: FoldedText,
    /// The position of the next word.
    position: u32,
    /// The words so far that are joined only by hyphens, as folded bytes.
    hyphenated: Vec<Span>,
    /// The humps of a name in camel case, as folded bytes.
    humps: Vec<Span>,
    /// A surface that is not a part of the folded text.
    surface: String,
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
    /// Emits the tokens of `source`, which contains no character that ends a stretch. Returns the folded bytes and the
    /// position of the word at the end of `source`.
    fn stretch(&mut self, source: &str, start: usize) -> Option<(Span, u32)> {
        self.folded.fill(source, start);
        let mut at = 0;
        let text_len = self.folded.text.len();
        // All joined words, and the tightly joined words at the end: `net::err_conn` and `err_conn`.
        let (mut joined, mut tight): (Option<JoinedWords>, Option<JoinedWords>) = (None, None);
        let mut last_word = None;
        while at < text_len {
            let kind = class_at(&self.folded.text, at);
            let mut end = run_end(&self.folded.text, at, kind);
            last_word = None;
            match kind {
                CharClass::Joint => {
                    let joint = &self.folded.text[at..end];
                    let (joins, joins_tightly) = (joins(joint), matches!(joint, "_" | "." | "-"));
                    let has_hyphen = joint == "-";
                    let continues_word =
                        joins && end < text_len && class_at(&self.folded.text, end) == CharClass::Word;
                    if !(continues_word && has_hyphen) {
                        self.hyphenated();
                    }
                    if continues_word && !joins_tightly {
                        self.whole(tight.take());
                    } else if !continues_word {
                        self.inner_whole(tight.take(), joined);
                        self.whole(joined.take());
                    }
                }
                CharClass::Gram => {
                    self.hyphenated();
                    self.inner_whole(tight.take(), joined);
                    self.whole(joined.take());
                    self.grams(at, end);
                }
                CharClass::Word => {
                    let text = &self.folded.text;
                    let from = at + moments::version_mark(text, at, end);
                    let time = moments::time_mark(text, at, end);
                    let before = joined.map_or(at, |joined| joined.start);
                    let until = time.unwrap_or(end - moments::zone_mark(text, before, at, end));
                    let position = self.position;
                    let first = JoinedWords { start: from, end, words: 0, position };
                    for group in [&mut joined, &mut tight] {
                        let words = group.get_or_insert(first);
                        words.end = until;
                        words.words += 1;
                    }
                    self.hyphenated.push(from..until);
                    self.word(from, until);
                    if from == at && self.has_leading_dot(at) {
                        self.emit(TokenKind::Whole, at - 1, until, position);
                    }
                    last_word = Some((from..until, position));
                    if let Some(time) = time {
                        // The `t` separates the date and the time.
                        self.hyphenated();
                        self.inner_whole(tight.take(), joined);
                        self.whole(joined.take());
                        end = time + 1;
                    }
                }
            }
            at = end;
        }
        self.hyphenated();
        self.inner_whole(tight, joined);
        self.whole(joined);
        last_word
    }

    fn emit(&mut self, kind: TokenKind, start: usize, end: usize, position: u32) {
        let surface = &self.folded.text[start..end];
        (self.emit)(Token { surface, kind, span: self.folded.span(start, end), position });
    }

    /// Emits the word at the end of a stretch together with the signs after it.
    fn signed(&mut self, (word, position): (Span, u32), signs: &str) {
        let text = &self.folded.text[word.clone()];
        // `C+` is rarely a name, but the beginning of `C++`.
        let is_short = signs == "+" && text.len() < 2;
        if is_short || !text.starts_with(char::is_alphabetic) || text.len() > LONGEST_WORD {
            return;
        }
        self.surface.clear();
        self.surface.push_str(text);
        self.surface.push_str(signs);
        let span = self.folded.span(word.start, word.end);
        let span = span.start..span.end + signs.len();
        (self.emit)(Token { surface: &self.surface, kind: TokenKind::Whole, span, position });
    }

    /// Returns true if the word at `at` begins with a dot, as `.NET` and `/home/.profile` do.
    fn has_leading_dot(&self, at: usize) -> bool {
        let (before, after) = self.folded.text.split_at(at);
        let dot = before.strip_suffix('.');
        dot.is_some_and(|before| before.is_empty() || before.ends_with(['/', '\\']))
            && after.starts_with(char::is_alphabetic)
    }

    fn word(&mut self, start: usize, end: usize) {
        let cut_end = cut(&self.folded.text, start, end);
        self.emit(TokenKind::Word, start, cut_end, self.position);
        self.parts(start, end);
        self.position += 1;
    }

    /// Emits the parts of a name in camel case, and neighbouring parts joined.
    fn parts(&mut self, start: usize, end: usize) {
        let mut humps = std::mem::take(&mut self.humps);
        humps::find(&self.folded, start..end, &mut humps);
        for Span { start, end } in humps.iter().cloned() {
            let cut_end = cut(&self.folded.text, start, end);
            // Parts of one or two letters (`OS` of `iOS`) are not specific.
            if cut_end - start > 2 {
                self.emit(TokenKind::Part, start, cut_end, self.position);
            }
        }
        if humps.len() <= MOST_HUMPS {
            self.join(&humps, self.position, 0);
        }
        self.humps = humps;
    }

    /// Emits the words that are joined by hyphens without the hyphens.
    fn hyphenated(&mut self) {
        let mut words = std::mem::take(&mut self.hyphenated);
        if let Some(first) =
            u32::try_from(words.len()).ok().and_then(|count| self.position.checked_sub(count))
            && words.len() <= MOST_HYPHENATED
        {
            self.join(&words, first, 1);
        }
        words.clear();
        self.hyphenated = words;
    }

    /// Emits every two and every three neighbours of `pieces` as one word. The first piece is at `position`, and each
    /// piece is `step` positions after the previous one. Without steps, all pieces together are one word, which is not
    /// emitted again.
    fn join(&mut self, pieces: &[Span], position: u32, step: u32) {
        for (first, index) in pieces.iter().zip(0..) {
            for count in 2..=3 {
                let Some(run) = pieces.get(index as usize..index as usize + count) else { break };
                let text = &self.folded.text[first.clone()];
                let len: usize = run.iter().map(Span::len).sum();
                let is_word = step == 0 && count == pieces.len();
                if is_word || !text.starts_with(char::is_alphabetic) || !(3..=LONGEST_WORD).contains(&len) {
                    continue;
                }
                self.surface.clear();
                self.surface.extend(run.iter().map(|piece| &self.folded.text[piece.clone()]));
                let end = run.last().map_or(first.end, |last| last.end);
                let span = self.folded.span(first.start, end);
                let position = position + step * index;
                (self.emit)(Token { surface: &self.surface, kind: TokenKind::Joined, span, position });
            }
        }
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

//! Splits the text of a query into words and signs.

use super::value::{self, RawValue, ValueTest};
use super::{Key, MOST_TERMS, QueryError, QueryKey, RenamedKey, ValueKind, Vocabulary};
use crate::{
    index::tokens,
    text::{Span, nearest},
};

/// The help for queries that are too long.
pub(super) const TOO_MUCH_HELP: &str =
    "search for a few specific words, or use `similar` with the whole text";

/// A word or sign of a query.
#[derive(Debug, PartialEq)]
pub(super) enum Lexeme {
    Open,
    Close,
    /// `-` or `NOT`.
    Not,
    /// `+`.
    Required,
    And,
    Or,
    Word(String),
    Prefix(String),
    Phrase(String),
    Field(Key, Vec<ValueTest>),
    /// `sort:` with its keys (`None` means `relevance`) and whether each is descending.
    Sort(Vec<(Option<&'static QueryKey>, bool)>),
}

pub(super) struct Lexer<'a> {
    text: &'a str,
    at: usize,
    vocabulary: &'a Vocabulary,
    /// Keys that were written with a former name.
    pub renamed: Vec<RenamedKey>,
    /// Number of words and values so far.
    terms: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str, vocabulary: &'a Vocabulary) -> Self {
        Self { text, at: 0, vocabulary, renamed: Vec::new(), terms: 0 }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn error(&self, span: Span, (message, help): (String, String)) -> QueryError {
        QueryError::new(self.text, span, message, help)
    }

    /// Returns the next word or sign with its byte range; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<(Lexeme, Span)>, QueryError> {
        self.at = self.text.len() - self.rest().trim_start().len();
        let start = self.at;
        let Some(first) = self.rest().chars().next() else { return Ok(None) };
        let lexeme = match first {
            '(' => self.sign(Lexeme::Open),
            ')' => self.sign(Lexeme::Close),
            '"' => Lexeme::Phrase(self.phrase()?),
            '-' if !is_option(self.rest()) => self.sign(Lexeme::Not),
            '+' if self.rest().chars().nth(1).is_some_and(char::is_alphabetic) => self.sign(Lexeme::Required),
            _ => match self.field()? {
                Some(field) => field,
                None => self.word(),
            },
        };
        if let Lexeme::Word(text) | Lexeme::Phrase(text) | Lexeme::Prefix(text) = &lexeme {
            self.count(words(text), start..self.at)?;
        }
        Ok(Some((lexeme, start..self.at)))
    }

    /// Counts more words or values, which are at `span`.
    fn count(&mut self, more: usize, span: Span) -> Result<(), QueryError> {
        self.terms += more;
        if self.terms > MOST_TERMS {
            let message = format!("too many words and values: the limit is {MOST_TERMS}");
            return Err(self.error(span, (message, TOO_MUCH_HELP.to_owned())));
        }
        Ok(())
    }

    fn sign(&mut self, lexeme: Lexeme) -> Lexeme {
        self.at += 1;
        lexeme
    }

    /// Reads a quoted text. The next character is the quote.
    fn phrase(&mut self) -> Result<String, QueryError> {
        let start = self.at;
        let mut text = String::new();
        let mut characters = self.rest().char_indices().skip(1).peekable();
        while let Some((offset, c)) = characters.next() {
            match c {
                '"' => {
                    self.at = start + offset + 1;
                    if text.trim().is_empty() {
                        let refusal = (
                            "the quotes are empty".into(),
                            "write words between the quotes, or remove them".into(),
                        );
                        return Err(self.error(start..self.at, refusal));
                    }
                    return Ok(text);
                }
                '\\' => match characters.next_if(|(_, next)| matches!(next, '"' | '\\')) {
                    Some((_, escaped)) => text.push(escaped),
                    None => text.push(c),
                },
                _ => text.push(c),
            }
        }
        let words = text.trim();
        let help = match words.split_whitespace().next() {
            Some(first) if words.chars().count() > 60 => {
                format!(
                    "close the quote after the last word of the phrase: `\"{}…\"`",
                    value::shortened(first)
                )
            }
            Some(_) => format!("close the quote: `\"{words}\"`"),
            None => "remove the quote".to_owned(),
        };
        Err(self.error(start..self.text.len(), ("missing closing quote".into(), help)))
    }

    /// Reads a word up to a space, a parenthesis or a quote.
    fn word(&mut self) -> Lexeme {
        let word = plain(self.rest());
        self.at += word.len();
        let stem = word.trim_end_matches('*');
        match word {
            "OR" => Lexeme::Or,
            "AND" => Lexeme::And,
            "NOT" => Lexeme::Not,
            _ if stem.len() < word.len() => Lexeme::Prefix(stem.to_owned()),
            _ => Lexeme::Word(word.to_owned()),
        }
    }

    /// Reads a key with its values, if the next word is one.
    fn field(&mut self) -> Result<Option<Lexeme>, QueryError> {
        let Some(name) = key_name(self.rest()) else { return Ok(None) };
        let start = self.at;
        let colon = start + name.len();
        let after = &self.text[colon + 1..];
        // Names such as `std::vec` and URLs such as `https://x` are words, not keys.
        if after.starts_with(':') || after.starts_with("//") || after.starts_with(char::is_whitespace) {
            return Ok(None);
        }
        let Some((key, renamed)) = self.vocabulary.find(name) else {
            return self.unknown_key(name, after).map(|()| None);
        };
        self.at = colon + 1;
        if let Some(renamed) = renamed.filter(|renamed| !self.renamed.contains(renamed)) {
            self.renamed.push(renamed);
        }
        let kind = key.kind();
        if matches!(kind, ValueKind::Sort) {
            return self.sort(&key).map(Some);
        }
        let is_time = matches!(kind, ValueKind::Time | ValueKind::Bound { .. });
        let mut tests = Vec::new();
        for (raw, span) in self.values(&key)? {
            let is_me = !raw.quoted && raw.text == "me" && matches!(kind, ValueKind::Person);
            let is_quoted = raw.quoted;
            let test = match ValueTest::read(raw, &key.to_string(), kind) {
                Ok(test) => test,
                // A number after the colon, as in `status:500 from gateway`, makes it a word of a message.
                // A wrong time stays an error: as a word it would find nothing and say nothing.
                Err(_) if after.starts_with(|c: char| c.is_ascii_digit()) && !is_time => {
                    self.at = start;
                    return Ok(None);
                }
                Err((message, help)) if !is_quoted => {
                    let word = value::shortened(plain(&self.text[start..]));
                    let help = format!("{help}; to search for the words, quote them: `\"{word}\"`");
                    return Err(self.error(span, (message, help)));
                }
                Err(refusal) => return Err(self.error(span, refusal)),
            };
            if is_me && !self.vocabulary.me {
                let refusal =
                    ("`me` is not available here".into(), format!("write the id of a person: `{key}:mei`"));
                return Err(self.error(span, refusal));
            }
            if !tests.contains(&test) {
                tests.push(test);
            }
        }
        Ok(Some(Lexeme::Field(key, tests)))
    }

    /// Returns an error if `name:` is an unknown key and not only a word with a colon.
    fn unknown_key(&self, name: &str, after: &str) -> Result<(), QueryError> {
        let value = plain(after);
        let is_path = after.starts_with(['/', '\\']);
        let is_dotted = name.contains('.') && !name.to_ascii_lowercase().starts_with("fields.");
        if is_path || is_dotted || (value.is_empty() && !after.starts_with('"')) {
            return Ok(());
        }
        let fields: Vec<String> = self
            .vocabulary
            .fields
            .iter()
            .map(
                |field| {
                    if name.contains('.') { format!("fields.{}", field.name) } else { field.name.clone() }
                },
            )
            .collect();
        let keys = self.vocabulary.keys.iter().map(|key| key.name).chain(fields.iter().map(String::as_str));
        let near = nearest(name, keys);
        if value.starts_with(|c: char| c.is_ascii_digit()) {
            return Ok(());
        }
        let span = self.at..self.at + name.len();
        let word = format!("{name}:{}", value::shortened(value));
        let help = match near {
            Some(near) => {
                format!("did you mean `{near}:`? To search for the word itself, quote it: `\"{word}\"`")
            }
            None => format!("to search for the word itself, quote it: `\"{word}\"`"),
        };
        Err(self.error(span, (format!("unknown key `{}`", value::shortened(name)), help)))
    }

    /// Reads the values of `key`, separated by commas.
    fn values(&mut self, key: &Key) -> Result<Vec<(RawValue, Span)>, QueryError> {
        let mut found = Vec::new();
        loop {
            let start = self.at;
            let raw = if self.rest().starts_with('"') {
                RawValue { text: self.phrase()?, quoted: true }
            } else {
                let text = plain_value(self.rest());
                self.at += text.len();
                RawValue { text: text.to_owned(), quoted: false }
            };
            if raw.text.is_empty() {
                let span = start.saturating_sub(1)..start;
                let refusal = if found.is_empty() {
                    value::missing(&key.to_string(), key.kind(), self.vocabulary.keys)
                } else {
                    (
                        "missing value after the comma".into(),
                        "write a value directly after the comma, or remove the comma".into(),
                    )
                };
                return Err(self.error(span, refusal));
            }
            let more = if key.words().is_some() { words(&raw.text) } else { 1 };
            self.count(more, start..self.at)?;
            found.push((raw, start..self.at));
            if !self.rest().starts_with(',') {
                return Ok(found);
            }
            self.at += 1;
        }
    }

    /// Reads the keys after `sort:`.
    fn sort(&mut self, key: &Key) -> Result<Lexeme, QueryError> {
        let mut by: Vec<(Option<&'static QueryKey>, bool)> = Vec::new();
        for (raw, span) in self.values(key)? {
            let (name, descending) =
                raw.text.strip_prefix('-').map_or((&*raw.text, false), |name| (name, true));
            let sorts = |key: &&QueryKey| key.sort.is_some() && key.name.eq_ignore_ascii_case(name);
            let found = self.vocabulary.keys.iter().find(sorts);
            if found.is_none() && !name.eq_ignore_ascii_case("relevance") {
                let choices = key.kind().choices(self.vocabulary.keys);
                let names: Vec<_> = choices.iter().map(|choice| choice.name).collect();
                return Err(self.error(span, value::unknown_value(name, &key.to_string(), &names)));
            }
            // A second sort by the same key has no effect.
            if by.iter().all(|(known, _)| *known != found) {
                by.push((found, descending));
            }
        }
        Ok(Lexeme::Sort(by))
    }
}

/// Returns whether `text` begins with an option of a command, such as `--force` or `-f`.
fn is_option(text: &str) -> bool {
    let mut after = text.chars().skip(1);
    match after.next() {
        Some('-') => true,
        Some(c) if c.is_alphanumeric() => {
            after.next().is_none_or(|next| next.is_whitespace() || matches!(next, '(' | ')' | '"'))
        }
        _ => false,
    }
}

/// Returns the number of lookups for `text`: one per position, and one if it has no words.
fn words(text: &str) -> usize {
    (tokens::scan_from(text, 0, |_| ()) as usize).max(1)
}

/// Returns the beginning of `text` up to a space, a quote or a parenthesis. `()` directly after a word belongs to
/// it.
fn plain(text: &str) -> &str {
    let mut from = 0;
    loop {
        let end = text[from..]
            .find(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '"'))
            .map_or(text.len(), |offset| from + offset);
        if end == 0 || !text[end..].starts_with("()") {
            return &text[..end];
        }
        from = end + 2;
    }
}

/// Returns the beginning of `text` up to a space, a quote, a parenthesis or a comma.
fn plain_value(text: &str) -> &str {
    let end = text.find(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '"' | ','));
    &text[..end.unwrap_or(text.len())]
}

/// Returns the name before a colon at the beginning of `text`, if it could be a key.
fn key_name(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')))?;
    let name = &text[..end];
    (text[end..].starts_with(':') && name.starts_with(|c: char| c.is_ascii_alphabetic())).then_some(name)
}

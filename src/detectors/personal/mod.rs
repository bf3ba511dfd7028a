//! Finds personal data that must not get into a ticket's history: addresses and numbers of people.
//!
//! Logs contain many numbers. To avoid false reports, each detector requires a valid checksum or a distinctive
//! form, and ignores numbers inside a longer number, hash, UUID, version or path. Numbers and domains that are
//! reserved for examples are ignored too.

mod contact;
mod number;

use std::fmt;

use serde::Serialize;

use crate::text::Span;

/// A kind of personal data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum PersonalDataKind {
    /// An e-mail address.
    Email,
    /// A telephone number in international form, beginning with `+`.
    Phone,
    /// The number of a credit or debit card.
    Card,
    /// An international bank account number.
    Iban,
    /// A social security number of the United States.
    SocialSecurity,
    /// A resident identity card number of the People's Republic of China.
    ResidentId,
}

impl fmt::Display for PersonalDataKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Email => "e-mail address",
            Self::Phone => "phone number",
            Self::Card => "payment card number",
            Self::Iban => "bank account number (IBAN)",
            Self::SocialSecurity => "US social security number",
            Self::ResidentId => "Chinese resident identity number",
        })
    }
}

/// Personal data in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PersonalMatch {
    pub kind: PersonalDataKind,
    pub span: Span,
}

/// The tables by which [`find`] decides, for the forms of the static site.
#[derive(Serialize)]
pub(crate) struct PersonalTables {
    files: &'static [&'static str],
    remote: &'static [&'static str],
    machines: &'static [&'static str],
    reserved: &'static [&'static str],
    cards: &'static [&'static str],
    ibans: Vec<(String, usize)>,
    example_ibans: &'static [&'static str],
}

impl PersonalTables {
    pub(crate) fn builtin() -> Self {
        let iban =
            |(code, length): &(&[u8; 2], usize)| (String::from_utf8_lossy(*code).into_owned(), *length);
        Self {
            files: contact::FILES,
            remote: contact::REMOTE,
            machines: contact::MACHINES,
            reserved: super::reserved::RESERVED,
            cards: number::TEST_CARDS,
            ibans: number::IBAN_LENGTHS.iter().map(iban).collect(),
            example_ibans: number::EXAMPLE_IBANS,
        }
    }
}

/// Finds all personal data in `text`, in order. E-mail addresses for which `is_known` returns true are ignored, for
/// example those of people in the settings; `is_known` gets them in lower case.
pub(crate) fn find(text: &str, is_known: impl Fn(&str) -> bool) -> Vec<PersonalMatch> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let hit = match bytes[at] {
            b'@' => contact::email(text, at, &is_known).map(|span| (PersonalDataKind::Email, span)),
            b'+' => contact::phone(bytes, at).map(|span| (PersonalDataKind::Phone, span)),
            b'0'..=b'9' if can_begin(bytes, at) => number::with_digits(bytes, at),
            b'A'..=b'Z' if can_begin(bytes, at) => {
                number::iban(bytes, at).map(|span| (PersonalDataKind::Iban, span))
            }
            _ => None,
        };
        at = match hit {
            Some((kind, span)) => {
                let end = span.end.max(at + 1);
                found.push(PersonalMatch { kind, span });
                end
            }
            None => at + 1,
        };
    }
    found
}

/// Returns true if a number or address can begin at `at`, because no word, number or path continues there.
fn can_begin(bytes: &[u8], at: usize) -> bool {
    let before = |back: usize| at.checked_sub(back).map(|index| bytes[index]);
    match before(1) {
        Some(b)
            if b.is_ascii_alphanumeric()
                || matches!(b, b'_' | b'/' | b'\\' | b'#' | b'@' | b'%' | b'&' | b'+') =>
        {
            false
        }
        // A hyphen or dot directly after a word or number connects it to the next one.
        Some(b'-' | b'.' | b',') => !before(2).is_some_and(|b| b.is_ascii_alphanumeric()),
        _ => true,
    }
}

/// Returns true if a number or address can end before `end`, because no word, number or path continues there.
fn can_end(bytes: &[u8], end: usize) -> bool {
    match bytes.get(end) {
        Some(b) if b.is_ascii_alphanumeric() || matches!(b, b'_' | b'/' | b'\\' | b'@' | b'%' | b'+') => {
            false
        }
        Some(b'-' | b'.' | b',' | b':') => !bytes.get(end + 1).is_some_and(u8::is_ascii_alphanumeric),
        _ => true,
    }
}

#[cfg(test)]
pub(crate) mod tests;

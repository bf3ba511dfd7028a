//! Finds numbers of payment cards, bank accounts and national identity cards.

use super::{PersonalDataKind, can_end};
use crate::text::Span;

/// Card numbers that payment services publish for tests.
#[rustfmt::skip] // a table
pub(super) const TEST_CARDS: &[&str] = &[
    "4111111111111111", "4242424242424242", "4000056655665556", "4012888888881881", "4000000000000002",
    "4000000000009995", "4000002500003155", "5555555555554444", "5105105105105100", "5200828282828210",
    "2223003122003222", "378282246310005", "371449635398431", "6011111111111117", "6011000990139424",
    "3056930009020004", "30569309025904", "36227206271667", "3566002020360505", "3530111333300000",
    "6200000000000005",
];

/// The valid groupings of a card's digits.
const CARD_GROUPS: &[&[usize]] = &[&[4, 4, 4, 4], &[4, 6, 5], &[4, 6, 4], &[4, 4, 4, 4, 3]];

/// Returns the card, social security or identity number that begins with the digit at `at`.
pub(super) fn with_digits(bytes: &[u8], at: usize) -> Option<(PersonalDataKind, Span)> {
    let (groups, end) = groups(bytes, at);
    if groups.as_slice() == [17] && matches!(bytes.get(end), Some(b'X' | b'x')) || groups.as_slice() == [18] {
        let end = at + 18;
        if can_end(bytes, end) && is_resident_id(&bytes[at..end]) {
            return Some((PersonalDataKind::ResidentId, at..end));
        }
    }
    if !can_end(bytes, end) {
        return None;
    }
    let digits: Vec<u8> = bytes[at..end].iter().copied().filter(u8::is_ascii_digit).collect();
    if groups.as_slice() == [3, 2, 4] && bytes[at + 3] == b'-' && is_social_security(&digits) {
        return Some((PersonalDataKind::SocialSecurity, at..end));
    }
    let is_grouped_like_a_card = groups.len() == 1 || CARD_GROUPS.contains(&groups.as_slice());
    (is_grouped_like_a_card && is_card(&digits)).then_some((PersonalDataKind::Card, at..end))
}

/// Returns the lengths of the digit groups that begin at `at`, and the offset of their end. All groups must be
/// separated by the same character, a space or a hyphen. Stops after twenty digits, because no number of a person
/// is longer.
fn groups(bytes: &[u8], at: usize) -> (Vec<usize>, usize) {
    let mut groups = Vec::with_capacity(5);
    let mut start = at;
    let separator =
        bytes[at..].iter().find(|b| !b.is_ascii_digit()).copied().filter(|b| matches!(b, b' ' | b'-'));
    loop {
        let length = bytes[start..].iter().take(20).take_while(|b| b.is_ascii_digit()).count();
        groups.push(length);
        let end = start + length;
        let continues = separator.is_some()
            && bytes.get(end).copied() == separator
            && bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
        if !continues || groups.iter().sum::<usize>() >= 20 {
            return (groups, end);
        }
        start = end + 1;
    }
}

fn is_card(digits: &[u8]) -> bool {
    let prefix = |length: usize| digits[..length].iter().fold(0_u32, |sum, b| sum * 10 + u32::from(b - b'0'));
    if !(14..=19).contains(&digits.len()) {
        return false;
    }
    let is_issued = match prefix(4) {
        4000..=4999 | 3528..=3589 => digits.len() == 16,
        3400..=3499 | 3700..=3799 => digits.len() == 15,
        3000..=3059 | 3600..=3699 | 3800..=3999 => digits.len() == 14,
        2221..=2720 | 5100..=5599 => digits.len() == 16,
        6011 | 6440..=6599 => digits.len() == 16,
        6200..=6299 => digits.len() >= 16,
        _ => false,
    };
    let is_repetitive = digits.iter().filter(|b| **b == digits[5]).count() * 2 > digits.len();
    is_issued && !is_repetitive && luhn(digits) && !TEST_CARDS.iter().any(|card| card.as_bytes() == digits)
}

fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(index, b)| match (index % 2, u32::from(b - b'0')) {
            (0, digit) => digit,
            (_, digit) if digit > 4 => digit * 2 - 9,
            (_, digit) => digit * 2,
        })
        .sum();
    sum.is_multiple_of(10)
}

fn is_social_security(digits: &[u8]) -> bool {
    // These numbers were published in advertisements or are sequences.
    let invalid: [&[u8]; 4] = [b"078051120", b"219099999", b"123456789", b"987654321"];
    let area = &digits[..3];
    digits.len() == 9
        && area != b"000"
        && area != b"666"
        && area[0] != b'9'
        && digits[3..5] != *b"00"
        && digits[5..] != *b"0000"
        && !invalid.contains(&digits)
}

/// Checks a number of GB 11643: province, date of birth, sequence number and check digit (ISO 7064, mod 11-2).
fn is_resident_id(id: &[u8]) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: &[u8; 11] = b"10X98765432";
    let number = |span: Span| id[span].iter().fold(0_u32, |sum, b| sum * 10 + u32::from(b - b'0'));
    let has_province =
        matches!(number(0..2), 11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83);
    let has_birthday =
        matches!((number(6..10), number(10..12), number(12..14)), (1900..=2099, 1..=12, 1..=31));
    let sum: u32 = id[..17].iter().zip(WEIGHTS).map(|(b, weight)| u32::from(b - b'0') * weight).sum();
    has_province && has_birthday && CHECKS[(sum % 11) as usize] == id[17].to_ascii_uppercase()
}

/// The length of the account numbers of each country (ISO 13616).
#[rustfmt::skip] // a table
pub(super) const IBAN_LENGTHS: &[(&[u8; 2], usize)] = &[
    (b"AD", 24), (b"AE", 23), (b"AL", 28), (b"AT", 20), (b"AZ", 28), (b"BA", 20), (b"BE", 16), (b"BG", 22),
    (b"BH", 22), (b"BR", 29), (b"BY", 28), (b"CH", 21), (b"CR", 22), (b"CY", 28), (b"CZ", 24), (b"DE", 22),
    (b"DK", 18), (b"DO", 28), (b"EE", 20), (b"EG", 29), (b"ES", 24), (b"FI", 18), (b"FO", 18), (b"FR", 27),
    (b"GB", 22), (b"GE", 22), (b"GI", 23), (b"GL", 18), (b"GR", 27), (b"GT", 28), (b"HR", 21), (b"HU", 28),
    (b"IE", 22), (b"IL", 23), (b"IQ", 23), (b"IS", 26), (b"IT", 27), (b"JO", 30), (b"KW", 30), (b"KZ", 20),
    (b"LB", 28), (b"LC", 32), (b"LI", 21), (b"LT", 20), (b"LU", 20), (b"LV", 21), (b"MC", 27), (b"MD", 24),
    (b"ME", 22), (b"MK", 19), (b"MR", 27), (b"MT", 31), (b"MU", 30), (b"NL", 18), (b"NO", 15), (b"PK", 24),
    (b"PL", 28), (b"PS", 29), (b"PT", 25), (b"QA", 29), (b"RO", 24), (b"RS", 22), (b"SA", 24), (b"SC", 31),
    (b"SE", 24), (b"SI", 19), (b"SK", 24), (b"SM", 27), (b"ST", 25), (b"SV", 28), (b"TL", 23), (b"TN", 24),
    (b"TR", 26), (b"UA", 29), (b"VA", 22), (b"VG", 24), (b"XK", 20),
];

/// Account numbers that documentation often uses as examples.
#[rustfmt::skip] // a table
pub(super) const EXAMPLE_IBANS: &[&str] = &[
    "DE89370400440532013000", "GB82WEST12345698765432", "GB29NWBK60161331926819",
    "FR1420041010050500013M02606", "NL91ABNA0417164300", "CH9300762011623852957",
    "AT611904300234573201", "ES9121000418450200051332", "IT60X0542811101000000123456",
    "BE68539007547034",
];

/// Returns the byte range of the bank account number that begins with the letter at `at`, written without spaces or
/// in groups of four.
pub(super) fn iban(bytes: &[u8], at: usize) -> Option<Span> {
    let country = bytes
        .get(at..at + 4)
        .filter(|head| head[1].is_ascii_uppercase() && head[2..].iter().all(u8::is_ascii_digit))?;
    let (_, length) = IBAN_LENGTHS.iter().find(|(code, _)| country.starts_with(*code))?;
    let mut characters = Vec::with_capacity(*length);
    let mut end = at;
    while characters.len() < *length {
        match bytes.get(end)? {
            b if b.is_ascii_uppercase() || b.is_ascii_digit() => characters.push(*b),
            b' ' if characters.len() % 4 == 0 && end > at && bytes[end - 1] != b' ' => {}
            _ => return None,
        }
        end += 1;
    }
    let published = EXAMPLE_IBANS.iter().any(|iban| iban.as_bytes() == characters);
    (can_end(bytes, end) && !published && mod_97(&characters) == 1).then_some(at..end)
}

/// Returns the remainder of ISO 7064, mod 97-10, after moving the country and the check digits to the end.
fn mod_97(characters: &[u8]) -> u32 {
    let digit = |rest: u32, b: &u8| match b {
        b'0'..=b'9' => (rest * 10 + u32::from(b - b'0')) % 97,
        _ => (rest * 100 + u32::from(b - b'A') + 10) % 97,
    };
    characters[4..].iter().chain(&characters[..4]).fold(0, digit)
}

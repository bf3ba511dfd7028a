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

/// Texts with and without personal data, for comparing this detector with that of the forms.
#[cfg(test)]
#[rustfmt::skip] // a table
pub(crate) const SAMPLES: &[&str] = &[
    "客户 lena.k+x@shop.fr（或 <o.b@mail.shop.co.uk>）",
    "lena.k+x@shop.fr",
    "o.b@mail.shop.co.uk",
    "mailto:lena@shop.fr.",
    "lena@shop.fr",
    "Mei@Acme.com",
    "a@example.com",
    "a@b.example.org",
    "a@acme.example",
    "a@host.test",
    "a@b.invalid",
    "noreply@shop.fr",
    "git@forge.fr:team/repo.git",
    "https://deploy:x@forge.fr/a",
    "ssh://git@forge.fr/a",
    "logo@2x.png",
    "pkg@1.2.3",
    "@media",
    "cache/app.apk@example.dev@classes.dex",
    "java.lang.Object@1f.a",
    "Message-ID: <20180530.a@mail.shop.fr>",
    "root@localhost",
    "getty@tty1.service",
    "user@1000.service failed; see session@lena.scope",
    "[lena@db1.acme.fr ~]$ ls",
    "lena@db1.acme.fr$ ls",
    "root@db1.acme.fr:~# ls",
    "$ ssh -p 22 deploy@db1.acme.fr uptime",
    "rsync -a x deploy@db1.acme.fr",
    "git clone git@forge.fr:team/a",
    "HTTP/web.acme.fr@ACME.FR",
    "left-pad@1.2.3-beta.next",
    "registry.acme.fr/app@sha256:2bbf5c4a",
    "ask @lena.k about it",
    "+86 139 1234 8765",
    "+4930 901820-44",
    "+33 (0)1 42 68 53 00",
    "+1 (212) 736-5000",
    "+8613912348765",
    "UTC+08:00",
    "2026-11-22T09:14:00.000+0800",
    "1.5e+10000000",
    "+12345",
    "@@ -1,2 +12345678,4 @@",
    "+1 555 555 0123",
    "+1 123 456 7890",
    "x+4930901820",
    "offset +123456789",
    "\n+8613912348765",
    "+44 7700 900123",
    "+0049 30 901820",
    "4539 1488 0343 6467",
    "4539148803436467",
    "5425-2334-3010-9903",
    "3714 496353 98209",
    "6250941006528599",
    "4539148803436468",
    "4111 1111 1111 1111",
    "id-4539148803436467",
    "4539148803436467-a",
    "45391488034364670000",
    "0x4539148803436467",
    "a4539148803436467",
    "1732266840123456",
    "4539-1488-0343-6467-1234",
    "v4539148803436467",
    "/4539148803436467/",
    "4539148803436467.5",
    "0000000000000000",
    "45391488-0343-6467-9e1b-2bbf5c4a965e",
    "1,4539148803436467",
    "IBAN DE75 5121 0800 1245 1261 99 bitte",
    "DE75 5121 0800 1245 1261 99",
    "NL02ABNA0123456789",
    "DE75512108001245126198",
    "DE89 3704 0044 0532 0130 00",
    "GB12",
    "XX75512108001245126199",
    "NL02ABNA0123456789X",
    "SSN 536-22-8726.",
    "536-22-8726",
    "666-12-3456",
    "900-12-3456",
    "123-45-6789",
    "536-00-8726",
    "536-22-8726-1",
    "1-536-22-8726",
    "078-05-1120",
    "身份证11010519491231002X。",
    "11010519491231002X",
    "110105194912310021",
    "11010519491331002X",
    "99010519491231002X",
    "11010519491231002X7",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(PersonalDataKind, &str)> {
        find(text, |address| address == "mei@acme.com")
            .into_iter()
            .map(|hit| (hit.kind, &text[hit.span]))
            .collect()
    }

    #[test]
    fn the_address_of_a_person_is_found_without_the_text_around_it() {
        assert_eq!(
            found("客户 lena.k+x@shop.fr（或 <o.b@mail.shop.co.uk>）"),
            [(PersonalDataKind::Email, "lena.k+x@shop.fr"), (PersonalDataKind::Email, "o.b@mail.shop.co.uk")]
        );
        assert_eq!(found("mailto:lena@shop.fr."), [(PersonalDataKind::Email, "lena@shop.fr")]);
    }

    #[test]
    fn addresses_of_examples_machines_and_known_people_are_ignored() {
        for text in [
            "mei@acme.com",
            "Mei@Acme.com",
            "a@example.com",
            "a@b.example.org",
            "a@acme.example",
            "a@host.test",
            "a@b.invalid",
            "noreply@shop.fr",
            "git@forge.fr:team/repo.git",
            "https://deploy:x@forge.fr/a",
            "ssh://git@forge.fr/a",
            "logo@2x.png",
            "pkg@1.2.3",
            "@media",
            "cache/app.apk@example.dev@classes.dex",
            "java.lang.Object@1f.a",
            "Message-ID: <20180530.a@mail.shop.fr>",
            "root@localhost",
            "getty@tty1.service",
            "user@1000.service failed; see session@lena.scope",
            "[lena@db1.acme.fr ~]$ ls",
            "lena@db1.acme.fr$ ls",
            "root@db1.acme.fr:~# ls",
            "$ ssh -p 22 deploy@db1.acme.fr uptime",
            "rsync -a x deploy@db1.acme.fr",
            "git clone git@forge.fr:team/a",
            "HTTP/web.acme.fr@ACME.FR",
            "left-pad@1.2.3-beta.next",
            "registry.acme.fr/app@sha256:2bbf5c4a",
            "ask @lena.k about it",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn a_phone_number_in_international_form_is_found() {
        for text in [
            "+86 139 1234 8765",
            "+4930 901820-44",
            "+33 (0)1 42 68 53 00",
            "+1 (212) 736-5000",
            "+8613912348765",
        ] {
            assert_eq!(found(&format!("Tel. {text}.")), [(PersonalDataKind::Phone, text)], "{text}");
        }
    }

    #[test]
    fn offsets_exponents_and_example_numbers_are_not_phone_numbers() {
        for text in [
            "UTC+08:00",
            "2026-11-22T09:14:00.000+0800",
            "1.5e+10000000",
            "+12345",
            "@@ -1,2 +12345678,4 @@",
            "+1 555 555 0123",
            "+1 123 456 7890",
            "x+4930901820",
            "offset +123456789",
            "\n+8613912348765",
            "+44 7700 900123",
            "+0049 30 901820",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn a_card_number_is_found_by_its_prefix_and_check_digit() {
        for text in [
            "4539 1488 0343 6467",
            "4539148803436467",
            "5425-2334-3010-9903",
            "3714 496353 98209",
            "6250941006528599",
        ] {
            assert_eq!(found(&format!("card={text}, thanks")), [(PersonalDataKind::Card, text)], "{text}");
        }
    }

    #[test]
    fn other_numbers_in_logs_are_not_card_numbers() {
        for text in [
            "4539148803436468",
            "4111 1111 1111 1111",
            "id-4539148803436467",
            "4539148803436467-a",
            "45391488034364670000",
            "0x4539148803436467",
            "a4539148803436467",
            "1732266840123456",
            "4539-1488-0343-6467-1234",
            "v4539148803436467",
            "/4539148803436467/",
            "4539148803436467.5",
            "0000000000000000",
            "45391488-0343-6467-9e1b-2bbf5c4a965e",
            "1,4539148803436467",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn a_bank_account_is_found_by_its_country_and_check_digits() {
        assert_eq!(
            found("IBAN DE75 5121 0800 1245 1261 99 bitte"),
            [(PersonalDataKind::Iban, "DE75 5121 0800 1245 1261 99")]
        );
        assert_eq!(found("NL02ABNA0123456789"), [(PersonalDataKind::Iban, "NL02ABNA0123456789")]);
        for text in [
            "DE75512108001245126198",
            "DE89 3704 0044 0532 0130 00",
            "GB12",
            "XX75512108001245126199",
            "NL02ABNA0123456789X",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn national_identity_numbers_are_found_if_they_are_valid() {
        assert_eq!(found("SSN 536-22-8726."), [(PersonalDataKind::SocialSecurity, "536-22-8726")]);
        for text in [
            "666-12-3456",
            "900-12-3456",
            "123-45-6789",
            "536-00-8726",
            "536-22-8726-1",
            "1-536-22-8726",
            "078-05-1120",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
        assert_eq!(
            found("身份证11010519491231002X。"),
            [(PersonalDataKind::ResidentId, "11010519491231002X")]
        );
        for text in ["110105194912310021", "11010519491331002X", "99010519491231002X", "11010519491231002X7"]
        {
            assert_eq!(found(text), [], "{text}");
        }
    }
}

//! Texts with and without personal data.

use super::*;

/// Addresses of examples, machines and known people.
#[rustfmt::skip] // a table
const NO_EMAILS: &[&str] = &[
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
];

/// Phone numbers.
#[rustfmt::skip] // a table
const PHONES: &[&str] = &[
    "+86 139 1234 8765",
    "+4930 901820-44",
    "+33 (0)1 42 68 53 00",
    "+1 (212) 736-5000",
    "+8613912348765",
];

/// Offsets, exponents and example numbers.
#[rustfmt::skip] // a table
const NO_PHONES: &[&str] = &[
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
];

/// Card numbers.
#[rustfmt::skip] // a table
const CARDS: &[&str] = &[
    "4539 1488 0343 6467",
    "4539148803436467",
    "5425-2334-3010-9903",
    "3714 496353 98209",
    "6250941006528599",
];

/// Other numbers in logs.
#[rustfmt::skip] // a table
const NO_CARDS: &[&str] = &[
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
];

/// Invalid bank accounts, and those of examples.
#[rustfmt::skip] // a table
const NO_IBANS: &[&str] = &[
    "DE75512108001245126198",
    "DE89 3704 0044 0532 0130 00",
    "GB12",
    "XX75512108001245126199",
    "NL02ABNA0123456789X",
];

/// Invalid numbers of the United States.
#[rustfmt::skip] // a table
const NO_SOCIAL_SECURITY: &[&str] = &[
    "666-12-3456",
    "900-12-3456",
    "123-45-6789",
    "536-00-8726",
    "536-22-8726-1",
    "1-536-22-8726",
    "078-05-1120",
];

/// Invalid numbers of China.
#[rustfmt::skip] // a table
const NO_RESIDENTS: &[&str] = &[
    "110105194912310021",
    "11010519491331002X",
    "99010519491231002X",
    "11010519491231002X7",
];

/// Other texts with personal data.
#[rustfmt::skip] // a table
const OTHERS: &[&str] = &[
    "客户 lena.k+x@shop.fr（或 <o.b@mail.shop.co.uk>）",
    "lena.k+x@shop.fr",
    "o.b@mail.shop.co.uk",
    "mailto:lena@shop.fr.",
    "lena@shop.fr",
    "IBAN DE75 5121 0800 1245 1261 99 bitte",
    "DE75 5121 0800 1245 1261 99",
    "NL02ABNA0123456789",
    "SSN 536-22-8726.",
    "536-22-8726",
    "身份证11010519491231002X。",
    "11010519491231002X",
];

/// Returns all texts, for comparing this detector with that of the forms.
pub(crate) fn samples() -> impl Iterator<Item = &'static str> {
    let all =
        [NO_EMAILS, PHONES, NO_PHONES, CARDS, NO_CARDS, NO_IBANS, NO_SOCIAL_SECURITY, NO_RESIDENTS, OTHERS];
    all.into_iter().flatten().copied()
}

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
    for text in NO_EMAILS {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn a_phone_number_in_international_form_is_found() {
    for text in PHONES {
        assert_eq!(found(&format!("Tel. {text}.")), [(PersonalDataKind::Phone, *text)], "{text}");
    }
}

#[test]
fn offsets_exponents_and_example_numbers_are_not_phone_numbers() {
    for text in NO_PHONES {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn a_card_number_is_found_by_its_prefix_and_check_digit() {
    for text in CARDS {
        assert_eq!(found(&format!("card={text}, thanks")), [(PersonalDataKind::Card, *text)], "{text}");
    }
}

#[test]
fn other_numbers_in_logs_are_not_card_numbers() {
    for text in NO_CARDS {
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
    for text in NO_IBANS {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn national_identity_numbers_are_found_if_they_are_valid() {
    assert_eq!(found("SSN 536-22-8726."), [(PersonalDataKind::SocialSecurity, "536-22-8726")]);
    for text in NO_SOCIAL_SECURITY {
        assert_eq!(found(text), [], "{text}");
    }
    assert_eq!(found("身份证11010519491231002X。"), [(PersonalDataKind::ResidentId, "11010519491231002X")]);
    for text in NO_RESIDENTS {
        assert_eq!(found(text), [], "{text}");
    }
}

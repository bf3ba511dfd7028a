//! Finds e-mail addresses and telephone numbers.

use super::{can_begin, can_end};
use crate::detectors::reserved::is_reserved;
use crate::text::Span;

/// Extensions of file names that look like an address: `logo@2x.png`, and the types of systemd units: `getty@tty1.service`.
#[rustfmt::skip] // a table
pub(super) const FILES: &[&str] = &[
    "png", "jpg", "jpeg", "gif", "svg", "webp", "ico", "css", "js", "mjs", "ts", "json", "html", "md",
    "yml", "yaml", "toml", "lock", "conf", "log", "txt", "csv", "xml", "sql", "java", "jar", "tgz", "gz",
    "deb", "rpm", "dll", "exe",
    "service", "socket", "timer", "target", "mount", "automount", "slice", "scope", "device", "swap",
];

/// Programs whose arguments are accounts of machines: `ssh deploy@db1.acme.com`.
pub(super) const REMOTE: &[&str] =
    &["ssh", "scp", "sftp", "rsync", "mosh", "ssh-copy-id", "ssh-keyscan", "autossh", "sshfs"];

/// Local parts of addresses that do not belong to a person.
#[rustfmt::skip] // a table
pub(super) const MACHINES: &[&str] = &[
    "noreply", "no-reply", "donotreply", "do-not-reply", "mailer-daemon", "postmaster", "git", "bounce",
    "bounces",
];

/// Returns the byte range of the address around the `@` at `at`.
pub(super) fn email(text: &str, at: usize, is_known: &impl Fn(&str) -> bool) -> Option<Span> {
    let bytes = text.as_bytes();
    let is_local =
        |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'%' | b'+' | b'-' | b'\'');
    let local = bytes[..at].iter().rev().take(65).take_while(|b| is_local(b)).count();
    let start = at - local + bytes[at - local..at].iter().take_while(|b| !b.is_ascii_alphanumeric()).count();
    let is_domain = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-');
    let domain = bytes[at + 1..].iter().take(255).take_while(|b| is_domain(b)).count();
    let end = at + 1 + domain
        - bytes[at + 1..at + 1 + domain].iter().rev().take_while(|b| matches!(b, b'.' | b'-')).count();
    if start == at || at - start > 64 || !is_host(&text[at + 1..end]) {
        return None;
    }
    // Other texts with an `@`: `a@b@c`, `user@host:path` of ssh, `user@host$` of a shell, `service/host@REALM` of Kerberos,
    // `package@1.2.3`, `scheme://user@host` of URLs, and message ids.
    let continues = match bytes.get(end) {
        Some(b'@' | b'$' | b'#') => true,
        Some(b':') => {
            bytes.get(end + 1).is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'~'))
        }
        _ => false,
    };
    let before = start.checked_sub(1).map(|before| bytes[before]);
    let is_prompt = before == Some(b'[')
        && bytes[end..].iter().take(100).take_while(|b| **b != b'\n').any(|b| *b == b']')
        && bytes.get(end) == Some(&b' ');
    if continues || is_prompt || matches!(before, Some(b'@' | b'/')) || is_version(&text[at + 1..end]) {
        return None;
    }
    let near = &text[text.floor_char_boundary(start.saturating_sub(200))..start];
    let before = near.rsplit('\n').next().unwrap_or(near);
    let word = before.rsplit(char::is_whitespace).next().unwrap_or(before);
    let header = before.trim_start_matches(['>', ' ', '\t']).to_ascii_lowercase();
    let is_account =
        before.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').any(|word| REMOTE.contains(&word));
    if word.contains("://")
        || is_account
        || ["message-id:", "in-reply-to:", "references:"].iter().any(|name| header.starts_with(name))
    {
        return None;
    }
    let address = text[start..end].to_ascii_lowercase();
    let local = &address[..at - start];
    (!MACHINES.contains(&local) && !is_reserved(&address[at - start + 1..]) && !is_known(&address))
        .then_some(start..end)
}

/// Returns true for a version such as `1.2.3-beta.next`.
fn is_version(domain: &str) -> bool {
    let mut labels = domain.split('.');
    let is_number =
        |label: Option<&str>| label.is_some_and(|label| label.bytes().all(|b| b.is_ascii_digit()));
    is_number(labels.next()) && is_number(labels.next())
}

/// Returns true if `domain` is a valid host name with a top-level domain.
fn is_host(domain: &str) -> bool {
    let is_label =
        |label: &str| (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-');
    let Some((_, last)) = domain.rsplit_once('.') else { return false };
    domain.split('.').all(is_label)
        && (2..=24).contains(&last.len())
        && last.bytes().all(|b| b.is_ascii_alphabetic())
        && !FILES.contains(&last.to_ascii_lowercase().as_str())
}

/// Returns the byte range of the telephone number that begins with the `+` at `at`: 8 to 15 digits with an existing
/// country code.
pub(super) fn phone(bytes: &[u8], at: usize) -> Option<Span> {
    if !can_begin(bytes, at) || !matches!(bytes.get(at + 1), Some(b'1'..=b'9')) {
        return None;
    }
    let mut digits = Vec::new();
    let (mut end, mut open, mut grouped) = (at + 1, false, false);
    for (index, byte) in bytes.iter().enumerate().skip(at + 1).take(32) {
        match byte {
            b'0'..=b'9' => {
                digits.push(byte - b'0');
                end = index + 1;
            }
            b'(' if !open => (open, grouped) = (true, true),
            b')' if open => (open, grouped) = (false, true),
            // Digits can be separated by one space, hyphen or dot, or by a space next to a parenthesis.
            b' ' | b'-' | b'.' if !matches!(bytes[index - 1], b' ' | b'-' | b'.') => grouped |= end == index,
            _ => break,
        }
    }
    let grouped = grouped && end - at - 1 > digits.len();
    // `+12345678` at the beginning of a line can be an added line of a patch.
    let in_patch = !grouped && (at == 0 || bytes[at - 1] == b'\n');
    let min_digits = if grouped { 8 } else { 10 };
    let plausible = (min_digits..=15).contains(&digits.len()) && !in_patch && can_end(bytes, end);
    (plausible && has_country(&digits) && !is_fictional(&digits)).then_some(at..end)
}

/// Returns true if `digits` begin with a country code. For North America, the area code is checked too.
fn has_country(digits: &[u8]) -> bool {
    match digits {
        [1, rest @ ..] => rest.len() == 10 && rest[0] >= 2 && rest[3] >= 2,
        [7, rest @ ..] => rest.len() == 10,
        [2, 0 | 7, ..]
        | [3, 0..=4 | 6 | 9, ..]
        | [4, 0 | 1 | 3..=9, ..]
        | [5, 1..=8, ..]
        | [6, 0..=6, ..] => true,
        [8, 1 | 2 | 4 | 6, ..] | [9, 0..=5 | 8, ..] => true,
        [2, 1..=6 | 8 | 9, _, ..] | [3, 5 | 7 | 8, _, ..] | [4, 2, _, ..] | [5, 0 | 9, _, ..] => true,
        [6, 7..=9, _, ..] | [8, 5 | 8, _, ..] | [9, 6 | 7 | 9, _, ..] => true,
        _ => false,
    }
}

/// Returns true if `digits` are reserved for films and documentation, or are a sequence such as `12345678`.
fn is_fictional(digits: &[u8]) -> bool {
    let counting =
        digits.windows(2).filter(|pair| pair[0].abs_diff(pair[1]) == 1 || pair[0] == pair[1]).count();
    matches!(digits, [1, _, _, _, 5, 5, 5, 0, 1, ..])
        || digits.starts_with(&[4, 4, 7, 7, 0, 0, 9, 0, 0])
        || digits.starts_with(&[4, 4, 2, 0, 7, 9, 4, 6, 0])
        || counting * 4 >= digits.len() * 3
}

//! Tells passwords from the other texts that follow the word "password": names, files, dates and words.

use serde::Deserialize;

/// How much the text before a value says that the value is a password.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Introduction {
    /// The text gives the value: `password: …`, `the password is …`, `--password …`.
    Given,
    /// The value only follows the word: `the password …`.
    Loose,
}

/// The minimum length of a password in bytes.
const MIN_LENGTH: usize = 6;

/// Parts of names that are not passwords: `db-prod-2`, `reset-link-v2`, `ask-lena-for-it-2`.
#[rustfmt::skip] // a table
const PARTS_OF_NAMES: &[&str] = &[
    "access", "account", "admin", "alg", "algorithm", "api", "app", "ask", "auth", "backend", "base", "beta", "bit",
    "bits", "build", "bytes", "case", "change", "changed", "chars", "check", "class", "client", "cluster", "code",
    "conf", "config", "count", "credential", "credentials", "data", "date", "day", "days", "db", "default", "dev",
    "digit", "digits", "empty", "entry", "env", "error", "eu", "expired", "expires", "field", "file", "for", "form",
    "format", "from", "get", "group", "hash", "hint", "host", "hours", "http", "https", "id", "image", "in",
    "input", "int", "invalid", "ip", "is", "issue", "item", "job", "key", "keys", "kube", "label", "length",
    "level", "line", "link", "list", "log", "login", "mail", "manager", "max", "min", "minutes", "missing", "mode",
    "name", "new", "node", "none", "not", "null", "number", "of", "old", "only", "page", "param", "pass", "passwd",
    "password", "path", "plain", "policy", "port", "prod", "production", "protocol", "pwd", "question", "read",
    "reset", "role", "root", "rotate", "rotation", "same", "secret", "see", "send", "server", "service", "session",
    "set", "settings", "sha", "shared", "size", "space", "sql", "ssh", "stage", "staging", "stale", "string", "svc",
    "system", "team", "temp", "test", "text", "the", "time", "tls", "to", "token", "type", "upper", "url", "usage",
    "use", "user", "username", "utf", "value", "vault", "version", "view", "web", "with", "write", "wrong", "year",
    "years", "your",
];

/// Beginnings of names of algorithms, formats and systems, which contain digits: `argon2id-v19`.
#[rustfmt::skip] // a table
const NAMES_WITH_DIGITS: &[&str] = &[
    "aes", "argon2", "base64", "bcrypt", "db2", "ecdsa", "ed25519", "hmac", "ipv", "java", "jdk", "log4j", "md5", "mysql", "oauth", "ora-",
    "pbkdf2", "pkcs", "postgres", "python", "rfc", "rs256", "hs256", "rsa", "s3", "saml", "scram", "sha", "tls", "utf", "win32", "win64", "windows", "x509", "x86", "1password",
];

/// Returns true if `value` looks like a password: it has digits and letters or signs, and is not a name, a number, a date, a
/// file, an address or a piece of code. Passwords of words, such as `violet-spoon-9`, count if they have a digit.
pub(super) fn is_password(value: &str, introduction: Introduction) -> bool {
    let shape = Shape::of(value);
    value.len() >= MIN_LENGTH
        && shape.letters() > 0
        && !is_reference(value, &shape)
        && !is_name_with_digits(value, &shape)
        && match introduction {
            Introduction::Given => shape.signs > 0 && is_signed(value, &shape) || is_mixed(value, &shape),
            Introduction::Loose => {
                shape.digits > 0 && (shape.signs > 0 || shape.has_both_cases() && has_digit_inside(value))
            }
        }
}

/// The numbers of characters of each kind.
struct Shape {
    small: usize,
    capital: usize,
    digits: usize,
    /// Signs other than those that join words in names.
    signs: usize,
}

impl Shape {
    fn of(value: &str) -> Self {
        // Signs at the end may belong to the sentence.
        let inside = value.trim_end_matches(['!', '?', '*', ')', '=']);
        let count = |text: &str, is_it: fn(&u8) -> bool| text.as_bytes().iter().filter(|b| is_it(b)).count();
        Self {
            small: count(value, u8::is_ascii_lowercase),
            capital: count(value, u8::is_ascii_uppercase),
            digits: count(value, u8::is_ascii_digit),
            signs: count(inside, |b| b"!#$%&*+?@^~=;".contains(b))
                + usize::from(value.ends_with('!') && value.bytes().any(|b| b.is_ascii_digit())),
        }
    }

    fn letters(&self) -> usize {
        self.small + self.capital
    }

    fn has_both_cases(&self) -> bool {
        self.small > 0 && self.capital > 0
    }
}

/// Returns true for addresses, paths, variables, code, dates, versions and other texts that are not a password themselves.
fn is_reference(value: &str, shape: &Shape) -> bool {
    let bytes = value.as_bytes();
    let starts = |starts: &[&str]| starts.iter().any(|start| value.starts_with(start));
    // Base64 ends with `=`.
    let inside = value.trim_end_matches('=');
    let has = |parts: &[&str]| parts.iter().any(|part| inside.contains(part));
    starts(&["/", "./", "../", "~/", "-", "$", "{", "[", "@", "%(", "&", "#{", "*", "=", "0x"])
        || has(&["://", "::", "->", "=>", "()", "${", "{{", "\\", "%2F", "==", "&&", "||", "*/", "...", ").", "$("])
        || value.contains('(') && (value.contains(')') || value.ends_with('('))
        || value.matches('/').count() >= 2
        || is_assignment(value)
        || is_address(value)
        || is_dotted_name(value, shape)
        // A date, a time, a version, a range or an amount: `2026-11-20T10:00`, `v1.2.3-rc1`, `12characters`.
        || bytes.iter().all(|b| b.is_ascii_digit() || b".-:/_TZzxXvV+,%".contains(b))
        || is_version(value)
        || shape.signs == 0 && bytes[0].is_ascii_digit() && is_amount(value)
        // A ticket or a constant: `OPS-1234`, `DB_PASSWORD_2`.
        || shape.small == 0 && shape.signs == 0 && value.contains(['-', '_'])
        || is_uuid(value)
}

/// Returns true for `name=value` and `name:value`, but not for Base64, which ends with `=`.
fn is_assignment(value: &str) -> bool {
    let name = value.trim_end_matches('=').split_once(['=', ':']).map(|(name, _)| name);
    name.is_some_and(|name| {
        let is_part = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-' | b'.');
        name.len() > 1 && name.starts_with(|c: char| c.is_ascii_lowercase()) && name.bytes().all(is_part)
    })
}

/// Returns true for `lena@acme.org`.
fn is_address(value: &str) -> bool {
    let Some((_, host)) = value.split_once('@') else { return false };
    let last = host.rsplit('.').next().unwrap_or_default();
    host.contains('.') && last.len() >= 2 && last.bytes().all(|b| b.is_ascii_alphabetic())
}

/// Returns true for names of hosts, files, properties and classes: `db2.acme.org`, `Login2.java`, `config.token2`.
fn is_dotted_name(value: &str, shape: &Shape) -> bool {
    let mut parts = value.split('.');
    let last = parts.next_back().unwrap_or_default();
    let is_name = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
    };
    let is_extension = last.len() <= 10 && last.bytes().all(|b| b.is_ascii_alphabetic());
    shape.signs == 0
        && value.contains('.')
        && value.split('.').all(is_name)
        && (shape.capital == 0
            || is_extension
            || value.split('.').count() > 2 && !value.starts_with(|c: char| c.is_ascii_uppercase()))
}

/// Returns true for `1.2.3`, `v2.14.3-rc1` and `9.4.53.v20231009`.
fn is_version(value: &str) -> bool {
    let rest = value.trim_start_matches(['v', 'V']);
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    digits > 0
        && rest[digits..].starts_with('.')
        && rest[digits + 1..].starts_with(|c: char| c.is_ascii_digit())
}

/// Returns true for digits that are followed by small letters: `12characters`, `4-stellig`.
fn is_amount(value: &str) -> bool {
    let unit = value.trim_start_matches(|c: char| c.is_ascii_digit());
    unit.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
}

fn is_uuid(value: &str) -> bool {
    value.len() == 36
        && value.bytes().enumerate().all(|(at, b)| match at {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

fn is_name_with_digits(value: &str, shape: &Shape) -> bool {
    let folded = value.to_ascii_lowercase();
    shape.signs == 0 && NAMES_WITH_DIGITS.iter().any(|name| folded.starts_with(name))
}

/// Returns true for a text of at least eight characters that has a sign inside, and a digit or letters of both cases.
fn is_signed(value: &str, shape: &Shape) -> bool {
    value.len() >= 8
        && (shape.digits > 0
            || shape.has_both_cases() && value.contains(['!', '#', '$', '%', '^', '*', '~', '?']))
}

/// Returns true for letters and digits in which the digits are not just the number of a name.
fn is_mixed(value: &str, shape: &Shape) -> bool {
    let parts: Vec<&str> =
        value.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty()).collect();
    if shape.digits == 0 || parts.iter().any(|part| is_part_of_name(part)) {
        return false;
    }
    if let [word] = parts[..] {
        return is_mixed_word(word, shape);
    }
    let words = parts.iter().filter(|part| part.len() >= 4 && part.bytes().any(|b| b.is_ascii_alphabetic()));
    parts.len() <= 8
        && (words.count() >= 2 || shape.has_both_cases() || has_digit_inside(value) && shape.digits >= 3)
}

/// Returns true if `part` is a word of a name, or a number with `v`, also after a small letter or before digits: `userPassword2`.
fn is_part_of_name(part: &str) -> bool {
    let word = part.trim_end_matches(|c: char| c.is_ascii_digit());
    let folded = word.to_ascii_lowercase();
    let has = |name: &str| PARTS_OF_NAMES.binary_search(&name).is_ok();
    has(&folded)
        || folded == "v" && word.len() < part.len()
        || ["password", "passwd", "secret", "token", "config", "username", "credential"]
            .iter()
            .any(|name| folded.contains(name))
}

/// Returns true for a word whose digits are inside, or are at least two at the end: `Rm2kTvwQ`, `treibHolz55`.
fn is_mixed_word(word: &str, shape: &Shape) -> bool {
    let inside = has_digit_inside(word);
    if shape.has_both_cases() {
        return inside || shape.digits >= 2;
    }
    word.len() >= 8 && shape.digits >= 2 && (shape.small > 0 || inside)
}

/// Returns true if a letter follows a digit that follows a letter.
fn has_digit_inside(value: &str) -> bool {
    let bytes = value.as_bytes();
    let first = bytes.iter().position(u8::is_ascii_alphabetic);
    let last = bytes.iter().rposition(u8::is_ascii_alphabetic);
    first.zip(last).is_some_and(|(first, last)| bytes[first..last].iter().any(u8::is_ascii_digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_names_are_sorted() {
        assert!(PARTS_OF_NAMES.is_sorted(), "the search needs an order");
    }

    #[test]
    fn passwords_are_told_from_words() {
        for password in [
            "Rm2kTvwQ",
            "treibHolz55",
            "Winter-2024!",
            "marble#Lamp8",
            "Ph4ros_lux",
            "Nuage_bleu8",
            "teal-Otter-5519",
            "Kupfer-Dach-7",
            "violet-spoon-9",
            "Ofen.kachel3",
            "Kiwi.Baum.33",
            "hT6w2pQ",
            "qwz8xm3t",
            "summer2024",
            "Wombat!Zebra",
            "iPfue2SptvWyR4pQGxKCSTKLLmgZnwH7",
        ] {
            assert!(is_password(password, Introduction::Given), "{password}");
        }
    }

    #[test]
    fn names_numbers_dates_files_addresses_and_code_are_not_passwords() {
        for other in [
            "expired!",
            "4-stellig",
            "12characters",
            "reset-link-v2",
            "db-prod-2026",
            "billing-db-credentials-7",
            "ask-lena-for-it-2",
            "argon2id-v19-m65536",
            "OPS-1234",
            "DB_PASSWORD_2",
            "userPassword2",
            "newToken2",
            "Login2.java",
            "db2.acme.org",
            "lena2@acme.org",
            "2026-11-20T10:00",
            "v2.14.3-rc1",
            "10.0.0.5:8080",
            "/srv/app-2/file",
            "getPassword2()",
            "user2=lena",
            "code=E10032",
            "Token2",
            "a5633265-7353-4cae-9ebf-29d1b9e1428d",
            "1Password8",
        ] {
            assert!(!is_password(other, Introduction::Given), "{other}");
        }
    }

    #[test]
    fn a_value_that_only_follows_the_word_must_look_more_like_a_password() {
        for password in ["Rm2kTvwQ", "marble#Lamp8", "Bx7wLm2!k"] {
            assert!(is_password(password, Introduction::Loose), "{password}");
        }
        for other in ["twice2day", "rotation-2026-11", "violet-spoon-9", "UserPage2", "summer2024"] {
            assert!(!is_password(other, Introduction::Loose), "{other}");
        }
    }
}

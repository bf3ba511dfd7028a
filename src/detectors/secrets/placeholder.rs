//! Recognizes placeholders, so that they are not reported as secrets.

/// Returns true if `value` is a placeholder for a secret:
///
/// * it contains a word such as `example`, `redacted` or `your-`, or a run of `xxxx`, `****` or `....`;
/// * it is only a word such as `password`, `secret`, `guest` or `admin`;
/// * it is a variable or a blank: `$TOKEN`, `${TOKEN}`, `%TOKEN%`, `{{ token }}`, `<token>`, `[token]`;
/// * it is an expression that reads a value: `process.env.TOKEN`, `config.token`;
/// * half of it is one repeated character (`aaaaaaaa`), or it is a sequence (`0123456789abcdef`), also in a UUID.
pub(super) fn is_placeholder(value: &str) -> bool {
    let folded = value.to_ascii_lowercase();
    is_variable_or_blank(value)
        || INSIDE.iter().any(|word| folded.contains(word))
        || is_whole(&folded)
        || LOOKUPS.iter().any(|start| folded.starts_with(start))
        || is_monotonous(value.as_bytes())
        || is_counting_uuid(value)
}

/// The words by which [`is_placeholder`] decides: parts, whole values and beginnings.
pub(super) const TABLES: [&[&str]; 3] = [INSIDE, WHOLE, LOOKUPS];

/// Returns true for a word such as `password`, also with `my` or `your` before it.
fn is_whole(folded: &str) -> bool {
    let is_sign = |c: char| !c.is_ascii_alphanumeric();
    let word = folded.trim_matches(is_sign);
    let rest = ["my", "your", "some", "the"].iter().find_map(|owner| word.strip_prefix(owner));
    WHOLE.contains(&word) || rest.is_some_and(|rest| WHOLE.contains(&rest.trim_start_matches(is_sign)))
}

#[rustfmt::skip] // a table
const INSIDE: &[&str] = &[
    "example", "placeholder", "redacted", "changeme", "change-me", "change_me", "dummy", "sample",
    "your-", "your_", "filtered", "xxxx", "****", "....", "…",
];

#[rustfmt::skip] // a table
const WHOLE: &[&str] = &[
    "password", "passwd", "pass", "pwd", "passphrase", "secret", "token", "key", "user", "username",
    "guest", "admin", "root", "test", "postgres", "mysql", "redis", "none", "null", "nil", "true",
    "false", "undefined", "hidden", "masked", "removed", "omitted", "credentials",
];

#[rustfmt::skip] // a table
const LOOKUPS: &[&str] = &[
    "process.env", "env.", "os.environ", "system.", "config.", "settings.", "secrets.", "vars.",
    "self.", "this.",
];

/// Returns true for variables and blanks. A dollar or percent sign inside a password does not make it a variable.
fn is_variable_or_blank(value: &str) -> bool {
    let between = |open: char, close: char| value.starts_with(open) && value.ends_with(close);
    value.starts_with('$')
        || value.contains("${")
        || value.contains("{{")
        || value.contains("%(")
        || between('%', '%')
        || between('<', '>')
        || between('[', ']')
        || between('{', '}')
        || value.contains('<')
}

/// Returns true for a UUID whose digits mostly count: `12345678-1234-1234-1234-123456789012`.
fn is_counting_uuid(value: &str) -> bool {
    let digits: Vec<u8> = value.bytes().filter(|b| *b != b'-').collect();
    let steps = digits.windows(2).filter(|pair| pair[0].abs_diff(pair[1]) <= 1).count();
    digits.len() == 32 && value.len() == 36 && steps * 2 >= digits.len()
}

/// Returns true if half of the bytes are one run of the same byte, or three quarters are a sequence that counts up
/// or down.
fn is_monotonous(bytes: &[u8]) -> bool {
    let (mut run, mut longest, mut counting) = (1, 1, 0);
    for pair in bytes.windows(2) {
        run = if pair[0] == pair[1] { run + 1 } else { 1 };
        longest = longest.max(run);
        counting += usize::from(pair[0].abs_diff(pair[1]) == 1);
    }
    bytes.len() > 3 && (longest * 2 >= bytes.len() || counting * 4 >= bytes.len() * 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_placeholder_is_not_a_secret() {
        for value in [
            "AKIAIOSFODNN7EXAMPLE",
            "ghp_xxxxxxxxxxxxxxxx",
            "your-api-key",
            "REDACTED",
            "$TOKEN",
            "${DB_PASSWORD}",
            "%PASSWORD%",
            "<password>",
            "[FILTERED]",
            "{{ token }}",
            "password",
            "guest",
            "aaaaaaaaaaaa",
            "0123456789abcdef",
            "process.env.KEY2",
            "my-token",
            "your_password",
            "12345678-1234-1234-1234-123456789012",
            "11111111-2222-3333-4444-555555555555",
        ] {
            assert!(is_placeholder(value), "{value}");
        }
    }

    #[test]
    fn a_real_secret_is_not_a_placeholder() {
        for value in [
            "3AzIQ8O4qvGSxRBcMO",
            "2bbf5c4a965e648cb64eee382e9f9732",
            "pa$$w0rd%of!me",
            "correcthorsebattery",
            "a5633265-7353-4cae-9ebf-29d1b9e1428d",
            "mysecret7Key",
        ] {
            assert!(!is_placeholder(value), "{value}");
        }
    }
}

//! Telling a secret from what people write in its place.

/// Whether `value` stands for a secret and is none. That is so when
///
/// * it contains a word such as `example`, `redacted` or `your-`, or a run of `xxxx`, `****` or `....`;
/// * it is nothing but a word such as `password`, `secret`, `guest` or `admin`;
/// * it is a variable or a blank to fill in: `$TOKEN`, `${TOKEN}`, `%TOKEN%`, `{{ token }}`, `<token>`, `[token]`;
/// * it looks a value up: `process.env.TOKEN`, `config.token`;
/// * half of it is one character in a row (`aaaaaaaa`), or it counts (`0123456789abcdef`).
pub(super) fn is_placeholder(value: &str) -> bool {
    let folded = value.to_ascii_lowercase();
    is_marked(value)
        || INSIDE.iter().any(|word| folded.contains(word))
        || WHOLE.contains(&folded.trim_matches(|c: char| !c.is_ascii_alphanumeric()))
        || LOOKUPS.iter().any(|start| folded.starts_with(start))
        || is_monotonous(value.as_bytes())
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

/// Variables and blanks. A dollar or percent sign inside a password is no variable.
fn is_marked(value: &str) -> bool {
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

/// Whether half of the bytes stand in one run of the same byte, or three quarters count up or down by one.
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
    fn what_stands_for_a_secret_is_none() {
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
        ] {
            assert!(is_placeholder(value), "{value}");
        }
    }

    #[test]
    fn a_secret_is_not_taken_for_a_placeholder() {
        for value in [
            "3AzIQ8O4qvGSxRBcMO",
            "2bbf5c4a965e648cb64eee382e9f9732",
            "pa$$w0rd%of!me",
            "correcthorsebattery",
        ] {
            assert!(!is_placeholder(value), "{value}");
        }
    }
}

//! Tells words from random characters: `see-the-vault-entry` from `3AzIQ8O4qvGSxRBcMO`.

/// The letters that often follow each letter from `a` to `z` in English and in the names that programmers give. These
/// 197 pairs are nine tenths of all pairs in the titles and texts of three public trackers, and 29 % of all possible
/// pairs.
#[rustfmt::skip] // a table
pub(super) const FOLLOWERS: [&str; 26] = [
    "bcdgilmnprstuvy", "aeilou", "aehiklortu", "aeiosu", "abcdeflmnprstvwxy", "aeiou", "aehir", "aeiot",
    "abcdefglmnoprstv", "", "ei", "adeilostuy", "aeimop", "acdefginost", "abcdgklmnoprstuvw", "aeiloprtu",
    "u", "acdeikmnorstuy", "acehiopstu", "acehilorstuy", "aceilmnprst", "aei", "aeios", "", "s", "",
];

/// The share of words at which a text is not random. About 2 of 100 random texts of 16 letters and digits have such a
/// share, and 1 of 1,000 of 32 characters.
const SHARE: f64 = 0.6;
/// The share for a text of at least three parts, such as `my-release-postgresql-0`.
const SHARE_OF_PARTS: f64 = 0.35;

/// Returns true if `text` consists mostly of words. Hexadecimal digits are mostly decimal.
#[expect(clippy::cast_precision_loss, reason = "lengths of secrets are far below 2^52")]
pub(super) fn is_wordlike(text: &str) -> bool {
    let count = |is_it: fn(&u8) -> bool| text.as_bytes().iter().filter(|b| is_it(b)).count();
    if count(u8::is_ascii_digit) * 3 > count(u8::is_ascii_alphanumeric) + 3 {
        return false;
    }
    let (mut all, mut inside) = (0, 0);
    for run in runs(text.as_bytes()) {
        // A number in a name, such as `X25519PublicKey`, says nothing.
        if run.first().is_some_and(u8::is_ascii_digit) {
            continue;
        }
        all += run.len();
        inside += if is_word(run) { run.len() } else { 0 };
    }
    let separators = text.bytes().filter(|b| matches!(b, b'-' | b'.' | b'_' | b'/' | b' ')).count();
    let share = if separators >= 2 { SHARE_OF_PARTS } else { SHARE };
    all > 0 && inside as f64 >= share * all as f64
}

/// Returns the runs of digits and of letters. A run of letters ends before a capital letter that follows a small one.
fn runs(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let belongs = |a: &u8, b: &u8| {
        a.is_ascii_digit() && b.is_ascii_digit()
            || a.is_ascii_alphabetic()
                && b.is_ascii_alphabetic()
                && !(a.is_ascii_lowercase() && b.is_ascii_uppercase())
    };
    bytes.chunk_by(belongs).filter(|run| run.first().is_some_and(u8::is_ascii_alphanumeric))
}

/// Returns true for two letters that often follow each other.
pub(super) fn is_common_pair(pair: &[u8]) -> bool {
    let [a, b] = [pair[0].to_ascii_lowercase(), pair[1].to_ascii_lowercase()];
    let next = a.checked_sub(b'a').and_then(|letter| FOLLOWERS.get(usize::from(letter)));
    next.is_some_and(|next| next.as_bytes().contains(&b))
}

/// Returns true for at least three letters of which most pairs are common; of three letters, all pairs.
fn is_word(run: &[u8]) -> bool {
    let pairs = run.len().saturating_sub(1);
    let common = run.windows(2).filter(|pair| is_common_pair(pair)).count();
    run.len() >= 3 && common * 4 >= pairs * 3 && (run.len() > 3 || common == pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_names_of_machines_are_wordlike() {
        for text in [
            "see-the-vault-entry",
            "prometheus-k8s-dockercfg-6wl6b",
            "default-token-x8k2p",
            "my-release-postgresql-0",
            "com.example.auth.TokenService2",
            "projects/acme/secrets/db-pass/versions/3",
            "sha256WithRSAEncryption",
            "getAccessTokenSilently",
            "Ed448PublicKey",
        ] {
            assert!(is_wordlike(text), "{text}");
        }
    }

    #[test]
    fn random_characters_are_not_wordlike() {
        for text in [
            "3AzIQ8O4qvGSxRBcMO",
            "2bbf5c4a965e648cb64eee382e9f9732",
            "a5633265-7353-4cae-9ebf-29d1b9e1428d",
            "s3cr3t-Pa55w0rd",
            "6lxjgysqq0p7nzek7ujxhfh4zqcdwz78",
            "uigi9zkt-7q3u-v1v9-5x2s-91p78wlmsuxv",
            "",
            "1234567890",
        ] {
            assert!(!is_wordlike(text), "{text}");
        }
    }
}

//! Ids and slugs: lower-case letters, digits and hyphens.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization as _;

/// The letters of random endings, without `0`, `1`, `l` and `o`, which are easy to confuse.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// Returns whether `text` is a valid id: 1 to 80 lower-case letters, digits and hyphens, with a letter or digit at both
/// ends.
pub(crate) fn is_id(text: &str) -> bool {
    let alphanumeric = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let bytes = text.as_bytes();
    (1..=80).contains(&bytes.len())
        && bytes.iter().all(|b| alphanumeric(b) || *b == b'-')
        && bytes.first().is_some_and(alphanumeric)
        && bytes.last().is_some_and(alphanumeric)
}

/// Returns `text` as a slug. Latin letters lose their accents; characters other than Latin letters and digits are
/// removed.
pub(crate) fn slugify(text: &str) -> String {
    // Other letters are removed first, since the `slug` crate transliterates Chinese to pinyin, which is not useful in
    // a search.
    let latin: String = text.chars().map(|c| if is_latin(c) { c } else { ' ' }).collect();
    slug::slugify(latin)
}

/// Returns a slug of at most `most` characters, cut between words if possible.
pub(crate) fn slugify_at_most(text: &str, most: usize) -> String {
    let slug = slugify(text);
    if slug.len() <= most {
        return slug;
    }
    let cut = if slug.as_bytes()[most] == b'-' { most } else { slug[..most].rfind('-').unwrap_or(most) };
    slug[..cut].trim_end_matches('-').to_owned()
}

/// The blocks of Latin letters that are not in ASCII.
const LATIN: [std::ops::RangeInclusive<char>; 2] = ['\u{00c0}'..='\u{024f}', '\u{1e00}'..='\u{1eff}'];

fn is_latin(c: char) -> bool {
    c.is_ascii() || LATIN.iter().any(|block| block.contains(&c))
}

/// Returns the slug of each Latin letter that is not in ASCII, for forms that compose ids in the browser. Leaves out letters
/// with marks, such as `é`, whose slug is the letter without them.
pub(crate) fn latin_slugs() -> BTreeMap<char, String> {
    let slugs = LATIN.iter().cloned().flatten().map(|c| (c, slugify(&c.to_string())));
    let plain = |c: char| std::iter::once(c).nfd().next().map(|first| first.to_ascii_lowercase().to_string());
    slugs.filter(|(c, slug)| plain(*c).as_ref() != Some(slug)).collect()
}

/// Returns the letters at the end of an id, one for each byte of `random`.
pub(crate) fn random_letters(random: &[u8]) -> String {
    random.iter().map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_keeps_latin_letters_only() {
        assert_eq!(
            slugify("Export: Zeitüberschreitung (10,000 rows)"),
            "export-zeituberschreitung-10-000-rows"
        );
        assert_eq!(slugify("发票导出超时"), "");
        assert_eq!(slugify_at_most("invoice export times out above", 18), "invoice-export");
    }

    #[test]
    fn an_id_is_lower_case_and_short() {
        assert!(is_id("invoice-export-k7f3qa"));
        assert!(
            !is_id("Invoice")
                && !is_id("-a")
                && !is_id("a-")
                && !is_id("")
                && !is_id("a_b")
                && !is_id(&"a".repeat(81))
        );
    }
}

//! Conditions of requests: which content a client has already, and which part of the content it wants.

use std::ops::Range;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// Returns whether the client already has the content with this `tag`. A weak tag matches too, because proxies that
/// compress a response make its tag weak (RFC 9110, 13.1.2). Casebook's tags contain no commas.
pub(super) fn is_known(tag: &HeaderValue, headers: &HeaderMap) -> bool {
    let is_tag = |known: &str| known.strip_prefix("W/").unwrap_or(known).as_bytes() == tag.as_bytes();
    values(headers, &header::IF_NONE_MATCH)
        .flat_map(|list| list.split(','))
        .map(str::trim)
        .any(|known| known == "*" || is_tag(known))
}

/// The part of the content that a client wants.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum WantedPart {
    All,
    /// A range of bytes, which is not empty.
    Range(Range<u64>),
    /// A range outside the content.
    Outside,
}

/// Reads which part of content with `size` bytes and this `tag` the client wants. A request for several ranges, or in
/// another unit, gets the whole content, and so does a client whose first part is of other content (RFC 9110, 14.2 and
/// 13.1.5).
pub(super) fn wanted_part(headers: &HeaderMap, size: u64, tag: &HeaderValue) -> WantedPart {
    let mut ranges = values(headers, &header::RANGE);
    let (Some(range), None) = (ranges.next(), ranges.next()) else { return WantedPart::All };
    // A weak tag never matches here, because parts of different encodings must not be joined.
    if headers.get(header::IF_RANGE).is_some_and(|known| known != tag) {
        return WantedPart::All;
    }
    part_of(range, size).unwrap_or(WantedPart::All)
}

/// Reads a header such as `bytes=0-99`, `bytes=100-` or `bytes=-100`. Returns `None` if it has any other form.
fn part_of(range: &str, size: u64) -> Option<WantedPart> {
    let (unit, range) = range.split_once('=')?;
    let (first, last) = range.trim().split_once('-')?;
    // A number that is too large is beyond the end of any content.
    let number = |digits: &str| {
        let is_number = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
        is_number.then(|| digits.parse().unwrap_or(u64::MAX))
    };
    let bytes = match (first, last) {
        ("", last) => size.saturating_sub(number(last)?)..size,
        (first, "") => number(first)?..size,
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            if last < first {
                return None;
            }
            first..last.saturating_add(1).min(size)
        }
    };
    let wanted = if bytes.start < bytes.end { WantedPart::Range(bytes) } else { WantedPart::Outside };
    unit.trim().eq_ignore_ascii_case("bytes").then_some(wanted)
}

fn values<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAG: HeaderValue = HeaderValue::from_static("\"abc\"");

    #[test]
    fn a_tag_matches_in_a_list_and_as_a_weak_tag() {
        let known = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.append(header::IF_NONE_MATCH, HeaderValue::from_static("\"zzz\""));
            headers.append(header::IF_NONE_MATCH, HeaderValue::from_static(value));
            is_known(&TAG, &headers)
        };
        assert!(known("\"abc\"") && known("\"x\", W/\"abc\"") && known("*"));
        assert!(!known("\"abcd\"") && !known("abc") && !known(""));
    }

    #[test]
    fn a_range_is_cut_to_the_content() {
        let cases = [
            ("bytes=0-0", WantedPart::Range(0..1)),
            ("bytes=2-4", WantedPart::Range(2..5)),
            ("Bytes=8-99", WantedPart::Range(8..10)),
            ("bytes=3-", WantedPart::Range(3..10)),
            ("bytes=-4", WantedPart::Range(6..10)),
            ("bytes=-99", WantedPart::Range(0..10)),
            ("bytes=0-99999999999999999999999", WantedPart::Range(0..10)),
            ("bytes=10-", WantedPart::Outside),
            ("bytes=10-12", WantedPart::Outside),
            ("bytes=-0", WantedPart::Outside),
            ("bytes=99999999999999999999999-", WantedPart::Outside),
            ("bytes=4-2", WantedPart::All),
            ("bytes=0-1,3-4", WantedPart::All),
            ("bytes=-", WantedPart::All),
            ("bytes=+1-2", WantedPart::All),
            ("bytes=a-b", WantedPart::All),
            ("bytes", WantedPart::All),
            ("items=0-1", WantedPart::All),
        ];
        let wanted = |name, value: &str, size| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RANGE, HeaderValue::from_static("bytes=2-4"));
            headers.insert(name, HeaderValue::from_str(value).unwrap());
            wanted_part(&headers, size, &TAG)
        };
        for (range, expected) in cases {
            assert_eq!(wanted(header::RANGE, range, 10), expected, "{range}");
        }
        assert_eq!(wanted(header::RANGE, "bytes=0-", 0), WantedPart::Outside);
        assert_eq!(wanted(header::IF_RANGE, "\"abc\"", 10), WantedPart::Range(2..5));
        for other in ["\"abd\"", "W/\"abc\"", "Mon, 30 Nov 2026 10:00:00 GMT"] {
            assert_eq!(wanted(header::IF_RANGE, other, 10), WantedPart::All, "{other}");
        }
    }
}

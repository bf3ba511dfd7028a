//! Letters in versions and times that belong to no word: `v2.14`, `2026-03-05T10:15:42Z`.

/// Returns the length of the `v` before a version (`v2.14` becomes `2.14`), otherwise 0. `start..end` is a word of
/// `text`.
pub(super) fn version_mark(text: &str, start: usize, end: usize) -> usize {
    let is_number_next = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
    let is_version = text[start..end].strip_prefix('v').is_some_and(is_number)
        && text[end..].strip_prefix('.').is_some_and(is_number_next);
    usize::from(is_version)
}

/// Returns the place of the `t` between a date and a time in the word `start..end` of `text`: `05t10` of
/// `2026-03-05t10:15:42`, or `20260305t101542z`.
pub(super) fn time_mark(text: &str, start: usize, end: usize) -> Option<usize> {
    let (date, time) = text[start..end].split_once('t')?;
    let time = time.strip_suffix('z').unwrap_or(time);
    let is_time = matches!(time.len(), 2 | 4 | 6) && is_number(time);
    let is_date = date.len() == 8 || date.len() == 2 && ends_with_month(&text[..start]);
    (is_time && is_date && is_number(date)).then_some(start + date.len())
}

/// Returns true if `text` ends with a year and a month: `2026-03-`.
fn ends_with_month(text: &str) -> bool {
    let month = text.len().checked_sub("2026-03-".len()).and_then(|from| text.get(from..));
    month.is_some_and(|month| {
        month.bytes().enumerate().all(|(place, byte)| match place {
            4 | 7 => matches!(byte, b'-' | b'/' | b'.'),
            _ => byte.is_ascii_digit(),
        })
    })
}

/// Returns the length of the `z` after a time, otherwise 0. `start..end` is a word of `text` that is joined to the text
/// from `joined` on.
pub(super) fn zone_mark(text: &str, joined: usize, start: usize, end: usize) -> usize {
    let before = &text.as_bytes()[joined..start];
    let is_clock = before.get(2) == Some(&b':')
        && before.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'.'));
    // Joined words can follow a `t` only after a date.
    let is_time = is_clock || text[..joined].ends_with('t');
    usize::from(is_time && text[start..end].strip_suffix('z').is_some_and(is_number))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

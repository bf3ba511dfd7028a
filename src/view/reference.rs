//! Tells whether a name in a text is used as a reference or could be a word.

/// The maximum number of bytes that are searched for the beginning of a path or URL.
const LONGEST_PATH: usize = 512;

/// Returns true if the text from `start` to `end` is a reference: `#name`, the target of a link, a part of a path
/// or URL, or a file name.
pub(super) fn is_reference(text: &str, start: usize, end: usize) -> bool {
    let (before, after) = (&text[..start], &text[end..]);
    if before.ends_with('#') || is_file_end(after) {
        return true;
    }
    let breaks = |c: char| {
        c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '(' | '[' | '{' | '|' | '`' | ',')
    };
    let mut from = start.saturating_sub(LONGEST_PATH);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let path_start = before[from..]
        .rfind(breaks)
        .map_or(from, |at| from + at + before[from + at..].chars().next().map_or(1, char::len_utf8));
    let path = &before[path_start..];
    let ends_part = after.chars().next().is_none_or(|c| {
        breaks(c) || matches!(c, '/' | '?' | '#' | ')' | ']' | '}' | ';' | ':' | '!') || c == '.' || c == '&'
    });
    let is_path = path.starts_with(['/', '.'])
        || path.contains("://")
        || path.contains("tickets/")
        || path.contains("knowledge/");
    let lead = before[..path_start].trim_end_matches(['<', '"', '\'']);
    let is_target = lead.ends_with("](")
        || lead.ends_with("href=")
        || lead.ends_with("src=")
        || lead.trim_end_matches(' ').ends_with("]:");
    ends_part && ((path.is_empty() && is_target) || (path.ends_with('/') && (is_path || is_target)))
}

/// Returns true if `after` begins with the extension of a Markdown file.
fn is_file_end(after: &str) -> bool {
    after.strip_prefix(".md").is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
}

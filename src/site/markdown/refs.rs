//! Turns bare addresses and ticket names in running text into links.

use super::links::{Destination, REL, RenderedLinks, open};
use super::{Resolve, escape_into};
use crate::site::names::{Name, name_at};

/// Writes `text`, escaped, with links for its addresses and ticket names.
pub(super) fn write(out: &mut String, text: &str, resolve: &dyn Resolve, rendered: &mut RenderedLinks) {
    let bytes = text.as_bytes();
    let mut written = 0;
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        if (byte == b'h' || byte == b'w')
            && !preceded_by_word(text, at)
            && let Some(length) = address(&text[at..])
        {
            escape_into(out, &text[written..at]);
            let url = &text[at..at + length];
            out.push_str("<a href=\"");
            if byte == b'w' {
                out.push_str("http://");
            }
            escape_into(out, url);
            out.push_str("\" rel=\"");
            out.push_str(REL);
            out.push_str("\">");
            escape_into(out, url);
            out.push_str("</a>");
            at += length;
            written = at;
        } else if byte == b'#' || byte.is_ascii_alphanumeric() {
            let (name, next) = name_at(text, at);
            if let Some(Name { span, name, marked }) = name
                && let Some(target) = resolve.name(&text[name], marked)
            {
                escape_into(out, &text[written..at]);
                let opened = open(out, &Destination::Internal(target), "", rendered);
                written = span.end;
                escape_into(out, &text[span]);
                if opened {
                    out.push_str("</a>");
                }
            }
            at = next;
        } else {
            at += 1;
        }
    }
    escape_into(out, &text[written..]);
}

fn preceded_by_word(text: &str, at: usize) -> bool {
    text[..at].chars().next_back().is_some_and(|c| c.is_ascii_alphanumeric())
}

/// Returns the length of the address at the start of `text`, by GitHub's rules: it begins with `https://`, `http://` or
/// `www.`. The address ends before punctuation at
/// the end of a sentence, and before Chinese, Japanese or Korean text, which can follow an address without a space.
fn address(text: &str) -> Option<usize> {
    let host = ["https://", "http://", "www."].iter().find_map(|start| text.strip_prefix(start))?;
    if !host.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[') {
        return None;
    }
    let length = text
        .find(|c: char| {
            c.is_whitespace()
                || c.is_control()
                || matches!(c, '<' | '>' | '"' | '`')
                || matches!(u32::from(c), 0x2e80..=0x9fff | 0xac00..=0xd7af | 0xf900..=0xfaff | 0xfe30..=0xffef)
        })
        .unwrap_or(text.len());
    Some(without_end_of_sentence(&text[..length]).len())
}

/// Returns `url` without the punctuation at its end, and without closing brackets that were not opened in `url`.
fn without_end_of_sentence(url: &str) -> &str {
    let unopened =
        |open: char, close: char| url.matches(close).count().saturating_sub(url.matches(open).count());
    let (mut round, mut square) = (unopened('(', ')'), unopened('[', ']'));
    url.trim_end_matches(|c: char| match c {
        '.' | ',' | ':' | ';' | '!' | '?' | '\'' | '*' | '_' | '~' => true,
        ')' if round > 0 => {
            round -= 1;
            true
        }
        ']' if square > 0 => {
            square -= 1;
            true
        }
        _ => false,
    })
}

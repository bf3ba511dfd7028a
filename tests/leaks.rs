//! A search for the names and words of internal tickets in output for the public.

use super::secrets::{INTERNAL, NAMES, WORDS};

/// Finds the names and words of internal tickets in `text`, which is output for the public. Returns each with the text
/// around it.
pub(crate) fn leaks(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for form in forms(text) {
        let mut look = |name: &str| {
            if let Some(at) = form.find(&name.to_lowercase()) {
                let (start, end) =
                    (form.floor_char_boundary(at.saturating_sub(60)), form.ceil_char_boundary(at + 60));
                found.push(format!("{name} in {:?}", &form[start..end]));
            }
        };
        NAMES.iter().chain(INTERNAL).for_each(|name| look(name));
        for word in WORDS {
            for reference in [
                format!("#{word}"),
                format!("tickets/{word}"),
                format!("knowledge/{word}"),
                format!("{word}.md"),
            ] {
                look(&reference);
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

/// Returns `text` in lower case, and in the forms in which a browser or a reader sees it.
fn forms(text: &str) -> Vec<String> {
    let plain = text.to_lowercase();
    let mut forms = vec![plain.clone()];
    let mut decoded = plain;
    for _ in 0..2 {
        decoded = visible(&without_percent(&without_references(&decoded)));
        forms.push(decoded.clone());
        forms.push(without_tags(&decoded).replace(['*', '`', '~', '\\'], ""));
    }
    forms
}

/// Removes invisible characters, and replaces a special hyphen.
fn visible(text: &str) -> String {
    text.replace(['\u{ad}', '\u{200b}'], "").replace('\u{2011}', "-")
}

fn without_tags(text: &str) -> String {
    let mut out = String::new();
    let mut in_tag = false;
    for c in text.chars() {
        match c {
            '<' => in_tag = true,
            '>' => in_tag = false,
            c if !in_tag => out.push(c),
            _ => {}
        }
    }
    out
}

fn without_percent(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let hex = text.get(at + 1..at + 3).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match hex.filter(|_| bytes[at] == b'%') {
            Some(byte) => {
                out.push(byte.to_ascii_lowercase());
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn without_references(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.find(';').filter(|end| *end < 10);
        let name = end.map(|end| &rest[1..end]).unwrap_or_default();
        let number = name.strip_prefix("#x").map(|hex| u32::from_str_radix(hex, 16).ok());
        let number = number.or_else(|| name.strip_prefix('#').map(|number| number.parse().ok())).flatten();
        let named = [("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"')];
        let c = number
            .and_then(char::from_u32)
            .or_else(|| named.iter().find(|(known, _)| *known == name).map(|(_, c)| *c));
        match (c, end) {
            (Some(c), Some(end)) => {
                out.extend(c.to_lowercase());
                rest = &rest[end + 1..];
            }
            _ => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out + rest
}

//! Changes keys of front matter.

use super::{
    document::Document,
    edit::{flow_value, yaml_value},
    value::YamlValue,
    yaml::{YamlEntry, YamlNodeKind},
};
use crate::text::Span;

/// Returns the text of `document` with `key: value` in its front matter. All other bytes stay as they are. Returns `None` if
/// there is no front matter, or if the value that is there is no scalar.
pub(crate) fn with_key(document: &Document, key: &str, value: &YamlValue) -> Option<String> {
    let front = document.front.as_ref()?;
    let (text, written) = (&document.text, yaml_value(value));
    let (span, new) = match front.entry(key) {
        None => (front.span.end..front.span.end, format!("{key}: {written}{}", document.line_end())),
        Some(entry) if !matches!(entry.value.kind, YamlNodeKind::Scalar(..)) => return None,
        Some(entry) => {
            let span = value_span(text, entry);
            let space = if text[..span.start].ends_with(':') { " " } else { "" };
            (span, format!("{space}{written}"))
        }
    };
    Some(format!("{}{new}{}", &text[..span.start], &text[span.end..]))
}

/// Returns the text of `document` with `item` in the list `key` of its front matter. All other bytes stay as they are. Returns
/// `None` if there is no front matter, or if the value that is there is neither a list nor a scalar.
pub(crate) fn with_list_item(document: &Document, key: &str, item: &str) -> Option<String> {
    let list = |items: Vec<String>| YamlValue::List(items.into_iter().map(YamlValue::Text).collect());
    let text = &document.text;
    let Some(entry) = document.front.as_ref()?.entry(key) else {
        return with_key(document, key, &list(vec![item.to_owned()]));
    };
    let span = match &entry.value.kind {
        YamlNodeKind::Map(_) => return None,
        YamlNodeKind::List(items) if !text[entry.value.span.clone()].starts_with('[') => {
            // A list in block style: the new item gets a line of its own, like the last one.
            let last = items.last()?.span.clone();
            let line = text[..last.start].rfind('\n').map_or(0, |end| end + 1);
            let indent = text[line..last.start].to_owned();
            let end = text[last.end..].find('\n').map_or(text.len(), |end| last.end + end);
            let end = if text[..end].ends_with('\r') { end - 1 } else { end };
            let new =
                format!("{}{indent}{}", document.line_end(), flow_value(&YamlValue::Text(item.to_owned())));
            return Some(format!("{}{new}{}", &text[..end], &text[end..]));
        }
        _ => value_span(text, entry),
    };
    let mut items = entry.value.value().texts();
    items.retain(|known| !known.is_empty());
    items.push(item.to_owned());
    let space = if text[..span.start].ends_with(':') { " " } else { "" };
    Some(format!("{}{space}{}{}", &text[..span.start], yaml_value(&list(items)), &text[span.end..]))
}

/// Returns the place of a value, or where it belongs if there is none.
fn value_span(text: &str, entry: &YamlEntry) -> Span {
    let span = entry.value.span.clone();
    let colon = text[entry.key_span.end..].find(':').map(|at| entry.key_span.end + at + 1);
    match colon.filter(|_| span.is_empty()) {
        Some(after) => after..after,
        None => span,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::RepoPath;

    fn document(text: &str) -> Document {
        Document::parse(&RepoPath::new("knowledge/a.md"), text.as_bytes())
    }

    #[test]
    fn a_key_is_set_and_nothing_else_changes() {
        let set =
            |text: &str| with_key(&document(text), "confirmed", &YamlValue::Number("2026-12-01".into()));
        for (before, after) in [
            ("---\ntitle: a # b\n---\nx\n", "---\ntitle: a # b\nconfirmed: 2026-12-01\n---\nx\n"),
            ("---\r\ntitle: a\r\n---\r\n", "---\r\ntitle: a\r\nconfirmed: 2026-12-01\r\n---\r\n"),
            ("---\nconfirmed: 2025-01-02  # by mei\n---\n", "---\nconfirmed: 2026-12-01  # by mei\n---\n"),
            ("---\nconfirmed:\ntags: [a]\n---\n", "---\nconfirmed: 2026-12-01\ntags: [a]\n---\n"),
        ] {
            assert_eq!(set(before).as_deref(), Some(after));
        }
        assert_eq!(set("no front matter\n"), None);
        assert_eq!(set("---\nconfirmed: [a]\n---\n"), None);
    }

    #[test]
    fn an_item_is_added_to_a_list_in_its_style() {
        let added = |text: &str| with_list_item(&document(text), "supersedes", "old");
        for (before, after) in [
            ("---\ntitle: a\n---\n", "---\ntitle: a\nsupersedes: [old]\n---\n"),
            ("---\nsupersedes: [a, b] # c\n---\n", "---\nsupersedes: [a, b, old] # c\n---\n"),
            ("---\nsupersedes: a\n---\n", "---\nsupersedes: [a, old]\n---\n"),
            (
                "---\nsupersedes:\n  - a\n  - b # c\ntags: [x]\n---\n",
                "---\nsupersedes:\n  - a\n  - b # c\n  - old\ntags: [x]\n---\n",
            ),
            ("---\nsupersedes: []\n---\n", "---\nsupersedes: [old]\n---\n"),
        ] {
            assert_eq!(added(before).as_deref(), Some(after));
        }
    }
}

//! Writes front matter as YAML.

use std::sync::LazyLock;

use regex::Regex;

use super::{
    document::Document,
    value::YamlValue,
    yaml::{YamlNodeKind, parse_piece},
};
use crate::text::Time;

/// Returns a block of front matter with its `---` lines. Keys with `None` are left out; [`YamlValue::Null`] is
/// written.
pub(crate) fn compose_front(entries: &[(&str, Option<YamlValue>)]) -> String {
    let mut text = String::from("---\n");
    for (key, value) in entries.iter().filter_map(|(key, value)| Some((key, value.as_ref()?))) {
        text.push_str(&format!("{}: {}\n", yaml_key(key), yaml_value(value)));
    }
    text.push_str("---\n");
    text
}

/// Returns the text of `document` with `key: value` in its front matter. All other bytes stay as they are. Returns `None` if
/// there is no front matter, or if the value that is there is no scalar.
pub(crate) fn with_key(document: &Document, key: &str, value: &YamlValue) -> Option<String> {
    let front = document.front.as_ref()?;
    let (text, written) = (&document.text, yaml_value(value));
    let (span, new) = match front.entry(key) {
        None => (front.span.end..front.span.end, format!("{key}: {written}{}", document.line_end())),
        Some(entry) if !matches!(entry.value.kind, YamlNodeKind::Scalar(..)) => return None,
        Some(entry) => {
            let span = entry.value.span.clone();
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
        _ => entry.value.span.clone(),
    };
    let mut items = entry.value.value().texts();
    items.retain(|known| !known.is_empty());
    items.push(item.to_owned());
    let space = if text[..span.start].ends_with(':') { " " } else { "" };
    Some(format!("{}{space}{}{}", &text[..span.start], yaml_value(&list(items)), &text[span.end..]))
}

fn yaml_key(key: &str) -> String {
    if is_simple(key) && !key.contains(' ') { key.to_owned() } else { quoted(key) }
}

/// Formats a value as YAML on one line.
pub(crate) fn yaml_value(value: &YamlValue) -> String {
    match value {
        YamlValue::Null => "null".to_owned(),
        YamlValue::Bool(value) => value.to_string(),
        YamlValue::Number(text) => text.clone(),
        YamlValue::Text(text) => yaml_scalar(text),
        YamlValue::List(items) => {
            let items: Vec<String> = items.iter().map(flow_value).collect();
            format!("[{}]", items.join(", "))
        }
        YamlValue::Map(_) => flow_value(value),
    }
}

/// Formats a value inside brackets, where commas and brackets must be quoted.
fn flow_value(value: &YamlValue) -> String {
    match value {
        YamlValue::Text(text) if is_simple(text) => text.clone(),
        YamlValue::Text(text)
            if text.starts_with(['/', '+', '-']) && is_simple(&text[1..]) && !text.contains(' ') =>
        {
            text.clone()
        }
        YamlValue::Text(text) => quoted(text),
        YamlValue::Map(entries) if entries.is_empty() => "{}".to_owned(),
        YamlValue::Map(entries) => {
            let entries: Vec<String> = entries
                .iter()
                .map(|(key, value)| format!("{}: {}", yaml_key(key), flow_value(value)))
                .collect();
            format!("{{ {} }}", entries.join(", "))
        }
        other => yaml_value(other),
    }
}

/// Formats a text as YAML on one line: without quotes if YAML 1.1 and YAML 1.2 readers both read the same text,
/// otherwise in double quotes.
pub(crate) fn yaml_scalar(text: &str) -> String {
    if is_simple(text) || Time::parse(text).is_some() {
        return text.to_owned();
    }
    let plain = text.trim() == text
        && text.chars().count() <= MAX_PLAIN
        && !text.chars().any(needs_escape)
        && !is_ambiguous(text)
        && reads_back(text, text);
    if plain { text.to_owned() } else { quoted(text) }
}

/// The maximum length in characters of a text without quotes, unless the text is simple. Imports have always quoted
/// longer texts; without this limit, the next import of the same tickets would rewrite those files.
const MAX_PLAIN: usize = 80;

/// Returns true if some YAML reader reads `text` without quotes as another type. YAML 1.1, which many tools still
/// read, has more spellings of booleans, numbers and times than YAML 1.2. The pattern is wider than the
/// specification in a few places; the only effect is quotes that are not needed.
fn is_ambiguous(text: &str) -> bool {
    static AMBIGUOUS: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let ambiguous = r##"(?xi) ^ (?:
            ~ | null | y | n | yes | no | on | off | true | false
            | << | =                                # the merge key and the default value key
            | [,:\[\]{}\#&*!|>'"%@`] .*              # signs that begin something else
            | (?: --- | \.\.\. ) (?: \x20 .* )?      # the marks between documents
            | [-+]? \.? (?: inf | nan )
            | [-+_]* [0-9_.:]* [0-9.] [0-9_.:]* (?: e [-+0-9_]+ )?  # decimal, octal, of base 60
            | [-+_]* 0 _* [box] [-+0-9a-f_]+
            | [0-9]{4} - [0-9]{1,2} - [0-9]{1,2} (?: [t\x20] [0-9:.,\x20+\-z]* )?
        ) $"##;
        Regex::new(ambiguous).ok()
    });
    AMBIGUOUS.as_ref().is_none_or(|ambiguous| ambiguous.is_match(text))
}

/// Returns true if the text begins with a letter, contains only letters, digits, spaces and a few signs, and is not
/// a word that YAML reads as another type.
fn is_simple(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.first().is_some_and(u8::is_ascii_alphabetic)
        && bytes.last().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b' ' | b'-' | b'_' | b'/' | b'.'))
        && !is_ambiguous(text)
}

/// Returns true if `c` must be escaped, because it is not printable in YAML or ends a line in YAML 1.1.
fn needs_escape(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// Returns `text` in double quotes, escaped for YAML.
fn quoted(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 2);
    json.push('"');
    for c in text.chars() {
        match c {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            '\r' => json.push_str("\\r"),
            '\t' => json.push_str("\\t"),
            _ if needs_escape(c) => json.push_str(&format!("\\u{:04x}", u32::from(c))),
            _ => json.push(c),
        }
    }
    json.push('"');
    json
}

/// Returns true if YAML reads `yaml`, written after a key, as exactly `text`. Invalid YAML is not parsed key by
/// key, since that parser composes its fixes with these functions.
fn reads_back(yaml: &str, text: &str) -> bool {
    let mut problems = Vec::new();
    let entries = parse_piece(&format!("k: {yaml}\n"), 0, &mut problems).unwrap_or_default();
    problems.is_empty() && entries.len() == 1 && entries[0].value.value() == YamlValue::Text(text.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{text::RepoPath, ticket::Document};

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

    fn document(text: &str) -> Document {
        Document::parse(&RepoPath::new("tickets/a.md"), text.as_bytes())
    }

    #[test]
    fn texts_that_yaml_1_1_reads_as_another_type_are_quoted() {
        for (text, yaml) in [
            ("Invoice export times out", "Invoice export times out"),
            ("no", "\"no\""),
            ("2.14.0", "\"2.14.0\""),
            ("1.10", "\"1.10\""),
            ("@mei", "\"@mei\""),
            ("a: b", "\"a: b\""),
            ("2026-11-22T09:14:00Z", "2026-11-22T09:14:00Z"),
            ("2026-11-22", "\"2026-11-22\""),
            ("", "\"\""),
            ("导出超时", "导出超时"),
            ("/console/billing", "/console/billing"),
            ("2 exports, both empty", "2 exports, both empty"),
            ("1_000", "\"1_000\""),
            ("0x1F", "\"0x1F\""),
            ("12:30:45", "\"12:30:45\""),
            ("1e3", "\"1e3\""),
            (".inf", "\".inf\""),
            ("Off", "\"Off\""),
            ("~", "\"~\""),
            (".", "\".\""),
            (":x", "\":x\""),
            ("... and so on", "\"... and so on\""),
            ("<<", "\"<<\""),
            ("2026-1-2 3:4:5", "\"2026-1-2 3:4:5\""),
        ] {
            assert_eq!(yaml_scalar(text), yaml, "{text}");
        }
        let tags = YamlValue::List(vec![YamlValue::Text("a, b".into()), YamlValue::Text("c".into())]);
        assert_eq!(yaml_value(&tags), "[\"a, b\", c]");
    }

    proptest! {
        #![proptest_config(crate::trials::trials(256))]

        #[test]
        fn every_text_is_read_back_unchanged(text in "\\PC{0,30}|[\\x00-\\x20:#@'\"\\\\,\\[\\]{}a1-]{0,12}") {
            let block = compose_front(&[("k", Some(YamlValue::Text(text.clone()))), ("l", Some(YamlValue::List(vec![YamlValue::Text(text.clone())])))]);
            let parsed = document(&block);
            prop_assert!(parsed.problems.is_empty(), "{:?} {}", parsed.problems, block);
            let front = parsed.front.unwrap();
            prop_assert_eq!(front.get("k").unwrap().value(), YamlValue::Text(text.clone()));
            prop_assert_eq!(front.get("l").unwrap().value(), YamlValue::List(vec![YamlValue::Text(text)]));
        }
    }
}

//! Writes front matter as YAML.

use std::sync::LazyLock;

use regex::Regex;

use super::{value::YamlValue, yaml::parse_piece};
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
pub(super) fn flow_value(value: &YamlValue) -> String {
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

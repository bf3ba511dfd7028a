//! Writing front matter: new blocks, and edits that leave every other byte as it was.

use super::{
    document::Document,
    value::Value,
    yaml::{Node, NodeKind, Style, parse_yaml},
};
use crate::text::{Span, Time};

/// A change of one key of front matter.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// Gives the key this value; a new key goes to the end.
    Set(String, Value),
    /// Takes the key out, with its lines.
    Remove(String),
}

/// A block of front matter with its two lines of hyphens. Keys without a value are left out; null is a value.
pub fn compose_front(entries: &[(&str, Option<Value>)]) -> String {
    let mut text = String::from("---\n");
    for (key, value) in entries.iter().filter_map(|(key, value)| Some((key, value.as_ref()?))) {
        text.push_str(&format!("{}: {}\n", yaml_key(key), yaml_value(value)));
    }
    text.push_str("---\n");
    text
}

/// The text of `document` after `edits`. Comments, key order, quoting, line ends and a byte order mark stay. A document
/// without front matter gets a block at its top.
pub fn edit_front(document: &Document, edits: &[Edit]) -> String {
    let line_end = document.line_end();
    let Some(front) = &document.front else {
        let sets: Vec<(&str, Option<Value>)> = edits
            .iter()
            .filter_map(|edit| match edit {
                Edit::Set(key, value) => Some((key.as_str(), Some(value.clone()))),
                Edit::Remove(_) => None,
            })
            .collect();
        let at = document.body.start;
        let block = compose_front(&sets).replace('\n', line_end);
        return format!("{}{block}{}", &document.text[..at], &document.text[at..]);
    };
    let mut splices: Vec<(Span, String)> = Vec::new();
    for edit in edits {
        match edit {
            Edit::Set(key, value) => match front.entry(key) {
                Some(entry) => splices.push(replace_value(document, entry.key_span.end, &entry.value, value)),
                None => {
                    let line = format!("{}: {}{line_end}", yaml_key(key), yaml_value(value));
                    splices.push((front.span.end..front.span.end, line));
                }
            },
            Edit::Remove(key) => {
                if let Some(entry) = front.entry(key) {
                    let start = document.text[..entry.key_span.start].rfind('\n').map_or(0, |at| at + 1);
                    let value_end = end_of_text(document, &entry.value).max(entry.key_span.end);
                    let end =
                        document.text[value_end..].find('\n').map_or(front.span.end, |at| value_end + at + 1);
                    splices.push((start..end.min(front.span.end), String::new()));
                }
            }
        }
    }
    splices.sort_by_key(|(span, _)| (span.start, span.end));
    let mut text = document.text.clone();
    for (span, replacement) in splices.into_iter().rev() {
        text.replace_range(span, &replacement);
    }
    text
}

/// The splice that gives a key, which ends at `key_end`, another value.
fn replace_value(document: &Document, key_end: usize, old: &Node, value: &Value) -> (Span, String) {
    let written = yaml_value(value);
    let block = matches!(&old.kind, NodeKind::Scalar(_, Style::Block))
        || !document.text[key_end..old.span.start].trim_start_matches(':').trim().is_empty()
        || document.text[key_end..old.span.start].contains('\n');
    if block {
        return (key_end..end_of_text(document, old).max(key_end), format!(": {written}"));
    }
    if old.span.is_empty() {
        let colon = key_end + document.text[key_end..].find(':').map_or(0, |at| at + 1);
        return (colon..colon, format!(" {written}"));
    }
    (old.span.clone(), written)
}

/// Where the last visible character of `node` ends: the span of a block takes the line ends after it along.
fn end_of_text(document: &Document, node: &Node) -> usize {
    document.text[..node.span.end].trim_end_matches(['\r', '\n', ' ']).len()
}

/// A key as YAML.
fn yaml_key(key: &str) -> String {
    if is_simple(key) && !key.contains(' ') { key.to_owned() } else { quoted(key) }
}

/// A value as YAML on one line.
pub fn yaml_value(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(text) => text.clone(),
        Value::Text(text) => yaml_scalar(text),
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(flow_value).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Map(_) => flow_value(value),
    }
}

/// A value inside brackets, where commas and brackets mean something.
fn flow_value(value: &Value) -> String {
    match value {
        Value::Text(text) if is_simple(text) => text.clone(),
        Value::Text(text)
            if text.starts_with(['/', '+', '-']) && is_simple(&text[1..]) && !text.contains(' ') =>
        {
            text.clone()
        }
        Value::Text(text) => quoted(text),
        Value::Map(entries) if entries.is_empty() => "{}".to_owned(),
        Value::Map(entries) => {
            let entries: Vec<String> = entries
                .iter()
                .map(|(key, value)| format!("{}: {}", yaml_key(key), flow_value(value)))
                .collect();
            format!("{{ {} }}", entries.join(", "))
        }
        other => yaml_value(other),
    }
}

/// A text as YAML on one line: plain where every YAML reader, old ones too, takes it for the same text; else in quotes.
pub fn yaml_scalar(text: &str) -> String {
    if is_simple(text) || Time::parse(text).is_some() {
        return text.to_owned();
    }
    let plain = !text.is_empty()
        && text.trim() == text
        && !text.contains(['\n', '\r', '\t'])
        && text.chars().all(|c| !c.is_control())
        && serde_saphyr::to_string(&text).is_ok_and(|written| written.trim_end() == text)
        && reads_back(text, text);
    if plain { text.to_owned() } else { quoted(text) }
}

/// Letters first, then letters, digits, spaces and a few signs; not a word that YAML takes for something else.
fn is_simple(text: &str) -> bool {
    let bytes = text.as_bytes();
    let word = !matches!(
        text.to_ascii_lowercase().as_str(),
        "y" | "n" | "yes" | "no" | "on" | "off" | "true" | "false" | "null" | "nan" | "inf"
    );
    word && bytes.first().is_some_and(u8::is_ascii_alphabetic)
        && bytes.last().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b' ' | b'-' | b'_' | b'/' | b'.'))
}

/// `text` in double quotes, escaped so that it reads back as itself.
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
            // What YAML does not call printable, and line ends of YAML 1.1.
            '\u{0}'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{feff}'
            | '\u{fffe}'
            | '\u{ffff}' => {
                json.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            _ => json.push(c),
        }
    }
    json.push('"');
    json
}

/// Whether `yaml` after a key is read as exactly `text`.
fn reads_back(yaml: &str, text: &str) -> bool {
    let (entries, problems) = parse_yaml(&format!("k: {yaml}\n"), 0);
    problems.is_empty() && entries.len() == 1 && entries[0].value.value() == Value::Text(text.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{text::RepoPath, ticket::Document};

    fn document(text: &str) -> Document {
        Document::parse(&RepoPath::new("tickets/a.md"), text.as_bytes())
    }

    fn set(key: &str, text: &str) -> Edit {
        Edit::Set(key.into(), Value::Text(text.into()))
    }

    #[test]
    fn texts_that_old_readers_would_change_are_quoted() {
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
        ] {
            assert_eq!(yaml_scalar(text), yaml, "{text}");
        }
        let tags = Value::List(vec![Value::Text("a, b".into()), Value::Text("c".into())]);
        assert_eq!(yaml_value(&tags), "[\"a, b\", c]");
    }

    #[test]
    fn an_edit_keeps_comments_order_quotes_and_line_ends() {
        let text = "\u{feff}---\r\n# mine\r\ntitle: 'x'   # why\r\ntags:\r\n  - a\r\n  - b\r\nlast: |\r\n  one\r\n  two\r\nend: 1\r\n---\r\nbody";
        let edited = edit_front(&document(text), &[set("title", "yy"), set("new", "z")]);
        assert_eq!(edited, text.replace("'x'", "yy").replace("end: 1\r\n", "end: 1\r\nnew: z\r\n"));
        let edited = edit_front(&document(text), &[set("tags", "q"), Edit::Remove("last".into())]);
        assert_eq!(edited, "\u{feff}---\r\n# mine\r\ntitle: 'x'   # why\r\ntags: q\r\nend: 1\r\n---\r\nbody");
        let edited = edit_front(&document(text), &[set("last", "q")]);
        assert!(edited.contains("last: q\r\nend: 1"), "{edited}");
    }

    #[test]
    fn a_value_of_nothing_is_filled_on_its_line() {
        assert_eq!(
            edit_front(&document("---\nassignee:\nb: 1\n---\n"), &[set("assignee", "mei")]),
            "---\nassignee: mei\nb: 1\n---\n"
        );
        assert_eq!(edit_front(&document("body\n"), &[set("a", "b")]), "---\na: b\n---\nbody\n");
    }

    proptest! {
        #[test]
        fn every_text_reads_back_as_itself(text in "\\PC{0,30}|[\\x00-\\x20:#@'\"\\\\,\\[\\]{}a1-]{0,12}") {
            let block = compose_front(&[("k", Some(Value::Text(text.clone()))), ("l", Some(Value::List(vec![Value::Text(text.clone())])))]);
            let parsed = document(&block);
            prop_assert!(parsed.problems.is_empty(), "{:?} {}", parsed.problems, block);
            let front = parsed.front.unwrap();
            prop_assert_eq!(front.get("k").unwrap().value(), Value::Text(text.clone()));
            prop_assert_eq!(front.get("l").unwrap().value(), Value::List(vec![Value::Text(text)]));
        }

        #[test]
        fn an_edit_changes_only_its_own_key(
            before in "(# [a-z ]{0,8}\n)?a: ('x y'|\"é\"|plain  )\n",
            old in "k: (1|'q'|\"w: w\"|\\[a, b\\]|\\{a: b\\})( # c)?\n|k:\n  - a\n  - b\n|k: \\|\n  t\n  u\n|k:\n",
            after in "(z: [a-z]{1,4}  # n\n)?",
            crlf in any::<bool>(),
            bom in any::<bool>(),
            new in "[a-z:# ]{1,8}",
        ) {
            let mut text = format!("---\n{before}{old}{after}---\nbody \n");
            let mut kept = [format!("---\n{before}"), format!("{after}---\nbody \n")];
            if crlf {
                text = text.replace('\n', "\r\n");
                kept = kept.map(|part| part.replace('\n', "\r\n"));
            }
            if bom {
                text.insert(0, '\u{feff}');
                kept[0].insert(0, '\u{feff}');
            }
            let edited = edit_front(&document(&text), &[set("k", &new)]);
            prop_assert!(edited.starts_with(&kept[0]) && edited.ends_with(&kept[1]), "{edited:?}");
            let parsed = document(&edited);
            prop_assert!(parsed.problems.is_empty(), "{:?} {:?}", parsed.problems, edited);
            prop_assert_eq!(parsed.front.unwrap().get("k").unwrap().value(), Value::Text(new));
        }
    }
}

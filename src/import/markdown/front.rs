//! Reads the keys of a Markdown file: front matter in YAML or TOML, a TOML block at the top, a list of keys before the
//! first section, or a YAML file beside it.

use std::sync::LazyLock;

use regex::Regex;

use crate::{
    text::Span,
    ticket::{YamlProblem, YamlValue, parse_yaml, sections},
};

/// The keys of a file, and the rest of its text.
#[derive(Debug, Default)]
pub(super) struct FrontKeys {
    pub(super) keys: Vec<(String, YamlValue)>,
    /// The text without front matter.
    pub(super) body: String,
    /// Parts that could not be read as YAML or TOML.
    pub(super) notes: Vec<String>,
}

/// Returns the keys and the body of a file.
///
/// # Errors
/// The front matter has a form that Casebook refuses, such as aliases of YAML.
pub(super) fn read_front(text: &str) -> Result<FrontKeys, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut front = FrontKeys { body: text.to_owned(), ..FrontKeys::default() };
    if let Some((yaml, body)) = fenced(text, "---", &["---", "..."]) {
        (front.keys, front.notes) = read_yaml(yaml)?;
        front.body = body.to_owned();
    } else if let Some((toml, body)) = fenced(text, "+++", &["+++"]) {
        front.keys = read_toml(toml)?;
        front.body = body.to_owned();
    } else if let Some((toml, _)) = fenced(text.trim_start_matches(['\r', '\n']), "```toml", &["```"]) {
        // The block is a part of the text.
        front.keys = read_toml(toml)?;
    }
    for (key, value) in listed_keys(&front.body) {
        if !front.keys.iter().any(|(known, _)| is_same_key(known, &key)) {
            front.keys.push((key, value));
        }
    }
    Ok(front)
}

/// Reads a YAML file as keys.
pub(super) fn read_sidecar(text: &str) -> Option<Vec<(String, YamlValue)>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = text.strip_prefix("---\n").unwrap_or(text);
    read_yaml(text).ok().map(|(keys, _)| keys)
}

pub(super) fn is_same_key(one: &str, other: &str) -> bool {
    plain_key(one) == plain_key(other)
}

/// Returns a key in lower case, with hyphens between its words.
pub(super) fn plain_key(key: &str) -> String {
    let mut plain = String::new();
    let mut last = None;
    for c in key.trim().chars() {
        // `RFC PR` has no humps.
        if c.is_uppercase() && last.is_some_and(char::is_lowercase) {
            plain.push('-');
        }
        last = Some(c);
        match c {
            ' ' | '_' | '/' => plain.push('-'),
            c => plain.extend(c.to_lowercase()),
        }
    }
    plain
}

/// Splits a text that begins with the line `first` after the first of the `last` lines.
fn fenced<'a>(text: &'a str, first: &str, last: &[&str]) -> Option<(&'a str, &'a str)> {
    let mut lines = text.split_inclusive('\n');
    let start = lines.next().filter(|line| line.trim_end() == first)?.len();
    let mut at = start;
    for line in lines {
        if last.contains(&line.trim_end()) {
            return Some((&text[start..at], &text[at + line.len()..]));
        }
        at += line.len();
    }
    None
}

/// The keys and values of front matter, and notes about values that cannot be read.
type FrontValues = (Vec<(String, YamlValue)>, Vec<String>);

/// Reads front matter in YAML, with notes about parts that are not valid YAML. Such a part is kept as a text.
fn read_yaml(yaml: &str) -> Result<FrontValues, String> {
    let mut text = yaml.to_owned();
    let (mut entries, mut problems) = parse_yaml(&text, 0);
    refuse_bombs(&text, &problems)?;
    // Other tools write some values without the quotes that YAML requires.
    for _ in 0..3 {
        if problems.is_empty() {
            break;
        }
        text = quote_names(&text);
        let mut edits: Vec<(Span, String)> = parse_yaml(&text, 0)
            .1
            .into_iter()
            .filter_map(|problem| problem.fix.map(|(_, span, text)| (span, text)))
            .collect();
        edits.sort_by_key(|(span, _)| span.start);
        for (span, new) in edits.into_iter().rev() {
            if text.get(span.clone()).is_some() {
                text.replace_range(span, &new);
            }
        }
        (entries, problems) = parse_yaml(&text, 0);
    }
    let mut keys: Vec<(String, YamlValue)> =
        entries.into_iter().map(|entry| (entry.key, entry.value.value())).collect();
    let mut notes = Vec::new();
    refuse_bombs(&text, &problems)?;
    for problem in problems {
        let line = text.get(..problem.span.start).unwrap_or_default().lines().count().max(1);
        let kept = if problem.also.is_none() { piece_at(&text, problem.span.start) } else { None };
        match kept.filter(|(key, _)| !keys.iter().any(|(known, _)| known == key)) {
            Some((key, raw)) => {
                notes
                    .push(format!("front matter, line {line}: `{key}` is kept as text: {}", problem.message));
                keys.push((key.to_owned(), YamlValue::Text(raw.to_owned())));
            }
            None => notes.push(format!("front matter, line {line}: skipped: {}", problem.message)),
        }
    }
    Ok((keys, notes))
}

/// Refuses the features of YAML by which a small text becomes a large one, and values that are too many or too deep.
fn refuse_bombs(yaml: &str, problems: &[YamlProblem]) -> Result<(), String> {
    // `*.rs` and `*bold* text` are no names.
    static NAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?m)(?:^\s*|[:\[,{-]\s*)(?:&[\w-]+(?:\s|$)|\*[\w-]+\s*(?:$|[,\]}]))").ok()
    });
    if !problems.is_empty() && NAME.as_ref().is_some_and(|name| name.is_match(yaml)) {
        return Err("front matter: anchors (`&name`) and aliases (`*name`) are not supported".to_owned());
    }
    let is_bomb = |problem: &&YamlProblem| {
        let message = &problem.message;
        message.contains("not supported") || message.contains("limit")
    };
    match problems.iter().find(is_bomb) {
        Some(problem) => Err(format!("front matter: {}", problem.message)),
        None => Ok(()),
    }
}

/// Puts values that begin with a sign that YAML reserves, such as `@mei` and `` `x` ``, into quotes.
fn quote_names(yaml: &str) -> String {
    static RESERVED: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?m)^([ \t]*(?:- +)*(?:[\w.-]+: +)?)([@`%][^\r\n]*?)([ \t]*\r?)$").ok()
    });
    let quoted = |value: &str| format!("'{}'", value.replace('\'', "''"));
    match &*RESERVED {
        Some(reserved) => reserved
            .replace_all(yaml, |found: &regex::Captures<'_>| {
                format!("{}{}{}", &found[1], quoted(&found[2]), &found[3])
            })
            .into_owned(),
        None => yaml.to_owned(),
    }
}

/// Returns the top-level key that contains the byte `at`, and its text.
fn piece_at(yaml: &str, at: usize) -> Option<(&str, &str)> {
    let starts =
        |line: &str| line.starts_with(|c: char| c.is_alphanumeric() || c == '_') && line.contains(':');
    let mut begins: Vec<usize> = Vec::new();
    let mut offset = 0;
    for line in yaml.split_inclusive('\n') {
        if starts(line) {
            begins.push(offset);
        }
        offset += line.len();
    }
    let place = begins.iter().rposition(|start| *start <= at)?;
    let end = begins.get(place + 1).copied().unwrap_or(yaml.len());
    let (key, value) = yaml[begins[place]..end].split_once(':')?;
    Some((key.trim(), value.trim()))
}

fn read_toml(text: &str) -> Result<Vec<(String, YamlValue)>, String> {
    let table: toml::Table =
        text.parse().map_err(|error: toml::de::Error| format!("front matter: {}", error.message()))?;
    Ok(table.into_iter().map(|(key, value)| (key, of_toml(value))).collect())
}

fn of_toml(value: toml::Value) -> YamlValue {
    match value {
        toml::Value::String(text) => YamlValue::Text(text),
        toml::Value::Integer(number) => YamlValue::Number(number.to_string()),
        toml::Value::Float(number) => YamlValue::of_plain(&number.to_string()),
        toml::Value::Boolean(value) => YamlValue::Bool(value),
        toml::Value::Datetime(time) => YamlValue::Text(time.to_string()),
        toml::Value::Array(items) => YamlValue::List(items.into_iter().map(of_toml).collect()),
        toml::Value::Table(table) => {
            YamlValue::Map(table.into_iter().map(|(key, value)| (key, of_toml(value))).collect())
        }
    }
}

/// Words in the names of keys by which a list of keys is recognised.
const TELLING: &[&str] =
    &["status", "state", "date", "author", "authors", "created", "owner", "reporter", "updated"];

/// Returns the keys that a text lists before its first section: `- Start Date: 2014-03-11`, `**Status:** Done`, rows of
/// a table, or `Status: accepted` on a line. A section `Status` of one paragraph is a key too.
fn listed_keys(body: &str) -> Vec<(String, YamlValue)> {
    let all = sections(body);
    let end = all.first().map_or(body.len(), |section| section.heading_span.start);
    let mut keys: Vec<(String, YamlValue)> = Vec::new();
    for line in body[..end].lines().take(60) {
        let Some((key, value)) = listed_key(line) else { continue };
        if !keys.iter().any(|(known, _)| *known == key) {
            keys.push((key, YamlValue::Text(value)));
        }
    }
    let tells = |key: &str| plain_key(key).split('-').any(|word| TELLING.contains(&word));
    if !keys.iter().any(|(key, _)| tells(key)) {
        keys.clear();
    }
    let status = all.iter().find(|section| section.is("status") || section.is("state"));
    if let Some(section) = status.filter(|_| !keys.iter().any(|(key, _)| is_same_key(key, "status"))) {
        let text = body.get(section.span.clone()).unwrap_or_default();
        let first = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with("<!--"));
        if let Some(first) = first.filter(|first| first.chars().count() <= 100) {
            keys.push(("status".to_owned(), YamlValue::Text(plain_value(first))));
        }
    }
    keys
}

/// Returns the key and the value of a line such as `- **Start Date**: 2014-03-11` or `| Status | Done |`.
fn listed_key(line: &str) -> Option<(String, String)> {
    static LISTED: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r"(?x) ^ \s{0,3} (?:
                (?: [-*+] \s+ )? (?: \*\*|__ )? (?<key> \p{L}[\p{L}\p{N}\x20_/-]{0,30}? )
                    (?: \s* (?: \*\*|__ ) \s* : | \s* : \s* (?: \*\*|__ ) | \s* : ) (?: \s+ (?<value> .*) )?
                | \| \s* (?: \*\*|__ )? (?<row> \p{L}[\p{L}\p{N}\x20_/-]{0,30}? ) (?: \*\*|__ )? :? \s*
                    \| \s* (?<cell> [^|]*? ) \s* \| \s*
            ) $",
        )
        .ok()
    });
    let found = LISTED.as_ref()?.captures(line)?;
    let key = found.name("key").or_else(|| found.name("row"))?.as_str();
    let value = found.name("value").or_else(|| found.name("cell")).map_or("", |value| value.as_str());
    // A sentence with a colon is no key.
    let words = key.split_whitespace().count();
    (words <= 3).then(|| (plain_key(key).replace('-', "_"), value.trim().to_owned()))
}

/// Returns a value without the marks of Markdown around it.
pub(super) fn plain_value(text: &str) -> String {
    static LINK: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\[([^\]]*)\]\([^)]*\)").ok());
    let text = match &*LINK {
        Some(link) => link.replace_all(text, "$1").into_owned(),
        None => text.to_owned(),
    };
    text.trim().trim_matches(['*', '_', '`', '~']).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Vec<(String, String)> {
        let front = read_front(text).unwrap();
        let text = |value: YamlValue| value.as_text().unwrap_or_else(|| format!("{value:?}"));
        front.keys.into_iter().map(|(key, value)| (key, text(value))).collect()
    }

    fn pair(key: &str, value: &str) -> (String, String) {
        (key.to_owned(), value.to_owned())
    }

    #[test]
    fn a_key_has_hyphens_between_its_words_but_not_within_capitals() {
        for (key, plain) in [
            ("RFC PR", "rfc-pr"),
            ("createdAt", "created-at"),
            ("userID", "user-id"),
            ("Last_Updated", "last-updated"),
        ] {
            assert_eq!(plain_key(key), plain);
        }
    }

    #[test]
    fn front_matter_is_read_in_yaml_and_toml() {
        let yaml = read_front("\u{feff}---\r\nstatus: Done\r\n---\r\nText\r\n").unwrap();
        assert_eq!(yaml.body, "Text\r\n");
        assert_eq!(yaml.keys, [("status".to_owned(), YamlValue::Text("Done".into()))]);
        let toml = read_front("+++\ndate = 2024-05-01\nweight = 3\n[extra]\na = true\n+++\n\nText").unwrap();
        assert_eq!(toml.body, "\nText");
        assert_eq!(toml.keys[0], ("date".to_owned(), YamlValue::Text("2024-05-01".into())));
        assert_eq!(toml.keys[2].1, YamlValue::Map(vec![("a".into(), YamlValue::Bool(true))]));
        let block = "```toml\n[advisory]\nid = \"X-1\"\n```\n\n# Title\n";
        let block_front = read_front(block).unwrap();
        assert_eq!(block_front.body, block);
        assert_eq!(block_front.keys[0].0, "advisory");
    }

    #[test]
    fn values_without_their_quotes_are_read_or_kept_as_text() {
        let front = read_front(
            "---\nassignee:\n  - @codex\nowner: @mei\ntitle: Fix: it works\nbad: [a\nlast: 1\n---\n",
        )
        .unwrap();
        assert_eq!(front.keys[0].1, YamlValue::List(vec![YamlValue::Text("@codex".into())]));
        assert_eq!(front.keys[1], ("owner".to_owned(), YamlValue::Text("@mei".into())));
        assert_eq!(front.keys[2], ("title".to_owned(), YamlValue::Text("Fix: it works".into())));
        assert!(front.keys.contains(&("bad".to_owned(), YamlValue::Text("[a".into()))), "{:?}", front.keys);
        assert!(front.keys.iter().any(|(key, _)| key == "last"));
        assert_eq!(front.notes.len(), 1, "{:?}", front.notes);
    }

    #[test]
    fn yaml_bombs_are_refused() {
        let laughs = "---\na: &a [x,x]\nb: [*a,*a]\n---\n";
        assert!(read_front(laughs).unwrap_err().contains("not supported"));
        let many = format!("---\na: [{}]\n---\n", "x,".repeat(30_000));
        assert!(read_front(&many).unwrap_err().contains("the limit is"));
        let deep = format!("---\na: {}\n---\n", "[".repeat(30_000));
        assert!(read_front(&deep).is_err());
    }

    #[test]
    fn keys_before_the_first_section_are_read_from_lists_tables_and_lines() {
        let list = "- Feature Name: `nll`\n- Start Date: 2017-08-02\n\n## Summary\n- Status: no\n";
        assert_eq!(keys(list), [pair("feature_name", "`nll`"), pair("start_date", "2017-08-02")]);
        let bold = "# A decision\n\n**Status:** Accepted\n**Decision makers**: Mei, Omar\n\n## Context\n";
        assert_eq!(keys(bold), [pair("status", "Accepted"), pair("decision_makers", "Mei, Omar")]);
        let table =
            "# Title\n\n| Key | Value |\n|---|---|\n| Author | Mei Lin |\n| Status | Done |\n\n## A\n";
        assert!(keys(table).contains(&pair("author", "Mei Lin")), "{:?}", keys(table));
        let lines =
            "# 3. Use queues\n\nDate: 2020-01-02\n\n## Status\n\nAccepted\n\nMore text.\n\n## Context\n";
        assert_eq!(keys(lines), [pair("date", "2020-01-02"), pair("status", "Accepted")]);
        assert_eq!(keys("# Title\n\nNote: this is prose.\n- Remember: to eat.\n\n## A\n"), []);
    }
}

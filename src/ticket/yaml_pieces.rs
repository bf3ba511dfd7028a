//! Parses YAML front matter. Invalid YAML is parsed key by key.
//!
//! An error must not hide the rest of the file: the text is parsed again in pieces. A piece is a top-level key with
//! the indented lines below it, so each invalid piece is one problem and the others keep their values.

use super::edit::yaml_scalar;
use super::yaml::{YamlEntry, YamlProblem, parse_piece, problem, push_entry};
use crate::text::{Span, is_id};

/// Keys whose value is a person.
const PERSON_KEYS: &[&str] = &["requester", "author", "assignee", "oncall"];

/// The maximum number of pieces that are parsed.
pub(super) const MAX_PIECES: usize = 1_000;

/// Parses `source` as one YAML map. `offset` is the position of `source` in its file; all spans are byte ranges of
/// the file.
pub(crate) fn parse_yaml(source: &str, offset: usize) -> (Vec<YamlEntry>, Vec<YamlProblem>) {
    let mut problems = Vec::new();
    match parse_piece(source, offset, &mut problems) {
        Ok(entries) => (entries, problems),
        Err(_) => {
            problems.clear();
            (parse_in_pieces(source, offset, &mut problems), problems)
        }
    }
}

/// Parses each top-level key separately.
fn parse_in_pieces(source: &str, offset: usize, problems: &mut Vec<YamlProblem>) -> Vec<YamlEntry> {
    let mut entries: Vec<YamlEntry> = Vec::new();
    for (count, piece) in pieces(source).into_iter().enumerate() {
        if count == MAX_PIECES {
            // The search for equal keys is quadratic and every problem is shown, so the number of pieces is
            // limited.
            let span = offset + piece.start..offset + piece.end;
            problems.push(problem(
                span,
                format!("too many keys: the limit is {MAX_PIECES}; the rest is ignored"),
            ));
            break;
        }
        match parse_piece(&source[piece.clone()], offset + piece.start, problems) {
            Ok(found) => {
                for entry in found {
                    push_entry(&mut entries, entry, problems);
                }
            }
            Err(problem) => problems.push(quote_fix(source, offset, &piece, *problem)),
        }
    }
    entries
}

/// Returns the byte ranges of the top-level keys with the lines below them, without conflict markers.
fn pieces(source: &str) -> Vec<Span> {
    let mut pieces: Vec<Span> = Vec::new();
    let mut at = 0;
    for line in source.split_inclusive('\n') {
        let span = at..at + line.len();
        at = span.end;
        let marker = ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].iter().any(|mark| line.starts_with(mark));
        let starts =
            !marker && line.starts_with(|c: char| !c.is_whitespace() && !matches!(c, '#' | '-' | ']' | '}'));
        match pieces.last_mut() {
            _ if marker => {}
            Some(last) if !starts && last.end == span.start => last.end = span.end,
            _ => pieces.push(span),
        }
    }
    pieces
}

/// Adds a fix to `broken` if the value on the key's line needs quotes or a space before it: `assignee: @mei`,
/// `title: Error: x`, `source:"a"`.
fn quote_fix(source: &str, offset: usize, piece: &Span, broken: YamlProblem) -> YamlProblem {
    let line = source[piece.clone()].lines().next().unwrap_or_default().trim_end();
    let is_alone = source[piece.clone()].lines().skip(1).all(|rest| rest.trim().is_empty());
    let Some((key, rest)) = line.split_once(':').filter(|(key, _)| is_alone && is_plain_key(key)) else {
        return broken;
    };
    let value = rest.trim();
    let has_space = rest.len() > value.len();
    let Some(written) = corrected_value(key, value, has_space) else { return broken };
    let replacement = if has_space { written.clone() } else { format!(" {written}") };
    // After the fix, the line must be this key with a value and nothing more.
    let mut problems = Vec::new();
    let fixed = parse_piece(&format!("{key}: {written}\n"), 0, &mut problems);
    let is_read = fixed
        .is_ok_and(|entries| matches!(&entries[..], [entry] if entry.key == key && !entry.value.is_null()));
    if !is_read || !problems.is_empty() {
        return broken;
    }
    let start = offset + piece.start + line.len() - value.len();
    let span = start..start + value.len();
    let message = match value.chars().next() {
        _ if !has_space => format!("missing space after `{key}:`"),
        Some(c @ ('@' | '`' | '%' | '&' | '*' | '!')) => {
            format!("a value that begins with `{c}` must be quoted")
        }
        _ => "a value that contains `: ` or ` #` must be quoted".to_owned(),
    };
    let title = if has_space { format!("write `{written}`") } else { format!("write `{key}: {written}`") };
    YamlProblem { message, fix: Some((title, span.clone(), replacement)), span, also: None }
}

fn is_plain_key(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_alphabetic())
        && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
}

/// Returns valid YAML for the value that the author intended; `None` if the intention is uncertain.
fn corrected_value(key: &str, value: &str, has_space: bool) -> Option<String> {
    let first = value.chars().next()?;
    if first == '[' && value.ends_with(']') && value.contains('#') {
        return quoted_items(value).filter(|list| reads_alone(list));
    }
    // A block continues on more lines, and the text after ` # ` can be a comment or part of the value.
    if matches!(first, '|' | '>') || value.contains(" # ") || value.contains("\t# ") || value.ends_with(" #")
    {
        return None;
    }
    // A value without a space before it was never parsed, so it may already be valid.
    let is_typed = matches!(first, '[' | '{' | '"' | '\'') || matches!(value, "true" | "false");
    if !has_space && is_typed && reads_alone(value) {
        return Some(value.to_owned());
    }
    let is_address = !has_space && value.starts_with("//");
    let is_open_quote = matches!(first, '"' | '\'') && value.matches(first).count() % 2 == 1;
    if is_address || is_open_quote || matches!(first, '[' | '{') {
        return None;
    }
    // Chat tools write `@` before a name; an id has no `@`.
    Some(match value.strip_prefix('@') {
        Some(name) if PERSON_KEYS.contains(&key) && is_id(name) => yaml_scalar(name),
        _ => yaml_scalar(value),
    })
}

/// Returns a list in which the items with `#`, which YAML reads as a comment, are quoted. `None` if the list contains
/// quotes or brackets, so that its items are uncertain.
fn quoted_items(list: &str) -> Option<String> {
    let inner = list.strip_prefix('[')?.strip_suffix(']')?;
    if inner.contains(['"', '\'', '[', ']', '{', '}']) {
        return None;
    }
    let items = inner.split(',').map(str::trim).filter(|item| !item.is_empty());
    let quoted: Vec<String> =
        items.map(|item| if item.contains('#') { yaml_scalar(item) } else { item.to_owned() }).collect();
    Some(format!("[{}]", quoted.join(", ")))
}

/// Returns true if YAML accepts `value` unchanged.
fn reads_alone(value: &str) -> bool {
    let mut problems = Vec::new();
    parse_piece(&format!("k: {value}\n"), 0, &mut problems).is_ok_and(|entries| entries.len() == 1)
        && problems.is_empty()
}

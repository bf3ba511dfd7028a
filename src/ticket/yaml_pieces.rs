//! YAML as people write it: a map, read around what is broken in it.
//!
//! An error does not lose the rest: the text is read again piece by piece, a piece being a top-level key with what is
//! indented below it, so each broken piece is one problem and the others keep their values.

use super::edit::yaml_scalar;
use super::yaml::{Entry, YamlProblem, parse_piece, problem, push_entry};
use crate::text::{Span, is_id};

/// Keys whose value is a person.
const PERSONS: &[&str] = &["requester", "author", "assignee", "oncall"];

/// How many pieces of a broken text are read.
pub(super) const MAX_PIECES: usize = 1_000;

/// Reads `source`, whose first byte stands at `offset` of its file, as one YAML map. All spans are of the file.
pub(crate) fn parse_yaml(source: &str, offset: usize) -> (Vec<Entry>, Vec<YamlProblem>) {
    let mut problems = Vec::new();
    match parse_piece(source, offset, &mut problems) {
        Ok(entries) => (entries, problems),
        Err(_) => {
            problems.clear();
            (parse_in_pieces(source, offset, &mut problems), problems)
        }
    }
}

/// Reads each top-level key for itself.
fn parse_in_pieces(source: &str, offset: usize, problems: &mut Vec<YamlProblem>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for (count, piece) in pieces(source).into_iter().enumerate() {
        if count == MAX_PIECES {
            // Equal keys are looked for and problems are shown one by one, so what is read is bounded as in one piece.
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

/// The ranges of top-level keys with what is below them. Lines of conflict markers belong to nobody.
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

/// Adds a fix to `broken` where a value on the line of its key lacks quotes or the space before it: `assignee: @mei`,
/// `title: Error: x`, `source:"a"`.
fn quote_fix(source: &str, offset: usize, piece: &Span, broken: YamlProblem) -> YamlProblem {
    let line = source[piece.clone()].lines().next().unwrap_or_default().trim_end();
    let is_alone = source[piece.clone()].lines().skip(1).all(|rest| rest.trim().is_empty());
    let Some((key, rest)) = line.split_once(':').filter(|(key, _)| is_alone && is_plain_key(key)) else {
        return broken;
    };
    let value = rest.trim();
    let has_space = rest.len() > value.len();
    let Some(written) = meant(key, value, has_space) else { return broken };
    let replacement = if has_space { written.clone() } else { format!(" {written}") };
    // What the fix makes of the line must be that key with a value, and nothing else.
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

/// How `value` is written so that YAML reads what a person meant by it; `None` where that is not certain.
fn meant(key: &str, value: &str, has_space: bool) -> Option<String> {
    let first = value.chars().next()?;
    // A block has lines of its own, and what follows ` # ` may be a comment or a part of the value.
    if matches!(first, '|' | '>') || value.contains(" # ") || value.contains("\t# ") || value.ends_with(" #")
    {
        return None;
    }
    // Without its space the value was never read: it may be right as it is.
    let is_typed = matches!(first, '[' | '{' | '"' | '\'') || matches!(value, "true" | "false");
    if !has_space && is_typed && reads_alone(value) {
        return Some(value.to_owned());
    }
    let is_address = !has_space && value.starts_with("//");
    let is_open_quote = matches!(first, '"' | '\'') && value.matches(first).count() % 2 == 1;
    if is_address || is_open_quote || matches!(first, '[' | '{') {
        return None;
    }
    // A person is named without the sign that chat puts before a name.
    Some(match value.strip_prefix('@') {
        Some(name) if PERSONS.contains(&key) && is_id(name) => yaml_scalar(name),
        _ => yaml_scalar(value),
    })
}

/// Whether YAML takes `value` as it is.
fn reads_alone(value: &str) -> bool {
    let mut problems = Vec::new();
    parse_piece(&format!("k: {value}\n"), 0, &mut problems).is_ok_and(|entries| entries.len() == 1)
        && problems.is_empty()
}

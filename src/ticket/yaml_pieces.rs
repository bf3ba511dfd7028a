//! Broken YAML, read around the break.
//!
//! An error does not lose the rest: the text is read again piece by piece, a piece being a top-level key with what is
//! indented below it, so each broken piece is one problem and the others keep their values.

use super::yaml::{Entry, YamlProblem, parse_piece, problem, push_entry};
use crate::text::Span;

/// How many pieces of a broken text are read.
pub(super) const MAX_PIECES: usize = 1_000;

/// Reads each top-level key for itself.
pub(super) fn parse_in_pieces(source: &str, offset: usize, problems: &mut Vec<YamlProblem>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for (count, piece) in pieces(source).into_iter().enumerate() {
        if count == MAX_PIECES {
            // Equal keys are looked for and problems are shown one by one, so what is read is bounded as in one piece.
            let span = offset + piece.start..offset + piece.end;
            problems.push(problem(
                span,
                format!("there are more than {MAX_PIECES} keys here; the rest is not read"),
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

/// The usual slip: a value on the line of its key that must be quoted (`assignee: @mei`, `title: Error: x`).
fn quote_fix(source: &str, offset: usize, piece: &Span, broken: YamlProblem) -> YamlProblem {
    let line = source[piece.clone()].lines().next().unwrap_or_default().trim_end();
    let alone = source[piece.clone()].lines().skip(1).all(|rest| rest.trim().is_empty());
    let Some((key, value)) = line.split_once(':') else {
        return broken;
    };
    let trimmed = value.trim();
    let plain_key = key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    let quoted = trimmed.starts_with(['"', '\'']) && !trimmed.ends_with(['"', '\'']);
    if !alone || !plain_key || trimmed.is_empty() || quoted || trimmed.starts_with(['|', '>', '[', '{']) {
        return broken;
    }
    let start = offset + piece.start + key.len() + 1 + (value.len() - value.trim_start().len());
    let span = start..start + trimmed.len();
    let fixed = format!("{key}: {}", super::edit::yaml_scalar(trimmed));
    let mut rest = Vec::new();
    if parse_piece(&fixed, 0, &mut rest).is_err() || !rest.is_empty() {
        return broken;
    }
    // A person is named without the sign that chat puts before a name.
    let replacement = match trimmed.strip_prefix('@') {
        Some(name) if crate::text::is_id(name) => name.to_owned(),
        _ => super::edit::yaml_scalar(trimmed),
    };
    let message = match trimmed.chars().next() {
        Some(c @ ('@' | '`' | '%' | '&' | '*' | '!')) => {
            format!("a value may not begin with `{c}` unless it is quoted")
        }
        _ => "this value must be quoted: it has `: ` or `#` in it".to_owned(),
    };
    YamlProblem {
        message,
        fix: Some((format!("write `{replacement}`"), span.clone(), replacement)),
        span,
        also: None,
    }
}

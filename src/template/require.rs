//! Makes a template require a field or section when a ticket is opened.

use super::{Stage, Template, parse_template};
use crate::{
    text::{RepoPath, Time},
    ticket::{Document, YamlEntry, YamlNode, YamlNodeKind, is_reserved_field, yaml_scalar},
};

/// Why a template cannot be changed to require a field or section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RequireError {
    /// The template requires it already, perhaps only under a condition.
    Already,
    /// No template may have a field of this name.
    Reserved,
    /// The template has a form that this program does not edit.
    Unreadable,
}

/// Returns the text of the template `file` with the field or section `name` required when a ticket is opened. Tickets
/// opened before `since` are exempt, so that existing tickets stay valid. All other bytes stay the same.
pub(crate) fn require(file: &Document, name: &str, since: Option<Time>) -> Result<String, RequireError> {
    let (template, problems) = parse_template(file);
    if is_required(&template, name) {
        return Err(RequireError::Already);
    }
    let front = file.front.as_ref().ok_or(RequireError::Unreadable)?;
    let map = |key: &str| front.get(key);
    let known = |key: &str| map(key)?.entries().iter().find(|entry| entry.key.eq_ignore_ascii_case(name));
    let edit = match known("fields").or_else(|| known("sections")) {
        Some(entry) => change(file, entry, since),
        None if is_reserved_field(name) => return Err(RequireError::Reserved),
        None => {
            let (key, value) = match name {
                "service" => ("fields", new_entry(name, "type: service, ", since)),
                _ if is_field_name(name) => ("fields", new_entry(name, "type: text, ", since)),
                _ => ("sections", new_entry(name, "", since)),
            };
            match map(key) {
                Some(node) => insert_first(file, node, &value),
                None => {
                    let end = file.line_end();
                    Some((front.span.end..front.span.end, format!("{key}:{end}  {value}{end}")))
                }
            }
        }
    };
    let (span, text) = edit.ok_or(RequireError::Unreadable)?;
    let mut changed = file.text.clone();
    changed.replace_range(span, &text);
    // The edit is checked by reading the template again, because YAML has more forms than are edited here.
    let (read, found) = parse_template(&Document::parse(&file.path, changed.as_bytes()));
    let is_right = is_required(&read, name) && found.len() <= problems.len();
    is_right.then_some(changed).ok_or(RequireError::Unreadable)
}

fn is_required(template: &Template, name: &str) -> bool {
    let field = template.fields.iter().find(|field| field.name.eq_ignore_ascii_case(name));
    let section = template.sections.iter().find(|section| section.name.eq_ignore_ascii_case(name));
    let stages = field.map(|field| &field.required).or(section.map(|section| &section.required));
    stages.is_some_and(|stages| stages.contains(&Stage::Open))
}

/// Returns true for a name in the form of front matter keys. Other names are headings.
fn is_field_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-'))
}

/// Returns a field or section on one line. `kind` is its type with a comma.
fn new_entry(name: &str, kind: &str, since: Option<Time>) -> String {
    let since = since.map(|since| format!(", since: {since}")).unwrap_or_default();
    format!("{}: {{ {kind}required: open{since} }}", yaml_scalar(name))
}

/// Returns the edit that makes an existing field or section required.
fn change(
    file: &Document,
    entry: &YamlEntry,
    since: Option<Time>,
) -> Option<(std::ops::Range<usize>, String)> {
    let node = &entry.value;
    let since = since.filter(|_| node.get("since").is_none());
    if let Some(required) = node.get("required") {
        // The resolutions that need it stay.
        let stages: Vec<&str> = required.value.items().iter().filter_map(YamlNode::text).collect();
        let is_one_line = !file.text.get(required.value.span.clone())?.contains('\n');
        return (is_one_line && !stages.is_empty() && since.is_none_or(|_| is_flow(file, node)))
            .then(|| (required.value.span.clone(), required_stages(&stages, since)))
            .or_else(|| {
                let line = line_of(file, required.key_span.start)?;
                let indent = &file.text[line..required.key_span.start];
                let since = since.map(|since| format!("{}{indent}since: {since}", file.line_end()));
                let stages = format!("[open, {}]{}", stages.join(", "), since.unwrap_or_default());
                is_one_line.then_some((required.value.span.clone(), stages))
            });
    }
    if node.is_null() {
        let at = entry.key_span.end;
        let colon = at + file.text.get(at..)?.find(':')? + 1;
        let since = since.map(|since| format!(", since: {since}")).unwrap_or_default();
        return Some((colon..node.span.end.max(colon), format!(" {{ required: open{since} }}")));
    }
    let first = node.entries().first()?;
    if is_flow(file, node) {
        let since = since.map(|since| format!(", since: {since}")).unwrap_or_default();
        let at = first_after(file, node)?;
        return Some((at..at, format!("required: open{since}, ")));
    }
    // A new line before the second key, or else before the only one.
    let next = node.entries().get(1).unwrap_or(first);
    let line = line_of(file, next.key_span.start)?;
    let (indent, end) = (&file.text[line..next.key_span.start], file.line_end());
    let since = since.map(|since| format!("{indent}since: {since}{end}")).unwrap_or_default();
    Some((line..line, format!("{indent}required: open{end}{since}")))
}

fn required_stages(stages: &[&str], since: Option<Time>) -> String {
    let since = since.map(|since| format!(", since: {since}")).unwrap_or_default();
    format!("[open, {}]{since}", stages.join(", "))
}

/// Returns the edit that adds `value` as the first entry of a map.
fn insert_first(file: &Document, map: &YamlNode, value: &str) -> Option<(std::ops::Range<usize>, String)> {
    if is_flow(file, map) {
        let at = first_after(file, map)?;
        let comma = if map.entries().is_empty() { " " } else { ", " };
        return Some((at..at, format!("{value}{comma}")));
    }
    let first = map.entries().first()?;
    let line = line_of(file, first.key_span.start)?;
    let indent = &file.text[line..first.key_span.start];
    Some((line..line, format!("{indent}{value}{}", file.line_end())))
}

fn is_flow(file: &Document, node: &YamlNode) -> bool {
    matches!(node.kind, YamlNodeKind::Map(_)) && file.text[node.span.start..].starts_with('{')
}

/// Returns the offset of the first entry of a map in braces.
fn first_after(file: &Document, map: &YamlNode) -> Option<usize> {
    match map.entries().first() {
        Some(first) => Some(first.key_span.start),
        None => Some(map.span.start + file.text.get(map.span.start..)?.find('{')? + 1),
    }
}

/// Returns the offset of the line of `at`, if only blanks are before it.
fn line_of(file: &Document, at: usize) -> Option<usize> {
    let line = file.text[..at].rfind('\n').map_or(0, |end| end + 1);
    file.text[line..at].chars().all(|c| c == ' ').then_some(line)
}

/// Returns the path of the file of the template `name`.
pub(crate) fn template_path(name: &str) -> RepoPath {
    RepoPath::new(format!("{}/{name}.md", super::TEMPLATE_FOLDER))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn required(front: &str, name: &str) -> Result<String, RequireError> {
        let text = format!("---\ntitle: T\n{front}---\n## Problem\n");
        let path = template_path("t");
        let since = Time::parse("2026-11-20T08:00:01Z");
        let changed = require(&Document::parse(&path, text.as_bytes()), name, since)?;
        let front =
            changed.strip_prefix("---\ntitle: T\n").and_then(|rest| rest.strip_suffix("---\n## Problem\n"));
        Ok(front.unwrap().to_owned())
    }

    #[test]
    fn a_field_or_section_becomes_required_in_each_form() {
        const SINCE: &str = "since: 2026-11-20T08:00:01Z";
        for (front, name, expected) in [
            (
                "fields:\n  version:\n    type: text\n    example: 1.2\n",
                "version",
                format!(
                    "fields:\n  version:\n    type: text\n    required: open\n    {SINCE}\n    example: 1.2\n"
                ),
            ),
            (
                "fields:\n  version:\n    type: text\n",
                "version",
                format!("fields:\n  version:\n    required: open\n    {SINCE}\n    type: text\n"),
            ),
            (
                "fields:\n  version: { type: text }\n",
                "version",
                format!("fields:\n  version: {{ required: open, {SINCE}, type: text }}\n"),
            ),
            (
                "fields:\n  version:\n",
                "version",
                format!("fields:\n  version: {{ required: open, {SINCE} }}\n"),
            ),
            (
                "fields:\n  cause: { type: text, required: [fixed, workaround] }\n",
                "cause",
                format!("fields:\n  cause: {{ type: text, required: [open, fixed, workaround], {SINCE} }}\n"),
            ),
            (
                "fields:\n  cause:\n    type: text\n    required: fixed\n",
                "cause",
                format!("fields:\n  cause:\n    type: text\n    required: [open, fixed]\n    {SINCE}\n"),
            ),
            (
                "sections:\n  Logs: { needs: [code] }\n",
                "logs",
                format!("sections:\n  Logs: {{ required: open, {SINCE}, needs: [code] }}\n"),
            ),
            (
                "fields:\n  a: { type: text }\n",
                "region",
                format!(
                    "fields:\n  region: {{ type: text, required: open, {SINCE} }}\n  a: {{ type: text }}\n"
                ),
            ),
            ("", "Request id", format!("sections:\n  Request id: {{ required: open, {SINCE} }}\n")),
            (
                "fields: {}\n",
                "service",
                format!("fields: {{service: {{ type: service, required: open, {SINCE} }} }}\n"),
            ),
            (
                "fields:\n  version: { type: text, since: 2026-01-01 }\n",
                "version",
                "fields:\n  version: { required: open, type: text, since: 2026-01-01 }\n".to_owned(),
            ),
        ] {
            assert_eq!(required(front, name), Ok(expected), "{front}{name}");
        }
    }

    #[test]
    fn a_field_that_is_required_or_reserved_stays() {
        let version = "fields:\n  version: { type: text, required: open, when: { a: b } }\n";
        assert_eq!(required(version, "version"), Err(RequireError::Already));
        assert_eq!(required("", "requester"), Err(RequireError::Reserved));
    }
}

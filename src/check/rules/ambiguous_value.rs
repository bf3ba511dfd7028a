//! `ambiguous-value`: text that other programs read as another type.

use crate::{
    check::{
        Case, CheckContext, CheckedContent, File, Rule,
        cut_values::{CutValue, cut_values},
        rule::NOTE,
    },
    diagnostic::{Finding, Level},
    template::FieldValues,
    text::Time,
    ticket::{YamlNode, YamlNodeKind, YamlStyle, parse_yaml},
};

pub(super) const RULE: Rule = Rule {
    code: "ambiguous-value",
    level: Level::Warn,
    requirement: "Text that YAML could read as a number, a date or a boolean, or cut at a `#`, is quoted.",
    why: "Casebook reads `1.10`, `no` and `0755` as text. Other programs that read the same file turn \
          them into 1.1, false and 493. In `title: Crash after PR #532`, the title is `Crash after PR`: YAML \
          reads the rest as a comment.",
    cases: &[
        Case::fails(&[
            NOTE,
            (
                "tickets/a.md",
                "---\n\
                 title: Exports time out\n\
                 template: note\n\
                 tags: [no, export]\n\
                 ---\n",
            ),
        ]),
        Case::fails(&[
            ("ticket-templates/bug.md", "---\ntitle: Bug\nfields: { version: { type: text } }\n---\n"),
            ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: bug\nversion: 1.10\n---\n"),
        ]),
        Case::fails(&[
            NOTE,
            (
                "tickets/a.md",
                "---\n\
                 title: Crash after PR #532 was merged\n\
                 template: note\n\
                 tags: #urgent\n\
                 ---\n",
            ),
        ]),
        Case::passes(&[
            ("ticket-templates/bug.md", "---\ntitle: Bug\nfields: { version: { type: text } }\n---\n"),
            (
                "tickets/a.md",
                "---\n\
                 title: Exports time out\n\
                 template: bug\n\
                 version: \"1.10\"\n\
                 tags: [\"no\", export]\n\
                 ---\n",
            ),
        ]),
    ],
    warns_on_imports: true,
    check: Some(check),
};

/// Casebook's keys whose values are text.
const TEXT_KEYS: &[&str] = &[
    "title",
    "template",
    "service",
    "requester",
    "tags",
    "related",
    "aliases",
    "source",
    "path",
    "author",
    "assignee",
    "duplicate_of",
    "answered_by",
    "asks",
    "draft_from",
    "tickets",
    "supersedes",
];

fn check(file: &File<'_>, _: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    findings.extend(cut(file));
    let Some(front) =
        file.front().filter(|_| !matches!(file.content, CheckedContent::Template | CheckedContent::Other))
    else {
        return;
    };
    let is_text = |key: &str| {
        let field = file.template().and_then(|template| template.field(key));
        TEXT_KEYS.contains(&key) || field.is_some_and(|field| field.kind.values == FieldValues::Text)
    };
    let set = front.get("set").map_or(&[][..], |set| set.entries());
    for entry in front.entries.iter().chain(set).filter(|entry| is_text(&entry.key)) {
        for item in entry.value.items() {
            findings.extend(ambiguous(file, item));
        }
    }
}

/// Returns the findings about values that YAML cuts at a `#`.
fn cut(file: &File<'_>) -> Vec<Finding> {
    let Some(text) = file.document.map(|document| document.text.as_str()) else { return Vec::new() };
    let settings;
    let (block, entries) = match (&file.content, file.front()) {
        (CheckedContent::Settings(_), _) => {
            let start = text.len() - text.trim_start_matches('\u{feff}').len();
            settings = parse_yaml(&text[start..], start).0;
            (start..text.len(), &settings)
        }
        (_, Some(front)) => (front.span.clone(), &front.entries),
        _ => return Vec::new(),
    };
    if !text[block.clone()].as_bytes().windows(2).any(|pair| matches!(pair, b" #" | b"\t#")) {
        return Vec::new();
    }
    let finding = |cut: CutValue| {
        let CutValue { span, quoted, edit: (edit, text), ignored, is_certain } = cut;
        let finding = RULE
            .finding(file.path(), format!("the value ends before `{ignored}`, which YAML reads as a comment"))
            .at(span)
            .help("put the value in quotes; write a comment as `# text`");
        let title = format!("write `{quoted}`");
        if is_certain { finding.fix(title, edit, text) } else { finding.suggest(title, edit, text) }
    };
    cut_values(text, &block, entries).into_iter().map(finding).collect()
}

fn ambiguous(file: &File<'_>, node: &YamlNode) -> Option<Finding> {
    let YamlNodeKind::Scalar(text, YamlStyle::Plain) = &node.kind else { return None };
    let other_type = other_reading(text)?;
    let quoted = format!("\"{text}\"");
    Some(
        RULE.finding(
            file.path(),
            format!("ambiguous value `{text}`: other YAML readers read it as {other_type}"),
        )
        .at(node.span.clone())
        .help("put the value in quotes")
        .fix(format!("write `{quoted}`"), node.span.clone(), quoted),
    )
}

/// Returns the type that a reader of YAML 1.1 or JSON gives to a text without quotes, if the text changes when that
/// reader writes it again.
fn other_reading(text: &str) -> Option<&'static str> {
    if ["yes", "no", "on", "off", "true", "false"].iter().any(|word| word.eq_ignore_ascii_case(text)) {
        return Some("a boolean");
    }
    if Time::parse(text).is_some() || Time::parse_date(text).is_some() {
        return Some("a date");
    }
    let number = text.strip_prefix(['+', '-']).unwrap_or(text);
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    if !number.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    if let Some((hours, rest)) = number.split_once(':')
        && digits(hours)
        && rest.split(':').all(|part| (1..=2).contains(&part.len()) && digits(part))
    {
        return Some("a number of seconds");
    }
    let based = ["0x", "0o", "0b"].iter().any(|base| {
        number
            .strip_prefix(base)
            .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_hexdigit()))
    });
    let is_whole = digits(number);
    // A whole number is written again unchanged, unless it has a plus sign, an underscore or leading zeros.
    let is_unchanged = is_whole
        && !text.starts_with('+')
        && !number.contains('_')
        && (!number.starts_with('0') || number == "0");
    match number.replace('_', "").parse::<f64>() {
        _ if based => Some("a number"),
        Ok(value) if !is_unchanged || number.len() > 15 => {
            (is_whole || value.to_string() != number || text.starts_with('+')).then_some("a number")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_ambiguous_only_if_another_reader_changes_it() {
        for text in [
            "no",
            "Yes",
            "OFF",
            "true",
            "0755",
            "0x1f",
            "1.10",
            "1.0",
            "2e3",
            "12:30",
            "2026-11-22",
            "+49",
            "1_000",
            ".5",
            "12345678901234567890",
        ] {
            assert!(other_reading(text).is_some(), "{text}");
        }
        for text in
            ["2.14.0", "1611120", "1.5", "0", "y", "nope", "10 rows", "v1.10", "a:b", "e3", "...", "-", "1-2"]
        {
            assert_eq!(other_reading(text), None, "{text}");
        }
    }
}

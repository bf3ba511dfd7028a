//! Finds, lists and, on request, replaces the secrets of an import.

use super::planned::PlannedText;
use crate::{
    detectors::secrets::{SecretMatch, Secrets},
    text::{Lines, RepoPath, Span},
    ticket::{Document, YamlValue},
};

/// The replacement for a secret.
const REDACTED: &str = "[secret]";
/// The maximum number of searches in a text. A replacement can reveal another secret, so the text is searched again.
const ROUNDS: usize = 8;

/// A secret in the source of an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ImportedSecret {
    /// The file for the ticket or reply.
    pub path: RepoPath,
    /// The line in the original text, from 1.
    pub line: usize,
    /// The type of secret, such as `GitHub token`.
    pub what: String,
    /// Whether it was replaced by `[secret]`.
    pub is_redacted: bool,
}

impl ImportedSecret {
    fn of(found: &SecretMatch<'_>, path: &RepoPath, text: &str, lines: &Lines) -> Self {
        Self {
            path: path.clone(),
            line: lines.place(text, found.span.start).line,
            what: found.rule.name.clone(),
            is_redacted: false,
        }
    }
}

/// Finds the secrets of a file; also returns the rule's id and the secret's text of each for the baseline.
pub(super) fn find(path: &RepoPath, text: &str) -> (Vec<ImportedSecret>, Vec<(String, String)>) {
    let lines = Lines::of(text);
    let found = Secrets::builtin().find(text).into_iter();
    found
        .map(|found| {
            let secret = (found.rule.id.clone(), text[found.span.clone()].to_owned());
            (ImportedSecret::of(&found, path, text, &lines), secret)
        })
        .unzip()
}

/// Replaces the secrets in a message about imported data.
pub(super) fn cover(mut text: String) -> String {
    let spans: Vec<Span> = Secrets::builtin().find(&text).into_iter().map(|found| found.span).collect();
    for span in spans.into_iter().rev() {
        text.replace_range(span, REDACTED);
    }
    text
}

/// Replaces the secrets of a file and returns them. Secrets that cannot be replaced stay: those in the name of a field,
/// and those in the id at the source, which identifies the ticket.
pub(super) fn redact(path: &RepoPath, planned: &mut PlannedText) -> Vec<ImportedSecret> {
    let mut redacted = redact_values(path, planned);
    for _ in 0..ROUNDS {
        let text = planned.compose();
        let (document, lines) = (Document::parse(path, text.as_bytes()), Lines::of(&text));
        let before = redacted.len();
        // Replacing from the end keeps the earlier positions valid.
        for found in Secrets::builtin().find(&text).into_iter().rev() {
            if replace(planned, &document, &text, &found.span) {
                let secret = ImportedSecret::of(&found, path, &text, &lines);
                redacted.push(ImportedSecret { is_redacted: true, ..secret });
            }
        }
        if redacted.len() == before {
            break;
        }
    }
    redacted.sort_by_key(|secret| secret.line);
    redacted
}

/// Replaces secrets in the values themselves, since YAML may spell a value differently.
fn redact_values(path: &RepoPath, planned: &mut PlannedText) -> Vec<ImportedSecret> {
    let text = planned.compose();
    let (document, lines) = (Document::parse(path, text.as_bytes()), Lines::of(&text));
    let mut redacted = Vec::new();
    for (key, value) in planned.front.iter_mut().filter(|(key, _)| key != "source") {
        let entry = document.front.as_ref().and_then(|front| front.entry(key));
        let line = entry.map_or(1, |entry| lines.place(&text, entry.key_span.start).line);
        let found = value.iter_mut().flat_map(redact_value);
        redacted.extend(found.map(|what| ImportedSecret {
            path: path.clone(),
            line,
            what,
            is_redacted: true,
        }));
    }
    redacted
}

/// Replaces the secrets in the texts of a value and returns them.
fn redact_value(value: &mut YamlValue) -> Vec<String> {
    match value {
        YamlValue::Text(text) => {
            let found = Secrets::builtin().find(text);
            let found: Vec<(Span, String)> =
                found.into_iter().map(|found| (found.span, found.rule.name.clone())).collect();
            for (span, _) in found.iter().rev() {
                text.replace_range(span.clone(), REDACTED);
            }
            found.into_iter().map(|(_, what)| what).collect()
        }
        YamlValue::List(items) => items.iter_mut().flat_map(redact_value).collect(),
        YamlValue::Map(entries) => entries.iter_mut().flat_map(|(_, value)| redact_value(value)).collect(),
        YamlValue::Null | YamlValue::Bool(_) | YamlValue::Number(_) => Vec::new(),
    }
}

fn replace(planned: &mut PlannedText, document: &Document, text: &str, span: &Span) -> bool {
    let secret = &text[span.clone()];
    let body = document.body.start;
    if span.start >= body {
        // A secret ends before the line end of the file.
        let end = planned.body.trim_end_matches(['\r', '\n']).len();
        let place = span.start - body..(span.end - body).min(end);
        let is_new = secret != REDACTED && planned.body.get(place.clone()).is_some();
        if is_new {
            planned.body.replace_range(place, REDACTED);
        }
        return is_new;
    }
    let entries = document.front.iter().flat_map(|front| &front.entries);
    let key = entries.filter(|entry| entry.value.span.start < span.end && span.start < entry.value.span.end);
    let Some(key) = key.map(|entry| entry.key.clone()).find(|key| key != "source") else { return false };
    let Some((_, Some(value))) = planned.front.iter_mut().find(|(name, _)| *name == key) else {
        return false;
    };
    if replace_in(value, secret) {
        return true;
    }
    // YAML may spell the value differently.
    let is_new = value.as_text().as_deref() != Some(REDACTED);
    *value = YamlValue::Text(REDACTED.to_owned());
    is_new
}

/// Replaces `secret` in the texts of a value; returns whether it was there.
fn replace_in(value: &mut YamlValue, secret: &str) -> bool {
    match value {
        YamlValue::Text(text) | YamlValue::Number(text) if text.contains(secret) && secret != REDACTED => {
            *value = YamlValue::Text(text.replace(secret, REDACTED));
            true
        }
        YamlValue::List(items) => items.iter_mut().fold(false, |done, item| replace_in(item, secret) | done),
        YamlValue::Map(entries) => {
            entries.iter_mut().fold(false, |done, (_, item)| replace_in(item, secret) | done)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planned(key: &str, value: YamlValue, body: &str) -> PlannedText {
        PlannedText::new(vec![(key, Some(value))], body)
    }

    #[test]
    fn every_kind_of_secret_is_replaced_in_the_body_and_in_fields() {
        let path = RepoPath::new("tickets/a.md");
        for rule in Secrets::builtin().rules().iter().filter(|rule| rule.is_own()) {
            let example = rule.example();
            let list = YamlValue::List(vec![YamlValue::Text("one".into()), YamlValue::Text(example.clone())]);
            let body = format!("It says\n{example}\nand stops.");
            for value in [YamlValue::Text(example.clone()), list] {
                let mut planned = planned("note", value, &body);
                let redacted = redact(&path, &mut planned);
                assert!(
                    redacted.len() >= 2 && redacted.iter().all(|secret| secret.is_redacted),
                    "{}",
                    rule.id
                );
                let text = planned.compose();
                assert!(find(&path, &text).0.is_empty(), "{}: {text}", rule.id);
                assert!(text.matches(REDACTED).count() >= 2 && text.ends_with("and stops.\n"), "{text}");
                assert!(redact(&path, &mut planned).is_empty(), "{}", rule.id);
                let document = Document::parse(&path, text.as_bytes());
                assert_eq!(document.problems, [], "{text}");
            }
        }
    }

    #[test]
    fn a_secret_by_the_name_of_its_field_is_replaced_and_stays_text() {
        let path = RepoPath::new("tickets/a.md");
        let secret = ["3AzIQ8O4qv", "GSxRBcMO"].concat();
        let mut planned = planned("password", YamlValue::Text(secret.clone()), "");
        assert_eq!(redact(&path, &mut planned).len(), 1);
        assert_eq!(planned.front, [("password".to_owned(), Some(YamlValue::Text(REDACTED.to_owned())))]);
        let text = planned.compose();
        assert!(!text.contains(&secret) && find(&path, &text).0.is_empty(), "{text}");
    }
}

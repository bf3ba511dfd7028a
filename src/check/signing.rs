//! Checks that tickets and replies name their author and date.

use super::{context::CheckContext, file::File, rule::Rule};
use crate::{
    diagnostic::Finding,
    ticket::{YamlValue, yaml_value},
};

/// Adds a finding if `key`, a person or a time, is missing. The fix takes the value from the commit that added the
/// file.
pub(super) fn require_signature(
    rule: &Rule,
    file: &File<'_>,
    key: &str,
    context: &CheckContext<'_>,
    findings: &mut Vec<Finding>,
) {
    let Some(front) = file.front() else { return };
    let is_blank = |text: &str| text.trim().is_empty();
    let entry = front.entry(key);
    // For a value of the wrong type, the parser has already added a finding.
    if file.mentions(key) && !entry.is_some_and(|entry| entry.value.text().is_some_and(is_blank)) {
        return;
    }
    let finding = rule.finding(file.path(), format!("missing field `{key}`")).at(file.span_of(key));
    let Some(author) = context.authors.of_file(file.path()) else {
        findings.push(finding.help("`casebook check --fix` takes it from the commit that added the file"));
        return;
    };
    let value = match key {
        "created" => author.time.whole_second().to_string(),
        _ => context.store.settings.author_id(&author.name, &author.email),
    };
    let written = yaml_value(&YamlValue::Text(value));
    let (span, text) = match entry {
        Some(entry) if !entry.value.span.is_empty() => (entry.value.span.clone(), written.clone()),
        // The file contains `key:` without a value.
        Some(entry) => {
            let end = entry.key_span.end;
            let colon = file.text().and_then(|text| text[end..].find(':')).map_or(end, |at| end + at + 1);
            (colon..colon, format!(" {written}"))
        }
        None => {
            let line_end = file.document.map_or("\n", |document| document.line_end());
            (front.span.end..front.span.end, format!("{key}: {written}{line_end}"))
        }
    };
    let title = format!("write `{key}: {written}`, from the commit");
    findings.push(
        finding.help("run `casebook check --fix`, which takes it from the commit").fix(title, span, text),
    );
}

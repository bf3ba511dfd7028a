//! The rules, one file each. To add one: a file with its `RULE`, a line for its module, and a line in [`RULES`].

mod ambiguous_value;
mod asks_without_pending;
mod bad_id;
mod bad_value;
mod broken_yaml;
mod circular_duplicate;
mod conflict_markers;
mod duplicate_id;
mod duplicate_key;
mod empty_section;
mod future_time;
mod huge_file;
mod large_attachment;
mod missing_attachment;
mod missing_field;
mod missing_list_or_code;
mod missing_original;
mod missing_resolution;
mod missing_section;
mod missing_settings;
mod misspelled_section;
mod named_internal_ticket;
mod newer_format;
mod no_front_matter;
mod not_utf8;
mod note_with_state;
mod orphan_reply;
mod personal_data;
mod placeholder;
mod repeated_text;
mod reply_before_ticket;
mod resolution_without_status;
mod secret;
mod self_reference;
mod stray_file;
mod symlink;
mod taken_name;
mod too_short;
mod unknown_ask;
mod unknown_key;
mod unknown_person;
mod unknown_reference;
mod unknown_rule;
mod unknown_service;
mod unknown_template;
mod unlike_author;
mod unreadable_file;
mod unsettable_field;
mod unsigned_reply;
mod unsigned_ticket;
mod untouched_hint;
mod weak_title;

use super::{
    demands::Judged,
    file::{File, Noun},
    rule::Rule,
    world::World,
};
use crate::{
    diagnostic::Finding,
    template::Need,
    ticket::{Value, yaml_value},
};

/// All rules, by code.
pub const RULES: &[&Rule] = &[
    &ambiguous_value::RULE,
    &asks_without_pending::RULE,
    &bad_id::RULE,
    &bad_value::RULE,
    &broken_yaml::RULE,
    &circular_duplicate::RULE,
    &conflict_markers::RULE,
    &duplicate_id::RULE,
    &duplicate_key::RULE,
    &empty_section::RULE,
    &future_time::RULE,
    &huge_file::RULE,
    &large_attachment::RULE,
    &missing_attachment::RULE,
    &missing_field::RULE,
    &missing_list_or_code::RULE,
    &missing_original::RULE,
    &missing_resolution::RULE,
    &missing_section::RULE,
    &missing_settings::RULE,
    &misspelled_section::RULE,
    &named_internal_ticket::RULE,
    &newer_format::RULE,
    &no_front_matter::RULE,
    &not_utf8::RULE,
    &note_with_state::RULE,
    &orphan_reply::RULE,
    &personal_data::RULE,
    &placeholder::RULE,
    &repeated_text::RULE,
    &reply_before_ticket::RULE,
    &resolution_without_status::RULE,
    &secret::RULE,
    &self_reference::RULE,
    &stray_file::RULE,
    &symlink::RULE,
    &taken_name::RULE,
    &too_short::RULE,
    &unknown_ask::RULE,
    &unknown_key::RULE,
    &unknown_person::RULE,
    &unknown_reference::RULE,
    &unknown_rule::RULE,
    &unknown_service::RULE,
    &unknown_template::RULE,
    &unlike_author::RULE,
    &unreadable_file::RULE,
    &unsettable_field::RULE,
    &unsigned_reply::RULE,
    &unsigned_ticket::RULE,
    &untouched_hint::RULE,
    &weak_title::RULE,
];

/// The rule called `code`.
pub fn rule(code: &str) -> Option<&'static Rule> {
    RULES.binary_search_by(|rule| rule.code.cmp(code)).ok().map(|at| RULES[at])
}

/// The template of most cases: a ticket needs nothing but a title.
pub(super) const NOTE: (&str, &str) = ("ticket-templates/note.md", "---\ntitle: Note\n---\n");

/// What a section wants, for help: as the template asks for it, else by its measures.
fn wants_of(file: &File<'_>, judged: &Judged<'_>, world: &World<'_>) -> String {
    let rule = judged.rule;
    let mut wants = match rule.min_words {
        0 | 1 => "what you know".to_owned(),
        words => format!("at least {words} words"),
    };
    if !rule.needs.is_empty() {
        let needs: Vec<&str> = rule.needs.iter().map(|need| self::need(*need)).collect();
        wants.push_str(&format!(", with {}", needs.join(" or ")));
    }
    let question = rule.ask.clone().or_else(|| match file.noun {
        Noun::Ticket(_, Some(template)) => first_sentence(world.hint(&template.name, &rule.name)),
        _ => None,
    });
    if let Some(question) = question {
        wants.push_str(&format!(": {question}"));
    }
    wants
}

/// The first sentence of a hint, which is mostly the question.
fn first_sentence(hint: &str) -> Option<String> {
    let text = hint.trim().trim_start_matches("<!--").trim_end_matches("-->");
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let end = words.find(['?', '.', '。', '？']).map_or(words.len(), |at| words.ceil_char_boundary(at + 1));
    (!words.is_empty() && end <= 200).then(|| words[..end].to_owned())
}

fn need(need: Need) -> &'static str {
    match need {
        Need::List => "a list",
        Need::Code => "a block of code",
    }
}

/// Finds that `key` (who, or when) is missing. The commit that added the file knows it.
fn sign(rule: &Rule, file: &File<'_>, key: &str, world: &World<'_>, findings: &mut Vec<Finding>) {
    let Some(front) = file.front() else { return };
    let is_blank = |text: &str| text.trim().is_empty();
    let entry = front.entry(key);
    // What was written and is no time or no text is a finding already.
    if file.mentions(key) && !entry.is_some_and(|entry| entry.value.text().is_some_and(is_blank)) {
        return;
    }
    let finding = rule.finding(file.path(), format!("`{key}` is missing")).at(file.span_of(key));
    let Some(author) = world.authors.of_file(file.path()) else {
        findings.push(finding.help("`casebook check --fix` writes it from the commit that added the file"));
        return;
    };
    let value = match key {
        "created" => author.time.whole_second().to_string(),
        _ => world.store.settings.author_id(&author.name, &author.email),
    };
    let written = yaml_value(&Value::Text(value));
    let (span, text) = match entry {
        Some(entry) if !entry.value.span.is_empty() => (entry.value.span.clone(), written.clone()),
        // `key:` and nothing behind it.
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
    let title = format!("write `{key}: {written}`, as the commit has it");
    findings.push(finding.help("`casebook check --fix` writes it").fix(title, span, text));
}

#[cfg(test)]
mod tests;

//! Describes in words what a section must contain.

use super::{
    context::CheckContext,
    fault::SectionFault,
    file::{CheckedContent, File},
};
use crate::{template::Need, text::markdown::comments};

/// Describes for help texts what a section must contain: the minimum number of words, a list or code, and the
/// template's question.
pub(super) fn requirement_of(
    file: &File<'_>,
    section: &SectionFault<'_>,
    context: &CheckContext<'_>,
) -> String {
    let rule = section.rule;
    let mut requirement = match rule.min_words {
        0 | 1 => "your answer".to_owned(),
        words => format!("at least {words} words"),
    };
    if !rule.needs.is_empty() {
        let needs: Vec<&str> = rule.needs.iter().map(|need| self::need(*need)).collect();
        requirement.push_str(&format!(", with {}", needs.join(" or ")));
    }
    let question = rule.ask.clone().or_else(|| match file.content {
        CheckedContent::Ticket(_, Some(template)) => first_sentence(context.hint(&template.name, &rule.name)),
        _ => None,
    });
    if let Some(question) = question {
        requirement.push_str(&format!(": {question}"));
    }
    requirement
}

/// Returns the first sentence of a hint, which is usually a question.
fn first_sentence(hint: &str) -> Option<String> {
    let comment = comments(hint).into_iter().next().map(|span| &hint[span]);
    let text = comment.unwrap_or(hint).trim_start_matches("<!--").trim_end_matches("-->");
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let end = words.find(['?', '.', '。', '？']).map_or(words.len(), |at| words.ceil_char_boundary(at + 1));
    (!words.is_empty() && end <= 200).then(|| words[..end].to_owned())
}

fn need(need: Need) -> &'static str {
    match need {
        Need::List => "a list",
        Need::Code => "a code block",
    }
}

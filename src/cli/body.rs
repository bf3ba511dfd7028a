//! Bodies of tickets and replies, from files, sections and editors.

use std::path::PathBuf;

use super::{CliError, Context};
use crate::{
    repo,
    template::Template,
    text::{
        Span,
        markdown::{self, without_comments},
    },
    ticket::{Section, sections},
};

/// Reads the text of `--body FILE`; `-` is standard input.
pub(super) fn read(file: &PathBuf, context: &Context) -> Result<String, CliError> {
    if file.as_os_str() == "-" {
        return repo::read_text(std::io::stdin().lock())
            .map_err(|error| CliError::environment(error).with_context("cannot read standard input"));
    }
    let path = context.process.folder.join(file);
    repo::read_outside(&path)?.ok_or_else(|| {
        CliError::usage(format!("file not found: {}", path.display()))
            .with_hint("to read standard input, use `-`")
    })
}

/// Writes each section of `filled` into `body`. Existing sections keep their place; new ones go to the end.
pub(super) fn fill(body: &str, filled: &[(String, String)]) -> String {
    let mut text = body.trim_end().to_owned();
    for (name, content) in filled {
        let content = content.trim();
        match sections(&text).into_iter().find(|section| section.is(name)) {
            Some(section) => {
                let rest = text[section.span.end..].to_owned();
                text.truncate(section.span.start);
                text = format!(
                    "{}\n{content}\n{}{rest}",
                    text.trim_end(),
                    if rest.is_empty() { "" } else { "\n" }
                );
            }
            None => {
                let gap = if text.is_empty() { "" } else { "\n\n" };
                text = format!("{}{gap}## {name}\n{content}\n", text.trim_end());
            }
        }
    }
    text
}

/// Merges `text` into `outline`: the sections of `text` replace those of the outline, and the text before its first
/// section goes before the first section of the outline.
pub(super) fn merge(outline: &str, text: &str) -> String {
    let first = |text: &str| sections(text).first().map_or(text.len(), |section| section.heading_span.start);
    let (head, tail) = outline.split_at(first(outline));
    let lead = &text[..first(text)];
    let parts: Vec<&str> =
        [head, lead, tail].map(str::trim).into_iter().filter(|part| !part.is_empty()).collect();
    let own: Vec<(String, String)> =
        sections(text).into_iter().map(|section| (section.heading, text[section.span].to_owned())).collect();
    fill(&parts.join("\n\n"), &own)
}

/// Returns `body` without the optional sections that are empty.
pub(super) fn without_empty(body: &str, template: &Template) -> String {
    let mut text = body.to_owned();
    for section in sections(body).iter().rev() {
        let required =
            template.sections.iter().any(|rule| section.is(&rule.name) && !rule.required.is_empty());
        if !required && without_comments(&body[section.span.clone()]).trim().is_empty() {
            text.replace_range(section.heading_span.start..section.span.end, "");
        }
    }
    text
}

/// Removes the outline's comments, which are hints for the writer, from the parts of `body` that the writer filled in.
/// Comments of the writer stay, and so do the hints of empty parts.
pub(super) fn without_hints(body: &str, outline: &str) -> String {
    let (body, outline) = (body.replace("\r\n", "\n"), outline.replace("\r\n", "\n"));
    let hinted = sections(&outline);
    let own = sections(&body);
    let (lead, outline_lead) = (lead(&body, &own), lead(&outline, &hinted));
    let mut text = body.clone();
    for section in own.iter().rev() {
        let hint = hinted.iter().find(|other| other.is(&section.heading));
        let hint = hint.map_or("", |other| &outline[other.span.clone()]);
        text.replace_range(
            section.span.clone(),
            &without_outline_comments(&body[section.span.clone()], hint),
        );
    }
    text.replace_range(lead.clone(), &without_outline_comments(&body[lead], &outline[outline_lead]));
    text
}

/// Returns the span before the first section.
fn lead(text: &str, sections: &[Section]) -> Span {
    0..sections.first().map_or(text.len(), |section| section.heading_span.start)
}

/// Removes the comments of `hint` from `part`, unless `part` has nothing else.
fn without_outline_comments(part: &str, hint: &str) -> String {
    let mut text = part.to_owned();
    if without_comments(part).trim().is_empty() {
        return text;
    }
    for comment in comments(hint) {
        let own = markdown::comments(&text).into_iter().find(|span| text[span.clone()] == *comment);
        if let Some(start) = own.map(|span| span.start) {
            let (before, after) =
                (text[..start].trim_end_matches([' ', '\t']), &text[start + comment.len()..]);
            let is_whole_line = before.is_empty() || before.ends_with('\n');
            let after = if is_whole_line { after.strip_prefix('\n').unwrap_or(after) } else { after };
            text = format!("{before}{after}");
        }
    }
    text
}

/// Returns the closed comments of a Markdown text with their delimiters.
fn comments(text: &str) -> impl Iterator<Item = &str> {
    let all = markdown::comments(text).into_iter().map(|span| &text[span]);
    all.filter(|comment| comment.ends_with("-->"))
}

/// Returns the names of the sections of `body` that still have a comment of `outline`, and so are not filled in. An
/// empty name means the part before the first section.
pub(super) fn unfilled(body: &str, outline: &str) -> Vec<String> {
    let own = sections(body);
    let lead = lead(body, &own);
    let parts = std::iter::once((String::new(), &body[lead]))
        .chain(own.iter().map(|section| (section.heading.clone(), &body[section.span.clone()])));
    let has_hint = |part: &str| comments(outline).any(|comment| part.contains(comment));
    parts.filter(|(_, part)| has_hint(part)).map(|(name, _)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_are_removed_from_filled_sections_and_the_writers_own_comments_stay() {
        let outline = "<!-- Be brief. -->\n## Problem\n<!-- What?\nAnd how? -->\n\n## Logs\n<!-- Code -->\n";
        let body = "<!-- Be brief. -->\n## Problem\n<!-- What?\nAnd how? -->\nIt fails.\n<!-- mine -->\n\n## Logs\n<!-- Code -->\n";
        let left = "<!-- Be brief. -->\n## Problem\nIt fails.\n<!-- mine -->\n\n## Logs\n<!-- Code -->\n";
        assert_eq!(without_hints(body, outline), left);
        assert_eq!(unfilled(left, outline), ["", "Logs"]);
        assert_eq!(without_hints(outline, outline), outline);
    }

    #[test]
    fn existing_sections_are_filled_in_place_and_new_ones_are_added_at_the_end() {
        let body = "## Problem\n<!-- What? -->\n\n## Logs\n<!-- Code -->\n";
        let filled = fill(body, &[("Problem".into(), "It fails".into()), ("Extra".into(), "x".into())]);
        assert_eq!(filled, "## Problem\nIt fails\n\n## Logs\n<!-- Code -->\n\n## Extra\nx\n");
        let template = Template::default();
        assert_eq!(without_empty(&filled, &template), "## Problem\nIt fails\n\n## Extra\nx\n");
    }
}

//! Bodies from files, sections and editors.

use std::{io::Read, path::PathBuf};

use super::{CliError, Context};
use crate::{
    repo,
    template::Template,
    ticket::{sections, without_comments},
};

/// The text of `--body FILE`; `-` is standard input.
pub fn read(file: &PathBuf, context: &Context) -> Result<String, CliError> {
    if file.as_os_str() == "-" {
        let mut text = String::new();
        std::io::stdin()
            .read_to_string(&mut text)
            .map_err(|error| CliError::environment(format!("standard input cannot be read: {error}")))?;
        return Ok(text);
    }
    let path = context.world.folder.join(file);
    repo::read_outside(&path)?.ok_or_else(|| {
        CliError::usage(format!("there is no file {}", path.display())).with_help("`-` reads standard input")
    })
}

/// `body` with each section of `filled` written: in its place where it stands, else at the end.
pub fn fill(body: &str, filled: &[(String, String)]) -> String {
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

/// `outline` with what `text` says: its sections where the outline has them, and what is before them before the first
/// section of the outline.
pub fn merge(outline: &str, text: &str) -> String {
    let first = |text: &str| sections(text).first().map_or(text.len(), |section| section.heading_span.start);
    let (head, tail) = outline.split_at(first(outline));
    let lead = &text[..first(text)];
    let parts: Vec<&str> =
        [head, lead, tail].map(str::trim).into_iter().filter(|part| !part.is_empty()).collect();
    let own: Vec<(String, String)> =
        sections(text).into_iter().map(|section| (section.heading, text[section.span].to_owned())).collect();
    fill(&parts.join("\n\n"), &own)
}

/// `body` without the sections that say nothing: a template's optional ones that nobody filled.
pub fn without_empty(body: &str, template: &Template) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_are_filled_where_they_stand() {
        let body = "## Problem\n<!-- What? -->\n\n## Logs\n<!-- Code -->\n";
        let filled = fill(body, &[("Problem".into(), "It fails".into()), ("Extra".into(), "x".into())]);
        assert_eq!(filled, "## Problem\nIt fails\n\n## Logs\n<!-- Code -->\n\n## Extra\nx\n");
        let template = Template::default();
        assert_eq!(without_empty(&filled, &template), "## Problem\nIt fails\n\n## Extra\nx\n");
    }
}

//! Sections of a Markdown body: what stands below each heading of the second level.

use std::sync::LazyLock;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use regex::Regex;

use crate::text::{Span, count_words};

/// A heading of the second level and what is below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// The heading's text.
    pub heading: String,
    /// The bytes of the heading's line.
    pub heading_span: Span,
    /// The bytes from after the heading to the next one of the first or second level, or the end.
    pub span: Span,
}

impl Section {
    /// Whether its heading is `name`, in any case.
    pub fn is(&self, name: &str) -> bool {
        self.heading.trim().to_lowercase() == name.trim().to_lowercase()
    }
}

/// The sections of `body`; spans are of `body`. Headings inside code or quotes are not sections.
pub fn sections(body: &str) -> Vec<Section> {
    // A body without any `#` and without underlined headings has none: the usual reply, answered quickly.
    if !body.contains('#') && !body.contains("\n--") {
        return Vec::new();
    }
    let mut sections: Vec<Section> = Vec::new();
    let mut current: Option<(Span, String)> = None;
    let mut depth = 0usize;
    for (event, span) in Parser::new_ext(body, Options::ENABLE_TABLES).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { level, .. }) if depth == 0 && level <= HeadingLevel::H2 => {
                if let Some(last) = sections.last_mut()
                    && last.span.end == body.len()
                {
                    last.span.end = span.start;
                }
                if level == HeadingLevel::H2 {
                    current = Some((span, String::new()));
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                if let Some((heading_span, heading)) = current.take() {
                    let start = heading_span.end;
                    sections.push(Section {
                        heading: heading.trim().to_owned(),
                        heading_span,
                        span: start..body.len(),
                    });
                }
            }
            Event::Text(text) | Event::Code(text) => {
                if let Some((_, heading)) = &mut current {
                    heading.push_str(&text);
                }
            }
            Event::Start(Tag::BlockQuote(_) | Tag::List(_)) => depth += 1,
            Event::End(TagEnd::BlockQuote(_) | TagEnd::List(_)) => depth -= 1,
            _ => {}
        }
    }
    sections
}

/// `text` without its HTML comments: hints of a template are no answer.
pub fn without_comments(text: &str) -> std::borrow::Cow<'_, str> {
    static COMMENT: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?s)<!--.*?(-->|\z)").ok());
    match &*COMMENT {
        Some(comment) if text.contains("<!--") => comment.replace_all(text, ""),
        _ => text.into(),
    }
}

/// The headings, lower case, of the sections that have text.
pub(super) fn filled_sections(body: &str) -> Vec<String> {
    sections(body)
        .iter()
        .filter(|section| !without_comments(&body[section.span.clone()]).trim().is_empty())
        .map(|section| section.heading.to_lowercase())
        .collect()
}

/// Whether a body has a block of code.
pub(super) fn has_code(body: &str) -> bool {
    // Most bodies have nothing that could be one.
    let possible =
        body.contains("```") || body.contains("~~~") || body.contains("\n    ") || body.contains("\n\t");
    possible && Parser::new(body).any(|event| matches!(event, Event::Start(Tag::CodeBlock(_))))
}

/// The words of a body, comments left out.
pub(super) fn count_body_words(body: &str) -> u32 {
    u32::try_from(count_words(&without_comments(body))).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_ends_where_the_next_begins() {
        let body = "intro\n## Problem\nIt fails\n### detail\nmore\n## Steps *to* reproduce\n```\n## not one\n```\n# End\nx";
        let found = sections(body);
        let names: Vec<_> = found.iter().map(|s| s.heading.as_str()).collect();
        assert_eq!(names, ["Problem", "Steps to reproduce"]);
        assert_eq!(&body[found[0].span.clone()], "It fails\n### detail\nmore\n");
        assert_eq!(&body[found[1].span.clone()], "```\n## not one\n```\n");
        assert!(found[1].is("steps to Reproduce"));
    }

    #[test]
    fn comments_are_not_text() {
        assert_eq!(without_comments("a <!-- b\n --> c <!-- d").trim(), "a  c");
        assert_eq!(filled_sections("## A\n<!-- hint -->\n\n## B\nx\n"), ["b"]);
    }
}

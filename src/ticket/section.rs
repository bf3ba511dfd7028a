//! Sections of a Markdown body: the text below each second-level heading.

use crate::text::{
    Span, count_words,
    markdown::{Heading, HeadingForm, code_blocks, headings, without_comments},
};

/// A second-level heading and the text below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    pub heading: String,
    /// The byte range of the heading's line.
    pub heading_span: Span,
    /// The byte range from the end of the heading to the next first-level or second-level heading, or to the end.
    pub span: Span,
}

impl Section {
    /// Returns true if the heading is `name`; upper and lower case are equal.
    pub fn is(&self, name: &str) -> bool {
        self.heading.trim().to_lowercase() == name.trim().to_lowercase()
    }
}

/// Finds the sections of `body`; spans are byte ranges of `body`. Headings inside code, HTML, lists and quotes are
/// ignored.
pub(crate) fn sections(body: &str) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let mut is_open = false;
    for Heading { level, text, span, form, is_nested } in headings(body) {
        if level > 2 || is_nested || form == HeadingForm::NoSpace {
            continue;
        }
        if let Some(last) = sections.last_mut().filter(|_| is_open) {
            last.span.end = span.start;
        }
        is_open = level == 2;
        if is_open {
            sections.push(Section { heading: text, span: span.end..body.len(), heading_span: span });
        }
    }
    sections
}

/// Returns the lower-case headings of the sections that have text.
pub(super) fn filled_sections(body: &str) -> Vec<String> {
    sections(body)
        .iter()
        .filter(|section| !without_comments(&body[section.span.clone()]).trim().is_empty())
        .map(|section| section.heading.to_lowercase())
        .collect()
}

pub(super) fn has_code(body: &str) -> bool {
    !code_blocks(body).is_empty()
}

/// Counts the words of a body, without comments.
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
    fn a_section_that_contains_only_a_hint_is_empty() {
        assert_eq!(filled_sections("## A\n<!-- hint -->\n\n## B\nx\n"), ["b"]);
    }
}

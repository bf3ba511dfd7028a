//! Sections of a Markdown body: what stands below each heading of the second level.

use crate::text::{
    Span, count_words,
    markdown::{Heading, HeadingForm, code_blocks, headings, without_comments},
};

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

/// The sections of `body`; spans are of `body`. Headings inside code, HTML, lists or quotes are not sections.
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
    !code_blocks(body).is_empty()
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
    fn a_section_with_a_hint_alone_is_not_filled() {
        assert_eq!(filled_sections("## A\n<!-- hint -->\n\n## B\nx\n"), ["b"]);
    }
}

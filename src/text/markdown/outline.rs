//! Headings in Markdown, including lines that look like misspelled headings.

use pulldown_cmark::{Event, Tag, TagEnd};

use super::events;
use crate::text::Span;

/// A heading, or a line that looks like a misspelled one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Heading {
    /// 1 to 6.
    pub level: usize,
    /// The text without marks.
    pub text: String,
    /// The bytes of the heading's lines, including the line end.
    pub span: Span,
    pub form: HeadingForm,
    /// Whether the heading is in a quote, a list or a footnote, where it does not start a section.
    pub is_nested: bool,
}

/// The syntax of a heading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HeadingForm {
    /// `## Heading`.
    Hashes,
    /// A line of `=` or `-` below the text.
    Underlined,
    /// `##Heading`, which is not a heading in Markdown.
    NoSpace,
}

/// Returns the headings of `text` in order, including lines that only lack the space after their hashes.
pub(crate) fn headings(text: &str) -> Vec<Heading> {
    let mut found: Vec<Heading> = Vec::new();
    if !may_have_headings(text) {
        return found;
    }
    let mut current: Option<Heading> = None;
    let (mut depth, mut in_paragraph) = (0_usize, false);
    for (event, span) in events(text) {
        if let Some(last) = found.last()
            && last.form == HeadingForm::NoSpace
            && contains_markup(&event, &span, last)
        {
            found.pop();
        }
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                let is_one_line = !text[span.clone()].trim_end().contains('\n');
                let form = if is_one_line { HeadingForm::Hashes } else { HeadingForm::Underlined };
                let (level, is_nested) = (level as usize, depth > 0);
                current = Some(Heading { level, text: String::new(), span, form, is_nested });
            }
            Event::End(TagEnd::Heading(_)) => found.extend(current.take()),
            Event::Text(words) | Event::Code(words) if current.is_some() => {
                current.iter_mut().for_each(|heading| heading.text.push_str(&words));
            }
            Event::Start(Tag::BlockQuote(_) | Tag::List(_) | Tag::FootnoteDefinition(_)) => depth += 1,
            Event::End(TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::FootnoteDefinition) => {
                depth = depth.saturating_sub(1);
            }
            Event::Start(Tag::Paragraph) => in_paragraph = depth == 0,
            Event::End(TagEnd::Paragraph) => in_paragraph = false,
            Event::Text(_) if in_paragraph => found.extend(without_space(text, span.start)),
            _ => {}
        }
    }
    for heading in &mut found {
        heading.text = heading.text.trim().to_owned();
    }
    found
}

/// Returns whether `text` has a hash or a line that could underline a heading. Most replies have neither and need no
/// parsing.
fn may_have_headings(text: &str) -> bool {
    let underlines = |line: &str| {
        let line = line.trim();
        !line.is_empty() && (line.bytes().all(|b| b == b'-') || line.bytes().all(|b| b == b'='))
    };
    text.contains('#') || text.lines().any(underlines)
}

/// Returns whether an event shows that the line `last` is not only text: the line contains code or HTML, or markup that
/// ends after the line.
fn contains_markup(event: &Event<'_>, span: &Span, last: &Heading) -> bool {
    let is_inside = span.start < last.span.end && last.span.start < span.end;
    match event {
        Event::Code(_) | Event::InlineHtml(_) => is_inside,
        Event::Start(_) => is_inside && span.end > last.span.end,
        _ => false,
    }
}

/// Returns the line at `at` as a heading without a space after its hashes, if it begins with hashes.
fn without_space(text: &str, at: usize) -> Option<Heading> {
    // A line can have as many texts as characters, so only the first text of a line may read the line.
    let begins_line = || {
        let before = text[..at].trim_end_matches([' ', '\t']);
        before.is_empty() || before.ends_with(['\n', '\r'])
    };
    if !text[at..].starts_with('#') || !begins_line() {
        return None;
    }
    let end = text[at..].find('\n').map_or(text.len(), |length| at + length + 1);
    let line = text[at..end].trim_end();
    let words = line.trim_start_matches('#');
    let level = line.len() - words.len();
    let is_meant = (1..=6).contains(&level) && !words.is_empty();
    is_meant.then(|| Heading {
        level,
        text: words.to_owned(),
        span: at..end,
        form: HeadingForm::NoSpace,
        is_nested: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(text: &str) -> Vec<(usize, String, HeadingForm, bool)> {
        let found = headings(text).into_iter();
        found.map(|heading| (heading.level, heading.text, heading.form, heading.is_nested)).collect()
    }

    #[test]
    fn headings_are_found_in_every_form() {
        let text = "# One #\n\nTwo\n---\n> ## Three `x`\n\nsee\n##Four:\n\n- ### Five\n\nSix\n=\n";
        let expected = [
            (1, "One", HeadingForm::Hashes, false),
            (2, "Two", HeadingForm::Underlined, false),
            (2, "Three x", HeadingForm::Hashes, true),
            (2, "Four:", HeadingForm::NoSpace, false),
            (3, "Five", HeadingForm::Hashes, true),
            (1, "Six", HeadingForm::Underlined, false),
        ];
        assert_eq!(
            outline(text),
            expected.map(|(level, text, form, nested)| (level, text.to_owned(), form, nested))
        );
    }

    #[test]
    fn a_heading_in_code_or_html_is_text() {
        for text in [
            "~~~~\n~~~\n#One\n# One\n~~~~\n",
            "    # One\n",
            "<div>\n# One\n#One\n</div>\n",
            "<!--\n## One\n-->\n",
            "`a\n#One\nb`\n",
            "<b title='\n#One\n'>\n",
            "**a\n#One `b\nc` d**\n",
            "\\#One\n",
        ] {
            assert_eq!(outline(text), [], "{text}");
        }
    }
}

//! Markdown parsing: headings, code, HTML and comments.
//!
//! All modules use this parser, so that a heading is the same for a rule, for a query and on a page. No module searches
//! the lines of a text for Markdown by itself.

mod anchors;
mod code;
mod definitions;
mod elements;
mod html;
mod loose_links;
mod math;
mod notes;
mod outline;
mod page_references;
mod pieces;
mod plain;
mod quoted;

pub(crate) use anchors::{HeadingAnchors, anchor_of};
pub(crate) use code::code_blocks;
pub(crate) use definitions::with_definitions;
pub(crate) use elements::is_html_element;
pub(crate) use html::{comments, unclosed_comments, without_comments};
pub(crate) use loose_links::{loose_links, tightened};
pub(crate) use math::latex;
pub(crate) use notes::CONTENTS_MARK;
pub(crate) use outline::{Heading, HeadingForm, headings};
pub(crate) use plain::{plain_text, prose};
pub use quoted::quoted;

use std::borrow::Cow;

use pulldown_cmark::{Event, Options, Tag};

use super::Span;

/// Returns the parser's options: the extensions that GitHub, GitLab and Gitea support as well.
pub(crate) fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_GFM
}

/// Returns the parser's events for `text`, each with its bytes.
pub(crate) fn events(text: &str) -> Box<dyn Iterator<Item = (Event<'_>, Span)> + '_> {
    // `&lt;` is as long as `<!--`, so that the bytes of the events stay the same.
    match html::without_unclosed(text, "&lt;") {
        None => pieces::parsed(text, options()),
        Some(shown) => pieces::parsed_owned(shown, options()),
    }
}

/// Returns `text` for readers, to be parsed with [`reading_options`]: unclosed comments are text, the notes of other
/// programs are alerts, references of site generators are addresses, and formulas have dollar signs. The positions in it differ from those in `text`.
pub(crate) fn for_reading(text: &str) -> Cow<'_, str> {
    let text = html::without_unclosed(text, "&lt;!--").map_or(Cow::Borrowed(text), Cow::Owned);
    let text = then(text, notes::with_alerts);
    let text = then(text, page_references::with_addresses);
    then(text, math::with_formulas)
}

/// Applies `step` to `text` without a copy if nothing changes.
fn then<'a>(text: Cow<'a, str>, step: impl Fn(&str) -> Cow<'_, str>) -> Cow<'a, str> {
    match step(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(changed) => Cow::Owned(changed),
    }
}

/// Returns the parser's options for a text from [`for_reading`].
pub(crate) fn reading_options() -> Options {
    math::options_with_math()
}

/// Returns the bytes of `text` that are code or HTML, including those within lines.
pub(crate) fn code_and_html(text: &str) -> Vec<Span> {
    let is_either = |event: &Event<'_>| {
        matches!(
            event,
            Event::Start(Tag::CodeBlock(_) | Tag::HtmlBlock)
                | Event::Code(_)
                | Event::Html(_)
                | Event::InlineHtml(_)
        )
    };
    events(text).filter(|(event, _)| is_either(event)).map(|(_, span)| span).collect()
}

/// Returns `text` without these bytes.
fn without(text: &str, mut spans: Vec<Span>) -> String {
    spans.sort_unstable_by_key(|span| (span.start, span.end));
    let mut rest = String::with_capacity(text.len());
    let mut at = 0;
    for span in spans {
        if let Some(between) = text.get(at..span.start) {
            rest.push_str(between);
        }
        at = at.max(span.end);
    }
    rest.push_str(text.get(at..).unwrap_or_default());
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_and_html_are_found_in_lines_and_blocks() {
        let text = "a `b` <i>c</i>\n\n<div>\n# d\n</div>\n\n```\ne\n```\n";
        let found: Vec<&str> = code_and_html(text).into_iter().map(|span| &text[span]).collect();
        assert!(found.starts_with(&["`b`", "<i>", "</i>"]) && found.ends_with(&["```\ne\n```"]), "{found:?}");
        assert!(found.iter().any(|found| found.contains("# d")), "{found:?}");
    }

    #[test]
    fn the_time_to_read_a_text_grows_linearly() {
        crate::text::growth::assert_linear(|text| {
            headings(text);
            comments(text);
            code_blocks(text);
            prose(text);
        });
    }

    proptest::proptest! {
        #![proptest_config(crate::trials::trials(256))]

        #[test]
        fn any_text_is_read_without_panic(text in "([-#=~`<>!/ \n*a0]|<!--|-->|```|> |- |é){0,60}") {
            for span in code_and_html(&text).into_iter().chain(comments(&text)) {
                proptest::prop_assert!(text.get(span).is_some());
            }
            for heading in headings(&text) {
                proptest::prop_assert!(text.get(heading.span).is_some());
            }
            for block in code_blocks(&text) {
                proptest::prop_assert!(block.span.start <= block.content.start && block.content.end <= block.span.end);
            }
            prose(&text);
        }
    }
}

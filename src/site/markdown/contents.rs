//! The contents list of a long text.

use super::anchors::TextHeading;
use super::links::attribute;
use super::{MarkdownWords, escape_into};

/// The minimum number of entries of a contents list that the author did not ask for.
const MIN_ENTRIES: usize = 4;
/// The minimum length in bytes of a text that gets a contents list.
const MIN_BYTES: usize = 4_000;
/// The number of levels in the list, from the highest level of the text.
const LEVELS: usize = 2;

/// Returns whether a text of this length with these headings gets a contents list.
pub(super) fn is_useful(length: usize, headings: &[TextHeading]) -> bool {
    length >= MIN_BYTES && entries(headings).count() >= MIN_ENTRIES
}

/// Returns the list with a link to each heading; empty without headings. `prefix` is the beginning of the links.
pub(super) fn list(headings: &[TextHeading], prefix: &str, words: &MarkdownWords) -> String {
    let mut html = String::new();
    let Some(top) = entries(headings).map(|heading| heading.level).min() else { return html };
    html.push_str("<div class=\"contents\" role=\"navigation\"");
    attribute(&mut html, " aria-label", &words.contents);
    html.push_str("><p>");
    escape_into(&mut html, &words.contents);
    html.push_str("</p>\n<ul>\n");
    let mut is_nested = false;
    for (place, heading) in entries(headings).enumerate() {
        let nests = heading.level > top && place > 0;
        if nests && !is_nested {
            html.push_str("\n<ul>\n");
        } else if place > 0 {
            html.push_str("</li>\n");
            if is_nested && !nests {
                html.push_str("</ul>\n</li>\n");
            }
        }
        is_nested = nests;
        html.push_str("<li>");
        attribute(&mut html, "<a href", &format!("{prefix}{}", heading.anchor));
        html.push('>');
        escape_into(&mut html, heading.text.trim());
        html.push_str("</a>");
    }
    html.push_str(if is_nested { "</li>\n</ul>\n</li>\n" } else { "</li>\n" });
    html.push_str("</ul></div>\n");
    html
}

fn entries(headings: &[TextHeading]) -> impl Iterator<Item = &TextHeading> {
    let named = |heading: &&TextHeading| !heading.anchor.is_empty();
    let top = headings.iter().filter(named).map(|heading| heading.level).min().unwrap_or_default();
    headings.iter().filter(named).filter(move |heading| heading.level < top + LEVELS)
}

//! The anchors of one text: those of its headings, and those that its author wrote in HTML.

use std::collections::{HashMap, HashSet};

use pulldown_cmark::{Event, Tag, TagEnd};

use super::tags;
use crate::text::markdown::HeadingAnchors;

/// A heading of a text.
pub(super) struct TextHeading {
    /// 1 to 6.
    pub(super) level: usize,
    /// The text without markup.
    pub(super) text: String,
    /// Empty for a heading without letters.
    pub(super) anchor: String,
}

/// The anchors of a text. They are found before rendering, because a link can stand before its heading.
#[derive(Default)]
pub(super) struct TextAnchors {
    /// The headings in order.
    pub(super) of_headings: Vec<TextHeading>,
    /// The anchors of the headings in raw HTML, in order.
    pub(super) of_html_headings: Vec<String>,
    headings: HashSet<String>,
    authored: HashSet<String>,
    /// The elements whose end is missing. Their tags are shown as text.
    pub(super) unclosed: HashSet<&'static str>,
}

impl TextAnchors {
    pub(super) fn of(events: &[Event<'_>]) -> Self {
        let mut found = Self::default();
        let mut anchors = HeadingAnchors::default();
        let mut heading: Option<(usize, String)> = None;
        let mut html = String::new();
        let mut footnotes: HashMap<String, usize> = HashMap::new();
        let mut images = 0_usize;
        let mut block: Option<String> = None;
        for event in events {
            match event {
                // The text of an image is not text on the page.
                Event::Start(Tag::Image { .. }) => images += 1,
                Event::End(TagEnd::Image) => images = images.saturating_sub(1),
                // GitHub's pages have the number of the footnote in the heading.
                Event::FootnoteReference(label) => {
                    let next = footnotes.len() + 1;
                    let number = *footnotes.entry(label.to_lowercase()).or_insert(next);
                    if let Some((_, heading)) = &mut heading {
                        heading.push_str(&number.to_string());
                    }
                }
                Event::Start(Tag::Heading { level, .. }) => heading = Some((*level as usize, String::new())),
                Event::End(TagEnd::Heading(_)) => {
                    let (level, text) = heading.take().unwrap_or_default();
                    let anchor = anchors.next(&text);
                    found.of_headings.push(TextHeading { level, text, anchor });
                }
                Event::Start(Tag::HtmlBlock) => block = Some(String::new()),
                Event::End(TagEnd::HtmlBlock) => {
                    let block = block.take().unwrap_or_default();
                    let headings = tags::html_headings(&tags::without_comments(&block)).into_iter();
                    found.of_html_headings.extend(headings.map(|(_, text)| anchors.next(&text)));
                }
                Event::Html(part) | Event::InlineHtml(part) => {
                    html.push_str(part);
                    if let Some(block) = &mut block {
                        block.push_str(part);
                    }
                }
                event => {
                    if let (Some((_, heading)), Some(text), 0) = (&mut heading, text_of(event), images) {
                        heading.push_str(text);
                    }
                }
            }
        }
        let of_headings = found.of_headings.iter().map(|heading| &heading.anchor);
        found.headings = of_headings.chain(&found.of_html_headings).cloned().collect();
        found.unclosed = tags::unclosed_elements(&html);
        found.authored = tags::authored_anchors(&html).into_iter().collect();
        found
    }

    pub(super) fn contains(&self, anchor: &str) -> bool {
        self.is_heading(anchor) || self.authored.contains(anchor)
    }

    /// Returns whether a heading has this anchor. An anchor of the same name that the author wrote is left out.
    pub(super) fn is_heading(&self, anchor: &str) -> bool {
        self.headings.contains(anchor)
    }
}

/// Returns the text that an event adds to a heading.
fn text_of<'e>(event: &'e Event<'_>) -> Option<&'e str> {
    match event {
        Event::Text(text) | Event::Code(text) | Event::InlineMath(text) => Some(text),
        _ => None,
    }
}

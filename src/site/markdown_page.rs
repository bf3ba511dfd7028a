//! Writes the Markdown twin of a page. All text is escaped, so that a title cannot become a heading, a link or HTML.

use pulldown_cmark::{Event, HeadingLevel, Tag, TagEnd};

use super::markdown::{inline_link, written};
use super::xml::well_formed;
use crate::text::one_line;

/// A part of a line.
pub(super) enum Inline {
    Text(String),
    Code(String),
    Link { text: String, href: String },
}

impl Inline {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(super) fn link(text: impl Into<String>, href: impl Into<String>) -> Self {
        Self::Link { text: text.into(), href: href.into() }
    }
}

/// A page as Markdown. Its blocks are written in order.
#[derive(Default)]
pub(super) struct MarkdownPage {
    out: String,
}

impl MarkdownPage {
    pub(super) fn titled(title: &str) -> Self {
        let mut page = Self::default();
        page.heading(1, title);
        page
    }

    /// Adds a heading; its level is 1 to 6.
    pub(super) fn heading(&mut self, level: usize, text: &str) {
        let level = HeadingLevel::try_from(level).unwrap_or(HeadingLevel::H6);
        let (classes, attrs) = (Vec::new(), Vec::new());
        let start = Event::Start(Tag::Heading { level, id: None, classes, attrs });
        self.block(vec![start, Event::Text(one_line(text).into()), Event::End(TagEnd::Heading(level))]);
    }

    pub(super) fn paragraph(&mut self, parts: Vec<Inline>) {
        let mut events = vec![Event::Start(Tag::Paragraph)];
        parts.into_iter().for_each(|part| add(part, &mut events));
        events.push(Event::End(TagEnd::Paragraph));
        self.block(events);
    }

    /// Adds a quote of one line.
    pub(super) fn quote(&mut self, text: &str) {
        let mut quoted = Self::default();
        quoted.paragraph(vec![Inline::text(text)]);
        self.prose(&format!("> {}", quoted.out));
    }

    /// Adds a list; nothing if it is empty.
    pub(super) fn list(&mut self, items: impl IntoIterator<Item = Vec<Inline>>) {
        let mut events = vec![Event::Start(Tag::List(None))];
        for item in items {
            events.push(Event::Start(Tag::Item));
            item.into_iter().for_each(|part| add(part, &mut events));
            events.push(Event::End(TagEnd::Item));
        }
        if events.len() > 1 {
            events.push(Event::End(TagEnd::List(false)));
            self.block(events);
        }
    }

    /// Adds a list with a heading; nothing if it is empty.
    pub(super) fn section(&mut self, title: &str, items: Vec<Vec<Inline>>) {
        if !items.is_empty() {
            self.heading(2, title);
            self.list(items);
        }
    }

    /// Adds Markdown that [`rewritten`](super::markdown::rewritten) returned.
    pub(super) fn prose(&mut self, markdown: &str) {
        if !markdown.trim().is_empty() {
            if !self.out.is_empty() {
                self.out.push_str("\n\n");
            }
            self.out.push_str(markdown);
        }
    }

    fn block(&mut self, events: Vec<Event<'_>>) {
        self.prose(&written(events).unwrap_or_default());
    }

    pub(super) fn finish(self) -> Vec<u8> {
        let mut text = well_formed(self.out);
        text.push('\n');
        text.into_bytes()
    }
}

fn add(part: Inline, events: &mut Vec<Event<'_>>) {
    match part {
        Inline::Text(text) => {
            // The blanks at the ends separate the parts.
            let (start, end) = (text.starts_with(' '), text.ends_with(' '));
            let line = one_line(&text);
            let blank = |is: bool| if is { " " } else { "" };
            events.push(Event::Text(format!("{}{line}{}", blank(start), blank(end)).into()));
        }
        Inline::Code(text) => events.push(Event::Code(one_line(&text).into())),
        Inline::Link { text, href } => {
            events.push(Event::Start(inline_link(href, "".into())));
            events.push(Event::Text(one_line(&text).into()));
            events.push(Event::End(TagEnd::Link));
        }
    }
}

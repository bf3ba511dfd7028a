//! Turns the parser's events into Markdown that is safe to publish: the text of a page's Markdown twin.
//!
//! The twin has the same text and links as the page. Raw HTML, comments, and links that the page does not show are left out,
//! so that a program that renders the twin cannot be attacked either.

use std::collections::HashMap;
use std::sync::LazyLock;

use ammonia::Builder;
use pulldown_cmark::{
    CodeBlockKind, CowStr, Event, HeadingLevel, LinkType, Parser, Tag, TagEnd, TextMergeStream,
};
use pulldown_cmark_to_cmark::{Options, cmark_with_options};

use super::anchors::TextAnchors;
use super::links::{self, Destination};
use super::raw::{self, RawHtmlKind};
use super::{LinkTarget, MarkdownStyle};
use crate::site::Html;
use crate::site::names::{Name, name_at};
use crate::text::markdown::{
    CONTENTS_MARK, for_reading, latex, options as parser_options, reading_options, tightened,
};
use crate::text::one_line;

/// The length of the longest text that is written anew, in bytes. A longer one, usually a pasted log, is a block of code.
const MAX_BYTES: usize = 256 * 1024;

/// The greatest depth of blocks and marks in a text that is written anew. The time grows with the square of the depth.
/// People nest a few.
const MAX_DEPTH: usize = 32;

/// The elements that are kept in a block of raw HTML: none.
static NO_TAGS: LazyLock<Builder<'static>> = LazyLock::new(Builder::empty);

/// Writes `markdown` anew with the links that the page shows, and with headings below the twin's own ones. `lowest` is the lowest number of a heading.
pub(crate) fn rewritten(markdown: &str, style: &MarkdownStyle<'_>, lowest: usize) -> String {
    if markdown.len() > MAX_BYTES {
        return as_code(markdown);
    }
    let reading = for_reading(markdown);
    let is_file = |address: &str| links::leads_to_file(address, style);
    let reading = tightened(&reading, is_file);
    let parser = Parser::new_ext(&reading, reading_options());
    let events: Vec<Event<'_>> = TextMergeStream::new(parser).collect();
    if depth(&events) > MAX_DEPTH {
        return as_code(markdown);
    }
    let mut twin = TwinText {
        style,
        anchors: TextAnchors::of(&events),
        out: Vec::with_capacity(events.len()),
        ends: Vec::new(),
        lowest,
        notes: HashMap::new(),
    };
    let from = twin.title_length(&events);
    twin.run(events.into_iter().skip(from));
    written(twin.out).unwrap_or_else(|| as_code(markdown))
}

/// Returns `events` as Markdown that other blocks can follow, without line breaks at its ends; `None` if there is no Markdown
/// with this meaning.
pub(crate) fn written(mut events: Vec<Event<'_>>) -> Option<String> {
    let options = Options {
        code_block_token_count: 3,
        list_token: '-',
        increment_ordered_list_bullets: true,
        ..Options::default()
    };
    // At the end of a text, a block of code needs no end. A line after it makes sure that it has one.
    events.push(Event::Rule);
    let mut out = String::new();
    cmark_with_options(events, &mut out, parser_options(), options).ok()?;
    let out = out.trim_end().strip_suffix("---")?;
    Some(out.trim_end().trim_start_matches('\n').to_owned())
}

/// Returns how many blocks and marks are in each other at most.
fn depth(events: &[Event<'_>]) -> usize {
    let (mut depth, mut most) = (0_usize, 0);
    for event in events {
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        most = most.max(depth);
    }
    most
}

/// Returns `text` as a block of code.
fn as_code(text: &str) -> String {
    let start = Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(CowStr::Borrowed("text"))));
    let text = format!("{}\n", text.trim_end());
    written(vec![start, Event::Text(text.into()), Event::End(TagEnd::CodeBlock)]).unwrap_or_default()
}

struct TwinText<'s, 'a> {
    style: &'s MarkdownStyle<'s>,
    anchors: TextAnchors,
    out: Vec<Event<'a>>,
    /// For each open link or image, the end that was promised by what was written for its start.
    ends: Vec<Option<TagEnd>>,
    lowest: usize,
    /// The number of each footnote, by its label.
    notes: HashMap<String, usize>,
}

impl<'a> TwinText<'_, 'a> {
    /// Returns the number of events of a first heading that repeats the title of the page.
    fn title_length(&self, events: &[Event<'_>]) -> usize {
        let normal = |text: &str| text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
        let is_heading =
            matches!(events.first(), Some(Event::Start(Tag::Heading { level: HeadingLevel::H1, .. })));
        let (Some(title), Some(heading)) = (self.style.title, self.anchors.of_headings.first()) else {
            return 0;
        };
        if !is_heading || normal(title) != normal(&heading.text) {
            return 0;
        }
        events
            .iter()
            .position(|event| matches!(event, Event::End(TagEnd::Heading(_))))
            .map_or(0, |end| end + 1)
    }

    fn run(&mut self, events: impl Iterator<Item = Event<'a>>) {
        let mut in_code = false;
        let mut block: Option<String> = None;
        let mut events = events.peekable();
        while let Some(event) = events.next() {
            match event {
                Event::Start(Tag::HtmlBlock) => block = Some(String::new()),
                Event::End(TagEnd::HtmlBlock) => {
                    if let Some(block) = block.take() {
                        self.html_block(&block);
                    }
                }
                Event::Html(html) | Event::InlineHtml(html) => match &mut block {
                    Some(block) => block.push_str(&html),
                    None => self.html_in_line(html),
                },
                Event::Text(text) => match &mut block {
                    Some(block) => block.push_str(&text),
                    None if in_code || !self.ends.is_empty() => self.out.push(Event::Text(text)),
                    None => self.text(&text),
                },
                Event::Start(Tag::Paragraph) if matches!(events.peek(), Some(Event::Text(text)) if **text == *CONTENTS_MARK) =>
                {
                    let mark = events.next();
                    if events.next_if(|event| matches!(event, Event::End(TagEnd::Paragraph))).is_none() {
                        self.out.push(Event::Start(Tag::Paragraph));
                        self.out.extend(mark);
                    }
                }
                Event::Start(Tag::CodeBlock(kind)) => {
                    in_code = true;
                    let language = match kind {
                        CodeBlockKind::Fenced(info) => info,
                        CodeBlockKind::Indented => CowStr::Borrowed(""),
                    };
                    self.out.push(Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))));
                }
                Event::End(TagEnd::CodeBlock) => {
                    in_code = false;
                    // The library leaves a block open whose last line has no end.
                    if !matches!(self.out.last(), Some(Event::Text(text)) if text.ends_with('\n')) {
                        self.out.push(Event::Text("\n".into()));
                    }
                    self.out.push(Event::End(TagEnd::CodeBlock));
                }
                Event::Start(Tag::Heading { level, .. }) => {
                    let level = self.lowered(level);
                    let (classes, attrs) = (Vec::new(), Vec::new());
                    self.out.push(Event::Start(Tag::Heading { level, id: None, classes, attrs }));
                }
                Event::End(TagEnd::Heading(level)) => {
                    self.out.push(Event::End(TagEnd::Heading(self.lowered(level))));
                }
                Event::Start(Tag::Link { link_type, dest_url, title, .. }) => {
                    let is_bare = matches!(link_type, LinkType::Autolink | LinkType::Email);
                    let address = match link_type {
                        LinkType::Email => format!("mailto:{dest_url}"),
                        _ => dest_url.to_string(),
                    };
                    let destination = links::decide(&address, self.style, &self.anchors, false);
                    self.start_link(destination, title, is_bare.then_some(link_type));
                }
                Event::Start(Tag::Image { dest_url, title, .. }) => self.start_image(&dest_url, title),
                Event::End(TagEnd::Link | TagEnd::Image) => {
                    if let Some(end) = self.ends.pop().flatten() {
                        self.out.push(Event::End(end));
                    }
                }
                // A program that knows no footnotes would read the text of a footnote in another way, and a formula as HTML.
                Event::FootnoteReference(label) => {
                    let mark = self.footnote(&label);
                    self.out.push(mark);
                }
                Event::Start(Tag::FootnoteDefinition(label)) => {
                    let mark = self.footnote(&label);
                    self.out.extend([Event::Start(Tag::Paragraph), mark, Event::End(TagEnd::Paragraph)]);
                }
                Event::End(TagEnd::FootnoteDefinition) => {}
                Event::InlineMath(formula) | Event::DisplayMath(formula) => {
                    let formula = Event::Code(latex(&formula).to_owned().into());
                    self.out.extend([Event::Text("$".into()), formula, Event::Text("$".into())]);
                }
                event => self.out.push(event),
            }
        }
    }

    fn lowered(&self, level: HeadingLevel) -> HeadingLevel {
        let level = (level as usize + self.style.heading_shift).clamp(self.lowest, 6);
        HeadingLevel::try_from(level).unwrap_or(HeadingLevel::H6)
    }

    /// Writes text with links for its ticket names.
    fn text(&mut self, text: &str) {
        let (bytes, mut at, mut done) = (text.as_bytes(), 0, 0);
        let push = |out: &mut Vec<Event<'a>>, text: &str| {
            if !text.is_empty() {
                out.push(Event::Text(text.to_owned().into()));
            }
        };
        while at < bytes.len() {
            if bytes[at] != b'#' && !bytes[at].is_ascii_alphanumeric() {
                at += 1;
                continue;
            }
            let (name, next) = name_at(text, at);
            if let Some(Name { span, name, marked }) = name
                && let Some(LinkTarget::Page { href, .. }) = self.style.resolve.name(&text[name], marked)
            {
                push(&mut self.out, &text[done..span.start]);
                self.out.push(Event::Start(inline_link(href, CowStr::Borrowed(""))));
                push(&mut self.out, &text[span.clone()]);
                self.out.push(Event::End(TagEnd::Link));
                done = span.end;
            }
            at = next;
        }
        push(&mut self.out, &text[done..]);
    }

    /// Begins a link, or only its text if the page does not link it. Markdown has no links in links.
    fn start_link(&mut self, destination: Destination, title: CowStr<'a>, bare: Option<LinkType>) {
        let is_inside = self.ends.iter().any(Option::is_some);
        let href = match destination {
            Destination::External(href) => Some(href),
            Destination::Internal(LinkTarget::Page { href, .. } | LinkTarget::Attachment { href, .. }) => {
                Some(href)
            }
            // A twin has no anchors.
            Destination::Fragment(_)
            | Destination::Refused
            | Destination::Internal(LinkTarget::Forge { .. }) => None,
        };
        let Some(href) = href.filter(|_| !is_inside) else {
            self.ends.push(None);
            return;
        };
        self.ends.push(Some(TagEnd::Link));
        let title = CowStr::from(one_line(&title));
        let href = match bare {
            Some(LinkType::Email) => href.trim_start_matches("mailto:").to_owned(),
            _ => href,
        };
        self.out.push(Event::Start(match inline_link(href, title) {
            Tag::Link { dest_url, title, id, .. } if bare.is_some() => {
                Tag::Link { link_type: bare.unwrap_or(LinkType::Inline), dest_url, title, id }
            }
            link => link,
        }));
    }

    /// Begins an attached picture; a link for another file, because a picture of another site would tell that site who reads.
    fn start_image(&mut self, address: &str, title: CowStr<'a>) {
        let destination = links::decide(address, self.style, &self.anchors, true);
        let Destination::Internal(LinkTarget::Attachment { href, image: true, .. }) = destination else {
            return self.start_link(destination, title, None);
        };
        self.ends.push(Some(TagEnd::Image));
        let title = CowStr::from(one_line(&title));
        let (link_type, id) = (LinkType::Inline, CowStr::Borrowed(""));
        self.out.push(Event::Start(Tag::Image { link_type, dest_url: href.into(), title, id }));
    }

    fn html_in_line(&mut self, html: CowStr<'a>) {
        let tag: String = html.chars().filter(|c| !c.is_whitespace() && *c != '/').collect();
        match raw::kind(&html) {
            RawHtmlKind::Html if tag.eq_ignore_ascii_case("<br>") => self.out.push(Event::HardBreak),
            RawHtmlKind::Comment | RawHtmlKind::Html => {}
            RawHtmlKind::Text => self.out.push(Event::Text(html)),
        }
    }

    /// Writes the text of a block of HTML.
    fn html_block(&mut self, block: &str) {
        match raw::kind(block) {
            RawHtmlKind::Comment => {}
            RawHtmlKind::Html => {
                let text = Html::new(NO_TAGS.clean(block).to_string()).unescaped().replace("&nbsp;", " ");
                let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
                if !text.is_empty() {
                    self.out.push(Event::Start(Tag::Paragraph));
                    self.out.push(Event::Text(text.into()));
                    self.out.push(Event::End(TagEnd::Paragraph));
                }
            }
            RawHtmlKind::Text => {
                self.out.push(Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(CowStr::Borrowed("")))));
                self.out.push(Event::Text(format!("{}\n", block.trim_end()).into()));
                self.out.push(Event::End(TagEnd::CodeBlock));
            }
        }
    }

    /// Returns the mark of a footnote.
    fn footnote(&mut self, label: &str) -> Event<'a> {
        let next = self.notes.len() + 1;
        let number = *self.notes.entry(label.to_lowercase()).or_insert(next);
        Event::Text(format!("[{number}]").into())
    }
}

/// Returns the start of a link whose address stands beside its text, so that no definition elsewhere can change it.
pub(crate) fn inline_link<'a>(href: String, title: CowStr<'a>) -> Tag<'a> {
    Tag::Link { link_type: LinkType::Inline, dest_url: href.into(), title, id: CowStr::Borrowed("") }
}

//! Turns the parser's events into safe HTML.

use std::collections::HashMap;

use pulldown_cmark::{
    CodeBlockKind, CowStr, Event, HeadingLevel, LinkType, Parser, Tag, TagEnd, TextMergeStream,
};

use super::anchors::{TextAnchors, TextHeading};
use super::blocks::{self, MarkdownTable};
use super::code;
use super::formulas::{self, Formulas};
use super::links::{self, RenderedLinks};
use super::raw::{self, RawHtmlKind};
use super::{ID_PREFIX, MarkdownStyle, Rendered, contents, refs};
use crate::text::markdown::{CONTENTS_MARK, for_reading, latex, reading_options, tightened};

/// Renders `markdown`. The result depends only on the text, the style and the resolver's answers.
pub(crate) fn render(markdown: &str, style: &MarkdownStyle<'_>) -> Rendered {
    let reading = for_reading(markdown);
    let is_file = |address: &str| links::leads_to_file(address, style);
    let reading = tightened(&reading, is_file);
    let parser = Parser::new_ext(&reading, reading_options());
    let events: Vec<Event<'_>> = TextMergeStream::new(parser).collect();
    let tags: usize = events
        .iter()
        .map(|event| match event {
            Event::Html(html) | Event::InlineHtml(html) => raw::count_tags(html),
            _ => 0,
        })
        .sum();
    let mut pass = Pass {
        style,
        out: Vec::with_capacity(events.len() + 8),
        rendered: RenderedLinks::default(),
        links: Vec::new(),
        table: MarkdownTable::default(),
        next_heading: 0,
        is_title_first: false,
        notes: HashMap::new(),
        anchors: TextAnchors::of(&events),
        keep_raw: tags <= raw::MAX_TAGS && markdown.len() <= raw::MAX_BYTES,
        has_raw: false,
        has_contents: false,
        formulas: Formulas::new(markdown),
    };
    pass.leave_out_title(&events);
    pass.run(events);
    let contents = pass.contents_of_long_text(markdown.len());
    let mut html = String::with_capacity(markdown.len() * 5 / 4 + 64);
    pulldown_cmark::html::push_html(&mut html, pass.out.into_iter());
    if pass.has_raw {
        html = raw::sanitise(&html, &pass.rendered);
    }
    let html = pass.formulas.fill(html);
    Rendered { html, contents, attachments: pass.rendered.attachments.into_iter().collect() }
}

struct Pass<'a, 's> {
    style: &'s MarkdownStyle<'s>,
    out: Vec<Event<'a>>,
    rendered: RenderedLinks,
    /// For each open link, whether its tag was written.
    links: Vec<bool>,
    table: MarkdownTable,
    anchors: TextAnchors,
    /// The number of headings so far.
    next_heading: usize,
    /// Whether the first heading repeats the title of the page.
    is_title_first: bool,
    /// The number of each footnote, by its label.
    notes: HashMap<String, usize>,
    /// Whether raw HTML is kept and sanitised; otherwise it is shown as text.
    keep_raw: bool,
    /// Whether the output contains raw HTML.
    has_raw: bool,
    /// Whether the author placed a contents list.
    has_contents: bool,
    formulas: Formulas,
}

impl<'a> Pass<'a, '_> {
    /// Skips the first heading if it repeats the title of the page.
    fn leave_out_title(&mut self, events: &[Event<'_>]) {
        let normal = |text: &str| text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
        let first = events.iter().find(|event| {
            let is_comment = match event {
                Event::Html(html) => raw::kind(html) == RawHtmlKind::Comment,
                event => matches!(event, Event::Start(Tag::HtmlBlock) | Event::End(TagEnd::HtmlBlock)),
            };
            !is_comment
        });
        let is_heading = matches!(first, Some(Event::Start(Tag::Heading { level: HeadingLevel::H1, .. })));
        let (Some(title), Some(heading)) = (self.style.title, self.anchors.of_headings.first()) else {
            return;
        };
        self.is_title_first = is_heading && normal(title) == normal(&heading.text);
    }

    /// Returns the contents list of a text of this length, if it is useful and the author placed none.
    fn contents_of_long_text(&self, length: usize) -> String {
        let is_wanted = self.style.has_contents && !self.has_contents;
        if is_wanted && contents::is_useful(length, self.headings()) {
            self.contents()
        } else {
            String::new()
        }
    }

    fn contents(&self) -> String {
        contents::list(self.headings(), &format!("#{ID_PREFIX}{}", self.style.key), self.style.words)
    }

    /// Returns the headings without the title of the page.
    fn headings(&self) -> &[TextHeading] {
        self.anchors.of_headings.get(usize::from(self.is_title_first)..).unwrap_or_default()
    }

    fn run(&mut self, events: Vec<Event<'a>>) {
        let mut events = events.into_iter().peekable();
        let mut in_code = false;
        let mut in_block: Option<String> = None;
        while let Some(event) = events.next() {
            match event {
                Event::Start(Tag::HtmlBlock) => in_block = Some(String::new()),
                Event::End(TagEnd::HtmlBlock) => {
                    if let Some(block) = in_block.take() {
                        self.raw_block(block);
                    }
                }
                Event::Html(html) => match &mut in_block {
                    Some(block) => block.push_str(&html),
                    None => self.raw_inline(&html),
                },
                Event::InlineHtml(html) => self.raw_inline(&html),
                Event::Text(text) => match &mut in_block {
                    Some(block) => block.push_str(&text),
                    None if in_code => self.out.push(Event::Text(text)),
                    None => self.text(&text),
                },
                Event::Start(Tag::Paragraph) if matches!(events.peek(), Some(Event::Text(text)) if **text == *CONTENTS_MARK) =>
                {
                    let mark = events.next();
                    if events.next_if(|event| matches!(event, Event::End(TagEnd::Paragraph))).is_some() {
                        self.has_contents = true;
                        let html = self.contents();
                        self.html(html);
                    } else {
                        self.out.push(Event::Start(Tag::Paragraph));
                        self.out.extend(mark);
                    }
                }
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) if blocks::is_math(&info) => {
                    let mut latex = String::new();
                    while let Some(Event::Text(text)) = events.next_if(|e| matches!(e, Event::Text(_))) {
                        latex.push_str(&text);
                    }
                    events.next();
                    self.math_block(&info, latex.trim());
                }
                Event::Start(Tag::CodeBlock(kind)) => {
                    in_code = true;
                    let info = match &kind {
                        CodeBlockKind::Fenced(info) => info.as_ref(),
                        CodeBlockKind::Indented => "",
                    };
                    self.html(blocks::code_start(info));
                    let language = blocks::language(info);
                    if self.style.has_colors
                        && let Some(Event::Text(code)) = events.peek()
                        && let Some(html) = code::colored(&language, code)
                    {
                        events.next();
                        self.html(html);
                    }
                }
                Event::End(TagEnd::CodeBlock) => {
                    in_code = false;
                    self.html(blocks::CODE_END);
                }
                Event::Start(Tag::Heading { level, .. }) => {
                    let mut inside = Vec::new();
                    while let Some(event) = events.next_if(|e| !matches!(e, Event::End(TagEnd::Heading(_)))) {
                        inside.push(event);
                    }
                    let closed = events.next().is_some();
                    self.heading(level, inside, closed);
                }
                Event::Start(Tag::Link { link_type, dest_url, title, .. }) => {
                    let address = match link_type {
                        LinkType::Email => format!("mailto:{dest_url}"),
                        _ => dest_url.to_string(),
                    };
                    self.open_link(&address, &title);
                }
                Event::End(TagEnd::Link) => {
                    if self.links.pop() == Some(true) {
                        self.html("</a>");
                    }
                }
                Event::Start(Tag::Image { dest_url, title, .. }) => {
                    let mut alt = String::new();
                    let mut depth = 0_usize;
                    for event in events.by_ref() {
                        match event {
                            Event::Start(_) => depth += 1,
                            Event::End(_) if depth == 0 => break,
                            Event::End(_) => depth -= 1,
                            Event::Text(text) | Event::Code(text) | Event::InlineMath(text) => {
                                alt.push_str(&text);
                            }
                            Event::SoftBreak | Event::HardBreak => alt.push(' '),
                            _ => {}
                        }
                    }
                    self.image(&dest_url, alt.trim(), &title);
                }
                event => self.block(event),
            }
        }
    }

    /// Writes tables, alerts, task boxes and footnotes, and passes on all other events unchanged.
    fn block(&mut self, event: Event<'a>) {
        let words = self.style.words;
        match event {
            Event::Start(Tag::Table(alignments)) => {
                let (table, html) = MarkdownTable::start(alignments, words);
                self.table = table;
                self.html(html);
            }
            Event::Start(Tag::TableHead) => {
                let html = self.table.start_head();
                self.html(html);
            }
            Event::End(TagEnd::TableHead) => {
                let html = self.table.end_head();
                self.html(html);
            }
            Event::Start(Tag::TableRow) => {
                let html = self.table.start_row();
                self.html(html);
            }
            Event::End(TagEnd::TableRow) => self.html("</tr>\n"),
            Event::Start(Tag::TableCell) => {
                let html = self.table.start_cell();
                self.html(html);
            }
            Event::End(TagEnd::TableCell) => {
                let html = self.table.end_cell();
                self.html(html);
            }
            Event::End(TagEnd::Table) => self.html(blocks::TABLE_END),
            Event::Start(Tag::BlockQuote(Some(kind))) => self.html(blocks::alert_start(kind, words)),
            Event::InlineMath(formula) => self.formula(latex(&formula), false),
            Event::DisplayMath(formula) => self.formula(latex(&formula), true),
            Event::TaskListMarker(done) => self.html(blocks::task_box(done, words)),
            Event::FootnoteReference(label) => {
                let label = self.footnote(&label);
                self.out.push(Event::FootnoteReference(label.into()));
            }
            Event::Start(Tag::FootnoteDefinition(label)) => {
                let label = self.footnote(&label);
                self.out.push(Event::Start(Tag::FootnoteDefinition(label.into())));
            }
            event => self.out.push(event),
        }
    }

    fn html(&mut self, html: impl Into<CowStr<'a>>) {
        self.out.push(Event::InlineHtml(html.into()));
    }

    fn text(&mut self, text: &str) {
        let mut html = String::with_capacity(text.len() + 16);
        if self.links.is_empty() {
            refs::write(&mut html, text, self.style.resolve, &mut self.rendered);
        } else {
            super::escape_into(&mut html, text);
        }
        self.html(html);
    }

    fn formula(&mut self, latex: &str, is_display: bool) {
        let mark = self.formulas.add(formulas::formula(latex, is_display));
        self.html(mark);
    }

    /// Writes a code block with a formula; as code if it cannot be converted.
    fn math_block(&mut self, info: &str, latex: &str) {
        match formulas::mathml(latex, true) {
            Some(html) => {
                let mark = self.formulas.add(html);
                self.html(format!("<p>{mark}</p>\n"));
            }
            None => self.html(blocks::code_start(info) + &super::escape(latex) + "\n" + blocks::CODE_END),
        }
    }

    /// Writes a heading one or more levels below the page's own headings, with an id that can be linked.
    fn heading(&mut self, level: HeadingLevel, inside: Vec<Event<'a>>, closed: bool) {
        // The page itself uses the first level.
        let level = (level as usize + self.style.heading_shift).clamp(2, 6);
        let heading = self.anchors.of_headings.get(self.next_heading);
        let anchor = heading.map(|heading| heading.anchor.clone()).unwrap_or_default();
        let is_title = self.is_title_first && self.next_heading == 0;
        self.next_heading += 1;
        // A heading without anything to see would be read out as an empty one.
        let is_blank =
            inside.iter().all(|event| matches!(event, Event::Text(text) if text.trim().is_empty()));
        if is_title || is_blank {
            if !anchor.is_empty() {
                // Links to the heading still work.
                let id = self.id(&anchor);
                self.html(format!("<span id=\"{id}\"></span>\n"));
            }
            return;
        }
        if anchor.is_empty() {
            self.html(format!("<h{level}>"));
        } else {
            let id = self.id(&anchor);
            self.html(format!("<h{level} id=\"{id}\">"));
        }
        self.run(inside);
        if closed {
            self.html(format!("</h{level}>\n"));
        }
    }

    fn open_link(&mut self, address: &str, title: &str) {
        let destination = links::decide(address, self.style, &self.anchors, false);
        let mut html = String::new();
        let opened = links::open(&mut html, &destination, title, &mut self.rendered);
        self.links.push(opened);
        if opened {
            self.html(html);
        }
    }

    fn image(&mut self, address: &str, alt: &str, title: &str) {
        let destination = links::decide(address, self.style, &self.anchors, true);
        let mut html = String::new();
        links::image(&mut html, &destination, alt, title, !self.links.is_empty(), &mut self.rendered);
        self.html(html);
    }

    /// Returns the id of a footnote. It contains a `~`, so it differs from every anchor.
    fn footnote(&mut self, label: &str) -> String {
        let next = self.notes.len() + 1;
        let number = *self.notes.entry(label.to_lowercase()).or_insert(next);
        self.id(&format!("note~{number}"))
    }

    /// Returns the id for an anchor of this text.
    fn id(&mut self, anchor: &str) -> String {
        let id = format!("{ID_PREFIX}{}{anchor}", self.style.key);
        self.rendered.ids.insert(id.clone());
        id
    }

    fn raw_inline(&mut self, html: &str) {
        let tag: String = html.chars().filter(|c| !c.is_whitespace() && *c != '/').collect();
        if tag.eq_ignore_ascii_case("<br>") {
            self.out.push(Event::HardBreak);
            return;
        }
        match raw::kind(html) {
            RawHtmlKind::Comment => {}
            RawHtmlKind::Html if self.keep_raw => {
                self.has_raw = true;
                let in_link = !self.links.is_empty();
                let html = raw::rewrite(html, self.style, &self.anchors, in_link, &mut self.rendered);
                self.html(html);
            }
            RawHtmlKind::Html | RawHtmlKind::Text => self.html(raw::as_text(html)),
        }
    }

    fn raw_block(&mut self, block: String) {
        match raw::kind(&block) {
            RawHtmlKind::Comment => {}
            RawHtmlKind::Html if self.keep_raw => {
                self.has_raw = true;
                let html = raw::rewrite(&block, self.style, &self.anchors, false, &mut self.rendered);
                self.html(html);
            }
            RawHtmlKind::Html | RawHtmlKind::Text => {
                let start = blocks::code_start("");
                self.html(start);
                self.html(raw::as_text(block.trim_end()));
                self.html(blocks::CODE_END);
            }
        }
    }
}

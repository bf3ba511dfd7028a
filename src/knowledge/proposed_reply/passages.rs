//! Divides an answer into passages that can be quoted alone.

use pulldown_cmark::{Event, LinkType, Tag, TagEnd};
use unicode_segmentation::UnicodeSegmentation as _;

use super::quotable::{is_help, is_quotable};
use crate::text::{Span, markdown::events};

/// The maximum length of a code block in lines. A longer one is a log.
const LONGEST_CODE: usize = 30;

/// A part of an answer that makes sense only as a whole: a sentence, the steps of a list, or a command with the sentence
/// before it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Passage {
    /// Markdown, one text for each sentence or step.
    pub parts: Vec<String>,
    /// The parts of the text that are code or addresses, in which nothing may be replaced: by part.
    pub fixed: Vec<Vec<Span>>,
    /// Whether the passage is a list or has a code block.
    pub is_instruction: bool,
    /// The number of the block of the answer that it is from. Sentences of one block are one paragraph.
    pub block: usize,
    /// Whether it is from the section Cause. Its values are what happened there, so they stay.
    pub is_cause: bool,
    /// Whether the answer has headings. Then all of it was written for the next reader.
    pub is_in_section: bool,
}

/// Returns the passages of an answer in Markdown, in order. Leaves out headings, quotations, tables, pictures, logs, questions
/// and sentences that say nothing, such as thanks. In a text without headings, lists and code are left out that are rather a
/// test or a log than help.
pub(super) fn passages(answer: &str) -> Vec<Passage> {
    let mut all: Vec<Passage> = Vec::new();
    let blocks = blocks(answer);
    let has_headings = blocks.iter().any(|block| matches!(block, Block::Heading(_)));
    let mut is_cause = false;
    // The last sentence of the paragraph before a block.
    let mut before = String::new();
    for (number, block) in blocks.into_iter().enumerate() {
        let introduction = std::mem::take(&mut before);
        match block {
            Block::Paragraph(inline) => {
                let sentences = sentences(&inline);
                before = sentences.last().map(|(text, _)| text.clone()).unwrap_or_default();
                let sentences = sentences.into_iter().filter(|(text, _)| is_quotable(text));
                all.extend(sentences.map(|(text, fixed)| Passage {
                    parts: vec![text],
                    fixed: vec![fixed],
                    is_instruction: false,
                    block: number,
                    is_cause,
                    is_in_section: has_headings,
                }));
            }
            Block::List(items) => {
                let is_help = is_help(&introduction) && items.iter().all(|item| is_help(&item.text));
                if !has_headings && !is_help {
                    continue;
                }
                let (parts, fixed) = items.into_iter().map(|item| (item.text, item.fixed)).unzip();
                all.push(Passage {
                    parts,
                    fixed,
                    is_instruction: true,
                    block: number,
                    is_cause,
                    is_in_section: has_headings,
                });
            }
            Block::Heading(text) => is_cause = text.eq_ignore_ascii_case("cause"),
            Block::Code(text)
                if text.lines().count() <= LONGEST_CODE
                    && (has_headings || !introduction.is_empty() && is_help(&introduction)) =>
            {
                let fixed = std::iter::once(0..text.len()).collect();
                match all.last_mut() {
                    // The sentence before a command says what it is for.
                    Some(before) if before.block + 1 == number && !before.is_instruction => {
                        before.parts[0].push_str("\n\n");
                        let start = before.parts[0].len();
                        before.parts[0].push_str(&text);
                        before.fixed[0].push(start..before.parts[0].len());
                        before.is_instruction = true;
                    }
                    _ => all.push(Passage {
                        parts: vec![text],
                        fixed: vec![fixed],
                        is_instruction: true,
                        block: number,
                        is_cause,
                        is_in_section: has_headings,
                    }),
                }
            }
            Block::Code(_) | Block::Other => {}
        }
    }
    all
}

/// A block of a text.
enum Block {
    Paragraph(Inline),
    List(Vec<Inline>),
    /// A code block as it is written, with its fence.
    Code(String),
    Heading(String),
    Other,
}

/// Returns the blocks of `markdown` that are not inside another block.
fn blocks(markdown: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut depth = 0_usize;
    // The events since the beginning of the block, and of the list item.
    let mut inside: Vec<(Event<'_>, Span)> = Vec::new();
    let mut items: Vec<Inline> = Vec::new();
    for (event, span) in events(markdown) {
        match &event {
            Event::Start(_) if depth == 0 => inside.clear(),
            Event::Start(Tag::Item) if depth == 1 => inside.clear(),
            Event::End(TagEnd::Item) if depth == 2 => items.push(Inline::of(markdown, &span, &inside)),
            Event::End(end) if depth == 1 => found.push(match end {
                TagEnd::Paragraph => Block::Paragraph(Inline::of(markdown, &span, &inside)),
                TagEnd::Heading(_) => {
                    Block::Heading(markdown[span.clone()].trim_matches(['#', ' ', '\n', '\r']).to_owned())
                }
                TagEnd::List(_) => Block::List(std::mem::take(&mut items)),
                TagEnd::CodeBlock => Block::Code(markdown[span.clone()].trim_end().to_owned()),
                _ => Block::Other,
            }),
            _ => {}
        }
        match &event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        inside.push((event, span));
    }
    found
}

/// A text without pictures and without links to files, which lead nowhere from another ticket.
#[derive(Default)]
struct Inline {
    text: String,
    /// Code and addresses.
    fixed: Vec<Span>,
}

impl Inline {
    /// Copies `span` of `markdown`, in which there are the events `inside`.
    fn of(markdown: &str, span: &Span, inside: &[(Event<'_>, Span)]) -> Self {
        let mut inline = Self::default();
        let mut at = span.start;
        for (event, place) in inside {
            if place.start < at {
                continue;
            }
            let (replacement, is_fixed) = match event {
                Event::Code(_) | Event::InlineHtml(_) | Event::Start(Tag::CodeBlock(_)) => (None, true),
                Event::HardBreak => (Some(" ".to_owned()), false),
                Event::Start(Tag::Image { .. }) | Event::FootnoteReference(_) => (Some(String::new()), false),
                Event::Start(Tag::Link { link_type, dest_url, .. }) => {
                    let is_address = dest_url.contains("://") || dest_url.starts_with("mailto:");
                    let is_complete =
                        matches!(link_type, LinkType::Autolink | LinkType::Email | LinkType::Inline);
                    let label = || label(markdown, place, inside);
                    match (is_address, is_complete) {
                        (true, true) => (None, true),
                        // The definition of the address is elsewhere in the text.
                        (true, false) => (Some(format!("[{}]({dest_url})", label())), true),
                        (false, _) => (Some(label().to_owned()), false),
                    }
                }
                _ => continue,
            };
            inline.text.push_str(&markdown[at..place.start]);
            let start = inline.text.len();
            inline.text.push_str(replacement.as_deref().unwrap_or(&markdown[place.clone()]));
            if is_fixed {
                inline.fixed.push(start..inline.text.len());
            }
            at = place.end;
        }
        inline.text.push_str(&markdown[at.min(span.end)..span.end]);
        inline.text.truncate(inline.text.trim_end().len());
        inline
    }
}

/// Returns the text of the link at `link` as it is written.
fn label<'m>(markdown: &'m str, link: &Span, inside: &[(Event<'_>, Span)]) -> &'m str {
    let mut within = inside.iter().map(|(_, span)| span);
    let mut own = within.by_ref().filter(|span| span.start > link.start && span.end < link.end);
    let first = own.next();
    let end = own.map(|span| span.end).max().or(first.map(|span| span.end));
    match (first, end) {
        (Some(first), Some(end)) => &markdown[first.start..end.max(first.end)],
        _ => "",
    }
}

/// Divides a paragraph into sentences, each with its fixed parts.
fn sentences(paragraph: &Inline) -> Vec<(String, Vec<Span>)> {
    // A line break does not end a sentence.
    let text = paragraph.text.replace(['\n', '\r'], " ");
    let is_inside = |at: usize| paragraph.fixed.iter().any(|span| span.start < at && at < span.end);
    let mut starts: Vec<usize> = text.split_sentence_bound_indices().map(|(at, _)| at).collect();
    starts.retain(|at| !is_inside(*at));
    starts.push(text.len());
    let sentence = |pair: &[usize]| {
        // Imports from other trackers write a blank at the end of a line like this.
        let whole = text[pair[0]..pair[1]].trim_end().trim_end_matches("&#x20;");
        let start = pair[0] + (whole.len() - whole.trim_start().len());
        let own = start..start + whole.trim().len();
        let fixed = paragraph.fixed.iter().filter(|span| own.start <= span.start && span.end <= own.end);
        let fixed = fixed.map(|span| span.start - start..span.end - start).collect();
        (whole.trim().to_owned(), fixed)
    };
    starts.windows(2).map(sentence).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(answer: &str) -> Vec<Vec<String>> {
        passages(answer).into_iter().map(|passage| passage.parts).collect()
    }

    #[test]
    fn an_answer_is_divided_into_sentences_and_lists() {
        let answer = "## Fix\n\nThe queue of the exporter was full. Version 2.14.0 drops\nold jobs by itself.\n\n\
                      1. Stop the exporter.\n2. Run `exporter drain`.\n\n> A quotation of somebody.\n";
        assert_eq!(
            parts(answer),
            [
                vec!["The queue of the exporter was full."],
                vec!["Version 2.14.0 drops old jobs by itself."],
                vec!["1. Stop the exporter.", "2. Run `exporter drain`."],
            ]
        );
    }

    #[test]
    fn a_command_stays_with_the_sentence_before_it_and_a_log_is_left_out() {
        let command = "Empty the queue of the exporter:\n\n```sh\nexporter drain\n```\n";
        assert_eq!(parts(command), [["Empty the queue of the exporter:\n\n```sh\nexporter drain\n```"]]);
        let log = format!("The log of the exporter says why:\n\n```\n{}```\n", "line\n".repeat(100));
        assert_eq!(parts(&log), [["The log of the exporter says why:"]]);
    }

    #[test]
    fn questions_thanks_and_empty_phrases_are_not_quoted() {
        let answer =
            "Hello Lena, thanks a lot! Which version do you have? Please help. The exporter needs a restart.";
        assert_eq!(parts(answer), [["The exporter needs a restart."]]);
    }

    #[test]
    fn notes_about_the_work_are_not_quoted() {
        let answer = "Merged into the main branch at 3f2a9c1.\n\nVerified with version 2.14.0, closing.\n\n\
                      The exporter empties its queue after each\\\nbatch.";
        assert_eq!(parts(answer), [["The exporter empties its queue after each batch."]]);
    }

    #[test]
    fn pictures_and_links_to_files_are_left_out_and_addresses_stay() {
        let answer = "See [the log](trace.log), ![a graph](graph.png)[the page][p] and <https://a.example/b.c> for it.\n\n\
                      [p]: https://a.example/page\n";
        assert_eq!(
            parts(answer),
            [["See the log, [the page](https://a.example/page) and <https://a.example/b.c> for it."]]
        );
        let passage = &passages(answer)[0];
        let fixed: Vec<&str> = passage.fixed[0].iter().map(|span| &passage.parts[0][span.clone()]).collect();
        assert_eq!(fixed, ["[the page](https://a.example/page)", "<https://a.example/b.c>"]);
    }

    #[test]
    fn chinese_sentences_are_divided_too() {
        assert_eq!(
            parts("导出队列已满。请重启导出服务,然后再试一次。"),
            [["导出队列已满。"], ["请重启导出服务,然后再试一次。"]]
        );
    }
}

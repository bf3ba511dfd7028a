//! The answer of a ticket: what the next person with the same problem wants to read.

use super::{
    reply::Reply,
    section::{Section, sections},
    thread::Thread,
};
use crate::text::Span;
use crate::text::markdown::{with_definitions, without_comments};

/// The minimum number of words in a text with substance. "Resolution: Fixed." has none.
const SUBSTANCE: u32 = 5;

/// The answer of a ticket and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// Index in [`Thread::replies`]; `None` if the answer is a section of the ticket's own text.
    pub reply: Option<usize>,
    /// Markdown: the sections of the answer with their headings and with the definitions of their links and footnotes,
    /// or the whole text of the reply if it has no such section.
    pub text: String,
}

/// Returns the answer of a ticket that was resolved at least once. The answer is the first of these texts that exists:
///
/// 1. the sections Fix and Cause of the resolving reply, and its `answer_sections`, which the template names;
/// 2. the `answer_sections` of the ticket's own text;
/// 3. the whole text of the resolving reply, if it has substance;
/// 4. the last reply with substance that somebody other than the requester wrote.
///
/// Replies for which `visible` is false are skipped; `body` returns the text of a reply, or of the ticket for `None`.
pub(crate) fn answer_of(
    thread: &Thread,
    answer_sections: &[String],
    visible: impl Fn(&Reply) -> bool,
    body: impl Fn(Option<&Reply>) -> Option<String>,
) -> Option<Answer> {
    let resolving = usize::try_from(thread.state.resolved_by?).ok()?;
    let reply = thread.replies.get(resolving)?;
    let own: Vec<&str> = answer_sections.iter().map(String::as_str).collect();
    let all: Vec<&str> = ANSWER_SECTIONS.into_iter().chain(own.iter().copied()).collect();
    let is_visible = visible(reply);
    if is_visible && has_any(&reply.sections, &all) {
        return Some(Answer { reply: Some(resolving), text: text_of(&body(Some(reply))?, &all) });
    }
    if has_any(&thread.ticket.sections, &own) {
        return Some(Answer { reply: None, text: text_of(&body(None)?, &own) });
    }
    if is_visible && reply.words >= SUBSTANCE {
        return Some(Answer { reply: Some(resolving), text: trimmed(&body(Some(reply))?) });
    }
    let last = thread.replies.iter().enumerate().rev().find(|(_, reply)| {
        reply.is_dated()
            && reply.words >= SUBSTANCE
            && reply.author != thread.ticket.requester
            && visible(reply)
    });
    let (place, reply) = last?;
    Some(Answer { reply: Some(place), text: trimmed(&body(Some(reply))?) })
}

impl Thread {
    /// Returns true if the replies that the reader may see contain an answer, or the ticket itself in one of its
    /// `answer_sections`.
    pub fn has_answer(&self, answer_sections: &[String], visible: impl Fn(&Reply) -> bool) -> bool {
        answer_of(self, answer_sections, visible, |_| Some(String::new())).is_some()
    }
}

/// The sections of an answer, in the order in which they are shown.
const ANSWER_SECTIONS: [&str; 2] = ["Fix", "Cause"];

/// Divides the text of an article into its answer, which is the sections Fix and Cause, and the other sections. Returns `None` if
/// it has no fix. Both parts have the definitions of their links and footnotes.
pub(crate) fn parts_of_article(body: &str) -> Option<(String, String)> {
    let all = sections(body);
    let is_filled = |span: &Span| !without_comments(&body[span.clone()]).trim().is_empty();
    all.iter().find(|section| section.is("Fix") && is_filled(&section.span))?;
    let is_answer = |section: &&Section| ANSWER_SECTIONS.iter().any(|name| section.is(name));
    let (mut rest, mut from) = (String::with_capacity(body.len()), 0);
    for section in all.iter().filter(is_answer) {
        rest.push_str(&body[from..section.heading_span.start]);
        from = section.span.end;
    }
    rest.push_str(&body[from..]);
    Some((text_of(body, &ANSWER_SECTIONS), with_definitions(rest, body)))
}

/// Returns true if one of the headings `filled`, which are in lower case, is one of `names`.
fn has_any(filled: &[String], names: &[&str]) -> bool {
    names.iter().any(|name| filled.contains(&name.trim().to_lowercase()))
}

fn trimmed(body: &str) -> String {
    without_comments(body).trim().to_owned()
}

/// Returns the sections `names` of `body`, in this order.
fn text_of(body: &str, names: &[&str]) -> String {
    let found = sections(body);
    let mut text = String::new();
    for (place, name) in names.iter().enumerate() {
        // A template can name a section twice, or name Fix and Cause again.
        let is_first = !names[..place].iter().any(|other| other.trim().eq_ignore_ascii_case(name.trim()));
        for section in found.iter().filter(|section| is_first && section.is(name)) {
            let content = trimmed(&body[section.span.clone()]);
            if !content.is_empty() {
                if !text.is_empty() {
                    text.push_str("\n\n");
                }
                text.push_str(&format!("## {name}\n\n{content}"));
            }
        }
    }
    with_definitions(text, body)
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::{
        text::RepoPath,
        ticket::{Document, Ticket, Visibility, fold, parse_reply},
    };

    fn answer(replies: &[(&str, &str)]) -> Option<Answer> {
        answer_in(replies, &[])
    }

    fn answer_in(replies: &[(&str, &str)], answer_sections: &[String]) -> Option<Answer> {
        let texts: Vec<String> = replies
            .iter()
            .enumerate()
            .map(|(minute, (front, body))| {
                format!("---\ncreated: 2026-01-01T00:0{minute}:00Z\n{front}\n---\n{body}")
            })
            .collect();
        let parsed = texts
            .iter()
            .enumerate()
            .map(|(n, text)| {
                parse_reply(
                    &Document::parse(&RepoPath::new(format!("t/{n}.md")), text.as_bytes()),
                    &TimeZone::UTC,
                )
                .0
            })
            .collect();
        let ticket = Ticket {
            requester: Some("lena".into()),
            sections: vec!["problem".into(), "final summary".into()],
            ..Ticket::default()
        };
        let thread = fold(ticket, parsed, Visibility::Public);
        answer_of(
            &thread,
            answer_sections,
            |reply| thread.is_public(reply),
            |reply| {
                let Some(reply) = reply else {
                    return Some(
                        "## Problem\nNo.\n\n## Final Summary\nSee [n].\n\n## Notes\n[n]: n.md\n".to_owned(),
                    );
                };
                let text = &texts[reply.name.parse::<usize>().unwrap()];
                text.split_once("\n---\n").map(|(_, body)| body.to_owned())
            },
        )
    }

    const RESOLVED: &str = "author: mei\nstatus: resolved\nresolution: fixed";

    #[test]
    fn the_answer_shows_the_fix_then_the_cause_and_no_other_section() {
        let found =
            answer(&[(RESOLVED, "Thanks!\n## Cause\nFull disk\n## Fix\nPruned it\n## Other\nx")]).unwrap();
        assert_eq!(found.text, "## Fix\n\nPruned it\n\n## Cause\n\nFull disk");
    }

    #[test]
    fn a_resolution_without_text_uses_the_last_reply_with_substance() {
        let found = answer(&[
            ("author: mei", "Raise the memory limit to 512 MB and restart."),
            ("author: lena", "That worked for me, thank you very much indeed"),
            (RESOLVED, "Resolution: Fixed."),
        ]);
        assert_eq!(found.unwrap().reply, Some(0));
        assert_eq!(answer(&[("author: mei", "Raise the memory limit to 512 MB and restart.")]), None);
    }

    #[test]
    fn the_public_does_not_see_an_answer_from_an_internal_note() {
        let note =
            ("author: mei\nvisibility: internal", "The customer is behind on three invoices, be careful.");
        assert_eq!(answer(&[note, (RESOLVED, "Done.")]), None);
    }

    #[test]
    fn a_section_that_the_template_names_is_the_answer() {
        let named = ["Final summary".to_owned(), "fix".to_owned()];
        let thanks = (RESOLVED, "Done. See the summary above, and thank you all.");
        let found = answer_in(&[thanks], &named).unwrap();
        assert_eq!((found.reply, found.text.as_str()), (None, "## Final summary\n\nSee [n].\n\n[n]: n.md"));
        let found = answer_in(&[(RESOLVED, "## Final Summary\nRestart.\n## Fix\nIt.")], &named).unwrap();
        assert_eq!(
            (found.reply, found.text.as_str()),
            (Some(0), "## Fix\n\nIt.\n\n## Final summary\n\nRestart.")
        );
        assert_eq!(answer(&[thanks]).unwrap().reply, Some(0));
        assert_eq!(answer_in(&[("author: mei", "Five words are in here.")], &named), None);
    }

    #[test]
    fn an_article_is_divided_into_its_answer_and_the_rest() {
        let body = "Before.\n\n## Problem\nSee [a][x].\n\n## Cause\nFull.\n\n### Why\nLogs.\n\n## Fix\nPrune [it][x].\n\n\
                    ## Links\n[x]: x.md\n";
        let (answer, rest) = parts_of_article(body).unwrap();
        assert_eq!(answer, "## Fix\n\nPrune [it][x].\n\n## Cause\n\nFull.\n\n### Why\nLogs.\n\n[x]: x.md");
        assert_eq!(rest, "Before.\n\n## Problem\nSee [a][x].\n\n## Links\n[x]: x.md\n");
        for without in
            ["## Problem\nx\n", "## Fix\n<!-- How? -->\n## Cause\nFull.\n", "```\n## Fix\nx\n```\n"]
        {
            assert_eq!(parts_of_article(without), None);
        }
    }

    #[test]
    fn the_answer_keeps_its_links_and_footnotes() {
        let found = answer(&[(RESOLVED, "## Fix\nSee [it][post][^n].\n## Links\n[post]: p.md\n[^n]: Note.")])
            .unwrap();
        assert_eq!(found.text, "## Fix\n\nSee [it][post][^n].\n\n[post]: p.md\n\n[^n]: Note.");
    }
}

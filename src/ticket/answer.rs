//! The answer of a ticket: what the next person with the same problem wants to read.

use super::{reply::Reply, section::sections, thread::Thread};
use crate::text::markdown::without_comments;

/// The minimum number of words in a text with substance. "Resolution: Fixed." has none.
const SUBSTANCE: u32 = 5;

/// The answer of a ticket and the reply that contains it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// Index in [`Thread::replies`].
    pub reply: usize,
    /// Markdown: the sections Fix and Cause with their headings, or the whole text of the reply if it has neither.
    pub text: String,
}

/// Returns the answer of a ticket that was resolved at least once. The answer is the first of these texts that exists:
///
/// 1. the sections Fix and Cause of the resolving reply;
/// 2. the whole text of the resolving reply, if it has substance;
/// 3. the last reply with substance that somebody other than the requester wrote.
///
/// Replies for which `visible` is false are skipped; `body` returns the text of a reply.
pub(crate) fn answer_of(
    thread: &Thread,
    visible: impl Fn(&Reply) -> bool,
    body: impl Fn(&Reply) -> Option<String>,
) -> Option<Answer> {
    let resolving = usize::try_from(thread.state.resolved_by?).ok()?;
    let reply = thread.replies.get(resolving)?;
    if visible(reply) {
        let has = |name: &str| reply.sections.iter().any(|section| section == name);
        if has("fix") || has("cause") {
            return Some(Answer { reply: resolving, text: fix_and_cause(&body(reply)?) });
        }
        if reply.words >= SUBSTANCE {
            return Some(Answer { reply: resolving, text: trimmed(&body(reply)?) });
        }
    }
    let last = thread.replies.iter().enumerate().rev().find(|(_, reply)| {
        reply.is_dated()
            && reply.words >= SUBSTANCE
            && reply.author != thread.ticket.requester
            && visible(reply)
    });
    let (place, reply) = last?;
    Some(Answer { reply: place, text: trimmed(&body(reply)?) })
}

impl Thread {
    /// Returns true if the replies that the reader may see contain an answer.
    pub fn has_answer(&self, visible: impl Fn(&Reply) -> bool) -> bool {
        answer_of(self, visible, |_| Some(String::new())).is_some()
    }
}

fn trimmed(body: &str) -> String {
    without_comments(body).trim().to_owned()
}

fn fix_and_cause(body: &str) -> String {
    let found = sections(body);
    let mut text = String::new();
    for name in ["Fix", "Cause"] {
        for section in found.iter().filter(|section| section.is(name)) {
            let content = trimmed(&body[section.span.clone()]);
            if !content.is_empty() {
                if !text.is_empty() {
                    text.push_str("\n\n");
                }
                text.push_str(&format!("## {name}\n\n{content}"));
            }
        }
    }
    text
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
        let ticket = Ticket { requester: Some("lena".into()), ..Ticket::default() };
        let thread = fold(ticket, parsed, Visibility::Public);
        answer_of(
            &thread,
            |reply| thread.is_public(reply),
            |reply| {
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
        assert_eq!(found.unwrap().reply, 0);
        assert_eq!(answer(&[("author: mei", "Raise the memory limit to 512 MB and restart.")]), None);
    }

    #[test]
    fn the_public_does_not_see_an_answer_from_an_internal_note() {
        let note =
            ("author: mei\nvisibility: internal", "The customer is behind on three invoices, be careful.");
        assert_eq!(answer(&[note, (RESOLVED, "Done.")]), None);
    }
}

//! The answer of a ticket: what the next person with the same problem wants to read.

use super::{reply::Reply, section::sections, thread::Thread};
use crate::text::markdown::without_comments;

/// Fewer words than this say nothing ("Resolution: Fixed.").
const SUBSTANCE: u32 = 5;

/// Where a ticket's answer stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// The place in [`Thread::replies`] of the reply that holds it.
    pub reply: usize,
    /// Its Markdown: Fix, then Cause, with their headings where both are there; else the whole text.
    pub text: String,
}

/// The answer of a ticket that was ever resolved: Fix and Cause of the resolving reply, else its text if that has substance,
/// else the last reply with substance that the requester did not write. `visible` leaves out what the reader may not
/// see; `body` gives the text of a reply.
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
    /// Whether it has an answer that a reader who sees `visible` replies can read.
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
                parse_reply(&Document::parse(&RepoPath::new(format!("t/{n}.md")), text.as_bytes())).0
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
    fn fix_comes_before_cause_and_chatter_is_left_out() {
        let found =
            answer(&[(RESOLVED, "Thanks!\n## Cause\nFull disk\n## Fix\nPruned it\n## Other\nx")]).unwrap();
        assert_eq!(found.text, "## Fix\n\nPruned it\n\n## Cause\n\nFull disk");
    }

    #[test]
    fn a_bare_resolution_points_back_to_the_last_reply_of_substance() {
        let found = answer(&[
            ("author: mei", "Raise the memory limit to 512 MB and restart."),
            ("author: lena", "That worked for me, thank you very much indeed"),
            (RESOLVED, "Resolution: Fixed."),
        ]);
        assert_eq!(found.unwrap().reply, 0);
        assert_eq!(answer(&[("author: mei", "Raise the memory limit to 512 MB and restart.")]), None);
    }

    #[test]
    fn an_internal_note_is_no_answer_for_the_public() {
        let note =
            ("author: mei\nvisibility: internal", "The customer is behind on three invoices, be careful.");
        assert_eq!(answer(&[note, (RESOLVED, "Done.")]), None);
    }
}

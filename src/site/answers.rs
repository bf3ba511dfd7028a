//! The answer of a ticket and its source, for feeds, Markdown twins and structured data.

use super::Site;
use super::model::TicketNo;
use super::resolve::reply_key;
use crate::text::{RepoPath, Time};
use crate::ticket::{Answer, Reply, Thread, answer_of};

/// An answer with the thread that it is from.
pub(super) struct SourcedAnswer<'a> {
    /// The thread of the ticket itself; for a duplicate, the thread of its original.
    thread: &'a Thread,
    answer: Answer,
}

impl<'a> SourcedAnswer<'a> {
    /// Returns the answer as Markdown.
    pub(super) fn text(&self) -> &str {
        &self.answer.text
    }

    /// Returns the thread that the answer is from.
    pub(super) fn thread(&self) -> &'a Thread {
        self.thread
    }

    /// Returns the reply with the answer; `None` if the answer is a section of the ticket's own text.
    pub(super) fn reply(&self) -> Option<&'a Reply> {
        self.thread.replies.get(self.answer.reply?)
    }

    /// Returns the file of the text.
    pub(super) fn path(&self) -> Option<&'a RepoPath> {
        self.reply().map_or(self.thread.ticket.path.as_ref(), |reply| reply.path.as_ref())
    }

    /// Returns the id of the person who wrote the answer.
    pub(super) fn author(&self) -> Option<&'a str> {
        match self.reply() {
            Some(reply) => reply.author.as_deref(),
            None => self.thread.ticket.requester.as_deref(),
        }
    }

    pub(super) fn created(&self) -> Option<Time> {
        self.reply().map_or(self.thread.ticket.created, |reply| reply.created)
    }

    /// Returns the key of the ids in the text of the reply.
    pub(super) fn key(&self) -> String {
        self.answer.reply.map(reply_key).unwrap_or_default()
    }
}

impl Site {
    /// Returns the answer of ticket `n`; for a duplicate, the answer of its original. `read` is false if the caller does not
    /// need the text, which is then empty where it would have to be read.
    pub(super) fn sourced_answer(&self, n: TicketNo, read: bool) -> Option<SourcedAnswer<'_>> {
        let thread = self.model.thread(n);
        if let Some((thread, answer)) = self.model.original_answer(thread) {
            return Some(SourcedAnswer { thread, answer });
        }
        let body = |reply: Option<&Reply>| {
            let path = reply.map_or(thread.ticket.path.as_ref(), |reply| reply.path.as_ref());
            Some(if read { self.body(path) } else { String::new() })
        };
        let answer = answer_of(thread, self.store().answer_sections(thread), |_| true, body)?;
        Some(SourcedAnswer { thread, answer })
    }
}

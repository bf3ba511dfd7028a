//! A file and its parsed content, as rules see it.

use std::cell::OnceCell;

use super::fault::SectionFault;
use crate::{
    repo::{FileEntry, Source, Stamp},
    settings::Settings,
    store::Role,
    template::Template,
    text::{RepoPath, Span, markdown::code_and_html},
    ticket::{self, Article, Document, FrontMatter, Reply, Section, Thread},
};

/// A file that is checked.
pub struct File<'a> {
    /// The path, type and size.
    pub entry: &'a FileEntry,
    /// The role that follows from the path.
    pub role: &'a Role,
    /// The text and front matter; `None` for attachments, symbolic links and files that cannot be read.
    pub document: Option<&'a Document>,
    /// The text of a file that is not a document, such as an attached log; `None` if it is not text.
    pub plain_text: Option<&'a str>,
    /// A binary file with its other bytes replaced, in which only secrets are looked for.
    pub strings: Option<&'a str>,
    /// The parsed content.
    pub content: CheckedContent<'a>,
    sections: OnceCell<Vec<Section>>,
    code_and_html: OnceCell<Vec<Span>>,
    faults: OnceCell<Vec<SectionFault<'a>>>,
}

/// The parsed content of a file.
#[derive(Clone, Copy)]
pub enum CheckedContent<'a> {
    /// A ticket with its replies, and its template if it exists.
    Ticket(&'a Thread, Option<&'a Template>),
    /// A reply with its thread, and the ticket's template if it exists.
    Reply(&'a Thread, &'a Reply, Option<&'a Template>),
    /// An article.
    Article(&'a Article),
    /// A template.
    Template,
    /// `casebook.yml` with the settings in this file. The settings in effect may come from another revision.
    Settings(&'a Settings),
    /// Any other file, such as an attachment or a reply without a ticket.
    Other,
}

impl<'a> File<'a> {
    /// Creates a file from its parsed content.
    pub(super) fn new(
        entry: &'a FileEntry,
        role: &'a Role,
        document: Option<&'a Document>,
        plain_text: Option<&'a str>,
        strings: Option<&'a str>,
        content: CheckedContent<'a>,
    ) -> Self {
        Self {
            entry,
            role,
            document,
            plain_text,
            strings,
            content,
            sections: OnceCell::new(),
            code_and_html: OnceCell::new(),
            faults: OnceCell::new(),
        }
    }

    pub fn path(&self) -> &'a RepoPath {
        &self.entry.path
    }

    /// Returns the text of a document or of any other text file.
    pub fn text(&self) -> Option<&'a str> {
        self.document.map(|document| document.text.as_str()).or(self.plain_text)
    }

    pub fn front(&self) -> Option<&'a FrontMatter> {
        self.document.and_then(|document| document.front.as_ref())
    }

    /// Returns the byte range of the value of `key` in the front matter; without that key, of the first line.
    pub fn span_of(&self, key: &str) -> Span {
        match self.front().and_then(|front| front.entry(key)) {
            Some(entry) if entry.value.span.is_empty() => entry.key_span.clone(),
            Some(entry) => entry.value.span.clone(),
            None => 0..self.text().and_then(|text| text.lines().next()).map_or(0, str::len),
        }
    }

    /// Returns true if the front matter contains `key` with a value, even if the value could not be parsed.
    pub fn mentions(&self, key: &str) -> bool {
        let (Some(document), Some(front)) = (self.document, self.front()) else { return false };
        let block = document.text.get(front.span.clone()).unwrap_or_default();
        front.entry(key).is_some_and(|entry| !entry.value.is_null())
            || (front.entry(key).is_none()
                && block.lines().any(|line| line.strip_prefix(key).is_some_and(|rest| rest.starts_with(':'))))
    }

    /// Returns the sections of the body. Spans are byte ranges of the file.
    pub fn sections(&self) -> &[Section] {
        self.sections.get_or_init(|| {
            let Some(document) = self.document else { return Vec::new() };
            let shift = document.body.start;
            let mut sections = ticket::sections(document.body_text());
            for section in &mut sections {
                section.heading_span = section.heading_span.start + shift..section.heading_span.end + shift;
                section.span = section.span.start + shift..section.span.end + shift;
            }
            sections
        })
    }

    /// Returns the problems of the sections. The first call finds them with `find`, and later calls return the same
    /// ones.
    pub(super) fn faults(&self, find: impl FnOnce() -> Vec<SectionFault<'a>>) -> &[SectionFault<'a>] {
        self.faults.get_or_init(find)
    }

    /// Returns true if an edit of these bytes would change code or HTML in the body.
    pub(super) fn is_code_or_html(&self, edit: &Span) -> bool {
        let Some(document) = self.document.filter(|document| document.body.start < edit.end) else {
            return false;
        };
        let touches = |inert: &Span| {
            inert.start + document.body.start < edit.end && edit.start < inert.end + document.body.start
        };
        self.code_and_html.get_or_init(|| code_and_html(document.body_text())).iter().any(touches)
    }

    /// Returns the size in bytes.
    pub fn size(&self, source: &dyn Source) -> Option<u64> {
        size_of(self.entry, source)
    }

    /// Returns the thread of a ticket or reply.
    pub fn thread(&self) -> Option<&'a Thread> {
        match self.content {
            CheckedContent::Ticket(thread, _) | CheckedContent::Reply(thread, ..) => Some(thread),
            _ => None,
        }
    }

    /// Returns the template of a ticket, or of the ticket of a reply.
    pub fn template(&self) -> Option<&'a Template> {
        match self.content {
            CheckedContent::Ticket(_, template) | CheckedContent::Reply(_, _, template) => template,
            _ => None,
        }
    }

    /// Returns true if the file belongs to a ticket that was imported from another tracker.
    pub fn is_imported(&self) -> bool {
        self.thread().is_some_and(|thread| thread.ticket.template == "imported")
    }
}

/// Returns the size of a file in bytes. Lists of git objects do not contain sizes, so git is asked for them.
pub(super) fn size_of(entry: &FileEntry, source: &dyn Source) -> Option<u64> {
    match entry.stamp {
        Stamp::Blob(_) => source.size(&entry.path).ok(),
        _ => Some(entry.size),
    }
}

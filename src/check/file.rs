//! A file that is checked, as rules see it.

use std::cell::OnceCell;

use super::fault::SectionFault;
use crate::{
    repo::{FileEntry, Source, Stamp},
    settings::Settings,
    store::Role,
    template::Template,
    text::{RepoPath, Span, markdown::code_and_html},
    ticket::{self, Article, Document, Front, Reply, Section, Thread},
};

/// One file that is checked.
pub struct File<'a> {
    /// Its place, kind and size.
    pub entry: &'a FileEntry,
    /// What it is by its place.
    pub role: &'a Role,
    /// Its text and front matter; `None` of attachments, symbolic links and what cannot be read.
    pub document: Option<&'a Document>,
    /// The text of a file that is no document, such as a log beside a ticket; `None` where it is not text.
    pub loose: Option<&'a str>,
    /// What it is by its text.
    pub noun: CheckedNoun<'a>,
    sections: OnceCell<Vec<Section>>,
    code_and_html: OnceCell<Vec<Span>>,
    faults: OnceCell<Vec<SectionFault<'a>>>,
}

/// What a checked file turned out to be.
#[derive(Clone, Copy)]
pub enum CheckedNoun<'a> {
    /// A ticket with its replies and its template (if that exists).
    Ticket(&'a Thread, Option<&'a Template>),
    /// A reply, with its thread and the template of that.
    Reply(&'a Thread, &'a Reply, Option<&'a Template>),
    /// An article.
    Article(&'a Article),
    /// A template.
    Template,
    /// `casebook.yml`. These are the settings that it says, which need not be those that count.
    Settings(&'a Settings),
    /// Anything else: attachments, orphans, strays.
    Other,
}

impl<'a> File<'a> {
    /// A file and what was made of it.
    pub(super) fn new(
        entry: &'a FileEntry,
        role: &'a Role,
        document: Option<&'a Document>,
        loose: Option<&'a str>,
        noun: CheckedNoun<'a>,
    ) -> Self {
        Self {
            entry,
            role,
            document,
            loose,
            noun,
            sections: OnceCell::new(),
            code_and_html: OnceCell::new(),
            faults: OnceCell::new(),
        }
    }

    /// Its path.
    pub fn path(&self) -> &'a RepoPath {
        &self.entry.path
    }

    /// Its text, whatever it is.
    pub fn text(&self) -> Option<&'a str> {
        self.document.map(|document| document.text.as_str()).or(self.loose)
    }

    /// Its front matter.
    pub fn front(&self) -> Option<&'a Front> {
        self.document.and_then(|document| document.front.as_ref())
    }

    /// The bytes of the value of `key` in its front matter; of the first line where there is none.
    pub fn span_of(&self, key: &str) -> Span {
        match self.front().and_then(|front| front.entry(key)) {
            Some(entry) if entry.value.span.is_empty() => entry.key_span.clone(),
            Some(entry) => entry.value.span.clone(),
            None => 0..self.text().and_then(|text| text.lines().next()).map_or(0, str::len),
        }
    }

    /// Whether `key` stands in the front matter, even where its value could not be read.
    pub fn mentions(&self, key: &str) -> bool {
        let (Some(document), Some(front)) = (self.document, self.front()) else { return false };
        let block = document.text.get(front.span.clone()).unwrap_or_default();
        front.entry(key).is_some_and(|entry| !entry.value.is_null())
            || (front.entry(key).is_none()
                && block.lines().any(|line| line.strip_prefix(key).is_some_and(|rest| rest.starts_with(':'))))
    }

    /// The sections of its body. Spans are of the file.
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

    /// The problems of its sections; `judge` finds them the first time.
    pub(super) fn faults(&self, judge: impl FnOnce() -> Vec<SectionFault<'a>>) -> &[SectionFault<'a>] {
        self.faults.get_or_init(judge)
    }

    /// Whether an edit of these bytes would change code or HTML of its body.
    pub(super) fn is_code_or_html(&self, edit: &Span) -> bool {
        let Some(document) = self.document.filter(|document| document.body.start < edit.end) else {
            return false;
        };
        let touches = |inert: &Span| {
            inert.start + document.body.start < edit.end && edit.start < inert.end + document.body.start
        };
        self.code_and_html.get_or_init(|| code_and_html(document.body_text())).iter().any(touches)
    }

    /// Its size in bytes.
    pub fn size(&self, source: &dyn Source) -> Option<u64> {
        size_of(self.entry, source)
    }

    /// The thread that it belongs to.
    pub fn thread(&self) -> Option<&'a Thread> {
        match self.noun {
            CheckedNoun::Ticket(thread, _) | CheckedNoun::Reply(thread, ..) => Some(thread),
            _ => None,
        }
    }

    /// The template of the ticket that it is or belongs to.
    pub fn template(&self) -> Option<&'a Template> {
        match self.noun {
            CheckedNoun::Ticket(_, template) | CheckedNoun::Reply(_, _, template) => template,
            _ => None,
        }
    }

    /// Returns true if the file belongs to an imported ticket, which was not written for this repository.
    pub fn is_imported(&self) -> bool {
        self.thread().is_some_and(|thread| thread.ticket.template == "imported")
    }
}

/// The size of a file in bytes; sources of git's objects do not list it.
pub(super) fn size_of(entry: &FileEntry, source: &dyn Source) -> Option<u64> {
    match entry.stamp {
        Stamp::Blob(_) => source.size(&entry.path).ok(),
        _ => Some(entry.size),
    }
}

//! What a rule is, and what it is given.

use crate::{
    diagnostic::{Finding, Level},
    repo::Entry,
    store::{Role, Store},
    template::Template,
    text::{RepoPath, Time},
    ticket::{Article, Document, Reply, Thread},
};

/// A rule: something that can be wrong, named for the problem, so that "allow unknown-person" reads well.
pub struct Rule {
    /// Its stable kebab-case name.
    pub code: &'static str,
    /// Its level, unless settings say otherwise.
    pub level: Level,
    /// What it wants, in one sentence.
    pub wants: &'static str,
    /// Why.
    pub why: &'static str,
    /// A case that fails and one that passes.
    pub cases: &'static [Case],
    /// Whether it is about references and content, and so never more than a warning on an imported ticket.
    pub of_content: bool,
    /// Looks at one file. Rules that are found while reading (their code stands in findings of [`Document`] or of the
    /// nouns) look at nothing themselves.
    pub look: Option<fn(&File<'_>, &World<'_>, &mut Vec<Finding>)>,
}

/// An example: files of a small repository, and whether the rule has something to say about them.
pub struct Case {
    /// Path and text of each file.
    pub files: &'static [(&'static str, &'static str)],
    /// Whether the rule finds something.
    pub fails: bool,
}

/// One file that is checked.
pub struct File<'a> {
    /// Its place, kind and size.
    pub entry: &'a Entry,
    /// What it is by its place.
    pub role: &'a Role,
    /// Its text; `None` of attachments, symbolic links and what cannot be read.
    pub document: Option<&'a Document>,
    /// What it is by its text.
    pub noun: Noun<'a>,
}

/// What a checked file turned out to be.
#[derive(Clone, Copy)]
pub enum Noun<'a> {
    /// A ticket with its replies and its template (if that exists).
    Ticket(&'a Thread, Option<&'a Template>),
    /// A reply, with its thread and the template of that.
    Reply(&'a Thread, &'a Reply, Option<&'a Template>),
    /// An article.
    Article(&'a Article),
    /// A template.
    Template(&'a Template),
    /// Anything else: attachments, settings, orphans, strays.
    Other,
}

/// Who made the commit that brought a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    /// The commit's author.
    pub name: String,
    /// The author's address.
    pub email: String,
    /// When.
    pub time: Time,
}

/// What a rule may know beside its file.
pub struct World<'a> {
    /// The repository, as it would be after the change.
    pub store: &'a Store,
    /// The clock.
    pub now: Time,
    /// The author of the commit that added a file; `None` where it is not committed, or where nobody asked git.
    pub author_of: &'a (dyn Fn(&RepoPath) -> Option<Author> + Sync),
}

impl File<'_> {
    /// Its path.
    pub fn path(&self) -> &RepoPath {
        &self.entry.path
    }

    /// The bytes of the value of `key` in its front matter; of the first line where there is none.
    pub fn span_of(&self, key: &str) -> crate::text::Span {
        let Some(document) = self.document else { return 0..0 };
        match document.front.as_ref().and_then(|front| front.entry(key)) {
            Some(entry) if entry.value.span.is_empty() => entry.key_span.clone(),
            Some(entry) => entry.value.span.clone(),
            None => 0..document.text.lines().next().map_or(0, str::len),
        }
    }

    /// The thread that it belongs to.
    pub fn thread(&self) -> Option<&Thread> {
        match self.noun {
            Noun::Ticket(thread, _) | Noun::Reply(thread, ..) => Some(thread),
            _ => None,
        }
    }

    /// Whether it belongs to an imported ticket, which nobody wrote for this repository.
    pub fn is_imported(&self) -> bool {
        self.thread().is_some_and(|thread| thread.ticket.template == "imported")
    }
}

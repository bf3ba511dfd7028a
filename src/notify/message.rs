//! A message in parts, which each channel writes in its own way.

use crate::settings::Settings;
use crate::text::one_line;

/// A message for people. Its texts may come from tickets, so that they are untrusted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Message {
    /// The subject of a mail, the first line of a chat message.
    pub subject: String,
    pub parts: Vec<Part>,
}

/// A part of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// A heading of the items after it.
    Heading(String),
    /// A sentence.
    Sentence(String),
    /// A ticket or article in a list: its title, facts about it, and its page.
    Item { title: String, facts: String, link: Link },
    /// The text of a ticket or reply, of several lines.
    Quote(String),
}

/// The page of a ticket or article: its address, or the command that shows it if the site has no address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Link {
    Page(String),
    Command(String),
}

impl Link {
    /// Returns the link to the ticket `id`.
    pub(crate) fn ticket(id: &str, settings: &Settings) -> Self {
        Self::of("tickets", id, settings)
    }

    /// Returns the link to the article `slug`.
    pub(crate) fn article(slug: &str, settings: &Settings) -> Self {
        Self::of("knowledge", slug, settings)
    }

    /// An id of a file that somebody named by hand can have any characters. An address is made only from a valid id, so
    /// that it needs no escapes.
    fn of(folder: &str, id: &str, settings: &Settings) -> Self {
        match settings.url.is_empty() || !crate::text::is_id(id) {
            true => Self::Command(format!("casebook show {}", crate::text::shell_word(&one_line(id)))),
            false => Self::Page(format!("{}{folder}/{id}/", settings.url)),
        }
    }
}

/// The maximum length of a quotation, in characters.
const MAX_QUOTE: usize = 2_000;

impl Part {
    /// Returns a quotation of `text`, cut to a length that people read in a message.
    pub(crate) fn quote(text: &str) -> Self {
        let text = text.trim();
        let mut cut: String = text.chars().take(MAX_QUOTE).collect();
        if cut.len() < text.len() {
            cut.push('…');
        }
        Self::Quote(cut)
    }
}

//! Finds a ticket by the name that a person types.

use std::collections::HashMap;

use thiserror::Error;

use super::Store;
use crate::{diagnostic::Hinted, text::RepoPath, ticket::Thread};

/// The reason why a name does not identify one ticket.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FindError {
    /// No ticket has the name.
    #[error("unknown ticket `{name}`")]
    Nothing {
        /// The name as it was typed.
        name: String,
        /// The most similar id.
        near: Option<String>,
    },
    /// The name is that of an article.
    #[error("`{slug}` is an article, not a ticket")]
    Article {
        slug: String,
        /// The article's file.
        path: RepoPath,
    },
    /// More than one ticket has the name.
    #[error("`{name}` is ambiguous: it could be {}", ids.join(", "))]
    Several {
        name: String,
        /// Some of the ids that match.
        ids: Vec<String>,
    },
    /// The name matches one ticket, but it is too vague for a command that changes the ticket.
    #[error("`{name}` is only a part of the id `{id}`, but a command that changes a ticket needs more of it")]
    Vague {
        name: String,
        /// The id that matches.
        id: String,
    },
}

impl Hinted for FindError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Nothing { near, .. } => near.as_ref().map(|near| format!("did you mean `{near}`?")),
            Self::Article { slug, path } => {
                Some(format!("`casebook show {slug}` shows it; to change it, edit `{path}`"))
            }
            Self::Several { .. } => Some("write more of the id".to_owned()),
            Self::Vague { id, .. } => Some(format!("write the whole id `{id}` or its last part")),
        }
    }
}

impl Store {
    /// Finds the ticket for a command that only reads: by its id, a former id, or any part of an id that is unique.
    ///
    /// The name may also be a `#id`, the path of the ticket's file, or the address of its page.
    pub fn find(&self, name: &str) -> Result<&Thread, FindError> {
        let name = self.bare_name(name);
        if let Some(thread) = self.thread(name) {
            return Ok(thread);
        }
        let folded = name.to_lowercase();
        let tests: [fn(&str, &str) -> bool; 3] = [
            |id, name| ending(id) == Some(name),
            |id, name| id.starts_with(name),
            |id, name| id.contains(name),
        ];
        for matches in tests {
            if folded.is_empty() {
                break;
            }
            let ids = self.threads.ids().enumerate();
            let mut ids: Vec<(usize, &str)> = ids.filter(|(_, id)| matches(id, &folded)).collect();
            ids.dedup_by(|a, b| a.1 == b.1);
            match ids[..] {
                [] => {}
                [(place, _)] => return Ok(&self.threads[place]),
                _ => {
                    let ids = ids.iter().take(5).map(|(_, id)| (*id).to_owned()).collect();
                    return Err(FindError::Several { name: name.to_owned(), ids });
                }
            }
        }
        if let Some((slug, path)) = self.article_called(name) {
            return Err(FindError::Article { slug, path });
        }
        use crate::template::NameLookup as _;
        Err(FindError::Nothing { name: name.to_owned(), near: self.nearest_ticket(&folded) })
    }

    /// Finds the ticket for a command that changes it: by its whole id, a former id, or the random end of the id.
    pub fn find_for_writing(&self, name: &str) -> Result<&Thread, FindError> {
        let thread = self.find(name)?;
        let name = self.bare_name(name).to_lowercase();
        let clear =
            thread.id() == name || ending(thread.id()) == Some(&name) || thread.state.aliases.contains(&name);
        if clear { Ok(thread) } else { Err(FindError::Vague { name, id: thread.id().to_owned() }) }
    }

    /// Returns the article whose slug, file or page is called `name`, as its slug and file.
    fn article_called(&self, name: &str) -> Option<(String, RepoPath)> {
        let path = name.split(['?', '#']).next().unwrap_or(name);
        let mut parts = path.split(['/', '\\']).filter(|part| !part.is_empty()).rev();
        let last = parts.next()?;
        let article = self.article(last.strip_suffix(".md").unwrap_or(last))?;
        let is_whole = !path.contains(['/', '\\']) || parts.any(|folder| folder == "knowledge");
        article.path.clone().filter(|_| is_whole).map(|path| (article.slug.clone(), path))
    }

    /// Returns the id in a typed name that has more than the id: `#k7f3qa`, `tickets/2026/11/ID.md`,
    /// `https://HOST/tickets/ID/`, or the path of a reply or an attachment. A part of an id is not enough in a path.
    fn bare_name<'n>(&self, typed: &'n str) -> &'n str {
        let typed = typed.trim();
        let name = typed.strip_prefix('#').unwrap_or(typed);
        if !name.contains(['/', '\\']) {
            return name.strip_suffix(".md").filter(|stem| self.thread(stem).is_some()).unwrap_or(name);
        }
        let path = name.split(['?', '#']).next().unwrap_or(name);
        let parts = path.split(['/', '\\']).filter(|part| !part.is_empty()).rev().take(2);
        let stems = parts.map(|part| part.strip_suffix(".md").unwrap_or(part));
        // A folder of digits is a year or a month.
        let mut ids = stems.filter(|stem| !stem.bytes().all(|b| b.is_ascii_digit()));
        ids.find(|id| self.thread(id).is_some()).unwrap_or(name)
    }
}

impl Store {
    /// Returns the shortest form of each thread's id that every command accepts: the random end of the id if no other
    /// ticket has it, else the whole id.
    pub(crate) fn short_ids<'a>(&self, threads: &[&'a Thread]) -> Vec<&'a str> {
        let mut uses: HashMap<&str, usize> =
            threads.iter().filter_map(|thread| Some((short_ending(thread.id())?, 0))).collect();
        for end in self.threads.ids().filter_map(short_ending) {
            if let Some(count) = uses.get_mut(end) {
                *count += 1;
            }
        }
        // A ticket that has the end as its whole id or as a former id is found first.
        let is_clear = |end: &&str| uses.get(end) == Some(&1) && self.thread(end).is_none();
        threads
            .iter()
            .map(|thread| short_ending(thread.id()).filter(is_clear).unwrap_or_else(|| thread.id()))
            .collect()
    }
}

/// Returns the random end of an id: the last part, if it has six or more letters.
fn ending(id: &str) -> Option<&str> {
    id.rsplit_once('-').map(|(_, end)| end).filter(|end| end.len() >= 6)
}

/// Returns the random end of an id that is worth showing alone: in an id that somebody chose, a long word or a number says
/// less than the whole id.
fn short_ending(id: &str) -> Option<&str> {
    ending(id).filter(|end| end.len() <= 8 && !end.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        repo::{CacheSlot, MemorySource},
        store::load,
    };

    #[test]
    fn the_short_form_of_an_id_finds_its_ticket_again() {
        let mut source = MemorySource::new();
        let ids = [
            "invoice-export-k7f3qa",
            "commands",
            "list-of-commands",
            "help-commands",
            "other-k7f3qb",
            "another-k7f3qb",
            "m2m3m4",
            "old-m2m3m4",
            "fluid-115",
            "unlock-the-door",
        ];
        for id in ids {
            source.insert(format!("tickets/{id}.md").as_str().into(), "---\ntitle: x\n---\n");
        }
        let store = load(Arc::new(source), &CacheSlot::nowhere()).unwrap();
        let threads: Vec<&Thread> = store.threads.iter().map(|thread| &**thread).collect();
        for (short, thread) in store.short_ids(&threads).iter().zip(&threads) {
            let found = store.find(short).map(Thread::id);
            assert_eq!(found, Ok(thread.id()), "{short}");
            assert_eq!(store.find_for_writing(short).map(Thread::id), Ok(thread.id()), "{short}");
        }
        assert!(store.short_ids(&threads).contains(&"k7f3qa"));
    }

    #[test]
    fn a_unique_part_of_an_id_is_enough_to_read_but_not_to_change_a_ticket() {
        let mut source = MemorySource::new();
        for id in ["invoice-export-times-out-k7f3qa", "invoice-import-fails-m2m3m4"] {
            source.insert(format!("tickets/{id}.md").as_str().into(), "---\ntitle: x\n---\n");
        }
        let store = load(Arc::new(source), &CacheSlot::nowhere()).unwrap();
        let id = |found: Result<&Thread, FindError>| found.map(|thread| thread.id().to_owned());
        let export = Ok("invoice-export-times-out-k7f3qa".to_owned());
        for name in ["k7f3qa", "invoice-exp", "times-out", "invoice-export-times-out-k7f3qa"] {
            assert_eq!(id(store.find(name)), export, "{name}");
        }
        assert!(matches!(store.find("invoice"), Err(FindError::Several { ids, .. }) if ids.len() == 2));
        assert!(matches!(store.find(""), Err(FindError::Nothing { .. })));
        assert_eq!(id(store.find_for_writing("k7f3qa")), export);
        assert!(matches!(store.find_for_writing("times-out"), Err(FindError::Vague { .. })));
    }

    #[test]
    fn a_ticket_is_found_by_what_was_copied_from_a_terminal_or_a_browser() {
        let mut source = MemorySource::new();
        for path in ["2026/11/export-hangs-k7f3qa", "2026/11/m2m3m4", "11"] {
            source.insert(format!("tickets/{path}.md").as_str().into(), "---\ntitle: x\n---\n");
        }
        let store = load(Arc::new(source), &CacheSlot::nowhere()).unwrap();
        for name in [
            "#k7f3qa",
            "#export-hangs-k7f3qa",
            "export-hangs-k7f3qa.md",
            "tickets/2026/11/export-hangs-k7f3qa.md",
            "./2026/11/export-hangs-k7f3qa.md",
            "tickets/2026/11/export-hangs-k7f3qa/",
            "tickets/2026/11/export-hangs-k7f3qa/20261122T101500Z-mei-x4q9tz.md",
            "tickets/2026/11/export-hangs-k7f3qa/trace.log",
            "https://oncall.example/tickets/export-hangs-k7f3qa/#reply-1",
            "http://127.0.0.1:4177/tickets/export-hangs-k7f3qa/?from=feed",
        ] {
            assert_eq!(store.find(name).map(Thread::id), Ok("export-hangs-k7f3qa"), "{name}");
            assert_eq!(store.find_for_writing(name).map(Thread::id), Ok("export-hangs-k7f3qa"), "{name}");
        }
        for name in
            ["tickets/2026/11/k7f3qa.md", "tickets/2026/11/other.md", "https://oncall.example/", "/", "#"]
        {
            assert!(matches!(store.find(name), Err(FindError::Nothing { .. })), "{name}");
        }
    }
}

//! Finds the answer of a duplicate in its original.

use std::collections::HashSet;

use super::Store;
use crate::ticket::{Answer, Reply, Resolution, Thread, answer_of};

/// The maximum number of duplicates that are followed to the original.
const LONGEST_CHAIN: usize = 32;

impl Store {
    /// Returns the ticket that `thread` is a duplicate of. If that ticket is a duplicate too, follows the chain to its
    /// end. Returns `None` if `thread` is no duplicate, if the store does not have the original (as in a public view
    /// without it), and if the chain is a loop.
    pub(crate) fn original<'s>(&'s self, thread: &'s Thread) -> Option<&'s Thread> {
        let mut known = HashSet::from([thread.id()]);
        let mut current = thread;
        while let Some(next) = self.duplicated(current) {
            if !known.insert(next.id()) || known.len() > LONGEST_CHAIN {
                return None;
            }
            current = next;
        }
        (known.len() > 1).then_some(current)
    }

    fn duplicated(&self, thread: &Thread) -> Option<&Thread> {
        let of = thread.state.duplicate_of.as_deref()?;
        if thread.state.resolution == Some(Resolution::Duplicate) { self.thread(of) } else { None }
    }

    /// Returns the original of a duplicate with its answer; `None` if there is no original or if it has no answer.
    pub(crate) fn original_answer<'s>(&'s self, thread: &'s Thread) -> Option<(&'s Thread, Answer)> {
        let original = self.original(thread)?;
        let body = |reply: Option<&Reply>| {
            Some(self.body(reply.map_or(original.ticket.path.as_ref(), |reply| reply.path.as_ref())))
        };
        let answer = answer_of(original, self.answer_sections(original), |_| true, body)?;
        (!answer.text.trim().is_empty()).then_some((original, answer))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        repo::{CacheSlot, MemorySource},
        store::load,
        text::RepoPath,
    };

    #[test]
    fn a_chain_of_duplicates_is_followed_to_its_end_and_a_loop_has_no_original() {
        let mut source = MemorySource::new().with("casebook.yml", "version: 1\n");
        let mut add = |id: &str, of: &str| {
            let more = match of {
                "" => "resolution: fixed\n---\n## Fix\nRestart the exporter.".to_owned(),
                of => format!(
                    "resolution: duplicate\nduplicate_of: {of}\n---\nSomebody else was faster, see there."
                ),
            };
            source.insert(
                RepoPath::new(format!("tickets/{id}.md")),
                "---\ntitle: A\ncreated: 2026-01-01T00:00:00Z\naliases: [old-ORIGINAL]\n---\n"
                    .replace("ORIGINAL", id),
            );
            source.insert(
                RepoPath::new(format!("tickets/{id}/r.md")),
                format!("---\nauthor: mei\ncreated: 2026-01-02T00:00:00Z\nstatus: resolved\n{more}\n"),
            );
        };
        for (id, of) in [
            ("a", "b"),
            ("b", "old-c"),
            ("c", ""),
            ("x", "y"),
            ("y", "x"),
            ("self", "self"),
            ("lost", "none"),
        ] {
            add(id, of);
        }
        for at in 0..40 {
            add(&format!("n{at}"), &format!("n{}", at + 1));
        }
        let store = load(Arc::new(source), &CacheSlot::nowhere()).unwrap();
        let original = |id: &str| store.original(store.thread(id).unwrap()).map(Thread::id);
        assert_eq!((original("a"), original("b"), original("c")), (Some("c"), Some("c"), None));
        assert_eq!((original("x"), original("self"), original("lost")), (None, None, None));
        assert_eq!(
            (original("n0"), original("n30")),
            (None, Some("n39")),
            "n40 is missing, and a chain has a limit"
        );
        let answer = store.original_answer(store.thread("a").unwrap()).unwrap();
        assert_eq!((answer.0.id(), answer.1.text.as_str()), ("c", "## Fix\n\nRestart the exporter."));
    }
}

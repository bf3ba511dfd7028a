//! The store as it was before a moment, as far as what is written now tells.

use std::sync::Arc;

use super::{
    Store,
    load::{index_ids, index_slugs},
};
use crate::{text::Time, ticket::fold};

impl Store {
    /// Only what was there strictly before `moment`: tickets that were opened, replies that were written and articles that
    /// were confirmed then, the states folded from those. What bears no time is not known to have been there. Later corrections of a text stay.
    #[must_use]
    pub fn before(mut self, moment: Time) -> Self {
        let was = |created: Option<Time>| created.is_some_and(|created| created < moment);
        let threads = self.threads.into_iter().filter(|thread| was(thread.ticket.created));
        self.threads = threads
            .map(|thread| {
                if thread.replies.iter().all(|reply| was(reply.created)) {
                    return thread;
                }
                let replies = thread.replies.iter().filter(|reply| was(reply.created)).cloned().collect();
                Arc::new(fold(thread.ticket.clone(), replies, self.settings.visibility))
            })
            .collect();
        self.articles.retain(|article| was(article.confirmed));
        self.articles_by_slug = index_slugs(&self.articles);
        self.by_id = index_ids(&self.threads);
        let by_id = &self.by_id;
        self.attachments.retain(|attachment| by_id.contains_key(&attachment.ticket));
        self
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        repo::MemorySource,
        store::{NoCache, load},
        ticket::Status,
    };

    #[test]
    fn a_ticket_is_what_it_was_then() {
        let source = MemorySource::new()
            .with("tickets/a.md", "---\ntitle: A\ncreated: 2026-01-01T00:00:00Z\n---\n")
            .with(
                "tickets/a/1.md",
                "---\nauthor: mei\ncreated: 2026-01-02T00:00:00Z\nstatus: resolved\nresolution: fixed\n---\n",
            )
            .with("tickets/a/2.md", "---\nauthor: mei\ncreated: 2026-01-03T00:00:00Z\nstatus: open\n---\n")
            .with("tickets/b.md", "---\ntitle: B\ncreated: 2026-01-03T00:00:00Z\n---\n")
            .with("tickets/c.md", "---\ntitle: C\n---\n");
        let before = |moment: &str| {
            let store = load(Arc::new(source.clone()), &NoCache).unwrap();
            store.before(Time::parse(moment).unwrap())
        };
        let then = before("2026-01-03T00:00:00Z");
        assert_eq!(then.threads.len(), 1, "strictly before, and known to be");
        assert_eq!((then.threads[0].state.status, then.threads[0].replies.len()), (Status::Resolved, 1));
        assert!(then.thread("a").is_some() && then.thread("b").is_none());
        assert_eq!(before("2026-01-02T00:00:00Z").threads[0].state.resolved, None);
        assert_eq!(before("2026-01-04T00:00:00Z").threads.len(), 2);
    }
}

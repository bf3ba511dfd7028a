//! Reconstructs the store before a moment from the current files.

use std::sync::Arc;

use rayon::prelude::*;

use super::{Attachment, Store, Threads, load::index_slugs};
use crate::{text::Time, ticket::Article};

impl Store {
    /// Returns the store as it was before `moment`: the tickets that existed then (see
    /// [`Thread::before`](crate::ticket::Thread::before)) and the articles that were last reviewed before it.
    #[must_use]
    pub fn before(&self, moment: Time) -> Self {
        let default = self.settings.visibility;
        let threads: Vec<_> = self
            .threads
            .all()
            .into_par_iter()
            .filter_map(|thread| thread.before(moment, default).map(Arc::new))
            .collect();
        let threads = Threads::from(threads);
        let was = |article: &&Article| article.confirmed.is_some_and(|confirmed| confirmed < moment);
        let articles: Vec<Article> = self.articles.iter().filter(was).cloned().collect();
        let has_ticket = |attachment: &&Attachment| threads.place(&attachment.ticket).is_some();
        let attachments = self.attachments.iter().filter(has_ticket);
        Self {
            attachments: attachments.cloned().collect(),
            articles_by_slug: index_slugs(&articles),
            settings: self.settings.clone(),
            templates: self.templates.clone(),
            canned: self.canned.clone(),
            baseline: Arc::clone(&self.baseline),
            threads,
            articles,
            orphans: self.orphans.clone(),
            layout: Arc::clone(&self.layout),
            broken: self.broken.clone(),
            rule_problems: self.rule_problems,
            rules_are_foreign: self.rules_are_foreign,
            fingerprint: Default::default(),
            in_review: None,
            fresh: Default::default(),
            source: Arc::clone(&self.source),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        repo::{CacheSlot, MemorySource},
        store::load,
        ticket::Status,
    };

    #[test]
    fn a_ticket_has_the_state_that_it_had_before_the_moment() {
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
            let store = load(Arc::new(source.clone()), &CacheSlot::nowhere()).unwrap();
            store.before(Time::parse(moment).unwrap())
        };
        let then = before("2026-01-03T00:00:00Z");
        assert_eq!(then.threads.len(), 1, "only tickets with a time before the moment");
        assert_eq!((then.threads[0].state.status, then.threads[0].replies.len()), (Status::Resolved, 1));
        assert!(then.thread("a").is_some() && then.thread("b").is_none());
        assert_eq!(before("2026-01-02T00:00:00Z").threads[0].state.resolved, None);
        assert_eq!(before("2026-01-04T00:00:00Z").threads.len(), 2);
    }
}

//! Builds a store from parts of another store.

use std::sync::Arc;

use super::{Attachment, Layout, Store, load::index_slugs};
use crate::{
    repo::Source,
    settings::Settings,
    template::{Canned, Template},
    ticket::{Article, Thread},
};

/// The parts from which a store is created.
pub struct StoreParts {
    pub settings: Settings,
    pub templates: Vec<Template>,
    pub canned: Vec<Canned>,
    /// Tickets with their replies, in any order.
    pub threads: Vec<Arc<Thread>>,
    pub articles: Vec<Article>,
    /// Attachments by ticket and path.
    pub attachments: Vec<Attachment>,
    pub layout: Arc<Layout>,
    /// The source from which texts are read.
    pub source: Arc<dyn Source>,
}

impl Store {
    /// Creates a store from `parts`. Its number of problems is zero, because problems are reported for the whole
    /// store only.
    #[must_use]
    pub fn with_parts(&self, parts: StoreParts) -> Self {
        let StoreParts { settings, templates, canned, threads, articles, attachments, layout, source } =
            parts;
        Self {
            articles_by_slug: index_slugs(&articles),
            baseline: Arc::clone(&self.baseline),
            orphans: Vec::new(),
            broken: Default::default(),
            rule_problems: 0,
            rules_are_foreign: self.rules_are_foreign,
            fingerprint: Default::default(),
            fresh: Default::default(),
            in_review: None,
            threads: threads.into(),
            settings,
            templates,
            canned,
            articles,
            attachments,
            layout,
            source,
        }
    }
}

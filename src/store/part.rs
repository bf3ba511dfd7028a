//! A store that is put together from parts of another one.

use std::sync::Arc;

use super::{Attachment, Layout, Store, load::index_slugs};
use crate::{
    repo::Source,
    settings::Settings,
    template::{Canned, Template},
    ticket::{Article, Thread},
};

/// Everything that a store has.
pub struct StoreParts {
    /// Settings.
    pub settings: Settings,
    /// Templates by name.
    pub templates: Vec<Template>,
    /// Canned responses by name.
    pub canned: Vec<Canned>,
    /// Tickets with their replies, in any order.
    pub threads: Vec<Arc<Thread>>,
    /// Articles by slug.
    pub articles: Vec<Article>,
    /// Attachments by ticket and path.
    pub attachments: Vec<Attachment>,
    /// Which file is what.
    pub layout: Arc<Layout>,
    /// Where texts are read from.
    pub source: Arc<dyn Source>,
}

impl Store {
    /// A store of `parts` in place of this one's. It knows of no problem: those are the concern of whoever has the whole.
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

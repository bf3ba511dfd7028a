//! A part of a store: what some readers may see, as if there were nothing else.

use std::{borrow::Cow, collections::HashSet, sync::Arc};

use super::{Layout, Role, Store, load};
use crate::{
    repo::{Entry, Listing, RepoError, Source, Stamp},
    text::RepoPath,
    ticket::{Article, Reply, Set, Thread, Ticket, Value, fold},
};

/// What a part has, and what may be said in it.
pub trait Sight: Send + Sync {
    /// Whether a ticket is there.
    fn ticket(&self, thread: &Thread) -> bool;
    /// Whether a reply of such a ticket is.
    fn reply(&self, thread: &Thread, reply: &Reply) -> bool;
    /// Whether an article is there.
    fn article(&self, article: &Article) -> bool;
    /// Whether a service is in the catalogue.
    fn service(&self, id: &str) -> bool;
    /// Whether an attachment is there.
    fn attachment(&self, path: &RepoPath) -> bool;
    /// Whether a ticket or article must not even be named.
    fn is_secret(&self, name: &str) -> bool;
    /// Whether any text may be another one than in the whole.
    fn changes_text(&self) -> bool {
        true
    }
    /// A text without the names that are secret.
    fn text<'a>(&self, text: &'a str) -> Cow<'a, str>;
}

impl Store {
    /// What `sight` sees, folded anew: states, times and counts are of what is there. Its texts, too, are as `sight` says,
    /// and it has no files but its own.
    pub fn part(&self, sight: &Arc<dyn Sight>) -> Self {
        let mut settings = self.settings.clone();
        settings.services.retain(|service| sight.service(&service.id));
        let threads: Vec<Arc<Thread>> = self
            .threads
            .iter()
            .filter(|thread| sight.ticket(thread))
            .map(|thread| {
                let replies = thread.replies.iter().filter(|reply| sight.reply(thread, reply));
                let replies = replies.map(|reply| reply_in(&**sight, reply.clone())).collect();
                Arc::new(fold(ticket_in(&**sight, thread.ticket.clone()), replies, settings.visibility))
            })
            .collect();
        let articles: Vec<Article> = self
            .articles
            .iter()
            .filter(|article| sight.article(article))
            .map(|article| article_in(&**sight, article.clone()))
            .collect();
        let attachments =
            self.attachments.iter().filter(|attachment| sight.attachment(&attachment.path)).cloned();
        let attachments: Vec<_> = attachments.collect();

        let tickets = threads.iter().filter_map(|thread| thread.ticket.path.as_ref());
        let replies =
            threads.iter().flat_map(|thread| &thread.replies).filter_map(|reply| reply.path.as_ref());
        let texts: HashSet<&RepoPath> = tickets
            .chain(replies)
            .chain(articles.iter().filter_map(|article| article.path.as_ref()))
            .collect();
        let files: HashSet<&RepoPath> = attachments.iter().map(|attachment| &attachment.path).collect();
        let seen = |path: &RepoPath| texts.contains(path) || files.contains(path);
        let seen = self.layout.files().filter(|(entry, _)| seen(&entry.path));
        let mut seen: Vec<(Entry, Role)> = seen.map(|(entry, role)| (entry.clone(), role.clone())).collect();
        // The text of a file changes when a name in it becomes secret, so stamps of files will not do.
        for (entry, _) in &mut seen {
            if sight.changes_text() && texts.contains(&entry.path) {
                entry.stamp = self.stamp_in(&**sight, &entry.path);
            }
        }
        let layout = Layout::of_files(seen, Vec::new());
        Self {
            articles_by_slug: load::index_slugs(&articles),
            fingerprint: Default::default(),
            source: Arc::new(SourceIn { all: Arc::clone(&self.source), sight: Arc::clone(sight) }),
            templates: self.templates.clone(),
            canned: self.canned.clone(),
            baseline: Arc::clone(&self.baseline),
            orphans: Vec::new(),
            broken: Default::default(),
            rule_problems: 0,
            rules_are_foreign: self.rules_are_foreign,
            fresh: Default::default(),
            settings,
            threads: threads.into(),
            articles,
            attachments,
            layout: Arc::new(layout),
        }
    }

    fn stamp_in(&self, sight: &dyn Sight, path: &RepoPath) -> Stamp {
        let Ok(bytes) = self.source.read(path) else { return Stamp::None };
        let mut stamp = [0; 20];
        let hash = blake3::hash(sight.text(&String::from_utf8_lossy(&bytes)).as_bytes());
        stamp.copy_from_slice(&hash.as_bytes()[..20]);
        Stamp::Blob(stamp)
    }
}

/// Whether `name`, which should be an id or a slug and may be a path, says nothing that is secret.
fn may_be_said(sight: &dyn Sight, name: &str) -> bool {
    let stem = name.rsplit('/').next().unwrap_or(name);
    let stem = stem.strip_suffix(".md").unwrap_or(stem);
    !sight.is_secret(name) && !sight.is_secret(stem) && sight.text(name) == name
}

fn ticket_in(sight: &dyn Sight, mut ticket: Ticket) -> Ticket {
    ticket.title = sight.text(&ticket.title).into_owned();
    ticket.related.retain(|id| may_be_said(sight, id));
    for text in ticket.came_from.iter_mut().chain(&mut ticket.source) {
        *text = sight.text(text).into_owned();
    }
    for (_, value) in &mut ticket.fields {
        value_in(sight, value);
    }
    ticket
}

fn reply_in(sight: &dyn Sight, mut reply: Reply) -> Reply {
    reply.duplicate_of = reply.duplicate_of.filter(|id| may_be_said(sight, id));
    reply.draft_from = reply.draft_from.filter(|id| may_be_said(sight, id));
    reply.answered_by.retain(|id| may_be_said(sight, id));
    for (field, set) in &mut reply.set {
        match set {
            Set::Value(Value::List(ids)) if field == "related" => {
                ids.retain(|id| id.as_text().is_none_or(|id| may_be_said(sight, &id)));
            }
            Set::Value(value) if field == "related" => {
                if value.as_text().is_some_and(|id| !may_be_said(sight, &id)) {
                    *set = Set::Clear;
                }
            }
            Set::Value(value) => value_in(sight, value),
            Set::Clear | Set::Tags(_) => {}
        }
    }
    reply
}

fn article_in(sight: &dyn Sight, mut article: Article) -> Article {
    article.title = sight.text(&article.title).into_owned();
    article.tickets.retain(|id| may_be_said(sight, id));
    article.supersedes.retain(|slug| may_be_said(sight, slug));
    article
}

fn value_in(sight: &dyn Sight, value: &mut Value) {
    match value {
        Value::Text(text) => *text = sight.text(text).into_owned(),
        Value::List(items) => items.iter_mut().for_each(|item| value_in(sight, item)),
        Value::Map(entries) => entries.iter_mut().for_each(|(_, item)| value_in(sight, item)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The texts of a part.
struct SourceIn {
    all: Arc<dyn Source>,
    sight: Arc<dyn Sight>,
}

impl Source for SourceIn {
    /// Nothing: what a part has is in its store.
    fn list(&self) -> Result<Listing, RepoError> {
        Ok(Listing::default())
    }

    fn read(&self, path: &RepoPath) -> Result<Vec<u8>, RepoError> {
        let bytes = self.all.read(path)?;
        if !path.is_markdown() {
            return Ok(bytes);
        }
        Ok(self.sight.text(&String::from_utf8_lossy(&bytes)).into_owned().into_bytes())
    }

    fn size(&self, path: &RepoPath) -> Result<u64, RepoError> {
        self.all.size(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        repo::{CacheSlot, MemorySource},
        store::load,
    };

    /// Hides the ticket `hidden-one` and replies of `eve`.
    struct Without;

    impl Sight for Without {
        fn ticket(&self, thread: &Thread) -> bool {
            !self.is_secret(thread.id())
        }
        fn reply(&self, _: &Thread, reply: &Reply) -> bool {
            reply.author.as_deref() != Some("eve")
        }
        fn article(&self, _: &Article) -> bool {
            true
        }
        fn service(&self, id: &str) -> bool {
            id != "secret"
        }
        fn attachment(&self, path: &RepoPath) -> bool {
            path.as_str().ends_with(".log")
        }
        fn is_secret(&self, name: &str) -> bool {
            name == "hidden-one" || name == "hush"
        }
        fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
            text.replace("hidden-one", "…").into()
        }
    }

    fn part(hidden_text: &str) -> Store {
        let source = MemorySource::new()
            .with("casebook.yml", "version: 1\nservices: { api: {}, secret: {} }\n")
            .with("tickets/hidden-one.md", format!("---\ntitle: H\n---\n{hidden_text}"))
            .with(
                "tickets/a.md",
                "---\ntitle: As hidden-one\nrelated: [hidden-one, b]\nnote: see hidden-one\n\
                 created: 2026-01-01T00:00:00Z\n---\nLike hidden-one.\n",
            )
            .with("tickets/a/1.md", "---\nauthor: mei\ncreated: 2026-01-02T00:00:00Z\nset: { related: hidden-one }\nanswered_by: [hidden-one, knowledge/hush, tickets/2026/hush.md, hush]\nstatus: resolved\n---\n")
            .with("tickets/a/2.md", "---\nauthor: eve\ncreated: 2026-01-03T00:00:00Z\nstatus: open\n---\n")
            .with("tickets/a/x.log", "x")
            .with("tickets/a/x.png", "x");
        let whole = load(Arc::new(source), &CacheSlot::nowhere()).unwrap();
        whole.part(&(Arc::new(Without) as Arc<dyn Sight>))
    }

    #[test]
    fn a_part_is_as_if_there_were_nothing_else() {
        let part = part("");
        assert!(part.thread("hidden-one").is_none() && part.threads.len() == 1);
        let thread = part.thread("a").unwrap();
        assert_eq!((thread.replies.len(), thread.state.status.name()), (1, "resolved"));
        assert_eq!(thread.state.updated, thread.replies[0].created);
        assert_eq!((thread.state.related.len(), thread.state.answered_by.len()), (0, 0));
        assert_eq!(
            (thread.ticket.title.as_str(), thread.ticket.related.as_slice()),
            ("As …", &["b".to_owned()][..])
        );
        assert_eq!(thread.field("note"), Some(&Value::Text("see …".to_owned())));
        assert_eq!(part.body(thread.ticket.path.as_ref()), "Like ….\n");
        assert_eq!(part.attachments.len(), 1);
        assert_eq!(part.settings.services.len(), 1);
    }

    #[test]
    fn what_is_hidden_does_not_change_a_part() {
        assert_eq!(part("one").fingerprint(), part("two").fingerprint());
    }
}

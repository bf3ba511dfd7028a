//! Applies changes of a few files to a store.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, OnceLock},
};

use jiff::tz::TimeZone;

use super::{
    Store,
    fresh::{Budget, ParsedFiles},
    layout::Layout,
    load::index_slugs,
    nouns::{UnfoldedContent, has_content, parse},
    role::Role,
    rules::RepositoryRules,
    threads::Threads,
};
use crate::{
    repo::OverlaySource,
    text::RepoPath,
    ticket::{Thread, Visibility},
};

impl Store {
    /// Returns the store after changes of some files; `None` as content removes a file. Only these files are read,
    /// because listing and loading a large repository for one file would take a quarter of a second.
    #[must_use]
    pub fn with(&self, files: Vec<(RepoPath, Option<Vec<u8>>)>) -> Self {
        let mut changed: HashSet<RepoPath> = files.iter().map(|(path, _)| path.clone()).collect();
        let source = OverlaySource::new(Arc::clone(&self.source), files);
        let layout = self.layout.with(&source);
        let rules = self.rules_with(&source, &layout, &changed);
        if rules.settings.timezone != self.settings.timezone {
            // Times without an offset are other times now.
            changed.extend(layout.files().map(|(entry, _)| entry.path.clone()));
        }
        let differences = Differences::between(&self.layout, &layout, &changed);

        // The state of each ticket includes the default visibility, so a new default changes all tickets.
        let reload_all = rules.settings.visibility != self.settings.visibility;
        let (touched, untouched): (Vec<_>, Vec<_>) =
            self.threads.iter().partition(|thread| reload_all || differences.touch(thread));
        let mut content = self.unchanged_content(touched, &layout, &differences);
        let fresh = parse_again(&mut content, &source, &layout, &differences, &rules.settings.zone());
        let threads = merge_threads(untouched, &mut content, rules.settings.visibility);
        content.articles.sort_by(|a, b| a.slug.cmp(&b.slug));
        content.orphans.sort();
        Self {
            articles_by_slug: index_slugs(&content.articles),
            attachments: layout.attachments(),
            settings: rules.settings,
            templates: rules.templates,
            canned: rules.canned,
            baseline: rules.baseline,
            rule_problems: rules.problems,
            rules_are_foreign: self.rules_are_foreign,
            threads,
            articles: content.articles,
            orphans: content.orphans,
            broken: content.broken,
            layout: Arc::new(layout),
            fresh,
            in_review: None,
            fingerprint: OnceLock::new(),
            source: Arc::new(source),
        }
    }

    fn rules_with(
        &self,
        source: &OverlaySource,
        layout: &Layout,
        changed: &HashSet<RepoPath>,
    ) -> RepositoryRules {
        let is_rule = |path: &RepoPath| {
            let roles = [self.layout.role(path), layout.role(path)];
            roles
                .iter()
                .flatten()
                .any(|role| matches!(role, Role::Settings | Role::Template | Role::Canned | Role::Import))
        };
        if !self.rules_are_foreign && changed.iter().any(is_rule) {
            return RepositoryRules::load(source, layout);
        }
        RepositoryRules {
            settings: self.settings.clone(),
            templates: self.templates.clone(),
            canned: self.canned.clone(),
            baseline: Arc::clone(&self.baseline),
            problems: self.rule_problems,
        }
    }

    /// Returns articles and orphans that did not change, and the unchanged parts of the `touched` threads.
    fn unchanged_content<'a>(
        &self,
        touched: Vec<&Arc<Thread>>,
        layout: &'a Layout,
        differences: &Differences<'_>,
    ) -> UnfoldedContent<'a> {
        let stays = |path: &Option<RepoPath>| path.as_ref().is_none_or(|path| !differences.has(path));
        let mut content = UnfoldedContent {
            articles: self.articles.iter().filter(|article| stays(&article.path)).cloned().collect(),
            orphans: self.orphans.iter().filter(|path| !differences.has(path)).cloned().collect(),
            broken: self.broken.iter().filter(|path| !differences.has(path)).cloned().collect(),
            ..UnfoldedContent::default()
        };
        for thread in touched {
            if stays(&thread.ticket.path) {
                content.tickets.push(thread.ticket.clone());
            }
            for reply in thread.replies.iter().filter(|reply| stays(&reply.path)) {
                if let Some(Role::Reply(ticket)) = reply.path.as_ref().and_then(|path| layout.role(path)) {
                    content.replies.entry(ticket).or_default().push(reply.clone());
                }
            }
        }
        content
    }
}

/// The difference between two layouts: files to read again, and files that were removed.
struct Differences<'a> {
    /// Files with a ticket, reply or article whose content or role changed.
    again: Vec<&'a RepoPath>,
    /// All files whose content in the store is outdated.
    all: HashSet<&'a RepoPath>,
    /// Tickets with replies in `again`.
    replied: HashSet<&'a RepoPath>,
}

impl<'a> Differences<'a> {
    fn between(old: &'a Layout, new: &'a Layout, changed: &HashSet<RepoPath>) -> Self {
        let mut found = Self { again: Vec::new(), all: HashSet::new(), replied: HashSet::new() };
        let mut before = old.files().peekable();
        for (entry, role) in new.files() {
            let path = &entry.path;
            while let Some((gone, _)) = before.next_if(|(entry, _)| entry.path < *path) {
                found.all.insert(&gone.path);
            }
            let was = before.next_if(|(entry, _)| entry.path == *path);
            if was.is_some_and(|(_, was)| was == role) && !changed.contains(path) {
                continue;
            }
            found.all.insert(path);
            if has_content(role) {
                found.again.push(path);
            }
            if let Role::Reply(ticket) = role {
                found.replied.insert(ticket);
            }
        }
        found.all.extend(before.map(|(entry, _)| &entry.path));
        found
    }

    fn has(&self, path: &RepoPath) -> bool {
        self.all.contains(path)
    }

    fn touch(&self, thread: &Thread) -> bool {
        let is_replied = |path: &RepoPath| self.has(path) || self.replied.contains(path);
        thread.ticket.path.as_ref().is_some_and(is_replied)
            || thread.replies.iter().filter_map(|reply| reply.path.as_ref()).any(|path| self.has(path))
    }
}

fn parse_again<'a>(
    content: &mut UnfoldedContent<'a>,
    source: &OverlaySource,
    layout: &'a Layout,
    differences: &Differences<'_>,
    zone: &TimeZone,
) -> ParsedFiles {
    let budget = Budget::new(true);
    let mut fresh = HashMap::new();
    for path in &differences.again {
        let Some((entry, role)) = layout.entry(path) else { continue };
        let parsed = parse(source, entry, role, zone, &budget);
        content.add(path, role, parsed.content, parsed.problem);
        fresh.extend(parsed.fresh.map(|fresh| (entry.path.clone(), fresh)));
    }
    fresh
}

/// Merges the unchanged threads with the threads of `content`.
fn merge_threads(
    untouched: Vec<&Arc<Thread>>,
    content: &mut UnfoldedContent<'_>,
    default: Visibility,
) -> Threads {
    let mut threads: Vec<Arc<Thread>> = untouched.into_iter().map(Arc::clone).collect();
    threads.append(&mut content.take_threads(default));
    threads.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        repo::{CacheSlot, MemorySource},
        store::{StoreListing, load, load_for_check},
    };

    fn source() -> MemorySource {
        let reply =
            "---\nauthor: mei\ncreated: 2026-01-03T00:00:00Z\nstatus: resolved\nresolution: fixed\n---\n";
        MemorySource::new()
            .with("casebook.yml", "version: 1\n")
            .with("ticket-templates/bug.md", "---\ntitle: Bug\n---\n")
            .with("tickets/a.md", "---\ntitle: A\ncreated: 2026-01-02T00:00:00Z\n---\nx\n")
            .with("tickets/a/r.md", reply)
            .with("tickets/a/s.md", reply)
            .with("tickets/a/log.txt", "log")
            .with("tickets/b.md", "---\ntitle: B\ncreated: 2026-01-01T00:00:00Z\naliases: [old-b]\n---\n")
            .with("tickets/b/r.md", reply)
            .with("tickets/lost/r.md", "---\nauthor: mei\ncreated: 2026-01-01T00:00:00Z\n---\nwhere?\n")
            .with("tickets/broken.md", "---\ntitle: [\n---\n")
            .with("knowledge/k.md", "---\ntitle: K\n---\n")
    }

    #[test]
    fn applied_changes_give_the_same_store_as_loading_the_changed_files() {
        let ticket = "---\ntitle: N\ncreated: 2026-01-01T12:00:00Z\n---\n";
        let cases: &[&[(&str, Option<&str>)]] = &[
            &[("tickets/n.md", Some(ticket))],
            &[("tickets/a.md", Some(ticket))],
            &[("tickets/a.md", None)],
            &[("tickets/lost.md", Some(ticket))],
            &[("tickets/a/r.md", None)],
            &[(
                "tickets/a/t.md",
                Some("---\nauthor: omar\ncreated: 2026-01-04T00:00:00Z\nstatus: open\n---\n"),
            )],
            &[("tickets/broken.md", Some(ticket)), ("tickets/b.md", Some("---\ntitle: ["))],
            &[("knowledge/k.md", None), ("knowledge/l.md", Some("---\ntitle: L\n---\n"))],
            &[("casebook.yml", Some("version: 1\nvisibility: public\nservices: { a: {} }\n"))],
            &[("casebook.yml", None), ("ticket-templates/bug.md", None)],
            &[("tickets/a/log.txt", None), ("tickets/a/other.txt", Some("x"))],
            &[("tickets/b.md", None), ("tickets/b/r.md", None), ("tickets/c.md", Some(ticket))],
            &[("tickets/a/r.md", Some("---\ntitle: no reply\n---\n"))],
        ];
        for changes in cases {
            let bytes = |text: &Option<&str>| text.map(|text| text.as_bytes().to_vec());
            let changes: Vec<_> =
                changes.iter().map(|(path, text)| (RepoPath::new(*path), bytes(text))).collect();
            let store = load(Arc::new(source()), &CacheSlot::nowhere()).unwrap();
            let with = store.with(changes.clone());
            let overlay = OverlaySource::new(Arc::new(source()), changes.clone());
            let whole = load(Arc::new(overlay), &CacheSlot::nowhere()).unwrap();
            assert_eq!(with.threads, whole.threads, "{changes:?}");
            assert_eq!(with.articles, whole.articles, "{changes:?}");
            assert_eq!(with.attachments, whole.attachments, "{changes:?}");
            assert_eq!(with.orphans, whole.orphans, "{changes:?}");
            assert_eq!(with.problems(), whole.problems(), "{changes:?}");
            assert_eq!(with.settings, whole.settings, "{changes:?}");
            assert_eq!(with.templates, whole.templates, "{changes:?}");
            assert!(with.layout.files().eq(whole.layout.files()), "{changes:?}");
            for id in ["a", "b", "c", "n", "old-b", "lost"] {
                assert_eq!(with.threads.place(id), whole.threads.place(id), "{changes:?}");
            }
        }
    }

    #[test]
    fn changes_do_not_replace_the_rules_of_another_view() {
        let rules = source();
        let listed = StoreListing::of(Arc::new(source()), &CacheSlot::nowhere()).unwrap();
        let store = load_for_check(listed, Some(&rules), &CacheSlot::nowhere()).unwrap();
        let changed = vec![("casebook.yml".into(), Some(b"version: 1\nvisibility: public\n".to_vec()))];
        let with = store.with(changed);
        assert_eq!(with.settings, store.settings);
        assert!(with.source().read(&"casebook.yml".into()).unwrap().ends_with(b"public\n"));
    }
}

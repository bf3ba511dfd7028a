//! Loads a store: lists the files, parses those that changed, and folds the replies.

use std::{
    collections::HashSet,
    sync::{Arc, OnceLock},
};

use foldhash::HashMap;
use rayon::prelude::*;

use super::{
    Store,
    cache::{CacheRecord, CacheTable, OpenCache, RecordContent},
    cache_update::{LoadedGroup, is_worth_writing, write_cache},
    fresh::{Budget, ParsedFiles},
    layout::{FolderGroup, Layout},
    nouns::parse_group,
    rules::RepositoryRules,
    threads::{Slot, Threads},
};
use crate::{
    repo::{CacheSlot, RepoError, Source},
    text::RepoPath,
    ticket::Article,
};

/// The listed files of a source, before any file is read.
pub(crate) struct StoreListing {
    source: Arc<dyn Source>,
    layout: Arc<Layout>,
    /// The table of the cache, if there is a valid one.
    table: Option<CacheTable>,
    /// The time before the listing, by the clock of the cache's file system.
    started_ns: i64,
}

impl StoreListing {
    /// Lists the files of `source`. `cache` is the slot that [`load_for_check`] will use.
    pub(crate) fn of(source: Arc<dyn Source>, cache: &CacheSlot) -> Result<Self, RepoError> {
        let started_ns = cache.now_ns();
        let (layout, table) = rayon::join(
            || source.list().map(|listing| Arc::new(Layout::of(listing))),
            || CacheTable::read(cache),
        );
        Ok(Self { layout: layout?, source, table, started_ns })
    }

    pub(crate) fn layout(&self) -> &Arc<Layout> {
        &self.layout
    }
}

/// Loads all files of `source`. Invalid files are loaded as far as possible and counted.
pub fn load(source: Arc<dyn Source>, cache: &CacheSlot) -> Result<Store, RepoError> {
    load_with_budget(StoreListing::of(source, cache)?, None, cache, &Budget::new(false))
}

/// Loads all listed files in order to check them; parsed files are kept (see [`Store::fresh`]).
///
/// If `rules` is given, settings and templates come from that view of the repository, so that a change cannot
/// weaken the rules by which it is checked.
pub(crate) fn load_for_check(
    listed: StoreListing,
    rules: Option<&dyn Source>,
    cache: &CacheSlot,
) -> Result<Store, RepoError> {
    load_with_budget(listed, rules, cache, &Budget::new(true))
}

fn load_with_budget(
    listed: StoreListing,
    rules: Option<&dyn Source>,
    cache: &CacheSlot,
    budget: &Budget,
) -> Result<Store, RepoError> {
    let StoreListing { source, layout, table, started_ns } = listed;
    let load_rules = || match rules {
        Some(rules) => Ok(RepositoryRules::load(rules, &Layout::of(rules.list()?))),
        None => Ok(RepositoryRules::load(&*source, &layout)),
    };
    let (loaded, _) = rayon::join(load_rules, || layout.groups());
    let loaded = loaded?;
    let (default, zone) = (loaded.settings.visibility, loaded.settings.zone());
    let timezone = loaded.settings.timezone.as_str();
    let table = table.filter(|table| table.is_of_zone(timezone));
    let old_cache = table.map(|table| OpenCache::of(table, cache, &layout, &source, default, zone.clone()));
    let known = unchanged(&layout, old_cache.as_ref().map_or(&[], OpenCache::records));
    let is_new = layout.groups().par_iter().zip(&known).filter(|(_, known)| known.is_none());
    let parse = |group: &FolderGroup| {
        LoadedGroup::of(parse_group(&*source, &layout, group, &zone, budget), layout.path_of(group), default)
    };
    let contents: Vec<LoadedGroup> = is_new.map(|(group, _)| parse(group)).collect();
    if old_cache.as_ref().is_none_or(|old_cache| is_worth_writing(&layout, old_cache.records().len(), &known))
    {
        write_cache(&layout, old_cache.as_ref(), &known, &contents, started_ns).finish(cache, timezone);
    }

    let (mut slots, mut articles, mut orphans) = (Vec::with_capacity(known.len()), Vec::new(), Vec::new());
    let (mut broken, mut fresh): (HashSet<RepoPath>, ParsedFiles) = Default::default();
    let records = old_cache.as_ref().map_or(&[][..], OpenCache::records);
    for (place, (group, at)) in layout.groups().iter().zip(&known).enumerate() {
        let Some((at, record)) = at.and_then(|at| Some((at, records.get(at)?))) else { continue };
        let path = layout.path_of(group);
        broken.extend(record.broken.iter().cloned());
        match &record.content {
            RecordContent::Ticket { created, .. } => {
                slots.push(Slot::cached(path.clone(), *created, place, at))
            }
            RecordContent::Article(article) => articles.push((**article).clone()),
            RecordContent::Orphan => orphans.push(path.clone()),
            RecordContent::Nothing => {}
        }
    }
    for LoadedGroup { path, content, broken: has_findings, fresh: files } in contents {
        broken.extend(has_findings);
        fresh.extend(files.into_iter().map(|fresh| (fresh.document.path.clone(), fresh)));
        match content {
            Ok(thread) => slots.push(thread.into()),
            Err(RecordContent::Article(article)) => articles.push(*article),
            Err(RecordContent::Orphan) => orphans.push(path),
            Err(_) => {}
        }
    }
    articles.sort_by(|a, b| a.slug.cmp(&b.slug));
    orphans.sort();
    Ok(Store {
        threads: Threads::new(slots, old_cache),
        articles_by_slug: index_slugs(&articles),
        attachments: layout.attachments(),
        settings: loaded.settings,
        templates: loaded.templates,
        canned: loaded.canned,
        baseline: loaded.baseline,
        rule_problems: loaded.problems,
        rules_are_foreign: rules.is_some(),
        articles,
        orphans,
        broken,
        layout,
        fresh,
        in_review: None,
        fingerprint: OnceLock::new(),
        source,
    })
}

/// Returns, for each group, the record of its files if they did not change.
fn unchanged(layout: &Layout, records: &[CacheRecord]) -> Vec<Option<usize>> {
    let places: HashMap<u64, usize> =
        records.iter().enumerate().map(|(place, record)| (record.stamp, place)).collect();
    layout.groups().iter().map(|group| places.get(&group.stamp?).copied()).collect()
}

pub(super) fn index_slugs(articles: &[Article]) -> std::collections::HashMap<String, usize> {
    articles.iter().enumerate().map(|(at, article)| (article.slug.clone(), at)).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::{
        repo::{MemorySource, Stamp},
        text::RepoPath,
        ticket::Status,
        ticket::Thread,
    };

    fn source() -> MemorySource {
        MemorySource::new()
            .with("casebook.yml", "version: 1\n")
            .with("tickets/a.md", "---\ntitle: A\ntemplate: bug\ncreated: 2026-01-02T00:00:00Z\n---\nx\n")
            .with(
                "tickets/a/r.md",
                "---\nauthor: mei\ncreated: 2026-01-03T00:00:00Z\nstatus: resolved\nresolution: fixed\n---\n",
            )
            .with("tickets/a/log.txt", "log")
            .with("tickets/b.md", "---\ntitle: B\ncreated: 2026-01-01T00:00:00Z\naliases: [old-b]\n---\n")
            .with("tickets/lost.md", "---\nauthor: mei\n---\nwhere?\n")
            .with("tickets/broken.md", "---\ntitle: [\n---\n")
            .with("knowledge/k.md", "---\ntitle: K\n---\n")
    }

    #[test]
    fn everything_is_loaded_and_an_invalid_file_does_not_hide_other_files() {
        let store = load(Arc::new(source()), &CacheSlot::nowhere()).unwrap();
        let ids: Vec<&str> = store.threads.iter().map(|thread| thread.id()).collect();
        assert_eq!(ids, ["broken", "b", "a"]);
        assert_eq!(store.thread("a").unwrap().state.status, Status::Resolved);
        assert_eq!(store.thread("old-b").unwrap().id(), "b");
        assert_eq!(store.orphans, [RepoPath::new("tickets/lost.md")]);
        assert_eq!(store.attachments_of("a").count(), 1);
        assert!(store.article("k").is_some() && store.template("imported").is_some());
        assert_eq!(store.problems(), 2);
    }

    /// A source that makes stamps from contents and counts reads.
    struct Stamped(MemorySource, Mutex<Vec<RepoPath>>);
    impl Source for Stamped {
        fn list(&self) -> Result<crate::repo::Listing, RepoError> {
            let mut listing = self.0.list()?;
            for entry in &mut listing.entries {
                let hash = blake3::hash(&self.0.read(&entry.path)?);
                entry.stamp = Stamp::Blob(hash.as_bytes()[..20].try_into().unwrap());
            }
            Ok(listing)
        }
        fn read(&self, path: &RepoPath) -> Result<Vec<u8>, RepoError> {
            self.1.lock().unwrap().push(path.clone());
            self.0.read(path)
        }
    }

    /// A source that makes stamps like those of files on a disk.
    struct OnDisk(MemorySource);
    impl Source for OnDisk {
        fn list(&self) -> Result<crate::repo::Listing, RepoError> {
            let mut listing = self.0.list()?;
            for entry in &mut listing.entries {
                let bytes = self.0.read(&entry.path)?;
                let hash = blake3::hash(&bytes);
                let time = i64::from(u32::from_le_bytes(hash.as_bytes()[..4].try_into().unwrap()));
                let size = bytes.len() as u64;
                entry.stamp = Stamp::Stat { mtime_ns: time, ctime_ns: time, size, inode: 1 };
            }
            Ok(listing)
        }
        fn read(&self, path: &RepoPath) -> Result<Vec<u8>, RepoError> {
            self.0.read(path)
        }
    }

    #[test]
    fn the_cache_is_written_again_only_after_many_or_large_changes() {
        let folder = tempfile::tempdir().unwrap();
        let cache = CacheSlot::at(&folder.path().join("parsed"));
        let ticket = |number: usize, text: &str| {
            let name = format!("tickets/t{number}.md");
            (name, format!("---\ntitle: T{number}\ncreated: 2026-01-01T00:00:00Z\n---\n{text}\n"))
        };
        let with = |source: MemorySource, numbers: std::ops::Range<usize>, text: &str| {
            numbers
                .map(|number| ticket(number, text))
                .fold(source, |source, (name, text)| source.with(name, text))
        };
        let titles = |source: &MemorySource| -> Vec<String> {
            let store = load(Arc::new(OnDisk(source.clone())), &cache).unwrap();
            store.threads.iter().map(|thread| thread.ticket.title.clone()).collect()
        };
        let first = with(MemorySource::new(), 0..40, "one");
        assert_eq!(titles(&first).len(), 40);
        let written = cache.read().unwrap();
        let few = with(first.clone(), 38..44, "two");
        assert_eq!(titles(&few).len(), 44, "the new tickets are there");
        assert!(cache.read().unwrap() == written, "parsing six tickets is quicker than writing all");
        for more in [with(first.clone(), 0..20, "three"), with(first, 0..1, &"four ".repeat(60_000))] {
            assert_eq!(titles(&more).len(), 40);
            let now = cache.read().unwrap();
            assert!(now != written, "many tickets, or a large one, would take long to parse each time");
            cache.write(&written);
        }
    }

    fn read_again(source: MemorySource, cache: &CacheSlot) -> (Vec<Arc<Thread>>, Vec<String>) {
        let stamped = Arc::new(Stamped(source, Mutex::default()));
        let store = load(stamped.clone(), cache).unwrap();
        let threads = store.threads.iter().cloned().collect();
        let mut reads: Vec<String> =
            stamped.1.lock().unwrap().iter().map(|path| path.as_str().to_owned()).collect();
        reads.sort();
        (threads, reads)
    }

    #[test]
    fn the_cache_returns_the_same_tickets_as_the_files() {
        let mut source = source();
        for number in 0..600 {
            let text = format!(
                "---\ntitle: T{number}\ncreated: 2026-01-01T00:{:02}:00Z\naliases: [was-{number}]\nf{}: x\n---\n",
                number % 60,
                number % 3
            );
            source.insert(format!("tickets/t{number}.md").as_str().into(), text);
        }
        let folder = tempfile::tempdir().unwrap();
        let cache = CacheSlot::at(&folder.path().join("parsed"));
        let load =
            |cache: &CacheSlot| load(Arc::new(Stamped(source.clone(), Mutex::default())), cache).unwrap();
        let of_files = load(&cache);
        for one_by_one in [true, false] {
            let of_cache = load(&cache);
            assert_eq!(of_cache.threads.field_names(), of_files.threads.field_names());
            assert!(of_cache.threads.field_names().iter().eq(["f0", "f1", "f2"]));
            assert!(of_cache.threads.ids().eq(of_files.threads.ids()));
            assert_eq!(of_cache.threads.place("was-7"), of_files.threads.place("t7"));
            assert_eq!(of_cache.problems(), of_files.problems());
            assert_eq!((&of_cache.orphans, &of_cache.articles), (&of_files.orphans, &of_files.articles));
            if one_by_one {
                for place in (0..of_files.threads.len()).rev() {
                    assert_eq!(of_cache.threads[place], of_files.threads[place]);
                    assert_eq!(of_cache.threads.created(place), of_files.threads[place].ticket.created);
                }
            }
            assert_eq!(of_cache.threads, of_files.threads);
        }
    }

    #[test]
    fn an_orphan_is_a_reply_again_when_its_ticket_returns() {
        let folder = tempfile::tempdir().unwrap();
        let cache = CacheSlot::at(&folder.path().join("parsed"));
        let (first, _) = read_again(source(), &cache);
        let mut without = source();
        without.remove(&"tickets/a.md".into());
        let orphaned = load(Arc::new(Stamped(without, Mutex::default())), &cache).unwrap();
        assert!(orphaned.orphans.contains(&RepoPath::new("tickets/a/r.md")));
        assert_eq!(read_again(source(), &cache).0, first);
    }

    #[test]
    fn only_changed_files_are_read_again_and_a_damaged_cache_is_rebuilt() {
        let folder = tempfile::tempdir().unwrap();
        let cache = CacheSlot::at(&folder.path().join("parsed"));
        let (first, _) = read_again(source(), &cache);
        let (second, reads) = read_again(source(), &cache);
        assert_eq!((first.clone(), reads), (second, vec!["casebook.yml".to_owned()]));
        let (third, reads) = read_again(source().with("tickets/b.md", "---\ntitle: B2\n---\n"), &cache);
        assert_eq!(reads, ["casebook.yml", "tickets/b.md"]);
        assert!(third.iter().any(|thread| thread.ticket.title == "B2"));
        read_again(source(), &cache);
        let whole = cache.read().unwrap();
        for place in (0..whole.len()).step_by(3) {
            let mut bytes = whole.clone();
            bytes[place] ^= 0xff;
            cache.write(&bytes);
            assert_eq!(read_again(source(), &cache).0, first, "{place}");
            read_again(source(), &cache);
            assert_eq!(cache.read().unwrap(), whole, "it is rebuilt: {place}");
        }
    }
}

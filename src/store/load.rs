//! Loading: list, parse what changed, fold.

use std::{
    cmp::Ordering,
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use rayon::prelude::*;

use super::{
    Store,
    cache::{self, CacheFile, Noun, Parsed},
    fresh::{Budget, Fresh, FreshFiles},
    layout::{Layout, Role},
    nouns::Nouns,
    rules::Rules,
};
use crate::{
    repo::{Entry, EntryKind, RepoError, Source, Stamp},
    ticket::{Article, Document, Thread, parse_article, parse_reply, parse_ticket},
};

/// The files of a source, before anything is read of them.
pub struct Listed {
    source: Arc<dyn Source>,
    layout: Arc<Layout>,
    /// The cache's clock before they were listed.
    started_ns: i64,
}

impl Listed {
    /// Lists what `source` has; `cache_file` is where [`load_for_check`] will look for what is known of it.
    pub fn of(source: Arc<dyn Source>, cache_file: &dyn CacheFile) -> Result<Self, RepoError> {
        let started_ns = cache_file.now_ns();
        let layout = Arc::new(Layout::of(source.list()?));
        Ok(Self { source, layout, started_ns })
    }

    /// Which file is what.
    pub fn layout(&self) -> &Arc<Layout> {
        &self.layout
    }
}

/// Loads everything that `source` has. Files that are broken are loaded as far as they can be, and counted.
pub fn load(source: Arc<dyn Source>, cache_file: &dyn CacheFile) -> Result<Store, RepoError> {
    load_keeping(Listed::of(source, cache_file)?, None, cache_file, &Budget::new(false))
}

/// Loads everything that was listed in order to check it: what has to be parsed is kept, see [`Store::fresh`].
///
/// Settings and templates are those of `rules`, where that is another view of the repository: whoever changes tickets is
/// then not judged by rules that the same change brings.
pub fn load_for_check(
    listed: Listed,
    rules: Option<&dyn Source>,
    cache_file: &dyn CacheFile,
) -> Result<Store, RepoError> {
    load_keeping(listed, rules, cache_file, &Budget::new(true))
}

fn load_keeping(
    listed: Listed,
    rules: Option<&dyn Source>,
    cache_file: &dyn CacheFile,
    budget: &Budget,
) -> Result<Store, RepoError> {
    let Listed { source, layout, started_ns } = listed;
    let loaded = match rules {
        Some(rules) => Rules::load(rules, &Layout::of(rules.list()?)),
        None => Rules::load(&*source, &layout),
    };

    let wanted: Vec<&(Entry, Role)> = layout.files.iter().filter(|(_, role)| has_noun(role)).collect();
    let (parsed, fresh) = parse_changed(&wanted, &*source, cache_file, started_ns, budget);

    let mut nouns = Nouns::default();
    for ((entry, role), parsed) in wanted.iter().zip(parsed) {
        nouns.add(&entry.path, role, parsed);
    }
    let mut threads = nouns.take_threads(loaded.settings.visibility);
    threads.par_sort_by(|a, b| by_time(a, b));
    let Nouns { mut articles, orphans, broken, .. } = nouns;
    articles.sort_by(|a, b| a.slug.cmp(&b.slug));
    Ok(Store {
        by_id: index_ids(&threads),
        articles_by_slug: index_slugs(&articles),
        attachments: layout.attachments(),
        settings: loaded.settings,
        templates: loaded.templates,
        canned: loaded.canned,
        rule_problems: loaded.problems,
        rules_are_foreign: rules.is_some(),
        threads,
        articles,
        orphans,
        broken,
        layout,
        fresh,
        fingerprint: OnceLock::new(),
        source,
    })
}

/// Whether a file in this place says a ticket, a reply or an article.
pub(super) fn has_noun(role: &Role) -> bool {
    matches!(role, Role::Ticket | Role::Reply(_) | Role::Article)
}

/// The order of threads: by time of opening, then id.
pub(super) fn by_time(a: &Thread, b: &Thread) -> Ordering {
    (a.ticket.created, a.id(), &a.ticket.path).cmp(&(b.ticket.created, b.id(), &b.ticket.path))
}

/// What each of `wanted`, which are by path, says: from the cache where its stamp is the same, else read anew.
fn parse_changed(
    wanted: &[&(Entry, Role)],
    source: &dyn Source,
    cache_file: &dyn CacheFile,
    started_ns: i64,
    budget: &Budget,
) -> (Vec<Parsed>, FreshFiles) {
    let known = cache::read(cache_file);
    let count = known.len();
    let mut known = known.into_iter().peekable();
    let found: Vec<Option<Parsed>> = wanted
        .iter()
        .map(|(entry, role)| {
            while known.next_if(|(path, ..)| *path < entry.path).is_some() {}
            let (_, stamp, parsed) = known.next_if(|(path, ..)| *path == entry.path)?;
            let same = stamp == entry.stamp && stamp != Stamp::None && fits(&parsed.noun, role);
            same.then_some(parsed)
        })
        .collect();
    let some_changed = found.iter().any(Option::is_none);
    let (parsed, fresh): (Vec<Parsed>, Vec<Option<Fresh>>) = found
        .into_par_iter()
        .zip(wanted)
        .map(|(found, (entry, role))| match found {
            Some(parsed) => (parsed, None),
            None => parse(source, entry, role, budget),
        })
        .unzip();
    if some_changed || count != wanted.len() {
        let records: Vec<_> = wanted
            .iter()
            .zip(&parsed)
            .map(|((entry, _), parsed)| (&entry.path, entry.stamp, parsed))
            .collect();
        cache::write(cache_file, &records, started_ns);
    }
    let fresh = fresh.into_iter().flatten();
    (parsed, fresh.map(|fresh| (fresh.document.path.clone(), fresh)).collect())
}

/// Whether a file was parsed as what it is now. The same bytes are a reply or an orphan by whether there is a ticket
/// beside their folder.
fn fits(noun: &Noun, role: &Role) -> bool {
    match noun {
        Noun::Ticket(_) | Noun::Orphan => *role == Role::Ticket,
        Noun::Reply(_) => matches!(role, Role::Reply(_)),
        Noun::Article(_) => *role == Role::Article,
        Noun::Unreadable => true,
    }
}

/// What the file of `entry` says in its place.
pub(super) fn parse(
    source: &dyn Source,
    entry: &Entry,
    role: &Role,
    budget: &Budget,
) -> (Parsed, Option<Fresh>) {
    let unreadable = Parsed { noun: Noun::Unreadable, problem: true };
    if entry.kind == EntryKind::Symlink {
        return (unreadable, None);
    }
    let Ok(bytes) = source.read(&entry.path) else {
        return (unreadable, None);
    };
    let document = Document::parse(&entry.path, &bytes);
    let mut reply = None;
    let (noun, findings) = match role {
        Role::Reply(_) => {
            let (parsed, findings) = parse_reply(&document);
            reply = Some(parsed.clone());
            (Noun::Reply(Box::new(parsed)), findings)
        }
        Role::Article => {
            let (article, findings) = parse_article(&document);
            (Noun::Article(Box::new(article)), findings)
        }
        _ if is_orphan(&document) => {
            let (parsed, findings) = parse_reply(&document);
            reply = Some(parsed);
            (Noun::Orphan, findings)
        }
        _ => {
            let (ticket, findings) = parse_ticket(&document);
            (Noun::Ticket(Box::new(ticket)), findings)
        }
    };
    let problem = matches!(noun, Noun::Orphan) || !findings.is_empty();
    let fresh = budget.take(document.text.len()).then_some(Fresh { document, findings, reply });
    (Parsed { noun, problem }, fresh)
}

/// A reply that stands where a ticket should: it has an author and no title.
pub(super) fn is_orphan(document: &Document) -> bool {
    document.front.as_ref().is_some_and(|front| front.get("author").is_some() && front.get("title").is_none())
}

/// Ids first, so that a former id never hides a ticket that has it now. Of one id twice, the older ticket.
pub(super) fn index_ids(threads: &[Arc<Thread>]) -> HashMap<String, usize> {
    let mut by_id = HashMap::with_capacity(threads.len());
    for (at, thread) in threads.iter().enumerate() {
        by_id.entry(thread.id().to_owned()).or_insert(at);
    }
    for (at, thread) in threads.iter().enumerate() {
        for alias in &thread.state.aliases {
            by_id.entry(alias.clone()).or_insert(at);
        }
    }
    by_id
}

pub(super) fn index_slugs(articles: &[Article]) -> HashMap<String, usize> {
    articles.iter().enumerate().map(|(at, article)| (article.slug.clone(), at)).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::{repo::MemorySource, store::NoCache, text::RepoPath, ticket::Status};

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
    fn everything_is_loaded_and_what_is_broken_hides_nothing() {
        let store = load(Arc::new(source()), &NoCache).unwrap();
        let ids: Vec<&str> = store.threads.iter().map(|thread| thread.id()).collect();
        assert_eq!(ids, ["broken", "b", "a"]);
        assert_eq!(store.thread("a").unwrap().state.status, Status::Resolved);
        assert_eq!(store.thread("old-b").unwrap().id(), "b");
        assert_eq!(store.orphans, [RepoPath::new("tickets/lost.md")]);
        assert_eq!(store.attachments_of("a").count(), 1);
        assert!(store.article("k").is_some() && store.template("imported").is_some());
        assert_eq!(store.problems(), 2);
    }

    /// Stamps of blobs made from contents, and a count of reads.
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

    #[derive(Default)]
    struct Memory(Mutex<Option<Vec<u8>>>);
    impl CacheFile for Memory {
        fn read(&self) -> Option<Vec<u8>> {
            self.0.lock().unwrap().clone()
        }
        fn write(&self, bytes: &[u8]) {
            *self.0.lock().unwrap() = Some(bytes.to_vec());
        }
        fn now_ns(&self) -> i64 {
            0
        }
    }

    fn read_again(source: MemorySource, cache: &Memory) -> (Vec<Arc<Thread>>, Vec<String>) {
        let stamped = Arc::new(Stamped(source, Mutex::default()));
        let store = load(stamped.clone(), cache).unwrap();
        let reads = stamped.1.lock().unwrap().iter().map(|path| path.as_str().to_owned()).collect();
        (store.threads, reads)
    }

    #[test]
    fn a_reply_whose_ticket_went_and_came_back_is_a_reply_again() {
        let cache = Memory::default();
        let (first, _) = read_again(source(), &cache);
        let mut without = source();
        without.remove(&"tickets/a.md".into());
        let orphaned = load(Arc::new(Stamped(without, Mutex::default())), &cache).unwrap();
        assert!(orphaned.orphans.contains(&RepoPath::new("tickets/a/r.md")));
        assert_eq!(read_again(source(), &cache).0, first);
    }

    #[test]
    fn only_what_changed_is_read_again_and_a_damaged_cache_is_rebuilt() {
        let cache = Memory::default();
        let (first, _) = read_again(source(), &cache);
        let (second, reads) = read_again(source(), &cache);
        assert_eq!((first.clone(), reads), (second, vec!["casebook.yml".to_owned()]));
        let (third, reads) = read_again(source().with("tickets/b.md", "---\ntitle: B2\n---\n"), &cache);
        assert_eq!(reads, ["casebook.yml", "tickets/b.md"]);
        assert!(third.iter().any(|thread| thread.ticket.title == "B2"));
        let mut bytes = cache.read().unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0xff;
        cache.write(&bytes);
        assert_eq!(read_again(source(), &cache).0, first);
    }
}

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::{
    repo::{FileEntry, Listing, MemorySource, RepoError, Source, Stamp, checksum},
    store::load,
    text::RepoPath,
};

/// Files in memory with stamps, so that caches can see which of them changed.
#[derive(Clone, Default)]
struct StampedFiles(MemorySource);

impl Source for StampedFiles {
    fn list(&self) -> Result<Listing, RepoError> {
        let mut listing = self.0.list()?;
        listing.entries = listing.entries.into_iter().map(|entry| self.stamped(entry)).collect();
        Ok(listing)
    }

    fn read(&self, path: &RepoPath) -> Result<Vec<u8>, RepoError> {
        self.0.read(path)
    }
}

impl StampedFiles {
    fn stamped(&self, entry: FileEntry) -> FileEntry {
        let sum = checksum(&self.0.read(&entry.path).unwrap_or_default());
        let mut id = [0; 20];
        id[..8].copy_from_slice(&sum.to_le_bytes());
        FileEntry { stamp: Stamp::Blob(id), ..entry }
    }
}

const EXPORT: &str = "It stops with ERR_CONN_RESET after 10,000 rows, and the page stays white.";

/// Returns a ticket with its path.
fn ticket(id: &str, day: u32, title: &str, body: &str) -> (String, String) {
    let created = format!("2026-{:02}-{:02}T09:00:00Z", 1 + day / 28, 1 + day % 28);
    let text = format!("---\ntitle: {title}\nrequester: lena\ncreated: {created}\n---\n{body}\n");
    (format!("tickets/{id}.md"), text)
}

/// Returns a reply to a ticket with its path.
fn reply(id: &str, day: u32, keys: &str, body: &str) -> (String, String) {
    let created = format!("2026-{:02}-{:02}T10:00:00Z", 1 + day / 28, 1 + day % 28);
    let text = format!("---\nauthor: mei\ncreated: {created}\n{keys}\n---\n{body}\n");
    (format!("tickets/{id}/r{day}.md"), text)
}

fn store(files: &[(String, String)]) -> Store {
    let files =
        files.iter().fold(MemorySource::new(), |all, (path, text)| all.with(path.as_str(), text.as_str()));
    load(Arc::new(StampedFiles(files)), &CacheSlot::nowhere()).unwrap()
}

/// Returns three problems with three tickets each, and tickets about other things.
fn problems() -> Vec<(String, String)> {
    let mut files = Vec::new();
    for (n, title) in
        ["Invoice export times out", "Exporting invoices never ends", "Export of invoices hangs"]
            .into_iter()
            .enumerate()
    {
        files.push(ticket(&format!("export-{n}"), 3 * n as u32, title, EXPORT));
    }
    for (n, title) in ["Login page is slow", "Slow login since Monday", "Signing in: the login is slow"]
        .into_iter()
        .enumerate()
    {
        let body = "The login takes a minute, the browser waits for auth.example.org.";
        files.push(ticket(&format!("login-{n}"), 1 + 3 * n as u32, title, body));
    }
    for (n, subject) in
        ["printer", "backup", "calendar", "invoice address", "badge", "phone", "desk", "coffee"]
            .into_iter()
            .enumerate()
    {
        let body = format!("Who can tell me how the {subject} is ordered for building {n}?");
        files.push(ticket(
            &format!("other-{n}"),
            2 + 3 * n as u32,
            &format!("How to order a {subject}"),
            &body,
        ));
    }
    files
}

fn clusters_of(files: &[(String, String)]) -> Vec<Vec<String>> {
    ids(&store(files), &CacheSlot::nowhere())
}

fn ids(store: &Store, slot: &CacheSlot) -> Vec<Vec<String>> {
    let clusters = Clusters::of(store, slot);
    clusters.all.iter().map(|cluster| cluster.ids(store).map(str::to_owned).collect()).collect()
}

#[test]
fn tickets_about_one_problem_are_one_cluster() {
    let found = clusters_of(&problems());
    let has = |name: &str| {
        let all: Vec<String> = (0..3).map(|n| format!("{name}-{n}")).collect();
        found.contains(&all)
    };
    assert!(has("export") && has("login"), "{found:?}");
}

#[test]
fn a_cluster_tells_its_words_its_span_its_cost_and_its_best_answer() {
    let mut files = problems();
    files.push(reply(
        "export-0",
        1,
        "status: resolved\nresolution: workaround",
        "Export one month at a time instead.",
    ));
    files.push(reply(
        "export-1",
        5,
        "status: resolved\nresolution: fixed",
        "## Fix\nThe join is gone since 2.14.",
    ));
    files.push((
        "knowledge/slow-exports.md".to_owned(),
        "---\ntitle: Slow exports\ntickets: [export-1]\n---\n## Fix\nUpdate.\n".to_owned(),
    ));
    let store = store(&files);
    let clusters = Clusters::of(&store, &CacheSlot::nowhere());
    let place = store.threads.place("export-0").unwrap();
    let cluster = clusters.of_ticket(place).unwrap();
    assert_eq!(cluster.best.map(|place| store.threads.id(place)), Some("export-1"));
    assert_eq!(cluster.article.as_deref(), Some("slow-exports"));
    assert!(cluster.words.contains(&"Invoice".to_owned()), "{:?}", cluster.words);
    let (first, last) = cluster.span.unwrap();
    assert_eq!((first.date(), last.date()), ("2026-01-01".into(), "2026-01-07".into()));
    // 25 hours, 49 hours, and from January 7 to the last ticket on January 24.
    assert_eq!(cluster.cost / 3_600, 25 + 49 + 17 * 24);
    let other = store.threads.place("login-0").unwrap();
    assert_eq!(clusters.of_ticket(other).unwrap().article, None);
    let tickets =
        clusters.of_article(&store, &["export-1".to_owned(), "other-0".to_owned(), "gone".to_owned()]);
    let tickets: Vec<&str> = tickets.into_iter().map(|place| store.threads.id(place)).collect();
    assert_eq!(tickets, ["export-0", "other-0", "export-1", "export-2"]);
}

#[test]
fn a_linked_duplicate_is_in_the_cluster_whatever_it_says() {
    let mut files = problems();
    files.push(reply(
        "other-0",
        9,
        "status: resolved\nresolution: duplicate\nduplicate_of: export-0",
        "See there.",
    ));
    let found = clusters_of(&files);
    assert!(
        found.contains(&["export-0", "other-0", "export-1", "export-2"].map(str::to_owned).to_vec()),
        "{found:?}"
    );
}

#[test]
fn a_problem_that_is_reported_each_day_is_one_cluster() {
    let mut files = problems();
    for day in 0..60 {
        files.push(ticket(
            &format!("disk-{day:02}"),
            day,
            "Disk of db-7 is full",
            "No space left on /var/lib/db of db-7.",
        ));
    }
    let found = clusters_of(&files);
    let largest = found.iter().map(Vec::len).max();
    assert_eq!(largest, Some(60), "{found:?}");
}

#[test]
fn tasks_that_one_requester_repeats_are_no_cluster() {
    let mut files = problems();
    for month in 0..8 {
        let body = "Ask all teams which quota they want, and write a page about it.";
        files.push(ticket(&format!("plan-{month}"), 28 * month, "Plan the storage quota of teams", body));
    }
    let found = clusters_of(&files);
    assert!(found.iter().flatten().all(|id| !id.starts_with("plan")), "{found:?}");
}

#[test]
fn zero_tickets_and_one_ticket_have_no_clusters() {
    assert_eq!(clusters_of(&[]), Vec::<Vec<String>>::new());
    assert_eq!(clusters_of(&problems()[..1]), Vec::<Vec<String>>::new());
}

#[test]
fn a_chain_of_pairs_joins_no_groups_that_share_nothing() {
    let pair =
        |a: usize, b: usize, weight: f64| pairs::Pair { tickets: (a, b), weight, is_nearly_equal: false };
    let chain = vec![pair(0, 1, 3.0), pair(2, 3, 3.0), pair(4, 5, 3.0), pair(1, 2, 0.8), pair(3, 4, 0.8)];
    assert_eq!(grouping::grouped(6, chain, &[], |_| false), [[0, 1], [2, 3], [4, 5]]);
}

#[test]
fn a_group_that_is_a_large_part_of_all_tickets_needs_something_in_common() {
    let pair = |a: usize, b: usize| pairs::Pair { tickets: (a, b), weight: 2.0, is_nearly_equal: true };
    let chain: Vec<pairs::Pair> = (0..30).map(|n| pair(n, n + 1)).collect();
    let largest = |share_much: bool| {
        grouping::grouped(100, chain.clone(), &[], |_| share_much).iter().map(Vec::len).max()
    };
    assert_eq!((largest(false), largest(true)), (Some(10), Some(31)));
}

/// An edit of a repository.
#[derive(Clone, Debug)]
enum Edit {
    /// Adds a ticket, or replaces the one with this number.
    Ticket {
        number: u8,
        title: usize,
        more: usize,
        day: u32,
    },
    Remove {
        number: u8,
    },
    Resolve {
        number: u8,
    },
}

const TITLES: [&str; 6] = [
    "Invoice export times out",
    "Exporting invoices never ends",
    "Login page is slow",
    "Slow login since Monday",
    "Disk of db-7 is full",
    "How to order a badge",
];

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        4 => (0u8..40, 0..TITLES.len(), 0usize..12, 0u32..300)
            .prop_map(|(number, title, more, day)| Edit::Ticket { number, title, more, day }),
        1 => (0u8..40).prop_map(|number| Edit::Remove { number }),
        1 => (0u8..40).prop_map(|number| Edit::Resolve { number }),
    ]
}

fn apply(files: &mut BTreeMap<String, String>, edit: &Edit) {
    match edit {
        Edit::Ticket { number, title, more, day } => {
            let body = format!("{EXPORT} Part {more} of area{} and zone{}.", more % 5, more % 3);
            files.extend([ticket(&format!("t{number}"), *day, TITLES[*title], &body)]);
        }
        Edit::Remove { number } => files.retain(|path, _| !path.starts_with(&format!("tickets/t{number}."))),
        Edit::Resolve { number } => {
            files.extend([reply(&format!("t{number}"), 301, "status: resolved\nresolution: fixed", "Done.")]);
        }
    }
}

proptest! {
    #![proptest_config(crate::trials::trials(8))]

    #[test]
    fn clusters_after_any_edits_are_those_of_the_files(edits in prop::collection::vec(edit(), 1..24)) {
        let folder = tempfile::tempdir().unwrap();
        let slot = CacheSlot::at(&folder.path().join("clusters"));
        let mut files = BTreeMap::new();
        for edits in edits.chunks(4) {
            edits.iter().for_each(|edit| apply(&mut files, edit));
            let files: Vec<(String, String)> = files.clone().into_iter().collect();
            let store = store(&files);
            let cached = Clusters::of(&store, &slot);
            prop_assert_eq!(&cached, &Clusters::of(&store, &CacheSlot::nowhere()));
            prop_assert_eq!(&cached, &Clusters::of(&store, &slot), "read again");
        }
    }

    #[test]
    fn the_order_of_edits_does_not_matter(
        (edits, shuffled) in prop::collection::vec((0..TITLES.len(), 0usize..12, 0u32..300), 1..14)
            .prop_map(|all| all.into_iter().enumerate().collect::<Vec<_>>())
            .prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
    ) {
        let grown = |edits: &[(usize, (usize, usize, u32))]| {
            let folder = tempfile::tempdir().unwrap();
            let slot = CacheSlot::at(&folder.path().join("clusters"));
            let mut files = BTreeMap::new();
            let mut last = Vec::new();
            for (number, (title, more, day)) in edits {
                let number = u8::try_from(*number).unwrap();
                apply(&mut files, &Edit::Ticket { number, title: *title, more: *more, day: *day });
                last = ids(&store(&files.clone().into_iter().collect::<Vec<_>>()), &slot);
            }
            last
        };
        prop_assert_eq!(grown(&edits), grown(&shuffled));
    }
}

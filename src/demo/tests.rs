//! Checks that the story is consistent: the files that it names exist, and the commits are in order.

use std::collections::{BTreeMap, BTreeSet};

use serde_yaml::Value;

use super::*;
use crate::text::is_id;

/// A Markdown file of the story with its front matter.
struct Page {
    path: RepoPath,
    front: Value,
}

impl Page {
    fn text(&self, key: &str) -> &str {
        self.front[key].as_str().unwrap_or_else(|| panic!("{} has no `{key}`", self.path))
    }

    fn created(&self) -> Time {
        Time::parse(self.text("created")).unwrap_or_else(|| panic!("{} has no time", self.path))
    }

    /// Returns the texts of a key, which may have one text or a list.
    fn texts(&self, key: &str) -> Vec<&str> {
        match &self.front[key] {
            Value::String(one) => vec![one],
            Value::Sequence(many) => many.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }
}

/// Returns the pages below a folder in their final state.
fn pages(folder: &str) -> Vec<Page> {
    let paths =
        DemoFiles::iter().map(RepoPath::new).filter(|path| path.is_below(folder) && path.is_markdown());
    let page = |path: RepoPath| {
        let text = String::from_utf8(DemoFiles::get(path.as_str()).unwrap().data.into_owned()).unwrap();
        let front = text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n")).unwrap().0;
        let front = serde_yaml::from_str(front).unwrap_or_else(|error| panic!("{path}: {error}"));
        Page { path, front }
    };
    paths.map(page).collect()
}

/// Returns the tickets by id, and the replies with the id of their ticket.
fn tickets_and_replies() -> (BTreeMap<String, Page>, Vec<(String, Page)>) {
    let (tickets, replies): (Vec<_>, Vec<_>) =
        pages("tickets").into_iter().partition(|page| page.path.as_str().matches('/').count() == 3);
    let count = tickets.len();
    let by_id: BTreeMap<_, _> = tickets.into_iter().map(|page| (page.path.stem().to_owned(), page)).collect();
    assert_eq!(by_id.len(), count, "two tickets have the same id");
    let ticket_of = |page: &Page| page.path.folder().rsplit('/').next().unwrap().to_owned();
    (by_id, replies.into_iter().map(|page| (ticket_of(&page), page)).collect())
}

#[test]
fn the_story_has_enough_tickets_replies_and_states() {
    let (tickets, replies) = tickets_and_replies();
    let commits = story().unwrap().commits;
    let authors: BTreeSet<_> = commits.iter().map(|commit| commit.author.email.as_str()).collect();
    assert!(tickets.len() >= 45, "{} tickets", tickets.len());
    assert!(tickets.len() + replies.len() >= 90, "{} replies", replies.len());
    assert!(commits.len() >= 70, "{} commits", commits.len());
    assert!(authors.len() >= 6, "{authors:?}");
    assert!(commits.iter().any(|commit| commit.templates));

    let states: BTreeSet<_> = replies
        .iter()
        .flat_map(|(_, page)| [page.texts("status"), page.texts("resolution")].concat())
        .collect();
    for state in [
        "open",
        "pending",
        "on-hold",
        "resolved",
        "fixed",
        "workaround",
        "answered",
        "duplicate",
        "not-reproducible",
        "declined",
    ] {
        assert!(states.contains(state), "no ticket is {state}");
    }
}

#[test]
fn every_file_is_added_once_before_it_is_edited() {
    let mut added = BTreeSet::new();
    for step in DemoHistory::read().unwrap().commits {
        for path in &step.files {
            assert!(added.insert(path.clone()), "{path} is added twice");
        }
        for path in &step.edit {
            assert!(added.contains(path), "{path} is edited before it is added");
        }
        assert!(step.earlier.keys().all(|path| step.paths().any(|named| named == path)), "{}", step.message);
    }
    let files: BTreeSet<_> = DemoFiles::iter().map(|path| path.into_owned()).collect();
    assert_eq!(added, files);
}

#[test]
fn every_file_ends_with_its_final_text_and_every_earlier_text_is_used() {
    let mut last = BTreeMap::new();
    let mut earlier = BTreeSet::new();
    for step in DemoHistory::read().unwrap().commits {
        for path in step.paths() {
            let content = step.content(path).unwrap();
            let before = last.insert(path.clone(), content.clone());
            assert_ne!(before, Some(content), "`{}` changes nothing in {path}", step.message);
        }
        earlier.extend(step.earlier.into_values());
    }
    for (path, content) in last {
        assert_eq!(DemoFiles::get(&path).unwrap().data, content, "{path} ends with an earlier text");
    }
    assert_eq!(earlier, Earlier::iter().map(|name| name.into_owned()).collect());
}

#[test]
fn commits_are_in_the_order_of_time() {
    let commits = story().unwrap().commits;
    for pair in commits.windows(2) {
        assert!(pair[0].at < pair[1].at, "`{}` is not before `{}`", pair[0].message, pair[1].message);
    }
}

#[test]
fn a_page_is_committed_by_its_author_just_after_it_was_written() {
    let (tickets, replies) = tickets_and_replies();
    let history = DemoHistory::read().unwrap();
    let added_by = |path: &RepoPath| {
        history.commits.iter().find(|step| step.files.iter().any(|file| file == path.as_str())).unwrap()
    };
    let tickets = tickets.values().map(|page| (page, "requester"));
    for (page, key) in tickets.chain(replies.iter().map(|(_, page)| (page, "author"))) {
        let step = added_by(&page.path);
        assert_eq!(step.by, page.text(key), "{}", page.path);
        let late = step.at.seconds() - page.created().seconds();
        assert!((0..=60).contains(&late), "{} is committed {late} s after it was written", page.path);
    }
}

#[test]
fn tickets_are_in_the_folder_of_their_month_and_have_a_valid_id() {
    for (id, page) in tickets_and_replies().0 {
        assert!(is_id(&id), "{id}");
        let (year, month) = page.created().year_month();
        assert_eq!(page.path.folder(), format!("tickets/{year}/{month:02}"));
    }
}

#[test]
fn replies_are_named_by_time_and_author_and_follow_their_ticket() {
    let (tickets, replies) = tickets_and_replies();
    for (ticket, page) in &replies {
        let start = format!("{}-{}-", page.created().compact(), page.text("author"));
        let random = page.path.stem().strip_prefix(&start).unwrap_or_else(|| panic!("{}", page.path));
        assert!(random.len() == 6 && is_id(random), "{}", page.path);
        assert!(tickets[ticket].created() < page.created(), "{} precedes its ticket", page.path);
    }
}

#[test]
fn every_reference_of_a_page_exists() {
    let (tickets, replies) = tickets_and_replies();
    let articles: BTreeSet<_> = pages("knowledge").iter().map(|page| page.path.stem().to_owned()).collect();
    let all = pages("knowledge").into_iter().chain(replies.into_iter().map(|(_, page)| page));
    let mut seen = 0;
    for page in all.chain(pages("tickets")) {
        for key in ["duplicate_of", "answered_by", "related", "tickets"] {
            for target in page.texts(key) {
                assert!(tickets.contains_key(target) || articles.contains(target), "{}: {target}", page.path);
                seen += 1;
            }
        }
    }
    assert!(seen > 10, "only {seen} references");
}

#[test]
fn every_author_in_the_story_has_an_example_address() {
    for author in DemoHistory::read().unwrap().people.values() {
        assert!(author.email.ends_with(".example"), "{}", author.email);
    }
}

//! Finds the tickets that are about one problem.

use std::collections::{BTreeMap, HashMap};

use crate::{report::Problem, store::Store};

/// Returns the problems with at least two tickets: groups of tickets that refer to each other by `duplicate_of` and
/// `answered_by`, or that an article is based on.
///
/// This is the only function that decides which tickets are about one problem; the report takes its result as it is.
pub(crate) fn problems(store: &Store) -> Vec<Problem> {
    let threads = store.threads.all();
    let place: HashMap<&str, usize> =
        threads.iter().enumerate().map(|(place, thread)| (thread.id(), place)).collect();
    let place_of = |link: &str| {
        let exact = place.get(link).copied();
        exact.or_else(|| store.thread(link).and_then(|thread| place.get(thread.id()).copied()))
    };
    let mut groups = Groups::of(threads.len());
    let current = store.articles.iter().filter(|article| !is_superseded(store, &article.slug));
    let mut covered: Vec<(usize, &str)> = Vec::new();
    for article in current {
        let places: Vec<usize> = article.tickets.iter().filter_map(|id| place_of(id)).collect();
        if let Some(first) = places.first() {
            places.iter().for_each(|place| groups.join(*first, *place));
            covered.push((*first, &article.slug));
        }
    }
    let of_article: HashMap<&str, usize> = covered.iter().map(|(place, slug)| (*slug, *place)).collect();
    for (place, thread) in threads.iter().enumerate() {
        for link in thread.state.duplicate_of.iter().chain(&thread.state.answered_by) {
            if let Some(other) = place_of(link).or_else(|| of_article.get(link.as_str()).copied()) {
                groups.join(place, other);
            }
        }
    }
    let mut articles: HashMap<usize, &str> = HashMap::new();
    for (place, slug) in covered {
        articles.entry(groups.root(place)).or_insert(slug);
    }
    let mut tickets: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for place in 0..threads.len() {
        tickets.entry(groups.root(place)).or_default().push(place);
    }
    let problems = tickets.into_iter().filter(|(_, tickets)| tickets.len() > 1).map(|(root, tickets)| {
        let has_answer = |place: &&usize| {
            let thread = &threads[**place];
            thread.has_answer(store.answer_sections(thread), |_| true) && thread.state.duplicate_of.is_none()
        };
        Problem {
            words: Vec::new(),
            best: tickets.iter().find(has_answer).map(|place| threads[*place].id().to_owned()),
            tickets: tickets.iter().map(|place| threads[*place].id().to_owned()).collect(),
            article: articles.get(&root).map(|slug| (*slug).to_owned()),
        }
    });
    problems.collect()
}

fn is_superseded(store: &Store, slug: &str) -> bool {
    store
        .articles
        .iter()
        .any(|article| article.slug != slug && article.supersedes.iter().any(|old| old == slug))
}

/// Disjoint groups of places. The root of a group is its lowest place, so the groups do not depend on the order of joins.
struct Groups(Vec<usize>);

impl Groups {
    fn of(count: usize) -> Self {
        Self((0..count).collect())
    }

    fn root(&mut self, place: usize) -> usize {
        let mut root = place;
        while self.0[root] != root {
            self.0[root] = self.0[self.0[root]];
            root = self.0[root];
        }
        root
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b)] = a.min(b);
    }
}

//! Names in a query that nobody knows.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{Context, table};
use crate::{
    query::{Key, Query, QueryValue, ValueTest},
    store::Store,
    text::nearest,
};

/// How many names are said, each on its line; the others are counted.
const MOST_SAID: usize = 3;

/// Says which services, people and tags of a query nobody knows. A query for them is none the less one that nothing matches.
pub fn say_unknown(store: &Store, query: &Query, context: &Context) {
    let mut known_to: BTreeMap<&str, Known> = BTreeMap::new();
    let mut unknown: Vec<(&str, &str)> = Vec::new();
    for test in query.fields() {
        let Some(noun) = noun(&test.key) else { continue };
        let known = known_to.entry(noun).or_insert_with(|| Known::of(&test.key, store));
        for value in &test.any_of {
            let ValueTest::Is(QueryValue::Exact(name)) = value else { continue };
            if !known.folded.contains(&name.to_lowercase()) && !unknown.contains(&(noun, name)) {
                unknown.push((noun, name));
            }
        }
    }
    for (noun, name) in unknown.iter().take(MOST_SAID) {
        let names = known_to.get(noun).into_iter().flat_map(|known| known.names.iter().copied());
        let near = nearest(name, names).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        context.ui.say(format!("no {noun} `{}`{near}", table::one_line(name)));
    }
    if unknown.len() > MOST_SAID {
        context.ui.say(format!("… and {} more names that nobody knows", unknown.len() - MOST_SAID));
    }
}

/// What a key names.
fn noun(key: &Key) -> Option<&'static str> {
    match key {
        Key::Service => Some("service"),
        Key::Assignee | Key::Requester | Key::Author => Some("person"),
        Key::Tag => Some("tag"),
        _ => None,
    }
}

/// All names of a kind that there are: in settings, or on a ticket.
struct Known<'a> {
    names: BTreeSet<&'a str>,
    folded: HashSet<String>,
}

impl<'a> Known<'a> {
    /// What `key` names.
    fn of(key: &Key, store: &'a Store) -> Self {
        let (settings, articles) = (&store.settings, store.articles.iter());
        let threads = store.threads.iter();
        let mut names: BTreeSet<&str> = BTreeSet::new();
        match key {
            Key::Service => {
                names.extend(settings.services.iter().map(|service| service.id.as_str()));
                names.extend(threads.filter_map(|thread| thread.state.service.as_deref()));
                names.extend(articles.filter_map(|article| article.service.as_deref()));
            }
            Key::Tag => {
                names.extend(threads.flat_map(|thread| thread.state.tags.iter().map(String::as_str)));
                names.extend(articles.flat_map(|article| article.tags.iter().map(String::as_str)));
            }
            _ => {
                names.extend(settings.people.iter().map(|person| person.id.as_str()));
                names.extend(threads.flat_map(|thread| {
                    let authors = thread.replies.iter().filter_map(|reply| reply.author.as_deref());
                    authors.chain(thread.ticket.requester.as_deref()).chain(thread.state.assignee.as_deref())
                }));
            }
        }
        let folded = names.iter().map(|name| name.to_lowercase()).collect();
        Self { names, folded }
    }
}

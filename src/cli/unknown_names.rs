//! Reports unknown names in a query.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::Context;
use crate::{
    query::{Accessor, KEYS, Key, Lookup, Query, QueryKey, QueryValue, ReferenceKind, ValueTest},
    store::Store,
    text::nearest,
};

/// The maximum number of reported names; the others are counted.
const MAX_REPORTED: usize = 3;

/// Words that people write for a missing person, which is `none` in a query.
const NOBODY: [&str; 5] = ["nobody", "noone", "unassigned", "null", "empty"];

/// Reports unknown services, people and tags of a query. They are not an error: the query matches no tickets.
pub(super) fn say_unknown(store: &Store, query: &Query, context: &Context) {
    let mut known_to: BTreeMap<&str, KnownNames> = BTreeMap::new();
    let mut unknown: Vec<(&str, &str)> = Vec::new();
    let lookup = Lookup::new(store);
    for test in query.fields() {
        let Key::Own(QueryKey { noun: Some(noun), .. }) = &test.key else { continue };
        let known = known_to.entry(noun.name).or_insert_with(|| KnownNames::of(noun, &lookup));
        for value in &test.any_of {
            let ValueTest::Is(QueryValue::Exact(name)) = value else { continue };
            if !known.folded.contains(&name.to_lowercase()) && !unknown.contains(&(noun.name, name)) {
                unknown.push((noun.name, name));
            }
        }
    }
    for (noun, name) in unknown.iter().take(MAX_REPORTED) {
        let names = known_to.get(noun).into_iter().flat_map(|known| known.names.iter().copied());
        let near = match noun {
            &"person" if NOBODY.contains(&name.to_lowercase().as_str()) => Some("none"),
            _ => nearest(name, names),
        };
        let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        context.ui.say(format!("unknown {noun} `{}`{near}", crate::text::one_line(name)));
    }
    if unknown.len() > MAX_REPORTED {
        context.ui.say(format!("… and {} more unknown names", unknown.len() - MAX_REPORTED));
    }
}

/// The names of all services, people or tags, from settings and tickets.
struct KnownNames<'a> {
    names: BTreeSet<&'a str>,
    folded: HashSet<String>,
}

impl<'a> KnownNames<'a> {
    fn of(noun: &ReferenceKind, lookup: &'a Lookup<'_>) -> Self {
        let store = lookup.store();
        let mut names: BTreeSet<&str> = (noun.listed)(&store.settings).into_iter().collect();
        let mut add = |name| {
            names.insert(name);
            false
        };
        let keys = KEYS.iter().filter(|key| key.noun.is_some_and(|other| other.name == noun.name));
        for key in keys {
            if let Accessor::Texts(texts_of) = key.ticket {
                for thread in store.threads.iter() {
                    texts_of(thread, lookup, &mut add);
                }
            }
            if let Accessor::Texts(texts_of) = key.article {
                for article in &store.articles {
                    texts_of(article, lookup, &mut add);
                }
            }
        }
        let folded = names.iter().map(|name| name.to_lowercase()).collect();
        Self { names, folded }
    }
}

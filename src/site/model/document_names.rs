//! The names by which links find a page whose file stands elsewhere than the link says, for example because it was moved
//! into the folder of its month or imported.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::NamedPage;
use crate::store::Store;
use crate::text::RepoPath;

/// The pages by name, in lower case. A name that several pages have finds none of them.
pub(super) struct DocumentNames {
    by_name: HashMap<String, Option<NamedPage>>,
    by_source: HashMap<String, Option<NamedPage>>,
}

impl DocumentNames {
    /// Collects ids, then former ids, then sources. A name of an earlier kind hides the same name of a later kind.
    pub(super) fn of(store: &Store) -> Self {
        let tickets = || store.threads.iter().enumerate().map(|(n, thread)| (NamedPage::Ticket(n), thread));
        let articles =
            || store.articles.iter().enumerate().map(|(n, article)| (NamedPage::Article(n), article));
        let mut names = Names::default();
        tickets().for_each(|(page, thread)| names.add(thread.id(), page));
        articles().for_each(|(page, article)| names.add(&article.slug, page));
        names.close();
        for (page, thread) in tickets() {
            thread.state.aliases.iter().for_each(|alias| names.add(alias, page));
        }
        for (page, article) in articles() {
            article.aliases.iter().for_each(|alias| names.add(alias, page));
        }
        names.close();
        let mut sources = Names::default();
        let all = tickets().map(|(page, thread)| (page, &thread.ticket.source));
        for (page, source) in all.chain(articles().map(|(page, article)| (page, &article.source))) {
            let Some(source) = source else { continue };
            names.add(source, page);
            let path = RepoPath::new(source.as_str());
            if path.is_markdown() {
                sources.add(source.trim_start_matches(['/', '.']), page);
                if !path.stem().eq_ignore_ascii_case(source) {
                    names.add(path.stem(), page);
                }
            }
        }
        names.close();
        sources.close();
        Self { by_name: names.all, by_source: sources.all }
    }

    pub(super) fn named(&self, name: &str) -> Option<NamedPage> {
        *self.by_name.get(&name.to_lowercase())?
    }

    pub(super) fn imported_from(&self, path: &str) -> Option<NamedPage> {
        *self.by_source.get(&path.to_lowercase())?
    }
}

#[derive(Default)]
struct Names {
    all: HashMap<String, Option<NamedPage>>,
    /// The names of the kind that is being collected.
    current: HashMap<String, Option<NamedPage>>,
}

impl Names {
    fn add(&mut self, name: &str, page: NamedPage) {
        match self.current.entry(name.to_lowercase()) {
            Entry::Occupied(mut known) if *known.get() != Some(page) => _ = known.insert(None),
            Entry::Occupied(_) => {}
            Entry::Vacant(vacant) => _ = vacant.insert(Some(page)),
        }
    }

    fn close(&mut self) {
        for (name, page) in self.current.drain() {
            self.all.entry(name).or_insert(page);
        }
    }
}

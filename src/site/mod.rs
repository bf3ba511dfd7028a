//! The published site.
//!
//! [`Site::new`] computes the data that a view shows and its connections ([`model`]). Each page is then rendered
//! separately ([`pages`]), so that `build` can render stale pages in parallel ([`plan`]) and `serve` only the requested page. No
//! module reads the clock, and only [`write`](fn@write) writes files, through an `Output`.

mod actions;
mod answers;
mod assets;
mod clashes;
mod context;
mod error;
mod facts;
mod figures;
mod forge;
mod form;
mod health;
mod html;
mod icons;
mod identity;
mod index;
mod inputs;
mod last_build;
mod manifest;
pub(crate) mod markdown;
mod markdown_page;
mod memory;
mod model;
mod names;
mod output;
mod pages;
mod people;
mod plan;
mod proposal;
mod prose;
mod record;
mod report;
mod resolve;
mod rows;
mod similar;
mod structured;
mod theme;
mod theme_problem;
mod timeline;
mod times;
mod urls;
mod words;
mod write;
mod xml;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use minijinja::value::{Serde, Value};

pub(crate) use error::SiteError;
pub(crate) use forge::Forge;
pub(crate) use html::Html;
pub(crate) use last_build::LastBuild;
pub(crate) use memory::SiteMemory;
pub(crate) use record::RecordPlace;
pub(crate) use theme::{Overrides, Theme};
pub(crate) use theme_problem::{FOLDER, ThemeProblem};
pub(crate) use urls::Links;
pub(crate) use words::Words;
pub(crate) use write::{BuildReport, BuildWatch, write};

use self::context::{NavItem, PageContext, SiteContext, SiteLinks};
use self::index::SiteIndex;
use self::markdown::MarkdownWords;
use self::model::Model;
use self::pages::{PAGE_KINDS, PageKey};
use self::prose::ProseStyle;
use self::urls::TWIN;
use crate::knowledge::clusters::Clusters;
use crate::repo::{DiskFile, RepoError};
use crate::search::site_texts::SiteTexts;
use crate::store::{Role, Store};
use crate::text::RepoPath;
use crate::view::{Audience, InternalNames, View, ViewStore};

/// The resources that a page may load and run: the site's own style sheets, scripts, pictures and index. Inline and
/// external resources are forbidden.
pub(crate) const CONTENT_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
                                  connect-src 'self'; form-action 'self'; base-uri 'none'";

/// The options of a site.
#[derive(Clone, Debug)]
pub struct BuildOptions {
    /// The form of links to pages.
    pub links: Links,
    /// The address at which the site will be published, with a slash at the end. It replaces the address in the
    /// settings.
    pub url: Option<String>,
    /// The main branch for links to the forge if the settings name none.
    pub branch: String,
    /// The address at which pages listen for changes, relative to the root (`events`). Only a server sets it.
    pub events: Option<String>,
    /// Is called for each problem of a theme file. Without it, [`Site::theme_problems`] has them.
    pub report_theme_problem: Option<fn(&ThemeProblem)>,
}

impl Default for BuildOptions {
    fn default() -> Self {
        Self {
            links: Links::Files,
            url: None,
            branch: "main".to_owned(),
            events: None,
            report_theme_problem: None,
        }
    }
}

/// A site with all its pages. Each page is rendered on demand.
pub struct Site {
    model: Model,
    memory: SiteMemory,
    theme: Theme,
    options: BuildOptions,
    /// A hash of the repository's theme files and of their problems that are known before any page is rendered.
    overrides_key: u64,
    forge: Option<Forge>,
    /// The address of the root, with a slash at the end.
    url: Option<String>,
    markdown_words: MarkdownWords,
    /// The kind of each file (its index in [`PAGE_KINDS`]) and its key.
    table: BTreeMap<String, (usize, PageKey)>,
    /// The files of the search index. They are built on the first request, because each depends on every text.
    index: OnceLock<SiteIndex>,
    /// The documents of the index with their terms.
    texts: OnceLock<SiteTexts>,
    /// The names that a reply to a public ticket may not contain.
    internal_names: OnceLock<InternalNames>,
    /// The file of the forms' rules.
    form_rules: OnceLock<Vec<u8>>,
}

impl Site {
    /// Builds the model of everything in `seen`. Reads each text once and renders no pages.
    pub fn new(seen: ViewStore, options: BuildOptions) -> Self {
        Self::after(seen, options, SiteMemory::default())
    }

    /// Does the same as [`Site::new`], but reads only the texts that changed since the build that `last` records.
    pub(crate) fn since(seen: ViewStore, options: BuildOptions, last: &RecordPlace) -> Self {
        let memory = SiteMemory::of_build(last, seen.store());
        Self::after(seen, options, memory)
    }

    /// Does the same as [`Site::new`], but reads only the texts that are not in `memory`.
    pub(crate) fn after(seen: ViewStore, options: BuildOptions, memory: SiteMemory) -> Self {
        let settings = &seen.store().settings;
        let (overrides, unreadable) = overrides(seen.store());
        let theme = Theme::new(&overrides, unreadable, &settings.language, options.report_theme_problem);
        let problems: Vec<String> = theme.problems().iter().map(ToString::to_string).collect();
        let overrides_key = model::hash(&(&overrides, problems));
        let url = options.url.clone().or_else(|| Some(settings.url.clone()).filter(|url| !url.is_empty()));
        let forge = Forge::of(settings, &options.branch);
        let model = Model::new(seen, &memory.summaries, &memory.neighbours);
        let markdown_words = theme.words().markdown();
        let mut site = Self {
            model,
            memory,
            theme,
            options,
            overrides_key,
            forge,
            url,
            markdown_words,
            table: BTreeMap::new(),
            index: OnceLock::new(),
            texts: OnceLock::new(),
            form_rules: OnceLock::new(),
            internal_names: OnceLock::new(),
        };
        let context = Value::from(Serde(site.site_context()));
        site.theme.set_global("site", context);
        for (kind, pages) in PAGE_KINDS.iter().enumerate() {
            for (path, key) in pages.pages(&site) {
                site.table.entry(path).or_insert((kind, key));
            }
        }
        site
    }

    /// Returns the problems of theme files that are known so far. Rendering a page can find more.
    pub(crate) fn theme_problems(&self) -> Vec<ThemeProblem> {
        self.theme.problems()
    }

    /// Returns the path of every file, relative to the root of the site, in order. Builds the search index, because the
    /// names of its files depend on their content.
    pub fn paths(&self) -> BTreeSet<&str> {
        self.pages().chain(self.index().paths()).collect()
    }

    /// Returns whether the site has the file `path`.
    pub fn has(&self, path: &str) -> bool {
        self.table.contains_key(path)
            || (path.starts_with(index::FOLDER) && self.index().files.contains_key(path))
    }

    /// Returns the bytes of the file `path`.
    pub fn render(&self, path: &str) -> Result<Vec<u8>, SiteError> {
        let missing = || SiteError::NoPage { path: path.to_owned() };
        match self.table.get(path) {
            Some((kind, key)) => PAGE_KINDS[*kind].render(self, path, *key),
            None if path.starts_with(index::FOLDER) => {
                self.index().files.get(path).cloned().ok_or_else(missing)
            }
            None => Err(missing()),
        }
    }

    /// Returns the file in the repository that the site's file `path` is a copy of, if it is a copy.
    fn original(&self, path: &str) -> Option<&RepoPath> {
        self.table.get(path).and_then(|(kind, key)| PAGE_KINDS[*kind].original(self, *key))
    }

    /// Opens the file in the repository that the site's file `path` is a copy of. Returns `None` if it is not a copy.
    pub(crate) fn open_original(&self, path: &str) -> Option<Result<DiskFile, RepoError>> {
        self.original(path).map(|original| self.store().source().open_on_disk(original))
    }

    /// Returns whether the site's file `path` is a copy of a file in the repository.
    pub(crate) fn is_copy(&self, path: &str) -> bool {
        self.original(path).is_some()
    }

    /// Returns the search index. A build prepares it before pages are rendered in parallel, because both
    /// use the same threads: a thread that waits for the index could start a page that also waits for it.
    fn index(&self) -> &SiteIndex {
        self.index.get_or_init(|| {
            if let Some(index) = self.updated_index() {
                return index;
            }
            let (index, texts) = SiteIndex::whole(self);
            _ = self.texts.set(texts);
            index
        })
    }

    /// Returns the clusters of all tickets, also of those without a page, with their store; `None` for the public.
    pub(crate) fn clusters_for_team(&self) -> Option<(&Arc<Store>, &Clusters)> {
        self.model.clusters_for_team()
    }

    /// Returns the options on which all pages depend.
    fn options_key(&self) -> impl std::hash::Hash {
        let view = self.view();
        let BuildOptions { links, url: _, branch, events, report_theme_problem: _ } = &self.options;
        let links = format!("{links:?}");
        (self.overrides_key, links, self.url.clone(), branch.clone(), events.clone(), view.audience.name())
    }

    /// Returns the paths of the files that are not of the search index.
    fn pages(&self) -> impl Iterator<Item = &str> {
        self.table.keys().map(String::as_str)
    }

    /// Returns the view that the site was built for.
    pub fn view(&self) -> View {
        self.model.view()
    }

    /// Returns the store of everything that the site shows.
    pub fn store(&self) -> &Arc<Store> {
        self.model.store()
    }

    /// Returns a hash that changes when any file behind the site changes.
    pub fn version(&self) -> String {
        blake3::Hash::from_bytes(self.store().state_hash()).to_hex()[..16].to_owned()
    }

    /// Returns the texts of the site's user interface.
    pub fn words(&self) -> &Words {
        self.theme.words()
    }

    /// Renders the template `name` as a whole page.
    fn html(&self, name: &str, page: PageContext, content: Value) -> Result<Vec<u8>, SiteError> {
        let context = if content.is_none() || content.is_undefined() || content == Value::from(()) {
            minijinja::context! { page => Serde(page) }
        } else {
            minijinja::context! { page => Serde(page), ..content }
        };
        let mut html = self.theme.render(name, context)?;
        html.push('\n');
        Ok(html.into_bytes())
    }

    /// Returns the common context of the page in file `path`. Each page adds its title and other values.
    fn page_context(&self, path: &str) -> PageContext {
        let folder = path.strip_suffix("index.html").unwrap_or(path);
        PageContext {
            root: self.root_of(path),
            canonical: self.absolute(folder),
            twin: self.table.contains_key(&format!("{folder}{TWIN}")).then_some(TWIN),
            noindex: self.view().audience == Audience::Internal,
            feeds: self.feed_links("", &self.model.settings().title),
            ..PageContext::default()
        }
    }

    fn site_context(&self) -> SiteContext {
        let settings = self.model.settings();
        let page = |folder: &str| self.options.links.page(folder);
        let nav = [
            ("tickets", true),
            ("knowledge", self.model.article_count() > 0),
            ("services", self.model.service_count() > 0),
            ("tags", !self.model.tags().is_empty()),
            ("report", self.model.has_report()),
        ];
        SiteContext {
            title: settings.title.clone(),
            language: settings.language.clone(),
            audience: self.view().audience.name(),
            answered_only: self.model.view().publish == crate::settings::Publish::Answered,
            generator: concat!("Casebook ", env!("CARGO_PKG_VERSION")),
            content_policy: CONTENT_POLICY,
            nav: nav
                .into_iter()
                .filter(|(_, any)| *any)
                .map(|(kind, _)| NavItem { kind, href: page(&format!("{kind}/")) })
                .collect(),
            links: SiteLinks {
                home: page(""),
                search: page("search/"),
                index: "search/index.json",
                services: page("services/"),
                tags: page("tags/"),
                knowledge: page("knowledge/"),
                feed: "feed.xml",
                repository: self.forge.as_ref().map(|forge| forge.home().to_owned()),
                new: page("new/"),
                tickets: page("tickets/"),
                open: page("tickets/open/"),
            },
            opensearch: self.url.as_ref().map(|_| "opensearch.xml"),
            theme_problems: self.theme.problems().iter().map(ToString::to_string).collect(),
            version: self.options.events.as_ref().map(|_| self.version()),
            events: self.options.events.clone(),
        }
    }

    fn body(&self, path: Option<&RepoPath>) -> String {
        self.store().body(path)
    }
}

/// Reads the files in the repository's `site/` folder. Also returns the problems of files that cannot be read; the site
/// uses the built-in files instead.
fn overrides(store: &Store) -> (Overrides, BTreeSet<ThemeProblem>) {
    let (mut overrides, mut unreadable) = (Overrides::new(), BTreeSet::new());
    for (entry, role) in store.layout.files() {
        if *role == Role::Other && entry.path.is_below(FOLDER) && entry.kind == crate::repo::FileType::File {
            let name = &entry.path.as_str()[FOLDER.len() + 1..];
            match store.source().read(&entry.path) {
                Ok(bytes) => _ = overrides.insert(name.to_owned(), bytes),
                Err(error) => _ = unreadable.insert(ThemeProblem::new(name, None, error.to_string())),
            }
        }
    }
    let links = store.layout.entries.iter().filter(|entry| entry.kind == crate::repo::FileType::Symlink);
    let links = links.map(|entry| (entry.path.as_str(), "it is a symbolic link".to_owned()));
    let others =
        store.layout.unreadable.iter().map(|(path, problem)| (path.as_str(), format!("it {problem}")));
    for (path, reason) in links.chain(others) {
        if let Some(name) = path.strip_prefix(FOLDER).and_then(|path| path.strip_prefix('/')) {
            unreadable.insert(ThemeProblem::new(name, None, format!("cannot read the file: {reason}")));
        }
    }
    (overrides, unreadable)
}

#[cfg(test)]
mod tests;

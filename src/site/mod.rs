//! The published site: model, pages, bytes.
//!
//! [`Site::new`] decides what a view shows and how it hangs together ([`model`]); each page is then rendered by itself,
//! from the file of its kind ([`pages`]), so that `build` renders all of them in parallel and `serve` the one that was
//! asked for. Nothing here reads a clock or writes a file: [`write`](fn@write) does the latter through an `Output`.

mod assets;
mod clashes;
mod context;
mod error;
mod facts;
mod forge;
mod html;
mod index;
pub(crate) mod markdown;
mod model;
mod names;
mod pages;
mod resolve;
mod rows;
mod similar;
mod theme;
mod timeline;
mod urls;
mod words;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use minijinja::value::{Serde, Value};

pub(crate) use error::SiteError;
pub(crate) use forge::Forge;
pub(crate) use html::Html;
pub(crate) use theme::{FOLDER, Overrides, Theme};
pub(crate) use urls::Links;
pub(crate) use words::Words;
pub(crate) use write::{BuildReport, write};

use self::context::{NavItem, PageContext, SiteContext, SiteLinks};
use self::markdown::{MarkdownWords, Style};
use self::model::{Model, TicketNo};
use self::pages::{KINDS, Key};
use self::similar::Similar;
use crate::repo::RepoError;
use crate::store::{Role, Store};
use crate::text::RepoPath;
use crate::view::{Audience, View, ViewStore};

/// What a page may load and run: its own style, scripts, pictures and index. Nothing inline, nothing from elsewhere.
pub(crate) const CONTENT_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
                                  connect-src 'self'; form-action 'self'; base-uri 'none'";

/// How a site is made.
#[derive(Clone, Debug)]
pub struct BuildOptions {
    /// How links name pages.
    pub links: Links,
    /// Where the site will stand, with a slash at its end, instead of what the settings say.
    pub url: Option<String>,
    /// The repository's main branch, for links to its forge.
    pub branch: String,
    /// Where pages listen for changes, relative to the root (`events`); only a server has it.
    pub events: Option<String>,
}

impl Default for BuildOptions {
    fn default() -> Self {
        Self { links: Links::Files, url: None, branch: "main".to_owned(), events: None }
    }
}

/// A site: every page it has, each rendered when it is asked for.
pub struct Site {
    model: Model,
    theme: Theme,
    /// Files of the repository's own theme that cannot be read.
    unreadable: Vec<RepoError>,
    options: BuildOptions,
    forge: Option<Forge>,
    /// The address of the root, with a slash at its end.
    url: Option<String>,
    markdown_words: MarkdownWords,
    /// The kind (its place in [`KINDS`]) and key of each file.
    table: BTreeMap<String, (usize, Key)>,
    /// The files of the search index: made when the first is asked for, since each depends on every text.
    index: OnceLock<BTreeMap<String, Vec<u8>>>,
    /// For each ticket those that are like it: found when the first page is asked for, since each depends on every text.
    similar: OnceLock<Vec<Vec<Similar>>>,
}

impl Site {
    /// Decides how what `seen` has hangs together. Reads every text once; renders nothing.
    pub fn new(seen: ViewStore, options: BuildOptions) -> Result<Self, SiteError> {
        let settings = &seen.store().settings;
        let (overrides, unreadable) = overrides(seen.store());
        let theme = Theme::new(&overrides, &settings.language)?;
        let url = options.url.clone().or_else(|| Some(settings.url.clone()).filter(|url| !url.is_empty()));
        let forge = settings.repository.as_deref().map(|address| Forge::new(address, &options.branch));
        let model = Model::new(seen);
        let markdown_words = theme.words().markdown();
        let mut site = Self {
            model,
            theme,
            unreadable,
            options,
            forge,
            url,
            markdown_words,
            table: BTreeMap::new(),
            index: OnceLock::new(),
            similar: OnceLock::new(),
        };
        let context = Value::from(Serde(site.site_context()));
        site.theme.set_global("site", context);
        for (kind, pages) in KINDS.iter().enumerate() {
            for (path, key) in pages.pages(&site) {
                site.table.entry(path).or_insert((kind, key));
            }
        }
        Ok(site)
    }

    /// Every file of the site, relative to its root, in order. Makes the search index, whose files are named by their
    /// content.
    pub fn paths(&self) -> BTreeSet<&str> {
        self.table.keys().chain(self.index().keys()).map(String::as_str).collect()
    }

    /// Whether the site has the file `path`.
    pub fn has(&self, path: &str) -> bool {
        self.table.contains_key(path) || (path.starts_with(index::FOLDER) && self.index().contains_key(path))
    }

    /// The bytes of the file `path`.
    pub fn render(&self, path: &str) -> Result<Vec<u8>, SiteError> {
        let missing = || SiteError::NoPage { path: path.to_owned() };
        match self.table.get(path) {
            Some((kind, key)) => KINDS[*kind].render(self, path, *key),
            None if path.starts_with(index::FOLDER) => self.index().get(path).cloned().ok_or_else(missing),
            None => Err(missing()),
        }
    }

    /// The file of the repository that the file `path` of the site is a copy of, if it is one.
    fn original(&self, path: &str) -> Option<&RepoPath> {
        self.table.get(path).and_then(|(kind, key)| KINDS[*kind].original(self, *key))
    }

    fn index(&self) -> &BTreeMap<String, Vec<u8>> {
        self.index.get_or_init(|| index::files(self))
    }

    /// Makes what depends on every text. To be called before pages are rendered in parallel: it works in parallel itself,
    /// and a thread that waits for it must not take up a page that does.
    fn prepare(&self) {
        self.index();
        self.similar();
    }

    fn similar(&self) -> &[Vec<Similar>] {
        self.similar.get_or_init(|| similar::all(self))
    }

    /// Whom the site is for.
    pub fn view(&self) -> View {
        self.model.view
    }

    /// What the site shows, and nothing else.
    pub fn store(&self) -> &Arc<Store> {
        &self.model.store
    }

    /// Changes when any file that the site shows does.
    pub fn version(&self) -> String {
        blake3::Hash::from_bytes(self.store().fingerprint()).to_hex()[..16].to_owned()
    }

    /// The site's own words.
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

    /// What the frame of the page in file `path` needs; the page adds its own.
    fn page_context(&self, path: &str) -> PageContext {
        let folder = path.strip_suffix("index.html").unwrap_or(path);
        PageContext {
            root: self.root_of(path),
            canonical: self.absolute(folder),
            noindex: self.view().audience == Audience::Internal,
            feeds: self.feed_links("", &self.model.settings().title),
            ..PageContext::default()
        }
    }

    fn site_context(&self) -> SiteContext {
        let settings = self.model.settings();
        let page = |folder: &str| self.options.links.page(folder);
        let nav = [
            ("services", !self.model.services.is_empty()),
            ("tags", !self.model.tags.is_empty()),
            ("knowledge", !self.model.articles.is_empty()),
        ];
        SiteContext {
            title: settings.title.clone(),
            language: settings.language.clone(),
            audience: self.view().audience.name(),
            answered_only: self.model.view.publish == crate::settings::Publish::Answered,
            generator: concat!("Casebook ", env!("CARGO_PKG_VERSION")),
            content_policy: CONTENT_POLICY,
            as_of: self.model.as_of.map(|time| self.when(time)),
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
                new: self.new_ticket_link(),
            },
            opensearch: self.url.as_ref().map(|_| "opensearch.xml"),
            version: self.options.events.as_ref().map(|_| self.version()),
            events: self.options.events.clone(),
        }
    }

    fn body(&self, path: Option<&RepoPath>) -> String {
        self.store().body(path)
    }

    /// A text as HTML. `path` is its file, `root` the way to the root of the site, `key` what tells its ids from those of
    /// other texts of the page, `shift` how far its headings move down, `own` the ticket whose page it stands on.
    fn prose(
        &self,
        text: &str,
        path: Option<&RepoPath>,
        root: &str,
        key: &str,
        shift: usize,
        own: Option<TicketNo>,
    ) -> Html {
        let links = resolve::TextLinks { site: self, root, folder: path.map_or("", RepoPath::folder), own };
        let style = Style { key, heading_shift: shift, words: &self.markdown_words, resolve: &links };
        Html::new(markdown::render(text, &style).html)
    }
}

/// Reads the files of the repository's own `site/` folder. Returns the errors of those that cannot be read, too: the
/// built-in ones stand in for them.
fn overrides(store: &Store) -> (Overrides, Vec<RepoError>) {
    let (mut overrides, mut unreadable) = (Overrides::new(), Vec::new());
    for (entry, role) in store.layout.files() {
        if *role == Role::Other && entry.path.is_below(FOLDER) && entry.kind == crate::repo::EntryKind::File {
            match store.source().read(&entry.path) {
                Ok(bytes) => {
                    _ = overrides.insert(entry.path.as_str()[FOLDER.len() + 1..].to_owned(), bytes);
                }
                Err(error) => unreadable.push(error),
            }
        }
    }
    (overrides, unreadable)
}

#[cfg(test)]
mod tests;

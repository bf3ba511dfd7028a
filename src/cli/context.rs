//! The context of a command: the process, the global options, the repository and its contents.

use std::{
    cell::{OnceCell, RefCell},
    ffi::OsString,
    path::PathBuf,
    sync::Arc,
};

use serde::Deserialize;

use super::{CliError, Global, ProcessEnvironment, Ui, interrupted, typed_options};
use crate::{
    repo::{LockedRepo, ReadOnce, Repo, Source},
    store::{self, Store},
};

/// The maximum length, in characters, of a command line that a hint repeats.
const MAX_TYPED: usize = 300;

/// The process, the global options and the repository, which is opened on first use.
pub(crate) struct Context {
    pub process: ProcessEnvironment,
    pub ui: Ui,
    pub global: Global,
    /// The command line without the program's name.
    line: Vec<OsString>,
    repo: OnceCell<Repo>,
    /// All loaded stores. They are kept until the process ends, because dropping a large store takes time.
    stores: RefCell<Vec<Arc<Store>>>,
}

/// The user's settings in `~/.config/casebook/config.yml`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct UserSettings {
    /// The repository for commands that run outside of any repository.
    repo: Option<PathBuf>,
}

impl Context {
    /// Creates a context. The repository is opened later.
    pub(crate) fn new(process: ProcessEnvironment, ui: Ui, global: Global, line: Vec<OsString>) -> Self {
        Self { process, ui, global, line, repo: OnceCell::new(), stores: RefCell::default() }
    }

    /// Returns the typed command with the options `more`, to be pasted from a hint. They replace the same options of the
    /// typed command. A command that is too long to repeat is described instead.
    pub(crate) fn command_with(&self, more: &[String]) -> String {
        let words = self.line.iter().map(|word| word.to_string_lossy().into_owned()).collect();
        let words = typed_options::without(words, more);
        let typed = words.iter().map(|word| typed_options::quoted(word)).collect::<Vec<_>>().join(" ");
        let more = more.join(" ");
        match typed.chars().count() <= MAX_TYPED && !typed.contains(char::is_control) {
            true => format!("`casebook {typed} {more}`"),
            false => format!("the same command with `{more}`"),
        }
    }

    /// Opens the repository of `--repo`; else the nearest parent folder with casebook.yml; else the repository of
    /// `CASEBOOK_REPO`; else the one of the user's settings.
    pub(crate) fn repo(&self) -> Result<&Repo, CliError> {
        if let Some(repo) = self.repo.get() {
            return Ok(repo);
        }
        let repo = self.open_repo()?;
        interrupted::repair(&repo, &self.ui);
        Ok(self.repo.get_or_init(|| repo))
    }

    /// Locks `repo` for writing. Tells the user if another process has the lock.
    pub(crate) fn lock<'a>(&self, repo: &'a Repo) -> Result<LockedRepo<'a>, CliError> {
        Ok(repo.lock(|| self.ui.say("waiting for another casebook process to finish"))?)
    }

    /// Uses `repo` for the rest of the command, regardless of the options.
    pub(crate) fn go_to(&self, repo: Repo) -> Result<&Repo, CliError> {
        Ok(self.repo.get_or_init(|| repo))
    }

    fn open_repo(&self) -> Result<Repo, CliError> {
        let open = |dir: &PathBuf| {
            Repo::open_in(&self.process.folder.join(dir), self.process.environment.clone())
                .map_err(CliError::from)
        };
        if let Some(dir) = &self.global.repo {
            return open(dir);
        }
        if let Some(repo) = Repo::discover_in(&self.process.folder, self.process.environment.clone())? {
            return Ok(repo);
        }
        if let Some(dir) = self.process.variable("CASEBOOK_REPO").map(PathBuf::from) {
            return open(&dir);
        }
        if let Some(dir) = self.user_settings()?.repo {
            return open(&dir);
        }
        Err(CliError::environment(
            "no casebook repository found: neither this folder nor any above it has casebook.yml",
        )
        .with_hint("name a repository with `--repo DIR` or CASEBOOK_REPO")
        .with_hint("`casebook init` creates one"))
    }

    fn user_settings(&self) -> Result<UserSettings, CliError> {
        let home = self.process.variable("HOME").map(PathBuf::from);
        let config = self.process.variable("XDG_CONFIG_HOME").map(PathBuf::from);
        let Some(folder) = config.or_else(|| home.clone().map(|home| home.join(".config"))) else {
            return Ok(UserSettings::default());
        };
        let path = folder.join("casebook/config.yml");
        let Some(text) = crate::repo::read_outside(&path)? else {
            return Ok(UserSettings::default());
        };
        let mut settings: UserSettings = serde_yaml::from_str(&text).map_err(|error| {
            CliError::environment(error)
                .with_context(format!("cannot read your settings in {}", path.display()))
                .with_hint("write `repo: /path/to/a/casebook/repository`, or remove the file")
        })?;
        if let (Some(repo), Some(home)) = (&settings.repo, home)
            && let Ok(below) = repo.strip_prefix("~")
        {
            settings.repo = Some(home.join(below));
        }
        Ok(settings)
    }

    /// Loads the worktree, or HEAD of a bare repository.
    pub(crate) fn store(&self) -> Result<Arc<Store>, CliError> {
        self.load(Arc::from(self.repo()?.current()?))
    }

    /// Loads the same as [`Context::store`], for a command that reads all texts several times: each file is read once.
    /// With `in_review`, adds the tickets in review.
    pub(crate) fn store_read_once(&self, in_review: bool) -> Result<Arc<Store>, CliError> {
        let repo = self.repo()?;
        let source = Arc::new(ReadOnce::of(Arc::from(repo.current()?)));
        self.load_and(source, |store| Ok(if in_review { store.with_in_review(repo)? } else { store }))
    }

    /// Loads the same as [`Context::store`], with the tickets in review.
    pub(crate) fn store_with_in_review(&self) -> Result<Arc<Store>, CliError> {
        let repo = self.repo()?;
        self.load_and(Arc::from(repo.current()?), |store| Ok(store.with_in_review(repo)?))
    }

    fn load(&self, source: Arc<dyn Source>) -> Result<Arc<Store>, CliError> {
        self.load_and(source, Ok)
    }

    /// Loads `source` and changes the store with `change`.
    fn load_and(
        &self,
        source: Arc<dyn Source>,
        change: impl FnOnce(Store) -> Result<Store, CliError>,
    ) -> Result<Arc<Store>, CliError> {
        let repo = self.repo()?;
        let name = if repo.is_bare() { "parsed-head" } else { "parsed-worktree" };
        let (source, reading) = self.ui.watch_reading(source);
        let store = Arc::new(change(store::load(source, &repo.cache_slot(name))?)?);
        drop(reading);
        self.stores.borrow_mut().push(Arc::clone(&store));
        if store.problems() > 0 {
            let files = match store.problems() {
                1 => "1 file has problems".to_owned(),
                count => format!("{count} files have problems"),
            };
            self.ui.say(format!("{files}; `casebook check` lists them"));
        }
        Ok(store)
    }

    /// Returns the person id of the user; `None` if git has no identity.
    pub(crate) fn me(&self, store: &Store) -> Result<Option<String>, CliError> {
        let identity = self.repo()?.identity()?;
        Ok(identity.map(|identity| store.settings.author_id(&identity.name, &identity.email)))
    }
}

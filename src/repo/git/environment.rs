//! The environment variables for git and Casebook.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

/// Variables that tie git to one repository (`git rev-parse --local-env-vars`, except those with `-c` settings). Hooks
/// have them set; a command for another repository must not inherit them.
pub(in crate::repo) const LOCAL_VARIABLES: [&str; 14] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_QUARANTINE_PATH",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_SHALLOW_FILE",
    "GIT_GRAFT_FILE",
    "GIT_REPLACE_REF_BASE",
    "GIT_INTERNAL_SUPER_PREFIX",
];

/// A snapshot of the environment, so that tests and servers can use other variables than the process has.
#[derive(Clone, Debug)]
pub struct Environment {
    variables: BTreeMap<OsString, OsString>,
    folder: PathBuf,
    interactive: bool,
}

impl Environment {
    /// Returns the environment of this process.
    pub fn of_process() -> Self {
        Self {
            variables: std::env::vars_os().collect(),
            folder: std::env::current_dir().unwrap_or_else(|_| PathBuf::from(".")),
            interactive: std::io::stdin().is_terminal() && std::io::stderr().is_terminal(),
        }
    }

    /// Returns an environment of only `variables`, in `folder`, without a terminal.
    pub fn new<K: Into<OsString>, V: Into<OsString>>(
        variables: impl IntoIterator<Item = (K, V)>,
        folder: impl Into<PathBuf>,
    ) -> Self {
        let variables = variables.into_iter().map(|(key, value)| (key.into(), value.into())).collect();
        Self { variables, folder: folder.into(), interactive: false }
    }

    /// Adds or replaces a variable.
    #[must_use]
    pub fn with(mut self, key: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.variables.insert(key.into(), value.into());
        self
    }

    /// Returns a variable; an empty one counts as not set, as in git.
    pub fn get(&self, key: &str) -> Option<&OsStr> {
        self.variables.get(OsStr::new(key)).map(OsString::as_os_str).filter(|value| !value.is_empty())
    }

    /// Returns a variable if it is valid UTF-8.
    pub(in crate::repo) fn text(&self, key: &str) -> Option<String> {
        self.get(key)?.to_str().map(str::to_owned)
    }

    /// Returns a variable as an absolute path.
    pub(in crate::repo) fn path(&self, key: &str) -> Option<PathBuf> {
        self.get(key).map(|value| self.folder.join(value))
    }

    /// Returns a variable as a list of absolute paths.
    pub(in crate::repo) fn paths(&self, key: &str) -> Vec<PathBuf> {
        self.get(key)
            .map(|value| std::env::split_paths(value).map(|path| self.folder.join(path)).collect())
            .unwrap_or_default()
    }

    /// Returns whether git can ask a person at a terminal for a password.
    pub(in crate::repo) fn is_interactive(&self) -> bool {
        self.interactive
    }

    /// Returns the variables for a command in any repository.
    pub(in crate::repo) fn for_any_repository(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.variables
            .iter()
            .filter(|(key, _)| !LOCAL_VARIABLES.iter().any(|local| key.as_os_str() == OsStr::new(local)))
            .map(|(key, value)| (key.as_os_str(), value.as_os_str()))
    }

    /// Returns whether the variables tie git to the repository at `git_dir`, as in a hook, an alias or `git rebase
    /// --exec`. Without `GIT_DIR`, which hooks of a main worktree do not get, the variables belong to the repository
    /// that git finds from the current folder.
    pub(in crate::repo) fn is_of(&self, git_dir: &Path) -> bool {
        if !LOCAL_VARIABLES.iter().any(|local| self.get(local).is_some()) {
            return false;
        }
        let own = self
            .path("GIT_DIR")
            .or_else(|| git2::Repository::discover_path(&self.folder, None::<&Path>).ok());
        own.and_then(|own| own.canonicalize().ok())
            .is_some_and(|own| Some(own) == git_dir.canonicalize().ok())
    }
}

//! The environment variables that git and Casebook are run with.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

/// Variables that tie git to one repository (`git rev-parse --local-env-vars`, without those that carry `-c` settings).
/// A hook has them set; a command about another repository must not inherit them.
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

/// A snapshot of the environment, so that tests and servers can be given another one than the process's.
#[derive(Clone, Debug)]
pub struct Environment {
    variables: BTreeMap<OsString, OsString>,
    folder: PathBuf,
    interactive: bool,
}

impl Environment {
    /// The environment of this process.
    pub fn of_process() -> Self {
        Self {
            variables: std::env::vars_os().collect(),
            folder: std::env::current_dir().unwrap_or_else(|_| PathBuf::from(".")),
            interactive: std::io::stdin().is_terminal() && std::io::stderr().is_terminal(),
        }
    }

    /// An environment of nothing but `variables`, in `folder`, where nobody can be asked anything.
    pub fn new<K: Into<OsString>, V: Into<OsString>>(
        variables: impl IntoIterator<Item = (K, V)>,
        folder: impl Into<PathBuf>,
    ) -> Self {
        let variables = variables.into_iter().map(|(key, value)| (key.into(), value.into())).collect();
        Self { variables, folder: folder.into(), interactive: false }
    }

    /// This environment with one variable more, or another value of it.
    #[must_use]
    pub fn with(mut self, key: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.variables.insert(key.into(), value.into());
        self
    }

    /// A variable; one that is empty counts as not set, as in git.
    pub fn get(&self, key: &str) -> Option<&OsStr> {
        self.variables.get(OsStr::new(key)).map(OsString::as_os_str).filter(|value| !value.is_empty())
    }

    /// A variable that is text.
    pub(in crate::repo) fn text(&self, key: &str) -> Option<String> {
        self.get(key)?.to_str().map(str::to_owned)
    }

    /// A variable that is a path, made absolute.
    pub(in crate::repo) fn path(&self, key: &str) -> Option<PathBuf> {
        self.get(key).map(|value| self.folder.join(value))
    }

    /// A variable that is a list of paths, made absolute.
    pub(in crate::repo) fn paths(&self, key: &str) -> Vec<PathBuf> {
        self.get(key)
            .map(|value| std::env::split_paths(value).map(|path| self.folder.join(path)).collect())
            .unwrap_or_default()
    }

    /// Whether there is a person at a terminal who can be asked for a password.
    pub(in crate::repo) fn is_interactive(&self) -> bool {
        self.interactive
    }

    /// The variables for a command about any repository.
    pub(in crate::repo) fn for_any_repository(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.variables
            .iter()
            .filter(|(key, _)| !LOCAL_VARIABLES.iter().any(|local| key.as_os_str() == OsStr::new(local)))
            .map(|(key, value)| (key.as_os_str(), value.as_os_str()))
    }

    /// Whether the variables that tie git to one repository tie it to the one at `git_dir`: in a hook, an alias, or
    /// `git rebase --exec`. Without `GIT_DIR`, which hooks of a main worktree do not get, they are about the repository that
    /// git finds from the current folder.
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

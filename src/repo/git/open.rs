//! Finds and opens a casebook repository.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use git2::ErrorCode;

use super::environment::Environment;
use super::repo::Repo;
use crate::repo::error::{GitResultExt as _, RepoError};
use crate::repo::scope::{self, PathProblem};

impl Repo {
    /// Opens `dir`: a folder with `casebook.yml` inside a git worktree, or a bare git repository.
    pub(crate) fn open(dir: &Path) -> Result<Self, RepoError> {
        Self::open_in(dir, Environment::of_process())
    }

    /// Opens `dir` with another environment than the process's.
    pub(crate) fn open_in(dir: &Path, environment: Environment) -> Result<Self, RepoError> {
        let dir = dir.canonicalize().map_err(|source| RepoError::io("open", dir, source))?;
        if has_settings(&dir) {
            let Ok(git_dir) = git2::Repository::discover_path(&dir, None::<&Path>) else {
                return Err(RepoError::NotInGit { dir });
            };
            Self::open_at(dir, &git_dir, environment)
        } else if is_git_dir(&dir) {
            Self::open_at(dir.clone(), &dir, environment)
        } else {
            Err(RepoError::NotACasebook { dir })
        }
    }

    /// Opens the casebook repository that contains `start`: the nearest parent folder with `casebook.yml`, or a bare
    /// repository (where hooks run). Returns `None` if there is none.
    pub(crate) fn discover(start: &Path) -> Result<Option<Self>, RepoError> {
        Self::discover_in(start, Environment::of_process())
    }

    /// Does the same as [`Repo::discover`] with another environment than the process's.
    pub(crate) fn discover_in(start: &Path, environment: Environment) -> Result<Option<Self>, RepoError> {
        let start = start.canonicalize().map_err(|source| RepoError::io("open", start, source))?;
        for dir in start.ancestors() {
            // A `.git` folder belongs to the worktree above it, so the search continues there.
            let bare = || dir.file_name().is_none_or(|name| name != ".git") && is_git_dir(dir);
            if has_settings(dir) || bare() {
                return Self::open_in(dir, environment).map(Some);
            }
        }
        Ok(None)
    }

    fn open_at(root: PathBuf, git_dir: &Path, environment: Environment) -> Result<Self, RepoError> {
        // Git itself does not verify the hash of each object that it reads. Verification would take a fifth of the time
        // that is needed to read a history.
        git2::opts::strict_hash_verification(false);
        let bare = !has_settings(&root);
        let git = if bare {
            git2::Repository::open(git_dir)
        } else {
            // Opens from the worktree, since a git directory elsewhere does not know where its worktree is.
            let nowhere: [&Path; 0] = [];
            git2::Repository::open_ext(&root, git2::RepositoryOpenFlags::CROSS_FS, nowhere)
        };
        let git = git.map_err(|error| explain(git_dir, &root, error))?;
        let git_dir = git.path().canonicalize().unwrap_or_else(|_| git.path().to_owned());
        let common_dir = git.commondir().canonicalize().unwrap_or_else(|_| git.commondir().to_owned());
        let prefix = if bare { String::new() } else { prefix_of(&git, &root)? };
        if bare && !git.is_bare() {
            return Err(RepoError::NotACasebook { dir: root });
        }
        let own_environment = environment.is_of(&git_dir);

        let mut stores = vec![common_dir.join("objects")];
        if own_environment {
            stores.extend(environment.path("GIT_OBJECT_DIRECTORY"));
            stores.extend(environment.paths("GIT_ALTERNATE_OBJECT_DIRECTORIES"));
        }
        let corrupt = |source| RepoError::Corrupt { dir: git_dir.clone(), source };
        let objects = git2::Odb::new().map_err(corrupt)?;
        let own_objects = git.odb().map_err(corrupt)?;
        for (n, store) in stores.iter().enumerate() {
            let Some(text) = store.to_str() else {
                return Err(RepoError::path(
                    store.display(),
                    PathProblem::new("is not valid UTF-8, which libgit2 requires", "rename the folder"),
                ));
            };
            objects.add_disk_alternate(text).map_err(corrupt)?;
            if n > 0 {
                own_objects.add_disk_alternate(text).map_err(corrupt)?;
            }
        }
        drop(own_objects);
        Ok(Self {
            root,
            prefix,
            bare,
            git_dir,
            common_dir,
            environment,
            own_environment,
            git: Mutex::new(git),
            objects: Arc::new(objects),
        })
    }
}

fn has_settings(dir: &Path) -> bool {
    dir.join(scope::SETTINGS).symlink_metadata().is_ok()
}

/// Returns whether `dir` looks like a git directory, by git's own rule.
pub(in crate::repo) fn is_git_dir(dir: &Path) -> bool {
    dir.join("HEAD").is_file() && dir.join("objects").is_dir() && dir.join("refs").is_dir()
}

/// Returns the casebook root relative to the git worktree.
fn prefix_of(git: &git2::Repository, root: &Path) -> Result<String, RepoError> {
    let not_in_git = || RepoError::NotInGit { dir: root.to_owned() };
    let workdir = git.workdir().ok_or_else(not_in_git)?;
    let workdir = workdir.canonicalize().map_err(|source| RepoError::io("open", workdir, source))?;
    let prefix = root.strip_prefix(&workdir).map_err(|_| not_in_git())?;
    let parts: Option<Vec<_>> = prefix.iter().map(|part| part.to_str()).collect();
    parts.map(|parts| parts.join("/")).ok_or_else(|| {
        RepoError::path(root.display(), PathProblem::new("is not valid UTF-8", "rename the folder"))
    })
}

/// Explains why libgit2 could not open the repository.
fn explain(git_dir: &Path, root: &Path, error: git2::Error) -> RepoError {
    if error.code() == ErrorCode::Owner {
        return RepoError::ForeignOwner { dir: root.to_owned() };
    }
    let unsupported = |what: &str, hint: &str| RepoError::Unsupported {
        dir: git_dir.to_owned(),
        what: what.to_owned(),
        hint: hint.to_owned(),
    };
    match extension(git_dir) {
        Ok(Some((name, value))) => match (name.as_str(), value.as_str()) {
            ("objectformat", _) => unsupported(
                "uses SHA-256 object ids",
                "create a repository with `git init --object-format=sha1` and copy the files to it",
            ),
            ("refstorage", _) => unsupported(
                "stores its branches in the reftable format",
                "run `git refs migrate --ref-format=files`",
            ),
            ("partialclone", _) => unsupported("is a partial clone", "clone it without `--filter`"),
            _ => unsupported(&format!("uses git's extension `{name}`"), "clone it without that extension"),
        },
        _ => RepoError::Corrupt { dir: git_dir.to_owned(), source: error },
    }
}

/// Returns the first extension of the repository format that libgit2 does not support, with its value.
fn extension(git_dir: &Path) -> Result<Option<(String, String)>, RepoError> {
    let common = std::fs::read_to_string(git_dir.join("commondir")).unwrap_or_default();
    let path = git_dir.join(common.trim()).join("config");
    let config = git2::Config::open(&path).doing(|| format!("read `{}`", path.display()))?;
    let mut entries =
        config.entries(Some("^extensions\\.")).doing(|| format!("read `{}`", path.display()))?;
    let known = ["noop", "worktreeconfig", "preciousobjects", "relativeworktrees"];
    while let Some(Ok(entry)) = entries.next() {
        let (Ok(name), Ok(value)) = (entry.name(), entry.value()) else { continue };
        let name = name.trim_start_matches("extensions.").to_ascii_lowercase();
        let usual = matches!((name.as_str(), value), ("objectformat", "sha1") | ("refstorage", "files"));
        if !known.contains(&name.as_str()) && !usual {
            return Ok(Some((name, value.to_owned())));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Hinted as _;
    use crate::repo::testing::Sandbox;

    #[test]
    fn a_casebook_is_found_from_a_folder_inside_it() {
        let sandbox = Sandbox::new();
        sandbox.init("a").file("a/sub/casebook.yml", "version: 1\n").file("a/sub/tickets/2026/x.md", "x");
        let repo = Repo::discover_in(&sandbox.path("a/sub/tickets/2026"), sandbox.env()).unwrap().unwrap();
        assert_eq!(repo.root(), sandbox.path("a/sub"));
        assert_eq!(repo.prefix, "sub");
        assert!(!repo.is_bare());
        assert_eq!(repo.cache_dir(), sandbox.path("a/.git/casebook"));
    }

    #[test]
    fn a_linked_worktree_shares_the_caches_of_its_repository() {
        let sandbox = Sandbox::new();
        sandbox.casebook("a").git("a", "worktree add -q ../b -b other");
        let repo = sandbox.open("b");
        assert_eq!(repo.root(), sandbox.path("b"));
        assert_eq!(repo.common_dir(), sandbox.path("a/.git"));
        assert_eq!(repo.git_dir(), sandbox.path("a/.git/worktrees/b"));
        assert_eq!(repo.branch().as_deref(), Some("other"));

        sandbox.git(".", "clone -q --bare a c.git").git("c.git", "worktree add -q ../d -b third");
        assert!(!sandbox.open("d").is_bare(), "a worktree of a bare repository is not bare");
    }

    #[test]
    fn a_git_directory_elsewhere_and_a_submodule_are_worktrees_too() {
        let sandbox = Sandbox::new();
        sandbox
            .git(".", "init -q --separate-git-dir elsewhere a")
            .file("a/casebook.yml", "")
            .commit("a", "one");
        let repo = sandbox.open("a");
        assert_eq!((repo.root(), repo.git_dir()), (&*sandbox.path("a"), &*sandbox.path("elsewhere")));
        sandbox
            .init("super")
            .git("super", "-c protocol.file.allow=always submodule --quiet add ../a tracker");
        let repo = sandbox.open("super/tracker");
        assert_eq!(repo.git_dir(), sandbox.path("super/.git/modules/tracker"));
        assert!(!repo.is_bare() && repo.head().unwrap().is_some());
    }

    #[test]
    fn a_bare_repository_reads_its_head() {
        let sandbox = Sandbox::new();
        sandbox.casebook("a").git(".", "clone -q --bare a b.git");
        let repo = sandbox.open("b.git");
        assert!(repo.is_bare());
        assert_eq!(repo.current().unwrap().list().unwrap().entries[0].path.as_str(), "casebook.yml");
        assert!(repo.worktree().is_err());
        assert!(Repo::discover_in(&sandbox.path("b.git/hooks"), sandbox.env()).unwrap().unwrap().is_bare());
    }

    #[test]
    fn a_bare_repository_without_settings_is_reported() {
        let sandbox = Sandbox::new();
        sandbox.git(".", "init -q --bare empty.git");
        let error = |repo: &Repo| repo.current().err().unwrap().to_string();
        assert!(error(&sandbox.open("empty.git")).contains("casebook.yml"));
        sandbox.init("a").file("a/README.md", "no casebook").commit("a", "first");
        sandbox.git(".", "clone -q --bare a b.git");
        assert!(error(&sandbox.open("b.git")).contains("has no `casebook.yml`"));
    }

    #[test]
    fn an_unsupported_repository_is_refused_with_the_next_step() {
        let sandbox = Sandbox::new();
        let error = |dir: &str| Repo::open_in(&sandbox.path(dir), sandbox.env()).unwrap_err().with_hint();
        sandbox.git(".", "init -q --object-format=sha256 s").file("s/casebook.yml", "");
        assert!(error("s").contains("SHA-256"), "{}", error("s"));
        sandbox.git(".", "init -q --ref-format=reftable r").file("r/casebook.yml", "");
        assert!(error("r").contains("git refs migrate --ref-format=files"), "{}", error("r"));
        sandbox.init("p").file("p/casebook.yml", "");
        sandbox
            .git("p", "config core.repositoryformatversion 1")
            .git("p", "config extensions.partialClone origin");
        assert!(error("p").contains("partial clone"), "{}", error("p"));
        sandbox.file("n/casebook.yml", "");
        assert!(error("n").contains("run `git init "), "{}", error("n"));
        sandbox.file("x/a.txt", "");
        assert!(error("x").contains("no `casebook.yml`"), "{}", error("x"));
        sandbox.init("c").file("c/casebook.yml", "").file("c/.git/config", "[core\n");
        assert!(error("c").contains("fsck` shows details"), "{}", error("c"));
    }
}

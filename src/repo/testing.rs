//! Real git repositories in a temporary folder, for tests.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};

use super::git::program::Git;
use super::{Environment, LockedRepo, Repo};

/// A temporary folder with repositories in it. It ignores the user's own git settings, and its clock advances one
/// minute per command.
pub(crate) struct Sandbox {
    _temp: tempfile::TempDir,
    root: PathBuf,
    clock: AtomicI64,
}

#[track_caller]
fn expect<T, E: std::fmt::Display>(result: Result<T, E>) -> T {
    result.unwrap_or_else(|error| panic!("{error}"))
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        let temp = tempfile::tempdir().unwrap();
        let root = temp.path().canonicalize().unwrap();
        Self { _temp: temp, root, clock: AtomicI64::new(1_700_000_000) }
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        if path == "." { self.root.clone() } else { self.root.join(path) }
    }

    pub(crate) fn env(&self) -> Environment {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let date = format!("{} +0000", self.clock.fetch_add(60, Ordering::Relaxed));
        Environment::new(
            [
                ("HOME", self.root.clone().into_os_string()),
                ("PATH", path),
                ("GIT_CONFIG_GLOBAL", "/dev/null".into()),
                ("GIT_CONFIG_NOSYSTEM", "1".into()),
                ("GIT_AUTHOR_NAME", "Mei Lin".into()),
                ("GIT_AUTHOR_EMAIL", "mei@acme.example".into()),
                ("GIT_COMMITTER_NAME", "Mei Lin".into()),
                ("GIT_COMMITTER_EMAIL", "mei@acme.example".into()),
                ("GIT_AUTHOR_DATE", date.clone().into()),
                ("GIT_COMMITTER_DATE", date.into()),
                ("GIT_CONFIG_COUNT", "2".into()),
                ("GIT_CONFIG_KEY_0", "init.defaultBranch".into()),
                ("GIT_CONFIG_VALUE_0", "main".into()),
                ("GIT_CONFIG_KEY_1", "gc.auto".into()),
                ("GIT_CONFIG_VALUE_1", "0".into()),
            ],
            &self.root,
        )
    }

    /// Runs git in `dir` with the words of `command` as arguments.
    #[track_caller]
    pub(crate) fn git(&self, dir: &str, command: &str) -> &Self {
        self.git_says(dir, command);
        self
    }

    /// Runs git and returns its output without the last line end.
    #[track_caller]
    pub(crate) fn git_says(&self, dir: &str, command: &str) -> String {
        let git = Git::in_folder(&self.path(dir), &self.env()).args(command.split_whitespace());
        expect(git.success()).trim_end_matches('\n').to_owned()
    }

    #[track_caller]
    pub(crate) fn init(&self, dir: &str) -> &Self {
        self.git(".", &format!("init -q {dir}"))
    }

    #[track_caller]
    pub(crate) fn file(&self, path: &str, contents: impl AsRef<[u8]>) -> &Self {
        let path = self.path(path);
        expect(fs::create_dir_all(path.parent().unwrap()));
        expect(fs::write(path, contents));
        self
    }

    #[track_caller]
    pub(crate) fn read(&self, path: &str) -> String {
        expect(fs::read_to_string(self.path(path)))
    }

    #[track_caller]
    pub(crate) fn symlink(&self, target: impl AsRef<Path>, path: &str) -> &Self {
        expect(std::os::unix::fs::symlink(target, self.path(path)));
        self
    }

    /// Installs an executable hook in the repository whose git directory is `git_dir`.
    #[track_caller]
    pub(crate) fn hook(&self, git_dir: &str, name: &str, script: &str) -> &Self {
        use std::os::unix::fs::PermissionsExt as _;
        let path = format!("{git_dir}/hooks/{name}");
        self.file(&path, format!("#!/bin/sh\n{script}\n"));
        expect(fs::set_permissions(self.path(&path), fs::Permissions::from_mode(0o755)));
        self
    }

    /// Commits everything in `dir`.
    #[track_caller]
    pub(crate) fn commit(&self, dir: &str, message: &str) -> &Self {
        self.git(dir, "add -A").git(dir, &format!("commit -q --allow-empty -m {message}"))
    }

    /// Creates a git repository with a committed `casebook.yml`.
    #[track_caller]
    pub(crate) fn casebook(&self, dir: &str) -> &Self {
        self.init(dir).file(&format!("{dir}/casebook.yml"), "version: 1\n").commit(dir, "start")
    }

    #[track_caller]
    pub(crate) fn open(&self, dir: &str) -> Repo {
        expect(Repo::open_in(&self.path(dir), self.env()))
    }

    #[track_caller]
    pub(crate) fn lock<'a>(&self, repo: &'a Repo) -> LockedRepo<'a> {
        expect(repo.lock(|| ()))
    }
}

//! A temporary folder with git repositories in it, and the real program run there. Nothing of the machine's own settings
//! reaches them, and time stands still.

use std::{
    cell::Cell,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// When everything happens, unless a test says otherwise.
pub const NOW: &str = "2026-12-01T12:00:00Z";

/// A place for one test.
pub struct Sandbox {
    _temp: tempfile::TempDir,
    root: PathBuf,
    clock: Cell<i64>,
    author: Cell<(&'static str, &'static str)>,
}

/// What one run of the program said.
pub struct Run {
    words: String,
    status: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Sandbox {
    /// An empty folder. Mei Lin works in it.
    pub fn new() -> Self {
        let temp = tempfile::tempdir().unwrap();
        let root = temp.path().canonicalize().unwrap();
        let (clock, author) = (Cell::new(1_780_000_000), Cell::new(("Mei Lin", "mei@acme.example")));
        Self { _temp: temp, root, clock, author }
    }

    /// A casebook repository `a` with one service and two people, committed.
    pub fn casebook() -> Self {
        let sandbox = Self::new();
        sandbox
            .git(".", "init -q a")
            .file(
                "a/casebook.yml",
                "version: 1\nservices:\n  billing: { name: Billing }\npeople:\n  mei: { emails: [mei@acme.example] }\n  \
                 lena: { emails: [lena@acme.example] }\n",
            )
            .commit("a", "start");
        sandbox
    }

    /// Who commits from here on.
    pub fn by(&self, name: &'static str, email: &'static str) -> &Self {
        self.author.set((name, email));
        self
    }

    /// A path in the sandbox.
    pub fn path(&self, path: &str) -> PathBuf {
        if path == "." { self.root.clone() } else { self.root.join(path) }
    }

    /// Writes a file, with the folders it needs.
    #[track_caller]
    pub fn file(&self, path: &str, contents: impl AsRef<[u8]>) -> &Self {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, contents).unwrap();
        self
    }

    /// Reads a file.
    #[track_caller]
    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Changes a file: `old` must be in it.
    #[track_caller]
    pub fn replace(&self, path: &str, old: &str, new: &str) -> &Self {
        let text = self.read(path);
        assert!(text.contains(old), "{old:?} is not in {path}:\n{text}");
        self.file(path, text.replace(old, new))
    }

    /// Removes a file.
    #[track_caller]
    pub fn remove(&self, path: &str) -> &Self {
        fs::remove_file(self.path(path)).unwrap();
        self
    }

    /// Runs git with the words of `command` in `dir`.
    #[track_caller]
    pub fn git(&self, dir: &str, command: &str) -> &Self {
        self.git_says(dir, command);
        self
    }

    /// The same, and what it printed.
    #[track_caller]
    pub fn git_says(&self, dir: &str, command: &str) -> String {
        let output = self.program("git", dir).args(command.split_whitespace()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).trim_end().to_owned();
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git {command} in {dir}:\n{said}\n{err}");
        said
    }

    /// The same for a command that fails: what it said on standard error.
    #[track_caller]
    pub fn git_refuses(&self, dir: &str, command: &str) -> String {
        let output = self.program("git", dir).args(command.split_whitespace()).output().unwrap();
        assert!(!output.status.success(), "git {command} in {dir} should have failed");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    /// Commits everything in `dir`.
    #[track_caller]
    pub fn commit(&self, dir: &str, message: &str) -> &Self {
        self.git(dir, "add -A").git(dir, &format!("commit -q --allow-empty -m {message}"))
    }

    /// Runs casebook with the words of `command` in `dir`.
    #[track_caller]
    pub fn run(&self, dir: &str, command: &str) -> Run {
        self.run_words(dir, &command.split_whitespace().collect::<Vec<_>>())
    }

    /// Runs casebook with words that may have spaces in them.
    #[track_caller]
    pub fn run_words(&self, dir: &str, words: &[&str]) -> Run {
        let output = self.program(env!("CARGO_BIN_EXE_casebook"), dir).args(words).output().unwrap();
        Run {
            words: words.join(" "),
            status: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    fn program(&self, program: &str, dir: &str) -> Command {
        let date = format!("{} +0000", self.clock.get());
        self.clock.set(self.clock.get() + 60);
        let (name, email) = self.author.get();
        let mut command = Command::new(program);
        command
            .current_dir(self.path(dir))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", &self.root)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_NAME", name)
            .env("GIT_AUTHOR_EMAIL", email)
            .env("GIT_COMMITTER_NAME", name)
            .env("GIT_COMMITTER_EMAIL", email)
            .env("GIT_AUTHOR_DATE", &date)
            .env("GIT_COMMITTER_DATE", &date)
            .env("GIT_CONFIG_COUNT", "2")
            .env("GIT_CONFIG_KEY_0", "init.defaultBranch")
            .env("GIT_CONFIG_VALUE_0", "main")
            .env("GIT_CONFIG_KEY_1", "gc.auto")
            .env("GIT_CONFIG_VALUE_1", "0")
            .env("CASEBOOK_NOW", NOW)
            .stdin(Stdio::null());
        command
    }

    /// The root, for libraries.
    pub fn root(&self) -> &Path {
        &self.root
    }
}

impl Run {
    /// Says what was said, when an expectation fails.
    fn told(&self) -> String {
        let Self { words, status, out, err } = self;
        format!(
            "casebook {words} (exit status {status})\n--- standard output\n{out}\n--- standard error\n{err}"
        )
    }

    /// The exit status is this.
    #[track_caller]
    pub fn exits(self, status: i32) -> Self {
        assert_eq!(self.status, status, "{}", self.told());
        self
    }

    /// Standard output has all of these.
    #[track_caller]
    pub fn prints(self, parts: &[&str]) -> Self {
        for part in parts {
            assert!(self.out.contains(part), "{part:?} was not printed by {}", self.told());
        }
        self
    }

    /// Neither output has any of these.
    #[track_caller]
    pub fn keeps_quiet_about(self, parts: &[&str]) -> Self {
        for part in parts {
            assert!(
                !self.out.contains(part) && !self.err.contains(part),
                "{part:?} was said by {}",
                self.told()
            );
        }
        self
    }

    /// Standard error has all of these.
    #[track_caller]
    pub fn says(self, parts: &[&str]) -> Self {
        for part in parts {
            assert!(self.err.contains(part), "{part:?} was not said by {}", self.told());
        }
        self
    }

    /// Standard output is empty.
    #[track_caller]
    pub fn prints_nothing(self) -> Self {
        assert!(self.out.is_empty(), "{}", self.told());
        self
    }

    /// Standard output as JSON.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.told()))
    }

    /// The codes of the findings, with their files, of `check --format short`.
    #[track_caller]
    pub fn found(&self) -> Vec<String> {
        let one = |line: &str| {
            let (place, rest) = line.split_once(": ")?;
            let code = rest.split_once('[')?.1.split_once(']')?.0;
            Some(format!("{} {code}", place.split(':').next()?))
        };
        self.out
            .lines()
            .map(|line| one(line).unwrap_or_else(|| panic!("{line:?} is no finding: {}", self.told())))
            .collect()
    }
}

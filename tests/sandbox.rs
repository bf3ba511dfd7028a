//! A temporary folder with real git repositories, in which tests run the real program. The user's settings have no effect
//! there, and the clock advances by one second per command.

use std::{
    ffi::OsStr,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::atomic::{AtomicI64, Ordering},
};

use casebook::internals::text::Time;
use serde_json::Value as Json;

/// The program under test.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_casebook");

/// The time at which each sandbox starts: 2026-11-22T09:00:00Z, a Sunday.
const START: i64 = 1_795_338_000;

/// The settings of [`Sandbox::team`]: two services, of which one is a module of the other, and four people.
pub(crate) const SETTINGS: &str = r#"version: 1
title: Acme Oncall
intake: main
default_template: incident
services:
  billing-api:
    name: Billing API
    oncall: [mei, omar]
    paths: ["/console/billing/**", "services/billing/**"]
  billing-export: { name: Billing export, part_of: billing-api, paths: ["/console/billing/exports/**"] }
people:
  mei: { name: Mei Lin, emails: [mei@acme.example] }
  lena: { name: Lena Weber, emails: [lena@acme.example] }
  omar: { name: Omar Diaz, emails: [omar@acme.example] }
  # not oncall
  ann: { name: Ann Oyelaran, emails: [ann@acme.example] }
"#;

/// The options of `casebook new` for a complete incident, except for its title.
pub(crate) const COMPLETE: &str = "--set service=billing-export --set environment=production \
    --section 'Problem=Exporting the invoices of October ends after 30 seconds with a timeout of the gateway.' \
    --section 'Impact=All accountants in Europe cannot close the month.'";

/// A temporary folder with repositories. Dropping the value deletes the folder.
pub(crate) struct Sandbox {
    _temp: tempfile::TempDir,
    root: PathBuf,
    clock: AtomicI64,
}

impl Sandbox {
    #[track_caller]
    pub(crate) fn new() -> Self {
        Self::in_folder(tempfile::tempdir().unwrap())
    }

    /// Creates a sandbox on a disk in memory, if the machine has one. It is for tests with so many writes that they would
    /// wait minutes for a real disk.
    #[track_caller]
    pub(crate) fn in_memory() -> Self {
        Self::in_folder(tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap())
    }

    #[track_caller]
    fn in_folder(temp: tempfile::TempDir) -> Self {
        let root = temp.path().canonicalize().unwrap();
        fs::create_dir(root.join("home")).unwrap();
        Self { _temp: temp, root, clock: AtomicI64::new(START) }
    }

    /// Creates a sandbox with [`Sandbox::team`] in the folder `team`.
    #[track_caller]
    pub(crate) fn with_team() -> Self {
        let sandbox = Self::new();
        sandbox.team("team");
        sandbox
    }

    pub(crate) fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        self.root.join(path)
    }

    /// Advances the clock.
    pub(crate) fn wait(&self, seconds: i64) -> &Self {
        self.clock.fetch_add(seconds, Ordering::SeqCst);
        self
    }

    /// Returns a command that runs `program` in a folder of the sandbox, one second after the command before it. Of the
    /// user's environment variables, it has only `PATH`.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>, dir: impl AsRef<Path>) -> Command {
        let seconds = self.clock.fetch_add(1, Ordering::SeqCst);
        let now = Time::from_seconds(seconds).unwrap().to_string();
        let mut command = Command::new(program);
        command.current_dir(self.path(dir)).env_clear();
        // Hooks find the program on the path, like an installed one.
        let own = Path::new(PROGRAM).parent().map(Path::to_owned);
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths(own.into_iter().chain(std::env::split_paths(&path))).unwrap();
        command.env("PATH", path);
        command.env("HOME", self.path("home")).env("TMPDIR", std::env::temp_dir());
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        let settings = [("init.defaultBranch", "main"), ("gc.auto", "0"), ("maintenance.auto", "false")];
        command.env("GIT_CONFIG_COUNT", settings.len().to_string());
        for (place, (key, value)) in settings.iter().enumerate() {
            command.env(format!("GIT_CONFIG_KEY_{place}"), key);
            command.env(format!("GIT_CONFIG_VALUE_{place}"), value);
        }
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "Mei Lin");
            command.env(format!("GIT_{role}_EMAIL"), "mei@acme.example");
            command.env(format!("GIT_{role}_DATE"), format!("@{seconds} +0000"));
        }
        command.env("CASEBOOK_NOW", now);
        command.stdin(Stdio::null());
        command
    }

    /// Prepares a run of `casebook` in the folder `dir`. Its arguments are the words of `line`; single quotes keep spaces.
    pub(crate) fn casebook(&self, dir: impl AsRef<Path>, line: &str) -> Run {
        let mut command = self.command(PROGRAM, dir);
        command.args(words(line));
        Run { line: format!("casebook {line}"), command, input: None }
    }

    /// Runs git, which must succeed. Returns its output without the last line end.
    #[track_caller]
    pub(crate) fn git(&self, dir: impl AsRef<Path>, line: &str) -> String {
        self.git_run(dir, line).ok().out.trim_end_matches('\n').to_owned()
    }

    /// Prepares a run of git.
    pub(crate) fn git_run(&self, dir: impl AsRef<Path>, line: &str) -> Run {
        let mut command = self.command("git", dir);
        command.args(words(line));
        Run { line: format!("git {line}"), command, input: None }
    }

    /// Prepares a run of a shell script.
    pub(crate) fn sh(&self, dir: impl AsRef<Path>, script: &str) -> Run {
        let mut command = self.command("sh", dir);
        command.args(["-c", script]).env("CASEBOOK", PROGRAM);
        Run { line: script.to_owned(), command, input: None }
    }

    /// Creates a casebook repository with [`SETTINGS`], and commits them.
    #[track_caller]
    pub(crate) fn team(&self, dir: &str) -> &Self {
        self.git(".", &format!("init -q {dir}"));
        self.write(format!("{dir}/casebook.yml"), SETTINGS).commit(dir, "settings");
        self
    }

    /// Creates the bare repository `bare` with the commits of `dir`, and makes it the remote `origin` of `dir`.
    #[track_caller]
    pub(crate) fn remote(&self, dir: &str, bare: &str) -> &Self {
        self.git(".", &format!("clone -q --bare {dir} {bare}"));
        self.git(dir, &format!("remote add origin {}", self.path(bare).display()));
        self.git(dir, "fetch -q origin");
        self.git(dir, "branch -q --set-upstream-to=origin/main main");
        self
    }

    /// Commits everything in `dir`.
    #[track_caller]
    pub(crate) fn commit(&self, dir: &str, message: &str) -> &Self {
        self.git(dir, "add -A");
        self.git(dir, &format!("commit -q -m '{message}'"));
        self
    }

    /// Opens a complete incident in `dir` and returns its id.
    #[track_caller]
    pub(crate) fn open(&self, dir: &str, title: &str) -> String {
        self.casebook(dir, &format!("new incident --title '{title}' {COMPLETE}")).ok().line().to_owned()
    }

    /// Returns a ticket as the JSON that `show` prints.
    #[track_caller]
    pub(crate) fn show(&self, dir: &str, id: &str) -> Json {
        self.casebook(dir, &format!("show {id} --format json")).ok().json()
    }

    #[track_caller]
    pub(crate) fn write(&self, path: impl AsRef<Path>, contents: impl AsRef<[u8]>) -> &Self {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, contents).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        self
    }

    #[track_caller]
    pub(crate) fn read(&self, path: impl AsRef<Path>) -> String {
        let path = self.path(path);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Installs an executable hook in the repository whose git directory is `git_dir`.
    #[track_caller]
    pub(crate) fn hook(&self, git_dir: &str, name: &str, script: &str) -> &Self {
        use std::os::unix::fs::PermissionsExt as _;
        let path = format!("{git_dir}/hooks/{name}");
        self.write(&path, format!("#!/bin/sh\n{script}\n"));
        fs::set_permissions(self.path(&path), fs::Permissions::from_mode(0o755)).unwrap();
        self
    }
}

/// A command that has not run yet.
pub(crate) struct Run {
    line: String,
    command: Command,
    input: Option<Vec<u8>>,
}

impl Run {
    pub(crate) fn env(mut self, key: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(key, value);
        self
    }

    pub(crate) fn without_env(mut self, key: &str) -> Self {
        self.command.env_remove(key);
        self
    }

    /// Makes another user than Mei the author and committer.
    pub(crate) fn by(self, id: &str) -> Self {
        let email = format!("{id}@acme.example");
        let (author, committer) = (self.env("GIT_AUTHOR_NAME", id), id);
        author
            .env("GIT_AUTHOR_EMAIL", &email)
            .env("GIT_COMMITTER_NAME", committer)
            .env("GIT_COMMITTER_EMAIL", &email)
    }

    /// Sets the standard input.
    pub(crate) fn input(mut self, text: impl Into<Vec<u8>>) -> Self {
        self.input = Some(text.into());
        self
    }

    /// Replaces the executable file, and applies `change` to the command.
    pub(crate) fn with_program(mut self, program: &Path, change: impl FnOnce(&mut Command)) -> Self {
        let mut command = Command::new(program);
        command.args(self.command.get_args()).stdin(Stdio::null()).env_clear();
        command.current_dir(self.command.get_current_dir().unwrap());
        command.envs(self.command.get_envs().filter_map(|(key, value)| Some((key, value?))));
        change(&mut command);
        self.command = command;
        self
    }

    /// Returns the command, for tests that start it themselves.
    pub(crate) fn into_command(self) -> Command {
        self.command
    }

    /// Runs the command and accepts any exit status.
    #[track_caller]
    pub(crate) fn run(mut self) -> CommandOutput {
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped());
        if self.input.is_some() {
            self.command.stdin(Stdio::piped());
        }
        let mut child =
            self.command.spawn().unwrap_or_else(|error| panic!("cannot run {}: {error}", self.line));
        if let (Some(mut stdin), Some(input)) = (child.stdin.take(), self.input) {
            // A command may stop reading early, which its exit status explains.
            let _ = stdin.write_all(&input);
        }
        let output = child.wait_with_output().unwrap();
        CommandOutput {
            line: self.line,
            status: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Runs the command, whose exit status must be 0.
    #[track_caller]
    pub(crate) fn ok(self) -> CommandOutput {
        self.fails(0)
    }

    /// Runs the command, whose exit status must be `status`.
    #[track_caller]
    pub(crate) fn fails(self, status: i32) -> CommandOutput {
        let output = self.run();
        assert_eq!(output.status, Some(status), "the exit status of {output:#?}");
        output
    }
}

/// The output and the exit status of a command.
#[derive(Debug)]
pub(crate) struct CommandOutput {
    pub line: String,
    pub status: Option<i32>,
    pub out: String,
    pub err: String,
}

impl CommandOutput {
    /// Asserts that standard error contains each of `texts`.
    #[track_caller]
    pub(crate) fn says(self, texts: &[&str]) -> Self {
        for text in texts {
            assert!(self.err.contains(text), "{text:?} is not in the standard error of {self:#?}");
        }
        self
    }

    /// Asserts that standard output contains each of `texts`.
    #[track_caller]
    pub(crate) fn prints(self, texts: &[&str]) -> Self {
        for text in texts {
            assert!(self.out.contains(text), "{text:?} is not in the standard output of {self:#?}");
        }
        self
    }

    /// Asserts that standard error is empty.
    #[track_caller]
    pub(crate) fn stays_quiet(self) -> Self {
        assert_eq!(self.err, "", "the standard error of {}", self.line);
        self
    }

    /// Returns standard output, which must be one line.
    #[track_caller]
    pub(crate) fn line(&self) -> &str {
        let line = self.out.trim_end_matches('\n');
        assert!(!line.is_empty() && !line.contains('\n'), "the output is not one line: {self:#?}");
        line
    }

    /// Parses standard output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Json {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error} in {self:#?}"))
    }
}

/// Splits a command line at spaces, except inside single quotes.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted, mut begun) = (Vec::new(), String::new(), false, false);
    for c in line.chars() {
        match c {
            '\'' => (quoted, begun) = (!quoted, true),
            c if c.is_whitespace() && !quoted => {
                if begun {
                    words.push(std::mem::take(&mut word));
                }
                begun = false;
            }
            c => {
                word.push(c);
                begun = true;
            }
        }
    }
    assert!(!quoted, "unclosed quote in {line}");
    if begun {
        words.push(word);
    }
    words
}

#[test]
fn a_sandbox_has_its_own_clock_and_ignores_the_settings_of_the_user() {
    let sandbox = Sandbox::with_team();
    assert_eq!(sandbox.git("team", "log -1 --format=%aI"), "2026-11-22T09:00:02Z");
    assert_eq!(sandbox.git("team", "config --default nobody --get user.name"), "nobody");
    assert_eq!(words("new --set 'a=b c' ''  d"), ["new", "--set", "a=b c", "", "d"]);
}

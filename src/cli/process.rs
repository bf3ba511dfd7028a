//! The environment of the process: the clock, the variables, the terminal.

#![allow(clippy::disallowed_methods, reason = "the only module that reads the environment of the process")]

use std::{
    hash::BuildHasher as _,
    io::IsTerminal,
    path::PathBuf,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use foldhash::quality::FixedState;

use crate::{
    repo::{Environment, exists_outside},
    text::{Time, shell_word},
};

/// The clock, the environment and the terminal of one run of the program.
pub(crate) struct ProcessEnvironment {
    /// The time at which the command began.
    pub now: Time,
    /// The environment variables.
    pub environment: Environment,
    /// The current folder.
    pub folder: PathBuf,
    /// Whether prompts work: standard input and standard error are terminals.
    pub can_ask: bool,
    /// Whether standard output is a terminal.
    pub terminal_out: bool,
    /// Whether standard error is a terminal.
    pub terminal_err: bool,
    /// The columns of the terminal; 100 without a terminal.
    pub width: usize,
}

impl ProcessEnvironment {
    /// Reads the environment of this process. `CASEBOOK_NOW` (RFC 3339) replaces the clock, so that tests and demos
    /// always print the same output.
    pub(crate) fn of_process() -> Self {
        let environment = Environment::of_process();
        let fixed = environment.get("CASEBOOK_NOW").and_then(|text| text.to_str()).and_then(Time::parse);
        let terminal_out = std::io::stdout().is_terminal();
        let terminal_err = std::io::stderr().is_terminal();
        Self {
            now: fixed.unwrap_or_else(Self::clock),
            folder: std::env::current_dir().unwrap_or_else(|_| PathBuf::from(".")),
            can_ask: std::io::stdin().is_terminal() && terminal_err,
            terminal_out,
            terminal_err,
            width: terminal_size::terminal_size()
                .map_or(100, |(width, _)| usize::from(width.0))
                .clamp(40, 200),
            environment,
        }
    }

    /// Returns the time of the system clock.
    pub(crate) fn clock() -> Time {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let clock = i64::try_from(since_epoch).ok().and_then(Time::from_seconds);
        clock.unwrap_or_else(|| Time::from(jiff::Timestamp::UNIX_EPOCH))
    }

    /// Returns the word that runs this program in a shell: `casebook` if it is in `PATH`, else the full path.
    pub(crate) fn program(&self) -> String {
        let folders = self.environment.get("PATH").map(std::env::split_paths).into_iter().flatten();
        let name = format!("casebook{}", std::env::consts::EXE_SUFFIX);
        let mut places = folders.map(|folder| folder.join(&name));
        match std::env::current_exe() {
            Ok(own) if !places.any(|place| exists_outside(&place)) => shell_word(&own.to_string_lossy()),
            _ => "casebook".to_owned(),
        }
    }

    /// Starts a stopwatch and returns a function that reads it.
    pub(crate) fn stopwatch() -> impl Fn() -> Duration {
        let start = Instant::now();
        move || start.elapsed()
    }

    /// Returns a value that differs for another build of this program.
    pub(crate) fn program_stamp() -> u64 {
        let file = std::env::current_exe().and_then(std::fs::metadata);
        let state = file.ok().map(|file| (file.len(), file.modified().ok()));
        FixedState::default().hash_one((env!("CARGO_PKG_VERSION"), state))
    }

    /// Returns an environment variable, if it is valid UTF-8.
    pub(crate) fn variable(&self, name: &str) -> Option<&str> {
        self.environment.get(name).and_then(|value| value.to_str())
    }
}

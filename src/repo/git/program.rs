//! Runs the `git` program. No other module does.

use std::ffi::OsStr;
use std::io::{ErrorKind, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use super::environment::Environment;
use crate::repo::error::RepoError;

/// One run of the `git` program. Git asks questions only at a terminal, prints English, and works on the given
/// repository even inside a hook of another one.
pub(in crate::repo) struct Git {
    command: Command,
    input: Vec<u8>,
    name: String,
}

/// The result of a run of git.
pub(in crate::repo) struct GitOutput {
    /// The exit status; `None` after a signal.
    pub code: Option<i32>,
    pub stdout: Vec<u8>,
    pub stderr: String,
}

impl GitOutput {
    pub(crate) fn ok(&self) -> bool {
        self.code == Some(0)
    }

    pub(crate) fn stdout_text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// Returns all output of git, for a person to read.
    pub(crate) fn all_output(&self) -> String {
        let mut text = self.stderr.trim_end().to_owned();
        let stdout = self.stdout_text();
        if !stdout.trim().is_empty() {
            text.push_str(if text.is_empty() { "" } else { "\n" });
            text.push_str(stdout.trim_end());
        }
        if text.is_empty() { "(no output)".to_owned() } else { text }
    }
}

impl Git {
    /// Prepares git in `folder`, without environment variables that tie it to another repository.
    pub(crate) fn in_folder(folder: &Path, environment: &Environment) -> Self {
        let mut command = Command::new("git");
        command.current_dir(folder).env_clear().envs(environment.for_any_repository());
        // Git's messages are shown among Casebook's messages, and Casebook recognises lines from a remote by their
        // first word, so git must print English. UTF-8 stays for the hooks.
        command.env_remove("LANGUAGE").env("LC_ALL", "C.UTF-8");
        // With a timeout, git itself waits for another git process that changes the same branch.
        command.args(["-c", "core.filesRefLockTimeout=10000", "-c", "core.packedRefsTimeout=10000"]);
        command.env("GIT_EDITOR", ":").env("GIT_MERGE_AUTOEDIT", "no");
        if !environment.is_interactive() {
            command.env("GIT_TERMINAL_PROMPT", "0").env("GCM_INTERACTIVE", "never");
        }
        Self { command, input: Vec::new(), name: String::new() }
    }

    pub(crate) fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        let arg = arg.as_ref();
        if self.name.is_empty() && !arg.as_encoded_bytes().starts_with(b"-") {
            self.name = arg.to_string_lossy().into_owned();
        }
        self.command.arg(arg);
        self
    }

    pub(crate) fn args<A: AsRef<OsStr>>(self, args: impl IntoIterator<Item = A>) -> Self {
        args.into_iter().fold(self, Self::arg)
    }

    pub(crate) fn env(mut self, key: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.command.env(key, value);
        self
    }

    /// Removes an environment variable.
    pub(crate) fn without_env(mut self, key: impl AsRef<OsStr>) -> Self {
        self.command.env_remove(key);
        self
    }

    pub(crate) fn envs<K: AsRef<OsStr>, V: AsRef<OsStr>>(
        mut self,
        pairs: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        self.command.envs(pairs);
        self
    }

    pub(crate) fn input(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.input = input.into();
        self
    }

    /// Runs the command; a status other than 0 is not an error here.
    pub(crate) fn run(mut self) -> Result<GitOutput, RepoError> {
        let failed = |source: std::io::Error| match source.kind() {
            ErrorKind::NotFound => RepoError::GitMissing,
            _ => RepoError::io("run", Path::new("git"), source),
        };
        self.command.stdin(if self.input.is_empty() { Stdio::null() } else { Stdio::piped() });
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.command.spawn().map_err(failed)?;
        let stdin = child.stdin.take();
        let output = std::thread::scope(|scope| {
            if let Some(mut stdin) = stdin {
                let input = &self.input;
                // Git may stop reading before the end. Its status and message tell more than the error of the pipe.
                scope.spawn(move || stdin.write_all(input).ok());
            }
            child.wait_with_output()
        })
        .map_err(failed)?;
        Ok(GitOutput {
            code: output.status.code(),
            stdout: output.stdout,
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }

    /// Runs the command and returns its standard output; a status other than 0 is an error with all of git's output.
    pub(crate) fn success(self) -> Result<String, RepoError> {
        let name = self.name.clone();
        let output = self.run()?;
        if output.ok() { Ok(output.stdout_text()) } else { Err(failure(&name, &output)) }
    }
}

/// Returns the error for a failed run of `git NAME`.
pub(in crate::repo) fn failure(name: &str, output: &GitOutput) -> RepoError {
    RepoError::Git { command: name.to_owned(), output: output.all_output() }
}

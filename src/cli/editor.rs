//! Runs the user's editor, which is the one that git would open.

use std::{
    ffi::OsString,
    io::{self, Write as _},
    path::Path,
    process::{Command, ExitStatus, Stdio},
};

use super::{CliError, Context};
use crate::repo;

/// An error of the editor, and the text as the editor left it.
pub(super) struct EditorFailure {
    pub error: CliError,
    /// The text of the file, which may contain work of the user.
    pub text: String,
}

/// The command of the editor: a program, possibly with arguments.
pub(super) struct Editor(String);

impl Editor {
    /// Returns the editor that git would open.
    pub(super) fn of(context: &Context) -> Self {
        Self(repo::editor(&context.process.folder, &context.process.environment))
    }

    /// Returns the name of the program, without its folder and arguments.
    pub(super) fn name(&self) -> &str {
        let program = self.0.split_whitespace().next().unwrap_or("editor").trim_matches(['"', '\'']);
        Path::new(program).file_name().and_then(|name| name.to_str()).unwrap_or(program)
    }

    /// Opens `text` in the editor, and returns the text when the editor is closed.
    pub(super) fn edit(&self, text: &str, context: &Context) -> Result<String, EditorFailure> {
        let failed = |error: CliError, text: String| EditorFailure { error, text };
        let no_file = |error: io::Error| {
            let error = CliError::environment(error).with_context("cannot create a temporary file");
            failed(error.with_hint("set TMPDIR to a writable folder"), text.to_owned())
        };
        let mut file =
            tempfile::Builder::new().prefix("casebook-").suffix(".md").tempfile().map_err(no_file)?;
        file.write_all(text.as_bytes()).and_then(|()| file.flush()).map_err(no_file)?;
        let ended = self.run(file.path(), context);
        // Many editors replace the file instead of writing into it, so the file is opened again by its name.
        let now = repo::read_outside(file.path()).ok().flatten().unwrap_or_else(|| text.to_owned());
        match ended {
            Ok(status) if status.success() => Ok(now.trim_end_matches(['\n', '\r']).to_owned()),
            // A shell exits with these statuses if it cannot find or run the program.
            Ok(status) if matches!(status.code(), Some(126 | 127)) => {
                Err(failed(self.cannot_run("program not found"), now))
            }
            Ok(status) => Err(failed(
                CliError::environment(format!("the editor `{}` failed with {status}", self.0)),
                now,
            )),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(failed(self.cannot_run("program not found"), now))
            }
            Err(error) => Err(failed(self.cannot_run(&error.to_string()), now)),
        }
    }

    fn cannot_run(&self, why: &str) -> CliError {
        CliError::environment(format!("cannot run the editor `{}`: {why}", self.0))
            .with_hint("set EDITOR, or git's `core.editor`, to an installed editor")
    }

    /// Runs the editor on a file. As in git, a shell runs commands with arguments or quotes, such as `code --wait`.
    fn run(&self, file: &Path, context: &Context) -> io::Result<ExitStatus> {
        let is_plain = !self.0.contains(|c: char| c.is_whitespace() || "|&;<>()$`\\\"'*?[#~=%".contains(c));
        let mut command = if is_plain {
            Command::new(&self.0)
        } else {
            let mut shell = Command::new("sh");
            shell.args([OsString::from("-c"), format!("{} \"$@\"", self.0).into(), (&self.0).into()]);
            shell
        };
        // Standard output may be a pipe for results (`id=$(casebook new)`), which the editor must not write to.
        command.current_dir(&context.process.folder).arg(file).stdout(Stdio::from(io::stderr())).status()
    }
}

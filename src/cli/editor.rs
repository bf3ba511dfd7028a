//! The editor that a person writes texts in: the one that git would open.

use std::{
    ffi::OsString,
    io::{self, Write as _},
    path::Path,
    process::{Command, ExitStatus, Stdio},
};

use super::{CliError, Context};
use crate::repo;

/// Why there is no text from the editor, and what the text was by then.
pub(super) struct EditorFailure {
    /// Why.
    pub error: CliError,
    /// What somebody may have written before.
    pub text: String,
}

/// The editor as settings name it: a program, maybe with arguments.
pub(super) struct Editor(String);

impl Editor {
    /// What git would take.
    pub(super) fn of(context: &Context) -> Self {
        Self(repo::editor(&context.process.folder, &context.process.environment))
    }

    /// The program's name, for people.
    pub(super) fn name(&self) -> &str {
        let program = self.0.split_whitespace().next().unwrap_or("editor").trim_matches(['"', '\'']);
        Path::new(program).file_name().and_then(|name| name.to_str()).unwrap_or(program)
    }

    /// Lets somebody edit `text`, and returns it as it is when the editor is closed.
    pub(super) fn edit(&self, text: &str, context: &Context) -> Result<String, EditorFailure> {
        let failed = |error: CliError, text: String| EditorFailure { error, text };
        let no_file = |error: io::Error| {
            let error = CliError::environment(error).caused("cannot create a temporary file");
            failed(error.with_hint("set TMPDIR to a writable folder"), text.to_owned())
        };
        let mut file =
            tempfile::Builder::new().prefix("casebook-").suffix(".md").tempfile().map_err(no_file)?;
        file.write_all(text.as_bytes()).and_then(|()| file.flush()).map_err(no_file)?;
        let ended = self.run(file.path(), context);
        // Many editors put another file in the place of the first, so it is read by its name.
        let now = repo::read_outside(file.path()).ok().flatten().unwrap_or_else(|| text.to_owned());
        match ended {
            Ok(status) if status.success() => Ok(now.trim_end_matches(['\n', '\r']).to_owned()),
            // So says a shell that does not find a program, or may not run it.
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

    /// Runs it on a file. As git does, by a shell where the name is more than a name: `code --wait`, `"my editor" -n`.
    fn run(&self, file: &Path, context: &Context) -> io::Result<ExitStatus> {
        let is_plain = !self.0.contains(|c: char| c.is_whitespace() || "|&;<>()$`\\\"'*?[#~=%".contains(c));
        let mut command = if is_plain {
            Command::new(&self.0)
        } else {
            let mut shell = Command::new("sh");
            shell.args([OsString::from("-c"), format!("{} \"$@\"", self.0).into(), (&self.0).into()]);
            shell
        };
        // Data that goes to a pipe (`id=$(casebook new)`) is none of the editor's.
        command.current_dir(&context.process.folder).arg(file).stdout(Stdio::from(io::stderr())).status()
    }
}

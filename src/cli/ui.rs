//! The only module that prints. Standard output is data, standard error is talk.

use std::{
    cell::RefCell,
    io::{self, BufWriter, Stdout, Write},
};

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use super::{CliError, CliErrorKind, Colour, Format, Global, ProcessEnvironment};

/// Where a command says things.
pub(crate) struct Ui {
    out: RefCell<BufWriter<Stdout>>,
    /// Why nothing more is written to standard output.
    failure: RefCell<Option<io::Error>>,
    /// The form of what is printed.
    pub format: Format,
    /// Whether standard output takes colour.
    pub colour: bool,
    colour_err: bool,
    quiet: bool,
    terminal_err: bool,
    /// Columns of the terminal.
    pub width: usize,
}

/// Styles of words, the same in all commands.
pub(super) mod style {
    use super::{AnsiColor, Style};
    use crate::ticket::Status;

    /// Ids.
    pub(crate) const ID: Style = AnsiColor::Cyan.on_default();
    /// Headings.
    pub(crate) const STRONG: Style = Style::new().bold();
    /// What was looked for.
    pub(crate) const MARK: Style = AnsiColor::Yellow.on_default().bold();
    /// What may be overlooked.
    pub(crate) const DIM: Style = Style::new().dimmed();
    /// Good news.
    pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
    /// What waits.
    pub(crate) const WAIT: Style = AnsiColor::Yellow.on_default();
    /// What is wrong, or urgent.
    pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();

    /// The style of a status.
    pub(crate) fn of_status(status: Status) -> Style {
        match status {
            Status::Open => BAD,
            Status::Pending | Status::OnHold => WAIT,
            Status::Resolved => GOOD,
        }
    }
}

impl Ui {
    /// As the options and the terminal say.
    pub(crate) fn new(process: &ProcessEnvironment, global: &Global) -> Self {
        let wanted = |terminal: bool| match global.color {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => {
                terminal && process.variable("NO_COLOR").is_none() && process.variable("TERM") != Some("dumb")
            }
        };
        Self {
            out: RefCell::new(BufWriter::new(io::stdout())),
            failure: RefCell::default(),
            format: global.format,
            colour: wanted(process.terminal_out),
            colour_err: wanted(process.terminal_err),
            quiet: global.quiet,
            terminal_err: process.terminal_err,
            width: process.width,
        }
    }

    /// Whether the output is for programs.
    pub(crate) fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    /// Whether only results and errors are wanted.
    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// A line of data.
    pub(crate) fn line(&self, text: impl AsRef<str>) {
        self.write(text.as_ref().as_bytes());
        self.write(b"\n");
    }

    /// Prints data as indented JSON, with a line end.
    pub(crate) fn json(&self, value: &impl Serialize) {
        match serde_json::to_string_pretty(value) {
            Ok(text) => self.line(text),
            // All types of `api` have names for keys, so this is a fault of ours.
            Err(error) => self.warn(format!("cannot write this as JSON: {error}")),
        }
    }

    /// Data, byte for byte.
    ///
    /// The first failure is remembered for [`Ui::written`] and nothing is written after it: a command that commits and then
    /// prints has its work to finish, whether somebody reads of it or not.
    pub(crate) fn write(&self, bytes: &[u8]) {
        if self.failure.borrow().is_none() {
            self.remember(self.out.borrow_mut().write_all(bytes));
        }
    }

    /// Writes out what is waiting.
    pub(crate) fn flush(&self) {
        if self.failure.borrow().is_none() {
            self.remember(self.out.borrow_mut().flush());
        }
    }

    fn remember(&self, written: io::Result<()>) {
        if let Err(error) = written {
            self.failure.replace(Some(error));
        }
    }

    /// Fails if standard output did not take all that was printed until now. [`super::run`] asks at the end of each command; one
    /// that prints much asks now and then, to stop early.
    pub(crate) fn written(&self) -> Result<(), CliError> {
        match &*self.failure.borrow() {
            Some(error) => Err(CliError::output(copy(error))),
            None => Ok(()),
        }
    }

    /// A line of talk; not with `--quiet`.
    pub(crate) fn say(&self, text: impl AsRef<str>) {
        if !self.quiet {
            self.flush();
            let _ = writeln!(io::stderr(), "{}", text.as_ref());
        }
    }

    /// A warning; with `--quiet` too, since something may be wrong.
    pub(crate) fn warn(&self, text: impl AsRef<str>) {
        self.flush();
        let _ =
            writeln!(io::stderr(), "{} {}", self.paint_err(style::WAIT.bold(), "warning:"), text.as_ref());
    }

    /// Prints the next step below a warning.
    pub(crate) fn help(&self, hint: impl AsRef<str>) {
        let _ = io::stderr().write_all(self.help_line(hint.as_ref()).as_bytes());
    }

    fn help_line(&self, hint: &str) -> String {
        let label = self.paint_err(AnsiColor::BrightCyan.on_default().bold(), "help:");
        format!("{label} {hint}\n")
    }

    /// A warning from a thread that has no [`Ui`].
    pub(crate) fn warn_plainly(text: &str) {
        let _ = writeln!(io::stderr(), "warning: {text}");
    }

    /// An error with its causes and hints. A closed pipe is not worth a word.
    pub(crate) fn error(&self, error: &CliError) {
        self.flush();
        if error.kind == CliErrorKind::BrokenPipe {
            return;
        }
        let mut text = format!("{} {}\n", self.paint_err(style::BAD, "error:"), error.message());
        for cause in error.causes() {
            text.push_str(&format!("  caused by: {cause}\n"));
        }
        for hint in error.hints() {
            text.push_str(&self.help_line(hint));
        }
        // Where standard error takes nothing, the exit status is all that can be told.
        let _ = io::stderr().write_all(text.as_bytes());
    }

    /// `text` in `style`, where standard output takes colour.
    pub(crate) fn paint(&self, style: Style, text: &str) -> String {
        paint(self.colour, style, text)
    }

    /// Whether somebody watches standard error.
    pub(crate) fn shows_progress(&self) -> bool {
        self.terminal_err && !self.quiet
    }

    /// Whether standard error takes colour.
    pub(crate) fn colour_err(&self) -> bool {
        self.colour_err
    }

    /// `text` in `style`, where standard error takes colour.
    pub(crate) fn paint_err(&self, style: Style, text: &str) -> String {
        paint(self.colour_err, style, text)
    }
}

/// The same failure once more: the system's own errors keep their number, which is all that they are made of.
fn copy(error: &io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(number) => io::Error::from_raw_os_error(number),
        None => io::Error::new(error.kind(), error.to_string()),
    }
}

fn paint(colour: bool, style: Style, text: &str) -> String {
    if colour { format!("{style}{text}{style:#}") } else { text.to_owned() }
}

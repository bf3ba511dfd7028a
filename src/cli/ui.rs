//! The only module that prints. Results go to standard output, messages to standard error. Whatever a text contains, it
//! cannot control the terminal.

use std::{
    borrow::Cow,
    cell::RefCell,
    io::{self, BufWriter, Stdout, Write},
};

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use super::{CliError, CliErrorKind, Colour, Format, Global, ProcessEnvironment};
use crate::text::{harmless, harmless_lines, harmless_styled};

/// The output of a command.
pub(crate) struct Ui {
    out: RefCell<BufWriter<Stdout>>,
    /// The first error of standard output. After it, nothing more is written.
    failure: RefCell<Option<io::Error>>,
    pub format: Format,
    /// Whether standard output has colour.
    pub colour: bool,
    colour_err: bool,
    quiet: bool,
    terminal_err: bool,
    /// The columns of the terminal.
    pub width: usize,
}

/// Styles that all commands share.
pub(super) mod style {
    use super::{AnsiColor, Style};
    use crate::ticket::{Status, Thread};

    /// Ids.
    pub(crate) const ID: Style = AnsiColor::Cyan.on_default();
    /// Headings.
    pub(crate) const STRONG: Style = Style::new().bold();
    /// Matches of a search.
    pub(crate) const MARK: Style = AnsiColor::Yellow.on_default().bold();
    /// Less important text.
    pub(crate) const DIM: Style = Style::new().dimmed();
    /// Success.
    pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
    /// States that wait, and warnings.
    pub(crate) const WAIT: Style = AnsiColor::Yellow.on_default();
    /// Errors and urgent states.
    pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();

    /// Returns the style of a ticket's status. A ticket that was closed without an answer is not a success.
    pub(crate) fn of_ticket(thread: &Thread) -> Style {
        match thread.state.resolution {
            Some(resolution) if !resolution.is_answer() => DIM,
            _ => of_status(thread.state.status),
        }
    }

    /// Returns the style of a status.
    pub(crate) fn of_status(status: Status) -> Style {
        match status {
            Status::Open => BAD,
            Status::Pending | Status::OnHold => WAIT,
            Status::Resolved => GOOD,
        }
    }
}

impl Ui {
    /// Creates an output for these options and this terminal.
    pub(crate) fn new(process: &ProcessEnvironment, global: &Global) -> Self {
        let has_colour = |terminal: bool| match global.color {
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
            colour: has_colour(process.terminal_out),
            colour_err: has_colour(process.terminal_err),
            quiet: global.quiet,
            terminal_err: process.terminal_err,
            width: process.width,
        }
    }

    pub(crate) fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Prints a line to standard output.
    pub(crate) fn line(&self, text: impl AsRef<str>) {
        self.write(screened(text.as_ref(), self.colour).as_bytes());
        self.write(b"\n");
    }

    /// Prints a value as indented JSON to standard output.
    pub(crate) fn json(&self, value: &impl Serialize) {
        match serde_json::to_string_pretty(value) {
            Ok(text) => self.line(escaped(text)),
            // All types of `api` can be serialized, so this is a bug in Casebook.
            Err(error) => self.warn(format!("cannot write this as JSON: {error}")),
        }
    }

    /// Writes bytes to standard output.
    ///
    /// The first error is stored for [`Ui::written`], and later output is dropped. The command continues, because its
    /// work (such as a commit) must be finished even if the output is not read.
    pub(crate) fn write(&self, bytes: &[u8]) {
        if self.failure.borrow().is_none() {
            self.remember(self.out.borrow_mut().write_all(bytes));
        }
    }

    /// Flushes standard output.
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

    /// Returns the first error of standard output. [`super::run`] checks it at the end of each command. A command with
    /// much output checks it earlier, so that it can stop.
    pub(crate) fn written(&self) -> Result<(), CliError> {
        match &*self.failure.borrow() {
            Some(error) => Err(CliError::output(copy(error))),
            None => Ok(()),
        }
    }

    /// Prints a message to standard error, unless `--quiet` was given.
    pub(crate) fn say(&self, text: impl AsRef<str>) {
        if !self.quiet {
            self.flush();
            let _ = writeln!(io::stderr(), "{}", self.screened_err(text.as_ref()));
        }
    }

    /// Prints a warning to standard error, with `--quiet` too.
    pub(crate) fn warn(&self, text: impl AsRef<str>) {
        self.flush();
        let label = self.paint_err(style::WAIT.bold(), "warning:");
        let _ = writeln!(io::stderr(), "{label} {}", self.screened_err(text.as_ref()));
    }

    /// Prints the next step below a warning.
    pub(crate) fn help(&self, hint: impl AsRef<str>) {
        let _ = io::stderr().write_all(self.help_line(hint.as_ref()).as_bytes());
    }

    fn help_line(&self, hint: &str) -> String {
        let label = self.paint_err(AnsiColor::BrightCyan.on_default().bold(), "help:");
        format!("{label} {}\n", self.screened_err(hint))
    }

    /// Prints a warning from a thread that has no [`Ui`].
    pub(crate) fn warn_plainly(text: &str) {
        let _ = writeln!(io::stderr(), "warning: {}", harmless_lines(text));
    }

    /// Prints an error with its causes and hints. A closed pipe is not reported.
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
        // If standard error is not writable, the exit status is the only message.
        let _ = io::stderr().write_all(self.screened_err(&text).as_bytes());
    }

    fn screened_err<'a>(&self, text: &'a str) -> Cow<'a, str> {
        screened(text, self.colour_err)
    }

    /// Styles `text` for standard output, if it has colour.
    pub(crate) fn paint(&self, style: Style, text: &str) -> String {
        paint(self.colour, style, text)
    }

    /// Returns whether to show progress: standard error is a terminal, without `--quiet`.
    pub(crate) fn shows_progress(&self) -> bool {
        self.terminal_err && !self.quiet
    }

    /// Returns whether standard error has colour.
    pub(crate) fn colour_err(&self) -> bool {
        self.colour_err
    }

    /// Styles `text` for standard error, if it has colour.
    pub(crate) fn paint_err(&self, style: Style, text: &str) -> String {
        paint(self.colour_err, style, text)
    }
}

/// Returns `text` without characters that could control the terminal, except the styles that [`Ui::paint`] adds.
fn screened(text: &str, colour: bool) -> Cow<'_, str> {
    if colour { harmless_styled(text) } else { harmless_lines(text) }
}

/// Escapes the characters in JSON that could control a terminal. The value stays the same.
fn escaped(json: String) -> String {
    let is_bad = |c: char| harmless(c) != c && c != '\n';
    if !json.contains(is_bad) {
        return json;
    }
    let escape = |c: char| if is_bad(c) { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() };
    json.chars().map(escape).collect()
}

/// Copies an error. Errors of the operating system consist only of their number, so their copies are exact.
fn copy(error: &io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(number) => io::Error::from_raw_os_error(number),
        None => io::Error::new(error.kind(), error.to_string()),
    }
}

fn paint(colour: bool, style: Style, text: &str) -> String {
    if colour { format!("{style}{text}{style:#}") } else { text.to_owned() }
}

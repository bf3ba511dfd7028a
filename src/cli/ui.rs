//! The only module that prints. Standard output is data, standard error is talk.

use std::{
    cell::RefCell,
    io::{self, BufWriter, Stdout, Write},
};

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use super::{CliError, Colour, Format, Global, World};

/// Where a command says things.
pub struct Ui {
    out: RefCell<BufWriter<Stdout>>,
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
pub mod style {
    use super::{AnsiColor, Style};

    /// Ids.
    pub const ID: Style = AnsiColor::Cyan.on_default();
    /// Headings.
    pub const STRONG: Style = Style::new().bold();
    /// What was looked for.
    pub const MARK: Style = AnsiColor::Yellow.on_default().bold();
    /// What may be overlooked.
    pub const DIM: Style = Style::new().dimmed();
    /// Good news.
    pub const GOOD: Style = AnsiColor::Green.on_default();
    /// What waits.
    pub const WAIT: Style = AnsiColor::Yellow.on_default();
    /// What is wrong, or urgent.
    pub const BAD: Style = AnsiColor::Red.on_default().bold();
}

impl Ui {
    /// As the options and the terminal say.
    pub fn new(world: &World, global: &Global) -> Self {
        let wanted = |terminal: bool| match global.color {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => {
                terminal && world.variable("NO_COLOR").is_none() && world.variable("TERM") != Some("dumb")
            }
        };
        Self {
            out: RefCell::new(BufWriter::new(io::stdout())),
            format: global.format,
            colour: wanted(world.terminal_out),
            colour_err: wanted(world.terminal_err),
            quiet: global.quiet,
            terminal_err: world.terminal_err,
            width: world.width,
        }
    }

    /// Whether the output is for programs.
    pub fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    /// Whether only results and errors are wanted.
    pub fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// A line of data.
    pub fn line(&self, text: impl AsRef<str>) {
        self.write(text.as_ref().as_bytes());
        self.write(b"\n");
    }

    /// Prints data as indented JSON, with a line end.
    pub fn json(&self, value: &impl Serialize) {
        match serde_json::to_string_pretty(value) {
            Ok(text) => self.line(text),
            // All types of `api` have names for keys, so this is a fault of ours.
            Err(error) => self.warn(format!("cannot write this as JSON: {error}")),
        }
    }

    /// Data, byte for byte.
    pub fn write(&self, bytes: &[u8]) {
        // Nobody reads on (`casebook list | head`): there is nobody left to tell.
        if self.out.borrow_mut().write_all(bytes).is_err() {
            std::process::exit(0);
        }
    }

    /// Writes out what is waiting.
    pub fn flush(&self) {
        let _ = self.out.borrow_mut().flush();
    }

    /// A line of talk; not with `--quiet`.
    pub fn say(&self, text: impl AsRef<str>) {
        if !self.quiet {
            self.flush();
            let _ = writeln!(io::stderr(), "{}", text.as_ref());
        }
    }

    /// A warning; with `--quiet` too, since something may be wrong.
    pub fn warn(&self, text: impl AsRef<str>) {
        self.flush();
        let _ =
            writeln!(io::stderr(), "{} {}", self.paint_err(style::WAIT.bold(), "warning:"), text.as_ref());
    }

    /// A warning from a thread that has no [`Ui`].
    pub fn warn_plainly(text: &str) {
        let _ = writeln!(io::stderr(), "warning: {text}");
    }

    /// An error with its causes and its way out.
    pub fn error(&self, error: &CliError) {
        self.flush();
        let mut stderr = io::stderr();
        let message = error.to_string();
        let _ = writeln!(stderr, "{} {message}", self.paint_err(style::BAD, "error:"));
        let mut source = std::error::Error::source(error);
        while let Some(cause) = source {
            // Most messages end with their cause already.
            let text = cause.to_string();
            if !message.contains(&text) {
                let _ = writeln!(stderr, "  because: {text}");
            }
            source = cause.source();
        }
        if let Some(help) = error.help() {
            let _ = writeln!(
                stderr,
                "{} {help}",
                self.paint_err(AnsiColor::BrightCyan.on_default().bold(), "help:")
            );
        }
    }

    /// `text` in `style`, where standard output takes colour.
    pub fn paint(&self, style: Style, text: &str) -> String {
        paint(self.colour, style, text)
    }

    /// Whether somebody watches standard error.
    pub fn shows_progress(&self) -> bool {
        self.terminal_err && !self.quiet
    }

    /// Whether standard error takes colour.
    pub fn colour_err(&self) -> bool {
        self.colour_err
    }

    /// `text` in `style`, where standard error takes colour.
    pub fn paint_err(&self, style: Style, text: &str) -> String {
        paint(self.colour_err, style, text)
    }
}

fn paint(colour: bool, style: Style, text: &str) -> String {
    if colour { format!("{style}{text}{style:#}") } else { text.to_owned() }
}

//! The command line. Each command has a file or folder in `commands/`; the modules in this folder are shared by them.

mod argument_order;
mod argument_values;
mod article_writing;
mod authoring;
mod body;
mod check_target;
mod commands;
mod completion_candidates;
mod context;
mod editor;
mod errors;
mod findings;
mod formats;
mod hits;
mod interrupted;
mod moments;
mod options;
mod other_words;
mod outcome;
mod process;
mod progress;
mod prompts;
mod proposed_replies;
mod queries;
mod selection;
mod sending;
mod similar_hits;
mod suggestions;
mod table;
mod tickets;
mod typed_options;
mod ui;
mod unknown_names;
mod unmerged;
mod write_report;

use std::{
    ffi::OsString,
    io::{self, Write as _},
    mem::ManuallyDrop,
    process::ExitCode,
};

use clap::{CommandFactory, Parser, error::ErrorKind};

use commands::Command;

use crate::text::age;

pub(crate) use commands::comment as review_comment;
pub(crate) use context::Context;
pub(crate) use errors::{CliError, CliErrorKind};
pub(crate) use options::{Colour, Format, Global};
pub(crate) use outcome::Outcome;
pub(crate) use process::ProcessEnvironment;
pub(crate) use ui::Ui;

/// Track tickets in a git repository: check them when they are opened, publish the answers when they are resolved
#[derive(Parser)]
#[command(
    name = "casebook",
    version,
    propagate_version = true,
    arg_required_else_help = true,
    max_term_width = 100
)]
#[command(after_help = "Start with `casebook demo`, or run `casebook init` in your own folder.\n\
    Exit status: 0 success, also if a list or search finds nothing; 1 problems at level deny, or an id that does not exist; 2 wrong usage, or an error of the disk, git or the terminal.")]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Returns the definition of the whole command line, for completions, manual pages and documentation.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Runs a command line. Its first word is the program's name.
pub(crate) fn run(arguments: impl IntoIterator<Item = OsString>, process: ProcessEnvironment) -> ExitCode {
    clap_complete::CompleteEnv::with_factory(command).complete();
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let line = arguments.iter().skip(1).cloned().collect();
    let arguments = argument_order::options_first(arguments, &command());
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) => return print_help_or_error(&error, &arguments, &process),
    };
    let ui = Ui::new(&process, &cli.global);
    // The process ends soon, so freeing the memory would only take time.
    let context = ManuallyDrop::new(Context::new(process, ui, cli.global, line));
    let outcome = match cli.command.check_format(context.ui.format) {
        Ok(()) => cli.command.run(&context),
        Err(error) => Err(error),
    };
    context.ui.flush();
    let status = match &outcome {
        Ok(outcome) => outcome.exit_status(),
        Err(error) => end(error, &context.ui),
    };
    match context.ui.written() {
        // Incomplete output must not look like a success. A closed pipe is fine: its reader has read enough.
        Err(error) if error.kind != CliErrorKind::BrokenPipe => ExitCode::from(end(&error, &context.ui)),
        _ => ExitCode::from(status),
    }
}

/// Prints an error and returns its exit status.
fn end(error: &CliError, ui: &Ui) -> u8 {
    ui.error(error);
    error.kind.exit_status()
}

/// Prints the requested help or version, or the error of the command line.
fn print_help_or_error(error: &clap::Error, line: &[OsString], process: &ProcessEnvironment) -> ExitCode {
    let ui =
        Ui::new(process, &Global { repo: None, color: Colour::Auto, quiet: false, format: Format::Human });
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let printed = error.print().and_then(|()| io::stdout().flush());
            ExitCode::from(printed.map_or_else(|error| end(&CliError::output(error), &ui), |()| 0))
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            // If standard error is not writable, the exit status is the only message.
            let _ = error.print();
            ExitCode::from(CliErrorKind::Usage.exit_status())
        }
        _ => ExitCode::from(end(&CliError::command_line(error, line), &ui)),
    }
}

//! The command line. The commands are in `commands/`, one file or folder each; beside them is what they share.

mod argument_order;
mod argument_values;
mod body;
mod check_target;
mod commands;
mod context;
mod editor;
mod errors;
mod findings;
mod hits;
mod id_completion;
mod process;
mod progress;
mod prompts;
mod queries;
mod reply_writer;
mod selection;
mod similar_hits;
mod suggestions;
mod table;
mod ui;
mod unknown_names;
mod unmerged;
mod write_report;

use std::{
    ffi::OsString,
    io::{self, Write as _},
    mem::ManuallyDrop,
    path::PathBuf,
    process::ExitCode,
};

use clap::{CommandFactory, Parser, ValueEnum, error::ErrorKind};

use commands::Command;

pub use context::Context;
pub use errors::{CliError, CliErrorKind};
pub use process::World;
pub use ui::Ui;

/// What a command that did its work has to say by its exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Exit status 0.
    Done,
    /// Findings at level deny, or nothing found where something was asked for by id: exit status 1.
    Found,
    /// The commit is here and the remote does not have it: exit status 2. The same command again pushes it.
    NotPushed,
}

/// Tickets in a git repository: checked when they are opened, answered by replies, published when they are resolved.
#[derive(Parser)]
#[command(
    name = "casebook",
    version,
    propagate_version = true,
    arg_required_else_help = true,
    max_term_width = 100
)]
#[command(after_help = "Start with `casebook demo`, or with `casebook init` in a folder of your own.\n\
    Exit status: 0 done; 1 findings at level deny, or nothing found; 2 wrong usage or a broken environment.")]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Options of every command.
#[derive(clap::Args, Clone, Debug)]
#[command(next_help_heading = "Options of every command")]
pub struct Global {
    /// The casebook repository (else the nearest folder upwards with casebook.yml, else $CASEBOOK_REPO, else `repo:` of
    /// ~/.config/casebook/config.yml)
    #[arg(long, global = true, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub repo: Option<PathBuf>,
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t = Colour::Auto, alias = "colour")]
    pub color: Colour,
    /// Say nothing but results and errors
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// The form of what is printed
    #[arg(long, global = true, value_name = "FORMAT", value_enum, default_value_t = Format::Human)]
    pub format: Format,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The form of what is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Human,
    /// One line each.
    Short,
    /// For programs.
    Json,
    /// Log commands of GitHub Actions (findings only).
    Github,
    /// Markdown for a comment on a forge (`review` only).
    Markdown,
}

/// The whole command line, for completions, manual pages and documentation.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Runs one command line, its first word being the program's name.
pub fn run(arguments: impl IntoIterator<Item = OsString>, world: World) -> ExitCode {
    clap_complete::CompleteEnv::with_factory(command).complete();
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let line = arguments.iter().skip(1).cloned().collect();
    let arguments = argument_order::options_first(arguments, &command());
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => return not_a_command(&error, &world),
    };
    let ui = Ui::new(&world, &cli.global);
    // The process ends after it, and has its memory taken at once.
    let context = ManuallyDrop::new(Context::new(world, ui, cli.global, line));
    let outcome = match cli.command.prints(context.ui.format) {
        Ok(()) => cli.command.run(&context),
        Err(error) => Err(error),
    };
    context.ui.flush();
    let status = match &outcome {
        Ok(Outcome::Done) => 0,
        Ok(Outcome::Found) => 1,
        Ok(Outcome::NotPushed) => 2,
        Err(error) => end(error, &context.ui),
    };
    match context.ui.written() {
        // Output that is not whole must not pass for a result; but who closes a pipe has read enough.
        Err(error) if error.kind != CliErrorKind::BrokenPipe => ExitCode::from(end(&error, &context.ui)),
        _ => ExitCode::from(status),
    }
}

/// Tells of an error and returns its exit status.
fn end(error: &CliError, ui: &Ui) -> u8 {
    ui.error(error);
    error.kind.exit_status()
}

/// Prints the help or version that was asked for, or else what is wrong with the command line.
fn not_a_command(error: &clap::Error, world: &World) -> ExitCode {
    let ui = Ui::new(world, &Global { repo: None, color: Colour::Auto, quiet: false, format: Format::Human });
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let printed = error.print().and_then(|()| io::stdout().flush());
            ExitCode::from(printed.map_or_else(|error| end(&CliError::output(error), &ui), |()| 0))
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            // Where standard error takes nothing, the exit status is all that can be told.
            let _ = error.print();
            ExitCode::from(CliErrorKind::Usage.exit_status())
        }
        _ => ExitCode::from(end(&CliError::command_line(error), &ui)),
    }
}

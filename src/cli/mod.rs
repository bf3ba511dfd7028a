//! The command line: one command per file. To add one: a file with its `Arguments` and `run`, and a line in [`commands!`].

mod alike;
mod ask;
mod asking;
mod body;
mod checked;
mod complete;
mod context;
mod editor;
mod error;
mod findings;
mod formats;
mod hit;
mod order;
mod progress;
mod report;
mod selection;
mod solved;
mod table;
mod ui;
mod unknown;
mod unmerged;
mod value;
mod world;
mod writing;

use std::{ffi::OsString, mem::ManuallyDrop, path::PathBuf, process::ExitCode};

use clap::{CommandFactory, Parser, Subcommand, ValueEnum};

pub use context::Context;
pub use error::CliError;
pub use ui::Ui;
pub use world::World;

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

/// Declares a module and a subcommand for each command. The doc comment on its `Arguments` is its manual.
macro_rules! commands {
    ($($module:ident: $variant:ident),+ $(,)?) => {
        $(mod $module;)+

        #[derive(Subcommand)]
        enum Command {
            $($variant($module::Arguments)),+
        }

        impl Command {
            fn run(self, context: &Context) -> Result<Outcome, CliError> {
                match self {
                    $(Self::$variant(arguments) => $module::run(arguments, context)),+
                }
            }
        }
    };
}

commands! {
    demo: Demo,
    init: Init,
    new: New,
    check: Check,
    review: Review,
    explain: Explain,
    list: List,
    show: Show,
    search: Search,
    similar: Similar,
    eval: Eval,
    reply: Reply,
    resolve: Resolve,
    reopen: Reopen,
    import: Import,
    export: Export,
    build: Build,
    serve: Serve,
    completions: Completions,
    man: Man,
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

impl Command {
    /// Whether it has this form: text for people must not pass for one that a program or a forge was promised.
    fn prints(&self, format: Format) -> Result<(), CliError> {
        let (name, those) = match format {
            Format::Github if !matches!(self, Self::Check(_) | Self::Review(_)) => {
                ("github", "check` and `review")
            }
            Format::Markdown if !matches!(self, Self::Review(_)) => ("markdown", "review"),
            _ => return Ok(()),
        };
        Err(CliError::usage(format!("only `{those}` has `--format {name}`"))
            .with_help("leave it out, or take `json` or `short`"))
    }
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
    let arguments = order::options_first(arguments, &command());
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // A closed pipe behind `--help` is nobody's fault.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    let ui = Ui::new(&world, &cli.global);
    // The process ends after it, and has its memory taken at once.
    let context = ManuallyDrop::new(Context::new(world, ui, cli.global, line));
    let outcome = match cli.command.prints(context.ui.format) {
        Ok(()) => cli.command.run(&context),
        Err(error) => Err(error),
    };
    context.ui.flush();
    match outcome {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Found) => ExitCode::from(1),
        Ok(Outcome::NotPushed) => ExitCode::from(2),
        Err(error) => {
            context.ui.error(&error);
            ExitCode::from(error.exit_status())
        }
    }
}

//! The global options.

use std::path::PathBuf;

use clap::ValueEnum;

/// The options that every command has.
#[derive(clap::Args, Clone, Debug)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// The casebook repository [default: the nearest parent folder with casebook.yml, then $CASEBOOK_REPO, then `repo:`
    /// in ~/.config/casebook/config.yml]
    #[arg(long, global = true, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub repo: Option<PathBuf>,
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t = Colour::Auto, alias = "colour")]
    pub color: Colour,
    /// Print only results, warnings and errors
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// Output format
    #[arg(long, global = true, value_name = "FORMAT", value_enum, default_value_t = Format::Human)]
    pub format: Format,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Colour {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The output format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Human,
    /// One line per result.
    Short,
    /// JSON, for programs.
    Json,
    /// Workflow commands of GitHub Actions (`check` and `review`).
    Github,
    /// Markdown, for a forge or mail (`review`, `due`, `report`).
    Markdown,
    /// Comma-separated values, for spreadsheets (`report`).
    Csv,
}

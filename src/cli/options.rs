//! The options that every command has.

use std::path::PathBuf;

use clap::ValueEnum;

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

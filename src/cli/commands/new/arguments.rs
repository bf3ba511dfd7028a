//! The arguments of `casebook new`, and its manual.

use std::path::PathBuf;

use crate::cli::{argument_values, reply_writer::PushOptions};

/// Open a ticket
///
/// On a terminal it asks for what is missing, and opens `$EDITOR`. As soon as there is a title, and again when the text is
/// there, it shows tickets that are much like it: if one of them solved it, nothing is opened. Elsewhere everything comes
/// from the options, nothing is asked, and such tickets are named on standard error. The id goes to standard output. A text
/// that is refused is kept: `casebook new --resume` goes on with it.
#[derive(clap::Args)]
pub struct Arguments {
    /// What kind of ticket (else `default_template` of the settings)
    #[arg(value_name = "TEMPLATE")]
    pub template: Option<String>,
    /// One line that says what is wrong or wanted
    #[arg(long, short)]
    pub title: Option<String>,
    /// A field, as in `--set service=billing-api`; several values of a list are separated by commas
    #[arg(long, value_name = "KEY=VALUE", value_parser = argument_values::pair)]
    pub set: Vec<(String, String)>,
    /// Where you came from, oldest first; the service is inferred from it
    #[arg(long, value_name = "PATH")]
    pub from: Vec<String>,
    /// A file with the text; `-` is standard input
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub body: Option<PathBuf>,
    /// A section of the text, as in `--section Problem="It fails"`
    #[arg(long, value_name = "NAME=TEXT", value_parser = argument_values::pair)]
    pub section: Vec<(String, String)>,
    /// Where it goes: a branch for a pull request, or the current branch
    #[arg(long, value_name = "WHERE", value_parser = ["branch", "main"])]
    pub intake: Option<String>,
    /// Go on with a text that was refused: the newest, or the one with this id
    #[arg(long, value_name = "ID", num_args = 0..=1, default_missing_value = "")]
    pub resume: Option<String>,
    #[command(flatten)]
    pub push: PushOptions,
}

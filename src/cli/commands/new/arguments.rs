//! The arguments of `casebook new`. Their doc comments are the manual.

use std::path::PathBuf;

use crate::cli::{argument_values, authoring::PushOptions, completion_candidates};

/// Open a ticket
///
/// On a terminal, asks for missing information and opens `$EDITOR`. Shows similar tickets as soon as there is a title,
/// and again when the text is complete: if one of them solves the problem, no ticket is opened. Without a terminal,
/// takes all information from the options and lists similar tickets on standard error. Prints the id of the new ticket.
/// If the text has problems, it is saved as a draft: continue with `casebook new --resume`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The template [default: `default_template` in casebook.yml]
    #[arg(value_name = "TEMPLATE", add = completion_candidates::templates())]
    pub template: Option<String>,
    /// One line that names the problem or the request
    #[arg(long, short)]
    pub title: Option<String>,
    /// A field, such as `--set service=billing-api`; separate the values of a list with commas
    #[arg(long, value_name = "KEY=VALUE", value_parser = argument_values::pair, add = completion_candidates::fields())]
    pub set: Vec<(String, String)>,
    /// A page that you came from; repeat the option for several pages, oldest first. The service is inferred from them
    #[arg(long, value_name = "PATH")]
    pub from: Vec<String>,
    /// A file with the text; `-` is standard input
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub body: Option<PathBuf>,
    /// A section of the text, such as `--section Problem="It fails"`
    #[arg(long, value_name = "NAME=TEXT", value_parser = argument_values::pair)]
    pub section: Vec<(String, String)>,
    /// Where to commit the ticket: `branch` (a new branch for a pull request) or `main` (the current branch)
    #[arg(long, value_name = "WHERE", value_parser = ["branch", "main"])]
    pub intake: Option<String>,
    /// Continue with a saved draft: the newest, or the one with this id or a unique part of it
    #[arg(long, value_name = "ID", num_args = 0..=1, default_missing_value = "")]
    pub resume: Option<String>,
    #[command(flatten)]
    pub push: PushOptions,
}

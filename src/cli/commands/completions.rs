//! `casebook completions`

use clap_complete::env::Shells;

use crate::cli::{CliError, Context, Outcome};

/// Print a completion script for your shell
///
/// The script completes commands, options, ticket ids and queries. Add it to the startup file of your shell:
/// `casebook completions bash >> ~/.bashrc`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The shell
    #[arg(value_parser = ["bash", "elvish", "fish", "powershell", "zsh"])]
    shell: String,
}

pub(super) fn run(arguments: Arguments, context: &Context) -> Result<Outcome, CliError> {
    let shells = Shells::builtins();
    let shell = shells.completer(&arguments.shell).ok_or_else(|| CliError::usage("unknown shell"))?;
    let mut script = Vec::new();
    shell
        .write_registration("COMPLETE", "casebook", "casebook", "casebook", &mut script)
        .map_err(CliError::environment)?;
    context.ui.write(&script);
    Ok(Outcome::Done)
}

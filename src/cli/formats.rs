//! The subcommands of `import` and `export`: one for each registered format.

use clap::{ArgMatches, Command, error::ErrorKind};

/// Adds a subcommand for each of `formats` (name and description). `arguments` adds the arguments that all of them have.
pub(super) fn subcommands(
    command: Command,
    formats: impl IntoIterator<Item = (&'static str, &'static str)>,
    arguments: impl Fn(Command) -> Command,
) -> Command {
    let command = command.subcommand_required(true).arg_required_else_help(true);
    formats.into_iter().fold(command, |command, (name, about)| {
        command.subcommand(arguments(Command::new(name)).about(about))
    })
}

/// Returns the format whose subcommand was chosen, with its arguments.
pub(super) fn chosen<F: Copy>(
    matches: &ArgMatches,
    format: impl Fn(&str) -> Option<F>,
) -> Result<(F, &ArgMatches), clap::Error> {
    matches
        .subcommand()
        .and_then(|(name, matches)| Some((format(name)?, matches)))
        .ok_or_else(|| clap::Error::new(ErrorKind::MissingSubcommand))
}

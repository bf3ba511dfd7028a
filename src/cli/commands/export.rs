//! `casebook export`

use std::ops::ControlFlow;

use clap::{ArgMatches, Command, FromArgMatches, Subcommand};

use crate::cli::{CliError, Context, Outcome, formats, progress::Progress};
use crate::export::{EXPORTERS, ExportError, Exporter};

/// Export tickets
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    to: ExportFormat,
}

#[derive(Clone, Copy)]
struct ExportFormat(&'static dyn Exporter);

impl FromArgMatches for ExportFormat {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let find = |name: &str| EXPORTERS.iter().copied().find(|format| format.name() == name);
        formats::chosen(matches, find).map(|(format, _)| Self(format))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Subcommand for ExportFormat {
    fn augment_subcommands(command: Command) -> Command {
        let all = EXPORTERS.iter().map(|format| (format.name(), format.about()));
        formats::subcommands(command, all, |command| command)
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        Self::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        EXPORTERS.iter().any(|format| format.name() == name)
    }
}

pub(super) fn run(arguments: Arguments, context: &Context) -> Result<Outcome, CliError> {
    let store = context.store()?;
    // On a terminal, the tickets themselves show how far the export is.
    let progress =
        (!context.process.terminal_out).then(|| context.ui.progress("exporting", store.threads.len()));
    let exported = arguments.to.0.export(&store, &mut |text| {
        context.ui.write(text.as_bytes());
        progress.iter().for_each(Progress::step);
        // A closed pipe or a full disk stops the export. `cli::run` reports the error at the end.
        if context.ui.written().is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    exported.map_err(|error| match error {
        ExportError::Repo(error) => error.into(),
        error @ ExportError::Json(_) => CliError::environment(error),
    })?;
    Ok(Outcome::Done)
}

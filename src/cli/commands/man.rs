//! `casebook man`

use std::path::PathBuf;

use crate::cli::{CliError, Context, Outcome};

/// Write the manual pages, one per command
///
/// Without DIR, prints the page of `casebook` itself: `casebook man | man -l -`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The folder for the pages, such as `~/.local/share/man/man1`
    #[arg(value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    dir: Option<PathBuf>,
}

pub(super) fn run(arguments: Arguments, context: &Context) -> Result<Outcome, CliError> {
    let mut command = crate::cli::command();
    command.build();
    let Some(dir) = arguments.dir else {
        context.ui.write(&page(&command)?);
        return Ok(Outcome::Done);
    };
    let dir = context.process.folder.join(dir);
    let mut pages = vec![("casebook.1".to_owned(), page(&command)?)];
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        let name = format!("casebook-{}", sub.get_name());
        pages.push((format!("{name}.1"), page(&sub.clone().display_name(name))?));
    }
    for (name, page) in &pages {
        crate::repo::write_outside(&dir.join(name), page)?;
    }
    context.ui.say(format!("wrote {} to {}", crate::text::Plural(pages.len(), "page"), dir.display()));
    Ok(Outcome::Done)
}

fn page(command: &clap::Command) -> Result<Vec<u8>, CliError> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut page).map_err(CliError::environment)?;
    Ok(page)
}

//! `casebook export`

use clap::Subcommand;

use crate::cli::{CliError, Context, Outcome};
use crate::export::record_of;

/// Export tickets
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    to: To,
}

#[derive(Subcommand)]
enum To {
    /// Print one ticket per line as JSON
    Jsonl,
}

pub fn run(arguments: Arguments, context: &Context) -> Result<Outcome, CliError> {
    let To::Jsonl = arguments.to;
    let store = context.store()?;
    for thread in &store.threads {
        let record = record_of(thread, &store)?;
        let line = serde_json::to_string(&record).map_err(CliError::environment)?;
        context.ui.line(line);
        if context.ui.written().is_err() {
            break;
        }
    }
    Ok(Outcome::Done)
}

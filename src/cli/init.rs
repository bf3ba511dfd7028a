//! placeholder
use super::{CliError, Context, Outcome};
/// x
#[derive(clap::Args)]
pub struct Arguments {}
pub fn run(_: Arguments, _: &Context) -> Result<Outcome, CliError> { Ok(Outcome::Done) }

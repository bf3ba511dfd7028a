//! `casebook replies`

use crate::api::{CannedDetail, CannedList};
use crate::cli::{CliError, Context, Format, Outcome, table, ui::style};
use crate::template::Canned;

/// List the canned responses: prepared replies for frequent cases
///
/// `casebook reply ID --use NAME` writes one; a part with only a hint must be filled in.
#[derive(clap::Args)]
pub(crate) struct Arguments {}

pub(super) fn run(_: Arguments, context: &Context) -> Result<Outcome, CliError> {
    let store = context.store()?;
    match context.ui.format {
        Format::Json => {
            context.ui.json(&CannedList { replies: store.canned.iter().map(CannedDetail::of).collect() });
        }
        Format::Short => store.canned.iter().for_each(|canned| context.ui.line(&canned.name)),
        Format::Human | Format::Github | Format::Markdown | Format::Csv => {
            store.canned.iter().for_each(|canned| show(canned, context));
        }
    }
    if store.canned.is_empty() {
        context.ui.say("no canned responses; write them in ticket-templates/replies/");
    }
    Ok(Outcome::Done)
}

fn show(canned: &Canned, context: &Context) {
    let ui = &context.ui;
    let mut effects: Vec<String> = match (canned.status, canned.resolution) {
        (Some(_), Some(resolution)) => vec![format!("resolves: {resolution}")],
        (Some(status), None) => vec![format!("status {status}")],
        _ => Vec::new(),
    };
    if !canned.asks.is_empty() {
        effects.push(format!("asks for {}", canned.asks.join(", ")));
    }
    let name = ui.paint(style::ID, &table::one_line(&canned.name));
    let effects = ui.paint(style::DIM, &table::one_line(&effects.join("; ")));
    ui.line(format!("{name}  {effects}").trim_end());
    ui.line(format!(
        "  {}",
        table::one_line(if canned.about.is_empty() { &canned.title } else { &canned.about })
    ));
}

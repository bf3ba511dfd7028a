//! `casebook import`

use std::path::PathBuf;

use clap::Subcommand;

use super::{CliError, Context, Outcome};
use crate::{
    api::ImportReport,
    import::{plan, read_jsonl},
    repo::{Lock, Write, open_outside},
    settings::{SETTINGS_PATH, add_services},
    text::{Plural, RepoPath},
};

/// Bring tickets in from another tracker
///
/// Writes files and commits nothing: look at them, then commit. The same import again changes only what changed there.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    from: From,
}

#[derive(Subcommand)]
enum From {
    /// One ticket a line as JSON, plain or gzip, as `casebook export jsonl` writes it
    Jsonl {
        /// The file; `-` is standard input
        #[arg(value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
        file: PathBuf,
    },
}

/// How many notes are shown; the rest is counted.
const NOTES: usize = 20;

pub fn run(arguments: Arguments, context: &Context) -> Result<Outcome, CliError> {
    let From::Jsonl { file } = arguments.from;
    let repo = context.repo()?;
    if repo.is_bare() {
        return Err(CliError::usage("an import writes files, and a bare repository has no worktree")
            .with_help("clone it, import into the clone, and push"));
    }
    let (mut records, mut notes) = (Vec::new(), Vec::new());
    let mut take = |_: usize, record: Result<_, crate::import::ImportError>| match record {
        Ok(record) => records.push(record),
        Err(error) => notes.push(error.to_string()),
    };
    let read = if file.as_os_str() == "-" {
        read_jsonl(std::io::stdin().lock(), &mut take)
    } else {
        read_jsonl(open_outside(&context.world.folder.join(&file))?, &mut take)
    };
    read.map_err(|error| {
        CliError::environment(format!("{}: {error}", file.display()))
            .with_help("nothing was imported; get the file again and import it")
    })?;
    let broken = notes.len();

    let lock = Lock::acquire(repo, || context.ui.say("waiting for another casebook to finish writing"))?;
    let store = context.store()?;
    let mut plan = plan(&records, &store);
    drop(records);
    let not_imported = plan.notes.iter().filter(|note| note.contains("not imported")).count();
    notes.append(&mut plan.notes);
    let planned = plan.files.len();
    let changed: Vec<(RepoPath, Vec<u8>)> = {
        use rayon::prelude::*;
        let source = store.source();
        plan.files.into_par_iter().filter(|(path, bytes)| !same(source.read(path).ok(), bytes)).collect()
    };
    let progress = context.ui.progress("writing", changed.len());
    repo.write_many(&lock, &changed, Write::Replace, &|written| progress.set(written))?;
    progress.finish();
    let settings = RepoPath::new(SETTINGS_PATH);
    let text = String::from_utf8_lossy(&store.source().read(&settings).unwrap_or_default()).into_owned();
    let missing: Vec<String> =
        plan.services.into_iter().filter(|service| store.settings.service(service).is_none()).collect();
    if !missing.is_empty() {
        repo.write(&lock, &settings, add_services(&text, &missing).as_bytes(), Write::Replace)?;
    }
    drop(lock);

    for note in notes.iter().take(NOTES) {
        context.ui.warn(super::table::one_line(note));
    }
    if notes.len() > NOTES {
        context.ui.warn(format!("… and {} more like these", notes.len() - NOTES));
    }
    let summary = format!(
        "{} and {}: {} new or changed, {} unchanged{}",
        Plural(plan.tickets, "ticket"),
        Plural(plan.replies, "reply"),
        Plural(changed.len(), "file"),
        planned - changed.len(),
        if missing.is_empty() {
            String::new()
        } else {
            format!("; {} added to {SETTINGS_PATH}", Plural(missing.len(), "service"))
        },
    );
    context.ui.say(summary);
    if context.ui.is_json() {
        context.ui.json(&ImportReport {
            tickets: plan.tickets,
            replies: plan.replies,
            written: changed.len(),
            unchanged: planned - changed.len(),
            services: missing,
            notes,
        });
    }
    Ok(if broken + not_imported > 0 { Outcome::Found } else { Outcome::Done })
}

/// Whether a file is as it should be. Git turns line ends into `\n` on the way through a clone, which is no change.
fn same(there: Option<Vec<u8>>, wanted: &[u8]) -> bool {
    there.is_some_and(|there| there == wanted || without_returns(&there).eq(without_returns(wanted)))
}

fn without_returns(bytes: &[u8]) -> impl Iterator<Item = &u8> {
    bytes
        .iter()
        .enumerate()
        .filter(|(at, byte)| !(**byte == b'\r' && bytes.get(at + 1) == Some(&b'\n')))
        .map(|(_, byte)| byte)
}
